// M-8: whose turn it is, and what was put away, in the reader's own views.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Direction;
using rules::MessageKind;
using rules::OutboxPhase;
using rules::OutboxState;
using rules::PlacedBy;
using rules::Role;
using rules::Triage;
using enum rules::Triage;

class TriageTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    ben = add_user("ben", Role::evaluator);
    clara = add_user("clara", Role::manager);
    welder = add_job("Welder", {ben.id, clara.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    box = add_mailbox(ben, "ben@acme.example");
    inbox = add_folder(box, "INBOX");
    talk = thread(wanda);
    commit(AddThread{talk});
  }
  // A message of the conversation, in ben's mailbox, so long after noon.
  rules::Message in(std::string id, Duration after, MessageKind kind = MessageKind::human,
                    std::vector<std::string> references = {}) {
    return arrive(message(id, "wanda@home.example", "ben@acme.example"), Direction::incoming, after,
                  kind, std::move(references));
  }
  rules::Message out(std::string id, Duration after, std::vector<std::string> references = {}) {
    return arrive(message(id, "ben@acme.example", "wanda@home.example"), Direction::outgoing, after,
                  MessageKind::human, std::move(references));
  }
  rules::Message arrive(rules::Message m, Direction direction, Duration after, MessageKind kind,
                        std::vector<std::string> references) {
    m.direction = direction;
    m.kind = kind;
    m.date = noon + after;
    m.envelope.references = std::move(references);
    place(m, talk, PlacedBy::address, "wanda@home.example", false);
    commit(AddCopy{m.id, {box.id, inbox.id, 7, ++uid}, m.raw});
    return m;
  }
  // The test goes on in another conversation. → the one before
  rules::Thread begin(std::string subject) {
    auto before = std::exchange(talk, thread(wanda, std::move(subject)));
    commit(AddThread{talk});
    return before;
  }
  // Of ben's, under way since.
  OutboxId send_here(std::string id, Duration after) {
    auto m = message(id, "ben@acme.example", "wanda@home.example");
    m.date = noon + after;
    return write_here(m, talk, box, now);
  }
  void move(OutboxId way, OutboxState state, OutboxPhase phase) {
    MoveOutbox moved;
    moved.id = way;
    moved.fence = 1;
    moved.state = state;
    moved.phase = phase;
    moved.not_before = now;
    moved.at = now;
    commit(moved);
  }
  void done(const rules::User& user, bool put_away = true) {
    commit(SetThreadDone{talk.id, user.id, put_away, came(), noon + 24h});
  }
  std::int64_t came() { return ask(ThreadById{engine(), talk.id})->came; }
  std::vector<ThreadSummary> listed(const rules::User& user, Place place,
                                    std::optional<Triage> turn) {
    return ask(Threads{as(user), place, {}, {}, turn}).rows;
  }
  // In which of ben's lists the conversation lies: in one of each place, or in none.
  std::optional<Triage> turn(Place place = Place::inbox) {
    std::optional<Triage> found;
    for (const auto one : {to_answer, waiting, done_})
      for (const auto& row : listed(ben, place, one)) {
        EXPECT_FALSE(found) << "in two lists";
        EXPECT_EQ(row.triage, one);
        found = one;
      }
    EXPECT_EQ(listed(ben, place, {}).size(), found ? 1u : 0u);
    if (place == Place::inbox) {
      EXPECT_EQ(ask(ThreadById{as(ben), talk.id})->triage, found);
      EXPECT_EQ(ask(ToAnswer{as(ben)}), found == to_answer ? 1u : 0u);
    }
    return found;
  }
  static constexpr Triage done_ = Triage::done;
  rules::User ben, clara;
  JobId welder;
  CandidateId wanda;
  rules::Mailbox box;
  rules::Folder inbox;
  rules::Thread talk;
  std::uint32_t uid = 0;
  const Instant noon{1'790'000'000'000};  // the store's own clock goes on with each commit
};
HEARBACK_ON_EACH_DATABASE(TriageTest);

