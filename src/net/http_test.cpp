#include "net/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "base/text.hpp"
#include "net/http_message.hpp"
#include "net/http_seats.hpp"
#include "net/test_peer.hpp"

namespace hearback::net {
namespace {

using namespace testing;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// ---- messages ----

TEST(HttpTarget, PathsAreDecodedStrictly) {
  auto path = [](std::string_view target) {
    auto parsed = parse_target(target);
    return parsed ? parsed->path + "?" + parsed->query : "bad";
  };
  EXPECT_EQ(path("/"), "/?");
  EXPECT_EQ(path("/a/b%20c?x=%41&y"), "/a/b c?x=%41&y");
  EXPECT_EQ(path("/a%2Fb"), "/a%2Fb?");
  EXPECT_EQ(path("/a%2fb"), "/a%2Fb?");
  EXPECT_EQ(path("/%C3%A4"), "/ä?");
  EXPECT_EQ(path("/a??b"), "/a??b");
  EXPECT_EQ(path("http://host/a?b"), "/a?b");
  EXPECT_EQ(path("https://host"), "/?");
  for (auto bad : {"",        "*",           "a",    "a:443", "/%",   "/%4",        "/%zz",
                   "/%00",    "/a%0d%0ab",   "/%7f", "/%ff",  "/%c3", "/%ed%a0%80", "/..",
                   "/a/../b", "/a/%2e%2E/b", "/./a", "/a/.",  "/a#b", "http:///x",  "ftp://host/x",
                   "/%c0%af"})
    EXPECT_EQ(path(bad), "bad") << bad;
}

TEST(HttpRequest, HeadersAndParameters) {
  HttpRequest request;
  request.query = "a=1&b=x%20y+z&empty=&flag&a=2&bad=%zz&%62%62=q";
  request.headers = {{"cookie", "one"}, {"cookie", "two"}};
  EXPECT_EQ(request.header("cookie"), "one");
  EXPECT_EQ(request.header("none"), "");
  EXPECT_EQ(request.parameter("a"), "1");
  EXPECT_EQ(request.parameter("b"), "x y z");
  EXPECT_EQ(request.parameter("empty"), "");
  EXPECT_EQ(request.parameter("flag"), "");
  EXPECT_EQ(request.parameter("bb"), "q");
  EXPECT_EQ(request.parameter("bad"), std::nullopt);
  EXPECT_EQ(request.parameter("c"), std::nullopt);
}

TEST(HttpResponse, UnsafeHeadersAreLeftOut) {
  HttpResponse response;
  response.body = "hello";
  response.headers = {{"X-Good", "yes\tand no"},
                      {"X-Bad", "a\r\nSet-Cookie: x=1"},
                      {"X-Nul", std::string(1, 0)},
                      {"X Y", "z"},
                      {"", "z"},
                      {"Evil: x\r\nA", "b"},
                      {"Content-Length", "999"},
                      {"transfer-encoding", "gzip"},
                      {"Connection", "upgrade"},
                      {"X-Lf", "a\nb"}};
  auto head = response_head(response, Framing::length, true);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(head, EndsWith(" GMT\r\nX-Good: yes\tand no\r\nContent-Length: 5\r\n\r\n"));
}

TEST(HttpOrigin, ForwardedFieldsAreBelievedFromTrustedProxiesOnly) {
  auto origin = [](const char* peer, bool tls, std::vector<std::string> proxies,
                   std::vector<std::pair<std::string, std::string>> headers) {
    HttpRequest request;
    request.headers = std::move(headers);
    set_origin(request, parse_address(peer).value(), tls, proxies);
    return request.peer + (request.secure ? " secure" : "") +
           (request.loopback ? " loopback" : "") + (request.headers.empty() ? "" : " fields");
  };
  EXPECT_EQ(origin("127.0.0.1", false, {}, {}), "127.0.0.1 loopback");
  EXPECT_EQ(origin("::1", true, {}, {}), "::1 secure loopback");
  EXPECT_EQ(origin("8.8.8.8", false, {}, {{"x-forwarded-proto", "https"}}), "8.8.8.8");
  EXPECT_EQ(origin("8.8.8.8", false, {"127.0.0.1"}, {{"x-forwarded-for", "127.0.0.1"}}), "8.8.8.8");
  EXPECT_EQ(origin("127.0.0.1", false, {}, {{"x-forwarded-for", "1.2.3.4"}}), "127.0.0.1");
  EXPECT_EQ(origin("127.0.0.1", false, {"127.0.0.1"},
                   {{"x-forwarded-for", "1.2.3.4"}, {"x-forwarded-proto", "https"}}),
            "1.2.3.4 secure fields");
  // What the client itself claims stands on the left and doesn't count.
  EXPECT_EQ(origin("10.0.0.1", false, {"10.0.0.0/8"},
                   {{"x-forwarded-for", "127.0.0.1, 9.9.9.9, 10.0.0.2"}}),
            "9.9.9.9 fields");
  EXPECT_EQ(origin("10.0.0.1", false, {"10.0.0.0/8"},
                   {{"x-forwarded-for", "6.6.6.6"}, {"x-forwarded-for", "9.9.9.9:1234"}}),
            "9.9.9.9 fields");
  EXPECT_EQ(origin("10.0.0.1", false, {"10.0.0.0/8"}, {{"x-forwarded-for", "[2a00::1]:443"}}),
            "2a00::1 fields");
  EXPECT_EQ(origin("10.0.0.1", false, {"10.0.0.0/8"}, {{"x-forwarded-for", "1.2.3.4, junk"}}),
            "10.0.0.1 fields");
  EXPECT_EQ(origin("10.0.0.1", false, {"10.0.0.0/8"}, {{"x-forwarded-proto", "http, https"}}),
            "10.0.0.1 fields");
  EXPECT_EQ(origin("10.0.0.1", true, {"10.0.0.0/8"}, {{"x-forwarded-proto", "http"}}),
            "10.0.0.1 fields");
}

// ---- the server ----

Task<void> tick(Env& env, HttpStream& stream, int times) {
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
    if (request.path == "/big") response.body = std::string(20u << 20, 'b');
    if (request.path == "/events") response.stream = events(1000000);
    if (request.path == "/flood")
      response.stream = [this](HttpStream& stream) { return flood(stream); };
    if (request.path == "/three") response.stream = events(3);
    if (request.path == "/quiet") {
      response.stream = [this](HttpStream& stream) { return be_quiet(stream); };
    }
    if (response.body.empty() && request.path != "/none")
      response.body = request.method + " " + request.path + " " +
                      std::to_string(request.body.size()) + " " + request.body.substr(0, 20) +
                      (request.secure ? " secure" : "") + (request.loopback ? " loopback" : "");
    response.headers = {{"Content-Type", "text/plain"}};
    co_return response;
  }
  Task<BodyRoom> body_room(const HttpRequest& head, std::optional<std::uint64_t> length) override {
    ++asked;
    if (head.path == "/throw-room") throw std::runtime_error("secret");
    BodyRoom room;
    room.octets = head.method == "POST" && head.path == "/upload" ? 4u << 20 : 1000;
    if (head.path == "/mine") room = {3000, {{std::string(head.header("x-user")), 4000}}, {}};
    if (head.header("x-user") == "nobody" && length.value_or(1000) > 10) {
      room.refusal = problem(401);
      room.refusal->body = "who are you?";
    }
    co_await env_.sleep(1ms);
    co_return room;
  }

