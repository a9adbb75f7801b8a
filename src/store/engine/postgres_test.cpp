// PostgreSQL behind a network that fails: what a call costs then.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/deadline.hpp"
#include "fakes/store_conformance.hpp"
#include "store/engine/postgres_connection.hpp"

namespace hearback::store {
namespace {

// Passes octets between its port and the server's, until it is told to swallow them: connections
// stay open, new ones are accepted, and nothing ever comes back.
class BlackHole {
 public:
  explicit BlackHole(int to) : to_(to) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto any = loopback(0);
    ::bind(listening_, reinterpret_cast<sockaddr*>(&any), sizeof any);
    ::listen(listening_, 16);
    socklen_t size = sizeof any;
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&any), &size);
    port = ntohs(any.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~BlackHole() {
    over_ = true;
    thread_.join();
    ::close(listening_);
    for (auto& [a, b] : pairs_) ::close(a), ::close(b);
  }
  int port = 0;
  std::atomic<bool> swallowing = false;

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }
  void accept_one() {
    const int in = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto server = loopback(to_);
    ::connect(out, reinterpret_cast<sockaddr*>(&server), sizeof server);
    pairs_.emplace_back(in, out);
  }
  void pass(int from, int to) const {
    char octets[65536];
    const auto n = ::recv(from, octets, sizeof octets, MSG_DONTWAIT);
    if (n == 0) ::shutdown(to, SHUT_WR);
    if (n > 0 && !swallowing) (void)!::send(to, octets, static_cast<std::size_t>(n), MSG_NOSIGNAL);
  }
  void run() {
    while (!over_) {
      std::vector<pollfd> watched{{listening_, POLLIN, 0}};
      for (auto& [a, b] : pairs_) {
        watched.push_back({a, POLLIN, 0});
        watched.push_back({b, POLLIN, 0});
      }
      if (::poll(watched.data(), watched.size(), 20) <= 0) continue;
      const auto known = pairs_;
      for (std::size_t i = 0; i < known.size(); ++i) {
        if (watched[2 * i + 1].revents) pass(known[i].first, known[i].second);
        if (watched[2 * i + 2].revents) pass(known[i].second, known[i].first);
      }
      if (watched[0].revents) accept_one();
    }
  }

  int to_, listening_ = -1;
  std::atomic<bool> over_ = false;
  std::vector<std::pair<int, int>> pairs_;
  std::thread thread_;
};

std::string through(const std::string& uri, int port) {
  const auto at = uri.find("127.0.0.1:") + 10;
  return uri.substr(0, at) + std::to_string(port) + uri.substr(uri.find('/', at));
}
int port_of(const std::string& uri) { return std::atoi(uri.c_str() + uri.find("127.0.0.1:") + 10); }

TEST(Postgres, ACallEndsAtItsDeadlineWhateverTheNetworkDoes) {
  const auto uri = fakes::Postgres::instance().new_database();
  BlackHole hole(port_of(uri));
  auto database = open_postgres(through(uri, hole.port), 2, 1500ms);
  ASSERT_TRUE(database);
  const auto ask = [&] { (*database)->read([](Db& db) { db.rows("select 1 as one"); }); };
  ask();
  hole.swallowing = true;
  for (int i = 0; i < 3; ++i) {  // on a connection that it has, then on ones that it can't make
    const Deadline most(4s);
    try {
      ask();
      FAIL() << "answered";
    } catch (const Refused& refused) {
      EXPECT_EQ(refused.error.kind, Kind::transient);
      EXPECT_EQ(refused.error.code, "store.unreachable");
    }
    EXPECT_FALSE(most.over());
  }
  hole.swallowing = false;
  ask();  // and all is well again
}

TEST(Postgres, ACommitWithoutAnAnswerIsReportedAsUnknown) {
  const auto uri = fakes::Postgres::instance().new_database();
  BlackHole hole(port_of(uri));
  auto database = open_postgres(through(uri, hole.port), 1, 1500ms);
  ASSERT_TRUE(database);
  try {
    (*database)->write([&](Db& db) {
      db.rows("select 1 as one");
      hole.swallowing = true;
    });
    FAIL() << "committed";
  } catch (const Refused& refused) {
    EXPECT_EQ(refused.error.code, "store.commit-unknown");
  }
}

TEST(Postgres, WhatAConnectionIsSetTo) {
  const auto uri = fakes::Postgres::instance().new_database();  // its server has it off
  PostgresConnection connection(uri, "test", Deadline(10s));
  const auto setting = [&](const char* name) {
    return connection.row("select current_setting($1)", std::string(name))->text();
  };
  EXPECT_EQ(setting("synchronous_commit"), "on");
  EXPECT_EQ(setting("statement_timeout"), "25s");
  EXPECT_EQ(setting("lock_timeout"), "20s");
}

TEST(Postgres, ASlowStatementIsATransientTrouble) {
  const auto uri = fakes::Postgres::instance().new_database();
  PostgresConnection connection(uri, "test", Deadline(10s));
  connection.plain("set statement_timeout = '50ms'");
  try {
    connection.rows("select 1 as one from pg_sleep(5)");
    FAIL() << "answered";
  } catch (const Refused& refused) {
    EXPECT_EQ(refused.error.kind, Kind::transient);
    EXPECT_EQ(refused.error.code, "store.busy");
  }
  // So is a lock that isn't had in time.
  connection.plain("set statement_timeout = 0");
  connection.plain("set lock_timeout = '50ms'");
  PostgresConnection other(uri, "test", Deadline(10s));
  other.plain("create table held(a int)");
  other.plain("begin");
  other.plain("lock table held");
  try {
    connection.rows("select 1 as one from held");
    FAIL() << "answered";
  } catch (const Refused& refused) {
    EXPECT_EQ(refused.error.kind, Kind::transient);
    EXPECT_TRUE(refused.repeat);
  }
}

}  // namespace
}  // namespace hearback::store
