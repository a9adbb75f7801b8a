#include "mail/build.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/codec.hpp"
#include "mail/header.hpp"
#include "mail/media.hpp"
#include "mail/message_id.hpp"
#include "mail/spec.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t line_width = 78;
constexpr std::size_t max_line = 998;
constexpr std::size_t max_id = 250;  // of our own; with its field name it must fit on one line
constexpr std::size_t max_filename = 255;

// ---- what may not be built (W-7) ----

Failure refuse(std::string_view field, std::string_view what, std::string hint) {
  return fail(hearback::Kind::input, "mail.bad-field",
              "The field " + std::string(field) + " " + std::string(what) + ".", std::move(hint));
}

// Controls of ASCII and Latin-1, and the line separators of Unicode.
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = std::uint8_t(text[i]);
    if (c < ' ' || c == 0x7f) return true;
    if (c == 0xc2 && i + 1 < text.size() && std::uint8_t(text[i + 1]) < 0xa0) return true;
    if (text.substr(i).starts_with("\xE2\x80\xA8") || text.substr(i).starts_with("\xE2\x80\xA9"))
      return true;
  }
  return false;
}

Result<void> check_text(std::string_view field, std::string_view text) {
  if (!is_utf8(text)) return refuse(field, "is not valid UTF-8 text", "Write it again.");
  if (has_control(text))
    return refuse(field, "contains a line break or another control character",
                  "Remove it; a header field is one line of text.");
  return {};
}

Result<void> check_address(std::string_view field, const Address& address) {
  if (auto sound = check_text(field, address.name); !sound) return sound;
  if (auto sound = check_text(field, address.spec); !sound) return sound;
  auto parts = sendable_parts(address.spec);
  if (!parts)
    return refuse(field, "contains something that is not one e-mail address",
                  "Write each address as name@example.org.");
  for (char c : parts->local)
    if (std::uint8_t(c) >= 0x80)
      return fail(hearback::Kind::input, "mail.local-part-not-ascii",
                  "The field " + std::string(field) +
                      " contains an address with letters beyond ASCII before the at sign.",
                  "Most mail servers can't take such an address: use another one.");
  return {};
}

Result<void> check_addresses(std::string_view field, const std::vector<Address>& list) {
  for (auto& address : list)
    if (auto sound = check_address(field, address); !sound) return sound;
  return {};
}

Result<void> check_id(std::string_view field, std::string_view id) {
  bool sound = !id.empty() && id.size() <= max_id;
  for (char c : id) sound = sound && c > ' ' && c <= '~' && c != '<' && c != '>';
  if (!sound) return refuse(field, "is not a message id", "Use the form left@right, without < >.");
  return {};
}

Result<void> check_ids(std::string_view field, const std::vector<std::string>& ids) {
  // Other programs' ids: what was read can be referred to.
  for (auto& id : ids)
    if (!is_message_id(id))
      return refuse(field, "is not a message id", "Use the form left@right, without < >.");
  return {};
}

// "type/subtype", perhaps with parameters; not a composite type, which would hide parts.
bool is_leaf_type(std::string_view type) {
  auto media = parse_media(type);
  if (!is_media_type(media.value) || media.value.starts_with("multipart/")) return false;
  auto written = trim(type.substr(0, type.find(';')));
  if (!is_media_type(written) || written.size() > 100) return false;
  for (auto& [name, value] : media.parameters)
    if (!is_media_token(name) || value.size() > 200) return false;
  return true;
}

Result<void> check_attachment(const OutgoingPart& part) {
  if (auto sound = check_text("attachment file name", part.filename); !sound) return sound;
  if (part.filename.size() > max_filename || part.filename == "." || part.filename == ".." ||
      part.filename.find_first_of("/\\") != std::string::npos ||
      trim(part.filename).size() != part.filename.size())
    return refuse("attachment file name", "is not a file name",
                  "Use a name of at most 255 octets without slashes and outer spaces.");
  if (has_control(part.type) || !is_utf8(part.type) || !is_leaf_type(part.type))
    return refuse("attachment media type", "is not a media type",
                  "Use a type like application/pdf.");
  if (!part.content_id.empty()) return check_id("attachment Content-ID", part.content_id);
  return {};
}

Result<void> check(const Outgoing& message) {
  Result<void> sound = check_address("From", message.from);
  auto also = [&](auto&& next) {
    if (sound) sound = next();
  };
  also([&] { return check_addresses("To", message.to); });
  also([&] { return check_addresses("Cc", message.cc); });
  also([&] { return check_addresses("Bcc", message.bcc); });
  also([&] { return check_text("Subject", message.subject); });
  also([&] { return check_id("Message-ID", message.message_id); });
  also([&] { return check_ids("In-Reply-To", message.in_reply_to); });
  also([&] { return check_ids("References", message.references); });
  also([&]() -> Result<void> {
    if (message.hearback_id.size() > max_id)
      return refuse("X-Hearback-Id", "is too long", "Use a shorter id.");
    for (char c : message.hearback_id)
      if (c <= ' ' || c > '~')
        return refuse("X-Hearback-Id", "contains a space or control character", "Use an id.");
    return {};
  });
  also([&]() -> Result<void> {
    if (!is_utf8(message.text)) return refuse("text", "is not valid UTF-8", "Write it again.");
    if (!is_utf8(message.html)) return refuse("html", "is not valid UTF-8", "Write it again.");
    return {};
  });
  for (auto& part : message.attachments) also([&] { return check_attachment(part); });
  return sound;
}

