#include <gtest/gtest.h>

#include <set>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;
using namespace std::string_literals;

class Candidates : public ::testing::Test {
 protected:
  Candidates() { stand.found_company(); }

  std::size_t rows(const std::string& session, std::string path) {
    auto answer = stand.as(session, "GET", std::move(path));
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value.at("rows").as_array().size();
  }

  ApiStand stand;
};

TEST_F(Candidates, P1_HiringTeamsDecideWhoSeesWhom) {
  const auto ada = stand.session_of(stand.ada), max = stand.session_of(stand.max),
             eve = stand.session_of(stand.eve);
  EXPECT_EQ(rows(ada, "/candidates"), 1u);
  EXPECT_EQ(rows(max, "/candidates"), 1u);
  EXPECT_EQ(rows(eve, "/candidates"), 0u);
  EXPECT_EQ(rows(ada, "/threads"), 1u);
  EXPECT_EQ(rows(max, "/threads?place=inbox"), 1u);
  EXPECT_EQ(rows(eve, "/threads"), 0u);
  EXPECT_EQ(rows(eve, "/threads?candidate=" + stand.carla.text()), 0u);

  auto carla = stand.as(max, "GET", "/candidates/" + stand.carla.text());
  ASSERT_EQ(carla.status, 200) << carla.text;
  std::string seen_by;
  for (const auto& user : carla.value.at("seen_by").as_array())
    seen_by += std::string(user.at("name").as_string()) + " <" +
               std::string(user.at("email").as_string()) + "> ";
  EXPECT_NE(seen_by.find("Ada"), std::string::npos);
  EXPECT_NE(seen_by.find("Max"), std::string::npos);
  EXPECT_EQ(seen_by.find("Eve"), std::string::npos);
}

TEST_F(Candidates, AreAddedWithAddressesAndAnApplication) {
  const auto max = stand.session_of(stand.max);
  const auto phase =
      stand.as(max, "GET", "/jobs/" + stand.engineer.text()).value.at("phases").at(2);
  auto made = stand.as(max, "POST", "/candidates",
                       json::object{{"name", "Dora"},
                                    {"addresses", {"Dora@Home.example", "dora@home.example"}},
                                    {"job", stand.engineer.text()},
                                    {"phase", phase.at("id")}});
  ASSERT_EQ(made.status, 201) << made.text;
  ASSERT_EQ(made.value.at("addresses").as_array().size(), 1u);
  EXPECT_EQ(made.value.at("addresses").at(0).at("synced"), true);
  EXPECT_EQ(made.value.at("applications").at(0).at("job_title"), "Engineer");
  EXPECT_EQ(made.value.at("applications").at(0).at("phase"), phase);
  EXPECT_EQ(rows(max, "/candidates?q=dora"), 1u);
  EXPECT_EQ(rows(max, "/candidates?job=" + stand.engineer.text()), 2u);
}

// Whatever a candidate is called, those who come after can be reached.
TEST_F(Candidates, PagesGoOnBehindTheLongestName) {
  const auto ada = stand.session_of(stand.ada);
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "\U0001F600";
  for (const auto& name : {longest, "\U0001F601 after"s})
    ASSERT_EQ(stand
                  .as(ada, "POST", "/candidates",
                      json::object{{"name", name}, {"addresses", json::array{}}})
                  .status,
              201);
  std::vector<std::string> names;
  for (std::string next = "/candidates?limit=1"; !next.empty();) {
    auto page = stand.as(ada, "GET", next);
    ASSERT_EQ(page.status, 200) << page.text;
    for (const auto& row : page.value.at("rows").as_array())
      names.emplace_back(row.at("name").as_string());
    const auto& cursor = page.value.at("next");
    next = cursor.is_null() ? "" : "/candidates?limit=1&cursor=" + std::string(cursor.as_string());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"Carla", longest, "\U0001F601 after"}));
}

