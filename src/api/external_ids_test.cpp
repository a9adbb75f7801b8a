// O-3: jobs, candidates and applications by what another system calls them.
#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class ExternalIds : public ::testing::Test {
 protected:
  ExternalIds() {
    stand.found_company();
    ada = stand.session_of(stand.ada);
    max = stand.session_of(stand.max);
    eve = stand.session_of(stand.eve);
  }
  ApiStand stand;
  std::string ada, max, eve;
};

TEST_F(ExternalIds, O3_ACandidateIsMadeOnceAndChangedAfterwards) {
  const json::object lind{
      {"name", "M. Lind"}, {"addresses", {"lind@home.example"}}, {"job", stand.engineer.text()}};
  auto made = stand.as(max, "PUT", "/candidates/external/ATS%2F7%20b", lind);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("external_id").as_string(), "ATS/7 b");
  auto again = stand.as(max, "PUT", "/candidates/external/ATS%2F7%20b", lind);
  ASSERT_EQ(again.status, 200) << again.text;
  EXPECT_EQ(again.value.at("id"), made.value.at("id"));
  EXPECT_EQ(again.value.at("addresses").as_array().size(), 1u);
  EXPECT_EQ(again.value.at("applications").as_array().size(), 1u);
  auto changed =
      stand.as(max, "PUT", "/candidates/external/ATS%2F7%20b",
               json::object{{"name", "Mara Lind"}, {"addresses", {"lind@work.example"}}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("name").as_string(), "Mara Lind");
  EXPECT_EQ(changed.value.at("addresses").as_array().size(), 2u) << "none is taken off";
  auto found = stand.as(max, "GET", "/candidates/external/ATS%2F7%20b");
  ASSERT_EQ(found.status, 200);
  EXPECT_EQ(found.value.at("id"), made.value.at("id"));
  EXPECT_EQ(stand.as(eve, "GET", "/candidates/external/ATS%2F7%20b").status, 404);
  EXPECT_EQ(stand.as(eve, "PUT", "/candidates/external/x", lind).status, 403);
}

TEST_F(ExternalIds, O3_APercentSignIsOneOfItsLetters) {
  const auto put = [&](const char* path, const char* name) {
    return stand.as(ada, "PUT", std::string("/candidates/external/") + path,
                    json::object{{"name", name}, {"addresses", json::array{}}});
  };
  const auto slash = put("P%2FQ", "Slash"), escape = put("P%252FQ", "Escape"),
             half = put("50%25", "Half");
  EXPECT_EQ(slash.value.at("external_id"), "P/Q");
  EXPECT_EQ(escape.value.at("external_id"), "P%2FQ");
  EXPECT_EQ(half.value.at("external_id"), "50%");
  EXPECT_EQ(stand.as(ada, "GET", "/candidates/external/P%252FQ").value.at("name"), "Escape");
  EXPECT_EQ(stand.as(ada, "GET", "/candidates/external/P%2FQ").value.at("name"), "Slash");
}

TEST_F(ExternalIds, O3_IsCheckedLikeWhatItMakes) {
  EXPECT_EQ(stand.as(ada, "PUT", "/candidates/external/x", json::object{}).code(),
            "field.required");
  EXPECT_EQ(stand.as(ada, "PUT", "/candidates/external/%FF", json::object{}).status, 422);
  EXPECT_EQ(stand.as(ada, "PUT", "/candidates/external/%0A", json::object{}).status, 422);
  EXPECT_EQ(
      stand.as(ada, "PUT", "/candidates/external/" + std::string(201, 'a'), json::object{}).status,
      422);
  EXPECT_EQ(stand
                .as(max, "PUT", "/candidates/external/x",
                    json::object{{"name", "Dora"}, {"addresses", json::array{}}})
                .code(),
            "candidate.job-needed");
  auto shared = stand.as(ada, "PUT", "/candidates/external/x",
                         json::object{{"name", "Carla"}, {"addresses", {"carla@home.example"}}});
  EXPECT_EQ(shared.status, 409) << shared.text;
  EXPECT_EQ(shared.code(), "candidate.address-shared");
}

