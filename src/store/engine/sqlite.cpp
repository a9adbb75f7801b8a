// SQLite behind the seam: one connection that writes, several that read. `:memory:` has one for
// both, since its data is seen by no other connection.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/deadline.hpp"
#include "base/log.hpp"
#include "store/engine/db.hpp"
#include "store/engine/disk.hpp"
#include "store/engine/prepared.hpp"
#include "store/engine/schema.hpp"

namespace hearback::store {
namespace {

constexpr int kBusyWait = 5'000;  // ms that a statement waits for another process
constexpr int kAttempts = 5;
constexpr int kStepsBetweenLooks = 20'000;  // of SQLite's machine: a millisecond or so
// Pages of the write-ahead log: so many more, and they are moved into the file; beyond so many
// whoever writes waits for that.
constexpr int kMoveEvery = 1'000, kLogAtMost = 16'000;
constexpr std::int64_t kMergedPages = 500;    // of the index of words, in one step
constexpr Duration kClearWords = 20s;         // that one call merges for
constexpr std::int64_t kLogPage = 4096 + 24;  // octets in the log's file

[[noreturn]] void raise(sqlite3* handle) {
  const int code = sqlite3_extended_errcode(handle);
  const std::string detail = sqlite3_errmsg(handle);  // names of tables and columns, no values
  Refused refused;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      refused.error = {Kind::transient, "store.busy", "The database is busy.",
                       "Try again shortly."};
      refused.repeat = true;
      break;
    case SQLITE_INTERRUPT:  // by expect_within()
      refused.error = {Kind::transient, "store.busy", "The database took too long.",
                       "Try again shortly."};
      break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
      refused.error = {Kind::transient, "store.disk",
                       "The database file can't be read or written: " + detail + ".",
                       "Check that the disk works and has space left."};
      break;
    case SQLITE_READONLY:
      refused.error = {Kind::transient, "store.read-only",
                       "The database file can't be written: " + detail + ".",
                       "Check that it is still there and that this user may write it."};
      break;
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
        refused.error = {Kind::conflict, "store.reference-missing",
                         "Something that this change refers to no longer exists.", "Try again."};
      } else {
        // Which table is no person's business.
        log::warn("store.duplicate", {{"detail", detail}});
        refused.error = {Kind::conflict, "store.duplicate", "Such an entry exists already.", ""};
      }
      break;
    default:
      refused.error = {Kind::permanent, "store.database", "The database failed: " + detail + ".",
                       ""};
  }
  throw refused;
}

class Statement {
 public:
  Statement(sqlite3* handle, std::string_view sql) : handle_(handle) {
    if (sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
      raise(handle);
    // "$3" is a name to SQLite; remember which parameter each place means.
    const int count = sqlite3_bind_parameter_count(statement_);
    for (int i = 1; i <= count; ++i)
      numbers_.push_back(
          static_cast<std::size_t>(std::atoi(sqlite3_bind_parameter_name(statement_, i) + 1)));
  }
  Statement(Statement&& other) noexcept
      : handle_(other.handle_),
        statement_(std::exchange(other.statement_, nullptr)),
        numbers_(std::move(other.numbers_)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  // `own` are the parameters after `shared`.
  Outcome run(std::span<const Value> shared, std::span<const Value> own = {}) {
    struct Reset {
      sqlite3_stmt* statement;
      ~Reset() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
      }
    } reset{statement_};
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const auto at = numbers_[i] - 1;
      bind(static_cast<int>(i) + 1, at < shared.size() ? shared[at] : own[at - shared.size()]);
    }
    Outcome outcome;
    for (;;) {
      const int step = sqlite3_step(statement_);
      if (step == SQLITE_DONE) break;
      if (step != SQLITE_ROW) raise(handle_);
      outcome.rows.push_back(row());
    }
    outcome.affected = sqlite3_changes64(handle_);
    return outcome;
  }

