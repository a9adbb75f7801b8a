#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "fakes/api_stand.hpp"
#include "rules/findable.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class SearchBox : public ::testing::Test {
 protected:
  SearchBox() { stand.found_company(); }

  json::value ask(const rules::User& user, const std::string& query) {
    auto answer = stand.as(stand.session_of(user), "GET", "/search?q=" + query);
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value;
  }
  // The stand's conversation holds these words.
  ThreadId receive(const std::string& text, std::optional<Instant> at = {}) {
    rules::Message message;
    return receive(std::move(message), text, at);
  }
  ThreadId receive(rules::Message message, const std::string& text,
                   std::optional<Instant> at = {}) {
    message.id = stand.make_id<MessageId>();
    message.envelope.subject = "Offre";
    message.envelope.from = {{"Carla", "carla@home.example", "carla@home.example"}};
    message.fingerprint = message.id.text();
    message.date = at.value_or(stand.env.clock + 1h);
    message.raw = stand.make_id<BlobId>();
    rules::Thread thread;
    thread.id = stand.make_id<ThreadId>();
    thread.candidate = stand.carla;
    thread.subject = "Offre";
    thread.last_at = message.date;
    stand.commit({store::PutBlob{message.raw,
                                 "Subject: Offre\r\nContent-Type: text/plain; charset=utf-8"
                                 "\r\n\r\n" +
                                     text},
                  store::AddMessage{message, stand.env.clock,
                                    rules::findable(message.envelope, message.attachments, text)},
                  store::AddThread{thread},
                  store::PlaceMessage{{thread.id, stand.carla, message.id, rules::PlacedBy::address,
                                       "carla@home.example"},
                                      message.date}});
    return thread.id;
  }

  ApiStand stand;
};

TEST_F(SearchBox, M6_OneBoxFindsConversationsCandidatesJobsAndColleagues) {
  const auto thread = receive("Bonjour, un été à Zürich\r\n");
  const auto found = ask(stand.max, "ete+zur");
  EXPECT_EQ(json::serialize(found.at("query")), R"({"words":["ete","zur"],"problems":[]})");
  const auto& hits = found.at("conversations").as_array();
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].at("thread").at("id").as_string(), thread.text());
  EXPECT_EQ(hits[0].at("match").at("where"), "text");
  EXPECT_EQ(json::serialize(hits[0].at("match").at("excerpt")),
            R"([{"text":"Bonjour, un ","hit":false},{"text":"été","hit":true},)"
            R"({"text":" à ","hit":false},{"text":"Zürich","hit":true}])");
  EXPECT_TRUE(found.at("next").is_null());
  EXPECT_EQ(found.at("complete"), true);
  // The row is that of the list.
  const auto listed = stand.as(stand.session_of(stand.max), "GET", "/threads").value;
  EXPECT_EQ(json::serialize(hits[0].at("thread")),
            json::serialize(listed.at("rows").as_array().at(0)));

  const auto carla = ask(stand.max, "carla");
  ASSERT_EQ(carla.at("candidates").as_array().size(), 1u);
  EXPECT_EQ(carla.at("candidates").at(0).at("id").as_string(), stand.carla.text());
  EXPECT_EQ(carla.at("conversations").at(0).at("match").at("where"), "people");
  const auto max = ask(stand.ada, "max");
  EXPECT_EQ(max.at("people").at(0).at("id").as_string(), stand.max.id.text());
  EXPECT_TRUE(ask(stand.ada, "from:max").at("people").as_array().empty());
  EXPECT_TRUE(ask(stand.ada, "").at("conversations").as_array().empty());
}

