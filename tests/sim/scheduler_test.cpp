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
        steps += std::holds_alternative<store::AdvanceErrand>(change);
        prunings += std::holds_alternative<store::Prune>(change);
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
  one.office.commit({store::ForgetCandidate{one.kim, one.user, one.world.now()}});
  one.world.run_for(1min);
  EXPECT_TRUE(one.row().finished);
  EXPECT_GE(one.steps, 4);
  EXPECT_GE(one.row().done, 350u);
}

TEST(Scheduler, AnErrandGoesOnAfterACrash) {
  Errand one;
  one.write_letters(350);
  one.office.commit({store::ForgetCandidate{one.kim, one.user, one.world.now()}});
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
  one.office.commit({store::ForgetCandidate{one.kim, one.user, one.world.now()}});
  one.faulty.percent_fail = 100;
  one.start();
  one.world.run_for(3min);
  EXPECT_FALSE(one.row().finished);
  EXPECT_LT(one.faulty.failed, 50);  // with a pause
  one.faulty.percent_fail = 0;
  one.world.run_for(3min);
  EXPECT_TRUE(one.row().finished);
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
