#include "net/dial.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "net/address.hpp"
#include "net/real_env.hpp"
#include "net/resolve.hpp"

namespace hearback::net {
namespace {

using Dialed = Result<std::unique_ptr<protocols::Connection>>;
using Connected = Result<std::shared_ptr<Channel>>;

// One answer for everything that the policy forbids, so that nobody learns from it what is where.
Failure forbidden() {
  return fail(Kind::denied, "net.forbidden-address",
              "Connections to this server, port or kind of security aren't allowed here.",
              "Use the mail provider's public server name and usual ports with TLS, or ask the "
              "operator of this program.");
}

// One answer for names that nobody has and for names of hosts that the policy forbids: which names
// there are on the operator's own network is told to nobody.
Failure nowhere() {
  return fail(Kind::permanent, "net.host-not-found",
              "There is no server of this name that may be connected to from here.",
              "Check the spelling of the server name. For a server on a private network, ask the "
              "operator of this program.");
}

// The same, at the same time whatever the reason was: a multiple of this, since a look-up may take
// longer than one.
constexpr Duration kForbiddenTakes = 500ms;

bool forbids_some(const DialPolicy& policy) {
  return !policy.allow_loopback || !policy.allow_private;
}

bool port_allowed(std::uint16_t port, const DialPolicy& policy) {
  static constexpr std::uint16_t kUsual[] = {143, 993, 25, 465, 587, 2525, 443};
  if (port == 0) return false;
  if (policy.ports.empty()) return std::ranges::find(kUsual, port) != std::end(kUsual);
  if (policy.ports == std::vector<std::uint16_t>{0}) return true;
  return std::ranges::find(policy.ports, port) != policy.ports.end();
}

std::string without_brackets(std::string host) {
  if (host.size() > 2 && host.starts_with('[') && host.ends_with(']'))
    return host.substr(1, host.size() - 2);
  return host;
}

Error connect_error(int error) {
  switch (error) {
    case ECONNREFUSED:
      return {Kind::transient, "net.refused", "The server refuses connections to this port.",
              "Check the server name and the port."};
    case ETIMEDOUT:
      return {Kind::transient, "net.timeout", "The server did not answer in time.",
              "Check the server name and the port, or try again later."};
    default:
      return {Kind::transient, "net.unreachable", "The server can't be reached from here.",
              "Check the server name, or try again later."};
  }
}

// A dead peer is noticed within about three minutes, also while nothing is said (IDLE).
void set_socket_options(int fd) {
  auto set = [fd](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 30);
  set(IPPROTO_TCP, TCP_KEEPCNT, 4);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 120'000);
}

// Of one name that are tried: who owns a name could have this program knock on thousands of doors
// of others, and leave none of them the time to open.
constexpr std::size_t kMostAddresses = 8;

// Of both families, where there are both: one of them may lead nowhere.
void keep_some(std::vector<Address>& addresses) {
  const auto all = addresses.size();
  const auto of_v6 = static_cast<std::size_t>(std::ranges::count(addresses, true, &Address::v6));
  const bool both = of_v6 > 0 && of_v6 < all;
  std::size_t kept[2] = {};
  std::erase_if(addresses, [&](const Address& one) {
    return ++kept[one.v6] > (both ? kMostAddresses / 2 : kMostAddresses);
  });
}

Task<Connected> connect_to(Core& core, Address address, std::uint16_t port,
                           Clock::time_point deadline) {
  int fd = ::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) co_return Failure(connect_error(errno));
  set_socket_options(fd);
  auto channel = std::make_shared<Channel>(core, fd);
  Core::Hook at_stop(core, [&channel](bool) { channel->interrupt(); });
  sockaddr_storage to;
  auto size = fill_sockaddr(address, port, to);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), size) != 0) {
    if (errno != EINPROGRESS) co_return Failure(connect_error(errno));
    auto ready = co_await channel->until(Direction::write, deadline, true);
    if (ready == Ready::timed_out) co_return Failure(connect_error(ETIMEDOUT));
    if (ready != Ready::yes)
      co_return fail(Kind::transient, "net.stopping", "The program is stopping.");
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) co_return Failure(connect_error(error));
  }
  co_return channel;
}

