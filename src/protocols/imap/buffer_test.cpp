#include "protocols/imap/buffer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hearback::protocols::imap {
namespace {

using Framed = ReceiveBuffer::Framed;

std::vector<std::string> frames(std::string_view bytes, std::size_t chunk,
                                std::size_t literal_limit = 1000) {
  ReceiveBuffer buffer;
  buffer.set_limits(1000, literal_limit);
  std::vector<std::string> found;
  while (!bytes.empty()) {
    buffer.append(bytes.substr(0, chunk));
    bytes.remove_prefix(std::min(chunk, bytes.size()));
    while (buffer.frame() == Framed::ready) {
      found.emplace_back(buffer.response());
      buffer.consume();
    }
  }
  return found;
}

void expect_frames(std::string_view bytes, const std::vector<std::string>& expected,
                   std::size_t literal_limit = 1000) {
  for (std::size_t chunk = 1; chunk <= bytes.size(); ++chunk)
    EXPECT_EQ(frames(bytes, chunk, literal_limit), expected) << "chunks of " << chunk;
}

TEST(ReceiveBuffer, Lines) {
  expect_frames("* OK hello\r\nA1 OK\r\n+ go\n* unfinished",
                {"* OK hello\r\n", "A1 OK\r\n", "+ go\n"});
}

TEST(ReceiveBuffer, LiteralsBelongToTheirResponse) {
  expect_frames("* 1 FETCH (BODY[] {5}\r\na\r\n\r\n UID {1+}\r\n7)\r\n* 2 EXISTS\r\n",
                {"* 1 FETCH (BODY[] {5}\r\na\r\n\r\n UID {1+}\r\n7)\r\n", "* 2 EXISTS\r\n"});
  constexpr std::string_view kBinary("* 1 FETCH (BINARY[] ~{3}\r\n\0\r\n)\r\n", 32);
  expect_frames(kBinary, {std::string(kBinary)});
}

TEST(ReceiveBuffer, TextForPeopleHoldsNoLiterals) {
  expect_frames("* OK looks like {5}\r\nH1 NO also {9}\r\n+ and {7}\r\n",
                {"* OK looks like {5}\r\n", "H1 NO also {9}\r\n", "+ and {7}\r\n"});
  expect_frames("* LIST () \"/\" name{5}\r\n* 1 EXISTS\r\n",
                {"* LIST () \"/\" name{5}\r\n", "* 1 EXISTS\r\n"});
}

TEST(ReceiveBuffer, LargeLiteralsAreDroppedOnArrival) {
  expect_frames("* 1 FETCH (BODY[] {12}\r\n0123456789ab UID 5)\r\nH1 OK\r\n",
                {"* 1 FETCH (BODY[] {-2}\r\n UID 5)\r\n", "H1 OK\r\n"}, 11);
  // The bound is for all literals of a response together.
  expect_frames("* X {6}\r\n012345 {6}\r\n012345 {2}\r\nab\r\nH1 OK\r\n",
                {"* X {6}\r\n012345 {-}\r\n {2}\r\nab\r\n", "H1 OK\r\n"}, 11);
  // Several of one read, and kept ones behind them.
  expect_frames("* X {9}\r\n123456789 {2}\r\nab{3}\r\n\r\n) {1}\r\nx{1}\r\ny\r\n* Y {3}\r\nabc\r\n",
                {"* X {-}\r\n {2}\r\nab{-}\r\n {1}\r\nx{-}\r\n\r\n", "* Y {3}\r\nabc\r\n"}, 3);
}

TEST(ReceiveBuffer, MemoryStaysBounded) {
  ReceiveBuffer buffer;
  buffer.set_limits(1000, 1000);
  buffer.append("* 1 FETCH (BODY[] {100000000}\r\n");
  std::string chunk(1 << 16, 'x');
  for (std::size_t sent = 0; sent + chunk.size() <= 100'000'000; sent += chunk.size()) {
    buffer.append(chunk);
    ASSERT_EQ(buffer.frame(), Framed::more);
    ASSERT_LE(buffer.capacity(), 4 * chunk.size());
  }
  buffer.clear();
  buffer.release();
  EXPECT_LE(buffer.capacity(), 64u);
}

TEST(ReceiveBuffer, EndlessLinesAndAbsurdLiteralsAreGivenUp) {
  ReceiveBuffer buffer;
  buffer.set_limits(100, 1000);
  buffer.append(std::string(101, 'x'));
  EXPECT_EQ(buffer.frame(), Framed::too_long);
  ReceiveBuffer other;
  other.append("* LIST () {99999999999}\r\n");
  EXPECT_EQ(other.frame(), Framed::too_long);
}

}  // namespace
}  // namespace hearback::protocols::imap
