#include "protocols/imap/response.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

Status status_of(std::string_view word) {
  if (ascii_equal(word, "OK")) return Status::ok;
  if (ascii_equal(word, "NO")) return Status::no;
  if (ascii_equal(word, "BAD")) return Status::bad;
  if (ascii_equal(word, "BYE")) return Status::bye;
  if (ascii_equal(word, "PREAUTH")) return Status::preauth;
  return Status::none;
}

std::string_view without_line_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "[CODE arguments] text"; a code without its bracket or without text is taken as it is.
void read_status_text(std::string_view line, Response& response) {
  line = trim(without_line_end(line));
  if (!line.starts_with('[')) {
    response.text = line;
    return;
  }
  std::size_t end = 1;
  for (bool quote = false; end < line.size(); ++end) {
    if (line[end] == '"') quote = !quote;
    if (line[end] == ']' && !quote) break;
  }
  auto inside = line.substr(1, end - 1);
  if (end < line.size()) response.text = trim(line.substr(end + 1));
  auto space = inside.find(' ');
  response.code = inside.substr(0, space);
  if (space != std::string_view::npos) response.arguments = trim(inside.substr(space + 1));
}

bool read_flags(Lexer& lexer, FetchData& data) {
  if (!lexer.take('(')) return false;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.take(')')) return true;
    const auto flag = lexer.atom();
    if (flag.empty()) return false;
    data.draft = data.draft || ascii_equal(flag, "\\Draft");
  }
}

// Reads the value of one known item. False: the value can't be read as what it ought to be.
bool read_item(std::string_view name, Lexer& lexer, FetchData& data) {
  if (ascii_equal(name, "UID")) {
    auto value = lexer.number();
    if (!value || *value > UINT32_MAX) return false;
    data.uid = static_cast<std::uint32_t>(*value);
    return true;
  }
  if (ascii_equal(name, "RFC822.SIZE")) {
    auto value = lexer.number();
    if (value) data.octets = *value;
    return value.has_value();
  }
  if (ascii_equal(name, "INTERNALDATE")) {
    auto value = lexer.string();
    if (!value) return false;
    if (auto date = read_date_time(value->bytes)) data.internal_date = *date;
    return true;
  }
  if (ascii_equal(name, "FLAGS")) return read_flags(lexer, data);
  bool header = ascii_starts_with(name, "BODY[HEADER");
  if (header || ascii_equal(name, "BODY[]")) {
    auto value = lexer.string();
    if (!value) return false;
    (header ? data.header : data.body) = *value;
    return true;
  }
  return lexer.skip_value();
}

bool two_digits(std::string_view text, std::size_t at, int& out) {
  char a = text[at] == ' ' ? '0' : text[at], b = text[at + 1];
  if (a < '0' || a > '9' || b < '0' || b > '9') return false;
  out = (a - '0') * 10 + (b - '0');
  return true;
}

std::string two(int n) {
  std::string s = std::to_string(n);
  return n < 10 ? "0" + s : s;
}

std::string four(int n) {
  std::string s = std::to_string(n);
  return s.size() < 4 ? std::string(4 - s.size(), '0') + s : s;
}

struct Civil {
  int year, month, day;
  std::int64_t second_of_day;
};

Civil civil(Instant t) {
  auto seconds = t.ms >= 0 ? t.ms / 1000 : -((-t.ms + 999) / 1000);
  auto days = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
  std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())), seconds - days * 86400};
}

}  // namespace

