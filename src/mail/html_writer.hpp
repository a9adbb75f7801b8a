#pragma once
// Lays out text as a person would see it, from the elements of an HTML document.
#include <cstddef>
#include <string>
#include <string_view>

namespace hearback::mail {

class HtmlWriter {
 public:
  // Every start has its end, also for elements without content. Names are lower case.
  void start(std::string_view name, std::string_view style);
  void end(std::string_view name);
  void text(std::string_view text);
  std::string take();

 private:
  // At least this many line ends before the next text.
  void need(int lines);
  void end_line();
  void flush_wanted();
  void put(std::string_view piece);

  std::string out_;
  int wanted_ = 0;
  int quotes_ = 0, preformatted_ = 0;
  std::size_t hidden_ = 0;  // depth inside an element that isn't shown
  bool at_line_start_ = true, space_ = false, marker_ = false;
};

}  // namespace hearback::mail
