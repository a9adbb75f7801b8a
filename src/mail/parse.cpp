#include "mail/parse.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/codec.hpp"
#include "mail/fields.hpp"
#include "mail/flowed.hpp"
#include "mail/header.hpp"
#include "mail/media.hpp"
#include "mail/multipart.hpp"
#include "mail/text.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_filename = 255;
constexpr std::size_t max_header_value = 1000;  // of a media type or Content-ID we keep

// The MIME fields of one part.
struct PartHead {
  Media type, disposition;
  std::string encoding, content_id;
  bool has_fields = false;
};

// What one place of the message shows: the alternatives of one text.
struct Body {
  std::optional<std::string> plain, html;
};

// Where a part stands.
struct Place {
  int depth = 0;
  std::optional<std::size_t> alternative;  // index of the body that it is an alternative of
  bool related = false;                    // beside the root of a multipart/related
  std::string_view default_type = "text/plain";
};

std::string text_of(std::string octets, std::string_view charset, bool* known) {
  std::string text = to_utf8(octets, charset, known);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else if (std::uint8_t(c) >= ' ' || c == '\t' || c == '\n') {
      out += c;
    }
  }
  return is_utf8(out) ? out : to_valid_utf8(out);
}

// The charset that an HTML document names for itself, near its start.
std::string_view html_charset(std::string_view html) {
  auto start = html.substr(0, 2048);
  auto at = start.find("charset=");
  if (at == start.npos) return {};
  start.remove_prefix(at + 8);
  if (start.starts_with('"') || start.starts_with('\'')) start.remove_prefix(1);
  return start.substr(0, start.find_first_of("\"'; />\r\n"));
}

void append_text(std::optional<std::string>& to, std::string text) {
  if (!to) {
    to = std::move(text);
    return;
  }
  if (!to->empty() && !to->ends_with('\n')) *to += '\n';
  *to += text;
}

