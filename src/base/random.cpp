#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace hearback {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    ssize_t n = ::getrandom(out.data() + done, out.size() - done, 0);
    if (n > 0) done += std::size_t(n);
    else if (n < 0 && errno != EINTR) std::abort();  // without randomness nothing here is safe
  }
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  std::uint64_t z = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) {
      z = (state_ += 0x9e3779b97f4a7c15ull);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
      z ^= z >> 31;
    }
    out[i] = std::uint8_t(z >> (8 * (i % 8)));
  }
}

}  // namespace hearback
