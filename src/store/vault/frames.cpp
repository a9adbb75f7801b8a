#include "store/vault/frames.hpp"

#include <algorithm>

namespace hearback::store {
namespace {

std::string frame_purpose(const Frames& frames, std::uint64_t number) {
  return blob_purpose(frames.company, frames.blob) +
         purpose({"frame", std::to_string(number), std::to_string(frames.octets),
                  std::to_string(frames.each)});
}

}  // namespace

OctetRange Frames::around(OctetRange range) const {
  const auto first = range.at / each;
  const auto last = range.octets == 0 ? first : (range.end() - 1) / each;
  return {first, last - first + 1};
}

OctetRange Frames::sealed(OctetRange frames) const {
  const auto start = [&](std::uint64_t number) {
    return std::min(number * each, octets) + number * Vault::kSealOctets;
  };
  const auto at = start(frames.at);
  return {at, start(std::min(frames.end(), count())) - at};
}

std::string Frames::seal(Vault& vault, std::string_view key, std::string_view plain) const {
  std::string out;
  out.reserve(plain.size() + count() * Vault::kSealOctets);
  for (std::uint64_t number = 0; number < count(); ++number)
    out += vault.seal_with(key, plain.substr(number * each, each), frame_purpose(*this, number));
  return out;
}

std::optional<std::string> Frames::open(std::string_view key, std::string_view sealed_frames,
                                        OctetRange frames) const {
  std::string out;
  out.reserve(sealed_frames.size());
  for (auto number = frames.at; number < frames.end(); ++number) {
    const auto octets = sealed({number, 1}).octets;
    if (sealed_frames.size() < octets) return std::nullopt;
    auto plain =
        Vault::open_with(key, sealed_frames.substr(0, octets), frame_purpose(*this, number));
    if (!plain) return std::nullopt;
    out += *plain;
    sealed_frames.remove_prefix(octets);
  }
  if (!sealed_frames.empty()) return std::nullopt;
  return out;
}

}  // namespace hearback::store
