#include <gtest/gtest.h>

#include <map>

#include "fakes/api_stand.hpp"
#include "mail/parse.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::Answer;
using fakes::ApiStand;

class Messages : public ::testing::Test {
 protected:
  Messages() {
    stand.found_company();
    max = stand.session_of(stand.max);
  }

  json::object draft() {
    return {{"mailbox", stand.mailbox.text()},
            {"thread", stand.thread.text()},
            {"to", {"carla@home.example"}},
            {"subject", "Re: Hello"},
            {"text", "Thank you"}};
  }
  Answer send(json::object body, fakes::Headers headers = {}) {
    return stand.as(max, "POST", "/messages", std::move(body), std::move(headers));
  }
  std::string refused(json::object body) {
    auto answer = send(std::move(body));
    return std::to_string(answer.status) + " " + answer.code() + " " + answer.field();
  }
  // A file that came with a message of a conversation.
  static json::object came(MessageId message, int index) {
    return {{"message", message.text()}, {"index", index}};
  }
  std::string refused_with(json::object file) {
    auto body = draft();
    body["files"] = json::array{std::move(file)};
    return refused(std::move(body));
  }
  // The stand's message again, in a conversation of its own.
  MessageId place_again(CandidateId candidate, rules::ThreadKind kind, std::uint64_t octets = 100) {
    auto message =
        stand.ask(store::MessageById{rules::engine_scope(stand.company), stand.message})->message;
    message.id = stand.make_id<MessageId>();
    message.octets = octets;
    message.envelope.message_id = message.id.text() + "@home.example";
    message.fingerprint = std::string(32, static_cast<char>('h' + again++));
    const auto thread = stand.make_id<ThreadId>();
    stand.commit({store::AddMessage{message, stand.env.clock},
                  store::AddThread{{thread, candidate, kind, "Hello", stand.env.clock}},
                  store::PlaceMessage{{thread, candidate, message.id, rules::PlacedBy::address,
                                       "carla@home.example"},
                                      stand.env.clock}});
    return message.id;
  }
  int again = 0;
  // Of Carla, in the stand's conversation.
  void comes(const std::string& message_id, Duration after) {
    rules::Message newer;
    newer.id = stand.make_id<MessageId>();
    newer.envelope.from = {{"Carla", "carla@home.example", "carla@home.example"}};
    newer.envelope.message_id = message_id;
    newer.fingerprint = digest(message_id);
    newer.date = stand.env.clock + after;
    newer.raw = stand.make_id<BlobId>();
    stand.commit({store::PutBlob{newer.raw, "x"}, store::AddMessage{newer, stand.env.clock},
                  store::PlaceMessage{{stand.thread, stand.carla, newer.id,
                                       rules::PlacedBy::reply_to, "one@home.example"},
                                      newer.date}});
  }

  Answer upload(std::string name, std::string bytes, std::string type = "text/plain") {
    auto request = ApiStand::request_for("POST", "/api/v1/uploads?filename=" + name);
    request.headers.emplace_back("cookie", "hearback=" + max);
    request.headers.emplace_back("origin", "http://127.0.0.1:8025");
    request.headers.emplace_back("sec-fetch-site", "same-origin");
    request.headers.emplace_back("content-type", type);
    request.body = std::move(bytes);
    return stand.send(std::move(request));
  }

  ApiStand stand;
  std::string max;
};

TEST_F(Messages, W1_W5_AReplyIsInTheOutboxAndInItsThreadAtOnce) {
  auto file = upload("Zusage.txt", "attached");
  ASSERT_EQ(file.status, 201) << file.text;
  auto body = draft();
  body["html"] = "<p>Thank you</p>";
  body["attachments"] = json::array{file.value.at("id")};
  auto answer = send(body);
  ASSERT_EQ(answer.status, 202) << answer.text;
  EXPECT_EQ(answer.value.at("state"), "queued");
  EXPECT_EQ(answer.value.at("thread"), stand.thread.text().c_str());

  const auto id = *OutboxId::parse(std::string_view(answer.value.at("id").as_string()));
  auto row = stand.ask(store::OutboxById{rules::engine_scope(stand.company), id});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->author, stand.max.id);
  EXPECT_EQ(row->recipients, std::vector<std::string>{"carla@home.example"});
  auto bytes = stand.ask(store::BlobBytes{stand.company, row->bytes});
  ASSERT_TRUE(bytes);
  EXPECT_NE(bytes->find("In-Reply-To: <two@team.example>"), std::string::npos) << *bytes;
  EXPECT_NE(bytes->find("Zusage.txt"), std::string::npos);

  auto thread = stand.as(max, "GET", "/threads/" + stand.thread.text());
  const auto& messages = thread.value.at("messages").as_array();
  ASSERT_EQ(messages.size(), 3u);
  bool shown = false;
  for (const auto& message : messages)
    if (message.at("id") == answer.value.at("message")) {
      shown = true;
      EXPECT_EQ(message.at("why").at("by"), "sent_here");
      EXPECT_EQ(message.at("outbox").at("state"), "queued");
      EXPECT_EQ(message.at("attachments").at(0).at("filename"), "Zusage.txt");
    }
  EXPECT_TRUE(shown);
}

