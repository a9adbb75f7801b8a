#include "net/loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <numeric>
#include <string>

#include "net/test_peer.hpp"
#include "net/workers.hpp"

namespace hearback::net {
namespace {

using namespace testing;

std::shared_ptr<Workers> workers() {
  static auto shared = make_workers(4);
  return shared;
}

Task<Duration> measure_sleep(Env& env) {
  auto begin = env.now();
  bool went_on = co_await env.sleep(40ms);
  co_return went_on ? env.now() - begin : Duration(-1);
}

TEST(Loop, SleepsForItsTime) {
  Loop loop(workers(), {});
  auto took = run_on(loop, measure_sleep(loop.env()));
  EXPECT_GE(took, 38ms);
  EXPECT_LT(took, 5s);
}

Task<bool> long_sleep(Env& env) {
  co_return co_await env.sleep(std::chrono::hours(24 * 365 * 500));
}

Task<void> stop_soon(Env& env, Loop& loop) {
  co_await env.sleep(20ms);
  loop.stop();
}

TEST(Loop, StopEndsSleepsOfAnyLength) {
  Loop loop(workers(), {});
  loop.spawn(stop_soon(loop.env(), loop));
  EXPECT_FALSE(run_on(loop, long_sleep(loop.env())));
  EXPECT_TRUE(loop.env().stopping());
}

Task<std::string> signals(Env& env) {
  auto signal = env.make_signal();
  std::string seen;
  auto note = [&seen](bool b) { seen += b ? '1' : '0'; };
  signal->notify();
  signal->notify();
  note(co_await signal->wait(5s));    // not lost
  note(co_await signal->wait(10ms));  // and counted once
  std::thread other([&] { signal->notify(); });
  note(co_await signal->wait(5s));
  other.join();
  note(co_await signal->wait(0ms));
  co_return seen;
}

TEST(Loop, SignalsAreNotLost) {
  Loop loop(workers(), {});
  EXPECT_EQ(run_on(loop, signals(loop.env())), "1010");
}

Task<int> consume(Env& env, Signal& signal, std::atomic<int>& produced, int all) {
  int woken = 0;
  do {
    if (!co_await signal.wait(10s)) co_return -1;
    ++woken;
  } while (produced < all);
  co_return env.stopping() ? -1 : woken;
}

TEST(Loop, SignalsFromManyThreads) {
  Loop loop(workers(), {});
  auto signal = loop.env().make_signal();
  std::atomic<int> produced = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        ++produced;
        signal->notify();
      }
    });
  EXPECT_GT(run_on(loop, consume(loop.env(), *signal, produced, 8000)), 0);
  for (auto& thread : threads) thread.join();
}

TEST(Loop, SignalOutlivesItsLoop) {
  std::unique_ptr<Signal> signal;
  {
    Loop loop(workers(), {});
    signal = loop.env().make_signal();
    signal->notify();
    loop.stop();
    loop.run();
  }
  signal->notify();
}

Task<long> work_a_lot(Env& env, int seed) {
  long sum = 0;
  auto home = std::this_thread::get_id();
  for (int i = 0; i < 200; ++i) {
    auto data = std::make_shared<std::vector<int>>(100, i + seed);
    auto part = co_await env.work({}, [data, home] {
      if (std::this_thread::get_id() == home) return -1L;
      return std::accumulate(data->begin(), data->end(), 0L);
    });
    if (std::this_thread::get_id() != home) co_return -1;
    sum += part;
  }
  co_return sum;
}

Task<void> add_work(Env& env, int seed, long& total, int& left, Loop& loop) {
  total += co_await work_a_lot(env, seed);
  if (--left == 0) loop.stop();
}

TEST(Loop, WorkRunsElsewhereAndComesHome) {
  Loop loop(workers(), {});
  long total = 0;
  int left = 20;
  for (int i = 0; i < 20; ++i) loop.spawn(add_work(loop.env(), i, total, left, loop));
  loop.run();
  long expected = 0;
  for (int seed = 0; seed < 20; ++seed)
    for (int i = 0; i < 200; ++i) expected += 100L * (i + seed);
  EXPECT_EQ(total, expected);
}

