#pragma once
// Randomness is an argument, so that the simulator can replay a run from its seed.
#include <cstddef>
#include <cstdint>
#include <span>

namespace hearback {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint64_t next() {
    std::uint64_t value = 0;
    fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
    return value;
  }
  // Uniform enough for jitter and choices: 0 <= result < bound; 0 for bound 0.
  std::uint64_t below(std::uint64_t bound) { return bound ? next() % bound : 0; }
};

// The operating system's generator: for ids, tokens and keys.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// SplitMix64: for simulations and tests. Never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

}  // namespace hearback
