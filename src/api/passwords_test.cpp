#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

using fakes::Answer;
using fakes::ApiStand;
namespace json = boost::json;

constexpr std::string_view kPassword = "correct horse battery";

class OwnPasswords : public ::testing::Test {
 protected:
  OwnPasswords() {
    stand.found_company();
    ada = stand.session_of(stand.ada);
  }
  static std::string link_in(const json::value& link) {
    const std::string path(link.at("path").as_string());
    EXPECT_TRUE(path.starts_with("/welcome#")) << path;
    return path.substr(path.find('#') + 1);
  }
  // A colleague whom Ada has just added. → what stands behind the '#'
  std::string invite(const char* email = "nina@team.example") {
    auto made = stand.as(ada, "POST", "/users",
                         json::object{{"name", "Nina"}, {"email", email}, {"role", "manager"}});
    EXPECT_EQ(made.status, 201) << made.text;
    nina = std::string(made.value.at("id").as_string());
    return link_in(made.value.at("link"));
  }
  std::string link_for(const rules::User& user) {
    auto made = stand.as(ada, "POST", "/users/" + user.id.text() + "/link", json::object{});
    EXPECT_EQ(made.status, 201) << made.text;
    return link_in(made.value);
  }
  Answer read(const std::string& link) {
    return stand.as("", "POST", "/link", json::object{{"link", link}});
  }
  Answer use(const std::string& link, std::string_view password = kPassword) {
    return stand.as("", "POST", "/link/password",
                    json::object{{"link", link}, {"password", password}});
  }
  Answer sign_in(std::string_view email, std::string_view password) {
    return stand.as("", "POST", "/session", json::object{{"email", email}, {"password", password}});
  }
  static std::string cookie_in(const Answer& answer) {
    const auto cookie = answer.header("Set-Cookie");
    return cookie.substr(cookie.find('=') + 1, cookie.find(';') - cookie.find('=') - 1);
  }
  bool is_in(const std::string& session) { return stand.as(session, "GET", "/me").status == 200; }

  ApiStand stand;
  std::string ada;   // her session
  std::string nina;  // her id
};

TEST_F(OwnPasswords, O5_WhoIsInvitedSetsTheirOwnAndIsIn) {
  const auto link = invite();
  auto facts = read(link);
  ASSERT_EQ(facts.status, 200) << facts.text;
  EXPECT_EQ(facts.value.at("kind"), "welcome");
  EXPECT_EQ(facts.value.at("company"), "Lindenhof");
  EXPECT_EQ(facts.value.at("by"), "Ada");
  EXPECT_EQ(facts.value.at("name"), "Nina");
  EXPECT_EQ(facts.value.at("email"), "nina@team.example");
  EXPECT_EQ(use(link, "too short").field(), "password");
  auto in = use(link);
  ASSERT_EQ(in.status, 200) << in.text;
  EXPECT_EQ(in.value.at("user").at("name"), "Nina");
  EXPECT_TRUE(is_in(cookie_in(in)));
  EXPECT_EQ(sign_in("nina@team.example", kPassword).status, 200);
}

TEST_F(OwnPasswords, O5_NoAdminCanChooseAPassword) {
  auto refused = stand.as(ada, "POST", "/users",
                          json::object{{"name", "Nina"},
                                       {"email", "nina@team.example"},
                                       {"role", "manager"},
                                       {"password", kPassword}});
  EXPECT_EQ(refused.code(), "field.unknown");
  EXPECT_EQ(refused.field(), "password");
}

// Used, replaced, expired, of somebody who was deactivated, of another company, made up.
TEST_F(OwnPasswords, O5_EveryLinkThatCantBeUsedIsToldAlike) {
  const auto used = invite();
  ASSERT_EQ(use(used).status, 200);
  const auto replaced = link_for(stand.max);
  const auto living = link_for(stand.max);
  const auto of_gone = link_for(stand.eve);
  auto eve = stand.eve;
  eve.active = false;
  stand.commit({store::PutUser{eve, std::nullopt, stand.env.clock}});
  auto foreign = *Bearer::parse(living);
  foreign.company = stand.make_id<CompanyId>();
  const auto gone = read(used);
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.code(), "link.gone");
  for (const auto& link : {used, replaced, of_gone, foreign.text(), ApiStand::forged_session(),
                           std::string("nonsense"), std::string()}) {
    EXPECT_EQ(read(link).text, gone.text) << link;
    EXPECT_EQ(use(link).text, gone.text) << link;
  }
  EXPECT_EQ(read(living).status, 200);
  stand.env.clock = stand.env.clock + std::chrono::hours(24 * 7);
  EXPECT_EQ(read(living).text, gone.text);
  EXPECT_EQ(use(living).text, gone.text);
}

