#include "rules/resting.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hearback::rules {
namespace {

TEST(Resting, S6_WhoIsInClosedJobsAloneRests) {
  struct Case {
    bool open, closed, rests;
  };
  for (const auto& one : {Case{false, false, false}, Case{true, false, false},
                          Case{true, true, false}, Case{false, true, true}})
    EXPECT_EQ(rests(one.open, one.closed), one.rests);
}

TEST(Resting, S6_WhatDoesntComeInIsCountedOnce) {
  const Instant looked{1'790'000'000'000};
  const Duration hour = std::chrono::hours(1);
  using Ours = std::vector<std::string_view>;
  struct Case {
    const char* what;
    std::uint32_t uid, known;
    Instant arrived;
    bool stored;
    Ours ours;
    bool counts;
    bool ours_wrote = false, outgoing = false;
  };
  for (const auto& one : {
           Case{"it has just come", 8, 7, looked + hour, false, {"ada@co.example"}, true},
           Case{"a little before the last look, by the server's clock",
                8,
                7,
                looked - hour,
                false,
                {"ada@co.example"},
                true},
           Case{"the folder is read for the first time",
                8,
                0,
                looked + hour,
                false,
                {"ada@co.example"},
                false},
           Case{"it is judged once more", 7, 7, looked + hour, false, {"ada@co.example"}, false},
           Case{"it was moved here", 8, 7, looked - 3 * hour, false, {"ada@co.example"}, false},
           Case{"it is on the profile", 8, 7, looked + hour, true, {"ada@co.example"}, false},
           Case{"a colleague is the first on it",
                8,
                7,
                looked + hour,
                false,
                {"ben@co.example", "ada@co.example"},
                false},
           Case{"a colleague is on it, too",
                8,
                7,
                looked + hour,
                false,
                {"ada@co.example", "ben@co.example"},
                true},
           Case{"sent", 8, 7, looked + hour, false, {"ada@co.example"}, true, true, true},
           Case{"and copied to oneself",
                8,
                7,
                looked + hour,
                false,
                {"ada@co.example"},
                false,
                true,
                false},
           Case{"a blind copy, or by way of a list", 8, 7, looked + hour, false, {}, true},
       })
    EXPECT_EQ(counts_as_skipped({one.uid, one.known, one.arrived, looked, one.stored,
                                 one.ours_wrote, one.outgoing, "ada@co.example", one.ours}),
              one.counts)
        << one.what;
}

}  // namespace
}  // namespace hearback::rules
