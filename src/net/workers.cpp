#include "net/workers.hpp"

#include <algorithm>
#include <utility>

#include "net/loop.hpp"

namespace hearback::net {
namespace {

// Jobs of one standing that may wait in a lane, by Lane. More would only be answered late.
constexpr std::array<std::size_t, 4> kQueues = {1024, 1024, 256, 64};
constexpr std::size_t kPartiesAtLeast = 8;  // none has more than this part of a queue

int threads_of(Lane lane, int threads) {
  const bool of_store = lane == Lane::read || lane == Lane::write;
  return std::max(1, of_store ? threads : threads / 2);
}

}  // namespace

bool JobQueue::push_within_bounds(const Turn& turn, Job job) {
  const auto& ring = rings_[static_cast<std::size_t>(turn.standing)];
  if (ring.waiting >= most_) return false;
  const auto found = ring.jobs.find(turn.who);
  const auto share = std::max<std::size_t>(most_ / kPartiesAtLeast, 1);
  if (found != ring.jobs.end() && found->second.size() >= share) return false;
  push(turn, std::move(job));
  return true;
}

void JobQueue::push(const Turn& turn, Job job) {
  auto& ring = rings_[static_cast<std::size_t>(turn.standing)];
  auto& jobs = ring.jobs[turn.who];
  if (jobs.empty()) ring.turns.push_back(turn.who);
  jobs.push_back(std::move(job));
  ++ring.waiting;
  ++waiting_;
}

JobQueue::Job JobQueue::pop() {
  while (rings_[next_].turns.empty()) next_ = (next_ + 1) % rings_.size();
  auto& ring = rings_[next_];
  next_ = (next_ + 1) % rings_.size();
  auto who = std::move(ring.turns.front());
  ring.turns.pop_front();
  const auto found = ring.jobs.find(who);
  auto job = std::move(found->second.front());
  found->second.pop_front();
  --ring.waiting;
  --waiting_;
  if (found->second.empty())
    ring.jobs.erase(found);
  else
    ring.turns.push_back(std::move(who));
  return job;
}

Workers::Workers(int threads) {
  for (auto kind : {Lane::read, Lane::write, Lane::parse, Lane::hash}) {
    const auto index = static_cast<std::size_t>(kind);
    auto& made = lanes_[index] = std::make_unique<LaneOfThreads>(kQueues[index]);
    for (int i = 0; i < threads_of(kind, threads); ++i)
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
  for (;;) {
    JobQueue::Job job;
    {
      std::unique_lock lock(lane.mutex);
      lane.wake.wait(lock, [&lane] { return lane.closing || !lane.queue.empty(); });
      if (lane.queue.empty()) return;
      job = lane.queue.pop();
    }
    job();
  }
}

std::shared_ptr<Workers> make_workers(int threads) { return std::make_shared<Workers>(threads); }

}  // namespace hearback::net