TEST_F(Messages, W9_AFileOfTheCandidatesGoesAlong) {
  auto file = upload("Zusage.txt", "attached");
  auto body = draft();
  body["attachments"] = json::array{file.value.at("id")};
  body["files"] = json::array{came(stand.message, 0)};
  auto answer = send(body);
  ASSERT_EQ(answer.status, 202) << answer.text;
  const auto id = *OutboxId::parse(std::string_view(answer.value.at("id").as_string()));
  auto row = stand.ask(store::OutboxById{rules::engine_scope(stand.company), id});
  auto bytes = stand.ask(store::BlobBytes{stand.company, row->bytes});
  const auto sent = mail::parse(*bytes);
  ASSERT_EQ(sent->attachments.size(), 2u);
  EXPECT_EQ(sent->attachments[0].filename, "Zusage.txt");
  EXPECT_EQ(sent->attachments[1].filename, "Léb_enslauf.html");
  EXPECT_EQ(sent->attachments[1].type, "text/html");
  EXPECT_EQ(sent->attachments[1].content, "<script>alert(1)</script>");
}

// No candidate gets what another one sent, or what colleagues said among themselves; and nobody
// learns what lies where they may not look (SEE-4).
TEST_F(Messages, W9_FilesOfOthersStayWhereTheyAre) {
  EXPECT_EQ(refused_with(came(stand.message, 1)), "422 files.missing files");
  EXPECT_EQ(refused_with(came(*MessageId::parse(stand.carla.text()), 0)),
            "422 files.missing files");
  EXPECT_EQ(refused_with({{"message", stand.message.text()}}), "422 field.required files.index");
  EXPECT_EQ(refused_with({{"message", stand.message.text()}, {"index", -1}}),
            "422 field.invalid files.index");
  const auto dora = stand.add_candidate("Dora", "dora@home.example", stand.engineer);
  const auto theirs = place_again(dora, rules::ThreadKind::conversation);
  EXPECT_EQ(refused_with(came(theirs, 0)), "422 files.elsewhere files");
  const auto among_us = place_again(stand.carla, rules::ThreadKind::internal_forward);
  EXPECT_EQ(refused_with(came(among_us, 0)), "422 files.elsewhere files");
  const auto unseen = stand.add_candidate("Emil", "emil@home.example", stand.designer);
  const auto hidden = place_again(unseen, rules::ThreadKind::conversation);
  EXPECT_EQ(refused_with(came(hidden, 0)), "422 files.missing files");
}

TEST_F(Messages, W9_FilesCountWithWhatIsAttached) {
  auto body = draft();
  json::array files;
  for (int i = 0; i < 51; ++i) files.push_back(came(stand.message, i));
  body["files"] = files;
  EXPECT_EQ(refused(body), "422 field.too-many files");
  files.pop_back();
  body["files"] = files;
  EXPECT_EQ(refused(body), "422 files.missing files");  // the second isn't there
  body["attachments"] = json::array{stand.carla.text()};
  EXPECT_EQ(refused(body), "422 field.too-many files");
  body = draft();
  body["files"] = json::array{came(stand.message, 0), came(stand.message, 0)};
  EXPECT_EQ(refused(body), "422 field.invalid files");
}

