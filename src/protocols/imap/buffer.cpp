#include "protocols/imap/buffer.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

// Longer literals would never end; RFC 3501's numbers have 32 bits.
constexpr std::uint64_t kLongestLiteral = 0xFFFFFFFFull;
constexpr std::size_t kKeepCapacity = 1 << 20;

// Status responses and continuations end in text for people, which may look like anything.
bool is_plain(std::string_view line) {
  if (line.starts_with('+')) return true;
  auto space = line.find(' ');
  if (space == std::string_view::npos) return true;
  auto word = line.substr(space + 1, 8);
  word = word.substr(0, word.find_first_of(" \r\n"));
  return ascii_equal(word, "OK") || ascii_equal(word, "NO") || ascii_equal(word, "BAD") ||
         ascii_equal(word, "BYE") || ascii_equal(word, "PREAUTH");
}

struct Announcement {
  std::size_t brace;     // offset of '{'
  std::uint64_t octets;  // kLongestLiteral + 1: absurd
};

// `{n}` or `{n+}` at the end of a line without its CRLF.
std::optional<Announcement> literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  std::size_t end = line.size() - 1;
  if (end > 0 && (line[end - 1] == '+' || line[end - 1] == '-')) --end;
  std::size_t start = end;
  while (start > 0 && line[start - 1] >= '0' && line[start - 1] <= '9') --start;
  if (start == end || start == 0 || line[start - 1] != '{') return std::nullopt;
  std::size_t brace = start - 1;
  // Inside a word it is part of an odd name, not an announcement.
  if (brace > 0 && !std::strchr(" ()[]<>~\"", line[brace - 1])) return std::nullopt;
  auto octets = to_number(line.substr(start, end - start));
  if (!octets || *octets > kLongestLiteral) octets = kLongestLiteral + 1;
  return Announcement{brace, *octets};
}

}  // namespace

void ReceiveBuffer::append(std::string_view bytes) {
  if (drop_ > 0 && at_ == data_.size()) {  // inside a dropped literal: don't even copy
    auto n = static_cast<std::size_t>(std::min<std::uint64_t>(drop_, bytes.size()));
    drop_ -= n;
    bytes.remove_prefix(n);
  }
  close_gap();
  if (begin_ > 0) {
    data_.erase(0, begin_);
    end_ -= begin_;
    at_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  data_.append(bytes);
}

bool ReceiveBuffer::enter_literal(std::size_t line_end) {
  std::string_view line(data_.data() + at_, line_end - at_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  auto announced = literal_at_end(line);
  if (!announced) return false;
  if (announced->octets > literal_limit_ - std::min(kept_, literal_limit_)) {
    data_[at_ + announced->brace + 1] = '-';
    drop_ = announced->octets;
  } else {
    keep_ = announced->octets;
    kept_ += announced->octets;
    if (keep_ > kKeepCapacity) data_.reserve(line_end + 1 + keep_ + 1024);
  }
  return true;
}

void ReceiveBuffer::take(std::size_t octets) {
  if (end_ != at_) std::memmove(data_.data() + end_, data_.data() + at_, octets);
  end_ += octets;
  at_ += octets;
  searched_ = at_;
}

void ReceiveBuffer::close_gap() {
  data_.erase(end_, at_ - end_);
  searched_ -= at_ - end_;
  at_ = end_;
}

ReceiveBuffer::Framed ReceiveBuffer::more() {
  close_gap();
  return Framed::more;
}

ReceiveBuffer::Framed ReceiveBuffer::frame() {
  for (;;) {
    if (keep_ > 0) {
      if (data_.size() - at_ < keep_) return more();
      take(std::exchange(keep_, 0));
    }
    if (drop_ > 0) {
      auto n = static_cast<std::size_t>(std::min<std::uint64_t>(drop_, data_.size() - at_));
      searched_ = at_ += n;
      drop_ -= n;
      if (drop_ > 0) return more();
    }
    const char* from = data_.data() + searched_;
    auto found = static_cast<const char*>(std::memchr(from, '\n', data_.size() - searched_));
    std::size_t line_end = found ? static_cast<std::size_t>(found - data_.data()) : data_.size();
    if (end_ - begin_ - kept_ + (line_end - at_) > line_limit_) return Framed::too_long;
    if (!found) {
      searched_ = data_.size();
      return more();
    }
    if (first_line_) {
      plain_ = is_plain({data_.data() + at_, line_end - at_});
      first_line_ = false;
    }
    bool literal = !plain_ && enter_literal(line_end);
    if (drop_ > kLongestLiteral || keep_ > kLongestLiteral) return Framed::too_long;
    take(line_end + 1 - at_);
    if (!literal) return Framed::ready;
  }
}

void ReceiveBuffer::consume() {
  begin_ = end_ = searched_ = at_;
  kept_ = 0;
  first_line_ = true;
  plain_ = false;
  if (begin_ == data_.size()) {
    data_.clear();
    begin_ = end_ = at_ = searched_ = 0;
    if (data_.capacity() > kKeepCapacity) data_.shrink_to_fit();
  }
}

void ReceiveBuffer::clear() {
  ReceiveBuffer fresh;
  fresh.set_limits(line_limit_, literal_limit_);
  std::swap(*this, fresh);
}

void ReceiveBuffer::release() {
  if (empty() && end_ == begin_ && keep_ == 0 && drop_ == 0) clear();
}

}  // namespace hearback::protocols::imap
