#include "mail/html_writer.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

constexpr int max_quotes = 5;  // deeper quotes get no more marks

enum class Layout { text, line, paragraph, item, cell, quote, preformatted, hidden };

struct Element {
  std::string_view name;
  Layout layout;
};

constexpr Element elements[] = {
    {"address", Layout::line},     {"article", Layout::line},    {"aside", Layout::line},
    {"blockquote", Layout::quote}, {"center", Layout::line},     {"dd", Layout::line},
    {"div", Layout::line},         {"dl", Layout::line},         {"dt", Layout::line},
    {"fieldset", Layout::line},    {"figure", Layout::line},     {"footer", Layout::line},
    {"form", Layout::line},        {"h1", Layout::paragraph},    {"h2", Layout::paragraph},
    {"h3", Layout::paragraph},     {"h4", Layout::paragraph},    {"h5", Layout::paragraph},
    {"h6", Layout::paragraph},     {"head", Layout::hidden},     {"header", Layout::line},
    {"hr", Layout::line},          {"iframe", Layout::hidden},   {"li", Layout::item},
    {"main", Layout::line},        {"math", Layout::hidden},     {"nav", Layout::line},
    {"noscript", Layout::hidden},  {"object", Layout::hidden},   {"ol", Layout::line},
    {"option", Layout::line},      {"p", Layout::paragraph},     {"pre", Layout::preformatted},
    {"script", Layout::hidden},    {"section", Layout::line},    {"select", Layout::line},
    {"style", Layout::hidden},     {"svg", Layout::hidden},      {"table", Layout::line},
    {"td", Layout::cell},          {"template", Layout::hidden}, {"textarea", Layout::line},
    {"th", Layout::cell},          {"title", Layout::hidden},    {"tr", Layout::line},
    {"ul", Layout::line},
};

Layout layout_of(std::string_view name) {
  auto found = std::lower_bound(std::begin(elements), std::end(elements), name,
                                [](const Element& e, std::string_view n) { return e.name < n; });
  return found != std::end(elements) && found->name == name ? found->layout : Layout::text;
}

// Inline style that hides an element, as previews and trackers use it.
bool hides(std::string_view style) {
  std::string plain;
  for (char c : style.substr(0, 2000))
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') plain += ascii_lower(c);
  return plain.find("display:none") != plain.npos;
}

}  // namespace

void HtmlWriter::start(std::string_view name, std::string_view style) {
  if (hidden_) {
    ++hidden_;
    return;
  }
  Layout layout = layout_of(name);
  if (layout == Layout::hidden || hides(style)) {
    hidden_ = 1;
    return;
  }
  if (name == "br") return end_line();
  switch (layout) {
    case Layout::line: return need(1);
    case Layout::paragraph: return need(2);
    case Layout::item:
      need(1);
      marker_ = true;
      return;
    case Layout::cell:
      if (!at_line_start_) space_ = true;
      return;
    case Layout::quote:
      need(2);
      ++quotes_;
      return;
    case Layout::preformatted:
      need(1);
      ++preformatted_;
      return;
    default: return;
  }
}

void HtmlWriter::end(std::string_view name) {
  if (hidden_) {
    --hidden_;
    return;
  }
  switch (layout_of(name)) {
    case Layout::line:
    case Layout::item: return need(1);
    case Layout::paragraph: return need(2);
    case Layout::quote:
      need(2);
      quotes_ -= quotes_ > 0;
      return;
    case Layout::preformatted:
      need(1);
      preformatted_ -= preformatted_ > 0;
      return;
    default: return;
  }
}

void HtmlWriter::text(std::string_view text) {
  if (hidden_) return;
  for (std::size_t i = 0; i < text.size();) {
    char c = text[i];
    if (c == '\n' && preformatted_) {
      end_line();
      ++i;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      if (preformatted_ && c != '\r')
        put(" ");
      else
        space_ = true;
      ++i;
    } else if (text.substr(i).starts_with("\xC2\xA0")) {  // a space that doesn't collapse
      put(" ");
      i += 2;
    } else {
      auto end = i + 1;
      while (end < text.size() && std::uint8_t(text[end]) > ' ' && text[end] != '\xC2') ++end;
      put(text.substr(i, end - i));
      i = end;
    }
  }
}

std::string HtmlWriter::take() {
  std::string out;
  out.reserve(out_.size());
  std::size_t blank = 0;
  for (std::size_t at = 0; at < out_.size();) {  // no spaces at line ends, no two empty lines
    auto end = std::min(out_.find('\n', at), out_.size());
    auto line = std::string_view(out_).substr(at, end - at);
    auto last = line.find_last_not_of(' ');
    line = last == line.npos ? std::string_view() : line.substr(0, last + 1);
    blank = line.empty() ? blank + 1 : 0;
    if (blank < 2 && !(out.empty() && line.empty())) {
      out += line;
      out += '\n';
    }
    at = end + 1;
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

void HtmlWriter::need(int lines) {
  wanted_ = std::max(wanted_, lines);
  space_ = false;
}

void HtmlWriter::end_line() {
  flush_wanted();
  out_ += '\n';
  at_line_start_ = true;
  space_ = false;
}

void HtmlWriter::flush_wanted() {
  if (wanted_ && !out_.empty()) {
    if (!at_line_start_) out_ += '\n';
    if (wanted_ > 1) out_ += '\n';
    at_line_start_ = true;
  }
  wanted_ = 0;
}

void HtmlWriter::put(std::string_view piece) {
  flush_wanted();
  if (at_line_start_) {
    for (int i = 0; i < std::min(quotes_, max_quotes); ++i) out_ += "> ";
    if (marker_) out_ += "- ";
    marker_ = false;
  } else if (space_) {
    out_ += ' ';
  }
  out_ += piece;
  at_line_start_ = false;
  space_ = false;
}

}  // namespace hearback::mail
