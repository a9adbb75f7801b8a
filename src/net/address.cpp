#include "net/address.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "net/loop.hpp"

namespace hearback::net {
namespace {

std::uint32_t number_at(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}

constexpr std::uint32_t ip(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}

enum class Class { loopback, private_net, never };

struct Range4 {
  std::uint32_t net;
  int bits;
  Class what;
};

// Everything that isn't a public unicast address.
constexpr Range4 kRanges4[] = {
    {ip(0, 0, 0, 0), 8, Class::never},             // "this network"
    {ip(10, 0, 0, 0), 8, Class::private_net},      //
    {ip(100, 64, 0, 0), 10, Class::private_net},   // shared, RFC 6598
    {ip(127, 0, 0, 0), 8, Class::loopback},        //
    {ip(169, 254, 0, 0), 16, Class::private_net},  // link-local
    {ip(172, 16, 0, 0), 12, Class::private_net},   //
    {ip(192, 0, 0, 0), 24, Class::never},          // protocol assignments
    {ip(192, 0, 2, 0), 24, Class::never},          // documentation
    {ip(192, 31, 196, 0), 24, Class::never},       // AS112
    {ip(192, 52, 193, 0), 24, Class::never},       // AMT
    {ip(192, 88, 99, 0), 24, Class::never},        // 6to4 relay, RFC 7526
    {ip(192, 168, 0, 0), 16, Class::private_net},  //
    {ip(192, 175, 48, 0), 24, Class::never},       // AS112
    {ip(198, 18, 0, 0), 15, Class::never},         // benchmarks
    {ip(198, 51, 100, 0), 24, Class::never},       // documentation
    {ip(203, 0, 113, 0), 24, Class::never},        // documentation
    {ip(224, 0, 0, 0), 4, Class::never},           // multicast
    {ip(240, 0, 0, 0), 4, Class::never},           // reserved, broadcast
};

struct Range6 {
  std::uint16_t words[8];
  int bits;
  Class what;
};

constexpr Range6 kRanges6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 1}, 128, Class::loopback},
    {{0x2001}, 23, Class::never},                  // protocol assignments; Teredo is read before
    {{0x2001, 0x0db8}, 32, Class::never},          // documentation
    {{0x2620, 0x004f, 0x8000}, 48, Class::never},  // AS112
    {{0x3fff}, 20, Class::never},                  // documentation, RFC 9637
    {{0xfc00}, 7, Class::private_net},             // unique local
    {{0xfe80}, 10, Class::private_net},            // link-local
    {{0xfec0}, 10, Class::private_net},            // site-local, RFC 3879
    {{0x0064, 0xff9b, 0x0001}, 48, Class::private_net},  // local translation, RFC 8215
};

bool same_prefix(const std::uint8_t* a, const std::uint8_t* b, int bits) {
  if (std::memcmp(a, b, static_cast<std::size_t>(bits / 8)) != 0) return false;
  if (bits % 8 == 0) return true;
  auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return (a[bits / 8] & mask) == (b[bits / 8] & mask);
}

bool starts_with(const Address& address, std::initializer_list<std::uint16_t> words) {
  const std::uint8_t* p = address.bytes.data();
  for (auto word : words) {
    if (p[0] != word >> 8 || p[1] != (word & 0xff)) return false;
    p += 2;
  }
  return true;
}

void add(Reach& reach, Class what) {
  reach.loopback |= what == Class::loopback;
  reach.private_net |= what == Class::private_net;
  reach.never |= what == Class::never;
}

void add(Reach& reach, const Reach& more) {
  reach.loopback |= more.loopback;
  reach.private_net |= more.private_net;
  reach.never |= more.never;
}

Reach reach_of_v4(std::uint32_t address) {
  Reach reach;
  for (const auto& range : kRanges4)
    if ((address ^ range.net) >> (32 - range.bits) == 0) add(reach, range.what);
  return reach;
}

Reach embedded_at(const Address& address, int offset) {
  return reach_of_v4(number_at(address.bytes.data() + offset));
}

bool in_range(const Address& address, const Range6& range) {
  std::uint8_t net[16];
  for (int i = 0; i < 8; ++i) {
    net[2 * i] = static_cast<std::uint8_t>(range.words[i] >> 8);
    net[2 * i + 1] = static_cast<std::uint8_t>(range.words[i] & 0xff);
  }
  return same_prefix(address.bytes.data(), net, range.bits);
}

