#pragma once
// Content transfer encodings (RFC 2045 section 6) and the encodings of RFC 2047 and RFC 2231.
// Decoders are tolerant: what isn't part of the encoding is skipped or kept, never an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace hearback::mail {

enum class Coding { none, base64, quoted_printable };

// The letters of base64 on their way to octets. Everything outside the alphabet is skipped.
class Base64Letters {
 public:
  // Appends to `out` what comes to whole octets; returns how many characters have no place in
  // base64.
  std::size_t put(std::string_view text, std::string& out);
  bool padded() const { return padded_; }  // the last letter was padding
  bool between_groups() const { return have_ == 0; }
  bool lost_bits() const { return lost_ || have_ == 6 || has_bits_left(); }

 private:
  bool has_bits_left() const { return bits_ & ((1u << have_) - 1); }

  std::uint32_t bits_ = 0;
  int have_ = 0;
  bool padded_ = false, lost_ = false;
};

class QuotedPrintable {
 public:
  void put(std::string_view text, std::string& out);
  void end(std::string& out);

 private:
  void put(char c, std::string& out);
  void end_line(std::string& out);
  void take_literally(std::string& out);
  bool is_undecided() const { return escape_ > 0 || !blanks_.empty() || cr_; }

  // What was read and may yet turn out to be something else, in this order: "=" or "=A", blanks,
  // CR.
  int escape_ = 0;
  char hex_ = 0;
  std::string blanks_;
  bool cr_ = false;
};

// Decodes what comes in pieces: however it is cut, the octets are those of the whole.
class Decoder {
 public:
  explicit Decoder(Coding coding);
  void put(std::string_view piece, std::string& out);  // appends
  void end(std::string& out);                          // likewise, once, behind the last piece

 private:
  struct Plain {};
  std::variant<Plain, Base64Letters, QuotedPrintable> way_;
};

// Everything outside the alphabet is skipped, up to a line that is plainly something else: `*rest`
// starts there. `*clean`: nothing but line ends had to be skipped and no bits were left over.
std::string decode_base64(std::string_view text, bool* clean = nullptr,
                          std::string_view* rest = nullptr);
// Blanks at the end of a line are dropped, up to a thousand of them.
std::string decode_quoted_printable(std::string_view text);
std::string decode_q(std::string_view text);        // RFC 2047 section 4.2
std::string decode_percent(std::string_view text);  // RFC 2231 section 4

// Lines of 76 octets, each ended by CRLF.
std::string encode_base64_lines(std::string_view bytes);
// Canonical line ends CRLF; lines of at most 76 octets; always ended by CRLF, with a soft line
// break where the text itself has no line end there.
std::string encode_quoted_printable(std::string_view text);

}  // namespace hearback::mail