 private:
  // The values outlive the step, so nothing is copied.
  void bind(int place, const Value& value) {
    int ok = SQLITE_OK;
    if (auto* number = std::get_if<std::int64_t>(&value)) {
      ok = sqlite3_bind_int64(statement_, place, *number);
    } else if (auto* text = std::get_if<std::string>(&value)) {
      ok = sqlite3_bind_text64(statement_, place, text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
    } else if (auto* blob = std::get_if<Blob>(&value)) {
      ok = blob->bytes.empty() ? sqlite3_bind_zeroblob(statement_, place, 0)
                               : sqlite3_bind_blob64(statement_, place, blob->bytes.data(),
                                                     blob->bytes.size(), SQLITE_STATIC);
    } else {
      ok = sqlite3_bind_null(statement_, place);
    }
    if (ok != SQLITE_OK) raise(handle_);
  }

  Row row() {
    std::vector<Value> values;
    const int columns = sqlite3_column_count(statement_);
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) {
      switch (sqlite3_column_type(statement_, i)) {
        case SQLITE_NULL: values.emplace_back(); break;
        case SQLITE_INTEGER: values.emplace_back(sqlite3_column_int64(statement_, i)); break;
        case SQLITE_BLOB: {
          const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, i));
          const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, i));
          values.emplace_back(Blob{size ? std::string(bytes, size) : std::string()});
          break;
        }
        default: {
          const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, i));
          const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, i));
          values.emplace_back(std::string(text, size));
        }
      }
    }
    return Row(std::move(values));
  }

  sqlite3* handle_;
  sqlite3_stmt* statement_ = nullptr;
  std::vector<std::size_t> numbers_;
};

