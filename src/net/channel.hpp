#pragma once
// One stream socket on one loop, plain or under TLS: non-blocking attempts, and waits for
// readiness. At most one coroutine waits in each direction. Held by shared_ptr: handlers of the
// reactor may outlive whoever closed it.
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "net/core.hpp"
#include "net/tls.hpp"

namespace hearback::net {

enum class Ready { yes, timed_out, interrupted, closed };

// idle: no readiness is awaited, only time, interruption or the end.
enum class Direction { read, write, idle };

class Channel : public std::enable_shared_from_this<Channel> {
 public:
  // Takes `fd`, which must be non-blocking.
  Channel(Core& core, int fd);
  ~Channel();

  int fd() const { return fd_; }
  bool closed() const { return fd_ < 0; }
  bool secure() const { return ssl_ != nullptr; }
  void close();        // ends every wait
  void close_write();  // tells the peer that nothing follows

  struct Io {
    enum State { done, want_read, want_write, end } state = end;
    std::size_t size = 0;
    Direction direction() const { return state == want_write ? Direction::write : Direction::read; }
  };
  Io try_read(char* out, std::size_t size);  // end: the peer closed, or an error
  Io try_write(const char* data, std::size_t size);

  // A wait may be left on its deadline and taken up again; it costs no system call per deadline.
  class Wait;
  Wait until(Direction direction, Clock::time_point deadline, bool interruptible = false);
  void interrupt();  // the interruptible wait under way, or the next one

  // For those whom the channel may keep from ever waiting: whether they have gone on for so long
  // since they last did that others should have a turn. begin_turn(): they have had it.
  bool turn_is_over() const;
  void begin_turn() { turn_began_ = Clock::now(); }

  bool take_interrupt();  // whether one is pending (it is then spent) or the loop is stopping

  // Called for each readiness to read while no coroutine waits for it; empty: off.
  void watch_read(std::function<void()> on_readable);

  Task<Ready> write_all(std::string_view bytes, Clock::time_point deadline);

  // The handshake of either side; nullopt when it is done. The channel is closed on failure.
  Task<std::optional<Error>> start_tls(SslPtr ssl, std::string server_name,
                                       Clock::time_point deadline);
  bool holds_unread() const;  // bytes that the peer sent and nobody has read

 private:
  struct Slot {
    Wait* waiter = nullptr;
    bool armed = false;  // the reactor will tell
  };

  Slot& slot(Direction d) { return slots_[static_cast<int>(d)]; }
  void arm(Direction direction);
  void set_deadline(Clock::time_point deadline);
  void on_ready(Direction direction);
  void on_timer();
  void end_wait(Direction direction, Ready how);

  Core& core_;
  int fd_;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer timer_;
  Clock::time_point timer_at_ = Clock::time_point::max();
  Slot slots_[3];
  Clock::time_point turn_began_ = Clock::now();
  bool interrupt_pending_ = false;
  bool tls_broken_ = false;
  SslPtr ssl_;
  std::function<void()> on_readable_;
};

class Channel::Wait {
 public:
  Wait(Channel& channel, Direction direction, Clock::time_point deadline, bool interruptible)
      : channel_(channel),
        direction_(direction),
        deadline_(deadline),
        interruptible_(interruptible) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait();

  bool await_ready();
  void await_suspend(std::coroutine_handle<> awaiter);
  Ready await_resume() const { return how_; }

 private:
  friend class Channel;
  Channel& channel_;
  Direction direction_;
  Clock::time_point deadline_;
  bool interruptible_;
  Ready how_ = Ready::yes;
  std::coroutine_handle<> awaiter_;
};

}  // namespace hearback::net
