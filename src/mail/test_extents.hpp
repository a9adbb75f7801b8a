#pragma once
// For the tests and the fuzzer: does a message read in pieces say what it says as a whole?
#include <string>
#include <string_view>

#include "mail/parse.hpp"

namespace hearback::mail {

// Empty: nothing. `parsed`: what parse() made of `raw`.
inline std::string what_differs_apart(std::string_view raw, const Parsed& parsed,
                                      const Limits& limits = {}) {
  std::vector<Extent> extents;
  for (const auto& part : parsed.attachments) {
    if (!part.extent) continue;
    const auto& [range, coding] = *part.extent;
    if (range.end() > raw.size()) return part.filename + " ends outside";
    const auto text = raw.substr(range.at, range.octets);
    std::string content;
    Decoder decoder(coding);
    decoder.put(text.substr(0, text.size() / 2), content);
    decoder.put(text.substr(text.size() / 2), content);
    decoder.end(content);
    if (content != part.content) return "the content of " + part.filename;
    extents.push_back(*part.extent);
  }
  std::string rest;
  for (const auto& range : beside(raw.size(), extents)) rest += raw.substr(range.at, range.octets);
  const auto whole = parse_body(raw, limits), apart = parse_body(rest, limits);
  if (!whole || !apart) return "an error";
  if (apart->text != whole->text) return "the text";
  if (apart->html != whole->html) return "the HTML";
  if (apart->defects != whole->defects) return "the defects";
  if (apart->attachments.size() != whole->attachments.size()) return "the number of files";
  return "";
}

}  // namespace hearback::mail
