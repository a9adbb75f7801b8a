#pragma once
// A model IMAP server (RFC 3501 with UIDPLUS, SPECIAL-USE, ESEARCH, IDLE, LITERAL+, SASL-IR, ID,
// NAMESPACE, ENABLE, UNSELECT, LIST-STATUS) over accounts in memory. It is strict about syntax and
// answers BAD to what it doesn't know; what the program asked is recorded, so that tests can judge:
//   bodies()     every message body octet that was asked for (S-2, SYNC-9)
//   writes()     everything that changed or could change the mailbox (S-8, SYNC-5)
// Tests act on the account: deliver, move, expunge, renumber, change UIDVALIDITY.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sim_env.hpp"

namespace hearback::sim {

struct ImapMessage {
  std::uint32_t uid = 0;
  std::string raw;
  Instant internal_date;
  std::set<std::string> flags;  // "\\Seen" …
};

struct ImapFolder {
  std::string name;         // as on the wire
  std::string special_use;  // "\\Sent" …
  std::uint32_t uid_validity = 1;
  std::uint32_t uid_next = 1;
  std::vector<ImapMessage> messages;  // ascending UIDs
  bool noselect = false;
};

struct ImapQuirks {
  bool esearch = true, idle = true, uidplus = true, special_use = true, literal_plus = true;
  bool sasl_ir = true, id = true, list_status = true;
  bool uid_next = true;         // false: EXAMINE doesn't tell UIDNEXT
  bool login_disabled = false;  // LOGINDISABLED: only AUTHENTICATE
  bool capability_in_greeting = true;
  bool refuse_login = false;         // NO [AUTHENTICATIONFAILED] whatever the password
  bool login_unavailable = false;    // NO [UNAVAILABLE] …
  bool append_refused = false;       // NO to every APPEND
  bool tells_at_once = false;        // of what came or went meanwhile, with each UID command
  bool notify = false;               // NOTIFY, of one folder beside the open one
  bool notify_mute = false;          // agrees to it, and then tells nothing of that folder
  bool no_push = false;              // says nothing during IDLE, only at the next command
  int nil_bodies = 0;                // > 0: that many bodies come as NIL
  bool sizes_lie = false;            // RFC822.SIZE 1 for all
  int fetch_stops_after = 0;         // > 0: a FETCH ends with NO after that many messages
  std::set<std::uint32_t> left_out;  // UIDs that a FETCH doesn't mention, though it says OK
  std::set<std::uint32_t> broken;    // a FETCH that comes to one of these UIDs ends with NO there
  bool broken_ends = false;          // or with BYE
  bool broken_bodies_only = false;   // or one for whole messages alone
  std::string broken_says = "this message is broken";
  // UIDs of which a notice of the server's comes instead; of bodies alone, or of headers, too.
  std::set<std::uint32_t> stand_ins;
  bool stand_in_headers = false;
  std::map<std::uint32_t, std::string> mixed_up;    // UIDs whose body is another message's
  std::set<std::uint32_t> nil_headers, no_headers;  // UIDs whose header fields come as NIL, as ""
  std::set<std::string> unlisted;                   // folders that LIST doesn't mention
  std::string search_refused;                       // "SEARCH" is answered NO with this
  bool search_names_all = false;  // or names every message, whatever was asked for
  Duration body_time{0};          // that an answer with whole messages takes to its end
  Duration search_time{0};        // that a search for addresses takes for each message
  std::string status_refused;     // "STATUS" and "EXAMINE" of INBOX, too
  // FETCHes that came together are answered as Dovecot does it: the data of all of them, then
  // their tagged OKs.
  bool oks_last = false;
  bool last_first = false;          // or the last of them first, which RFC 3501 section 5.5 allows
  bool idle_flutters = false;       // at each IDLE one message comes and is gone
  bool fetch_flutters = false;      // likewise at each FETCH
  bool search_finds_all = false;    // a search for addresses names every message
  std::set<std::string> renumbers;  // folders whose UIDVALIDITY is another whenever it is asked for
};

struct BodyRequest {  // what of a message beyond its header fields was sent to the program
  std::string folder;
  std::uint32_t uid_validity = 0, uid = 0;
  std::uint64_t octets = 0;
  bool operator==(const BodyRequest&) const = default;
};

class ImapSession;

class ImapAccount {
 public:
  ImapAccount(World& world, std::string user, std::string password);

