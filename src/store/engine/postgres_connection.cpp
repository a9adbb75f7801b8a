#include "store/engine/postgres_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/text.hpp"

namespace hearback::store {
namespace {

// Types by their object ids (pg_type): the only ones that the schema uses.
enum : Oid { kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25 };
enum : Oid { kByteas = 1001, kTexts = 1009, kInt8s = 1016 };  // arrays of these

Refused refused_by(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field ? field : "";
  // 08: the connection; 57P: it is shut down or starts; 25P03: we were silent inside a transaction.
  if (state.empty() || state.starts_with("08") || state.starts_with("57P") || state == "25P03")
    return lost();
  // 40: a deadlock, or a collision with another transaction; 55P03: a lock wasn't had in time.
  if (state.starts_with("40") || state == "55P03")
    return {{Kind::transient, "store.busy", "The database is busy.", "Try again shortly."}, true};
  // 57014: the statement took too long. It would again at once, but not for ever.
  if (state == "57014")
    return {{Kind::transient, "store.busy", "The database took too long.", "Try again shortly."}};
  if (state == "23503")
    return {{Kind::conflict, "store.reference-missing",
             "Something that this change refers to no longer exists.", "Try again."}};
  if (state == "23505") {
    // Which table is no person's business.
    const char* name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    log::warn("store.duplicate", {{"detail", name ? name : ""}});
    return {{Kind::conflict, "store.duplicate", "Such an entry exists already.", ""}};
  }
  // 0A000: writing isn't supported "during recovery", by a standby; nothing else that we ask for
  // isn't.
  if (state == "25006" || state == "0A000")
    return {{Kind::transient, "store.read-only",
             "The database can't be written now (" + state + ").",
             "Check that it is no standby and isn't set to be read only."}};
  if (state == "53100")
    return {{Kind::transient, "store.disk", "The database has no room left (" + state + ").",
             "Give it more disk."}};
  if (state.starts_with("53"))
    return {{Kind::transient, "store.busy", "The database is at its limits (" + state + ").",
             "Give it more memory or connections."}};
  // Messages of class 42 name tables and columns only; others could quote values.
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string detail = state.starts_with("42") && message ? std::string(": ") + message : "";
  return {{Kind::permanent, "store.database", "The database failed (" + state + ")" + detail + ".",
           ""}};
}

bool has_failed(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
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

template <class Number>
void append_big_endian(std::string& bytes, Number number) {
  for (int at = sizeof number - 1; at >= 0; --at) bytes += static_cast<char>(number >> (8 * at));
}

// What stands at one place of several lists, as an array in PostgreSQL's binary form: dimensions,
// whether there are nulls, the type, how many there are, the first one's number; then each with its
// length before it.
std::string array_of(std::span<const std::vector<Value>> lists, std::size_t place, Oid type) {
  std::string bytes;
  const auto count = static_cast<std::uint32_t>(lists.size());
  for (const auto head : {1u, 0u, std::uint32_t{type}, count, 1u}) append_big_endian(bytes, head);
  for (const auto& list : lists) {
    const auto& value = list[place];
    if (type == kInt8) {
      append_big_endian(bytes, std::uint32_t{8});
      append_big_endian(bytes, static_cast<std::uint64_t>(std::get<std::int64_t>(value)));
    } else {
      const auto& one = type == kText ? std::get<std::string>(value) : std::get<Blob>(value).bytes;
      append_big_endian(bytes, static_cast<std::uint32_t>(one.size()));
      bytes += one;
    }
  }
  return bytes;
}

// The same statement for each row of `own` arrays, which are its parameters after `shared` others:
// each row's answer with the row's number before it, in its own order.
std::string for_each(std::string_view sql, std::size_t shared, std::size_t own) {
  std::string arrays, names, one;
  for (auto n = shared + 1; n <= shared + own; ++n) {
    arrays += (arrays.empty() ? "$" : ", $") + std::to_string(n);
    names += "v" + std::to_string(n) + ", ";
  }
  for (std::size_t at = 0; at < sql.size(); ++at) {
    const auto digits = std::min(sql.find_first_not_of("0123456789", at + 1), sql.size()) - at - 1;
    const auto number = sql[at] == '$' ? to_number(sql.substr(at + 1, digits)) : std::nullopt;
    one += number && *number > shared ? std::string_view("each_of.v") : sql.substr(at, 1);
  }
  return "select each_of.nth - 1, found.* from unnest(" + arrays + ") with ordinality each_of(" +
         names + "nth) cross join lateral (" + one + ") found";
}

}  // namespace

Refused lost() {
  return {{Kind::transient, "store.unreachable", "The database can't be reached.",
           "Check that PostgreSQL runs and that its address is right."},
          true};
}

// The parameters of one statement in libpq's form. All travel in binary.
struct PostgresConnection::Arguments {
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
  // One array for each place in these lists.
  void add_arrays(std::span<const std::vector<Value>> lists) {
    for (std::size_t place = 0; place < lists.front().size(); ++place) {
      const auto& first = lists.front()[place];
      const auto [element, array] =
          std::holds_alternative<std::int64_t>(first)  ? std::pair(kInt8, kInt8s)
          : std::holds_alternative<std::string>(first) ? std::pair(kText, kTexts)
                                                       : std::pair(kBytea, kByteas);
      const auto& bytes = arrays.emplace_back(array_of(lists, place, element));
      formats.push_back(1);
      push(array, bytes.data(), bytes.size());
    }
  }
  std::vector<char> numbers;
  std::deque<std::string> arrays;
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

// What the operator's address doesn't say. A transaction that we fell silent in ends at the server
// too, and gives its locks back.
constexpr std::pair<const char*, const char*> kDefaults[] = {{"keepalives", "1"},
                                                             {"keepalives_idle", "10"},
                                                             {"keepalives_interval", "5"},
                                                             {"keepalives_count", "3"},
                                                             {"tcp_user_timeout", "20000"}};
constexpr const char* kSession[] = {
    "set client_encoding = 'UTF8'", "set idle_in_transaction_session_timeout = '60s'",
    "set tcp_keepalives_idle = 10", "set tcp_keepalives_interval = 5",
    "set tcp_keepalives_count = 3",
    // Every statement looks a few rows up by their keys: planned once, by indexes, whatever the
    // tables hold. Left to itself PostgreSQL plans each one five times, and joins a page of fifty
    // rows by reading two tables whole. A change of the schema may (postgres.cpp).
    "set plan_cache_mode = force_generic_plan", "set jit = off", "set random_page_cost = 1.1",
    "set enable_hashjoin = off", "set enable_mergejoin = off", "set enable_seqscan = off",
    // A commit that was answered is on disk. "remote_apply" asks for more still and may stay.
    ("select set_config('synchronous_commit', 'on', false)"
     " where current_setting('synchronous_commit') <> 'remote_apply'")};

PostgresConnection::PostgresConnection(const std::string& uri, std::string process, Deadline until,
                                       Duration call)
    : process_(std::move(process)), until_(until) {
  try {
    connect(uri);
    PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
    for (const char* setting : kSession) plain(setting);
    // The server's own bounds lie below ours, so that a slow statement ends with a clean word of
    // the server's.
    const auto bound = [&](const char* name, Duration most) {
      plain((std::string("set ") + name + " = " + std::to_string(most.count())).c_str());
    };
    bound("statement_timeout", call * 5 / 6);
    bound("lock_timeout", call * 2 / 3);
  } catch (...) {
    PQfinish(handle_);
    throw;
  }
}

PostgresConnection::~PostgresConnection() { PQfinish(handle_); }

void PostgresConnection::connect(const std::string& uri) {
  struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(uri.c_str(), nullptr));
  if (!options)
    refuse(Kind::input, "store.bad-database", "The address of the database isn't understood.",
           "Write postgresql://user@host/name.");
  std::vector<const char*> names, values;
  const auto add = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  for (const auto& [name, value] : kDefaults) add(name, value);
  for (auto* option = options.get(); option->keyword; ++option)  // the later one counts
    if (option->val) add(option->keyword, option->val);
  add(nullptr, nullptr);
  handle_ = PQconnectStartParams(names.data(), values.data(), 0);
  if (!handle_ || PQstatus(handle_) == CONNECTION_BAD) throw lost();
  for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK; step = PQconnectPoll(handle_)) {
    if (step == PGRES_POLLING_FAILED) throw lost();
    if (!wait(step == PGRES_POLLING_READING ? POLLIN : POLLOUT)) throw lost();
  }
  if (PQsetnonblocking(handle_, 1) != 0 || !PQenterPipelineMode(handle_)) throw lost();
}

bool PostgresConnection::wait(short events) {
  for (;;) {
    pollfd watched{PQsocket(handle_), events, 0};
    const auto left = until_.left();
    const int ready = left > Duration{0} ? ::poll(&watched, 1, static_cast<int>(left.count())) : 0;
    if (ready > 0) return true;
    if (ready == 0) break;
    if (errno != EINTR) break;
  }
  given_up_ = true;  // its answer may still come: nobody would know to what
  return false;
}

void PostgresConnection::leave(int queued) {
  if (!queued) {
    given_up_ = true;
    throw lost();
  }
  ++left_;
}

PostgresConnection::Answer PostgresConnection::answer(int queued) {
  const auto give_up = [&] {
    given_up_ = true;
    return Answer();
  };
  if (!queued || !PQpipelineSync(handle_)) return give_up();
  for (int unsent; (unsent = PQflush(handle_)) != 0;) {
    // A server that has much to say must be read while it is written to.
    if (unsent < 0 || !wait(POLLIN | POLLOUT) || !PQconsumeInput(handle_)) return give_up();
  }
  Answer answered;
  for (++left_; left_ > 0; --left_) {
    auto result = next_result();
    if (!result || next_result()) return give_up();  // one answer, and the end of it
    if (!answered || !has_failed(answered.get())) answered = std::move(result);
  }
  const auto end = next_result();
  return end && PQresultStatus(end.get()) == PGRES_PIPELINE_SYNC ? std::move(answered) : give_up();
}

PostgresConnection::Answer PostgresConnection::next_result() {
  while (PQisBusy(handle_))
    if (!wait(POLLIN) || !PQconsumeInput(handle_)) return nullptr;
  return Answer(PQgetResult(handle_));
}

Outcome PostgresConnection::run(std::string_view sql, std::span<const Value> params) {
  return run(sql, Arguments(params));
}

Outcome PostgresConnection::run(std::string_view sql, const Arguments& arguments) {
  const auto got = answer(send(sql, arguments));
  check(got.get());
  Outcome outcome;
  const int rows = PQntuples(got.get()), columns = PQnfields(got.get());
  outcome.rows.reserve(static_cast<std::size_t>(rows));
  for (int r = 0; r < rows; ++r) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int c = 0; c < columns; ++c) values.push_back(value_at(got.get(), r, c));
    outcome.rows.emplace_back(std::move(values));
  }
  outcome.affected = std::atoll(PQcmdTuples(got.get()));
  return outcome;
}

