#include "api/csv.hpp"

#include <gtest/gtest.h>

#include "fakes/linear.hpp"

namespace hearback::api {
namespace {

std::string told(std::string_view octets, const Limits& limits = {}) {
  const auto csv = read_csv(octets, limits);
  if (!csv) return csv.error().code;
  std::string text;
  const auto add = [&](const std::vector<std::string>& cells) {
    for (const auto& cell : cells) text += "[" + cell + "]";
  };
  add(csv->header);
  for (const auto& row : csv->rows) {
    text += " " + std::to_string(row.line) + ":";
    add(row.cells);
  }
  return text;
}

TEST(Csv, O3_IsReadAsPeopleSaveIt) {
  const struct {
    std::string octets, told;
  } table[] = {
      {"a,b\n1,2\n", "[a][b] 2:[1][2]"},
      {"a,b\r\n1,2\r\n3,4", "[a][b] 2:[1][2] 3:[3][4]"},
      {"a;b\n1,5;2\n", "[a][b] 2:[1,5][2]"},
      {"a\tb\n1,5\t2;3\n", "[a][b] 2:[1,5][2;3]"},
      {"\"a,b\";c\n1;2\n", "[a,b][c] 2:[1][2]"},
      {"sep=;\r\na;b,c\r\n1;2\r\n", "[a][b,c] 3:[1][2]"},
      {"\xEF\xBB\xBF"
       "a,b\nü,2\n",
       "[a][b] 2:[ü][2]"},
      {"\xEF\xBB\xBF"
       "a,b\n\xFC,2\n",
       "[a][b] 2:[\xEF\xBF\xBD][2]"},
      {"Name;Stra\xDF"
       "e\nM\xFCller;\x80 5\n",
       "[Name][Straße] 2:[Müller][€ 5]"},
      {std::string("\xFF\xFE"
                   "a\0,\0b\0\n\0\xFC\0,\0"
                   "2\0",
                   16),
       "[a][b] 2:[ü][2]"},
      {"a,b\n\"one\ntwo\",2\n3,4\n", "[a][b] 2:[one\ntwo][2] 4:[3][4]"},
      {"a,b\n\"say \"\"hi\"\"\",2\n", "[a][b] 2:[say \"hi\"][2]"},
      {"a,b\nsay \"hi\",2\n", "[a][b] 2:[say \"hi\"][2]"},
      {"\n\na,b\n\n \n1,2\n\n", "[a][b] 6:[1][2]"},
      {"a,b\r1,2\r3,4\n5,6\r\n7,8", "[a][b] 2:[1][2] 3:[3][4] 4:[5][6] 5:[7][8]"},
      {"a,b\n1\n,,\n1,2,3,4,5\n", "[a][b] 2:[1] 4:[1][2][3]"},
      {"a;b\n;;\n \t; \n1;2\n;;\n", "[a][b] 4:[1][2]"},
      {"a,b\n=1+1,+49 30\n", "[a][b] 2:[=1+1][+49 30]"},
      {"a", "[a]"},
      {"", "import.empty"},
      {"\n \r\n", "import.empty"},
      {std::string("a,b\n1\0,2", 8), "import.not-csv"},
      {"a,b\n1,2\n\"3,4\n5,6\n", "import.unclosed-quote"},
  };
  for (const auto& row : table) EXPECT_EQ(told(row.octets), row.told) << row.octets;
}

TEST(Csv, O3_HasBounds) {
  std::string header = "a";
  for (int i = 1; i < 10'000; ++i) header += ",a";
  EXPECT_EQ(told(header), "import.too-many-columns");
  EXPECT_EQ(told("a,b\n" + header).size(), std::string("[a][b] 2:[a][a][a]").size());
  std::string lines = "a\n";
  for (int i = 0; i < 10'000; ++i) lines += "1\n";
  EXPECT_TRUE(read_csv(lines, {}));
  EXPECT_EQ(told(lines + "1"), "import.too-many-lines");
  const auto unclosed = read_csv("a,b\n1,2\n\n\"" + std::string(5 << 20, 'x'), {});
  ASSERT_FALSE(unclosed);
  EXPECT_EQ(unclosed.error().code, "import.unclosed-quote");
  EXPECT_NE(unclosed.error().what.find("line 4"), std::string::npos) << unclosed.error().what;
}

TEST(Csv, O3_IsReadInLinearTime) {
  const auto read = [](std::string_view octets) { (void)read_csv(octets, {}); };
  fakes::expect_linear({"csv",
                        read,
                        64 << 10,
                        {{"a,b\n\"", "\"\""},
                         {"a,b\n\"", "\n"},
                         {"a,b\n", ","},
                         {"", ","},
                         {"", "\n"},
                         {"", "\r"},
                         {"a,b\n", "\"\n"},
                         {"a,b\n", "x,y\n"},
                         {"\xFC", "\xE9;"}}});
  // So quick that the allocator is seen: each size lies where that maps memory for each string.
  fakes::expect_linear({"csv",
                        read,
                        256 << 10,
                        {{"a,b\n", "x"}, {"a,b\n\"", "x"}, {"a,b\n", " "}, {"\xFF\xFE", "a"}}});
}

}  // namespace
}  // namespace hearback::api
