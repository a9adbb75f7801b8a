#include "rules/past.hpp"

#include <algorithm>

#include "fakes/store_conformance.hpp"
#include "store/mailboxes/past_sql.hpp"

namespace hearback::store {
namespace {

using rules::PastAnswer;
using rules::PastChoice;
using rules::Role;

const std::string kWanda = "wanda@home.example";
constexpr std::uint64_t kSeen = INT64_MAX;  // whatever is shown

class PastTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    bens = mailbox_of(ben, "ben@acme.example");
    bens.connected = now;
    commit(AddMailbox{bens, "p", "p"});
    now = now + 1h;
  }
  CandidateId add(const std::string& address, const std::optional<Scope>& by) {
    const auto id = make<CandidateId>();
    commit(PutCandidate{id, "Wanda", {{address, address, true, "", now}}, now, by});
    return id;
  }
  // As sync asks of the mailbox: until when its past is another's matter, and whether it is open.
  std::pair<Instant, bool> past_of(const std::string& normal, MailboxId reader) {
    const auto found = ask(PeopleNamed{engine(), {normal}, reader}).candidates;
    return found.empty() ? std::pair(Instant{}, true)
                         : std::pair(found[0].past_until, found[0].past_open);
  }
  struct Seen : PastChosen::Found {
    std::vector<PastOf::Row> rows;
  };
  Seen of(const rules::User& user) { return of(user, bens.id); }
  Seen of(const rules::User& user, MailboxId mailbox) {
    return {ask(PastChosen{as(user), mailbox}).value_or(PastChosen::Found{}),
            ask(PastOf{as(user), mailbox}).rows};
  }
  void answer_all(bool open) { commit(AnswerAllPast{bens.id, of(ben).newest, open, now}); }
  std::uint64_t judged_anew() { return ask(MailboxById{engine(), bens.id})->judged_anew; }
  void take_off(CandidateId candidate) {
    commit(PutCandidate{candidate, "Wanda", {}, now, as(anna)});
  }
  void add_again(CandidateId candidate, const std::optional<Scope>& by) {
    now = now + 1h;
    commit(PutCandidate{candidate, "Wanda", {address(kWanda)}, now, by});
  }
  bool is_left(const std::string& table) {
    bool left = false;
    tables()->read([&](Db& db) {
      left = db.row("select count(*) from " + table + " where company = $1", company)->number() > 0;
    });
    return left;
  }

  rules::User anna, ben;
  rules::Mailbox bens;
};
HEARBACK_ON_EACH_DATABASE(PastTest);

// The SQL says what rules/past says, of all combinations.
TEST_P(PastTest, C14_ThePastIsOpenAsTheRuleSays) {
  for (const bool by_owner : {false, true})
    for (const bool known : {false, true})
      for (const auto choice : {PastChoice::ask, PastChoice::open})
        for (const auto answer :
             {PastAnswer::none, PastAnswer::asked, PastAnswer::opened, PastAnswer::declined}) {
          const auto candidate = add(kWanda, as(by_owner ? ben : anna));
          const auto added = now;
          auto box = bens.id;
          if (known) {
            auto later = mailbox_of(ben, "late@acme.example");
            later.connected = now + 1h;
            commit(AddMailbox{later, "p", "p"});
            box = later.id;
          }
          commit(ChoosePast{box, choice});
          const bool concerns = !by_owner && !known;
          if (answer != PastAnswer::none) commit(NotePast{box, kWanda, now, true});
          if (concerns && (answer == PastAnswer::opened || answer == PastAnswer::declined))
            commit(AnswerPast{box, kWanda, answer == PastAnswer::opened, now, kSeen});
          const auto [until, open] = past_of(kWanda, box);
          EXPECT_EQ(until, concerns ? added : Instant{});
          EXPECT_EQ(open, rules::past_is_open({by_owner, added, known ? added + 1h : bens.connected,
                                               choice, concerns ? answer : PastAnswer::none}))
              << by_owner << known << static_cast<int>(choice) << static_cast<int>(answer);
          commit(ForgetCandidate{candidate, {}, now});
          if (known) commit(RemoveMailbox{box});
          now = now + 1h;
        }
}

