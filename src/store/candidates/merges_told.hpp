#pragma once
// Which profiles became part of a candidate's, and which were parted from it again, as their
// timeline tells it (M-9, O-5). docs/decisions/0083-what-became-of-a-candidate-in-jobs.md
#include <cstddef>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"

namespace hearback::store {

class Db;
struct Writing;

using MergeFactId = Id<struct MergeFactTag>;

struct MergeTold {
  MergeFactId id;
  Instant at;
  std::string name;  // of the other one, as it was then
  std::string by_name;
  bool undone = false;
  bool exchange = false;  // that with somebody who was no candidate (M-3)
};

// The newest of them below (at, id), newest first. One that was undone is told to whom sees both.
std::vector<MergeTold> merges_below(Db& db, const rules::Scope& scope, CandidateId candidate,
                                    Instant at, MergeFactId id, std::size_t rows);

// While it stands: it is undone by `by`, and was made by whom it says.
void note_undone_merge(Writing& writing, CandidateId merged, UserId by, Instant at);
// D-1: those of this one, of who has become part of it, and of others with any of these.
void forget_undone_merges(Writing& writing, CandidateId candidate);

}  // namespace hearback::store