Response read_response(std::string_view bytes) {
  Response response;
  if (bytes.starts_with('+')) {
    response.form = Response::Form::go_ahead;
    read_status_text(bytes.substr(1), response);
    // A SASL challenge may begin with a bracket only by mistake: it is base64.
    response.rest = trim(without_line_end(bytes.substr(1)));
    return response;
  }
  Lexer lexer(bytes);
  auto tag = lexer.atom();
  if (tag.empty() || lexer.peek() != ' ') return response;
  lexer.skip_spaces();
  bool tagged = tag != "*";
  if (!tagged) {
    Lexer ahead = lexer;
    if (auto number = ahead.number(); number && ahead.peek() == ' ') {
      ahead.skip_spaces();
      response.numbered = true;
      response.number = static_cast<std::uint32_t>(std::min<std::uint64_t>(*number, UINT32_MAX));
      lexer = ahead;
    }
  }
  auto word = lexer.atom();
  response.status = status_of(word);
  if (tagged && (response.status == Status::none || response.status == Status::preauth))
    return response;
  response.form = tagged ? Response::Form::tagged : Response::Form::data;
  response.tag = tagged ? tag : std::string_view();
  if (response.status != Status::none) {
    read_status_text(lexer.rest(), response);
  } else if (word.empty()) {
    response.form = Response::Form::garbage;
  } else {
    response.word = word;
    lexer.skip_spaces();
    response.rest = lexer.rest();
  }
  return response;
}

FetchData read_fetch(std::uint32_t sequence, std::string_view rest, std::size_t nesting) {
  FetchData data;
  data.sequence = sequence;
  Lexer lexer(rest, nesting);
  lexer.skip_spaces();
  if (!lexer.take('(')) return data;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.take(')')) {
      data.whole = true;
      return data;
    }
    if (lexer.at_end()) return data;
    auto name = lexer.item_name();
    if (name.empty()) {  // garbage between items
      if (!lexer.skip_value()) return data;
      continue;
    }
    lexer.skip_spaces();
    Lexer before = lexer;
    if (read_item(name, lexer, data)) continue;
    lexer = before;
    if (!lexer.skip_value()) return data;
  }
}

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

}  // namespace

std::optional<ListedFolder> read_list(std::string_view rest, std::size_t nesting,
                                      std::size_t attributes) {
  Lexer lexer(rest, nesting);
  ListedFolder folder;
  if (!lexer.take('(')) return std::nullopt;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.take(')')) break;
    auto attribute = lexer.atom();
    if (attribute.empty()) return std::nullopt;
    if (folder.attributes.size() < attributes) folder.attributes.insert(ascii_lower(attribute));
  }
  lexer.skip_spaces();
  auto delimiter = lexer.string();
  lexer.skip_spaces();
  auto name = lexer.string();
  if (!delimiter || !name || name->too_large) return std::nullopt;
  if (!delimiter->nil) {
    auto text = delimiter->copy();
    if (text.size() == 1 && text[0] > ' ' && text[0] <= '~') folder.delimiter = text[0];
  }
  // A folder may be called NIL.
  folder.wire_name = name->nil ? "NIL" : name->copy();
  if (folder.wire_name.empty()) return std::nullopt;
  if (ascii_equal(folder.wire_name, "INBOX"))
    folder.name = "INBOX";
  else if (auto decoded = utf7_to_utf8(folder.wire_name))
    folder.name = to_valid_utf8(*decoded);
  else
    folder.name = to_valid_utf8(folder.wire_name);
  // Modified UTF-7 can say any of them.
  std::ranges::replace_if(folder.name, is_control, ' ');
  return folder;
}

std::optional<FolderStatus> read_status(std::string_view rest, std::size_t nesting) {
  Lexer lexer(rest, nesting);
  auto name = lexer.string();
  if (!name) return std::nullopt;
  FolderStatus facts;
  facts.wire_name = name->nil ? "NIL" : name->copy();
  // An unquoted name with spaces in it: some servers forget the quotes.
  for (lexer.skip_spaces(); !lexer.at_end() && lexer.peek() != '('; lexer.skip_spaces()) {
    auto word = lexer.atom();
    if (word.empty() && !lexer.take(')')) return std::nullopt;
    facts.wire_name += " " + std::string(word);
  }
  if (!lexer.take('(')) return std::nullopt;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.take(')')) return facts;
    auto item = lexer.atom();
    if (item.empty()) return std::nullopt;
    lexer.skip_spaces();
    auto value = lexer.number();
    if (!value) {
      if (!lexer.skip_value()) return std::nullopt;
      continue;
    }
    auto small = static_cast<std::uint32_t>(std::min<std::uint64_t>(*value, UINT32_MAX));
    if (ascii_equal(item, "MESSAGES")) facts.exists = small;
    if (ascii_equal(item, "UIDNEXT")) facts.uid_next = small;
    if (ascii_equal(item, "UIDVALIDITY")) facts.uid_validity = small;
  }
}

