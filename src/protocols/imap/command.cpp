#include "protocols/imap/command.hpp"

#include <algorithm>

namespace hearback::protocols::imap {
namespace {

constexpr std::size_t kLongestQuoted = 1000;

bool quotable(std::string_view bytes) {
  return bytes.size() <= kLongestQuoted && std::all_of(bytes.begin(), bytes.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
         });
}

}  // namespace

Budget& Budget::operator+=(const Budget& other) {
  time += other.time;
  silence = std::max(silence, other.silence);
  octets += other.octets;
  responses += other.responses;
  line_octets = std::max(line_octets, other.line_octets);
  literal_octets = std::max(literal_octets, other.literal_octets);
  return *this;
}

Listener& Listener::nobody() {
  static Listener deaf;  // without state
  return deaf;
}

Command& Command::text(std::string_view bytes) {
  if (pieces_.back().is_literal) pieces_.push_back({});
  pieces_.back().text += bytes;
  return *this;
}

Command& Command::string(std::string_view bytes) {
  if (!quotable(bytes)) {
    pieces_.push_back({std::string(bytes), true, {}});
    return *this;
  }
  std::string quoted = "\"";
  for (char c : bytes) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return text(quoted + "\"");
}

Command& Command::literal(std::string_view bytes) {
  pieces_.push_back({{}, true, bytes});
  return *this;
}

}  // namespace hearback::protocols::imap
