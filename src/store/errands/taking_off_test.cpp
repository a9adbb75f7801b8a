// C-14, I-1: an address of more than one commit may take along.
#include <algorithm>
#include <set>

#include "base/limits.hpp"
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

constexpr int kMany = 250;  // more than two steps of Limits::errand_rows
const std::string kWrong = "wrong@home.example", kOwn = "wanda@home.example";

class TakingOff : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    wanda = add_candidate("Wanda", {kWrong, kOwn}, {welder});
    for (int i = 0; i < kMany; ++i) {
      const auto& t = threads.emplace_back(thread(wanda));
      letters.push_back(message("m" + std::to_string(i), kWrong, "ben@acme.example"));
      place(letters.back(), t, PlacedBy::address, kWrong);
    }
  }
  rules::User with_address_of_wanda() {
    rules::User user = ben;
    user.id = make<UserId>();
    user.email = user.email_normal = kWrong;
    return user;
  }
  void take_off() { commit(PutCandidate{wanda, "Wanda", {address(kOwn)}, now, as(ben)}); }

  std::vector<bool> seen(const Scope& scope) {
    std::vector<bool> all;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      all.push_back(ask(ThreadById{scope, threads[i].id}).has_value());
      EXPECT_EQ(ask(MessageById{scope, letters[i].id}).has_value(), all.back());
    }
    return all;
  }
  std::size_t listed(const Scope& scope, std::optional<CandidateId> candidate = {}) {
    std::size_t rows = 0;
    std::string after;
    do {
      const auto page = ask(Threads{scope, Place::all, candidate, {after, 200}});
      rows += page.rows.size();
      after = page.next;
    } while (!after.empty());
    return rows;
  }
  // None of it is anybody's to see, and what answers it belongs to nobody.
  void expect_nothing_seen() {
    for (const auto& scope : {as(anna), as(ben), engine()}) {
      EXPECT_EQ(std::ranges::count(seen(scope), true), 0);
      EXPECT_EQ(listed(scope), 0u);
      EXPECT_EQ(listed(scope, wanda), 0u);
    }
    KnownAbout about;
    about.scope = engine();
    about.references = {"m0", "m" + std::to_string(kMany - 1)};
    const auto known = ask(about);
    EXPECT_TRUE(known.ancestors.empty());
    EXPECT_TRUE(known.named.empty());
    EXPECT_TRUE(ask(StoredMessageIds{engine(), about.references}).empty());
    const auto late = message("late", kOwn, "ben@acme.example");
    const auto into = threads.back();
    EXPECT_EQ(refused(PutBlob{late.raw, "x"}, AddMessage{late, now},
                      PlaceMessage{{into.id, wanda, late.id, PlacedBy::reply_to, "m"}, now}),
              "store.reference-missing");
  }
  std::int64_t rows_of(const std::string& table) {
    std::int64_t rows = 0;
    tables()->read([&](Db& db) { rows = db.row("select count(*) from " + table)->number(); });
    return rows;
  }
  void open_anew() {
    if (GetParam() == On::memory) return;
    store.reset();
    store = open();
  }
  // As the scheduler does, but killed after each step. → how many steps that took.
  int finish() {
    for (int steps = 0;; ++steps) {
      const auto due = ask(ErrandsDue{engine(), now});
      if (due.empty()) return steps;
      const auto before = due[0].done;
      commit(AdvanceErrand{due[0].id, now});
      EXPECT_LE(ask(Errands{as(anna)}).at(0).done - before, Limits{}.errand_rows);
      open_anew();
    }
  }

  rules::User anna, ben;
  JobId welder;
  CandidateId wanda;
  std::vector<rules::Thread> threads;
  std::vector<rules::Message> letters;
};
HEARBACK_ON_EACH_DATABASE(TakingOff);

