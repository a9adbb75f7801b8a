#include <algorithm>
#include <functional>
#include <iterator>

#include "fakes/store_conformance.hpp"
#include "rules/sending.hpp"

namespace hearback::store {
namespace {

using rules::OutboxPhase;
using rules::OutboxState;
using rules::Role;
using Word = DecideOutbox::Word;

class OutboxTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    box = add_mailbox(ben, "ben@acme.example");
  }
  rules::OutboxMessage written(std::string message_id) {
    auto t = thread(wanda);
    auto m = message(message_id, "ben@acme.example", "wanda@home.example");
    m.direction = rules::Direction::outgoing;
    place(m, t, rules::PlacedBy::sent_here, "");
    rules::OutboxMessage out;
    out.id = make<OutboxId>();
    out.author = ben.id;
    out.mailbox = box.id;
    out.candidate = wanda;
    out.thread = t.id;
    out.message = m.id;
    out.message_id = message_id;
    out.envelope_from = "ben@acme.example";
    out.recipients = {"wanda@home.example", "second@home.example"};
    out.bytes = m.raw;
    out.created = now;
    out.not_before = now;
    return out;
  }
  rules::OutboxMessage queued(std::string message_id) {
    auto out = written(std::move(message_id));
    commit(AddOutbox{out});
    return out;
  }
  rules::OutboxMessage now_of(const rules::OutboxMessage& out) {
    return ask(OutboxById{engine(), out.id}).value_or(rules::OutboxMessage{});
  }
  MoveOutbox to(const rules::OutboxMessage& out, std::uint64_t fence, OutboxState state,
                OutboxPhase phase = OutboxPhase::none) {
    return {
        .id = out.id, .fence = fence, .state = state, .phase = phase, .not_before = now, .at = now};
  }
  // Claimed, and taken to the end of DATA.
  void bring_to_dot(const rules::OutboxMessage& out) {
    commit(ClaimOutbox{out.id, 0, now + 1min});
    commit(to(out, 1, OutboxState::sending, OutboxPhase::attempt));
    commit(to(out, 1, OutboxState::sending, OutboxPhase::dot));
  }
  std::vector<OutboxId> due(Instant at) {
    std::vector<OutboxId> ids;
    for (bool settling : {false, true})
      for (auto& row : ask(OutboxDue{engine(), at, at, settling})) ids.push_back(row.message.id);
    return ids;
  }
  rules::User anna, ben;
  JobId welder;
  CandidateId wanda;
  rules::Mailbox box;
};
HEARBACK_ON_EACH_DATABASE(OutboxTest);

TEST_P(OutboxTest, WhatIsUnderWayIsPagedNewestFirst) {
  std::vector<rules::OutboxMessage> made;
  for (int i = 0; i < 7; ++i) {
    auto out = written("m" + std::to_string(i));
    out.created = now + std::chrono::seconds(i / 3);
    commit(AddOutbox{out});
    made.push_back(out);
  }
  std::ranges::sort(made, std::greater{},
                    [](const auto& out) { return std::pair(out.created, out.id); });
  std::vector<rules::OutboxMessage> seen;
  PageRequest page{.after = {}, .rows = 2};
  do {
    auto found = ask(OutboxOf{as(ben), page});
    EXPECT_LE(found.rows.size(), 2u);
    std::ranges::move(found.rows, std::back_inserter(seen));
    page.after = found.next;
  } while (!page.after.empty());
  EXPECT_EQ(seen, made);
}

TEST_P(OutboxTest, RowsAreKeptWithAllTheirFields) {
  const auto out = queued("o1");
  EXPECT_EQ(now_of(out), out);
  EXPECT_EQ(ask(OutboxById{as(ben), out.id}), out);
  EXPECT_EQ(ask(OutboxOf{as(ben)}).rows, std::vector{out});
  EXPECT_TRUE(ask(OutboxOf{as(anna)}).rows.empty());  // not hers, though she may see it
  EXPECT_EQ(ask(OutboxById{as(anna), out.id}), out);
  EXPECT_EQ(ask(MessageById{as(ben), out.message})->outbox, out);
  ASSERT_TRUE(ask(ThreadById{as(ben), out.thread})->messages[0].outbox);
  EXPECT_EQ(ask(Threads{as(ben), Place::sent, {}, {}}).rows[0].last_outbox, OutboxState::queued);
  KnownAbout question;
  question.scope = engine();
  question.message_id = "o1";
  EXPECT_EQ(ask(question).outbox, out);
}

