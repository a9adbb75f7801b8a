#pragma once
// A model submission server (RFC 6409): EHLO, AUTH, MAIL, RCPT, DATA. The truth about what left the
// program is its `accepted()` list. Plans decide what it answers, and what becomes of the
// connection around the final dot.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model_imap.hpp"
#include "sim/sim_env.hpp"

namespace hearback::sim {

struct SmtpAccepted {
  Instant at;
  std::string from;
  std::vector<std::string> to;
  std::string data;         // un-stuffed, without the final dot
  std::string message_id;   // of the header, without < >
  std::string hearback_id;  // X-Hearback-Id
};

// What happens to one message (one DATA command).
struct SmtpFate {
  std::string sender_reply;     // instead of 250 to MAIL
  std::string recipient_reply;  // instead of 250 to each RCPT
  std::string data_reply;       // instead of 354
  enum class Dot {
    take,              // accept, then 250
    take_then_cut,     // accept, and the connection breaks before the 250
    take_then_silent,  // accept, and never answer
    cut,               // break when the dot arrives, without accepting
    reply,             // `dot_reply` (4xx, 5xx), without accepting
  } dot = Dot::take;
  std::string dot_reply = "451 4.3.0 try again later";
  Duration delay{0};         // before the answer to the dot (and, for take, after accepting)
  std::string early;         // said unasked when so many octets of the message have come; the dot
  std::size_t early_at = 0;  // is answered as if nothing had been said
};

struct SmtpQuirks {
  bool pipelining = true;
  bool size = true;
  std::uint64_t max_octets = 25u << 20;
  bool refuse_login = false;       // 535
  bool login_unavailable = false;  // 454
  std::string greeting = "220 model ESMTP";
  int per_session = 0;  // > 0: 452 to MAIL after so many messages on one connection
};

class SmtpServer final : public Service {
 public:
  explicit SmtpServer(World& world, bool tls = true) : world_(world), tls_(tls) {}
  std::unique_ptr<Peer> accept(Link& link) override;

  void add_account(std::string user, std::string password) {
    accounts_[std::move(user)] = std::move(password);
  }
  SmtpQuirks quirks;

  // Asked once for each MAIL command, with the number of MAIL commands before it.
  std::function<SmtpFate(std::uint64_t nth)> plan;
  // Watchers, called the moment the octets arrive: `data` is what the transaction holds so far.
  std::function<void(const std::string& user)> on_data;  // the first octets after 354
  // The final dot, before anything else happens.
  std::function<void(const std::string& user, std::string_view data)> on_dot;
  // The provider files a copy of what this account sends here, after the delay.
  void files_sent(const std::string& user, ImapAccount& account, Duration delay = 2s);
  // Mail to this address lands in the account's INBOX, after the delay. Others: accepted, dropped.
  void route(const std::string& address, ImapAccount& account, Duration delay = 1s);
  // Called for each accepted message, for correspondents that answer.
  std::function<void(const SmtpAccepted&)> on_accepted;

  const std::vector<SmtpAccepted>& accepted() const { return accepted_; }
  std::size_t accepted_with(std::string_view message_id) const;
  int connections() const { return static_cast<int>(links_.size()); }  // open now
  void hang_up_all();
  std::uint64_t dots() const { return dots_; }            // final dots that arrived
  std::uint64_t transactions() const { return mails_; }   // MAIL commands
  std::uint64_t invitations() const { return invited_; }  // 354 answers to DATA
  // Sins of the sender: bare CR or LF in DATA, lines over 998 octets, commands out of order.
  const std::vector<std::string>& defects() const { return defects_; }

 private:
  friend class SmtpSession;
  void take(const std::string& user, SmtpAccepted message);

  struct Delivery {
    ImapAccount* account;
    Duration delay;
  };
  World& world_;
  bool tls_;
  std::map<std::string, std::string, std::less<>> accounts_;
  std::map<std::string, Delivery, std::less<>> routes_, sent_folders_;
  std::vector<SmtpAccepted> accepted_;
  std::vector<std::string> defects_;
  std::set<Link*> links_;
  std::uint64_t dots_ = 0, mails_ = 0, invited_ = 0;
};

}  // namespace hearback::sim
