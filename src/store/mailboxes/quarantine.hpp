#pragma once
// Messages that can't be imported, or not yet (S-12).
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"

namespace hearback::store {

struct BeginImport {  // committed BEFORE a body is worked on: a message that kills the process is
                      // known at the next start (attempts + 1)
  std::vector<rules::Location> at;
  Instant when;
};
struct Quarantine {  // not of what is only about candidates who were deleted meanwhile: forgotten
  rules::Location at;
  std::string reason;
  bool given_up = true;
  std::optional<BlobId> raw;
  Instant when;
  std::vector<CandidateId> about;  // by its header: it goes with the last of them (D-1)
};
struct ForgetAttempt {  // it has gone, or turned out to be nobody's
  rules::Location at;
};
struct RetryQuarantined {  // a person's "try again"
  rules::Location at;
};

class Db;
// For a migration: of those that are there nobody knows whose mail they are.
void note_unknown(Db& db);

}  // namespace hearback::store
