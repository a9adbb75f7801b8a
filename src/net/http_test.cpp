#include "net/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_message.hpp"
#include "net/test_http.hpp"

namespace hearback::net {
namespace {

using namespace testing;
using ::testing::AllOf;
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
  // What stands for a percent sign isn't taken for an escape by whoever decodes the rest.
  EXPECT_EQ(path("/a%252Fb"), "/a%252Fb?");
  EXPECT_EQ(path("/50%25"), "/50%25?");
  EXPECT_EQ(path("/%C3%A4"), "/ä?");
  EXPECT_EQ(path("/a??b"), "/a??b");
  EXPECT_EQ(path("http://host/a?b"), "/a?b");
  EXPECT_EQ(path("https://host"), "/?");
  EXPECT_EQ(path("http://host?b"), "/?b");
  EXPECT_EQ(path("http://host/?"), "/?");
  for (auto bad : {"",
                   "*",
                   "a",
                   "a:443",
                   "/%",
                   "/%4",
                   "/%zz",
                   "/%00",
                   "/a%0d%0ab",
                   "/%7f",
                   "/%ff",
                   "/%c3",
                   "/%ed%a0%80",
                   "/..",
                   "/a/../b",
                   "/a/%2e%2E/b",
                   "/./a",
                   "/a/.",
                   "/a#b",
                   "http:///x",
                   "ftp://host/x",
                   "/%c0%af",
                   "http://",
                   "http://?a",
                   "http://:80/",
                   "http://host#a",
                   "http://a@host/",
                   "http://host@",
                   "http://host/.."})
    EXPECT_EQ(path(bad), "bad") << bad;
}

// RFC 9112 section 3.2.2: the host of the target counts, not that of the field.
TEST(HttpTarget, AnAbsoluteFormNamesTheHost) {
  const auto host = [](std::string_view target, std::string_view field) {
    HttpRequest request;
    request.headers = {{"accept", "a"}, {"host", std::string(field)}, {"cookie", "b"}};
    auto parsed = parse_target(target);
    if (!parsed) return std::string("bad");
    set_target(request, std::move(*parsed));
    EXPECT_EQ(request.headers.size(), 3u);
    return std::string(request.header("host")) + request.path;
  };
  EXPECT_EQ(host("/a", "x"), "x/a");
  EXPECT_EQ(host("//y/a", "x"), "x//y/a");
  EXPECT_EQ(host("http://x/a", "x"), "x/a");
  EXPECT_EQ(host("http://y:81/a", "x"), "y:81/a");
  EXPECT_EQ(host("HTTPS://[::1]/a", "x"), "[::1]/a");
  EXPECT_EQ(host("http://y", "x"), "y/");
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

TEST_F(Http, AnAbsoluteFormReachesTheHandlerAsItsHost) {
  start();
  EXPECT_THAT(talk(std::string("GET http://y/host HTTP/1.1\r\n") + kLast + "\r\n"),
              EndsWith("\r\n\r\ny"));
  EXPECT_THAT(talk("GET http://y/host HTTP/1.0\r\n\r\n"), EndsWith("\r\n\r\ny"));
  EXPECT_THAT(talk(std::string("GET /host HTTP/1.1\r\n") + kLast + "\r\n"), EndsWith("\r\n\r\nx"));
  EXPECT_THAT(talk("GET http://y/host HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  // Nothing of https comes over the plain connection.
  EXPECT_THAT(talk(std::string("GET https://y/host HTTP/1.1\r\n") + kHost + "\r\n"),
              AllOf(StartsWith("HTTP/1.1 421 "), HasSubstr("\"http.misdirected\"")));
}

// Nobody is told that something broke inside, or that a body was too large, where it was not.
TEST_F(Http, EachRefusalOfTheServerHasItsCode) {
  start();
  const std::string get = "GET / HTTP/1.1\r\n", post = "POST / HTTP/1.1\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {get + "\r\n", "http.malformed"},
      {get, "http.too-slow"},
      {post + kHost + "Content-Length: 1001\r\n\r\n", "http.too-large"},
      {post + kHost + "Content-Length: 1\r\nExpect: pony\r\n\r\n", "http.expectation"},
      {get + kHost + "X: " + std::string(64 * 1024, 'a') + "\r\n\r\n", "http.head-too-large"},
      {"GET /throw HTTP/1.1\r\n" + std::string(kLast) + "\r\n", "http.internal"},
      {post + kHost + "Transfer-Encoding: gzip\r\n\r\n", "http.transfer-coding"},
      {"GET / HTTP/2.0\r\n" + std::string(kHost) + "\r\n", "http.version"},
  };
  for (const auto& [request, code] : cases)
    EXPECT_THAT(talk(request), HasSubstr("\"code\":\"" + code + "\"}")) << request.substr(0, 80);
  EXPECT_THAT(come_again().body, HasSubstr("\"http.busy\""));
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

TEST_F(PatientHttp, AStreamOfKnownLengthIsWholeOrCutOff) {
  start();
  const auto ask = [this](std::string path) {
    return talk("GET " + path + " HTTP/1.1\r\n" + kHost + "\r\nGET /after HTTP/1.1\r\n" + kLast +
                "\r\n");
  };
  const auto octets = [](const std::string& answer) {
    return static_cast<std::size_t>(std::ranges::count(answer, 'p'));
  };
  const auto whole = ask("/file/2000000");
  EXPECT_THAT(whole, HasSubstr("\r\nContent-Length: 2000000\r\n"));
  EXPECT_THAT(whole, Not(HasSubstr("chunked")));
  EXPECT_THAT(whole.substr(whole.rfind("HTTP/1.1")), HasSubstr("GET /after"));
  EXPECT_GE(octets(whole), 2'000'000u);
  for (const char* wrong : {"/file/150000", "/file/2100000"}) {
    const auto cut = ask(wrong);
    EXPECT_THAT(cut, HasSubstr("\r\nContent-Length: 2000000\r\n"));
    EXPECT_THAT(cut, Not(HasSubstr("GET /after"))) << wrong;
    EXPECT_LE(octets(cut.substr(cut.find("\r\n\r\n"))), 2'000'000u) << wrong;
  }
  // HTTP/1.0 needs no end of the connection to tell the end.
  EXPECT_THAT(talk("GET /file/2000000 HTTP/1.0\r\n\r\n"),
              HasSubstr("\r\nContent-Length: 2000000\r\n"));
  auto head = talk(std::string("HEAD /file/2000000 HTTP/1.1\r\n") + kLast + "\r\n");
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 2000000\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

// What is being downloaded is no idle stream: it comes to its end before the program does.
TEST_F(PatientHttp, StopLetsADownloadEnd) {
  start();
  handler_.at_pouring = [this] { loop_.stop(); };
  const auto answer = talk(std::string("GET /file/2000000 HTTP/1.1\r\n") + kHost + "\r\n");
  EXPECT_GE(std::ranges::count(answer, 'p'), 2'000'000);
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
