#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

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
    seen_by += std::string(user.at("name").as_string()) + " ";
  EXPECT_NE(seen_by.find("Ada"), std::string::npos);
  EXPECT_NE(seen_by.find("Max"), std::string::npos);
  EXPECT_EQ(seen_by.find("Eve"), std::string::npos);
}

TEST_F(Candidates, AreAddedWithAddressesAndAnApplication) {
  const auto max = stand.session_of(stand.max);
  auto made = stand.as(max, "POST", "/candidates",
                       json::object{{"name", "Dora"},
                                    {"addresses", {"Dora@Home.example", "dora@home.example"}},
                                    {"job", stand.engineer.text()},
                                    {"phase", "interview"}});
  ASSERT_EQ(made.status, 201) << made.text;
  ASSERT_EQ(made.value.at("addresses").as_array().size(), 1u);
  EXPECT_EQ(made.value.at("addresses").at(0).at("synced"), true);
  EXPECT_EQ(made.value.at("applications").at(0).at("job_title"), "Engineer");
  EXPECT_EQ(made.value.at("applications").at(0).at("phase"), "interview");
  EXPECT_EQ(rows(max, "/candidates?q=dora"), 1u);
  EXPECT_EQ(rows(max, "/candidates?job=" + stand.engineer.text()), 2u);
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
  EXPECT_EQ(stand.as(max, "DELETE", path).status, 204);
  EXPECT_EQ(stand.as(max, "GET", path).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/threads/" + stand.thread.text()).status, 404);
  EXPECT_EQ(stand.as(max, "GET", "/messages/" + stand.message.text() + "/body").status, 404);
}

TEST_F(Candidates, JobsOfWhoDoesNotSeeAllIncludeTheirOwn) {
  const auto max = stand.session_of(stand.max);
  auto made =
      stand.as(max, "POST", "/jobs", json::object{{"title", "Writer"}, {"kind", "campaign"}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("team").at(0), stand.max.id.text().c_str());
  auto jobs = stand.as(max, "GET", "/jobs");
  EXPECT_NE(jobs.text.find("Writer"), std::string::npos);
  auto stranger =
      stand.as(max, "POST", "/jobs", json::object{{"title", "X"}, {"team", {stand.carla.text()}}});
  EXPECT_EQ(stranger.code() + " " + stranger.field(), "user.unknown team");
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

// ---- conversations ----------------------------------------------------------------------------

TEST_F(Candidates, T5_AThreadShowsItsMessagesAndWhyTheyAreThere) {
  auto thread = stand.as(stand.session_of(stand.max), "GET", "/threads/" + stand.thread.text());
  ASSERT_EQ(thread.status, 200) << thread.text;
  const auto& messages = thread.value.at("messages").as_array();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].at("from").at(0).at("address"), "carla@home.example");
  EXPECT_EQ(messages[0].at("why").at("by"), "address");
  EXPECT_TRUE(messages[0].at("outbox").is_null());
  EXPECT_EQ(messages[1].at("outbox").at("state"), "uncertain");
  EXPECT_EQ(messages[1].at("outbox").at("answer"), "the server's words");
  // What the server answered is for the author's eyes.
  auto other = stand.as(stand.session_of(stand.ada), "GET", "/threads/" + stand.thread.text());
  EXPECT_EQ(other.value.at("messages").at(1).at("outbox").at("answer"), "");
}

TEST_F(Candidates, ABodyIsSplitIntoFreshAndQuotedWords) {
  auto body =
      stand.as(stand.session_of(stand.ada), "GET", "/messages/" + stand.message.text() + "/body");
  ASSERT_EQ(body.status, 200) << body.text;
  EXPECT_NE(std::string(body.value.at("fresh").as_string()).find("Good morning"),
            std::string::npos);
  EXPECT_EQ(std::string(body.value.at("fresh").as_string()).find("older words"), std::string::npos);
  EXPECT_EQ(body.value.at("html"), "");
}

TEST_F(Candidates, AttachmentsAreDownloadsThatNoBrowserRuns) {
  const auto path = "/messages/" + stand.message.text() + "/attachments/";
  auto file = stand.as(stand.session_of(stand.max), "GET", path + "0");
  ASSERT_EQ(file.status, 200) << file.text;
  EXPECT_NE(file.text.find("<script>"), std::string::npos);
  EXPECT_EQ(file.header("Content-Type"), "application/octet-stream");
  EXPECT_TRUE(file.header("Content-Disposition").starts_with("attachment; "));
  EXPECT_NE(file.header("Content-Disposition").find("L%C3%A9b%22enslauf.html"), std::string::npos);
  EXPECT_NE(file.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "GET", path + "1").status, 404);
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "GET", path + "x").status, 404);
}

