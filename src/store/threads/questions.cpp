#include "store/threads/questions.hpp"

#include <algorithm>
#include <functional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/limits.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/follows.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/corrections.hpp"
#include "store/threads/filters.hpp"
#include "store/threads/summaries.hpp"
#include "store/threads/uniting.hpp"
#include "store/threads/unread.hpp"
#include "store/threads/views.hpp"

namespace hearback::store {
namespace {

std::unordered_map<MessageId, rules::OutboxMessage> outbox_of_messages(
    Db& db, CompanyId company, const std::vector<MessageId>& ids) {
  std::unordered_map<MessageId, rules::OutboxMessage> found;
  in_chunks({value_of(company)}, values_of(ids), [&](InList list, Params params) {
    for (auto& row : db.run("select " + std::string(kOutboxColumns) +
                                " from outbox o where o.company = $1 and o.message in " + list,
                            params)
                         .rows) {
      auto out = read_outbox(row);
      found[out.message] = std::move(out);
    }
  });
  std::vector<rules::OutboxMessage*> rows;
  for (auto& [id, out] : found) rows.push_back(&out);
  load_recipients(db, company, rows);
  return found;
}

// How many more there are of each message than are named with it.
void count_left_out(Db& db, CompanyId company, std::vector<MessageInThread>& found) {
  constexpr auto kShown = Limits{}.people_shown;
  std::unordered_multimap<MessageId, MessageInThread*> full;
  std::vector<Value> ids;
  for (auto& one : found) {
    const auto& envelope = one.message.envelope;
    if (std::max({envelope.from.size(), envelope.to.size(), envelope.cc.size()}) < kShown) continue;
    full.emplace(one.message.id, &one);
    ids.push_back(value_of(one.message.id));
  }
  const auto beyond = [](std::string_view field) {
    return "coalesce((select max(f.position) + 1 - $2 from participants f where f.company = $1"
           " and f.message = m.id and f.field = '" +
           std::string(field) + "' and f.position >= $2), 0)";
  };
  in_chunks({value_of(company), value_of(kShown)}, ids, [&](InList list, Params params) {
    for (auto& row :
         db.run("select m.id, " + beyond("from") + " + " + beyond("to") + " + " + beyond("cc") +
                    " from messages m where m.company = $1 and m.id in " + list,
                params)
             .rows) {
      const auto [begin, end] = full.equal_range(row.id<MessageId>());
      const auto more = static_cast<std::uint64_t>(row.number());
      for (auto at = begin; at != end; ++at) at->second->people_left_out = more;
    }
  });
}

std::vector<MessageInThread> assemble(Db& db, const Scope& scope,
                                      const std::vector<rules::Placement>& placements) {
  std::vector<MessageId> ids;
  for (const auto& placement : placements) ids.push_back(placement.message);
  auto messages = load_messages(db, scope.company, ids, Limits{}.people_shown);
  auto outbox = outbox_of_messages(db, scope.company, ids);
  std::vector<MessageInThread> found;
  for (const auto& placement : placements) {
    auto& one = found.emplace_back();
    one.placement = placement;
    one.message = messages[placement.message];
    // Its way out belongs to the thread that it was written in: in another's, where it lies as
    // well, it would name a candidate whom the reader may not see.
    auto at = outbox.find(placement.message);
    if (at != outbox.end() && at->second.thread == placement.thread) one.outbox = at->second;
  }
  count_left_out(db, scope.company, found);
  add_corrections(db, scope, found);
  return found;
}

// Whom of us each message is from, or else to, of those whom its header names: nothing that its
// reader isn't shown with it, neither who got it unseen nor in whose mailbox it lies (S-11). A
// stranger's name for a colleague isn't believed, and which mailboxes there are beside the
// colleagues' own addresses is told to those who may use them.
std::unordered_map<MessageId, mail::Address> ours_in(Db& db, const Scope& scope,
                                                     const std::vector<MessageInThread>& messages) {
  std::vector<MessageId> ids;
  for (const auto& one : messages) ids.push_back(one.message.id);
  std::unordered_map<MessageId, mail::Address> found;
  in_chunks(scope_params(scope), values_of(ids), [&](InList list, Params params) {
    for (auto& row :
         db.run("select x.message, coalesce(u.name, case when x.field = 'from' then x.name else ''"
                " end), x.spec, x.normal from participants x join messages m"
                " on m.company = x.company and m.id = x.message left join users u"
                " on u.company = x.company and u.email_normal = x.normal where x.company = $1"
                " and x.message in " +
                    list +
                    " and (x.field = 'from' and m.direction = 'outgoing'"
                    "  or x.field in ('to', 'cc') and m.direction = 'incoming')"
                    " and (x.field = 'from' or u.id is not null or exists (select 1"
                    "  from mailboxes where company = $1 and address_normal = x.normal and " +
                    std::string(kProven) + " and " +
                    may_use_mailbox(scope, "mailboxes.id", rules::MailboxRight::see) +
                    ")) order by x.message, case x.field when 'cc' then 1 else 0 end, x.position",
                params)
             .rows) {
      const auto message = row.id<MessageId>();
      mail::Address one;
      one.name = row.text();
      one.spec = row.text();
      one.normal = row.text();
      found.emplace(message, std::move(one));
    }
  });
  return found;
}

using Placed = std::vector<std::pair<Instant, rules::Placement>>;

// The newest below the cursor of what is placed where `column` says, in threads that the scope may
// see.
Placed placed_below(Db& db, const Scope& scope, const std::string& column, const Uuid& where,
                    const NumberCursor& below, std::size_t rows) {
  Placed placed;
  for (auto& one : scoped_rows(db, scope,
                               "select p.message_date, " + std::string(kPlacementColumns) +
                                   " from placements p where p.company = $1 and " + column +
                                   " = $4 and (p.message_date, p.message) < ($5, $6) and " +
                                   may_see_thread(scope, "p.thread") +
                                   " order by p.message_date desc, p.message desc limit $7",
                               MessageId{where}, below.key, MessageId{below.id}, rows)) {
    const auto at = one.instant();
    placed.emplace_back(at, read_placement(one));
  }
  return placed;
}

// A page of them, oldest first.
Page<rules::Placement> placed_page(Db& db, const Scope& scope, const std::string& column,
                                   const Uuid& where, const PageRequest& request) {
  const auto below = number_cursor_of(request).value_or(NumberCursor::top());
  const auto shown = rows_of(request);
  const auto page =
      page_of(placed_below(db, scope, column, where, below, shown + 1), shown, [](const auto& one) {
        return Cursor{std::to_string(one.first.ms), one.second.message.bytes};
      });
  Page<rules::Placement> placements;
  placements.next = page.next;
  for (auto& [at, placement] : page.rows) placements.rows.push_back(placement);
  std::ranges::reverse(placements.rows);
  return placements;
}

// Messages, moves, addresses and merges in one order, of which a page takes the newest: of each no
// more than fit.
struct TimelinePage {
  std::vector<rules::Placement> placements;  // oldest first
  std::vector<Move> moves;                   // likewise
  std::vector<AddressChange> addresses;      // likewise
  std::vector<MergeTold> merges;             // likewise
  std::string older;
};

TimelinePage timeline_page(Db& db, const Scope& scope, CandidateId candidate,
                           const PageRequest& request) {
  const auto below = number_cursor_of(request).value_or(NumberCursor::top());
  const auto shown = rows_of(request);
  auto placed = placed_below(db, scope, "p.candidate", candidate.bytes, below, shown + 1);
  auto moves = moves_below(db, scope, candidate, {below.key}, MoveId{below.id}, shown + 1);
  auto addresses = address_changes_below(db, scope.company, candidate, {below.key},
                                         AddressChangeId{below.id}, shown + 1);
  auto merges = merges_below(db, scope, candidate, {below.key}, MergeFactId{below.id}, shown + 1);
  enum class Of { message, move, address, merge };
  struct One {
    Instant at;
    Uuid id;
    Of of;
    bool operator>(const One& other) const {
      return std::tie(at, id) > std::tie(other.at, other.id);
    }
  };
  std::vector<One> all;
  for (const auto& [at, placement] : placed)
    all.push_back({at, placement.message.bytes, Of::message});
  for (const auto& one : moves) all.push_back({one.at, one.id.bytes, Of::move});
  for (const auto& one : addresses) all.push_back({one.at, one.id.bytes, Of::address});
  for (const auto& one : merges) all.push_back({one.at, one.id.bytes, Of::merge});
  std::ranges::sort(all, std::greater<>{});
  const auto page = page_of(std::move(all), shown, [](const One& one) {
    return Cursor{std::to_string(one.at.ms), one.id};
  });
  const auto many = [&](Of of) {
    return static_cast<std::size_t>(std::ranges::count(page.rows, of, &One::of));
  };
  moves.resize(many(Of::move));
  addresses.resize(many(Of::address));
  merges.resize(many(Of::merge));
  placed.resize(many(Of::message));
  TimelinePage found;
  found.older = page.next;
  for (auto& [at, placement] : placed) found.placements.push_back(placement);
  std::ranges::reverse(found.placements);
  std::ranges::reverse(moves);
  std::ranges::reverse(addresses);
  std::ranges::reverse(merges);
  found.moves = std::move(moves);
  found.addresses = std::move(addresses);
  found.merges = std::move(merges);
  return found;
}

constexpr std::size_t kDoneByShown = 3;

// Who has put them away. Whoever sees the conversation may know it: they may be asked about it.
void add_done_by(Db& db, CompanyId company, std::vector<ThreadSummary>& summaries) {
  std::unordered_map<ThreadId, ThreadSummary*> by_thread;
  std::vector<ThreadId> ids;
  for (auto& one : summaries) {
    by_thread.emplace(one.thread.id, &one);
    ids.push_back(one.thread.id);
  }
  in_chunks({value_of(company)}, values_of(ids), [&](InList list, Params params) {
    for (auto& row : db.run("select d.thread, u.name from thread_done d join users u"
                            " on u.company = d.company and u.id = d.user_id where d.company = $1"
                            " and d.thread in " +
                                list + " order by d.at desc, d.user_id",
                            params)
                         .rows) {
      auto& summary = *by_thread.at(row.id<ThreadId>());
      if (summary.done_by.size() < kDoneByShown)
        summary.done_by.push_back(row.text());
      else
        ++summary.done_by_others;
    }
  });
}

}  // namespace

AnswerTo<Threads> answer(Reading& reading, const Threads& question) {
  const auto& scope = question.scope;
  const auto shown = rows_of(question.page);
  std::optional<CandidateId> candidate;
  if (question.candidate)
    candidate = standing_candidate(reading.db, scope.company, *question.candidate);
  auto found = view_page(reading.db, question, candidate, shown + 1);
  auto page = page_of(std::move(found.rows), shown, [](const ViewRow& row) {
    return Cursor{std::to_string(row.at.ms), row.thread.bytes};
  });
  if (found.reached) page.next = to_text({std::to_string(found.reached->key), found.reached->id});
  if (is_longest_first(question)) turn_back(reading.db, scope.company, page.rows);
  auto listed = summaries_of(reading.db, scope, page.rows);
  if (question.place == Place::archived) add_done_by(reading.db, scope.company, listed);
  return {std::move(listed), page.next};
}

AnswerTo<UnreadCounts> answer(Reading& reading, const UnreadCounts& question) {
  static constexpr Place kPlaces[] = {
      Place::inbox,         Place::sent,           Place::all,     Place::followed_candidates,
      Place::followed_jobs, Place::non_candidates, Place::archived};
  const auto counts = count_unread(reading.db, question.scope, kPlaces, question.most);
  std::vector<UnreadCounts::Row> rows;
  for (std::size_t i = 0; i < std::size(kPlaces); ++i) rows.push_back({kPlaces[i], counts[i]});
  return rows;
}

AnswerTo<ToAnswer> answer(Reading& reading, const ToAnswer& question) {
  return count_view(reading.db, question.scope, Place::inbox, rules::Triage::to_answer,
                    question.most);
}

AnswerTo<PlacesOf> answer(Reading& reading, const PlacesOf& question) {
  const auto& scope = question.scope;
  std::vector<PlacesOf::Row> rows;
  in_chunks(scope_params(scope), values_of(question.threads), [&](InList list, Params params) {
    for (auto& row :
         reading.db
             .run("select distinct pl.thread, pl.place from thread_places pl where pl.company = $1"
                  " and pl.thread in " +
                      list +
                      " and (pl.place = 'sent' and pl.holder = $2 or pl.place = 'inbox'"
                      " and exists (select 1 from mailboxes b where b.company = $1"
                      "  and b.id = pl.holder and b.owner = $2)) and " +
                      may_see_thread(scope, "pl.thread"),
                  params)
             .rows) {
      auto& one = rows.emplace_back();
      one.thread = row.id<ThreadId>();
      one.place = row.text() == "sent" ? Place::sent : Place::inbox;
    }
    for (auto& row :
         reading.db
             .run("select th.id, case when " + follows_candidate(scope, "th.candidate") +
                      " then 1 else 0 end, case when " + follows_job_of(scope, "th.candidate") +
                      " then 1 else 0 end, case when exists (select 1 from thread_done d"
                      "  where d.company = $1 and d.thread = th.id) then 1 else 0 end,"
                      " (select c.non_candidate from candidates c where c.company = $1"
                      "  and c.id = th.candidate)"
                      " from threads th where th.company = $1 and th.id in " +
                      list + " and " + may_see_thread_row(scope, "th"),
                  params)
             .rows) {
      const auto thread = row.id<ThreadId>();
      if (row.flag()) rows.push_back({thread, Place::followed_candidates});
      if (row.flag()) rows.push_back({thread, Place::followed_jobs});
      if (row.flag()) rows.push_back({thread, Place::archived});
      if (row.flag()) rows.push_back({thread, Place::non_candidates});
    }
  });
  return rows;
}

AnswerTo<ThreadById> answer(Reading& reading, const ThreadById& question) {
  const auto& scope = question.scope;
  const auto thread = standing_thread(reading.db, scope.company, question.thread);
  auto row = scoped_row(
      reading.db, scope,
      "select th.id, th.candidate, th.kind, th.subject, th.last_at, th.is_private, th.messages,"
      " c.name, c.non_candidate, th.asked_at, case when " +
          waits() + " then 1 else 0 end, th.came, " + is_unread() + ", " + is_marked_unread() +
          " from threads th"
          " join candidates c on c.company = th.company and c.id = th.candidate"
          " where th.company = $1 and th.id = $4 and " +
          may_see_thread_row(scope, "th"),
      thread);
  if (!row) return std::nullopt;
  ThreadById::Found found;
  found.thread.id = row->id<ThreadId>();
  found.thread.candidate = row->id<CandidateId>();
  found.thread.kind = row->word<rules::ThreadKind>();
  found.thread.subject = row->text();
  found.thread.last_at = row->instant();
  found.thread.is_private = row->flag();
  found.count = static_cast<std::uint64_t>(row->number());
  found.candidate_name = row->text();
  found.non_candidate = row->flag();
  found.asked_at = row->maybe_instant();
  found.waits = row->flag();
  found.came = row->number();
  found.unread = row->flag();
  found.marked_unread = row->flag();
  found.triage = triage_for(reading.db, scope, thread);
  auto page = placed_page(reading.db, scope, "p.thread", thread.bytes, question.page);
  found.messages = assemble(reading.db, scope, page.rows);
  found.older = std::move(page.next);
  return found;
}

AnswerTo<CameAfter> answer(Reading& reading, const CameAfter& question) {
  auto before = scope_params(question.scope);
  before.push_back(value_of(question.thread));
  before.push_back(value_of(question.seen));
  CameAfter::Answer after;
  in_chunks(before, values_of(question.messages), [&](InList list, Params params) {
    for (auto& row : reading.db
                         .run("select p.message from placements p where p.company = $1"
                              " and p.thread = $4 and p.came > $5 and p.message in " +
                                  list + " and " + may_see_thread(question.scope, "p.thread"),
                              params)
                         .rows)
      after.insert(row.id<MessageId>());
  });
  return after;
}

AnswerTo<CandidateTimeline> answer(Reading& reading, const CandidateTimeline& asked) {
  const auto& scope = asked.scope;
  auto question = asked;
  question.candidate = standing_candidate(reading.db, scope.company, asked.candidate);
  if (!scoped_row(reading.db, scope,
                  "select 1 from candidates c where c.company = $1 and c.id = $4"
                  " and c.non_candidate = 0 and " +
                      may_see_candidate(scope, "c.id"),
                  question.candidate))
    return std::nullopt;
  auto page = timeline_page(reading.db, scope, question.candidate, question.page);
  // What lies in two of the candidate's threads is one message of theirs.
  std::unordered_set<MessageId> seen;
  std::erase_if(page.placements, [&](const auto& one) { return !seen.insert(one.message).second; });
  CandidateTimeline::Found timeline;
  std::unordered_set<ThreadId> threads;
  for (const auto& one : page.placements) threads.insert(one.thread);
  in_chunks({value_of(scope.company)}, values_of(threads), [&](InList list, Params params) {
    for (auto& row : reading.db
                         .run("select th.id, th.kind, th.subject from threads th"
                              " where th.company = $1 and th.id in " +
                                  list,
                              params)
                         .rows) {
      auto& thread = timeline.threads.emplace_back();
      thread.id = row.id<ThreadId>();
      thread.candidate = question.candidate;
      thread.kind = row.word<rules::ThreadKind>();
      thread.subject = row.text();
    }
  });
  timeline.messages = assemble(reading.db, scope, page.placements);
  timeline.ours = ours_in(reading.db, scope, timeline.messages);
  for (auto& one : page.moves)
    (one.what == kMoved ? timeline.moves : timeline.jobs).push_back(std::move(one));
  timeline.addresses = std::move(page.addresses);
  timeline.merges = std::move(page.merges);
  timeline.older = std::move(page.older);
  return timeline;
}

AnswerTo<MessageById> answer(Reading& reading, const MessageById& question) {
  const auto select = "select " + std::string(kPlacementColumns) +
                      " from placements p where p.company = $1 and p.message = $4 and " +
                      may_see_thread(question.scope, "p.thread");
  constexpr std::string_view kWithThem =
      " and p.candidate = $5 and exists (select 1 from threads t where t.company = $1"
      " and t.id = p.thread and t.kind = 'conversation')";
  constexpr std::string_view kFirst = " order by p.thread limit 1";
  auto row = question.with ? scoped_row(reading.db, question.scope,
                                        select + std::string(kWithThem) + std::string(kFirst),
                                        question.message, *question.with)
                           : scoped_row(reading.db, question.scope, select + std::string(kFirst),
                                        question.message);
  if (!row) return std::nullopt;
  return std::move(assemble(reading.db, question.scope, {read_placement(*row)}).front());
}

AnswerTo<CopiesOf> answer(Reading& reading, const CopiesOf& question) {
  const auto& scope = question.scope;
  const bool engine = scope.kind == rules::Scope::Kind::engine;
  // S-11: a copy is its mailbox's; and the message must lie where the reader may look.
  const std::string placed = engine ? ""
                                    : " and exists (select 1 from placements p where p.company = $1"
                                      " and p.message = k.message and " +
                                          may_see_thread(scope, "p.thread") + ")";
  std::vector<CopiesOf::Row> copies;
  for (auto& row :
       scoped_rows(reading.db, scope,
                   "select k.mailbox, k.folder, k.uid_validity, k.uid, k.raw from copies k"
                   " join mailboxes b on b.company = k.company and b.id = k.mailbox"
                   " where k.company = $1 and k.message = $4 and k.here = 1 and " +
                       may_use_mailbox(scope, "k.mailbox", rules::MailboxRight::see) + placed +
                       " order by k.mailbox, k.folder, k.uid",
                   question.message)) {
    auto& copy = copies.emplace_back();
    copy.at.mailbox = row.id<MailboxId>();
    copy.at.folder = row.id<FolderId>();
    copy.at.uid_validity = static_cast<std::uint32_t>(row.number());
    copy.at.uid = static_cast<std::uint32_t>(row.number());
    copy.raw = row.id<BlobId>();
  }
  return copies;
}

}  // namespace hearback::store
