// Dates (RFC 5322 section 3.3), with the obsolete forms and what senders make of them.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "base/text.hpp"
#include "mail/header.hpp"
#include "mail/phrases.hpp"

namespace hearback::mail {
namespace {

// How months' names start in en de fr es it pt nl pl sv da nb fi. Days' names that start like a
// month's have 0; the longest start counts.
struct Month {
  std::string_view start;
  int number;
};
constexpr Month months[] = {
    {"jan", 1},   {"jän", 1},   {"ene", 1},   {"gen", 1},   {"sty", 1},   {"tammi", 1},
    {"feb", 2},   {"fév", 2},   {"fev", 2},   {"lut", 2},   {"helmi", 2}, {"mar", 3},
    {"mär", 3},   {"maer", 3},  {"mrz", 3},   {"maart", 3}, {"mrt", 3},   {"maalis", 3},
    {"mard", 0},  {"marte", 0}, {"apr", 4},   {"avr", 4},   {"abr", 4},   {"kwi", 4},
    {"huhti", 4}, {"may", 5},   {"mai", 5},   {"mag", 5},   {"mei", 5},   {"maj", 5},
    {"touko", 5}, {"jun", 6},   {"juin", 6},  {"giu", 6},   {"cze", 6},   {"kesä", 6},
    {"jul", 7},   {"juil", 7},  {"lug", 7},   {"lip", 7},   {"heinä", 7}, {"aug", 8},
    {"aoû", 8},   {"aou", 8},   {"ago", 8},   {"sie", 8},   {"elok", 8},  {"sep", 9},
    {"set", 9},   {"wrz", 9},   {"syys", 9},  {"oct", 10},  {"okt", 10},  {"ott", 10},
    {"out", 10},  {"paź", 10},  {"loka", 10}, {"nov", 11},  {"lis", 11},  {"marras", 11},
    {"dec", 12},  {"déc", 12},  {"dez", 12},  {"dic", 12},  {"gru", 12},  {"des", 12},
    {"joulu", 12}};

int month_of(std::string_view word) {
  auto folded = fold_case(word.substr(0, 24));
  const Month* best = nullptr;
  for (auto& month : months)
    if (folded[0] == month.start[0] && folded.starts_with(month.start) &&
        (!best || month.start.size() > best->start.size()))
      best = &month;
  return best ? best->number : 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::uint8_t(c) >= 0x80;
}

struct Zone {
  std::string_view name;
  int hours;
};
constexpr Zone zones[] = {{"ut", 0},   {"gmt", 0},  {"utc", 0},  {"z", 0},    {"est", -5},
                          {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6},
                          {"pst", -8}, {"pdt", -7}, {"cet", 1},  {"cest", 2}, {"met", 1},
                          {"mest", 2}, {"bst", 1},  {"wet", 0},  {"west", 1}, {"eet", 2},
                          {"eest", 3}, {"jst", 9},  {"msk", 3}};

class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  std::optional<Instant> read() {
    while (skip_space(), !rest_.empty())
      if (!token()) return std::nullopt;
    if (day_ == 0 || month_ == 0 || year_ < 0 || !has_time_) return std::nullopt;
    using namespace std::chrono;
    year_month_day date{year{year_}, month{unsigned(month_)}, day{unsigned(day_)}};
    if (!date.ok() || year_ < 1900 || year_ > 9999) return std::nullopt;
    std::int64_t seconds = std::int64_t(sys_days(date).time_since_epoch().count()) * 86400 +
                           hour_ * 3600 + minute_ * 60 + second_ - offset_ * 60;
    return Instant{seconds * 1000};
  }

 private:
  void skip_space() {
    int depth = 0;
    std::size_t i = 0;
    for (; i < rest_.size(); ++i) {
      char c = rest_[i];
      if (c == '(')
        ++depth;
      else if (c == ')')
        depth -= depth > 0;
      else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ',')
        break;
    }
    rest_.remove_prefix(i);
  }

  // Up to 9 digits; -1 where there are none or too many.
  int number(std::size_t* length) {
    int value = 0;
    std::size_t n = 0;
    while (n < rest_.size() && is_digit(rest_[n])) {
      if (n == 9) return -1;
      value = value * 10 + (rest_[n++] - '0');
    }
    *length = n;
    rest_.remove_prefix(n);
    return n ? value : -1;
  }