std::optional<Instant> read_date_time(std::string_view text) {
  using namespace std::chrono;
  if (text.size() == 25) {  // a one-digit day without its space
    if (text[1] != '-') return std::nullopt;
  } else if (text.size() != 26) {
    return std::nullopt;
  }
  char padded[26];
  padded[0] = ' ';
  std::copy(text.begin(), text.end(), padded + (26 - text.size()));
  std::string_view t(padded, 26);
  int day, hour, minute, second, century, year, zone_hours, zone_minutes;
  auto month = std::find_if(kMonths.begin(), kMonths.end(),
                            [&](auto name) { return ascii_equal(name, t.substr(3, 3)); });
  bool good = two_digits(t, 0, day) && t[2] == '-' && month != kMonths.end() && t[6] == '-' &&
              two_digits(t, 7, century) && two_digits(t, 9, year) && two_digits(t, 12, hour) &&
              two_digits(t, 15, minute) && two_digits(t, 18, second) &&
              (t[21] == '+' || t[21] == '-') && two_digits(t, 22, zone_hours) &&
              two_digits(t, 24, zone_minutes);
  if (!good || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  year_month_day date{std::chrono::year(century * 100 + year),
                      std::chrono::month(static_cast<unsigned>(month - kMonths.begin() + 1)),
                      std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t at =
      sys_days(date).time_since_epoch().count() * 86400ll + hour * 3600 + minute * 60 + second;
  std::int64_t zone = zone_hours * 3600 + zone_minutes * 60;
  return Instant{(t[21] == '+' ? at - zone : at + zone) * 1000};
}

std::string write_date_time(Instant t) {
  auto c = civil(t);
  auto s = static_cast<int>(c.second_of_day);
  std::string day = std::to_string(c.day);
  return (c.day < 10 ? " " + day : day) + "-" + std::string(kMonths[c.month - 1]) + "-" +
         four(c.year) + " " + two(s / 3600) + ":" + two(s / 60 % 60) + ":" + two(s % 60) + " +0000";
}

std::string write_date(Instant t) {
  auto c = civil(t);
  return std::to_string(c.day) + "-" + std::string(kMonths[c.month - 1]) + "-" + four(c.year);
}

bool expand_uids(std::string_view set, std::size_t at_most, std::vector<std::uint32_t>& out) {
  Lexer lexer(set);
  for (;;) {
    auto first = lexer.number();
    if (!first || *first > UINT32_MAX) return false;
    auto last = first;
    if (lexer.take(':')) {
      last = lexer.number();
      if (!last || *last > UINT32_MAX) return false;
    }
    if (*last < *first) std::swap(first, last);
    if (*last - *first >= at_most - std::min(at_most, out.size())) return false;
    for (auto uid = *first; uid <= *last; ++uid) out.push_back(static_cast<std::uint32_t>(uid));
    if (!lexer.take(',')) return true;
  }
}

std::vector<std::string> compress_uids(const std::vector<std::uint32_t>& uids, std::size_t octets,
                                       std::size_t count) {
  std::vector<std::string> sets;
  std::string set;
  std::size_t in_set = 0;
  count = std::max<std::size_t>(count, 1);
  for (std::size_t i = 0; i < uids.size();) {
    std::size_t end = i + 1;
    while (end < uids.size() && uids[end] == uids[end - 1] + 1 && in_set + (end - i) < count) ++end;
    std::string range = std::to_string(uids[i]);
    if (end - i > 1) range += ":" + std::to_string(uids[end - 1]);
    if (!set.empty() && (set.size() + 1 + range.size() > octets || in_set >= count)) {
      sets.push_back(std::exchange(set, {}));
      in_set = 0;
      continue;  // the run may be longer in a set of its own
    }
    if (!set.empty()) set += ',';
    set += range;
    in_set += end - i;
    i = end;
  }
  if (!set.empty()) sets.push_back(std::move(set));
  return sets;
}

}  // namespace hearback::protocols::imap
