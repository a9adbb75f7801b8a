#pragma once
// A scenario: a whole run of engines in a simulated world, decided by its seed, and judged by
// invariants. Each lives in a file of its own and is listed in scenarios().
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hearback::sim {

struct Run {
  std::uint64_t seed = 1;
  std::string bug;     // a deliberate bug of the engine, to prove that the invariants catch it
  bool trace = false;  // keep the lines of what happened
};

struct Verdict {
  std::vector<std::string> broken;  // invariants, each as a sentence that starts with its id
  std::string options;              // all that the seed chose, as name=value
  std::set<std::string> marks;      // rare events that happened
  std::uint64_t trace_hash = 0;
  std::vector<std::string> trace;
  bool ok() const { return broken.empty(); }
};

struct Scenario {
  std::string_view name;
  Verdict (*run)(const Run&);
  std::vector<std::string_view> bugs;
};
const std::vector<Scenario>& scenarios();

}  // namespace hearback::sim
