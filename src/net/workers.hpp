#pragma once
// Threads for blocking work, in lanes (see Env): each with a bounded queue in which the parties
// take turns, however much one of them asks for.
#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/env.hpp"

namespace hearback::net {

// The jobs that wait in one lane. Not thread-safe.
class JobQueue {
 public:
  using Job = std::function<void()>;

  explicit JobQueue(std::size_t most) : most_(most) {}  // of each standing

  // False: it is full for this standing, or this party has its share of it.
  bool push_within_bounds(const Turn& turn, Job job);
  void push(const Turn& turn, Job job);
  bool empty() const { return waiting_ == 0; }
  Job pop();  // the next in turn; not when empty

 private:
  // One standing's parties that have jobs, in the order of their turns.
  struct Ring {
    std::size_t waiting = 0;
    std::deque<std::string> turns;
    std::unordered_map<std::string, std::deque<Job>> jobs;
  };

  std::size_t most_;
  std::size_t waiting_ = 0;
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
    explicit LaneOfThreads(std::size_t most) : queue(most) {}
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