// ---- header fields ----

std::size_t column_of(std::string_view text) {
  auto line = text.rfind('\n');
  return line == text.npos ? text.size() : text.size() - line - 1;
}

void put_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += value.empty() ? ":" : ": ";
  out += value;
  out += "\r\n";
}

void put_addresses(std::string& out, std::string_view name, const std::vector<Address>& list) {
  out += name;
  out += ':';
  for (std::size_t i = 0; i < list.size(); ++i) {
    // Tried on this line first; an address that doesn't fit starts its own.
    auto here = format_address(list[i], column_of(out) + 1);
    bool fits = here.find('\n') == here.npos && column_of(out) + here.size() + 2 <= line_width;
    if (i && !fits) {
      out += "\r\n ";
      here = format_address(list[i], 1);
    } else {
      out += ' ';
    }
    out += here;
    if (i + 1 < list.size()) out += ',';
  }
  out += "\r\n";
}

void put_ids(std::string& out, std::string_view name, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  out += name;
  out += ':';
  bool first = true;
  for (auto& id : ids) {
    // The first stays on the line of the name, unless that would be longer than lines may be.
    auto width = first ? max_line : line_width;
    auto here = written_id(id, column_of(out) + 1);
    bool fits = column_of(out) + 1 + std::min(here.size(), here.find('\r')) <= width;
    out += fits ? " " : "\r\n ";
    out += fits ? here : written_id(id, 1);
    first = false;
  }
  out += "\r\n";
}

std::string quote(std::string_view value) {
  std::string out = "\"";
  for (char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return std::uint8_t(c) < 0x80; });
}

// `name="value"` on a line of its own; beyond ASCII or a line, as RFC 2231 has it.
void put_parameter(std::string& out, std::string_view name, std::string_view value) {
  constexpr std::size_t room = 55;  // of a value on one line
  if (is_ascii(value) && value.size() <= room && value.find("=?") == value.npos) {
    out += ";\r\n " + std::string(name) + "=" +
           (is_media_token(value) ? std::string(value) : quote(value));
    return;
  }
  static constexpr char hex[] = "0123456789ABCDEF";
  std::vector<std::string> pieces(1, "UTF-8''");
  for (std::size_t i = 0; i < value.size();) {
    std::string character;
    do {  // whole characters
      char c = value[i];
      bool plain = is_media_token(std::string_view(&c, 1)) && c != '*' && c != '\'' && c != '%';
      if (plain)
        character += c;
      else
        character += {'%', hex[std::uint8_t(c) >> 4], hex[std::uint8_t(c) & 15]};
    } while (++i < value.size() && (std::uint8_t(value[i]) & 0xc0) == 0x80);
    if (pieces.back().size() + character.size() > room) pieces.emplace_back();
    pieces.back() += character;
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    out += ";\r\n " + std::string(name) + "*";
    if (pieces.size() > 1) out += std::to_string(i) + "*";
    out += "=" + pieces[i];
  }
}

// For programs that don't know RFC 2231.
std::string ascii_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (std::uint8_t(c) < 0x80)
      out += c;
    else if ((std::uint8_t(c) & 0xc0) != 0x80)
      out += '_';
  }
  constexpr std::size_t longest = 50;
  if (out.size() > longest) {
    auto dot = out.rfind('.');
    std::string extension = dot != out.npos && out.size() - dot <= 10 ? out.substr(dot) : "";
    out = out.substr(0, longest - extension.size()) + extension;
  }
  while (out.find("=?") != out.npos) out.replace(out.find("=?"), 2, "__");
  return out;
}

void put_filename(std::string& out, std::string_view name) {
  if (!is_ascii(name) || name.size() > 55 || name.find("=?") != name.npos)
    out += ";\r\n filename=" + quote(ascii_name(name));
  put_parameter(out, "filename", name);
}

// ---- bodies ----

// CRLF line ends; NUL has no place in mail.
std::string canonical(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      out += "\r\n";
    } else if (c != '\0') {
      out += c;
    }
  }
  return out;
}

// ASCII in lines of at most `width`, with nothing that transport changes.
bool is_seven_bit(std::string_view text, std::size_t width) {
  for (std::size_t i = 0, end = 0; i <= text.size(); i = end + 1) {
    end = std::min(text.find('\n', i), text.size());
    auto line = text.substr(i, end - i);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > width || line.ends_with(' ') || line.ends_with('\t') ||
        line.starts_with("From ") || line == ".")
      return false;
    for (char c : line)
      if (std::uint8_t(c) >= 0x80 || (c < ' ' && c != '\t') || c == '\x7f') return false;
  }
  return true;
}

struct Encoded {
  std::string_view name;
  std::string body;
};

