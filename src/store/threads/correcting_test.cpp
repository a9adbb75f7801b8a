// T-5: what people say of where messages lie.
#include <algorithm>
#include <map>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Direction;
using rules::PlacedBy;
using rules::Role;
using rules::Triage;

class CorrectingTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    clara = add_user("clara", Role::manager);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id, clara.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    box = add_mailbox(clara, "clara@acme.example");
    inbox = add_folder(box, "INBOX");
    talk = thread(wanda, "First");
    other = thread(wanda, "Other");
    commit(AddThread{talk}, AddThread{other});
    one = in("one", 1h, talk);
    two = in("two", 2h, talk, {"one"});
    three = in("three", 3h, talk, {"one", "two"});
    elsewhere = in("elsewhere", 30min, other);
  }
  rules::Message in(std::string id, Duration after, const rules::Thread& where,
                    std::vector<std::string> references = {}) {
    auto m = message(id, "wanda@home.example", "clara@acme.example");
    m.date = now + after;
    m.envelope.subject = "Subject of " + id;
    m.envelope.references = std::move(references);
    place(m, where, PlacedBy::address, "wanda@home.example", false);
    commit(AddCopy{m.id, {box.id, inbox.id, 7, ++uid}, m.raw});
    return m;
  }
  CorrectPlacement correct(Part part, const rules::Message& m, const rules::Thread& from,
                           const rules::Thread& into, bool is_new = false) {
    return {make<CorrectionId>(), as(clara), from.id, m.id, part, into.id, is_new, now + 5h};
  }
  std::vector<MessageId> lie_in(ThreadId id) {
    std::vector<MessageId> ids;
    if (auto found = ask(ThreadById{as(clara), id}))
      for (auto& row : found->messages) ids.push_back(row.message.id);
    return ids;
  }
  // All that anybody is shown of the candidate's conversations.
  std::vector<std::string> shown() {
    std::vector<std::string> lines;
    for (const auto& user : {clara, ben})
      for (const auto place : {Place::inbox, Place::sent, Place::all, Place::archived})
        for (auto& row : ask(Threads{as(user), place, {}, {}}).rows) {
          lines.push_back(user.name + std::to_string(static_cast<int>(place)) +
                          row.thread.id.text() + row.thread.subject + " " +
                          std::to_string(row.messages) + row.last_snippet +
                          std::to_string(row.thread.last_at.ms) + (row.unread ? " unread" : "") +
                          (row.asked_at ? " asked" + std::to_string(row.asked_at->ms) : "") +
                          (row.triage ? std::string(word_of(*row.triage)) : ""));
          for (auto& id : lie_in(row.thread.id)) lines.push_back(id.text());
        }
    return lines;
  }
  std::optional<Corrected> why(const rules::Message& m, ThreadId in) {
    auto found = ask(ThreadById{as(ben), in});
    for (auto& row : found->messages)
      if (row.message.id == m.id) return row.corrected;
    return std::nullopt;
  }

  rules::User clara, ben;
  JobId welder;
  CandidateId wanda;
  rules::Mailbox box;
  rules::Folder inbox;
  rules::Thread talk, other;
  rules::Message one, two, three, elsewhere;
  std::uint32_t uid = 0;
};
HEARBACK_ON_EACH_DATABASE(CorrectingTest);

TEST_P(CorrectingTest, T5_AMessageMovesAndBack) {
  const auto before = shown();
  const auto change = correct(Part::message, two, talk, other);
  commit(change);
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, three.id}));
  EXPECT_EQ(lie_in(other.id), (std::vector{elsewhere.id, two.id}));
  const auto said = why(two, other.id);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->by, "clara");
  EXPECT_EQ(said->at, now + 5h);
  EXPECT_EQ(said->from, talk.id);
  EXPECT_EQ(said->from_subject, "Subject of one");
  EXPECT_FALSE(why(one, talk.id));
  EXPECT_EQ(ask(ThreadById{as(clara), other.id})->thread.last_at, two.date);
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_EQ(shown(), before);
  EXPECT_FALSE(why(two, talk.id));
  commit(UndoCorrection{as(clara), change.id, now + 6h});  // once is enough
  EXPECT_EQ(shown(), before);
}

