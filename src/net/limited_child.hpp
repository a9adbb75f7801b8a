#pragma once
// A program that is run for one answer: what it is given stands in its standard input, what it
// writes is the answer, and it is gone when this returns, however it ended. It inherits nothing
// else of this process: no descriptor, no environment. What it may do it takes from itself
// (net/confinement.hpp), before it reads.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace hearback::net {

struct LimitedRun {
  std::string program;                 // its path
  std::vector<std::string> arguments;  // behind its name; this process's number comes last
  std::string_view input;
  std::size_t output_octets = 0;  // what it writes beyond is left out, and it is ended
  Duration at_most{0};            // from its start to its end
};

struct ChildEnd {
  // It ended by itself (`code`); by a signal (`code`); it took too long; `stopping` said so; it
  // couldn't be started.
  enum class How { ended, killed, too_long, stopped, not_started };
  How how = How::not_started;
  int code = 0;
  bool is_cut = false;  // it had more to say; then it was ended, and counts as ended well
  std::string output;

  bool well() const { return how == How::ended && code == 0; }
};

// Blocks: for a worker. `stopping` is asked several times a second.
ChildEnd run_limited(const LimitedRun& run, const std::function<bool()>& stopping);

}  // namespace hearback::net