// A file that can't be read alone costs its whole message.
TEST_F(Messages, W9_WhatHasToBeUnpackedHasABound) {
  json::array files;
  for (int i = 0; i < 3; ++i)
    files.push_back(came(place_again(stand.carla, rules::ThreadKind::conversation, 50u << 20), 0));
  auto body = draft();
  body["files"] = files;
  EXPECT_EQ(refused(body), "422 message.too-large files");
  files.pop_back();
  body["files"] = files;
  EXPECT_EQ(send(body).status, 202);
}

TEST_F(Messages, W1_ANewConversationBeginsAThread) {
  auto body = draft();
  body.erase("thread");
  body["candidate"] = stand.carla.text();
  auto answer = send(body);
  ASSERT_EQ(answer.status, 202) << answer.text;
  EXPECT_NE(answer.value.at("thread"), stand.thread.text().c_str());
  const std::string thread(answer.value.at("thread").as_string());
  EXPECT_EQ(stand.as(stand.session_of(stand.ada), "GET", "/threads/" + thread).status, 200);
  EXPECT_EQ(stand.as(stand.session_of(stand.eve), "GET", "/threads/" + thread).status, 404);
}

TEST_F(Messages, O2_ARepeatedRequestSendsOnce) {
  const fakes::Headers key{{"idempotency-key", "send-once-1"}};
  auto first = send(draft(), key);
  auto second = send(draft(), key);
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(second.status, 202);
  EXPECT_EQ(first.text, second.text);
  EXPECT_EQ(stand.as(max, "GET", "/outbox").value.at("rows").as_array().size(), 2u);
  auto other = draft();
  other["text"] = "Something else";
  EXPECT_EQ(send(other, key).code(), "idempotency.reused");
}

TEST_F(Messages, O2_W5_WhatIsChangedAfterNobodyAnsweredGoesInsteadOfIt) {
  const auto sent = [&] {
    return stand.as(max, "GET", "/outbox").value.at("rows").as_array().size();
  };
  const auto before = sent();
  auto changed = draft();
  changed["text"] = "Something else";
  const fakes::Headers instead{{"idempotency-key", "the-changed-one"},
                               {"idempotency-instead-of", "the-first-one"}};
  EXPECT_EQ(send(draft(), {{"idempotency-key", "the-first-one"}}).status, 202);
  EXPECT_EQ(send(changed, instead).code(), "idempotency.other-done");
  EXPECT_EQ(sent(), before + 1);

  const fakes::Headers another{{"idempotency-key", "another-one"},
                               {"idempotency-instead-of", "one-that-is-late"}};
  EXPECT_EQ(send(changed, another).status, 202);
  EXPECT_EQ(send(draft(), {{"idempotency-key", "one-that-is-late"}}).code(), "idempotency.reused");
  EXPECT_EQ(sent(), before + 2);
}

TEST_F(Messages, C6_OnlyThroughAMailboxOfOnesOwn) {
  const auto ada = stand.session_of(stand.ada);
  auto answer = stand.as(ada, "POST", "/messages", draft());
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.code(), "mailbox.missing");
}

TEST_F(Messages, P1_OnlyToWhomOneMaySee) {
  rules::Mailbox box;
  box.id = stand.make_id<MailboxId>();
  box.owner = stand.eve.id;
  box.address = box.address_normal = stand.eve.email;
  box.proof = rules::AddressProof::sign_in;
  box.imap = box.smtp = {"mail.team.example", 993, "tls", "eve"};
  stand.commit({store::AddMailbox{box, "x", "x"}});
  auto body = draft();
  body["mailbox"] = box.id.text();
  auto answer = stand.as(stand.session_of(stand.eve), "POST", "/messages", body);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.code(), "thread.missing");
  body.erase("thread");
  body["candidate"] = stand.carla.text();
  EXPECT_EQ(stand.as(stand.session_of(stand.eve), "POST", "/messages", body).code(),
            "candidate.missing");
}

TEST_F(Messages, W3_CopiesToCandidatesAreRefused) {
  stand.add_candidate("Dora", "dora@home.example", stand.engineer);
  auto body = draft();
  body["cc"] = json::array{"dora@home.example"};
  EXPECT_EQ(refused(body), "422 recipients.candidate-in-copy cc");
  body["cc"] = json::array{};
  body["bcc"] = json::array{"Dora@Home.example"};
  EXPECT_EQ(refused(body), "422 recipients.candidate-in-copy bcc");
}

