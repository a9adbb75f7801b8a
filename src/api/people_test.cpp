#include <gtest/gtest.h>

#include <set>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class People : public ::testing::Test {
 protected:
  People() { stand.found_company(); }

  std::size_t rows(const std::string& session, std::string path) {
    auto answer = stand.as(session, "GET", std::move(path));
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value.at("rows").as_array().size();
  }

  ApiStand stand;
};

TEST_F(People, AdminsAddUsersWithAnAddressOfTheirOwn) {
  const auto ada = stand.session_of(stand.ada);
  json::object body{{"name", "Nina"}, {"email", "nina@team.example"}, {"role", "manager"}};
  auto made = stand.as(ada, "POST", "/users", body);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("all_jobs"), false);
  EXPECT_TRUE(made.value.at("link").at("path").as_string().starts_with("/welcome#"));
  body["email"] = "NINA@Team.example";
  auto again = stand.as(ada, "POST", "/users", body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "user.exists");
  EXPECT_EQ(rows(ada, "/users"), 4u);
}

TEST_F(People, I1_AUserWithACandidatesAddressIsAskedAboutFirst) {
  const auto ada = stand.session_of(stand.ada);
  json::object body{{"name", "Carl"}, {"email", "CARLA@home.example"}, {"role", "manager"}};
  const auto synced = [&] {
    return stand.as(ada, "GET", "/candidates/" + stand.carla.text())
        .value.at("addresses")
        .at(0)
        .at("synced");
  };
  auto asked = stand.as(ada, "POST", "/users", body);
  EXPECT_EQ(asked.status, 409);
  EXPECT_EQ(asked.code() + " " + asked.field(), "user.address-of-candidate email");
  EXPECT_EQ(asked.value.at("candidates").at(0).at("name"), "Carla");
  EXPECT_EQ(synced(), true);
  body["confirmed"] = true;
  EXPECT_EQ(stand.as(ada, "POST", "/users", body).status, 201);
  EXPECT_EQ(synced(), false);
}