TEST_P(OutboxTest, P1_WhoMayNotSeeTheCandidateSeesNoOutbox) {
  const auto out = queued("o1");
  commit(PutJob{{welder, "Welder", rules::JobKind::offer, true}, {}, now});
  EXPECT_FALSE(ask(OutboxById{as(ben), out.id}));
  EXPECT_TRUE(ask(OutboxOf{as(ben)}).rows.empty());
}

// P-1: a message that lies with two candidates names the other one to nobody who sees but one.
TEST_P(OutboxTest, P1_AThreadSaysNothingOfWhatLeavesInAnother) {
  const auto out = queued("o1");
  const auto cara = add_user("cara", Role::evaluator);
  const auto baker = add_job("Baker", {cara.id});
  const auto other = thread(add_candidate("Otto", {"otto@home.example"}, {baker}));
  commit(AddThread{other}, PlaceMessage{{other.id, other.candidate, out.message,
                                         rules::PlacedBy::address, "otto@home.example"},
                                        now});
  const auto hers = ask(ThreadById{as(cara), other.id});
  ASSERT_TRUE(hers);
  EXPECT_FALSE(hers->messages.at(0).outbox);
  EXPECT_FALSE(ask(MessageById{as(cara), out.message})->outbox);
  EXPECT_FALSE(ask(Threads{as(cara), Place::all, {}, {}}).rows.at(0).last_outbox);
  EXPECT_TRUE(ask(ThreadById{as(ben), out.thread})->messages.at(0).outbox);
}

// What is farther ahead than we ever put anything off was put off by a wrong clock.
TEST_P(OutboxTest, REL12_AWrongClocksPausesEnd) {
  const auto put_off = [&](const rules::OutboxMessage& out, OutboxState state, Duration by) {
    auto step = to(out, 1, state, OutboxPhase::none);
    step.not_before = now + by;
    step.release = true;
    commit(step);
  };
  const auto waits = queued("proof");
  commit(ClaimOutbox{waits.id, 0, now + 1min});
  put_off(waits, OutboxState::queued, rules::kLookForProof);
  EXPECT_EQ(due(now), std::vector<OutboxId>{});
  put_off(waits, OutboxState::failed, 0s);
  for (const auto state : {OutboxState::uncertain, OutboxState::sent}) {
    const auto out = queued(std::to_string(static_cast<int>(state)));
    bring_to_dot(out);
    put_off(out, state, 12h + 5min);
    EXPECT_EQ(due(now), std::vector<OutboxId>{});
    put_off(out, state, 24h * 365);
    EXPECT_EQ(due(now), std::vector{out.id});
    auto over = to(out, 1, OutboxState::seen_in_sent);
    over.copy_filed = true;
    commit(over);
  }
}

TEST_P(OutboxTest, SEND1_OneRowPerMessageId) {
  const auto out = queued("o1");
  auto twice = written("other");
  twice.message_id = "o1";
  EXPECT_EQ(refused(AddOutbox{twice}), "outbox.duplicate");
  EXPECT_EQ(refused_kind, Kind::conflict);
  twice.message_id = "o2";
  twice.state = OutboxState::sent;
  EXPECT_EQ(refused(AddOutbox{twice}), "outbox.bad-start");
}

