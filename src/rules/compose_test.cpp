#include "rules/compose.hpp"

#include <gtest/gtest.h>

#include "mail/address.hpp"
#include "mail/parse.hpp"

namespace hearback::rules {
namespace {

template <class I>
I id(std::uint8_t n) {
  I made;
  made.bytes[15] = n;
  return made;
}

class Compose : public ::testing::Test {
 protected:
  Compose() {
    facts.author.id = id<UserId>(1);
    facts.author.name = "Max Müller";
    facts.mailbox.id = id<MailboxId>(2);
    facts.mailbox.owner = facts.author.id;
    facts.mailbox.address = "Max@Team.example";
    facts.mailbox.address_normal = "max@team.example";
    facts.candidate.id = id<CandidateId>(3);
    facts.candidate.name = "Carla";
    facts.candidate.addresses = {{.address = "Carla@home.example",
                                  .normal = "carla@home.example",
                                  .synced = true,
                                  .why_not = "",
                                  .since = {}}};
    facts.known = {{"carla@home.example", facts.candidate.id},
                   {"dora@home.example", id<CandidateId>(4)}};
    facts.now = Instant{1'793'000'000'000};
    facts.new_thread = id<ThreadId>(5);
    facts.message = id<MessageId>(6);
    facts.outbox = id<OutboxId>(7);
    facts.blob = id<BlobId>(8);
    facts.message_id_local = "abc123";
    draft.to = {"carla@home.example"};
    draft.subject = "Hello";
    draft.text = "Good morning\n";
  }

  void in_thread(ThreadKind kind = ThreadKind::conversation) {
    facts.thread = Thread{id<ThreadId>(9), facts.candidate.id, kind, "Hello", facts.now};
    facts.thread_messages = {message(20, "carla@home.example", "one@home.example")};
  }
  Message message(std::uint8_t n, std::string from, std::string message_id) {
    Message made;
    made.id = id<MessageId>(n);
    made.envelope.from = {{"", from, from}};
    made.envelope.message_id = std::move(message_id);
    return made;
  }
  std::string refused() {
    auto composed = compose(draft, facts);
    if (composed) return "sent";
    return composed.error().error.code + " " + composed.error().field;
  }