TEST_F(People, O5_AnAdminChangesHowAColleagueSignsIn) {
  const auto ada = stand.session_of(stand.ada);
  const auto path = "/users/" + stand.eve.id.text();
  auto changed = stand.as(
      ada, "PATCH", path,
      json::object{
          {"email", "Eva@Team.example"}, {"language", "de"}, {"time_zone", "Europe/Rome"}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("email"), "Eva@Team.example");
  EXPECT_EQ(changed.value.at("language"), "de");
  EXPECT_EQ(changed.value.at("time_zone"), "Europe/Rome");
  const auto refused = [&](json::object body) {
    auto answer = stand.as(ada, "PATCH", path, std::move(body));
    return answer.code() + " " + answer.field();
  };
  EXPECT_EQ(refused({{"email", "nobody"}}), "address.invalid email");
  EXPECT_EQ(refused({{"time_zone", "Nowhere"}}), "time-zone.unknown time_zone");
  EXPECT_EQ(refused({{"language", "la"}}), "field.invalid language");
  const auto own = stand.as(ada, "GET", "/me").value.at("user").at("email").as_string();
  EXPECT_EQ(refused({{"email", own}}), "user.exists email");
  EXPECT_EQ(refused({{"email", "CARLA@home.example"}}), "user.address-of-candidate email");
  EXPECT_EQ(stand.as(ada, "PATCH", path, json::object{{"email", "eva@team.example"}}).status, 200)
      << "her own, written otherwise";
  EXPECT_EQ(stand
                .as(ada, "PATCH", path,
                    json::object{{"email", "carla@home.example"}, {"confirmed", true}})
                .status,
            200);
}

TEST_F(People, O5_AdminsNameTheCompany) {
  const auto ada = stand.session_of(stand.ada), eve = stand.session_of(stand.eve);
  const json::object body{{"name", "Acme & Sons"}};
  EXPECT_EQ(stand.as(eve, "PATCH", "/company", body).code(), "access.denied");
  EXPECT_EQ(stand.as(ada, "PATCH", "/company", body).value.at("name"), "Acme & Sons");
  EXPECT_EQ(stand.as(eve, "GET", "/me").value.at("company").at("name"), "Acme & Sons");
  EXPECT_EQ(stand.as(ada, "PATCH", "/company", json::object{{"name", " "}}).field(), "name");
}

TEST_F(People, ChangingMyselfCannotChangeMyRights) {
  const auto eve = stand.session_of(stand.eve);
  auto changed = stand.as(
      eve, "PATCH", "/me",
      json::object{
          {"name", "Eva"}, {"time_zone", "Europe/Paris"}, {"signature_html", "<p>Eva\nTeam</p>"}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("user").at("signature_html"), "<p>Eva\nTeam</p>");
  for (const char* member : {"role", "all_jobs", "active", "email", "id"})
    EXPECT_EQ(stand.as(eve, "PATCH", "/me", json::object{{member, "admin"}}).code(),
              "field.unknown");
  EXPECT_EQ(stand.as(eve, "PATCH", "/me", json::object{{"time_zone", "../../etc/passwd"}}).code(),
            "time-zone.unknown");
}

TEST_F(People, M8_WhereIGoOnFromAnAnswerIsMineToSay) {
  const auto eve = stand.session_of(stand.eve);
  const auto goes = [&] { return stand.as(eve, "GET", "/me").value.at("user").at("after_answer"); };
  EXPECT_EQ(goes(), "next");
  EXPECT_EQ(stand.as(eve, "PATCH", "/me", json::object{{"after_answer", "list"}}).status, 200);
  EXPECT_EQ(stand.as(eve, "PATCH", "/me", json::object{{"name", "Eva"}}).status, 200);
  EXPECT_EQ(goes(), "list");
  EXPECT_EQ(stand.as(eve, "PATCH", "/me", json::object{{"after_answer", "away"}}).code(),
            "field.invalid");
  EXPECT_EQ(goes(), "list");
}

// Pasted text brings marks of writing direction along, and others write them to be taken for
// somebody else. What scripts and emoji need stays.
TEST_F(People, NamesHoldNothingThatIsNotSeen) {
  const auto eve = stand.session_of(stand.eve);
  const auto named = [&](json::string name) {
    auto changed = stand.as(eve, "PATCH", "/me", json::object{{"name", std::move(name)}});
    if (changed.status != 200) return changed.code();
    return std::string(changed.value.at("user").at("name").as_string());
  };
  EXPECT_EQ(named("\u202AEva\u202C \u200BBraun\uFEFF"), "Eva Braun");
  EXPECT_EQ(named("Eva \u202Enuarb\u2066"), "Eva nuarb");
  EXPECT_EQ(named("\u200Eשרה\u200F"), "שרה");
  EXPECT_EQ(named("می\u200Cخواهم 👩\u200D💻"), "می\u200Cخواهم 👩\u200D💻");
  EXPECT_EQ(named("\u200B\u2060 "), "field.required");
  EXPECT_EQ(named("\u3164\u00A0"), "field.required");  // looks like nothing
}

TEST_F(People, C6_AnInvitationIsShownUntilAMailboxIsConnected) {
  const auto ada = stand.session_of(stand.ada), eve = stand.session_of(stand.eve);
  EXPECT_EQ(stand.as(ada, "POST", "/users/" + stand.eve.id.text() + "/invitation").status, 201);
  auto invitations = stand.as(eve, "GET", "/invitations");
  ASSERT_EQ(invitations.value.at("rows").as_array().size(), 1u);
  EXPECT_EQ(invitations.value.at("rows").at(0).at("from_name"), "Ada");
  EXPECT_EQ(rows(ada, "/invitations"), 0u);
}

TEST_F(People, C6_WhoWasInvitedTodayIsNotInvitedAgainAndThatIsSaid) {
  const auto ada = stand.session_of(stand.ada), eve = stand.session_of(stand.eve);
  const auto invite = [&] {
    return stand.as(stand.session_of(stand.ada), "POST",
                    "/users/" + stand.eve.id.text() + "/invitation");
  };
  const auto told = [&](const std::string& session) -> json::value {
    auto answer = stand.as(session, "GET", "/users");
    for (const auto& row : answer.value.at("rows").as_array())
      if (row.at("name") == "Eve" && row.as_object().contains("invitation"))
        return row.at("invitation");
    return {};
  };
  EXPECT_TRUE(told(ada).is_null());
  const auto first = invite();
  ASSERT_EQ(first.status, 201) << first.text;
  EXPECT_EQ(std::string(first.value.at("invited_at").as_string()), to_rfc3339(stand.env.clock));
  EXPECT_EQ(std::string(first.value.at("again_at").as_string()),
            to_rfc3339(stand.env.clock + std::chrono::hours(24)));
  EXPECT_EQ(told(ada), first.value);
  EXPECT_TRUE(told(eve).is_null());  // only those who invite are told

  stand.env.clock = stand.env.clock + std::chrono::hours(23);
  const auto again = invite();
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "user.invited");
  EXPECT_EQ(again.value.at("invitation"), first.value);
  EXPECT_EQ(told(ada), first.value);

  stand.env.clock = stand.env.clock + std::chrono::hours(1);
  const auto later = invite();
  EXPECT_EQ(later.status, 201);
  EXPECT_EQ(told(stand.session_of(stand.ada)), later.value);
  EXPECT_EQ(rows(stand.session_of(stand.eve), "/invitations"), 1u);
}

TEST_F(People, C6_WhoIsConnectedIsNotInvited) {
  const auto ada = stand.session_of(stand.ada);
  const auto answer = stand.as(ada, "POST", "/users/" + stand.max.id.text() + "/invitation");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.code(), "user.connected");
}

TEST_F(People, C6_OnlyThoseWhoInviteAreToldWhoIsConnected) {
  const auto ada = stand.session_of(stand.ada), eve = stand.session_of(stand.eve);
  const auto told = [&](const std::string& session) {
    std::set<std::string> words;
    auto answer = stand.as(session, "GET", "/users");
    for (const auto& row : answer.value.at("rows").as_array())
      if (row.as_object().contains("connected"))
        words.insert(std::string(row.at("name").as_string()) + " " +
                     json::serialize(row.at("connected")));
    return words;
  };
  const std::set<std::string> before = {"Ada false", "Eve false", "Max true"};
  EXPECT_EQ(told(ada), before);
  EXPECT_TRUE(told(eve).empty());
  stand.commit({store::RemoveMailbox{stand.mailbox}});
  EXPECT_TRUE(told(ada).contains("Max false"));
}

}  // namespace
}  // namespace hearback::api
