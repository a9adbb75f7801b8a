#pragma once
// Where the octets of a file stand in the source of the message that it came with, so that either
// can be read without the other.
#include <span>
#include <string_view>
#include <vector>

#include "base/octet_range.hpp"
#include "mail/codec.hpp"

namespace hearback::mail {

struct Extent {
  OctetRange range;
  Coding coding = Coding::none;
  bool operator==(const Extent&) const = default;
};

// What a source of `total` octets holds beside those, in the order written. What lies outside it or
// overlaps what came before counts as far as it does not.
std::vector<OctetRange> beside(std::uint64_t total, std::span<const Extent> files);

}  // namespace hearback::mail
