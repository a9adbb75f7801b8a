#include "api/zip.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace hearback::api {
namespace {

TEST(Checksum, IsThatOfOtherPrograms) {
  Checksum sum;
  EXPECT_EQ(sum.crc32(), 0u);
  sum.add("1234");
  sum.add("56789");
  EXPECT_EQ(sum.crc32(), 0xCBF43926u);  // the check value that every list of CRCs names
  EXPECT_EQ(sum.octets(), 9u);
}

std::uint32_t date_in(std::string_view head) {
  std::uint32_t date = 0;
  for (int i = 0; i < 4; ++i)
    date |= static_cast<std::uint32_t>(static_cast<unsigned char>(head[10 + i])) << 8 * i;
  return date;
}

TEST(Zip, DatesOutsideItsCalendarAreTheNearest) {
  struct Row {
    const char* date;
    std::uint32_t year, month, day, hour, minute, seconds;
  };
  const Row rows[] = {
      {"2026-11-18T10:47:33.999Z", 2026, 11, 18, 10, 47, 32},
      {"1980-01-01T00:00:00.000Z", 1980, 1, 1, 0, 0, 0},
      {"1971-05-05T05:05:05.000Z", 1980, 1, 1, 0, 0, 0},
      {"2107-12-31T23:59:59.500Z", 2107, 12, 31, 23, 59, 58},
      {"2200-01-01T00:00:00.000Z", 2107, 12, 31, 23, 59, 58},
  };
  for (const auto& row : rows) {
    const auto date = date_in(Zip(*from_rfc3339(row.date)).head("a", Checksum()));
    EXPECT_EQ((date >> 25) + 1980, row.year) << row.date;
    EXPECT_EQ(date >> 21 & 15, row.month) << row.date;
    EXPECT_EQ(date >> 16 & 31, row.day) << row.date;
    EXPECT_EQ(date >> 11 & 31, row.hour) << row.date;
    EXPECT_EQ(date >> 5 & 63, row.minute) << row.date;
    EXPECT_EQ((date & 31) * 2, row.seconds) << row.date;
  }
}

TEST(Zip, IsAsLongAsWasSaid) {
  Zip zip(Instant{});
  std::uint64_t written = 0, said = Zip::kEmpty;
  for (const std::string name : {"a.txt", "b", "\xC3\xA4.pdf"}) {
    Checksum sum;
    sum.add(name);
    written += zip.head(name, sum).size() + name.size();
    said += Zip::octets_of(name, name.size());
  }
  EXPECT_EQ(written + zip.end().size(), said);
}

}  // namespace
}  // namespace hearback::api
