#pragma once
// What everything on one loop shares. Belongs to the loop's thread but for what says otherwise.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/time.hpp"
#include "net/asio.hpp"

namespace hearback::net {

using Clock = std::chrono::steady_clock;

// The moment when `patience` from now is over; absurdly long patience is cut.
inline Clock::time_point after(Duration patience) {
  return Clock::now() + std::min<Duration>(patience, std::chrono::hours(24 * 365));
}

class Core {
 public:
  // Called at the loop's stop, unless the hook was destroyed before: first to end well (`cut` is
  // false), some time later, if it still exists, to end at once.
  class Hook {
   public:
    Hook(Core& core, std::function<void(bool cut)> at_stop) : core_(core), key_(core.next_key_++) {
      core_.hooks_.emplace(key_, std::move(at_stop));
    }
    ~Hook() { core_.hooks_.erase(key_); }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

   private:
    Core& core_;
    std::uint64_t key_;
  };

  bool stopping() const { return stopping_.load(std::memory_order_acquire); }  // any thread
  // True for the first caller. Any thread.
  bool set_stopping() { return !stopping_.exchange(true); }
  void fire_hooks(bool cut);

  // Where reads land before they are handed over: one for all connections, since no read spans a
  // suspension. An idle connection has no buffer of its own.
  std::vector<char>& scratch() {
    if (scratch_.empty()) scratch_.resize(256 * 1024);
    return scratch_;
  }

  // Jobs on the workers that touch what this loop's tasks own. Any thread.
  void job_begins();
  void job_ends();
  void wait_for_jobs();

 private:
  std::atomic<bool> stopping_ = false;
  std::map<std::uint64_t, std::function<void(bool)>> hooks_;
  std::uint64_t next_key_ = 0;
  std::vector<char> scratch_;
  std::mutex jobs_mutex_;
  std::condition_variable jobs_changed_;
  std::size_t jobs_ = 0;

 public:
  // Last member, first destroyed: handlers that never ran may own objects which use the rest.
  asio::io_context io{1};
};

}  // namespace hearback::net
