// Every parser of the room is linear, whatever its input: on each hostile shape the time for four
// times the octets is held against that for the octets once. Only this thread's CPU time counts
// and of several tries the best, so that a busy machine changes nothing.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <string>

#include "mail/address.hpp"
#include "mail/header.hpp"
#include "mail/html.hpp"
#include "mail/media.hpp"
#include "mail/parse.hpp"
#include "mail/text.hpp"

namespace hearback::mail {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

struct Shape {
  std::string_view start, piece;
  std::string_view end = "";
};

std::string made(const Shape& shape, std::size_t octets) {
  std::string out(shape.start);
  out.reserve(octets + shape.piece.size() + shape.end.size());
  while (out.size() < octets) out += shape.piece;
  out += shape.end;
  return out;
}

double seconds_for(const std::function<void(std::string_view)>& parser, std::string_view input) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    double begin = cpu_seconds();
    parser(input);
    best = std::min(best, cpu_seconds() - begin);
    if (best > 0.2) break;
  }
  return best;
}

struct Reader {
  std::string_view name;
  std::function<void(std::string_view)> parser;
  std::size_t octets;  // of the smallest input
  std::vector<Shape> shapes;
};

void expect_linear(const Reader& reader) {
  for (auto& shape : reader.shapes) {
    double before = seconds_for(reader.parser, made(shape, reader.octets));
    for (int factor : {2, 4}) {
      double now = seconds_for(reader.parser, made(shape, reader.octets * std::size_t(factor)));
      // What takes less than a millisecond says more about caches than about us.
      EXPECT_LE(now, 3 * std::max(before, 0.001))
          << reader.name << ": " << shape.start << " … " << shape.piece.substr(0, 30);
      before = now;
    }
  }
}

TEST(Linear, Html) {
  expect_linear({"html",
                 [](std::string_view html) { read_html(html); },
                 16 << 10,
                 {{"", "<div>"},
                  {"", "<div></span>"},
                  {"<div ", "a=b"},
                  {"<div ", "a=b "},
                  {"<div ", "a\"b'c"},
                  {"<div ", "a=\"b\""},
                  {"", "<a b=\""},
                  {"", "<a b='c\" "},
                  {"", "<"},
                  {"", "</"},
                  {"", "<!--"},
                  {"<!--", "--"},
                  {"<!--", "--!"},
                  {"", "<!"},
                  {"", "&"},
                  {"", "&amp"},
                  {"&#", "0"},
                  {"&", "a"},
                  {"", "<script>"},
                  {"<script>", "</"},
                  {"<title>", "</titl"},
                  {"", "<b><p>"},
                  {"", "<b></i>"},
                  {"", "<blockquote>a"},
                  {"", "<table><tr><td>"},
                  {"", "<table></td></tr>"},
                  {"", "<ul><li>a"},
                  {"", "<div style=display:none>"},
                  {"", "<p style='display:none'>a"},
                  {"<span style=display:none>", "<p></span>"},
                  {"", "<img src=cid:a>"},
                  {"<pre>", " \n"},
                  {"", "<br>"},
                  {"", " "},
                  {"", "&nbsp;"},
                  {"", "a\n"},
                  {"", "\xC2"},
                  {"<", "a"}}});
}

}  // namespace
}  // namespace hearback::mail
