#pragma once
// The receive buffer of an IMAP connection. It finds where a response ends (RFC 9051 section 2.2:
// lines, and literals announced at a line's end) and hands it out as one view, in place. Memory is
// bounded: one response plus one read. A literal above the bound is dropped while it arrives, and
// its announcement `{n}` becomes `{-}` of the same length, which the lexer knows as "too large".
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearback::protocols::imap {

class ReceiveBuffer {
 public:
  enum class Framed {
    ready,     // response() is whole
    more,      // append() first
    too_long,  // a line above its bound, or a literal that no server means: give up
  };

  // Octets outside literals, and of all literals together, in one response.
  void set_limits(std::size_t line_octets, std::size_t literal_octets) {
    line_limit_ = line_octets;
    literal_limit_ = literal_octets;
  }
  void append(std::string_view bytes);
  Framed frame();
  // Valid until append(), consume() or clear().
  std::string_view response() const { return {data_.data() + begin_, end_ - begin_}; }
  void consume();
  // What was received and not consumed. Not while a response is ready.
  std::string_view rest() const { return std::string_view(data_).substr(begin_); }
  bool empty() const { return begin_ == data_.size(); }
  void clear();
  // Gives the memory back while nothing is held: an idle connection keeps none.
  void release();
  std::size_t capacity() const { return data_.capacity(); }

 private:
  bool enter_literal(std::size_t line_end);
  void take(std::size_t octets);  // to the response under way
  void close_gap();
  Framed more();

  std::string data_;
  std::size_t begin_ = 0;     // of the response under way
  std::size_t end_ = 0;       // of what it holds so far
  std::size_t at_ = 0;        // of the line under way; dropped literals lie between the two, so
                              // that what follows moves once, not once for each of them
  std::size_t searched_ = 0;  // no line end before this
  std::uint64_t keep_ = 0;    // octets of the literal under way that stay
  std::uint64_t drop_ = 0;    // octets of the literal under way that go
  std::size_t kept_ = 0;      // literal octets in the response so far
  bool first_line_ = true;
  bool plain_ = false;  // a line of text for people: no literal in it
  std::size_t line_limit_ = 1 << 20;
  std::size_t literal_limit_ = 64u << 20;
};

}  // namespace hearback::protocols::imap
