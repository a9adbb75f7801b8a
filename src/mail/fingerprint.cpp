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
    std::uint8_t length[8];
    for (int i = 0; i < 8; ++i) length[i] = std::uint8_t(std::uint64_t(piece.size()) >> (8 * i));
    crypto_generichash_update(&state_, length, sizeof length);
    crypto_generichash_update(&state_, reinterpret_cast<const std::uint8_t*>(piece.data()),
                              piece.size());
  }

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
  static constexpr std::size_t size = 32;
  crypto_generichash_state state_;
};

// Text as all ways of transport leave it: LF line ends, no spaces at line ends, no empty lines at
// the end.
std::string transported(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (auto line : split(text, '\n')) {
    auto end = line.find_last_not_of(" \t\r");
    out += line.substr(0, end == line.npos ? 0 : end + 1);
    out += '\n';
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
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
  hash.add(transported(message.text));
  hash.add(transported(message.html));
  for (auto& part : message.attachments) {
    bool text = part.type.starts_with("text/") || part.type.starts_with("message/");
    hash.add(text ? transported(part.content) : part.content);
  }
  return hash.take();
}

}  // namespace hearback::mail
