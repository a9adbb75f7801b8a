#include "mail/tnef.hpp"

#include <cstdint>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

constexpr std::uint32_t signature = 0x223e9f78;
constexpr std::size_t max_name = 2000;

// MS-OXTNEF section 2.1.3.3: attributes, here with their types above.
enum : std::uint32_t {
  oem_codepage = 0x00069007,
  body = 0x0002800c,
  attach_rend_data = 0x00069002,
  attach_title = 0x00018010,
  attach_data = 0x0006800f,
  attach_properties = 0x00069005
};

// MS-OXPROPS: properties of an attachment.
enum : std::uint32_t {
  display_name = 0x3001,
  attach_data_binary = 0x3701,
  attach_long_filename = 0x3707,
  attach_mime_tag = 0x370e,
  attach_content_id = 0x3712
};

// Little-endian numbers and runs of octets; once something is missing, all further is.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t octets) {
    if (octets > rest_.size()) {
      ok_ = false;
      rest_ = {};
    }
    auto out = rest_.substr(0, octets);
    rest_.remove_prefix(out.size());
    return out;
  }

  std::uint32_t number(std::size_t octets) {
    std::uint32_t out = 0;
    auto bytes = take(octets);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      out |= std::uint32_t(std::uint8_t(bytes[i])) << (8 * i);
    return out;
  }

  // A value that is filled up to four octets.
  std::string_view padded(std::size_t octets) {
    auto out = take(octets);
    take(std::min<std::size_t>((4 - octets % 4) % 4, rest_.size()));
    return out;
  }

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Property {
  std::uint32_t id = 0, type = 0;
  std::string_view value;  // the first, of several
};

constexpr std::uint32_t string8 = 0x1e, unicode = 0x1f, binary = 0x102, object = 0x0d;

std::size_t fixed_octets(std::uint32_t type) {
  switch (type) {
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x0a:
    case 0x0b: return 4;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14:
    case 0x40: return 8;
    case 0x48: return 16;
    default: return 0;
  }
}

// MS-OXTNEF section 2.1.3.4. False when it can't be read on.
bool read_property(Bytes& bytes, Property& out) {
  out.type = bytes.number(2);
  out.id = bytes.number(2);
  out.value = {};
  if (out.id >= 0x8000) {  // named: a set, and a number or a name
    bytes.take(16);
    bool by_name = bytes.number(4) == 1;
    if (by_name)
      bytes.padded(bytes.number(4));
    else
      bytes.take(4);
  }
  bool several = out.type & 0x1000;
  std::uint32_t type = out.type &= ~0x1000u;
  bool variable = type == string8 || type == unicode || type == binary || type == object;
  std::size_t fixed = fixed_octets(type);
  if (!variable && !fixed) return false;
  std::uint32_t count = several || variable ? bytes.number(4) : 1;
  if (count > bytes.left()) return false;
  for (std::uint32_t i = 0; i < count && bytes.ok(); ++i) {
    auto value = variable ? bytes.padded(bytes.number(4)) : bytes.take(fixed);
    if (i == 0) out.value = value;
  }
  return bytes.ok();
}

class TnefReader {
 public:
  TnefReader(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {}

  std::optional<Tnef> read() {
    if (bytes_.number(4) != signature) return std::nullopt;
    bytes_.number(2);  // a key
    bool sound = bytes_.ok(), sums = true;
    while (sound && !bytes_.empty()) {
      bytes_.number(1);  // level: message or attachment, which the attribute tells too
      auto attribute = bytes_.number(4);
      auto value = bytes_.take(bytes_.number(4));
      auto sum = bytes_.number(2);
      sums = sums && sum == checksum(value);
      sound = bytes_.ok() && take(attribute, value);
    }
    finish_file();
    out_.whole = sound && sums && complete_;
    return std::move(out_);
  }

 private:
  static std::uint32_t checksum(std::string_view value) {
    std::uint32_t sum = 0;
    for (char c : value) sum += std::uint8_t(c);
    return sum & 0xffff;
  }

  std::string text(std::string_view value, std::uint32_t type) const {
    value = value.substr(0, limits_.text_octets);
    std::string out = type == unicode ? to_utf8(value, "utf-16le") : to_utf8(value, codepage_);
    return out.substr(0, out.find('\0'));
  }
  std::string name(std::string_view value, std::uint32_t type = string8) const {
    return clean_line(text(value.substr(0, max_name), type));
  }

  // False when there are too many files.
  bool take(std::uint32_t attribute, std::string_view value) {
    switch (attribute) {
      case oem_codepage: {
        auto number = Bytes(value).number(std::min<std::size_t>(value.size(), 4));
        codepage_ = number == 65001 ? "utf-8" : "windows-" + std::to_string(number);
        return true;
      }
      case body: out_.text = text(value, string8); return true;
      case attach_rend_data: finish_file(); return out_.files.size() < limits_.mime_parts;
      case attach_title:
        open_ = true;
        if (file_.name.empty()) file_.name = name(value);
        return true;
      case attach_data:
        open_ = true;
        file_.content = value;
        return true;
      case attach_properties: open_ = true; return properties(value);
      default: return true;
    }
  }

  bool properties(std::string_view value) {
    Bytes bytes(value);
    auto count = bytes.number(4);
    Property property;
    for (std::uint32_t i = 0; i < count && !bytes.empty(); ++i) {
      if (!read_property(bytes, property)) return false;
      switch (property.id) {
        case attach_long_filename: file_.name = name(property.value, property.type); break;
        case display_name:
          if (file_.name.empty()) file_.name = name(property.value, property.type);
          break;
        case attach_mime_tag: file_.type = name(property.value, property.type); break;
        case attach_content_id: file_.content_id = name(property.value, property.type); break;
        case attach_data_binary:
          if (file_.content.empty() && property.type == binary) file_.content = property.value;
          break;
        default: break;
      }
    }
    return bytes.ok();
  }

  void finish_file() {
    // A message inside a message is an object that we don't open.
    if (open_ && file_.content.empty()) complete_ = false;
    if (open_ && !file_.content.empty()) out_.files.push_back(std::move(file_));
    file_ = {};
    open_ = false;
  }

  Bytes bytes_;
  const Limits& limits_;
  Tnef out_;
  TnefFile file_;
  bool open_ = false, complete_ = true;
  std::string codepage_ = "windows-1252";
};

}  // namespace

std::optional<Tnef> read_tnef(std::string_view bytes, const Limits& limits) {
  return TnefReader(bytes, limits).read();
}

}  // namespace hearback::mail