Encoded encode_text(std::string_view given) {
  std::string text = canonical(given);
  if (is_seven_bit(text, line_width)) return {"7bit", std::move(text)};
  auto high =
      std::count_if(text.begin(), text.end(), [](char c) { return std::uint8_t(c) >= 0x80; });
  if (std::size_t(high) * 3 > text.size()) return {"base64", encode_base64_lines(text)};
  return {"quoted-printable", encode_quoted_printable(text)};
}

// A part with its header.
std::string text_part(std::string_view subtype, std::string_view text) {
  auto encoded = encode_text(text);
  std::string out = "Content-Type: text/" + std::string(subtype) + "; charset=utf-8\r\n";
  put_field(out, "Content-Transfer-Encoding", encoded.name);
  return out + "\r\n" + encoded.body;
}

std::string attachment_part(const OutgoingPart& part, bool is_inline) {
  std::string type = part.type;
  bool message = ascii_starts_with(type, "message/rfc822");
  bool plain = message && is_seven_bit(part.content, max_line);
  // RFC 2046 section 5.2.1: a message can't be encoded as one, so it travels as a file.
  if (ascii_starts_with(type, "message/") && !plain) type = "application/octet-stream";
  auto media = parse_media(type);
  std::string out = "Content-Type: " + media.value;
  for (auto& [name, value] : media.parameters)
    if (name != "name") put_parameter(out, name, value);
  out += "\r\n";
  put_field(out, "Content-Transfer-Encoding", plain ? "7bit" : "base64");
  out += is_inline ? "Content-Disposition: inline" : "Content-Disposition: attachment";
  if (!part.filename.empty()) put_filename(out, part.filename);
  out += "\r\n";
  if (!part.content_id.empty()) put_field(out, "Content-ID", "<" + part.content_id + ">");
  return out + "\r\n" + (plain ? canonical(part.content) : encode_base64_lines(part.content));
}

class Composer {
 public:
  explicit Composer(const Outgoing& message) : message_(message) {
    // "=_" appears in neither base64 nor quoted-printable; the hash keeps what is sent as it is
    // from meeting it.
    std::uint8_t hash[16];
    auto seed = message.message_id + message.text + message.html;
    for (auto& part : message.attachments) seed += part.content;
    crypto_generichash(hash, sizeof hash, reinterpret_cast<const std::uint8_t*>(seed.data()),
                       seed.size(), nullptr, 0);
    token_ = "=_hb_" + to_hex({reinterpret_cast<const char*>(hash), sizeof hash});
  }

  std::string body() {
    std::vector<std::string> related, mixed;
    bool html = !message_.html.empty();
    std::string main = html ? text_part("html", message_.html) : text_part("plain", message_.text);
    for (auto& part : message_.attachments) {
      bool is_inline = html && !part.content_id.empty();
      (is_inline ? related : mixed).push_back(attachment_part(part, is_inline));
    }
    if (!related.empty()) main = multipart("related; type=\"text/html\"", main, related);
    if (html) main = multipart("alternative", text_part("plain", message_.text), {main});
    if (!mixed.empty()) main = multipart("mixed", main, mixed);
    return main;
  }

 private:
  std::string multipart(std::string_view kind, const std::string& first,
                        const std::vector<std::string>& others) {
    std::string boundary = token_ + std::to_string(++count_);
    std::string out = "Content-Type: multipart/" + std::string(kind) + ";\r\n boundary=\"" +
                      boundary + "\"\r\n\r\n";
    auto put = [&](const std::string& part) { out += "--" + boundary + "\r\n" + part + "\r\n"; };
    put(first);
    for (auto& part : others) put(part);
    return out + "--" + boundary + "--\r\n";
  }

  const Outgoing& message_;
  std::string token_;
  int count_ = 0;
};

std::string header(const Outgoing& message) {
  std::string out;
  put_field(out, "Date", format_date(message.date));
  put_addresses(out, "From", {message.from});
  if (!message.to.empty())
    put_addresses(out, "To", message.to);
  else if (message.cc.empty())
    put_field(out, "To", "undisclosed-recipients:;");
  if (!message.cc.empty()) put_addresses(out, "Cc", message.cc);
  put_field(out, "Subject", encode_words(message.subject, 9));
  put_field(out, "Message-ID", "<" + message.message_id + ">");
  put_ids(out, "In-Reply-To", message.in_reply_to);
  put_ids(out, "References", message.references);
  if (message.automatic) put_field(out, "Auto-Submitted", "auto-generated");
  if (!message.hearback_id.empty()) put_field(out, "X-Hearback-Id", message.hearback_id);
  put_field(out, "MIME-Version", "1.0");
  return out;
}

}  // namespace

Result<std::string> build(const Outgoing& message) {
  if (auto sound = check(message); !sound) return std::unexpected(sound.error());
  constexpr std::int64_t first = -2208988800000, last = 253402300799999;  // years 1900 to 9999
  if (message.date.ms < first || message.date.ms > last)
    return refuse("Date", "is outside the years 1900 to 9999", "Set the clock.");
  std::string out = header(message) + Composer(message).body();
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

}  // namespace hearback::mail
