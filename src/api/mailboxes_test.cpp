#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Mailboxes : public ::testing::Test {
 protected:
  Mailboxes() {
    stand.found_company();
    eve = stand.session_of(stand.eve);
    max = stand.session_of(stand.max);
  }

  json::object server(const char* host, int port) {
    return {{"host", host}, {"port", port}, {"security", "tls"}};
  }
  json::object form(std::string address = "eve@team.example") {
    return {{"address", address},
            {"password", "pass word"},
            {"imap", server("imap.team.example", 993)},
            {"smtp", server("smtp.team.example", 465)},
            {"consent", {{"text_version", "1"}, {"language", "en"}}}};
  }
  std::string refused(json::object body) {
    auto answer = stand.as(eve, "POST", "/mailboxes", std::move(body));
    EXPECT_GE(answer.status, 400);
    return answer.code() + " " + answer.field();
  }

  ApiStand stand;
  std::string eve, max;
};

TEST_F(Mailboxes, C3_C8_ATriedMailboxIsSavedWithFourteenDays) {
  rules::Folder inbox;
  inbox.name = inbox.wire_name = "INBOX";
  inbox.role = rules::FolderRole::incoming;
  stand.probe_report.folders = {inbox};
  auto made = stand.as(eve, "POST", "/mailboxes", form());
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.text.find("pass word"), std::string::npos);
  ASSERT_EQ(stand.tried.size(), 2u);
  EXPECT_EQ(stand.tried[0].password, "pass word");
  EXPECT_EQ(stand.tried[0].server.user, "eve@team.example");
  EXPECT_EQ(stand.tried[1].server.host, "smtp.team.example");
  EXPECT_EQ(made.value.at("window_since"),
            to_rfc3339(stand.env.clock - std::chrono::hours(14 * 24)).c_str());
  EXPECT_EQ(made.value.at("importing"), true);
  const std::string id(made.value.at("id").as_string());
  auto got = stand.as(eve, "GET", "/mailboxes/" + id);
  EXPECT_EQ(got.value, made.value);
  auto folders = stand.as(eve, "GET", "/mailboxes/" + id + "/folders");
  EXPECT_EQ(folders.value.at("rows").at(0).at("role"), "incoming");
  auto secret =
      stand.ask(store::MailboxSecret{rules::engine_scope(stand.company), *MailboxId::parse(id)});
  EXPECT_EQ(secret.imap_password, "pass word");
  EXPECT_EQ(secret.smtp_password, "pass word");
  EXPECT_EQ(secret.imap_proven, stand.env.clock);
}

TEST_F(Mailboxes, C3_ServersMayHaveTheirOwnLogins) {
  auto body = form();
  body.erase("password");
  body["user"] = "both";
  body["imap"].as_object()["password"] = "one";
  body["smtp"].as_object()["password"] = "two";
  body["smtp"].as_object()["user"] = "sender";
  ASSERT_EQ(stand.as(eve, "POST", "/mailboxes", body).status, 201);
  EXPECT_EQ(stand.tried[0].server.user, "both");
  EXPECT_EQ(stand.tried[0].password, "one");
  EXPECT_EQ(stand.tried[1].server.user, "sender");
  EXPECT_EQ(stand.tried[1].password, "two");
}

TEST_F(Mailboxes, C8_AnyWindowCanBeChosen) {
  auto everything = form();
  everything["window"] = json::object{{"since", nullptr}};
  auto made = stand.as(eve, "POST", "/mailboxes", everything);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_TRUE(made.value.at("window_since").is_null());
  const auto path = "/mailboxes/" + std::string(made.value.at("id").as_string()) + "/window";
  auto narrowed = stand.as(eve, "PUT", path, json::object{{"since", "2026-01-01T00:00:00.000Z"}});
  ASSERT_EQ(narrowed.status, 200) << narrowed.text;
  EXPECT_EQ(narrowed.value.at("window_since"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(stand.as(eve, "PUT", path, json::object{}).field(), "since");
  EXPECT_EQ(stand.as(eve, "PUT", path, json::object{{"since", "yesterday"}}).field(), "since");
}

// Before the first message of it is looked at.
TEST_F(Mailboxes, C14_WhoIsNeverSyncedCanBeNamedAtOnce) {
  auto body = form();
  body["never_synced"] = json::array{"Jane Doe"};
  EXPECT_EQ(refused(body), "mailbox.never-synced-entry never_synced");
  EXPECT_TRUE(stand.tried.empty());
  body["never_synced"] = json::array{"Law@firm.example", "clinic.example"};
  auto made = stand.as(eve, "POST", "/mailboxes", body);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.text.find("firm.example"), std::string::npos);
  const auto path = "/mailboxes/" + std::string(made.value.at("id").as_string()) + "/never-synced";
  EXPECT_EQ(stand.as(eve, "GET", path).value.at("rows").as_array().size(), 2u);
}

TEST_F(Mailboxes, C3_AFailedTrySavesNothingAndSaysWhichServer) {
  stand.probe_report.imap =
      Error{Kind::denied, "imap.login-refused", "The server refuses this password.", "Check it."};
  auto refused = stand.as(eve, "POST", "/mailboxes", form());
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.code(), "mailbox.probe-failed");
  EXPECT_EQ(refused.value.at("imap").at("code"), "imap.login-refused");
  EXPECT_EQ(refused.value.at("imap").at("hint"), "Check it.");
  EXPECT_TRUE(refused.value.at("smtp").is_null());
  EXPECT_EQ(refused.text.find("pass word"), std::string::npos);
  EXPECT_TRUE(stand.as(eve, "GET", "/mailboxes").value.at("rows").as_array().empty());
}

