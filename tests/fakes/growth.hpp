#pragma once
// For tests that questions which are asked often cost what they answer, whatever else is there.
// Counted by the databases themselves, so that it says the same on every machine: steps of SQLite's
// machine, rows that PostgreSQL looks at.
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "fakes/store_conformance.hpp"
#include "store/engine/answers.hpp"

namespace hearback::store {

inline constexpr int kAskedFor = 50;

class Growth : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    admin = add_user("anna", rules::Role::admin, true);
    recruiter = add_user("ben", rules::Role::manager);
  }

  // Filled past the store: no view follows.
  void TearDown() override {
    store.reset();
    std::filesystem::remove_all(folder);
  }

  std::int64_t work_so_far(Db& db) const {
    return db
        .row(GetParam() == On::file
                 ? "select coalesce(sum(nstep), 0) from sqlite_stmt"
                   " where sql not like '%sqlite_stmt%'"
                 : "select cast(coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)"
                   " as bigint) from pg_stat_xact_user_tables")
        ->number();
  }
  template <class Question>
  std::int64_t work_of(const Question& question) {
    const Vault vault(std::string(32, 'k'), random);
    const BlobFiles files{""};
    std::int64_t work = 0;
    tables()->read([&](Db& db) {
      Reading reading{db, vault, files};
      const auto before = work_so_far(db);
      (void)answer(reading, question);
      work = work_so_far(db) - before;
    });
    EXPECT_GT(work, 0);  // it is counted
    return work;
  }
  // As PostgreSQL does by itself, at its own time.
  void count() const {
    if (GetParam() == On::postgres) tables()->write([](Db& db) { db.run("analyze", {}); });
  }
  using Work = std::function<std::int64_t()>;
  // `fill` adds as many as it is told. `uncounted`: also where PostgreSQL hasn't counted them yet.
  void expect_constant(const std::function<void(int)>& fill,
                       const std::map<std::string, Work>& asked, bool uncounted = false) const {
    std::map<std::string, std::int64_t> little;
    fill(200);
    if (!uncounted) count();
    for (const auto& [what, work] : asked) little[what] = work();
    const auto expect = [&](const char* when) {
      for (const auto& [what, work] : asked)
        EXPECT_LT(work(), 3 * little[what] / 2 + kAskedFor) << what << ", " << when;
    };
    fill(5'000);
    if (uncounted) expect("uncounted");
    count();
    expect("counted");
  }

  rules::User admin, recruiter;
};
}  // namespace hearback::store