TEST_P(TriageTest, M8_APersonsMessageWaitsUntilItIsAnswered) {
  in("question", 1h);
  EXPECT_EQ(turn(), to_answer);
  in("and another", 2h);
  EXPECT_EQ(listed(ben, Place::inbox, to_answer)[0].asked_at, noon + 1h);
  out("answer", 3h);
  EXPECT_EQ(turn(), waiting);
  EXPECT_EQ(turn(Place::sent), waiting);
  EXPECT_FALSE(listed(ben, Place::inbox, waiting)[0].asked_at);
  in("thanks, but", 4h);
  EXPECT_EQ(turn(), to_answer);
  EXPECT_EQ(turn(Place::sent), to_answer);
  EXPECT_EQ(listed(ben, Place::inbox, to_answer)[0].asked_at, noon + 4h);
  // Elsewhere nothing is anybody's own, but for how long it waits is the same.
  const auto all = ask(Threads{as(clara), Place::all, {}, {}}).rows;
  ASSERT_EQ(all.size(), 1u);
  EXPECT_FALSE(all[0].triage);
  EXPECT_EQ(all[0].asked_at, noon + 4h);
  EXPECT_FALSE(ask(ThreadById{as(clara), talk.id})->triage);
  EXPECT_EQ(ask(ToAnswer{as(clara)}), 0u);
}

TEST_P(TriageTest, M8_TheOrderOfComingMakesNoDifference) {
  out("answer", 3h);
  in("question", 1h);
  EXPECT_EQ(turn(), waiting);
  out("older answer", 2h);
  in("older question", 30min);
  EXPECT_EQ(turn(), waiting);
  in("new", 5h);
  out("late copy of an older answer", 90min);
  EXPECT_EQ(turn(), to_answer);
  EXPECT_EQ(listed(ben, Place::inbox, to_answer)[0].asked_at, noon + 5h);
}

TEST_P(TriageTest, M8_AutomaticMailAsksForNothing) {
  out("answer", 1h);
  in("out of office", 2h, MessageKind::automatic);
  in("list", 3h, MessageKind::list);
  EXPECT_EQ(turn(), waiting);
  in("bounce", 4h, MessageKind::bounce);
  EXPECT_EQ(turn(), to_answer);
  // Nor does ours answer anything: an acknowledgement, a colleague's absence.
  arrive(message("absence", "ben@acme.example", "wanda@home.example"), Direction::outgoing, 5h,
         MessageKind::automatic, {});
  EXPECT_EQ(turn(), to_answer);
}

TEST_P(TriageTest, M8_ClocksMayDiffer) {
  out("ours", 2h);
  // Her clock is an hour late: her answer names ours.
  in("hers", 1h, MessageKind::human, {"ours"});
  EXPECT_EQ(turn(), to_answer);
  // Ours was late as well: what it names is answered.
  in("again", 4h, MessageKind::human, {"ours"});
  out("answer", 3h, {"again"});
  EXPECT_EQ(turn(), waiting);
}

TEST_P(TriageTest, M8_DoneLastsUntilAPersonWritesAgain) {
  in("question", 1h);
  done(ben);
  EXPECT_EQ(turn(), done_);
  in("older, found later", 30min);
  in("out of office", 2h, MessageKind::automatic);
  out("answer", 3h);
  EXPECT_EQ(turn(), done_);
  EXPECT_EQ(turn(Place::sent), done_);
  done(ben, false);
  EXPECT_EQ(turn(), waiting);
  done(ben);
  in("again", 4h);
  EXPECT_EQ(turn(), to_answer);
  done(ben);
  // A colleague's copy of what was there is nothing new.
  const auto theirs = add_mailbox(clara, "clara@acme.example");
  const auto there = add_folder(theirs, "INBOX");
  auto same = ask(ThreadById{as(ben), talk.id})->messages.back().message;
  const auto raw = make<BlobId>();
  commit(PutBlob{raw, "again"}, AddCopy{same.id, {theirs.id, there.id, 7, 1}, raw});
  EXPECT_EQ(turn(), done_);
  // Each puts away in their own views.
  EXPECT_EQ(ask(ToAnswer{as(clara)}), 1u);
  done(clara);
  EXPECT_EQ(ask(ToAnswer{as(clara)}), 0u);
  done(ben, false);
  EXPECT_EQ(ask(ToAnswer{as(ben)}), 1u);
  EXPECT_EQ(ask(ToAnswer{as(clara)}), 0u);
}

