#include "net/resolve.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "net/test_peer.hpp"

namespace hearback::net {
namespace {

using namespace testing;

// A name server on loopback that knows a few names. RFC 1035.
class NameServer {
 public:
  NameServer() {
    while (!bind_both()) {
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    ending_ = true;
    thread_.join();
    ::close(socket_);
    ::close(listener_);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int questions() const { return questions_; }
  int streamed() const { return streamed_; }

  std::map<std::string, std::vector<std::string>> names;  // set before anybody asks
  std::set<std::string> silent, failing, truncated;       // truncated: whole over TCP only

 private:
  // One port number for UDP and TCP.
  bool bind_both() {
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    auto* address = reinterpret_cast<sockaddr*>(&at);
    if (::bind(socket_, address, sizeof at) == 0 && ::getsockname(socket_, address, &length) == 0 &&
        ::bind(listener_, address, sizeof at) == 0 && ::listen(listener_, 16) == 0) {
      port_ = ntohs(at.sin_port);
      return true;
    }
    ::close(socket_);
    ::close(listener_);
    return false;
  }

  void serve() {
    while (!ending_) {
      pollfd ready[] = {{socket_, POLLIN, 0}, {listener_, POLLIN, 0}};
      if (::poll(ready, 2, 20) <= 0) continue;
      if (ready[0].revents & POLLIN) serve_datagram();
      if (ready[1].revents & POLLIN) serve_stream();
    }
  }

  void serve_datagram() {
    std::string packet(1500, '\0');
    sockaddr_in from{};
    socklen_t length = sizeof from;
    auto n = ::recvfrom(socket_, packet.data(), packet.size(), 0,
                        reinterpret_cast<sockaddr*>(&from), &length);
    if (n < 17) return;
    ++questions_;
    packet.resize(static_cast<std::size_t>(n));
    auto answer = reply(packet, true);
    if (!answer.empty())
      ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
               length);
  }

  // Both questions may come over one connection.
  void serve_stream() {
    int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    timeval patience{0, 200'000};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string input;
    for (auto more = read_some(fd); !more.empty(); more = read_some(fd)) {
      input += more;
      while (input.size() >= 2) {
        auto size = static_cast<std::size_t>(static_cast<std::uint8_t>(input[0]) * 256 +
                                             static_cast<std::uint8_t>(input[1]));
        if (input.size() < 2 + size) break;
        auto answer = reply(input.substr(2, size), false);
        input.erase(0, 2 + size);
        write_fully(fd, std::string{static_cast<char>(answer.size() >> 8),
                                    static_cast<char>(answer.size() & 0xff)} +
                            answer);
        ++streamed_;
      }
    }
    ::close(fd);
  }

  std::string reply(const std::string& query, bool datagram) {
    std::string name;
    std::size_t at = 12;
    while (at < query.size() && query[at] != 0) {
      auto size = static_cast<std::size_t>(query[at]);
      name += (name.empty() ? "" : ".") + query.substr(at + 1, size);
      at += size + 1;
    }
    int type = query[at + 2];
    if (silent.contains(name)) return {};
    bool cut = datagram && truncated.contains(name);
    std::string records;
    char count = 0;
    if (auto found = names.find(name); found != names.end() && !cut) {
      for (const auto& text : found->second) {
        auto address = parse_address(text).value();
        if ((type == 28) != address.v6) continue;
        auto size = static_cast<char>(address.v6 ? 16 : 4);
        records += std::string("\xc0\x0c\0", 3) + static_cast<char>(type) +
                   std::string("\0\1\0\0\0\x3c\0", 7) + size +
                   std::string(reinterpret_cast<const char*>(address.bytes.data()),
                               static_cast<std::size_t>(size));
        ++count;
      }
    }
    char code = failing.contains(name) ? 2 : names.contains(name) ? 0 : 3;
    std::string header = query.substr(0, 2) + (cut ? "\x83" : "\x81") +
                         static_cast<char>(0x80 | code) + std::string("\0\1\0", 3) + count +
                         std::string(4, '\0');
    return header + query.substr(12, at + 5 - 12) + records;
  }

  int socket_ = -1, listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_ = false;
  std::atomic<int> questions_ = 0, streamed_ = 0;
  std::thread thread_;
};

Task<std::string> dial_code(Env& env, std::string host, std::uint16_t port, Duration deadline) {
  auto result = co_await env.dial({host, port, Security::none}, deadline);
  if (!result) co_return result.error().code;
  auto outcome = co_await (*result)->perform(protocols::Read{5s});
  co_return outcome.bytes;
}

std::shared_ptr<Workers> workers() {
  static auto shared = make_workers(1);
  return shared;
}

std::string dial(const DialPolicy& policy, const std::string& host, std::uint16_t port,
                 Duration deadline = 10s) {
  Loop loop(workers(), policy);
  return run_on(loop, dial_code(loop.env(), host, port, deadline));
}

class Resolve : public ::testing::Test {
 protected:
  Resolve() : peer_([](int fd) { write_fully(fd, "hello"); }) {
    server_.names = {{"loop.test", {"127.0.0.1"}},
                     {"both.test", {"::1", "127.0.0.1"}},
                     {"mixed.test", {"10.0.0.1", "127.0.0.1"}},
                     {"dead-first.test", {"127.0.0.2", "127.0.0.1"}},
                     {"inward.test", {"10.1.2.3", "fd00::1"}},
                     {"mapped.test", {"::ffff:127.0.0.1"}},
                     {"empty.test", {}}};
    server_.silent = {"silent.test"};
    server_.failing = {"failing.test"};
    policy_ = local_policy();
    policy_.name_servers = server_.address();
  }
  NameServer server_;
  Peer peer_;
  DialPolicy policy_;
};

TEST_F(Resolve, NamesAreFound) {
  EXPECT_EQ(dial(policy_, "loop.test", peer_.port()), "hello");
  EXPECT_EQ(dial(policy_, "LOOP.test.", peer_.port()), "hello");
  // Nothing listens at ::1 or 127.0.0.2: the next address is tried.
  EXPECT_EQ(dial(policy_, "both.test", peer_.port()), "hello");
  EXPECT_EQ(dial(policy_, "dead-first.test", peer_.port()), "hello");
}

// Whoever owns a name decides how many addresses it has, not how many are knocked at.
TEST_F(Resolve, SEC3_OfManyAddressesTheFirstFewAreTried) {
  const auto after = [&](int dead) {
    auto& addresses = server_.names["many.test"];
    addresses.clear();
    for (int i = 0; i < dead; ++i) addresses.push_back("127.0.1." + std::to_string(i + 1));
    addresses.push_back("127.0.0.1");
    return dial(policy_, "many.test", peer_.port());
  };
  EXPECT_EQ(after(7), "hello");
  EXPECT_EQ(after(8), "net.refused");
  EXPECT_EQ(after(30), "net.refused");
}

// IPv6 may lead nowhere, however many addresses there are.
TEST_F(Resolve, OfManyAddressesBothFamiliesAreTried) {
  auto& addresses = server_.names["both.test"];
  for (int i = 0; i < 9; ++i) addresses.push_back("::1");
  addresses.push_back("127.0.0.1");
  EXPECT_EQ(dial(policy_, "both.test", peer_.port()), "hello");
}

TEST_F(Resolve, NamesThatDoNotExist) {
  EXPECT_EQ(dial(policy_, "missing.test", peer_.port()), "net.host-not-found");
  EXPECT_EQ(dial(policy_, "empty.test", peer_.port()), "net.host-not-found");
  EXPECT_EQ(dial(policy_, "http://loop.test", peer_.port()), "net.host-not-found");
  int before = server_.questions();
  EXPECT_EQ(dial(policy_, "some.invalid", peer_.port()), "net.host-not-found");
  EXPECT_EQ(server_.questions(), before);
  EXPECT_EQ(dial(policy_, "failing.test", peer_.port()), "net.resolver");
}

TEST_F(Resolve, LongAnswersComeOverTcp) {
  server_.names["long.test"] = {"127.0.0.1", "::1"};
  server_.truncated = {"long.test"};
  EXPECT_EQ(dial(policy_, "long.test", peer_.port()), "hello");
  EXPECT_GE(server_.streamed(), 2);
}

TEST_F(Resolve, SilenceEndsAtTheDeadline) {
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(dial(policy_, "silent.test", peer_.port(), 200ms), "net.timeout");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_F(Resolve, SEC3_NameIsResolvedOnceAndOnlyAllowedAddressesAreTried) {
  EXPECT_EQ(dial(policy_, "inward.test", peer_.port()), "net.host-not-found");
  EXPECT_EQ(dial(policy_, "mixed.test", peer_.port()), "hello");  // 10.0.0.1 was left out
  DialPolicy strict = policy_;
  strict.allow_loopback = false;
  for (const char* name : {"loop.test", "both.test", "mixed.test", "mapped.test", "inward.test"}) {
    int before = server_.questions();
    EXPECT_EQ(dial(strict, name, peer_.port()), "net.host-not-found") << name;
    EXPECT_EQ(server_.questions() - before, 2) << name;  // A and AAAA, once
  }
  EXPECT_EQ(peer_.accepted(), 1);
}

TEST_F(Resolve, SEC3_OddLiteralsAreAskedAsNamesAndTheAnswerIsChecked) {
  server_.names["2130706433"] = server_.names["0x7f.1"] = server_.names["127.1"] = {"127.0.0.1"};
  DialPolicy strict = policy_;
  strict.allow_loopback = false;
  for (const char* name : {"2130706433", "0x7f.1", "127.1"}) {
    auto code = dial(strict, name, peer_.port());
    EXPECT_TRUE(code == "net.forbidden-address" || code == "net.host-not-found") << name << code;
  }
  EXPECT_EQ(peer_.accepted(), 0);
}

Task<void> stop_after(Env& env, Loop& loop, Duration time) {
  co_await env.sleep(time);
  loop.stop();
}

TEST_F(Resolve, StopEndsALookUp) {
  Loop loop(workers(), policy_);
  loop.spawn(stop_after(loop.env(), loop, 30ms));
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run_on(loop, dial_code(loop.env(), "silent.test", 143, 60s)), "net.stopping");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

Task<void> count_found(Env& env, std::string host, std::uint16_t port, int& found, int& left,
                       Loop& loop) {
  found += co_await dial_code(env, host, port, 10s) == "hello";
  if (--left == 0) loop.stop();
}

TEST_F(Resolve, ManyAtOnceBesideSlowOnes) {
  Loop loop(workers(), policy_);
  int found = 0, left = 100;
  for (int i = 0; i < 20; ++i) {
    struct Ignored {
      static Task<void> dial(Env& env) { co_await dial_code(env, "silent.test", 143, 60s); }
    };
    loop.spawn(Ignored::dial(loop.env()));
  }
  for (int i = 0; i < 100; ++i)
    loop.spawn(count_found(loop.env(), "loop.test", peer_.port(), found, left, loop));
  auto begin = std::chrono::steady_clock::now();
  loop.run();
  EXPECT_EQ(found, 100);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(NormalHost, CanonicalForms) {
  EXPECT_EQ(normal_host(" IMAP.Example.ORG. "), "imap.example.org");
  EXPECT_EQ(normal_host("bücher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(normal_host("BÜCHER.example"), "xn--bcher-kva.example");
  EXPECT_EQ(normal_host("::1"), "::1");
  for (const char* bad : {"", ".", " ", "a b", "a\tb",
                          "a\x7f"
                          "b",
                          "\xff"})
    EXPECT_EQ(normal_host(bad), "") << bad;
  EXPECT_EQ(normal_host(std::string("a\0b", 3)), "");
  EXPECT_EQ(normal_host(std::string(300, 'a')), "");
}

}  // namespace
}  // namespace hearback::net