// Whatever is asked, nobody learns by it who is a candidate that they may not see.
TEST_F(Messages, SEE4_WhoIsUnseenIsAnsweredLikeNobody) {
  stand.add_candidate("Dora", "dora@home.example", stand.designer);  // Max doesn't see her
  const auto answers = [&](const std::string& address) {
    std::vector<std::string> heard;
    const auto hear = [&](json::object body) { heard.push_back(refused(std::move(body))); };
    for (const char* field : {"to", "cc", "bcc"}) {
      auto body = draft();
      body[field] = json::array{address};
      hear(body);
      body["in_reply_to"] = stand.carla.text();  // no message at all
      hear(body);
      body["in_reply_to"] = stand.message.text();
      hear(body);
      body.erase("in_reply_to");
      body.erase("thread");
      body["candidate"] = stand.carla.text();
      hear(body);
    }
    return heard;
  };
  EXPECT_EQ(answers("dora@home.example"), answers("nobody@home.example"));
  auto body = draft();
  body["cc"] = json::array{"dora@home.example"};
  body["in_reply_to"] = stand.carla.text();
  EXPECT_EQ(refused(body), "422 message.not-in-thread in_reply_to");
}

TEST_F(Messages, W7_HeaderTricksAreRefused) {
  auto body = draft();
  body["subject"] = "x\r\nBcc: evil@home.example";
  EXPECT_EQ(refused(body), "422 field.invalid subject");
  body = draft();
  body["to"] = json::array{"carla@home.example\r\nRCPT TO:<evil@home.example>"};
  EXPECT_EQ(refused(body), "422 field.invalid to");
  body["to"] = json::array{"carla@home.example, evil@home.example"};
  EXPECT_EQ(refused(body), "422 address.invalid to");
  body["to"] = json::array{};
  EXPECT_EQ(refused(body), "422 field.required to");
}

TEST_F(Messages, DraftsAreReadStrictly) {
  auto body = draft();
  body["not_before"] = "2026-11-01T00:00:00Z";
  EXPECT_EQ(refused(body), "422 field.unknown not_before");
  body = draft();
  body.erase("to");
  EXPECT_EQ(refused(body), "422 field.required to");
  body = draft();
  body["attachments"] = json::array{stand.carla.text()};
  EXPECT_EQ(refused(body), "422 upload.missing attachments");
  body = draft();
  body["candidate"] = stand.add_candidate("Dora", "dora@home.example", stand.engineer).text();
  EXPECT_EQ(refused(body), "422 thread.other-candidate candidate");
}

TEST_F(Messages, T4_TheQuestionIsAConflictUntilItIsAnswered) {
  const auto known = [&] {
    return stand.as(max, "GET", "/threads/" + stand.thread.text()).value.at("came");
  };
  auto body = draft();
  body["in_reply_to"] = stand.message.text();
  const auto before = known();
  comes("three@home.example", 1h);
  EXPECT_EQ(refused(body), "409 thread.newer-message ");
  body["seen"] = before;
  EXPECT_EQ(refused(body), "409 thread.newer-message ");
  EXPECT_EQ(send(body).value.at("came"), known());
  EXPECT_EQ(send(body).value.at("thread").as_string(), stand.thread.text());
  // Between the question and its answer, and dated before all of it.
  body["seen"] = known();
  comes("zero@home.example", -1h);
  EXPECT_EQ(refused(body), "409 thread.newer-message ");
  body["internal"] = true;
  EXPECT_EQ(refused(body), "409 thread.newer-message ");
  body["seen"] = known();
  EXPECT_EQ(send(body).status, 202);
  body["seen"] = -1;
  EXPECT_EQ(refused(body), "422 field.invalid seen");
  body["seen"] = "1";
  EXPECT_EQ(refused(body), "422 field.invalid seen");
}

TEST_F(Messages, T4_WhatWasSeenOfAConversationThatBecamePartOfThisOneSaysNothingOfIt) {
  const auto part = stand.make_id<ThreadId>();
  stand.commit({store::AddThread{
      {part, stand.carla, rules::ThreadKind::conversation, "Hello", stand.env.clock}}});
  comes("three@home.example", 1h);
  stand.commit({store::UniteThreads{part, stand.thread}});
  auto body = draft();
  body["thread"] = part.text();
  body["in_reply_to"] = stand.message.text();
  body["seen"] = 3;
  EXPECT_EQ(refused(body), "409 thread.newer-message ");
  body["thread"] = stand.thread.text();
  body["seen"] = 1000;  // of a time that a backup took back
  EXPECT_EQ(refused(body), "409 thread.newer-message ");
  body["seen"] = send(body).value.at("came");
  EXPECT_EQ(send(body).status, 202);
}

