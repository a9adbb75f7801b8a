#pragma once
// Room in memory for messages that come in, or leave, of all mailboxes together. Whoever is about
// to have some in memory takes room for them, gives back what wasn't needed once they are there,
// and the rest once they are through. Large messages have a part of their own: mail of ordinary
// size never waits for them. docs/decisions/0056-room-for-messages.md
//
// No slow server takes it all: what a company has, and what a host has, stays within twice of what
// is left free. So however many hold what they hold for long, whoever comes next finds some.
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/ids.hpp"
#include "net/env.hpp"

namespace hearback::mailbox {

struct RoomWanted {
  CompanyId company;
  std::string host;
  std::uint64_t least = 0, most = 0;  // octets: something in between is given
  bool large = false;
  // Behind all that can't wait; a quarter is never its own. It counts apart: a company's past
  // doesn't keep out what arrives for it.
  bool can_wait = false;
};

class Room {
  struct Part;

 public:
  // Gives its room back at its end. All on the engine's thread.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept = default;
    Share& operator=(Share&& other) noexcept {
      std::swap(part_, other.part_);
      std::swap(whose_, other.whose_);
      std::swap(octets_, other.octets_);
      return *this;
    }
    ~Share() { keep(0); }
    std::uint64_t octets() const { return part_ ? octets_ : 0; }
    // No more than this is needed any more.
    void keep(std::uint64_t octets);

   private:
    friend class Room;
    Share(std::shared_ptr<Part> part, RoomWanted whose, std::uint64_t octets)
        : part_(std::move(part)), whose_(std::move(whose)), octets_(octets) {}
    std::shared_ptr<Part> part_;
    RoomWanted whose_;
    std::uint64_t octets_ = 0;
  };

  Room(net::Env& env, std::size_t octets);

  // Waits until there is room; empty (no octets) when the program ends first. What asks for more
  // than there is at all is given that.
  Task<Share> take(RoomWanted wanted);

 private:
  struct Waiting {
    RoomWanted wanted;
    Instant since;
    std::optional<std::uint64_t> granted;
    std::unique_ptr<net::Signal> told;
  };
  struct Part {
    explicit Part(net::Env& e, std::uint64_t octets) : env(e), free(octets), whole(octets) {}
    // What too long a wait keeps others from.
    struct HeldUp {
      bool all = false;               // there was no room
      std::set<CompanyId> companies;  // it was theirs already
      std::set<std::string> hosts;
      bool holds(const RoomWanted& wanted) const;
      void note(const Part& part, const RoomWanted& wanted);
    };
    std::optional<std::uint64_t> grantable(const RoomWanted& wanted) const;
    // Of what one party holds: no more may be added.
    bool too_much(std::uint64_t has, std::uint64_t more) const {
      return has > 0 && has + more > 2 * (free - more);
    }
    void count(const RoomWanted& whose, std::uint64_t taken, std::uint64_t given);
    void grant();

    net::Env& env;
    std::uint64_t free = 0, whole = 0;
    std::map<bool, std::uint64_t> held;  // by what can wait, and by what can't
    std::map<std::pair<bool, CompanyId>, std::uint64_t> of_company;
    std::map<std::pair<bool, std::string>, std::uint64_t> of_host;
    std::map<bool, std::list<std::shared_ptr<Waiting>>> waiting;
  };

  net::Env& env_;
  std::shared_ptr<Part> ordinary_, large_;
};

}  // namespace hearback::mailbox