Task<std::unique_ptr<int>> move_only(Env& env) {
  auto box = std::make_unique<int>(7);
  co_return co_await env.work({}, [box = std::move(box)]() mutable { return std::move(box); });
}

TEST(Loop, WorkTakesAndGivesMoveOnlyValues) {
  Loop loop(workers(), {});
  EXPECT_EQ(*run_on(loop, move_only(loop.env())), 7);
}

// What the jobs of a queue write down when one thread works at them.
void work_through(JobQueue& queue) {
  while (auto begun = queue.begin()) {
    begun->job();
    queue.ended(*begun);
  }
}

TEST(JobQueue, PartiesAndStandingsTakeTurns) {
  JobQueue queue(1000, 1);
  std::string order;
  const auto add = [&](Standing standing, const char* who, char mark) {
    queue.push({Lane::write, standing, who}, [&order, mark] { order += mark; });
  };
  for (int i = 0; i < 4; ++i) add(Standing::visitor, "192.0.2.1", 'v');
  for (int i = 0; i < 4; ++i) add(Standing::person, "ann", 'a');
  add(Standing::person, "ben", 'b');
  add(Standing::engine, "", 'e');
  add(Standing::engine, "", 'e');
  add(Standing::visitor, "192.0.2.2", 'w');
  work_through(queue);
  EXPECT_EQ(order, "eavebwavavav");
}

// Behind one network stand many people: the burst of one session is no other's to wait for, and
// all of them together take no more turns than any other network.
TEST(JobQueue, WhoComesFromOneNetworkTakesTurnsWithinItsTurns) {
  JobQueue queue(1000, 1);
  std::string order;
  const auto add = [&](const char* network, const char* session, char mark) {
    queue.push({Lane::read, Standing::visitor, network, session},
               [&order, mark] { order += mark; });
  };
  for (int i = 0; i < 6; ++i) add("192.0.2.1", "ann's", 'a');
  for (int i = 0; i < 2; ++i) add("192.0.2.1", "ben's", 'b');
  for (int i = 0; i < 4; ++i) add("192.0.2.2", "", 'w');
  work_through(queue);
  EXPECT_EQ(order, "awbwawbwaaaa");
}

TEST(JobQueue, NobodyFillsItForAllAndEnginesAlwaysGetIn) {
  JobQueue queue(16, 1);
  const auto offer = [&](const std::string& who, const std::string& part = {}) {
    return queue.push_within_bounds({Lane::hash, Standing::visitor, who, part}, [] {});
  };
  EXPECT_TRUE(offer("a") && offer("a"));
  EXPECT_FALSE(offer("a"));  // an eighth of the queue
  EXPECT_TRUE(offer("a", "1") && offer("a", "2"));
  EXPECT_FALSE(offer("a", "3"));  // a quarter, whatever sessions it invents
  for (char c = 'b'; c < 'h'; ++c) EXPECT_TRUE(offer({c}) && offer({c}));
  EXPECT_FALSE(offer("z"));  // full
  queue.push({Lane::hash, Standing::engine, ""}, [] {});
  // What visitors fill, however many networks they come from, isn't the room of who is signed in.
  EXPECT_TRUE(queue.push_within_bounds({Lane::hash, Standing::person, "ann"}, [] {}));
}

// Who may have how many under way, by what begins while nothing ends.
std::string begun_side_by_side(std::size_t threads, std::vector<Turn> turns) {
  JobQueue queue(1000, threads);
  std::string order;
  for (const auto& turn : turns)
    queue.push(turn, [&order, mark = turn.who.front()] { order += mark; });
  for (std::size_t i = 0; i < threads; ++i)
    if (auto begun = queue.begin()) begun->job();
  return order;
}

