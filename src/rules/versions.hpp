#pragma once
// Is the arriving message a version of a stored one? (S-11) A gateway on the way may write a
// message anew for each mailbox: links, banners. Its versions lie in one thread. But whoever
// repeats a header with other words replaces and hides nothing (SYNC-7): each version stays a
// message of its own, and whose it is, its own reasons say.
#include <optional>
#include <span>

#include "mail/envelope.hpp"
#include "rules/threading.hpp"

namespace hearback::rules {

// The same Message-ID, From and Date. That they lie in different mailboxes is the caller's to know:
// what one mailbox got twice is two messages.
bool may_be_versions(const mail::Envelope& a, const mail::Envelope& b);

// Joins the thread of this candidate in which another version lies; absent where none does.
// `places`: of that version.
std::optional<ThreadChoice> join_version(const Reason& reason, Sender sender,
                                         std::span<const KnownPlace> places);

}  // namespace hearback::rules
