#include "sync/directory.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace hearback::sync {
namespace {

TEST(Directory, S16_AdditionsAndRemovals) {
  SeededRandom random(4);
  const Instant now{1'000'000};
  const auto jo = CandidateId::make(now, random), kim = CandidateId::make(now, random);
  Directory directory;
  directory.add({{jo, "jo@mail.example"},
                 {jo, "shared@mail.example"},
                 {kim, "kim@mail.example"},
                 {kim, "shared@mail.example"}});
  EXPECT_EQ(directory.size(), 4u);
  EXPECT_TRUE(directory.knows("jo@mail.example"));
  EXPECT_FALSE(directory.knows("jo@other.example"));
  directory.replace({jo}, {{jo, "new@mail.example"}});
  EXPECT_FALSE(directory.knows("jo@mail.example"));
  EXPECT_TRUE(directory.knows("new@mail.example"));
  EXPECT_TRUE(directory.knows("shared@mail.example"));  // Kim's, too
  directory.replace({kim, jo}, {});
  EXPECT_FALSE(directory.knows("shared@mail.example"));
  EXPECT_EQ(directory.size(), 0u);
}

}  // namespace
}  // namespace hearback::sync