// Programs that write everything under one Message-ID: ours answers what bore it by then.
TEST_P(TriageTest, M8_OtherWordsUnderAnAnsweredMessageIdAsk) {
  const auto comes = [&](const std::string& words, Duration after) {
    auto m = message(words, "wanda@home.example", "ben@acme.example");
    m.envelope.message_id = "same";
    arrive(m, Direction::incoming, after, MessageKind::human, {});
  };
  comes("first", 1h + 5min);  // her clock goes wrong
  out("ours", 1h, {"same"});
  EXPECT_EQ(turn(), waiting);
  comes("second", 3h);
  EXPECT_EQ(turn(), to_answer);
  out("later", 4h, {"same"});
  EXPECT_EQ(turn(), waiting);
  done(ben);
  comes("third", 5h);
  EXPECT_EQ(turn(), to_answer);
}

// An import brings the newest first.
TEST_P(TriageTest, M8_OtherWordsUnderAnAnsweredMessageIdAskWhateverCameFirst) {
  const auto comes = [&](const std::string& words, Duration after) {
    auto m = message(words, "wanda@home.example", "ben@acme.example");
    m.envelope.message_id = "same";
    arrive(m, Direction::incoming, after, MessageKind::human, {});
  };
  comes("newest", 3h);
  out("ours", 2h, {"same"});
  comes("oldest", 1h);
  EXPECT_EQ(turn(), to_answer);
}

TEST_P(TriageTest, M8_WhatWasNotSeenIsNotPutAway) {
  in("question", 2h);
  auto seen = came();
  // However it is dated: a second has many messages, and mail is under way for hours.
  for (const auto after : {3h, 2h, 1h}) {
    in("while one reads " + std::to_string(after.count()), after);
    EXPECT_EQ(refused(SetThreadDone{talk.id, ben.id, true, seen, noon + 24h}),
              "thread.newer-message");
    EXPECT_EQ(turn(), to_answer);
    seen = came();
  }
  in("out of office", 4h, MessageKind::automatic);
  commit(SetThreadDone{talk.id, ben.id, true, seen, noon + 24h});
  EXPECT_EQ(turn(), done_);
}

TEST_P(TriageTest, M8_ARowOfWhatISentDoesNotShowWhatCameSince) {
  out("ours", 1h);
  EXPECT_EQ(listed(ben, Place::sent, waiting).at(0).came, came());
  in("question", 2h);
  EXPECT_EQ(listed(ben, Place::inbox, to_answer).at(0).came, came());
  EXPECT_EQ(listed(ben, Place::sent, to_answer).at(0).came, 0);
}

// It came to a colleague alone, so it is unread to nobody else.
TEST_P(TriageTest, M8_ARowDoesNotShowWhatCameLaterByAnEarlierDate) {
  in("question", 2h);
  const auto shown = came();
  auto late = message("late", "wanda@home.example", "clara@acme.example");
  late.direction = Direction::incoming;
  late.date = noon + 1h;
  place(late, talk, PlacedBy::address, "wanda@home.example", false);
  const auto row = listed(ben, Place::inbox, to_answer).at(0).came;
  EXPECT_EQ(row, shown);
  EXPECT_EQ(refused(SetThreadDone{talk.id, ben.id, true, row, noon + 24h}), "thread.newer-message");
}

// By her clock she wrote before it; or it is of the same second.
TEST_P(TriageTest, M8_ARowOfAnAnswerDoesNotShowWhatAsksByAnEarlierDate) {
  out("ours", 2h);
  EXPECT_EQ(listed(ben, Place::sent, waiting).at(0).came, came());
  in("reply", 118min, MessageKind::human, {"ours"});
  EXPECT_EQ(listed(ben, Place::inbox, to_answer).at(0).came, 0);
  EXPECT_EQ(listed(ben, Place::sent, to_answer).at(0).came, 0);
  out("again", 3h);
  in("bounce", 3h, MessageKind::bounce, {"again"});
  EXPECT_EQ(listed(ben, Place::sent, to_answer).at(0).came, 0);
}

