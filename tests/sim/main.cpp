// As a test: GoogleTest. As a tool:
//   sim --seeds 1000 --first 1 [--scenario outbox] [--bug resend-after-dot]
// runs seeds until one fails, prints it with its full option set, and exits 1.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/log.hpp"
#include "sim/scenario.hpp"

namespace {

struct Arguments {
  std::uint64_t seeds = 0, first = 1;
  std::string scenario, bug;
  bool trace = false;
};

std::optional<Arguments> read(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (word == "--seeds") {
      a.seeds = std::strtoull(value().c_str(), nullptr, 10);
    } else if (word == "--first") {
      a.first = std::strtoull(value().c_str(), nullptr, 10);
    } else if (word == "--scenario") {
      a.scenario = value();
    } else if (word == "--bug") {
      a.bug = value();
    } else if (word == "--trace") {
      a.trace = true;
    } else {
      return std::nullopt;
    }
  }
  return a;
}

bool knows_bug(const hearback::sim::Scenario& scenario, const std::string& bug) {
  if (bug.empty()) return true;
  for (auto known : scenario.bugs)
    if (known == bug) return true;
  return false;
}

int run(const Arguments& a) {
  std::uint64_t ran = 0;
  for (const auto& scenario : hearback::sim::scenarios()) {
    if (!a.scenario.empty() && a.scenario != scenario.name) continue;
    if (!knows_bug(scenario, a.bug)) continue;
    for (auto seed = a.first; seed < a.first + a.seeds; ++seed) {
      auto verdict = scenario.run({seed, a.bug, a.trace});
      ++ran;
      if (a.trace)
        for (const auto& line : verdict.trace) std::printf("%s\n", line.c_str());
      if (verdict.ok()) continue;
      std::printf("FAILED scenario=%s seed=%llu\n  options: %s\n",
                  std::string(scenario.name).c_str(), static_cast<unsigned long long>(seed),
                  verdict.options.c_str());
      for (const auto& what : verdict.broken) std::printf("  broken: %s\n", what.c_str());
      std::printf("  again: sim --scenario %s --first %llu --seeds 1%s%s\n",
                  std::string(scenario.name).c_str(), static_cast<unsigned long long>(seed),
                  a.bug.empty() ? "" : " --bug ", a.bug.c_str());
      return 1;
    }
  }
  std::printf("%llu runs, all invariants held\n", static_cast<unsigned long long>(ran));
  return ran ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  hearback::log::set_level(hearback::log::Level::error);
  if (argc > 1 && std::strncmp(argv[1], "--gtest", 7) != 0) {
    auto arguments = read(argc, argv);
    if (arguments && arguments->seeds) return run(*arguments);
    std::fprintf(stderr,
                 "usage: sim --seeds N [--first S] [--scenario NAME] [--bug NAME] [--trace]\n");
    return 2;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
