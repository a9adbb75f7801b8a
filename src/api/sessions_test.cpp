#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "api/http/guard.hpp"
#include "api/http/members.hpp"
#include "api/http/secrets.hpp"
#include "api/http/throttle.hpp"
#include "api/set_up_links.hpp"
#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

using fakes::Answer;
using fakes::ApiStand;
namespace json = boost::json;

const json::object kSetup = {{"company", "Lindenhof"},
                             {"name", "Ada"},
                             {"email", "Ada@Team.example"},
                             {"password", "correct horse battery"},
                             {"language", "de"},
                             {"secret", "printed at start"}};

std::string cookie_in(const Answer& answer) {
  const auto cookie = answer.header("Set-Cookie");
  const auto equals = cookie.find('=');
  return cookie.substr(equals + 1, cookie.find(';') - equals - 1);
}

json::object credentials(std::string email, std::string password) {
  return {{"email", email}, {"password", password}};
}

class Sessions : public ::testing::Test {
 protected:
  ApiStand stand;
};

TEST_F(Sessions, SetupMakesTheCompanyOnceAndSignsIn) {
  EXPECT_EQ(stand.as("", "GET", "/setup").value.at("needed"), true);
  auto made = stand.as("", "POST", "/setup", kSetup);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("user").at("role"), "admin");
  EXPECT_EQ(made.value.at("user").at("language"), "de");
  EXPECT_EQ(made.value.at("company").at("name"), "Lindenhof");
  auto me = stand.as(cookie_in(made), "GET", "/me");
  EXPECT_EQ(me.status, 200);
  for (const char* what : {"user", "company"}) EXPECT_EQ(me.value.at(what), made.value.at(what));
  EXPECT_EQ(stand.as("", "GET", "/setup").value.at("needed"), false);
  auto again = stand.as("", "POST", "/setup", kSetup);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "setup.done");
}

TEST_F(Sessions, TheCookieIsForUsAloneAndOutOfScriptsReach) {
  auto request = ApiStand::request_for("POST", "/api/v1/setup", kSetup);
  auto plain = stand.send(request).header("Set-Cookie");
  EXPECT_TRUE(plain.starts_with("hearback=")) << plain;
  EXPECT_NE(plain.find("; Path=/; HttpOnly; SameSite=Lax"), std::string::npos) << plain;
  EXPECT_EQ(plain.find("Secure"), std::string::npos);

  auto secure = ApiStand::request_for("POST", "/api/v1/session",
                                      credentials("ada@team.example", "correct horse battery"));
  secure.secure = true;
  auto cookie = stand.send(secure).header("Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-hearback=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Secure")) << cookie;
  EXPECT_EQ(cookie.find("Domain"), std::string::npos);
}

TEST_F(Sessions, SigningInAndOut) {
  stand.as("", "POST", "/setup", kSetup);
  auto in =
      stand.as("", "POST", "/session", credentials("ADA@team.EXAMPLE", "correct horse battery"));
  ASSERT_EQ(in.status, 200) << in.text;
  const auto session = cookie_in(in);
  EXPECT_EQ(stand.as(session, "GET", "/me").status, 200);
  auto out = stand.as(session, "DELETE", "/session");
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(stand.as(session, "GET", "/me").status, 401);
}

TEST_F(Sessions, UnknownAddressAndWrongPasswordAreToldAlike) {
  stand.as("", "POST", "/setup", kSetup);
  auto wrong = stand.as("", "POST", "/session", credentials("ada@team.example", "wrong"));
  auto unknown = stand.as("", "POST", "/session", credentials("nobody@team.example", "wrong"));
  auto no_address = stand.as("", "POST", "/session", credentials("nobody", ""));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.code(), "session.refused");
  EXPECT_EQ(wrong.text, unknown.text);
  EXPECT_EQ(wrong.text, no_address.text);
}

