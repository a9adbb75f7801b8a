#pragma once
// Accepts connections and serves HTTP/1.1 on them. One coroutine per connection, one request at a
// time on each: pipelined requests wait in the buffer.
#include <memory>

#include "base/limits.hpp"
#include "net/address.hpp"
#include "net/channel.hpp"
#include "net/http.hpp"
#include "net/http_seats.hpp"

namespace hearback::net {

class HttpServer {
 public:
  using Spawn = std::function<void(Task<void>)>;

  HttpServer(std::shared_ptr<Core> core, ListenOptions options, HttpHandler& handler,
             const Limits& limits, Duration request_deadline, Duration tls_deadline, Spawn spawn);

  // Binds; the port. Errors: net.listen, net.certificate.
  Result<std::uint16_t> open();
  Task<void> accept_all();  // until the loop stops

 private:
  friend class HttpConnection;
  bool accept_one();
  void welcome(std::shared_ptr<Channel> channel, const Address& peer);
  static Task<void> serve(HttpServer& server, std::shared_ptr<Channel> channel, Address peer,
                          HttpSeats::Place seat);
  static Task<void> turn_away(HttpServer& server, std::shared_ptr<Channel> channel);

  std::shared_ptr<Core> core_;
  ListenOptions options_;
  HttpHandler& handler_;
  Limits limits_;
  Duration request_deadline_, tls_deadline_;
  Spawn spawn_;
  SslContext tls_;
  std::shared_ptr<Channel> listener_;
  HttpSeats seats_;
  HttpBodies bodies_, answers_;
  std::size_t turned_away_ = 0;  // of whom some are still being told
};

}  // namespace hearback::net