// To match is to authorize: the address of somebody unseen brings nothing, and nothing shows that.
TEST_F(Candidates, C14_AnAddressOfSomebodyUnseenGrantsNothing) {
  const auto max = stand.session_of(stand.max), ada = stand.session_of(stand.ada);
  stand.add_candidate("Dora", "dora@home.example", stand.designer);  // Max doesn't see her
  const auto made = [&](std::string address) {
    auto answer = stand.as(
        max, "POST", "/candidates",
        json::object{
            {"name", "Mine"}, {"addresses", {std::move(address)}}, {"job", stand.engineer.text()}});
    EXPECT_EQ(answer.status, 201) << answer.text;
    return answer.value;
  };
  const auto hers = made("dora@home.example"), nobodys = made("nobody@home.example");
  for (const char* member : {"synced", "why_not"})
    EXPECT_EQ(hers.at("addresses").at(0).at(member), nobodys.at("addresses").at(0).at(member));
  const auto taking_part = [&] {
    store::KnownAbout about{};
    about.scope = rules::engine_scope(stand.company);
    about.participants = {"dora@home.example"};
    return stand.ask(about).candidates.size();
  };
  EXPECT_EQ(taking_part(), 1u);
  const auto path = "/candidates/" + std::string(hers.at("id").as_string());
  const json::object list{{"addresses", {"dora@home.example"}}}, none{{"addresses", json::array{}}};
  EXPECT_EQ(stand.as(max, "PATCH", path, list).value.at("addresses").at(0).at("synced"), true);
  EXPECT_EQ(taking_part(), 1u);
  // Ada may see both: she is told, and it is hers to say.
  const auto told = stand.as(ada, "GET", path).value.at("addresses").at(0);
  EXPECT_EQ(told.at("synced"), false);
  EXPECT_EQ(told.at("why_not"), "other-candidate");
  EXPECT_EQ(stand.as(ada, "PATCH", path, none).status, 200);
  EXPECT_EQ(stand.as(ada, "PATCH", path, list).code(), "candidate.address-shared");
  EXPECT_EQ(taking_part(), 1u);
  auto confirmed = list;
  confirmed["confirmed"] = true;
  EXPECT_EQ(stand.as(ada, "PATCH", path, confirmed).status, 200);
  EXPECT_EQ(taking_part(), 2u);
}

TEST_F(Candidates, I1_AColleaguesAddressIsKeptButNotSynced) {
  const auto ada = stand.session_of(stand.ada);
  auto made = stand.as(ada, "POST", "/candidates",
                       json::object{{"name", "Max himself"}, {"addresses", {"MAX@team.example"}}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("addresses").at(0).at("synced"), false);
  EXPECT_EQ(made.value.at("addresses").at(0).at("why_not"), "internal-user");
}

TEST_F(Candidates, WithoutAJobOnlyThoseWhoSeeAllJobsAddThem) {
  const json::object body{{"name", "Dora"}, {"addresses", {"dora@home.example"}}};
  auto refused = stand.as(stand.session_of(stand.max), "POST", "/candidates", body);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.code(), "candidate.job-needed");
  EXPECT_EQ(stand.as(stand.session_of(stand.ada), "POST", "/candidates", body).status, 201);
  auto foreign = body;
  foreign["job"] = stand.designer.text();
  auto unknown = stand.as(stand.session_of(stand.max), "POST", "/candidates", foreign);
  EXPECT_EQ(unknown.code() + " " + unknown.field(), "job.unknown job");
}

