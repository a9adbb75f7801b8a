#include "net/address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "net/loop.hpp"

namespace hearback::net {
namespace {

const DialPolicy kStrict{};
const DialPolicy kLoopback{.allow_loopback = true};
const DialPolicy kPrivate{.allow_private = true};
const DialPolicy kBoth{.allow_loopback = true, .allow_private = true};

// IPv4 addresses by what they are, with the edges of every range.
const std::vector<std::string> kPublic4 = {
    "1.0.0.0",        "1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",
    "100.63.255.255", "100.128.0.0",     "126.255.255.255", "128.0.0.0",       "169.253.255.255",
    "169.255.0.0",    "172.15.255.255",  "172.32.0.0",      "191.255.255.255", "192.0.1.0",
    "192.0.3.0",      "192.88.98.255",   "192.88.100.0",    "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0",      "198.51.99.255",   "198.51.101.0",    "203.0.112.255",
    "203.0.114.0",    "223.255.255.255", "193.99.144.80"};
const std::vector<std::string> kLoopback4 = {"127.0.0.0", "127.0.0.1", "127.0.1.1", "127.1.2.3",
                                             "127.255.255.255"};
const std::vector<std::string> kPrivate4 = {
    "10.0.0.0",        "10.0.0.1",       "10.255.255.255",  "100.64.0.0",      "100.100.100.100",
    "100.127.255.255", "169.254.0.0",    "169.254.169.254", "169.254.255.255", "172.16.0.0",
    "172.20.1.2",      "172.31.255.255", "192.168.0.0",     "192.168.1.1",     "192.168.255.255"};
const std::vector<std::string> kNever4 = {
    "0.0.0.0",         "0.0.0.1",      "0.255.255.255", "192.0.0.0",       "192.0.0.170",
    "192.0.0.255",     "192.0.2.0",    "192.0.2.255",   "192.31.196.1",    "192.52.193.1",
    "192.88.99.1",     "192.175.48.1", "198.18.0.0",    "198.19.255.255",  "198.51.100.0",
    "198.51.100.255",  "203.0.113.0",  "203.0.113.255", "224.0.0.0",       "224.0.0.1",
    "239.255.255.255", "240.0.0.0",    "254.1.2.3",     "255.255.255.254", "255.255.255.255"};

std::string in_hex(const std::string& v4, bool inverted = false) {
  auto address = parse_address(v4).value();
  char text[16];
  auto& b = address.bytes;
  unsigned flip = inverted ? 0xff : 0;
  std::snprintf(text, sizeof text, "%02x%02x:%02x%02x", b[0] ^ flip, b[1] ^ flip, b[2] ^ flip,
                b[3] ^ flip);
  return text;
}

// Every way to carry an IPv4 address whose verdict is the inner one's.
std::vector<std::string> carriers(const std::string& v4) {
  auto hex = in_hex(v4);
  return {"::ffff:" + v4,
          "::ffff:" + hex,
          "0:0:0:0:0:FFFF:" + v4,
          "64:ff9b::" + v4,
          "64:ff9b::" + hex,
          "2002:" + hex + "::1",
          "2002:" + hex + ":1:2:3:4:5",
          "2001:0:0101:0101:0:1234:" + in_hex(v4, true),           // Teredo, the client
          "2001:0:" + hex + ":0:1234:" + in_hex("8.8.8.8", true),  // Teredo, the server
          "2a00:1450::5efe:" + v4,
          "2a00:1450::200:5efe:" + hex};
}

struct Verdict {
  bool strict, loopback, private_net, both;
  bool operator==(const Verdict&) const = default;
};

Verdict verdict(const std::string& address) {
  return {may_dial(address, kStrict), may_dial(address, kLoopback), may_dial(address, kPrivate),
          may_dial(address, kBoth)};
}

constexpr Verdict kAlways{true, true, true, true}, kOnlyLoopback{false, true, false, true},
    kOnlyPrivate{false, false, true, true}, kNever{false, false, false, false};

int expect_all(const std::vector<std::string>& addresses, Verdict expected, bool carried = false) {
  int count = 0;
  for (const auto& address : addresses) {
    auto forms = carried ? carriers(address) : std::vector{address};
    for (const auto& form : forms) {
      EXPECT_TRUE(parse_address(form)) << form;
      EXPECT_TRUE(verdict(form) == expected) << form;
      ++count;
    }
  }
  return count;
}

TEST(Address, SEC3_EveryFormOfIpv4IsJudged) {
  int count = expect_all(kPublic4, kAlways) + expect_all(kLoopback4, kOnlyLoopback) +
              expect_all(kPrivate4, kOnlyPrivate) + expect_all(kNever4, kNever);
  count += expect_all(kPublic4, kAlways, true) + expect_all(kLoopback4, kOnlyLoopback, true) +
           expect_all(kPrivate4, kOnlyPrivate, true) + expect_all(kNever4, kNever, true);
  EXPECT_GT(count, 300);
}

TEST(Address, SEC3_EveryRangeOfIpv6IsJudged) {
  expect_all({"2000::1", "2001:200::1", "2001:4860:4860::8888", "2606:4700:4700::1111",
              "2a00:1450:4001::1", "2001:db7:ffff::1", "2001:db9::1", "2620:4f:7fff::1", "3ffe::1",
              "3fff:1000::1", "2a00::1:5efe:7f00:1", "2a00:0:0:0:1:5efe:127.0.0.1"},
             kAlways);
  expect_all({"::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001"}, kOnlyLoopback);
  expect_all({"fc00::", "fc00::1", "fd00::1", "fd00:ec2::254",
              "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::", "fe80::1", "febf::1", "fec0::1",
              "feff::1", "64:ff9b:1::", "64:ff9b:1::10.0.0.1", "64:ff9b:1:ffff::1"},
             kOnlyPrivate);
  expect_all({"::",
              "::2",
              "::127.0.0.1",
              "::7f00:1",
              "::8.8.8.8",
              "::10.0.0.1",
              "::ffff:0:7f00:1",
              "::ffff:0:8.8.8.8",
              "::fffe:127.0.0.1",
              "100::1",
              "100:0:0:1::1",
              "2001:1::1",
              "2001:2::1",
              "2001:3::1",
              "2001:4:112::1",
              "2001:10::1",
              "2001:1f::1",
              "2001:20::1",
              "2001:2f::1",
              "2001:30::1",
              "2001:1ff::1",
              "2001:db8::1",
              "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
              "2620:4f:8000::1",
              "3fff::1",
              "3fff:fff:ffff::1",
              "4000::1",
              "5f00::1",
              "8000::1",
              "e000::1",
              "fe00::1",
              "fe7f::1",
              "ff00::1",
              "ff02::1",
              "ff05::2",
              "ffff::1",
              "64:ff9b:0:1::8.8.8.8",
              "64:ff9a::8.8.8.8",
              "1::1",
              "1fff::1",
              "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
             kNever);
}

TEST(Address, SEC3_WorstOfTwoEmbeddedAddressesCounts) {
  // An ISATAP identifier under a unique local prefix, loopback inside.
  EXPECT_TRUE(verdict("fd00::5efe:127.0.0.1") == (Verdict{false, false, false, true}));
  EXPECT_TRUE(verdict("fe80::5efe:10.0.0.1") == kOnlyPrivate);
  EXPECT_TRUE(verdict("2002:0a00:0001::5efe:127.0.0.1") == (Verdict{false, false, false, true}));
  EXPECT_TRUE(verdict("2002:0808:0808::5efe:0.0.0.0") == kNever);
  // Teredo: server private, client loopback.
  EXPECT_TRUE(verdict("2001:0:0a00:1:0:0:" + in_hex("127.0.0.1", true)) ==
              (Verdict{false, false, false, true}));
}

TEST(Address, SEC3_OddSpellingsAreNoAddresses) {
  for (const char* text : {"",
                           " ",
                           "127.1",
                           "127.0.1",
                           "0x7f.1",
                           "0x7f000001",
                           "0x7f.0.0.1",
                           "2130706433",
                           "017700000001",
                           "0177.0.0.1",
                           "127.0.0.01",
                           "127.0.0.001",
                           "127.0.0.1.",
                           "127.0.0.1 ",
                           " 127.0.0.1",
                           "127.0.0.1\n",
                           "127.0.0",
                           "127.0.0.1.1",
                           "256.0.0.1",
                           "127.0.0.-1",
                           "+127.0.0.1",
                           "127.0.0.1/8",
                           "127.0.0.1:25",
                           "[::1]",
                           "[127.0.0.1]",
                           "::1%lo",
                           "fe80::1%eth0",
                           "fe80::1%1",
                           "::1%25lo",
                           "::1/128",
                           ":::1",
                           "1::2::3",
                           "::g",
                           "12345::",
                           "::ffff:127.1",
                           "::ffff:0x7f.0.0.1",
                           "::127.0.0.256",
                           "::ffff:0177.0.0.1",
                           "localhost",
                           "localhost.",
                           "example.org",
                           "١٢٧.0.0.1",
                           "127。0。0。1",
                           "１２７.0.0.1",
                           "0",
                           "1",
                           "0x0",
                           "::1 ",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9"}) {
    EXPECT_FALSE(parse_address(text)) << text;
    EXPECT_FALSE(may_dial(text, kBoth)) << text;
  }
  EXPECT_FALSE(may_dial(std::string("8.8.8.8\0", 8), kBoth));
  EXPECT_FALSE(may_dial(std::string("8.8.8.8\0.example", 16), kBoth));
  EXPECT_FALSE(may_dial(std::string(5000, '1'), kBoth));
}

// What this machine is called in public leads to it all the same: to ports that trust whoever comes
// from here.
TEST(Address, SEC3_ThisMachineByItsPublicAddressIsThisMachine) {
  const std::vector<Address> own = {
      parse_address("127.0.0.1").value(), parse_address("8.8.8.8").value(),
      parse_address("10.0.0.5").value(), parse_address("2a00:1450::1").value()};
  for (const char* text : {"8.8.8.8", "2a00:1450::1", "::ffff:8.8.8.8", "127.0.0.1"}) {
    EXPECT_FALSE(may_dial(text, kStrict, own)) << text;
    EXPECT_FALSE(may_dial(text, kPrivate, own)) << text;
    EXPECT_TRUE(may_dial(text, kLoopback, own)) << text;
  }
  EXPECT_TRUE(may_dial("10.0.0.5", kPrivate, own));
  EXPECT_FALSE(may_dial("10.0.0.5", kStrict, own));
  for (const char* text : {"8.8.8.9", "2a00:1450::2"}) EXPECT_TRUE(may_dial(text, kStrict, own));
}

TEST(Address, TheAddressesOfThisMachineAreKnown) {
  EXPECT_TRUE(std::ranges::count(own_addresses(), parse_address("127.0.0.1").value()) > 0);
}

TEST(Address, TextRoundTrip) {
  for (const char* text : {"127.0.0.1", "8.8.8.8", "::1", "2001:db8::1", "fe80::1"})
    EXPECT_EQ(to_text(parse_address(text).value()), text);
  EXPECT_EQ(to_text(unmapped(parse_address("::ffff:1.2.3.4").value())), "1.2.3.4");
  EXPECT_EQ(to_text(unmapped(parse_address("2a00::1").value())), "2a00::1");
}

TEST(Address, Ranges) {
  auto address = [](const char* text) { return parse_address(text).value(); };
  EXPECT_TRUE(within(address("10.1.2.3"), "10.0.0.0/8"));
  EXPECT_FALSE(within(address("11.1.2.3"), "10.0.0.0/8"));
  EXPECT_TRUE(within(address("10.1.2.3"), "10.1.2.3"));
  EXPECT_FALSE(within(address("10.1.2.4"), "10.1.2.3"));
  EXPECT_TRUE(within(address("10.1.2.3"), "0.0.0.0/0"));
  EXPECT_TRUE(within(address("10.1.2.3"), "10.1.2.0/30"));
  EXPECT_FALSE(within(address("10.1.2.4"), "10.1.2.0/30"));
  EXPECT_TRUE(within(address("fd00::1"), "fd00::/8"));
  EXPECT_FALSE(within(address("fe00::1"), "fd00::/8"));
  for (const char* bad : {"", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "fd00::/8"})
    EXPECT_FALSE(within(address("10.1.2.3"), bad)) << bad;
}

TEST(Network, IsWhatOnePartyHolds) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  EXPECT_NE(network_of("2001:db8:1:3::9"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("elsewhere"), "elsewhere");
}

}  // namespace
}  // namespace hearback::net