TEST_P(CorrectingTest, T5_SplitFromHereOnAndBack) {
  const auto before = shown();
  const auto own = thread(wanda);
  const auto change = correct(Part::onward, two, talk, own, true);
  commit(change);
  EXPECT_EQ(lie_in(talk.id), std::vector{one.id});
  EXPECT_EQ(lie_in(own.id), (std::vector{two.id, three.id}));
  const auto found = ask(ThreadById{as(ben), own.id});
  EXPECT_EQ(found->thread.subject, "Subject of two");
  EXPECT_EQ(found->count, 2u);
  EXPECT_EQ(found->asked_at, two.date);
  EXPECT_EQ(found->candidate_name, "Wanda");
  EXPECT_EQ(ask(Threads{as(clara), Place::inbox, {}, {}}).rows.size(), 3u);
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_EQ(shown(), before);
  EXPECT_EQ(lie_in(own.id), lie_in(talk.id));  // whoever has its link is led there
}

TEST_P(CorrectingTest, T5_T8_TwoConversationsAreMergedAndBack) {
  commit(SetThreadDone{other.id, clara.id, true, ask(ThreadById{as(clara), other.id})->came, now});
  const auto before = shown();
  auto change = correct(Part::whole, {}, talk, other);
  commit(change);
  EXPECT_EQ(lie_in(other.id), (std::vector{elsewhere.id, one.id, two.id, three.id}));
  EXPECT_EQ(lie_in(talk.id), lie_in(other.id));
  EXPECT_EQ(ask(Threads{as(clara), Place::all, {}, {}}).rows.size(), 1u);
  EXPECT_TRUE(ask(Threads{as(clara), Place::archived, {}, {}}).rows.empty());
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_EQ(shown(), before);
  // Again: what was led to it before is led to it again.
  const auto third = thread(wanda, "Third");
  commit(AddThread{third});
  in("3rd", 10min, third);
  commit(UniteThreads{third.id, talk.id});
  change = correct(Part::whole, {}, talk, other);
  commit(change);
  EXPECT_EQ(ask(ThreadById{as(ben), third.id})->thread.id, other.id);
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_EQ(ask(ThreadById{as(ben), third.id})->thread.id, talk.id);
}

TEST_P(CorrectingTest, T5_WhatAnswersItSinceGoesBackWithIt) {
  const auto own = thread(wanda);
  const auto change = correct(Part::message, two, talk, own, true);
  commit(change);
  now = now + 6h;  // those of before aren't answers since
  const auto answer = in("answer", 6h, own, {"two"});
  const auto again = in("again", 7h, own, {"answer"});
  const auto stranger = in("stranger", 8h, own);
  commit(UndoCorrection{as(clara), change.id, now + 9h});
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, two.id, three.id, answer.id, again.id}));
  EXPECT_EQ(lie_in(own.id), std::vector{stranger.id});
}

TEST_P(CorrectingTest, T5_LaterRepliesFollowAndUniteNothing) {
  const auto own = thread(wanda);
  commit(correct(Part::onward, two, talk, own, true));
  KnownAbout question{engine()};
  question.message_id = "reply";
  question.references = {"two", "one"};
  const auto known = ask(question);
  ASSERT_EQ(known.ancestors.size(), 2u);
  for (const auto& one_of : known.ancestors) {
    EXPECT_TRUE(one_of.place.by_hand);
    EXPECT_EQ(one_of.place.thread, one_of.message == two.id ? own.id : talk.id);
  }
}

TEST_P(CorrectingTest, T5_M7_WhatIsUnreadGoesAlong) {
  const auto unread = [&](ThreadId id) { return ask(ThreadById{as(clara), id})->unread; };
  ASSERT_TRUE(unread(talk.id));
  commit(SetThreadUnread{other.id, clara.id, false, {}});
  const auto change = correct(Part::message, three, talk, other);
  commit(change);
  EXPECT_TRUE(unread(other.id));
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_TRUE(unread(talk.id));
  EXPECT_FALSE(unread(other.id));
}

TEST_P(CorrectingTest, T5_M8_WhatAsksComesBackFromTheArchive) {
  const auto came = ask(ThreadById{as(clara), other.id})->came;
  commit(SetThreadDone{other.id, clara.id, true, came, now + 4h});
  const auto before = shown();
  const auto change = correct(Part::message, two, talk, other);
  commit(change);
  EXPECT_EQ(ask(ThreadById{as(clara), other.id})->triage, Triage::to_answer);
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_EQ(ask(ThreadById{as(clara), other.id})->triage, Triage::done);
  EXPECT_EQ(shown(), before);
}

