#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Applications : public ::testing::Test {
 protected:
  Applications() {
    stand.found_company();
    max = stand.session_of(stand.max);
  }

  json::object job(const JobId& id) {
    auto answer = stand.as(stand.session_of(stand.ada), "GET", "/jobs/" + id.text());
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value.as_object();
  }
  // The one that Carla has from the start.
  json::object application() {
    auto answer = stand.as(max, "GET", "/candidates/" + stand.carla.text());
    return answer.value.at("applications").at(0).as_object();
  }
  json::object move_to(std::size_t phase, std::size_t from) {
    const auto phases = job(stand.engineer).at("phases");
    return {{"phase", phases.at(phase).at("id")},
            {"from", json::object{{"phase", phases.at(from).at("id")}}}};
  }
  auto move(const std::string& session, json::object body) {
    const auto id = std::string(application().at("id").as_string());
    return stand.as(session, "PATCH", "/applications/" + id, std::move(body));
  }
  auto change(const std::string& session, json::object body) {
    return stand.as(session, "PATCH", "/jobs/" + stand.engineer.text(), std::move(body));
  }
  // The job's phases without one of them.
  json::object without(std::size_t phase) {
    const auto now = job(stand.engineer);
    auto phases = now.at("phases").as_array();
    phases.erase(phases.begin() + static_cast<std::ptrdiff_t>(phase));
    return {{"phases", std::move(phases)}, {"version", now.at("version")}};
  }

  ApiStand stand;
  std::string max;
};

TEST_F(Applications, O5_AreMovedByWhomAndWhenIsTold) {
  EXPECT_TRUE(application().at("moved_at").is_null());
  auto moved = move(max, move_to(2, 0));
  ASSERT_EQ(moved.status, 200) << moved.text;
  EXPECT_EQ(moved.value.at("phase").at("name"), "Interview");
  EXPECT_EQ(moved.value.at("moved_by"), "Max");
  EXPECT_FALSE(moved.value.at("moved_at").is_null());
  EXPECT_EQ(application(), moved.value);
  auto timeline = stand.as(max, "GET", "/candidates/" + stand.carla.text() + "/timeline");
  ASSERT_EQ(timeline.status, 200) << timeline.text;
  const auto& moves = timeline.value.at("moves").as_array();
  ASSERT_EQ(moves.size(), 1u);
  EXPECT_EQ(moves.at(0).at("by"), "Max");
  EXPECT_EQ(moves.at(0).at("how"), "person");
  EXPECT_EQ(moves.at(0).at("from_phase"), "Application");
  EXPECT_EQ(moves.at(0).at("to_phase"), "Interview");
  EXPECT_EQ(moves.at(0).at("job_title"), "Engineer");
}

TEST_F(Applications, M9_O5_WhoTookThemOutOfAJobAndPutThemBackIsTold) {
  const auto path = "/applications/" + std::string(application().at("id").as_string());
  const auto job = application().at("job");
  ASSERT_EQ(stand.as(max, "DELETE", path).status, 204);
  const auto ada = stand.session_of(stand.ada);
  ASSERT_EQ(stand.as(ada, "DELETE", path + "/removal").status, 204);
  auto timeline = stand.as(ada, "GET", "/candidates/" + stand.carla.text() + "/timeline");
  ASSERT_EQ(timeline.status, 200) << timeline.text;
  const auto& jobs = timeline.value.at("jobs").as_array();
  ASSERT_EQ(jobs.size(), 3u) << timeline.text;
  EXPECT_EQ(jobs.at(0).at("what"), "added");
  EXPECT_EQ(jobs.at(1).at("what"), "taken_out");
  EXPECT_EQ(jobs.at(1).at("by"), "Max");
  EXPECT_EQ(jobs.at(1).at("how"), "person");
  EXPECT_EQ(jobs.at(1).at("job"), job);
  EXPECT_EQ(jobs.at(1).at("job_title"), "Engineer");
  EXPECT_EQ(jobs.at(2).at("what"), "put_back");
  EXPECT_EQ(jobs.at(2).at("by"), "Ada");
  EXPECT_TRUE(timeline.value.at("moves").as_array().empty());
  EXPECT_TRUE(timeline.value.at("merges").as_array().empty());
}

TEST_F(Applications, O5_WhoWasSlowerIsToldWhoMovedItAndWhen) {
  ASSERT_EQ(move(stand.session_of(stand.ada), move_to(1, 0)).status, 200);
  auto late = move(max, move_to(2, 0));
  EXPECT_EQ(late.status, 409) << late.text;
  EXPECT_EQ(late.value.at("code"), "application.moved");
  EXPECT_EQ(late.value.at("application"), json::value(application()));
  EXPECT_EQ(late.value.at("application").at("moved_by"), "Ada");
  EXPECT_EQ(move(max, move_to(1, 0)).status, 200);  // that is where it is
}

