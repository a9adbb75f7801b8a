#include "mail/parse.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_set>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/codec.hpp"
#include "mail/fields.hpp"
#include "mail/filename.hpp"
#include "mail/flowed.hpp"
#include "mail/header.hpp"
#include "mail/html.hpp"
#include "mail/multipart.hpp"
#include "mail/signed_data.hpp"
#include "mail/tnef.hpp"
#include "mail/uuencode.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_type = 1000;
constexpr int max_wrapped = 2;  // signatures around signatures

// What one place of the message shows: the alternatives of one text.
struct Body {
  std::optional<std::string> plain, html;
};

// Where a part stands.
struct Place {
  std::optional<std::size_t> alternative;  // index of the body that it is an alternative of
  bool related = false;                    // beside the root of a multipart/related
};

// What of the files is wanted: all contents, none, or one's alone.
struct Wanted {
  bool all = true;
  std::optional<std::size_t> only;
};

// Controls that no text has. All octets at once, without looking for the first.
bool is_dropped(char c) {
  return (std::uint8_t(c) < ' ') & (c != '\t') & (c != '\n') & (c != '\r');
}
bool has_dropped(std::string_view text) {
  std::uint8_t any = 0;
  for (char c : text) any |= std::uint8_t(is_dropped(c));
  return any;
}

std::string text_of(std::string_view octets, std::string_view charset, bool* known) {
  std::string text = to_utf8(octets, charset, known);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto cr = std::min(text.find('\r', at), text.size());
    out.append(text, at, cr - at);
    if (cr < text.size() && (cr + 1 == text.size() || text[cr + 1] != '\n')) out += '\n';
    at = cr + 1;
  }
  if (has_dropped(out)) std::erase_if(out, is_dropped);
  return is_utf8(out) ? out : to_valid_utf8(out);
}

// The charset that an HTML document names for itself, near its start.
std::string_view html_charset(std::string_view html) {
  auto start = html.substr(0, 2048);
  constexpr std::string_view name = "charset=";
  std::size_t at = 0;
  while (at < start.size() && !ascii_starts_with(start.substr(at), name)) ++at;
  if (at == start.size()) return {};
  start.remove_prefix(at + name.size());
  if (start.starts_with('"') || start.starts_with('\'')) start.remove_prefix(1);
  return start.substr(0, start.find_first_of("\"'; />\r\n"));
}

bool looks_like_html(std::string_view octets) {
  auto start = trim(octets.substr(0, 1000));
  if (start.starts_with("\xEF\xBB\xBF")) start.remove_prefix(3);
  constexpr std::string_view tags[] = {"<!doctype", "<html",  "<head", "<body", "<p>",   "<p ",
                                       "<div",      "<table", "<font", "<span", "<meta", "<style"};
  return std::any_of(std::begin(tags), std::end(tags),
                     [&](auto tag) { return ascii_starts_with(start, tag); });
}

bool looks_like_text(std::string_view octets) {
  auto start = octets.substr(0, 1000);
  return std::none_of(start.begin(), start.end(), [](char c) {
    return std::uint8_t(c) < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f' && c != '\x1b';
  });
}