// What was asked before counts still, for nothing of ours has answered it.
TEST_P(TriageTest, M8_ARowOfWhatFailedDoesNotShowWhatCameSince) {
  in("question", 1h);
  const auto way = send_here("ours", 2h);
  commit(ClaimOutbox{way, 0, now + 2min});
  move(way, OutboxState::sending, OutboxPhase::attempt);
  move(way, OutboxState::failed, OutboxPhase::attempt);
  EXPECT_EQ(listed(ben, Place::sent, to_answer).at(0).came, came());
  in("another", 3h);
  EXPECT_EQ(listed(ben, Place::sent, to_answer).at(0).came, 0);
}

TEST_P(TriageTest, M8_WhatComesFromAUnitedConversationWasNotSeen) {
  in("question", 1h);
  const auto seen = came();
  const auto other = thread(wanda);
  auto m = message("elsewhere", "wanda@home.example", "ben@acme.example");
  m.date = noon + 1h;
  commit(AddThread{other});
  place(m, other, PlacedBy::address, "wanda@home.example", false);
  commit(UniteThreads{other.id, talk.id});
  EXPECT_EQ(refused(SetThreadDone{talk.id, ben.id, true, seen, noon + 24h}),
            "thread.newer-message");
  EXPECT_GT(came(), seen);
  // Nor does what was shown of the other say anything of this one.
  EXPECT_EQ(refused(SetThreadDone{other.id, ben.id, true, came(), noon + 24h}),
            "thread.newer-message");
  done(ben);
  EXPECT_EQ(turn(), done_);
}

TEST_P(TriageTest, M8_LateMailWakesOldMailDoesNot) {
  in("question", 72h);
  done(ben);
  const auto found = [&](const std::string& id, Instant at) {
    auto m = message(id, "wanda@home.example", "ben@acme.example");
    m.date = at;
    commit(PutBlob{m.raw, id}, AddMessage{m, now},
           PlaceMessage{{talk.id, wanda, m.id, PlacedBy::address, "wanda@home.example"}, m.date},
           AddCopy{m.id, {box.id, inbox.id, 7, ++uid}, m.raw});
  };
  found("from before the mailbox was connected", noon - 24h);
  EXPECT_EQ(turn(), done_);
  found("under way for two days", noon + 24h);
  EXPECT_EQ(turn(), to_answer);
}

TEST_P(TriageTest, M8_ADateAheadOfTheClockHidesNothing) {
  in("from a clock twenty hours fast", 21h);
  commit(SetThreadDone{talk.id, ben.id, true, came(), noon + 1h});
  EXPECT_EQ(turn(), done_);
  in("from a clock that is right", 2h);
  EXPECT_EQ(turn(), to_answer);
}

// Which it is, 0025 says: the same header in another mailbox.
TEST_P(TriageTest, M8_AnotherVersionIsNothingNew) {
  const auto theirs = add_mailbox(clara, "clara@acme.example");
  const auto there = add_folder(theirs, "INBOX");
  out("ours", 1h);
  const Instant sent = noon + 2h;
  const auto comes = [&](const std::string& as, Instant written, Duration after,
                         const rules::Mailbox& in, const rules::Folder& folder) {
    auto m = message("hers", "wanda@home.example", "ben@acme.example");
    m.fingerprint = as;
    m.envelope.date = written;
    m.envelope.references = {"ours"};
    m.date = noon + after;
    commit(PutBlob{m.raw, as}, AddMessage{m, now},
           PlaceMessage{{talk.id, wanda, m.id, PlacedBy::address, "wanda@home.example"}, m.date},
           AddCopy{m.id, {in.id, folder.id, 7, ++uid}, m.raw});
  };
  comes("as she wrote it", sent, 2h, box, inbox);
  done(ben);
  comes("as a gateway wrote it", sent, 2h, theirs, there);
  EXPECT_EQ(turn(), done_);
  // Programs that write everything under one Message-ID.
  comes("another day", sent + 24h, 26h, theirs, there);
  EXPECT_EQ(turn(), to_answer);
  done(ben);
  comes("the same header, other words", sent, 2h, box, inbox);
  EXPECT_EQ(turn(), to_answer);
}

