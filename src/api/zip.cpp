#include "api/zip.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace hearback::api {
namespace {

constexpr std::uint64_t kLocal = 30, kCentral = 46;  // octets beside the name
constexpr std::uint16_t kVersion = 20, kUtf8 = 1 << 11, kStored = 0;
// Who made it: of archives from MS-DOS, Info-ZIP believes that names are in its code page.
constexpr std::uint16_t kUnix = 3 << 8;
constexpr std::uint32_t kPlainFile = 0100644u << 16;

constexpr std::array<std::uint32_t, 256> kCrc = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0xEDB88320u : 0);
    table[i] = value;
  }
  return table;
}();

void put16(std::string& to, std::uint64_t number) {
  for (int shift = 0; shift < 16; shift += 8) to += static_cast<char>(number >> shift & 0xFF);
}
void put32(std::string& to, std::uint64_t number) {
  put16(to, number);
  put16(to, number >> 16);
}

// Days from 1980 to 2107, to two seconds; what lies outside is the nearest of them.
std::uint32_t dos_date(Instant instant) {
  using namespace std::chrono;
  constexpr auto kFirst = sys_days(1980y / 1 / 1), kBehind = sys_days(2108y / 1 / 1);
  const auto time = std::clamp<sys_seconds>(
      floor<seconds>(sys_time<milliseconds>(milliseconds(instant.ms))), kFirst, kBehind - 1s);
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const auto years = static_cast<std::uint32_t>(static_cast<int>(date.year()) - 1980);
  return years << 25 | static_cast<unsigned>(date.month()) << 21 |
         static_cast<unsigned>(date.day()) << 16 |
         static_cast<std::uint32_t>(clock.hours().count()) << 11 |
         static_cast<std::uint32_t>(clock.minutes().count()) << 5 |
         static_cast<std::uint32_t>(clock.seconds().count()) / 2;
}

}  // namespace

void Checksum::add(std::string_view octets) {
  for (const char c : octets)
    rest_ = rest_ >> 8 ^ kCrc[(rest_ ^ static_cast<unsigned char>(c)) & 0xFF];
  octets_ += octets.size();
}

Zip::Zip(Instant date) : date_(dos_date(date)) {}

std::string Zip::head(std::string_view name, const Checksum& sum) {
  std::string shared;  // both headers say it
  put16(shared, kVersion);
  put16(shared, kUtf8);
  put16(shared, kStored);
  put32(shared, date_);
  put32(shared, sum.crc32());
  put32(shared, sum.octets());
  put32(shared, sum.octets());
  put16(shared, name.size());
  put16(shared, 0);  // extra fields

  std::string local("PK\x03\x04");
  local += shared;
  local += name;

  directory_ += "PK\x01\x02";
  put16(directory_, kUnix | kVersion);
  directory_ += shared;
  put16(directory_, 0);  // comment
  put16(directory_, 0);  // disk
  put16(directory_, 0);  // whether it's text
  put32(directory_, kPlainFile);
  put32(directory_, at_);
  directory_ += name;
  at_ += local.size() + sum.octets();
  ++files_;
  return local;
}

std::string Zip::end() const {
  std::string out = directory_;
  out += "PK\x05\x06";
  put32(out, 0);  // disks
  put16(out, files_);
  put16(out, files_);
  put32(out, directory_.size());
  put32(out, at_);
  put16(out, 0);  // comment
  return out;
}

std::uint64_t Zip::octets_of(std::string_view name, std::uint64_t octets) {
  return kLocal + kCentral + 2 * name.size() + octets;
}

}  // namespace hearback::api