TEST_F(ExternalIds, O3_IsGivenAndTakenAwayByThePlainRoutes) {
  const auto path = "/candidates/" + stand.carla.text();
  auto named = stand.as(max, "PATCH", path, json::object{{"external_id", "C1"}});
  ASSERT_EQ(named.status, 200) << named.text;
  EXPECT_EQ(named.value.at("external_id").as_string(), "C1");
  auto other = stand.as(
      ada, "POST", "/candidates",
      json::object{{"name", "Other"}, {"addresses", json::array{}}, {"external_id", "C1"}});
  EXPECT_EQ(other.status, 409) << other.text;
  EXPECT_EQ(other.code(), "external-id.taken");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"name", "Carla"}}).value.at("external_id"),
            "C1");
  EXPECT_TRUE(stand.as(max, "PATCH", path, json::object{{"external_id", nullptr}})
                  .value.at("external_id")
                  .is_null());
  auto job =
      stand.as(ada, "PATCH", "/jobs/" + stand.designer.text(), json::object{{"external_id", "J1"}});
  ASSERT_EQ(job.status, 200) << job.text;
  EXPECT_EQ(job.value.at("external_id").as_string(), "J1");
  auto made =
      stand.as(ada, "POST", "/jobs", json::object{{"title", "Cook"}, {"external_id", "J2"}});
  EXPECT_EQ(made.value.at("external_id").as_string(), "J2") << made.text;
}

