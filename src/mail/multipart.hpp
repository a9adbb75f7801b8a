#pragma once
// The parts of a message (RFC 2046 section 5.1), found in one pass whatever the depth.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "mail/media.hpp"

namespace hearback::mail {

// The MIME fields of one part.
struct PartHead {
  Media type, disposition;
  std::string encoding, content_id;
};

struct Section {
  PartHead head;
  std::string type;       // of the head, or what the place says; may be no media type
  std::string_view body;  // of what has no parts; without the line end before a delimiter
  int parent = -1;        // position of the multipart that it is a part of
  int root = -1;          // of a multipart: the part that starts it (RFC 2387 section 3.2)
  std::size_t depth = 0;
  bool has_fields = false;
  bool header_is_marked = true;  // an empty line ends the header
  bool header_is_whole = true;   // and has no MIME field beyond its bound
  bool closed = false;           // of a multipart: the closing delimiter was there
  bool is_multipart() const { return root >= 0; }
};

// The sections in the order written, a multipart before its parts. A multipart whose boundary
// never appears has none and is a leaf. Of a header Limits::header_octets are read. Attached
// messages aren't opened. The views point into `raw`. Fails with mail.too-many-parts and
// mail.too-deep.
Result<std::vector<Section>> split_parts(std::string_view raw, const Limits& limits);

}  // namespace hearback::mail
