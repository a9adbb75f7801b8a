// HTML → text with libxml2's SAX push parser: no tree, no network, no entities from outside.
//
// libxml2 looks through all open elements for each stray end tag, and through all attributes of a
// tag for each further one. A document that makes this expensive, which no mail program writes, is
// read by a plain tag skipper instead, so that the time stays linear.
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <memory>

#include "base/text.hpp"
#include "mail/html_writer.hpp"
#include "mail/text.hpp"

namespace hearback::mail {
namespace {

constexpr int max_depth = 500;
constexpr std::size_t max_attribute_spaces = 3000;  // white space in one tag

std::string_view view(const xmlChar* text) {
  return text ? reinterpret_cast<const char*>(text) : std::string_view();
}

struct Reading {
  HtmlWriter writer;
  htmlParserCtxtPtr parser = nullptr;
  bool too_deep = false;
};

std::string_view style_of(const xmlChar** attributes) {
  for (; attributes && attributes[0]; attributes += 2)
    if (ascii_equal(view(attributes[0]), "style")) return view(attributes[1]);
  return {};
}

void on_start(void* user, const xmlChar* name, const xmlChar** attributes) {
  auto& reading = *static_cast<Reading*>(user);
  if (reading.parser->nameNr > max_depth) {
    reading.too_deep = true;
    xmlStopParser(reading.parser);
    return;
  }
  reading.writer.start(view(name), style_of(attributes));
}

void on_end(void* user, const xmlChar* name) {
  static_cast<Reading*>(user)->writer.end(view(name));
}

void on_text(void* user, const xmlChar* text, int length) {
  static_cast<Reading*>(user)->writer.text(view(text).substr(0, std::size_t(length)));
}

bool has_endless_tag(std::string_view html) {
  std::size_t spaces = 0;
  bool inside = false;
  for (char c : html) {
    if (c == '<' || c == '>') {
      inside = c == '<' || (inside && c != '>');
      spaces = 0;
    } else if (inside && std::uint8_t(c) <= ' ' && ++spaces > max_attribute_spaces) {
      return true;
    }
  }
  return false;
}

// The character that `text` ("amp", "#8364", "#x20ac") stands for; empty when there is none.
std::string entity(std::string_view text) {
  std::uint32_t code = 0;
  if (text.starts_with('#')) {
    text.remove_prefix(1);
    bool hex = text.starts_with('x') || text.starts_with('X');
    if (hex) text.remove_prefix(1);
    if (text.empty() || text.size() > 7) return {};
    for (char c : text) {
      char l = ascii_lower(c);
      int digit = l >= '0' && l <= '9' ? l - '0' : hex && l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
      if (digit < 0) return {};
      code = code * (hex ? 16 : 10) + std::uint32_t(digit);
    }
  } else if (auto* found = htmlEntityLookup(BAD_CAST std::string(text).c_str())) {
    code = found->value;
  }
  if (code < ' ' || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  xmlChar out[8] = {};
  int length = xmlCopyCharMultiByte(out, int(code));
  return std::string(reinterpret_cast<char*>(out), std::size_t(length));
}

// Skips tags and lays out the rest; knows no nesting.
class PlainReader {
 public:
  explicit PlainReader(std::string_view html) : html_(html) {}

  std::string read() {
    while (at_ < html_.size()) {
      if (html_[at_] == '<' && tag()) continue;
      if (html_[at_] == '&' && reference()) continue;
      auto end = std::min(html_.find_first_of("<&", at_ + 1), html_.size());
      writer_.text(html_.substr(at_, end - at_));
      at_ = end;
    }
    return writer_.take();
  }

 private:
  bool reference() {
    auto end = html_.substr(at_, 40).find(';');
    if (end == html_.npos) return false;
    auto text = entity(html_.substr(at_ + 1, end - 1));
    if (text.empty()) return false;
    writer_.text(text);
    at_ += end + 1;
    return true;
  }

  void skip_behind(std::string_view what) {
    auto found = html_.find(what, at_);
    at_ = found == html_.npos ? html_.size() : found + what.size();
  }

  bool tag() {
    if (html_.substr(at_).starts_with("<!--")) {
      skip_behind("-->");
      return true;
    }
    std::size_t i = at_ + 1;
    bool closing = i < html_.size() && html_[i] == '/';
    if (closing) ++i;
    std::string name;
    while (i < html_.size() && name.size() < 20 &&
           (std::isalnum(std::uint8_t(html_[i])) || html_[i] == '!' || html_[i] == '?'))
      name += ascii_lower(html_[i++]);
    if (name.empty()) return false;
    skip_behind(">");
    if (closing)
      writer_.end(name);
    else if (name == "script" || name == "style" || name == "title")
      skip_behind("</" + name);
    else if (name != "head" && name != "svg" && name != "math" && name != "template" &&
             name != "object" && name != "iframe" && name != "noscript")
      writer_.start(name, {});
    return true;
  }

  std::string_view html_;
  std::size_t at_ = 0;
  HtmlWriter writer_;
};

// False when libxml2 isn't the right reader for this document.
bool read_with_libxml2(std::string_view html, std::string& text) {
  if (has_endless_tag(html)) return false;
  htmlSAXHandler sax{};
  sax.startElement = on_start;
  sax.endElement = on_end;
  sax.characters = sax.ignorableWhitespace = on_text;
  sax.cdataBlock = [](void*, const xmlChar*, int) {};  // scripts and styles

  Reading reading;
  std::unique_ptr<htmlParserCtxt, void (*)(htmlParserCtxtPtr)> parser(
      htmlCreatePushParserCtxt(&sax, &reading, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8),
      htmlFreeParserCtxt);
  if (!parser) return false;
  reading.parser = parser.get();
  htmlCtxtUseOptions(parser.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                       HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
  constexpr std::size_t chunk = 16 << 10;
  for (std::size_t at = 0; at < html.size() && !reading.too_deep; at += chunk) {
    auto piece = html.substr(at, chunk);
    htmlParseChunk(parser.get(), piece.data(), int(piece.size()), 0);
  }
  if (reading.too_deep) return false;
  htmlParseChunk(parser.get(), nullptr, 0, 1);
  text = reading.writer.take();
  return true;
}

}  // namespace

std::string html_to_text(std::string_view given) {
  std::string html = to_valid_utf8(given);  // NULs would end the document for libxml2
  std::string text;
  if (!read_with_libxml2(html, text)) text = PlainReader(html).read();
  return is_utf8(text) ? text : to_valid_utf8(text);
}

}  // namespace hearback::mail
