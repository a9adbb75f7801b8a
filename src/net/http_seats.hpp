#pragma once
// Who may take how much of the HTTP server at one time, so that nobody takes what others need:
// connections, and octets of bodies in memory. Both belong to the loop's thread.
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/channel.hpp"
#include "net/http.hpp"

namespace hearback::net {

class HttpSeats {
 public:
  HttpSeats(std::size_t all, std::size_t of_one) : all_(all), of_one_(of_one) {}

  struct Seat {
    std::string network;
    std::shared_ptr<Channel> channel;
    // For a whole header, or otherwise for a peer who hasn't shown who it is: may be closed where
    // others need the place.
    bool waiting = true;
    std::string party;  // whose request or answer it is at work for, once that is known
    Clock::time_point since = Clock::now();
    bool given_up = false;
  };
  using Place = std::list<Seat>::iterator;

  // True: there is a place for one more of this network, after closing the connection that has
  // waited longest, where that was needed: of this network if it has its `most`, else of the
  // network with the most connections. Where none waits, one that is at work for whoever has most
  // of them, if that is more than one may have where others need them.
  bool make_room(const std::string& network, std::size_t most);
  Place take(std::string network, std::shared_ptr<Channel> channel);
  void leave(Place place);

 private:
  std::size_t of(const std::string& network) const;
  bool give_up_longest(const std::string* network);
  bool give_up_of_greediest(const std::string* network);
  void give_up(Seat& seat);
  void forget(const std::string& network);

  std::size_t all_;
  std::size_t of_one_;
  std::size_t taken_ = 0;
  std::list<Seat> seats_;
  std::unordered_map<std::string, std::size_t> by_network_;
};

// Octets of bodies: of all, and of each party that a request stands for. A known sender's are
// counted whole when they are announced, others as they come.
// Those of requests and those of answers are counted apart.
class HttpBodies {
 public:
  explicit HttpBodies(std::size_t all) : all_(all) {}

  bool take(const std::vector<BodyShare>& shares, std::size_t octets);  // all or nothing
  void give_back(const std::vector<BodyShare>& shares, std::size_t octets);
  std::size_t parties() const { return by_party_.size(); }  // that it remembers

 private:
  std::size_t all_;
  std::size_t taken_ = 0;
  std::unordered_map<std::string, std::size_t> by_party_;
};

// What one connection holds of them; given back with it.
class HeldOctets {
 public:
  explicit HeldOctets(HttpBodies& all) : all_(all) {}
  ~HeldOctets() { release(); }
  HeldOctets(const HeldOctets&) = delete;
  HeldOctets& operator=(const HeldOctets&) = delete;

  // Whose octets are taken from here on; nothing is held.
  void stand_for(std::vector<BodyShare> shares) {
    release();
    shares_ = std::move(shares);
  }
  bool take(std::size_t octets) {
    if (!all_.take(shares_, octets)) return false;
    held_ += octets;
    return true;
  }
  void release() { all_.give_back(shares_, std::exchange(held_, 0)); }

 private:
  HttpBodies& all_;
  std::vector<BodyShare> shares_;
  std::size_t held_ = 0;
};

// The connections that HTTP may hold: half of the descriptors at most.
std::size_t seats_within(std::size_t wanted, std::uint64_t descriptors);

}  // namespace hearback::net
