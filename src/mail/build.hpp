#pragma once
// What goes out: RFC 5322 octets with CRLF line ends, ASCII header (encoded words), 7-bit safe
// body (quoted-printable, base64), no Bcc field, no line over 998 octets.
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mail/envelope.hpp"

namespace hearback::mail {

struct OutgoingPart {
  std::string filename, type, content_id;
  std::string content;
};

struct Outgoing {
  Address from;
  std::vector<Address> to, cc, bcc;  // bcc is used for nothing here; the envelope carries it
  std::string subject;
  Instant date;
  std::string message_id;  // without < >
  std::vector<std::string> in_reply_to, references;
  std::string text;  // UTF-8; always present
  std::string html;  // may be empty: then text/plain alone
  std::vector<OutgoingPart> attachments;
  bool automatic = false;   // adds Auto-Submitted: auto-generated (W-6)
  std::string hearback_id;  // X-Hearback-Id: second key for finding the copy in Sent
};

// W-7: CR, LF, NUL or other controls in any header value, an address without a normal form, an
// invalid media type or file name: Kind::input, naming the field; nothing is repaired silently.
Result<std::string> build(const Outgoing& message);

}  // namespace hearback::mail
