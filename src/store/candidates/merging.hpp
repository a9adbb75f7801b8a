#pragma once
// O-5: two profiles of one person become one, and may be parted again.
// docs/decisions/0046-merging-candidates.md
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"
#include "store/candidates/questions.hpp"

namespace hearback::store {

class Db;
struct Writing;

// What merging the two would come to, as far as the scope may see; none: one of them isn't there,
// or isn't to be seen.
struct MergePreview {
  Scope scope;
  CandidateId kept, merged;
  struct Address {
    rules::CandidateAddress address;
    bool of_kept = false, of_merged = false;
  };
  struct Application {
    rules::Application application;
    std::string job_title;
    bool of_kept = false;
    bool left_out = false;  // the kept one is in that job as well
  };
  struct Reader {  // who sees one of the two so far
    UserId user;
    std::string name;
    bool sees_kept = false;
  };
  struct Found {
    std::string kept_name, merged_name;
    std::vector<Address> addresses;
    std::vector<Application> applications;
    // Of the merged one, in conversations that the scope may see; `more`: there are more of them.
    std::uint64_t threads = 0, messages = 0, files = 0;
    bool more = false;
    std::uint64_t followers = 0;  // of the merged one alone, who would follow the kept one
    std::vector<Reader> gain;
    std::string version;  // of all that is decided upon; mail may come meanwhile
  };
  using Answer = std::optional<Found>;
};

// All that the one has becomes the other's, who answers to both ids from then on.
// Kind::missing, "candidate.missing": one isn't there, or not to be seen.
// Kind::input, "merge.same"; Kind::conflict: "merge.changed" (the preview's version is another by
// now), "merge.too-many-addresses", "merge.too-large" (see kMergedMost), "candidate.leaving-mail"
// (of one of the two an address is just being taken off).
struct MergeCandidates {
  rules::Scope by;
  CandidateId kept, merged;
  std::string version;
  bool merged_name = false;  // the kept one is called as the merged one was
  Instant at;
};
// So many placements and moves may come along in one commit. Who has more is kept instead.
inline constexpr std::size_t kMergedMost = 10'000;

// Each has again what they had; conversations that began since go to whose addresses alone are on
// them. By whoever may merge, and sees the kept one.
// Kind::missing, "merge.missing": there is none, or it was undone; Kind::conflict:
// "merge.too-late", "merge.overtaken" (undo a later one first), "merge.corrected" (messages were
// moved between conversations of the two: undo that first), "candidate.leaving-mail".
// Of an exchange that was added (AddToCandidate) as UndoTakeOver: "candidate.in-use",
// "non-candidate.kept"; with whom it was is no candidate again.
struct UndoMerge {
  rules::Scope by;
  CandidateId merged;
  Instant at;
};

// The candidate, or whoever they have become part of.
CandidateId standing_candidate(Db& db, CompanyId company, CandidateId candidate);
// Who has become part of this one, by whatever way.
std::vector<CandidateId> merged_into(Db& db, CompanyId company, CandidateId candidate);
// What was merged into this one, the newest first.
std::vector<CandidateById::Merge> merges_of(Db& db, const Scope& scope, CandidateId candidate);
// What could be taken back until now, of at most `rows` conversations.
void prune_merges(Writing& writing, Instant now, std::size_t rows);
// As CandidateById is answered.
std::optional<CandidateById::Found> find_candidate(Db& db, const CandidateById& question);

}  // namespace hearback::store
