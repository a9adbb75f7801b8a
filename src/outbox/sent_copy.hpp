#pragma once
// The copy in the mailbox's Sent folder: exactly one (S-1, SEND-13), and the proof that a message
// of unknown fate went out (W-5). Hearback files a copy only when it knows that the server took the
// message, so a copy of an uncertain message can only be the provider's doing, or have come back to
// a connected mailbox.
#include <map>
#include <vector>

#include "mailbox/outlet.hpp"
#include "outbox/held.hpp"

namespace hearback::outbox {

// One look into a mailbox's Sent folder for all of its rows that are about to be worked on: for
// each alone many servers would read the whole folder. The rows as they were read before the look:
// who claims one under that fence knows that nobody has filed its copy since. Of those that
// somebody held then nobody knows; each is looked for once it is held.
class SentLook {
 public:
  explicit SentLook(const std::vector<store::OutboxDue::Row>& rows);

  // Whether the copy of a row that is held lies there. By our own field, too, where the provider
  // may have replaced the Message-ID.
  Task<Result<bool>> at(Held& row, mailbox::Outlet& outlet, bool by_mark);
  // Whatever is known already.
  Task<Result<bool>> anew(Held& row, mailbox::Outlet& outlet, bool by_mark);
  // Whether that is known, and new enough to be relied on.
  bool tells_of(OutboxId id, Duration now) const;
  OutboxId asked_for() const { return asked_for_; }  // for which row the last look was

 private:
  std::map<OutboxId, std::string> waiting_;  // their Message-IDs
  std::map<OutboxId, Result<bool>> seen_;
  Duration when_{0};
  OutboxId asked_for_;
};

// A row that is held and `uncertain`: looks into Sent, among the copies that sync has seen, and for
// an answer. Found: sent. Not found: proves nothing. It looks again ever more rarely; then it is a
// person's to decide, and only what sync brings is still looked at. `waited`: for how long this
// process has seen it so.
Task<void> reconcile(Held& row, SentLook& look, Duration waited);

// A row that is held and `sent`, whose copy isn't known: finds it, waits for it, or files it
// (rules/sent_copies).
Task<void> settle_copy(Held& row, SentLook& look, Duration waited);

}  // namespace hearback::outbox
