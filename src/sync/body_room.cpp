#include "sync/body_room.hpp"

#include <algorithm>

namespace hearback::sync {
namespace {

constexpr Duration kPatience = 60s;  // of one wait: then it waits on

}  // namespace

BodyRoom::BodyRoom(net::Env& env, std::size_t octets) : env_(env) {
  for (auto* half : {ordinary_.get(), large_.get()}) half->free = half->whole = octets / 2;
}

void BodyRoom::Half::grant() {
  while (!waiting.empty() && waiting.front()->octets <= free) {
    auto next = std::move(waiting.front());
    waiting.pop_front();
    free -= next->octets;
    next->granted = true;
    next->told->notify();
  }
}

void BodyRoom::Share::keep(std::uint64_t octets) {
  if (!half_ || octets >= octets_) return;
  half_->free += octets_ - octets;
  octets_ = octets;
  half_->grant();
}

Task<BodyRoom::Share> BodyRoom::take(std::uint64_t octets, bool large) {
  auto half = large ? large_ : ordinary_;
  octets = std::min(octets, half->whole);
  if (half->waiting.empty() && octets <= half->free) {
    half->free -= octets;
    co_return Share(std::move(half), octets);
  }
  auto waiting = std::make_shared<Waiting>(octets, false, env_.make_signal());
  half->waiting.push_back(waiting);
  while (!waiting->granted) {
    if (co_await waiting->told->wait(kPatience) || waiting->granted || !env_.stopping()) continue;
    std::erase(half->waiting, waiting);
    co_return Share();
  }
  co_return Share(std::move(half), octets);
}

}  // namespace hearback::sync
