#include "api/http/throttle.hpp"

#include <algorithm>

namespace hearback::api {
namespace {

constexpr std::size_t kSweepAbove = 10'000;  // keys; a flood of invented ones is swept away

}  // namespace

std::optional<Duration> Throttle::enter(const std::string& key, Instant now) {
  std::lock_guard lock(mutex_);
  if (failed_.size() > kSweepAbove) sweep(now);
  auto& tries = failed_[key];
  while (!tries.empty() && tries.front() + window_ <= now) tries.pop_front();
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

void Throttle::sweep(Instant now) {
  std::erase_if(failed_, [&](const auto& entry) {
    return entry.second.empty() || entry.second.back() + window_ <= now;
  });
}

}  // namespace hearback::api
