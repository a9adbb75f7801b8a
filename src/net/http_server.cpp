#include "net/http_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
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

}  // namespace

HttpServer::HttpServer(std::shared_ptr<Core> core, ListenOptions options, HttpHandler& handler,
                       const Limits& limits, Duration request_deadline, Duration tls_deadline,
                       Spawn spawn)
    : core_(std::move(core)),
      options_(std::move(options)),
      handler_(handler),
      header_limit_(limits.http_header_octets),
      request_deadline_(request_deadline),
      tls_deadline_(tls_deadline),
      spawn_(std::move(spawn)) {}

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
  spawn_(serve(*this, std::make_shared<Channel>(*core_, fd), unmapped(peer)));
  return true;
}

Task<void> HttpServer::serve(HttpServer& server, std::shared_ptr<Channel> channel, Address peer) {
  struct Counted {
    std::size_t& count;
    explicit Counted(std::size_t& c) : count(c) { ++count; }
    ~Counted() { --count; }
  } counted(server.connections_);
  HttpConnection connection(server, channel, peer);
  if (server.connections_ <= server.options_.connections) {
    co_await connection.serve();
  } else if (!server.tls_) {
    co_await connection.answer_alone(503);
  }
  channel->close();
}

}  // namespace hearback::net
