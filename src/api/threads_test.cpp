#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"
#include "mail/header.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Threads : public ::testing::Test {
 protected:
  Threads() { stand.found_company(); }

  std::size_t rows(const std::string& session, std::string path) {
    auto answer = stand.as(session, "GET", std::move(path));
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value.at("rows").as_array().size();
  }

  // A message of Carla's with this header, in a conversation of its own.
  ThreadId receive(const std::string& header) {
    rules::Message message;
    message.id = stand.make_id<MessageId>();
    message.envelope = mail::read_envelope(header);
    message.fingerprint = message.id.text();
    message.date = stand.env.clock;
    message.raw = stand.make_id<BlobId>();
    rules::Thread thread;
    thread.id = stand.make_id<ThreadId>();
    thread.candidate = stand.carla;
    thread.subject = message.envelope.subject;
    thread.last_at = message.date;
    stand.commit({store::PutBlob{message.raw, header}, store::AddMessage{message, stand.env.clock},
                  store::AddThread{thread},
                  store::PlaceMessage{{thread.id, stand.carla, message.id, rules::PlacedBy::address,
                                       "carla@home.example"},
                                      message.date}});
    return thread.id;
  }

  ApiStand stand;
};

TEST_F(Threads, O2_AnAddressThatCannotBeReadIsRefused) {
  const auto ada = stand.session_of(stand.ada);
  for (const auto* path : {"/threads?place=%zz", "/candidates?job=%", "/jobs?q=100%25%"})
    EXPECT_EQ(stand.as(ada, "GET", path).status, 422) << path;
  EXPECT_EQ(stand.as(ada, "GET", "/jobs?q=100%25").status, 200);
}

TEST_F(Threads, T5_AThreadShowsItsMessagesAndWhyTheyAreThere) {
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

TEST_F(Threads, M7_EachReaderSaysWhatTheyHaveRead) {
  const auto max = stand.session_of(stand.max), ada = stand.session_of(stand.ada);
  const auto path = "/threads/" + stand.thread.text();
  const auto unread = [&](const std::string& session) {
    return stand.as(session, "GET", path).value.at("unread").as_bool();
  };
  EXPECT_FALSE(unread(max));  // Carla's message came to his mailbox, and he wrote there since
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"unread", true}}).status, 204);
  EXPECT_TRUE(unread(max));
  const auto came = stand.as(max, "GET", path).value.at("came").as_int64();
  const auto read = json::object{{"unread", false}, {"seen", came}};
  EXPECT_EQ(stand.as(max, "PATCH", path, read).status, 204);
  EXPECT_FALSE(unread(max));
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"unread", true}}).status, 204);
  EXPECT_TRUE(unread(max));
  EXPECT_TRUE(stand.as(max, "GET", "/threads?place=all").value.at("rows").at(0).at("unread") ==
              true);
  EXPECT_FALSE(unread(ada));
  EXPECT_EQ(stand.as(ada, "PATCH", path, json::object{{"unread", true}}).status, 204);
  // Read is what was shown, and no more.
  EXPECT_EQ(
      stand.as(max, "PATCH", path, json::object{{"unread", false}, {"seen", came - 1}}).status,
      204);
  EXPECT_TRUE(unread(max));
  EXPECT_EQ(stand.as(max, "PATCH", path, read).status, 204);
  EXPECT_FALSE(unread(max));
  EXPECT_TRUE(unread(ada));
  // Said of a row: all that has come.
  EXPECT_EQ(stand.as(ada, "PATCH", path, json::object{{"unread", false}}).status, 204);
  EXPECT_FALSE(unread(ada));
}