TEST_F(Candidates, O2_ARepeatedRequestWithItsKeyChangesNothing) {
  const auto ada = stand.session_of(stand.ada);
  const json::object body{{"name", "Dora"}, {"addresses", {"dora@home.example"}}};
  const fakes::Headers key{{"idempotency-key", "0123456789"}};
  auto first = stand.as(ada, "POST", "/candidates", body, key);
  auto second = stand.as(ada, "POST", "/candidates", body, key);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(first.text, second.text);
  EXPECT_EQ(rows(ada, "/candidates"), 2u);

  auto other = body;
  other["name"] = "Dora D.";
  auto reused = stand.as(ada, "POST", "/candidates", other, key);
  EXPECT_EQ(reused.status, 409);
  EXPECT_EQ(reused.code(), "idempotency.reused");
  // The key is the asker's own.
  auto max_body = other;
  max_body["job"] = stand.engineer.text();
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "POST", "/candidates", max_body, key).status,
            201);
  auto malformed = stand.as(ada, "POST", "/candidates", body, {{"idempotency-key", "short"}});
  EXPECT_EQ(malformed.code(), "idempotency.malformed");
}

TEST_F(Candidates, AreChangedAndForgotten) {
  const auto max = stand.session_of(stand.max);
  const auto path = "/candidates/" + stand.carla.text();
  auto renamed = stand.as(max, "PATCH", path, json::object{{"name", "Carla C."}});
  ASSERT_EQ(renamed.status, 200) << renamed.text;
  EXPECT_EQ(renamed.value.at("name"), "Carla C.");
  EXPECT_EQ(renamed.value.at("addresses").as_array().size(), 1u);
  auto more = stand.as(max, "PATCH", path,
                       json::object{{"addresses", {"carla@home.example", "carla@work.example"}}});
  ASSERT_EQ(more.status, 200) << more.text;
  EXPECT_EQ(more.value.at("addresses").as_array().size(), 2u);
  auto wrong = stand.as(max, "PATCH", path, json::object{{"addresses", {"nonsense"}}});
  EXPECT_EQ(wrong.code() + " " + wrong.field(), "address.invalid addresses");
  json::array many;
  for (int i = 0; i <= 50; ++i)
    many.push_back(json::string("a" + std::to_string(i) + "@x.example"));
  wrong = stand.as(max, "PATCH", path, json::object{{"addresses", many}});
  EXPECT_EQ(wrong.code() + " " + wrong.field(), "field.too-many addresses");
  EXPECT_EQ(stand.as(max, "DELETE", path).status, 204);
  EXPECT_EQ(stand.as(max, "GET", path).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/threads/" + stand.thread.text()).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/messages/" + stand.message.text() + "/body").status, 404);
}

// Each says what comes or goes, of whatever is there by then.
TEST_F(Candidates, O5_TwoWhoChangeTheAddressesAtOnceEachHaveTheirWay) {
  const auto max = stand.session_of(stand.max);
  const auto path = "/candidates/" + stand.carla.text();
  const auto change = [&](json::object body) { return stand.as(max, "PATCH", path, body); };
  const auto listed = [](const auto& answer) {
    std::string all;
    for (const auto& one : answer.value.at("addresses").as_array())
      all += std::string(one.at("address").as_string()) + " ";
    return all;
  };
  const json::array one{"one@home.example"}, two{"two@home.example"};
  EXPECT_EQ(listed(change({{"addresses", one}})), "one@home.example ");
  auto both = change({{"addresses_added", two}});
  EXPECT_EQ(listed(both), "one@home.example two@home.example ");
  EXPECT_EQ(listed(change({{"addresses_removed", one}})), "two@home.example ");
  const auto told = stand.as(max, "GET", path + "/timeline").value.at("addresses").as_array();
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().at("address"), "one@home.example");
  EXPECT_EQ(told.back().at("added"), false);
  EXPECT_EQ(told.back().at("by"), "Max");
  EXPECT_EQ(told.back().at("how"), "person");
  EXPECT_EQ(listed(change({{"addresses_added", one}, {"addresses_at", 0}})),
            "one@home.example two@home.example ");
  EXPECT_EQ(listed(change({{"name", "Carla"}})), "one@home.example two@home.example ");
  auto wrong = change({{"addresses", one}, {"addresses_removed", two}});
  EXPECT_EQ(wrong.code() + " " + wrong.field(), "field.invalid addresses_removed");
  for (const auto* member : {"addresses_added", "addresses_removed"}) {
    wrong = change({{member, {"nonsense"}}});
    EXPECT_EQ(wrong.code() + " " + wrong.field(), std::string("address.invalid ") + member);
  }
  auto other = stand.as(
      max, "POST", "/candidates",
      json::object{
          {"name", "Dora"}, {"addresses", {"dora@home.example"}}, {"job", stand.engineer.text()}});
  ASSERT_EQ(other.status, 201);
  wrong = change({{"addresses_added", {"dora@home.example"}}});
  EXPECT_EQ(wrong.code() + " " + wrong.field(), "candidate.address-shared addresses");
}