// Where it isn't all in the mail; the file is named, and read is what was kept of it.
TEST_F(SearchBox, M6_WhatStandsInAFileIsShownWithItsName) {
  rules::Message message;
  auto& file = message.attachments.emplace_back();
  file.index = 0;
  file.filename = "CV Carla.pdf";
  file.octets = 1000;
  receive(message, "Bonjour, voici mon dossier\r\n");
  auto found = ask(stand.max, "dossier");
  EXPECT_EQ(found.at("complete"), false);  // it waits to be read
  EXPECT_EQ(ask(stand.max, "kubernetes").at("conversations").as_array().size(), 0u);
  const auto waiting =
      stand.store->ask(store::FilesToRead{rules::engine_scope(stand.company), true});
  ASSERT_TRUE(waiting && *waiting);
  message = (*waiting)->message;
  EXPECT_EQ((*waiting)->own_words, "Bonjour, voici mon dossier");
  const std::vector<rules::FileText> contents{{0, "I ran Kubernetes at large"}};
  const auto blob = stand.make_id<BlobId>();
  stand.commit({store::PutBlob{blob, contents[0].text},
                store::PutContents{message.id,
                                   {{0, blob}},
                                   rules::findable(message.envelope, message.attachments,
                                                   *(*waiting)->own_words, contents)}});
  found = ask(stand.max, "kubernetes");
  EXPECT_EQ(found.at("complete"), true);
  const auto& match = found.at("conversations").at(0).at("match");
  EXPECT_EQ(match.at("where"), "contents");
  EXPECT_EQ(json::serialize(match.at("file")), R"({"index":0,"name":"CV Carla.pdf"})");
  EXPECT_EQ(json::serialize(match.at("excerpt")),
            R"([{"text":"I ran ","hit":false},{"text":"Kubernetes","hit":true},)"
            R"({"text":" at large","hit":false}])");
  EXPECT_EQ(ask(stand.max, "dossier").at("conversations").at(0).at("match").at("where"), "text");
  EXPECT_TRUE(ask(stand.max, "dossier").at("conversations").at(0).at("match").at("file").is_null());
}

TEST_F(SearchBox, M6_WhatIsNotUnderstoodIsSaidAndSearchedFor) {
  receive("red yesterday");
  const auto found = ask(stand.max, "color:red+before:yesterday");
  EXPECT_EQ(json::serialize(found.at("query").at("problems")),
            R"([{"code":"search.unknown-filter","part":"color:red"},)"
            R"({"code":"search.bad-date","part":"before:yesterday"}])");
  EXPECT_TRUE(found.at("conversations").as_array().empty());  // “color” stands nowhere
  EXPECT_EQ(ask(stand.max, "before:yesterday").at("conversations").as_array().size(), 1u);
  const auto session = stand.session_of(stand.max);
  EXPECT_EQ(stand.as(session, "GET", "/search").status, 422);
  EXPECT_EQ(stand.as(session, "GET", "/search?q=" + std::string(501, 'x')).status, 422);
  EXPECT_EQ(stand.as(session, "GET", "/search?q=" + std::string(500, 'x')).status, 200);
  EXPECT_EQ(stand.as(session, "GET", "/search?q=x&cursor=nonsense").status, 422);
}

TEST_F(SearchBox, M6_WhatNothingSaysAsItWasTypedIsFoundInOtherForms) {
  for (int i = 0; i < 25; ++i) receive("Ihre Bewerbung bei uns");
  const auto exact = ask(stand.max, "bewerbung");
  EXPECT_TRUE(exact.at("query").at("problems").as_array().empty());
  const auto first = ask(stand.max, "Bewerbungen");
  EXPECT_EQ(json::serialize(first.at("query")),
            R"({"words":["bewerbung"],)"
            R"("problems":[{"code":"search.other-forms","part":"bewerbung"}]})");
  ASSERT_EQ(first.at("conversations").as_array().size(), 20u);
  EXPECT_EQ(json::serialize(first.at("conversations").at(0).at("match").at("excerpt")),
            R"([{"text":"Ihre ","hit":false},{"text":"Bewerbung","hit":true},)"
            R"({"text":" bei uns","hit":false}])");
  const auto next = std::string(first.at("next").as_string());
  const auto second = ask(stand.max, "Bewerbungen&cursor=" + next);
  EXPECT_EQ(second.at("conversations").as_array().size(), 5u);
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_EQ(second.at("query"), first.at("query"));
  EXPECT_EQ(
      stand.as(stand.session_of(stand.max), "GET", "/search?q=bewerbung&cursor=" + next).status,
      422);
  // What says it as it was typed is what was meant.
  receive("Alle Bewerbungen");
  EXPECT_EQ(ask(stand.max, "Bewerbungen").at("conversations").as_array().size(), 1u);
  const auto nothing = ask(stand.max, "nirgends");
  EXPECT_TRUE(nothing.at("query").at("problems").as_array().empty());
  EXPECT_EQ(json::serialize(nothing.at("query").at("words")), R"(["nirgends"])");
}