TEST_P(TriageTest, M8_WhatUnitesTwoConversationsWakesThem) {
  in("question", 1h);
  done(ben);
  const auto first = begin("Second");
  in("elsewhere", 2h);
  done(ben);
  auto m = message("to both", "wanda@home.example", "ben@acme.example");
  m.date = noon + 3h;
  const auto stored = [&](const rules::Thread& into) {
    return PlaceMessage{{into.id, wanda, m.id, PlacedBy::address, "wanda@home.example"}, m.date};
  };
  commit(PutBlob{m.raw, "to both"}, AddMessage{m, now}, UniteThreads{first.id, talk.id},
         stored(talk), AddCopy{m.id, {box.id, inbox.id, 7, ++uid}, m.raw});
  EXPECT_EQ(turn(), to_answer);
  // Or placed in the one before that is united with the other.
  done(ben);
  const auto whole = begin("Third");
  in("a third", 4h);
  done(ben);
  m = message("to the third", "wanda@home.example", "ben@acme.example");
  m.date = noon + 5h;
  commit(PutBlob{m.raw, "to the third"}, AddMessage{m, now}, stored(talk),
         AddCopy{m.id, {box.id, inbox.id, 7, ++uid}, m.raw}, UniteThreads{talk.id, whole.id});
  talk = whole;
  EXPECT_EQ(turn(), to_answer);
}

TEST_P(TriageTest, M8_PuttingAwayMovesNobodyElsesLists) {
  in("question", 1h);
  const auto before = ask(CompanyFacts{engine()}).revision;
  done(ben);
  std::vector<std::string> told;
  for (auto& entry : ask(Since{as(ben), before})) {
    told.push_back(entry.kind + entry.id);
    EXPECT_EQ(entry.thread, talk.id);  // where the page may have to look
  }
  EXPECT_EQ(told, (std::vector{"thread" + talk.id.text(), "archive" + talk.id.text()}));
  // Others find it in the archive alone.
  const auto others = ask(Since{as(clara), before});
  ASSERT_EQ(others.size(), 1u);
  EXPECT_EQ(others[0].kind, "archive");
  EXPECT_EQ(refused(SetThreadDone{make<ThreadId>(), ben.id, true, 1, noon}), "thread.missing");
}

// M-2: by me or by a colleague; a new message brings it back (M-5).
TEST_P(TriageTest, M5_WhatSomebodyPutAwayLiesInTheTeamsArchive) {
  const auto archived = [&](const rules::User& user) {
    std::vector<std::string> by;
    for (const auto& row : listed(user, Place::archived, {})) {
      EXPECT_EQ(row.thread.id, talk.id);
      EXPECT_EQ(row.done_by_others, 0u);
      by.push_back(row.done_by.empty() ? "nobody" : row.done_by.front());
    }
    EXPECT_EQ(ask(Threads{as(user), Place::archived, talk.candidate, {}}).rows.size(), by.size());
    const auto places = ask(PlacesOf{as(user), {talk.id}});
    EXPECT_EQ(std::ranges::any_of(places, [](auto& one) { return one.place == Place::archived; }),
              !by.empty());
    return by;
  };
  using Names = std::vector<std::string>;
  in("question", 1h);
  EXPECT_TRUE(archived(ben).empty());
  done(ben);
  EXPECT_EQ(archived(ben), Names{"ben"});
  EXPECT_EQ(archived(clara), Names{"ben"});
  EXPECT_TRUE(archived(add_user("stranger", Role::evaluator)).empty());
  // A colleague's own taking back isn't ben's.
  done(clara);
  EXPECT_EQ(listed(ben, Place::archived, {}).front().done_by.size(), 2u);
  done(clara, false);
  EXPECT_EQ(archived(clara), Names{"ben"});
  done(ben, false);
  EXPECT_TRUE(archived(clara).empty());
  done(ben);
  in("another", 3h);
  EXPECT_TRUE(archived(ben).empty());
  EXPECT_TRUE(archived(clara).empty());
  // Who has left can't take it back, so it comes back with them.
  done(clara);
  EXPECT_EQ(archived(ben), Names{"clara"});
  auto gone = clara;
  gone.active = false;
  commit(PutUser{gone, {}, now});
  EXPECT_TRUE(archived(ben).empty());
  commit(PutUser{clara, {}, now});
  EXPECT_TRUE(archived(ben).empty());
  // Private: only whom it was given to.
  done(ben);
  commit(SetThreadAccess{talk.id, true, {{ben.id, "given"}}});
  EXPECT_EQ(archived(ben), Names{"ben"});
  EXPECT_TRUE(archived(clara).empty());
}