TEST_F(Mailboxes, TriesThatFailAreLimitedPerUserAndPerServer) {
  stand.probe_report.imap =
      Error{Kind::denied, "imap.login-refused", "The server refuses this password.", "Check it."};
  for (int i = 0; i < 20; ++i) ASSERT_EQ(refused(form()), "mailbox.probe-failed ") << i;
  auto throttled = stand.as(eve, "POST", "/mailboxes", form());
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(throttled.code(), "mailbox.throttled");
  EXPECT_FALSE(throttled.header("Retry-After").empty());
  EXPECT_EQ(stand.tried.size(), 40u);  // nothing was asked of the servers any more
  // One server stays out of reach for all, however many users try it, also by another spelling.
  std::string session;
  for (int i = 0; i < 100; ++i) {
    if (i % 10 == 0)
      session = stand.session_of(stand.add_user("U" + std::to_string(i), rules::Role::manager));
    auto body = form("x@team.example");
    body["imap"] = server(i % 2 ? "IMAP.team.example." : "imap.team.example", 993);
    body["smtp"] = server("smtp.other.example", 465);
    auto answer = stand.as(session, "POST", "/mailboxes", body);
    EXPECT_EQ(answer.code(), i < 80 ? "mailbox.probe-failed" : "mailbox.throttled") << i;
  }
  // Others are served, and what succeeds isn't counted.
  stand.probe_report.imap.reset();
  stand.env.clock = stand.env.clock + 16min;
  auto body = form();
  body["imap"] = body["smtp"] = server("mail.third.example", 993);
  EXPECT_EQ(stand.as(eve, "POST", "/mailboxes", body).status, 201);
}

// One company's failures keep no other from a server that both use, and whoever isn't let try has
// failed nowhere. At the servers of one's own mailbox others' failures don't count.
TEST_F(Mailboxes, OneCompanysFailuresKeepNoOtherFromAServer) {
  stand.probe_report.imap =
      Error{Kind::denied, "imap.login-refused", "The server refuses this password.", "Check it."};
  auto body = form("x@team.example");
  body["imap"] = body["smtp"] = server("imap.team.example", 993);
  const auto tries = [&](const std::string& session, int times) {
    std::string last;
    for (int i = 0; i < times; ++i) last = stand.as(session, "POST", "/mailboxes", body).code();
    return last;
  };
  for (int i = 0; i < 5; ++i)
    tries(stand.session_of(stand.add_user("U" + std::to_string(i), rules::Role::manager)), 20);
  const auto unlucky = stand.session_of(stand.add_user("Unlucky", rules::Role::manager));
  EXPECT_EQ(tries(unlucky, 30), "mailbox.throttled");
  // Their own mailbox lies there: a new password is tried. And elsewhere nothing is held against
  // whoever wasn't let try.
  stand.probe_report.imap.reset();
  auto imap = server("imap.team.example", 993);
  imap["password"] = "fresh";
  EXPECT_EQ(
      stand.as(max, "PATCH", "/mailboxes/" + stand.mailbox.text(), json::object{{"imap", imap}})
          .status,
      200);
  body["imap"] = body["smtp"] = server("imap.other.example", 993);
  body["address"] = "unlucky@team.example";
  EXPECT_EQ(stand.as(unlucky, "POST", "/mailboxes", body).status, 201);
  // Another company.
  stand.company = stand.make_id<CompanyId>();
  stand.commit({store::AddCompany{"Elsewhere", stand.env.clock}});
  const auto other = stand.session_of(stand.add_user("Otto", rules::Role::admin));
  body["imap"] = body["smtp"] = server("imap.team.example", 993);
  body["address"] = "otto@team.example";
  EXPECT_EQ(stand.as(other, "POST", "/mailboxes", body).status, 201);
}

