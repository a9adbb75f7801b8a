#include "outbox/outlets.hpp"

#include <utility>

namespace hearback::outbox {

std::shared_ptr<mailbox::Outlet> Outlets::of(MailboxId mailbox, mailbox::OutletAccount account) {
  auto found = kept_.find(mailbox);
  if (found == kept_.end() || !(found->second.account == account)) {
    auto made = mailbox::make_smtp_outlet(env_, account, limits_, deadlines_);
    Kept kept{std::move(account), std::move(made), {}};
    std::erase_if(made_, [](const auto& weak) { return weak.expired(); });
    made_.push_back(kept.outlet);
    if (stopped_) kept.outlet->stop();
    found = kept_.insert_or_assign(mailbox, std::move(kept)).first;
  }
  found->second.used = Duration(env_.ticks().ms);
  return found->second.outlet;
}

std::vector<std::shared_ptr<mailbox::Outlet>> Outlets::take_idle(Duration idle) {
  std::vector<std::shared_ptr<mailbox::Outlet>> taken;
  for (auto at = kept_.begin(); at != kept_.end();) {
    auto& kept = at->second;
    if (kept.outlet.use_count() > 1) kept.used = Duration(env_.ticks().ms);  // at work
    if (Duration(env_.ticks().ms) - kept.used < idle) {
      ++at;
      continue;
    }
    taken.push_back(std::move(kept.outlet));
    at = kept_.erase(at);
  }
  return taken;
}

void Outlets::stop_all() {
  stopped_ = true;
  for (auto& weak : made_)
    if (auto outlet = weak.lock()) outlet->stop();
}

}  // namespace hearback::outbox
