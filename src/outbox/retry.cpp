#include "outbox/retry.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <string_view>

namespace hearback::outbox {
namespace {

using rules::OutboxState;

// Refusals of this message itself: the same octets won't be taken at another time either.
// Whatever else fails for good (names, certificates, sign-in) is about the account, which a person
// can mend while the message waits.
constexpr std::array<std::string_view, 7> kRefusals = {
    "outbox.bytes-missing", "smtp.sender-refused",      "smtp.recipient-refused",
    "smtp.recipient-full",  "smtp.too-many-recipients", "smtp.data-refused",
    "smtp.too-large"};

bool refused_for_good(const Error& error) {
  return error.kind != Kind::transient &&
         std::ranges::find(kRefusals, error.code) != kRefusals.end();
}

// After the dot only the server's own refusal proves that the message wasn't taken.
bool refused_by_the_server(const Error& error, std::string_view answer) {
  if (!answer.starts_with('4') && !answer.starts_with('5')) return false;
  return error.code == "smtp.busy" || error.code == "smtp.sending-limit" ||
         error.code.starts_with("smtp.account-") || error.code == "smtp.login-refused";
}

Duration back_off(int attempts, const Options& options, Random& random) {
  auto delay = options.retry_first;
  for (int i = 1; i < attempts && delay < options.retry_most; ++i) delay *= 2;
  delay = std::min(delay, options.retry_most);
  // Three quarters to five quarters: messages that failed together don't come back together.
  auto quarter = static_cast<std::uint64_t>(delay.count()) / 4;
  return delay - Duration(quarter) + Duration(random.below(2 * quarter + 1));
}

}  // namespace

bool about_the_message(const Error& error) {
  return refused_for_good(error) || error.code == "smtp.busy" || error.code == "smtp.protocol" ||
         error.code == "store.blob-files";
}

bool wants_patience(const Error& error) {
  return error.code.starts_with("smtp.login-") || error.code.starts_with("smtp.account-") ||
         error.code == "smtp.sending-limit";
}

bool about_the_account(const Error& error) {
  return error.kind != Kind::transient && !refused_for_good(error) &&
         !error.code.starts_with("store.");
}

Next after_attempt(const Ended& ended, const History& history, const Options& options,
                   Random& random) {
  if (!ended.error) return {OutboxState::sent, history.now, {}};
  const auto& error = *ended.error;
  if (refused_for_good(error)) return {OutboxState::failed, history.now, error.code};
  if (ended.dot_written && !refused_by_the_server(error, ended.answer))
    return {OutboxState::uncertain, history.now + options.reconcile_first, error.code};
  auto delay =
      wants_patience(error) ? options.retry_most : back_off(history.attempts, options, random);
  auto next = history.now + delay;
  if (history.waited + delay > options.give_up)
    return {OutboxState::failed, history.now, error.code};
  return {OutboxState::queued, next, error.code};
}

std::optional<Instant> next_look(Duration waited, Instant now, const Options& options) {
  if (waited >= options.reconcile_for) return std::nullopt;
  return now + std::clamp(waited / 2, options.reconcile_first, options.reconcile_most);
}

Instant together(Instant next, Duration wait, std::string_view what) {
  if (wait < Duration(2)) return next;
  const auto apart = std::bit_floor(static_cast<std::uint64_t>(wait.count()) / 2);
  // Not all mailboxes at once.
  const auto own = std::hash<std::string_view>{}(what) % apart;
  const auto past = (static_cast<std::uint64_t>(next.ms) + own) % apart;
  return past == 0 ? next : next + Duration(static_cast<std::int64_t>(apart - past));
}

}  // namespace hearback::outbox