TEST_P(OutboxTest, SEND2_ClaimsAndMovesAreComparedAndSwapped) {
  const auto out = queued("o1");
  commit(ClaimOutbox{out.id, 0, now + 1min});
  EXPECT_EQ(refused(ClaimOutbox{out.id, 0, now + 1min}), "outbox.fence");
  EXPECT_EQ(refused_kind, Kind::conflict);
  EXPECT_EQ(refused(to(out, 0, OutboxState::sending, OutboxPhase::attempt)), "outbox.fence");
  commit(to(out, 1, OutboxState::sending, OutboxPhase::attempt));
  EXPECT_EQ(now_of(out).attempts, 1);
  EXPECT_EQ(refused(to(out, 1, OutboxState::sent)), "outbox.illegal-move");
  commit(ClaimOutbox{out.id, 1, now + 2min}, to(out, 2, OutboxState::sending, OutboxPhase::dot));
  auto sent = to(out, 2, OutboxState::sent);
  sent.sent = now;
  sent.answer = "250 2.0.0 Ok";
  commit(sent);
  auto filed = to(out, 2, OutboxState::seen_in_sent);
  filed.copy_filed = true;
  filed.filing = true;
  filed.release = true;
  commit(filed);
  const auto row = now_of(out);
  EXPECT_TRUE(row.filing);
  EXPECT_EQ(row.state, OutboxState::seen_in_sent);
  EXPECT_EQ(row.sent, now);
  EXPECT_EQ(row.answer, "250 2.0.0 Ok");
  EXPECT_TRUE(row.copy_filed);
  EXPECT_EQ(row.attempts, 1);
  EXPECT_EQ(row.fence, 2u);
  EXPECT_EQ(refused(ClaimOutbox{make<OutboxId>(), 0, now}), "outbox.missing");
}

TEST_P(OutboxTest, SEND4_PastTheDotOnlyAPersonOrARefusalLeadsBack) {
  const auto out = queued("o1");
  bring_to_dot(out);
  EXPECT_EQ(refused(to(out, 1, OutboxState::queued)), "outbox.illegal-move");
  EXPECT_EQ(refused(to(out, 1, OutboxState::sending, OutboxPhase::attempt)), "outbox.illegal-move");
  commit(to(out, 1, OutboxState::uncertain, OutboxPhase::dot));
  EXPECT_EQ(refused(to(out, 1, OutboxState::queued)), "outbox.illegal-move");
  EXPECT_EQ(refused(DecideOutbox{out.id, ben.id, Word::cancel, now}), "outbox.too-late");
  commit(DecideOutbox{out.id, ben.id, Word::resend, now});
  const auto row = now_of(out);
  EXPECT_EQ(row.state, OutboxState::queued);
  EXPECT_EQ(row.phase, OutboxPhase::none);
  EXPECT_EQ(row.attempts, 0);
  EXPECT_EQ(row.fence, 2u);  // whoever still works on it has lost it
  EXPECT_EQ(refused(to(out, 1, OutboxState::sent)), "outbox.fence");

  const auto other = queued("o2");
  bring_to_dot(other);
  auto turned_away = to(other, 1, OutboxState::queued);
  turned_away.answer = "451 4.7.1 try again later";
  turned_away.not_taken = true;
  commit(turned_away);
  EXPECT_EQ(now_of(other).state, OutboxState::queued);
}

TEST_P(OutboxTest, W5_WhatAPersonMayDecide) {
  const auto out = queued("o1");
  EXPECT_EQ(refused(DecideOutbox{out.id, ben.id, Word::resend, now}), "outbox.not-undecided");
  EXPECT_EQ(refused(DecideOutbox{out.id, ben.id, Word::consider_sent, now}),
            "outbox.not-undecided");
  commit(ClaimOutbox{out.id, 0, now + 1min});
  commit(to(out, 1, OutboxState::sending, OutboxPhase::attempt));
  EXPECT_EQ(refused(DecideOutbox{out.id, ben.id, Word::cancel, now}), "outbox.already-sending");
  EXPECT_EQ(refused_kind, Kind::conflict);
  commit(to(out, 1, OutboxState::failed));
  commit(DecideOutbox{out.id, ben.id, Word::cancel, now});
  EXPECT_EQ(now_of(out).state, OutboxState::cancelled);
  EXPECT_TRUE(ask(OutboxOf{as(ben)}).rows.empty());

  // SEND-8: called back between claim and attempt, the attempt doesn't begin.
  const auto claimed = queued("o2");
  commit(ClaimOutbox{claimed.id, 0, now + 1min});
  commit(DecideOutbox{claimed.id, ben.id, Word::cancel, now});
  EXPECT_EQ(refused(to(claimed, 1, OutboxState::sending, OutboxPhase::attempt)), "outbox.fence");

  const auto doubtful = queued("o3");
  bring_to_dot(doubtful);
  commit(to(doubtful, 1, OutboxState::uncertain, OutboxPhase::dot));
  commit(DecideOutbox{doubtful.id, ben.id, Word::consider_sent, now});
  EXPECT_EQ(now_of(doubtful).state, OutboxState::sent);
  EXPECT_EQ(now_of(doubtful).sent, now);
  EXPECT_EQ(due(now + 1h), std::vector<OutboxId>{});
}