  ImapFolder& folder(const std::string& name);  // made if missing
  bool has_folder(const std::string& name) const;
  const std::vector<std::unique_ptr<ImapFolder>>& folders() const { return folders_; }
  ImapFolder* sent();  // by special use, else by the name "Sent"

  // INTERNALDATE: now, unless given. Returns the UID.
  std::uint32_t deliver(const std::string& folder, std::string raw);
  std::uint32_t deliver(const std::string& folder, std::string raw, Instant internal_date);
  bool expunge(const std::string& folder, std::uint32_t uid);
  std::uint32_t move(const std::string& from, std::uint32_t uid, const std::string& to);
  // A new UIDVALIDITY; `renumber`: the messages get new UIDs from 1 (in another order where
  // `shuffle`). Sessions that have the folder open are disconnected.
  void change_uid_validity(const std::string& folder, bool renumber, bool shuffle = false);
  void remove_folder(const std::string& name);
  void rename_folder(const std::string& name, const std::string& to);
  void disconnect_all();  // BYE to everybody
  void disconnect_from(const std::string& folder) { drop_selected(folder); }
  void overflow();  // every session's NOTIFY is given up

  const std::string& user() const { return user_; }
  std::string password;
  ImapQuirks quirks;
  // Called with each command of a session that is signed in, before it is answered (but IDLE's
  // DONE): what happens between a question and what follows from its answer.
  std::function<void(std::string_view command)> heard;
  // Answers such a command, if not empty, with NO and this text.
  std::function<std::string(std::string_view command)> refuses;
  // Called with each body that is sent to the program.
  std::function<void(const BodyRequest& body)> shows_body;
  // Leaves this one out of a FETCH, which says OK.
  std::function<bool(std::uint32_t uid)> forgets;

  // A body goes to the program, by whatever way.
  void send_body(BodyRequest body) {
    bodies_.push_back(std::move(body));
    if (shows_body) shows_body(bodies_.back());
  }
  const std::vector<BodyRequest>& bodies() const { return bodies_; }
  const std::vector<std::string>& writes() const { return writes_; }
  // Every command of sessions that are signed in: "UID SEARCH", "EXAMINE" ….
  const std::map<std::string, std::uint64_t>& commands() const { return commands_; }
  std::uint64_t commands(const std::string& verb) const {
    auto found = commands_.find(verb);
    return found == commands_.end() ? 0 : found->second;
  }
  void hear(std::string_view command) {
    auto what = command.substr(0, command.find(' '));
    if (what.size() < command.size() && what == "UID")
      what = command.substr(0, command.find(' ', what.size() + 1));
    ++commands_[std::string(what)];
    if (heard) heard(command);
  }
  std::uint64_t headers_sent() const { return headers_sent_; }
  std::uint64_t logins() const { return logins_; }
  std::size_t sessions() const { return sessions_.size(); }
  // Number of messages in `folder` with this Message-ID (without < >).
  std::size_t count(const std::string& folder, std::string_view message_id) const;

 private:
  friend class ImapSession;
  void changed(const std::string& folder);
  void renumber_where_asked(ImapFolder& folder) {
    if (quirks.renumbers.contains(folder.name)) folder.uid_validity = next_validity_++;
  }
  void drop_selected(const std::string& folder);

  World& world_;
  std::string user_;
  std::vector<std::unique_ptr<ImapFolder>> folders_;
  std::uint32_t next_validity_ = 1000;
  std::vector<BodyRequest> bodies_;
  std::vector<std::string> writes_;
  std::map<std::string, std::uint64_t> commands_;
  std::uint64_t headers_sent_ = 0, logins_ = 0;
  std::set<ImapSession*> sessions_;  // signed in
};

class ImapServer final : public Service {
 public:
  explicit ImapServer(World& world, bool tls = true) : world_(world), tls_(tls) {}
  std::unique_ptr<Peer> accept(Link& link) override;

  // With INBOX, Sent (\Sent), Drafts, Trash, Junk and Archive.
  ImapAccount& add_account(std::string user, std::string password);
  ImapAccount* find(std::string_view user);
  ImapQuirks quirks;                 // of new accounts, and before sign-in
  std::function<void()> signing_in;  // called with each try

  std::string greeting = "* OK [CAPABILITY %s] model ready";  // %s: the capabilities

 private:
  friend class ImapSession;
  World& world_;
  bool tls_;
  std::map<std::string, std::unique_ptr<ImapAccount>, std::less<>> accounts_;
};

// The value of a header field of a raw message, unfolded and trimmed; empty when missing.
std::string header_value(std::string_view raw, std::string_view field);

}  // namespace hearback::sim
