#pragma once
// The files in a winmail.dat (MS-OXTNEF), as Outlook sends them to those it takes for its like.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"

namespace hearback::mail {

struct TnefFile {
  std::string name;        // UTF-8, as written
  std::string type;        // may be empty
  std::string content_id;  // may be empty
  std::string_view content;
};

struct Tnef {
  std::vector<TnefFile> files;  // at most Limits::mime_parts; their contents point into the input
  std::string text;             // the message's own, UTF-8; empty when it isn't there as text
  bool whole = false;           // read to its end without a fault
};

// One pass, every length checked against what is left. nullopt: no TNEF at all.
std::optional<Tnef> read_tnef(std::string_view bytes, const Limits& limits = {});

}  // namespace hearback::mail