TEST_P(OutboxTest, WhatIsDueAndWhenTheNextIs) {
  EXPECT_FALSE(ask(OutboxNextDue{engine(), now}).at_work);
  auto later = written("later");
  later.state = OutboxState::scheduled;
  later.not_before = now + 1h;
  commit(AddOutbox{later});
  const auto t0 = now;
  EXPECT_EQ(ask(OutboxNextDue{engine(), now}).next, later.not_before);
  EXPECT_TRUE(ask(OutboxNextDue{engine(), now}).at_work);
  EXPECT_TRUE(due(t0 + 59min).empty());
  EXPECT_EQ(due(later.not_before), std::vector{later.id});

  const auto out = queued("o1");  // due now
  EXPECT_EQ(due(now), std::vector{out.id});
  EXPECT_EQ(ask(OutboxDue{engine(), now})[0].message.recipients.size(), 2u);
  const auto lease = now + 1min;
  commit(ClaimOutbox{out.id, 0, lease});
  EXPECT_TRUE(due(now).empty());
  EXPECT_EQ(due(lease), std::vector{out.id});  // its owner never came back
  EXPECT_EQ(ask(OutboxDue{engine(), lease})[0].lease_until, lease);
  commit(to(out, 1, OutboxState::sending, OutboxPhase::attempt));
  EXPECT_TRUE(due(now).empty());
  EXPECT_EQ(due(lease), std::vector{out.id});
  commit(to(out, 1, OutboxState::sending, OutboxPhase::dot));
  auto doubt = to(out, 1, OutboxState::uncertain, OutboxPhase::dot);
  doubt.not_before = now + 5min;
  doubt.release = true;
  commit(doubt);
  EXPECT_TRUE(due(now + 4min).empty());
  EXPECT_EQ(due(now + 6min), std::vector{out.id});
  auto sent = to(out, 1, OutboxState::sent);
  sent.release = true;
  commit(sent);
  EXPECT_EQ(due(now), std::vector{out.id});  // its Sent copy is still to file
  auto filed = to(out, 1, OutboxState::seen_in_sent);
  filed.copy_filed = true;
  commit(filed);
  EXPECT_TRUE(due(now).empty());
  EXPECT_EQ(ask(OutboxNextDue{engine(), now}).next, later.not_before);
  EXPECT_TRUE(ask(OutboxNextDue{engine(), now}).at_work);
}

// SEND-14: a mailbox with many rows hides no other one; each has its turn.
TEST_P(OutboxTest, SEND14_EachMailboxShowsItsFirstRow) {
  const auto first = queued("o1");
  for (int i = 2; i < 40; ++i) queued("o" + std::to_string(i));
  auto other_box = add_mailbox(ben, "ben2@hub.example");
  auto other = written("other");
  other.mailbox = other_box.id;
  other.not_before = now + 1s;
  commit(AddOutbox{other});
  EXPECT_EQ(due(now + 1min), (std::vector{first.id, other.id}));
  EXPECT_EQ(ask(OutboxDue{.scope = engine(), .now = now + 1min, .rows = 1}).size(), 1u);
  const auto alone = ask(OutboxDue{.scope = engine(), .now = now + 1min, .mailbox = other_box.id});
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].message.id, other.id);
  EXPECT_EQ(alone[0].host, other_box.smtp.host);
  // What is looked into doesn't hide what is to be sent.
  bring_to_dot(first);
  commit(to(first, 1, OutboxState::uncertain, OutboxPhase::dot));
  EXPECT_EQ(due(now + 1min).size(), 3u);
}