TEST_F(Messages, W5_WhatFailedIsGivenUpAsWhatReplacesItIsTaken) {
  auto first = draft();
  first["cc"] = json::array{"eve@team.example"};
  first["bcc"] = json::array{"ada@team.example"};
  const auto sent = send(first);
  ASSERT_EQ(sent.status, 202) << sent.text;
  EXPECT_EQ(sent.value.at("mine"), true);
  const auto row = std::string(sent.value.at("id").as_string());
  const auto state = [&](const std::string& id) {
    return std::string(stand.as(max, "GET", "/outbox/" + id).value.at("state").as_string());
  };
  // Its writer sees to whom it went besides, and nobody else.
  const auto shown = [&](const std::string& reader) {
    const auto thread = stand.as(reader, "GET", "/threads/" + stand.thread.text());
    for (const auto& message : thread.value.at("messages").as_array())
      if (message.at("id") == sent.value.at("message")) return message.at("outbox").as_object();
    return json::object();
  };
  EXPECT_EQ(shown(max).at("bcc"), json::array{"ada@team.example"});
  const auto colleague = shown(stand.session_of(stand.ada));
  EXPECT_FALSE(colleague.contains("bcc"));
  EXPECT_EQ(colleague.at("mine"), false);

  auto again = draft();
  again["in_reply_to"] = sent.value.at("message");
  again["replaces"] = row;
  again["seen"] = stand.as(max, "GET", "/threads/" + stand.thread.text()).value.at("came");
  again["to"] = json::array{};
  EXPECT_EQ(refused(again), "422 field.required to");
  EXPECT_EQ(state(row), "queued") << "nothing was taken in its place";
  again["to"] = json::array{"carla@home.example"};
  const auto other = stand.as(stand.session_of(stand.ada), "POST", "/messages", again);
  EXPECT_EQ(other.status, 404);
  const auto taken = send(again, {{"idempotency-key", "edited-once"}});
  ASSERT_EQ(taken.status, 202) << taken.text;
  EXPECT_EQ(state(row), "cancelled");
  const auto envelope = [&](const Answer& of) {
    const auto id = MessageId::parse(std::string_view(of.value.at("message").as_string()));
    return stand.ask(store::MessageById{rules::engine_scope(stand.company), *id})->message.envelope;
  };
  EXPECT_EQ(envelope(taken).in_reply_to, envelope(sent).in_reply_to) << "nobody got that one";
  EXPECT_EQ(envelope(taken).references, envelope(sent).references);
  EXPECT_EQ(state(std::string(taken.value.at("id").as_string())), "queued");
  // Tried again with its key it is the same.
  EXPECT_EQ(send(again, {{"idempotency-key", "edited-once"}}).value, taken.value);
  again["seen"] = stand.as(max, "GET", "/threads/" + stand.thread.text()).value.at("came");
  EXPECT_EQ(send(again).status, 202) << "what was given up needs no giving up";
  again["replaces"] = stand.outbox.text();  // nobody knows whether that went
  EXPECT_EQ(refused(again), "409 outbox.too-late ");
}

TEST_F(Messages, AMailboxThatIsOffSendsNothing) {
  stand.commit({store::SetMailboxState{stand.mailbox, rules::MailboxState::off}});
  EXPECT_EQ(refused(draft()), "409 mailbox.off mailbox");
}

TEST_F(Messages, UploadsKeepTheirNameAndAreTheUploadersOwn) {
  auto file = upload("C:%5CDocs%5CL%C3%A9on.pdf", "bytes", "application/pdf; x=y");
  ASSERT_EQ(file.status, 201) << file.text;
  EXPECT_EQ(file.value.at("filename"), "Léon.pdf");
  EXPECT_EQ(file.value.at("type"), "application/pdf");
  EXPECT_EQ(file.value.at("octets"), 5);
  EXPECT_EQ(upload("a%0D%0Ab.txt", "x").field(), "filename");
  EXPECT_EQ(upload("", "x").field(), "filename");
  EXPECT_EQ(upload("m.eml", "x", "message/rfc822").value.at("type"), "application/octet-stream");
  const auto id = *UploadId::parse(std::string_view(file.value.at("id").as_string()));
  EXPECT_FALSE(stand.ask(store::UploadById{rules::user_scope(stand.company, stand.ada), id}));
}