class SqliteConnection final : public Db {
 public:
  SqliteConnection(const std::string& path, bool reader) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
      const Error error{
          Kind::permanent, "store.cannot-open",
          "The database file can't be opened: " + std::string(sqlite3_errmsg(handle_)) + ".",
          "Check that its folder exists and that this user may write there."};
      sqlite3_close_v2(handle_);
      throw Refused{error};
    }
    sqlite3_busy_timeout(handle_, kBusyWait);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    try {
      set_up(reader);
    } catch (...) {
      close();
      throw;
    }
  }
  SqliteConnection(const SqliteConnection&) = delete;
  ~SqliteConnection() override { close(); }

  Outcome run(std::string_view sql, std::span<const Value> params) override {
    return prepared(sql).run(params);
  }

  std::vector<std::vector<Row>> run_each(std::string_view sql, std::span<const Value> params,
                                         std::span<const std::vector<Value>> each) override {
    std::vector<std::vector<Row>> found;
    found.reserve(each.size());
    auto& statement = prepared(sql);
    for (const auto& own : each) found.push_back(statement.run(params, own).rows);
    return found;
  }

  // For all that is run from now on; nullopt: it takes what it takes.
  void expect_within(std::optional<Deadline> until) {
    until_ = until;
    const auto over = [](void* self) {
      return static_cast<SqliteConnection*>(self)->until_->over() ? 1 : 0;
    };
    sqlite3_progress_handler(handle_, kStepsBetweenLooks, until_ ? +over : nullptr, this);
  }

  // Of the write-ahead log into the file, which ends empty. False: somebody still reads the state
  // before; that isn't waited for.
  bool checkpoint() {
    sqlite3_busy_timeout(handle_, 0);
    int done =
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(handle_, kBusyWait);
    if (done != SQLITE_OK && done != SQLITE_BUSY) raise(handle_);
    return done == SQLITE_OK;
  }

  // Of what no reader needs in the log any more; nobody waits for it. Where that fails, the next
  // time may succeed, and a disk that is broken is told to whoever writes.
  void move_log() {
    sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }

  // The file itself, absolute: where a link was opened, what stands beside the database (the log,
  // the lock) has the name of what it leads to. Empty: it is in memory.
  std::string file() const {
    const char* file = sqlite3_db_filename(handle_, "main");
    return file == nullptr ? "" : file;
  }

  // A commit into a file that grows waits until the file system has written down how long it is,
  // behind whatever else is written on that disk; one into octets that are there already doesn't.
  // So the log's file gets zeros at its end, which SQLite takes for no pages. In few steps: the
  // next commit waits for them.
  void lengthen_log(int pages) {
    const auto octets = [](int most) { return std::min(most, kLogAtMost) * kLogPage; };
    const int log =
        ::open(sqlite3_filename_wal(sqlite3_db_filename(handle_, "main")), O_WRONLY | O_CLOEXEC);
    if (log < 0) return;
    sqlite3_busy_timeout(handle_, 0);  // what can be left waits for nobody
    try {
      in_transaction("begin immediate", [&](Db&) {  // nobody else writes meanwhile
        auto end = ::lseek(log, 0, SEEK_END);
        if (end < octets(pages) || end >= octets(pages + kMoveEvery)) return;
        static constexpr std::array<char, 256 * 1024> kZeros{};
        for (const auto most = octets(pages + 3 * kMoveEvery); end < most;) {
          const auto rest = std::min<std::int64_t>(most - end, kZeros.size());
          const auto written = ::pwrite(log, kZeros.data(), std::size_t(rest), end);
          if (written <= 0) return;
          end += written;
        }
      });
    } catch (const Refused&) {
      // Another process writes. After as many pages more, then.
    }
    sqlite3_busy_timeout(handle_, kBusyWait);
    ::close(log);
  }

  // All that `original` holds, which nobody may use meanwhile; into a connection that holds
  // nothing.
  void take_over(const SqliteConnection& original) {
    auto* copying = sqlite3_backup_init(handle_, "main", original.handle_, "main");
    if (copying == nullptr) raise(handle_);
    sqlite3_backup_step(copying, -1);
    if (sqlite3_backup_finish(copying) != SQLITE_OK) raise(handle_);
  }

  // Tells how many pages the log has after each commit, instead of moving them then and there.
  void tell_log(std::function<void(int pages)> told) {
    told_ = std::move(told);
    const auto committed = [](void* self, sqlite3*, const char*, int pages) {
      static_cast<SqliteConnection*>(self)->told_(pages);
      return SQLITE_OK;
    };
    sqlite3_wal_hook(handle_, committed, this);
  }

  Dialect dialect() const override { return Dialect::sqlite; }
  void announce(CompanyId, std::uint64_t, std::uint64_t) override {
  }  // other processes look when they look

  void plain(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) raise(handle_);
  }

  void in_transaction(const char* begin, const Work& work) {
    run(begin, {});
    try {
      work(*this);
      run("commit", {});
    } catch (...) {
      expect_within(std::nullopt);  // to undo is always possible
      sqlite3_exec(handle_, "rollback", nullptr, nullptr, nullptr);
      throw;
    }
  }

 private:
  Statement& prepared(std::string_view sql) {
    if (auto* known = statements_.find(sql)) return *known;
    statements_.drop_one();
    return statements_.add(sql, Statement(handle_, sql));
  }

  void set_up(bool reader) {
    // Two processes that open a new file at once: the change to WAL isn't waited for by SQLite.
    for (int attempt = 1;; ++attempt) {
      try {
        plain("pragma journal_mode = wal");
        break;
      } catch (const Refused& refused) {
        if (!refused.repeat || attempt == 100) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
    // A commit that was answered is on disk; what is deleted is overwritten (D-1).
    plain(
        "pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on;"
        "pragma temp_store = memory; pragma cache_size = -16000;");
    if (reader) plain("pragma query_only = on");
  }
  void close() {
    statements_.clear();
    sqlite3_close_v2(handle_);
  }

  sqlite3* handle_ = nullptr;
  std::optional<Deadline> until_;
  std::function<void(int)> told_;
  Prepared<Statement> statements_;
};

// Moves the write-ahead log into the file beside those who write: else every hundredth commit, or
// every twentieth, takes as long as the disk needs for a thousand pages.
class LogMover {
 public:
  explicit LogMover(const std::string& path)
      : connection_(path, false), thread_([this] { run(); }) {}
  ~LogMover() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  // Until this is given back, the log isn't moved.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(moving_); }

  // Whether there is something to be moved.
  bool log_has(int pages) {
    {
      std::lock_guard lock(mutex_);
      if (pages < pages_) next_ = kMoveEvery;  // it began anew
      pages_ = pages;
      if (pages_ < next_) return false;
    }
    wake_.notify_one();
    return true;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return stopping_ || pages_ >= next_; });
      if (stopping_) return;
      next_ = pages_ + kMoveEvery;
      lock.unlock();
      {
        const auto held = hold();
        connection_.move_log();
      }
      lock.lock();
    }
  }

  SqliteConnection connection_;
  std::mutex moving_, mutex_;
  std::condition_variable wake_;
  int pages_ = 0, next_ = kMoveEvery;
  bool stopping_ = false;
  std::thread thread_;
};

