#include "net/core.hpp"

namespace hearback::net {

void Core::fire_hooks(bool cut) {
  std::vector<std::uint64_t> keys;
  keys.reserve(hooks_.size());
  for (const auto& [key, hook] : hooks_) keys.push_back(key);
  for (auto key : keys) {
    auto found = hooks_.find(key);  // an earlier hook may have ended this one
    if (found == hooks_.end()) continue;
    auto hook = found->second;
    hook(cut);
  }
}

void Core::job_begins() {
  std::lock_guard lock(jobs_mutex_);
  ++jobs_;
}

void Core::job_ends() {
  std::lock_guard lock(jobs_mutex_);
  if (--jobs_ == 0) jobs_changed_.notify_all();
}

void Core::wait_for_jobs() {
  std::unique_lock lock(jobs_mutex_);
  jobs_changed_.wait(lock, [this] { return jobs_ == 0; });
}

}  // namespace hearback::net
