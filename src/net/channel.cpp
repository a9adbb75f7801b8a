#include "net/channel.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hearback::net {
namespace {

// Records without data for us (tickets, new keys) that are passed over in one go. Whoever sends
// more waits for the next turn of the loop.
constexpr int kEmptyRecords = 8;

// How long a peer that never pauses may keep the loop to itself. What is done with what it sent
// counts: a peer decides how much work a few octets are.
constexpr Duration kTurn = 5ms;

}  // namespace

Channel::Channel(Core& core, int fd) : core_(core), fd_(fd), descriptor_(core.io), timer_(core.io) {
  boost::system::error_code error;
  descriptor_.assign(fd, error);
  if (!error) return;
  ::close(fd);  // the system is out of watches: a closed channel
  fd_ = -1;
}

Channel::~Channel() { close(); }

void Channel::close() {
  if (closed()) return;
  // One attempt at close_notify; the peer's is not awaited.
  if (ssl_ && !tls_broken_ && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  fd_ = -1;
  boost::system::error_code ignored;
  descriptor_.close(ignored);
  timer_.cancel();
  on_readable_ = nullptr;
  for (auto direction : {Direction::read, Direction::write, Direction::idle}) {
    if (!slot(direction).waiter) continue;
    // Not from here: who closes may be the very task that would be resumed.
    asio::post(core_.io, [weak = weak_from_this(), direction] {
      if (auto self = weak.lock()) self->end_wait(direction, Ready::closed);
    });
  }
}

void Channel::close_write() {
  if (closed()) return;
  if (ssl_ && !tls_broken_) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  ::shutdown(fd_, SHUT_WR);
}

Channel::Io Channel::try_read(char* out, std::size_t size) {
  if (closed() || tls_broken_) return {Io::end};
  if (!ssl_) {
    ssize_t n;
    do n = ::recv(fd_, out, size, 0);
    while (n < 0 && errno == EINTR);
    if (n > 0) return {Io::done, static_cast<std::size_t>(n)};
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {Io::want_read};
    return {Io::end};
  }
  std::size_t total = 0;
  auto* wire = SSL_get_rbio(ssl_.get());
  int empty = 0;
  while (total < size) {  // a record is at most 16 KiB: take what is there in one go
    ERR_clear_error();
    std::size_t n = 0;
    const auto before = BIO_number_read(wire);
    if (SSL_read_ex(ssl_.get(), out + total, size - total, &n) == 1) {
      total += n;
      continue;
    }
    int error = SSL_get_error(ssl_.get(), 0);
    if (error == SSL_ERROR_WANT_READ && BIO_number_read(wire) != before && ++empty < kEmptyRecords)
      continue;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      tls_broken_ = error != SSL_ERROR_ZERO_RETURN;
      ERR_clear_error();
      if (total == 0) return {Io::end};
    } else if (total == 0) {
      return {error == SSL_ERROR_WANT_READ ? Io::want_read : Io::want_write};
    }
    break;
  }
  return {Io::done, total};
}

Channel::Io Channel::try_write(const char* data, std::size_t size) {
  if (closed() || tls_broken_) return {Io::end};
  if (!ssl_) {
    ssize_t n;
    do n = ::send(fd_, data, size, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n >= 0) return {Io::done, static_cast<std::size_t>(n)};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {Io::want_write};
    return {Io::end};
  }
  ERR_clear_error();
  std::size_t n = 0;
  if (SSL_write_ex(ssl_.get(), data, size, &n) == 1) return {Io::done, n};
  int error = SSL_get_error(ssl_.get(), 0);
  if (error == SSL_ERROR_WANT_READ) return {Io::want_read};
  if (error == SSL_ERROR_WANT_WRITE) return {Io::want_write};
  tls_broken_ = true;
  ERR_clear_error();
  return {Io::end};
}

Task<Ready> Channel::write_all(std::string_view bytes, Clock::time_point deadline) {
  auto self = shared_from_this();
  while (!bytes.empty()) {
    Io io = try_write(bytes.data(), bytes.size());
    if (io.state == Io::end) co_return Ready::closed;
    if (io.state == Io::done) {
      bytes.remove_prefix(io.size);
      continue;
    }
    auto ready = co_await until(io.direction(), deadline);
    if (ready != Ready::yes) co_return ready;
  }
  co_return Ready::yes;
}

