#pragma once
// How much one mailbox may bring in within a day, so that no sender and no server fills the disk of
// all (base/limits.hpp). Whatever is beyond it waits in the mailbox. The past leaves a part of it
// to what arrives. Pure; hours by net::Env::ticks.
#include <cstdint>
#include <map>

#include "base/limits.hpp"
#include "base/time.hpp"

namespace hearback::sync {

inline constexpr const char* kDailyQuota = "sync.daily-quota";

class Quota {
 public:
  struct Brought {
    std::uint64_t messages = 0, octets = 0;
  };
  // Bodies that came at this moment.
  void note(Instant ticks, const Brought& more);
  // How long until more may come; 0: it may now. One batch may go beyond it.
  Duration until_room(Instant ticks, const Limits& limits, bool past);

 private:
  std::map<std::int64_t, Brought> hours_;  // of the last day
};

}  // namespace hearback::sync