TEST_F(Threads, M8_EachListShowsWhoseTurnItIs) {
  const auto max = stand.session_of(stand.max), ada = stand.session_of(stand.ada);
  const auto path = "/threads/" + stand.thread.text();
  const auto waiting = [&] { return stand.as(max, "GET", "/counts").value.at("to_answer"); };
  // Nobody knows whether Max's answer was sent.
  EXPECT_EQ(rows(max, "/threads?place=inbox&triage=to_answer"), 1u);
  EXPECT_EQ(rows(max, "/threads?place=sent&triage=to_answer"), 1u);
  EXPECT_EQ(waiting(), 1);
  auto shown = stand.as(max, "GET", path).value;
  EXPECT_EQ(shown.at("triage"), "to_answer");
  EXPECT_EQ(shown.at("asked_at").as_string(), to_rfc3339(stand.env.clock));
  const json::object put_away{{"done", true}, {"seen", shown.at("came")}};
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"done", true}}).code(), "field.required");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"done", true}, {"seen", 0}}).code(),
            "thread.newer-message");
  ASSERT_EQ(stand.as(max, "PATCH", path, put_away).status, 204);
  EXPECT_EQ(rows(max, "/threads?place=inbox&triage=to_answer"), 0u);
  EXPECT_EQ(rows(max, "/threads?place=inbox&triage=done"), 1u);
  EXPECT_EQ(rows(max, "/threads?place=inbox"), 1u);
  EXPECT_EQ(waiting(), 0);
  ASSERT_EQ(stand.as(max, "PATCH", path, json::object{{"done", false}}).status, 204);
  EXPECT_EQ(rows(max, "/threads?place=inbox&triage=to_answer"), 1u);
  // Ada sees it, but it lies in none of her places.
  EXPECT_TRUE(stand.as(ada, "GET", path).value.at("triage").is_null());
  EXPECT_EQ(stand.as(ada, "PATCH", path, put_away).code(), "thread.not-in-your-mail");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{}).code(), "field.required");
  EXPECT_EQ(stand.as(max, "PATCH", path, json::object{{"done", 1}}).status, 422);
  EXPECT_EQ(stand
                .as(max, "PATCH", "/threads/" + stand.make_id<ThreadId>().text(),
                    json::object{{"done", true}})
                .status,
            404);
  for (const auto* wrong : {"?triage=done", "?place=all&triage=done", "?place=inbox&triage=none"})
    EXPECT_EQ(stand.as(max, "GET", std::string("/threads") + wrong).status, 422) << wrong;
}

TEST_F(Threads, M2_AListIsNarrowedByFilters) {
  const auto max = stand.session_of(stand.max), ada = stand.session_of(stand.ada);
  const auto path = "/threads/" + stand.thread.text();
  const auto unread = [&](const std::string& session) {
    return stand.as(session, "GET", "/counts/unread").value;
  };
  EXPECT_EQ(rows(max, "/threads?unread=true"), 0u);
  EXPECT_EQ(unread(max).at("inbox"), 0);
  ASSERT_EQ(stand.as(max, "PATCH", path, json::object{{"unread", true}}).status, 204);
  EXPECT_EQ(rows(max, "/threads?unread=true"), 1u);
  EXPECT_EQ(rows(ada, "/threads?unread=true"), 0u);
  EXPECT_EQ(rows(ada, "/threads?unread=false"), 1u);
  for (const auto* place : {"inbox", "sent", "all"}) EXPECT_EQ(unread(max).at(place), 1) << place;
  for (const auto* place : {"followed-candidates", "followed-jobs", "non-candidates", "archived"})
    EXPECT_EQ(unread(max).at(place), 0) << place;
  EXPECT_EQ(unread(ada).at("all"), 0);
  EXPECT_EQ(rows(max, "/threads?place=inbox&to_answer=true&unread=true"), 1u);
  EXPECT_EQ(rows(max, "/threads?place=inbox&to_answer=true&triage=done"), 0u);
  // The team's: until somebody has put it away.
  const auto waits = [&] { return stand.as(ada, "GET", path).value.at("waits").as_bool(); };
  EXPECT_EQ(rows(ada, "/threads?to_answer=true"), 1u);
  EXPECT_TRUE(waits());
  const auto came = stand.as(ada, "GET", path).value.at("came").as_int64();
  ASSERT_EQ(stand.as(max, "PATCH", path, json::object{{"done", true}, {"seen", came}}).status, 204);
  EXPECT_EQ(rows(ada, "/threads?to_answer=true"), 0u);
  EXPECT_FALSE(waits());
  EXPECT_EQ(rows(ada, "/threads?place=archived&to_answer=true"), 0u);
  ASSERT_EQ(stand.as(max, "PATCH", path, json::object{{"done", false}}).status, 204);
  EXPECT_TRUE(waits());
  EXPECT_EQ(rows(ada, "/threads?to_answer=true&candidate=" + stand.carla.text()), 1u);
  EXPECT_EQ(rows(ada, "/threads?person=CARLA%40home.example"), 1u);
  EXPECT_EQ(rows(ada, "/threads?person=nobody%40home.example"), 0u);
  // One that isn't there, or isn't theirs to see.
  EXPECT_EQ(rows(ada, "/threads?job=" + stand.make_id<JobId>().text()), 0u);
  for (const auto* wrong : {"?unread=yes", "?to_answer=1", "?person=carla", "?job=welder"})
    EXPECT_EQ(stand.as(max, "GET", std::string("/threads") + wrong).status, 422) << wrong;
}

