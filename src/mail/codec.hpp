#pragma once
// Content transfer encodings (RFC 2045 section 6) and the encodings of RFC 2047 and RFC 2231.
// Decoders are tolerant: what isn't part of the encoding is skipped or kept, never an error.
#include <cstddef>
#include <string>
#include <string_view>

namespace hearback::mail {

// Everything outside the alphabet is skipped, up to a line that is plainly something else: `*rest`
// starts there. `*clean`: nothing but line ends had to be skipped and no bits were left over.
std::string decode_base64(std::string_view text, bool* clean = nullptr,
                          std::string_view* rest = nullptr);
std::string decode_quoted_printable(std::string_view text);
std::string decode_q(std::string_view text);        // RFC 2047 section 4.2
std::string decode_percent(std::string_view text);  // RFC 2231 section 4

// Lines of 76 octets, each ended by CRLF.
std::string encode_base64_lines(std::string_view bytes);
// Canonical line ends CRLF; lines of at most 76 octets; always ended by CRLF, with a soft line
// break where the text itself has no line end there.
std::string encode_quoted_printable(std::string_view text);

}  // namespace hearback::mail
