#pragma once
// The ten header fields that decide what a message is about (product rule S-2), decoded.
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace hearback::mail {

// One mailbox of RFC 5322 section 3.4.
struct Address {
  std::string name;    // display name, decoded to UTF-8; may be empty
  std::string spec;    // local@domain as written, comments and folding removed
  std::string normal;  // normal_form(spec); empty: unusable for decisions (ambiguous or malformed)
  bool operator==(const Address&) const = default;
};

struct Envelope {
  std::vector<Address> from, to, cc, bcc, reply_to;
  std::string subject;  // decoded to UTF-8, unfolded
  std::optional<Instant> date;
  std::string message_id;                // without < >; empty when missing or unusable
  std::vector<std::string> in_reply_to;  // without < >, in the order written
  std::vector<std::string> references;   // without < >, oldest first, at most Limits::references
  bool operator==(const Envelope&) const = default;
};

}  // namespace hearback::mail
