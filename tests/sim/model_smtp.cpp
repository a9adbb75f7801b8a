#include "sim/model_smtp.hpp"

#include <utility>

#include "base/text.hpp"
#include "sim/imap_command.hpp"

namespace hearback::sim {

class SmtpSession final : public Peer {
 public:
  SmtpSession(SmtpServer& server, Link& link) : server_(server), link_(link) {
    server_.links_.insert(&link);
  }
  ~SmtpSession() override { server_.links_.erase(&link_); }

  void opened() override { say(server_.quirks.greeting); }
  bool start_tls() override {
    greeted_ = false;
    return std::exchange(tls_expected_, false);
  }

  void received(std::string_view bytes) override {
    buffer_ += bytes;
    while (!ended_ && !waiting_ && (in_data_ ? take_data() : take_line())) {
    }
  }

 private:
  void say(std::string line) { link_.send(std::move(line) + "\r\n"); }
  void defect(std::string what) { server_.defects_.push_back(std::move(what)); }
  void end() {
    ended_ = true;
    link_.hang_up();
  }

  bool take_line() {
    auto eol = buffer_.find("\r\n");
    if (eol == std::string::npos) return false;
    auto line = buffer_.substr(0, eol);
    buffer_.erase(0, eol + 2);
    if (auth_) {
      authenticate_step(line);
    } else {
      command(line);
    }
    return true;
  }

  void command(const std::string& line);
  void hello(const std::string& verb);
  void authenticate(std::string_view arguments);
  void authenticate_step(const std::string& line);
  void sign_in(std::string_view user, std::string_view password);
  void mail(std::string_view arguments);
  void recipient(std::string_view arguments);
  void data();
  bool take_data();
  void dot();
  void finish_dot(const SmtpFate& fate);
  void answer_later(Duration delay, std::string line);
  void reset() {
    from_.reset();
    to_.clear();
    data_.clear();
  }