TEST_F(Messages, UploadsThatWaitAreBoundedPerUser) {
  stand.limits.upload_octets_of_user = 10;
  stand.limits.uploads_of_company = 3;
  stand.open_api();
  EXPECT_EQ(upload("a.txt", "12345").status, 201);
  EXPECT_EQ(upload("b.txt", "12345").status, 201);
  auto full = upload("c.txt", "x");
  EXPECT_EQ(full.status, 429);
  EXPECT_EQ(full.code(), "uploads.too-many");
  const auto ada = stand.session_of(stand.ada);
  const auto others = [&] { return stand.as(ada, "POST", "/uploads?filename=d.txt").status; };
  EXPECT_EQ(others(), 201);
  EXPECT_EQ(others(), 429);  // the company's three
}

TEST_F(Messages, AnUploadsNameIsOneToSaveUnder) {
  const auto named = [&](std::string name) {
    auto kept = upload(std::move(name), "x");
    return kept.status == 201 ? std::string(kept.value.at("filename").as_string())
                              : kept.code() + " " + kept.field();
  };
  EXPECT_EQ(named("CV.pdf"), "CV.pdf");
  EXPECT_EQ(named("C%3A%5CUsers%5CMax%5CCV.pdf"), "CV.pdf");
  EXPECT_EQ(named("CV%E2%80%AEfdp.exe"), "CVfdp.exe");  // U+202E
  EXPECT_EQ(named("CV%E2%80%8B.pdf"), "CV.pdf");        // U+200B
  for (const char* none : {"", ".", "..", "%2F..", "%20", "%E2%80%AE"})
    EXPECT_EQ(named(none), "field.invalid filename") << none;
}

