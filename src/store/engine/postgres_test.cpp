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
// stay open, new ones are accepted, and nothing ever comes back. Or it cuts who commits: the server
// gets the commit as long as it isn't held up, and the answer to it nobody.
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
    for (auto& pair : pairs_) ::close(pair.client), ::close(pair.server);
  }
  int port = 0;
  std::atomic<bool> swallowing = false;
  std::atomic<bool> cutting = false, holding = false;

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
    pairs_.push_back({in, out});
  }
  struct Pair {
    int client, server;
    bool cut = false;
    std::string held = {};
  };
  void pass(int from, int to) const {
    char octets[65536];
    const auto n = ::recv(from, octets, sizeof octets, MSG_DONTWAIT);
    if (n == 0) ::shutdown(to, SHUT_WR);
    if (n > 0 && !swallowing) (void)!::send(to, octets, static_cast<std::size_t>(n), MSG_NOSIGNAL);
  }
  void pass_on(Pair& pair) {
    char octets[65536];
    const auto n = ::recv(pair.client, octets, sizeof octets, MSG_DONTWAIT | MSG_PEEK);
    const std::string_view said(octets, n > 0 ? static_cast<std::size_t>(n) : 0);
    if (!cutting || !said.contains(std::string_view("commit", 7)))
      return pass(pair.client, pair.server);
    pair.cut = true;
    pair.held = said;
    ::shutdown(pair.client, SHUT_RDWR);
  }
  void let_go(Pair& pair) const {
    if (holding || pair.held.empty()) return;
    (void)!::send(pair.server, pair.held.data(), pair.held.size(), MSG_NOSIGNAL);
    pair.held.clear();
  }
  void run() {
    while (!over_) {
      std::vector<pollfd> watched{{listening_, POLLIN, 0}};
      for (auto& pair : pairs_) {
        let_go(pair);
        watched.push_back({pair.cut ? -1 : pair.client, POLLIN, 0});
        watched.push_back({pair.cut ? -1 : pair.server, POLLIN, 0});
      }
      if (::poll(watched.data(), watched.size(), 20) <= 0) continue;
      for (std::size_t i = 0; i < pairs_.size(); ++i) {
        if (watched[2 * i + 1].revents) pass_on(pairs_[i]);
        if (watched[2 * i + 2].revents) pass(pairs_[i].server, pairs_[i].client);
      }
      if (watched[0].revents) accept_one();
    }
  }

  int to_, listening_ = -1;
  std::atomic<bool> over_ = false;
  std::vector<Pair> pairs_;
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

// W-5: such a commit may have happened, now or later, and whoever is to act on it looks by itself.
TEST(Postgres, W5_WhoeverListensHearsOfACommitWithoutAnAnswer) {
  for (const bool late : {false, true}) {
    BlackHole hole(port_of(fakes::Postgres::instance().new_database()));
    Options options;
    options.database = through(fakes::Postgres::instance().new_database(), hole.port);
    options.master_key = std::string(32, 'k');
    options.sole_process = false;
    SeededRandom random(7);
    auto store = Store::open(options, random);
    ASSERT_TRUE(store);
    const Instant now{1'000'000};
    const auto company = CompanyId::make(now, random);
    rules::User anna;
    anna.id = UserId::make(now, random);
    anna.email = anna.email_normal = "anna@acme.example";
    anna.role = rules::Role::admin;
    ASSERT_TRUE((*store)->commit({company, {AddCompany{"Acme", now}, PutUser{anna}}, {}}));
    std::atomic<int> heard = 0;
    const int listener = (*store)->on_commit([&](CompanyId of, std::uint64_t) {
      if (of == company) ++heard;
    });
    const auto jobs = [&] {
      auto found = (*store)->ask(Jobs{.scope = rules::engine_scope(company)});
      return found ? found->rows.size() : 0;
    };
    const auto add_job = [&](Store& by) {
      rules::Job job;
      job.id = JobId::make(now, random);
      job.title = "Welder";
      return by.commit({company, {PutJob{job, {}, now}}, {}});
    };
    const auto wait_for = [&](auto&& happened) {
      for (const Deadline until(10s); !until.over() && !happened();)
        std::this_thread::sleep_for(20ms);
      return happened();
    };
    hole.holding = late;
    hole.cutting = true;
    const auto done = add_job(**store);
    hole.cutting = false;
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, "store.commit-unknown");
    EXPECT_TRUE(wait_for([&] { return heard > 0; }));
    if (late) {
      EXPECT_EQ(jobs(), 0u);
      EXPECT_EQ(heard, 1);
    }
    hole.holding = false;
    // A second time by the database: the commit was made after all.
    EXPECT_TRUE(wait_for([&] { return heard == 2 && jobs() == 1; })) << late;
    // As a rule our own commits are heard of once: what another tells comes after it.
    auto other = Store::open(options, random);
    ASSERT_TRUE(other);
    const int then = heard;
    ASSERT_TRUE(add_job(**store));
    ASSERT_TRUE(add_job(**other));
    EXPECT_TRUE(wait_for([&] { return heard >= then + 2; }));
    EXPECT_EQ(heard, then + 2);
    (*store)->forget(listener);
  }
}