std::vector<std::vector<Row>> PostgresConnection::run_each(
    std::string_view sql, std::span<const Value> params, std::span<const std::vector<Value>> each) {
  std::vector<std::vector<Row>> found(each.size());
  if (each.empty()) return found;
  Arguments arguments(params);
  arguments.add_arrays(each);
  for (auto& row : run(for_each(sql, params.size(), each.front().size()), arguments).rows) {
    auto& one = found[static_cast<std::size_t>(row.number())];
    one.push_back(std::move(row));
  }
  return found;
}

void PostgresConnection::announce(CompanyId company, std::uint64_t revision, std::uint64_t commit) {
  const Value told[] = {value_of(process_ + " " + company.text() + " " + std::to_string(revision) +
                                 " " + std::to_string(commit))};
  leave(send("select 1 from pg_notify('hearback', $1)", Arguments(told)));
}

void PostgresConnection::in_transaction(const char* begin, const Work& work) {
  leave(send(begin));
  try {
    work(*this);
  } catch (...) {
    if (usable()) answer(send("rollback"));
    throw;
  }
  const auto done = answer(send("commit"));
  if (done && usable()) {
    if (has_failed(done.get())) answer(send("rollback"));
    return check(done.get());
  }
  throw Refused{{Kind::transient, "store.commit-unknown",
                 "The database was lost while it committed: whether it did isn't known.",
                 "Look what is stored before doing it again."}};
}

void PostgresConnection::check(const PGresult* result) {
  if (!result || !usable()) {
    given_up_ = true;
    throw lost();
  }
  if (has_failed(result)) throw refused_by(result);
}

int PostgresConnection::send(const char* sql) {
  return PQsendQueryParams(handle_, sql, 0, nullptr, nullptr, nullptr, nullptr, 1);
}

int PostgresConnection::send(std::string_view sql, const Arguments& arguments) {
  const auto& name = prepared(sql, arguments);
  return PQsendQueryPrepared(handle_, name.c_str(), static_cast<int>(arguments.values.size()),
                             arguments.values.data(), arguments.lengths.data(),
                             arguments.formats.data(), 1);
}

const std::string& PostgresConnection::prepared(std::string_view sql, const Arguments& arguments) {
  if (const auto* known = statements_.find(sql)) return *known;
  if (const auto dropped = statements_.drop_one()) leave(send(("deallocate " + *dropped).c_str()));
  const std::string text(sql), name = "s" + std::to_string(++prepared_);
  check(answer(PQsendPrepare(handle_, name.c_str(), text.c_str(),
                             static_cast<int>(arguments.types.size()), arguments.types.data()))
            .get());
  return statements_.add(text, name);
}

}  // namespace hearback::store