TEST_F(Sessions, OnlyWhoHasTheLinkOfTheServerMakesTheCompany) {
  auto without = kSetup, wrong = kSetup;
  without.erase("secret");
  wrong["secret"] = "guessed";
  for (const auto& body : {without, wrong}) {
    auto refused = stand.as("", "POST", "/setup", body);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.code(), "setup.secret");
  }
  stand.setup_secret = "";  // started with a company that has vanished since
  stand.open_api();
  auto empty = kSetup;
  empty["secret"] = "";
  EXPECT_EQ(stand.as("", "POST", "/setup", empty).code(), "setup.secret");
  stand.setup_secret = "printed at start";
  stand.open_api();
  EXPECT_EQ(stand.as("", "POST", "/setup", kSetup).status, 201);
  EXPECT_EQ(stand.as("", "POST", "/setup", without).code(), "setup.done");
}

class FurtherCompanies : public Sessions {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "hearback-links-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = stand.set_up_links = name + "/set-up-links";
    ASSERT_TRUE(links().open(stand.env.clock));
    stand.open_api();
    stand.as("", "POST", "/setup", kSetup);
  }
  void TearDown() override {
    std::filesystem::remove_all(std::filesystem::path(folder).parent_path());
  }

  SetUpLinks links() const { return SetUpLinks(folder); }
  json::object by(const std::string& secret, const char* company = "Acme") const {
    auto body = kSetup;
    body["secret"] = secret;
    body["company"] = company;
    return body;
  }
  std::ptrdiff_t kept() const {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  }

  std::string folder;
};

TEST_F(FurtherCompanies, O5_ALinkOfTheOperatorMakesOneMoreOnce) {
  const auto secret = *links().make(stand.random, stand.env.clock);
  auto made = stand.as("", "POST", "/setup", by(secret));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("company").at("name"), "Acme");
  EXPECT_EQ(made.value.at("user").at("role"), "admin");
  auto again = stand.as("", "POST", "/setup", by(secret));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "setup.done");
  EXPECT_EQ(kept(), 0);
  auto users = stand.as(cookie_in(made), "GET", "/users");
  EXPECT_EQ(users.value.at("rows").as_array().size(), 1) << "of the other company's nobody";
}

TEST_F(FurtherCompanies, O5_LinksEndAfterSevenDaysAndGoWithTheNextStart) {
  const auto secret = *links().make(stand.random, stand.env.clock);
  stand.env.clock = stand.env.clock + std::chrono::hours(24 * 7);
  EXPECT_EQ(stand.as("", "POST", "/setup", by(secret)).code(), "setup.done");
  EXPECT_EQ(kept(), 1);
  ASSERT_TRUE(links().open(stand.env.clock));
  EXPECT_EQ(kept(), 0);
}

// One of a date to come would be good for longer than any.
TEST_F(FurtherCompanies, O5_ALinkFromTheFutureIsNone) {
  const auto near = *links().make(stand.random, stand.env.clock + 1min);
  const auto far = *links().make(stand.random, stand.env.clock + std::chrono::hours(24 * 30));
  EXPECT_EQ(stand.as("", "POST", "/setup", by(far)).code(), "setup.done");
  ASSERT_TRUE(links().open(stand.env.clock));
  EXPECT_EQ(kept(), 1);
  EXPECT_EQ(stand.as("", "POST", "/setup", by(near)).status, 201);
}

TEST_F(FurtherCompanies, O5_ALinkThatCantBeUsedUpSaysSo) {
  const auto secret = *links().make(stand.random, stand.env.clock);
  std::filesystem::permissions(std::filesystem::path(folder).parent_path(),
                               std::filesystem::perms(0755));
  std::filesystem::permissions(folder, std::filesystem::perms(0555));
  const auto root = ::geteuid();
  if (root == 0) ASSERT_EQ(::seteuid(65534), 0);
  const auto refused = stand.as("", "POST", "/setup", by(secret));
  if (root == 0) ASSERT_EQ(::seteuid(root), 0);
  std::filesystem::permissions(folder, std::filesystem::perms(0755));
  EXPECT_EQ(refused.status, 500);
  EXPECT_EQ(refused.code(), "setup.link-stays");
  EXPECT_EQ(stand.as("", "POST", "/setup", by(secret)).status, 201);
}

TEST_F(FurtherCompanies, O5_NothingElseInThatPlaceOrAnotherIsALink) {
  std::filesystem::create_directory(folder + "/" + digest("a directory"));
  for (const char* shown : {"a directory", "", ".", "../lock", "/etc/passwd", "printed at start"})
    EXPECT_EQ(stand.as("", "POST", "/setup", by(shown)).code(), "setup.done") << shown;
}

