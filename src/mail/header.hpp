#pragma once
// Header sections: fields, encoded words (RFC 2047), dates. Message ids: message_id.hpp.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "mail/envelope.hpp"

namespace hearback::mail {

struct HeaderField {
  std::string_view name;  // as written
  std::string_view body;  // as written, folded, without the final line break
};

// Fields of a header block up to the first empty line; CRLF, LF and lone CR end lines. Lines that
// are no field are skipped, or end it: see fields.hpp. The views point into `block`.
std::vector<HeaderField> header_fields(std::string_view block, const Limits& limits = {});

// The decisive ten fields (S-2). Never fails: what is missing or unreadable stays empty.
// Hot path of the mailbox scan: about 1 µs per message of CPU is worth fighting for.
Envelope read_envelope(std::string_view block, const Limits& limits = {});

// The same without subject and date: whose it may be, and what it answers.
Envelope read_relations(std::string_view block, const Limits& limits = {});

std::string unfold(std::string_view body);
// Encoded words → UTF-8; each word is decoded alone first, raw bytes are joined only for
// characters split between words. Raw 8-bit text is taken as UTF-8, else as in `charset`, else as
// Windows-1252.
std::string decode_words(std::string_view body, std::string_view charset = {});
// The charset that a header's Content-Type names, where raw 8-bit text in it needs one; else
// empty.
std::string header_charset(std::string_view block, const Limits& limits = {});
// UTF-8 → encoded words where needed, folded at 78 columns after `column` used ones.
std::string encode_words(std::string_view text, std::size_t column);

std::optional<Instant> parse_date(
    std::string_view body);          // RFC 5322 section 3.3, obsolete zones too
std::string format_date(Instant t);  // in UTC, "+0000"

}  // namespace hearback::mail
