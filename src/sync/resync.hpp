#pragma once
// What was judged of a folder against what there is: what has to be looked at. Pure. Whether the
// numbers still mean what they meant, the provider tells (mailbox/source.hpp).
//
// The cursor is the set of numbers whose headers were judged, each run with the knowledge it was
// judged under. New mail and a wider window are then one and the same case: numbers that aren't
// covered well enough. An address that was added later is searched for in what was judged under an
// earlier match revision (Pass::seek). A run is recorded only with the messages that were
// found in it (S-10), so a crash leaves it uncovered, never skipped.
//
// A run with match revision 0 is unsettled: its matches are stored, but some of its messages may
// still turn out to answer mail that comes in later. A pass that ends settles its runs, but for
// what goes on waiting in memory; a program that starts, or a mailbox that is read again, finds
// unsettled runs and judges their headers again.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mailbox/source.hpp"
#include "rules/nouns.hpp"

namespace hearback::sync {

using mailbox::IdRange;

// What a run must have been judged under to need no second look.
struct Demand {
  std::uint64_t match_revision = 0;
  Instant since;
  std::uint64_t anew = 0;  // rules::Mailbox::judged_anew
};

bool satisfies(const rules::ScannedRange& range, const Demand& demand);

// Of 1..highest, what isn't covered well enough: newest first, disjoint. `covered`: ascending,
// disjoint.
std::vector<IdRange> due(const std::vector<rules::ScannedRange>& covered, mailbox::RemoteId highest,
                         const Demand& demand);

// `ranges` with `judged` laid over them: what these overlap is replaced, equal neighbors are
// joined. Both ascending, disjoint. Linear in both.
std::vector<rules::ScannedRange> cover(std::span<const rules::ScannedRange> ranges,
                                       std::span<const rules::ScannedRange> judged);

// `ranges`, of which these numbers are marked unsettled as far as they are covered. `uids`:
// ascending. What lies between those that are near each other is marked with them, so that there
// are few runs however many wait.
std::vector<rules::ScannedRange> unsettle(const std::vector<rules::ScannedRange>& ranges,
                                          std::span<const std::uint32_t> uids);

// One step of a scan: these numbers are covered once the answer to this question (none: nothing
// lies there) has been judged.
struct Step {
  IdRange covers;
  std::optional<IdRange> fetch;
};
// `uids`: what lies in the folder (ascending), as far as the window reaches. Newest first; at most
// `batch` messages a step.
std::vector<Step> steps(const std::vector<IdRange>& spans, std::span<const std::uint32_t> uids,
                        std::size_t batch);
// Where nobody knows what lies in the folder.
std::vector<Step> steps(const std::vector<IdRange>& spans, std::size_t batch);

}  // namespace hearback::sync