TEST_P(TakingOff, C14_WhatIsManyIsHiddenAtOnceAndLeavesInSteps) {
  EXPECT_EQ(listed(as(ben)), std::size_t{kMany});
  take_off();
  expect_nothing_seen();
  if (GetParam() != On::memory)
    EXPECT_EQ(rows_of("sealed_placements"), static_cast<std::int64_t>(Limits{}.errand_rows));
  const auto errand = ask(Errands{as(anna)}).at(0);
  EXPECT_EQ(errand.kind, "take-off-addresses");
  EXPECT_EQ(errand.subject, wanda.text());
  open_anew();
  EXPECT_EQ(finish(), 2);
  expect_nothing_seen();
  EXPECT_TRUE(ask(Errands{as(anna)}).at(0).finished);
  if (GetParam() == On::memory) return;
  EXPECT_EQ(rows_of("sealed_placements"), kMany);
  EXPECT_EQ(rows_of("threads"), 0);
  EXPECT_EQ(rows_of("addresses_taken_off"), 0);
}

TEST_P(TakingOff, I1_WhoBecomesAUserIsHiddenAtOnceToo) {
  commit(PutUser{with_address_of_wanda(), std::nullopt, now});
  expect_nothing_seen();
  finish();
  expect_nothing_seen();
}

TEST_P(TakingOff, I1_AConnectedAddressIsHiddenAtOnceToo) {
  auto box = mailbox_of(ben, kWrong);
  box.proof = rules::AddressProof::none;
  commit(AddMailbox{box, "imap secret", "smtp secret"});
  EXPECT_EQ(listed(as(ben)), std::size_t{kMany});
  commit(SetAddressProof{box.id, rules::AddressProof::admin, anna.id, now});
  expect_nothing_seen();
  finish();
  expect_nothing_seen();
}

// What another address, or a message written to it, is the reason for as well comes back.
TEST_P(TakingOff, C14_WhatHasAnotherReasonIsSeenAgain) {
  const auto& last = threads[kMany - 1];
  place(message("own", kOwn, "ben@acme.example"), last, PlacedBy::address, kOwn, false);
  auto both = message("both", kWrong, "ben@acme.example");
  both.envelope.cc = {person(kOwn)};
  place(both, threads[kMany - 2], PlacedBy::address, kWrong, false);
  const auto revision = ask(CompanyFacts{engine()}).revision;
  take_off();
  EXPECT_EQ(listed(as(ben)), 0u);
  finish();
  EXPECT_EQ(listed(as(ben)), 2u);
  ASSERT_TRUE(ask(ThreadById{as(ben), last.id}));
  EXPECT_EQ(ask(ThreadById{as(ben), last.id})->messages.size(), 1u);
  ASSERT_TRUE(ask(MessageById{as(ben), both.id}));
  EXPECT_EQ(ask(MessageById{as(ben), both.id})->placement.detail, kOwn);
  std::vector<std::string> told;
  for (auto& entry : ask(Since{as(ben), revision})) told.push_back(entry.id);
  for (const auto& id : {wanda.text(), threads[0].id.text(), last.id.text()})
    EXPECT_NE(std::ranges::find(told, id), told.end());
}

// A copy that comes meanwhile finds no thread that it could be seen in, and gets one of its own.
TEST_P(TakingOff, C14_WhatComesAgainMeanwhileLiesThereOnce) {
  auto both = message("both", kWrong, "ben@acme.example");
  both.envelope.cc = {person(kOwn)};
  place(both, threads[kMany - 1], PlacedBy::address, kWrong, false);
  take_off();
  const auto anew = thread(wanda);
  commit(AddThread{anew}, PlaceMessage{{anew.id, wanda, both.id, PlacedBy::address, kOwn}, now});
  EXPECT_EQ(threads_seen(as(ben)), std::vector{anew.id});
  finish();
  EXPECT_EQ(threads_seen(as(ben)), std::vector{anew.id});
}

