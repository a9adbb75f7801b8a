#pragma once
// The real store, some of whose commits fail: before anything happened, or after everything did
// (the writer can't tell: a connection to a database that broke during COMMIT).
#include "sim/sim_env.hpp"
#include "store/store.hpp"

namespace hearback::sim {

class FaultyStore final : public store::Store {
 public:
  FaultyStore(World& world, store::Store& inner) : world_(world), inner_(inner) {}

  int percent_fail = 0;     // of commits: not made
  int percent_unknown = 0;  // of commits: made, and reported as failed

  int percent_unread = 0;  // questions that fail

  int failed = 0, unknown = 0;

  // Somebody else's turn: between the questions of a writer and this commit of its own.
  std::function<void(const store::Commit&)> before;
  // Called with each question, before it is answered.
  std::function<void()> asked;
  // Whether the answer to this commit, which is made, gets lost.
  std::function<bool(const store::Commit&)> loses_answer;
  // Called for each commit that was made, whatever its writer is told.
  std::function<void(const store::Commit&)> made;

  Result<std::uint64_t> commit(const store::Commit& commit) override {
    if (before) before(commit);
    if (world_.chance(percent_fail)) {
      ++failed;
      return trouble();
    }
    auto done = inner_.commit(commit);
    if (done && made) made(commit);
    if (done && loses_answer && loses_answer(commit))
      return fail(Kind::transient, "store.commit-unknown", "Nobody knows whether it was made.");
    if (done && world_.chance(percent_unknown)) {
      ++unknown;
      return trouble();
    }
    return done;
  }
  Result<void> storing() override { return inner_.storing(); }
  Result<void> sweep(int step) override { return inner_.sweep(step); }
  Result<bool> make_findable() override { return inner_.make_findable(); }
  Result<bool> clear_traces() override { return inner_.clear_traces(); }
  int on_commit(std::function<void(CompanyId, std::uint64_t)> heard) override {
    return inner_.on_commit(std::move(heard));
  }
  void forget(int listener) override { inner_.forget(listener); }

 protected:
  Result<void> read(const std::function<void(store::Reading&)>& answer) override {
    if (asked) asked();
    if (percent_unread > 0 && world_.chance(percent_unread)) return trouble();
    return Door::pass(inner_, answer);
  }

 private:
  // read() is for the store's own; this is one of them.
  struct Door : store::Store {
    static Result<void> pass(store::Store& store,
                             const std::function<void(store::Reading&)>& answer) {
      return (store.*&Door::read)(answer);
    }
  };
  static Failure trouble() {
    return fail(Kind::transient, "store.unavailable", "The database cannot be reached.");
  }

  World& world_;
  store::Store& inner_;
};

}  // namespace hearback::sim