TEST_F(FurtherCompanies, O5_AFormThatIsRefusedUsesNoLink) {
  const auto secret = *links().make(stand.random, stand.env.clock);
  auto wrong = by(secret);
  wrong["email"] = "nobody";
  EXPECT_EQ(stand.as("", "POST", "/setup", wrong).status, 422);
  EXPECT_EQ(stand.as("", "POST", "/setup", by(secret)).status, 201);
}

TEST_F(FurtherCompanies, O5_WithoutItsPlaceNoLinkIsWritten) {
  const auto made = SetUpLinks(folder + "/elsewhere").make(stand.random, stand.env.clock);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "data.unusable");
}

TEST_F(FurtherCompanies, O5_WhoWorksForSeveralSaysForWhichTheyComeIn) {
  const auto made =
      stand.as("", "POST", "/setup", by(*links().make(stand.random, stand.env.clock)));
  const auto acme = made.value.at("company").at("id");
  auto body = credentials("ada@team.example", "correct horse battery");
  auto asked = stand.as("", "POST", "/session", body);
  ASSERT_EQ(asked.status, 409) << asked.text;
  EXPECT_EQ(asked.code(), "session.which-company");
  EXPECT_EQ(asked.header("Set-Cookie"), "");
  const auto& companies = asked.value.at("companies").as_array();
  ASSERT_EQ(companies.size(), 2);
  EXPECT_EQ(companies[0].at("id"), acme);
  EXPECT_EQ(companies[1].at("name"), "Lindenhof");

  body["company"] = acme;
  auto in = stand.as("", "POST", "/session", body);
  ASSERT_EQ(in.status, 200) << in.text;
  EXPECT_EQ(in.value.at("company").at("name"), "Acme");

  body["password"] = "wrong";
  EXPECT_EQ(stand.as("", "POST", "/session", body).code(), "session.refused");
  body["password"] = "correct horse battery";
  body["company"] = stand.make_id<CompanyId>().text();
  EXPECT_EQ(stand.as("", "POST", "/session", body).code(), "session.refused");
  // A password of their own each: nothing to be asked.
  const json::object change{{"current", "correct horse battery"},
                            {"password", "another long password"}};
  ASSERT_EQ(stand.as(cookie_in(in), "PUT", "/me/password", change).status, 204);
  body.erase("company");
  body["password"] = "another long password";
  in = stand.as("", "POST", "/session", body);
  ASSERT_EQ(in.status, 200) << in.text;
  EXPECT_EQ(in.value.at("company").at("name"), "Acme");
}

// One guess or sign-in from a network, with the cookies of a device.
struct Device {
  ApiStand& stand;
  std::string network;
  std::string cookies;

  Answer try_password(std::string_view password, std::string_view address = "ada@team.example") {
    auto request = ApiStand::request_for("POST", "/api/v1/session",
                                         credentials(std::string(address), std::string(password)));
    request.peer = network;
    request.secure = true;
    request.headers.emplace_back("origin", "https://127.0.0.1:8025");
    request.headers.emplace_back("sec-fetch-site", "same-origin");
    if (!cookies.empty()) request.headers.emplace_back("cookie", cookies);
    auto answer = stand.send(std::move(request));
    if (answer.status == 200)
      for (const auto& [name, value] : answer.headers)
        if (name == "Set-Cookie") cookies += value.substr(0, value.find(';')) + "; ";
    return answer;
  }
};
constexpr std::string_view kRight = "correct horse battery";

