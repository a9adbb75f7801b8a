#include "rules/leaving_jobs.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

using namespace std::chrono_literals;

TEST(LeavingJobs, O5_WhoPutsAnApplicationBack) {
  const auto company = CompanyId::parse("00000000-0000-4000-8000-000000000001").value();
  const auto ben = UserId::parse("00000000-0000-4000-8000-000000000002").value();
  const auto cem = UserId::parse("00000000-0000-4000-8000-000000000003").value();
  const Scope as_ben{Scope::Kind::user, company, ben, false, false};
  const Scope nobody{Scope::Kind::nobody, company, ben, false, false};
  const Instant then{1'000'000};
  struct Row {
    Scope scope;
    std::optional<UserId> by;
    bool sees_candidate, sees_job;
    Duration later;
    std::optional<NotPutBack> why_not;
    bool joined_since = false;
  };
  const auto unseen = NotPutBack::unseen, too_late = NotPutBack::too_late;
  const Row rows[] = {
      {as_ben, ben, true, true, 0s, std::nullopt},
      {as_ben, cem, true, true, 0s, std::nullopt},
      {as_ben, std::nullopt, true, true, 0s, std::nullopt},
      {as_ben, ben, false, true, 0s, std::nullopt},  // saw the candidate by that job alone
      {as_ben, cem, false, true, 0s, unseen},
      {as_ben, std::nullopt, false, true, 0s, unseen},
      {as_ben, ben, false, false, 0s, unseen},  // has left the hiring team
      {as_ben, ben, true, false, 0s, unseen},
      {nobody, ben, false, true, 0s, unseen},
      {engine_scope(company), ben, true, true, 0s, std::nullopt},
      {as_ben, ben, true, true, kTakenOutStaysUndoable - 1ms, std::nullopt},
      {as_ben, ben, true, true, kTakenOutStaysUndoable, too_late},
      {as_ben, cem, false, true, kTakenOutStaysUndoable, unseen},
      {as_ben, ben, false, true, 0s, unseen, true},  // would see what they never saw
      {as_ben, ben, true, true, 0s, std::nullopt, true},
  };
  for (const auto& row : rows)
    EXPECT_EQ(why_not_put_back(row.scope, {row.by, then, row.joined_since}, row.sees_candidate,
                               row.sees_job, then + row.later),
              row.why_not);
}

}  // namespace
}  // namespace hearback::rules
