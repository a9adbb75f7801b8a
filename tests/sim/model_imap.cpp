#include "sim/model_imap.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sim/imap_command.hpp"
#include "sim/imap_search.hpp"
#include "sim/imap_text.hpp"

namespace hearback::sim {

// ---- one session -------------------------------------------------------------------------

class ImapSession final : public Peer {
 public:
  ImapSession(ImapServer& server, Link& link) : server_(server), link_(link) {}
  ~ImapSession() override {
    if (account_) account_->sessions_.erase(this);
  }

  void opened() override {
    std::string text = server_.greeting;
    if (auto at = text.find("%s"); at != std::string::npos) {
      if (quirks().capability_in_greeting) {
        text.replace(at, 2, capabilities());
      } else {
        text = "* OK model ready";
      }
    }
    say(text);
  }

  bool start_tls() override { return std::exchange(tls_expected_, false); }

  void received(std::string_view bytes) override {
    buffer_ += bytes;
    while (!ended_ && take_command()) {
    }
    catch_up();
  }

  void folder_changed(const std::string& name) {
    if (name != selected_ && name == notified_ && !quirks().notify_mute) tell_notified();
    if (idle_tag_.empty() || name != selected_ || quirks().no_push || overflowed_) return;
    tell_changes();
  }
  // RFC 5465 section 5.8: nothing is told any more, of the open folder neither.
  void overflow() {
    if (notified_.empty()) return;
    notified_.clear();
    overflowed_ = true;
    say("* OK [NOTIFICATIONOVERFLOW] too many events");
  }
  const std::string& selected() const { return selected_; }
  void bye(std::string_view why) {
    say("* BYE " + std::string(why));
    end();
  }

 private:
  const ImapQuirks& quirks() const { return account_ ? account_->quirks : server_.quirks; }
  void say(std::string line) { link_.send(std::move(line) + "\r\n"); }
  void ok(const std::string& tag, std::string_view text) { say(tag + " OK " + std::string(text)); }
  void no(const std::string& tag, std::string_view text) { say(tag + " NO " + std::string(text)); }
  void bad(const std::string& tag, std::string_view text) {
    say(tag + " BAD " + std::string(text));
  }
  void end() {
    ended_ = true;
    link_.hang_up();
  }

  std::string capabilities() const {
    const auto& q = quirks();
    std::string text = "IMAP4rev1 NAMESPACE UNSELECT ENABLE";
    if (!server_.tls_ && !link_.encrypted) text += " STARTTLS";
    if (q.login_disabled) text += " LOGINDISABLED";
    text += " AUTH=PLAIN AUTH=LOGIN";
    if (q.sasl_ir) text += " SASL-IR";
    if (q.literal_plus) text += " LITERAL+";
    if (q.esearch) text += " ESEARCH";
    if (q.idle) text += " IDLE";
    if (q.notify) text += " NOTIFY";
    if (q.uidplus) text += " UIDPLUS";
    if (q.special_use) text += " SPECIAL-USE";
    if (q.list_status) text += " LIST-STATUS";
    if (q.id) text += " ID";
    return text;
  }

  // One whole command (its literals included) out of the buffer. False: more octets are needed.
  bool take_command() {
    if (auth_step_) return take_line([this](std::string line) { authenticate_step(line); });
    if (!idle_tag_.empty()) return take_line([this](std::string line) { idle_line(line); });
    std::size_t at = 0;
    while (true) {
      auto eol = buffer_.find("\r\n", at);
      if (eol == std::string::npos) return false;
      auto size = literal_at_end(std::string_view(buffer_).substr(at, eol - at));
      if (!size) {
        auto whole = buffer_.substr(0, eol);
        buffer_.erase(0, eol + 2);
        continued_ = 0;
        execute(whole);
        return true;
      }
      if (!size->second && continued_ < eol + 2) {
        continued_ = eol + 2;
        say("+ go on");
      }
      at = eol + 2 + size->first;
      if (buffer_.size() < at) return false;
    }
  }