TEST_F(SearchBox, M6_ThePagesGoOnWithoutTheNames) {
  for (int i = 0; i < 25; ++i) receive("common words of carla");
  const auto first = ask(stand.max, "common+carla");
  EXPECT_EQ(first.at("conversations").as_array().size(), 20u);
  const auto next = std::string(first.at("next").as_string());
  const auto second = ask(stand.max, "common+carla&cursor=" + next);
  EXPECT_EQ(second.at("conversations").as_array().size(), 5u);
  EXPECT_TRUE(second.at("candidates").as_array().empty());
  EXPECT_TRUE(second.at("next").is_null());
}

// The files on profiles have an answer of their own.
class ProfileFiles : public SearchBox {
 protected:
  UploadId put(const std::string& name) {
    const auto file = stand.make_id<UploadId>();
    const auto blob = stand.make_id<BlobId>();
    const auto by = rules::user_scope(stand.company, stand.max);
    stand.commit(
        {store::PutBlob{blob, "octets"},
         store::AddUpload{file, stand.max.id, name, "application/pdf", blob, 6, stand.env.clock},
         store::AddFile{file, stand.carla, by, stand.env.clock}});
    return file;
  }
  json::value files(const rules::User& user, const std::string& query) {
    auto answer = stand.as(stand.session_of(user), "GET", "/search/files?q=" + query);
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.value;
  }
};

TEST_F(ProfileFiles, M6_W9_AreFoundByNameAndByWhatStandsInThem) {
  const auto cv = put("CV Carla.pdf");
  auto found = files(stand.max, "carla");
  EXPECT_EQ(found.at("complete"), false);  // it waits to be read
  const auto& named = found.at("files").at(0);
  EXPECT_EQ(named.at("where"), "files");
  EXPECT_EQ(json::serialize(named.at("excerpt")),
            R"([{"text":"CV ","hit":false},{"text":"Carla","hit":true},)"
            R"({"text":".pdf","hit":false}])");
  EXPECT_TRUE(files(stand.max, "kubernetes").at("files").as_array().empty());
  const auto text = stand.make_id<BlobId>();
  stand.commit({store::PutBlob{text, "I ran Kubernetes at large"},
                store::PutOwnFileText{
                    cv, text, rules::findable_file("CV Carla.pdf", "I ran Kubernetes at large")}});
  found = files(stand.max, "kubernetes");
  EXPECT_EQ(found.at("complete"), true);
  const auto& file = found.at("files").at(0);
  EXPECT_EQ(file.at("file").as_string(), cv.text());
  EXPECT_EQ(file.at("candidate").at("id").as_string(), stand.carla.text());
  EXPECT_EQ(file.at("filename"), "CV Carla.pdf");
  EXPECT_EQ(file.at("added_by").as_string(), stand.max.name);
  EXPECT_EQ(file.at("at").as_string(), to_rfc3339(stand.env.clock));
  EXPECT_EQ(file.at("where"), "contents");
  EXPECT_EQ(json::serialize(file.at("excerpt")),
            R"([{"text":"I ran ","hit":false},{"text":"Kubernetes","hit":true},)"
            R"({"text":" at large","hit":false}])");
  EXPECT_TRUE(ask(stand.max, "kubernetes").at("conversations").as_array().empty());
  EXPECT_EQ(ask(stand.max, "kubernetes").at("complete"), true);
}

