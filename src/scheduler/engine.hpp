#pragma once
// What falls due as time passes: the steps of errands, the end of what grows by itself, and looking
// after the blob files. It never dials: time can only put a message into the outbox.
#include <memory>

#include "base/limits.hpp"
#include "net/env.hpp"
#include "store/store.hpp"

namespace hearback::scheduler {

struct Options {
  Retention kept;
  Duration housekeeping = std::chrono::hours(1);  // between two rounds of pruning
  Duration sweeping = std::chrono::hours(24);     // between two rounds through the blob files
  // That the date hasn't jumped since it began: then it prunes. Machines set theirs within minutes
  // of their start; one that starts again and again is to prune, too.
  Duration believed_first = std::chrono::minutes(10);
  Duration believed_after = std::chrono::hours(1);  // likewise since it jumped
  Duration breath = 10ms;                           // between two steps: others have their turn
  Duration retry = 60s;                             // after a step that failed
};

class Engine {
 public:
  Engine(net::Env& env, store::Store& store, Options options = {});
  ~Engine();
  Task<void> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearback::scheduler
