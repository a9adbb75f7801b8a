#pragma once
// One connection to PostgreSQL. Every wait on its socket ends at the call's deadline, whatever the
// network does: a database that swallows everything costs a call its time and no more. (The look-up
// of its name is libpq's own and has the resolver's time-outs.)
#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/deadline.hpp"
#include "store/engine/db.hpp"
#include "store/engine/prepared.hpp"

namespace hearback::store {

// The database can't be reached; the same transaction may well succeed on another connection.
Refused lost();

class PostgresConnection final : public Db {
 public:
  // Connects within `until`. `process` marks what this process announces; `call` is how long the
  // calls that it serves may take. Throws Refused.
  PostgresConnection(const std::string& uri, std::string process, Deadline until,
                     Duration call = kAnswerWithin);
  PostgresConnection(const PostgresConnection&) = delete;
  ~PostgresConnection() override;

  // For all that is run from now on.
  void expect_within(Deadline until) { until_ = until; }

  Outcome run(std::string_view sql, std::span<const Value> params) override;
  // In one statement, however many lists of values there are.
  std::vector<std::vector<Row>> run_each(std::string_view sql, std::span<const Value> params,
                                         std::span<const std::vector<Value>> each) override;
  Dialect dialect() const override { return Dialect::postgres; }
  // Sent by PostgreSQL when the transaction commits, and only then.
  void announce(CompanyId company, std::uint64_t revision, std::uint64_t commit) override;

  void plain(const char* sql) { check(answer(send(sql)).get()); }  // one statement
  void in_transaction(const char* begin, const Work& work);

  bool usable() const { return !given_up_ && PQstatus(handle_) == CONNECTION_OK; }
  PGconn* handle() { return handle_; }

 private:
  struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, ClearResult>;
  struct Arguments;

  void connect(const std::string& uri);
  // Waits for the socket; false when the time is over.
  bool wait(short events);
  // After a PQsend…: its answer isn't waited for, but taken with that to what is sent next.
  void leave(int queued);
  // After a PQsend…: writes out all that was left and takes the answers. The last one, or the first
  // that failed: PostgreSQL skips what comes after that. nullptr when the connection is lost.
  Answer answer(int queued);
  // What libpq has next; nullptr at the end of one statement's, or when the connection is lost.
  Answer next_result();
  void check(const PGresult* result);
  Outcome run(std::string_view sql, const Arguments& arguments);
  int send(const char* sql);
  int send(std::string_view sql, const Arguments& arguments);
  const std::string& prepared(std::string_view sql, const Arguments& arguments);

  PGconn* handle_ = nullptr;
  std::string process_;
  Deadline until_;
  int left_ = 0;  // statements that were sent and whose answers weren't taken
  bool given_up_ = false;
  std::uint64_t prepared_ = 0;        // so far: numbers their names
  Prepared<std::string> statements_;  // names
};

}  // namespace hearback::store
