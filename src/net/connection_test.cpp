#include "net/connection.hpp"

#include <gtest/gtest.h>

#include <future>

#include "net/test_peer.hpp"

namespace hearback::net {
namespace {

using namespace testing;
using protocols::Connection;
using protocols::Outcome;
using protocols::Read;
using protocols::ReadArrived;
using protocols::ReadOrInterrupt;
using protocols::Wait;
using protocols::Write;

std::shared_ptr<Workers> workers() {
  static auto shared = make_workers(2);
  return shared;
}

using Connected = std::unique_ptr<Connection>;

Task<Connected> connect(Env& env, const Peer& peer) {
  auto made = co_await env.dial({"127.0.0.1", peer.port(), Security::none}, 5s);
  co_return made ? std::move(*made) : nullptr;
}

// Runs one conversation against one peer.
using Conversation = Task<std::string> (*)(Env& env, const Peer& peer);

std::string converse(Peer::Script script, Conversation conversation) {
  Peer peer(std::move(script));
  Loop loop(workers(), local_policy());
  return run_on(loop, conversation(loop.env(), peer));
}

std::string describe(const Outcome& outcome) {
  if (outcome.error) return "error " + outcome.error->code;
  if (outcome.timed_out) return "timeout";
  if (outcome.interrupted) return "interrupted";
  return "'" + outcome.bytes + "'";
}

TEST(Connection, StandsAfterAReadTimedOut) {
  auto said = converse(
      [](int fd) {
        read_until(fd, "now");
        write_fully(fd, "late");
      },
      [](Env& env, const Peer& peer) -> Task<std::string> {
        auto c = co_await connect(env, peer);
        std::string all = describe(co_await c->perform(Read{30ms}));
        all += describe(co_await c->perform(ReadOrInterrupt{20ms}));
        all += describe(co_await c->perform(Read{0ms}));
        all += describe(co_await c->perform(Write{"now", 5s}));
        all += describe(co_await c->perform(Read{5s}));
        all += describe(co_await c->perform(Read{5s}));
        all += describe(co_await c->perform(Read{5s}));
        co_return all;
      });
  EXPECT_EQ(said, "timeouttimeouttimeout'''late'error net.closederror net.closed");
}

TEST(Connection, WhatHasArrivedIsReadWithoutWaiting) {
  auto said = converse(
      [](int fd) {
        read_until(fd, "now");
        write_fully(fd, "early");
        read_until(fd, "go");
      },
      [](Env& env, const Peer& peer) -> Task<std::string> {
        auto c = co_await connect(env, peer);
        std::string all = describe(co_await c->perform(ReadArrived{}));
        (void)co_await c->perform(Write{"now", 5s});
        all += describe(co_await c->perform(Read{5s, 1}));
        std::string rest;
        for (int i = 0; i < 500 && rest.size() < 4; ++i) {
          rest += (co_await c->perform(ReadArrived{})).bytes;
          co_await env.sleep(1ms);
        }
        all += rest + describe(co_await c->perform(ReadArrived{}));
        (void)co_await c->perform(Write{"go", 5s});
        Outcome last;
        for (int i = 0; i < 500 && !last.error; ++i) {
          last = co_await c->perform(ReadArrived{});
          co_await env.sleep(1ms);
        }
        co_return all + describe(last);
      });
  EXPECT_EQ(said, "'''e'arly''error net.closed");
}

TEST(Connection, AShorterDeadlineAfterALongerOneHolds) {
  auto said = converse(
      [](int fd) {
        write_fully(fd, "a");
        read_all(fd);
      },
      [](Env& env, const Peer& peer) -> Task<std::string> {
        auto c = co_await connect(env, peer);
        std::string all = describe(co_await c->perform(Read{60s}));
        auto begin = env.now();
        all += describe(co_await c->perform(Read{30ms}));
        auto took = env.now() - begin;
        if (took < 25ms || took > 5s) all += " wrong time";
        co_return all;
      });
  EXPECT_EQ(said, "'a'timeout");
}

TEST(Connection, ReadTakesAtMostWhatIsAskedFor) {
  auto said = converse([](int fd) { write_fully(fd, "abcdef"); },
                       [](Env& env, const Peer& peer) -> Task<std::string> {
                         auto c = co_await connect(env, peer);
                         std::string all;
                         for (std::size_t n : {1, 2, 100}) {
                           auto outcome = co_await c->perform(Read{5s, n});
                           all += describe(outcome);
                         }
                         co_return all;
                       });
  EXPECT_EQ(said, "'a''bc''def'");
}

Task<void> interrupt_after(Env& env, Connection& c, Duration time) {
  co_await env.sleep(time);
  c.interrupt();
}

Task<void> close_after(Env& env, Connection& c, Duration time) {
  co_await env.sleep(time);
  c.close();
}

TEST(Connection, InterruptEndsTheWaitUnderWayOrTheNext) {
  auto said = converse([](int fd) { read_all(fd); },
                       [](Env& env, const Peer& peer) -> Task<std::string> {
                         auto c = co_await connect(env, peer);
                         std::string all;
                         c->interrupt();
                         all += describe(co_await c->perform(Read{20ms}));  // not for this one
                         all += describe(co_await c->perform(ReadOrInterrupt{5s}));
                         all += describe(co_await c->perform(ReadOrInterrupt{20ms}));  // spent
                         Task<void> soon = interrupt_after(env, *c, 20ms);
                         soon.start();
                         all += describe(co_await c->perform(ReadOrInterrupt{60s}));
                         Task<void> again = interrupt_after(env, *c, 20ms);
                         again.start();
                         all += describe(co_await c->perform(Wait{60s}));
                         all += describe(co_await c->perform(Wait{10ms}));
                         c->interrupt();
                         c->interrupt();
                         all += describe(co_await c->perform(Wait{60s}));
                         all += describe(co_await c->perform(Wait{10ms}));
                         co_return all;
                       });
  EXPECT_EQ(said, "timeoutinterruptedtimeoutinterruptedinterrupted''interrupted''");
}

TEST(Connection, CloseEndsWhatIsUnderWay) {
  auto said = converse([](int fd) { read_all(fd); },
                       [](Env& env, const Peer& peer) -> Task<std::string> {
                         auto c = co_await connect(env, peer);
                         Task<void> soon = close_after(env, *c, 20ms);
                         soon.start();
                         std::string all = describe(co_await c->perform(Read{60s}));
                         all += describe(co_await c->perform(Read{60s}));
                         all += describe(co_await c->perform(Write{"x", 60s}));
                         all += describe(co_await c->perform(Wait{60s}));
                         all += describe(co_await c->perform(ReadOrInterrupt{60s}));
                         co_return all;
                       });
  EXPECT_EQ(said,
            "error net.closederror net.closederror net.closederror net.closederror net.closed");
}

TEST(Connection, PeerEndsInMidRead) {
  auto said = converse(
      [](int fd) {
        write_fully(fd, "* OK half a li");
        read_until(fd, "x");
        linger reset{1, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      },
      [](Env& env, const Peer& peer) -> Task<std::string> {
        auto c = co_await connect(env, peer);
        std::string all = describe(co_await c->perform(Read{5s}));
        all += describe(co_await c->perform(Write{"x", 5s}));
        all += describe(co_await c->perform(Read{5s}));
        co_return all;
      });
  EXPECT_EQ(said, "'* OK half a li'''error net.closed");
}

TEST(Connection, WriteToAPeerThatDoesNotReadEndsInTime) {
  std::promise<void> done;
  auto end = done.get_future().share();
  Peer peer([end](int) { end.wait(); });
  {
    Loop loop(workers(), local_policy());
    auto code = run_on(loop, [](Env& env, const Peer& peer) -> Task<std::string> {
      auto c = co_await connect(env, peer);
      auto outcome = co_await c->perform(Write{std::string(64u << 20, 'x'), 100ms});
      co_return describe(outcome) + describe(co_await c->perform(Read{5s}));
    }(loop.env(), peer));
    EXPECT_EQ(code, "error net.timeouterror net.closed");
  }
  done.set_value();
}

TEST(Connection, WebRequestsAreRefused) {
  auto said = converse([](int fd) { read_all(fd); },
                       [](Env& env, const Peer& peer) -> Task<std::string> {
                         auto c = co_await connect(env, peer);
                         co_return describe(co_await c->perform(protocols::Exchange{}));
                       });
  EXPECT_EQ(said, "error net.no-http");
}

Task<void> ping_pong(Env& env, const Peer& peer, int& good, int& left, Loop& loop) {
  auto c = co_await connect(env, peer);
  bool ok = c != nullptr;
  for (int i = 0; ok && i < 20; ++i) {
    co_await c->perform(Write{"ping", 10s});
    auto outcome = co_await c->perform(Read{10s});
    ok = outcome.bytes == "ping";
  }
  good += ok;
  if (--left == 0) loop.stop();
}

TEST(Connection, TwoHundredAtOnce) {
  Peer peer([](int fd) {
    for (auto bytes = read_some(fd); !bytes.empty(); bytes = read_some(fd)) write_fully(fd, bytes);
  });
  Loop loop(workers(), local_policy());
  int good = 0, left = 200;
  for (int i = 0; i < 200; ++i) loop.spawn(ping_pong(loop.env(), peer, good, left, loop));
  loop.run();
  EXPECT_EQ(good, 200);
}

// A peer that sends without end must not keep the loop from its other tasks.
Task<std::string> read_while_another_sleeps(Env& env, const Peer& peer) {
  auto c = co_await connect(env, peer);
  Task<bool> nap = env.sleep(50ms);
  nap.start();
  std::size_t reads = 0;
  while (!nap.done() && reads < 50'000'000) {
    auto outcome = co_await c->perform(Read{5s, 1});
    if (outcome.error) co_return "ended";
    ++reads;
  }
  c->close();
  co_return nap.done() ? "fair" : "starved";
}

TEST(Connection, ABusyPeerLeavesTurnsToOthers) {
  EXPECT_EQ(converse(
                [](int fd) {
                  std::string bytes(1u << 20, 'x');
                  while (write_fully(fd, bytes)) {
                  }
                },
                read_while_another_sleeps),
            "fair");
}

Task<void> count_turns(Env& env, int& turns) {
  while (co_await env.sleep(0ms)) ++turns;
}

// What was read is work, and each piece of it is long.
Task<std::string> work_while_another_runs(Env& env, const Peer& peer) {
  auto c = co_await connect(env, peer);
  int turns = 0;
  Task<void> other = count_turns(env, turns);
  other.start();
  constexpr int kReads = 20;
  for (int i = 0; i < kReads; ++i) {
    if ((co_await c->perform(Read{5s, 1})).error) co_return "ended";
    const auto until = std::chrono::steady_clock::now() + 10ms;
    while (std::chrono::steady_clock::now() < until) {
    }
  }
  co_return turns >= kReads / 2 ? "fair" : std::to_string(turns) + " turns";
}

TEST(Connection, OthersHaveTheirTurnBetweenLongPiecesOfWork) {
  EXPECT_EQ(converse(
                [](int fd) {
                  write_fully(fd, std::string(1u << 16, 'x'));
                  read_all(fd);
                },
                work_while_another_runs),
            "fair");
}

Task<std::string> idle_until_stop(Env& env, const Peer& peer, std::promise<void>& waiting) {
  auto c = co_await connect(env, peer);
  waiting.set_value();
  auto idle = co_await c->perform(ReadOrInterrupt{600s});
  // There is still time to say good-bye.
  auto written = co_await c->perform(Write{"LOGOUT", 1s});
  auto read = co_await c->perform(Read{1s});
  co_return describe(idle) + describe(written) + describe(read);
}

TEST(Connection, StopInterruptsAndLeavesTimeToSayGoodBye) {
  Peer peer([](int fd) {
    read_until(fd, "LOGOUT");
    write_fully(fd, "BYE");
  });
  Loop loop(workers(), local_policy());
  std::promise<void> waiting;
  std::thread stopper([&] {
    waiting.get_future().wait();
    loop.stop();
  });
  EXPECT_EQ(run_on(loop, idle_until_stop(loop.env(), peer, waiting)), "interrupted'''BYE'");
  stopper.join();
}

Task<std::string> read_until_stop(Env& env, const Peer& peer, std::promise<void>& waiting) {
  auto c = co_await connect(env, peer);
  waiting.set_value();
  co_return describe(co_await c->perform(Read{600s}));
}

TEST(Connection, StopCutsWhatDoesNotEnd) {
  Peer peer([](int fd) { read_all(fd); });
  Loop loop(workers(), local_policy());
  std::promise<void> waiting;
  std::thread stopper([&] {
    waiting.get_future().wait();
    loop.stop();
  });
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run_on(loop, read_until_stop(loop.env(), peer, waiting)), "error net.closed");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  stopper.join();
}

}  // namespace
}  // namespace hearback::net