  std::atomic<int> handled = 0, streams_ended = 0, asked = 0;
  std::atomic<bool> quiet_begun = false, quiet_saw_gone = false;
  std::function<void()> at_handling;  // on the loop's thread

 private:
  std::function<Task<void>(HttpStream&)> events(int times) {
    return [this, times](HttpStream& stream) { return count(stream, times); };
  }
  Task<void> count(HttpStream& stream, int times) {
    co_await tick(env_, stream, times);
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

constexpr const char* kHost = "Host: x\r\n";
constexpr const char* kLast = "Host: x\r\nConnection: close\r\n";

TEST_F(PatientHttp, AnswersAndKeepsTheConnection) {
  start();
  auto answer = talk(std::string("GET /one HTTP/1.1\r\n") + kHost + "\r\n" +
                     "GET /two?x HTTP/1.1\r\n" + kHost + "\r\n" +
                     "POST /three-not HTTP/1.1\r\nContent-Length: 5\r\n" + kLast + "\r\nhello");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("GET /one 0  loopback"));
  EXPECT_THAT(answer, HasSubstr("GET /two 0  loopback"));
  EXPECT_THAT(answer, HasSubstr("POST /three-not 5 hello loopback"));
  EXPECT_THAT(answer, Not(HasSubstr("Server:")));
  EXPECT_EQ(handler_.handled, 3);
}

TEST_F(PatientHttp, OneByteAtATime) {
  start();
  int fd = connect_to_port(port_);
  std::string request =
      std::string("\r\nPOST /x HTTP/1.1\r\nContent-Length: 5\r\n") + kLast + "\r\nhello";
  for (char c : request) write_fully(fd, std::string_view(&c, 1));
  EXPECT_THAT(read_all(fd), HasSubstr("POST /x 5 hello"));
  ::close(fd);
}

TEST_F(Http, HeadAndBodylessAnswers) {
  start();
  auto head = talk(std::string("HEAD /abc HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 21\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
  auto none = talk(std::string("GET /none HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_THAT(none, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(none, Not(HasSubstr("Content-Length")));
  auto events = talk(std::string("HEAD /events HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_THAT(events, EndsWith("\r\n\r\n"));
}

TEST_F(PatientHttp, ChunkedRequestBody) {
  start();
  auto answer = talk(std::string("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n") + kLast +
                     "\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("POST /x 11 hello world"));
}

TEST_F(PatientHttp, LargeBodiesBothWays) {
  start();
  std::string body(3u << 20, 'u');
  auto answer = talk("POST /upload HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) +
                     "\r\n" + kLast + "\r\n" + body);
  EXPECT_THAT(answer, HasSubstr("POST /upload 3145728 uuuu"));
  auto big = talk(std::string("GET /big HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_GT(big.size(), 20u << 20);
}

TEST_F(PatientHttp, ExpectContinue) {
  start();
  int fd = connect_to_port(port_);
  write_fully(fd, std::string("POST /upload HTTP/1.1\r\nContent-Length: 5\r\n"
                              "Expect: 100-continue\r\n") +
                      kLast + "\r\n");
  EXPECT_EQ(read_until(fd, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  write_fully(fd, "hello");
  EXPECT_THAT(read_all(fd), HasSubstr("POST /upload 5 hello"));
  ::close(fd);
  // Too large: told before anything is sent.
  auto refused = talk(std::string("POST /x HTTP/1.1\r\nContent-Length: 5000\r\n"
                                  "Expect: 100-continue\r\n") +
                      kHost + "\r\n");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 413 "));
  auto other = talk(std::string("POST /x HTTP/1.1\r\nContent-Length: 5\r\nExpect: pony\r\n") +
                    kHost + "\r\n");
  EXPECT_THAT(other, StartsWith("HTTP/1.1 417 "));
}

TEST_F(Http, LimitsAndMalformedRequests) {
  start();
  struct Case {
    std::string request;
    int status;
  };
  std::string get = "GET / HTTP/1.1\r\n", post = "POST / HTTP/1.1\r\n";
  std::vector<Case> cases = {
      {get + kHost + "X: " + std::string(64 * 1024, 'a') + "\r\n\r\n", 431},
      {"GET /" + std::string(64 * 1024, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n", 431},
      {get + kHost + std::string(40 * 1024, 'b'), 431},
      {post + kHost + "Content-Length: 1001\r\n\r\n", 413},
      {post + kHost + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {post + kHost + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {post + kHost + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x') +
           "\r\n0\r\n\r\n",
       413},
      {post + kHost + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1000, 'x') +
           "\r\n1\r\nx\r\n0\r\n\r\n",
       413},
      {post + kHost + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {post + kHost + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX5\r\n", 400},
      {post + kHost + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(20000, 'x'), 400},
      {post + kHost + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {post + kHost + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
      {post + kHost + "Content-Length: +5\r\n\r\nhello", 400},
      {post + kHost + "Content-Length: 5 5\r\n\r\nhello", 400},
      {post + kHost + "Content-Length: -1\r\n\r\nhello", 400},
      {post + kHost + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {post + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {get + "\r\n", 400},
      {get + "Host: a\r\nHost: b\r\n\r\n", 400},
      {get + kHost + "Bad Header: x\r\n\r\n", 400},
      {get + kHost + "Bad : x\r\n\r\n", 400},
      {get + kHost + "X: a\001b\r\n\r\n", 400},
      {get + kHost + ": x\r\n\r\n", 400},
      {get + kHost + "nocolon\r\n\r\n", 400},
      {"GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"CONNECT a:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
      {"GET /\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x01\x01\xfc\x03\x03 hello tls\r\n\r\n", 400},
      {"EHLO spam.example\r\n\r\n", 400},
  };
  for (const auto& c : cases) {
    auto answer = talk(c.request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(c.status) + " "))
        << c.request.substr(0, 100);
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  }
  EXPECT_EQ(handler_.handled, 0);
  EXPECT_THAT(talk(std::string("GET /well HTTP/1.1\r\n") + kLast + "\r\n"), HasSubstr("GET /well"));
}

TEST_F(Http, OldProtocolVersion) {
  start();
  auto answer = talk("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("GET /old 0"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  auto stream = talk("GET /three HTTP/1.0\r\n\r\n");
  EXPECT_THAT(stream, EndsWith("\r\n\r\ndata: 0\n\ndata: 1\n\ndata: 2\n\n"));
  EXPECT_THAT(stream, Not(HasSubstr("chunked")));
}

TEST_F(Http, SlowClientsAreNotWaitedFor) {
  start({.idle = 200ms});
  EXPECT_EQ(talk(""), "");  // says nothing: closed without a word
  EXPECT_THAT(talk("GET / HT"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(talk(std::string("POST / HTTP/1.1\r\nContent-Length: 50\r\n") + kHost + "\r\nhel"),
              StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(handler_.handled, 0);
}

// A peer that always has more to say must not keep the others waiting.
TEST_F(PatientHttp, WhoAsksWithoutPauseLeavesTurnsToOthers) {
  constexpr int kRequests = 500;
  int handled_before_others = 0;
  handler_.at_handling = [&] {
    if (handler_.handled == 1) loop_.post([&] { handled_before_others = handler_.handled; });
  };
  start();
  std::string requests;
  for (int i = 1; i < kRequests; ++i)
    requests += std::string("GET / HTTP/1.1\r\n") + kHost + "\r\n";
  talk(requests + "GET / HTTP/1.1\r\n" + kLast + "\r\n");
  stop();
  EXPECT_EQ(handler_.handled, kRequests);
  EXPECT_LE(handled_before_others, 2);
}

// The empty lines that may stand before a request (RFC 9112 section 2.2) are few, and cost little.
TEST_F(PatientHttp, EmptyLinesWithoutEndAreNoRequest) {
  start();
  std::string lines;
  for (int i = 0; i < 64 * 1024; ++i) lines += "\r\n";
  int fd = connect_to_port(port_);
  std::thread writer([&] {
    while (write_fully(fd, lines)) {
    }
  });
  EXPECT_THAT(read_until(fd, "\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
  ::shutdown(fd, SHUT_RDWR);
  writer.join();
  ::close(fd);
  EXPECT_THAT(talk(std::string("\r\n\r\nGET /well HTTP/1.1\r\n") + kLast + "\r\n"),
              HasSubstr("GET /well"));
}

TEST_F(Http, HandlerThatThrows) {
  start();
  auto answer = talk(std::string("GET /throw HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
}

TEST_F(Http, StreamsInChunksAndGoesOn) {
  start();
  auto answer = talk(std::string("GET /three HTTP/1.1\r\n") + kHost + "\r\n" +
                     "GET /after HTTP/1.1\r\n" + kLast + "\r\n");
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n\r\n"
                                "9\r\ndata: 0\n\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n"
                                "0\r\n\r\nHTTP/1.1 200 OK"));
  EXPECT_THAT(answer, HasSubstr("GET /after"));
}

TEST_F(Http, StreamNoticesItsReadersEnd) {
  start();
  int fd = connect_to_port(port_);
  write_fully(fd, std::string("GET /quiet HTTP/1.1\r\n") + kHost + "\r\n");
  read_until(fd, "\r\n\r\n");
  ::close(fd);
  wait_for(handler_.streams_ended, 1);
  EXPECT_TRUE(handler_.quiet_saw_gone);

  fd = connect_to_port(port_);
  write_fully(fd, std::string("GET /events HTTP/1.1\r\n") + kHost + "\r\n");
  read_until(fd, "data: 3");
  ::close(fd);
  wait_for(handler_.streams_ended, 2);
}

TEST_F(Http, ReadersThatDoNotReadAreLetGo) {
  start();
  int big = connect_to_port(port_), flood = connect_to_port(port_);
  write_fully(big, std::string("GET /big HTTP/1.1\r\n") + kHost + "\r\n");
  write_fully(flood, std::string("GET /flood HTTP/1.1\r\n") + kHost + "\r\n");
  wait_for(handler_.streams_ended, 1);
  auto cut = read_all(big);
  EXPECT_LT(cut.size(), 20u << 20);
  ::close(big);
  ::close(flood);
}

TEST_F(Http, StreamEndsAtTheLoopsStop) {
  start();
  int fd = connect_to_port(port_);
  write_fully(fd, std::string("GET /quiet HTTP/1.1\r\n") + kHost + "\r\n");
  read_until(fd, "\r\n\r\n");
  auto begin = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  EXPECT_EQ(handler_.streams_ended, 1);
  ::close(fd);
}

TEST_F(Http, StopWhileBusyAnswersWhatIsUnderWay) {
  start();
  int idle = connect_to_port(port_), busy = connect_to_port(port_);
  write_fully(busy, std::string("GET /slow HTTP/1.1\r\n") + kHost + "\r\n");
  wait_for(handler_.handled, 1);
  stop();
  auto answer = read_all(busy);
  EXPECT_THAT(answer, HasSubstr("GET /slow"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_EQ(read_all(idle), "");
  ::close(idle);
  ::close(busy);
  EXPECT_EQ(connect_to_port(port_), -1);
}

TEST_F(Http, TooManyConnections) {
  start({.connections = 2});
  int a = connect_to_port(port_), b = connect_to_port(port_);
  for (int fd : {a, b}) {  // both are being served
    write_fully(fd, std::string("GET /events HTTP/1.1\r\n") + kHost + "\r\n");
    read_until(fd, "data: 1");
  }
  auto refused = talk("");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("Retry-After: "));
  EXPECT_THAT(read_until(a, "data: 9"), HasSubstr("data: 9"));
  ::close(a);
  wait_for(handler_.streams_ended, 1);
  EXPECT_THAT(talk(std::string("GET /now HTTP/1.1\r\n") + kLast + "\r\n"), HasSubstr("GET /now"));
  ::close(b);
}

TEST_F(Http, WhoWaitsLongestGivesWayWhenAllPlacesAreTaken) {
  start({.connections = 3});
  auto served = [this](const char* path) {
    int fd = connect_to_port(port_);
    write_fully(fd, std::string("GET ") + path + " HTTP/1.1\r\n" + kHost + "\r\n");
    read_until(fd, path == std::string("/events") ? "data: 1" : "loopback");
    return fd;
  };
  int busy = served("/events"), first = served("/a"), second = served("/b");
  int newcomer = served("/c");
  EXPECT_EQ(read_all(first), "");  // closed
  write_fully(second, std::string("GET /again HTTP/1.1\r\n") + kHost + "\r\n");
  EXPECT_THAT(read_until(second, "loopback"), HasSubstr("GET /again"));
  int half = connect_to_port(port_);  // and who doesn't end a header is waiting, too
  EXPECT_EQ(read_all(newcomer), "");
  write_fully(half, "GET / HT");
  int last = served("/d");
  EXPECT_EQ(read_all(second), "");
  EXPECT_THAT(read_until(busy, "data: 9"), HasSubstr("data: 9"));
  for (int fd : {busy, first, second, newcomer, half, last}) ::close(fd);
}

TEST_F(Http, OneNetworkTakesItsShareOfConnectionsOnly) {
  start({.connections_of_network = 2});
  std::vector<int> many;
  for (int i = 0; i < 20; ++i) many.push_back(connect_to_port(port_));
  for (int i = 0; i < 18; ++i) EXPECT_EQ(read_all(many[static_cast<std::size_t>(i)]), "") << i;
  write_fully(many.back(), std::string("GET /last HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_THAT(read_all(many.back()), HasSubstr("GET /last"));
  for (int fd : many) ::close(fd);
}

TEST(HttpSeats, TheNetworkWithMostGivesWayAndProxiesCountAsMany) {
  Core core;
  auto channel = [&core] {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    ::close(fds[1]);
    return std::make_shared<Channel>(core, fds[0]);
  };
  HttpSeats seats(4);
  auto quiet = seats.take("192.0.2.1", channel());  // longest of all, but alone
  auto greedy = seats.take("2001:db8::/64", channel());
  auto busy = seats.take("2001:db8::/64", channel());
  auto third = seats.take("2001:db8::/64", channel());
  busy->waiting = false;
  EXPECT_FALSE(seats.make_room("2001:db8::/64", 3) && !greedy->given_up);
  EXPECT_TRUE(greedy->given_up);
  EXPECT_FALSE(quiet->given_up);
  seats.leave(greedy);
  auto fourth = seats.take("198.51.100.1", channel());
  EXPECT_TRUE(seats.make_room("198.51.100.2", 3));
  EXPECT_TRUE(third->given_up);
  seats.leave(third);
  auto fifth = seats.take("198.51.100.2", channel());
  for (auto place : {quiet, fourth, fifth}) place->waiting = false;
  EXPECT_FALSE(seats.make_room("198.51.100.3", 3));  // all are at work
}

TEST(HttpSeats, HalfOfTheDescriptorsAreNotForHttp) {
  EXPECT_EQ(seats_within(4096, 1024), 512u);
  EXPECT_EQ(seats_within(4096, 20000), 4096u);
  EXPECT_EQ(seats_within(4096, 0), 1u);
}

TEST(HttpBodies, EachPartyHasItsShareOfTheMemory) {
  HttpBodies bodies(100);
  const std::vector<BodyShare> ann = {{"ann", 40}, {"lindenhof", 70}},
                               ben = {{"ben", 40}, {"lindenhof", 70}}, eve = {{"eve", 40}};
  EXPECT_TRUE(bodies.take(ann, 40));
  EXPECT_FALSE(bodies.take(ann, 1));
  EXPECT_TRUE(bodies.take(ben, 30));
  EXPECT_FALSE(bodies.take(ben, 1));  // the company's
  EXPECT_TRUE(bodies.take(eve, 30));
  EXPECT_FALSE(bodies.take(eve, 1));  // everybody's
  bodies.give_back(ann, 40);
  EXPECT_TRUE(bodies.take(ben, 10));
  bodies.give_back(ben, 40);
  bodies.give_back(eve, 30);
  EXPECT_TRUE(bodies.take({{"x", 100}}, 100));
}

// What was sent fast is no credit for silence: 24.9 MB at once bought 27 minutes.
TEST_F(Http, ABodyThatStopsIsGivenUpHoweverFastItBegan) {
  start();
  int fd = connect_to_port(port_);
  const auto begin = std::chrono::steady_clock::now();
  write_fully(fd, std::string("POST /upload HTTP/1.1\r\nContent-Length: 3145728\r\n") + kHost +
                      "\r\n" + std::string(3'000'000, 'u'));
  EXPECT_THAT(read_all(fd), StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  ::close(fd);
}

TEST_F(Http, ABodyThatDripsIsGivenUp) {
  limits_.http_body_rate = 100'000;  // 30 kB in each 300 ms
  start();
  int fd = connect_to_port(port_);
  write_fully(fd,
              std::string("POST /upload HTTP/1.1\r\nContent-Length: 3000000\r\n") + kHost + "\r\n");
  std::thread drip([fd] {
    while (write_fully(fd, "x")) std::this_thread::sleep_for(10ms);
  });
  EXPECT_THAT(read_until(fd, "\r\n\r\n"), StartsWith("HTTP/1.1 408 "));
  ::shutdown(fd, SHUT_RDWR);
  drip.join();
  ::close(fd);
  EXPECT_EQ(handler_.handled, 0);
}

TEST_F(Http, FramingDoesNotStretchABodyBeyondItsTime) {
  limits_.http_body_rate = 1000;  // a body of 1000 octets: 1 s and an interval
  start();
  int fd = connect_to_port(port_);
  write_fully(fd,
              std::string("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n") + kHost + "\r\n");
  std::thread drip([fd] {
    const std::string chunk = "1;" + std::string(1000, 'e') + "\r\nx\r\n";
    while (write_fully(fd, chunk)) std::this_thread::sleep_for(10ms);
  });
  EXPECT_THAT(read_until(fd, "\r\n\r\n"), StartsWith("HTTP/1.1 4"));
  ::shutdown(fd, SHUT_RDWR);
  drip.join();
  ::close(fd);
  EXPECT_EQ(handler_.handled, 0);
}

TEST_F(Http, WhoMayNotSendABodyIsToldBeforeItIsRead) {
  start();
  auto answer = talk(std::string("POST /upload HTTP/1.1\r\nContent-Length: 3000000\r\n") +
                     "X-User: nobody\r\n" + kHost + "\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answer, EndsWith("who are you?"));
  EXPECT_THAT(
      talk(std::string("POST /throw-room HTTP/1.1\r\nContent-Length: 3\r\n") + kHost + "\r\nabc"),
      StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(handler_.handled, 0);
  talk(std::string("GET / HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_EQ(handler_.asked, 2);  // nobody asks about a request without a body
}

TEST_F(Http, BodiesOfOnePartyShareItsMemory) {
  start();
  auto begin_body = [this](const char* user) {
    int fd = connect_to_port(port_);
    write_fully(fd, std::string("POST /mine HTTP/1.1\r\nContent-Length: 3000\r\nX-User: ") + user +
                        "\r\n" + kLast + "\r\n" + std::string(2900, 'm'));
    return fd;
  };
  int first = begin_body("ann");
  while (handler_.asked < 1) std::this_thread::sleep_for(1ms);
  int second = begin_body("ann"), other = begin_body("ben");
  EXPECT_THAT(read_all(second), StartsWith("HTTP/1.1 503 "));
  for (int fd : {first, other}) write_fully(fd, std::string(100, 'm'));
  for (int fd : {first, other}) EXPECT_THAT(read_all(fd), HasSubstr("POST /mine 3000"));
  for (int fd : {first, second, other}) ::close(fd);
}

// Whatever two readers could take for different requests is no request (RFC 9112, section 11.2).
TEST_F(Http, NothingThatCouldBeFramedTwoWays) {
  start();
  const std::string post = "POST /smuggled HTTP/1.1\r\nHost: x\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::string tail = "GET /inner HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::vector<std::string> requests = {
      post + "Content-Length: 2, 2\r\n\r\nab",
      post + "Content-Length: 2,2\r\n\r\nab",
      post + "Content-Length: 2, 3\r\n\r\nab",
      post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
      post + "Content-Length: 2;\r\n\r\nab",
      post + "Content-Length: 0x2\r\n\r\nab",
      post + "Content-Length: 2e0\r\n\r\nab",
      post + "Content-Length: \"2\"\r\n\r\nab",
      post + "Content-Length: 2.0\r\n\r\nab",
      post + "Content-Length:\r\n\r\n",
      post + "Content-Length: 2\r\n 3\r\n\r\nab",
      post + "Content-Length : 2\r\n\r\nab",
      post + " Content-Length: 2\r\n\r\nab",
      post + "Content-Length\t: 2\r\n\r\nab",
      post + "Content-Length: 2\rX: y\r\n\r\nab",
      post + "Content-Length: 2\nX: y\r\n\r\nab",
      post + "Content_Length: 2\nContent-Length: 2\r\n\r\nab",
      post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Content-Length: 2\r\nTransfer-Encoding: identity\r\n\r\nab",
      post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked;x=1\r\n\r\n0\r\n\r\n",
      post +
          "Transfer-Encoding: \x0b"
          "chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\nX: y\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chun\r\n ked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding:\r\n\r\n",
      post + "Transfer-Encoding: identity\r\n\r\n",
      chunked + "0x2\r\nab\r\n0\r\n\r\n",
      chunked + "+2\r\nab\r\n0\r\n\r\n",
      chunked + "-2\r\nab\r\n0\r\n\r\n",
      chunked + " 2\r\nab\r\n0\r\n\r\n",
      chunked + "2\nab\n0\n\n",
      chunked + "2\r\nab\n0\r\n\r\n",
      chunked + "2\r\nabX0\r\n\r\n",
      chunked + "2;\n\r\nab\r\n0\r\n\r\n",
      chunked + "10000000000000002\r\nab\r\n0\r\n\r\n",
      chunked + "\r\nab\r\n0\r\n\r\n",
      chunked + "0\r\nnot a trailer\r\n\r\n",
      "POST /smuggled HTTP/1.1\nHost: x\nContent-Length: 2\n\nab",
      "POST /smuggled HTTP/1.1\r\nHost: x\r\n\nab\r\n",
      "POST /smuggled HTTP/1.1\rHost: x\r\n\r\n",
      "POST /smuggled\x0bHTTP/1.1\r\nHost: x\r\n\r\n",
      "POST /smuggled HTTP/1.1 \r\nHost: x\r\n\r\n",
      "POST /smuggled HTTP/01.1\r\nHost: x\r\n\r\n",
      "POST /smuggled HTTP/1.1, HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST /smuggled HTTP/1.1\r\n Host: x\r\n\r\n",
      "POST /smuggled HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
      "POST /smuggled HTTP/1.1\r\nHost: x\0y\r\n\r\n",
  };
  for (const auto& request : requests) {
    auto answer = talk(request + tail);
    EXPECT_THAT(answer, AnyOf(StartsWith("HTTP/1.1 4"), StartsWith("HTTP/1.1 5"))) << request;
    EXPECT_THAT(answer, Not(HasSubstr("HTTP/1.1 200"))) << request;
  }
  EXPECT_EQ(handler_.handled, 0);
}

TEST_F(PatientHttp, ManyAtOnce) {
  start();
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int t = 0; t < 8; ++t)
    clients.emplace_back([&] {
      for (int i = 0; i < 25; ++i)
        good += talk(std::string("GET /n HTTP/1.1\r\n") + kLast + "\r\n").find("GET /n 0") !=
                std::string::npos;
    });
  for (auto& client : clients) client.join();
  EXPECT_EQ(good, 200);
}

TEST_F(PatientHttp, OverTls) {
  TemporaryFolder folder;
  auto own = make_certificate("hub.test", "DNS:hub.test", nullptr);
  own.save(folder.file("cert.pem"), folder.file("key.pem"));
  start({.certificate_file = folder.file("cert.pem"), .key_file = folder.file("key.pem")});
  int fd = connect_to_port(port_);
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  ASSERT_EQ(SSL_connect(ssl), 1);
  std::string request = std::string("GET /three HTTP/1.1\r\n") + kHost + "\r\n" +
                        "GET /big HTTP/1.1\r\n" + kHost + "\r\n" + "GET /tls HTTP/1.1\r\n" + kLast +
                        "\r\n";
  SSL_write(ssl, request.data(), static_cast<int>(request.size()));
  std::string answer;
  char buffer[65536];
  for (int n; (n = SSL_read(ssl, buffer, sizeof buffer)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(n));
  EXPECT_EQ(SSL_get_error(ssl, 0), SSL_ERROR_ZERO_RETURN);  // ended properly
  EXPECT_THAT(answer.substr(answer.size() - 60), EndsWith("GET /tls 0  secure loopback"));
  EXPECT_GT(answer.size(), 20u << 20);
  SSL_free(ssl);
  SSL_CTX_free(context);
  ::close(fd);
  EXPECT_EQ(talk(std::string("GET / HTTP/1.1\r\n") + kLast + "\r\n"), "");  // without TLS
}

TEST_F(Http, ListeningFailsInWords) {
  start();
  Loop other(workers(), {});
  auto error = [&](ListenOptions options) {
    auto result = other.listen(options, handler_);
    return result ? std::string("fine") : result.error().code;
  };
  EXPECT_EQ(error({.address = "nowhere", .port = 0}), "net.listen");
  EXPECT_EQ(error({.address = "203.0.113.1", .port = 0}), "net.listen");
  EXPECT_EQ(error({.port = port_}), "net.listen");
  EXPECT_EQ(error({.port = 0, .certificate_file = "x"}), "net.certificate");
  EXPECT_EQ(error({.port = 0, .certificate_file = "x", .key_file = "y"}), "net.certificate");
  EXPECT_EQ(error({.address = "::1", .port = 0}), "fine");
}

}  // namespace
}  // namespace hearback::net