// Those at some hosts left out; and whether a mailbox talks to its server as it did before.
TEST_P(OutboxTest, SEND14_MailboxesAtSomeHostsAreLeftOut) {
  const auto first = queued("o1");
  auto other_box = add_mailbox(ben, "ben2@hub.example");
  auto settings = other_box.smtp;
  settings.host = "other.example";
  commit(ChangeMailbox{other_box.id, other_box.imap, settings, {}, "sends", now});
  auto other = written("other");
  other.mailbox = other_box.id;
  commit(AddOutbox{other});
  const auto but_for = [&](std::vector<std::string> hosts) {
    std::vector<OutboxId> ids;
    for (auto& row :
         ask(OutboxDue{.scope = engine(), .now = now + 1min, .but_for_hosts = std::move(hosts)}))
      ids.push_back(row.message.id);
    return ids;
  };
  EXPECT_EQ(but_for({}), (std::vector{first.id, other.id}));
  EXPECT_EQ(but_for({"other.example", "third.example"}), std::vector{first.id});
  EXPECT_EQ(but_for({box.smtp.host}), std::vector{other.id});
  EXPECT_TRUE(but_for({box.smtp.host, "other.example"}).empty());

  const auto account = [&] {
    return ask(OutboxDue{.scope = engine(), .now = now + 1min, .rows = 1}).at(0).account;
  };
  const auto before = account();
  commit(ChangeMailbox{box.id, box.imap, box.smtp, "reads", {}, now});
  EXPECT_EQ(account(), before);
  commit(ChangeMailbox{box.id, box.imap, box.smtp, {}, "sends", now});
  EXPECT_NE(account(), before);
}

// All that one look into the mailbox's Sent can tell of: in order, bounded, none that waits or that
// somebody holds, and nobody else's.
TEST_P(OutboxTest, S1_AllThatAMailboxHasToSettle) {
  auto other_box = add_mailbox(ben, "ben2@hub.example");
  std::vector<OutboxId> expected;
  for (int i = 0; i < 6; ++i) {
    auto out = written("o" + std::to_string(i));
    if (i == 5) out.mailbox = other_box.id;
    commit(AddOutbox{out});
    bring_to_dot(out);
    auto step = to(out, 1, i % 2 == 0 ? OutboxState::sent : OutboxState::uncertain,
                   i % 2 == 0 ? OutboxPhase::none : OutboxPhase::dot);
    step.release = i != 2;
    step.not_before = now + 1s * (i == 3 ? 100 : 5 - i);
    commit(step);
    if (i < 2 || i == 4) expected.insert(expected.begin(), out.id);
  }
  queued("to be sent");
  OutboxDue question{
      .scope = engine(), .now = now + 10s, .settling = true, .mailbox = box.id, .all_of_it = true};
  std::vector<OutboxId> found;
  for (auto& row : ask(question)) found.push_back(row.message.id);
  EXPECT_EQ(found, expected);
  question.rows = 2;
  EXPECT_EQ(ask(question).size(), 2u);
  question.after = ask(question).back().position();
  EXPECT_EQ(ask(question).size(), 1u);
}

TEST_P(OutboxTest, SEND14_PagesFollowOneAnotherToTheEnd) {
  std::vector<OutboxId> all, seen;
  for (int i = 0; i < 7; ++i) {
    const auto name = std::to_string(i);
    auto out = written("o" + name);
    out.mailbox = add_mailbox(ben, "box" + name + "@hub.example").id;
    out.not_before = now - 1s * (i % 3);  // several of one time
    commit(AddOutbox{out});
    all.push_back(out.id);
  }
  OutboxDue question{.scope = engine(), .now = now, .rows = 2};
  for (auto page = ask(question); !page.empty(); page = ask(question)) {
    ASSERT_LE(page.size(), 2u);
    for (auto& row : page) seen.push_back(row.message.id);
    question.after = page.back().position();
  }
  EXPECT_EQ(seen.size(), all.size());
  std::ranges::sort(all);
  std::ranges::sort(seen);
  EXPECT_EQ(seen, all);
}

// Settings that were just seen to work: what they kept from leaving doesn't wait any longer (C-12).
TEST_P(OutboxTest, C12_NewSettingsForSendingLetGoWhatWaits) {
  const auto out = queued("o1");
  commit(ClaimOutbox{out.id, 0, now + 1min});
  auto later = to(out, 1, OutboxState::queued);
  later.not_before = now + 30min;
  later.release = true;
  commit(later, ObserveMailbox{.id = box.id, .send_error = "smtp.login-refused"});
  auto scheduled = written("later");
  scheduled.state = OutboxState::scheduled;
  scheduled.not_before = now + 1h;
  commit(AddOutbox{scheduled});
  const auto mailbox = [&] { return *ask(MailboxById{engine(), box.id}); };
  EXPECT_EQ(mailbox().send_error, "smtp.login-refused");
  EXPECT_EQ(mailbox().last_error, "");
  commit(ChangeMailbox{box.id, box.imap, box.smtp, "read", {}, now + 1s});  // reading alone
  EXPECT_EQ(mailbox().send_error, "smtp.login-refused");
  EXPECT_TRUE(due(now + 1s).empty());
  commit(ChangeMailbox{box.id, box.imap, box.smtp, {}, "sends", now + 2s});
  EXPECT_EQ(mailbox().send_error, "");
  EXPECT_EQ(due(now + 2s), std::vector{out.id});
  EXPECT_EQ(now_of(scheduled).not_before, now + 1h);
}