TEST_F(Candidates, JobsOfWhoDoesNotSeeAllIncludeTheirOwn) {
  const auto max = stand.session_of(stand.max);
  auto made =
      stand.as(max, "POST", "/jobs", json::object{{"title", "Writer"}, {"kind", "campaign"}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("team").at(0).at("id"), stand.max.id.text().c_str());
  EXPECT_EQ(made.value.at("team").at(0).at("name"), "Max");
  auto jobs = stand.as(max, "GET", "/jobs");
  EXPECT_NE(jobs.text.find("Writer"), std::string::npos);
  const std::string id(made.value.at("id").as_string());
  EXPECT_EQ(stand.as(max, "GET", "/jobs/" + id).value, made.value);
  EXPECT_EQ(stand.as(stand.session_of(stand.eve), "GET", "/jobs/" + id).status, 404);
  auto found = stand.as(max, "GET", "/jobs?q=WRIT&open=true&limit=1");
  ASSERT_EQ(found.value.at("rows").as_array().size(), 1u) << found.text;
  EXPECT_TRUE(found.value.at("next").is_null());
  EXPECT_EQ(rows(max, "/jobs?q=writ&open=false"), 0u);
  EXPECT_EQ(stand.as(max, "GET", "/jobs?open=maybe").field(), "open");
  EXPECT_FALSE(stand.as(max, "GET", "/jobs?limit=1").value.at("next").is_null());
  auto stranger =
      stand.as(max, "POST", "/jobs", json::object{{"title", "X"}, {"team", {stand.carla.text()}}});
  EXPECT_EQ(stranger.code() + " " + stranger.field(), "user.unknown team");
}

TEST_F(Candidates, O5_AJobsKindAndTeamAreChangedBesideWhatColleaguesChange) {
  const auto ada = stand.session_of(stand.ada), max = stand.session_of(stand.max);
  const auto job = "/jobs/" + stand.engineer.text();
  const auto eve = stand.eve.id.text(), his = stand.max.id.text();
  const auto members = [&](const fakes::Answer& answer) {
    std::set<std::string> ids;
    for (const auto& one : answer.value.at("team").as_array())
      ids.emplace(one.at("id").as_string());
    return ids;
  };
  auto added =
      stand.as(max, "PATCH", job, json::object{{"kind", "talent_pool"}, {"team_added", {eve}}});
  ASSERT_EQ(added.status, 200) << added.text;
  EXPECT_EQ(added.value.at("kind"), "talent_pool");
  EXPECT_EQ(members(added), (std::set<std::string>{eve, his}));
  EXPECT_EQ(stand.as(stand.session_of(stand.eve), "GET", job).status, 200);

  auto own = stand.as(max, "PATCH", job, json::object{{"team_removed", {his}}});
  EXPECT_EQ(own.code() + " " + own.field(), "job.own-team team_removed");
  auto stranger = stand.as(max, "PATCH", job, json::object{{"team_added", {stand.carla.text()}}});
  EXPECT_EQ(stranger.code() + " " + stranger.field(), "user.unknown team_added");
  EXPECT_EQ(
      stand.as(stand.session_of(stand.eve), "PATCH", job, json::object{{"team_removed", {his}}})
          .status,
      403);

  // P-2: what lived by the team ends with it.
  auto removed = stand.as(ada, "PATCH", job, json::object{{"team_removed", {eve, his}}});
  ASSERT_EQ(removed.status, 200) << removed.text;
  EXPECT_TRUE(members(removed).empty());
  EXPECT_EQ(removed.value.at("kind"), "talent_pool");
  EXPECT_EQ(stand.as(max, "GET", job).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/candidates/" + stand.carla.text()).status, 404);
  EXPECT_EQ(stand.as(max, "PATCH", job, json::object{{"team_added", {his}}}).status, 404);
}

TEST_F(Candidates, S6_WhoseJobIsClosedRestsAndIsCaughtUpWith) {
  const auto max = stand.session_of(stand.max), eve = stand.session_of(stand.eve);
  const auto job = "/jobs/" + stand.engineer.text();
  const auto carla = "/candidates/" + stand.carla.text();
  const auto is = [&](const char* member) { return stand.as(max, "GET", carla).value.at(member); };
  EXPECT_TRUE(is("resting").is_null());
  ASSERT_EQ(stand.as(max, "PATCH", job, json::object{{"open", false}}).status, 200);
  EXPECT_EQ(is("resting").at("job").at("title"), "Engineer");
  EXPECT_EQ(is("resting").at("since"), to_rfc3339(stand.env.clock).c_str());
  EXPECT_TRUE(is("skipped").is_null());
  stand.commit({store::CountSkipped{stand.carla, 12, stand.env.clock}});
  EXPECT_EQ(is("skipped").at("messages"), 12);
  EXPECT_EQ(is("skipped").at("first"), to_rfc3339(stand.env.clock).substr(0, 10).c_str());

  EXPECT_EQ(stand.as(max, "POST", carla + "/catch-up").code(), "candidate.rests");
  EXPECT_EQ(stand.as(max, "PATCH", job, json::object{{"catch_up", true}}).field(), "catch_up");
  ASSERT_EQ(stand.as(max, "PATCH", job, json::object{{"open", true}}).status, 200);
  EXPECT_TRUE(is("resting").is_null());
  EXPECT_EQ(is("skipped").at("messages"), 12);  // until it is looked for
  EXPECT_EQ(stand.as(eve, "POST", carla + "/catch-up").status, 403);
  EXPECT_EQ(stand.as(max, "POST", carla + "/catch-up").status, 204);
  EXPECT_TRUE(is("skipped").is_null());
}

TEST_F(Candidates, JobsAreClosedAndOpenedAgain) {
  const auto max = stand.session_of(stand.max), eve = stand.session_of(stand.eve);
  const auto path = "/jobs/" + stand.engineer.text();
  auto closed = stand.as(max, "PATCH", path, json::object{{"open", false}});
  ASSERT_EQ(closed.status, 200) << closed.text;
  EXPECT_EQ(closed.value.at("open"), false);
  EXPECT_EQ(rows(max, "/jobs?open=true"), 0u);
  EXPECT_EQ(rows(max, "/jobs?open=false"), 1u);
  // Who is there stays there; nobody new comes.
  EXPECT_NE(stand.as(max, "GET", "/candidates/" + stand.carla.text()).text.find("Engineer"),
            std::string::npos);
  const json::object nora{
      {"name", "Nora"}, {"addresses", json::array{}}, {"job", stand.engineer.text()}};
  auto refused = stand.as(max, "POST", "/candidates", nora);
  EXPECT_EQ(refused.code() + " " + refused.field(), "job.closed job");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"open", true}}).value.at("open"), true);
  EXPECT_EQ(stand.as(max, "POST", "/candidates", nora).status, 201);
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"open", "no"}}).field(), "open");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"kind", "X"}}).field(), "kind");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"team", "X"}}).code(), "field.unknown");
  EXPECT_EQ(stand.as(max, "PATCH", "/jobs/" + stand.designer.text(), json::object{{"open", false}})
                .status,
            404);
  EXPECT_EQ(stand.as(eve, "PATCH", "/jobs/" + stand.designer.text(), json::object{{"open", false}})
                .status,
            403);
}

