#include "mailbox/bounded.hpp"

#include <algorithm>

namespace hearback::mailbox {

Task<protocols::Outcome> BoundedConnection::perform(protocols::Action action) {
  if (!until_) return inner_->perform(std::move(action));
  const Duration left = std::max(Duration(1), *until_ - env_.now());
  std::visit(
      [&](auto& a) {
        if constexpr (requires { a.deadline; })
          a.deadline = std::min(a.deadline, left);
        else
          a.time = std::min(a.time, left);
      },
      action);
  return inner_->perform(std::move(action));
}

}  // namespace hearback::mailbox