// Without statistics SQLite takes every equality for selective, and "company = $1" holds for every
// row: it would rather read a company's whole table than look up ten ids. So it is told, for each
// index, that the company alone tells nothing and what follows tells much.
void advise_planner(Db& db) {
  constexpr std::string_view kAll = "1000000", kFew = "10", kOne = "1";
  db.run("analyze installation", {});  // makes the table of statistics; this one is tiny
  db.run("delete from sqlite_stat1", {});
  for (auto& index : db.rows("select l.name, i.name, i.\"unique\" from pragma_table_list l"
                             " join pragma_index_list(l.name) i where l.schema = 'main'"
                             " and l.name not like 'sqlite_%'")) {
    const auto table = index.text(), name = index.text();
    const bool unique = index.flag();
    const auto columns = db.rows("select name from pragma_index_info($1) order by seqno", name);
    std::string numbers(kAll);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const bool last = i + 1 == columns.size();
      const bool company = i == 0 && Row(columns[i]).text() == "company";
      (numbers += ' ') += last && unique ? kOne : company ? kAll : kFew;
    }
    db.change("insert into sqlite_stat1(tbl, idx, stat) values ($1, $2, $3)", table, name, numbers);
  }
  db.run("analyze sqlite_schema", {});  // reads them
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const std::string& path, int readers, Duration within)
      : readers_allowed_(path == ":memory:" ? 0 : std::max(1, readers)),
        within_(within),
        writer_(std::make_unique<SqliteConnection>(path, false)),
        path_(writer_->file()) {
    if (readers_allowed_ == 0) return;
    log_mover_ = std::make_unique<LogMover>(path_);
    writer_->tell_log([this](int pages) {
      if (pages >= kLogAtMost) writer_->move_log();
      if (log_mover_->log_has(pages)) writer_->lengthen_log(pages);
    });
  }
  ~SqliteDatabase() override {
    if (held_ >= 0) ::close(held_);
  }

  // By a lock on a file beside it: SQLite's own locks are for the moment, and closing any other
  // descriptor of the database file would drop them.
  void hold() override {
    if (readers_allowed_ == 0 || held_ >= 0) return;
    const auto beside = path_ + ".lock";
    held_ = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (held_ < 0)
      refuse(Kind::permanent, "store.cannot-open",
             "The file " + beside + " can't be made or opened.",
             "Check that its folder exists and that this user may write there.");
    if (::flock(held_, LOCK_EX | LOCK_NB) != 0)
      refuse(Kind::conflict, "store.in-use", "Another Hearback server is running on this database.",
             "Stop it first. Several servers on one database aren't possible yet.");
  }

  void read(const Work& work) override {
    const Deadline until(within_);
    if (readers_allowed_ == 0) {
      const auto lock = lock_writer(until);
      writer_->expect_within(until);
      writer_->in_transaction("begin", work);
      return;
    }
    Lease lease(*this, until);
    lease.connection->expect_within(until);
    lease.connection->in_transaction("begin", work);
  }

  void write(const Work& work) override {
    repeat([&](Deadline until) {
      writer_->expect_within(until);
      writer_->in_transaction("begin immediate", work);
    });
  }

  void take_over(SqliteDatabase& original) {
    const auto lock = original.lock_writer(Deadline(within_));
    writer_->take_over(*original.writer_);
  }

  // Under enforced references, a table that is dropped to be made anew takes along whatever refers
  // to it. Enforcing can't be switched inside a transaction, and this connection is the only one
  // that writes.
  void change_schema(const Work& work) override {
    repeat([&](Deadline) {
      writer_->expect_within(std::nullopt);
      writer_->plain("pragma foreign_keys = off");
      try {
        writer_->in_transaction("begin immediate", [&](Db& db) {
          work(db);
          if (auto broken = db.row("select \"table\" from pragma_foreign_key_check limit 1"))
            refuse(Kind::permanent, "store.schema-broken",
                   "The change of the database's tables would break references in " +
                       broken->text() + ": nothing was changed.",
                   "Start the version that you had before, and report this.");
          advise_planner(db);
        });
      } catch (...) {
        writer_->plain("pragma foreign_keys = on");
        throw;
      }
      writer_->plain("pragma foreign_keys = on");
    });
  }

  // Until then, the write-ahead log holds pages as they were.
  bool clear_traces() override {
    if (!clear_words()) return false;
    if (readers_allowed_ == 0) return true;
    const auto lock = lock_writer(Deadline(within_));
    const auto still = log_mover_->hold();
    writer_->expect_within(std::nullopt);
    return writer_->checkpoint();
  }

  void expect_writable() override {
    if (readers_allowed_ > 0) expect_disk_room(path_);
  }

  std::string in_dialect(std::string_view migration) const override;

  void listen(std::function<void(const Announced&)>) override {}

 private:
  using Connection = std::unique_ptr<SqliteConnection>;

  // FTS5 writes down what is removed as words beside those that were there, and both go only when
  // what holds them is merged with all that is older. Begun where words were removed, and done in
  // steps, between which others write; false: not all was done in this time, and it goes on.
  bool clear_words() {
    for (const Deadline until(kClearWords); !until.over();) {
      bool clear = false;
      write([&](Db& db) {
        clear = merge_words(db, "search_words", "search_traces", merging_) &&
                merge_words(db, "file_words", "file_traces", merging_files_);
      });
      if (clear) return true;
    }
    return false;
  }
  static bool merge_words(Db& db, const std::string& index, const std::string& table,
                          std::optional<std::int64_t>& merging) {
    if (!db.row("select 1 from sqlite_schema where name = $1", table)) return true;
    auto traces = db.row("select removed, cleared from " + table);
    const auto removed = traces->number(), cleared = traces->number();
    if (removed == cleared) return true;
    const auto written = [&] { return db.row("select total_changes()")->number(); };
    const auto before = written();
    // A negative number begins to merge all that is there now, a positive one goes on.
    db.change("insert into " + index + "(" + index + ", rank) values ('merge', $1)",
              merging ? kMergedPages : -kMergedPages);
    if (!merging) merging = removed;
    if (written() - before >= 2) return false;
    db.change("update " + table + " set cleared = $1", *std::exchange(merging, std::nullopt));
    return false;
  }

  struct Lease {
    Lease(SqliteDatabase& from, Deadline until)
        : database(from), connection(from.take_reader(until)) {}
    ~Lease() { database.give_back(std::move(connection)); }
    SqliteDatabase& database;
    Connection connection;
  };

  [[noreturn]] static void busy() {
    refuse(Kind::transient, "store.busy", "The database is busy.", "Try again shortly.");
  }

  std::unique_lock<std::timed_mutex> lock_writer(Deadline until) {
    std::unique_lock lock(writing_, std::defer_lock);
    if (!lock.try_lock_for(until.left())) busy();
    return lock;
  }

  void repeat(const std::function<void(Deadline)>& transaction) {
    const Deadline until(within_);
    for (int attempt = 1;; ++attempt) {
      try {
        const auto lock = lock_writer(until);
        transaction(until);
        return;
      } catch (const Refused& refused) {
        if (!refused.repeat || attempt == kAttempts || until.over()) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempt));
    }
  }

  Connection take_reader(Deadline until) {
    std::unique_lock lock(reading_);
    if (!free_again_.wait_for(lock, until.left(),
                              [&] { return !idle_.empty() || readers_ < readers_allowed_; }))
      busy();
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    auto connection = std::make_unique<SqliteConnection>(path_, true);
    ++readers_;
    return connection;
  }

  void give_back(Connection connection) {
    {
      std::lock_guard lock(reading_);
      idle_.push_back(std::move(connection));
    }
    free_again_.notify_one();
  }

  int readers_allowed_;
  Duration within_;
  // What was removed before this began: of messages, and of files that lay on profiles.
  std::optional<std::int64_t> merging_, merging_files_;
  int held_ = -1;  // the lock file
  std::timed_mutex writing_;
  Connection writer_;
  std::string path_;  // of the file itself
  std::unique_ptr<LogMover> log_mover_;
  std::mutex reading_;
  std::condition_variable free_again_;
  std::vector<Connection> idle_;
  int readers_ = 0;
};