// Mallory administers Acme, where Ada's address is a user with a password that he set.
TEST_F(FurtherCompanies, O5_AnAccountOfOnesOwnHelpsNobodyGuessAtAnothers) {
  constexpr std::string_view kHis = "mallory knows this one";
  auto body = by(*links().make(stand.random, stand.env.clock));
  body["password"] = kHis;
  const auto his = stand.as("", "POST", "/setup", body);
  ASSERT_EQ(his.status, 201);
  const std::string kHere = ApiStand::request_for("POST", "/api/v1/session", {}).peer;
  const auto network = [](int i) { return "192.0.2." + std::to_string(i); };
  // What is right for his is a guess at hers, and stays one.
  int tries = 0;
  for (int i = 0; i < 60; ++i)
    tries += Device{stand, network(i), ""}.try_password(kHis).status == 200;
  EXPECT_EQ(tries, 50);
  EXPECT_EQ((Device{stand, network(61), ""}.try_password(kRight).status), 429);

  // Nor by naming his company in between.
  stand.env.clock = stand.env.clock + 25h;
  const auto named = [&] {
    auto own = credentials("ada@team.example", std::string(kHis));
    own["company"] = his.value.at("company").at("id");
    return stand.as("", "POST", "/session", own).status;
  };
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ((Device{stand, kHere, ""}.try_password("guess").status), 401);
  EXPECT_EQ(named(), 200);
  EXPECT_EQ((Device{stand, kHere, ""}.try_password("guess").status), 401);
  EXPECT_EQ((Device{stand, kHere, ""}.try_password(kRight).status), 429);

  // Nor with the mark of his account, signing in to it between two guesses.
  stand.env.clock = stand.env.clock + 25h;
  Device mallory{stand, network(62), ""};
  ASSERT_EQ(mallory.try_password(kHis).status, 200);
  for (int i = 0; i < 60; ++i) {
    mallory.network = network(i);
    EXPECT_NE(mallory.try_password("guess").status, 200);
    ASSERT_EQ(mallory.try_password(kHis).status, 200) << "his own tries are his";
  }
  EXPECT_EQ(mallory.try_password(kRight).status, 429);
}

TEST_F(Sessions, GuessingIsSlowedDownPerNetworkAndAccount) {
  stand.as("", "POST", "/setup", kSetup);
  Device guesser{stand, "2001:db8::1", ""};
  for (int i = 0; i < 10; ++i) {
    guesser.network = "2001:db8::" + std::to_string(i + 1);  // one /64 is one party
    ASSERT_EQ(guesser.try_password("guess").status, 401);
  }
  auto refused = guesser.try_password(kRight);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.code(), "session.throttled");
  EXPECT_FALSE(refused.header("Retry-After").empty());
  // The same for an account that nobody has.
  Device other{stand, "2001:db8:9::1", ""};
  for (int i = 0; i < 10; ++i)
    ASSERT_EQ(other.try_password("guess", "nobody@team.example").status, 401);
  EXPECT_EQ(other.try_password("guess", "nobody@team.example").text, refused.text);
  // Ada herself, elsewhere, is no party to it.
  Device ada{stand, "198.51.100.7", ""};
  EXPECT_EQ(ada.try_password(kRight).status, 200);
  stand.env.clock = stand.env.clock + 16min;
  EXPECT_EQ(guesser.try_password(kRight).status, 200);
}

TEST_F(Sessions, NobodyLocksOutAKnownDevice) {
  stand.as("", "POST", "/setup", kSetup);
  Device ada{stand, "203.0.113.5", ""};
  ASSERT_EQ(ada.try_password(kRight).status, 200);
  EXPECT_NE(ada.cookies.find("__Host-hearback-device-"), std::string::npos);
  // From many networks, and from Ada's own, until strangers have used up all that they may try.
  const auto marks = ada.cookies;
  for (int i = 0; i < 120; ++i) {
    Device guesser{stand, i % 2 ? "203.0.113.5" : "192.0.2." + std::to_string(i), ""};
    guesser.try_password("guess");
  }
  Device stranger{stand, "198.51.100.7", ""};
  EXPECT_EQ(stranger.try_password(kRight).status, 429);
  EXPECT_EQ(ada.try_password(kRight).status, 200);
  // A device that is known has tries of its own, and they end, too.
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ada.try_password("guess").status, 401);
  EXPECT_EQ(ada.try_password(kRight).status, 429);
  // What one account has given a browser counts for no other, nor does a made-up mark.
  Device forger{stand, "198.51.100.8", marks};
  forger.cookies[forger.cookies.size() - 3] ^= 1;
  EXPECT_EQ(forger.try_password(kRight).status, 429);
}

TEST_F(Sessions, AFullHouseSaysSoAndWhenToComeBack) {
  stand.found_company();
  const auto session = stand.session_of(stand.max);
  stand.env.full = true;
  for (auto path : {"/me", "/health", "/setup"}) {
    auto busy = stand.as(session, "GET", path);
    EXPECT_EQ(busy.status, 503) << path;
  }
  EXPECT_EQ(stand.as(session, "GET", "/me").header("Retry-After"), "5");
  EXPECT_EQ(stand.as("", "POST", "/session", credentials("a", "b")).code(), "http.busy");
}