TEST_P(PastTest, C14_TheOwnerIsAskedOnceThereIsMail) {
  const auto candidate = add(kWanda, as(anna));
  EXPECT_EQ(of(ben).asked, 0u);
  commit(NotePast{bens.id, kWanda, now});
  commit(NotePast{bens.id, kWanda, now + 1h});
  auto found = of(ben);
  EXPECT_EQ(found.asked, 1u);
  ASSERT_EQ(found.rows.size(), 1u);
  EXPECT_EQ(found.rows[0].address, kWanda);
  EXPECT_EQ(found.rows[0].added_by, anna.name);
  EXPECT_EQ(found.rows[0].answer, PastAnswer::asked);
  EXPECT_TRUE(found.rows[0].whose.empty()) << "ben may not see her";
  const auto job = add_job("Welder", {ben.id});
  commit(PutApplication{{make<ApplicationId>(), candidate, job, {}, {}, now}});
  found = of(ben);
  ASSERT_EQ(found.rows[0].whose.size(), 1u);
  EXPECT_EQ(found.rows[0].whose[0].name, "Wanda");
  EXPECT_EQ(found.rows[0].whose[0].job_titles, std::vector<std::string>{"Welder"});
  EXPECT_FALSE(ask(PastChosen{as(anna), bens.id})) << "an admin isn't told";
  EXPECT_TRUE(of(anna).rows.empty());
  EXPECT_EQ(refused(AnswerPast{bens.id, "who@else.example", true, now, kSeen}), "past.missing");

  const auto before = ask(CompanyFacts{engine()});
  const auto anew = judged_anew();
  commit(AnswerPast{bens.id, kWanda, false, now, kSeen});
  EXPECT_EQ(of(ben).asked, 0u);
  EXPECT_EQ(judged_anew(), anew);
  commit(AnswerPast{bens.id, kWanda, true, now, kSeen});
  EXPECT_EQ(of(ben).rows[0].answer, PastAnswer::opened);
  EXPECT_EQ(judged_anew(), anew + 1) << "it is looked for";
  EXPECT_EQ(ask(CompanyFacts{engine()}).match_revision, before.match_revision) << "here alone";
  EXPECT_EQ(ask(Since{engine(), before.revision}).size(), 2u);
  EXPECT_EQ(refused(AnswerPast{bens.id, kWanda, false, now, kSeen}), "past.opened");
}

// Nothing is asked about what nobody has any more, and nothing of it is left (D-1).
TEST_P(PastTest, C14_D1_RequestsGoWithTheAddressTheCandidateAndTheMailbox) {
  enum class By { address, candidate, mailbox };
  for (const auto by : {By::address, By::candidate, By::mailbox}) {
    const auto candidate = add(kWanda, as(anna));
    commit(NotePast{bens.id, kWanda, now});
    ASSERT_EQ(of(ben).rows.size(), 1u);
    if (by == By::address) take_off(candidate);
    if (by == By::candidate) commit(ForgetCandidate{candidate, {}, now});
    if (by == By::mailbox) commit(RemoveMailbox{bens.id});
    EXPECT_TRUE(of(ben).rows.empty());
    if (GetParam() == On::memory) continue;
    if (by == By::address) {  // as long as that may be undone
      commit(Prune{now + kAddingStaysAside - 1ms, {}});
      EXPECT_TRUE(is_left("past_requests"));
      EXPECT_TRUE(ask(Prunable{engine(), now + kAddingStaysAside, {}}));
      commit(Prune{now + kAddingStaysAside, {}});
    }
    EXPECT_FALSE(is_left("past_requests"));
    EXPECT_EQ(is_left("added_addresses"), by == By::mailbox);
  }
}

// C: what it brought, in numbers, of what came from this mailbox.
TEST_P(PastTest, C14_TheOwnerIsToldWhatItBrought) {
  const auto inbox = add_folder(bens, "INBOX");
  commit(ChoosePast{bens.id, PastChoice::open});
  const auto written = now;
  now = now + 1h;
  const auto candidate = add(kWanda, as(anna));
  commit(NotePast{bens.id, kWanda, now});
  ASSERT_EQ(of(ben).rows.size(), 1u);
  EXPECT_EQ(of(ben).rows[0].answer, PastAnswer::opened) << "told, not asked";
  EXPECT_EQ(of(ben).asked, 0u);
  EXPECT_FALSE(of(ben).rows[0].searched);
  const auto its = thread(candidate);
  for (int i = 0; i < 4; ++i) {
    auto m = message("m" + std::to_string(i), kWanda, "ben@acme.example");
    m.date = i < 3 ? written : now;  // the last is no past mail
    place(m, its, rules::PlacedBy::address, kWanda, i == 0);
    if (i != 1)  // that one was another mailbox's
      commit(AddCopy{m.id, {bens.id, inbox.id, 7, static_cast<std::uint32_t>(i + 1)}, m.raw});
  }
  EXPECT_EQ(of(ben).rows[0].brought, 2u);
  auto answer = message("answer", "someone@else.example", "ben@acme.example");
  answer.date = written;
  place(answer, its, rules::PlacedBy::reply_to, "m1", false);
  commit(AddCopy{answer.id, {bens.id, inbox.id, 7, 9}, answer.raw});
  EXPECT_EQ(of(ben).rows[0].brought, 3u);
  ObserveMailbox seen;
  seen.id = bens.id;
  seen.searched = ask(CompanyFacts{engine()}).match_revision;
  commit(seen);
  EXPECT_TRUE(of(ben).rows[0].searched);
}

// What one candidate has is granted, or asked about, already.
TEST_P(PastTest, C14_AnAddressThatSomebodyHasAlreadyAsksNothingAnew) {
  add(kWanda, std::nullopt);
  add(kWanda, as(anna));
  EXPECT_EQ(past_of(kWanda, bens.id), std::pair(Instant{}, true));
}