  template <class F>
  bool take_line(F f) {
    auto eol = buffer_.find("\r\n");
    if (eol == std::string::npos) return false;
    auto line = buffer_.substr(0, eol);
    buffer_.erase(0, eol + 2);
    f(std::move(line));
    return true;
  }

  void execute(std::string_view text);
  void execute_signed_in(const std::string& tag, const std::string& verb, CommandReader& in);
  void execute_selected(const std::string& tag, std::string verb, bool uid, CommandReader& in);

  void login(const std::string& tag, CommandReader& in);
  void authenticate(const std::string& tag, CommandReader& in);
  void authenticate_step(const std::string& line);
  void sign_in(const std::string& tag, std::string_view user, std::string_view password);
  void idle_line(const std::string& line);
  void list(const std::string& tag, CommandReader& in);
  void select(const std::string& tag, CommandReader& in, bool read_only);
  void status(const std::string& tag, CommandReader& in);
  std::string status_line(const ImapFolder& folder, CommandReader& items);
  void append(const std::string& tag, CommandReader& in);
  void search(const std::string& tag, CommandReader& in, bool uid);
  void fetch(const std::string& tag, CommandReader& in, bool uid);
  void catch_up();
  bool fetch_item(const std::string& item, CommandReader& in, ImapMessage& message,
                  std::string* out);
  bool fetch_section(bool peek, CommandReader& in, ImapMessage& message, std::string* out);
  void store(const std::string& tag, std::string_view verb, CommandReader& in);
  void notify(const std::string& tag, CommandReader& in);
  void tell_notified();
  void tell_changes();
  void flutter();
  ImapFolder* folder() {
    return account_->has_folder(selected_) ? &account_->folder(selected_) : nullptr;
  }
  ImapMessage* message(std::uint32_t uid) {
    auto* f = folder();
    if (!f) return nullptr;
    auto found = std::lower_bound(f->messages.begin(), f->messages.end(), uid,
                                  [](const auto& m, std::uint32_t u) { return m.uid < u; });
    if (found == f->messages.end() || found->uid != uid) return nullptr;
    return &*found;
  }

