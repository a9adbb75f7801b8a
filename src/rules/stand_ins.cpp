#include "rules/stand_ins.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace hearback::rules {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

std::vector<std::string> writers(const mail::Envelope& envelope) {
  std::vector<std::string> normals;
  for (const auto& writer : envelope.from) normals.push_back(writer.normal);
  return normals;
}

}  // namespace

bool is_stand_in(const mail::Envelope& envelope) {
  if (envelope.from.size() != 1 || !envelope.message_id.empty() || envelope.date) return false;
  const auto& from = envelope.from.front();
  return from.normal.empty() &&
         ascii_starts_with(from.name.empty() ? from.spec : from.name, "Microsoft Exchange");
}

bool stands_in(const mail::Envelope& asked, const mail::Envelope& came) {
  return is_stand_in(came) && !is_stand_in(asked);
}

bool is_another(const mail::Envelope& asked, const mail::Envelope& came) {
  if (!asked.message_id.empty())
    return is_ascii(asked.message_id) && came.message_id != asked.message_id;
  const auto before = writers(asked);
  const auto is_told = [](const std::string& one) { return !one.empty() && is_ascii(one); };
  return std::ranges::all_of(before, is_told) && writers(came) != before;
}

}  // namespace hearback::rules
