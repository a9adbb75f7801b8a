#include "net/workers.hpp"

#include <algorithm>
#include <utility>

#include "net/loop.hpp"

namespace hearback::net {
namespace {

// Jobs of one standing that may wait in a lane, by Lane. More would only be answered late.
constexpr std::array<std::size_t, 4> kQueues = {1024, 1024, 256, 64};
// Nobody has more than an eighth of a queue, a network with many in it a quarter.
constexpr std::size_t kPartiesAtLeast = 8, kNetworksAtLeast = 4;

int threads_of(Lane lane, int threads) {
  const bool of_store = lane == Lane::read || lane == Lane::write;
  return std::max(1, of_store ? threads : threads / 2);
}

}  // namespace

bool JobQueue::push_within_bounds(const Turn& turn, Job job) {
  const auto& all = ring(turn.standing);
  if (all.waiting >= most_) return false;
  if (const auto party = all.parties.find(turn.who); party != all.parties.end()) {
    if (party->second.waiting >= std::max<std::size_t>(most_ / kNetworksAtLeast, 1)) return false;
    const auto part = party->second.jobs.find(turn.part);
    if (part != party->second.jobs.end() &&
        part->second.size() >= std::max<std::size_t>(most_ / kPartiesAtLeast, 1))
      return false;
  }
  push(turn, std::move(job));
  return true;
}

void JobQueue::push(const Turn& turn, Job job) {
  auto& all = ring(turn.standing);
  auto& party = all.parties[turn.who];
  if (party.waiting == 0) all.turns.push_back(turn.who);
  auto& jobs = party.jobs[turn.part];
  if (jobs.empty()) party.turns.push_back(turn.part);
  jobs.push_back(std::move(job));
  ++party.waiting;
  ++all.waiting;
  ++waiting_;
}

std::optional<JobQueue::Begun> JobQueue::begin() {
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    const auto standing = static_cast<Standing>((next_ + i) % rings_.size());
    if (auto begun = begin_of(standing)) {
      next_ = (static_cast<std::size_t>(standing) + 1) % rings_.size();
      return begun;
    }
  }
  return std::nullopt;
}

std::optional<JobQueue::Begun> JobQueue::begin_of(Standing standing) {
  auto& all = ring(standing);
  const auto free = threads_ - running_;
  if (standing == Standing::engine && threads_ > 1 && all.running + 1 >= threads_)
    return std::nullopt;
  // Those that are passed over have something under way, so they are fewer than the threads.
  const auto turn = std::ranges::find_if(
      all.turns, [&](const auto& who) { return all.parties.at(who).running < free; });
  if (turn == all.turns.end()) return std::nullopt;
  Begun begun{standing, std::move(*turn), {}};
  all.turns.erase(turn);
  auto& party = all.parties.at(begun.who);
  auto part = std::move(party.turns.front());
  party.turns.pop_front();
  const auto jobs = party.jobs.find(part);
  begun.job = std::move(jobs->second.front());
  jobs->second.pop_front();
  if (jobs->second.empty())
    party.jobs.erase(jobs);
  else
    party.turns.push_back(std::move(part));
  if (--party.waiting > 0) all.turns.push_back(begun.who);
  ++party.running;
  --all.waiting, ++all.running;
  --waiting_, ++running_;
  return begun;
}

void JobQueue::ended(const Begun& begun) {
  auto& all = ring(begun.standing);
  const auto party = all.parties.find(begun.who);
  if (--party->second.running == 0 && party->second.waiting == 0) all.parties.erase(party);
  --all.running;
  --running_;
}

Workers::Workers(int threads) {
  for (auto kind : {Lane::read, Lane::write, Lane::parse, Lane::hash}) {
    const auto index = static_cast<std::size_t>(kind);
    const auto count = threads_of(kind, threads);
    auto& made = lanes_[index] =
        std::make_unique<LaneOfThreads>(kQueues[index], static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
      made->threads.emplace_back([lane = made.get()] { serve(*lane); });
  }
}

Workers::~Workers() {
  for (auto& lane : lanes_) {
    std::lock_guard lock(lane->mutex);
    lane->closing = true;
    lane->wake.notify_all();
  }
  for (auto& lane : lanes_)
    for (auto& thread : lane->threads) thread.join();
}

void Workers::post(const Turn& turn, JobQueue::Job job) {
  auto& to = lane(turn.lane);
  {
    std::lock_guard lock(to.mutex);
    to.queue.push(turn, std::move(job));
  }
  to.wake.notify_one();
}

bool Workers::try_post(const Turn& turn, JobQueue::Job job) {
  auto& to = lane(turn.lane);
  {
    std::lock_guard lock(to.mutex);
    if (!to.queue.push_within_bounds(turn, std::move(job))) return false;
  }
  to.wake.notify_one();
  return true;
}

void Workers::serve(LaneOfThreads& lane) {
  std::unique_lock lock(lane.mutex);
  while (!lane.closing || !lane.queue.empty()) {
    auto begun = lane.queue.begin();
    if (!begun) {
      lane.wake.wait(lock);
      continue;
    }
    lock.unlock();
    begun->job();
    begun->job = nullptr;  // what it holds is let go before others wait for the lane
    lock.lock();
    lane.queue.ended(*begun);
    // A party that had its share may have one more under way, and who waits for the end sees it.
    if (lane.closing)
      lane.wake.notify_all();
    else if (!lane.queue.empty())
      lane.wake.notify_one();
  }
}

std::shared_ptr<Workers> make_workers(int threads) { return std::make_shared<Workers>(threads); }

}  // namespace hearback::net