// What is looked up for it changes nothing, nor does what only looks.
TEST_F(Sessions, O2_WhatIsStillBeingDoneIsToldFromWhatNeverBegan) {
  stand.found_company();
  const auto session = stand.session_of(stand.max);
  const auto follow = "/jobs/" + stand.engineer.text() + "/follow";
  stand.env.unfinished = net::Lane::write;
  EXPECT_EQ(stand.as(session, "PUT", follow).code(), "http.unfinished");
  stand.env.unfinished = net::Lane::read;
  EXPECT_EQ(stand.as(session, "PUT", follow).code(), "http.busy");
  EXPECT_EQ(stand.as(session, "GET", "/threads?place=inbox").code(), "http.busy");
}

TEST_F(Sessions, HealthNeedsNoWorkerWhileTheStoreIsSeenToAnswer) {
  stand.found_company();
  const auto session = stand.session_of(stand.max);
  EXPECT_EQ(stand.as(session, "GET", "/me").status, 200);
  stand.env.full = true;
  EXPECT_EQ(stand.as("", "GET", "/health").status, 200);
  stand.env.clock = stand.env.clock + 6s;
  EXPECT_EQ(stand.as("", "GET", "/health").code(), "health.store");
}

TEST_F(Sessions, PasswordsAreHashedWhereNothingElseWaits) {
  stand.as("", "POST", "/setup", kSetup);
  stand.env.turns.clear();
  stand.as("", "POST", "/session", credentials("ada@team.example", "guess"));
  ASSERT_EQ(stand.env.turns.size(), 1u);
  EXPECT_EQ(stand.env.turns[0].lane, net::Lane::hash);
  EXPECT_EQ(stand.env.turns[0].standing, net::Standing::visitor);
  EXPECT_EQ(stand.env.turns[0].who, "127.0.0.1");
}

// Behind one address of the network many people sit: one's burst keeps no other waiting.
TEST_F(Sessions, WhoAsksIsFoundOutInATurnOfTheirOwnWithinTheirNetworks) {
  stand.found_company();
  const auto turn_of = [&](const std::string& session, const std::string& path) {
    stand.env.turns.clear();
    stand.as(session, "GET", path);
    return stand.env.turns.at(0);
  };
  const auto first = turn_of(stand.session_of(stand.max), "/me");
  const auto second = turn_of(stand.session_of(stand.ada), "/me");
  const auto unknown = turn_of("made up", "/me");
  const auto visitor = turn_of("", "/setup");
  for (const auto& turn : {first, second, unknown, visitor}) {
    EXPECT_EQ(turn.standing, net::Standing::visitor);
    EXPECT_EQ(turn.who, "127.0.0.1");
  }
  EXPECT_FALSE(first.part.empty());
  EXPECT_NE(first.part, second.part);
  EXPECT_EQ(first.part.find("hb_"), std::string::npos);
  EXPECT_EQ(visitor.part, "");
}

