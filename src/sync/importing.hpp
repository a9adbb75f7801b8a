#pragma once
// From headers that matched to stored messages: what is known already is recognized, bodies of the
// rest are fetched in batches, each judged again right before (S-16), parsed and taken in where
// blocking is allowed, while the next batch comes in. A message that can't be imported is
// quarantined and stops nobody (S-12).
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mailbox/bodies.hpp"
#include "mailbox/connect.hpp"
#include "sync/account.hpp"
#include "sync/beside.hpp"
#include "sync/take_in.hpp"

namespace hearback::sync {

// A header that was judged to be about a candidate.
struct Found {
  std::uint32_t uid = 0;
  Instant internal_date;
  std::uint64_t octets = 0;
  mail::Envelope envelope;
  rules::Match match;
  int attempts = 0;  // that this message has seen before
};

class Import {
 public:
  Import(Shared& shared, Account& account, mailbox::ImapLine& line)
      : shared_(shared), account_(account), line_(line) {}

  // Of the folder that is open on the line. `with_last` is committed with the last of them, and
  // also where there is nothing to import.
  Task<Result<>> run(WatchedFolder& folder, std::vector<Found> found,
                     std::vector<store::Change> with_last);

  // Message-IDs that became a candidate's since they were last taken.
  std::vector<std::string> take_placed() { return std::exchange(placed_, {}); }

 private:
  using Batch = std::vector<Found>;
  struct Sorted;
  struct Work;

  Task<Result<Sorted>> sort_out(const WatchedFolder& folder, std::vector<Found> found);
  Task<Result<>> fetch_and_store(const WatchedFolder& folder, std::vector<Batch> batches,
                                 Work last);
  Task<Result<Batch>> still_matching(const WatchedFolder& folder, Batch batch);
  Task<Result<>> fetch(const WatchedFolder& folder, Batch found, Work& work, Batch& absent,
                       bool last_time = false);
  Task<Result<>> fetch_singly(const WatchedFolder& folder, Batch batch, Work& work);
  static void refuse(Work& work, const rules::Location& at, int attempts, std::string why);
  Work new_work() const;
  void begin(Work work);
  Task<Result<>> finish();
  static Task<Result<TakenIn>> store_patiently(net::Env& env, store::Store& store,
                                               std::shared_ptr<Work> work);
  static Result<TakenIn> store_work(store::Store& store, Work& work);
  static Result<> count_attempts(store::Store& store, Work& work);
  static void read_fetched(Work& work, Random& random);
  static Result<TakenIn> try_work(store::Store& store, Work& work);

  Shared& shared_;
  Account& account_;
  mailbox::ImapLine& line_;
  Beside<Result<TakenIn>> storing_;
  std::shared_ptr<Work> storing_now_;
  std::vector<std::string> placed_;
};

}  // namespace hearback::sync
