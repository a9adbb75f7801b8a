#include "documents/office.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>
#include <pugixml.hpp>
#include <vector>

namespace hearback::documents {
namespace {

struct Closing {
  void operator()(zip_t* archive) const { ::zip_discard(archive); }
  void operator()(zip_file_t* file) const { ::zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Closing>;

Failure not_read(const char* why) { return fail(Kind::input, "document.not-read", why); }

Archive open(std::string_view octets) {
  zip_error_t wrong;
  ::zip_error_init(&wrong);
  auto* source = ::zip_source_buffer_create(octets.data(), octets.size(), 0, &wrong);
  zip_t* archive = source ? ::zip_open_from_source(source, ZIP_RDONLY, &wrong) : nullptr;
  if (source && !archive) ::zip_source_free(source);
  ::zip_error_fini(&wrong);
  return Archive(archive);
}

// No document type is read, so there are no entities but those of XML itself.
constexpr auto kHow = pugi::parse_minimal | pugi::parse_escapes | pugi::parse_ws_pcdata |
                      pugi::parse_cdata | pugi::parse_eol;

// Where the words of a document stand, in the order in which they are read: what it says itself
// first. What is beside that comes last: it is the text that may have to end early.
constexpr char kUsualMain[] = "word/document.xml", kOdtMain[] = "content.xml";
constexpr char kRelations[] = "_rels/.rels";
constexpr std::uint64_t kRelationsOctets = 64u << 10;
// Documents of the same family whose main part says nothing in words.
constexpr std::string_view kOtherPrograms[] = {"xl/", "ppt/", "visio/"};
constexpr std::string_view kBeside[] = {"word/header", "word/footer", "word/footnotes",
                                        "word/endnotes"};
constexpr std::size_t kMostBeside = 12;

struct Part {
  zip_uint64_t index = 0;
  std::uint64_t octets = 0;
};

// Refuses what is larger than `bounds` say, by what the archive claims; that it is no larger is
// seen to while it is unpacked.
Result<Part> part_at(zip_t* archive, std::int64_t index, const OfficeBounds& bounds) {
  zip_stat_t facts;
  ::zip_stat_init(&facts);
  constexpr auto kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if (::zip_stat_index(archive, static_cast<zip_uint64_t>(index), 0, &facts) != 0 ||
      (facts.valid & kNeeded) != kNeeded)
    return not_read("It can't be unpacked.");
  if (facts.comp_method != ZIP_CM_STORE && facts.comp_method != ZIP_CM_DEFLATE)
    return not_read("It is packed in a way of its own.");
  const bool is_large = facts.size > (1u << 20);
  if (facts.size > bounds.part_octets ||
      (is_large && facts.size / std::max<std::uint64_t>(facts.comp_size, 1) > bounds.ratio))
    return not_read("It is too large.");
  return Part{static_cast<zip_uint64_t>(index), facts.size};
}

Result<std::string> unpack(zip_t* archive, const Part& part) {
  const std::unique_ptr<zip_file_t, Closing> file(::zip_fopen_index(archive, part.index, 0));
  if (!file) return not_read("It is encrypted, or damaged.");
  std::string octets(part.octets, '\0');
  std::size_t have = 0;
  while (have < octets.size()) {
    const auto some = ::zip_fread(file.get(), octets.data() + have, octets.size() - have);
    if (some <= 0) return not_read("It is damaged.");
    have += static_cast<std::size_t>(some);
  }
  return octets;
}

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.find(':') + 1);  // none: npos + 1 is the beginning
}

// What the archive itself names as its main part (ECMA-376 part 2, section 9.3): not everybody
// calls it as most do. Empty: it names none.
std::string named_main(zip_t* archive, const OfficeBounds& bounds) {
  const auto index = ::zip_name_locate(archive, kRelations, 0);
  if (index < 0) return {};
  const auto part = part_at(archive, index, bounds);
  if (!part || part->octets > kRelationsOctets) return {};
  auto xml = unpack(archive, *part);
  pugi::xml_document document;
  if (!xml || !document.load_buffer_inplace(xml->data(), xml->size(), kHow)) return {};
  for (const auto node : document.document_element().children()) {
    const std::string_view type = node.attribute("Type").value();
    std::string_view target = node.attribute("Target").value();
    if (local_name(node) != "Relationship" || !type.ends_with("/officeDocument")) continue;
    if (target.starts_with('/')) target.remove_prefix(1);
    const auto begins = [&](std::string_view folder) { return target.starts_with(folder); };
    if (std::ranges::none_of(kOtherPrograms, begins)) return std::string(target);
  }
  return {};
}

std::string_view name_at(zip_t* archive, std::int64_t index) {
  const char* name = ::zip_get_name(archive, static_cast<zip_uint64_t>(index), ZIP_FL_ENC_RAW);
  return name ? name : "";
}

// Below 0: there is none.
std::int64_t main_of(zip_t* archive, std::int64_t entries, const OfficeBounds& bounds) {
  if (const auto name = named_main(archive, bounds); !name.empty())
    if (const auto at = ::zip_name_locate(archive, name.c_str(), ZIP_FL_NOCASE); at >= 0) return at;
  if (const auto at = ::zip_name_locate(archive, kUsualMain, 0); at >= 0) return at;
  for (std::int64_t i = 0; i < entries; ++i)
    if (const auto name = name_at(archive, i);
        name.starts_with("word/document") && name.ends_with(".xml"))
      return i;
  return ::zip_name_locate(archive, kOdtMain, 0);
}

// The main part, then what is beside it and fits: that something there doesn't is no reason not to
// read what the document says.
Result<std::vector<Part>> parts_of(zip_t* archive, const OfficeBounds& bounds) {
  const auto entries = ::zip_get_num_entries(archive, 0);
  if (entries < 0 || entries > bounds.entries) return not_read("It has too many files in it.");
  const auto at = main_of(archive, entries, bounds);
  if (at < 0) return not_read("It has no text where one is expected.");
  auto main = part_at(archive, at, bounds);
  if (!main) return Failure(main.error());
  if (main->octets > bounds.all_octets) return not_read("It is too large.");
  std::vector<Part> parts{*main};
  std::uint64_t left = bounds.all_octets - main->octets;
  for (std::int64_t i = 0; i < entries && parts.size() <= kMostBeside; ++i) {
    const auto name = name_at(archive, i);
    const auto begins = [&](std::string_view part) { return name.starts_with(part); };
    if (i == at || !name.ends_with(".xml") || std::ranges::none_of(kBeside, begins)) continue;
    const auto part = part_at(archive, i, bounds);
    if (!part || part->octets > left) continue;
    left -= part->octets;
    parts.push_back(*part);
  }
  return parts;
}

// What stands there and is no text of the document: deleted, a field's formula, and what repeats in
// another way what was said already.
constexpr std::string_view kLeftOut[] = {"delText", "instrText", "Fallback", "tracked-changes",
                                         "binary-data"};
constexpr std::string_view kLineEnds[] = {"p", "h", "br", "cr", "line-break", "tr", "table-row"};
constexpr std::string_view kBlanks[] = {"tab", "s", "tc", "table-cell", "noBreakHyphen"};

template <std::size_t N>
bool is_one(std::string_view name, const std::string_view (&of)[N]) {
  return std::ranges::find(of, name) != std::end(of);
}

// Goes through the tree without calling itself: how deep it is its writer decides.
class Saying {
 public:
  Saying(std::string& text, std::size_t most) : text_(text), most_(most) {}