// The interface identifier of ISATAP, RFC 5214 section 6.1: [02]00:5efe:a.b.c.d
bool is_isatap(const Address& address) {
  const auto& b = address.bytes;
  return (b[8] & 0xfc) == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe;
}

Reach reach_of_v6(const Address& address) {
  if (starts_with(address, {0, 0, 0, 0, 0, 0xffff})) return embedded_at(address, 12);     // mapped
  if (starts_with(address, {0x64, 0xff9b, 0, 0, 0, 0})) return embedded_at(address, 12);  // NAT64
  Reach reach;
  for (const auto& range : kRanges6)
    if (in_range(address, range)) add(reach, range.what);
  if (reach.loopback) return reach;
  if (starts_with(address, {0x2002})) add(reach, embedded_at(address, 2));  // 6to4
  if (starts_with(address, {0x2001, 0})) {                                  // Teredo, RFC 4380
    reach.never = false;
    add(reach, embedded_at(address, 4));
    add(reach, reach_of_v4(~number_at(address.bytes.data() + 12)));
  }
  if (is_isatap(address)) add(reach, embedded_at(address, 12));
  // What IANA hasn't given out as global unicast leads nowhere: also ::/96 and multicast.
  bool global = (address.bytes[0] & 0xe0) == 0x20;
  if (!global && !reach.private_net) reach.never = true;
  return reach;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
  std::string copy(text);
  Address address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address = {.v6 = true};
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
  return text;
}

std::optional<Address> address_of(const sockaddr* from) {
  Address address;
  if (from->sa_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(from);
    std::memcpy(address.bytes.data(), &in->sin_addr, 4);
    return address;
  }
  if (from->sa_family == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(from);
    address.v6 = true;
    std::memcpy(address.bytes.data(), &in->sin6_addr, 16);
    return address;
  }
  return std::nullopt;
}

unsigned fill_sockaddr(const Address& address, std::uint16_t port, sockaddr_storage& out) {
  out = {};
  if (address.v6) {
    auto& in = reinterpret_cast<sockaddr_in6&>(out);
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
    return sizeof in;
  }
  auto& in = reinterpret_cast<sockaddr_in&>(out);
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  std::memcpy(&in.sin_addr, address.bytes.data(), 4);
  return sizeof in;
}

Address unmapped(const Address& address) {
  if (!address.v6 || !starts_with(address, {0, 0, 0, 0, 0, 0xffff})) return address;
  Address inner;
  std::copy_n(address.bytes.begin() + 12, 4, inner.bytes.begin());
  return inner;
}

std::string network_of(const Address& given) {
  auto address = unmapped(given);
  if (!address.v6) return to_text(address);
  std::fill(address.bytes.begin() + 8, address.bytes.end(), std::uint8_t{0});
  return to_text(address) + "/64";
}

std::string network_of(std::string_view text) {
  const auto address = parse_address(text);
  return address ? network_of(*address) : std::string(text);
}

bool is_loopback(const Address& address) { return reach_of(address).loopback; }

Reach reach_of(const Address& address) {
  return address.v6 ? reach_of_v6(address) : reach_of_v4(number_at(address.bytes.data()));
}

bool within(const Address& address, std::string_view range) {
  auto slash = range.find('/');
  auto net = parse_address(range.substr(0, slash));
  if (!net || net->v6 != address.v6) return false;
  std::uint64_t width = net->v6 ? 128 : 32;
  std::uint64_t bits = width;
  if (slash != range.npos) {
    auto given = to_number(range.substr(slash + 1));
    if (!given || *given > width) return false;
    bits = *given;
  }
  return same_prefix(address.bytes.data(), net->bytes.data(), static_cast<int>(bits));
}

std::vector<Address> own_addresses() {
  std::vector<Address> own;
  ifaddrs* interfaces = nullptr;
  if (::getifaddrs(&interfaces) != 0) return own;
  for (const auto* one = interfaces; one; one = one->ifa_next)
    if (const auto address = one->ifa_addr ? address_of(one->ifa_addr) : std::nullopt)
      own.push_back(*address);
  ::freeifaddrs(interfaces);
  return own;
}

bool may_dial(std::string_view text, const DialPolicy& policy, const std::vector<Address>& own) {
  auto address = parse_address(text);
  if (!address) return false;
  auto reach = reach_of(*address);
  // One on a private network stays what it is: who allows those allows it too.
  if (!reach.private_net && std::ranges::count(own, unmapped(*address)) > 0) reach.loopback = true;
  return !reach.never && (policy.allow_loopback || !reach.loopback) &&
         (policy.allow_private || !reach.private_net);
}

}  // namespace hearback::net
