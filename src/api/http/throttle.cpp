#include "api/http/throttle.hpp"

#include <algorithm>

namespace hearback::api {
namespace {

constexpr std::size_t kSweepAtLeastAbove = 10'000;
constexpr std::size_t kKeysMost = 50'000;  // a flood of invented ones doesn't fill the memory

}  // namespace

std::optional<Duration> Throttle::enter(const std::string& key, Instant now) {
  std::lock_guard lock(mutex_);
  if (failed_.size() > sweep_above_) sweep(now);
  auto& tries = failed_[key];
  std::erase_if(tries, [&](Instant at) { return at + window_ <= now; });
  if (tries.size() >= tries_) return std::max(tries.front() + window_ - now, Duration(1s));
  tries.push_back(now);
  return std::nullopt;
}

void Throttle::clear(const std::string& key) {
  std::lock_guard lock(mutex_);
  failed_.erase(key);
}

void Throttle::forgive_one(const std::string& key) {
  std::lock_guard lock(mutex_);
  const auto found = failed_.find(key);
  if (found != failed_.end() && !found->second.empty()) found->second.pop_back();
}

// Each key is looked at about once for each that is added. Where too many stay, those go that have
// failed least.
void Throttle::sweep(Instant now) {
  std::erase_if(failed_, [&](const auto& entry) {
    return entry.second.empty() || entry.second.back() + window_ <= now;
  });
  for (std::size_t least = 1; failed_.size() > kKeysMost && least < tries_; ++least)
    std::erase_if(failed_, [&](const auto& entry) { return entry.second.size() <= least; });
  if (failed_.size() > kKeysMost) failed_.clear();
  sweep_above_ = std::max(kSweepAtLeastAbove, 2 * failed_.size());
}

}  // namespace hearback::api
