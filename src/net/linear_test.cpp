// What a client says is read in time that grows with its octets, whatever they are. A head has few
// octets (Limits::http_header_octets): each is read so often that what is quadratic shows in them.
#include "fakes/linear.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/limits.hpp"
#include "net/http_message.hpp"
#include "net/http_parser.hpp"
#include "net/http_range.hpp"

namespace hearback::net {
namespace {

using fakes::expect_linear;
using fakes::Shape;

const std::size_t kHead = Limits().http_header_octets;

// As a connection does it: what has come is put in as it comes. The status that refuses it, or 0.
int read_head(std::string_view octets, std::size_t at_once) {
  RequestParser parser(kHead);
  std::string input;
  int status = 0;
  while (!octets.empty() && status == 0 && !parser.header_done()) {
    const auto piece = octets.substr(0, at_once);
    input += piece;
    octets.remove_prefix(piece.size());
    status = parser.put_header(input);
  }
  RequestParser::Header header;
  if (status == 0 && parser.header_done()) status = parser.take_header(header);
  return status;
}

const std::string kEnd = " HTTP/1.1\r\nHost: x\r\n\r\n";

std::vector<Shape> heads() {
  constexpr std::string_view line = "GET / HTTP/1.1\r\nHost: x\r\n", end = "\r\n\r\n";
  static const std::string value = std::string(line) + "X: ",
                           cookie = std::string(line) + "Cookie: ",
                           connection = std::string(line) + "Connection: ",
                           codings = std::string(line) + "Transfer-Encoding: ",
                           length = std::string(line) + "Content-Length: ",
                           expect = std::string(line) + "Expect: ", name = std::string(line) + "X";
  return {{"", "\r\n"},
          {"", "\r"},
          {"", "\n"},
          {"", "G"},
          {"GET ", " "},
          {"GET /", "a", kEnd},
          {"GET /", "/", kEnd},
          {"GET /", "%41", kEnd},
          {"GET / HTTP/1.1", " "},
          {line, "a:\r\n", "\r\n"},
          {line, "a: b\r\n", "\r\n"},
          {line, "Host: x\r\n", "\r\n"},
          {line, "Cookie: a=b\r\n", "\r\n"},
          {line, "Connection: a\r\n", "\r\n"},
          {line, ":"},
          {line, "a\r\n"},
          {name, "x", ": a\r\n\r\n"},
          {value, "a", end},
          {value, " ", end},
          {value, "\t", end},
          {value, "a ", end},
          {value, "\r\n ", end},
          {value, "\r"},
          {cookie, "a=b; ", end},
          {connection, "a,", end},
          {connection, ",", end},
          {connection, "close,", end},
          {connection, "\"\\", end},
          {codings, "chunked,", end},
          {codings, "a;b=\"c\",", end},
          {length, "0", end},
          {length, "0,", end},
          {expect, " ", end},
          {"GET / HTTP/1.1\r\nHost: ", "x", end}};
}

TEST(Linear, HttpHeads) {
  const auto read = [](std::size_t at_once, int times) {
    return [=](std::string_view octets) {
      for (int i = 0; i < times; ++i) (void)read_head(octets, at_once);
    };
  };
  expect_linear({"head", read(kHead, 4), kHead / 8, heads()});
  expect_linear({"head in drips", read(7, 1), kHead / 4, heads()});
}

// What belongs to no head any more is refused, in whatever pieces it comes: a head is kept in
// memory, and nobody has shown who they are.
TEST(Linear, HttpHeadsHaveAnEnd) {
  for (const auto& shape : heads()) {
    const auto endless = fakes::made({shape.start, shape.piece}, 2 * kHead);
    const auto ended = fakes::made(shape, 2 * kHead);
    for (std::size_t at_once : {2, 7, 1000, 32'000, 200'000}) {
      EXPECT_NE(read_head(endless, at_once), 0)
          << shape.start << " … " << shape.piece << " " << at_once;
      EXPECT_NE(read_head(ended, at_once), 0)
          << shape.start << " … " << shape.piece << " … " << shape.end << " " << at_once;
    }
  }
}

void read_body(std::string_view framing, std::string_view octets, std::size_t at_once) {
  RequestParser parser(kHead);
  std::string input = "POST / HTTP/1.1\r\nHost: x\r\n" + std::string(framing) + "\r\n\r\n";
  ASSERT_EQ(parser.put_header(input), 0);
  parser.set_body_limit(Limits().upload_octets);
  int status = 0;
  while (!octets.empty() && status == 0 && !parser.done()) {
    const auto piece = octets.substr(0, at_once);
    input += piece;
    octets.remove_prefix(piece.size());
    status = parser.put_body(input);
  }
}

TEST(Linear, HttpBodies) {
  static const std::string chunk = "4000\r\n" + std::string(0x4000, 'a') + "\r\n";
  for (std::size_t at_once : {std::size_t{64 << 10}, std::size_t{7}})
    expect_linear({"chunks",
                   [at_once](std::string_view octets) {
                     read_body("Transfer-Encoding: chunked", octets, at_once);
                   },
                   16 << 10,
                   {{"", "1\r\na\r\n"},
                    {"", "1;a=b\r\na\r\n"},
                    {"", "1;a=\"\\\"\"\r\na\r\n"},
                    {"", chunk},
                    {"", "0"},
                    {"", "1;"},
                    {"1;a=\"", "a"},
                    {"1;a=\"", "\\"},
                    {"", "\r\n"},
                    {"ffffff\r\n", "a"},
                    {"0\r\n", "a: b\r\n", "\r\n"},
                    {"0\r\na: ", "b"}}});
  expect_linear({"length",
                 [](std::string_view octets) {
                   read_body("Content-Length: " + std::to_string(octets.size()), octets, 1460);
                 },
                 1 << 20,
                 {{"", "a"}}});
}

TEST(Linear, HttpTargets) {
  expect_linear({"target",
                 [](std::string_view octets) {
                   if (auto target = parse_target(octets)) {
                     HttpRequest request;
                     set_target(request, std::move(*target));
                   }
                 },
                 32 << 10,
                 {{"/", "a"},
                  {"/", "/"},
                  {"/", "a/"},
                  {"/", "%41"},
                  {"/", "%2f"},
                  {"/", "%"},
                  {"/", "%C3%A4"},
                  {"/", "\xF0"},
                  {"/", "./"},
                  {"/?", "a"},
                  {"/", "?"},
                  {"/", "#"},
                  {"http://", "a"},
                  {"http://", "a", "/"},
                  {"http://a", "?"},
                  {"", "http://"}}});
}

TEST(Linear, HttpQueries) {
  expect_linear({"query",
                 [](std::string_view octets) {
                   HttpRequest request;
                   request.query = octets;
                   (void)request.parameter("q");
                 },
                 32 << 10,
                 {{"", "a=b&"},
                  {"", "q&", "q=1"},
                  {"", "&"},
                  {"", "="},
                  {"", "a"},
                  {"", "%71=%"},
                  {"", "%71&"},
                  {"", "%"},
                  {"q=", "+"},
                  {"q=", "%41"},
                  {"q=", "="}}});
}

TEST(Linear, HttpRanges) {
  expect_linear({"range",
                 [](std::string_view octets) {
                   HttpRequest request;
                   request.headers = {{"range", std::string(octets)},
                                      {"if-range", std::string(octets)}};
                   (void)asked_range(request, 1000, octets);
                   request.headers.pop_back();
                   (void)asked_range(request, 1000, octets);
                 },
                 64 << 10,
                 {{"bytes=", "0-0,"},
                  {"bytes=", "0"},
                  {"bytes=", "-"},
                  {"bytes=", " "},
                  {"bytes=0-", "0"},
                  {"bytes=0-", " "},
                  {"bytes=-", "9"},
                  {"", "bytes="},
                  {"", " "}}});
}

TEST(Linear, HttpOrigins) {
  const auto proxy = *parse_address("10.0.0.1");
  expect_linear({"origin",
                 [proxy](std::string_view octets) {
                   HttpRequest request;
                   request.headers = {{"x-forwarded-for", std::string(octets)},
                                      {"x-forwarded-proto", std::string(octets)}};
                   set_origin(request, proxy, false, {"10.0.0.0/8", "fd00::/8"});
                 },
                 128 << 10,  // where memory comes from the system at either size
                 {{"", "10.0.0.2,"},
                  {"", "10.0.0.2:1,"},
                  {"", "[fd00::1]:1, "},
                  {"", ","},
                  {"", " "},
                  {"", "["},
                  {"", ":"},
                  {"", "1"},
                  {"", "https,"}}});
  // The same said in many fields, of a peer that is believed and of one that isn't.
  for (const auto& proxies : {std::vector<std::string>{"10.0.0.0/8"}, std::vector<std::string>{}})
    expect_linear({"origins",
                   [proxy, &proxies](std::string_view octets) {
                     HttpRequest request;
                     for (std::size_t i = 0; i < octets.size() / 4; ++i)
                       request.headers.emplace_back("x-forwarded-for", "10.0.0.2");
                     set_origin(request, proxy, false, proxies);
                   },
                   16 << 10,
                   {{"", "a"}}});
}

}  // namespace
}  // namespace hearback::net
