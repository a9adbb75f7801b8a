#pragma once
// protocols::Connection on a Channel.
#include <memory>

#include "net/channel.hpp"
#include "protocols/dialogue.hpp"

namespace hearback::net {

// The client's TLS settings of one loop, made at the first use.
class ClientTls {
 public:
  explicit ClientTls(std::string ca_file) : ca_file_(std::move(ca_file)) {}
  Result<SSL_CTX*> context();

 private:
  std::string ca_file_;
  SslContext context_;
};

Task<std::optional<Error>> become_tls_client(std::shared_ptr<Channel> channel,
                                             std::shared_ptr<ClientTls> tls,
                                             std::string server_name, Clock::time_point deadline);

class SocketConnection final : public protocols::Connection {
 public:
  SocketConnection(std::shared_ptr<Core> core, std::shared_ptr<Channel> channel,
                   std::shared_ptr<ClientTls> tls);
  ~SocketConnection() override;

  Task<protocols::Outcome> perform(protocols::Action action) override;
  void interrupt() override { channel_->interrupt(); }
  void close() override { channel_->close(); }

 private:
  Task<protocols::Outcome> dispatch(protocols::Action action);
  Task<protocols::Outcome> read(Duration patience, std::size_t at_most, bool interruptible);
  Task<protocols::Outcome> read_arrived(std::size_t at_most);
  Task<protocols::Outcome> write(std::string bytes, Duration patience);
  Task<protocols::Outcome> wait(Duration time);
  Task<protocols::Outcome> start_tls(std::string server_name, Duration patience);

  std::shared_ptr<Core> core_;
  std::shared_ptr<Channel> channel_;
  std::shared_ptr<ClientTls> tls_;
  Core::Hook at_stop_;
};

}  // namespace hearback::net