TEST(Throttle, AFloodOfKeysDoesNotFillTheMemory) {
  Throttle throttle(3, 10s);
  const Instant now{1000};
  for (int i = 0; i < 3; ++i) throttle.enter("guessed often", now);
  for (int i = 0; i < 500'000; ++i) throttle.enter("key " + std::to_string(i), now);
  EXPECT_TRUE(throttle.enter("guessed often", now));
}

TEST(Throttle, PerPeerOneSuccessForgivesOneTryOnly) {
  Throttle throttle(3, 10s);
  Instant now{1000};
  EXPECT_FALSE(throttle.enter("peer", now));
  EXPECT_FALSE(throttle.enter("peer", now));
  EXPECT_FALSE(throttle.enter("peer", now));
  throttle.forgive_one("peer");
  EXPECT_FALSE(throttle.enter("peer", now));
  EXPECT_EQ(throttle.enter("peer", now + 4s), Duration(6s));
  EXPECT_FALSE(throttle.enter("other", now));
  EXPECT_FALSE(throttle.enter("peer", now + 10s));
  throttle.clear("peer");
  EXPECT_FALSE(throttle.enter("peer", now + 10s));
}

TEST_F(Sessions, AnExpiredSessionOrAnInactiveUserIsNobody) {
  stand.found_company();
  const auto session = stand.session_of(stand.max);
  EXPECT_EQ(stand.as(session, "GET", "/me").status, 200);
  stand.env.clock = stand.env.clock + std::chrono::hours(25);
  EXPECT_EQ(stand.as(session, "GET", "/me").status, 401);
  const auto other = stand.session_of(stand.max);
  auto gone = stand.max;
  gone.active = false;
  stand.commit({store::PutUser{gone, std::nullopt, stand.env.clock}});
  EXPECT_EQ(stand.as(other, "GET", "/me").status, 401);
}

TEST_F(Sessions, TokensActForTheirUserWithoutCookies) {
  stand.found_company();
  const auto session = stand.session_of(stand.max);
  auto made = stand.as(session, "POST", "/tokens", json::object{{"name", "script"}});
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string secret(made.value.at("secret").as_string());
  EXPECT_TRUE(secret.starts_with("hb_"));

  auto request = ApiStand::request_for("PATCH", "/api/v1/me", json::object{{"name", "Maxine"}});
  request.headers.emplace_back("authorization", "Bearer " + secret);
  auto answer = stand.send(request);  // no Origin, no Sec-Fetch-Site: no browser, no forgery
  EXPECT_EQ(answer.status, 200) << answer.text;

  // A wrong token isn't rescued by a good cookie beside it.
  auto both = ApiStand::request_for("GET", "/api/v1/me");
  both.headers.emplace_back("authorization", "Bearer hb_nonsense");
  both.headers.emplace_back("cookie", "hearback=" + session);
  EXPECT_EQ(stand.send(both).status, 401);

  auto listed = stand.as(session, "GET", "/tokens");
  ASSERT_EQ(listed.value.at("rows").as_array().size(), 1u);
  EXPECT_EQ(listed.text.find(secret.substr(40)), std::string::npos);
  const std::string id(made.value.at("id").as_string());
  EXPECT_EQ(stand.as(stand.session_of(stand.ada), "DELETE", "/tokens/" + id).status, 404);
  EXPECT_EQ(stand.as(session, "DELETE", "/tokens/" + id).status, 204);
  EXPECT_EQ(stand.send(request).status, 401);
}

TEST_F(Sessions, O5_ATokenEndsAndMayBeForReadingAlone) {
  stand.found_company();
  const auto session = stand.session_of(stand.max);
  const auto make = [&](json::object what) {
    what["name"] = "script";
    return stand.as(session, "POST", "/tokens", std::move(what));
  };
  const auto with = [&](const Answer& made, const char* method, json::object body) {
    auto request = ApiStand::request_for(method, "/api/v1/me", std::move(body));
    request.headers.emplace_back("authorization",
                                 "Bearer " + std::string(made.value.at("secret").as_string()));
    return stand.send(std::move(request));
  };
  const auto reads = make({{"scope", "read"}, {"days", 1}}), writes = make({});
  EXPECT_EQ(reads.value.at("scope"), "read");
  EXPECT_EQ(writes.value.at("scope"), "write");
  EXPECT_EQ(make({{"scope", "all"}}).field(), "scope");
  EXPECT_EQ(make({{"days", 366}}).field(), "days");
  EXPECT_EQ(with(reads, "GET", {}).status, 200);
  EXPECT_EQ(with(reads, "PATCH", {{"name", "M"}}).code(), "access.read-only");
  EXPECT_EQ(with(writes, "PATCH", {{"name", "M"}}).status, 200);
  const auto rows = stand.as(session, "GET", "/tokens").value.at("rows").as_array();
  for (const auto& row : rows) EXPECT_TRUE(row.at("last_used").is_string()) << row;
  stand.env.clock = stand.env.clock + std::chrono::hours(24);
  EXPECT_EQ(with(reads, "GET", {}).status, 401);
  EXPECT_EQ(with(writes, "GET", {}).status, 200);
  stand.env.clock = stand.env.clock + std::chrono::hours(24 * 364);
  EXPECT_EQ(with(writes, "GET", {}).status, 401);
}

TEST_F(Sessions, StoredSecretsAreHashes) {
  stand.found_company();
  const auto session = stand.session_of(stand.max);
  const auto bearer = Bearer::parse(session);
  ASSERT_TRUE(bearer);
  EXPECT_FALSE(stand.ask(store::SessionOf{stand.company, bearer->secret, stand.env.clock}));
  EXPECT_TRUE(stand.ask(store::SessionOf{stand.company, digest(bearer->secret), stand.env.clock}));
}

TEST(Passwords, AreCheckedByArgon2id) {
  auto hash = hash_password("correct horse battery");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_TRUE(password_matches(*hash, "correct horse battery"));
  EXPECT_FALSE(password_matches(*hash, "correct horse batterz"));
  EXPECT_FALSE(password_matches("", ""));
  EXPECT_FALSE(password_matches(std::string(500, '$'), ""));
}

// ---- the way a request came ---------------------------------------------------------------------

class Guard : public ::testing::Test {
 protected:
  int status(bool secure, bool loopback, std::string host,
             std::vector<std::string> public_hosts = {}) {
    net::HttpRequest request;
    request.secure = secure;
    request.loopback = loopback;
    request.headers = {{"host", std::move(host)}};
    auto problem = check_transport(request, public_hosts);
    return problem ? status_of(problem->error) : 200;
  }
};

TEST_F(Guard, PlainHttpIsForThisMachineOnly) {
  EXPECT_EQ(status(false, true, "127.0.0.1:8025"), 200);
  EXPECT_EQ(status(false, false, "127.0.0.1:8025"), 403);
  EXPECT_EQ(status(false, false, "hearback.example", {"hearback.example"}), 403);
  EXPECT_EQ(status(true, false, "hearback.example"), 200);
}

TEST_F(Guard, ForeignNamesCantBeRebound) {
  EXPECT_EQ(status(false, true, "localhost:1"), 200);
  EXPECT_EQ(status(false, true, "LOCALHOST"), 200);
  EXPECT_EQ(status(false, true, "[::1]:8025"), 200);
  EXPECT_EQ(status(false, true, "evil.example:8025"), 403);
  EXPECT_EQ(status(false, true, "127.0.0.1.evil.example"), 403);
  for (const char* none : {"localhost:80@evil.example", "localhost:", "localhost:80:80", "[::1]x"})
    EXPECT_EQ(status(false, true, none), 403) << none;
  EXPECT_EQ(status(false, true, "localhost.evil.example"), 403);
  EXPECT_EQ(status(false, true, ""), 403);
  EXPECT_EQ(status(false, true, "hearback.example", {"hearback.example"}), 200);
  EXPECT_EQ(status(true, false, "evil.example", {"hearback.example"}), 403);
}

TEST_F(Sessions, EveryAnswerCarriesTheSecurityHeaders) {
  for (const char* path : {"/api/v1/health", "/api/v1/nothing", "/api/v1/me", "/", "/nothing.js"}) {
    auto answer = stand.send(ApiStand::request_for("GET", path));
    EXPECT_NE(answer.header("Content-Security-Policy").find("default-src"), std::string::npos);
    EXPECT_NE(answer.header("Content-Security-Policy").find("frame-ancestors 'none'"),
              std::string::npos);
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.header("X-DNS-Prefetch-Control"), "off");
    EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_FALSE(answer.header("Cache-Control").empty());
  }
}