TEST_F(Applications, O5_OnlyWhoMayMovesThem) {
  // An evaluator who sees her doesn't; a manager who doesn't see her can't tell that she is there.
  stand.commit({store::PutJob{
      {.id = stand.engineer, .title = "Engineer"}, {stand.max.id, stand.eve.id}, stand.env.clock}});
  auto eve = stand.eve;
  EXPECT_EQ(move(stand.session_of(eve), move_to(1, 0)).status, 403);
  EXPECT_EQ(
      stand
          .as(stand.session_of(eve), "POST", "/candidates/" + stand.carla.text() + "/applications",
              json::object{{"job", stand.designer.text()}})
          .status,
      403);
  eve.role = rules::Role::manager;
  stand.commit({store::PutUser{eve, std::nullopt, stand.env.clock},
                store::PutJob{
                    {.id = stand.engineer, .title = "Engineer"}, {stand.max.id}, stand.env.clock}});
  EXPECT_EQ(move(stand.session_of(eve), move_to(1, 0)).status, 404);
}

TEST_F(Applications, O5_SayWhatTheyHaveSeen) {
  auto without_from = move_to(1, 0);
  without_from.erase("from");
  const auto code = [&](json::object body) {
    auto answer = move(max, std::move(body));
    EXPECT_EQ(answer.status, 422) << answer.text;
    return std::string(answer.value.at("code").as_string());
  };
  EXPECT_EQ(code(without_from), "field.required");
  EXPECT_EQ(code({{"from", json::object{}}}), "field.required");
  auto strange = move_to(1, 0);
  strange["phase"] = job(stand.designer).at("phases").at(0).at("id");
  EXPECT_EQ(code(strange), "application.stage-unknown");
}

TEST_F(Applications, O5_AnExistingCandidateGetsAnotherJobOnce) {
  const auto ada = stand.session_of(stand.ada);
  const auto path = "/candidates/" + stand.carla.text() + "/applications";
  const json::object body{{"job", stand.designer.text()}};
  // What one doesn't see isn't there.
  EXPECT_EQ(stand.as(max, "POST", path, body).value.at("code"), "job.unknown");
  auto made = stand.as(ada, "POST", path, body);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("job_title"), "Designer");
  EXPECT_EQ(made.value.at("phase").at("name"), "Application");
  auto again = stand.as(ada, "POST", path, body);
  EXPECT_EQ(again.status, 200) << again.text;
  EXPECT_EQ(again.value, made.value);
  // Now her conversations are there for Eve as well.
  EXPECT_EQ(
      stand.as(stand.session_of(stand.eve), "GET", "/candidates/" + stand.carla.text()).status,
      200);
  const auto closed = "/jobs/" + stand.engineer.text();
  ASSERT_EQ(stand.as(ada, "PATCH", closed, json::object{{"open", false}}).status, 200);
  EXPECT_EQ(stand.as(ada, "POST", path, json::object{{"job", stand.engineer.text()}}).status, 409);
}

TEST_F(Applications, O5_JobsAreEdited) {
  auto now = job(stand.engineer);
  auto phases = now.at("phases").as_array();
  phases.at(1).as_object()["name"] = "First look";
  phases.push_back(json::object{{"name", "Trial day"}});
  std::swap(phases.at(2), phases.at(3));
  const json::object edit{
      {"title", "Engineers"}, {"phases", phases}, {"version", now.at("version")}};
  auto changed = change(max, edit);
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("title"), "Engineers");
  std::string names;
  for (const auto& one : changed.value.at("phases").as_array())
    names += std::string(one.at("name").as_string()) + ", ";
  EXPECT_EQ(names, "Application, First look, Offer, Interview, Trial day, ");
  EXPECT_EQ(changed.value.at("statuses"), now.at("statuses"));
  auto late = change(max, edit);
  EXPECT_EQ(late.status, 409) << late.text;
  EXPECT_EQ(late.value.at("code"), "job.changed");
  EXPECT_EQ(change(stand.session_of(stand.eve), without(3)).status, 403);
  const auto refused = [&](json::object body) {
    auto answer = change(max, std::move(body));
    EXPECT_EQ(answer.status, 422) << answer.text;
    return std::string(answer.value.at("code").as_string());
  };
  auto versionless = without(3);
  versionless.erase("version");
  EXPECT_EQ(refused(versionless), "field.required");
  auto empty = without(3);
  empty["phases"] = json::array{};
  EXPECT_EQ(refused(empty), "job.no-stages");
  auto strange = without(3);
  strange["phases"].as_array().push_back(job(stand.designer).at("phases").at(0));
  EXPECT_EQ(refused(strange), "job.stage-unknown");
  // Whoever opens or closes a job changes nothing else.
  EXPECT_EQ(change(max, {{"open", true}}).value.at("version"), changed.value.at("version"));
}