  void say(const pugi::xml_node& root) {
    auto node = root.first_child();
    while (node && node != root && text_.size() < most_) {
      if (enter(node) && node.first_child()) {
        node = node.first_child();
        continue;
      }
      while (node && node != root) {
        leave(node);
        if (const auto next = node.next_sibling()) {
          node = next;
          break;
        }
        node = node.parent();
      }
    }
    put("\n");
  }

 private:
  bool enter(const pugi::xml_node& node) {
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
      // DOCX indents its elements as it likes: text stands in `t` alone.
      const auto in = node.parent();
      const std::string_view parent = in.name();
      if (!parent.starts_with("w:") || local_name(in) == "t") put(node.value());
      return false;
    }
    return !is_one(local_name(node), kLeftOut);
  }
  void leave(const pugi::xml_node& node) {
    if (node.type() != pugi::node_element) return;
    const auto name = local_name(node);
    if (is_one(name, kLineEnds))
      put("\n");
    else if (is_one(name, kBlanks))
      put(" ");
  }
  void put(std::string_view more) {
    text_ += more.substr(0, most_ - std::min(most_, text_.size()));
  }

  std::string& text_;
  std::size_t most_;
};

}  // namespace

Result<std::string> office_part(std::string xml, std::size_t text_octets) {
  pugi::xml_document document;
  const auto read = document.load_buffer_inplace(xml.data(), xml.size(), kHow);
  if (!document.first_child() || read.status == pugi::status_out_of_memory)
    return not_read("Its text is damaged, or too large.");
  std::string text;
  Saying(text, text_octets).say(document);
  return text;
}

Result<std::string> office_text(std::string_view octets, const OfficeBounds& bounds) {
  const auto archive = open(octets);
  if (!archive) return not_read("It is no archive.");
  const auto parts = parts_of(archive.get(), bounds);
  if (!parts) return Failure(parts.error());
  auto main = unpack(archive.get(), parts->front());
  if (!main) return Failure(main.error());
  auto text = office_part(std::move(*main), bounds.text_octets);
  for (std::size_t i = 1; text && i < parts->size(); ++i) {
    auto xml = unpack(archive.get(), (*parts)[i]);
    if (!xml) continue;
    if (auto said = office_part(std::move(*xml), bounds.text_octets - text->size())) *text += *said;
  }
  return text;
}

}  // namespace hearback::documents