TEST(ContentDisposition, KeepsNamesFromBreakingOut) {
  EXPECT_EQ(content_disposition("cv.pdf"),
            "attachment; filename=\"cv.pdf\"; filename*=UTF-8''cv.pdf");
  EXPECT_EQ(content_disposition("a\"\r\nX: y/\\%é"),
            "attachment; filename=\"a___X: y_____\"; "
            "filename*=UTF-8''a%22%0D%0AX%3A%20y%2F%5C%25%C3%A9");
  EXPECT_EQ(content_disposition(""),
            "attachment; filename=\"attachment\"; filename*=UTF-8''attachment");
}

// ---- strict JSON ------------------------------------------------------------------------------

TEST_F(Sessions, O2_RequestsAreReadStrictly) {
  const auto problem = [&](json::value body) {
    auto answer = stand.as("", "POST", "/setup", std::move(body));
    EXPECT_EQ(answer.status, 422);
    return answer.code() + " " + answer.field();
  };
  const auto with = [](const char* name, json::value value) {
    auto body = kSetup;
    body[name] = std::move(value);
    return body;
  };
  EXPECT_EQ(problem(with("admin", true)), "field.unknown admin");
  EXPECT_EQ(problem(with("name", 7)), "field.invalid name");
  EXPECT_EQ(problem(with("name", nullptr)), "field.invalid name");
  EXPECT_EQ(problem(with("name", " \t ")), "field.invalid name");
  EXPECT_EQ(problem(with("name", "   ")), "field.required name");
  EXPECT_EQ(problem(with("name", "A\r\nBcc: x")), "field.invalid name");
  EXPECT_EQ(problem(with("name", json::string(201, 'x'))), "field.too-long name");
  EXPECT_EQ(problem(with("email", "not an address")), "address.invalid email");
  EXPECT_EQ(problem(with("password", "too short")), "field.invalid password");
  EXPECT_EQ(problem(with("language", "xx")), "field.invalid language");
  EXPECT_EQ(problem(json::object{}), "field.required company");
  EXPECT_EQ(problem(json::array{}), "json.not-an-object ");
  // Lengths are counted in characters.
  std::string long_name;
  for (int i = 0; i < 200; ++i) long_name += "é";
  EXPECT_EQ(stand.as("", "POST", "/setup", with("name", json::value(long_name))).status, 201);
}