TEST_F(Candidates, PagesFollowTheCursor) {
  const auto ada = stand.session_of(stand.ada);
  for (char c = 'a'; c < 'f'; ++c)
    stand.add_candidate(std::string("Person ") + c, std::string(1, c) + "@home.example",
                        stand.engineer);
  std::string cursor;
  std::size_t seen = 0;
  for (int pages = 0; pages < 10; ++pages) {
    auto page = stand.as(ada, "GET", "/candidates?limit=4" + cursor);
    ASSERT_EQ(page.status, 200) << page.text;
    seen += page.value.at("rows").as_array().size();
    if (page.value.at("next").is_null()) break;
    cursor = "&cursor=" + std::string(page.value.at("next").as_string());
  }
  EXPECT_EQ(seen, 6u);
  EXPECT_EQ(stand.as(ada, "GET", "/candidates?limit=0").field(), "limit");
  EXPECT_EQ(stand.as(ada, "GET", "/candidates?limit=201").field(), "limit");
  EXPECT_EQ(stand.as(ada, "GET", "/candidates?job=x").field(), "job");
  EXPECT_EQ(stand.as(ada, "GET", "/candidates?cursor=nonsense").status, 422);
}

TEST_F(Candidates, AnAddressThatAnotherHasIsAskedAbout) {
  const auto max = stand.session_of(stand.max), eve = stand.session_of(stand.eve);
  stand.add_candidate("Hidden", "hidden@home.example", stand.designer);
  json::object form{
      {"name", "Carl"}, {"addresses", {"Carla@home.example"}}, {"job", stand.engineer.text()}};
  auto asked = stand.as(max, "POST", "/candidates", form);
  EXPECT_EQ(asked.status, 409) << asked.text;
  EXPECT_EQ(asked.code() + " " + asked.field(), "candidate.address-shared addresses");
  const auto who = json::array{json::object{
      {"id", stand.carla.text()}, {"name", "Carla"}, {"address", "carla@home.example"}}};
  EXPECT_EQ(asked.value.at("candidates"), who);
  EXPECT_EQ(rows(max, "/candidates"), 1u) << "nothing was saved";
  form["confirmed"] = true;
  auto made = stand.as(max, "POST", "/candidates", form);
  ASSERT_EQ(made.status, 201) << made.text;

  const auto path = "/candidates/" + std::string(made.value.at("id").as_string());
  const auto put = [&](json::array addresses, bool confirmed) {
    return stand.as(max, "PATCH", path,
                    json::object{{"addresses", std::move(addresses)}, {"confirmed", confirmed}});
  };
  // What is there isn't asked about again; what is added is.
  EXPECT_EQ(put({"carla@home.example", "carl@home.example"}, false).status, 200);
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"name", "Karl"}}).status, 200);
  EXPECT_EQ(put({}, false).status, 200);
  EXPECT_EQ(put({"carla@home.example"}, false).code(), "candidate.address-shared");
  EXPECT_EQ(put({"carla@home.example"}, true).status, 200);
  // Whom one may not see is nobody.
  EXPECT_EQ(put({"hidden@home.example"}, false).status, 200);
}