// What its author has queued in a thread leaves: it may be seen again when the errand is done.
TEST_P(TakingOff, C14_QueuedMailIsItsAuthorsMeanwhile) {
  const auto cleo = add_user("cleo", Role::evaluator);
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto in = threads[kMany - 1];
  place(message("own", kOwn, "ben@acme.example"), in, PlacedBy::address, kOwn, false);
  auto answer = message("answer", "ben@acme.example", kOwn);
  answer.direction = rules::Direction::outgoing;
  rules::OutboxMessage out;
  out.id = make<OutboxId>();
  out.message = answer.id;
  out.author = ben.id;
  out.mailbox = box.id;
  out.candidate = wanda;
  out.thread = in.id;
  out.envelope_from = "ben@acme.example";
  out.recipients = {kOwn};
  out.message_id = "answer";
  out.bytes = answer.raw;
  out.not_before = out.created = now;
  commit(PutBlob{answer.raw, "x"}, AddMessage{answer, now},
         PlaceMessage{{in.id, wanda, answer.id, PlacedBy::sent_here, ""}, now}, AddOutbox{out});
  const auto theirs = [&](const rules::User& user) {
    EXPECT_EQ(ask(OutboxOf{as(ben)}).rows.size(), ask(OutboxById{as(ben), out.id}) ? 1u : 0u);
    return ask(OutboxById{as(user), out.id}).has_value();
  };
  take_off();
  for (bool going_on = true; going_on;) {
    EXPECT_TRUE(theirs(ben));
    EXPECT_FALSE(theirs(cleo));
    const auto due = ask(ErrandsDue{engine(), now});
    going_on = !due.empty();
    if (!going_on) continue;
    EXPECT_FALSE(ask(ThreadById{as(ben), in.id}));
    EXPECT_FALSE(theirs(anna));
    commit(PutJob{{welder, "Welder", rules::JobKind::offer, true}, {}, now});
    EXPECT_FALSE(theirs(ben));  // whose right is gone
    commit(PutJob{{welder, "Welder", rules::JobKind::offer, true}, {ben.id}, now});
    commit(AdvanceErrand{due[0].id, now});
  }
  EXPECT_TRUE(ask(ThreadById{as(ben), in.id}));
  EXPECT_TRUE(theirs(anna));
}

TEST_P(TakingOff, C14_AnAddressThatIsAddedAgainKeepsWhatHasntLeft) {
  take_off();
  commit(PutCandidate{wanda, "Wanda", {address(kOwn), address(kWrong)}, now, as(ben)});
  const auto left = kMany - Limits{}.errand_rows;
  EXPECT_EQ(listed(as(ben)), left);
  EXPECT_EQ(finish(), 1);
  EXPECT_EQ(listed(as(ben)), left);
  take_off();  // and the errand is begun once more
  expect_nothing_seen();
  finish();
  expect_nothing_seen();
}

TEST_P(TakingOff, C14_SeveralAddressesLeaveOneAfterTheOther) {
  std::vector<rules::Message> others;
  for (int i = 0; i < kMany; ++i)
    place(others.emplace_back(message("o" + std::to_string(i), kOwn, "ben@acme.example")),
          threads[static_cast<std::size_t>(i)], PlacedBy::address, kOwn, false);
  commit(PutCandidate{wanda, "Wanda", {}, now, as(ben)});
  expect_nothing_seen();
  finish();
  expect_nothing_seen();
  if (GetParam() != On::memory) EXPECT_EQ(rows_of("sealed_placements"), 2 * kMany);
}

TEST_P(TakingOff, S7_ForgettingTakesOverFromIt) {
  take_off();
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(ask(Errands{as(anna)}).at(0).kind, "forget-candidate");
  EXPECT_GT(run_errands(), 0);
  if (GetParam() == On::memory) return;
  for (const char* table : {"placements", "sealed_placements", "messages", "addresses_taken_off"})
    EXPECT_EQ(rows_of(table), 0) << table;
}

// An errand that was finished long ago is no hindrance.
TEST_P(TakingOff, S7_WhoWasTakenOffIsForgottenLater) {
  take_off();
  finish();
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_GT(run_errands(), 0);
  EXPECT_FALSE(ask(CandidateById{as(anna), wanda}));
}

