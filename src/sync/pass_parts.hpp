#pragma once
// What the files of one look (pass.cpp, seek.cpp, second_looks.cpp) share.
#include <algorithm>
#include <set>
#include <span>
#include <vector>

#include "mail/header.hpp"
#include "rules/window.hpp"
#include "sync/pass.hpp"

namespace hearback::sync {

using mailbox::HeaderItem;
using mailbox::kLastId;
using Uids = std::vector<mailbox::RemoteId>;

inline constexpr Duration kSlice = 2s;                 // then what arrived meanwhile is looked at
inline constexpr std::size_t kRoundMatches = 250;      // then bodies are fetched
inline constexpr std::size_t kRoundAnswers = 2000;     // then the store is asked whom they answer
inline constexpr std::size_t kRoundOctets = 8u << 20;  // of headers that are kept: then either

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
  std::vector<Header> addressed;  // may be a candidate's by an address
  std::vector<Header> answers;    // no, but it answers something
  std::set<std::uint32_t> kept;   // the UIDs of both: a server may repeat itself
  Uids seen;                      // of every header that came
  Instant began;                  // by net::Env::ticks
  std::uint32_t highest = 0;
  std::size_t octets = 0;
  std::vector<Refused> refused;  // some of them may have come
  Uids unnoted;                  // left out, and too many to be noted (ascending)
  bool full() const {
    return addressed.size() >= kRoundMatches || answers.size() >= kRoundAnswers ||
           octets >= kRoundOctets;
  }

  void take(const HeaderItem& item, const Directory& directory, Instant since) {
    seen.push_back(item.id);
    highest = std::max(highest, item.id);
    if (!rules::within_window(item.arrived, since)) return;
    auto envelope = mail::read_envelope(item.header);
    const bool may_match = directory.may_match(envelope);
    if (!may_match && envelope.in_reply_to.empty() && envelope.references.empty()) return;
    if (!kept.insert(item.id).second) return;
    octets += item.header.size();
    (may_match ? addressed : answers)
        .push_back({item.id, item.arrived, item.octets, std::move(envelope)});
  }
};

struct Pass::Judged {
  std::vector<Found> found;
  std::set<std::uint32_t> waiting;  // for what they answer
};

// What lies in the folder, as the server's search tells it.
struct Pass::Present {
  bool known = false;
  bool fresh = false;  // asked after the headers were
  Uids uids;           // ascending
};

}  // namespace hearback::sync
