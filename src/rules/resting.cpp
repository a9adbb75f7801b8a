#include "rules/resting.hpp"

namespace hearback::rules {
namespace {

// A server's clock, and a message on its way through folders.
constexpr Duration kSlack = std::chrono::hours(1);

}  // namespace

bool rests(bool in_open_job, bool in_closed_job) { return in_closed_job && !in_open_job; }

bool counts_as_skipped(const SkippedFacts& message) {
  const bool is_new = message.known > 0 && message.uid > message.known &&
                      message.arrived >= message.last_look - kSlack;
  // What somebody copies to themselves lies in two folders.
  if (message.ours_wrote && !message.outgoing) return false;
  const bool here = message.ours.empty() || message.ours.front() == message.mailbox;
  return is_new && here && !message.stored;
}

}  // namespace hearback::rules
