#include "net/dial.hpp"

#include <gtest/gtest.h>

#include <future>

#include "net/test_peer.hpp"

namespace hearback::net {
namespace {

using namespace testing;
using protocols::Connection;
using protocols::Outcome;

std::shared_ptr<Workers> workers() {
  static auto shared = make_workers(2);
  return shared;
}

// Dials and, when that works, reads once.
struct Greeted {
  std::string code, what, hint, bytes;
};

Task<Greeted> greet(Env& env, Endpoint endpoint, Duration deadline) {
  auto connection = co_await env.dial(std::move(endpoint), deadline);
  if (!connection)
    co_return Greeted{connection.error().code, connection.error().what, connection.error().hint,
                      ""};
  auto outcome = co_await (*connection)->perform(protocols::Read{5s});
  if (outcome.error) co_return Greeted{outcome.error->code, outcome.error->what, "", ""};
  co_return Greeted{"", "", "", outcome.bytes};
}

Greeted dial_and_greet(DialPolicy policy, Endpoint endpoint, Duration deadline = 5s) {
  Loop loop(workers(), std::move(policy));
  return run_on(loop, greet(loop.env(), std::move(endpoint), deadline));
}

const Certified& authority() {
  static auto made = make_certificate("Test authority", "", nullptr);
  return made;
}

class Tls : public ::testing::Test {
 protected:
  Tls() { authority().save(folder_.file("ca.pem")); }
  DialPolicy policy(bool trusting = true) {
    auto policy = local_policy();
    if (trusting) policy.ca_file = folder_.file("ca.pem");
    policy.hosts = {{"imap.test", "127.0.0.1"}, {"bücher.test", "127.0.0.1"}};
    return policy;
  }
  // A server that greets over TLS with this certificate.
  static Peer::Script greets(const Certified& certified) {
    return [&certified](int fd) {
      TlsPeer tls(fd, certified);
      if (tls.ok()) tls.write("* OK ready\r\n");
    };
  }
  TemporaryFolder folder_;
};

TEST(Dial, PlainConnectionReads) {
  Peer peer([](int fd) { write_fully(fd, "* OK hello\r\n"); });
  auto got = dial_and_greet(local_policy(), {"127.0.0.1", peer.port(), Security::none});
  EXPECT_EQ(got.bytes, "* OK hello\r\n") << got.code;
}

TEST(Dial, SEC3_ForbiddenIsOneAnswerWithoutAConnection) {
  Peer peer([](int fd) { write_fully(fd, "* OK secret\r\n"); });
  DialPolicy strict;
  strict.ports = {0};
  DialPolicy usual_ports = local_policy();
  usual_ports.ports = {};
  DialPolicy no_plain = local_policy();
  no_plain.allow_plain = false;
  struct Case {
    DialPolicy policy;
    std::string host;
    Security security = Security::tls;
  };
  std::vector<Case> cases = {
      {strict, "127.0.0.1"},
      {strict, "[::1]"},
      {strict, "::ffff:7f00:1"},
      {strict, "10.0.0.1"},
      {strict, "169.254.169.254"},
      {strict, "0.0.0.0"},
      {strict, "64:ff9b::127.0.0.1"},
      {usual_ports, "127.0.0.1"},
      {no_plain, "127.0.0.1", Security::none},
  };
  std::optional<Greeted> first;
  for (auto& c : cases) {
    auto begin = std::chrono::steady_clock::now();
    auto got = dial_and_greet(c.policy, {c.host, peer.port(), c.security});
    auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(got.code, "net.forbidden-address") << c.host;
    EXPECT_GE(took, 480ms) << c.host;  // not told apart by the time either
    if (!first) first = got;
    EXPECT_EQ(got.what, first->what);
    EXPECT_EQ(got.hint, first->hint);
  }
  EXPECT_EQ(peer.accepted(), 0);
}

// Which names the operator's network knows can't be found out: names that lead inward answer as
// names that nobody has, and no sooner.
TEST(Dial, SEC3_NamesInsideAreToldLikeNamesThatAreNone) {
  Peer peer([](int fd) { write_fully(fd, "* OK secret\r\n"); });
  DialPolicy strict;
  strict.ports = {0};
  strict.allow_plain = true;
  strict.hosts = {{"inward.test", "127.0.0.1"},
                  {"inward6.test", "::ffff:127.0.0.1"},
                  {"private.test", "10.1.2.3"}};
  std::optional<Greeted> first;
  for (const char* host : {"nobody.invalid", "inward.test", "INWARD.test.", "inward6.test",
                           "private.test", "localhost", "localhost.", "127.1"}) {
    auto begin = std::chrono::steady_clock::now();
    auto got = dial_and_greet(strict, {host, peer.port(), Security::none});
    auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(got.code, "net.host-not-found") << host;
    EXPECT_GE(took, 480ms) << host;
    EXPECT_LT(took, 980ms) << host;
    if (!first) first = got;
    EXPECT_EQ(got.what, first->what) << host;
    EXPECT_EQ(got.hint, first->hint) << host;
  }
  EXPECT_EQ(peer.accepted(), 0);
}

TEST(Dial, SEC3_OddSpellingsDoNotReachLoopback) {
  Peer peer([](int fd) { write_fully(fd, "* OK secret\r\n"); });
  DialPolicy strict;
  strict.ports = {0};
  strict.allow_plain = true;
  for (const char* host :
       {"0x7f.1", "0x7f000001", "2130706433", "127.1", "0177.0.0.1", "::1%lo", "127.0.0.1.",
        "[127.0.0.1]", "127.0.0.1%lo", "１２７.0.0.1", "127。0。0。1", "[::ffff:127.0.0.1]"}) {
    auto got = dial_and_greet(strict, {host, peer.port(), Security::none}, 2s);
    EXPECT_TRUE(got.code.starts_with("net.")) << host << " " << got.code;
    EXPECT_EQ(got.bytes, "") << host;
  }
  EXPECT_EQ(peer.accepted(), 0);
}

TEST(Dial, RefusedPort) {
  std::uint16_t port;
  {
    Peer peer([](int) {});
    port = peer.port();
  }
  auto got = dial_and_greet(local_policy(), {"127.0.0.1", port, Security::none});
  EXPECT_EQ(got.code, "net.refused");
  EXPECT_FALSE(got.hint.empty());
}

TEST(Dial, NamesThatAreNone) {
  for (const char* host :
       {"", ".", "a b", "a\nb", "imap://a.test", "me@a.test", "name.invalid", "0177.0.0.1", "127.1",
        "2130706433", "0x7f.1", "1.2.3.4.5", "256.1.1.1"}) {
    auto got = dial_and_greet(local_policy(), {host, 143, Security::none}, 3s);
    EXPECT_EQ(got.code, "net.host-not-found") << host;
    EXPECT_FALSE(got.hint.empty());
  }
}

TEST(Dial, HostsFileIsAsked) {
  Peer peer([](int fd) { write_fully(fd, "hi"); });
  auto got = dial_and_greet(local_policy(), {"localhost", peer.port(), Security::none});
  EXPECT_EQ(got.bytes, "hi") << got.code;
}

TEST_F(Tls, GoodCertificate) {
  auto leaf = make_certificate("imap.test", "DNS:imap.test", &authority());
  Peer peer(greets(leaf));
  auto got = dial_and_greet(policy(), {"imap.test", peer.port(), Security::tls});
  EXPECT_EQ(got.bytes, "* OK ready\r\n") << got.code << got.what;
  got = dial_and_greet(policy(), {" IMAP.test. ", peer.port(), Security::tls});
  EXPECT_EQ(got.bytes, "* OK ready\r\n") << got.code << got.what;
}

TEST_F(Tls, AddressInCertificate) {
  auto leaf = make_certificate("x", "IP:127.0.0.1", &authority());
  Peer peer(greets(leaf));
  auto got = dial_and_greet(policy(), {"127.0.0.1", peer.port(), Security::tls});
  EXPECT_EQ(got.bytes, "* OK ready\r\n") << got.code << got.what;
}

TEST_F(Tls, InternationalName) {
  auto leaf = make_certificate("x", "DNS:xn--bcher-kva.test", &authority());
  Peer peer(greets(leaf));
  auto got = dial_and_greet(policy(), {"Bücher.test", peer.port(), Security::tls});
  EXPECT_EQ(got.bytes, "* OK ready\r\n") << got.code << got.what;
}

TEST_F(Tls, WrongNameIsNamed) {
  auto leaf = make_certificate("other.test", "DNS:other.test, IP:127.0.0.2", &authority());
  Peer peer(greets(leaf));
  auto got = dial_and_greet(policy(), {"imap.test", peer.port(), Security::tls});
  EXPECT_EQ(got.code, "tls.name-mismatch");
  EXPECT_NE(got.what.find("imap.test"), std::string::npos);
  EXPECT_FALSE(got.hint.empty());
  got = dial_and_greet(policy(), {"127.0.0.1", peer.port(), Security::tls});
  EXPECT_EQ(got.code, "tls.name-mismatch");
}

TEST_F(Tls, CommonNameAloneIsNotEnoughOnceNamesAreGiven) {
  auto leaf = make_certificate("imap.test", "DNS:other.test", &authority());
  Peer peer(greets(leaf));
  EXPECT_EQ(dial_and_greet(policy(), {"imap.test", peer.port(), Security::tls}).code,
            "tls.name-mismatch");
}

TEST_F(Tls, UnknownAuthorityAndSelfSigned) {
  auto leaf = make_certificate("imap.test", "DNS:imap.test", &authority());
  Peer peer(greets(leaf));
  auto got = dial_and_greet(policy(false), {"imap.test", peer.port(), Security::tls});
  EXPECT_EQ(got.code, "tls.untrusted");
  auto own = make_certificate("imap.test", "DNS:imap.test", nullptr);
  Peer self_signed(greets(own));
  got = dial_and_greet(policy(), {"imap.test", self_signed.port(), Security::tls});
  EXPECT_EQ(got.code, "tls.untrusted");
  EXPECT_FALSE(got.hint.empty());
}

TEST_F(Tls, ExpiredAndNotYetValid) {
  auto expired = make_certificate("imap.test", "DNS:imap.test", &authority(), -7200, -3600);
  Peer old(greets(expired));
  EXPECT_EQ(dial_and_greet(policy(), {"imap.test", old.port(), Security::tls}).code, "tls.expired");
  auto early = make_certificate("imap.test", "DNS:imap.test", &authority(), 3600, 7200);
  Peer future(greets(early));
  EXPECT_EQ(dial_and_greet(policy(), {"imap.test", future.port(), Security::tls}).code,
            "tls.expired");
}

TEST_F(Tls, PlainServerOnTlsPort) {
  for (const char* greeting : {"* OK IMAP4rev1 ready\r\n", "220 mail.test ESMTP\r\n",
                               "HTTP/1.1 400 Bad Request\r\n\r\n"}) {
    Peer peer([greeting](int fd) {
      write_fully(fd, greeting);
      read_some(fd);
    });
    auto got = dial_and_greet(policy(), {"imap.test", peer.port(), Security::tls});
    EXPECT_EQ(got.code, "tls.not-tls") << greeting << got.what;
    EXPECT_NE(got.hint.find("STARTTLS"), std::string::npos);
  }
}

TEST_F(Tls, ServerThatEndsOrStaysSilent) {
  Peer ends([](int) {});
  EXPECT_EQ(dial_and_greet(policy(), {"imap.test", ends.port(), Security::tls}).code, "tls.failed");
  Peer silent([](int fd) { read_all(fd); });
  auto got = dial_and_greet(policy(), {"imap.test", silent.port(), Security::tls}, 300ms);
  EXPECT_EQ(got.code, "net.timeout");
}

TEST_F(Tls, OldVersionsAreRefused) {
  auto leaf = make_certificate("imap.test", "DNS:imap.test", &authority());
  Peer peer([&leaf](int fd) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    SSL_CTX_use_certificate(context, leaf.certificate);
    SSL_CTX_use_PrivateKey(context, leaf.key);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    EXPECT_NE(SSL_accept(ssl), 1);
    SSL_free(ssl);
    SSL_CTX_free(context);
    ERR_clear_error();
  });
  auto got = dial_and_greet(policy(), {"imap.test", peer.port(), Security::tls});
  EXPECT_EQ(got.code, "tls.failed") << got.what;
}

TEST_F(Tls, UnreadableAuthorityFile) {
  Peer peer([](int fd) { read_all(fd); });
  auto bad = policy();
  bad.ca_file = folder_.file("missing.pem");
  EXPECT_EQ(dial_and_greet(bad, {"imap.test", peer.port(), Security::tls}).code, "tls.failed");
}

Task<std::string> start_tls(Env& env, Endpoint endpoint, std::string name, bool read_greeting) {
  auto connection = co_await env.dial(std::move(endpoint), 5s);
  if (!connection) co_return connection.error().code;
  auto& c = **connection;
  if (read_greeting) {
    auto greeting = co_await c.perform(protocols::Read{5s});
    if (greeting.bytes != "220 hello\r\n") co_return "greeting: " + greeting.bytes;
  }
  co_await c.perform(protocols::Write{"STARTTLS\r\n", 5s});
  auto ready = co_await c.perform(protocols::Read{5s, 11});
  if (ready.bytes != "220 ready\r\n") co_return "answer: " + ready.bytes;
  auto tls = co_await c.perform(protocols::StartTls{name, 5s});
  if (tls.error) {
    auto after = co_await c.perform(protocols::Read{5s});
    co_return tls.error->code + (after.error ? "" : ", but it still stands");
  }
  co_await c.perform(protocols::Write{"hello inside\r\n", 5s});
  auto inside = co_await c.perform(protocols::Read{5s});
  co_return inside.error ? inside.error->code : inside.bytes;
}

// How many reads it takes until there is something.
Task<int> reads_until_data(Env& env, Endpoint endpoint, std::shared_future<void> sent) {
  auto dialed = co_await env.dial(std::move(endpoint), 10s);
  if (!dialed) co_return -1;
  sent.wait();
  for (int reads = 1; reads < 10'000; ++reads) {
    auto read = co_await (*dialed)->perform(protocols::ReadArrived{});
    if (read.error) co_return -1;
    if (!read.bytes.empty()) co_return reads;
    co_await env.sleep(1ms);
  }
  co_return -1;
}

// Session tickets without a pause: records that bring the program nothing (RFC 8446 section 4.6.1).
// They are taken a few at a time, and others have their turn between.
TEST_F(Tls, S9_AServerThatSendsOnlyTicketsHoldsUpNobody) {
  auto leaf = make_certificate("imap", "DNS:imap.test", &authority());
  std::promise<void> sent;
  auto all_sent = sent.get_future().share();
  Peer peer([&](int fd) {
    TlsPeer tls(fd, leaf);
    for (int i = 0; i < 200 && tls.ok(); ++i) tls.send_ticket();
    if (tls.ok()) tls.write("* OK late\r\n");
    sent.set_value();
    read_all(fd);  // until the other side closes
  });
  Loop loop(workers(), policy());
  EXPECT_GE(run_on(loop, reads_until_data(loop.env(), {"imap.test", peer.port()}, all_sent)), 10);
}

TEST_F(Tls, StartTlsUpgrades) {
  auto leaf = make_certificate("smtp", "DNS:imap.test", &authority());
  Peer peer([&leaf](int fd) {
    write_fully(fd, "220 hello\r\n");
    read_until(fd, "STARTTLS\r\n");
    write_fully(fd, "220 ready\r\n");
    TlsPeer tls(fd, leaf);
    if (tls.ok()) tls.write("echo " + tls.read());
  });
  Loop loop(workers(), policy());
  EXPECT_EQ(run_on(loop, start_tls(loop.env(), {"imap.test", peer.port(), Security::starttls},
                                   "imap.test", true)),
            "echo hello inside\r\n");
  Loop other(workers(), policy());
  EXPECT_EQ(run_on(other, start_tls(other.env(), {"imap.test", peer.port(), Security::starttls},
                                    "wrong.test", true)),
            "tls.name-mismatch");
}

TEST_F(Tls, StartTlsRefusesPlaintextAlreadyReceived) {
  auto leaf = make_certificate("smtp", "DNS:imap.test", &authority());
  Peer peer([&leaf](int fd) {
    read_until(fd, "STARTTLS\r\n");
    write_fully(fd, "220 ready\r\n250 injected\r\n");
    TlsPeer tls(fd, leaf);
  });
  Loop loop(workers(), policy());
  EXPECT_EQ(run_on(loop, start_tls(loop.env(), {"imap.test", peer.port(), Security::starttls},
                                   "imap.test", false)),
            protocols::kBytesBeforeTls);
}

Task<std::size_t> read_amount(Env& env, Endpoint endpoint, std::size_t amount) {
  auto connection = co_await env.dial(std::move(endpoint), 5s);
  if (!connection) co_return 0;
  std::size_t total = 0;
  while (total < amount) {
    auto outcome = co_await (*connection)->perform(protocols::Read{5s});
    if (outcome.error) break;
    for (char c : outcome.bytes)
      if (c != static_cast<char>(total++ * 7)) co_return 0;
  }
  co_return total;
}

TEST_F(Tls, ManyMegabytesArriveWhole) {
  auto leaf = make_certificate("imap.test", "DNS:imap.test", &authority());
  std::string data(8u << 20, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 7);
  Peer secure([&](int fd) {
    TlsPeer tls(fd, leaf);
    if (tls.ok()) tls.write(data);
  });
  Peer plain([&](int fd) { write_fully(fd, data); });
  Loop loop(workers(), policy());
  EXPECT_EQ(run_on(loop, read_amount(loop.env(), {"imap.test", secure.port(), Security::tls},
                                     data.size())),
            data.size());
  Loop other(workers(), policy());
  EXPECT_EQ(run_on(other, read_amount(other.env(), {"imap.test", plain.port(), Security::none},
                                      data.size())),
            data.size());
}

}  // namespace
}  // namespace hearback::net
