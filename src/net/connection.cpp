#include "net/connection.hpp"

#include "net/real_env.hpp"
#include "net/resolve.hpp"

namespace hearback::net {

using protocols::Outcome;

namespace {

Outcome failed(Error error) {
  Outcome outcome;
  outcome.error = std::move(error);
  return outcome;
}

Outcome gone() {
  return failed(
      {Kind::transient, "net.closed", "The connection to the server ended.", "Try again later."});
}

Task<Outcome> fail_with(Error error) { co_return failed(std::move(error)); }

}  // namespace

Result<SSL_CTX*> ClientTls::context() {
  if (!context_) {
    auto made = make_client_context(ca_file_);
    if (!made) return Failure(made.error());
    context_ = std::move(*made);
  }
  return context_.get();
}

Task<std::optional<Error>> become_tls_client(std::shared_ptr<Channel> channel,
                                             std::shared_ptr<ClientTls> tls,
                                             std::string server_name, Clock::time_point deadline) {
  auto context = tls->context();
  if (!context) {
    channel->close();
    co_return context.error();
  }
  auto name = normal_host(server_name);
  auto ssl = channel->closed() ? nullptr : make_client(*context, channel->fd(), name);
  co_return co_await channel->start_tls(std::move(ssl), std::move(name), deadline);
}

SocketConnection::SocketConnection(std::shared_ptr<Core> core, std::shared_ptr<Channel> channel,
                                   std::shared_ptr<ClientTls> tls)
    : core_(std::move(core)),
      channel_(std::move(channel)),
      tls_(std::move(tls)),
      at_stop_(*core_, [this](bool cut) { cut ? channel_->close() : channel_->interrupt(); }) {}

SocketConnection::~SocketConnection() { channel_->close(); }

Task<Outcome> SocketConnection::perform(protocols::Action action) {
  auto channel = channel_;
  // A peer that never pauses must not keep the others waiting. Their turn isn't its time.
  if (channel->turn_is_over()) {
    co_await let_others_go_first(core_);
    if (channel->closed()) co_return gone();  // this may be no more
    channel->begin_turn();
  }
  const auto began = Clock::now();
  auto outcome = co_await dispatch(std::move(action));
  outcome.elapsed = Clock::now() - began;
  co_return outcome;
}

Task<Outcome> SocketConnection::dispatch(protocols::Action action) {
  using namespace protocols;
  if (auto* a = std::get_if<Read>(&action)) return read(a->deadline, a->at_most, false);
  if (auto* a = std::get_if<ReadOrInterrupt>(&action)) return read(a->deadline, a->at_most, true);
  if (auto* a = std::get_if<ReadArrived>(&action)) return read_arrived(a->at_most);
  if (auto* a = std::get_if<Write>(&action)) return write(std::move(a->bytes), a->deadline);
  if (auto* a = std::get_if<StartTls>(&action))
    return start_tls(std::move(a->server_name), a->deadline);
  if (auto* a = std::get_if<Wait>(&action)) return wait(a->time);
  return fail_with(
      {Kind::permanent, "net.no-http", "This connection can't make web requests.", ""});
}

Task<Outcome> SocketConnection::read(Duration patience, std::size_t at_most, bool interruptible) {
  auto core = core_;
  auto channel = channel_;
  auto deadline = after(patience);
  Outcome outcome;
  if (interruptible && channel->take_interrupt()) {
    outcome.interrupted = true;
    co_return outcome;
  }
  for (;;) {
    auto& scratch = core->scratch();
    auto size = std::clamp<std::size_t>(at_most, 1, scratch.size());
    auto io = channel->try_read(scratch.data(), size);
    if (io.state == Channel::Io::end) {
      channel->close();
      co_return gone();
    }
    if (io.state == Channel::Io::done) {
      outcome.bytes.assign(scratch.data(), io.size);
      co_return outcome;
    }
    auto ready = co_await channel->until(io.direction(), deadline, interruptible);
    if (ready == Ready::closed) co_return gone();
    outcome.timed_out = ready == Ready::timed_out;
    outcome.interrupted = ready == Ready::interrupted;
    if (ready != Ready::yes) co_return outcome;
  }
}

Task<Outcome> SocketConnection::read_arrived(std::size_t at_most) {
  auto& scratch = core_->scratch();
  auto io = channel_->try_read(scratch.data(), std::clamp<std::size_t>(at_most, 1, scratch.size()));
  if (io.state == Channel::Io::end) {
    channel_->close();
    co_return gone();
  }
  Outcome outcome;
  if (io.state == Channel::Io::done) outcome.bytes.assign(scratch.data(), io.size);
  co_return outcome;
}

Task<Outcome> SocketConnection::write(std::string bytes, Duration patience) {
  auto channel = channel_;
  auto ready = co_await channel->write_all(bytes, after(patience));
  if (ready == Ready::yes) co_return Outcome{};
  channel->close();  // a part may be out: nothing sensible can follow
  if (ready == Ready::closed) co_return gone();
  co_return failed({Kind::transient, "net.timeout", "The server did not take our data in time.",
                    "Try again later."});
}

Task<Outcome> SocketConnection::wait(Duration time) {
  auto channel = channel_;
  auto ready = co_await channel->until(Direction::idle, after(time), true);
  if (ready == Ready::closed) co_return gone();
  Outcome outcome;
  outcome.interrupted = ready == Ready::interrupted;
  co_return outcome;
}

Task<Outcome> SocketConnection::start_tls(std::string server_name, Duration patience) {
  auto channel = channel_;
  auto tls = tls_;
  if (channel->closed()) co_return gone();
  if (channel->secure() || channel->holds_unread()) {
    channel->close();
    co_return failed({Kind::permanent, protocols::kBytesBeforeTls,
                      "The server sent data out of turn before TLS was set up.",
                      "Use the port for TLS from the start, if the server has one."});
  }
  auto error = co_await become_tls_client(channel, tls, std::move(server_name), after(patience));
  if (error) co_return failed(std::move(*error));
  co_return Outcome{};
}

}  // namespace hearback::net
