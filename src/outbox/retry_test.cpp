#include "outbox/retry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearback::outbox {
namespace {

using rules::OutboxState;

constexpr Instant kNow{1'793'606'400'000};

Next next_of(Kind kind, std::string code, bool dot_written, std::string answer = {},
             History history = {1, 1min, kNow}) {
  SeededRandom random(1);
  Ended ended{dot_written, Error{kind, std::move(code), "", ""}, std::move(answer)};
  return after_attempt(ended, history, {}, random);
}

TEST(Retry, SEND6_ATakenMessageIsSent) {
  SeededRandom random(1);
  Ended ended{true, std::nullopt, "250 2.0.0 Ok"};
  EXPECT_EQ(after_attempt(ended, {1, 0min, kNow}, {}, random), (Next{OutboxState::sent, kNow, ""}));
}

TEST(Retry, SEND4_PastTheDotOnlyTheServersOwnRefusalIsCertain) {
  struct Row {
    Kind kind;
    const char* code;
    const char* answer;
    OutboxState state;
  };
  const Row rows[] = {
      {Kind::transient, "smtp.closed", "", OutboxState::uncertain},
      {Kind::transient, "smtp.timeout", "", OutboxState::uncertain},
      {Kind::transient, "smtp.protocol", "", OutboxState::uncertain},
      {Kind::permanent, "smtp.protocol", "", OutboxState::uncertain},
      {Kind::transient, "net.closed", "", OutboxState::uncertain},
      {Kind::permanent, "tls.failed", "", OutboxState::uncertain},
      {Kind::transient, "smtp.busy", "", OutboxState::uncertain},
      {Kind::transient, "smtp.busy", "354 go on", OutboxState::uncertain},
      {Kind::transient, "smtp.busy", "451 4.7.1 Greylisted", OutboxState::queued},
      {Kind::permanent, "smtp.data-refused", "554 5.7.1 Spam", OutboxState::failed},
      {Kind::permanent, "smtp.too-large", "552 5.3.4", OutboxState::failed},
      {Kind::transient, "store.unavailable", "", OutboxState::uncertain},
  };
  for (const auto& row : rows) {
    auto next = next_of(row.kind, row.code, true, row.answer);
    EXPECT_EQ(next.state, row.state) << row.code << " " << row.answer;
    EXPECT_EQ(next.why, row.code);
  }
}

TEST(Retry, SEND6_BeforeTheDotRefusalsOfTheMessageAreFinalAndTheRestWaits) {
  struct Row {
    Kind kind;
    const char* code;
    OutboxState state;
  };
  const Row rows[] = {
      {Kind::transient, "smtp.closed", OutboxState::queued},
      {Kind::transient, "smtp.timeout", OutboxState::queued},
      {Kind::transient, "smtp.busy", OutboxState::queued},
      {Kind::transient, "net.refused", OutboxState::queued},
      {Kind::permanent, "net.host-not-found", OutboxState::queued},
      {Kind::permanent, "tls.untrusted", OutboxState::queued},
      {Kind::denied, "smtp.login-refused", OutboxState::queued},
      {Kind::permanent, "smtp.login-missing", OutboxState::queued},
      {Kind::permanent, "smtp.sender-refused", OutboxState::failed},
      {Kind::input, "smtp.sender-refused", OutboxState::failed},
      {Kind::permanent, "smtp.recipient-refused", OutboxState::failed},
      {Kind::permanent, "smtp.data-refused", OutboxState::failed},
      {Kind::permanent, "smtp.too-large", OutboxState::failed},
      {Kind::permanent, "smtp.recipient-full", OutboxState::failed},
      {Kind::permanent, "smtp.too-many-recipients", OutboxState::failed},
      {Kind::transient, "smtp.sending-limit", OutboxState::queued},
      {Kind::permanent, "smtp.account-full", OutboxState::queued},
      {Kind::permanent, "smtp.account-blocked", OutboxState::queued},
      {Kind::permanent, "outbox.bytes-missing", OutboxState::failed},
      {Kind::transient, "store.blob-files", OutboxState::queued},
  };
  for (const auto& row : rows)
    EXPECT_EQ(next_of(row.kind, row.code, false).state, row.state) << row.code;
}

TEST(Retry, SEND6_WaitsLongerEachTimeWithinBoundsAndNotAllAlike) {
  Options options;
  SeededRandom random(7);
  Ended ended{false, Error{Kind::transient, "net.refused", "", ""}, {}};
  Duration expected = options.retry_first;
  for (int attempt = 1; attempt < 20; ++attempt) {
    std::set<std::int64_t> waits;
    for (int i = 0; i < 20; ++i) {
      auto next = after_attempt(ended, {attempt, 0min, kNow}, options, random);
      auto wait = next.not_before - kNow;
      EXPECT_GE(wait, expected * 3 / 4) << attempt;
      EXPECT_LE(wait, expected * 5 / 4) << attempt;
      waits.insert(wait.count());
    }
    EXPECT_GT(waits.size(), 10u);
    expected = std::min(expected * 2, options.retry_most);
  }
}

TEST(Retry, SEND6_GivesUpOfOldAge) {
  auto old = History{40, 48h, kNow};
  auto next = next_of(Kind::transient, "net.refused", false, {}, old);
  EXPECT_EQ(next.state, OutboxState::failed);
  EXPECT_EQ(next.why, "net.refused");
  EXPECT_EQ(next_of(Kind::transient, "smtp.closed", true, {}, old).state, OutboxState::uncertain);
}

TEST(Retry, ARefusedSignInIsNotTriedInAHurry) {
  auto next = next_of(Kind::denied, "smtp.login-refused", false);
  EXPECT_EQ(next.not_before, kNow + Options().retry_most);
}

// Known by its words, whatever its code: the message wasn't taken, and comes back when it may.
TEST(Retry, W5_AUsedUpLimitWaitsEvenAtTheDot) {
  auto next = next_of(Kind::transient, "smtp.sending-limit", true,
                      "554 5.2.0 SubmissionQuotaExceededException");
  EXPECT_EQ(next, (Next{OutboxState::queued, kNow + Options().retry_most, "smtp.sending-limit"}));
}

TEST(Retry, TheAccountIsToldOfWhatIsWrongWithIt) {
  auto about = [](Kind kind, const char* code) {
    return about_the_account(Error{kind, code, "", ""});
  };
  EXPECT_TRUE(about(Kind::denied, "smtp.login-refused"));
  EXPECT_TRUE(about(Kind::permanent, "tls.name-mismatch"));
  EXPECT_FALSE(about(Kind::permanent, "smtp.recipient-refused"));
  EXPECT_FALSE(about(Kind::transient, "net.refused"));
  EXPECT_FALSE(about(Kind::permanent, "store.corrupt"));
}

TEST(Retry, W5_LooksForAnUncertainMessageEverWiderThenAPersonDecides) {
  Options options;
  EXPECT_EQ(next_look(Duration{0}, kNow, options), kNow + options.reconcile_first);
  EXPECT_EQ(next_look(1min, kNow, options), kNow + 30s);
  EXPECT_EQ(next_look(1h, kNow, options), kNow + options.reconcile_most);
  EXPECT_EQ(next_look(options.reconcile_for, kNow, options), std::nullopt);
}

TEST(Retry, LooksThatWaitAsLongComeTogether) {
  for (Duration wait : {Duration(5s), Duration(90s), Duration(10min)}) {
    std::set<std::int64_t> moments;
    for (std::int64_t ms = 0; ms < wait.count(); ms += wait.count() / 200) {
      const auto next = kNow + Duration(ms) + wait;
      const auto then = together(next, wait, "box");
      EXPECT_GE(then, next);
      EXPECT_LE(then, next + wait / 2);
      moments.insert(then.ms);
    }
    EXPECT_LE(moments.size(), 5u);
    EXPECT_FALSE(moments.contains(together(kNow + wait, wait, "other box").ms));
  }
  EXPECT_EQ(together(kNow, Duration{0}, "box"), kNow);
}

}  // namespace
}  // namespace hearback::outbox
