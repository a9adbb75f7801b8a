#pragma once
// The seam between the store and its databases. The same SQL text serves both: parameters are `$1`,
// `$2`, … ; times, counts and flags are 64-bit integers, ids are 16-octet blobs, words are text.
//
// Inside the store a failing statement throws Refused, and so does a change that may not happen:
// the transaction is undone on the way out, and the two verbs `ask` and `commit` turn it into a
// Result. Nothing of this leaves the room.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "rules/words.hpp"

namespace hearback::store {

struct Refused {
  Error error;
  bool repeat = false;  // the same transaction may well succeed when tried again
};

[[noreturn]] inline void refuse(Kind kind, std::string code, std::string what,
                                std::string hint = {}) {
  throw Refused{Error{kind, std::move(code), std::move(what), std::move(hint)}};
}

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

using Value = std::variant<std::monostate, std::int64_t, std::string, Blob>;

// Text is made valid UTF-8 without NUL on the way in, so that both databases take the same.
inline Value value_of(std::string_view text) {
  if (text.find('\0') == text.npos && is_utf8(text)) return std::string(text);
  return to_valid_utf8(text);
}
inline Value value_of(const std::string& text) { return value_of(std::string_view(text)); }
inline Value value_of(const char* text) { return value_of(std::string_view(text)); }
inline Value value_of(Blob blob) { return blob; }
inline Value value_of(Value value) { return value; }
inline Value value_of(Instant at) { return at.ms; }
template <class N>
  requires std::is_integral_v<N>
Value value_of(N number) {
  return static_cast<std::int64_t>(number);
}
template <class E>
  requires std::is_enum_v<E>
Value value_of(E member) {
  return std::string(rules::word_of(member));
}
template <class Tag>
Value value_of(const Id<Tag>& id) {
  return Blob{std::string(id.bytes.begin(), id.bytes.end())};
}
template <class T>
Value value_of(const std::optional<T>& maybe) {
  return maybe ? value_of(*maybe) : Value{};
}

// One row of an answer. Columns are taken in the order of the SELECT, each once.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  std::int64_t number() { return std::get<std::int64_t>(take()); }
  bool flag() { return number() != 0; }
  std::string text() { return std::move(std::get<std::string>(take())); }
  std::string blob() { return std::move(std::get<Blob>(take()).bytes); }
  Instant instant() { return {number()}; }
  template <class E>
  E word() {
    const auto text = std::get<std::string>(take());
    if (auto member = rules::from_word<E>(text)) return *member;
    refuse(Kind::permanent, "store.unknown-word",
           "The database holds a word that this version doesn't know: " + text + ".");
  }
  template <class AnId>
  AnId id() {
    return id_from<AnId>(take());
  }

  std::optional<std::int64_t> maybe_number() { return maybe<std::int64_t>(); }
  std::optional<std::string> maybe_text() { return maybe<std::string>(); }
  std::optional<Blob> maybe_blob() { return maybe<Blob>(); }
  std::optional<Instant> maybe_instant() {
    auto ms = maybe_number();
    return ms ? std::optional(Instant{*ms}) : std::nullopt;
  }
  template <class AnId>
  std::optional<AnId> maybe_id() {
    auto& value = take();
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return id_from<AnId>(value);
  }

 private:
  Value& take() { return values_.at(next_++); }
  template <class T>
  std::optional<T> maybe() {
    auto& value = take();
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return std::move(std::get<T>(value));
  }
  template <class AnId>
  static AnId id_from(const Value& value) {
    AnId id;
    const auto& bytes = std::get<Blob>(value).bytes;
    for (std::size_t i = 0; i < id.bytes.size() && i < bytes.size(); ++i)
      id.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
    return id;
  }

  std::vector<Value> values_;
  std::size_t next_ = 0;
};

// For the one thing that databases have no common words for: the index of words (store/search).
enum class Dialect : std::uint8_t { sqlite, postgres };

struct Outcome {
  std::vector<Row> rows;
  std::int64_t affected = 0;  // by INSERT, UPDATE, DELETE
};

// One connection inside one transaction. Statements are prepared once and kept.
class Db {
 public:
  virtual ~Db() = default;
  virtual Outcome run(std::string_view sql, std::span<const Value> params) = 0;
  // The rows of one SELECT, ordered and limited, for each of several lists of values, which are its
  // parameters after `params`. All lists have values of the same types, and none is null. Where a
  // statement is a journey to a server, there is one for all.
  virtual std::vector<std::vector<Row>> run_each(std::string_view sql,
                                                 std::span<const Value> params,
                                                 std::span<const std::vector<Value>> each) = 0;
  // Wakes the listeners of all processes when the transaction commits. `commit`: which one it is
  // of this process's.
  virtual void announce(CompanyId company, std::uint64_t revision, std::uint64_t commit) = 0;
  virtual Dialect dialect() const = 0;

