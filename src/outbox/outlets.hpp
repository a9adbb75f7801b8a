#pragma once
// The outlets of the mailboxes that are at work, kept a while for the mailbox's next message.
#include <map>
#include <memory>
#include <vector>

#include "mailbox/smtp/outlet.hpp"
#include "net/env.hpp"
#include "rules/nouns.hpp"

namespace hearback::outbox {

class Outlets {
 public:
  Outlets(net::Env& env, Limits limits, Deadlines deadlines)
      : env_(env), limits_(limits), deadlines_(deadlines) {}

  // Whoever holds it may use it. Another one where the account's settings have changed.
  std::shared_ptr<mailbox::Outlet> of(MailboxId mailbox, mailbox::OutletAccount account);
  // Those that nobody has used for `idle`: to say goodbye to.
  std::vector<std::shared_ptr<mailbox::Outlet>> take_idle(Duration idle);
  bool empty() const { return kept_.empty(); }
  void stop_all();

 private:
  struct Kept {
    mailbox::OutletAccount account;
    std::shared_ptr<mailbox::Outlet> outlet;
    Duration used;
  };
  net::Env& env_;
  Limits limits_;
  Deadlines deadlines_;
  bool stopped_ = false;
  std::map<MailboxId, Kept> kept_;
  std::vector<std::weak_ptr<mailbox::Outlet>>
      made_;  // those that were replaced or are leaving, too
};

}  // namespace hearback::outbox