void append_text(std::optional<std::string>& to, std::string text) {
  if (!to) {
    to = std::move(text);
    return;
  }
  if (!to->empty() && !to->ends_with('\n')) *to += '\n';
  *to += text;
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

bool is_words(const std::optional<std::string>& text) { return text && !trim(*text).empty(); }

class Walker {
 public:
  Walker(Parsed& parsed, const Limits& limits, Wanted wanted)
      : parsed_(parsed), limits_(limits), wanted_(wanted) {}

  // Reads `raw` as a message, or as an entity that one has wrapped.
  Result<void> read(std::string_view raw, const Place& outer = {}, int wrapped = 0) {
    if (wrapped == 0) source_ = raw;
    Limits limits = limits_;
    limits.mime_parts -= std::min(parts_, limits.mime_parts);
    auto sections = split_parts(raw, limits);
    if (!sections) return std::unexpected(sections.error());
    parts_ += sections->size();
    std::vector<Place> places(sections->size());
    for (std::size_t i = 0; i < sections->size() && !done(); ++i) {
      auto& section = (*sections)[i];
      Place& place = places[i];
      place = outer;
      if (section.parent >= 0) {
        place = places[std::size_t(section.parent)];
        auto& above = (*sections)[std::size_t(section.parent)];
        if (above.type == "multipart/related") place.related = above.root != int(i);
      }
      note_header(section, raw.empty());
      if (!section.is_multipart()) {
        if (auto read = leaf(section, place, wrapped); !read) return read;
        continue;
      }
      if (!section.closed) defect("mime.boundary-unclosed");
      if (section.type == "multipart/alternative" && !place.alternative) {
        bodies_.emplace_back();
        place.alternative = bodies_.size() - 1;
      }
    }
    return {};
  }

  void finish() {
    std::unordered_set<std::string> drawn;
    std::vector<std::string> texts(bodies_.size());
    bool any_html = false;
    Limits limits = limits_;  // what all documents that stand for a text may give together
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      auto& body = bodies_[i];
      if (!body.html) continue;
      const bool has_plain = is_words(body.plain);
      auto content = read_html(*body.html, has_plain ? limits_ : limits);
      if (content.text.empty() && has_plain) {
        body.html.reset();  // an alternative without words is none
        continue;
      }
      any_html = true;
      if (!has_plain) {
        limits.text_octets -= content.text.size();
        texts[i] = std::move(content.text);
      }
      for (auto& id : content.pictures) drawn.insert(std::move(id));
    }
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      auto& body = bodies_[i];
      if (any_html) {
        if (!parsed_.html.empty()) parsed_.html += '\n';
        parsed_.html += body.html ? *body.html : escape_html(body.plain.value_or(""));
      }
      std::string text = is_words(body.plain) ? std::move(*body.plain) : std::move(texts[i]);
      if (trim(text).empty()) continue;
      if (!parsed_.text.empty()) parsed_.text += parsed_.text.ends_with('\n') ? "\n" : "\n\n";
      parsed_.text += text;
    }
    while (!parsed_.text.empty() && (parsed_.text.back() == '\n' || parsed_.text.back() == ' '))
      parsed_.text.pop_back();
    for (std::size_t i = 0; i < parsed_.attachments.size(); ++i) {
      auto& part = parsed_.attachments[i];
      part.index = int(i);
      part.is_inline = part.type.starts_with("image/") && !part.content_id.empty() &&
                       drawn.contains(part.content_id);
    }
  }

  void defect(std::string_view code) {
    auto& all = parsed_.defects;
    if (std::find(all.begin(), all.end(), code) == all.end()) all.emplace_back(code);
  }

 private:
  bool done() const { return wanted_.only && parsed_.attachments.size() > *wanted_.only; }
  bool wants_next() const { return wanted_.all || wanted_.only == parsed_.attachments.size(); }

  void note_header(const Section& section, bool empty) {
    if (!section.header_is_whole) defect("mime.header-cut");
    if (section.has_fields) {
      if (!section.header_is_marked) defect("header.end-missing");
    } else if (section.depth == 0 && !empty && !section.body.starts_with('\n') &&
               !section.body.starts_with('\r') && !section.body.empty()) {
      defect("header.missing");
    }
  }

  Result<void> leaf(const Section& section, const Place& place, int wrapped) {
    auto& head = section.head;
    std::string type = section.type;
    bool apart = wrapped == 0 && section.header_is_marked;
    if (type.starts_with("multipart/")) {
      defect("mime.boundary-missing");
      type = "text/plain";
    } else if (!is_media_type(type) || type.size() > max_type) {
      if (type != "text") defect("mime.type-invalid");
      type = type_by_look(section);
      apart = false;
    }
    if ((type == "text/plain" || type == "text/html") && shown(head, place)) {
      show(type, section, place);
      return {};
    }
    if (type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime") {
      apart = false;
      auto kind = ascii_lower(head.type.parameter("smime-type"));
      if ((kind.empty() || kind == "signed-data") && wrapped < max_wrapped)
        if (auto read = unwrap(section, place, wrapped); !read) return read;
    }
    attach(std::move(type), section, apart);
    return {};
  }

  // What a part is whose type says nothing. The first of a message is its text, if it can be.
  std::string type_by_look(const Section& section) {
    bool first = bodies_.empty() && parsed_.attachments.empty();
    if (!first && section.type != "text") return "application/octet-stream";
    auto octets = decode(section.head, section.body, nullptr);
    if (looks_like_html(octets)) return "text/html";
    return looks_like_text(octets) || section.type == "text" ? "text/plain"
                                                             : "application/octet-stream";
  }

  // Is this text what the message says, or a file that comes with it?
  bool shown(const PartHead& head, const Place& place) const {
    if (head.disposition.value == "attachment" || place.related) return false;
    bool named =
        !head.disposition.parameter("filename").empty() || !head.type.parameter("name").empty();
    return !named || bodies_.empty();
  }

  static bool is_uuencode(std::string_view encoding) {
    return encoding == "x-uuencode" || encoding == "uuencode" || encoding == "x-uue";
  }

  // `rest`: text behind the end of base64, as mailing lists append it.
  std::string decode(const PartHead& head, std::string_view body, std::string_view* rest) {
    if (head.encoding == "base64") {
      bool clean;
      auto out = decode_base64(body, &clean, rest);
      if (!clean) defect("mime.base64-damaged");
      return out;
    }
    if (head.encoding == "quoted-printable") return decode_quoted_printable(body);
    if (is_uuencode(head.encoding)) {
      auto unpacked = unpack_uuencode(body, 1);
      if (!unpacked.files.empty()) return std::move(unpacked.files.front().content);
      defect("mime.encoding-unknown");
    } else if (!head.encoding.empty() && head.encoding != "7bit" && head.encoding != "8bit" &&
               head.encoding != "binary") {
      defect("mime.encoding-unknown");
    }
    return std::string(body);
  }

  void show(std::string_view type, const Section& section, const Place& place) {
    auto& head = section.head;
    bool html = type == "text/html";
    bool flowed = !html && ascii_equal(head.type.parameter("format"), "flowed");
    std::string_view rest;
    std::string octets = decode(head, section.body, &rest);
    std::vector<EmbeddedFile> files;
    if (!html && !flowed && octets.find("begin") != octets.npos) {
      auto unpacked =
          unpack_uuencode(octets, limits_.mime_parts - std::min(parts_, limits_.mime_parts));
      parts_ += unpacked.files.size();
      octets = std::move(unpacked.text);
      files = std::move(unpacked.files);
    }
    std::string charset(head.type.parameter("charset"));
    if (html && charset.empty()) charset = html_charset(octets);
    std::size_t& room = html ? html_room_ : text_room_;
    bool known = true;
    std::string text = text_of(std::string_view(octets).substr(0, room), charset, &known);
    bool cut = octets.size() > room;
    room -= std::min(room, octets.size());
    if (!known && !charset.empty()) defect("mime.charset-unknown");
    if (flowed) text = unflow(text, ascii_equal(head.type.parameter("delsp"), "yes"));
    if (!trim(rest).empty()) {
      auto taken = rest.substr(0, std::min(room, limits_.header_octets));
      if (taken.size() < rest.size()) defect("mime.text-cut");
      room -= taken.size();
      auto footer = text_of(taken, "", &known);
      text += html ? escape_html(trim(footer)) : "\n" + footer;
    }
    if (!place.alternative) bodies_.emplace_back();
    Body& body = place.alternative ? bodies_[*place.alternative] : bodies_.back();
    append_text(html ? body.html : body.plain, std::move(text));
    if (cut) {
      defect("mime.text-cut");
      auto name = name_of(head);
      add(name.empty() ? html ? "message.html" : "message.txt" : name, std::string(type), "",
          [&] { return std::move(octets); });
    }
    for (auto& file : files) {
      auto name = safe_filename(to_utf8(file.name, charset));
      add(name, std::string(type_of_filename(name)), "", [&] { return std::move(file.content); });
    }
  }

  static std::string name_of(const PartHead& head) {
    std::string_view name = head.disposition.parameter("filename");
    if (name.empty()) name = head.type.parameter("name");
    return safe_filename(name);
  }

  // Puts a file to the others, with its content if that is wanted.
  template <class Content>
  Part& add(std::string name, std::string type, std::string content_id, Content&& content) {
    bool wanted = wants_next();
    auto& part = parsed_.attachments.emplace_back();
    part.filename = std::move(name);
    const auto most = limits_.media_octets;
    part.type = type.size() <= most ? std::move(type) : "application/octet-stream";
    if (content_id.size() <= most) part.content_id = std::move(content_id);
    if (wanted) part.content = content();
    return part;
  }

  // `apart`: what it is, and all else, shows without its content, which stands in the source.
  void attach(std::string type, const Section& section, bool apart) {
    auto& head = section.head;
    auto name = name_of(head);
    if (type == "application/ms-tnef" || type == "application/vnd.ms-tnef" ||
        ascii_equal(name, "winmail.dat")) {
      auto bytes = decode(head, section.body, nullptr);
      if (open_tnef(bytes)) return;
      add(std::move(name), std::move(type), head.content_id, [&] { return std::move(bytes); });
      return;
    }
    bool original =
        type == "message/rfc822" || type == "message/global" || type == "text/rfc822-headers";
    std::string_view rest;
    auto& part = add(std::move(name), std::move(type), head.content_id,
                     [&] { return decode(head, section.body, &rest); });
    if (apart && wanted_.all) part.extent = extent_of(head.encoding, section.body, rest);
    if (original && !part.content.empty()) take_original(part);
  }

  std::optional<Extent> extent_of(std::string_view encoding, std::string_view body,
                                  std::string_view rest) const {
    if (is_uuencode(encoding)) return std::nullopt;
    const OctetRange range{std::size_t(body.data() - source_.data()), body.size() - rest.size()};
    if (encoding == "base64") return Extent{range, Coding::base64};
    if (encoding == "quoted-printable") return Extent{range, Coding::quoted_printable};
    return Extent{range, Coding::none};
  }

  // Lists the files of a winmail.dat; true when they stand for it.
  bool open_tnef(std::string_view bytes) {
    Limits limits = limits_;
    limits.mime_parts -= std::min(parts_, limits.mime_parts);
    auto tnef = read_tnef(bytes, limits);
    if (!tnef) return false;
    parts_ += tnef->files.size();
    for (auto& file : tnef->files) {
      auto name = safe_filename(file.name);
      std::string type = is_media_type(ascii_lower(file.type)) && file.type.size() <= max_type
                             ? ascii_lower(file.type)
                             : std::string(type_of_filename(name));
      add(std::move(name), std::move(type), file.content_id,
          [&] { return std::string(file.content); });
    }
    if (trim(tnef->text).empty() || !bodies_.empty()) return tnef->whole && !tnef->files.empty();
    bodies_.emplace_back().plain = text_of(tnef->text, "utf-8", nullptr);
    return tnef->whole;
  }

  // The entity that an opaque signature covers is read as a part in its place; the signature
  // stays a file.
  Result<void> unwrap(const Section& section, const Place& place, int wrapped) {
    auto inner = signed_content(decode(section.head, section.body, nullptr));
    if (!inner) return {};
    return read(*inner, place, wrapped + 1);
  }

  // An attached message: its ids tell what was forwarded or bounced.
  void take_original(Part& part) {
    Envelope inner = read_envelope(part.content, limits_);
    auto& ids = parsed_.attached_ids;
    auto add = [&](std::string& id) {
      if (id.empty() || ids.size() >= 2 * limits_.references) return;
      if (known_ids_.insert(id).second) ids.push_back(std::move(id));
    };
    add(inner.message_id);
    for (auto& id : inner.in_reply_to) add(id);
    for (auto& id : inner.references) add(id);
    if (part.filename.empty() && !inner.subject.empty())
      part.filename = filename_of_title(inner.subject, ".eml");
  }

  Parsed& parsed_;
  std::string_view source_;
  const Limits& limits_;
  Wanted wanted_;
  std::size_t parts_ = 0;
  std::size_t text_room_ = limits_.text_octets, html_room_ = limits_.html_octets;
  std::vector<Body> bodies_;
  std::unordered_set<std::string> known_ids_;
};

