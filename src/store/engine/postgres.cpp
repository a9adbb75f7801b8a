// PostgreSQL behind the seam: a pool of connections, one that listens, and one that holds the
// database for this process.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "store/engine/postgres_connection.hpp"

namespace hearback::store {
namespace {

constexpr int kAttempts = 8;
constexpr std::int64_t kSchemaLock = 0x48656172'6261636b;  // "Hearback"
constexpr std::int64_t kOwnerLock = 0x48656172'6261636c;
constexpr int kRetry = 1000;               // ms between tries of the two that watch
constexpr Duration kConnectWithin = 10s;   // for the two that watch
constexpr Duration kSchemaWithin = 60min;  // a migration may rewrite a large table
constexpr Duration kOwnerPing = 5s;
constexpr Duration kOwnerWait = 3s;  // one that has just been killed may still hold the database

// Hears what is committed. When its connection breaks, it makes another and tells of
// every company once, for what it may have missed meanwhile.
class Listener {
 public:
  using Heard = std::function<void(const Database::Announced&)>;

  Listener(std::string uri, std::string process, Heard heard)
      : uri_(std::move(uri)),
        process_(std::move(process)),
        heard_(std::move(heard)),
        stop_(eventfd(0, EFD_CLOEXEC)) {
    first_ = connect();  // in the constructor: what is committed from now on is heard
    thread_ = std::thread([this] { run(); });
  }
  ~Listener() {
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] auto written = ::write(stop_, &one, sizeof one);
    thread_.join();
    ::close(stop_);
  }

 private:
  using Connection = std::unique_ptr<PostgresConnection>;

  Connection connect() {
    auto connection =
        std::make_unique<PostgresConnection>(uri_, process_, Deadline(kConnectWithin));
    connection->plain("listen hearback");
    return connection;
  }

  void run() {
    auto connection = std::move(first_);
    while (!stopping_) {
      try {
        if (!connection) {
          connection = connect();
          tell_all(*connection);
        }
        hear(*connection);
      } catch (const Refused& refused) {
        log::warn("store.listen-failed", {{"error", refused.error}});
        connection.reset();
        wait(-1, kRetry);
      }
    }
  }

  void wait(int socket, int timeout) {
    pollfd watched[] = {{stop_, POLLIN, 0}, {socket, POLLIN, 0}};
    ::poll(watched, socket < 0 ? 1 : 2, timeout);
  }

  void hear(PostgresConnection& connection) {
    wait(PQsocket(connection.handle()), -1);
    if (stopping_) return;
    if (!PQconsumeInput(connection.handle())) throw lost();
    while (auto* notice = PQnotifies(connection.handle())) {
      const std::string payload = notice->extra;
      PQfreemem(notice);
      const auto words = split(payload, ' ');
      if (words.size() != 4) continue;
      const auto company = CompanyId::parse(words[1]);
      const auto revision = to_number(words[2]);
      if (company && revision)
        heard_({*company, *revision,
                words[0] == process_ ? to_number(words[3]) : std::optional<std::uint64_t>{}});
    }
  }

  void tell_all(PostgresConnection& connection) {
    for (auto& row : connection.rows("select company, revision from companies")) {
      const auto company = row.id<CompanyId>();
      heard_({company, static_cast<std::uint64_t>(row.number())});
    }
  }

  std::string uri_, process_;
  Heard heard_;
  int stop_;
  std::atomic<bool> stopping_ = false;
  Connection first_;
  std::thread thread_;
};

// Holds the database for this process by an advisory lock, on a connection of its own: two servers
// would claim each other's mailboxes. When that connection breaks, nothing is written until the
// lock is had again, and never again once another process has had it meanwhile: it left its mark.
class Holder {
 public:
  Holder(std::string uri, std::string process)
      : uri_(std::move(uri)), process_(std::move(process)), stop_(eventfd(0, EFD_CLOEXEC)) {
    try {
      for (const Deadline until(kOwnerWait);; wait(100ms)) {
        if ((first_ = take())) break;
        if (until.over())
          refuse(Kind::conflict, "store.in-use",
                 "Another Hearback server is running on this database.",
                 "Stop it first. Several servers on one database aren't possible yet.");
      }
      first_->plain("create table if not exists process_owner(process text not null)");
      first_->in_transaction("begin", [&](Db& db) {
        db.change("delete from process_owner");
        db.change("insert into process_owner(process) values ($1)", process_);
      });
    } catch (...) {
      ::close(stop_);
      throw;
    }
    held_ = true;
    thread_ = std::thread([this] { run(); });
  }
  ~Holder() {
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] auto written = ::write(stop_, &one, sizeof one);
    thread_.join();
    ::close(stop_);
  }

  // Inside a transaction that is about to write. Throws Refused.
  void check(Db& db) const {
    check();
    if (!is_ours(db)) taken();
  }
  // As far as is known.
  void check() const {
    if (held_) return;
    if (taken_) taken();
    refuse(Kind::transient, "store.not-held",
           "The connection that keeps this database ours was lost.",
           "Wait: nothing is written until it is back.");
  }

 private:
  using Connection = std::unique_ptr<PostgresConnection>;

  [[noreturn]] static void taken() {
    refuse(Kind::permanent, "store.taken-over",
           "Another Hearback server has taken this database over.",
           "Stop this one; only one may run on a database.");
  }
  bool is_ours(Db& db) const {
    auto owner = db.row("select process from process_owner");
    return owner && owner->text() == process_;
  }
  Connection take() {
    auto connection =
        std::make_unique<PostgresConnection>(uri_, process_, Deadline(kConnectWithin));
    connection->plain("set idle_session_timeout = 0");
    auto got = connection->row("select pg_try_advisory_lock($1)", kOwnerLock);
    return got->flag() ? std::move(connection) : nullptr;
  }
  void wait(Duration time) {
    pollfd watched{stop_, POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(time.count()));
  }

