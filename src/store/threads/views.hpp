#pragma once
// Views are answered from index rows that are kept on write, so that a page costs a page, whoever
// asks (M-1, M-2). See docs/decisions/0010-views-from-index-rows.md.
//
// A thread lies at holders: the company (place `all`, or `non-candidates` where it is with somebody
// who is none; `archived`, too, while anybody has put it away), the mailboxes that brought what
// came in
// (`inbox`), the users who wrote (`sent`). It has audiences: the company, which
// means those who see all jobs; each job of its candidate, which means that job's hiring team; and
// each user who was given the thread itself. One row of `view_rows` stands for one holder and one
// audience. A reader's page is merged from the rows of their own holders and audiences, so a right
// that is given or taken away moves no row at all: only messages, applications and a thread's
// privacy do. In inbox and sent the rows lie apart by whose turn it is (M-8): answering a thread,
// or putting it away, moves its rows from one list to another. What nobody has answered or put away
// lies with the company once more, in a list of its own (`all-to-answer`).
//
// A filter that no list is kept for is asked of each row (docs/decisions/0064-filters.md): of what
// the reader hasn't read or the person stands in, where that is little, else of the rows of the
// place, or the candidate, as far as a bound, from where the next page goes on.
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "rules/triage.hpp"
#include "store/engine/db.hpp"
#include "store/engine/paging.hpp"
#include "store/threads/questions.hpp"

namespace hearback::store {

struct Writing;

// What a commit did to threads, so that their index rows follow at its end.
struct TouchedThreads {
  std::set<std::pair<ThreadId, MessageId>> placed;  // a message that is new in the thread
  std::set<MessageId> messages;                     // another copy, or an outbox row, of a message
  std::set<std::pair<MailboxId, MessageId>> arrived;  // what came to a mailbox's owner
  std::set<ThreadId> audience;  // the thread is new, or other people may see it
  std::set<ThreadId> lost;      // messages or copies went: all is counted anew
};

// Brings all that follows from messages and applications up to date: what a thread's row says of
// its messages, where it lies, its index rows. The last step of every commit.
void keep_views(Writing& writing);

// The candidate has applied for one job more, or for one fewer: its hiring team sees their threads,
// or does no longer. One statement, however many these are.
void add_audience(Db& db, CompanyId company, CandidateId candidate, JobId job);
void drop_audience(Db& db, CompanyId company, CandidateId candidate, JobId job);

// As written in view_rows, and in thread_places where it is one's own.
std::string_view place_word(Place place);
// As written in view_rows: what is whose turn there.
std::string list_word(Place place, rules::Triage turn);

struct ViewRow {
  ThreadId thread;
  Instant at;                         // what the view is sorted by
  std::optional<MessageId> message;   // whose words are shown; none: the thread is empty
  std::optional<rules::Triage> turn;  // in a place of the reader's own
  auto operator<=>(const ViewRow&) const = default;
};
struct ViewPage {
  std::vector<ViewRow> rows;
  std::optional<NumberCursor> reached;  // nothing below was looked at, though there may be more
};
// So many conversations one question looks at, at most, to see which of them pass its filter.
inline constexpr std::size_t kFilterLooksAt = 1000;
// The `rows` newest that are asked for. `candidate`: as the question's stands today.
ViewPage view_page(Db& db, const Threads& asked, const std::optional<CandidateId>& candidate,
                   std::size_t rows);

// Whose turn it is in the reader's own places; none: the thread lies in none of them.
std::optional<rules::Triage> triage_for(Db& db, const Scope& scope, ThreadId thread);
// How many there are, as far as `most`.
std::uint64_t count_view(Db& db, const Scope& scope, Place place, rules::Triage turn,
                         std::size_t most);
// In each of these, how many of what the reader hasn't read; the newest `most` are looked at.
std::vector<std::uint64_t> count_unread(Db& db, const Scope& scope, std::span<const Place> places,
                                        std::size_t most);

}  // namespace hearback::store