TEST_F(Sessions, O2_ABodyMustBeJson) {
  auto request = ApiStand::request_for("POST", "/api/v1/session", json::object{});
  request.body = "{\"email\": ";
  EXPECT_EQ(stand.send(request).code(), "json.malformed");
  request.headers.pop_back();
  request.headers.emplace_back("content-type", "text/plain");
  auto answer = stand.send(request);
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  const auto code_of = [&](const char* type) {
    request.headers.back().second = type;
    return stand.send(request).code();
  };
  for (const char* json : {"application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""})
    EXPECT_EQ(code_of(json), "json.malformed") << json;
  for (const char* other : {"", ";", "application/json; charset=utf-16", "application/jsonx"})
    EXPECT_EQ(code_of(other), "http.media-type") << other;
}

TEST_F(Sessions, O2_WhoSendsAMemberTwiceIsToldWhich) {
  auto request = ApiStand::request_for("POST", "/api/v1/session", json::object{});
  const auto answer_to = [&](std::string body) {
    request.body = std::move(body);
    auto answer = stand.send(request);
    return std::to_string(answer.status) + " " + answer.code() + " " + answer.field();
  };
  EXPECT_EQ(answer_to(R"({"email":"a@b.example","password":"x","email":"c@d.example"})"),
            "400 json.duplicate-member email");
  EXPECT_EQ(answer_to(R"({"email":{"x":1,"x":2}})"), "400 json.duplicate-member email.x");
  EXPECT_EQ(answer_to(R"({"email":)"), "400 json.malformed ");
  EXPECT_EQ(answer_to("[]"), "422 json.not-an-object ");
}

TEST_F(Sessions, UnknownPathsAndMethodsAreProblems) {
  auto missing = stand.send(ApiStand::request_for("GET", "/api/v1/nothing"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.code(), "http.no-such-route");
  auto method = stand.send(ApiStand::request_for("PUT", "/api/v1/health"));
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.header("Allow"), "GET");
}

TEST(Problems, StatusComesFromTheKind) {
  const auto status = [](Kind kind, std::string code) {
    return status_of(Error{kind, std::move(code), "", ""});
  };
  EXPECT_EQ(status(Kind::input, "x"), 422);
  EXPECT_EQ(status(Kind::denied, "x"), 403);
  EXPECT_EQ(status(Kind::missing, "x"), 404);
  EXPECT_EQ(status(Kind::conflict, "x"), 409);
  EXPECT_EQ(status(Kind::transient, "store.busy"), 503);
  EXPECT_EQ(status(Kind::transient, "net.timeout"), 502);
  EXPECT_EQ(status(Kind::denied, "imap.login-refused"), 502);
  EXPECT_EQ(status(Kind::permanent, "x"), 500);
}

}  // namespace
}  // namespace hearback::api