TEST_P(CorrectingTest, T5_WhatWasWrittenHereTakesItsWayAlong) {
  auto answer = message("ours", "clara@acme.example", "wanda@home.example");
  answer.date = now + 4h;
  const auto way = write_here(answer, talk, box, now + 4h);
  const auto change = correct(Part::message, answer, talk, other);
  commit(change);
  EXPECT_EQ(ask(OutboxById{as(clara), way})->thread, other.id);
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_EQ(ask(OutboxById{as(clara), way})->thread, talk.id);
}

TEST_P(CorrectingTest, T5_S11_VersionsOfOneMessageMoveTogether) {
  auto version = message("two", "wanda@home.example", "clara@acme.example");
  version.fingerprint = "another print";
  version.date = now + 2h;
  place(version, talk, PlacedBy::address, "wanda@home.example", false);
  commit(correct(Part::message, two, talk, other));
  EXPECT_EQ(lie_in(other.id).size(), 3u);
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, three.id}));
}

TEST_P(CorrectingTest, T5_TheLaterMoveIsUndoneFirst) {
  const auto own = thread(wanda);
  const auto first = correct(Part::message, two, talk, other);
  commit(first);
  const auto second = correct(Part::message, two, other, own, true);
  commit(second);
  EXPECT_EQ(refused(UndoCorrection{as(clara), first.id, now + 6h}), "correction.overtaken");
  commit(UndoCorrection{as(clara), second.id, now + 6h});
  commit(UndoCorrection{as(clara), first.id, now + 6h});
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, two.id, three.id}));
}

TEST_P(CorrectingTest, T5_P1_P2_WhoSeesNotBothMovesNothing) {
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {welder});
  auto bobs = thread(bob), forward = thread(wanda), apart = thread(wanda);
  forward.kind = rules::ThreadKind::internal_forward;
  commit(AddThread{bobs}, AddThread{forward}, AddThread{apart});
  commit(SetThreadAccess{apart.id, true, {{ben.id, "given"}}});
  const auto before = shown();
  EXPECT_EQ(refused(correct(Part::message, two, talk, bobs)), "placement.other-candidate");
  EXPECT_EQ(refused(correct(Part::message, two, talk, forward)), "placement.other-kind");
  EXPECT_EQ(refused(correct(Part::message, two, talk, talk)), "placement.same");
  // What can't be seen answers like what isn't there.
  EXPECT_EQ(refused(correct(Part::message, two, talk, apart)), "thread.missing");
  EXPECT_EQ(refused(correct(Part::message, two, talk, thread(wanda))), "thread.missing");
  EXPECT_EQ(refused(correct(Part::message, elsewhere, talk, other)), "message.missing");
  EXPECT_EQ(refused(correct(Part::onward, one, talk, thread(wanda), true)),
            "placement.nothing-left");
  commit(SetThreadAccess{apart.id, true, {{clara.id, "given"}}});
  EXPECT_EQ(refused(correct(Part::message, two, talk, apart)), "placement.for-a-few");
  const auto change = correct(Part::message, two, talk, other);
  commit(change);
  const auto stranger = add_user("carl", Role::manager);
  EXPECT_EQ(refused(UndoCorrection{as(stranger), change.id, now}), "correction.missing");
  EXPECT_EQ(refused(UndoCorrection{as(clara), make<CorrectionId>(), now}), "correction.missing");
  auto theirs = correct(Part::message, one, talk, other);
  theirs.by = as(stranger);
  EXPECT_EQ(refused(theirs), "thread.missing");
  commit(UndoCorrection{as(clara), change.id, now});
}

TEST_P(CorrectingTest, T5_WhatWasSaidOfAMergedConversationSaysNothingOfTheOther) {
  const auto third = thread(wanda, "Third");
  commit(AddThread{third});
  in("3rd", 10min, third);
  commit(correct(Part::whole, {}, talk, other));
  EXPECT_EQ(refused(correct(Part::whole, {}, talk, third)), "thread.missing");
  EXPECT_EQ(refused(correct(Part::onward, two, talk, third)), "thread.missing");
  commit(correct(Part::message, two, talk, third));  // this one is meant, wherever it lies
  EXPECT_EQ(lie_in(third.id).size(), 2u);
}