TEST(JobQueue, NobodyHoldsAllThreads) {
  const Turn ann{Lane::parse, Standing::person, "ann"}, ben{Lane::parse, Standing::person, "ben"},
      cleo{Lane::parse, Standing::person, "cleo"}, one{Lane::parse, Standing::engine, "1"},
      two{Lane::parse, Standing::engine, "2"};
  EXPECT_EQ(begun_side_by_side(1, {ann, ann}), "a");
  EXPECT_EQ(begun_side_by_side(2, {ann, ann, ann}), "a");
  EXPECT_EQ(begun_side_by_side(2, {ann, ann, ann, ben}), "ab");
  EXPECT_EQ(begun_side_by_side(4, {ann, ann, ann, ann}), "aa");
  // The last one goes to somebody who has none, or waits for them.
  EXPECT_EQ(begun_side_by_side(4, {ann, ann, ann, ben, ben, cleo}), "abc");
  EXPECT_EQ(begun_side_by_side(4, {ann, ann, ann, ben, ben}), "aba");
  // Engines leave one to others, however many mailboxes they work for.
  EXPECT_EQ(begun_side_by_side(2, {one, two}), "1");
  EXPECT_EQ(begun_side_by_side(2, {one, two, ann}), "1a");
  EXPECT_EQ(begun_side_by_side(1, {one, two}), "1");
}

// One reader's four endless mails take the threads of parsing: somebody else's small one is next,
// by the order in which they end. Then the reader's other ones follow.
TEST(Workers, OnePartysLongJobsKeepNobodyElsesWaiting) {
  std::promise<void> end;
  auto ended = end.get_future().share();
  std::atomic<int> read = 0;
  {
    Workers workers(4);
    for (int i = 0; i < 4; ++i)
      EXPECT_TRUE(workers.try_post({Lane::parse, Standing::person, "ann"}, [&, ended] {
        ended.wait();
        ++read;
      }));
    for (const auto& turn : {Turn{Lane::parse, Standing::person, "ben"},
                             Turn{Lane::parse, Standing::engine, "a mailbox"}}) {
      auto done = std::make_shared<std::promise<void>>();
      EXPECT_TRUE(workers.try_post(turn, [done] { done->set_value(); }));
      EXPECT_EQ(done->get_future().wait_for(30s), std::future_status::ready) << turn.who;
    }
    EXPECT_EQ(read, 0);
    end.set_value();
  }
  EXPECT_EQ(read, 4);
}

// Sign-in can't starve commits: the order is counted, not the time.
TEST(Workers, AFloodOfHashingKeepsNoCommitWaiting) {
  std::promise<void> end;
  auto ended = end.get_future().share();
  std::atomic<int> hashed = 0;
  {
    Workers workers(4);
    int taken = 0;
    for (int i = 0; i < 200; ++i)
      taken += workers.try_post({Lane::hash, Standing::visitor, std::to_string(i)}, [&, ended] {
        ended.wait();
        ++hashed;
      });
    EXPECT_GE(taken, 64);
    EXPECT_LT(taken, 70);  // the rest was refused, not queued
    for (auto lane : {Lane::read, Lane::write, Lane::parse}) {
      std::promise<void> done;
      EXPECT_TRUE(workers.try_post({lane, Standing::person, "ann"}, [&] { done.set_value(); }));
      done.get_future().wait();
    }
    EXPECT_EQ(hashed, 0);
    end.set_value();
  }
  EXPECT_GE(hashed, 64);
}

Task<std::string> try_while_all_is_taken(Env& env, std::shared_future<void> end) {
  auto stuck = [&env, end](Duration patience) {
    return env.try_work({Lane::hash, Standing::visitor, "a"}, patience, [end] {
      end.wait();
      return 1;
    });
  };
  std::string told;
  const auto become = [](const auto& done) {
    if (done) return "done ";
    return done.error() == NotDone::unfinished ? "unfinished " : "not begun ";
  };
  told += become(co_await stuck(20ms));
  told += become(co_await stuck(20ms));
  auto other = co_await env.try_work({Lane::read}, 10s, [] { return 7; });
  co_return told + std::to_string(other.value_or(0));
}

TEST(Loop, WorkThatTakesTooLongIsLeft) {
  std::promise<void> end;
  Loop loop(workers(), {});
  EXPECT_EQ(run_on(loop, try_while_all_is_taken(loop.env(), end.get_future().share())),
            "unfinished not begun 7");
  end.set_value();
}

