#pragma once
// Which messages belong to which candidate, and why? (S-3, I-4, T-2, T-3)
//
// A Match is the proof that a message's body may be read: only this file can make one, and
// mailbox/source.hpp, the only way to a body, demands one for each message (S-2).
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "mail/envelope.hpp"
#include "rules/internal.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// Addresses that decide matching, in normal form, as the store knows them at one moment.
class Directory {
 public:
  struct Entry {
    std::string normal;
    CandidateId candidate;
  };
  Directory() = default;
  Directory(const std::vector<Entry>& synced, const std::vector<std::string>& internal);

  // Whose synced address it is: nearly always one candidate or none. An internal address is
  // nobody's, even where a candidate's profile still lists it (I-1).
  std::span<const CandidateId> candidates_of(std::string_view normal) const;
  const Internal& internal() const { return internal_; }

 private:
  std::unordered_map<std::string, std::vector<CandidateId>, TextHash, std::equal_to<>> candidates_;
  Internal internal_;
};

// Why a message is a candidate's; shown to people (T-5).
struct Reason {
  CandidateId candidate;
  PlacedBy by = PlacedBy::address;
  std::string detail;  // the address, or the Message-ID that it answers
  bool operator==(const Reason&) const = default;
};

// A stored message that lies in a thread of this candidate, and who has it.
struct StoredReference {
  std::string message_id;
  CandidateId candidate;
  bool ours = false;                 // somebody of the team wrote it
  bool here = false;                 // we sent it, or the reader's own mailbox brought it
  std::vector<std::string> holders;  // writers' proven addresses whose owner's mailboxes brought it
  bool rests = false;                // the candidate's mail doesn't come in (S-6)
  // Normal addresses of whom it is with that take no part in matching: they are no candidate (M-3),
  // or somebody has it whom who added it may not see (C-14).
  std::vector<std::string> apart = {};
  // None of the candidate's addresses opens the past of the reader's mailbox from before then: this
  // one would. What we sent from that very mailbox lies open there, and so do its answers.
  Instant closed_until = {};
  std::string closed_for = {};
  bool operator==(const StoredReference&) const = default;
};

class Match {
 public:
  const std::vector<Reason>& reasons() const { return reasons_; }  // never empty
  // The ledger's word for what allowed the body: "candidate-address" or "reply-to-stored".
  std::string_view rule() const;

 private:
  friend std::optional<Match> match_by_address(const Directory&, const mail::Envelope&);
  friend std::optional<Match> match_by_reference(const mail::Envelope&, const Internal&,
                                                 std::span<const StoredReference>);
  explicit Match(std::vector<Reason> reasons) : reasons_(std::move(reasons)) {}
  std::vector<Reason> reasons_;
};

// A synced address of a candidate is among From, To, Cc, Bcc and Reply-To. That a team mailbox is
// the other side holds because the message lies in one. Mail among internal people never matches.
std::optional<Match> match_by_address(const Directory& directory, const mail::Envelope& envelope);

// Whose synced addresses are among those participants.
std::vector<CandidateId> candidates_on(const Directory& directory, const mail::Envelope& envelope);

// In-Reply-To or References name a stored message of a candidate: a forward to a colleague belongs
// too (T-3, before I-4). Anybody can put any Message-ID on mail to or from a candidate, so a name
// alone proves nothing: who reads or who wrote the answer has the stored message, too, else a
// copied id would open what answers somebody's private mail. And the team takes part in one of the
// two, else a candidate's post on a list would bring in all that others write below it.
std::optional<Match> match_by_reference(const mail::Envelope& envelope, const Internal& internal,
                                        std::span<const StoredReference> stored);

// The normal forms of those who wrote it, as far as they are asked about: a message that more than
// a few have written together proves nothing.
std::vector<std::string> writers_of(const mail::Envelope& envelope);

// The Message-IDs that a message answers, nearest first, each once: In-Reply-To, then References
// from the newest to the oldest.
std::vector<std::string> nearest_references(const mail::Envelope& envelope);

// All candidates that a message at hand belongs to, each once. `references`: nearest first;
// `stored`: what is stored of them. A reply within the circle of the nearest stored message is
// placed with those it names; its other readers aren't drawn in. What a candidate writes belongs to
// those whose addresses are on it, whatever its references claim: anybody can write these, and they
// must not lead into another candidate's threads (THREAT8). But where it answers what was written
// to that very address as to somebody who is no candidate, it belongs there as well (M-3): whoever
// wrote so may not know that they are one, and mustn't learn it from an answer that doesn't come.
std::vector<Reason> belongs(const Directory& directory, const mail::Envelope& envelope,
                            std::span<const std::string> references,
                            std::span<const StoredReference> stored);

// One thread stays one thread, also where candidates share an address: what lies with some of them,
// the message itself or the conversation that it belongs to, isn't the others' by that address,
// unless they take part by one that they share with none of them. A new conversation is all of
// theirs (T-2). `holders`: in whose threads it lies.
std::vector<Reason> keep_whole(std::vector<Reason> reasons, const Directory& directory,
                               const mail::Envelope& envelope,
                               std::span<const CandidateId> holders);

}  // namespace hearback::rules