// To whom somebody else gave it, who could see nothing of what was granted.
TEST_P(PastTest, C14_AnAddressThatIsPassedOnIsAskedAboutAnew) {
  const auto carl = add_user("carl", Role::evaluator);
  const auto first = add(kWanda, as(anna));
  commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
  const auto second = add(kWanda, as(carl));
  EXPECT_EQ(past_of(kWanda, bens.id).second, true);
  now = now + 1h;
  // What is rewritten in between keeps who added it.
  commit(PutCandidate{
      second, "Wanda", {address("more@home.example"), address(kWanda)}, now, as(anna)});
  now = now + 1h;
  commit(ForgetCandidate{first, {}, now});
  EXPECT_EQ(past_of(kWanda, bens.id), std::pair(now, false));
  EXPECT_TRUE(of(ben).rows.empty());
  commit(NotePast{bens.id, kWanda, now});
  ASSERT_EQ(of(ben).rows.size(), 1u);
  EXPECT_EQ(of(ben).rows[0].added_by, carl.name);
}

TEST_P(PastTest, C14_WhoeverMergesKeepsWhoAddedIt) {
  const auto carl = add_user("carl", Role::evaluator);
  const auto first = add(kWanda, as(anna));
  const auto second = add(kWanda, as(carl));
  const auto kept = add("kept@home.example", as(anna));
  commit(MergeCandidates{as(anna), kept, second, ask(MergePreview{as(anna), kept, second})->version,
                         false, now});
  now = now + 1h;
  commit(UndoMerge{as(anna), second, now});
  commit(ForgetCandidate{first, {}, now});
  commit(NotePast{bens.id, kWanda, now});
  ASSERT_EQ(of(ben).rows.size(), 1u);
  EXPECT_EQ(of(ben).rows[0].added_by, carl.name);
}

TEST_P(PastTest, C14_TheOwnersOwnAddingOpensAlsoWhereSomebodyHasIt) {
  for (const bool asked : {false, true}) {
    const auto job = add_job("Welder", {ben.id});
    const auto hers = add(kWanda, as(anna));
    commit(PutApplication{{make<ApplicationId>(), hers, job, {}, {}, now}});
    if (asked) commit(NotePast{bens.id, kWanda, now});
    EXPECT_FALSE(past_of(kWanda, bens.id).second);
    const auto his = add(kWanda, as(ben));
    EXPECT_TRUE(past_of(kWanda, bens.id).second);
    EXPECT_EQ(judged_anew(), asked ? 1u : 0u);  // what was passed over is looked for
    commit(NotePast{bens.id, kWanda, now});
    EXPECT_EQ(of(ben).asked, 0u);
    EXPECT_EQ(of(ben).rows.at(0).answer, PastAnswer::opened);
    // It stays his word, whatever becomes of what he added.
    commit(MergeCandidates{as(anna), hers, his, ask(MergePreview{as(anna), hers, his})->version,
                           false, now});
    EXPECT_TRUE(past_of(kWanda, bens.id).second);
    commit(ForgetCandidate{hers, {}, now});
    now = now + 1h;
  }
}

// Else nobody could: its mail is read on.
TEST_P(PastTest, C14_WhoManagesASharedMailboxDecidesOnceItsOwnerHasLeft) {
  bens = mailbox_of(ben, "jobs@acme.example");
  bens.kind = rules::MailboxKind::shared;
  bens.connected = now;
  const auto carl = add_user("carl", Role::evaluator);
  commit(AddMailbox{bens, "p", "p"},
         SetMailboxMembers{bens.id,
                           {{anna.id, {}, rules::MailboxRight::manage},
                            {carl.id, {}, rules::MailboxRight::reply},
                            {ben.id, {}, rules::MailboxRight::manage}}});
  now = now + 1h;
  add(kWanda, as(anna));
  commit(NotePast{bens.id, kWanda, now});
  EXPECT_FALSE(ask(PastChosen{as(anna), bens.id}));
  EXPECT_TRUE(of(ben).own);
  const auto revision = ask(CompanyFacts{engine()}).revision;
  commit(ChoosePast{bens.id, PastChoice::ask});
  EXPECT_TRUE(ask(Since{as(anna), revision}).empty());
  auto left = ben;
  left.active = false;
  commit(PutUser{left, std::nullopt, now});
  EXPECT_EQ(of(anna).asked, 1u);
  EXPECT_FALSE(of(anna).own);
  EXPECT_FALSE(ask(PastChosen{as(carl), bens.id}));
  commit(AnswerPast{bens.id, kWanda, true, now, kSeen});
  EXPECT_EQ(of(anna).asked, 0u);
}

// Nor is it closed for good where nobody manages it who is here.
TEST_P(PastTest, C14_AdminsDecideAboutASharedMailboxThatNobodyManages) {
  bens = mailbox_of(ben, "jobs@acme.example");
  bens.kind = rules::MailboxKind::shared;
  const auto carl = add_user("carl", Role::evaluator), mia = add_user("mia", Role::evaluator);
  commit(AddMailbox{bens, "p", "p"},
         SetMailboxMembers{bens.id,
                           {{carl.id, {}, rules::MailboxRight::reply},
                            {mia.id, {}, rules::MailboxRight::manage},
                            {ben.id, {}, rules::MailboxRight::manage}}});
  const auto leave = [&](rules::User user) {
    user.active = false;
    commit(PutUser{user, std::nullopt, now});
  };
  leave(ben);
  EXPECT_FALSE(ask(PastChosen{as(anna), bens.id}));
  leave(mia);
  EXPECT_TRUE(ask(PastChosen{as(anna), bens.id}));
  EXPECT_FALSE(ask(PastChosen{as(carl), bens.id}));
}

