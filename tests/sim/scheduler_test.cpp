// The scheduler in the simulated world: errands go on after a crash, others write in between, and
// what failed is tried again.
#include <gtest/gtest.h>

#include "scheduler/engine.hpp"
#include "sim/faulty_store.hpp"
#include "sim/office.hpp"

namespace hearback::sim {
namespace {

struct Errand {
  World world{20261126};
  Office office{world};
  FaultyStore faulty{world, office.store()};
  std::unique_ptr<SimEnv> env;
  std::unique_ptr<scheduler::Engine> engine;
  UserId user = office.add_user("Ann", "ann@example.org");
  CandidateId kim = office.add_candidate("Kim", {"kim@candidate.example"});
  int steps = 0, prunings = 0;

  Errand() {
    faulty.made = [this](const store::Commit& commit) {
      for (const auto& change : commit.changes) {
        steps += change.as<store::AdvanceErrand>() != nullptr;
        prunings += change.as<store::Prune>() != nullptr;
      }
    };
  }
  ~Errand() {
    if (!env) return;
    env->stop();
    world.run_for(1min);
    engine.reset();
  }
  void start() {
    env = std::make_unique<SimEnv>(world);
    engine = std::make_unique<scheduler::Engine>(*env, faulty);
    env->spawn(engine->run());
  }
  void write_letters(int count) {
    const auto thread = ThreadId::make(world.now(), world.random());
    office.commit(
        {store::AddThread{{thread, kim, rules::ThreadKind::conversation, "Letters", world.now()}}});
    for (int i = 0; i < count; ++i) {
      rules::Message m;
      m.id = MessageId::make(world.now(), world.random());
      m.envelope.message_id = "letter" + std::to_string(i);
      m.fingerprint = m.envelope.message_id;
      m.date = world.now();
      m.raw = BlobId::make(world.now(), world.random());
      office.commit({store::PutBlob{m.raw, "text"}, store::AddMessage{m, world.now()},
                     store::PlaceMessage{
                         {thread, kim, m.id, rules::PlacedBy::address, "kim@candidate.example"},
                         world.now()}});
    }
  }
  store::Errand row() { return office.ask(store::Errands{office.scope()}).at(0); }
};

TEST(Scheduler, S7_ACandidateIsForgottenInSteps) {
  Errand one;
  one.write_letters(350);
  one.start();
  one.world.run_for(1min);
  one.office.commit({store::ForgetCandidate{one.kim, one.office.scope(), one.world.now()}});
  one.world.run_for(1min);
  EXPECT_TRUE(one.row().finished);
  EXPECT_GE(one.steps, 4);
  EXPECT_GE(one.row().done, 350u);
}

TEST(Scheduler, AnErrandGoesOnAfterACrash) {
  Errand one;
  one.write_letters(350);
  one.office.commit({store::ForgetCandidate{one.kim, one.office.scope(), one.world.now()}});
  one.start();
  one.world.run_while([&] { return one.steps < 2; }, 1min);
  ASSERT_EQ(one.steps, 2);
  one.env->crash();
  one.env->drop_tasks();
  one.engine.reset();
  one.env.reset();
  EXPECT_FALSE(one.row().finished);
  one.start();
  one.world.run_for(1min);
  EXPECT_TRUE(one.row().finished);
}

TEST(Scheduler, AStepThatFailsIsTriedAgain) {
  Errand one;
  one.office.commit({store::ForgetCandidate{one.kim, one.office.scope(), one.world.now()}});
  one.faulty.percent_fail = 100;
  one.start();
  one.world.run_for(3min);
  EXPECT_FALSE(one.row().finished);
  EXPECT_LT(one.faulty.failed, 50);  // with a pause
  one.faulty.percent_fail = 0;
  one.world.run_for(3min);
  EXPECT_TRUE(one.row().finished);
}

// An errand that waits for something goes on at the moment that it named, not at the next round.
TEST(Scheduler, D1_AnErrandThatWaitsGoesOnWhenItIsDue) {
  Errand one;
  const auto mailbox = one.office.add_mailbox(one.user, "ann@example.org", {});
  const auto row = one.office.queue({.author = one.user,
                                     .mailbox = mailbox,
                                     .candidate = one.kim,
                                     .from = "ann@example.org",
                                     .to = "kim@candidate.example",
                                     .not_before = one.world.now()});
  one.office.commit({store::ClaimOutbox{row.id, 0, one.world.now() + 1h}});
  const auto move = [&](rules::OutboxState state, rules::OutboxPhase phase, bool filed) {
    one.office.commit({store::MoveOutbox{.id = row.id,
                                         .fence = 1,
                                         .state = state,
                                         .phase = phase,
                                         .not_before = one.world.now() + 1h,
                                         .copy_filed = filed,
                                         .at = one.world.now()}});
  };
  move(rules::OutboxState::sending, rules::OutboxPhase::attempt, false);
  move(rules::OutboxState::sending, rules::OutboxPhase::dot, false);
  move(rules::OutboxState::sent, rules::OutboxPhase::none, false);
  one.start();
  one.world.run_for(3s);
  one.office.commit({store::ForgetCandidate{one.kim, one.office.scope(), one.world.now()}});
  one.world.run_for(22s);  // it waits for the copy, and looks every five seconds
  EXPECT_FALSE(one.row().finished);
  EXPECT_GE(one.steps, 4);
  EXPECT_LE(one.steps, 6);
  move(rules::OutboxState::seen_in_sent, rules::OutboxPhase::none, true);
  one.world.run_for(6s);
  EXPECT_TRUE(one.row().finished);
}

// Companies take turns, a step each.
TEST(Scheduler, OneCompanysErrandDoesNotHoldUpAnothers) {
  Errand one;
  one.write_letters(2500);
  Office other{one.world, one.office};
  other.add_user("Ben", "ben@example.net");
  const auto lou = other.add_candidate("Lou", {"lou@candidate.example"});
  const auto finished = [&] {
    return other.ask(store::Errands{other.scope()}).at(0).finished.has_value();
  };
  one.office.commit({store::ForgetCandidate{one.kim, one.office.scope(), one.world.now()}});
  one.start();
  one.world.run_while([&] { return one.steps < 3; }, 1min);
  other.commit({store::ForgetCandidate{lou, other.scope(), one.world.now()}});
  const int before = one.steps;
  one.world.run_while([&] { return !finished(); }, 1min);
  EXPECT_TRUE(finished());
  EXPECT_LE(one.steps - before, 4);  // of both
  EXPECT_FALSE(one.row().finished);
  one.world.run_for(1min);
  EXPECT_TRUE(one.row().finished);
}

TEST(Scheduler, MoreCompaniesThanAPageAreAllServed) {
  Errand one;
  one.office.add_companies(1000);
  one.office.commit({store::ForgetCandidate{one.kim, one.office.scope(), one.world.now()}});
  one.start();
  one.world.run_for(1min);
  EXPECT_TRUE(one.row().finished);
}

// A date that was far ahead for a while neither keeps what was begun under it nor takes away what
// it made look old.
TEST(Scheduler, REL12_AMachineThatStartsWithAWrongDateLosesNothingAndKeepsNothing) {
  Errand one;
  const auto year = std::chrono::hours(24 * 365);
  one.office.commit(
      {store::RecordIdempotent{one.user, "key", "hash", 201, "{}", one.world.now()},
       store::AddSession{SessionId::make(one.world.now(), one.world.random()), one.user, "cookie",
                         one.world.now(), one.world.now() + 48h}});
  one.world.clock_off = year;
  one.start();
  one.world.run_for(5min);
  one.faulty.percent_fail = 100;
  const auto ahead = one.world.now() + year;
  one.office.commit({store::ForgetCandidate{one.kim, one.office.scope(), ahead}});
  one.world.run_for(1min);
  one.faulty.percent_fail = 0;
  one.office.commit({store::PutOffErrand{one.row().id, ahead, "store.busy"}});
  one.world.clock_off = Duration{0};
  one.world.run_for(5h);
  EXPECT_TRUE(one.row().finished);
  const auto scope = [&] {
    auto own = one.office.scope();
    own.user = one.user;
    return own;
  }();
  EXPECT_TRUE(one.office.ask(store::IdempotentAnswer{scope, "key"}));
  EXPECT_TRUE(one.office.ask(store::SessionOf{one.office.company(), "cookie", one.world.now()}));
  EXPECT_GE(one.prunings, 3);
  one.world.run_for(Retention{}.answers);
  EXPECT_FALSE(one.office.ask(store::IdempotentAnswer{scope, "key"}));
}

// Also where it never runs for an hour.
TEST(Scheduler, WhoStartsAgainAndAgainPrunesToo) {
  Errand one;
  for (int i = 1; i <= 4; ++i) {
    one.start();
    one.world.run_for(20min);
    EXPECT_EQ(one.prunings, i);
    one.env->stop();
    one.world.run_for(2min);
    one.engine.reset();
    one.env.reset();
  }
}

TEST(Scheduler, AJumpOfTheClockNeitherStallsNorFloodsItsRounds) {
  for (const Duration jump : {Duration(-24h), Duration(24h)}) {
    Errand one;
    one.start();
    one.world.run_for(1min);
    one.world.clock_off = jump;
    const int before = one.prunings;
    one.world.run_for(5h);
    EXPECT_GE(one.prunings - before, 4) << jump.count();
    EXPECT_LE(one.prunings - before, 6) << jump.count();
  }
}

}  // namespace
}  // namespace hearback::sim