  template <class... P>
  std::vector<Row> rows(std::string_view sql, const P&... params) {
    return execute(sql, params...).rows;
  }
  template <class... P>
  std::optional<Row> row(std::string_view sql, const P&... params) {
    auto found = execute(sql, params...).rows;
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }
  template <class... P>
  std::int64_t change(std::string_view sql, const P&... params) {
    return execute(sql, params...).affected;
  }

 private:
  template <class... P>
  Outcome execute(std::string_view sql, const P&... params) {
    const std::array<Value, sizeof...(P)> values{value_of(params)...};
    return run(sql, values);
  }
};

using Work = std::function<void(Db&)>;

// A database: hands out connections, begins and ends transactions.
class Database {
 public:
  virtual ~Database() = default;
  // Keeps the database for this process as long as this object lives; throws Refused (conflict,
  // "store.in-use") while another has it. Should the hold be lost, nothing is written any more.
  virtual void hold() = 0;
  // One consistent view of the data; nothing can be changed.
  virtual void read(const Work& work) = 0;
  // One transaction. `work` may run several times: where the database says that a transaction
  // collided with another, it is undone and repeated.
  virtual void write(const Work& work) = 0;
  // As write(), for the schema: only one process at a time. Tables may be made anew under their
  // names: no reference is followed meanwhile, and none may be broken at the end.
  virtual void change_schema(const Work& work) = 0;
  // `{blob}`, `{int}`, `{key}` (text that compares by its octets), `{rows}` and `{narrow}` (at the
  // end of a table: of usual rows, of rows that are little more than their key).
  virtual std::string in_dialect(std::string_view migration) const = 0;
  // `heard` is called, on a thread of the database's own, after commits of other processes, and of
  // this one, too, where they are announced: a commit whose answer was lost may happen later.
  struct Announced {
    CompanyId company;
    std::uint64_t revision = 0;
    std::optional<std::uint64_t> own = {};  // which commit of this process
  };
  virtual void listen(std::function<void(const Announced&)> heard) = 0;
  // Takes what was deleted out of the files as well, where the database leaves that to us. False:
  // somebody still reads the state before; try again later.
  virtual bool clear_traces() = 0;
  // Throws Refused where it is known without trying that nothing can be written: next to nothing
  // is left of the disk ("store.disk"), as far as it is ours to see, or the hold is lost
  // ("store.not-held", "store.taken-over").
  virtual void expect_writable() = 0;
};

// A call of read() or write() ends `within` that time, with Kind::transient if need be.
inline constexpr Duration kAnswerWithin = 30s;

// `path`: a file, or ":memory:".
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, int readers,
                                              Duration within = kAnswerWithin);
Result<std::unique_ptr<Database>> open_postgres(const std::string& uri, int connections,
                                                Duration within = kAnswerWithin);

// ---- many values at once -------------------------------------------------------------------

// "insert into t(a, b)" with rows of values: as few statements as sensible.
class Insertion {
 public:
  Insertion(std::string head, std::size_t columns) : head_(std::move(head)), columns_(columns) {}
  template <class... P>
  void row(const P&... values) {
    (values_.push_back(value_of(values)), ...);
  }
  // `tail`: "on conflict do nothing", for instance.
  void run(Db& db, std::string_view tail = {});

 private:
  std::string head_;
  std::size_t columns_;
  std::vector<Value> values_;
};

// For `… in (…)` over any number of values: calls `use` with the list's text and the parameters,
// those of `first` before those of the chunk. Few chunk sizes, so that few statements are prepared.
using InList = const std::string&;
using Params = std::span<const Value>;
void in_chunks(std::vector<Value> first, Params items,
               const std::function<void(InList list, Params params)>& use);

// Repeats the last of them up to one of those sizes, for a list that a statement names in one
// piece; more than the largest stay as many as they are.
void pad(std::vector<Value>& items);

template <class Items>
std::vector<Value> values_of(const Items& items) {
  std::vector<Value> values;
  values.reserve(items.size());
  for (const auto& item : items) values.push_back(value_of(item));
  return values;
}

}  // namespace hearback::store