  bool token() {
    char c = rest_.front();
    if (is_digit(c)) return digits();
    if (is_letter(c)) return letters();
    if ((c == '+' || c == '-') && has_time_) return numeric_zone();
    if (c == '-' || c == '.' || c == '/') {  // "21-Nov-2026"
      rest_.remove_prefix(1);
      return true;
    }
    if (has_time_) {  // an unreadable zone after a readable time
      rest_ = {};
      return true;
    }
    return false;
  }

  bool digits() {
    std::size_t length;
    int value = number(&length);
    if (value < 0) return false;
    if (!has_time_ && length <= 2 && rest_.size() > 1 && rest_[0] == ':' && is_digit(rest_[1]))
      return time(value);
    if (day_ == 0 && length <= 2) {
      day_ = value;
      return value >= 1 && value <= 31;
    }
    if (year_ < 0 && month_ != 0) {
      year_ = value;
      // RFC 5322 section 4.3
      if (length == 2) year_ += value < 50 ? 2000 : 1900;
      if (length == 3) year_ += 1900;
      return true;
    }
    return has_time_;  // numbers behind a complete date are ignored
  }

  bool time(int hour) {
    std::size_t length;
    hour_ = hour;
    rest_.remove_prefix(1);
    minute_ = number(&length);
    if (minute_ < 0) return false;
    if (rest_.size() > 1 && rest_[0] == ':' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      second_ = number(&length);
      if (second_ < 0) return false;
      if (rest_.size() > 1 && rest_[0] == '.' && is_digit(rest_[1])) {  // fractions
        rest_.remove_prefix(1);
        number(&length);
      }
    }
    has_time_ = true;
    return hour_ <= 23 && minute_ <= 59 && second_ <= 60;
  }

  bool letters() {
    std::size_t n = 0;
    while (n < rest_.size() && is_letter(rest_[n])) ++n;
    auto word = rest_.substr(0, n);
    rest_.remove_prefix(n);
    if (rest_.starts_with('.')) rest_.remove_prefix(1);
    // The day's name may look like a month's ("mar" is Tuesday in Paris): the last one counts.
    if (!has_time_ || month_ == 0)
      if (int month = month_of(word)) {
        month_ = month;
        return true;
      }
    if (!has_time_) return true;  // the day of the week
    if (ascii_equal(word, "pm") && hour_ < 12) hour_ += 12;
    if (ascii_equal(word, "am") && hour_ == 12) hour_ = 0;
    if (has_numeric_zone_) return true;  // which a name behind it repeats, often wrongly
    for (auto& zone : zones)
      if (ascii_equal(word, zone.name)) offset_ = zone.hours * 60;
    return true;  // military and unknown zones count as UTC (RFC 5322 section 4.3)
  }

  bool numeric_zone() {
    bool west = rest_.front() == '-';
    rest_.remove_prefix(1);
    std::size_t length;
    int value = number(&length);
    if (value < 0) return true;
    if (length <= 2 && rest_.size() > 1 && rest_[0] == ':' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      int minutes = number(&length);
      value = value * 100 + (minutes < 0 ? 0 : minutes);
    } else if (length <= 2) {
      value *= 100;
    }
    int minutes = value / 100 * 60 + value % 100;
    if (minutes > 24 * 60 || value % 100 > 59) minutes = 0;
    offset_ = west ? -minutes : minutes;
    has_numeric_zone_ = true;
    return true;
  }

  std::string_view rest_;
  int day_ = 0, month_ = 0, year_ = -1, hour_ = 0, minute_ = 0, second_ = 0;
  int offset_ = 0;  // minutes east of UTC
  bool has_time_ = false, has_numeric_zone_ = false;
};

}  // namespace

std::optional<Instant> parse_date(std::string_view body) {
  bool plain = body.find("=?") == body.npos && std::none_of(body.begin(), body.end(), [](char c) {
                 return std::uint8_t(c) >= 0x80;
               });
  if (plain) return DateReader(body).read();
  auto decoded = decode_words(body);  // a localized month, in whatever charset
  return DateReader(decoded).read();
}

std::string format_date(Instant t) {
  using namespace std::chrono;
  sys_time<milliseconds> moment{milliseconds(t.ms)};
  auto days = floor<std::chrono::days>(moment);
  year_month_day date(days);
  hh_mm_ss time(floor<seconds>(moment - days));
  constexpr std::array<const char*, 7> names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char out[64];
  std::snprintf(
      out, sizeof out, "%s, %02u %s %04d %02d:%02d:%02d +0000", names[weekday(days).c_encoding()],
      unsigned(date.day()), month_names[unsigned(date.month()) - 1], int(date.year()),
      int(time.hours().count()), int(time.minutes().count()), int(time.seconds().count()));
  return out;
}

}  // namespace hearback::mail
