#pragma once
// Lays out text as a person would see it, from the elements of an HTML document. Finished lines
// are final, so nothing is kept but the text itself, and that up to a bound.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearback::mail {

enum class Layout : std::uint8_t { text, line, paragraph, item, cell, quote, preformatted };

class HtmlWriter {
 public:
  explicit HtmlWriter(std::size_t max_octets) : max_(max_octets) {}

  void start(Layout layout);
  void end(Layout layout);
  void line_break();
  void text(std::string_view text);
  bool full() const { return out_.size() >= max_; }
  std::string take();  // at most the bound

 private:
  // At least this many line ends before the next text.
  void need(int lines);
  void end_line();
  void flush_wanted();
  void put(std::string_view piece);

  std::string out_;
  std::size_t max_;
  std::size_t line_ = 0;  // where the last line starts
  int wanted_ = 0;
  int quotes_ = 0, preformatted_ = 0;
  bool begun_ = false, space_ = false, marker_ = false, empty_before_ = false;
};

}  // namespace hearback::mail
