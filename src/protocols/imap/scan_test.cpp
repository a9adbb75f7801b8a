// The header scan is the hot path: it must neither allocate per message nor hold more than one
// response and one read. Allocations are counted, not timed.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "protocols/imap/engine.hpp"
#include "protocols/imap/header_scan.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace hearback::protocols::imap {
namespace {

std::string answers(int messages) {
  std::string header =
      "From: =?utf-8?q?Zo=C3=A9?= Martin <zoe.martin@example.org>\r\n"
      "To: Recruiting Team <team@hub.example>\r\nSubject: My application\r\n"
      "Date: Mon, 2 Nov 2026 10:11:12 +0100\r\nMessage-ID: <abc.def@example.org>\r\n\r\n";
  std::string out;
  for (int i = 1; i <= messages; ++i) {
    auto n = std::to_string(i);
    out += "* " + n + " FETCH (UID " + n +
           " INTERNALDATE \" 2-Nov-2026 10:11:13 +0100\" RFC822.SIZE 4286 BODY[HEADER.FIELDS (FROM "
           "TO CC BCC REPLY-TO SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES)] {" +
           std::to_string(header.size()) + "}\r\n" + header + ")\r\n";
  }
  return out;
}

// Reads `bytes` in reads of `chunk` as the driver would bring them.
struct Scan {
  std::size_t items = 0, header_octets = 0, peak = 0, allocations = 0;
};
Scan scan(const std::string& bytes, std::size_t chunk) {
  Scan result;
  Session::HeaderScan wanted;
  wanted.ranges.push_back({1, UINT32_MAX});
  wanted.item = [&](const HeaderItem& item) {
    ++result.items;
    result.header_octets += item.header.size();
  };
  Engine engine({}, {});
  engine.folder_open("INBOX");
  Dialogue<Result<>> dialogue([&](Wire& wire) { return scan_headers(engine, wire, wanted); });
  Outcome outcome;
  std::size_t at = 0;
  for (;;) {
    auto before = allocations.load();
    auto action = dialogue.resume(std::move(outcome));
    if (at >= 4 * chunk) result.allocations += allocations.load() - before;
    result.peak = std::max(result.peak, engine.buffer().capacity());
    if (!action || at >= bytes.size()) break;
    outcome = {};
    if (std::holds_alternative<Write>(*action)) continue;
    outcome.bytes = bytes.substr(at, chunk);
    at += chunk;
  }
  return result;
}

TEST(HeaderScan, AllocatesNothingPerMessage) {
  constexpr int kMessages = 20'000;
  auto bytes = answers(kMessages);
  for (std::size_t chunk : {4096u, 65536u, 262144u}) {
    auto result = scan(bytes, chunk);
    EXPECT_EQ(result.items, static_cast<std::size_t>(kMessages)) << chunk;
    EXPECT_GE(result.header_octets, 200u * kMessages);
    EXPECT_LE(result.allocations, 2u) << chunk;
    EXPECT_LE(result.peak, 3 * chunk) << chunk;
  }
}

}  // namespace
}  // namespace hearback::protocols::imap
