#include "base/task.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace hearback {
namespace {

Task<int> give(int value) { co_return value; }
Task<int> sum(int depth) {
  if (depth == 0) co_return 0;
  co_return co_await give(1) + co_await sum(depth - 1);
}
Task<int> loop(int rounds) {
  int total = 0;
  for (int i = 0; i < rounds; ++i) total += co_await give(1);
  co_return total;
}
Task<int> thrown() {
  throw std::runtime_error("a bug");
  co_return 0;
}
Task<int> caught() {
  try {
    co_return co_await thrown();
  } catch (const std::runtime_error&) {
    co_return -1;
  }
}

template <class T>
T run(Task<T> task) {
  task.start();
  EXPECT_TRUE(task.done());
  return task.result();
}

TEST(Task, StartsOnlyWhenAwaited) {
  auto task = give(3);
  EXPECT_FALSE(task.done());
  EXPECT_EQ(run(std::move(task)), 3);
}

TEST(Task, NestsAndLoops) {
  EXPECT_EQ(run(sum(200)), 200);
  EXPECT_EQ(run(loop(10'000)), 10'000);
}

TEST(Task, CarriesExceptionsToTheAwaiter) {
  EXPECT_EQ(run(caught()), -1);
  auto task = thrown();
  task.start();
  EXPECT_THROW(task.result(), std::runtime_error);
}

Task<std::string> wait_for(std::function<void(std::string)>& later) {
  co_return co_await Callback<std::string>([&](auto done) { later = std::move(done); });
}
Task<std::string> answered_at_once() {
  co_return co_await Callback<std::string>([](auto done) { done("now"); });
}

TEST(Callback, ResumesWhenCalled) {
  std::function<void(std::string)> later;
  auto task = wait_for(later);
  task.start();
  EXPECT_FALSE(task.done());
  later("hello");
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.result(), "hello");
}

TEST(Callback, AnsweredAtOnceDoesNotSuspend) { EXPECT_EQ(run(answered_at_once()), "now"); }

Task<void> hold(std::function<void(std::string)>& later, int& ended) {
  co_await wait_for(later);
  ++ended;
}

TEST(Tasks, OwnWhatRunsSideBySide) {
  Tasks tasks;
  std::function<void(std::string)> a, b;
  int ended = 0;
  tasks.spawn(hold(a, ended));
  tasks.spawn(hold(b, ended));
  EXPECT_EQ(tasks.size(), 2u);
  b("");
  EXPECT_EQ(tasks.size(), 1u);
  a("");
  EXPECT_EQ(tasks.size(), 0u);
  EXPECT_EQ(ended, 2);
}

}  // namespace
}  // namespace hearback
