#pragma once
// Growth of a reader's time with its input: on each hostile shape the time for four times the
// octets is held against that for the octets once. Only this thread's CPU time counts and of
// several tries the best, so that a busy machine changes nothing.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hearback::fakes {

inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

struct Shape {
  std::string_view start, piece;
  std::string_view end = "";
};

inline std::string made(const Shape& shape, std::size_t octets) {
  std::string out(shape.start);
  out.reserve(octets + shape.piece.size() + shape.end.size());
  while (out.size() < octets) out += shape.piece;
  out += shape.end;
  return out;
}

inline double seconds_for(const std::function<void(std::string_view)>& parser,
                          std::string_view input) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    double begin = cpu_seconds();
    parser(input);
    best = std::min(best, cpu_seconds() - begin);
    if (best > 0.2) break;
  }
  return best;
}

struct Reader {
  std::string_view name;
  std::function<void(std::string_view)> parser;
  std::size_t octets;  // of the smallest input
  std::vector<Shape> shapes;
};

// Twice the input may take three times as long: what is quadratic takes four. Who shares the
// processor's caches can spoil a measurement, so one that says too much is taken again.
inline void expect_linear(const Reader& reader) {
  constexpr int kTries = 5;
  for (auto& shape : reader.shapes)
    for (std::size_t half : {reader.octets, 2 * reader.octets}) {
      double before = 0, now = 0;
      for (int i = 0; i < kTries && (i == 0 || now > 3 * before); ++i) {
        // What takes less than a millisecond says more about caches than about us.
        before = std::max(seconds_for(reader.parser, made(shape, half)), 0.001);
        now = seconds_for(reader.parser, made(shape, 2 * half));
      }
      EXPECT_LE(now, 3 * before) << reader.name << ": " << shape.start << " … "
                                 << shape.piece.substr(0, 30);
    }
}

}  // namespace hearback::fakes