TEST_F(ProfileFiles, P5_AreFoundByWhoSeesTheCandidateInPagesOfTheirOwn) {
  for (int i = 0; i < 25; ++i) put("CV " + std::to_string(i) + ".pdf");
  const auto first = files(stand.max, "cv");
  EXPECT_EQ(first.at("files").as_array().size(), 20u);
  const auto next = std::string(first.at("next").as_string());
  const auto second = files(stand.max, "cv&cursor=" + next);
  EXPECT_EQ(second.at("files").as_array().size(), 5u);
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_EQ(files(stand.max, "cv&limit=3").at("files").as_array().size(), 3u);
  const auto status = [&](const rules::User& user, const std::string& query) {
    return stand.as(stand.session_of(user), "GET", query).status;
  };
  EXPECT_EQ(status(stand.ada, "/search/files?q=cv&cursor=" + next), 422);
  EXPECT_EQ(status(stand.max, "/search/files?q=c&cursor=" + next), 422);
  EXPECT_EQ(status(stand.max, "/search?q=cv&cursor=" + next), 422);
  EXPECT_EQ(status(stand.max, "/search/files"), 422);
  const auto none = files(stand.eve, "cv");
  EXPECT_TRUE(none.at("files").as_array().empty());
  EXPECT_TRUE(none.at("next").is_null());
  EXPECT_EQ(none.at("complete"), true) << "what waits is nothing that she could see";
}

// To whom and what it was given, and telling no date: it may be that of mail one may not see.
TEST_F(SearchBox, P5_ACursorTellsNothingAndIsOfOneSearch) {
  for (int i = 0; i < 25; ++i) receive("common words");
  const auto next = std::string(ask(stand.max, "common").at("next").as_string());
  const auto octets = from_base64url(next);
  ASSERT_TRUE(octets);
  std::size_t digits = 0, most = 0;
  for (const unsigned char c : *octets) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    most = std::max(most, digits);
  }
  EXPECT_LT(most, 8u);
  EXPECT_EQ(octets->find("0000-0000"), std::string::npos);
  EXPECT_NE(next, ask(stand.max, "common").at("next").as_string());
  const auto status = [&](const rules::User& user, const std::string& query) {
    const auto answer = stand.as(stand.session_of(user), "GET", "/search?q=" + query);
    return answer.status == 200 ? "" : std::string(answer.value.at("code").as_string());
  };
  EXPECT_EQ(status(stand.max, "common&cursor=" + next), "");
  EXPECT_EQ(status(stand.ada, "common&cursor=" + next), "page.bad-cursor");
  EXPECT_EQ(status(stand.max, "words&cursor=" + next), "page.bad-cursor");
  EXPECT_EQ(status(stand.max, "common&cursor=" + to_base64url("x" + *octets)), "page.bad-cursor");
}

TEST_F(SearchBox, M6_DaysAreTheReaders) {
  receive("words", Instant{1'793'748'600'000});  // 2026-11-03T23:30Z
  const auto found = [&](const std::string& zone, const std::string& query) {
    auto max = stand.max;
    max.time_zone = zone;
    stand.commit({store::PutUser{max, {}, stand.env.clock}});
    return ask(stand.max, query).at("conversations").as_array().size();
  };
  EXPECT_EQ(found("Asia/Tokyo", "words+after:2026-11-04"), 1u);
  EXPECT_EQ(found("Asia/Tokyo", "words+before:2026-11-04"), 0u);
  EXPECT_EQ(found("UTC", "words+after:2026-11-04"), 0u);
  EXPECT_EQ(found("America/New_York", "words+before:2026-11-04+after:2026-11-03"), 1u);
}

TEST_F(SearchBox, P5_NothingIsFoundOfWhatTheAskerMayNotSee) {
  receive("secret words");
  rules::User eve = stand.max;
  eve.id = stand.make_id<UserId>();
  eve.email = eve.email_normal = "looker@team.example";
  eve.role = rules::Role::evaluator;
  eve.all_jobs = false;
  stand.commit({store::PutUser{eve, "hash", stand.env.clock}});
  const auto found = ask(eve, "secret");
  for (const char* list : {"conversations", "candidates", "jobs"})
    EXPECT_TRUE(found.at(list).as_array().empty()) << list;
  EXPECT_TRUE(found.at("next").is_null());
  EXPECT_TRUE(ask(eve, "carla").at("candidates").as_array().empty());
  EXPECT_EQ(ask(stand.max, "secret").at("conversations").as_array().size(), 1u);
}

}  // namespace
}  // namespace hearback::api
