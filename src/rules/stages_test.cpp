#include "rules/stages.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearback::rules {
namespace {

const JobId kJob{{1, 2, 3}};

Stage stage(std::uint8_t id, std::string name) { return {StageId{{id}}, std::move(name)}; }

TEST(Stages, O5_ANewJobHasSomeInItsMakersLanguage) {
  const auto names = [](std::string_view language) {
    const auto all = first_stages(kJob, language);
    return all.phases.front().name + ", " + all.statuses.front().name;
  };
  EXPECT_EQ(names("en"), "Application, New");
  EXPECT_EQ(names("fr"), "Candidature, Nouvelle");
  EXPECT_EQ(names("de"), "Bewerbung, Neu");
  EXPECT_EQ(names("it"), names("en"));
  for (const auto* language : {"en", "fr", "de"}) {
    const auto all = first_stages(kJob, language);
    for (const auto kind : {StageKind::phase, StageKind::status})
      EXPECT_FALSE(wrong_with_stages(kind, {}, all.of(kind), {})) << language;
  }
}

TEST(Stages, O5_EachHasItsOwnId) {
  std::set<StageId> ids;
  for (const auto kind : {StageKind::phase, StageKind::status})
    for (std::size_t i = 0; i < 1000; ++i) ids.insert(first_stage_id(kJob, kind, i));
  EXPECT_EQ(ids.size(), 2000u);
}

TEST(Stages, O5_WhichOnesAJobMayHave) {
  Limits limits;
  limits.phases_of_job = 2;
  limits.statuses_of_job = 3;
  const auto one = stage(1, "Interview"), two = stage(2, "Offer"), three = stage(3, "Hired");
  const struct {
    StageKind kind;
    std::vector<Stage> before, wanted;
    std::string code;
  } kCases[] = {
      {StageKind::phase, {one}, {one}, ""},
      {StageKind::phase, {one}, {two, one}, ""},
      {StageKind::phase, {one}, {}, "job.no-stages"},
      {StageKind::status, {one}, {}, "job.no-stages"},
      {StageKind::phase, {one, two}, {one, two, three}, "job.too-many-stages"},
      {StageKind::status, {one, two}, {one, two, three}, ""},
      // As many as there were are never too many: an old job can be mended step by step.
      {StageKind::phase, {one, two, three}, {three, two, one}, ""},
      {StageKind::phase, {one}, {one, stage(2, "interview")}, "job.stage-named-twice"},
      {StageKind::phase, {one}, {one, stage(1, "Other")}, "job.stage-twice"},
  };
  for (const auto& one_case : kCases) {
    const auto wrong = wrong_with_stages(one_case.kind, one_case.before, one_case.wanted, limits);
    EXPECT_EQ(wrong ? wrong->code : "", one_case.code) << one_case.wanted.size();
  }
}

}  // namespace
}  // namespace hearback::rules