// M-2: what nobody has answered or put away is to be answered by the team; nor is it where whoever
// had put it away is gone.
TEST_P(TriageTest, M2_TheTeamsListsTellWhatNobodyHasAnsweredOrPutAway) {
  const auto lists = [&](const rules::User& user, Place place) {
    const auto rows = ask(Threads{as(user), place, {}, {}, {}, {.to_answer = true}}).rows;
    const auto found = rows.size();
    // The team's question says nothing of what the reader has put away.
    if (place == Place::all)
      for (const auto& row : rows) EXPECT_FALSE(row.triage);
    const auto of_hers = ask(Threads{as(user), place, wanda, {}, {}, {.to_answer = true}}).rows;
    EXPECT_EQ(found, of_hers.size());
    return found;
  };
  const auto waits = [&] {
    const bool one = ask(ThreadById{as(ben), talk.id})->waits;
    EXPECT_EQ(lists(ben, Place::all), one ? 1u : 0u);
    EXPECT_EQ(lists(ben, Place::archived), 0u);
    for (const auto& row : listed(ben, Place::all, {})) EXPECT_EQ(row.waits, one);
    return one;
  };
  const auto is_active = [&](rules::User user, bool active) {
    user.active = active;
    commit(PutUser{user, {}, now});
  };
  EXPECT_FALSE(waits());
  in("m1", 0h);
  EXPECT_TRUE(waits());
  EXPECT_EQ(lists(clara, Place::all), 1u);
  EXPECT_EQ(lists(clara, Place::inbox), 0u);
  EXPECT_EQ(lists(ben, Place::inbox), 1u);
  done(clara);
  EXPECT_FALSE(waits());
  EXPECT_EQ(lists(ben, Place::inbox), 1u);  // he has it still
  // Nobody is asked for what she had looked after; she comes back, and nothing waits for that.
  is_active(clara, false);
  EXPECT_FALSE(waits());
  is_active(clara, true);
  EXPECT_FALSE(waits());
  EXPECT_TRUE(listed(ben, Place::archived, {}).empty());
  // Until a person writes again, or somebody takes it up.
  in("m2", 1h);
  EXPECT_TRUE(waits());
  done(ben);
  EXPECT_FALSE(waits());
  commit(PutJob{{welder, "Welder", rules::JobKind::offer, true}, {clara.id}, now});
  EXPECT_EQ(lists(clara, Place::all), 0u);
  commit(PutJob{{welder, "Welder", rules::JobKind::offer, true}, {ben.id, clara.id}, now});
  EXPECT_FALSE(waits());
  done(ben);
  done(ben, false);
  EXPECT_TRUE(waits());
  out("m3", 2h);
  EXPECT_FALSE(waits());
}

