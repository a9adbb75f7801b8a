#include "net/http_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.hpp"
#include "net/http_connection.hpp"
#include "net/real_env.hpp"

namespace hearback::net {
namespace {

Failure cannot_listen(int error) {
  if (error == EADDRINUSE)
    return fail(Kind::conflict, "net.listen", "The port is taken by another program.",
                "Stop the other program or choose another port.");
  if (error == EACCES)
    return fail(Kind::denied, "net.listen", "The system doesn't let this program use the port.",
                "Choose a port above 1023, or give the program the right to lower ones.");
  return fail(Kind::input, "net.listen", "The address can't be listened on.",
              "Give a literal address of this machine, or 0.0.0.0 or :: for all.");
}

// So many are told that there is no place; the others are closed without a word.
constexpr std::size_t kToldAtOnce = 32;
constexpr Duration kTelling = 2s;

std::uint64_t descriptors() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
}

}  // namespace

HttpServer::HttpServer(std::shared_ptr<Core> core, ListenOptions options, HttpHandler& handler,
                       const Limits& limits, Duration request_deadline, Duration tls_deadline,
                       Spawn spawn)
    : core_(std::move(core)),
      options_(std::move(options)),
      handler_(handler),
      limits_(limits),
      request_deadline_(request_deadline),
      tls_deadline_(tls_deadline),
      spawn_(std::move(spawn)),
      seats_(seats_within(options_.connections, descriptors()), options_.connections_of_one),
      bodies_(limits.http_bodies_octets),
      answers_(limits.http_answers_octets) {}

Result<std::uint16_t> HttpServer::open() {
  if (options_.certificate_file.empty() != options_.key_file.empty())
    return fail(Kind::input, "net.certificate", "TLS needs both a certificate and its key.",
                "Give both files, or none for plain HTTP.");
  if (!options_.certificate_file.empty()) {
    auto context = make_server_context(options_.certificate_file, options_.key_file);
    if (!context) return Failure(context.error());
    tls_ = std::move(*context);
  }
  auto address = parse_address(options_.address);
  if (!address) return cannot_listen(EINVAL);
  int fd =
      ::socket(address->v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return cannot_listen(errno);
  int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage at;
  auto size = fill_sockaddr(*address, options_.port, at);
  socklen_t length = sizeof at;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(fd, 512) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &length) != 0) {
    int error = errno;
    ::close(fd);
    return cannot_listen(error);
  }
  listener_ = std::make_shared<Channel>(*core_, fd);
  return ntohs(address->v6 ? reinterpret_cast<sockaddr_in6&>(at).sin6_port
                           : reinterpret_cast<sockaddr_in&>(at).sin_port);
}

Task<void> HttpServer::accept_all() {
  Core::Hook at_stop(*core_, [this](bool) { listener_->close(); });
  if (core_->stopping()) listener_->close();
  while (!listener_->closed()) {
    int accepted = 0;
    while (accepted < 32 && !listener_->closed() && accept_one()) ++accepted;
    if (listener_->closed()) break;
    // A full table of descriptors looks like readiness without a connection: no busy loop.
    if (accepted == 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
      log::warn("http.accept-failed", {{"errno", errno}});
      co_await sleep_on(core_, 100ms);
      continue;
    }
    co_await listener_->until(Direction::read, after(1h));
  }
}

bool HttpServer::accept_one() {
  sockaddr_storage from{};
  socklen_t length = sizeof from;
  int fd = ::accept4(listener_->fd(), reinterpret_cast<sockaddr*>(&from), &length,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return errno == ECONNABORTED || errno == EINTR;
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto peer = address_of(reinterpret_cast<sockaddr*>(&from)).value_or(Address{});
  welcome(std::make_shared<Channel>(*core_, fd), unmapped(peer));
  return true;
}

void HttpServer::welcome(std::shared_ptr<Channel> channel, const Address& peer) {
  const bool proxy = is_trusted_proxy(peer, options_.trusted_proxies);
  auto network = network_of(peer);
  if (seats_.make_room(network, proxy ? options_.connections : options_.connections_of_network)) {
    auto seat = seats_.take(std::move(network), channel);
    spawn_(serve(*this, std::move(channel), peer, seat));
  } else if (!tls_ && turned_away_ < kToldAtOnce) {
    ++turned_away_;
    spawn_(turn_away(*this, std::move(channel)));
  } else {
    channel->close();
  }
}

Task<void> HttpServer::serve(HttpServer& server, std::shared_ptr<Channel> channel, Address peer,
                             HttpSeats::Place seat) {
  HttpConnection connection(server, channel, peer, seat);
  co_await connection.serve();
  channel->close();
}

Task<void> HttpServer::turn_away(HttpServer& server, std::shared_ptr<Channel> channel) {
  const auto response = come_again();
  const auto head = response_head(response, Framing::length, false);
  const auto deadline = after(server.core_->stopping() ? 0ms : kTelling);
  if (co_await channel->write_all(head + response.body, deadline) == Ready::yes) {
    channel->close_write();
    // Closing with unread input would reset the connection before the answer is read.
    char unread[4096];
    for (int i = 0; i < 16; ++i) {
      auto io = channel->try_read(unread, sizeof unread);
      if (io.state == Channel::Io::end) break;
      if (io.state != Channel::Io::done &&
          co_await channel->until(io.direction(), deadline) != Ready::yes)
        break;
    }
  }
  channel->close();
  --server.turned_away_;
}

}  // namespace hearback::net