Result<void> check_size(std::string_view raw, const Limits& limits) {
  if (raw.size() <= limits.message_octets) return {};
  return fail(hearback::Kind::input, "mail.too-large",
              "The message is larger than " + std::to_string(limits.message_octets) + " octets.");
}

std::string field_text(std::string_view body, std::string_view charset) {
  std::string line = unfold(body);
  return is_plain_line(line) ? line : clean_line(to_utf8(line, charset));
}

Result<Parsed> parse_wanting(std::string_view raw, const Limits& limits, Wanted wanted) {
  if (auto fits = check_size(raw, limits); !fits) return std::unexpected(fits.error());
  Parsed out;
  Walker walker(out, limits, wanted);
  auto charset = header_charset(raw.substr(0, limits.header_octets));
  std::size_t start = visit_fields(
      raw, limits.header_octets + 1, [&](std::string_view name, std::string_view body) {
        out.fields.emplace_back(ascii_lower(name), field_text(body, charset));
      });
  if (!out.fields.empty() && start > limits.header_octets)
    return fail(hearback::Kind::input, "mail.too-large",
                "The header of the message is larger than " + std::to_string(limits.header_octets) +
                    " octets.");
  out.envelope = read_envelope(raw.substr(0, out.fields.empty() ? 0 : start), limits);
  if (out.envelope.message_id.empty()) walker.defect("header.message-id-missing");
  if (out.envelope.from.empty()) walker.defect("header.from-missing");
  if (!out.envelope.date) walker.defect("header.date-missing");
  if (auto read = walker.read(raw); !read) return std::unexpected(read.error());
  walker.finish();
  return out;
}

}  // namespace

Result<Parsed> parse(std::string_view raw, const Limits& limits) {
  auto out = parse_wanting(raw, limits, {});
  if (out) out->fingerprint = fingerprint(*out);
  return out;
}

Result<Parsed> parse_body(std::string_view raw, const Limits& limits) {
  return parse_wanting(raw, limits, {.all = false, .only = {}});
}

Result<Part> parse_attachment(std::string_view raw, std::size_t index, const Limits& limits) {
  if (auto fits = check_size(raw, limits); !fits) return std::unexpected(fits.error());
  Parsed out;
  Walker walker(out, limits, {.all = false, .only = index});
  if (auto read = walker.read(raw); !read) return std::unexpected(read.error());
  if (index >= out.attachments.size())
    return fail(hearback::Kind::missing, "mail.part-missing",
                "The message has no such attachment.");
  auto& part = out.attachments[index];
  part.index = int(index);
  return std::move(part);
}

}  // namespace hearback::mail