  SmtpServer& server_;
  Link& link_;
  std::string buffer_, data_, user_;
  bool greeted_ = false, in_data_ = false, ended_ = false, waiting_ = false;
  bool tls_expected_ = false, told_data_ = false;
  struct Auth {
    std::string mechanism, user;
  };
  std::optional<Auth> auth_;
  std::optional<std::string> from_;
  std::vector<std::string> to_;
  SmtpFate fate_;
  int taken_ = 0;  // on this connection
};

void SmtpSession::command(const std::string& line) {
  auto space = line.find(' ');
  auto verb = ascii_upper(line.substr(0, space));
  auto arguments = space == std::string::npos ? std::string() : line.substr(space + 1);
  link_.world().trace("smtp", verb);
  if (verb == "EHLO" || verb == "HELO") return hello(verb);
  if (verb == "NOOP") return say("250 2.0.0 ok");
  if (verb == "RSET") {
    reset();
    return say("250 2.0.0 ok");
  }
  if (verb == "QUIT") {
    say("221 2.0.0 bye");
    return end();
  }
  if (!greeted_) {
    defect("command before EHLO: " + verb);
    return say("503 5.5.1 EHLO first");
  }
  if (verb == "STARTTLS" && !server_.tls_ && !link_.encrypted) {
    tls_expected_ = true;
    buffer_.clear();
    return say("220 2.0.0 begin");
  }
  if (verb == "AUTH") return authenticate(arguments);
  if (user_.empty()) return say("530 5.7.0 sign in first");
  if (verb == "MAIL") return mail(arguments);
  if (verb == "RCPT") return recipient(arguments);
  if (verb == "DATA") return data();
  defect("unknown command: " + verb);
  say("500 5.5.2 unknown command");
}

void SmtpSession::hello(const std::string& verb) {
  greeted_ = true;
  reset();
  if (verb == "HELO") return say("250 model");
  std::vector<std::string> lines = {"model"};
  if (server_.quirks.pipelining) lines.push_back("PIPELINING");
  if (server_.quirks.size) lines.push_back("SIZE " + std::to_string(server_.quirks.max_octets));
  if (!server_.tls_ && !link_.encrypted) lines.push_back("STARTTLS");
  if (server_.tls_ || link_.encrypted) lines.push_back("AUTH PLAIN LOGIN");
  lines.push_back("ENHANCEDSTATUSCODES");
  for (std::size_t i = 0; i < lines.size(); ++i)
    say((i + 1 < lines.size() ? "250-" : "250 ") + lines[i]);
}

void SmtpSession::authenticate(std::string_view arguments) {
  auto space = arguments.find(' ');
  auto mechanism = ascii_upper(arguments.substr(0, space));
  if (mechanism != "PLAIN" && mechanism != "LOGIN") return say("504 5.5.4 unknown mechanism");
  auth_ = Auth{mechanism, {}};
  if (space != std::string_view::npos)
    return authenticate_step(std::string(arguments.substr(space + 1)));
  say(mechanism == "LOGIN" ? "334 " + to_base64("Username:") : "334 ");
}

void SmtpSession::authenticate_step(const std::string& line) {
  auto decoded = from_base64(line);
  if (!decoded) {
    auth_.reset();
    return say("501 5.5.2 not base64");
  }
  if (auth_->mechanism == "LOGIN" && auth_->user.empty()) {
    auth_->user = *decoded;
    return say("334 " + to_base64("Password:"));
  }
  auto step = *std::exchange(auth_, std::nullopt);
  if (step.mechanism == "LOGIN") return sign_in(step.user, *decoded);
  auto parts = split(*decoded, '\0');
  if (parts.size() != 3) return say("501 5.5.2 malformed");
  sign_in(parts[1], parts[2]);
}

void SmtpSession::sign_in(std::string_view user, std::string_view password) {
  auto found = server_.accounts_.find(user);
  if (server_.quirks.login_unavailable) return say("454 4.7.0 temporary failure");
  if (found == server_.accounts_.end() || found->second != password || server_.quirks.refuse_login)
    return say("535 5.7.8 wrong user name or password");
  user_ = std::string(user);
  say("235 2.7.0 signed in");
}

void SmtpSession::mail(std::string_view arguments) {
  if (from_) {
    defect("nested MAIL");
    return say("503 5.5.1 nested MAIL");
  }
  auto open = arguments.find('<'), close = arguments.find('>');
  if (!ascii_starts_with(arguments, "FROM:<") || close == std::string_view::npos) {
    defect("malformed MAIL");
    return say("501 5.5.4 malformed");
  }
  fate_ = server_.plan ? server_.plan(server_.mails_) : SmtpFate{};
  ++server_.mails_;
  if (!fate_.sender_reply.empty()) return say(fate_.sender_reply);
  if (server_.quirks.per_session > 0 && taken_ >= server_.quirks.per_session)
    return say("452 4.4.5 Maximum number of messages per session exceeded");
  from_ = std::string(arguments.substr(open + 1, close - open - 1));
  say("250 2.1.0 ok");
}

void SmtpSession::recipient(std::string_view arguments) {
  if (!from_) return say("503 5.5.1 MAIL first");
  auto close = arguments.find('>');
  if (!ascii_starts_with(arguments, "TO:<") || close == std::string_view::npos) {
    defect("malformed RCPT");
    return say("501 5.5.4 malformed");
  }
  if (!fate_.recipient_reply.empty()) return say(fate_.recipient_reply);
  to_.emplace_back(arguments.substr(4, close - 4));
  say("250 2.1.5 ok");
}

void SmtpSession::data() {
  if (!from_ || to_.empty()) return say("503 5.5.1 no recipients");
  if (!fate_.data_reply.empty()) {
    reset();
    return say(fate_.data_reply);
  }
  in_data_ = true;
  told_data_ = false;
  data_.clear();
  ++server_.invited_;
  say("354 go on");
}

// Lines until the lone dot. False: more octets are needed.
bool SmtpSession::take_data() {
  if (!told_data_ && !buffer_.empty()) {
    told_data_ = true;
    if (server_.on_data) server_.on_data(user_);
  }
  auto eol = buffer_.find('\n');
  if (eol == std::string::npos) return false;
  auto line = buffer_.substr(0, eol + 1);
  buffer_.erase(0, eol + 1);
  if (!line.ends_with("\r\n")) defect("bare LF in DATA");
  if (line.find('\r') + 2 < line.size()) defect("bare CR in DATA");
  if (line.size() > 1000) defect("line too long in DATA");
  if (line == ".\r\n") {
    dot();
    return true;
  }
  data_ += line.starts_with('.') ? line.substr(1) : line;
  if (!fate_.early.empty() && data_.size() >= fate_.early_at) say(std::exchange(fate_.early, {}));
  return true;
}

void SmtpSession::dot() {
  in_data_ = false;
  ++server_.dots_;
  if (server_.on_dot) server_.on_dot(user_, data_);
  auto fate = fate_;
  link_.world().trace("dot", data_);
  if (data_.size() > server_.quirks.max_octets) {
    reset();
    return say("552 5.3.4 too large");
  }
  using Dot = SmtpFate::Dot;
  bool takes =
      fate.dot == Dot::take || fate.dot == Dot::take_then_cut || fate.dot == Dot::take_then_silent;
  if (takes) {
    ++taken_;
    auto without = [](std::string id) {
      if (id.size() > 2 && id.front() == '<' && id.back() == '>') id = id.substr(1, id.size() - 2);
      return id;
    };
    server_.take(
        user_, {link_.world().now(), *from_, to_, data_, without(header_value(data_, "Message-ID")),
                header_value(data_, "X-Hearback-Id")});
  }
  reset();
  finish_dot(fate);
}

void SmtpSession::finish_dot(const SmtpFate& fate) {
  using Dot = SmtpFate::Dot;
  switch (fate.dot) {
    case Dot::take: return answer_later(fate.delay, "250 2.0.0 taken");
    case Dot::reply: return answer_later(fate.delay, fate.dot_reply);
    case Dot::take_then_silent: waiting_ = true; return;
    case Dot::take_then_cut:
    case Dot::cut: ended_ = true; link_.cut();
  }
}

void SmtpSession::answer_later(Duration delay, std::string line) {
  // What the client sends meanwhile waits in its buffer; a real server reads it later, too.
  link_.send_after(delay, std::move(line) + "\r\n");
}

// ---- server ------------------------------------------------------------------------------

std::unique_ptr<Peer> SmtpServer::accept(Link& link) {
  return std::make_unique<SmtpSession>(*this, link);
}

void SmtpServer::hang_up_all() {
  for (auto* link : std::set(links_)) link->hang_up();
}

void SmtpServer::files_sent(const std::string& user, ImapAccount& account, Duration delay) {
  sent_folders_[user] = {&account, delay};
}

void SmtpServer::route(const std::string& address, ImapAccount& account, Duration delay) {
  routes_[ascii_lower(address)] = {&account, delay};
}

std::size_t SmtpServer::accepted_with(std::string_view message_id) const {
  std::size_t n = 0;
  for (const auto& a : accepted_) n += a.message_id == message_id;
  return n;
}

void SmtpServer::take(const std::string& user, SmtpAccepted message) {
  world_.trace("accepted", message.message_id);
  if (auto found = sent_folders_.find(user); found != sent_folders_.end()) {
    world_.after(found->second.delay, [account = found->second.account, raw = message.data] {
      if (auto* folder = account->sent()) account->deliver(folder->name, raw);
    });
  }
  for (const auto& to : message.to) {
    auto found = routes_.find(ascii_lower(to));
    if (found == routes_.end()) continue;
    auto raw = "Return-Path: <" + message.from + ">\r\nReceived: from model by model for <" + to +
               ">\r\n" + message.data;
    world_.after(found->second.delay, [account = found->second.account, raw = std::move(raw)] {
      account->deliver("INBOX", raw);
    });
  }
  accepted_.push_back(std::move(message));
  if (on_accepted) on_accepted(accepted_.back());
}

}  // namespace hearback::sim
