#pragma once
// Which addresses may be a candidate's. One per company and process, loaded once, then changed by
// what the feed names, additions and removals; never loaded again for a watch or for a change.
//
// It only saves asking the store about every header: what it lets through is judged by the store's
// own answer (matcher.hpp), and so is each body right before it is fetched. So 64 bits of an
// address are enough to hold: a million addresses take some 70 MB.
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "mail/envelope.hpp"

namespace hearback::sync {

class Directory {
 public:
  struct Entry {
    CandidateId candidate;
    std::string normal;
  };

  // Entries of candidates that it doesn't hold yet.
  void add(const std::vector<Entry>& entries);
  // These candidates have these addresses now, and no others.
  void replace(std::vector<CandidateId> candidates, const std::vector<Entry>& entries);

  bool knows(std::string_view normal) const;
  // One of them is among the participants.
  bool may_match(const mail::Envelope& envelope) const;

  // Every address that became a candidate's up to this match revision is held.
  std::uint64_t match_revision() const { return match_revision_; }
  void reached(std::uint64_t match_revision) { match_revision_ = match_revision; }
  // And up to this one, what was judged before is to be searched for them: while many are being
  // added, that waits.
  std::uint64_t sought() const { return sought_; }
  void seek() { sought_ = match_revision_; }
  std::size_t size() const { return owned_.size(); }

 private:
  struct Owned {
    CandidateId candidate;
    std::uint64_t hash = 0;
    auto operator<=>(const Owned&) const = default;
  };
  void drop(std::uint64_t hash);

  std::vector<Owned> owned_;  // ascending
  std::unordered_map<std::uint64_t, std::uint32_t> holders_;
  std::uint64_t match_revision_ = 0, sought_ = 0;
};

}  // namespace hearback::sync