TEST_F(Threads, ABodyIsSplitIntoFreshAndQuotedWords) {
  auto body =
      stand.as(stand.session_of(stand.ada), "GET", "/messages/" + stand.message.text() + "/body");
  ASSERT_EQ(body.status, 200) << body.text;
  EXPECT_NE(std::string(body.value.at("fresh").as_string()).find("Good morning"),
            std::string::npos);
  EXPECT_EQ(std::string(body.value.at("fresh").as_string()).find("older words"), std::string::npos);
  EXPECT_EQ(body.value.at("html"), "");
}

TEST_F(Threads, AttachmentsAreDownloadsThatNoBrowserRuns) {
  const auto path = "/messages/" + stand.message.text() + "/attachments/";
  auto file = stand.as(stand.session_of(stand.max), "GET", path + "0");
  ASSERT_EQ(file.status, 200) << file.text;
  EXPECT_NE(file.text.find("<script>"), std::string::npos);
  EXPECT_EQ(file.header("Content-Type"), "application/octet-stream");
  EXPECT_TRUE(file.header("Content-Disposition").starts_with("attachment; "));
  EXPECT_NE(file.header("Content-Disposition").find("L%C3%A9b_enslauf.html"), std::string::npos);
  EXPECT_NE(file.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "GET", path + "1").status, 404);
  EXPECT_EQ(stand.as(stand.session_of(stand.max), "GET", path + "x").status, 404);
}

TEST_F(Threads, S11_TheSourceIsForWhoseMailboxItLiesIn) {
  const auto path = "/messages/" + stand.message.text() + "/raw";
  auto own = stand.as(stand.session_of(stand.max), "GET", path);
  ASSERT_EQ(own.status, 200) << own.text;
  fakes::ReadStream source;
  fakes::finish(own.stream(source));
  EXPECT_EQ(source.text, ApiStand::raw_message());
  EXPECT_EQ(own.header("Content-Type"), "message/rfc822");
  auto admin = stand.as(stand.session_of(stand.ada), "GET", path);
  EXPECT_EQ(admin.status, 404);
  EXPECT_EQ(admin.code(), "message.source-not-yours");
}