TEST_P(CorrectingTest, T5_UndoLeavesWhatAnotherHandHasPutThere) {
  auto named = in("named", 4h, talk, {"two"});
  const auto own = thread(wanda);
  const auto zeroth = correct(Part::message, named, talk, own, true);
  commit(zeroth);
  const auto first = correct(Part::message, two, talk, own);
  commit(first);
  const auto second = correct(Part::message, named, own, other);
  commit(second);
  commit(UndoCorrection{as(clara), second.id, now + 6h});
  commit(UndoCorrection{as(clara), first.id, now + 7h});
  EXPECT_EQ(lie_in(own.id), std::vector{named.id});
  commit(UndoCorrection{as(clara), zeroth.id, now + 8h});
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, two.id, three.id, named.id}));
}

TEST_P(CorrectingTest, T5_M8_WhatComesBackWasPutAwayByNobody) {
  const auto own = thread(wanda);
  const auto change = correct(Part::onward, two, talk, own, true);
  commit(change);
  const auto came = ask(ThreadById{as(clara), talk.id})->came;
  commit(SetThreadDone{talk.id, clara.id, true, came, now + 6h});
  EXPECT_EQ(ask(ThreadById{as(clara), talk.id})->triage, Triage::done);
  commit(UndoCorrection{as(clara), change.id, now + 7h});
  EXPECT_EQ(ask(ThreadById{as(clara), talk.id})->triage, Triage::to_answer);
}

TEST_P(CorrectingTest, T5_M7_WhatWasUnreadInBothIsUnreadInBoth) {
  const auto unread = [&](ThreadId id) { return ask(ThreadById{as(clara), id})->unread; };
  const auto before = shown();
  ASSERT_TRUE(unread(talk.id) && unread(other.id));
  for (const auto& [from, into] : {std::pair(talk, other), std::pair(other, talk)}) {
    const auto change = correct(Part::whole, {}, from, into);
    commit(change);
    commit(UndoCorrection{as(clara), change.id, now + 6h});
    EXPECT_EQ(shown(), before);
  }
  const auto change = correct(Part::whole, {}, talk, other);
  commit(change);
  commit(SetThreadUnread{other.id, clara.id, false, {}});  // read while they are one
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_FALSE(unread(talk.id) || unread(other.id));
}

// It lies there by what is on it, and not by what it answered elsewhere.
TEST_P(CorrectingTest, T5_I1_AnAnswerRestsOnItsAddressWhereItWasMoved) {
  auto answer = message("answer", "wanda@home.example", "clara@acme.example");
  answer.date = now + 4h;
  place(answer, talk, PlacedBy::reply_to, "three", false);
  const auto placed_in = [&](ThreadId in) -> rules::Placement {
    auto found = ask(ThreadById{as(clara), in});
    for (auto& row : found->messages)
      if (row.message.id == answer.id) return row.placement;
    return {};
  };
  const auto own = thread(wanda);
  const auto change = correct(Part::message, answer, talk, own, true);
  commit(change);
  EXPECT_EQ(placed_in(own.id).by, PlacedBy::address);
  EXPECT_EQ(placed_in(own.id).detail, "wanda@home.example");
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_EQ(placed_in(talk.id).by, PlacedBy::reply_to);
  EXPECT_EQ(placed_in(talk.id).detail, "three");
  // What stays behind rests on its own as well, and is found when the address is taken off.
  const auto rest = thread(wanda);
  commit(AddThread{rest});
  const auto first = in("first", 1h, rest);
  auto second = message("second", "wanda@home.example", "clara@acme.example");
  second.date = now + 2h;
  place(second, rest, PlacedBy::reply_to, "first", false);
  commit(correct(Part::message, first, rest, talk));
  auto herself = add_user("wanda", Role::evaluator);
  herself.email = herself.email_normal = "wanda@home.example";
  commit(PutUser{herself, {}, now});
  EXPECT_TRUE(lie_in(rest.id).empty());
}

// Of what rests on an address no part is left behind that nobody would find when it is taken off.
TEST_P(CorrectingTest, T5_I1_EachPartHasAMessageOfTheCandidates) {
  auto aside = message("aside", "somebody@else.example", "clara@acme.example");
  aside.date = now + 4h;
  place(aside, talk, PlacedBy::reply_to, "two", false);
  EXPECT_EQ(refused(correct(Part::message, aside, talk, thread(wanda), true)),
            "placement.no-basis");
  commit(correct(Part::message, aside, talk, other));
  EXPECT_EQ(lie_in(other.id), (std::vector{elsewhere.id, aside.id}));
}