std::string SqliteDatabase::in_dialect(std::string_view migration) const {
  std::string sql(migration);
  const std::pair<std::string_view, std::string_view> words[] = {
      {"{blob}", "blob"},
      {"{int}", "integer"},
      {"{key}", "text"},
      {"{rows}", "strict"},
      {"{narrow}", "strict, without rowid"}};
  for (auto [word, meaning] : words)
    for (std::size_t at; (at = sql.find(word)) != sql.npos;) sql.replace(at, word.size(), meaning);
  return sql;
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, int readers,
                                              Duration within) {
  // Names and addresses lie in it: only its owner may read what SQLite would leave to the umask.
  if (path != ":memory:")
    if (const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); fd >= 0)
      ::close(fd);
  try {
    return std::make_unique<SqliteDatabase>(path, readers, within);
  } catch (const Refused& refused) {
    return Failure(refused.error);
  }
}

Result<std::unique_ptr<Database>> open_in_memory(Duration within) {
  try {
    static const auto kMigrated = [] {
      auto first = std::make_unique<SqliteDatabase>(":memory:", 0, kAnswerWithin);
      migrate(*first);
      return first;
    }();
    auto database = std::make_unique<SqliteDatabase>(":memory:", 0, within);
    database->take_over(*kMigrated);
    return database;
  } catch (const Refused& refused) {
    return Failure(refused.error);
  }
}

}  // namespace hearback::store