// One writer can't make everybody's lists large.
TEST_F(Threads, M2_AListIsSmallWhateverTheHeadersHold) {
  const std::string much(1 << 20, '"');
  for (int i = 0; i < 50; ++i)
    receive("Subject: " + much + "\r\nFrom: =?utf-8?q?" + much + "?= <carla@home.example>\r\n\r\n");
  auto list = stand.as(stand.session_of(stand.max), "GET", "/threads");
  ASSERT_EQ(list.status, 200);
  EXPECT_EQ(list.value.at("rows").as_array().size(), 50u);
  EXPECT_LT(list.text.size(), 200'000u);
}

TEST_F(Threads, M3_OfMorePeopleThanAHundredItIsSaidHowMany) {
  std::string to, cc;
  for (int i = 0; i < 1500; ++i) to += "p" + std::to_string(i) + "@x.example, ";
  for (int i = 0; i < 101; ++i) cc += "c" + std::to_string(i) + "@x.example, ";
  const auto thread =
      receive("From: carla@home.example\r\nTo: " + to + "\r\nCc: " + cc + "\r\n\r\n");
  const auto session = stand.session_of(stand.max);
  auto shown = stand.as(session, "GET", "/threads/" + thread.text());
  ASSERT_EQ(shown.status, 200) << shown.text;
  const auto& message = shown.value.at("messages").at(0);
  EXPECT_EQ(message.at("to").as_array().size(), 100u);
  EXPECT_EQ(message.at("to").at(99).at("address"), "p99@x.example");
  EXPECT_EQ(message.at("cc").as_array().size(), 100u);
  EXPECT_EQ(message.at("people_left_out"), 1401);
  auto other = stand.as(session, "GET", "/threads/" + stand.thread.text());
  EXPECT_EQ(other.value.at("messages").at(0).at("people_left_out"), 0);
}

// A gateway wrote one letter anew for two mailboxes (S-11): which is a version of which is said on
// each page, and in which mailbox it lies to whose that is.
TEST_F(Threads, S11_VersionsNameTheirFirstAcrossPages) {
  const auto adas = stand.make_id<MailboxId>();
  rules::Mailbox box;
  box.id = adas;
  box.owner = stand.ada.id;
  box.address = box.address_normal = stand.ada.email;
  box.proof = rules::AddressProof::sign_in;
  box.imap = {"imap.team.example", 993, "tls", stand.ada.email};
  box.smtp = {"smtp.team.example", 465, "tls", stand.ada.email};
  rules::Folder inbox;
  inbox.id = stand.make_id<FolderId>();
  inbox.mailbox = adas;
  inbox.name = inbox.wire_name = "INBOX";
  inbox.role = rules::FolderRole::incoming;
  stand.commit({store::AddMailbox{box, "p", "p"}, store::PutFolders{adas, {inbox}}});

  rules::Thread thread;
  thread.id = stand.make_id<ThreadId>();
  thread.candidate = stand.carla;
  thread.subject = "Portfolio";
  thread.last_at = stand.env.clock;
  const auto version = [&](rules::Location at, bool new_thread) {
    stand.env.clock = stand.env.clock + std::chrono::milliseconds(1);  // they come in this order
    rules::Message message;
    message.id = stand.make_id<MessageId>();
    message.envelope = mail::read_envelope(
        "From: carla@home.example\r\nDate: Sun, 01 Nov 2026 09:30:00 +0000\r\n"
        "Message-ID: <v@home.example>\r\n\r\n");
    message.fingerprint = message.id.text();
    message.date = stand.env.clock;
    message.raw = stand.make_id<BlobId>();
    std::vector<store::Change> changes{store::PutBlob{message.raw, message.id.text()},
                                       store::AddMessage{message, stand.env.clock}};
    if (new_thread) changes.push_back(store::AddThread{thread});
    changes.push_back(store::PlaceMessage{
        {thread.id, stand.carla, message.id, rules::PlacedBy::address, "carla@home.example"},
        message.date});
    changes.push_back(store::AddCopy{message.id, at, message.raw});
    stand.commit(std::move(changes));
    return message.id.text();
  };
  const auto one = version({adas, inbox.id, 7, 1}, true);
  version({stand.mailbox, stand.folder, 7, 900}, false);

  const auto session = stand.session_of(stand.max);
  const auto path = "/threads/" + thread.id.text();
  auto whole = stand.as(session, "GET", path);
  ASSERT_EQ(whole.status, 200) << whole.text;
  EXPECT_EQ(whole.value.at("count"), 2);
  const auto of = [](const json::value& message) { return message.at("version_of"); };
  for (const auto& message : whole.value.at("messages").as_array()) {
    const bool first = message.at("id") == json::value(one);
    EXPECT_EQ(of(message), first ? json::value(nullptr) : json::value(one));
    EXPECT_EQ(message.at("versions"), 2);
    // Max knows his own mailbox.
    EXPECT_EQ(message.at("version_in").as_array(),
              first ? json::array{} : json::array{json::value(stand.mailbox.text())});
  }
  auto newest = stand.as(session, "GET", path + "?limit=1");
  ASSERT_EQ(newest.status, 200) << newest.text;
  auto older =
      stand.as(session, "GET",
               path + "?limit=1&cursor=" + std::string(newest.value.at("older").as_string()));
  ASSERT_EQ(older.status, 200) << older.text;
  for (const auto* page : {&newest, &older}) {
    const auto& message = page->value.at("messages").at(0);
    EXPECT_EQ(message.at("versions"), 2);
    EXPECT_EQ(of(message),
              message.at("id") == json::value(one) ? json::value(nullptr) : json::value(one));
  }
  EXPECT_EQ(older.value.at("messages").at(0).at("id"), json::value(one));

  // What has no versions says so.
  auto other = stand.as(session, "GET", "/threads/" + stand.thread.text());
  for (const auto& message : other.value.at("messages").as_array()) {
    EXPECT_TRUE(of(message).is_null());
    EXPECT_EQ(message.at("versions"), 1);
    EXPECT_TRUE(message.at("version_in").as_array().empty());
  }
  EXPECT_EQ(stand.as(stand.session_of(stand.eve), "GET", path).status, 404);
}

}  // namespace
}  // namespace hearback::api