Task<bool> leave_before_it_begins(Env& env) {
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> seen = held;
  auto done = co_await env.try_work({Lane::hash, Standing::person, "ann"}, 20ms,
                                    [held = std::move(held)] { return *held; });
  co_return !done && seen.expired();
}

// A request that was answered "busy" must not go on holding its body in the queue.
TEST(Loop, WorkThatIsLeftBeforeItBeginsHoldsNothing) {
  std::promise<void> begun, end;
  auto busy = make_workers(1);
  Loop loop(busy, {});
  busy->post({Lane::hash}, [&] {
    begun.set_value();
    end.get_future().wait();
  });
  begun.get_future().wait();
  EXPECT_TRUE(run_on(loop, leave_before_it_begins(loop.env())));
  end.set_value();
}

Task<std::string> work_that_throws(Env& env) {
  try {
    co_await env.work({}, []() -> int { throw std::runtime_error("bug"); });
  } catch (const std::runtime_error& e) {
    co_return e.what();
  }
  co_return "nothing";
}

TEST(Loop, WhatWorkThrowsTravelsHome) {
  Loop loop(workers(), {});
  EXPECT_EQ(run_on(loop, work_that_throws(loop.env())), "bug");
}

Task<void> wait_forever(Signal& signal, bool& ended) {
  while (co_await signal.wait(1h)) {
  }
  ended = true;
}

TEST(Loop, StopWaitsForItsTasks) {
  Loop loop(workers(), {});
  auto signal = loop.env().make_signal();
  bool ended[50] = {};
  for (auto& e : ended) loop.spawn(wait_forever(*signal, e));
  loop.spawn(stop_soon(loop.env(), loop));
  loop.run();
  for (bool e : ended) EXPECT_TRUE(e);
}

// Work that is still under way when the loop gives up waiting must not find its data gone.
Task<void> slow_work(Env& env, std::promise<void>& begun, std::shared_future<void> end) {
  int local = 0;
  co_await env.work({}, [&local, &begun, end] {
    begun.set_value();
    end.wait();
    return local = 1;
  });
}

TEST(Loop, EndOfTheLoopWaitsForWorkUnderWay) {
  std::promise<void> begun, end;
  std::thread finisher;
  auto begin = std::chrono::steady_clock::now();
  {
    Loop loop(workers(), {});
    loop.spawn(slow_work(loop.env(), begun, end.get_future().share()));
    std::thread stopper([&] {
      begun.get_future().wait();
      loop.stop();
    });
    loop.run();  // gives up after its patience
    stopper.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 8s);
    finisher = std::thread([&] { end.set_value(); });
  }
  finisher.join();
}

TEST(Loop, TasksThatNeverRanAreFreed) {
  bool ended = false;
  Loop loop(workers(), {});
  auto signal = loop.env().make_signal();
  loop.spawn(wait_forever(*signal, ended));
  loop.post([] { FAIL() << "nothing runs without run()"; });
}

TEST(Loop, PostFromOtherThreads) {
  Loop loop(workers(), {});
  int sum = 0;  // touched on the loop's thread only
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        loop.post([&] {
          if (++sum == 2000) loop.stop();
        });
    });
  loop.run();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sum, 2000);
}

TEST(Loop, SignalOfTheSystemStops) {
  Loop loop(workers(), {});
  bool also = false;
  loop.stop_on_signals([&] { also = true; });
  loop.post([] { raise(SIGTERM); });
  loop.run();
  EXPECT_TRUE(also);
  EXPECT_TRUE(loop.env().stopping());
}

TEST(Loop, DialWhileStoppingFails) {
  Loop loop(workers(), local_policy());
  loop.stop();
  struct Probe {
    static Task<std::string> dial(Env& env) {
      auto result = co_await env.dial({"127.0.0.1", 143, Security::none}, 5s);
      co_return result ? "connected" : result.error().code;
    }
  };
  EXPECT_EQ(run_on(loop, Probe::dial(loop.env())), "net.stopping");
}

}  // namespace
}  // namespace hearback::net
