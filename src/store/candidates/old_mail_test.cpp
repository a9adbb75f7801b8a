// What is told of the search for an added address's old mail (S-5).
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class OldMailTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::manager);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {});
    boxes = {add_mailbox(anna, "anna@acme.example"), add_mailbox(ben, "ben@acme.example")};
    for (const auto& box : boxes) inboxes.push_back(add_folder(box, "INBOX"));
  }
  std::uint64_t match_revision() { return ask(CompanyFacts{engine()}).match_revision; }
  OldMail::Answer told(CandidateId candidate, const Scope& scope) {
    return ask(OldMail{scope, candidate, now});
  }
  void searched(std::size_t box, std::uint64_t revision) {
    commit(ObserveMailbox{.id = boxes[box].id, .searched = revision});
  }
  void lies_in(std::size_t box, const rules::Message& m) {
    AddCopy copy{};
    copy.at = {boxes[box].id, inboxes[box].id, 7, ++uid};
    copy.message = m.id;
    copy.raw = m.raw;
    commit(copy);
  }
  rules::Message old(std::string id, std::string from = "wanda@home.example") {
    auto m = message(std::move(id), std::move(from), "ben@acme.example");
    m.date = now - 240h;
    return m;
  }
  rules::User anna, ben;
  JobId welder, baker;
  std::vector<rules::Mailbox> boxes;
  std::vector<rules::Folder> inboxes;
  std::uint32_t uid = 0;
};
HEARBACK_ON_EACH_DATABASE(OldMailTest);

TEST_P(OldMailTest, S5_WhatWasFoundAndWhatIsStillBeingSearched) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto added = ask(CandidateById{engine(), wanda})->candidate.addresses[0].since;
  OldMail::Found is{.added = added, .going_on = 2};
  EXPECT_EQ(told(wanda, as(anna)), is);
  searched(0, match_revision());
  is.through = is.going_on = 1;
  EXPECT_EQ(told(wanda, as(anna)), is);
  // What can't be reached waits, and is searched in the end.
  commit(ObserveMailbox{.id = boxes[1].id, .error = "net.refused"});
  is.going_on = 0, is.waiting = 1;
  EXPECT_EQ(told(wanda, as(anna)), is);
  commit(ObserveMailbox{.id = boxes[1].id, .last_success = now, .error = ""});
  const auto rests = [&](std::optional<rules::Resting> resting) {
    commit(ObserveFolder{boxes[1].id, inboxes[1].id, {}, resting});
  };
  rests(rules::Resting{"imap.no", now, now});
  EXPECT_EQ(told(wanda, as(anna)), is);
  rests({});
  is.going_on = 1, is.waiting = 0;
  EXPECT_EQ(told(wanda, as(anna)), is);

  now = now + 1h;
  const auto first = old("m1"), second = old("m2"), answer = old("m3", "ben@acme.example");
  const auto talk = thread(wanda);
  place(first, talk, PlacedBy::address, "wanda@home.example");
  place(second, talk, PlacedBy::address, "wanda@home.example", false);
  place(answer, talk, PlacedBy::reply_to, "m1", false);
  auto news = message("m4", "wanda@home.example", "ben@acme.example");
  place(news, talk, PlacedBy::address, "wanda@home.example", false);
  lies_in(0, first);
  lies_in(1, first);
  lies_in(0, second);
  lies_in(0, answer);
  lies_in(1, news);
  searched(1, match_revision());
  searched(1, 1);  // it never goes down
  is.going_on = 0, is.through = 2, is.messages = 3, is.mailboxes = 1;
  EXPECT_EQ(told(wanda, as(anna)), is);
  EXPECT_EQ(
      ask(OldMail{.scope = as(anna), .candidate = wanda, .now = now, .most = 2}),
      (OldMail::Found{.added = added, .messages = 2, .mailboxes = 1, .more = true, .through = 2}));

  // A second address later: what came by the first isn't what it brought.
  now = now + 2h;
  commit(PutCandidate{
      wanda, "Wanda", {address("wanda@home.example"), address("wanda@work.example")}, now});
  EXPECT_EQ(told(wanda, as(anna)), (OldMail::Found{.added = now, .going_on = 2}));
  // One that was another candidate's already, too, lies here by the address.
  const auto other = add_candidate("Otto", {"otto@home.example"}, {welder});
  const auto shared = old("m5", "otto@home.example");
  const auto at_otto = thread(other), at_wanda = thread(wanda);
  place(shared, at_otto, PlacedBy::address, "otto@home.example");
  lies_in(1, shared);
  now = now + 1h;
  commit(PutCandidate{
      wanda, "Wanda", {address("wanda@home.example"), address("wanda@third.example")}, now});
  commit(AddThread{at_wanda},
         PlaceMessage{{at_wanda.id, wanda, shared.id, PlacedBy::address, "wanda@third.example"},
                      shared.date});
  EXPECT_EQ(told(wanda, as(anna)),
            (OldMail::Found{.added = now, .messages = 1, .mailboxes = 1, .going_on = 2}));
}