// D-1: nobody has it for matching, so nothing of who gave it, or of what was said, is left.
TEST_P(PastTest, C14_D1_NothingIsLeftOfAnAddressThatHasBecomeInternal) {
  const auto candidate = add(kWanda, as(anna));
  commit(NotePast{bens.id, kWanda, now});
  const auto mine = mailbox_of(anna, kWanda);
  commit(AddMailbox{mine, "p", "p"});
  EXPECT_TRUE(of(ben).rows.empty());
  commit(ForgetCandidate{candidate, {}, now});
  if (GetParam() == On::memory) return;
  EXPECT_FALSE(is_left("past_requests"));
  EXPECT_FALSE(is_left("added_addresses"));
}

// What was granted, asked or declined is there again with the address: a removal that is undone has
// changed nothing.
TEST_P(PastTest, C14_AnAddressThatComesBackIsAsItWas) {
  for (const auto answer :
       {PastAnswer::none, PastAnswer::asked, PastAnswer::opened, PastAnswer::declined}) {
    const auto candidate = add(kWanda, as(anna));
    const auto added = now;
    if (answer != PastAnswer::none) commit(NotePast{bens.id, kWanda, now});
    if (answer == PastAnswer::opened || answer == PastAnswer::declined)
      commit(AnswerPast{bens.id, kWanda, answer == PastAnswer::opened, now, kSeen});
    for (int i = 0; i < 2; ++i) {
      take_off(candidate);
      EXPECT_TRUE(of(ben).rows.empty());
      EXPECT_EQ(of(ben).asked, 0u);
      EXPECT_EQ(refused(AnswerPast{bens.id, kWanda, true, now, kSeen}), "past.missing");
      commit(NotePast{bens.id, kWanda, now}, AnswerAllPast{bens.id, kSeen, true, now});
      add_again(candidate, as(anna));
      EXPECT_EQ(past_of(kWanda, bens.id), std::pair(added, answer == PastAnswer::opened));
      const auto rows = of(ben).rows;
      ASSERT_EQ(rows.size(), answer == PastAnswer::none ? 0u : 1u);
      if (!rows.empty()) EXPECT_EQ(rows[0].answer, answer);
    }
    commit(ForgetCandidate{candidate, {}, now});
    now = now + 1h;
  }
}

// Nobody was asked about it: it was there before that could be, or no person had added it.
TEST_P(PastTest, C14_WhatWasOpenToAllIsSoWhenItComesBack) {
  const auto candidate = add(kWanda, std::nullopt);
  take_off(candidate);
  now = now + 1h;
  auto late = mailbox_of(ben, "late@acme.example");
  late.connected = now;
  commit(AddMailbox{late, "p", "p"});
  add_again(candidate, as(anna));
  EXPECT_EQ(past_of(kWanda, bens.id), std::pair(Instant{}, true));
  // Whoever connected a mailbox meanwhile couldn't know of it.
  EXPECT_EQ(past_of(kWanda, late.id), std::pair(now, false));
  commit(NotePast{late.id, kWanda, now});
  const auto found = of(ben, late.id);
  ASSERT_EQ(found.rows.size(), 1u);
  EXPECT_EQ(found.rows[0].added, now);
  EXPECT_EQ(found.rows[0].added_by, anna.name);
}

TEST_P(PastTest, C14_AnAddressThatComesToAnotherIsAskedAboutAnew) {
  const auto first = add(kWanda, as(anna));
  commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
  take_off(first);
  now = now + 1h;
  const auto second = add(kWanda, as(anna));
  EXPECT_EQ(past_of(kWanda, bens.id), std::pair(now, false));
  EXPECT_TRUE(of(ben).rows.empty());
  // Nor is what was said of it there for whoever has it no more.
  take_off(second);
  add_again(first, as(anna));
  EXPECT_EQ(past_of(kWanda, bens.id), std::pair(now, false));
}

// Who reads an older list answers about somebody else.
TEST_P(PastTest, C14_OneWordOpensForNobodyWhoWasntShown) {
  const auto carl = add_user("carl", Role::evaluator);
  const auto first = add(kWanda, as(anna));
  commit(NotePast{bens.id, kWanda, now});
  const auto seen = of(ben).rows.at(0).shown;
  commit(ForgetCandidate{first, {}, now});
  now = now + 1h;
  add(kWanda, as(carl));
  EXPECT_EQ(refused(AnswerPast{bens.id, kWanda, true, now, seen}), "past.missing");
  commit(NotePast{bens.id, kWanda, now});
  for (const bool open : {false, true})
    EXPECT_EQ(refused(AnswerPast{bens.id, kWanda, open, now, seen}), "past.asked-anew");
  auto found = of(ben);
  EXPECT_EQ(found.asked, 1u);
  EXPECT_EQ(found.rows.at(0).answer, PastAnswer::asked);
  EXPECT_EQ(found.rows.at(0).added_by, carl.name);
  commit(AnswerPast{bens.id, kWanda, true, now, found.rows.at(0).shown});
  EXPECT_EQ(of(ben).rows.at(0).answer, PastAnswer::opened);
}

