#pragma once
// Numeric addresses: reading them, writing them, and which of them lead inward (IANA's special
// purpose registries, RFC 6890 and the forms that carry an IPv4 address inside an IPv6 one).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;
struct sockaddr_storage;

namespace hearback::net {

struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // IPv4: the first four
  bool operator==(const Address&) const = default;
};

// Strict: dotted decimal or RFC 4291 text; no zone, no brackets, no short or hexadecimal IPv4.
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);
std::optional<Address> address_of(const sockaddr* address);
// The length of what was written; an IPv6 socket is not needed for IPv4.
unsigned fill_sockaddr(const Address& address, std::uint16_t port, sockaddr_storage& out);

// ::ffff:a.b.c.d becomes a.b.c.d.
Address unmapped(const Address& address);
bool is_loopback(const Address& address);
// What one party can be taken to hold: an IPv4 address, an IPv6 /64 ("2001:db8::/64").
std::string network_of(const Address& address);
std::string network_of(std::string_view address);  // what is no address: itself

// What the operator must have allowed before this address may be connected to.
struct Reach {
  bool loopback = false;
  bool private_net = false;  // private, shared (CGNAT), link-local, unique local
  bool never = false;        // not a host that one connects to
};
Reach reach_of(const Address& address);

// Those of this machine's interfaces, as of now. What a router before it translates isn't among
// them.
std::vector<Address> own_addresses();

// "10.0.0.1" or "10.0.0.0/8".
bool within(const Address& address, std::string_view range);

}  // namespace hearback::net
