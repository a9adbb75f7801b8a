#pragma once
// What the files of one look (pass.cpp, seek.cpp, second_looks.cpp) share.
#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "sync/pass.hpp"

namespace hearback::sync {

using mailbox::HeaderItem;
using mailbox::kLastId;
using Uids = std::vector<mailbox::RemoteId>;

inline constexpr Duration kSlice = 2s;              // then what arrived meanwhile is looked at
inline constexpr std::size_t kRoundMatches = 250;   // then bodies are fetched
inline constexpr std::size_t kRoundAnswers = 1000;  // then the store is asked whom they answer
// Of what is kept in memory: then either; and what is kept at most, of each of three rounds. A
// header takes up to thirty times its octets, and a server says many before it is heard that there
// are enough.
inline constexpr std::size_t kRoundOctets = 4u << 20, kRoundMost = 16u << 20;
inline constexpr std::size_t kRoundSteps = 2000;  // asked for

inline Error too_many_left_out() {
  return {Kind::transient, std::string(mailbox::kLeftOut),
          "The mail server leaves more messages out of its answers than can be noted one by one.",
          "It is tried again by itself; if it stays so, tell the mail server's administrator."};
}

inline bool contains(const IdRange& range, std::uint32_t uid) {
  return range.first <= uid && uid <= range.last;
}

inline void sort_once(Uids& uids) {
  std::ranges::sort(uids);
  const auto repeated = std::ranges::unique(uids);
  uids.erase(repeated.begin(), repeated.end());
}

// Of `uids` (ascending), those in the range.
inline std::span<const std::uint32_t> within(const Uids& uids, const IdRange& range) {
  return {std::ranges::lower_bound(uids, range.first), std::ranges::upper_bound(uids, range.last)};
}

struct Pass::Header {
  std::uint32_t uid = 0;
  Instant internal_date;
  std::uint64_t octets = 0;
  mail::Envelope envelope;
};

// What the provider refused to answer.
struct Pass::Refused {
  IdRange range;
  Error why;
};

// What came of some steps.
struct Pass::Round {
  std::vector<Header> addressed;     // may be a candidate's by an address
  std::vector<Header> answers;       // no, but it answers something
  std::set<std::uint32_t> kept;      // the UIDs of both: a server may repeat itself
  Uids seen;                         // of every header that came
  Instant began;                     // by net::Env::ticks
  std::uint64_t match_revision = 0;  // by then
  std::uint32_t highest = 0;
  std::size_t octets = 0;             // of memory, of what is kept
  std::vector<Refused> refused;       // some of them may have come
  bool in_parts = false;              // what is refused for now is asked for in parts, too
  Uids unnoted;                       // left out, and too many to be noted (ascending)
  std::set<std::uint32_t> over;       // came, and there was no room: to be asked for again
  std::set<std::uint32_t> stand_ins;  // instead of these came a notice of the server's
  bool full() const {
    return addressed.size() >= kRoundMatches || answers.size() >= kRoundAnswers ||
           octets >= kRoundOctets;
  }
  void take(const HeaderItem& item, const Directory& directory, Instant since);
  // What it kept has been judged.
  void forget_kept();
};

// A round that is being read, or was.
struct Pass::Reading {
  Round round;
  std::optional<Result<std::size_t>> done;  // how many steps
  bool folder_refuses = false;              // where it failed
};

struct Pass::Judged {
  std::vector<Found> found;
  std::set<std::uint32_t> waiting;     // for what they answer
  std::vector<store::Change> skipped;  // counts (S-6)
  ForOwner for_owner;
};

// What lies in the folder, as the server's search tells it.
struct Pass::Present {
  bool known = false;
  bool fresh = false;  // asked after the headers were
  Uids uids;           // ascending
};

}  // namespace hearback::sync