// A name to save under: no directories, no controls, no characters that turn the reading
// direction around to hide an extension.
std::string safe_filename(std::string_view name) {
  auto slash = name.find_last_of("/\\");
  if (slash != name.npos) name.remove_prefix(slash + 1);
  std::string out = clean_line(std::string(name));
  static constexpr std::string_view turning[] = {"\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC",
                                                 "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6",
                                                 "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9",
                                                 "\xE2\x80\x8E", "\xE2\x80\x8F"};
  if (out.find('\xE2') != out.npos) {
    std::string kept;
    for (std::size_t i = 0; i < out.size();) {
      bool turns = std::find(std::begin(turning), std::end(turning),
                             std::string_view(out).substr(i, 3)) != std::end(turning);
      if (turns)
        i += 3;
      else
        kept += out[i++];
    }
    out = std::move(kept);
  }
  out = trim(out);
  if (out == "." || out == "..") out.clear();
  if (out.size() > max_filename) {
    auto dot = out.rfind('.');
    std::string extension = dot != out.npos && out.size() - dot <= 16 ? out.substr(dot) : "";
    out = std::string(utf8_prefix(out, max_filename - extension.size())) + extension;
  }
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out = "<div style=\"white-space: pre-wrap\">";
  for (char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out + "</div>";
}

class Walker {
 public:
  Walker(Parsed& parsed, const Limits& limits) : parsed_(parsed), limits_(limits) {}

  Result<void> part(std::string_view raw, const Place& place) {
    if (++parts_ > limits_.mime_parts)
      return fail(hearback::Kind::input, "mail.too-many-parts",
                  "The message has more than " + std::to_string(limits_.mime_parts) + " parts.");
    PartHead head;
    std::size_t start = visit_fields(
        raw, raw.size(),
        [&](std::string_view name, std::string_view body) { field(head, name, body); });
    if (!head.has_fields && !raw.starts_with('\n') && !raw.starts_with('\r')) {
      start = 0;  // no header at all: somebody left out the empty line before the text
      if (!raw.empty() && place.depth == 0) defect("header.missing");
    }
    return content(head, raw.substr(start), place);
  }

  void finish() {
    bool any_html = false;
    for (auto& body : bodies_) any_html = any_html || body.html;
    for (auto& body : bodies_) {
      if (any_html) {
        if (!parsed_.html.empty()) parsed_.html += '\n';
        parsed_.html += body.html ? *body.html : escape_html(body.plain.value_or(""));
      }
      std::string text = body.plain.value_or("");
      if (trim(text).empty() && body.html) text = html_to_text(*body.html);
      if (trim(text).empty()) continue;
      if (!parsed_.text.empty()) parsed_.text += parsed_.text.ends_with('\n') ? "\n" : "\n\n";
      parsed_.text += text;
    }
    while (!parsed_.text.empty() && (parsed_.text.back() == '\n' || parsed_.text.back() == ' '))
      parsed_.text.pop_back();
    for (std::size_t i = 0; i < parsed_.attachments.size(); ++i)
      parsed_.attachments[i].index = int(i);
  }

  void defect(std::string_view code) {
    auto& all = parsed_.defects;
    if (std::find(all.begin(), all.end(), code) == all.end()) all.emplace_back(code);
  }

 private:
  void field(PartHead& head, std::string_view name, std::string_view body) {
    head.has_fields = true;
    if (ascii_equal(name, "content-type")) {
      if (head.type.value.empty()) head.type = parse_media(body);
    } else if (ascii_equal(name, "content-disposition")) {
      if (head.disposition.value.empty()) head.disposition = parse_media(body);
    } else if (ascii_equal(name, "content-transfer-encoding")) {
      if (head.encoding.empty()) head.encoding = parse_media(body).value;
    } else if (ascii_equal(name, "content-id")) {
      auto ids = parse_message_ids(body);
      head.content_id = clean_line(ids.empty() ? unfold(body) : ids.front());
      if (head.content_id.size() > max_header_value) head.content_id.clear();
    }
  }

  Result<void> content(const PartHead& head, std::string_view body, const Place& place) {
    std::string type = head.type.value;
    if (type.empty()) {
      type = place.default_type;
    } else if (!is_media_type(type) || type.size() > max_header_value) {
      if (type != "text") defect("mime.type-invalid");
      type = type == "text" ? "text/plain" : "application/octet-stream";
    }
    if (type.starts_with("multipart/")) {
      auto boundary = head.type.parameter("boundary");
      auto split = split_multipart(body, boundary, limits_.mime_parts);
      if (!split.parts.empty()) return multipart(type, head, split, place);
      defect("mime.boundary-missing");
      type = "text/plain";
    }
    if (type == "text/plain" || type == "text/html") {
      if (shown(head, place)) {
        show(type, head, body, place);
        return {};
      }
    }
    attach(std::move(type), head, body, place);
    return {};
  }

  Result<void> multipart(std::string_view type, const PartHead& head, const Sections& split,
                         Place place) {
    if (++place.depth > int(limits_.mime_depth))
      return fail(hearback::Kind::input, "mail.too-deep",
                  "The parts of the message are nested more than " +
                      std::to_string(limits_.mime_depth) + " levels deep.");
    if (!split.closed) defect("mime.boundary-unclosed");
    place.default_type = type == "multipart/digest" ? "message/rfc822" : "text/plain";
    if (type == "multipart/alternative" && !place.alternative) {
      bodies_.emplace_back();
      place.alternative = bodies_.size() - 1;
    }
    bool related = type == "multipart/related";
    std::size_t root = related ? root_of(head, split) : 0;
    for (std::size_t i = 0; i < split.parts.size(); ++i) {
      Place inner = place;
      inner.related = related ? i != root : place.related;
      if (auto done = part(split.parts[i], inner); !done) return done;
    }
    return {};
  }

  // RFC 2387 section 3.2
  std::size_t root_of(const PartHead& head, const Sections& split) {
    auto start = trim(head.type.parameter("start"));
    if (start.starts_with('<') && start.ends_with('>')) start = start.substr(1, start.size() - 2);
    if (start.empty()) return 0;
    for (std::size_t i = 0; i < split.parts.size(); ++i) {
      PartHead inner;
      visit_fields(split.parts[i], split.parts[i].size(),
                   [&](std::string_view name, std::string_view body) {
                     if (ascii_equal(name, "content-id")) field(inner, name, body);
                   });
      if (inner.content_id == start) return i;
    }
    return 0;
  }

  // Is this text what the message says, or a file that comes with it?
  bool shown(const PartHead& head, const Place& place) const {
    if (head.disposition.value == "attachment" || place.related) return false;
    bool named =
        !head.disposition.parameter("filename").empty() || !head.type.parameter("name").empty();
    return !named || bodies_.empty();
  }

  std::string decode(const PartHead& head, std::string_view body) {
    if (head.encoding == "base64") {
      bool clean;
      auto out = decode_base64(body, &clean);
      if (!clean) defect("mime.base64-damaged");
      return out;
    }
    if (head.encoding == "quoted-printable") return decode_quoted_printable(body);
    if (!head.encoding.empty() && head.encoding != "7bit" && head.encoding != "8bit" &&
        head.encoding != "binary")
      defect("mime.encoding-unknown");
    return std::string(body);
  }

  void show(std::string_view type, const PartHead& head, std::string_view raw, const Place& place) {
    std::string octets = decode(head, raw);
    std::string charset(head.type.parameter("charset"));
    bool html = type == "text/html";
    if (html && charset.empty()) charset = html_charset(octets);
    bool known = true;
    std::string text = text_of(std::move(octets), charset, &known);
    if (!known && !charset.empty()) defect("mime.charset-unknown");
    if (!html && ascii_equal(head.type.parameter("format"), "flowed"))
      text = unflow(text, ascii_equal(head.type.parameter("delsp"), "yes"));
    if (!place.alternative) bodies_.emplace_back();
    Body& body = place.alternative ? bodies_[*place.alternative] : bodies_.back();
    append_text(html ? body.html : body.plain, std::move(text));
  }

  void attach(std::string type, const PartHead& head, std::string_view raw, const Place& place) {
    Part out;
    out.content = decode(head, raw);
    std::string_view name = head.disposition.parameter("filename");
    if (name.empty()) name = head.type.parameter("name");
    out.filename = safe_filename(name);
    out.content_id = head.content_id;
    bool picture = type.starts_with("image/");
    out.is_inline = !out.content_id.empty() && place.related
                        ? true
                        : picture && head.disposition.value == "inline";
    if (type == "message/rfc822" || type == "message/global" || type == "text/rfc822-headers")
      original(out);
    out.type = std::move(type);
    parsed_.attachments.push_back(std::move(out));
  }

  // An attached message: its ids tell what was forwarded or bounced.
  void original(Part& part) {
    Envelope inner = read_envelope(part.content, limits_);
    auto& ids = parsed_.attached_ids;
    auto add = [&](std::string& id) {
      if (id.empty() || ids.size() >= 2 * limits_.references) return;
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
    };
    add(inner.message_id);
    for (auto& id : inner.in_reply_to) add(id);
    for (auto& id : inner.references) add(id);
    if (part.filename.empty() && !inner.subject.empty())
      part.filename = safe_filename(inner.subject + ".eml");
  }

  Parsed& parsed_;
  const Limits& limits_;
  std::size_t parts_ = 0;
  std::vector<Body> bodies_;
};

std::string field_text(std::string_view body) {
  std::string line = unfold(body);
  return is_plain_line(line) ? line : clean_line(to_utf8(line, ""));
}

}  // namespace

Result<Parsed> parse(std::string_view raw, const Limits& limits) {
  if (raw.size() > limits.message_octets)
    return fail(hearback::Kind::input, "mail.too-large",
                "The message is larger than " + std::to_string(limits.message_octets) + " octets.");
  Parsed out;
  std::size_t start = visit_fields(raw, limits.header_octets + 1,
                                   [&](std::string_view name, std::string_view body) {
                                     out.fields.emplace_back(ascii_lower(name), field_text(body));
                                   });
  if (!out.fields.empty() && start > limits.header_octets)
    return fail(hearback::Kind::input, "mail.too-large",
                "The header of the message is larger than " + std::to_string(limits.header_octets) +
                    " octets.");
  out.envelope = read_envelope(raw.substr(0, out.fields.empty() ? 0 : start), limits);
  Walker walker(out, limits);
  if (out.envelope.message_id.empty()) walker.defect("header.message-id-missing");
  if (out.envelope.from.empty()) walker.defect("header.from-missing");
  if (!out.envelope.date) walker.defect("header.date-missing");
  if (auto done = walker.part(raw, {}); !done) return std::unexpected(done.error());
  walker.finish();
  out.fingerprint = fingerprint(out);
  return out;
}

}  // namespace hearback::mail
