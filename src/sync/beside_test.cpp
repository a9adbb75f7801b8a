#include "sync/beside.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hearback::sync {
namespace {

// Tasks that wait until the test ends them.
class InOrderTest : public testing::Test {
 protected:
  Task<bool> task(std::string name) {
    begun.push_back(std::move(name));
    co_return co_await Callback<bool>([this](Callback<bool>::Done done) { end = std::move(done); });
  }
  void add(std::string name, std::size_t size) {
    in_order.add([this](Task<void> t) { tasks.spawn(std::move(t)); }, size, task(std::move(name)));
  }
  Task<void> say_when(Task<void> wait, std::string what) {
    co_await std::move(wait);
    said.push_back(std::move(what));
  }
  void end_one(bool well) { std::exchange(end, nullptr)(well); }

  std::vector<std::string> begun, said;
  Callback<bool>::Done end;
  InOrder in_order;
  Tasks tasks;
};
using Names = std::vector<std::string>;

TEST_F(InOrderTest, EachBeginsWhenTheOneBeforeHasEnded) {
  EXPECT_TRUE(in_order.idle());
  add("a", 3);
  add("b", 2);
  EXPECT_EQ(begun, Names{"a"});
  EXPECT_FALSE(in_order.idle());
  tasks.spawn(say_when(in_order.shrink_to(2), "small"));
  EXPECT_TRUE(said.empty());
  end_one(true);
  EXPECT_EQ(begun, (Names{"a", "b"}));
  EXPECT_EQ(said, Names{"small"});
  tasks.spawn(say_when(in_order.finish(), "through"));
  EXPECT_EQ(said, Names{"small"});
  end_one(true);
  EXPECT_EQ(said, (Names{"small", "through"}));
  EXPECT_TRUE(in_order.idle());
  add("c", 1);
  EXPECT_EQ(begun, (Names{"a", "b", "c"}));
  end_one(true);
}

TEST_F(InOrderTest, S10_NothingIsBegunAfterAFailure) {
  add("a", 1);
  add("b", 1);
  tasks.spawn(say_when(in_order.finish(), "through"));
  end_one(false);
  EXPECT_EQ(begun, Names{"a"});
  EXPECT_EQ(said, Names{"through"});
  add("c", 1);
  EXPECT_EQ(begun, Names{"a"});
  EXPECT_TRUE(in_order.idle());
}

}  // namespace
}  // namespace hearback::sync