// In turn, each with its share of the time that is left. The error that tells most is kept.
Task<Connected> connect_to_any(Core& core, std::vector<Address> addresses, std::uint16_t port,
                               Clock::time_point deadline) {
  Connected best = Failure(connect_error(ENETUNREACH));
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    auto now = Clock::now();
    if (now >= deadline) break;
    auto share = (deadline - now) / static_cast<int>(addresses.size() - i);
    auto result = co_await connect_to(core, addresses[i], port, now + share);
    if (result) co_return result;
    if (result.error().code == "net.stopping") co_return result;
    if (best.error().code == "net.unreachable" || result.error().code == "net.refused")
      best = std::move(result);
  }
  co_return best;
}

Task<Result<std::vector<Address>>> find_addresses(Core& core, const DialPolicy& policy,
                                                  std::string host, Clock::time_point deadline) {
  for (const auto& [name, address] : policy.hosts) {
    if (!ascii_equal(normal_host(name), host)) continue;
    auto fixed = parse_address(address);
    if (!fixed)
      co_return fail(Kind::permanent, "net.host-not-found",
                     "The address that is configured for this server can't be read.");
    co_return std::vector{*fixed};
  }
  co_return co_await resolve(core, std::move(host), policy.name_servers, deadline);
}

Task<Dialed> refuse(std::shared_ptr<Core> core, Clock::time_point begin, Failure failure) {
  auto spent = std::chrono::duration_cast<Duration>(Clock::now() - begin);
  co_await sleep_on(std::move(core), kForbiddenTakes - spent % kForbiddenTakes);
  co_return failure;
}

}  // namespace

Task<Dialed> dial_checked(std::shared_ptr<Core> core, std::shared_ptr<ClientTls> tls,
                          DialPolicy policy, Deadlines deadlines, Endpoint endpoint,
                          Duration patience) {
  if (core->stopping()) co_return fail(Kind::transient, "net.stopping", "The program is stopping.");
  auto begin = Clock::now();
  auto end = after(patience);
  if (!port_allowed(endpoint.port, policy) ||
      (endpoint.security == Security::none && !policy.allow_plain))
    co_return co_await refuse(core, begin, forbidden());
  auto host = normal_host(without_brackets(endpoint.host));
  if (host.empty())
    co_return fail(Kind::permanent, "net.host-not-found", "This is no server name.",
                   "Check the spelling of the server name.");
  auto connect_by = std::min(end, after(deadlines.connect));
  auto addresses = co_await find_addresses(*core, policy, host, connect_by);
  const bool unknown = !addresses && addresses.error().code == "net.host-not-found";
  if (!addresses && !unknown) co_return Failure(addresses.error());
  if (unknown && !forbids_some(policy)) co_return nowhere();
  if (addresses) {
    const auto own = own_addresses();
    std::erase_if(*addresses, [&](const Address& a) { return !may_dial(to_text(a), policy, own); });
    keep_some(*addresses);
  }
  if (unknown || addresses->empty())
    co_return co_await refuse(core, begin, parse_address(host) ? forbidden() : nowhere());
  auto channel = co_await connect_to_any(*core, std::move(*addresses), endpoint.port, connect_by);
  if (!channel) co_return Failure(channel.error());
  if (endpoint.security == Security::tls) {
    Core::Hook at_stop(*core, [&channel](bool) { (*channel)->close(); });
    auto error =
        co_await become_tls_client(*channel, tls, host, std::min(end, after(deadlines.tls)));
    if (error) co_return Failure(std::move(*error));
  }
  co_return std::make_unique<SocketConnection>(core, std::move(*channel), tls);
}

}  // namespace hearback::net