  ImapServer& server_;
  Link& link_;
  ImapAccount* account_ = nullptr;
  std::string buffer_;
  std::size_t continued_ = 0;
  bool ended_ = false, tls_expected_ = false;
  std::string selected_;
  bool read_only_ = true;
  std::vector<std::uint32_t> view_;  // UIDs as this session numbers them
  std::string idle_tag_;
  std::string notified_;  // the folder that is told of though it isn't open
  bool overflowed_ = false;
  std::vector<std::string> held_oks_;                              // tags
  std::vector<std::pair<std::string, std::string>> held_fetches_;  // tag, the rest
  struct Auth {
    std::string tag, mechanism, user;
  };
  std::optional<Auth> auth_step_;
};

void ImapSession::execute(std::string_view text) {
  CommandReader in(text);
  auto tag = in.atom();
  if (!tag || !in.space()) return bad("*", "no tag");
  auto word = in.atom();
  if (!word) return bad(*tag, "no command");
  auto verb = ascii_upper(*word);
  link_.world().trace("imap", verb);
  if (verb != "UID") catch_up();
  if (verb == "CAPABILITY") {
    say("* CAPABILITY " + capabilities());
    return ok(*tag, "done");
  }
  if (verb == "LOGOUT") {
    say("* BYE see you");
    ok(*tag, "done");
    return end();
  }
  if (verb == "ID") {
    say("* ID (\"name\" \"model\")");
    return ok(*tag, "done");
  }
  if (verb == "NOOP") {
    tell_changes();
    return ok(*tag, "done");
  }
  if (account_) account_->hear(text.substr(tag->size() + 1));
  if (account_ && account_->refuses)
    if (auto why = account_->refuses(text.substr(tag->size() + 1)); !why.empty())
      return no(*tag, why);
  if (account_) return execute_signed_in(*tag, verb, in);
  if (verb == "STARTTLS" && !link_.encrypted) {
    tls_expected_ = true;
    buffer_.clear();
    return ok(*tag, "begin");
  }
  if (verb == "LOGIN") return login(*tag, in);
  if (verb == "AUTHENTICATE") return authenticate(*tag, in);
  bad(*tag, "sign in first");
}

void ImapSession::execute_signed_in(const std::string& tag, const std::string& verb,
                                    CommandReader& in) {
  if (verb == "ENABLE") {
    say("* ENABLED");
    return ok(tag, "done");
  }
  if (verb == "NAMESPACE") {
    say("* NAMESPACE ((\"\" \"/\")) NIL NIL");
    return ok(tag, "done");
  }
  if (verb == "LIST") return list(tag, in);
  if (verb == "EXAMINE" || verb == "SELECT") return select(tag, in, verb == "EXAMINE");
  if (verb == "STATUS") return status(tag, in);
  if (verb == "APPEND") return append(tag, in);
  if (verb == "NOTIFY" && quirks().notify) return notify(tag, in);
  if (selected_.empty()) return bad(tag, "no folder is open, or unknown command");
  if (verb != "UID") return execute_selected(tag, verb, false, in);
  auto word = in.space() ? in.atom() : std::nullopt;
  if (!word) return bad(tag, "UID what?");
  execute_selected(tag, ascii_upper(*word), true, in);
}

void ImapSession::execute_selected(const std::string& tag, std::string verb, bool uid,
                                   CommandReader& in) {
  if (verb == "SEARCH") return search(tag, in, uid);
  if (verb == "FETCH" && uid && quirks().last_first)
    return void(held_fetches_.emplace_back(tag, in.rest()));
  if (verb == "FETCH") return fetch(tag, in, uid);
  if (verb == "STORE" || verb == "EXPUNGE" || verb == "COPY" || verb == "MOVE")
    return store(tag, verb, in);
  if (verb == "IDLE" && quirks().idle) {
    idle_tag_ = tag;
    say("+ idling");
    if (!quirks().no_push && !overflowed_) tell_changes();
    if (quirks().idle_flutters) flutter();
    return;
  }
  if (verb == "CHECK") return ok(tag, "done");
  if (verb == "CLOSE" || verb == "UNSELECT") {
    selected_.clear();
    view_.clear();
    return ok(tag, "done");
  }
  bad(tag, "unknown command");
}

// ---- signing in --------------------------------------------------------------------------

void ImapSession::login(const std::string& tag, CommandReader& in) {
  if (quirks().login_disabled) return no(tag, "[PRIVACYREQUIRED] LOGIN is disabled");
  auto user = in.space() ? in.string() : std::nullopt;
  auto password = user && in.space() ? in.string() : std::nullopt;
  if (!password || !in.end()) return bad(tag, "LOGIN user password");
  sign_in(tag, *user, *password);
}

void ImapSession::authenticate(const std::string& tag, CommandReader& in) {
  auto mechanism = in.space() ? in.atom() : std::nullopt;
  if (!mechanism) return bad(tag, "AUTHENTICATE what?");
  auto name = ascii_upper(*mechanism);
  if (name != "PLAIN" && name != "LOGIN") return no(tag, "unknown mechanism");
  auth_step_ = Auth{tag, name, {}};
  if (in.space()) {
    auto initial = in.rest();
    return authenticate_step(initial == "=" ? "" : initial);
  }
  say(name == "LOGIN" ? "+ " + to_base64("Username:") : "+ ");
}

void ImapSession::authenticate_step(const std::string& line) {
  auto decoded = from_base64(line);
  if (!decoded) {
    bad(std::exchange(auth_step_, std::nullopt)->tag, "not base64");
    return;
  }
  if (auth_step_->mechanism == "LOGIN" && auth_step_->user.empty()) {
    auth_step_->user = *decoded;
    return say("+ " + to_base64("Password:"));
  }
  auto step = *std::exchange(auth_step_, std::nullopt);
  if (step.mechanism == "LOGIN") return sign_in(step.tag, step.user, *decoded);
  auto parts = split(*decoded, '\0');
  if (parts.size() != 3) return bad(step.tag, "malformed response");
  sign_in(step.tag, parts[1], parts[2]);
}

void ImapSession::sign_in(const std::string& tag, std::string_view user,
                          std::string_view password) {
  if (server_.signing_in) server_.signing_in();
  auto* account = server_.find(user);
  if (account && account->quirks.login_unavailable) return no(tag, "[UNAVAILABLE] try again later");
  if (!account || account->password != password || account->quirks.refuse_login)
    return no(tag, "[AUTHENTICATIONFAILED] wrong user name or password");
  account_ = account;
  account_->sessions_.insert(this);
  ++account_->logins_;
  ok(tag, "[CAPABILITY " + capabilities() + "] signed in");
}

void ImapSession::idle_line(const std::string& line) {
  auto tag = std::exchange(idle_tag_, {});
  if (!ascii_equal(trim(line), "DONE")) return bad(tag, "DONE expected");
  tell_changes();
  ok(tag, "done");
}

// ---- folders -----------------------------------------------------------------------------

void ImapSession::list(const std::string& tag, CommandReader& in) {
  bool only_special = false;
  if (!in.space()) return bad(tag, "LIST");
  if (in.peek() == '(') {
    auto selection = in.parenthesized();
    if (!selection || !quirks().special_use) return bad(tag, "LIST selection");
    only_special = contains_ignoring_case(*selection, "SPECIAL-USE");
    if (!in.space()) return bad(tag, "LIST");
  }
  auto reference = in.string();
  auto pattern = reference && in.space() ? in.list_pattern() : std::nullopt;
  if (!pattern) return bad(tag, "LIST");
  std::string returning;
  if (in.space()) {
    auto word = in.atom();
    if (!word || !ascii_equal(*word, "RETURN") || !in.space()) return bad(tag, "LIST RETURN");
    auto items = in.parenthesized();
    if (!items) return bad(tag, "LIST RETURN");
    returning = *items;
    if (contains_ignoring_case(returning, "SPECIAL-USE") && !quirks().special_use)
      return bad(tag, "no SPECIAL-USE");
  }
  if (pattern->empty()) {
    say("* LIST (\\Noselect) \"/\" \"\"");
    return ok(tag, "done");
  }
  auto status_at = ascii_lower(returning).find("status (");
  for (const auto& f : account_->folders_) {
    if (!pattern_matches(*pattern, f->name)) continue;
    if (quirks().unlisted.contains(f->name)) continue;
    if (only_special && f->special_use.empty()) continue;
    std::string attributes = f->noselect ? "\\Noselect" : "\\HasNoChildren";
    if (quirks().special_use && !f->special_use.empty()) attributes += " " + f->special_use;
    say("* LIST (" + attributes + ") \"/\" " + quoted(f->name));
    if (status_at == std::string::npos || f->noselect) continue;
    CommandReader items(std::string_view(returning).substr(status_at + 7));
    say(status_line(*f, items));
  }
  ok(tag, "done");
}

void ImapSession::select(const std::string& tag, CommandReader& in, bool read_only) {
  auto name = in.space() ? in.string() : std::nullopt;
  if (!name) return bad(tag, "which folder?");
  if (ascii_equal(*name, "INBOX")) name = "INBOX";
  if (*name == "INBOX" && !quirks().status_refused.empty()) return no(tag, quirks().status_refused);
  selected_.clear();
  view_.clear();
  if (!account_->has_folder(*name) || account_->folder(*name).noselect)
    return no(tag, "[NONEXISTENT] no such folder");
  auto& f = account_->folder(*name);
  account_->renumber_where_asked(f);
  selected_ = f.name;
  read_only_ = read_only;
  if (!read_only) account_->writes_.push_back("SELECT " + f.name);
  for (const auto& m : f.messages) view_.push_back(m.uid);
  say("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
  say("* " + std::to_string(view_.size()) + " EXISTS");
  say("* 0 RECENT");
  say("* OK [UIDVALIDITY " + std::to_string(f.uid_validity) + "] valid");
  if (quirks().uid_next) say("* OK [UIDNEXT " + std::to_string(f.uid_next) + "] next");
  say("* OK [PERMANENTFLAGS ()] none");
  ok(tag, read_only ? "[READ-ONLY] done" : "[READ-WRITE] done");
}

std::string ImapSession::status_line(const ImapFolder& folder, CommandReader& items) {
  std::string out;
  auto words = items.parenthesized().value_or("");
  for (auto word : split(words, ' ')) {
    auto name = ascii_upper(std::string(trim(word)));
    std::uint64_t value = 0;
    if (name == "MESSAGES") value = folder.messages.size();
    if (name == "UIDNEXT") value = folder.uid_next;
    if (name == "UIDVALIDITY") value = folder.uid_validity;
    if (!out.empty()) out += ' ';
    out += name + " " + std::to_string(value);
  }
  return "* STATUS " + quoted(folder.name) + " (" + out + ")";
}

void ImapSession::status(const std::string& tag, CommandReader& in) {
  auto name = in.space() ? in.string() : std::nullopt;
  if (!name || !in.space()) return bad(tag, "STATUS");
  if (*name == "INBOX" && !quirks().status_refused.empty()) return no(tag, quirks().status_refused);
  if (!account_->has_folder(*name)) return no(tag, "[NONEXISTENT] no such folder");
  account_->renumber_where_asked(account_->folder(*name));
  say(status_line(account_->folder(*name), in));
  ok(tag, "done");
}

// In the one form that the program uses. What comes while the folder is open itself, or as that
// changes, isn't told afterwards.
void ImapSession::notify(const std::string& tag, CommandReader& in) {
  const std::string events = "(MessageNew MessageExpunge)";
  const std::string before = " SET (selected " + events + ") (mailboxes \"";
  const std::string after = "\" " + events + ")";
  auto rest = in.rest();
  if (!rest.starts_with(before) || !rest.ends_with(after)) return bad(tag, "NOTIFY what?");
  notified_ = rest.substr(before.size(), rest.size() - before.size() - after.size());
  overflowed_ = false;
  ok(tag, "done");
}

void ImapSession::tell_notified() {
  if (!account_->has_folder(notified_)) return;
  CommandReader items("(MESSAGES UIDNEXT UIDVALIDITY)");
  say(status_line(account_->folder(notified_), items));
}

void ImapSession::append(const std::string& tag, CommandReader& in) {
  auto name = in.space() ? in.string() : std::nullopt;
  if (!name || !in.space()) return bad(tag, "APPEND");
  ImapMessage message{.internal_date = link_.world().now()};
  if (in.peek() == '(') {
    auto flags = in.parenthesized();
    if (!flags || !in.space()) return bad(tag, "APPEND flags");
    for (auto flag : split(*flags, ' '))
      if (!flag.empty()) message.flags.insert(std::string(flag));
  }
  if (in.peek() == '"') {
    auto date = in.string();
    auto instant = date ? read_date(*date) : std::nullopt;
    if (!instant || !in.space()) return bad(tag, "APPEND date");
    message.internal_date = *instant;
  }
  auto raw = in.string();
  if (!raw || !in.end()) return bad(tag, "APPEND literal");
  if (quirks().append_refused) return no(tag, "[OVERQUOTA] no room");
  if (!account_->has_folder(*name)) return no(tag, "[TRYCREATE] no such folder");
  auto& f = account_->folder(*name);
  message.uid = f.uid_next++;
  message.raw = *raw;
  auto uid = message.uid;
  f.messages.push_back(std::move(message));
  account_->writes_.push_back("APPEND " + f.name);
  account_->changed(f.name);
  std::string code;
  if (quirks().uidplus)
    code = "[APPENDUID " + std::to_string(f.uid_validity) + " " + std::to_string(uid) + "] ";
  tell_changes();
  ok(tag, code + "done");
}

// ---- what a session learns of changes ----------------------------------------------------

void ImapSession::tell_changes() {
  if (selected_.empty()) return;
  auto* f = folder();
  if (!f) return;
  for (std::size_t i = view_.size(); i-- > 0;) {
    if (message(view_[i])) continue;
    view_.erase(view_.begin() + static_cast<std::ptrdiff_t>(i));
    say("* " + std::to_string(i + 1) + " EXPUNGE");
  }
  auto before = view_.size();
  std::uint32_t greatest = view_.empty() ? 0 : view_.back();
  for (const auto& m : f->messages)
    if (m.uid > greatest) view_.push_back(m.uid);
  if (view_.size() == before) return;
  say("* " + std::to_string(view_.size()) + " EXISTS");
}

void ImapSession::flutter() {
  const auto one_more = std::to_string(view_.size() + 1);
  say("* " + one_more + " EXISTS");
  say("* " + one_more + " EXPUNGE");
}

// ---- SEARCH ------------------------------------------------------------------------------

void ImapSession::search(const std::string& tag, CommandReader& in, bool uid) {
  if (!quirks().search_refused.empty()) return no(tag, quirks().search_refused);
  auto rest = in.rest();
  bool extended = false;
  std::string_view keys = trim(rest);
  if (ascii_starts_with(keys, "RETURN ")) {
    if (!quirks().esearch) return bad(tag, "no ESEARCH");
    extended = true;
    auto close = keys.find(')');
    if (close == std::string_view::npos) return bad(tag, "RETURN");
    keys = trim(keys.substr(close + 1));
  }
  if (ascii_starts_with(keys, "CHARSET ")) {
    keys.remove_prefix(8);
    keys = trim(keys.substr(std::min(keys.find(' '), keys.size())));
  }
  const bool of_addresses = keys.find("FROM") != std::string_view::npos;
  std::optional<NumberSet> among;  // that are looked into
  if (CommandReader first(keys); ascii_starts_with(keys, "UID ") && first.atom() && first.space())
    if (auto text = first.atom()) among = read_set(*text, view_.empty() ? 0 : view_.back());
  std::vector<std::uint32_t> found;
  Duration takes{0};
  for (std::size_t i = 0; i < view_.size(); ++i) {
    const auto* m = message(view_[i]);
    bool all = m != nullptr;
    if (of_addresses && (!among || among->has(view_[i]))) takes += quirks().search_time;
    CommandReader reader(keys);
    ImapMessage gone;
    do {
      bool one = false;
      if (!search_key(reader, {m ? *m : gone, static_cast<std::uint32_t>(i + 1), view_}, &one))
        return bad(tag, "unknown search key");
      all = all && one;
    } while (reader.space());
    if (!reader.end()) return bad(tag, "malformed search");
    if (all || (of_addresses && quirks().search_finds_all) || quirks().search_names_all)
      found.push_back(uid ? view_[i] : static_cast<std::uint32_t>(i + 1));
  }
  std::string line = "* SEARCH";
  if (extended) {
    line = "* ESEARCH (TAG " + quoted(tag) + ")";
    if (uid) line += " UID";
    if (!found.empty()) line += " ALL " + compress(found);
  } else {
    for (auto n : found) line += " " + std::to_string(n);
  }
  if (takes > Duration(0)) return link_.send_after(takes, line + "\r\n" + tag + " OK done\r\n");
  say(line);
  ok(tag, "done");
}

// ---- FETCH -------------------------------------------------------------------------------

// As Exchange writes it for what it can't turn into mail.
std::string stand_in_for(const ImapMessage& m) {
  return "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\n"
         "From: Microsoft Exchange Server 2010\r\nTo: Max <max@example.org>\r\n"
         "Subject: Retrieval using the IMAP4 protocol failed for the following message: " +
         std::to_string(m.uid) + "\r\n\r\nThe server couldn't retrieve the message.\r\n";
}

bool ImapSession::fetch_section(bool peek, CommandReader& in, ImapMessage& m, std::string* out) {
  auto section = in.section();  // "HEADER.FIELDS (From To)", without brackets
  if (!section) return false;
  auto upper = ascii_upper(*section);
  std::string label = "BODY[" + *section + "]";
  if (upper.starts_with("HEADER.FIELDS (")) {
    auto names = section->substr(15, section->size() - 16);
    std::vector<std::string> wanted;
    for (auto name : split(names, ' ')) wanted.emplace_back(name);
    ++account_->headers_sent_;
    const bool stands_in = quirks().stand_in_headers && quirks().stand_ins.contains(m.uid);
    *out = label + " " + literal(header_fields(stands_in ? stand_in_for(m) : m.raw, wanted));
    if (quirks().nil_headers.contains(m.uid)) *out = label + " NIL";
    if (quirks().no_headers.contains(m.uid)) *out = label + " \"\"";
    return true;
  }
  std::string content;
  if (upper == "HEADER") {
    content = m.raw.substr(0, header_end(m.raw));
  } else if (upper.empty()) {
    content = quirks().stand_ins.contains(m.uid) ? stand_in_for(m) : m.raw;
    if (const auto other = quirks().mixed_up.find(m.uid); other != quirks().mixed_up.end())
      content = other->second;
  } else if (upper == "TEXT") {
    content = m.raw.substr(header_end(m.raw));
  } else {
    return false;
  }
  if (auto partial = in.partial()) {
    content = partial->first < content.size() ? content.substr(partial->first, partial->second)
                                              : std::string();
    label += "<" + std::to_string(partial->first) + ">";
  }
  auto* f = folder();
  account_->send_body({selected_, f->uid_validity, m.uid, content.size()});
  if (account_->quirks.nil_bodies > 0) {
    --account_->quirks.nil_bodies;
    *out = label + " NIL";
    return true;
  }
  if (!peek && !read_only_) m.flags.insert("\\Seen");
  if (!peek) account_->writes_.push_back("FETCH without PEEK " + selected_);
  *out = label + " " + literal(content);
  return true;
}

bool ImapSession::fetch_item(const std::string& item, CommandReader& in, ImapMessage& m,
                             std::string* out) {
  auto name = ascii_upper(item);
  if (name == "UID") return *out = "UID " + std::to_string(m.uid), true;
  if (name == "INTERNALDATE") return *out = "INTERNALDATE " + date_time(m.internal_date), true;
  if (name == "RFC822.SIZE")
    return *out = "RFC822.SIZE " + std::to_string(quirks().sizes_lie ? 1 : m.raw.size()), true;
  if (name == "FLAGS") {
    std::string flags;
    for (const auto& flag : m.flags) flags += (flags.empty() ? "" : " ") + flag;
    return *out = "FLAGS (" + flags + ")", true;
  }
  if (name == "BODY.PEEK") return fetch_section(true, in, m, out);
  if (name == "BODY" && in.peek() == '[') return fetch_section(false, in, m, out);
  return false;
}

void ImapSession::fetch(const std::string& tag, CommandReader& in, bool uid) {
  auto numbers = in.space() ? in.atom() : std::nullopt;
  std::uint32_t greatest =
      uid ? (view_.empty() ? 0 : view_.back()) : static_cast<std::uint32_t>(view_.size());
  auto set = numbers ? read_set(*numbers, greatest) : std::nullopt;
  if (!set || !in.space()) return bad(tag, "FETCH");
  auto items = in.peek() == '(' ? in.parenthesized() : std::optional(in.rest());
  if (!items) return bad(tag, "FETCH items");
  const bool looks_in =
      ascii_upper(*items) != "UID";  // into messages: what is the matter with them
  int sent = 0;
  for (std::size_t i = 0; i < view_.size(); ++i) {
    auto number = static_cast<std::uint32_t>(i + 1);
    if (!set->has(uid ? view_[i] : number)) continue;
    auto* m = message(view_[i]);
    if (!m) continue;  // expunged meanwhile
    if (looks_in && quirks().left_out.contains(view_[i])) continue;
    if (looks_in && account_->forgets && account_->forgets(view_[i])) continue;
    const bool broken = looks_in && quirks().broken.contains(view_[i]) &&
                        (!quirks().broken_bodies_only || items->contains("BODY.PEEK[]"));
    if (broken && quirks().broken_ends) {
      say("* BYE internal error");
      return end();
    }
    if (broken) return no(tag, quirks().broken_says);
    if (quirks().fetch_stops_after > 0 && sent == quirks().fetch_stops_after)
      return no(tag, "[SERVERBUG] cannot go on");
    CommandReader reader(*items);
    std::string line;
    bool has_uid = false;
    do {
      auto item = reader.fetch_atom();
      std::string out;
      if (!item || !fetch_item(*item, reader, *m, &out)) return bad(tag, "FETCH item");
      has_uid = has_uid || ascii_equal(*item, "UID");
      line += (line.empty() ? "" : " ") + out;
    } while (reader.space());
    if (!reader.end()) return bad(tag, "FETCH item");
    if (uid && !has_uid) line = "UID " + std::to_string(m->uid) + " " + line;
    say("* " + std::to_string(number) + " FETCH (" + line + ")");
    ++sent;
  }
  if (quirks().tells_at_once) tell_changes();
  if (quirks().fetch_flutters) flutter();
  if (quirks().oks_last) return held_oks_.push_back(tag);
  if (quirks().body_time > Duration(0) && items->contains("BODY.PEEK[]"))
    return link_.send_after(quirks().body_time, tag + " OK done\r\n");
  ok(tag, "done");
}

// What is still owed for commands that came together.
void ImapSession::catch_up() {
  auto commands = std::exchange(held_fetches_, {});
  for (auto one = commands.rbegin(); one != commands.rend(); ++one) {
    CommandReader in(one->second);
    fetch(one->first, in, true);
  }
  for (const auto& tag : std::exchange(held_oks_, {})) ok(tag, "done");
}

// The program has no business here: record it, and do nothing.
void ImapSession::store(const std::string& tag, std::string_view verb, CommandReader&) {
  account_->writes_.push_back(std::string(verb) + " " + selected_);
  no(tag, "[NOPERM] read-only");
}

// ---- accounts ----------------------------------------------------------------------------

ImapAccount::ImapAccount(World& world, std::string user, std::string secret)
    : password(std::move(secret)), world_(world), user_(std::move(user)) {
  for (auto [name, use] : {std::pair{"INBOX", ""},
                           {"Sent", "\\Sent"},
                           {"Drafts", "\\Drafts"},
                           {"Trash", "\\Trash"},
                           {"Junk", "\\Junk"},
                           {"Archive", ""}})
    folder(name).special_use = use;
}

void ImapAccount::disconnect_all() {
  auto all = sessions_;
  for (auto* session : all) session->bye("going down");
}

void ImapAccount::drop_selected(const std::string& name) {
  auto all = sessions_;
  for (auto* session : all)
    if (session->selected() == name) session->bye("the folder changed");
}

void ImapAccount::overflow() {
  auto all = sessions_;
  for (auto* session : all) session->overflow();
}

void ImapAccount::changed(const std::string& name) {
  auto all = sessions_;
  for (auto* session : all) session->folder_changed(name);
}

// ---- server ------------------------------------------------------------------------------

std::unique_ptr<Peer> ImapServer::accept(Link& link) {
  return std::make_unique<ImapSession>(*this, link);
}

ImapAccount& ImapServer::add_account(std::string user, std::string password) {
  auto& slot = accounts_[user];
  slot = std::make_unique<ImapAccount>(world_, user, std::move(password));
  slot->quirks = quirks;
  return *slot;
}

ImapAccount* ImapServer::find(std::string_view user) {
  auto found = accounts_.find(user);
  return found == accounts_.end() ? nullptr : found->second.get();
}

}  // namespace hearback::sim