TEST_P(PastTest, C14_WhoMergesCanStillUndoARemoval) {
  const auto candidate = add(kWanda, as(anna)), kept = add("kept@home.example", as(anna));
  commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
  take_off(candidate);
  commit(MergeCandidates{as(anna), kept, candidate,
                         ask(MergePreview{as(anna), kept, candidate})->version, false, now});
  add_again(kept, as(anna));
  EXPECT_TRUE(past_of(kWanda, bens.id).second);
  take_off(kept);
  commit(ForgetCandidate{kept, {}, now});
  if (GetParam() == On::memory) return;
  EXPECT_FALSE(is_left("past_requests"));
}

TEST_P(PastTest, C14_D1_NothingIsKeptAsideOfWhoIsDeletedOrInternal) {
  for (const bool internal : {false, true}) {
    const auto candidate = add(kWanda, as(anna));
    commit(NotePast{bens.id, kWanda, now});
    take_off(candidate);
    if (internal)
      commit(AddMailbox{mailbox_of(anna, kWanda), "p", "p"});
    else
      commit(ForgetCandidate{candidate, {}, now});
    if (GetParam() == On::memory) continue;
    EXPECT_FALSE(is_left("past_requests"));
    EXPECT_FALSE(is_left("added_addresses"));
  }
}

// M-3: who is a candidate by mistake, and then again.
TEST_P(PastTest, C14_M3_ATakingOverThatIsUndoneIsTakenBackWhole) {
  const auto annas = add_mailbox(anna, "anna@acme.example");
  const auto person = make<CandidateId>();
  commit(AddNonCandidate{person, kWanda, kWanda, {}, anna.id, now});
  const auto talk = thread(person);
  commit(AddThread{talk});
  auto letter = message("letter", annas.address, kWanda);
  write_here(letter, talk, annas, now);
  const auto take_over = [&] {
    now = now + 1h;
    commit(TakeOver{talk.id, as(anna), now},
           PutCandidate{person, "Wanda", {address(kWanda)}, now, as(anna)});
  };
  take_over();
  commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
  commit(UndoTakeOver{talk.id, as(anna), now});
  EXPECT_TRUE(of(ben).rows.empty());
  take_over();
  EXPECT_TRUE(past_of(kWanda, bens.id).second);
  EXPECT_EQ(of(ben).rows.size(), 1u);
}

// Sync has passed over it already, and wouldn't look again.
TEST_P(PastTest, C14_WhatWasPassedOverIsAskedAboutWhateverIsChosenByThen) {
  add(kWanda, as(anna));
  commit(ChoosePast{bens.id, PastChoice::open});
  commit(NotePast{bens.id, kWanda, now, true});
  EXPECT_EQ(of(ben).asked, 1u);
  EXPECT_FALSE(past_of(kWanda, bens.id).second);
  // And the other way round: what was open as it was judged isn't any more.
  add("w@home.example", as(anna));
  commit(ChoosePast{bens.id, PastChoice::ask});
  commit(NotePast{bens.id, "w@home.example", now, false});
  EXPECT_EQ(of(ben).asked, 2u);
}

TEST_P(PastTest, C14_AllThatWaitAreAnsweredInOneGo) {
  for (const bool open : {true, false}) {
    std::vector<CandidateId> candidates;
    for (const auto* one : {"a@home.example", "b@home.example", "no@home.example"}) {
      candidates.push_back(add(one, as(anna)));
      commit(NotePast{bens.id, one, now});
    }
    commit(AnswerPast{bens.id, "no@home.example", false, now, kSeen});
    EXPECT_EQ(of(ben).asked, 2u);
    const auto before = ask(CompanyFacts{engine()});
    const auto anew = judged_anew();
    now = now + 1h;
    answer_all(open);
    EXPECT_EQ(of(ben).asked, 0u);
    for (const auto& row : of(ben).rows)
      EXPECT_EQ(row.answer, open && row.address != "no@home.example" ? PastAnswer::opened
                                                                     : PastAnswer::declined);
    EXPECT_EQ(judged_anew(), anew + (open ? 1 : 0));
    EXPECT_EQ(ask(CompanyFacts{engine()}).match_revision, before.match_revision);
    EXPECT_EQ(ask(Since{engine(), before.revision}).size(), 1u) << "however many they are";
    // What was declined in one go can be taken back, and nothing else.
    commit(AskPastAgain{bens.id, now});
    EXPECT_EQ(of(ben).asked, open ? 0u : 2u);
    for (const auto& one : candidates) commit(ForgetCandidate{one, {}, now});
  }
}