// An answer that names no address of hers goes with what it answers; should that come again, no
// search would find it. So its header is judged once more where it lies, and waits for that. Nobody
// is shown it as mail that can't be brought in.
TEST_P(TakingOff, S10_T3_AnAnswerThatGoesIsJudgedOnceMoreWhereItLies) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX"), left = add_folder(box, "Left");
  std::uint32_t uid = 0;
  const auto answer = [&](const rules::Thread& in, const rules::Folder& folder,
                          std::uint32_t uid_validity = 7, const std::string& to = "b@x.example") {
    const auto letter = message("answer" + std::to_string(++uid), "ben@acme.example", to);
    place(letter, in, PlacedBy::reply_to, "m0", false);
    commit(AddCopy{letter.id, {box.id, folder.id, uid_validity, uid}, letter.raw});
  };
  const auto waits = [&] {
    std::set<std::uint32_t> uids;
    for (const auto& row : ask(ToRetry{engine(), box.id})) uids.insert(row.at.uid);
    EXPECT_TRUE(ask(ToRetry{engine(), box.id, true}).empty()) << "no person asked for it";
    EXPECT_TRUE(ask(Quarantined{as(ben), box.id, {}}).rows.empty());
    EXPECT_EQ(ask(QuarantinedCount{as(ben), box.id, 10}), 0u);
    return uids;
  };
  using Uids = std::set<std::uint32_t>;
  answer(threads.front(), inbox);
  answer(threads.front(), left);
  answer(threads.back(), inbox);
  answer(threads.back(), inbox, 6);           // under numbers that mean other messages now
  answer(threads.front(), inbox, 7, kWrong);  // a search for the address finds it
  commit(AddCopy{letters.back().id, {box.id, inbox.id, 7, 9}, letters.back().raw});
  commit(SetFolderRole{box.id, left.id, rules::FolderRole::ignored});
  EXPECT_EQ(waits(), Uids{});
  take_off();
  finish();
  EXPECT_EQ(waits(), (Uids{1, 3}));
  commit(ForgetAttempt{{box.id, inbox.id, 7, 1}}, ForgetAttempt{{box.id, inbox.id, 7, 3}});
  const auto own = thread(wanda);
  place(message("own", kOwn, "ben@acme.example"), own, PlacedBy::address, kOwn);
  answer(own, inbox, 7, kOwn);
  answer(own, inbox);
  commit(ForgetCandidate{wanda, {}, now});
  finish();
  // By which address it came that had been taken off before, nobody knows any more.
  EXPECT_EQ(waits(), (Uids{1, 3, 5, 7}));
  if (GetParam() != On::memory) EXPECT_EQ(rows_of("addresses_taken_off"), 0);
}

// Nor is anything kept of a mailbox that nobody reads any more.
TEST_P(TakingOff, S10_T3_AnAnswerOfAMailboxThatWasTakenOffWaitsForNothing) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto letter = message("answer", "ben@acme.example", "b@x.example");
  place(letter, threads.front(), PlacedBy::reply_to, "m0", false);
  commit(AddCopy{letter.id, {box.id, inbox.id, 7, 1}, letter.raw});
  commit(RemoveMailbox{box.id});
  take_off();
  finish();
  EXPECT_TRUE(ask(ToRetry{engine(), box.id}).empty());
}

// An address that was left of somebody who is being deleted, by mistake, is no reason to stop.
TEST_P(TakingOff, D1_S7_WhatIsTakenOffEndsNoErasure) {
  if (GetParam() == On::memory) return;
  commit(ForgetCandidate{wanda, as(anna), now});
  tables()->write([&](Db& db) {
    db.change(
        "insert into candidate_addresses(company, candidate, normal, position, address, synced,"
        " why_not, since, match_revision) values ($1, $2, $3, 0, $3, 1, '', $4, 1)",
        company, wanda, kWrong, now);
  });
  commit(PutUser{with_address_of_wanda(), std::nullopt, now});
  EXPECT_EQ(ask(Errands{engine()}).at(0).kind, "forget-candidate");
  finish();
  for (const char* table : {"messages", "placements", "sealed_placements", "forgotten_candidates"})
    EXPECT_EQ(rows_of(table), 0) << table;
}

// As an earlier version may have left it.
TEST_P(TakingOff, D1_S7_AnErasureThatWasReplacedGoesOn) {
  if (GetParam() == On::memory) return;
  commit(ForgetCandidate{wanda, as(anna), now});
  tables()->write([&](Db& db) {
    db.change("update errands set kind = 'take-off-addresses' where company = $1", company);
  });
  finish();
  for (const char* table : {"messages", "placements", "forgotten_candidates"})
    EXPECT_EQ(rows_of(table), 0) << table;
}

}  // namespace
}  // namespace hearback::store
