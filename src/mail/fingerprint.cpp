#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.hpp"
#include "mail/parse.hpp"
#include "mail/phrases.hpp"

namespace hearback::mail {
namespace {

class Hash {
 public:
  Hash() { crypto_generichash_init(&state_, nullptr, 0, size); }

  // The length goes first, so that no two lists of pieces look alike.
  void add(std::string_view piece) {
    add_length(piece.size());
    update(piece);
  }

  void add_text(std::string_view text);

  void add(const std::vector<Address>& list) {
    // Names are left out: providers rewrite them.
    std::vector<std::string_view> specs;
    for (auto& address : list)
      specs.push_back(address.normal.empty() ? address.spec : address.normal);
    std::sort(specs.begin(), specs.end());
    add(std::to_string(specs.size()));
    for (auto spec : specs) add(spec);
  }

  std::string take() {
    std::string out(size, '\0');
    crypto_generichash_final(&state_, reinterpret_cast<std::uint8_t*>(out.data()), size);
    return out;
  }

 private:
  void add_length(std::uint64_t octets) {
    std::uint8_t length[8];
    for (int i = 0; i < 8; ++i) length[i] = std::uint8_t(octets >> (8 * i));
    crypto_generichash_update(&state_, length, sizeof length);
  }
  void update(std::string_view piece) {
    crypto_generichash_update(&state_, reinterpret_cast<const std::uint8_t*>(piece.data()),
                              piece.size());
  }

  static constexpr std::size_t size = 32;
  crypto_generichash_state state_;
};

// Text as all ways of transport leave it, piece by piece: LF line ends, no spaces at line ends, no
// empty lines at the end.
template <class Take>
void transported(std::string_view text, Take&& take) {
  constexpr std::string_view ends = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";
  std::size_t due = 0;  // line ends before the next text
  for (std::size_t at = 0; at < text.size(); ++due) {
    auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    at = end + 1;
    if (line.empty()) continue;
    for (; due > 0; due -= std::min(due, ends.size())) take(ends.substr(0, due));
    take(line);
  }
}

void Hash::add_text(std::string_view text) {
  std::uint64_t length = 0;
  transported(text, [&](std::string_view piece) { length += piece.size(); });
  add_length(length);
  transported(text, [&](std::string_view piece) { update(piece); });
}

}  // namespace

std::string fingerprint(const Parsed& message) {
  Hash hash;
  auto& envelope = message.envelope;
  hash.add("message 1");  // a change of what is hashed changes this
  hash.add(envelope.from);
  hash.add(envelope.date ? std::to_string(envelope.date->ms) : "");
  hash.add(one_line(envelope.subject));
  hash.add(envelope.to);
  hash.add(envelope.cc);
  hash.add_text(message.text);
  hash.add_text(message.html);
  for (auto& part : message.attachments) {
    bool text = part.type.starts_with("text/") || part.type.starts_with("message/");
    if (text)
      hash.add_text(part.content);
    else
      hash.add(part.content);
  }
  return hash.take();
}

}  // namespace hearback::mail
