#pragma once
// Files that lie on a candidate's profile without a message (M-9, W-9): who puts one there is a
// person of the team. Whoever sees the candidate has them.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"

namespace hearback::store {

// A profile shows each of them.
inline constexpr std::size_t kFilesOfCandidate = 200;

// For so long a file that was removed can be put back. docs/decisions/0075-removed-files.md
inline constexpr Duration kRemovedFileStays = std::chrono::hours(1);

struct AddFile {  // what this person has brought up (AddUpload) lies on the profile from now on, by
                  // the same id; where it lies there already nothing changes. One that was removed
                  // from this profile lies there again as it did, whoever put it there.
                  // "upload.missing", "candidate.files-full", "files.company-full";
                  // "candidate.missing" for one whom `by` doesn't see, and for who is none (M-3)
  UploadId file;
  CandidateId candidate;
  rules::Scope by;
  Instant at;
  std::uint64_t octets_of_company = 20ull << 30;  // that lie on all profiles, at most
};
struct RemoveFile {  // for everybody, until AddFile puts it back in time; where it was removed in
                     // that time already nothing changes. "file.missing"
  UploadId file;
  CandidateId candidate;
  rules::Scope by;
  Instant at;
};
struct FileById {  // only if it lies on the profile of this candidate, whom the scope may see
  rules::Scope scope;
  CandidateId candidate;
  UploadId file;
  struct Found {
    std::string filename, type;
    BlobId blob;
    std::uint64_t octets = 0;
  };
  using Answer = std::optional<Found>;
};

}  // namespace hearback::store
