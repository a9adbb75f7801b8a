#pragma once
// Is the arriving message a version of a stored one? (S-11) A gateway on the way may write a
// message anew for each mailbox: links, banners. Its versions lie in one thread, and are shown
// there as one message with several versions. But whoever repeats a header with other words
// replaces and hides nothing (SYNC-7): each version stays a message of its own, counted and within
// reach, and whose it is, its own reasons say.
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "mail/envelope.hpp"
#include "rules/threading.hpp"

namespace hearback::rules {

// The same Message-ID, From and Date. That they lie in different mailboxes is the caller's to know:
// what one mailbox got twice is two messages.
bool may_be_versions(const mail::Envelope& a, const mail::Envelope& b);

// A message with the mailboxes in which it lies.
struct Bearer {
  const mail::Envelope* envelope = nullptr;
  std::vector<MailboxId> mailboxes;
};
// What a reader may be shown as one: of each, the place in `bearers` of the first that it is a
// version of, its own where it is none. No two versions of one message share a mailbox, and what
// lies in none that is known is nobody's version. `bearers`: in the order in which they came.
std::vector<std::size_t> first_versions(std::span<const Bearer> bearers);

// Joins the thread of this candidate in which another version lies; absent where none does.
// `places`: of that version.
std::optional<ThreadChoice> join_version(const Reason& reason, Sender sender,
                                         std::span<const KnownPlace> places);

}  // namespace hearback::rules
