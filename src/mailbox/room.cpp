#include "mailbox/room.hpp"

#include <algorithm>

namespace hearback::mailbox {
namespace {

constexpr Duration kLook = 30s;  // whether the program is stopping, and who isn't back
// Who has waited so long for want of room is passed by small ones alone.
constexpr Duration kPassed = 60s;
constexpr std::uint64_t kSmall = 1u << 20;
constexpr Duration kBack = 30s;  // who left is expected back for as long

// Of the whole, what can wait may have so much.
std::uint64_t its_own(std::uint64_t whole) { return whole / 4 * 3; }

// So much has to be free that one party, which has so much already, is given more.
std::uint64_t needed(std::uint64_t has, std::uint64_t more) {
  return has == 0 ? more : more + (has + more + 1) / 2;
}

template <class Held, class Key>
std::uint64_t held_by(const Held& held, const Key& key) {
  const auto found = held.find(key);
  return found == held.end() ? 0 : found->second;
}

template <class Held, class Key>
void count_in(Held& held, const Key& key, std::uint64_t taken, std::uint64_t given) {
  const auto found = held.try_emplace(key).first;
  found->second += taken;
  found->second -= given;
  if (found->second == 0) held.erase(found);
}

}  // namespace

Room::Room(net::Env& env, std::size_t octets)
    : ordinary_(std::make_shared<Part>(env, octets / 8 * 3)),
      large_(std::make_shared<Part>(env, octets / 8 * 5)) {}

Room::Part::Left Room::Part::left(const RoomWanted& wanted, const HeldUp& held_up) const {
  return {free - held_up.reserved, held_by(held, true) + held_up.reserved_past,
          held_by(of_company, std::pair(wanted.can_wait, wanted.company)),
          held_by(of_host, std::pair(wanted.can_wait, wanted.host))};
}

bool Room::Part::past_is_full(const RoomWanted& wanted, const Left& left) const {
  return wanted.can_wait && left.past > 0 && left.past + wanted.least > its_own(whole);
}

// nullopt: it has to wait. Who has nothing yet may take whatever is free.
std::optional<std::uint64_t> Room::Part::grantable(const RoomWanted& wanted,
                                                   const Left& left) const {
  if (wanted.least > left.free || past_is_full(wanted, left)) return std::nullopt;
  auto most = std::min(wanted.most, left.free);
  if (wanted.can_wait) most = std::min(most, its_own(whole) - std::min(its_own(whole), left.past));
  for (const auto has : {left.of_company, left.of_host}) {
    if (needed(has, wanted.least) > left.free) return std::nullopt;
    most = std::min(most, (2 * left.free - std::min(2 * left.free, has)) / 3);
  }
  return std::max(most, wanted.least);
}

void Room::Part::count(const RoomWanted& whose, std::uint64_t taken, std::uint64_t given) {
  free = free - taken + given;
  count_in(held, whose.can_wait, taken, given);
  count_in(of_company, std::pair(whose.can_wait, whose.company), taken, given);
  count_in(of_host, std::pair(whose.can_wait, whose.host), taken, given);
}

bool Room::Part::HeldUp::holds(const RoomWanted& wanted) const {
  return all || (past && wanted.can_wait) || companies.contains(wanted.company) ||
         hosts.contains(wanted.host);
}

// Whoever is away and would find enough finds it once back: else others took it each time. What is
// theirs grows no further meanwhile, for then it were too much.
void Room::Part::note(HeldUp& held_up, const Waiting& one, bool behind) const {
  const auto& wanted = one.wanted;
  const auto left = this->left(wanted, held_up);
  held_up.all = held_up.all || wanted.least > left.free;
  if (held_up.all) return;
  held_up.past = held_up.past || past_is_full(wanted, left);
  const bool reserves = one.left && !behind && grantable(wanted, left);
  if (reserves || needed(left.of_company, wanted.least) > left.free)
    held_up.companies.insert(wanted.company);
  if (reserves || needed(left.of_host, wanted.least) > left.free) held_up.hosts.insert(wanted.host);
  if (!reserves) return;
  const auto octets =
      std::max(needed(left.of_company, wanted.least), needed(left.of_host, wanted.least));
  held_up.reserved += octets;
  if (wanted.can_wait) held_up.reserved_past += wanted.least;
}

bool Room::Part::holds_others_up(const Waiting& one) const {
  const auto now = env.ticks();
  return now - one.since >= kPassed && (!one.left || now - *one.left < kBack);
}

// In the order of their coming, what can't wait first; whoever finds room passes who doesn't. But
// once somebody has found none for long, only small ones pass, and what can wait does: of all, or,
// where the room is taken by what is theirs already, of the same company or host. What is left for
// who is back soon nobody takes.
void Room::Part::grant() {
  HeldUp held_up;
  for (const bool can_wait : {false, true}) {
    auto& line = waiting[can_wait];
    for (auto at = line.begin(); at != line.end() && !(held_up.all && can_wait);) {
      auto& one = **at;
      auto wanted = one.wanted;
      const bool behind = held_up.holds(wanted);
      if (behind) wanted.most = std::max(wanted.least, kSmall);
      if (!one.left && (!behind || wanted.least <= kSmall))
        one.granted = grantable(wanted, left(wanted, held_up));
      if (one.granted) {
        count(one.wanted, *one.granted, 0);
        one.told->notify();
        at = line.erase(at);
        continue;
      }
      if (holds_others_up(one)) note(held_up, one, behind && wanted.least > kSmall);
      ++at;
    }
  }
}

bool Room::Share::does_for(const RoomWanted& wanted) const {
  return octets() > 0 && whose_.large == wanted.large &&
         octets() >= std::min(wanted.least, part_->whole);
}

void Room::Share::keep(std::uint64_t octets) {
  if (!part_ || octets >= octets_) return;
  part_->count(whose_, 0, octets_ - octets);
  octets_ = octets;
  part_->grant();
}

Room::Place::Place(std::shared_ptr<Part> part, RoomWanted asked) : part_(std::move(part)) {
  auto wanted = asked;
  wanted.least = std::min(wanted.least, part_->whole);
  wanted.most = std::clamp(wanted.most, wanted.least, part_->whole);
  const auto now = part_->env.ticks();
  waiting_ = std::make_shared<Waiting>(std::move(asked), std::move(wanted), now, now, std::nullopt,
                                       part_->env.make_signal());
  part_->waiting[waiting_->wanted.can_wait].push_back(waiting_);
}

Room::Place::~Place() {
  if (waiting_ && std::erase(part_->waiting[waiting_->wanted.can_wait], waiting_) > 0)
    part_->grant();
}

bool Room::Place::is_for(const RoomWanted& wanted) const { return waiting_->asked == wanted; }

Duration Room::Place::away() const {
  return waiting_->left ? part_->env.ticks() - *waiting_->left : Duration{0};
}

Task<Room::Share> Room::Place::wait(std::optional<Duration> patience) {
  auto& env = part_->env;
  const auto began = env.ticks();
  const auto left = [&] { return patience ? *patience - (env.ticks() - began) : kLook; };
  waiting_->left.reset();
  part_->grant();
  while (!waiting_->granted && !env.stopping() && left() > Duration{0}) {
    if (co_await waiting_->told->wait(std::min(left(), kLook)) || waiting_->granted) continue;
    part_->grant();  // whoever was expected back isn't any more
  }
  if (waiting_->granted) co_return Share(part_, waiting_->wanted, *waiting_->granted);
  waiting_->left = env.ticks();
  co_return Share();
}

Room::Place Room::stand_in_line(RoomWanted wanted) {
  auto part = wanted.large ? large_ : ordinary_;
  return Place(std::move(part), std::move(wanted));
}

Task<Room::Share> Room::take(RoomWanted wanted) {
  auto place = stand_in_line(std::move(wanted));
  co_return co_await place.wait(std::nullopt);
}

}  // namespace hearback::mailbox