TEST_F(Candidates, C14_WhoHasAnAddressIsSaidBeforeItIsAdded) {
  const auto max = stand.session_of(stand.max), eve = stand.session_of(stand.eve);
  stand.add_candidate("Hidden", "hidden@home.example", stand.designer);
  const auto holders = [&](const std::string& session, const std::string& address) {
    return stand.as(session, "GET", "/address-holders?address=" + address);
  };
  const auto nobody = holders(max, "nobody@home.example");
  EXPECT_EQ(nobody.status, 200);
  EXPECT_EQ(nobody.value.at("rows"), json::array{});
  EXPECT_EQ(
      holders(max, "Carla@HOME.example").value.at("rows"),
      (json::array{json::object{
          {"id", stand.carla.text()}, {"name", "Carla"}, {"address", "carla@home.example"}}}));
  EXPECT_EQ(holders(max, "arla@home.example").value.at("rows"), json::array{});  // no part of one
  // Whom one may not see is nobody.
  EXPECT_EQ(holders(max, "hidden@home.example").text, nobody.text);
  EXPECT_EQ(holders(max, "nobody").code(), "address.invalid");
  EXPECT_EQ(stand.as(max, "GET", "/address-holders").field(), "address");
  EXPECT_EQ(holders(eve, "hidden@home.example").status, 403);
}

