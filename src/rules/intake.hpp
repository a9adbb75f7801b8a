#pragma once
// What does an arriving message set in motion? (S-11) Identity first: a copy of a known message is
// recorded as one; it never replaces, and is never replaced.
#include <optional>

#include "mail/envelope.hpp"
#include "rules/internal.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

enum class Arrival {
  known_copy,    // this very place is recorded: nothing to do
  further_copy,  // another place of a known message
  new_message,
};

struct ArrivalFacts {
  bool place_known = false;    // mailbox, folder, UIDVALIDITY and UID are recorded
  bool content_known = false;  // Message-ID and fingerprint are; the fingerprint alone where there
                               // is no Message-ID
  // One of ours, by its Message-ID, found in an outgoing folder of the mailbox that it left from:
  // nobody else can put a message there, so it is ours even if the provider re-encoded it.
  bool own_in_sent = false;
};
Arrival judge_arrival(const ArrivalFacts& facts);

// As seen from the team: what internal people wrote, and what lies in a Sent folder (a user may
// write from an alias), is outgoing.
Direction direction_of(const mail::Envelope& envelope, const Internal& internal, FolderRole role);

// The Date field; the INTERNALDATE where that is missing or absurd: more than a day after the
// server got the message, or before e-mail existed.
Instant date_of(const mail::Envelope& envelope, Instant internal_date);

}  // namespace hearback::rules