TEST_P(OldMailTest, S5_ItIsToldForAWhile) {
  const auto none = add_candidate("Nora", {}, {welder});
  EXPECT_FALSE(told(none, as(anna)));
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  now = now + 25h;
  EXPECT_TRUE(told(wanda, as(anna)));  // it goes on
  for (const std::size_t box : {0, 1}) searched(box, match_revision());
  EXPECT_FALSE(told(wanda, as(anna)));
}

TEST_P(OldMailTest, S5_OnlyMailboxesThatAreReadCount) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  commit(SetMailboxState{boxes[0].id, rules::MailboxState::off});
  EXPECT_EQ(told(wanda, as(anna))->going_on, 1u);
  commit(SetMailboxState{boxes[1].id, rules::MailboxState::needs_sign_in});
  EXPECT_EQ(told(wanda, as(anna))->going_on, 0u);
  EXPECT_EQ(told(wanda, as(anna))->waiting, 1u);
  auto claim = mailbox_of(ben, "claim@acme.example");
  claim.proof = rules::AddressProof::none;
  commit(AddMailbox{claim, "imap secret", "smtp secret"});
  EXPECT_EQ(told(wanda, as(anna))->going_on, 0u);
  // What is off takes nobody's room.
  EXPECT_EQ(ask(OldMail{.scope = as(anna), .candidate = wanda, .now = now, .most = 1})->waiting,
            1u);
  commit(RemoveMailbox{boxes[1].id});
  EXPECT_EQ(told(wanda, as(anna))->waiting, 0u);
}

// An address that takes no part, since somebody unseen has it, looks like any other (C-14): it is
// searched for and nothing is found.
// An address that takes no part, since somebody unseen has it, looks like any other (C-14): nothing
// is found, and how far the search has come, or that there is none, is told to nobody who could
// tell them apart by it.
TEST_P(OldMailTest, C14_AnAddressOfSomebodyUnseenIsSearchedForAsFarAsCanBeTold) {
  commit(ChoosePast{boxes[0].id, rules::PastChoice::open});  // Ben adds, and nobody is asked
  add_candidate("Bob", {"bob@home.example"}, {baker});
  const auto wanda = add_candidate("Wanda", {}, {welder}),
             nora = add_candidate("Nora", {}, {welder});
  for (const std::size_t box : {0, 1}) searched(box, match_revision());
  commit(PutCandidate{wanda, "Wanda", {address("bob@home.example")}, now, as(ben)});
  commit(PutCandidate{nora, "Nora", {address("nobody@home.example")}, now, as(ben)});
  EXPECT_EQ(ask(Sought{engine(), match_revision() - 2}).size(), 1u);
  const OldMail::Found nothing{.added = now};
  for (int through = 0; through < 3; ++through) {
    EXPECT_EQ(told(wanda, as(ben)), nothing);
    EXPECT_EQ(told(nora, as(ben)), nothing);
    if (through < 2) searched(static_cast<std::size_t>(through), match_revision());
  }
  EXPECT_EQ(told(nora, as(anna)), (OldMail::Found{.added = now, .through = 2}));
  EXPECT_FALSE(told(wanda, as(anna)));  // who sees that it takes no part
  // Saved again, nothing is begun anew.
  const auto before = match_revision();
  commit(PutCandidate{wanda, "Wanda", {address("bob@home.example")}, now, as(ben)});
  EXPECT_EQ(match_revision(), before);
}

TEST_P(OldMailTest, S5_WhatCouldNotBeImportedYetIsNotCalledNothing) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  for (const std::size_t box : {0, 1}) searched(box, match_revision());
  EXPECT_EQ(told(wanda, as(anna))->through, 2u);
  Quarantine left{.at = {boxes[1].id, inboxes[1].id, 7, 5}, .reason = "imap.hangs-up"};
  left.given_up = false;
  commit(left);
  EXPECT_EQ(told(wanda, as(anna))->through, 1u);
  EXPECT_EQ(told(wanda, as(anna))->waiting, 1u);
}

// An answer that went with somebody else is judged once more where it lay: nobody is told.
TEST_P(OldMailTest, S5_S10_WhatIsJudgedOnceMoreIsNothingThatWaits) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {welder});
  const auto answer = message("answer", "ben@acme.example", "anna@acme.example");
  place(answer, thread(bob), PlacedBy::reply_to, "gone");
  lies_in(0, answer);
  commit(ForgetCandidate{bob, as(anna), now});
  run_errands();
  ASSERT_EQ(ask(ToRetry{engine(), boxes[0].id}).size(), 1u);
  for (const std::size_t box : {0, 1}) searched(box, match_revision());
  EXPECT_EQ(told(wanda, as(anna))->through, 2u);
  // Once it is begun, it may be the candidate's.
  commit(BeginImport{{{boxes[0].id, inboxes[0].id, 7, 1}}, now});
  EXPECT_EQ(told(wanda, as(anna))->waiting, 1u);
}

TEST_P(OldMailTest, SEE4_WhoMayNotSeeTheCandidateLearnsNothing) {
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {baker});
  EXPECT_FALSE(told(bob, as(ben)));
  EXPECT_TRUE(told(bob, as(anna)));
  EXPECT_FALSE(told(make<CandidateId>(), as(anna)));
}

}  // namespace
}  // namespace hearback::store
