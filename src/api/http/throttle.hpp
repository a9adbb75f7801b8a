#pragma once
// Slows guessing down: counts failed tries per key within a sliding window, in memory. A try counts
// as failed until it is known to have succeeded, so that tries made side by side count too. Times
// are Env::ticks: a clock that is set forgives nothing.
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"

namespace hearback::api {

class Throttle {
 public:
  Throttle(std::size_t tries, Duration window) : tries_(tries), window_(window) {}

  // nullopt: go on (and the try is counted). Else: how long to wait.
  std::optional<Duration> enter(const std::string& key, Instant now);
  // The try made last was right: the key starts afresh.
  void clear(const std::string& key);
  // The try made last was right, but it says nothing of the others under this key.
  void forgive_one(const std::string& key);

 private:
  void sweep(Instant now);

  const std::size_t tries_;
  const Duration window_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::vector<Instant>> failed_;  // oldest first
  std::size_t sweep_above_ = 10'000;                              // keys
};

}  // namespace hearback::api