// What opens can't be closed again: nobody opens it who hasn't seen that it waits.
TEST_P(PastTest, C14_NothingOpensUnseen) {
  add(kWanda, as(anna));
  add("late@home.example", as(anna));
  commit(NotePast{bens.id, kWanda, now});
  const auto seen = of(ben).newest;
  commit(NotePast{bens.id, "late@home.example", now});
  for (const bool open : {true, false})
    EXPECT_EQ(refused(AnswerAllPast{bens.id, seen, open, now}), "past.more-wait");
  EXPECT_EQ(of(ben).asked, 2u);
  // To choose that it opens at once says nothing of what waits.
  const auto anew = judged_anew();
  commit(ChoosePast{bens.id, PastChoice::open});
  EXPECT_EQ(of(ben).asked, 2u);
  EXPECT_EQ(judged_anew(), anew);
  for (const auto& row : of(ben).rows) EXPECT_EQ(row.answer, PastAnswer::asked);
  EXPECT_FALSE(past_of(kWanda, bens.id).second);
}

// It is shown again then, and wasn't meanwhile.
TEST_P(PastTest, C14_WhatComesBackIsSeenAnew) {
  const auto candidate = add(kWanda, as(anna));
  add("w@home.example", as(anna));
  commit(NotePast{bens.id, kWanda, now}, NotePast{bens.id, "w@home.example", now});
  take_off(candidate);
  const auto seen = of(ben).newest;
  add_again(candidate, as(anna));
  EXPECT_EQ(refused(AnswerAllPast{bens.id, seen, true, now}), "past.more-wait");
  answer_all(true);
  EXPECT_EQ(of(ben).asked, 0u);
}

// Ben connects while nobody has the address, and is asked as of when it comes back; that stays so
// when it goes and comes once more.
TEST_P(PastTest, C14_UntilWhenItIsPastStaysAsItWasAsked) {
  for (const auto answer : {PastAnswer::none, PastAnswer::asked, PastAnswer::declined}) {
    const auto candidate = add(kWanda, as(anna));
    now = now + 1h;
    take_off(candidate);
    now = now + 1h;
    auto late = mailbox_of(ben, "late@acme.example");
    late.connected = now;
    commit(AddMailbox{late, "p", "p"});
    add_again(candidate, as(anna));
    const auto back = now;
    if (answer != PastAnswer::none) commit(NotePast{late.id, kWanda, now, true});
    if (answer == PastAnswer::declined) commit(AnswerPast{late.id, kWanda, false, now, kSeen});
    EXPECT_EQ(past_of(kWanda, late.id), std::pair(back, false));
    for (int i = 0; i < 2; ++i) {
      now = now + 1h;
      take_off(candidate);
      add_again(candidate, as(anna));
      EXPECT_EQ(past_of(kWanda, late.id), std::pair(back, false)) << static_cast<int>(answer);
      EXPECT_EQ(of(ben, late.id).asked, answer == PastAnswer::asked ? 1u : 0u);
      EXPECT_EQ(of(ben, late.id).rows.size(), answer == PastAnswer::none ? 0u : 1u);
    }
    if (answer == PastAnswer::none) {  // once there is mail
      commit(NotePast{late.id, kWanda, now, true});
      ASSERT_EQ(of(ben, late.id).rows.size(), 1u);
      EXPECT_EQ(of(ben, late.id).rows[0].added, back);
    }
    commit(ForgetCandidate{candidate, {}, now}, RemoveMailbox{late.id});
    now = now + 1h;
  }
}

// Two have it; it is taken off both, and one of these is undone, whichever.
TEST_P(PastTest, C14_WhatTwoHadComesBackToEither) {
  for (const bool first : {true, false}) {
    const auto one = add(kWanda, as(anna)), other = add(kWanda, as(anna));
    commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
    now = now + 1h;
    take_off(one);
    now = now + 1h;
    take_off(other);
    EXPECT_TRUE(of(ben).rows.empty());
    add_again(first ? one : other, as(anna));
    EXPECT_TRUE(past_of(kWanda, bens.id).second) << first;
    EXPECT_EQ(of(ben).rows.size(), 1u);
    add_again(first ? other : one, as(anna));
    EXPECT_TRUE(past_of(kWanda, bens.id).second);
    for (const auto& each : {one, other}) commit(ForgetCandidate{each, {}, now});
    if (GetParam() != On::memory) {
      EXPECT_FALSE(is_left("past_requests"));
      EXPECT_FALSE(is_left("taken_off_addresses"));
    }
    now = now + 1h;
  }
}

// The other one is deleted, whose removal isn't undone.
TEST_P(PastTest, C14_D1_WhatTwoHadStaysTheOnesWhoIsLeft) {
  const auto one = add(kWanda, as(anna)), other = add(kWanda, as(anna));
  commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
  take_off(one);
  commit(ForgetCandidate{other, {}, now});
  EXPECT_TRUE(of(ben).rows.empty());
  add_again(one, as(anna));
  EXPECT_TRUE(past_of(kWanda, bens.id).second);
  take_off(one);
  commit(ForgetCandidate{one, {}, now});
  if (GetParam() == On::memory) return;
  for (const auto* table : {"past_requests", "added_addresses", "taken_off_addresses"})
    EXPECT_FALSE(is_left(table)) << table;
}