TEST_F(OwnPasswords, O5_OneEndsWithTheAddressItWasMadeFor) {
  const auto link = invite();
  auto user = *stand.ask(store::UserById{rules::engine_scope(stand.company), *UserId::parse(nina)});
  user.email = user.email_normal = "nora@team.example";
  stand.commit({store::PutUser{user, std::nullopt, stand.env.clock}});
  EXPECT_EQ(read(link).code(), "link.gone");
}

TEST_F(OwnPasswords, O5_GuessingLinksIsSlowedDown) {
  for (int i = 0; i < 50; ++i) ASSERT_EQ(read(ApiStand::forged_session()).status, 404);
  const auto link = invite();
  EXPECT_EQ(read(link).status, 429);
  EXPECT_EQ(use(link).code(), "session.throttled");
  stand.env.clock = stand.env.clock + 16min;
  for (int i = 0; i < 60; ++i) ASSERT_EQ(read(link).status, 200) << "those that work don't count";
}

TEST_F(OwnPasswords, O5_ALinkIsHashedWhereItIsKeptAndUsedWhereNothingElseWaits) {
  const auto link = invite();
  const auto bearer = Bearer::parse(link);
  ASSERT_TRUE(bearer);
  EXPECT_FALSE(stand.ask(store::LinkOf{stand.company, bearer->secret, stand.env.clock}));
  EXPECT_TRUE(stand.ask(store::LinkOf{stand.company, digest(bearer->secret), stand.env.clock}));
  EXPECT_EQ(stand.as(ada, "GET", "/users").text.find(bearer->secret), std::string::npos);
  stand.env.turns.clear();
  use("nonsense");
  ASSERT_EQ(stand.env.turns.size(), 1u);
  EXPECT_EQ(stand.env.turns[0].lane, net::Lane::hash);
}

TEST_F(OwnPasswords, O5_WhoHasSetNoneCantSignInAndNobodyLearnsThat) {
  invite();
  const auto nobody = sign_in("nobody@team.example", kPassword);
  for (const std::string_view password : {std::string_view(kPassword), std::string_view()})
    EXPECT_EQ(sign_in("nina@team.example", password).text, nobody.text);
}

TEST_F(OwnPasswords, O5_TheListSaysWhoIsNotHereYetToAdminsAlone) {
  const auto link = invite();
  const auto row = [&](const std::string& session) {
    return stand.as(session, "GET", "/users?q=nina").value.at("rows").at(0).as_object();
  };
  EXPECT_EQ(row(ada).at("arrived"), false);
  EXPECT_TRUE(row(ada).at("link_expires").is_string());
  EXPECT_FALSE(row(stand.session_of(stand.max)).contains("arrived"));
  use(link);
  EXPECT_EQ(row(ada).at("arrived"), true);
  EXPECT_TRUE(row(ada).at("link_expires").is_null());
}

TEST_F(OwnPasswords, O5_AResetLeavesTheOldPasswordUntilItIsUsedAndEndsWhatItOpened) {
  ASSERT_EQ(use(link_for(stand.max)).status, 200);
  const auto before = cookie_in(sign_in("max@team.example", kPassword));
  const auto link = link_for(stand.max);
  EXPECT_EQ(read(link).value.at("kind"), "reset");
  EXPECT_TRUE(is_in(before));
  EXPECT_EQ(sign_in("max@team.example", kPassword).status, 200);
  const auto after = cookie_in(use(link, "another long password"));
  EXPECT_FALSE(is_in(before));
  EXPECT_TRUE(is_in(after));
  EXPECT_EQ(sign_in("max@team.example", kPassword).status, 401);
  EXPECT_EQ(sign_in("max@team.example", "another long password").status, 200);
}

