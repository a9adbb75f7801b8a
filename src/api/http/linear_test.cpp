// What a request says to the API is read in time that grows with its octets, whatever they are.
#include "fakes/linear.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "api/http/call.hpp"
#include "api/http/guard.hpp"
#include "api/http/members.hpp"
#include "api/http/pages.hpp"
#include "api/route.hpp"

namespace hearback::api {
namespace {

using fakes::expect_linear;

constexpr std::size_t kOctets = 32 << 10;

net::HttpRequest request_with(std::string name, std::string_view value) {
  net::HttpRequest request;
  request.method = "GET";
  request.path = "/";
  request.headers = {{std::move(name), std::string(value)}};
  return request;
}

TEST(Linear, Cookies) {
  const std::vector<fakes::Shape> shapes = {
      {"", "a=b; "}, {"", ";"},  {"", "="},          {"", " "},          {"", "hearback"},
      {"", "a"},     {"", "\t"}, {"hearback=", "a"}, {"hearback=", "."}, {"", "hearback;"}};
  expect_linear(
      {"cookie",
       [](std::string_view octets) { (void)credentials_of(request_with("cookie", octets)); },
       kOctets, shapes});
  expect_linear({"cookies",
                 [](std::string_view octets) {
                   net::HttpRequest request;
                   for (std::size_t i = 0; i < octets.size() / 4; ++i)
                     request.headers.emplace_back("cookie", "a=b");
                   (void)credentials_of(request);
                 },
                 kOctets,
                 {{"", "a"}}});
  expect_linear(
      {"token",
       [](std::string_view octets) { (void)credentials_of(request_with("authorization", octets)); },
       kOctets,
       {{"Bearer ", " "}, {"Bearer hb_", "a"}, {"Bearer hb_", "."}, {"", "Bearer "}}});
}

TEST(Linear, HostsAndOrigins) {
  expect_linear({"transport",
                 [](std::string_view octets) {
                   auto request = request_with("host", octets);
                   request.headers.emplace_back("origin", octets);
                   request.headers.emplace_back("sec-fetch-site", octets);
                   request.secure = true;
                   (void)check_transport(request, {"hub.example", "other.example"});
                   (void)check_origin(request, true);
                 },
                 kOctets,
                 {{"", "a"}, {"", ":"}, {"", "["}, {"[", "]"}, {"a:", "1"}, {"", "."}, {"", "A"}}});
}

TEST(Linear, Routes) {
  expect_linear({"route",
                 [](std::string_view octets) { (void)match("GET", octets); },
                 kOctets,
                 {{"/api/v1", "/"},
                  {"/api/v1", "/a"},
                  {"/api/v1/messages/", "a", "/body"},
                  {"/api/v1/messages/", "/"},
                  {"/api/v1/", "{id}/"},
                  {"/api/v1", "/api/v1"},
                  {"", "/"},
                  {"/mailboxes", "/a"}}});
}

TEST(Linear, Pages) {
  const auto directory = std::filesystem::path(::testing::TempDir()) / "linear_pages";
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "index.html") << "<p>";
  for (const char* field : {"accept-encoding", "if-none-match"})
    expect_linear({field,
                   [&](std::string_view octets) {
                     (void)serve_page(directory.string(), request_with(field, octets));
                   },
                   kOctets,
                   {{"", "br,"},
                    {"", "br;q=0,"},
                    {"", "br;"},
                    {"br;q=", "0"},
                    {"", "\"a\", "},
                    {"", "W/"},
                    {"", ","},
                    {"", " "},
                    {"", "*"}}});
  expect_linear({"path",
                 [&](std::string_view octets) {
                   auto request = request_with("x", "");
                   request.path = octets;
                   (void)serve_page(directory.string(), request);
                 },
                 kOctets,
                 {{"/", "a"}, {"", "/"}, {"", "/a"}, {"/", "."}, {"/assets/", "a"}}});
  std::filesystem::remove_all(directory);
}

void read_members(std::string_view body) {
  auto request = request_with("content-type", "application/json");
  request.body = body;
  auto object = read_object(request);
  if (!object) return;
  Members members(*object);
  (void)members.text("a", {1, 100});
  (void)members.texts("b", {0, 100}, {1, 100});
  (void)members.problem();
}

TEST(Linear, JsonBodies) {
  expect_linear({"json",
                 read_members,
                 kOctets,
                 {{"", " "},
                  {"", "["},
                  {"", "{"},
                  {"", "{\"a\":"},
                  {"[", "1,"},
                  {"[", "[],"},
                  {"[", "{\"a\":1},"},
                  {"[", "{\"a\":1,\"a\":1},"},
                  {"{", "\"a\":1,"},
                  {"{\"a\":[", "{\"a\":{\"a\":1}},", "1]}"},
                  {"{\"a\":\"", "\\u0061", "\"}"},
                  {"{\"a\":\"", "\\ud83d\\ude00", "\"}"},
                  {"{\"a\":\"", "\\"},
                  {"{\"b\":[", "\"a\",", "\"a\"]}"},
                  {"{\"", "\\u0061", "\":1}"},
                  {"{\"a\":", "1"},
                  {"{\"a\":0.", "1", "}"},
                  {"{\"a\":1e", "9", "}"},
                  {"{\"a\":-", "0"},
                  {"", "true"},
                  {"\"", "\xC3"}}});
  // So quick that the allocator is seen: each size lies where that maps memory for each string.
  expect_linear({"json, one string",
                 read_members,
                 16 * kOctets,
                 {{"{\"a\":\"", "a", "\"}"},
                  {"{\"a\":\"", " ", "\"}"},
                  {"{\"", "a", "\":1}"},
                  {"{\"", "\xC3\xA4", "\":1}"}}});
}

// As many members as octets can name, and all of them anew in each object.
TEST(Linear, NamesOfJson) {
  const auto named = [](std::size_t octets, std::string_view between) {
    std::string text = "{";
    for (int i = 0; text.size() < octets; ++i) {
      if (i > 0) text += between;
      text += '"' + std::to_string(i) + "\":0";
    }
    return text + "}";
  };
  for (const char* between : {",", ",\"\":{},"})
    expect_linear({"names",
                   [&](std::string_view octets) { read_members(named(octets.size(), between)); },
                   kOctets,
                   {{"", "a"}}});
  expect_linear({"depth",
                 [&](std::string_view octets) {
                   std::string text;
                   for (int depth = 0; depth < 30; ++depth) text += "{\"x\":";
                   read_members(text + named(octets.size(), ",") + std::string(30, '}'));
                 },
                 kOctets,
                 {{"", "a"}}});
}

}  // namespace
}  // namespace hearback::api