// Of a database that was restored to what it was before, commits are heard of from the first on.
TEST(Postgres, O1_CommitsAreToldOfAfterTheDatabaseSteppedBack) {
  const auto uri = fakes::Postgres::instance().new_database();
  Options options;
  options.database = uri;
  options.master_key = std::string(32, 'k');
  options.sole_process = false;
  SeededRandom random(7);
  auto store = Store::open(options, random);
  ASSERT_TRUE(store);
  const Instant now{1'000'000};
  const auto company = CompanyId::make(now, random);
  rules::User anna;
  anna.id = UserId::make(now, random);
  anna.email = anna.email_normal = "anna@acme.example";
  anna.role = rules::Role::admin;
  ASSERT_TRUE((*store)->commit({company, {AddCompany{"Acme", now}, PutUser{anna}}, {}}));
  std::atomic<int> heard = 0;
  (*store)->on_commit([&](CompanyId, std::uint64_t) { ++heard; });
  const auto add_job = [&] {
    rules::Job job;
    job.id = JobId::make(now, random);
    job.title = "Welder";
    return (*store)->commit({company, {PutJob{job, {}, now}}, {}}).has_value();
  };
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(add_job());
  EXPECT_EQ(heard, 10);
  PostgresConnection restore(uri, "test", Deadline(30s));
  restore.plain("delete from feed where revision > 3");
  restore.plain("update companies set revision = 3");
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(add_job());
    EXPECT_EQ(heard, 10 + i);  // told before the commit returns, and once
  }
}

// What can't be written is known as long as it is, whatever refuses it.
TEST(Postgres, REL14_ADatabaseThatCannotBeWrittenIsKnownUntilItCan) {
  const auto uri = fakes::Postgres::instance().new_database();
  Options options;
  options.database = uri;
  options.master_key = std::string(32, 'k');
  SeededRandom random(7);
  auto store = Store::open(options, random);
  ASSERT_TRUE(store);
  const Instant now{1'000'000};
  const auto add = [&] {
    return (*store)->commit({CompanyId::make(now, random), {AddCompany{"Acme", now}}, {}});
  };
  const auto well_again = [&] {
    for (const Deadline until(20s); !until.over() && !(*store)->storing();)
      std::this_thread::sleep_for(50ms);
    return (*store)->storing().has_value();
  };
  ASSERT_TRUE(add());
  PostgresConnection other(uri, "test", Deadline(60s));
  for (const auto& [state, code] :
       {std::pair("25006", "store.read-only"), std::pair("0A000", "store.read-only"),
        std::pair("XX001", "store.database")}) {
    other.plain(("create or replace function refuse_it() returns trigger language plpgsql as"
                 " $$ begin raise exception 'no' using errcode = '" +
                 std::string(state) + "'; end $$")
                    .c_str());
    for (const char* table : {"companies", "installation"})
      other.plain(("create trigger refused before insert on " + std::string(table) +
                   " execute function refuse_it()")
                      .c_str());
    EXPECT_TRUE((*store)->storing());  // nothing has failed yet
    EXPECT_EQ(add().error().code, code);
    ASSERT_FALSE((*store)->storing());
    EXPECT_EQ((*store)->storing().error().code, code);
    for (const char* table : {"companies", "installation"})
      other.plain(("drop trigger refused on " + std::string(table)).c_str());
    EXPECT_TRUE(well_again()) << state;
  }
  // Another server had the database meanwhile: known without a commit, and for good.
  other.plain("update process_owner set process = 'another'");
  for (const Deadline until(20s); !until.over() && (*store)->storing();)
    std::this_thread::sleep_for(50ms);
  ASSERT_FALSE((*store)->storing());
  EXPECT_EQ((*store)->storing().error().code, "store.taken-over");
  EXPECT_EQ(add().error().code, "store.taken-over");
}

// A disk that is full is known as long as it is, and no longer, whoever asks.
TEST(Postgres, REL13_AFullDiskIsKnownUntilItHasRoom) {
  const auto uri = fakes::Postgres::instance().new_database();
  Options options;
  options.database = uri;
  options.master_key = std::string(32, 'k');
  options.sole_process = false;
  SeededRandom random(7);
  auto store = Store::open(options, random);
  ASSERT_TRUE(store);
  const Instant now{1'000'000};
  const auto add = [&] {
    return (*store)->commit({CompanyId::make(now, random), {AddCompany{"Acme", now}}, {}});
  };
  ASSERT_TRUE(add());
  EXPECT_TRUE((*store)->storing());
  PostgresConnection disk(uri, "test", Deadline(30s));
  disk.plain(
      "create function full_disk() returns trigger language plpgsql as"
      " $$ begin raise exception 'no room' using errcode = '53100'; end $$");
  for (const char* table : {"companies", "installation"})
    disk.plain(("create trigger room before insert on " + std::string(table) +
                " execute function full_disk()")
                   .c_str());
  EXPECT_TRUE((*store)->storing());  // nothing has failed yet
  EXPECT_EQ(add().error().code, "store.disk");
  ASSERT_FALSE((*store)->storing());
  EXPECT_EQ((*store)->storing().error().code, "store.disk");
  for (const char* table : {"companies", "installation"})
    disk.plain(("drop trigger room on " + std::string(table)).c_str());
  for (const Deadline until(20s); !until.over() && !(*store)->storing();)
    std::this_thread::sleep_for(50ms);
  EXPECT_TRUE((*store)->storing());
  EXPECT_TRUE(add());
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

TEST(Postgres, ItsOwnBoundsLieBelowThatOfTheCallHoweverLongThatMayTake) {
  const auto uri = fakes::Postgres::instance().new_database();
  for (const auto& [call, bound] :
       {std::pair<Duration, const char*>{1500ms, "1250ms"}, {10min, "500s"}}) {
    const auto database = std::move(*open_postgres(uri, 1, call));
    database->read([&](Db& db) {
      EXPECT_EQ(db.row("select current_setting('statement_timeout')")->text(), bound);
    });
  }
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
