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

using ImapSession = protocols::imap::Session;
using protocols::Wire;
using protocols::imap::HeaderItem;
using Uids = std::vector<std::uint32_t>;

inline constexpr std::uint32_t kLastUid = 0xFFFFFFFFu;
inline constexpr Duration kSlice = 2s;                  // then what arrived meanwhile is looked at
inline constexpr std::size_t kRoundMatches = 500;       // then bodies are fetched
inline constexpr std::size_t kRoundAnswers = 4000;      // then the store is asked whom they answer
inline constexpr std::size_t kRoundOctets = 16u << 20;  // of headers that are kept: then either

inline bool contains(const UidRange& range, std::uint32_t uid) {
  return range.first <= uid && uid <= range.last;
}

inline void sort_once(Uids& uids) {
  std::ranges::sort(uids);
  const auto repeated = std::ranges::unique(uids);
  uids.erase(repeated.begin(), repeated.end());
}

// Of `uids` (ascending), those in the range.
inline std::span<const std::uint32_t> within(const Uids& uids, const UidRange& range) {
  return {std::ranges::lower_bound(uids, range.first), std::ranges::upper_bound(uids, range.last)};
}

struct Pass::Header {
  std::uint32_t uid = 0;
  Instant internal_date;
  std::uint64_t octets = 0;
  mail::Envelope envelope;
  std::string text;  // of an answer: its envelope holds what it answers, and nothing else
};

// A FETCH that the server refused.
struct Pass::Refused {
  UidRange range;
  Error why;
};

// What came of some steps.
struct Pass::Round {
  std::vector<Header> addressed;  // may be a candidate's by an address
  std::vector<Header> answers;    // no, but it answers something
  std::set<std::uint32_t> kept;   // the UIDs of both: a server may repeat itself
  Uids seen;                      // of every header that came
  Instant began;
  // Addresses that are added from then on have to be looked for in these, too.
  std::uint64_t match_revision = 0;
  std::uint64_t headers = 0;
  std::uint32_t highest = 0;
  std::size_t octets = 0;
  std::vector<Refused> refused;  // some of them may have come
  bool full() const {
    return addressed.size() >= kRoundMatches || answers.size() >= kRoundAnswers ||
           octets >= kRoundOctets;
  }

  void take(const HeaderItem& item, const Directory& directory, Instant since) {
    ++headers;
    seen.push_back(item.uid);
    highest = std::max(highest, item.uid);
    if (!rules::within_window(item.internal_date, since)) return;
    auto relations = mail::read_relations(item.header);
    const bool may_match = directory.may_match(relations);
    if (!may_match && relations.in_reply_to.empty() && relations.references.empty()) return;
    if (!kept.insert(item.uid).second) return;
    octets += item.header.size();
    Header header{item.uid, item.internal_date, item.octets, {}, {}};
    if (may_match) {
      header.envelope = mail::read_envelope(item.header);
      addressed.push_back(std::move(header));
      return;
    }
    header.envelope.message_id = std::move(relations.message_id);
    header.envelope.in_reply_to = std::move(relations.in_reply_to);
    header.envelope.references = std::move(relations.references);
    header.text = item.header;
    answers.push_back(std::move(header));
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

// A folder's facts; `fresh`: nothing can have come since without our being told.
struct Pass::Look {
  ServerFacts facts;
  bool fresh = true;
};

}  // namespace hearback::sync