TEST_F(Candidates, S5_WhatWasFoundIsToldToThoseWhoMayAddAnAddress) {
  const auto max = stand.session_of(stand.max), eve = stand.session_of(stand.eve);
  const auto search = [&](const std::string& session, CandidateId candidate) {
    return stand.as(session, "GET", "/candidates/" + candidate.text() + "/old-mail");
  };
  const auto hidden = stand.add_candidate("Hidden", "hidden@home.example", stand.designer);
  EXPECT_EQ(search(max, hidden).status, 404);
  EXPECT_EQ(search(eve, hidden).status, 403);
  const auto told = search(max, stand.carla);
  ASSERT_EQ(told.status, 200) << told.text;
  const auto& found = told.value.at("search").as_object();
  for (const auto* number : {"messages", "mailboxes", "searched", "searching", "waiting"})
    EXPECT_TRUE(found.at(number).is_int64() || found.at(number).is_uint64()) << number;
  EXPECT_EQ(found.at("more"), false);
  // How far it has come is told to whom nobody is hidden from.
  EXPECT_EQ(found.at("searching"), 0);
  const auto all = search(stand.session_of(stand.ada), stand.carla);
  EXPECT_EQ(all.value.at("search").at("searching"), 1);
  stand.env.clock = stand.env.clock + 8 * 24h;
  EXPECT_TRUE(search(stand.session_of(stand.max), stand.carla).value.at("search").is_null());
}

TEST_F(Candidates, S7_WhatDeletingTakesIsCountedTruly) {
  const auto max = stand.session_of(stand.max), eve = stand.session_of(stand.eve);
  const auto holdings = [&](const std::string& session, CandidateId candidate) {
    return stand.as(session, "GET", "/candidates/" + candidate.text() + "/holdings");
  };
  const auto counts = [](int threads, int messages, int shared) {
    return json::object{{"threads", threads},
                        {"messages", messages},
                        {"shared", shared},
                        {"files", 0},
                        {"more", false}};
  };
  EXPECT_EQ(holdings(max, stand.carla).value, counts(1, 2, 0));
  EXPECT_EQ(holdings(eve, stand.carla).status, 404);
  // Eve's candidate shares a message with Carla: Max doesn't see that one.
  const auto other = stand.add_candidate("Other", "other@home.example", stand.designer);
  const auto thread = stand.make_id<ThreadId>();
  stand.commit(
      {store::AddThread{{thread, other, rules::ThreadKind::conversation, "Hello", stand.env.clock}},
       store::PlaceMessage{
           {thread, other, stand.message, rules::PlacedBy::address, "other@home.example"},
           stand.env.clock}});
  EXPECT_EQ(holdings(max, stand.carla).value, counts(1, 2, 0));
  EXPECT_EQ(holdings(eve, other).value, counts(1, 1, 0));
  const auto ada = stand.session_of(stand.ada);
  EXPECT_EQ(holdings(ada, stand.carla).value, counts(1, 2, 1));
  EXPECT_EQ(holdings(ada, other).value, counts(1, 1, 1));
  // And so it is: what is shared stays with the other.
  ASSERT_EQ(stand.as(ada, "DELETE", "/candidates/" + stand.carla.text()).status, 204);
  for (int i = 0; i < 10; ++i)
    for (const auto& errand :
         stand.ask(store::ErrandsDue{rules::engine_scope(stand.company), stand.env.clock + 1h}))
      stand.commit({store::AdvanceErrand{errand.id, stand.env.clock}});
  EXPECT_EQ(holdings(ada, other).value, counts(1, 1, 0));
  EXPECT_EQ(stand.as(ada, "GET", "/messages/" + stand.message.text() + "/body").status, 200);
}