TEST_F(OwnPasswords, O5_LinksAreAdminsToMakeForOthersAndNoPrograms) {
  const auto path = "/users/" + stand.eve.id.text() + "/link";
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "POST", path, json::object{}).status, 403);
  EXPECT_EQ(stand.as(ada, "POST", "/users/" + stand.ada.id.text() + "/link", json::object{}).code(),
            "user.own-link");
  auto token = stand.as(ada, "POST", "/tokens", json::object{{"name", "script"}});
  const std::string secret(token.value.at("secret").as_string());
  const auto by_token = [&](std::string method, const std::string& at, json::object body = {}) {
    auto request = ApiStand::request_for(std::move(method), "/api/v1" + at, std::move(body));
    request.headers.emplace_back("authorization", "Bearer " + secret);
    return stand.send(std::move(request)).code();
  };
  EXPECT_EQ(by_token("POST", path), "access.in-person");
  EXPECT_EQ(by_token("POST", "/users"), "access.in-person");
  EXPECT_EQ(by_token("POST", "/tokens", {{"name", "another"}}), "access.in-person");
  EXPECT_EQ(by_token("PUT", "/me/password"), "access.in-person");
  EXPECT_EQ(by_token("GET", "/sessions"), "access.in-person");
  EXPECT_EQ(by_token("DELETE", "/sessions"), "access.in-person");
  EXPECT_EQ(by_token("GET", "/me"), "");
}

TEST_F(OwnPasswords, O5_OneChangesTheirOwnByKnowingIt) {
  const auto session = cookie_in(use(invite()));
  const auto other = cookie_in(sign_in("nina@team.example", kPassword));
  const auto change = [&](std::string_view current, std::string_view password) {
    return stand.as(session, "PUT", "/me/password",
                    json::object{{"current", current}, {"password", password}});
  };
  auto wrong = change("not this one", "another long password");
  EXPECT_EQ(wrong.code(), "password.wrong");
  EXPECT_EQ(wrong.field(), "current");
  EXPECT_EQ(change(kPassword, "too short").field(), "password");
  EXPECT_TRUE(is_in(other));
  auto changed = change(kPassword, "another long password");
  EXPECT_EQ(changed.status, 204) << changed.text;
  EXPECT_TRUE(is_in(session));
  EXPECT_FALSE(is_in(other));
  EXPECT_NE(changed.header("Set-Cookie").find("-device-"), std::string::npos)
      << "the mark of the old password is worth nothing any more";
  EXPECT_EQ(sign_in("nina@team.example", kPassword).status, 401);
  for (int i = 0; i < 10; ++i) change("not this one", "another long password");
  EXPECT_EQ(change("another long password", "a third long password").code(), "session.throttled");
}

TEST_F(OwnPasswords, O5_SessionsAreListedToTheirOwnerAndEnded) {
  use(invite());
  auto request =
      ApiStand::request_for("POST", "/api/v1/session",
                            json::object{{"email", "nina@team.example"}, {"password", kPassword}});
  request.headers.emplace_back("user-agent", "Mozilla/5.0 (X11; Linux) Gecko Firefox/132.0");
  const auto session = cookie_in(stand.send(std::move(request)));
  const auto rows = stand.as(session, "GET", "/sessions").value.at("rows").as_array();
  ASSERT_EQ(rows.size(), 2u);
  int own = 0;
  std::string other;
  for (const auto& row : rows) {
    const bool is_this = row.at("this").as_bool();
    own += is_this;
    EXPECT_EQ(row.at("device"), is_this ? "Firefox, Linux" : "");
    EXPECT_TRUE(row.at("created").as_string().ends_with(":00.000Z")) << row.at("created");
    if (!is_this) other = row.at("id").as_string();
  }
  EXPECT_EQ(own, 1);
  EXPECT_EQ(stand.as(ada, "DELETE", "/sessions/" + other).status, 404) << "not even an admin";
  EXPECT_EQ(stand.as(session, "DELETE", "/sessions/" + other).status, 204);
  EXPECT_EQ(stand.as(session, "DELETE", "/sessions/" + other).code(), "session.missing");
  const auto third = cookie_in(sign_in("nina@team.example", kPassword));
  EXPECT_EQ(stand.as(session, "DELETE", "/sessions").status, 204);
  EXPECT_FALSE(is_in(third));
  EXPECT_TRUE(is_in(session));
}