// A count takes minutes, a connection and the whole directory of addresses.
TEST_F(Mailboxes, EachUserCountsOneMailboxAtATime) {
  const auto max = stand.session_of(stand.max);
  const auto request = [&] {
    auto count =
        ApiStand::request_for("POST", "/api/v1/mailboxes/" + stand.mailbox.text() + "/count",
                              json::object{{"since", nullptr}});
    count.headers.emplace_back("cookie", "hearback=" + max);
    count.headers.emplace_back("origin", "http://127.0.0.1:8025");
    count.headers.emplace_back("sec-fetch-site", "same-origin");
    return count;
  };
  stand.env.slow = true;
  {
    auto first = stand.api->handle(request());
    first.start();
    ASSERT_FALSE(first.done());
    auto second = stand.send(request());
    EXPECT_EQ(second.status, 429);
    EXPECT_EQ(second.code(), "mailbox.counting");
    EXPECT_FALSE(second.header("Retry-After").empty());
    stand.env.let_time_pass();
    EXPECT_TRUE(first.done());
  }
  stand.env.slow = false;
  EXPECT_EQ(stand.send(request()).code(), "net.refused");
}

TEST_F(Mailboxes, C5_ActiveSyncIsRefusedWithAClearSentence) {
  for (const char* host :
       {"https://mail.team.example/Microsoft-Server-ActiveSync",
        "mail.team.example/microsoft-server-activesync", "eas.outlook.com", "m.google.com"}) {
    auto body = form();
    body["imap"] = server(host, 993);
    EXPECT_EQ(refused(body), "mailbox.activesync imap.host") << host;
  }
  // What was pasted as a web address is only that.
  for (const char* host : {"https://imap.team.example", "http://imap.team.example/"}) {
    auto body = form();
    body["imap"] = server(host, 993);
    EXPECT_EQ(refused(body), "mailbox.host-invalid imap.host") << host;
  }
  auto port = form();
  port["imap"] = server("mail.team.example", 443);
  EXPECT_EQ(refused(port), "mailbox.activesync imap.port");
  auto security = form();
  security["imap"].as_object()["security"] = "eas";
  EXPECT_EQ(refused(security), "mailbox.activesync imap.host");
  EXPECT_TRUE(stand.tried.empty());
}