// The one's before, or since: it is theirs again, and goes with them.
TEST_P(PastTest, C14_D1_WhoIsPartedTakesAlongWhatWasTakenOff) {
  enum class TakenOff { before, since };
  enum class Then { forget, undo };
  for (const auto taken_off : {TakenOff::before, TakenOff::since})
    for (const auto then : {Then::forget, Then::undo}) {
      const auto merged = add(kWanda, as(anna)), kept = add("kept@home.example", as(anna));
      commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
      if (taken_off == TakenOff::before) take_off(merged);
      now = now + 1h;
      commit(MergeCandidates{as(anna), kept, merged,
                             ask(MergePreview{as(anna), kept, merged})->version, false, now});
      now = now + 1h;
      if (taken_off == TakenOff::since)
        commit(PutCandidate{kept, "Wanda", {address("kept@home.example")}, now, as(anna)});
      commit(UndoMerge{as(anna), merged, now});
      if (then == Then::undo) {
        add_again(merged, as(anna));
        EXPECT_TRUE(past_of(kWanda, bens.id).second);
      }
      commit(ForgetCandidate{merged, {}, now});
      if (GetParam() != On::memory) {
        EXPECT_FALSE(is_left("past_requests"));
        EXPECT_FALSE(is_left("taken_off_addresses"));
      }
      commit(ForgetCandidate{kept, {}, now});
      now = now + 1h;
    }
}

// However many they are, each can be reached, and changed.
TEST_P(PastTest, C14_TheListIsPaged) {
  for (int i = 0; i < 5; ++i) {
    const auto address = "w" + std::to_string(i) + "@home.example";
    add(address, as(anna));
    commit(NotePast{bens.id, address, now});
    if (i < 3) commit(AnswerPast{bens.id, address, false, now, kSeen});
  }
  std::vector<std::string> all;
  std::string after;
  do {
    const auto page = ask(PastOf{as(ben), bens.id, {after, 2}});
    EXPECT_LE(page.rows.size(), 2u);
    for (const auto& row : page.rows) all.push_back(row.address);
    after = page.next;
  } while (!after.empty());
  EXPECT_EQ(all, (std::vector<std::string>{"w4@home.example", "w3@home.example", "w2@home.example",
                                           "w1@home.example", "w0@home.example"}));
  EXPECT_EQ(ask(PastChosen{as(ben), bens.id, 1})->asked, 1u) << "counted so far";
  EXPECT_TRUE(ask(PastOf{as(ben), bens.id, {}, true}).rows.empty()) << "none of them is looked for";
}

// Until all that was judged before is judged again.
TEST_P(PastTest, C14_WhatWasOpenedIsLookedForInTheOnesMailboxAlone) {
  const auto inbox = add_folder(bens, "INBOX");
  ObserveMailbox seen;
  seen.id = bens.id;
  const auto judged = [&](std::uint64_t anew) {
    seen.judged_to = anew;
    commit(seen);
  };
  add(kWanda, as(anna));
  seen.searched = ask(CompanyFacts{engine()}).match_revision;
  const auto before = judged_anew();
  judged(before);
  commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
  judged(before);
  EXPECT_FALSE(of(ben).rows[0].searched);
  EXPECT_EQ(ask(PastOf{as(ben), bens.id, {}, true}).rows.size(), 1u);
  // Which numbers are judged says nothing of the others: those that are to be judged once more, of
  // a folder that was numbered anew.
  commit(AdvanceCursor{bens.id, inbox.id, 7, {}});
  EXPECT_FALSE(of(ben).rows[0].searched);
  judged(judged_anew());
  EXPECT_TRUE(of(ben).rows[0].searched);
  judged(before);  // it never goes down
  EXPECT_TRUE(of(ben).rows[0].searched);
  EXPECT_TRUE(ask(PastOf{as(ben), bens.id, {}, true}).rows.empty());
}

// Else disconnecting once would open what was kept from us.
TEST_P(PastTest, C14_WhatWasDeclinedStaysSoWhenTheAddressIsConnectedAgain) {
  add(kWanda, as(anna));
  const auto added = now;
  add("asked@home.example", as(anna));
  for (const auto* one : {"wanda@home.example", "asked@home.example"})
    commit(NotePast{bens.id, one, now});
  commit(AnswerPast{bens.id, kWanda, false, now, kSeen});
  commit(RemoveMailbox{bens.id});
  now = now + 1h;
  auto again = mailbox_of(ben, "ben@acme.example");
  again.connected = now;
  commit(AddMailbox{again, "p", "p"});
  EXPECT_EQ(past_of(kWanda, again.id), std::pair(added, false));
  EXPECT_EQ(past_of("asked@home.example", again.id), std::pair(Instant{}, true));
  const auto found = of(ben, again.id);
  ASSERT_EQ(found.rows.size(), 1u);
  EXPECT_EQ(found.rows[0].answer, PastAnswer::declined);
  commit(AnswerPast{again.id, kWanda, true, now, kSeen});
  EXPECT_TRUE(past_of(kWanda, again.id).second);
}

