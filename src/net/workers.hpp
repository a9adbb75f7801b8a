#pragma once
// Threads for blocking work, in lanes (see Env): each with a bounded queue in which the parties
// take turns, however much one of them asks for, and with threads of which nobody holds all.
#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/env.hpp"

namespace hearback::net {

// The jobs of one lane: those that wait, and who has how many under way. Not thread-safe.
class JobQueue {
 public:
  using Job = std::function<void()>;
  struct Begun {
    Standing standing = Standing::engine;
    std::string who;
    Job job;
  };

  // `most`: that wait, of each standing. `threads`: that work at them.
  JobQueue(std::size_t most, std::size_t threads) : most_(most), threads_(threads) {}

  // False: it is full for this standing, or this party has its share of it.
  bool push_within_bounds(const Turn& turn, Job job);
  void push(const Turn& turn, Job job);
  bool empty() const { return waiting_ == 0; }
  // The next in turn whose party may have one more under way; nullopt: none, for now. A job may
  // take long, and nothing can take its thread away: so who holds as many threads as are free gets
  // no more, and engines leave one to others.
  std::optional<Begun> begin();
  void ended(const Begun& begun);

 private:
  struct Party {
    std::size_t waiting = 0, running = 0;
    std::deque<std::string> turns;  // of its parts that have jobs
    std::unordered_map<std::string, std::deque<Job>> jobs;
  };
  // One standing's parties, and the order of the turns of those that have jobs.
  struct Ring {
    std::size_t waiting = 0, running = 0;
    std::deque<std::string> turns;
    std::unordered_map<std::string, Party> parties;
  };
  Ring& ring(Standing standing) { return rings_[static_cast<std::size_t>(standing)]; }
  std::optional<Begun> begin_of(Standing standing);

  std::size_t most_, threads_;
  std::size_t waiting_ = 0, running_ = 0;
  std::size_t next_ = 0;  // the standing whose turn it is
  std::array<Ring, 3> rings_;
};

class Workers {
 public:
  explicit Workers(int threads);  // in each of the lanes for the store; half of it in the others
  ~Workers();                     // what was posted is still done
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // From any thread.
  void post(const Turn& turn, JobQueue::Job job);
  bool try_post(const Turn& turn, JobQueue::Job job);  // false: no room for this party

 private:
  struct LaneOfThreads {
    LaneOfThreads(std::size_t most, std::size_t count) : queue(most, count) {}
    std::mutex mutex;
    std::condition_variable wake;
    JobQueue queue;
    bool closing = false;
    std::vector<std::thread> threads;
  };
  static void serve(LaneOfThreads& lane);
  LaneOfThreads& lane(Lane lane) { return *lanes_[static_cast<std::size_t>(lane)]; }

  std::array<std::unique_ptr<LaneOfThreads>, 4> lanes_;
};

}  // namespace hearback::net