// Not with each request: it would be a commit for each.
TEST_F(OwnPasswords, O5_ThatASessionIsUsedIsWrittenNowAndThen) {
  const auto session = cookie_in(use(invite()));
  const auto writes_of = [&](Duration later) {
    stand.env.clock = stand.env.clock + later;
    stand.env.turns.clear();
    EXPECT_TRUE(is_in(session));
    int writes = 0;
    for (const auto& turn : stand.env.turns) writes += turn.lane == net::Lane::write;
    return writes;
  };
  EXPECT_EQ(writes_of(0s), 0);
  EXPECT_EQ(writes_of(4min), 0);
  EXPECT_EQ(writes_of(2min), 1);
  EXPECT_EQ(writes_of(0s), 0);
  for (int day = 0; day < 26; ++day) writes_of(std::chrono::hours(24));  // used, it goes on
  stand.env.clock = stand.env.clock + std::chrono::hours(24 * 14);
  EXPECT_FALSE(is_in(session));
}

// ---- changed by an admin ----

class ChangedUsers : public OwnPasswords {
 protected:
  ChangedUsers() { use(link_for(stand.max)); }
  Answer change(const rules::User& user, json::object what) {
    return stand.as(ada, "PATCH", "/users/" + user.id.text(), std::move(what));
  }
};

TEST_F(ChangedUsers, O5_AnAdminChangesNameRoleAndWhatTheySee) {
  auto changed = change(stand.max, {{"name", "Maxine"}, {"role", "evaluator"}, {"all_jobs", true}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("name"), "Maxine");
  EXPECT_EQ(changed.value.at("role"), "evaluator");
  EXPECT_EQ(changed.value.at("all_jobs"), true);
  EXPECT_EQ(change(stand.max, {{"role", "owner"}}).field(), "role");
  EXPECT_EQ(change(stand.max, {{"name", " "}}).field(), "name");
  EXPECT_EQ(change(stand.max, {{"password", "known to an admin"}}).code(), "field.unknown");
  auto nobody = stand.max;
  nobody.id = stand.make_id<UserId>();
  EXPECT_EQ(change(nobody, {{"active", false}}).code(), "user.missing");
}

TEST_F(ChangedUsers, O5_WhatSomebodyMayNoLongerDoEndsAtOnce) {
  const auto max = cookie_in(sign_in("max@team.example", kPassword));
  const auto at = "/candidates/" + stand.carla.text();
  EXPECT_EQ(stand.as(max, "PATCH", at, json::object{{"name", "Carla C."}}).status, 200);
  change(stand.max, {{"role", "evaluator"}});
  EXPECT_EQ(stand.as(max, "PATCH", at, json::object{{"name", "C."}}).code(), "access.denied");
  change(stand.max, {{"active", false}});
  EXPECT_FALSE(is_in(max));
  const auto nobody = sign_in("nobody@team.example", kPassword);
  EXPECT_EQ(sign_in("max@team.example", kPassword).text, nobody.text);
  EXPECT_EQ(stand.as(ada, "POST", "/users/" + stand.max.id.text() + "/link", json::object{}).code(),
            "user.missing");
  change(stand.max, {{"active", true}});
  EXPECT_FALSE(is_in(max));
  EXPECT_EQ(sign_in("max@team.example", kPassword).status, 200);
}

TEST_F(ChangedUsers, O5_TheLastAdminCantBeTakenAway) {
  EXPECT_EQ(change(stand.ada, {{"active", false}}).code(), "user.last-admin");
  EXPECT_EQ(change(stand.ada, {{"role", "manager"}}).status, 409);
  EXPECT_TRUE(is_in(ada));
  change(stand.max, {{"role", "admin"}});
  EXPECT_EQ(change(stand.ada, {{"role", "manager"}}).status, 200);
  EXPECT_EQ(change(stand.max, {{"role", "manager"}}).code(), "access.denied");
}

}  // namespace
}  // namespace hearback::api