// Who has waited longest comes first, whatever came last; each list has the other order, too.
TEST_P(TriageTest, M8_WhoHasWaitedLongestComesFirst) {
  in("once more", 5h), in("asked first", 0h);
  const auto first = begin("second");
  in("asked second", 1h);
  const auto second = begin("third");
  in("asked third", 2h), in("and again", 3h);
  const auto third = begin("answered");
  in("asked long ago", -24h), out("said", 4h);
  const auto listed_by = [&](bool longest_first, Threads question) {
    question.longest_first = longest_first;
    std::vector<ThreadId> threads;
    for (question.page.rows = 1;;) {  // page by page
      const auto page = ask(question);
      for (const auto& row : page.rows) {
        threads.push_back(row.thread.id);
        const auto other = ask(ThreadById{engine(), row.thread.id});
        EXPECT_EQ(row.thread.last_at, other->messages.back().message.date);
      }
      if (page.next.empty()) return threads;
      question.page.after = page.next;
    }
  };
  const std::vector<ThreadId> longest{first.id, second.id, third.id};
  const std::vector<ThreadId> newest{first.id, third.id, second.id};
  const Threads team{as(clara), Place::all, {}, {}, {}, {.to_answer = true}};
  const Threads hers{as(ben), Place::inbox, {}, {}, to_answer};
  auto of_job = team, of_person = team, followed = team;
  of_job.filter.job = welder;
  of_person.filter.person = "wanda@home.example";
  followed.scope = as(ben);
  followed.place = Place::followed_candidates;
  commit(FollowCandidate{as(ben), wanda, true, now});
  for (const auto& question : {team, hers, of_job, of_person, followed}) {
    EXPECT_EQ(listed_by(true, question), longest);
    EXPECT_EQ(listed_by(false, question), newest);
  }
  auto all = team;
  all.scope = engine();
  EXPECT_EQ(listed_by(true, all), newest);  // it is nobody's to answer
  // Of what nobody is asked for, it says nothing.
  EXPECT_EQ(listed_by(true, Threads{as(clara), Place::all}).size(), 4u);
  talk = first;
  done(ben);
  EXPECT_EQ(listed_by(true, hers), (std::vector{second.id, third.id}));
  done(ben, false);
  EXPECT_EQ(listed_by(true, hers), longest);
}

// It waits for whoever is left, however many of those whom it came to have gone without a word.
TEST_P(TriageTest, M2_WhatNobodyLookedAfterWaitsThoughWhomItCameToHasLeft) {
  in("m1", 0h);
  auto gone = ben;
  gone.active = false;
  commit(PutUser{gone, {}, now});
  const Threads team{as(clara), Place::all, {}, {}, {}, {.to_answer = true}};
  EXPECT_EQ(ask(team).rows.size(), 1u);
  const auto turn_of = [&](const rules::User& user) {
    return ask(ThreadById{as(user), talk.id})->triage;
  };
  EXPECT_EQ(turn_of(clara), to_answer) << "anybody’s to put away, for nobody else can";
  done(clara);
  EXPECT_TRUE(ask(team).rows.empty());
  EXPECT_EQ(turn_of(clara), done_);
  // Whoever has it comes back; what she has put away is still hers to take back.
  commit(PutUser{ben, {}, now});
  EXPECT_EQ(turn_of(ben), to_answer);
  EXPECT_EQ(turn_of(clara), done_);
  done(clara, false);
  EXPECT_FALSE(turn_of(clara));
  // Who reads it no more can't put it away either.
  commit(PutJob{{welder, "Welder", rules::JobKind::offer, true}, {clara.id}, now});
  EXPECT_EQ(turn_of(clara), to_answer);
  out("m2", 1h);
  EXPECT_FALSE(turn_of(clara)) << "it waits for nothing";
}

TEST_P(TriageTest, M8_WhatDidNotArriveIsNoAnswer) {
  in("question", 1h);
  const auto way = send_here("answer", 2h);
  EXPECT_EQ(turn(), waiting);
  commit(ClaimOutbox{way, 0, now + 2min});
  move(way, OutboxState::sending, OutboxPhase::attempt);
  move(way, OutboxState::failed, OutboxPhase::attempt);
  EXPECT_EQ(turn(), to_answer);
  commit(DecideOutbox{way, ben.id, DecideOutbox::Word::resend, now});
  EXPECT_EQ(turn(), waiting);
  commit(DecideOutbox{way, ben.id, DecideOutbox::Word::cancel, now});
  EXPECT_EQ(turn(), to_answer);
}

