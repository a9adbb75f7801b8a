#pragma once
// Our cursor against the server's facts: what of a folder has to be looked at, and why. Pure.
//
// The cursor is the set of UIDs whose headers were judged, each run with the knowledge it was
// judged under. New mail and a wider window are then one and the same case: UIDs that aren't
// covered well enough. An address that was added later is searched for in what was judged under an
// earlier match revision (Pass::seek). A run is recorded only with the messages that were
// found in it (S-10), so a crash leaves it uncovered, never skipped.
//
// A run with match revision 0 is unsettled: its matches are stored, but some of its messages may
// still turn out to answer mail that the same pass brings in later. A pass that ends settles its
// runs; a program that starts finds unsettled runs and judges their headers again.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocols/imap/session.hpp"
#include "rules/nouns.hpp"

namespace hearback::sync {

using protocols::imap::UidRange;

struct FolderState {
  std::uint32_t uid_validity = 0;           // 0: never opened
  std::vector<rules::ScannedRange> ranges;  // ascending, disjoint
};

struct ServerFacts {
  std::uint32_t uid_validity = 0;
  std::uint32_t highest_uid = 0;  // UIDNEXT - 1, or what UID SEARCH found where UIDNEXT is missing
};

// What a run must have been judged under to need no second look.
struct Demand {
  std::uint64_t match_revision = 0;
  Instant since;
};

struct Plan {
  enum class What { nothing, scan, start_over };
  What what = What::nothing;
  std::string_view why;
  std::vector<UidRange> spans;  // scan: newest first, disjoint
};

bool satisfies(const rules::ScannedRange& range, const Demand& demand);

// start_over: the folder's UIDs mean other messages now (UIDVALIDITY changed), or the server
// contradicts itself (UIDNEXT fell). The caller resets the folder and plans again.
Plan plan(const FolderState& state, const ServerFacts& facts, const Demand& demand);

// `ranges` with `judged` laid over them: what it overlaps is replaced, equal neighbors are joined.
std::vector<rules::ScannedRange> cover(std::vector<rules::ScannedRange> ranges,
                                       const rules::ScannedRange& judged);

// One step of a scan: these UIDs are covered once the answer to this FETCH (none: nothing lies
// there) has been judged.
struct Step {
  UidRange covers;
  std::optional<UidRange> fetch;
};
// `uids`: what lies in the folder (ascending), as far as the window reaches. Newest first; at most
// `batch` messages a step.
std::vector<Step> steps(const std::vector<UidRange>& spans, std::span<const std::uint32_t> uids,
                        std::size_t batch);
// Where nobody knows what lies in the folder.
std::vector<Step> steps(const std::vector<UidRange>& spans, std::size_t batch);

}  // namespace hearback::sync