// C-14: the answer doesn't tell whether somebody has it whom the asker may not see.
TEST_F(ExternalIds, C14_WhatAnUnseenOneIsCalledIsNotTold) {
  const auto mia = stand.add_user("Mia", rules::Role::manager);
  stand.commit({store::PutJob{{stand.designer, "Designer", rules::JobKind::offer, true},
                              {stand.eve.id, mia.id},
                              stand.env.clock}});
  const auto session = stand.session_of(mia);
  ASSERT_EQ(
      stand
          .as(ada, "PATCH", "/candidates/" + stand.carla.text(), json::object{{"external_id", "7"}})
          .status,
      200);
  EXPECT_EQ(stand.as(session, "GET", "/candidates/external/7").status, 404);
  auto made = stand.as(
      session, "PUT", "/candidates/external/7",
      json::object{{"name", "Zoe"}, {"addresses", json::array{}}, {"job", stand.designer.text()}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("external_id").as_string(), "7");
  EXPECT_NE(made.value.at("id").as_string(), stand.carla.text());
  EXPECT_EQ(stand.as(ada, "GET", "/candidates/external/7").value.at("id").as_string(),
            stand.carla.text());
  EXPECT_EQ(stand.as(max, "GET", "/candidates/" + stand.carla.text()).value.at("name"), "Carla");
}

TEST_F(ExternalIds, O3_AJobIsMadeOnceAndChangedAfterwards) {
  auto made = stand.as(max, "PUT", "/jobs/external/J7", json::object{{"title", "Cook"}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("team").as_array().size(), 1u) << "who made it sees it";
  auto again = stand.as(max, "PUT", "/jobs/external/J7", json::object{{"title", "Cook"}});
  ASSERT_EQ(again.status, 200) << again.text;
  EXPECT_EQ(again.value.at("version"), made.value.at("version"));
  auto changed = stand.as(max, "PUT", "/jobs/external/J7",
                          json::object{{"title", "Head cook"},
                                       {"kind", "campaign"},
                                       {"open", false},
                                       {"team", {stand.eve.id.text()}}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("title").as_string(), "Head cook");
  EXPECT_EQ(changed.value.at("kind").as_string(), "campaign");
  EXPECT_EQ(changed.value.at("open"), false);
  EXPECT_EQ(changed.value.at("team").as_array().size(), 2u);
  EXPECT_EQ(stand.as(ada, "GET", "/jobs/external/J7").value.at("id"), made.value.at("id"));
  EXPECT_EQ(stand.as(ada, "PUT", "/jobs/external/J8", json::object{}).code(), "field.required");
}

TEST_F(ExternalIds, O3_AnApplicationIsMadeOnceAndMovedAfterwards) {
  stand.as(ada, "PATCH", "/candidates/" + stand.carla.text(), json::object{{"external_id", "C1"}});
  stand.as(ada, "PATCH", "/jobs/" + stand.designer.text(), json::object{{"external_id", "J1"}});
  const json::object both{{"candidate_external_id", "C1"}, {"job_external_id", "J1"}};
  auto made = stand.as(ada, "PUT", "/applications/external/A1", both);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("external_id").as_string(), "A1");
  EXPECT_EQ(made.value.at("job").as_string(), stand.designer.text());
  auto again = stand.as(ada, "PUT", "/applications/external/A1", both);
  ASSERT_EQ(again.status, 200) << again.text;
  EXPECT_EQ(again.value, made.value);
  const auto phase =
      stand.as(ada, "GET", "/jobs/" + stand.designer.text()).value.at("phases").at(2);
  auto moved =
      stand.as(ada, "PUT", "/applications/external/A1", json::object{{"phase", phase.at("id")}});
  ASSERT_EQ(moved.status, 200) << moved.text;
  EXPECT_EQ(moved.value.at("phase"), phase);
  EXPECT_EQ(
      stand
          .as(ada, "PUT", "/applications/external/A1", json::object{{"job", stand.engineer.text()}})
          .code(),
      "application.other-candidate");
  EXPECT_EQ(stand.as(ada, "PUT", "/applications/external/A2", both).code(), "external-id.other");
  // One that is there already gets the id.
  auto there =
      stand.as(ada, "PUT", "/applications/external/A3",
               json::object{{"candidate", stand.carla.text()}, {"job", stand.engineer.text()}});
  EXPECT_EQ(there.status, 200) << there.text;
  EXPECT_EQ(there.value.at("external_id").as_string(), "A3");
  EXPECT_EQ(stand.as(max, "GET", "/applications/external/A3").status, 200);
  EXPECT_EQ(stand.as(max, "GET", "/applications/external/A1").status, 404) << "Eve's job";
}

// O-5: of two records of one person the one that was put aside moves the other no more: they would
// move it back and forth each night.
TEST_F(ExternalIds, O5_WhatAMergePutAsideMovesNothing) {
  const json::object lind{
      {"name", "M. Lind"}, {"addresses", {"lind@home.example"}}, {"job", stand.engineer.text()}};
  const auto made = stand.as(ada, "PUT", "/candidates/external/L", lind);
  ASSERT_EQ(made.status, 201) << made.text;
  stand.as(ada, "PATCH", "/candidates/" + stand.carla.text(), json::object{{"external_id", "M"}});
  const auto application = [&](std::string name, std::string candidate) {
    return stand.as(
        ada, "PUT", "/applications/external/" + name,
        json::object{{"candidate_external_id", candidate}, {"job", stand.engineer.text()}});
  };
  const auto kept = application("MA", "M");
  ASSERT_LT(kept.status, 300) << kept.text;
  ASSERT_LT(application("LA", "L").status, 300);
  const auto lead = CandidateId::parse(std::string_view(made.value.at("id").as_string()));
  ASSERT_TRUE(lead);
  const auto scope = rules::user_scope(stand.company, stand.ada);
  const auto version = stand.ask(store::MergePreview{scope, stand.carla, *lead})->version;
  stand.commit(
      {store::MergeCandidates{scope, stand.carla, *lead, version, false, stand.env.clock}});
  const auto phases =
      stand.as(ada, "GET", "/jobs/" + stand.engineer.text()).value.at("phases").as_array();
  const auto to = [&](std::string name, std::size_t phase) {
    return stand.as(ada, "PUT", "/applications/external/" + name,
                    json::object{{"phase", phases.at(phase).at("id")}});
  };
  EXPECT_EQ(to("MA", 2).value.at("phase"), phases.at(2));
  const auto aside = to("LA", 1);
  EXPECT_EQ(aside.status, 200) << aside.text;
  EXPECT_EQ(aside.value.at("id"), kept.value.at("id"));
  EXPECT_EQ(aside.value.at("phase"), phases.at(2));
}

}  // namespace
}  // namespace hearback::api
