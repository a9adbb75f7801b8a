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
  bool operator==(const RoomWanted&) const = default;
};

class Room {
  struct Part;
  struct Waiting;

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
    bool large() const { return whose_.large; }  // of that part
    // Enough for that, as far as there can be as much, and of the same part.
    bool does_for(const RoomWanted& wanted) const;
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

  // In line. Whoever has no patience left may do something else and come back: the place is kept,
  // and whoever comes back soon has waited all the time. All on the engine's thread.
  class Place {
   public:
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&& other) noexcept {
      std::swap(part_, other.part_);
      std::swap(waiting_, other.waiting_);
      return *this;
    }
    ~Place();
    // Once there is room; empty (no octets) when patience, if any is named, or the program ends
    // first.
    Task<Share> wait(std::optional<Duration> patience);
    bool is_for(const RoomWanted& wanted) const;
    Duration away() const;  // for how long nobody has waited here

   private:
    friend class Room;
    Place(std::shared_ptr<Part> part, RoomWanted wanted);
    std::shared_ptr<Part> part_;
    std::shared_ptr<Waiting> waiting_;
  };

  Room(net::Env& env, std::size_t octets);

  // What asks for more than there is at all is given that.
  Place stand_in_line(RoomWanted wanted);
  // Waits as long as it takes.
  Task<Share> take(RoomWanted wanted);

 private:
  struct Waiting {
    RoomWanted asked;   // for
    RoomWanted wanted;  // of what there can be
    Instant since;
    std::optional<Instant> left;  // is back later, and given nothing until then
    std::optional<std::uint64_t> granted;
    std::unique_ptr<net::Signal> told;
  };
  struct Part {
    explicit Part(net::Env& e, std::uint64_t octets) : env(e), free(octets), whole(octets) {}
    // What too long a wait keeps others from.
    struct HeldUp {
      bool all = false;               // there was no room
      bool past = false;              // what can wait has all that it may have
      std::set<CompanyId> companies;  // it was theirs already
      std::set<std::string> hosts;
      // There is enough for who is back soon: it is left for them. And how much of it is for what
      // can wait.
      std::uint64_t reserved = 0, reserved_past = 0;
      bool holds(const RoomWanted& wanted) const;
    };
    // What there is for one behind those.
    struct Left {
      std::uint64_t free = 0, past = 0, of_company = 0, of_host = 0;  // the others are held already
    };
    Left left(const RoomWanted& wanted, const HeldUp& held_up) const;
    bool past_is_full(const RoomWanted& wanted, const Left& left) const;
    std::optional<std::uint64_t> grantable(const RoomWanted& wanted, const Left& left) const;
    void note(HeldUp& held_up, const Waiting& one, bool behind) const;
    void count(const RoomWanted& whose, std::uint64_t taken, std::uint64_t given);
    void grant();
    bool holds_others_up(const Waiting& one) const;

    net::Env& env;
    std::uint64_t free = 0, whole = 0;
    std::map<bool, std::uint64_t> held;  // by what can wait, and by what can't
    std::map<std::pair<bool, CompanyId>, std::uint64_t> of_company;
    std::map<std::pair<bool, std::string>, std::uint64_t> of_host;
    std::map<bool, std::list<std::shared_ptr<Waiting>>> waiting;
  };

  std::shared_ptr<Part> ordinary_, large_;
};

}  // namespace hearback::mailbox
