#include "mail/html_writer.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

constexpr int max_quotes = 5;  // deeper quotes get no more marks

}  // namespace

void HtmlWriter::start(Layout layout) {
  switch (layout) {
    case Layout::text: return;
    case Layout::line: return need(1);
    case Layout::paragraph: return need(2);
    case Layout::item:
      need(1);
      marker_ = true;
      return;
    case Layout::cell:
      if (begun_) space_ = true;
      return;
    case Layout::quote:
      need(2);
      ++quotes_;
      return;
    case Layout::preformatted:
      need(1);
      ++preformatted_;
      return;
  }
}

void HtmlWriter::end(Layout layout) {
  switch (layout) {
    case Layout::text:
    case Layout::cell: return;
    case Layout::line:
    case Layout::item: return need(1);
    case Layout::paragraph: return need(2);
    case Layout::quote:
      need(2);
      --quotes_;
      return;
    case Layout::preformatted:
      need(1);
      --preformatted_;
      return;
  }
}

void HtmlWriter::line_break() {
  flush_wanted();
  end_line();
}

void HtmlWriter::text(std::string_view text) {
  for (std::size_t i = 0; i < text.size() && !full();) {
    char c = text[i];
    if (c == '\n' && preformatted_) {
      line_break();
      ++i;
    } else if (std::uint8_t(c) <= ' ' || c == '\x7f') {
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        if (preformatted_ && c != '\r')
          put(" ");
        else
          space_ = true;
      }
      ++i;
    } else if (text.substr(i, 2) == "\xC2\xA0") {  // a space that doesn't collapse
      put(" ");
      i += 2;
    } else {
      auto end = i + 1;
      while (end < text.size() && std::uint8_t(text[end]) > ' ' && text[end] != '\x7f' &&
             text[end] != '\xC2')
        ++end;
      put(text.substr(i, end - i));
      i = end;
    }
  }
}

std::string HtmlWriter::take() {
  out_.resize(utf8_prefix(out_, max_).size());
  out_.resize(out_.find_last_not_of(" \n") + 1);
  return std::move(out_);
}

void HtmlWriter::need(int lines) {
  wanted_ = std::max(wanted_, lines);
  space_ = false;
}

// No spaces at line ends, no empty line at the start, never two in a row.
void HtmlWriter::end_line() {
  while (out_.size() > line_ && out_.back() == ' ') out_.pop_back();
  bool empty = out_.size() == line_;
  if (!empty || !(out_.empty() || empty_before_)) out_ += '\n';
  empty_before_ = empty;
  line_ = out_.size();
  begun_ = space_ = false;
}

void HtmlWriter::flush_wanted() {
  if (wanted_ && !out_.empty()) {
    if (begun_) end_line();
    if (wanted_ > 1) end_line();
  }
  wanted_ = 0;
}

void HtmlWriter::put(std::string_view piece) {
  flush_wanted();
  if (!begun_) {
    for (int i = 0; i < std::min(quotes_, max_quotes); ++i) out_ += "> ";
    if (marker_) out_ += "- ";
    marker_ = false;
  } else if (space_) {
    out_ += ' ';
  }
  // A piece may be as long as its source: what is over the bound is not kept.
  out_ += piece.substr(0, max_ - std::min(max_, out_.size()) + 4);
  begun_ = true;
  space_ = false;
}

}  // namespace hearback::mail
