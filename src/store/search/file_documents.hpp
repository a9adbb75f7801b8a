#pragma once
// What stands in the files that lie on profiles, once it was read (M-6, W-9): kept, encrypted, as
// long as the file lies there; by its words and the file's name it is found.
// docs/decisions/0079-files-of-profiles-are-found.md
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "rules/access.hpp"

namespace hearback::store {

// The newest of the company's that wait to be read. Of a candidate who is being forgotten none is.
struct OwnFileToRead {
  rules::Scope scope;        // the engine's
  bool of_programs = false;  // those as well that waited for a program that reads them
  std::vector<UploadId> but_for = {};
  struct Waiting {
    UploadId file;
    std::string filename, type;
    BlobId blob;
    std::uint64_t octets = 0;
    int begun = 0;  // how often that was begun and not ended
  };
  using Answer = std::optional<Waiting>;
};

struct OwnFileText {  // only if it lies on the profile of this candidate, whom the scope may see
  rules::Scope scope;
  CandidateId candidate;
  UploadId file;
  using Answer = std::optional<std::string>;
};

// As BeginReading, ForgiveReading and PutContents, of one file of a profile.
struct BeginOwnFile {
  UploadId file;
};
struct ForgiveOwnFile {
  UploadId file;
};
struct PutOwnFileText {
  UploadId file;
  std::optional<BlobId> text;  // of the same commit
  // rules::findable_file, of name and text. nullopt: nothing could be read of it, so it stays as
  // findable as it was.
  std::optional<std::string> words;
  bool waits_for_program = false;
};

}  // namespace hearback::store