// M-2: what I follow is mine; who follows a candidate, those who see the candidate are told.
TEST_F(Candidates, M2_AreFollowedAndNoLonger) {
  const auto ada = stand.session_of(stand.ada), max = stand.session_of(stand.max);
  const auto carla = "/candidates/" + stand.carla.text(), job = "/jobs/" + stand.engineer.text();
  const auto said = [&](const std::string& session, const std::string& path) {
    return stand.as(session, "GET", path).value.at("followed").as_bool();
  };
  for (const auto& [path, place] :
       {std::pair(carla, "followed-candidates"), std::pair(job, "followed-jobs")}) {
    const auto list = "/threads?place="s + place;
    EXPECT_FALSE(said(max, path));
    EXPECT_EQ(rows(max, list), 0u);
    for (int again = 0; again < 2; ++again)
      EXPECT_EQ(stand.as(max, "PUT", path + "/follow").status, 204);
    EXPECT_TRUE(said(max, path));
    EXPECT_FALSE(said(ada, path));
    EXPECT_EQ(rows(max, list), 1u);
    EXPECT_EQ(rows(ada, list), 0u);
    EXPECT_EQ(rows(max, list + "&candidate=" + stand.carla.text()), 1u);
    EXPECT_EQ(stand.as(max, "GET", list + "&triage=waiting").status, 422);
  }
  EXPECT_EQ(stand.as(max, "GET", "/jobs").value.at("rows").at(0).at("followed"), true);
  const auto seen = stand.as(ada, "GET", carla).value;
  ASSERT_EQ(seen.at("followers").as_array().size(), 1u);
  EXPECT_EQ(seen.at("followers").at(0).at("id").as_string(), stand.max.id.text());
  EXPECT_EQ(seen.at("followers").at(0).at("name"), "Max");
  EXPECT_EQ(seen.at("followers_left_out"), 0);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(stand.as(max, "DELETE", carla + "/follow").status, 204);
    EXPECT_EQ(stand.as(max, "DELETE", job + "/follow").status, 204);
  }
  EXPECT_EQ(rows(max, "/threads?place=followed-candidates"), 0u);
  EXPECT_EQ(rows(max, "/threads?place=followed-jobs"), 0u);
  EXPECT_TRUE(stand.as(ada, "GET", carla).value.at("followers").as_array().empty());
}

TEST_F(Candidates, M2_NobodyFollowsWhatTheyMayNotSee) {
  const auto eve = stand.session_of(stand.eve);
  const auto nothing = stand.make_id<CandidateId>().text();
  for (const auto* method : {"PUT", "DELETE"}) {
    for (const auto& id : {stand.carla.text(), nothing, "x"s}) {
      const auto answer = stand.as(eve, method, "/candidates/" + id + "/follow");
      EXPECT_EQ(answer.status, 404);
      EXPECT_EQ(answer.code(), "candidate.missing");
    }
    for (const auto& id : {stand.engineer.text(), nothing, "x"s}) {
      const auto answer = stand.as(eve, method, "/jobs/" + id + "/follow");
      EXPECT_EQ(answer.status, 404);
      EXPECT_EQ(answer.code(), "job.missing");
    }
  }
  EXPECT_EQ(stand.as(eve, "PUT", "/jobs/" + stand.designer.text() + "/follow").status, 204);
}

}  // namespace
}  // namespace hearback::api