TEST_F(Mailboxes, C6_ConsentAndAPasswordAreNeeded) {
  auto no_consent = form();
  no_consent.erase("consent");
  EXPECT_EQ(refused(no_consent), "field.required consent");
  auto vague = form();
  vague["consent"] = json::object{{"text_version", "1"}};
  EXPECT_EQ(refused(vague), "field.required consent.language");
  auto no_password = form();
  no_password.erase("password");
  EXPECT_EQ(refused(no_password), "field.required password");
  auto owner = form();
  owner["owner"] = stand.max.id.text();
  EXPECT_EQ(refused(owner), "field.unknown owner");
  auto inner = form();
  inner["imap"].as_object()["path"] = "/";
  EXPECT_EQ(refused(inner), "field.unknown imap.path");
  auto host = form();
  host["smtp"] = server("smtp team example", 465);
  EXPECT_EQ(refused(host), "mailbox.host-invalid smtp.host");
  auto port = form();
  port["smtp"] = server("smtp.team.example", 70'000);
  EXPECT_EQ(refused(port), "field.invalid smtp.port");
  EXPECT_TRUE(stand.tried.empty());
}

TEST_F(Mailboxes, C7_AnAddressIsConnectedOnce) {
  EXPECT_EQ(refused(form("MAX@team.example")), "mailbox.already-connected address");
  EXPECT_TRUE(stand.tried.empty());
}

TEST_F(Mailboxes, C6_AdminsDoNotSeeOthersMailboxes) {
  const auto ada = stand.session_of(stand.ada);
  EXPECT_TRUE(stand.as(ada, "GET", "/mailboxes").value.at("rows").as_array().empty());
  EXPECT_EQ(stand.as(ada, "GET", "/mailboxes/" + stand.mailbox.text()).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/mailboxes").value.at("rows").as_array().size(), 1u);
}

TEST_F(Mailboxes, AreListedInPages) {
  std::vector<std::string> made, listed;
  for (int i = 0; i < 7; ++i) {
    auto answer =
        stand.as(eve, "POST", "/mailboxes", form("eve+" + std::to_string(i) + "@team.example"));
    ASSERT_EQ(answer.status, 201) << answer.text;
    made.emplace_back(answer.value.at("id").as_string());
    stand.env.clock = stand.env.clock + 1s;
  }
  std::string cursor;
  for (bool more = true; more;) {
    auto page = stand.as(eve, "GET", "/mailboxes?limit=3" + cursor);
    ASSERT_EQ(page.status, 200) << page.text;
    const auto& rows = page.value.at("rows").as_array();
    EXPECT_LE(rows.size(), 3u);
    for (const auto& row : rows) listed.emplace_back(row.at("id").as_string());
    more = page.value.at("next").is_string();
    if (more) cursor = "&cursor=" + std::string(page.value.at("next").as_string());
  }
  EXPECT_EQ(listed, made);
  EXPECT_EQ(stand.as(eve, "GET", "/mailboxes?cursor=none").status, 422);
}

TEST_F(Mailboxes, SEC12_ChangedServersNeedThePasswordAgain) {
  const auto path = "/mailboxes/" + stand.mailbox.text();
  const auto change = [&](const char* host, int port, const char* security, const char* user) {
    auto imap = server(host, port);
    imap["security"] = security;
    imap["user"] = user;
    return stand.as(max, "PATCH", path, json::object{{"imap", imap}});
  };
  const std::string login = stand.max.email;
  for (auto answer : {change("evil.example", 993, "tls", login.c_str()),
                      change("imap.team.example", 1993, "tls", login.c_str()),
                      change("imap.team.example", 993, "starttls", login.c_str()),
                      change("imap.team.example", 993, "tls", "other")}) {
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.code() + " " + answer.field(), "mailbox.password-needed imap.password");
  }
  EXPECT_TRUE(stand.tried.empty()) << "no secret left for a server that was not agreed to";

  auto moved = server("new.team.example", 993);
  moved["password"] = "new secret";
  auto changed = stand.as(max, "PATCH", path, json::object{{"imap", moved}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("imap").at("host"), "new.team.example");
  EXPECT_EQ(changed.text.find("secret"), std::string::npos);
  ASSERT_EQ(stand.tried.size(), 2u);
  EXPECT_EQ(stand.tried[0].password, "new secret");
  EXPECT_EQ(stand.tried[1].password, "smtp secret");
  EXPECT_EQ(stand.tried[1].server.host, "smtp.team.example");
  auto secret = stand.ask(store::MailboxSecret{rules::engine_scope(stand.company), stand.mailbox});
  EXPECT_EQ(secret.imap_password, "new secret");
  EXPECT_EQ(secret.smtp_password, "smtp secret");
}

TEST_F(Mailboxes, SettingsThatDoNotWorkAreNotSaved) {
  stand.probe_report.imap = Error{Kind::transient, "net.timeout", "No answer came in time.", ""};
  auto moved = server("new.team.example", 993);
  moved["password"] = "new secret";
  const auto path = "/mailboxes/" + stand.mailbox.text();
  auto refused = stand.as(max, "PATCH", path, json::object{{"imap", moved}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.value.at("imap").at("code"), "net.timeout");
  EXPECT_EQ(stand.as(max, "GET", path).value.at("imap").at("host"), "imap.team.example");
}

TEST_F(Mailboxes, C12_SigningInAgainEndsNeedsSignIn) {
  stand.commit({store::SetMailboxState{stand.mailbox, rules::MailboxState::needs_sign_in}});
  const auto path = "/mailboxes/" + stand.mailbox.text();
  auto imap = server("imap.team.example", 993);
  imap["password"] = "fresh";
  auto changed = stand.as(max, "PATCH", path, json::object{{"imap", imap}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("state"), "active");
}

TEST_F(Mailboxes, C9_WhatIsSwitchedOffWhileSettingsAreTriedStaysOff) {
  stand.commit({store::SetMailboxState{stand.mailbox, rules::MailboxState::needs_sign_in}});
  stand.while_trying = [&] {
    stand.commit({store::SetMailboxState{stand.mailbox, rules::MailboxState::off}});
  };
  const auto path = "/mailboxes/" + stand.mailbox.text();
  auto imap = server("imap.team.example", 993);
  imap["password"] = "fresh";
  auto changed = stand.as(max, "PATCH", path, json::object{{"imap", imap}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.value.at("state"), "off");
  // What stopped working meanwhile is well again.
  stand.while_trying = [&] {
    stand.commit({store::SetMailboxState{stand.mailbox, rules::MailboxState::needs_sign_in}});
  };
  changed = stand.as(max, "PATCH", path, json::object{{"imap", imap}});
  EXPECT_EQ(changed.value.at("state"), "active");
}

TEST_F(Mailboxes, C9_OffAndOnAndGone) {
  const auto path = "/mailboxes/" + stand.mailbox.text();
  auto off = stand.as(max, "PATCH", path, json::object{{"state", "off"}});
  EXPECT_EQ(off.value.at("state"), "off");
  EXPECT_TRUE(stand.tried.empty());
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"state", "needs_sign_in"}}).field(),
            "state");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"state", "active"}}).value.at("state"),
            "active");
  EXPECT_EQ(stand.as(max, "DELETE", path).status, 204);
  EXPECT_EQ(stand.as(max, "GET", path).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/threads/" + stand.thread.text()).status, 200)
      << "imported messages stay";
}