  ComposeFacts facts;
  Draft draft;
};

TEST_F(Compose, W1_W5_ADraftBecomesFixedOctetsAndARow) {
  draft.html = "<p>Good morning</p>";
  draft.attachments = {{"a.txt", "text/plain", "", "attached"}};
  auto composed = compose(draft, facts);
  ASSERT_TRUE(composed) << composed.error().error.what;
  auto parsed = mail::parse(composed->bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->envelope.from.at(0).name, "Max Müller");
  EXPECT_EQ(parsed->envelope.from.at(0).normal, "max@team.example");
  EXPECT_EQ(parsed->envelope.to.at(0).name, "Carla");
  EXPECT_EQ(parsed->envelope.message_id, "abc123@team.example");
  EXPECT_EQ(parsed->html.substr(0, 19), "<p>Good morning</p>");
  EXPECT_EQ(parsed->attachments.at(0).content, "attached");

  EXPECT_EQ(composed->message.fingerprint, parsed->fingerprint);
  EXPECT_EQ(composed->message.direction, Direction::outgoing);
  EXPECT_EQ(composed->message.snippet, "Good morning");
  EXPECT_EQ(composed->message.attachments.size(), 1u);
  EXPECT_EQ(composed->message.octets, composed->bytes.size());
  ASSERT_TRUE(composed->new_thread);
  EXPECT_EQ(composed->new_thread->candidate, facts.candidate.id);
  EXPECT_EQ(composed->placement.by, PlacedBy::sent_here);
  EXPECT_EQ(composed->outbox.message_id, "abc123@team.example");
  EXPECT_EQ(composed->outbox.envelope_from, "Max@team.example");
  EXPECT_EQ(composed->outbox.recipients, std::vector<std::string>{"carla@home.example"});
  EXPECT_EQ(composed->outbox.state, OutboxState::queued);
  EXPECT_EQ(composed->outbox.thread, facts.new_thread);
}

TEST_F(Compose, W3_CandidatesAreRefusedInCopies) {
  draft.cc = {"DORA@home.example"};
  EXPECT_EQ(refused(), "recipients.candidate-in-copy cc");
  draft.cc = {};
  draft.bcc = {"dora@home.example"};
  EXPECT_EQ(refused(), "recipients.candidate-in-copy bcc");
  draft.bcc = {"carla@home.example"};
  EXPECT_EQ(refused(), "recipients.candidate-in-copy bcc");
  draft.bcc = {"eve@team.example"};
  EXPECT_EQ(refused(), "sent");
}

TEST_F(Compose, W3_OneCandidateAtATime) {
  draft.to = {"carla@home.example", "dora@home.example"};
  EXPECT_EQ(refused(), "recipients.other-candidate to");
  draft.to = {"stranger@home.example"};
  EXPECT_EQ(refused(), "recipients.candidate-missing to");
  in_thread();  // an answer may go to an address that isn't on the profile
  EXPECT_EQ(refused(), "sent");
  draft.to = {"dora@home.example"};
  EXPECT_EQ(refused(), "recipients.other-candidate to");
}

TEST_F(Compose, ACandidatesAddressThatIsNotSyncedIsStillTheirs) {
  facts.candidate.addresses.push_back({.address = "carla@team.example",
                                       .normal = "carla@team.example",
                                       .synced = false,
                                       .why_not = "internal-user",
                                       .since = {}});
  draft.cc = {"carla@team.example"};
  EXPECT_EQ(refused(), "recipients.candidate-in-copy cc");
  draft.cc = {};
  draft.to = {"carla@team.example"};
  EXPECT_EQ(refused(), "sent");
}

TEST_F(Compose, BccGoesIntoTheEnvelopeAlone) {
  draft.cc = {"Eve@team.example"};
  draft.bcc = {"ada@team.example", "EVE@team.example"};
  auto composed = compose(draft, facts);
  ASSERT_TRUE(composed);
  EXPECT_EQ(composed->bytes.find("ada@team.example"), std::string::npos);
  EXPECT_EQ(
      composed->outbox.recipients,
      (std::vector<std::string>{"carla@home.example", "Eve@team.example", "ada@team.example"}));
}

TEST_F(Compose, W7_TricksInHeaderFieldsAreRefused) {
  for (const char* subject : {"Hello\r\nBcc: evil@home.example", "Hello\nX", "a\rb"}) {
    draft.subject = subject;
    EXPECT_NE(refused(), "sent") << subject;
  }
  draft.subject = "Grüße";
  for (const char* address :
       {"carla@home.example\r\nRCPT TO:<x@y.example>", "carla@home.example, dora@home.example",
        "<carla@home.example>", "", "@", "Carla <carla@home.example>"}) {
    draft.to = {address};
    EXPECT_EQ(refused(), "address.invalid to") << address;
  }
  draft.to = {};
  EXPECT_EQ(refused(), "recipients.none to");
  draft.to = std::vector<std::string>(101, "carla@home.example");
  EXPECT_EQ(refused(), "recipients.too-many to");
}

TEST_F(Compose, T1_AnAnswerRefersToWhatItAnswers) {
  in_thread();
  facts.thread_messages[0].envelope.references = {"zero@home.example"};
  auto composed = compose(draft, facts);
  ASSERT_TRUE(composed);
  EXPECT_FALSE(composed->new_thread);
  EXPECT_EQ(composed->placement.thread, facts.thread->id);
  EXPECT_EQ(composed->message.envelope.in_reply_to, std::vector<std::string>{"one@home.example"});
  EXPECT_EQ(composed->message.envelope.references,
            (std::vector<std::string>{"zero@home.example", "one@home.example"}));
}

TEST_F(Compose, T1_AnyIdThatWasReadCanBeAnswered) {
  in_thread();
  for (const std::string& id :
       {std::string(300, 'z') + "@home.example", std::string("ge\xC3\xB6nnt@home.example")}) {
    facts.thread_messages[0].envelope.message_id = id;
    auto composed = compose(draft, facts);
    ASSERT_TRUE(composed) << composed.error().error.what;
    EXPECT_EQ(composed->message.envelope.in_reply_to, std::vector<std::string>{id});
    EXPECT_EQ(composed->message.envelope.references, std::vector<std::string>{id});
  }
}

TEST_F(Compose, T1_ALongConversationKeepsItsFirstAndNewestReferences) {
  in_thread();
  auto& given = facts.thread_messages[0].envelope.references;
  for (int i = 0; i < 150; ++i)
    given.push_back(std::to_string(i) + "." + std::string(45, 'k') + "@talk.home.example");
  auto composed = compose(draft, facts);
  ASSERT_TRUE(composed);
  auto& kept = composed->message.envelope.references;
  ASSERT_GT(kept.size(), 40u);
  EXPECT_EQ(kept.front(), given.front());
  EXPECT_EQ(kept.back(), "one@home.example");
  EXPECT_EQ(kept[kept.size() - 2], given.back());
  auto begin = composed->bytes.find("References:");
  auto end = composed->bytes.find("\r\nX-Hearback-Id:", begin);
  ASSERT_NE(end, std::string::npos);
  EXPECT_LT(end - begin, 4000u);
}

TEST_F(Compose, W7_ControlsThatCameWithTheMailAreMended) {
  draft.subject = "Re: Trial \xC2\x96 day\xE2\x80\xA9";
  facts.candidate.name = "Car\xC2\x81la";
  auto composed = compose(draft, facts);
  ASSERT_TRUE(composed) << composed.error().error.what;
  EXPECT_EQ(composed->message.envelope.subject, "Re: Trial – day ");
  EXPECT_EQ(composed->message.envelope.to.at(0).name, "Carla");
  ASSERT_TRUE(composed->new_thread);
  EXPECT_EQ(composed->new_thread->subject, "Re: Trial – day ");
}

TEST_F(Compose, T4_AnInternalThreadIsAnsweredOnlyKnowingly) {
  in_thread(ThreadKind::internal_forward);
  draft.to = {"eve@team.example"};
  EXPECT_EQ(refused(), "thread.internal ");
  draft.internal = true;
  EXPECT_EQ(refused(), "sent");
  facts.thread_messages.push_back(message(21, "eve@team.example", "two@team.example"));
  draft.in_reply_to = id<MessageId>(20);
  EXPECT_EQ(refused(), "thread.newer-message ")
      << "who knows where they are was asked nothing else";
}

TEST_F(Compose, T4_ANewerMessageStopsWithAQuestion) {
  in_thread();
  draft.in_reply_to = id<MessageId>(20);
  EXPECT_EQ(refused(), "sent");
  facts.thread_messages.push_back(message(21, "max@team.example", "mine@team.example"));
  EXPECT_EQ(refused(), "sent") << "my own words are no news to me";
  facts.thread_messages.push_back(message(22, "carla@home.example", "two@home.example"));
  facts.thread_messages.back().kind = MessageKind::automatic;
  EXPECT_EQ(refused(), "sent") << "an automatic reply is no news";
  facts.thread_messages.back().kind = MessageKind::human;
  EXPECT_EQ(refused(), "thread.newer-message ");
  facts.versions = {id<MessageId>(20), id<MessageId>(22)};
  EXPECT_EQ(refused(), "sent") << "what another mailbox got of it was read with it (S-11)";
  facts.versions.clear();
  draft.internal = true;
  EXPECT_EQ(refused(), "thread.newer-message ") << "that is the other question";
  facts.seen = {id<MessageId>(22)};
  EXPECT_EQ(refused(), "sent");
  facts.thread_messages.push_back(message(23, "carla@home.example", "three@home.example"));
  EXPECT_EQ(refused(), "thread.newer-message ") << "what is known says nothing of what came since";
  facts.seen.push_back(id<MessageId>(23));
  draft.in_reply_to = id<MessageId>(99);
  EXPECT_EQ(refused(), "message.not-in-thread in_reply_to");
}

TEST_F(Compose, W5_WhatTakesThePlaceOfAMessageThatNobodyGotStandsWhereThatStood) {
  in_thread();
  auto& refused_one =
      facts.thread_messages.emplace_back(message(21, "max@team.example", "never@team.example"));
  refused_one.envelope.in_reply_to = {"one@home.example"};
  refused_one.envelope.references = {"zero@home.example", "one@home.example"};
  facts.never_left = {refused_one.id};
  draft.in_reply_to = refused_one.id;
  auto composed = compose(draft, facts);
  ASSERT_TRUE(composed) << composed.error().error.what;
  EXPECT_EQ(composed->message.envelope.in_reply_to, std::vector<std::string>{"one@home.example"});
  EXPECT_EQ(composed->message.envelope.references,
            (std::vector<std::string>{"zero@home.example", "one@home.example"}));
  // The first of a conversation answered nothing.
  refused_one.envelope.in_reply_to = refused_one.envelope.references = {};
  composed = compose(draft, facts);
  ASSERT_TRUE(composed) << composed.error().error.what;
  EXPECT_TRUE(composed->message.envelope.in_reply_to.empty());
  EXPECT_TRUE(composed->message.envelope.references.empty());
  EXPECT_EQ(composed->placement.thread, facts.thread->id);
}

TEST_F(Compose, BccIsWhoTheOthersDontSee) {
  draft.cc = {"Eve@team.example"};
  draft.bcc = {"ada@team.example", "EVE@team.example"};
  draft.to = {"Carla@b\xC3\xBC.example"};
  auto composed = compose(draft, facts);
  ASSERT_FALSE(composed);
  facts.candidate.addresses.at(0) = {
      .address = "Carla@b\xC3\xBC.example",
      .normal = mail::kept_form("Carla@b\xC3\xBC.example").value_or(""),
      .synced = true,
      .why_not = "",
      .since = {}};
  composed = compose(draft, facts);
  ASSERT_TRUE(composed) << composed.error().error.what;
  EXPECT_EQ(unseen_recipients(composed->message.envelope, composed->outbox.recipients),
            std::vector<std::string>{"ada@team.example"});
}

TEST_F(Compose, EmptyAndHugeMessagesAreRefused) {
  draft.text = "";
  EXPECT_EQ(refused(), "message.empty text");
  draft.html = "<p>words</p>";
  EXPECT_EQ(refused(), "sent");
  draft.attachments = {{"a.bin", "application/octet-stream", "", std::string(5000, 'x')}};
  Limits limits;
  limits.outgoing_octets = 5000;
  auto composed = compose(draft, facts, limits);
  ASSERT_FALSE(composed);
  EXPECT_EQ(composed.error().error.code, "message.too-large");
}

}  // namespace
}  // namespace hearback::rules