TEST_F(Applications, O5_WhatIsRemovedSaysWhereItsApplicationsGo) {
  const auto phases = job(stand.engineer).at("phases").as_array();
  auto refused = change(max, without(0));
  EXPECT_EQ(refused.status, 409) << refused.text;
  EXPECT_EQ(refused.value.at("code"), "job.stage-in-use");
  const auto& stages = refused.value.at("stages").as_array();
  ASSERT_EQ(stages.size(), 1u);
  EXPECT_EQ(stages.at(0).at("name"), "Application");
  EXPECT_EQ(stages.at(0).at("applications"), 1);
  EXPECT_EQ(application().at("phase").at("name"), "Application");
  auto body = without(0);
  const auto goes_to = [&](const json::value& stage) {
    return json::array{json::object{{"removed", phases.at(0).at("id")}, {"by", stage.at("id")}}};
  };
  body["replace"] = goes_to(phases.at(0));
  EXPECT_EQ(change(max, body).value.at("code"), "job.stage-unknown");
  body["replace"] = goes_to(phases.at(1));
  auto changed = change(max, body);
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(application().at("phase"), phases.at(1));
  EXPECT_EQ(application().at("moved_by"), "Max");
}

TEST_F(Applications, O5_AreTakenOutAsTheyWereSeenAndPutBack) {
  const auto before = application();
  const auto id = [&](std::string_view kind) {
    return std::string(before.at(kind).at("id").as_string());
  };
  const auto path = "/applications/" + std::string(before.at("id").as_string());
  const auto seen = "?phase=" + id("phase") + "&status=" + id("status");
  EXPECT_EQ(stand.as(max, "DELETE", path + "?phase=one").status, 422);
  ASSERT_EQ(move(stand.session_of(stand.ada), move_to(1, 0)).status, 200);
  auto late = stand.as(max, "DELETE", path + seen);
  EXPECT_EQ(late.status, 409) << late.text;
  EXPECT_EQ(late.code(), "application.moved");
  EXPECT_EQ(late.value.at("application"), json::value(application()));
  EXPECT_EQ(late.value.at("application").at("moved_by"), "Ada");
  const auto moved = application();
  auto gone = stand.as(max, "DELETE", path);
  EXPECT_EQ(gone.status, 204) << gone.text;
  EXPECT_EQ(stand.as(max, "GET", "/candidates/" + stand.carla.text()).status, 404);
  EXPECT_EQ(stand.as(max, "DELETE", path).status, 404);
  // He did it, so he has it back.
  EXPECT_EQ(stand.as(max, "DELETE", path + "/removal").status, 204);
  EXPECT_EQ(application(), moved);
  EXPECT_EQ(stand.as(max, "DELETE", path + "/removal").status, 204);  // it is so already
}

TEST_F(Applications, O5_OnlyWhoMayTakesThemOutAndPutsThemBack) {
  const auto path = "/applications/" + std::string(application().at("id").as_string());
  const auto ada = stand.session_of(stand.ada);
  const auto refused = [&](const std::string& session, const std::string& at, int status) {
    const auto answer = stand.as(session, "DELETE", at);
    EXPECT_EQ(answer.status, status) << answer.text;
    return answer.text;
  };
  auto eve = stand.eve;
  refused(stand.session_of(eve), path, 403);
  refused(stand.session_of(eve), path + "/removal", 403);
  // What one doesn't see is answered as what isn't there: neither is told from the other.
  eve.role = rules::Role::manager;
  stand.commit({store::PutUser{eve, std::nullopt, stand.env.clock}});
  const auto manager = stand.session_of(eve);
  const auto nowhere = "/applications/" + stand.make_id<ApplicationId>().text();
  EXPECT_EQ(refused(manager, path, 404), refused(manager, nowhere, 404));
  ASSERT_EQ(stand.as(ada, "DELETE", path).status, 204);
  EXPECT_EQ(refused(manager, path + "/removal", 404), refused(manager, nowhere + "/removal", 404));
  // Nor Max, who sees her no more and didn't do it.
  EXPECT_EQ(refused(max, path + "/removal", 404), refused(max, nowhere + "/removal", 404));
  EXPECT_EQ(stand.as(ada, "DELETE", path + "/removal").status, 204);
  EXPECT_EQ(stand.as(max, "GET", "/candidates/" + stand.carla.text()).status, 200);
}

TEST_F(Applications, SEE_AnotherCompanysAreNotThere) {
  const auto path = "/applications/" + std::string(application().at("id").as_string());
  const auto ada = stand.session_of(stand.ada);
  const auto first = stand.company;
  stand.company = stand.make_id<CompanyId>();
  stand.commit({store::AddCompany{"Other", stand.env.clock}});
  const auto other = stand.session_of(stand.add_user("Otto", rules::Role::admin, true));
  EXPECT_EQ(stand.as(other, "DELETE", path).status, 404);
  stand.company = first;
  ASSERT_EQ(stand.as(ada, "DELETE", path).status, 204);
  EXPECT_EQ(stand.as(other, "DELETE", path + "/removal").status, 404);
  EXPECT_EQ(stand.as(ada, "DELETE", path + "/removal").status, 204);
}

TEST_F(Applications, AnIdOfZerosIsNone) {
  auto body = move_to(1, 0);
  body["phase"] = StageId{}.text();
  auto answer = move(max, body);
  EXPECT_EQ(answer.status, 422) << answer.text;
  EXPECT_EQ(answer.field(), "phase");
}

}  // namespace
}  // namespace hearback::api
