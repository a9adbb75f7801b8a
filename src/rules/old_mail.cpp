#include "rules/old_mail.hpp"

namespace hearback::rules {
namespace {

constexpr Duration kTold = std::chrono::hours(24);
// A large past takes days to import. A mailbox that is connected much later is another matter.
constexpr Duration kToldWhileGoingOn = 7 * kTold;

}  // namespace

std::optional<SearchIs> search_of(const MailboxSearched& mailbox) {
  if (mailbox.state == MailboxState::off) return std::nullopt;
  if (mailbox.through) return mailbox.mail_waits ? SearchIs::waiting : SearchIs::through;
  const bool read = mailbox.state == MailboxState::active && !mailbox.fails;
  return read && !mailbox.folder_rests ? SearchIs::going_on : SearchIs::waiting;
}

bool sees_how_far(const Scope& scope) {
  return scope.kind == Scope::Kind::engine || scope.all_jobs;
}

bool search_is_told(Instant added, Instant now, bool going_on) {
  return now - added < (going_on ? kToldWhileGoingOn : kTold);
}

}  // namespace hearback::rules