TEST_F(Messages, AnUploadThatHasNoRoomIsRefusedBeforeItComes) {
  stand.limits.upload_octets_of_user = 100'000;
  stand.open_api();
  const auto room = [&](const char* path, std::optional<std::uint64_t> length) {
    auto head = fakes::ApiStand::request_for("POST", path);
    head.headers.emplace_back("cookie", "hearback=" + stand.session_of(stand.max));
    return fakes::finish(stand.api->body_room(head, length));
  };
  EXPECT_FALSE(room("/api/v1/uploads", 100'000).refusal);
  EXPECT_EQ(upload("a.txt", std::string(50'000, 'a')).status, 201);
  EXPECT_FALSE(room("/api/v1/uploads", 50'000).refusal);
  for (auto length :
       {std::optional<std::uint64_t>(50'001), std::optional<std::uint64_t>(1 << 20)}) {
    const auto full = room("/api/v1/uploads", length);
    ASSERT_TRUE(full.refusal);
    EXPECT_EQ(full.refusal->status, 429);
    EXPECT_NE(full.refusal->body.find("uploads.too-many"), std::string::npos);
  }
  EXPECT_FALSE(room("/api/v1/uploads", std::nullopt).refusal);  // in chunks: as long as any has
  EXPECT_EQ(upload("b.txt", std::string(50'000, 'b')).status, 201);
  EXPECT_TRUE(room("/api/v1/uploads", std::nullopt).refusal);
  EXPECT_FALSE(room("/api/v1/messages", 50'000).refusal);
}

// Of files that come beside each other none comes in vain: they share what room is left.
TEST_F(Messages, UploadsBesideEachOtherShareTheRoomThatIsLeft) {
  stand.limits.upload_octets_of_user = 100'000;
  stand.limits.upload_octets_of_company = 120'000;
  stand.open_api();
  EXPECT_EQ(upload("a.txt", std::string(40'000, 'a')).status, 201);
  auto head = fakes::ApiStand::request_for("POST", "/api/v1/uploads");
  head.headers.emplace_back("cookie", "hearback=" + stand.session_of(stand.max));
  std::map<std::string, std::size_t> most;
  for (const auto& share : fakes::finish(stand.api->body_room(head, 30'000)).shares)
    most[share.who] = share.most;
  EXPECT_EQ(most["uploads of user " + stand.max.id.text()], 60'000u);
  EXPECT_EQ(most["uploads of company " + stand.company.text()], 80'000u);
  // One in chunks is told why, once it has come, not to come again.
  most.clear();
  for (const auto& share : fakes::finish(stand.api->body_room(head, std::nullopt)).shares)
    most[share.who] = share.most;
  EXPECT_FALSE(most.contains("uploads of user " + stand.max.id.text()));
  EXPECT_GT(most["uploads of company " + stand.company.text()], 25'000'000u);
  const auto refused = upload("b.txt", std::string(60'001, 'b'));
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.text.find("uploads.too-many"), std::string::npos);
}

// On a slow line a file holds its room for long. However many come at one time, of one company or
// of all, a quarter of the room is left to what people write.
TEST_F(Messages, FilesLeaveRoomForWhatPeopleWrite) {
  const auto most = [&](const char* path) {
    auto head = fakes::ApiStand::request_for("POST", path);
    head.headers.emplace_back("cookie", "hearback=" + stand.session_of(stand.max));
    std::map<std::string, std::size_t> most;
    for (const auto& share : fakes::finish(stand.api->body_room(head, 1'000'000)).shares)
      most[share.who] = share.most;
    return most;
  };
  const Limits limits;
  const auto company = stand.company.text();
  auto file = most("/api/v1/uploads"), written = most("/api/v1/messages");
  EXPECT_EQ(file["uploads of company " + company], limits.http_bodies_of_company / 4 * 3);
  EXPECT_EQ(file["uploads"], limits.http_bodies_octets / 4 * 3);
  EXPECT_EQ(written["company " + company], limits.http_bodies_of_company);
  EXPECT_FALSE(written.contains("uploads"));
  EXPECT_FALSE(written.contains("uploads of company " + company));
}

// Bodies are asked about before they are read: who isn't signed in sends what a sign-in takes.
TEST_F(Messages, OnlyWhoIsSignedInSendsMuch) {
  const auto room = [&](std::string method, std::string path, std::string session,
                        std::optional<std::uint64_t> length) {
    auto head = fakes::ApiStand::request_for(std::move(method), "/api/v1" + path);
    if (!session.empty()) head.headers.emplace_back("cookie", "hearback=" + session);
    return fakes::finish(stand.api->body_room(head, length));
  };
  const auto max = stand.session_of(stand.max), eve = stand.session_of(stand.eve);
  const Limits limits;
  EXPECT_EQ(room("GET", "/messages", max, 5).octets, 0u);
  EXPECT_EQ(room("POST", "/uploads", max, 1'000'000).octets, limits.upload_octets);
  EXPECT_EQ(room("POST", "/uploads", max, std::nullopt).octets, limits.upload_octets);
  EXPECT_EQ(room("POST", "/messages", max, 1'000'000).octets, limits.http_body_octets);
  EXPECT_EQ(room("POST", "/uploads", max, 1'000'000).shares.size(), 5u);
  EXPECT_EQ(room("POST", "/messages", max, 1'000'000).shares.size(), 2u);
  EXPECT_EQ(room("POST", "/session", "", 1'000'000).octets, limits.http_visitor_body_octets);
  EXPECT_EQ(room("POST", "/nowhere", max, 1'000'000).octets, limits.http_visitor_body_octets);
  EXPECT_FALSE(room("POST", "/uploads", "", 100).refusal);  // small: its handler says no
  for (const auto& nobody : {std::string(), std::string("x"), fakes::ApiStand::forged_session()})
    for (auto length : {std::optional<std::uint64_t>(1'000'000), std::optional<std::uint64_t>()}) {
      const auto refused = room("POST", "/uploads", nobody, length);
      ASSERT_TRUE(refused.refusal);
      EXPECT_EQ(refused.refusal->status, 401);
      EXPECT_NE(refused.refusal->body.find("session.required"), std::string::npos);
    }
  const auto denied = room("POST", "/candidates", eve, 1'000'000);  // an evaluator
  ASSERT_TRUE(denied.refusal);
  EXPECT_EQ(denied.refusal->status, 403);
  stand.env.full = true;
  EXPECT_EQ(room("POST", "/uploads", max, 1'000'000).refusal->status, 503);
}

}  // namespace
}  // namespace hearback::api
