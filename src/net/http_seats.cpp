#include "net/http_seats.hpp"

#include <algorithm>
#include <string_view>

namespace hearback::net {

std::size_t HttpSeats::of(const std::string& network) const {
  const auto found = by_network_.find(network);
  return found == by_network_.end() ? 0 : found->second;
}

void HttpSeats::forget(const std::string& network) {
  --taken_;
  const auto found = by_network_.find(network);
  if (found != by_network_.end() && --found->second == 0) by_network_.erase(found);
}

bool HttpSeats::make_room(const std::string& network, std::size_t most) {
  const bool network_is_full = of(network) >= most;
  if (!network_is_full && taken_ < all_) return true;
  const auto* among = network_is_full ? &network : nullptr;
  return give_up_longest(among) || give_up_of_greediest(among);
}

bool HttpSeats::give_up_longest(const std::string* network) {
  auto chosen = seats_.end();
  std::size_t weight = 0;
  for (auto seat = seats_.begin(); seat != seats_.end(); ++seat) {
    if (!seat->waiting || seat->given_up || (network && seat->network != *network)) continue;
    const auto has = network ? 1 : of(seat->network);
    const bool better =
        chosen == seats_.end() || has > weight || (has == weight && seat->since < chosen->since);
    if (!better) continue;
    chosen = seat;
    weight = has;
  }
  if (chosen == seats_.end()) return false;
  give_up(*chosen);
  return true;
}

bool HttpSeats::give_up_of_greediest(const std::string* network) {
  std::unordered_map<std::string_view, std::size_t> has;
  for (const auto& seat : seats_)
    if (!seat.given_up && !seat.party.empty()) ++has[seat.party];
  auto chosen = seats_.end();
  std::size_t weight = of_one_;
  for (auto seat = seats_.begin(); seat != seats_.end(); ++seat) {
    if (seat->given_up || seat->party.empty() || (network && seat->network != *network)) continue;
    const auto held = has[seat->party];
    const bool longer = chosen != seats_.end() && held == weight && seat->since < chosen->since;
    if (held <= weight && !longer) continue;
    chosen = seat;
    weight = held;
  }
  if (chosen == seats_.end()) return false;
  give_up(*chosen);
  return true;
}

void HttpSeats::give_up(Seat& seat) {
  seat.given_up = true;
  forget(seat.network);
  const auto channel = seat.channel;
  channel->close();  // may end its task, and with it the seat, at once
}

HttpSeats::Place HttpSeats::take(std::string network, std::shared_ptr<Channel> channel) {
  ++taken_;
  ++by_network_[network];
  return seats_.insert(seats_.end(),
                       Seat{.network = std::move(network), .channel = std::move(channel)});
}

void HttpSeats::leave(Place place) {
  if (!place->given_up) forget(place->network);
  seats_.erase(place);
}

bool HttpBodies::take(const std::vector<BodyShare>& shares, std::size_t octets) {
  if (octets == 0) return true;
  if (octets > all_ - taken_) return false;
  for (const auto& share : shares) {
    const auto found = by_party_.find(share.who);
    const auto has = found == by_party_.end() ? 0 : found->second;
    if (has + octets > share.most) return false;
  }
  taken_ += octets;
  for (const auto& share : shares) by_party_[share.who] += octets;
  return true;
}

void HttpBodies::give_back(const std::vector<BodyShare>& shares, std::size_t octets) {
  if (octets == 0) return;
  taken_ -= octets;
  for (const auto& share : shares) {
    const auto found = by_party_.find(share.who);
    if (found != by_party_.end() && (found->second -= octets) == 0) by_party_.erase(found);
  }
}

std::size_t seats_within(std::size_t wanted, std::uint64_t descriptors) {
  return std::min<std::uint64_t>(wanted, std::max<std::uint64_t>(descriptors / 2, 1));
}

}  // namespace hearback::net
