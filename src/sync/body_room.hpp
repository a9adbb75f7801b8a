#pragma once
// Room in memory for the bodies of all mailboxes together. Whoever is about to fetch some takes
// room for the most that may come, gives back what wasn't needed once they are there, and the rest
// once they are stored. First come, first served; a mailbox asks for one batch at a time, so they
// take turns. Large messages have a half of their own: mail of ordinary size never waits for them.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "net/env.hpp"

namespace hearback::sync {

class BodyRoom {
  struct Half;

 public:
  // Gives its room back at its end. All on the engine's thread.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : half_(std::move(other.half_)), octets_(std::exchange(other.octets_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(half_, other.half_);
      std::swap(octets_, other.octets_);
      return *this;
    }
    ~Share() { keep(0); }
    // No more than this is needed any more.
    void keep(std::uint64_t octets);

   private:
    friend class BodyRoom;
    Share(std::shared_ptr<Half> half, std::uint64_t octets)
        : half_(std::move(half)), octets_(octets) {}
    std::shared_ptr<Half> half_;
    std::uint64_t octets_ = 0;
  };

  BodyRoom(net::Env& env, std::size_t octets);

  // Waits until there is room; empty when the program ends first. Each body that is under way has
  // its command's deadline, so the wait has one, too.
  Task<Share> take(std::uint64_t octets, bool large);

 private:
  struct Waiting {
    std::uint64_t octets = 0;
    bool granted = false;
    std::unique_ptr<net::Signal> told;
  };
  struct Half {
    std::uint64_t free = 0, whole = 0;
    std::deque<std::shared_ptr<Waiting>> waiting;
    void grant();
  };

  net::Env& env_;
  std::shared_ptr<Half> ordinary_ = std::make_shared<Half>(), large_ = std::make_shared<Half>();
};

}  // namespace hearback::sync
