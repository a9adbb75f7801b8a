// PostgreSQL behind the seam: a pool of blocking connections, and one that listens.
#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/log.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {
namespace {

constexpr int kAttempts = 8;
constexpr std::int64_t kSchemaLock = 0x48656172'6261636b;  // "Hearback"
constexpr int kListenRetry = 1000;                         // ms

// Types by their object ids (pg_type): the only ones that the schema uses.
enum : Oid { kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25 };

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

Refused lost() {
  return {{Kind::transient, "store.unreachable", "The database can't be reached.",
           "Check that PostgreSQL runs and that its address is right."},
          true};
}

Refused refused_by(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field ? field : "";
  if (state.empty() || state.starts_with("08") || state.starts_with("57P")) return lost();
  if (state.starts_with("40") || state == "55P03")
    return {{Kind::transient, "store.busy", "The database is busy.", "Try again shortly."}, true};
  if (state == "23503")
    return {{Kind::conflict, "store.reference-missing",
             "Something that this change refers to no longer exists.", "Try again."}};
  if (state == "23505") {
    // Which table is no person's business.
    const char* name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    log::warn("store.duplicate", {{"detail", name ? name : ""}});
    return {{Kind::conflict, "store.duplicate", "Such an entry exists already.", ""}};
  }
  if (state.starts_with("53"))
    return {{Kind::transient, "store.disk", "The database has no room left (" + state + ").",
             "Give it more disk, memory or connections."}};
  // Messages of class 42 name tables and columns only; others could quote values.
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string detail = state.starts_with("42") && message ? std::string(": ") + message : "";
  return {{Kind::permanent, "store.database", "The database failed (" + state + ")" + detail + ".",
           ""}};
}

std::uint64_t big_endian(const char* bytes, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

Value value_at(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return {};
  const char* bytes = PQgetvalue(result, row, column);
  const int size = PQgetlength(result, row, column);
  switch (PQftype(result, column)) {
    case kBool:
    case kInt8: return static_cast<std::int64_t>(big_endian(bytes, size));
    case kInt4: return std::int64_t{static_cast<std::int32_t>(big_endian(bytes, size))};
    case kInt2: return std::int64_t{static_cast<std::int16_t>(big_endian(bytes, size))};
    case kBytea: return Blob{std::string(bytes, static_cast<std::size_t>(size))};
    default: return std::string(bytes, static_cast<std::size_t>(size));
  }
}

// The parameters of one statement in libpq's form. All travel in binary.
struct Arguments {
  explicit Arguments(std::span<const Value> params) : numbers(params.size() * 8) {
    for (std::size_t i = 0; i < params.size(); ++i) add(params[i], numbers.data() + i * 8);
  }
  void add(const Value& value, char* room) {
    formats.push_back(1);
    if (auto* number = std::get_if<std::int64_t>(&value)) {
      for (int k = 0; k < 8; ++k)
        room[k] = static_cast<char>(static_cast<std::uint64_t>(*number) >> (56 - 8 * k));
      push(kInt8, room, 8);
    } else if (auto* text = std::get_if<std::string>(&value)) {
      push(kText, text->c_str(), text->size());
    } else if (auto* blob = std::get_if<Blob>(&value)) {
      push(kBytea, blob->bytes.data(), blob->bytes.size());
    } else {
      push(0, nullptr, 0);  // its place in the statement tells the type
    }
  }
  void push(Oid type, const char* bytes, std::size_t size) {
    types.push_back(type);
    values.push_back(bytes);
    lengths.push_back(static_cast<int>(size));
  }
  std::vector<char> numbers;
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

class PostgresConnection final : public Db {
 public:
  PostgresConnection(const std::string& uri, std::string process)
      : handle_(PQconnectdb(uri.c_str())), process_(std::move(process)) {
    if (PQstatus(handle_) != CONNECTION_OK) {
      PQfinish(handle_);
      throw lost();
    }
    PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
    try {
      plain("set client_encoding = 'UTF8'");
      plain("set statement_timeout = '120s'");
    } catch (...) {
      PQfinish(handle_);
      throw;
    }
  }
  PostgresConnection(const PostgresConnection&) = delete;
  ~PostgresConnection() override { PQfinish(handle_); }

  Outcome run(std::string_view sql, std::span<const Value> params) override {
    const Arguments arguments(params);
    const auto& name = prepared(sql, arguments);
    Answer answer(PQexecPrepared(handle_, name.c_str(), static_cast<int>(params.size()),
                                 arguments.values.data(), arguments.lengths.data(),
                                 arguments.formats.data(), 1));
    check(answer.get());
    Outcome outcome;
    const int rows = PQntuples(answer.get()), columns = PQnfields(answer.get());
    outcome.rows.reserve(static_cast<std::size_t>(rows));
    for (int r = 0; r < rows; ++r) {
      std::vector<Value> values;
      values.reserve(static_cast<std::size_t>(columns));
      for (int c = 0; c < columns; ++c) values.push_back(value_at(answer.get(), r, c));
      outcome.rows.emplace_back(std::move(values));
    }
    outcome.affected = std::atoll(PQcmdTuples(answer.get()));
    return outcome;
  }

  // Sent by PostgreSQL when the transaction commits, and only then.
  void announce(CompanyId company, std::uint64_t revision) override {
    row("select 1 from pg_notify('hearback', $1)",
        process_ + " " + company.text() + " " + std::to_string(revision));
  }

  void plain(const char* sql) {
    Answer answer(PQexec(handle_, sql));
    check(answer.get());
  }

  void in_transaction(const char* begin, const Work& work) {
    plain(begin);
    try {
      work(*this);
    } catch (...) {
      if (usable()) Answer(PQexec(handle_, "rollback"));
      throw;
    }
    Answer answer(PQexec(handle_, "commit"));
    if (usable()) return check(answer.get());
    throw Refused{{Kind::transient, "store.commit-unknown",
                   "The database was lost while it committed: whether it did isn't known.",
                   "Look what is stored before doing it again."}};
  }

  bool usable() const { return PQstatus(handle_) == CONNECTION_OK; }
  PGconn* handle() { return handle_; }

 private:
  void check(const PGresult* result) {
    const auto status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    if (!usable()) throw lost();
    throw refused_by(result);
  }

  const std::string& prepared(std::string_view sql, const Arguments& arguments) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      std::string text(sql), name = "s" + std::to_string(statements_.size());
      Answer answer(PQprepare(handle_, name.c_str(), text.c_str(),
                              static_cast<int>(arguments.types.size()), arguments.types.data()));
      check(answer.get());
      found = statements_.emplace(std::move(text), std::move(name)).first;
    }
    return found->second;
  }

  PGconn* handle_;
  std::string process_;
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> statements_;
};

// Hears what other processes commit. When its connection breaks, it makes another and tells of
// every company once, for what it may have missed meanwhile.
class Listener {
 public:
  using Heard = std::function<void(CompanyId, std::uint64_t)>;

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
    auto connection = std::make_unique<PostgresConnection>(uri_, process_);
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
        wait(-1, kListenRetry);
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
      if (words.size() != 3 || words[0] == process_) continue;  // our own were told at once
      const auto company = CompanyId::parse(words[1]);
      const auto revision = to_number(words[2]);
      if (company && revision) heard_(*company, *revision);
    }
  }

  void tell_all(PostgresConnection& connection) {
    for (auto& row : connection.rows("select company, revision from companies")) {
      const auto company = row.id<CompanyId>();
      heard_(company, static_cast<std::uint64_t>(row.number()));
    }
  }

  std::string uri_, process_;
  Heard heard_;
  int stop_;
  std::atomic<bool> stopping_ = false;
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
  PostgresDatabase(std::string uri, int connections)
      : uri_(std::move(uri)), allowed_(std::max(1, connections)), process_(process_mark()) {
    give_back(connect());
  }

  void read(const Work& work) override {
    repeat([&](PostgresConnection& connection) {
      connection.in_transaction("begin isolation level repeatable read read only", work);
    });
  }
  // Commits of one company are ordered by the lock on its row, which each takes first; every
  // statement after it sees what the one before has committed.
  void write(const Work& work) override {
    repeat([&](PostgresConnection& connection) {
      connection.in_transaction("begin isolation level read committed read write", work);
    });
  }
  void change_schema(const Work& work) override {
    write([&](Db& db) {
      db.row("select 1 from pg_advisory_xact_lock($1)", kSchemaLock);
      work(db);
    });
  }

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

  void listen(std::function<void(CompanyId, std::uint64_t)> heard) override {
    listener_ = std::make_unique<Listener>(uri_, process_, std::move(heard));
  }

 private:
  using Connection = std::unique_ptr<PostgresConnection>;

  Connection connect() { return std::make_unique<PostgresConnection>(uri_, process_); }

  void repeat(const std::function<void(PostgresConnection&)>& transaction) {
    for (int attempt = 1;; ++attempt) {
      try {
        Lease lease(*this);
        transaction(*lease.connection);
        return;
      } catch (const Refused& refused) {
        if (!refused.repeat || attempt == kAttempts) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempt));
    }
  }

  struct Lease {
    explicit Lease(PostgresDatabase& from) : database(from), connection(from.take()) {}
    ~Lease() { database.give_back(std::move(connection)); }
    PostgresDatabase& database;
    Connection connection;
  };

  Connection take() {
    std::unique_lock lock(pool_);
    free_again_.wait(lock, [&] { return !idle_.empty() || used_ < allowed_; });
    ++used_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    lock.unlock();
    try {
      return connect();
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
  std::string process_;
  std::mutex pool_;
  std::condition_variable free_again_;
  std::vector<Connection> idle_;
  int used_ = 0;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& uri, int connections) {
  try {
    return std::make_unique<PostgresDatabase>(uri, connections);
  } catch (const Refused& refused) {
    return Failure(refused.error);
  }
}

}  // namespace hearback::store
