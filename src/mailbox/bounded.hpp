#pragma once
// A connection whose opening may take only so long in all: a server that answers each read with
// one octet, just in time, can't hold a sign-in open for ever.
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "mailbox/connect.hpp"
#include "net/env.hpp"
#include "protocols/dialogue.hpp"

namespace hearback::mailbox {

class BoundedConnection final : public protocols::Connection {
 public:
  BoundedConnection(net::Env& env, std::unique_ptr<protocols::Connection> inner, Instant until)
      : env_(env), inner_(std::move(inner)), until_(until) {}

  void lift() { until_.reset(); }

  Task<protocols::Outcome> perform(protocols::Action action) override;
  void interrupt() override { inner_->interrupt(); }
  void close() override { inner_->close(); }

 private:
  net::Env& env_;
  std::unique_ptr<protocols::Connection> inner_;
  std::optional<Instant> until_;
};

// open_imap and open_smtp with a bound of the caller's own.
Task<Result<ImapLine>> open_imap_within(net::Env& env, Login login, Limits limits,
                                        Deadlines deadlines, Duration budget);
Task<Result<SmtpLine>> open_smtp_within(net::Env& env, Login login, Limits limits,
                                        Deadlines deadlines, Duration budget);

}  // namespace hearback::mailbox