// From before it was remembered who did: that nobody knows doesn't open it.
TEST_P(PastTest, C14_WhoGaveItMayBeForgotten) {
  if (GetParam() == On::memory) return;
  const auto carl = add_user("carl", Role::evaluator);
  const auto first = add(kWanda, as(anna));
  add(kWanda, as(carl));
  tables()->write([&](Db& db) {
    db.change("update candidate_addresses set added_by = null where company = $1", company);
  });
  now = now + 1h;
  commit(ForgetCandidate{first, {}, now});
  EXPECT_EQ(past_of(kWanda, bens.id), std::pair(now, false));
  commit(NotePast{bens.id, kWanda, now});
  ASSERT_EQ(of(ben).rows.size(), 1u);
  EXPECT_EQ(of(ben).rows[0].added_by, "");
}

// Of many requests the answer asks as many questions as of one.
TEST_P(PastTest, C14_ManyRequestsAreAnsweredTogether) {
  commit(ChoosePast{bens.id, PastChoice::open});
  for (int i = 0; i < 5; ++i) {
    const auto address = "w" + std::to_string(i) + "@home.example";
    place(message("m" + std::to_string(i), address, "ben@acme.example"),
          thread(add(address, as(anna))), rules::PlacedBy::address, address);
    commit(NotePast{bens.id, address, now});
  }
  const auto found = of(ben);
  ASSERT_EQ(found.rows.size(), 5u);
  EXPECT_EQ(found.rows[0].address, "w4@home.example");
}

// S-3's second way: of a candidate none of whose addresses opens the past.
TEST_P(PastTest, C14_AnswersToTheirMailAreOfThePastToo) {
  const auto candidate = add(kWanda, as(anna));
  const auto added = now;
  place(message("m1", kWanda, "anna@acme.example"), thread(candidate), rules::PlacedBy::address,
        kWanda);
  const auto closed = [&] {
    const auto named = ask(StoredMessageIds{engine(), {"m1"}, bens.id});
    return named.empty() ? Instant{-1} : named[0].closed_until;
  };
  EXPECT_EQ(closed(), added);
  EXPECT_EQ(ask(StoredMessageIds{engine(), {"m1"}, bens.id})[0].closed_for, kWanda);
  commit(
      PutCandidate{candidate, "Wanda", {address(kWanda), address("w@work.example")}, now, as(ben)});
  EXPECT_EQ(closed(), Instant{}) << "one is open";
}

// Of several addresses the one that has to do with the answered message: of the others the owner
// may never have heard.
TEST_P(PastTest, C14_AboutAnAnswerIsAskedByTheAddressOfWhatItAnswers) {
  const auto candidate = make<CandidateId>();
  commit(PutCandidate{
      candidate,
      "Wanda",
      {address("a@home.example"), address("b@home.example"), address("c@home.example")},
      now,
      as(anna)});
  const auto talk = thread(candidate);
  place(message("placed", "c@home.example", "b@home.example"), talk, rules::PlacedBy::address,
        "b@home.example");
  place(message("named", "anna@acme.example", "c@home.example"), talk, rules::PlacedBy::reply_to,
        "placed", false);
  place(message("neither", "anna@acme.example", "who@else.example"), talk,
        rules::PlacedBy::reply_to, "placed", false);
  const auto asked_for = [&](const std::string& message_id) {
    return ask(StoredMessageIds{engine(), {message_id}, bens.id}).at(0).closed_for;
  };
  EXPECT_EQ(asked_for("placed"), "b@home.example");
  EXPECT_EQ(asked_for("named"), "c@home.example");
  EXPECT_EQ(asked_for("neither"), "a@home.example");
}

// What was written here from that mailbox, to who was no candidate yet, say: a colleague's adding
// doesn't keep out the answer that has come since.
TEST_P(PastTest, C14_M3_AnswersToWhatTheMailboxSentAreOpen) {
  const auto talk = thread(add(kWanda, as(anna)));
  commit(AddThread{talk});
  const auto annas = add_mailbox(anna, "anna@acme.example");
  write_here(message("bens", "ben@acme.example", kWanda), talk, bens, now);
  write_here(message("annas", annas.address, kWanda), talk, annas, now);
  const auto closed = [&](const std::string& message_id) {
    return ask(StoredMessageIds{engine(), {message_id}, bens.id}).at(0).closed_until;
  };
  EXPECT_EQ(closed("bens"), Instant{});
  EXPECT_NE(closed("annas"), Instant{});
}

TEST_P(PastTest, C14_ACommitCanExpectThatThePastIsAsItWas) {
  add(kWanda, as(anna));
  const auto judged = ask(PeopleNamed{engine(), {kWanda}, bens.id}).candidates;
  const PeopleAre expected{{kWanda}, judged, {}, bens.id};
  EXPECT_TRUE(try_commit({}, {expected}));
  commit(NotePast{bens.id, kWanda, now}, AnswerPast{bens.id, kWanda, true, now, kSeen});
  EXPECT_FALSE(try_commit({}, {expected}));
}

}  // namespace
}  // namespace hearback::store