// What was put off while the mailbox couldn't be looked into is due once it can (S-1, C-12).
TEST_P(OutboxTest, S1_C12_AConnectedMailboxIsLookedIntoAtOnce) {
  const auto sent = queued("o1"), doubtful = queued("o2");
  const auto far = now + std::chrono::hours(12);
  const auto put_off = [&] {
    for (const auto& out : {sent, doubtful}) {
      const auto row = now_of(out);
      commit(ClaimOutbox{out.id, row.fence, now + 1min});
      auto step = to(out, row.fence + 1, row.state, row.phase);
      step.not_before = far;
      step.release = true;
      commit(step);
    }
  };
  bring_to_dot(sent);
  commit(to(sent, 1, OutboxState::sent));
  bring_to_dot(doubtful);
  commit(to(doubtful, 1, OutboxState::uncertain, OutboxPhase::dot));
  put_off();
  commit(SetMailboxState{box.id, rules::MailboxState::active});  // it was so before
  commit(ChangeMailbox{box.id, box.imap, box.smtp, {}, "sends", now});
  EXPECT_EQ(now_of(sent).not_before, far);
  commit(SetMailboxState{box.id, rules::MailboxState::needs_sign_in});
  EXPECT_EQ(now_of(sent).not_before, far);
  commit(SetMailboxState{box.id, rules::MailboxState::active});
  EXPECT_LE(now_of(sent).not_before, now);
  EXPECT_LE(now_of(doubtful).not_before, now);
  put_off();
  auto gone = ben;
  gone.active = false;
  commit(PutUser{gone});
  EXPECT_EQ(now_of(sent).not_before, far);
  commit(PutUser{ben});  // and back
  EXPECT_LE(now_of(sent).not_before, now);
  EXPECT_LE(now_of(doubtful).not_before, now);
  put_off();
  commit(ChangeMailbox{box.id, box.imap, box.smtp, "reads", {}, now});
  EXPECT_LE(now_of(sent).not_before, now);
  EXPECT_LE(now_of(doubtful).not_before, now);
}

// However it was found out, and once.
TEST_P(OutboxTest, TheJournalSaysThatAMessageLeft) {
  const auto told = [&](const rules::OutboxMessage& out) {
    std::vector<std::string> how;
    for (const auto& entry : ask(JournalSince{engine(), 0, 1000}))
      if (entry.kind == "message.sent" && entry.subject == out.message.text())
        how.push_back(entry.how);
    return how;
  };
  const auto seen = queued("o1"), sent = queued("o2"), decided = queued("o3");
  for (const auto& out : {seen, sent, decided}) bring_to_dot(out);
  commit(to(seen, 1, OutboxState::uncertain, OutboxPhase::dot));
  commit(to(decided, 1, OutboxState::uncertain, OutboxPhase::dot));
  EXPECT_TRUE(told(seen).empty());
  commit(to(seen, 1, OutboxState::seen_in_sent));
  commit(to(sent, 1, OutboxState::sent));
  commit(to(sent, 1, OutboxState::seen_in_sent));
  commit(DecideOutbox{decided.id, ben.id, Word::consider_sent, now});
  EXPECT_EQ(told(seen), std::vector<std::string>{"outbox"});
  EXPECT_EQ(told(sent), std::vector<std::string>{"outbox"});
  EXPECT_EQ(told(decided), std::vector<std::string>{"person"});
}

