#pragma once
// For the tests of this room: an HTTP server whose handler does what the path says.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "net/http.hpp"
#include "net/http_message.hpp"
#include "net/test_peer.hpp"

namespace hearback::net::testing {

inline Task<void> tick(Env& env, HttpStream& stream, int times) {
  for (int i = 0; i < times; ++i) {
    if (!co_await stream.write("data: " + std::to_string(i) + "\n\n")) co_return;
    if (!co_await env.sleep(5ms)) co_return;
  }
}

class TestHandler final : public HttpHandler {
 public:
  explicit TestHandler(Env& env) : env_(env) {}

  Task<HttpResponse> handle(HttpRequest request) override {
    ++handled;
    if (at_handling) at_handling();
    HttpResponse response;
    if (request.path == "/throw") throw std::runtime_error("secret");
    if (request.path == "/slow") co_await env_.sleep(100ms);
    if (request.path == "/none") response.status = 204;
    if (request.path == "/host") response.body = request.header("host");
    if (request.path == "/big") response.body = std::string(20u << 20, 'b');
    if (request.path == "/events") response.stream = events(1000000);
    if (request.path == "/flood")
      response.stream = [this](HttpStream& stream) { return flood(stream); };
    if (request.path == "/three") response.stream = events(3);
    if (request.path.starts_with(
            "/file/")) {  // says 2,000,000 octets, and brings as many as it says
      response.length = 2'000'000;
      response.stream = [this, octets = std::stoul(request.path.substr(6))](HttpStream& stream) {
        return pour(stream, octets);
      };
    }
    if (request.path == "/quiet") {
      response.stream = [this](HttpStream& stream) { return be_quiet(stream); };
    }
    if (response.body.empty() && request.path != "/none")
      response.body = request.method + " " + request.path + " " +
                      std::to_string(request.body.size()) + " " + request.body.substr(0, 20) +
                      (request.secure ? " secure" : "") + (request.loopback ? " loopback" : "");
    response.headers = {{"Content-Type", "text/plain"}};
    if (auto user = request.header("x-user"); !user.empty() || response.stream)
      response.shares = {{std::string(user), 30u << 20}};  // streams are for known readers
    response.reader = request.header("x-user");
    co_return response;
  }
  Task<BodyRoom> body_room(const HttpRequest& head, std::optional<std::uint64_t> length) override {
    ++asked;
    if (head.path == "/throw-room") throw std::runtime_error("secret");
    BodyRoom room;
    room.octets = head.method == "POST" && head.path == "/upload" ? 4u << 20 : 1000;
    room.stranger = head.header("x-user").empty();
    if (head.path == "/mine" || head.path == "/throw")
      room = {3000, {{std::string(head.header("x-user")), 4000}}, {}};
    if (head.path == "/strangers") room = {3000, {{"visitors", 4000}}, {}, true};
    if (head.header("x-user") == "nobody" && length.value_or(1000) > 10) {
      room.refusal = problem(401);
      room.refusal->body = "who are you?";
    }
    co_await env_.sleep(1ms);
    co_return room;
  }

  std::atomic<int> handled = 0, streams_ended = 0, asked = 0;
  std::atomic<bool> quiet_begun = false, quiet_saw_gone = false;
  std::function<void()> at_handling, at_pouring;  // on the loop's thread

 private:
  std::function<Task<void>(HttpStream&)> events(int times) {
    return [this, times](HttpStream& stream) { return count(stream, times); };
  }
  Task<void> count(HttpStream& stream, int times) {
    co_await tick(env_, stream, times);
    ++streams_ended;
  }
  Task<void> pour(HttpStream& stream, std::size_t octets) {
    constexpr std::size_t kPiece = 100'000;
    if (at_pouring) at_pouring();
    while (octets > 0) {
      const auto piece = std::min(octets, kPiece);
      if (!co_await stream.write(std::string(piece, 'p'))) break;
      octets -= piece;
    }
    ++streams_ended;
  }
  Task<void> flood(HttpStream& stream) {
    while (co_await stream.write(std::string(1u << 20, 'f'))) {
    }
    ++streams_ended;
  }
  // Writes nothing: only the server itself can notice that the reader has gone.
  Task<void> be_quiet(HttpStream& stream) {
    quiet_begun = true;
    while (!stream.gone() && co_await env_.sleep(5ms)) {
    }
    quiet_saw_gone = stream.gone();
    ++streams_ended;
  }
  Env& env_;
};

class Http : public ::testing::Test {
 protected:
  explicit Http(Deadlines deadlines = quick())
      : loop_(workers(), local_policy(), deadlines), handler_(loop_.env()) {}
  ~Http() override { stop(); }

  static std::shared_ptr<Workers> workers() {
    static auto shared = make_workers(1);
    return shared;
  }
  static Deadlines quick() {
    Deadlines deadlines;
    deadlines.http_request = 300ms;
    return deadlines;
  }
  void start(ListenOptions options = {}) {
    options.port = 0;
    auto port = loop_.listen(options, handler_, limits_);
    ASSERT_TRUE(port) << port.error().what;
    port_ = *port;
    thread_ = std::thread([this] { loop_.run(); });
  }
  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  // Sends the bytes and reads until the server closes.
  std::string talk(std::string_view bytes) {
    int fd = connect_to_port(port_);
    write_fully(fd, bytes);
    auto answer = read_all(fd);
    ::close(fd);
    return answer;
  }
  void wait_for(const std::atomic<int>& counter, int value) {
    auto until = std::chrono::steady_clock::now() + 10s;
    while (counter < value && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(1ms);
    EXPECT_GE(counter, value);
  }

  Loop loop_;
  TestHandler handler_;
  Limits limits_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// For what takes its time on a busy machine.
class PatientHttp : public Http {
 protected:
  PatientHttp() : Http(Deadlines{}) {}
};

inline constexpr const char* kHost = "Host: x\r\n";
inline constexpr const char* kLast = "Host: x\r\nConnection: close\r\n";

}  // namespace hearback::net::testing
