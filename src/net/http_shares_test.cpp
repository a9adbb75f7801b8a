// Who may take how much of the HTTP server: connections, turns, and memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <map>
#include <string>

#include "net/http_seats.hpp"
#include "net/test_http.hpp"

namespace hearback::net {
namespace {

using namespace testing;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

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

// Answers that are read slowly hold no place against others.
TEST_F(Http, WhoHoldsMostPlacesByAnswersGivesWay) {
  start({.connections = 4, .connections_of_one = 2});
  const auto stream = [this](const char* user) {
    int fd = connect_to_port(port_);
    write_fully(fd,
                std::string("GET /events HTTP/1.1\r\nX-User: ") + user + "\r\n" + kHost + "\r\n");
    EXPECT_THAT(read_until(fd, "data: 1"), StartsWith("HTTP/1.1 200 ")) << user;
    return fd;
  };
  int first = stream("eve"), ann = stream("ann"), second = stream("eve"), third = stream("eve");
  int ben = stream("ben");
  read_all(first);  // it ends
  for (int fd : {ann, second, third, ben})
    EXPECT_THAT(read_until(fd, "data: 9"), HasSubstr("data: 9"));
  EXPECT_THAT(talk(""), StartsWith("HTTP/1.1 503 "));  // nobody has more than they may
  for (int fd : {first, ann, second, third, ben}) ::close(fd);
}

// A body that doesn't come, or an answer that isn't read, holds a place against nobody else.
TEST_F(PatientHttp, StrangersWhoAreWaitedForGiveWay) {
  start({.connections = 4});
  const std::string post = "POST /x HTTP/1.1\r\nContent-Length: 10\r\n";
  const std::string big = "GET /big HTTP/1.1\r\n";
  std::vector<int> strangers, known;
  for (const auto& request : {post, post, big, big}) {
    strangers.push_back(connect_to_port(port_));
    write_fully(strangers.back(), request + kHost + "\r\n");
  }
  wait_for(handler_.asked, 2);
  wait_for(handler_.handled, 2);
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (known.size() < 4 && std::chrono::steady_clock::now() < until) {
    int fd = connect_to_port(port_);
    write_fully(fd, std::string("GET /events HTTP/1.1\r\n") + kHost + "\r\n");
    if (read_until(fd, "data: 1").starts_with("HTTP/1.1 200 "))
      known.push_back(fd);
    else
      ::close(fd);  // the handler has yet to answer the strangers
  }
  EXPECT_EQ(known.size(), 4u);
  EXPECT_THAT(talk(""), StartsWith("HTTP/1.1 503 "));  // those stay
  for (int fd : strangers) ::close(fd);
  for (int fd : known) ::close(fd);
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
  HttpSeats seats(4, 4);
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

// Browsers and most programs read no answer before the whole body is sent.
TEST_F(Http, WhoSendsABodyThatIsTooLargeReadsWhyItIsRefused) {
  start();
  const std::string body(40'000'000, 'u');
  for (const char* framing : {"Content-Length: 40000000\r\n", "Transfer-Encoding: chunked\r\n"}) {
    const bool chunked = framing[0] == 'T';
    int fd = connect_to_port(port_);
    write_fully(fd, std::string("POST /upload HTTP/1.1\r\n") + framing + kHost + "\r\n");
    if (chunked) write_fully(fd, "2625a00\r\n");
    EXPECT_TRUE(write_fully(fd, body)) << framing;
    if (chunked) write_fully(fd, "\r\n0\r\n\r\n");
    EXPECT_THAT(read_all(fd), StartsWith("HTTP/1.1 413 ")) << framing;
    ::close(fd);
  }
  EXPECT_EQ(handler_.handled, 0);
}

// A line that takes its time is no silence: the rate that a body keeps holds for one that is thrown
// away as well.
TEST_F(PatientHttp, ARefusedBodyMayTakeItsTime) {
  start();
  int fd = connect_to_port(port_);
  write_fully(fd,
              std::string("POST /upload HTTP/1.1\r\nContent-Length: 6000000\r\n") + kHost + "\r\n");
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(write_fully(fd, std::string(200'000, 'u'))) << i;
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_THAT(read_all(fd), StartsWith("HTTP/1.1 413 "));
  ::close(fd);
}

// Who only wants to keep the connection, or a server at work, gains nothing by a body that is
// refused: neither by silence, nor by dripping, nor by one without end.
TEST_F(PatientHttp, ARefusedBodyKeepsNoConnection) {
  start();
  const auto refused_after = [this](std::string head, std::size_t piece, Duration pause) {
    int fd = connect_to_port(port_);
    write_fully(fd, "POST /upload HTTP/1.1\r\n" + head + kHost + "\r\n");
    const auto begin = std::chrono::steady_clock::now();
    const std::string bytes(piece, 'u');
    std::size_t sent = 0;
    while (std::chrono::steady_clock::now() - begin < 20s && write_fully(fd, bytes)) {
      sent += piece;
      std::this_thread::sleep_for(pause);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s) << head;
    ::close(fd);
    return sent;
  };
  refused_after("Content-Length: 40000000\r\n", 1, 10ms);
  // Longer than is read on in any case: nothing of it is worth reading.
  EXPECT_LT(refused_after("Content-Length: 4000000000\r\n", 1 << 20, 0ms), 32u << 20);
  EXPECT_LT(refused_after("Transfer-Encoding: chunked\r\n\r\nfffffff0\r\n", 1 << 20, 0ms),
            128u << 20);
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

// Files sent beside each other that don't all fit: those that do go through, and the others are
// told so before they are sent, not all of them when the room is full.
TEST_F(PatientHttp, BodiesThatFitGoThroughAndTheOthersAreToldAtOnce) {
  start();
  auto begin_body = [this](int number) {
    int fd = connect_to_port(port_);
    write_fully(fd, std::string("POST /mine HTTP/1.1\r\nContent-Length: 3000\r\nX-User: ann\r\n") +
                        "Expect: 100-continue\r\n" + kLast + "\r\n");
    wait_for(handler_.asked, number);
    return fd;
  };
  int first = begin_body(1);
  EXPECT_THAT(read_until(first, "\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  for (int number = 2; number < 5; ++number) {
    int other = begin_body(number);
    const auto refused = read_until(other, "\r\n\r\n");
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(refused, HasSubstr("Retry-After: "));
    ::close(other);
  }
  write_fully(first, std::string(3000, 'm'));
  EXPECT_THAT(read_all(first), HasSubstr("POST /mine 3000"));
  ::close(first);
}

// Room that is kept for a body that doesn't come is given back after one interval.
TEST_F(Http, ABodyThatDoesNotComeKeepsItsRoomNotForLong) {
  start();
  const auto head = std::string("POST /mine HTTP/1.1\r\nContent-Length: 3000\r\nX-User: ann\r\n") +
                    kLast + "\r\n";
  int silent = connect_to_port(port_);
  write_fully(silent, head);
  EXPECT_THAT(read_until(silent, "\r\n\r\n"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(talk(head + std::string(3000, 'm')), HasSubstr("POST /mine 3000"));
  ::close(silent);
}

// There are more networks than memory: who holds nothing isn't remembered, be it that nothing came.
TEST(HttpBodies, NobodyIsRememberedWhoHoldsNothing) {
  HttpBodies bodies(100);
  for (int i = 0; i < 10; ++i) {
    HeldOctets held(bodies);
    held.stand_for({{"visitors", 50}, {"network " + std::to_string(i), 10}});
    EXPECT_TRUE(held.take(0));  // a header without a body behind it
    EXPECT_EQ(bodies.parties(), 0u);
    EXPECT_TRUE(held.take(10));
    EXPECT_FALSE(held.take(1));
    EXPECT_EQ(bodies.parties(), 2u);
  }
  EXPECT_EQ(bodies.parties(), 0u);
}

// However a body ends, or what is done with it: nothing of its room stays taken. (4,000 octets are
// ann's, so that one that is left behind leaves no room for another.)
TEST_F(Http, TheRoomOfABodyIsGivenBackHoweverItEnds) {
  start();
  const auto head = [](const std::string& path, const std::string& framing) {
    return "POST " + path + " HTTP/1.1\r\n" + framing + "\r\nX-User: ann\r\n" + kHost + "\r\n";
  };
  const std::string whole(3000, 'm'), length = "Content-Length: 3000";
  const std::string chunks = "Transfer-Encoding: chunked";
  const std::map<std::string, std::string> said = {
      {"leaves before it", head("/mine", length)},
      {"leaves in its midst", head("/mine", length) + std::string(1500, 'm')},
      {"leaves before the answer", head("/mine", length) + whole},
      {"leaves, asked to go on", head("/mine", length + "\r\nExpect: 100-continue")},
      {"leaves between chunks", head("/mine", chunks) + "100\r\n" + std::string(256, 'm') + "\r\n"},
      {"frames badly", head("/mine", chunks) + "zz\r\n"},
      {"sends too much in chunks", head("/mine", chunks) + "1000\r\n" + std::string(4096, 'm')},
      {"says too much", head("/mine", "Content-Length: 3001") + whole},
      {"says less than it sends", head("/mine", length) + whole + whole},
      {"is handled badly", head("/throw", length) + whole},
      {"asks twice at once", head("/mine", length) + whole + head("/mine", length) + whole},
      {"asks twice, and leaves in the second",
       head("/mine", length) + whole + head("/mine", length) + std::string(1500, 'm')}};
  const auto one_fits = [&] {
    const auto until = std::chrono::steady_clock::now() + 5s;
    for (;;) {
      int fd = connect_to_port(port_);
      write_fully(fd, head("/mine", length + "\r\nConnection: close") + whole);
      const auto answer = read_all(fd);
      ::close(fd);
      if (answer.find("POST /mine 3000") != std::string::npos) return true;
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(10ms);
    }
  };
  for (const auto& [what, bytes] : said)
    for (const bool cut : {false, true})
      for (int i = 0; i < 3; ++i) {
        int fd = connect_to_port(port_);
        write_fully(fd, bytes);
        if (i > 0) std::this_thread::sleep_for(20ms);  // or the server hasn't seen it yet
        const linger reset{1, 0};
        if (cut) ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        ::close(fd);
        EXPECT_TRUE(one_fits()) << what << (cut ? ", cut" : "");
      }
}

// Nor is anything kept for who hasn't shown who they are: they would announce bodies only to keep
// others from signing in.
TEST_F(PatientHttp, NothingIsKeptForTheBodiesOfStrangers) {
  start();
  std::vector<int> silent;
  for (int i = 0; i < 3; ++i) {
    silent.push_back(connect_to_port(port_));
    write_fully(silent.back(), std::string("POST /strangers HTTP/1.1\r\nContent-Length: 3000\r\n") +
                                   kHost + "\r\n");
    wait_for(handler_.asked, i + 1);
  }
  EXPECT_THAT(talk(std::string("POST /strangers HTTP/1.1\r\nContent-Length: 3000\r\n") + kLast +
                   "\r\n" + std::string(3000, 'm')),
              HasSubstr("POST /strangers 3000"));
  for (int fd : silent) ::close(fd);
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

// Who asks for large answers and reads none of them holds no more memory than is theirs.
TEST_F(PatientHttp, AnswersThatNobodyReadsTakeTheirShareOfMemoryOnly) {
  limits_.http_answers_of_network = 50u << 20;  // two of 20 MiB
  start();
  auto ask = [this](const std::string& more) {
    int fd = connect_to_port(port_);
    const int before = handler_.handled;
    write_fully(fd, std::string("GET /big HTTP/1.1\r\n") + more + kHost + "\r\n");
    wait_for(handler_.handled, before + 1);
    return fd;
  };
  int first = ask(""), second = ask(""), third = ask("");
  auto refused = read_some(third, 300);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("Retry-After: "));
  EXPECT_THAT(refused, HasSubstr("\"http.busy\""));
  // What has been done is told from what can be asked for again (O-2).
  int done = connect_to_port(port_);
  write_fully(done, std::string("POST /big HTTP/1.1\r\nContent-Length: 0\r\n") + kHost + "\r\n");
  EXPECT_THAT(read_some(done, 500), HasSubstr("\"http.unfinished\""));
  ::close(done);
  EXPECT_THAT(talk(std::string("GET /small HTTP/1.1\r\n") + kLast + "\r\n"),
              HasSubstr("GET /small"));
  int ann = ask("X-User: ann\r\n"), again = ask("X-User: ann\r\n");  // has a share of her own
  EXPECT_THAT(read_some(ann, 300), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(read_some(again, 300), StartsWith("HTTP/1.1 503 "));
  ::close(first);  // and what is over is given back
  const auto until = std::chrono::steady_clock::now() + 10s;
  std::string answer;
  do {
    int fd = ask("");
    answer = read_some(fd, 300);
    ::close(fd);
  } while (!answer.starts_with("HTTP/1.1 200 ") && std::chrono::steady_clock::now() < until);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  for (int fd : {second, third, ann, again}) ::close(fd);
}

}  // namespace
}  // namespace hearback::net