// REL12: a time that no back-off sets was set by a clock that was wrong.
TEST_P(OutboxTest, REL12_WhatAWrongClockPutOffIsDue) {
  const auto out = queued("o1");
  commit(ClaimOutbox{out.id, 0, now + 1min});
  auto later = to(out, 1, OutboxState::queued);
  later.not_before = now + std::chrono::hours(24 * 3650);
  later.release = true;
  later.waits = 30s;
  commit(later);
  EXPECT_EQ(due(now), std::vector{out.id});
  EXPECT_EQ(now_of(out).waited, 30s);
  auto scheduled = written("later");
  scheduled.state = OutboxState::scheduled;
  scheduled.not_before = now + std::chrono::hours(24 * 30);
  scheduled.mailbox = add_mailbox(ben, "ben2@hub.example").id;
  commit(AddOutbox{scheduled});
  EXPECT_EQ(due(now), std::vector{out.id});
}

TEST_P(OutboxTest, SEND2_ALeaseIsProlongedUnderItsFenceAlone) {
  const auto out = queued("o1");
  commit(ClaimOutbox{out.id, 0, now + 1min});
  commit(ProlongOutbox{out.id, 1, now + 5min});
  EXPECT_TRUE(due(now + 4min).empty());
  EXPECT_EQ(due(now + 5min), std::vector{out.id});
  EXPECT_EQ(now_of(out).fence, 1u);
  commit(ClaimOutbox{out.id, 1, now + 1min});
  EXPECT_EQ(refused(ProlongOutbox{out.id, 1, now + 5min}), "outbox.fence");
  EXPECT_EQ(refused_kind, Kind::conflict);
  EXPECT_EQ(due(now + 1min), std::vector{out.id});
  auto back = to(out, 2, OutboxState::queued);
  back.release = true;
  commit(back);
  commit(ProlongOutbox{out.id, 2, now + 5min});  // given back: it stays so
  EXPECT_EQ(due(now), std::vector{out.id});
  EXPECT_EQ(refused(ProlongOutbox{make<OutboxId>(), 0, now}), "outbox.missing");
}

// SEND-14: what somebody holds, or what is for later by the clock that is believed, hides nothing.
TEST_P(OutboxTest, SEND14_ARowThatCantBeWorkedOnHidesNoOther) {
  const auto held = queued("held");
  commit(ClaimOutbox{held.id, 0, now + 10min});
  auto later = written("later");
  later.state = OutboxState::scheduled;
  later.not_before = now + 1min;
  commit(AddOutbox{later});
  auto next = written("next");
  next.not_before = now + 2min;
  commit(AddOutbox{next});
  const OutboxDue question{.scope = engine(), .now = now + 5min, .now_for_scheduled = now};
  const auto rows = ask(question);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].message.id, next.id);
  EXPECT_TRUE(ask(OutboxDue{.scope = engine(), .now = now, .now_for_scheduled = now}).empty());
}

TEST_P(OutboxTest, WhoIsAloneSeesWhatTheDeadHeld) {
  const auto out = queued("o1");
  const auto lease = now + 1h;
  commit(ClaimOutbox{out.id, 0, lease});
  EXPECT_TRUE(ask(OutboxDue{engine(), now}).empty());
  const auto rows = ask(OutboxDue{.scope = engine(), .now = now, .also_leased = true});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].message.id, out.id);
  EXPECT_EQ(rows[0].lease_until, lease);
  commit(to(out, 1, OutboxState::sending, OutboxPhase::attempt));
  EXPECT_EQ(ask(OutboxDue{.scope = engine(), .now = now, .also_leased = true}).size(), 1u);
  auto later = to(out, 1, OutboxState::queued);
  later.not_before = now + 30min;
  commit(later);
  EXPECT_TRUE(ask(OutboxDue{.scope = engine(), .now = now, .also_leased = true})
                  .empty());  // its time hasn't come
}

TEST_P(OutboxTest, TheFeedTellsThoseWhoSeeTheCandidate) {
  const auto revision = ask(CompanyFacts{engine()}).revision;
  const auto out = queued("o1");
  commit(ClaimOutbox{out.id, 0, now + 1min});
  commit(to(out, 1, OutboxState::sending, OutboxPhase::attempt));
  int heard = 0;
  for (auto& entry : ask(Since{as(ben), revision}))
    if (entry.kind == "outbox" && entry.id == out.id.text()) ++heard;
  EXPECT_EQ(heard, 2);
  const auto cleo = add_user("cleo", Role::manager);
  for (auto& entry : ask(Since{as(cleo), revision})) EXPECT_NE(entry.kind, "outbox");
}

}  // namespace
}  // namespace hearback::store