// Whoever answers and puts away learns it when the answer doesn't arrive.
TEST_P(TriageTest, M8_WhatDidNotArriveBringsBack) {
  in("question", 1h);
  const auto theirs = add_mailbox(clara, "clara@acme.example");
  const auto there = add_folder(theirs, "INBOX");
  const auto raw = make<BlobId>();
  const auto asked = ask(ThreadById{as(ben), talk.id})->messages.back().message.id;
  commit(PutBlob{raw, "again"}, AddCopy{asked, {theirs.id, there.id, 7, 1}, raw});
  const auto way = send_here("answer", 2h);
  for (const auto& user : {ben, clara}) done(user);
  commit(ClaimOutbox{way, 0, now + 2min});
  move(way, OutboxState::sending, OutboxPhase::attempt);
  EXPECT_EQ(turn(), done_);
  move(way, OutboxState::sending, OutboxPhase::dot);
  move(way, OutboxState::uncertain, OutboxPhase::dot);
  EXPECT_EQ(turn(), to_answer);
  EXPECT_EQ(ask(ToAnswer{as(clara)}), 1u);
  for (const auto state : {OutboxState::sent, OutboxState::bounced}) {
    done(ben);
    move(way, state, OutboxPhase::dot);
    EXPECT_EQ(turn(), state == OutboxState::sent ? done_ : to_answer);
  }
  // What was put away as it had failed stays; and what one calls back, one knows of.
  const auto again = send_here("again", 3h);
  commit(ClaimOutbox{again, 0, now + 2min});
  move(again, OutboxState::failed, OutboxPhase::none);
  done(ben);
  commit(DecideOutbox{again, ben.id, DecideOutbox::Word::resend, now});
  EXPECT_EQ(turn(), done_);
  commit(DecideOutbox{again, ben.id, DecideOutbox::Word::cancel, now});
  EXPECT_EQ(turn(), done_);
}

TEST_P(TriageTest, M8_WhatIsUnitedWaitsUnlessBothWerePutAway) {
  in("question", 1h);
  done(ben);
  const auto first = begin("Second");
  in("elsewhere", 2h);
  commit(UniteThreads{first.id, talk.id});
  EXPECT_EQ(turn(), to_answer);
  done(ben);
  const auto whole = begin("Third");
  in("and elsewhere", 3h);
  done(ben);
  commit(UniteThreads{talk.id, whole.id});
  talk = whole;
  EXPECT_EQ(turn(), done_);
}

TEST_P(TriageTest, M8_ATeamThatIsAddedSeesTheSameLists) {
  in("question", 1h);
  const auto baker = add_job("Baker", {});
  const auto dora = add_user("dora", Role::evaluator);
  const auto hers = add_mailbox(dora, "dora@acme.example");
  const auto there = add_folder(hers, "INBOX");
  const auto both = in("to both", 2h);
  const auto raw = make<BlobId>();
  commit(PutBlob{raw, "to both"}, AddCopy{both.id, {hers.id, there.id, 7, 1}, raw});
  done(ben);
  EXPECT_EQ(ask(ToAnswer{as(dora)}), 0u);  // not on the team
  const auto pastry = add_job("Pastry", {dora.id});
  commit(PutApplication{{make<ApplicationId>(), wanda, pastry, {}, {}}});
  EXPECT_EQ(ask(ToAnswer{as(dora)}), 1u);
  EXPECT_EQ(turn(), done_);
  commit(PutApplication{{make<ApplicationId>(), wanda, baker, {}, {}}});
  EXPECT_EQ(turn(), done_);
}

TEST_P(TriageTest, M8_TheCountEndsWhereItIsToldTo) {
  for (int i = 0; i < 5; ++i) {
    begin("Thread " + std::to_string(i));
    in("m" + std::to_string(i), 1h);
  }
  EXPECT_EQ(ask(ToAnswer{as(ben)}), 5u);
  EXPECT_EQ(ask(ToAnswer{as(ben), 3}), 3u);
}

// A thread's length costs nothing when more comes in, as long as nobody answers.
TEST_P(TriageTest, M8_ManyUnansweredMessagesOfOneThread) {
  for (int i = 0; i < 60; ++i) in("m" + std::to_string(i), Duration(1000 * i));
  EXPECT_EQ(turn(), to_answer);
  EXPECT_EQ(listed(ben, Place::inbox, to_answer)[0].asked_at, noon);
  out("answer", 2h);
  EXPECT_EQ(turn(), waiting);
}

}  // namespace
}  // namespace hearback::store
