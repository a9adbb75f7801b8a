#pragma once
// From headers that matched to stored messages: what is known already is recognized, bodies of the
// rest are fetched in batches, each judged again right before (S-16), parsed and taken in where
// blocking is allowed, while the next batches, and the next headers, come in. A message that can't
// be imported is quarantined and stops nobody (S-12).
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mailbox/source.hpp"
#include "sync/account.hpp"
#include "sync/in_order.hpp"
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
  int ends = 0;      // so often the connection ended while it was asked for
};

inline constexpr const char* kNoRoom = "sync.no-room";

class Import {
 public:
  Import(Shared& shared, Account& account, mailbox::Source& source)
      : shared_(shared), account_(account), source_(source) {}

  using Batch = std::vector<Found>;
  // What the store says to found ones.
  struct Sorted {
    std::vector<Incoming> recognized;  // known already
    std::vector<Batch> fetch;          // bodies to be fetched
    std::vector<store::Change> changes;
    bool any = false;  // was found
  };

  // Asks the store alone.
  Task<Result<Sorted>> sort_out(const WatchedFolder& folder, std::vector<Found> found);
  // Of the folder in front; of the past or of what arrived. Where no more may come today:
  // Kind::transient, kDailyQuota. `with_last` is committed with the last of them, and
  // also where there is nothing to import; everything in the order of the calls. It returns when
  // the bodies of the call before are fetched; `folder` stays where it is until finish(). `stored`
  // is called by a later run(), or by finish(), once all of it is committed. An error may be an
  // earlier call's. After one of the store's, nothing more is committed.
  Task<Result<>> run(WatchedFolder& folder, bool past, Sorted sorted,
                     std::vector<store::Change> with_last, std::function<void()> stored);
  // Of the past where there is no room in memory for it: Kind::transient, kNoRoom. Its place in
  // line is the account's (`past_in_line`) until this finds that there is some, and keeps it for
  // it, until it is given back.
  Task<void> look_for_room();
  void give_room_back();
  // Until the bodies are fetched.
  Task<void> fetched() { return fetching_.finish(); }
  // Until all of it is committed. To be awaited before anybody leaves, or relies on it.
  Task<Result<>> finish();
  // Nothing is under way, and all that was `stored` was told.
  bool finished() const { return fetching_.idle() && storing_.idle() && outcomes_->stored.empty(); }

  // Message-IDs that became a candidate's since they were last taken.
  std::vector<std::string> take_placed() { return std::exchange(placed_, {}); }
  // The date of the oldest message that was found, likewise: of those that weren't known yet, or of
  // all.
  std::optional<Instant> take_oldest(bool of_all) {
    const auto oldest = of_all ? oldest_found_ : oldest_;
    oldest_ = oldest_found_ = std::nullopt;
    return oldest;
  }

 private:
  struct Work;
  struct Stored {  // or not
    std::shared_ptr<Work> work;
    Result<TakenIn> done;
  };
  struct Outcomes {
    std::vector<Stored> stored;
    std::optional<Error> failed;
    std::vector<rules::Location> dropped;  // in this pass: cursors that follow leave them unread
  };

  Task<void> fetch_next(const WatchedFolder& folder, bool past, std::vector<Batch> batches,
                        Work last);
  Task<Result<>> fetch_and_store(const WatchedFolder& folder, bool past, std::vector<Batch> batches,
                                 Work last);
  Task<Result<mailbox::Room::Share>> take_room(std::vector<Batch>& batches, std::size_t which,
                                               bool past);
  Task<Result<mailbox::Room::Share>> room_for(mailbox::RoomWanted wanted);
  void keep_room_of(Work& work, bool past);
  void leave_in_line(mailbox::Room::Place place);
  Task<Result<Batch>> still_matching(const WatchedFolder& folder, Batch batch, Work& work);
  Task<Result<>> fetch(const WatchedFolder& folder, Batch found, Work& work, Batch& absent,
                       bool last_time = false);
  Task<Result<>> fetch_singly(const WatchedFolder& folder, bool past, Batch batch, Work& work);
  void store_fetched(Work& work);
  struct Asked {  // a body that didn't come
    rules::Location at;
    int attempts = 0;  // before
    std::vector<CandidateId> about;
  };
  static void refuse(Work& work, Asked asked, std::string why);
  static void note(Work& work, Asked asked, std::string why);
  Work new_work() const;
  void begin(Work work);
  Result<> hear();
  static Task<Result<TakenIn>> store_patiently(net::Env& env, store::Store& store,
                                               std::shared_ptr<Work> work);
  static Task<Result<TakenIn>> store_work(net::Env& env, store::Store& store,
                                          std::shared_ptr<Work> work);
  static Task<Result<>> read_work(net::Env& env, store::Store& store, std::shared_ptr<Work> work);
  static Task<void> read_next(net::Env& env, store::Store& store, std::shared_ptr<Work> work);
  static Task<void> store_next(net::Env& env, store::Store& store, std::shared_ptr<Work> work,
                               std::shared_ptr<Outcomes> outcomes);
  static Result<> count_attempts(store::Store& store, Work& work);
  static void read_fetched(Work& work);
  static Result<TakenIn> take_in(store::Store& store, Work& work);
  static void forgive(store::Store& store, Work& work);

  Shared& shared_;
  Account& account_;
  mailbox::Source& source_;
  InOrder fetching_, reading_, storing_;
  std::shared_ptr<Outcomes> outcomes_ = std::make_shared<Outcomes>();
  std::optional<Error> failed_;        // to store
  std::optional<Error> fetch_failed_;  // and nobody was told
  std::vector<std::string> placed_;
  std::optional<Instant> oldest_, oldest_found_;
  bool body_came_ = false;      // any: the server gives them
  mailbox::Room::Share found_;  // for the past
};

}  // namespace hearback::sync