Task<std::optional<Error>> Channel::start_tls(SslPtr ssl, std::string server_name,
                                              Clock::time_point deadline) {
  auto self = shared_from_this();
  if (!ssl) {
    close();
    co_return Error{Kind::permanent, "tls.failed", "TLS could not be set up.",
                    "Check the server's name."};
  }
  for (;;) {
    ERR_clear_error();
    int result = SSL_do_handshake(ssl.get());
    if (result == 1) break;
    int error = SSL_get_error(ssl.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      auto why = handshake_error(ssl.get(), error, server_name);
      close();
      co_return why;
    }
    auto ready =
        co_await until(error == SSL_ERROR_WANT_READ ? Direction::read : Direction::write, deadline);
    if (ready == Ready::yes) continue;
    close();
    if (ready == Ready::timed_out)
      co_return Error{Kind::transient, "net.timeout",
                      "The server did not answer the TLS handshake in time.",
                      "Check the port and the kind of security, or try again later."};
    co_return Error{Kind::transient, "net.closed", "The connection was closed.", ""};
  }
  ssl_ = std::move(ssl);
  co_return std::nullopt;
}

bool Channel::holds_unread() const {
  if (closed()) return false;
  if (ssl_) return SSL_pending(ssl_.get()) > 0;
  char byte;
  return ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

Channel::Wait Channel::until(Direction direction, Clock::time_point deadline, bool interruptible) {
  return Wait(*this, direction, deadline, interruptible);
}

bool Channel::turn_is_over() const { return Clock::now() - turn_began_ > kTurn; }

bool Channel::take_interrupt() {
  return std::exchange(interrupt_pending_, false) || core_.stopping();
}

void Channel::interrupt() {
  interrupt_pending_ = true;
  for (auto direction : {Direction::read, Direction::write, Direction::idle}) {
    if (!slot(direction).waiter || !slot(direction).waiter->interruptible_) continue;
    asio::post(core_.io, [weak = weak_from_this(), direction] {
      auto self = weak.lock();
      if (!self || !self->interrupt_pending_) return;
      auto* waiter = self->slot(direction).waiter;
      if (!waiter || !waiter->interruptible_) return;
      self->interrupt_pending_ = false;
      self->end_wait(direction, Ready::interrupted);
    });
  }
}

void Channel::watch_read(std::function<void()> on_readable) {
  on_readable_ = std::move(on_readable);
  if (on_readable_) arm(Direction::read);
}

// A wait that ended early leaves its reactor operation behind; the next one takes it over.
void Channel::arm(Direction direction) {
  if (closed() || slot(direction).armed) return;
  slot(direction).armed = true;
  auto kind = direction == Direction::write ? asio::posix::descriptor_base::wait_write
                                            : asio::posix::descriptor_base::wait_read;
  descriptor_.async_wait(kind,
                         [self = shared_from_this(), direction](boost::system::error_code error) {
                           self->slot(direction).armed = false;
                           if (!error) self->on_ready(direction);
                         });
}

void Channel::on_ready(Direction direction) {
  if (closed()) return;
  if (slot(direction).waiter) {
    end_wait(direction, Ready::yes);
  } else if (direction == Direction::read && on_readable_) {
    auto call = on_readable_;  // may be replaced while it runs
    call();
    if (on_readable_ && !slot(direction).waiter) arm(direction);
  }
}

// The timer is moved only to an earlier time; one that fires too early is set again. So a stream
// of reads with the same patience sets it once per deadline, not once per read.
void Channel::set_deadline(Clock::time_point deadline) {
  if (deadline >= timer_at_) return;
  timer_at_ = deadline;
  timer_.expires_at(deadline);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (auto self = weak.lock()) self->on_timer();
  });
}

void Channel::on_timer() {
  timer_at_ = Clock::time_point::max();
  auto now = Clock::now();
  auto next = Clock::time_point::max();
  for (auto direction : {Direction::read, Direction::write, Direction::idle}) {
    auto* waiter = slot(direction).waiter;
    if (!waiter) continue;
    if (waiter->deadline_ <= now)
      end_wait(direction, Ready::timed_out);
    else
      next = std::min(next, waiter->deadline_);
  }
  if (!closed() && next != Clock::time_point::max()) set_deadline(next);
}

void Channel::end_wait(Direction direction, Ready how) {
  auto* waiter = std::exchange(slot(direction).waiter, nullptr);
  if (!waiter) return;
  waiter->how_ = how;
  begin_turn();
  waiter->awaiter_.resume();
}

bool Channel::Wait::await_ready() {
  if (channel_.closed()) {
    how_ = Ready::closed;
  } else if (interruptible_ && channel_.take_interrupt()) {
    how_ = Ready::interrupted;
  } else if (deadline_ <= Clock::now()) {
    how_ = Ready::timed_out;
  } else {
    return false;
  }
  return true;
}

void Channel::Wait::await_suspend(std::coroutine_handle<> awaiter) {
  awaiter_ = awaiter;
  channel_.slot(direction_).waiter = this;
  if (direction_ != Direction::idle) channel_.arm(direction_);
  channel_.set_deadline(deadline_);
}

Channel::Wait::~Wait() {
  auto& slot = channel_.slot(direction_);
  if (slot.waiter == this) slot.waiter = nullptr;
}

}  // namespace hearback::net
