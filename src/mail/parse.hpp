#pragma once
// A message's bytes → what a person would see in it (RFC 5322, MIME: RFC 2045–2047, 2183, 2231).
// Time is linear in the bytes whatever they hold; beside them memory holds the decoded files that
// are asked for and texts up to Limits::text_octets and html_octets.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "mail/envelope.hpp"
#include "mail/extent.hpp"

namespace hearback::mail {

struct Part {
  int index = 0;           // position in Parsed::attachments
  std::string filename;    // decoded, without path
  std::string type;        // "application/pdf"; lower case
  std::string content_id;  // without < >
  bool is_inline = false;  // a picture that the HTML draws; all else is to be listed as a file
  std::string content;     // decoded bytes
  // Where they stand in the source; none for what has to be unpacked from something else, and where
  // the contents told what it is.
  std::optional<Extent> extent;
};

struct Parsed {
  Envelope envelope;
  std::vector<std::pair<std::string, std::string>> fields;  // all: lower-case name, unfolded body
  std::string text;  // UTF-8; of the text/plain alternative, else derived from the HTML
  std::string html;  // UTF-8; empty when there is none, or none with words beside a text with some
  std::vector<Part> attachments;     // with inline pictures; message/rfc822 is one attachment
  std::vector<std::string> defects;  // codes of what was wrong and mended: "mime.charset-unknown"
  std::vector<std::string> attached_ids;  // Message-IDs (and their References) of attached
                                          // originals (message/rfc822), for T-3
  std::string fingerprint;                // see fingerprint()
};

// Fails only when a bound of `limits` is passed (mail.too-large, mail.too-many-parts,
// mail.too-deep); everything else is mended and noted in `defects`. A text beyond its bound is
// shown up to there and comes as a file too.
Result<Parsed> parse(std::string_view raw, const Limits& limits = {});

// The same for those who only show it: without the files' contents, extents, attached_ids and
// fingerprint. `raw` may lack the octets of any extents that parse() found: all else stays as it
// is.
Result<Parsed> parse_body(std::string_view raw, const Limits& limits = {});

// One of the attachments, with its content: reads up to it and decodes no other. Fails as parse
// does, and with mail.part-missing.
Result<Part> parse_attachment(std::string_view raw, std::size_t index, const Limits& limits = {});

// 32 octets, equal for all copies of one message (S-11): over From, Date, Subject, To, Cc and the
// decoded leaf contents; Received, Bcc, Return-Path and list additions to the header don't count.
std::string fingerprint(const Parsed& message);

}  // namespace hearback::mail
