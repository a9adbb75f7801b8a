#pragma once
// What follows an attempt, and when an uncertain message is looked for again. Pure.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "outbox/engine.hpp"
#include "rules/nouns.hpp"
#include "rules/sending.hpp"

namespace hearback::outbox {

// How an attempt ended. Without an error the server took the message.
struct Ended {
  bool dot_written = false;  // the end of DATA may have reached the server
  std::optional<Error> error;
  std::string answer;        // the server's last words: "451 4.7.1 Greylisted"
  bool at_the_door = false;  // before the server had heard of the message
};

struct History {
  int attempts = 1;    // this one included
  Duration waited{0};  // for how long it has been tried, as durations: clocks jump
  Instant now;
};

struct Next {
  rules::OutboxState state = rules::OutboxState::queued;
  Instant not_before;  // of the next attempt, look or filing
  std::string why;     // error code
  bool operator==(const Next&) const = default;
};

// sent; queued again with back-off and jitter; failed (refused for good, or too old); uncertain
// (SEND-4, SEND-6).
Next after_attempt(const Ended& ended, const History& history, const Options& options,
                   Random& random);

// The server refused this very message; another one of the same mailbox may go.
bool about_the_message(const Error& error);

// It isn't the message that was refused: the account's settings or its sign-in want a person.
bool about_the_account(const Error& error);

// What is not over in a minute: a refused sign-in (accounts get locked by trying), a used-up limit,
// a full or blocked account.
bool wants_patience(const Error& error);

// When to look again for something that has been awaited for `waited`: at first soon, then ever
// wider. nullopt: `options.reconcile_for` has passed; a person decides.
std::optional<Instant> next_look(Duration waited, Instant now, const Options& options);

// `next`, put off by up to half of `wait`, to a moment at which all looks that wait as long for the
// same `what` come together: one is as good for many.
Instant together(Instant next, Duration wait, std::string_view what);

// After that only what sync has brought is looked at, for an answer may come in days.
inline constexpr Duration kSlowLook = std::chrono::hours(12);

// What is farther ahead than any pause that we make was set by a wrong clock.
static_assert(store::OutboxDue::kFarthestTry >
              std::max(Options{}.retry_most * 5 / 4, rules::kLookForProof));
static_assert(store::OutboxDue::kFarthestLook > kSlowLook + Options{}.reconcile_most);

// A time that never comes: the row waits for a person.
inline constexpr Instant kNever{253'402'300'799'000};

}  // namespace hearback::outbox