TEST_F(Mailboxes, S4_FolderRolesAreTheOwnersChoice) {
  const auto path = "/mailboxes/" + stand.mailbox.text() + "/folders";
  EXPECT_EQ(
      stand.as(max, "PATCH", path + "/" + stand.folder.text(), json::object{{"role", "ignored"}})
          .status,
      204);
  auto folders = stand.as(max, "GET", path);
  EXPECT_EQ(folders.value.at("rows").at(0).at("role"), "ignored");
  EXPECT_EQ(folders.value.at("rows").at(0).at("role_by_user"), true);
  EXPECT_EQ(
      stand.as(max, "PATCH", path + "/" + stand.mailbox.text(), json::object{{"role", "ignored"}})
          .status,
      404);
}

TEST_F(Mailboxes, S13_AFolderSaysWhyItCannotBeRead) {
  const auto path = "/mailboxes/" + stand.mailbox.text();
  const auto folder = [&] {
    return stand.as(max, "GET", path + "/folders").value.at("rows").at(0);
  };
  EXPECT_TRUE(folder().at("resting").is_null());
  const Instant now = stand.env.clock;
  stand.commit({store::ObserveFolder{
      stand.mailbox, stand.folder, {}, rules::Resting{"imap.refused", now, now + 30s}}});
  const auto resting = folder().at("resting");
  EXPECT_EQ(resting.at("why"), "imap.refused");
  EXPECT_EQ(resting.at("since"), to_rfc3339(now).c_str());
  EXPECT_EQ(resting.at("next_try"), to_rfc3339(now + 30s).c_str());
  const auto mailbox = stand.as(max, "GET", path).value;
  EXPECT_EQ(mailbox.at("importing"), true);
  EXPECT_EQ(mailbox.at("folders_left"), 1);
  EXPECT_EQ(mailbox.at("folders_left_resting"), 1);
  EXPECT_EQ(mailbox.at("folders_resting"), 1);
  EXPECT_EQ(mailbox.at("last_error"), "");
  EXPECT_EQ(stand.as(eve, "GET", path + "/folders").status, 404);
  stand.commit({store::ObserveFolder{stand.mailbox, stand.folder, Instant{0}, {}}});
  EXPECT_TRUE(folder().at("resting").is_null());
  EXPECT_EQ(stand.as(max, "GET", path).value.at("importing"), false);
}

TEST_F(Mailboxes, S2_S12_LedgerAndQuarantineAreShown) {
  const rules::Location at{stand.mailbox, stand.folder, 1, 9};
  stand.commit({store::RecordBody{
                    {stand.mailbox, stand.folder, 1, 7}, "candidate-address", 512, stand.env.clock},
                store::Quarantine{at, "mail.too-large", true, {}, stand.env.clock}});
  const auto path = "/mailboxes/" + stand.mailbox.text();
  auto ledger = stand.as(max, "GET", path + "/ledger");
  ASSERT_EQ(ledger.value.at("rows").as_array().size(), 1u) << ledger.text;
  EXPECT_EQ(ledger.value.at("rows").at(0).at("rule"), "candidate-address");
  auto quarantine = stand.as(max, "GET", path + "/quarantine");
  ASSERT_EQ(quarantine.value.at("rows").as_array().size(), 1u) << quarantine.text;
  EXPECT_EQ(quarantine.value.at("rows").at(0).at("reason"), "mail.too-large");
  EXPECT_EQ(stand.as(max, "GET", path).value.at("quarantined"), 1);
  const auto retry = path + "/quarantine/" + stand.folder.text();
  EXPECT_EQ(stand.as(max, "POST", retry + "/8").status, 404);
  EXPECT_EQ(stand.as(max, "POST", retry + "/9").status, 204);
}

}  // namespace
}  // namespace hearback::api