// Where it lay was emptied since, by a move that was taken back or by a later one.
TEST_P(CorrectingTest, T5_WhatLayWhereNothingIsLeftGoesBackThere) {
  const auto third = thread(wanda, "Third");
  commit(AddThread{third});
  const auto last = in("last", 4h, third);
  const auto first = correct(Part::message, two, talk, other);
  commit(first);
  const auto second = correct(Part::message, elsewhere, other, third);
  commit(second);
  commit(UndoCorrection{as(clara), first.id, now + 6h});
  EXPECT_EQ(lie_in(other.id), lie_in(talk.id));
  commit(UndoCorrection{as(clara), second.id, now + 7h});
  EXPECT_EQ(lie_in(other.id), std::vector{elsewhere.id});
  EXPECT_EQ(lie_in(third.id), std::vector{last.id});
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, two.id, three.id}));
  EXPECT_FALSE(why(elsewhere, other.id));
}

TEST_P(CorrectingTest, T5_InWhicheverOrderPartsAreTakenBack) {
  const auto own = thread(wanda);
  const auto split = correct(Part::onward, two, talk, own, true);
  commit(split);
  const auto rest = correct(Part::whole, {}, talk, own);
  commit(rest);
  EXPECT_EQ(lie_in(own.id).size(), 3u);
  commit(UndoCorrection{as(clara), split.id, now + 6h});
  EXPECT_EQ(lie_in(talk.id), (std::vector{two.id, three.id}));
  EXPECT_EQ(lie_in(own.id), std::vector{one.id});
  commit(UndoCorrection{as(clara), rest.id, now + 7h});
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, two.id, three.id}));
}

// A message may lie with two candidates, of whom somebody sees one.
TEST_P(CorrectingTest, T5_SEE4_AMoveWithAnotherCandidateIsNoLaterOne) {
  const auto hidden = add_candidate("Hidden", {"hidden@home.example"});
  const auto theirs = thread(hidden, "Theirs"), aside = thread(hidden, "Aside");
  commit(AddThread{theirs}, AddThread{aside});
  commit(PlaceMessage{{theirs.id, hidden, two.id, PlacedBy::address, "hidden@home.example"},
                      two.date});
  for (const auto& where : {theirs, aside})
    place(message("stays in " + where.subject, "hidden@home.example", "x@acme.example"), where,
          PlacedBy::address, "hidden@home.example", false);
  const auto before = correct(Part::message, two, talk, other);
  commit(before);
  commit(UndoCorrection{as(clara), before.id, now + 6h});
  const auto mine = correct(Part::message, two, talk, other);
  commit(mine);
  // Numbers are counted for each candidate: theirs is the third, mine the second.
  const auto ada = add_user("ada", Role::admin);
  for (int i = 0; i < 3; ++i) {
    auto move = correct(Part::message, two, i % 2 ? aside : theirs, i % 2 ? theirs : aside);
    move.by = as(ada);
    commit(move);
  }
  commit(UndoCorrection{as(clara), mine.id, now + 7h});
  EXPECT_EQ(lie_in(talk.id), (std::vector{one.id, two.id, three.id}));
}

TEST_P(CorrectingTest, T5_WhoHasLeftPutsNothingAway) {
  commit(SetThreadDone{other.id, ben.id, true, ask(ThreadById{as(ben), other.id})->came, now});
  const auto change = correct(Part::whole, {}, talk, other);
  commit(change);
  auto gone = ben;
  gone.active = false;
  commit(PutUser{gone, {}, now});
  commit(UndoCorrection{as(clara), change.id, now + 6h});
  EXPECT_TRUE(ask(Threads{as(clara), Place::archived, {}, {}}).rows.empty());
}

TEST_P(CorrectingTest, T5_D1_ForgettingTheCandidateForgetsIt) {
  commit(correct(Part::message, two, talk, other));
  commit(correct(Part::whole, {}, talk, other));
  commit(ForgetCandidate{wanda, as(clara), now});
  EXPECT_GT(run_errands(), 0);
  if (GetParam() == On::memory) return;  // nobody else looks into that
  tables()->read([&](Db& db) {
    for (const std::string table : {"corrections", "corrected_messages", "corrected_links",
                                    "corrected_done", "corrected_unread"})
      EXPECT_EQ(db.row("select count(*) from " + table)->number(), 0) << table;
  });
}

}  // namespace
}  // namespace hearback::store