  void run() {
    auto connection = std::move(first_);
    for (; !stopping_; wait(held_ ? kOwnerPing : Duration{kRetry})) {
      try {
        if (!connection && !(connection = take())) continue;
        connection->expect_within(Deadline(kConnectWithin));
        taken_ = !is_ours(*connection);
        if (taken_) taken();
        if (!held_.exchange(true)) log::info("store.held-again");
      } catch (const Refused& refused) {
        if (held_.exchange(false)) log::error("store.not-held", {{"error", refused.error}});
        connection.reset();
      }
    }
  }

  std::string uri_, process_;
  int stop_;
  std::atomic<bool> stopping_ = false, held_ = false, taken_ = false;
  Connection first_;
  std::thread thread_;
};

std::string process_mark() {
  SystemRandom random;
  std::string bytes(12, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return to_hex(bytes);
}

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(std::string uri, int connections, Duration within)
      : uri_(std::move(uri)),
        allowed_(std::max(1, connections)),
        within_(within),
        process_(process_mark()) {
    give_back(connect(Deadline(within_)));
  }

  void hold() override { holder_ = std::make_unique<Holder>(uri_, process_); }

  void read(const Work& work) override {
    repeat(Deadline(within_), [&](PostgresConnection& connection) {
      connection.in_transaction("begin isolation level repeatable read read only", work);
    });
  }
  // Commits of one company are ordered by the lock on its row, which each takes first; every
  // statement after it sees what the one before has committed.
  void write(const Work& work) override { write_within(within_, work); }

  void change_schema(const Work& work) override {
    write_within(kSchemaWithin, [&](Db& db) {
      db.run("set local statement_timeout = 0", {});
      db.run("set local lock_timeout = 0", {});
      for (const char* plan : {"enable_hashjoin", "enable_mergejoin", "enable_seqscan"})
        db.run("set local " + std::string(plan) + " = on", {});
      db.row("select 1 from pg_advisory_xact_lock($1)", kSchemaLock);
      // PostgreSQL counts what lies in tables at its own time. What was just restored, or is filled
      // by this change, it knows nothing of yet, and plans as for an empty table.
      db.run("analyze", {});
      work(db);
      db.run("analyze", {});
    });
  }

  // Its disk is elsewhere; what it refuses is noticed.
  void expect_writable() override {
    if (holder_) holder_->check();
  }

  // Deleted rows are cleared away by PostgreSQL's own vacuum, at its time.
  bool clear_traces() override { return true; }

  std::string in_dialect(std::string_view migration) const override {
    std::string sql(migration);
    const std::pair<std::string_view, std::string_view> words[] = {{"{blob}", "bytea"},
                                                                   {"{int}", "bigint"},
                                                                   {"{key}", "text collate \"C\""},
                                                                   {"{rows}", ""},
                                                                   {"{narrow}", ""}};
    for (auto [word, meaning] : words)
      for (std::size_t at; (at = sql.find(word)) != sql.npos;)
        sql.replace(at, word.size(), meaning);
    return sql;
  }

  void listen(std::function<void(const Announced&)> heard) override {
    listener_ = std::make_unique<Listener>(uri_, process_, std::move(heard));
  }

 private:
  using Connection = std::unique_ptr<PostgresConnection>;

  void write_within(Duration within, const Work& work) {
    repeat(Deadline(within), [&](PostgresConnection& connection) {
      connection.in_transaction("begin isolation level read committed read write", [&](Db& db) {
        if (holder_) holder_->check(db);
        work(db);
      });
    });
  }

  Connection connect(Deadline until) {
    return std::make_unique<PostgresConnection>(uri_, process_, until, within_);
  }

  // However often it is tried, a call ends at its deadline.
  void repeat(Deadline until, const std::function<void(PostgresConnection&)>& transaction) {
    for (int attempt = 1;; ++attempt) {
      try {
        Lease lease(*this, until);
        lease.connection->expect_within(until);
        transaction(*lease.connection);
        return;
      } catch (const Refused& refused) {
        if (!refused.repeat || attempt == kAttempts || until.over()) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempt));
    }
  }

  struct Lease {
    Lease(PostgresDatabase& from, Deadline until) : database(from), connection(from.take(until)) {}
    ~Lease() { database.give_back(std::move(connection)); }
    PostgresDatabase& database;
    Connection connection;
  };

  Connection take(Deadline until) {
    std::unique_lock lock(pool_);
    if (!free_again_.wait_for(lock, until.left(),
                              [&] { return !idle_.empty() || used_ < allowed_; }))
      refuse(Kind::transient, "store.busy", "The database is busy.", "Try again shortly.");
    ++used_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    lock.unlock();
    try {
      return connect(until);
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }

  void give_back(Connection connection) {
    {
      std::lock_guard lock(pool_);
      if (used_ > 0) --used_;
      if (connection && connection->usable()) idle_.push_back(std::move(connection));
    }
    free_again_.notify_one();
  }

  std::string uri_;
  int allowed_;
  Duration within_;
  std::string process_;
  std::mutex pool_;
  std::condition_variable free_again_;
  std::vector<Connection> idle_;
  int used_ = 0;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Holder> holder_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& uri, int connections,
                                                Duration within) {
  try {
    return std::make_unique<PostgresDatabase>(uri, connections, within);
  } catch (const Refused& refused) {
    return Failure(refused.error);
  }
}

}  // namespace hearback::store
