#include "mail/multipart.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/text.hpp"
#include "mail/fields.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_boundary = 250;  // the standard allows 70
constexpr std::size_t max_content_id = 1000;
// Read of a MIME field. Each has said what it says long before.
constexpr std::size_t max_field = 64 << 10;

// Reads the lines of a message once. The multiparts that are open stand in a stack, and a table
// tells which of them a delimiter belongs to.
class Splitter {
 public:
  Splitter(std::string_view raw, const Limits& limits) : raw_(raw), limits_(limits), lines_(raw) {}

  Result<std::vector<Section>> split() {
    begin(-1);
    std::string_view line;
    while (true) {
      const std::size_t at = lines_.position();
      if (!lines_.next(line)) break;
      auto found = delimiter(line);
      if (!found.found) continue;
      if (auto done = on_delimiter(found, at); !done) return std::unexpected(done.error());
    }
    end_leaf(raw_.size());
    return std::move(sections_);
  }

 private:
  struct Open {
    std::size_t section;
    std::string_view boundary;  // as its section's head has it
  };
  struct Delimiter {
    bool found = false;
    std::size_t level = 0;
    bool closing = false;
  };

  Delimiter delimiter(std::string_view line) const {
    Delimiter out;
    if (open_.empty() || !line.starts_with("--")) return out;
    line.remove_prefix(2);
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (line.size() > max_boundary + 2) return out;
    auto opens = levels_.find(line);
    auto closes =
        line.ends_with("--") ? levels_.find(line.substr(0, line.size() - 2)) : levels_.end();
    bool closing =
        opens == levels_.end() || (closes != levels_.end() && closes->second > opens->second);
    auto found = closing ? closes : opens;
    if (found == levels_.end()) return out;
    return {true, found->second, closing};
  }

  Result<void> on_delimiter(const Delimiter& found, std::size_t at) {
    std::size_t end = at;  // the line end before a delimiter belongs to it
    if (end && raw_[end - 1] == '\n') --end;
    if (end && raw_[end - 1] == '\r') --end;
    auto section = open_[found.level].section;
    if (!sections_[section].is_multipart() && sections_[section].depth >= limits_.mime_depth)
      return fail(hearback::Kind::input, "mail.too-deep",
                  "The parts of the message are nested more than " +
                      std::to_string(limits_.mime_depth) + " levels deep.");
    if (found.closing && !sections_[section].is_multipart()) return {};  // closes nothing
    close_down_to(found.level + 1);
    end_leaf(end);
    if (found.closing) {
      sections_[section].closed = true;
      close_down_to(found.level);
      return {};
    }
    if (sections_.size() >= limits_.mime_parts)
      return fail(hearback::Kind::input, "mail.too-many-parts",
                  "The message has more than " + std::to_string(limits_.mime_parts) + " parts.");
    begin(int(section));
    return {};
  }

  // A part starts where the lines stand.
  void begin(int parent) {
    sections_.emplace_back();
    std::size_t index = sections_.size() - 1;
    auto& section = sections_.back();
    const auto room = raw_.substr(lines_.position(), limits_.header_octets);
    auto header = visit_fields(
        lines_,
        [&](std::string_view name, std::string_view body) { field(section, name, body, room); },
        [&](std::string_view line) { return delimiter(line).found; });
    section.parent = parent;
    section.has_fields = header.has_fields;
    section.header_is_marked = header.is_marked;
    section.type = section.head.type.value;
    if (parent >= 0) {
      auto& above = sections_[std::size_t(parent)];
      section.depth = above.depth + 1;
      if (above.root < 0) above.root = int(index);
      if (section.type.empty() && above.type == "multipart/digest") section.type = "message/rfc822";
      if (above.type == "multipart/related" && !section.head.content_id.empty() &&
          section.head.content_id == root_id(above) && !has_root_id(above))
        above.root = int(index);
    }
    if (section.type.empty()) section.type = "text/plain";
    leaf_ = index;
    leaf_start_ = header.body;
    if (section.type.starts_with("multipart/")) open(index);
  }

  // RFC 2387 section 3.2
  static std::string_view root_id(const Section& related) {
    auto start = trim(related.head.type.parameter("start"));
    if (start.starts_with('<') && start.ends_with('>') && start.size() > 1)
      start = start.substr(1, start.size() - 2);
    return start;
  }
  bool has_root_id(const Section& related) const {
    return sections_[std::size_t(related.root)].head.content_id == root_id(related);
  }

  void open(std::size_t index) {
    auto boundary = sections_[index].head.type.parameter("boundary");
    boundary = boundary.substr(0, boundary.find_last_not_of(' ') + 1);
    // One that is open already belongs to the outer multipart.
    if (boundary.empty() || boundary.size() > max_boundary || levels_.contains(boundary)) return;
    levels_.emplace(boundary, open_.size());
    open_.push_back({index, boundary});
  }

  void close_down_to(std::size_t level) {
    while (open_.size() > level) {
      levels_.erase(open_.back().boundary);
      open_.pop_back();
    }
  }

  void end_leaf(std::size_t end) {
    if (leaf_ == none) return;
    sections_[leaf_].body = raw_.substr(leaf_start_, end > leaf_start_ ? end - leaf_start_ : 0);
    leaf_ = none;
  }

  static bool is_read(std::string_view name) {
    constexpr std::string_view names[] = {"content-type", "content-disposition",
                                          "content-transfer-encoding", "content-id"};
    return std::ranges::any_of(names, [&](auto known) { return ascii_equal(name, known); });
  }

  // What stands behind the `room` of the header isn't read, as much as one may be.
  static void field(Section& section, std::string_view name, std::string_view body,
                    std::string_view room) {
    if (!is_read(name)) return;
    const bool is_within = body.data() + body.size() <= room.data() + room.size();
    if (!is_within || body.size() > max_field) section.header_is_whole = false;
    if (!is_within) return;
    body = body.substr(0, max_field);
    auto& head = section.head;
    if (ascii_equal(name, "content-type")) {
      if (head.type.value.empty()) head.type = parse_media(body);
    } else if (ascii_equal(name, "content-disposition")) {
      if (head.disposition.value.empty()) head.disposition = parse_media(body);
    } else if (ascii_equal(name, "content-transfer-encoding")) {
      if (head.encoding.empty()) head.encoding = parse_media(body).value;
    } else {
      auto ids = parse_message_ids(body, 1);
      head.content_id = clean_line(ids.empty() ? unfold(body) : ids.front());
      if (head.content_id.size() > max_content_id) head.content_id.clear();
    }
  }

  static constexpr std::size_t none = std::size_t(-1);

  std::string_view raw_;
  const Limits& limits_;
  Lines lines_;
  std::vector<Section> sections_;
  std::vector<Open> open_;
  std::unordered_map<std::string_view, std::size_t> levels_;  // boundary → position in open_
  std::size_t leaf_ = none, leaf_start_ = 0;
};

}  // namespace

Result<std::vector<Section>> split_parts(std::string_view raw, const Limits& limits) {
  return Splitter(raw, limits).split();
}

}  // namespace hearback::mail
