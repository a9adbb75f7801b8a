#include "mail/header.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/fields.hpp"
#include "mail/media.hpp"
#include "mail/message_id.hpp"
#include "mail/word.hpp"

namespace hearback::mail {

std::vector<HeaderField> header_fields(std::string_view block, const Limits& limits) {
  std::vector<HeaderField> out;
  visit_fields(block, limits.header_octets,
               [&](std::string_view name, std::string_view body) { out.push_back({name, body}); });
  return out;
}

bool is_certain_field(std::string_view line) {
  constexpr std::string_view known[] = {
      "bcc",          "cc",          "comments",   "date",     "encrypted", "errors",
      "from",         "importance",  "keywords",   "lines",    "mailer",    "newsgroups",
      "organization", "path",        "precedence", "priority", "received",  "references",
      "sender",       "sensitivity", "status",     "subject",  "to",        "xref"};
  std::size_t colon;
  auto name = field_name(line, colon);
  bool hyphen = false;
  for (char c : name) {
    hyphen = hyphen || c == '-';
    char low = ascii_lower(c);
    if (c != '-' && c != '_' && !(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9'))
      return false;
  }
  return (hyphen && name.size() > 2) ||
         std::find(std::begin(known), std::end(known), ascii_lower(name)) != std::end(known);
}

std::string unfold(std::string_view body) {
  body = trim(body);
  if (body.find_first_of("\r\n") == body.npos) return std::string(body);
  std::string out;
  out.reserve(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    char c = body[i];
    if (c != '\r' && c != '\n') {
      out += c;
      continue;
    }
    while (i + 1 < body.size() && (body[i + 1] == '\r' || body[i + 1] == '\n')) ++i;
    if (i + 1 < body.size() && body[i + 1] != ' ' && body[i + 1] != '\t') out += ' ';
  }
  return out;
}

namespace {

// Lists show many of them at once.
std::string cut(std::string text, std::size_t max) {
  return text.size() > max ? std::string(trim(utf8_prefix(text, max))) : text;
}

class EnvelopeReader {
 public:
  EnvelopeReader(const Limits& limits, std::string_view charset)
      : limits_(limits), charset_(charset) {}

  void field(std::string_view name, std::string_view body) {
    switch (name.size()) {
      case 2:
        if (ascii_equal(name, "to")) return addresses(envelope_.to, body, recipients_left_);
        if (ascii_equal(name, "cc")) return addresses(envelope_.cc, body, recipients_left_);
        return;
      case 3:
        if (ascii_equal(name, "bcc")) addresses(envelope_.bcc, body, recipients_left_);
        return;
      case 4:
        if (ascii_equal(name, "from")) return addresses(envelope_.from, body, writers_left_);
        if (ascii_equal(name, "date") && !envelope_.date) envelope_.date = parse_date(body);
        return;
      case 7:
        if (ascii_equal(name, "subject") && envelope_.subject.empty())
          envelope_.subject = cut(decode_words(body, charset_), limits_.subject_octets);
        return;
      case 8:
        if (ascii_equal(name, "reply-to")) addresses(envelope_.reply_to, body, writers_left_);
        return;
      case 10:
        if (ascii_equal(name, "message-id")) return message_id(body);
        if (ascii_equal(name, "references")) ids(envelope_.references, body);
        return;
      case 11:
        if (ascii_equal(name, "in-reply-to")) ids(envelope_.in_reply_to, body);
        return;
      default: return;
    }
  }

  Envelope take() {
    keep_newest(envelope_.references);
    keep_newest(envelope_.in_reply_to);
    return std::move(envelope_);
  }

 private:
  void addresses(std::vector<Address>& list, std::string_view body, std::size_t& left) {
    if (left == 0) return;
    auto found = parse_addresses(body, left, charset_);
    left -= std::min(left, found.size());
    for (auto& address : found) {
      address.name = cut(std::move(address.name), limits_.name_octets);
      if (address.normal.empty())
        address.spec = cut(std::move(address.spec), limits_.address_octets);
    }
    if (list.empty())
      list = std::move(found);
    else
      std::move(found.begin(), found.end(), std::back_inserter(list));
  }

  void message_id(std::string_view body) {
    if (!envelope_.message_id.empty()) return;
    auto found = parse_message_ids(body, 1);
    if (!found.empty()) envelope_.message_id = std::move(found.front());
  }

  void ids(std::vector<std::string>& list, std::string_view body) {
    auto found = newest_references(body, limits_.references);
    std::move(found.begin(), found.end(), std::back_inserter(list));
    // The oldest go in bulk, so that many short fields cost no more than a long one.
    if (list.size() > 2 * limits_.references + 1) keep_newest(list);
  }

  void keep_newest(std::vector<std::string>& list) const {
    if (list.size() > limits_.references)
      list.erase(list.begin(), list.end() - std::ptrdiff_t(limits_.references));
  }

  const Limits& limits_;
  std::string_view charset_;
  // Whoever writes to thousands is told by who it is, wherever From stands.
  std::size_t writers_left_ = limits_.addresses, recipients_left_ = limits_.addresses;
  Envelope envelope_;
};

}  // namespace

namespace {

// All octets at once, without looking for the first.
bool is_ascii(std::string_view text) {
  std::uint8_t all = 0;
  for (char c : text) all |= std::uint8_t(c);
  return all < 0x80;
}

}  // namespace

std::string header_charset(std::string_view block, const Limits& limits) {
  bool ascii = true;
  std::string_view type;
  visit_fields(block, limits.header_octets, [&](std::string_view name, std::string_view body) {
    ascii = ascii && is_ascii(body);
    if (type.empty() && ascii_equal(name, "content-type")) type = body;
  });
  if (ascii || type.empty()) return {};
  return std::string(parse_media(type).parameter("charset"));
}

Envelope read_envelope(std::string_view block, const Limits& limits) {
  // Only mail by hand or of the last century has raw 8-bit text in its header.
  auto charset =
      is_ascii(block.substr(0, limits.header_octets)) ? "" : header_charset(block, limits);
  EnvelopeReader reader(limits, charset);
  visit_fields(block, limits.header_octets,
               [&](std::string_view name, std::string_view body) { reader.field(name, body); });
  return reader.take();
}

}  // namespace hearback::mail
