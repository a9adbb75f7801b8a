#pragma once
// Threads and messages, as people see them.
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/ids.hpp"
#include "rules/nouns.hpp"
#include "rules/triage.hpp"
#include "store/candidates/address_changes.hpp"
#include "store/candidates/merges_told.hpp"
#include "store/candidates/stages.hpp"
#include "store/engine/page.hpp"
#include "store/threads/correcting.hpp"

namespace hearback::store {

struct ThreadSummary {
  rules::Thread thread;
  std::string candidate_name;
  bool non_candidate = false;  // it is with somebody who is none: candidate_name is their address
  std::vector<std::string> job_titles;
  std::uint64_t messages = 0;
  rules::Direction last_direction = rules::Direction::incoming;
  rules::MessageKind last_kind = rules::MessageKind::human;
  std::string last_from;  // display name, else address
  std::string last_snippet;
  bool has_attachments = false;
  std::optional<rules::OutboxState>
      last_outbox;                      // when the newest message is one of ours under way
  std::optional<rules::Triage> triage;  // in a view of the reader's own (M-8)
  std::optional<Instant> asked_at;      // of the oldest message that nobody answered
  bool waits = false;                   // nobody answered it or put it away
  bool unread = false;                  // by the reader (M-7)
  // Up to where a reader of this row has seen what came: later ones have higher numbers. 0 where
  // something that may ask came after the message that is shown, or late, before it.
  std::int64_t came = 0;
  // Of what is archived: who put it away, the last ones first, a few; and how many others did.
  std::vector<std::string> done_by;
  std::uint64_t done_by_others = 0;
};
// M-1: mail to me, mail by me; M-2: all candidates, those I follow, those of jobs I follow, with
// people who are none (M-3), what I or a colleague has put away.
enum class Place { inbox, sent, all, followed_candidates, followed_jobs, non_candidates, archived };
// All of it together. What the scope may not see is answered like what isn't there.
struct ThreadFilter {
  std::optional<JobId> job = {};  // one that the candidate is in
  std::string person = {};        // whom one of the messages is from, to or cc; the normal form
  bool unread = false;            // by the reader
  bool to_answer = false;         // by the reader in inbox and sent; elsewhere what `waits`
};
struct Threads {
  Scope scope;
  Place place = Place::all;  // `sent` shows what I wrote, sorted by that; the others what came last
  std::optional<CandidateId> candidate;
  PageRequest page;
  std::optional<rules::Triage> triage = {};  // of inbox and sent, not of one candidate's
  ThreadFilter filter = {};
  // Who has waited longest for an answer comes first: of what is to be answered alone, and not of
  // one candidate's.
  bool longest_first = false;
  // Under a filter a page may hold fewer rows than were asked for, or none, and yet name a next
  // one.
  using Answer = Page<ThreadSummary>;
};
struct UnreadCounts {  // how many conversations in each place the scope hasn't read
  Scope scope;
  std::size_t most = 100;  // so many are looked at, the newest
  struct Row {
    Place place = Place::all;
    std::uint64_t count = 0;
  };
  using Answer = std::vector<Row>;  // of every place
};
struct ToAnswer {  // how many conversations in the scope's inbox wait for an answer
  Scope scope;
  std::size_t most = 1000;  // so many are counted
  using Answer = std::uint64_t;
};
// In which of the scope's own places each thread lies: what a live event concerns.
struct PlacesOf {
  Scope scope;
  std::vector<ThreadId> threads;
  struct Row {
    ThreadId thread;
    Place place = Place::all;
  };
  // `all` isn't named: whoever hears of a thread sees it there, unless it is with a non-candidate.
  using Answer = std::vector<Row>;
};
// Which of these messages came to the thread after what is shown of it up to `seen`
// (ThreadById::Found::came): by a date nobody can tell.
struct CameAfter {
  Scope scope;
  ThreadId thread;
  std::int64_t seen = 0;
  std::vector<MessageId> messages;
  using Answer = std::unordered_set<MessageId>;
};
struct MessageInThread {
  rules::Message message;             // of each field, the first Limits::people_shown are named
  std::uint64_t people_left_out = 0;  // of From, To and Cc
  rules::Placement placement;
  std::optional<Corrected> corrected;  // a person said that it lies here (T-5)
  std::optional<rules::OutboxMessage> outbox;
};
struct ThreadById {  // of one that has become part of another: that one (T-8)
  Scope scope;
  ThreadId thread;
  PageRequest page;  // the first page holds the newest messages
  struct Found {
    rules::Thread thread;
    std::string candidate_name;
    bool non_candidate = false;             // as in ThreadSummary
    std::uint64_t count = 0;                // of all its messages
    std::vector<MessageInThread> messages;  // of this page, oldest first
    std::string older;                      // the next page; empty: there are no older ones
    std::optional<rules::Triage> triage;  // in the reader's inbox or sent, where it lies there; or
                                          // in nobody's, and is theirs to put away or take back
    std::optional<Instant> asked_at;      // as in ThreadSummary
    bool waits = false;                   // likewise
    bool unread = false;
    bool marked_unread = false;  // they said so themselves
    std::int64_t came = 0;
  };
  using Answer = std::optional<Found>;
};
// All messages of all of a candidate's threads that the scope may see, by date, and between them
// who moved the candidate's applications, who put them into a job, out of it and back, in jobs that
// it may see, which addresses they got and lost, and which profiles became part of theirs, or were
// parted from it (M-9). A page holds so many of all together.
struct CandidateTimeline {
  Scope scope;
  CandidateId candidate;
  PageRequest page;  // the first page holds the newest messages
  struct Found {
    std::vector<MessageInThread> messages;  // of this page, oldest first, each once
    std::vector<rules::Thread> threads;     // in which these lie
    std::vector<Move> moves;                // of this page, oldest first
    std::vector<Move> jobs;                 // likewise: who came into which, and out of it
    std::vector<AddressChange> addresses;   // likewise
    std::vector<MergeTold> merges;          // likewise
    // By which of our addresses each message left or came, as its own header names it.
    std::unordered_map<MessageId, mail::Address> ours;
    std::string older;  // as in ThreadById
  };
  using Answer = std::optional<Found>;  // none: the scope may not see the candidate
};
struct MessageById {  // only if it lies in a thread that the scope may see
  Scope scope;
  MessageId message;
  // Only where that is one with this candidate, not among colleagues (T-3).
  std::optional<CandidateId> with = std::nullopt;
  using Answer = std::optional<MessageInThread>;
};
struct CopiesOf {
  Scope scope;
  MessageId message;
  struct Row {
    rules::Location at;
    BlobId raw;  // this copy's own source
  };
  using Answer = std::vector<Row>;
};

}  // namespace hearback::store