TEST_F(Candidates, S11_TheSourceIsForWhoseMailboxItLiesIn) {
  const auto path = "/messages/" + stand.message.text() + "/raw";
  auto own = stand.as(stand.session_of(stand.max), "GET", path);
  ASSERT_EQ(own.status, 200) << own.text;
  EXPECT_EQ(own.text, ApiStand::raw_message());
  EXPECT_EQ(own.header("Content-Type"), "message/rfc822");
  auto admin = stand.as(stand.session_of(stand.ada), "GET", path);
  EXPECT_EQ(admin.status, 404);
  EXPECT_EQ(admin.code(), "message.source-not-yours");
}

// ---- outbox -----------------------------------------------------------------------------------

TEST_F(Candidates, W5_TheAuthorDecidesOnWhatIsUncertain) {
  const auto max = stand.session_of(stand.max);
  const auto path = "/outbox/" + stand.outbox.text();
  EXPECT_EQ(rows(max, "/outbox"), 1u);
  EXPECT_EQ(rows(stand.session_of(stand.ada), "/outbox"), 0u);
  EXPECT_EQ(stand
                .as(stand.session_of(stand.ada), "POST", path + "/decision",
                    json::object{{"word", "resend"}})
                .status,
            404);
  EXPECT_EQ(stand.as(max, "POST", path + "/decision", json::object{{"word", "perhaps"}}).field(),
            "word");
  auto sent = stand.as(max, "POST", path + "/decision", json::object{{"word", "consider_sent"}});
  ASSERT_EQ(sent.status, 200) << sent.text;
  EXPECT_EQ(sent.value.at("state"), "sent");
  auto late = stand.as(max, "POST", path + "/decision", json::object{{"word", "resend"}});
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.code(), "outbox.too-late");
}

// ---- people -----------------------------------------------------------------------------------

TEST_F(Candidates, AdminsAddUsersWithAnAddressOfTheirOwn) {
  const auto ada = stand.session_of(stand.ada);
  json::object body{{"name", "Nina"},
                    {"email", "nina@team.example"},
                    {"role", "manager"},
                    {"password", "correct horse battery"}};
  auto made = stand.as(ada, "POST", "/users", body);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.value.at("all_jobs"), false);
  EXPECT_EQ(made.text.find("password"), std::string::npos);
  body["email"] = "NINA@Team.example";
  auto again = stand.as(ada, "POST", "/users", body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "user.exists");
  auto in =
      stand.as("", "POST", "/session",
               json::object{{"email", "nina@team.example"}, {"password", "correct horse battery"}});
  EXPECT_EQ(in.status, 200);
  EXPECT_EQ(rows(ada, "/users"), 4u);
}

TEST_F(Candidates, ChangingMyselfCannotChangeMyRights) {
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

TEST_F(Candidates, C6_AnInvitationIsShownUntilAMailboxIsConnected) {
  const auto ada = stand.session_of(stand.ada), eve = stand.session_of(stand.eve);
  EXPECT_EQ(stand.as(ada, "POST", "/users/" + stand.eve.id.text() + "/invitation").status, 204);
  EXPECT_EQ(stand.as(ada, "POST", "/users/" + stand.eve.id.text() + "/invitation").status, 204);
  auto invitations = stand.as(eve, "GET", "/invitations");
  ASSERT_EQ(invitations.value.at("rows").as_array().size(), 1u);
  EXPECT_EQ(invitations.value.at("rows").at(0).at("from_name"), "Ada");
  EXPECT_EQ(rows(ada, "/invitations"), 0u);
}

}  // namespace
}  // namespace hearback::api
