#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "store/candidates/follows.hpp"
#include "store/engine/merging.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/filters.hpp"
#include "store/threads/views.hpp"

namespace hearback::store {
namespace {

constexpr rules::Triage kTurns[] = {rules::Triage::to_answer, rules::Triage::waiting,
                                    rules::Triage::done};

// Its lists in view_rows.
std::vector<Value> lists_of(Place place, std::optional<rules::Triage> turn, bool longest_first) {
  if (longest_first) return {value_of(longest_word(place_word(place)))};
  if (!is_own(place))
    return {value_of(turn ? list_word(place_word(place), *turn) : std::string(place_word(place)))};
  std::vector<Value> lists;
  for (const auto one : kTurns)
    if (!turn || one == *turn) lists.push_back(value_of(list_word(place_word(place), one)));
  return lists;
}

// Whose turn it is in a list of one's own: the team's say nothing of what anybody has put away.
std::optional<rules::Triage> turn_in(std::string_view list) {
  for (const auto place : {Place::all, Place::non_candidates})
    if (list.starts_with(std::string(place_word(place)) + "-")) return std::nullopt;
  for (const auto one : kTurns)
    if (list.ends_with("-" + std::string(word_of(one)))) return one;
  return std::nullopt;
}

std::vector<Value> holders_of(Db& db, const Scope& scope, Place place) {
  if (!is_own(place)) return {value_of(scope.company)};
  if (place == Place::sent) return {value_of(scope.user)};
  std::vector<Value> holders;
  for (auto& row : scoped_rows(db, scope,
                               "select b.id from mailboxes b where b.company = $1 and b.owner = $2"
                               " and " +
                                   may_use_mailbox(scope, "b.id", rules::MailboxRight::see)))
    holders.push_back(value_of(row.id<MailboxId>()));
  return holders;
}

struct Newer {
  bool operator()(const ViewRow& a, const ViewRow& b) const {
    return std::tie(a.at, a.thread) > std::tie(b.at, b.thread);
  }
};
using ViewRun = Run<ViewRow>;

// Whose rows the reader sees: their own, and the company's or those of their hiring teams.
std::vector<Value> audiences_seen_by(Db& db, const Scope& scope) {
  std::vector<Value> audiences{value_of(scope.user)};
  if (scope.all_jobs) {
    audiences.push_back(value_of(scope.company));
    return audiences;
  }
  for (auto& row : db.rows("select t.job from job_team t where t.company = $1 and t.user_id = $2",
                           scope.company, scope.user))
    audiences.push_back(value_of(row.id<JobId>()));
  return audiences;
}

// What the reader follows and may see, what they followed last first.
template <class I>
std::vector<Value> followed(Db& db, const Scope& scope, const std::string& from, const char* column,
                            const std::string& seen, std::size_t most) {
  std::vector<Value> values;
  for (auto& row : scoped_rows(db, scope,
                               "select f." + std::string(column) + " from " + from +
                                   " f where f.company = $1 and f.user_id = $2 and " + seen +
                                   " order by f.at desc, f." + column + " limit $4",
                               most))
    values.push_back(value_of(row.id<I>()));
  return values;
}

std::string shown_row() { return "(" + everything_stays() + " or " + stays("v.thread") + ")"; }

// What a page is merged from: the runs, and the statement that reads on in each of them. Its
// parameters after the scope's are `which` of the run, after what, and how many.
struct Merged {
  std::vector<ViewRun> runs;
  std::string read;
};

Merged lists_merged(Db& db, const Threads& asked) {
  const auto& scope = asked.scope;
  const auto place = asked.place;
  const auto& job = asked.filter.job;
  const auto lists = lists_of(place, turn_of(asked), is_longest_first(asked));
  Merged merged;
  const auto holders = holders_of(db, scope, place);
  if (holders.empty()) return merged;
  const bool of_jobs = place == Place::followed_jobs && !job;
  std::vector<Value> audiences;
  if (job)  // its own rows, and what was given to the reader alone
    audiences = {value_of(scope.user), value_of(*job)};
  else if (of_jobs)
    audiences = followed<JobId>(db, scope, "job_follows", "job", may_see_job(scope, "f.job"),
                                kJobsFollowed);
  else
    audiences = audiences_seen_by(db, scope);
  const auto add = [&](const Value& list, const Value& holder, const Value& audience) {
    merged.runs.push_back({{list, holder, audience}, {}});
  };
  for (const auto& list : lists)
    for (const auto& holder : holders)
      for (const auto& audience : audiences) add(list, holder, audience);
  merged.read =
      "select v.at, v.thread, v.message, v.place from view_rows v where v.company = $1"
      " and v.place = $4 and v.holder = $5 and v.audience = $6 and (v.at, v.thread) < ($7, $8)"
      " and " +
      shown_row();
  if (of_jobs && !audiences.empty()) {
    // What was given to the reader alone lies with no job: of that, what is of a followed one.
    for (const auto& list : lists) add(list, holders.front(), value_of(scope.user));
    merged.read +=
        " and (v.audience <> $2 or exists (select 1 from threads th where th.company = $1"
        " and th.id = v.thread and " +
        follows_job_of(scope, "th.candidate") + "))";
  }
  merged.read += " order by v.at desc, v.thread desc limit $9";
  return merged;
}

constexpr std::string_view kLongestWaiting = "-th.asked_at";

// What a list is sorted by that is read from the conversations themselves.
std::string sorted_by(const Threads& asked, std::string_view last_at) {
  return std::string(is_longest_first(asked) ? kLongestWaiting : last_at);
}

Merged candidates_merged(Db& db, const Threads& asked) {
  const auto& scope = asked.scope;
  const auto at = sorted_by(asked, "th.last_at");
  Merged merged;
  for (auto& candidate :
       followed<CandidateId>(db, scope, "candidate_follows", "candidate",
                             may_see_candidate(scope, "f.candidate"), kCandidatesFollowed))
    merged.runs.push_back({{std::move(candidate)}, {}});
  const std::string asked_at = is_longest_first(asked) ? " and th.asked_at is not null" : "";
  merged.read =
      "select " + at + ", th.id, th.last_message, 'all' from threads th where th.company = $1" +
      " and th.candidate = $4 and (" + at + ", th.id) < ($5, $6)" + asked_at + " and " +
      may_see_thread_of_seen(scope, "th") + " order by " + at + " desc, th.id desc limit $7";
  return merged;
}

// What comes next in each of these runs.
std::vector<std::vector<ViewRow>> read_runs(Db& db, const Scope& scope, std::string_view sql,
                                            std::span<ViewRun* const> runs) {
  std::vector<std::vector<Value>> each;
  for (const auto* run : runs) {
    auto& values = each.emplace_back(run->which);
    for (auto& value :
         {value_of(run->after.at), value_of(run->after.thread), value_of(run->at_once)})
      values.push_back(value);
  }
  std::vector<std::vector<ViewRow>> found;
  for (auto rows : db.run_each(sql, scope_params(scope), each)) {
    auto& run = found.emplace_back();
    for (auto& row : rows) {
      auto& one = run.emplace_back();
      one.at = row.instant();
      one.thread = row.id<ThreadId>();
      one.message = row.maybe_id<MessageId>();
      one.turn = turn_in(row.text());
    }
  }
  return found;
}

// A thread may lie at several of the reader's mailboxes, always with the same date.
void keep_newest(std::vector<ViewRow>& rows, std::size_t most) {
  std::sort(rows.begin(), rows.end(), Newer{});
  std::set<ThreadId> seen;
  std::erase_if(rows, [&](const ViewRow& row) { return !seen.insert(row.thread).second; });
  if (rows.size() > most) rows.resize(most);
}

std::vector<ViewRow> everything(Db& db, CompanyId company, const NumberCursor& below,
                                std::size_t rows) {
  std::vector<ViewRow> found;
  for (auto& row : db.rows("select th.last_at, th.id, th.last_message from threads th"
                           " where th.company = $1 and (th.last_at, th.id) < ($2, $3) and " +
                               stays("th.id") + " order by th.last_at desc, th.id desc limit $4",
                           company, below.key, ThreadId{below.id}, rows)) {
    auto& one = found.emplace_back();
    one.at = row.instant();
    one.thread = row.id<ThreadId>();
    one.message = row.maybe_id<MessageId>();
  }
  return found;
}

// ---- filters -----------------------------------------------------------------------------

NumberCursor place_of(const ViewRow& row) { return {row.at.ms, row.thread.bytes}; }

void keep_passing(Db& db, const Threads& asked, std::vector<ViewRow>& rows) {
  Numbered numbered{scope_params(asked.scope)};
  const auto also = passes(numbered, asked);
  std::vector<ThreadId> ids;
  for (const auto& row : rows) ids.push_back(row.thread);
  std::set<ThreadId> passing;
  in_chunks(numbered.params, values_of(ids), [&](InList list, Params params) {
    for (auto& row :
         db.run("select th.id from threads th where th.company = $1 and th.id in " + list + also,
                params)
             .rows)
      passing.insert(row.id<ThreadId>());
  });
  std::erase_if(rows, [&](const ViewRow& row) { return !passing.contains(row.thread); });
}

// As many more rows as are asked for, or fewer if no more are left.
using More = std::function<std::vector<ViewRow>(std::size_t)>;

// Rows are looked at, a stretch at a time, until as many as are wanted pass: no further than the
// bound, from where the next page goes on.
ViewPage walked(Db& db, const Threads& asked, std::size_t wanted, const More& more) {
  const auto stretch = std::max<std::size_t>(wanted, 100);
  ViewPage page;
  for (std::size_t looked = 0; looked < kFilterLooksAt; looked += stretch) {
    auto next = more(stretch);
    const bool all = next.size() < stretch;
    if (!next.empty()) page.reached = place_of(next.back());
    keep_passing(db, asked, next);
    page.rows.insert(page.rows.end(), next.begin(), next.end());
    if (page.rows.size() >= wanted) page.rows.resize(wanted);
    if (all || page.rows.size() == wanted) return {std::move(page.rows), {}};
  }
  return page;
}

// Reads on from where it was.
template <class Read>
More following(NumberCursor from, Read read) {
  return [from, read](std::size_t rows) mutable {
    auto next = read(from, rows);
    if (!next.empty()) from = place_of(next.back());
    return next;
  };
}

ViewPage page_of_all(Db& db, const Threads& asked, const NumberCursor& from, std::size_t wanted) {
  const auto read = [&](const NumberCursor& below, std::size_t rows) {
    return everything(db, asked.scope.company, below, rows);
  };
  if (!is_narrowed(asked)) return {read(from, wanted), {}};
  return walked(db, asked, wanted, following(from, read));
}

ViewPage page_of_place(Db& db, const Threads& asked, const NumberCursor& from, std::size_t wanted) {
  const auto& scope = asked.scope;
  if (scope.kind == Scope::Kind::engine)
    return asked.place == Place::all ? page_of_all(db, asked, from, wanted) : ViewPage{};
  auto merged = asked.place == Place::followed_candidates ? candidates_merged(db, asked)
                                                          : lists_merged(db, asked);
  if (merged.runs.empty()) return {};
  for (auto& run : merged.runs) run.after = {ThreadId{from.id}, Instant{from.key}, {}, {}};
  const auto read = [&](std::span<ViewRun* const> next) {
    return read_runs(db, scope, merged.read, next);
  };
  Merging merging(std::move(merged.runs), Newer{}, read);
  const auto more = [&](std::size_t rows) { return merging.next(rows); };
  if (is_walked(asked)) return walked(db, asked, wanted, more);
  return {more(wanted), {}};
}

// Conversations that are known by themselves: those of a candidate, or so many.
struct Known {
  std::optional<CandidateId> candidate;
  std::vector<ThreadId> threads;
};

std::vector<ViewRow> page_of_known(Db& db, const Threads& asked, const Known& known,
                                   const NumberCursor& below, std::size_t wanted) {
  const auto& scope = asked.scope;
  const auto place = asked.place;
  if (place != Place::all && scope.kind != Scope::Kind::user) return {};
  Numbered numbered{scope_params(scope)};
  std::string also = may_see_thread_row(scope, "th") + passes(numbered, asked);
  // What one candidate's are among is known; and to the engine all is all, whoever it is with.
  const bool is_engine = scope.kind == Scope::Kind::engine;
  if (!is_own(place) && !(place == Place::all && (known.candidate || is_engine)))
    also += " and " + lies_in(scope, place);
  if (const auto turn = turn_of(asked); turn && is_own(place)) also += " and " + is_turn(*turn);
  const auto below_at = numbered(value_of(below.key)),
             below_id = numbered(value_of(ThreadId{below.id})), most = numbered(value_of(wanted));
  const std::string turn = is_own(place) ? "case when " + is_done() +
                                               " then 'done' when th.asked_at is null"
                                               " then 'waiting' else 'to-answer' end"
                                         : "''";
  std::vector<ViewRow> found;
  const auto read_these = [&](const std::string& at, const std::string& message,
                              const std::string& from, const std::string& which, Params params) {
    for (auto& row :
         db.run("select " + at + ", th.id, " + message + ", " + turn + " from threads th" + from +
                    " where th.company = $1 and " + which + " and (" + at + ", th.id) < (" +
                    below_at + ", " + below_id + ") and " + also + " order by " + at +
                    " desc, th.id desc limit " + most,
                params)
             .rows) {
      auto& one = found.emplace_back();
      one.at = row.instant();
      one.thread = row.id<ThreadId>();
      one.message = row.maybe_id<MessageId>();
      one.turn = turn_in("-" + row.text());
    }
  };
  const auto read = [&](const std::string& at, const std::string& message,
                        const std::string& from) {
    auto values = numbered;
    if (known.candidate) {
      const auto which = "th.candidate = " + values(value_of(*known.candidate));
      read_these(at, message, from, which, values.params);
    } else {
      in_chunks(values.params, values_of(known.threads), [&](InList list, Params params) {
        read_these(at, message, from, "th.id in " + list, params);
      });
    }
  };
  if (is_own(place)) {
    const auto word = numbered(value_of(place_word(place))), holder = numbered({});
    for (const auto& one : holders_of(db, scope, place)) {
      numbered.params.back() = one;
      const bool sent = place == Place::sent;
      read(sorted_by(asked, sent ? "pl.at" : "th.last_at"), sent ? "pl.message" : "th.last_message",
           " join thread_places pl on pl.company = th.company and pl.thread = th.id"
           " and pl.place = " +
               word + " and pl.holder = " + holder);
    }
  } else {
    read(sorted_by(asked, "th.last_at"), "th.last_message", "");
  }
  keep_newest(found, wanted);
  return found;
}

// What the reader hasn't read, the newest first.
std::vector<ThreadId> unread_by(Db& db, const Scope& scope, std::size_t most) {
  std::vector<ThreadId> unread;
  if (scope.kind != Scope::Kind::user) return unread;
  for (auto& row : db.rows("select un.thread from thread_unread un where un.company = $1"
                           " and un.user_id = $2 order by un.at desc, un.thread desc limit $3",
                           scope.company, scope.user, most))
    unread.push_back(row.id<ThreadId>());
  return unread;
}

std::vector<ThreadId> threads_with(Db& db, CompanyId company, const std::string& person,
                                   std::size_t most) {
  std::vector<ThreadId> threads;
  for (auto& row : db.rows("select f.thread from thread_people f where f.company = $1"
                           " and f.normal = $2 order by f.thread limit $3",
                           company, person, most))
    threads.push_back(row.id<ThreadId>());
  return threads;
}

// Those that alone can pass, where these are few.
std::optional<Known> few_that_pass(Db& db, const Threads& asked) {
  const auto most = kFilterLooksAt + 1;
  if (asked.filter.unread)
    if (auto unread = unread_by(db, asked.scope, most); unread.size() < most)
      return Known{{}, std::move(unread)};
  if (!asked.filter.person.empty())
    if (auto with = threads_with(db, asked.scope.company, asked.filter.person, most);
        with.size() < most)
      return Known{{}, std::move(with)};
  return std::nullopt;
}

ViewPage page_of_candidate(Db& db, const Threads& asked, CandidateId candidate,
                           const NumberCursor& from, std::size_t wanted) {
  const Known known{candidate, {}};
  if (!is_narrowed(asked)) return {page_of_known(db, asked, known, from, wanted), {}};
  auto all = asked;
  all.triage = turn_of(asked);
  all.filter = {};
  return walked(db, asked, wanted,
                following(from, [&](const NumberCursor& below, std::size_t rows) {
                  return page_of_known(db, all, known, below, rows);
                }));
}

bool sees_job(Db& db, const Scope& scope, JobId job) {
  return scoped_row(db, scope,
                    "select 1 from jobs j where j.company = $1 and j.id = $4 and " +
                        may_see_job(scope, "j.id"),
                    job)
      .has_value();
}

// Whoever of us has it in their mail is active, and reads it still.
std::string somebody_has_it() {
  return "exists (select 1 from thread_places pl where pl.company = $1 and pl.thread = th.id and " +
         user_may_read(
             "case when pl.place = 'sent' then pl.holder else (select b.owner from mailboxes b"
             " where b.company = $1 and b.id = pl.holder) end",
             "th") +
         ")";
}

// What waits, and lies with nobody any more, is anybody's to put away, and theirs to take back.
std::optional<rules::Triage> turn_for_the_team(Db& db, const Scope& scope, ThreadId thread) {
  static const std::string kTurn = "select case when " + is_done() + " then 1 else 0 end," +
                                   " case when " + waits() + " and not " + somebody_has_it() +
                                   " then 1 else 0 end from threads th where th.company = $1"
                                   " and th.id = $4 and ";
  auto row = scoped_row(db, scope, kTurn + may_see_thread_row(scope, "th"), thread);
  if (!row) return std::nullopt;
  if (row->flag()) return rules::Triage::done;
  return row->flag() ? std::optional(rules::Triage::to_answer) : std::nullopt;
}

}  // namespace

std::optional<rules::Triage> triage_for(Db& db, const Scope& scope, ThreadId thread) {
  if (scope.kind != Scope::Kind::user) return std::nullopt;
  auto row = scoped_row(
      db, scope,
      "select v.place from view_rows v where v.company = $1 and v.thread = $4"
      " and v.place not in ('all', 'non-candidates', 'archived') and (v.holder = $2 or exists"
      "  (select 1 from mailboxes b where b.company = $1 and b.id = v.holder"
      "  and b.owner = $2)) limit 1",
      thread);
  return row ? turn_in(row->text()) : turn_for_the_team(db, scope, thread);
}

std::uint64_t count_view(Db& db, const Scope& scope, Place place, rules::Triage turn,
                         std::size_t most) {
  if (scope.kind != Scope::Kind::user) return 0;
  const auto holders = holders_of(db, scope, place);
  if (holders.empty()) return 0;
  auto params = scope_params(scope);
  params.push_back(value_of(list_word(place_word(place), turn)));
  params.push_back(value_of(most));
  const auto listed = [&](std::vector<Value> values) {
    pad(values);
    std::string list;
    for (const auto& value : values) {
      params.push_back(value);
      list += (list.empty() ? "($" : ", $") + std::to_string(params.size());
    }
    return list + ")";
  };
  const auto at_holders = listed(holders);
  const auto audiences = audiences_seen_by(db, scope);
  const auto for_audiences = listed(audiences);
  // A thread has a row for each holder and audience: so many rows hold as many threads as are
  // counted, and no more are looked at.
  params.push_back(value_of(most * holders.size() * audiences.size()));
  auto counted = db.run(
      "select count(*) from (select distinct few.thread from (select v.thread from view_rows v"
      "  join threads th on th.company = v.company and th.id = v.thread where v.company = $1"
      "  and v.place = $4 and v.holder in " +
          at_holders + " and v.audience in " + for_audiences + " and " +
          may_see_thread_row(scope, "th") + " limit $" + std::to_string(params.size()) +
          ") few limit $5) n",
      params);
  return static_cast<std::uint64_t>(counted.rows.front().number());
}

ViewPage view_page(Db& db, const Threads& asked, const std::optional<CandidateId>& candidate,
                   std::size_t rows) {
  const auto below = number_cursor_of(asked.page).value_or(NumberCursor::top());
  const auto& scope = asked.scope;
  if (scope.kind == Scope::Kind::nobody || excludes_itself(asked)) return {};
  if (asked.filter.job && !sees_job(db, scope, *asked.filter.job)) return {};
  if (candidate) return page_of_candidate(db, asked, *candidate, below, rows);
  if (const auto few = few_that_pass(db, asked))
    return {page_of_known(db, asked, *few, below, rows), {}};
  return page_of_place(db, asked, below, rows);
}

void turn_back(Db& db, CompanyId company, std::vector<ViewRow>& rows) {
  std::vector<Value> messages;
  for (const auto& row : rows)
    if (row.message) messages.push_back(value_of(*row.message));
  std::map<std::pair<ThreadId, MessageId>, Instant> dates;
  in_chunks({value_of(company)}, messages, [&](InList list, Params params) {
    for (auto& row : db.run("select thread, message, message_date from placements"
                            " where company = $1 and message in " +
                                list,
                            params)
                         .rows) {
      const auto thread = row.id<ThreadId>();
      const auto message = row.id<MessageId>();
      dates[{thread, message}] = row.instant();
    }
  });
  for (auto& row : rows)
    if (row.message)
      if (const auto found = dates.find({row.thread, *row.message}); found != dates.end())
        row.at = found->second;
}

std::vector<std::uint64_t> count_unread(Db& db, const Scope& scope, std::span<const Place> places,
                                        std::size_t most) {
  std::vector<std::uint64_t> counts(places.size());
  std::string flags;
  for (const auto place : places)
    flags += ", case when " + lies_in(scope, place) + " then 1 else 0 end";
  // Of some the reader has lost sight since: these count nowhere.
  constexpr std::size_t kLooked = 3;
  in_chunks(scope_params(scope), values_of(unread_by(db, scope, kLooked * most)),
            [&](InList list, Params params) {
              for (auto& row : db.run("select th.id" + flags +
                                          " from threads th where th.company = $1 and th.id in " +
                                          list + " and " + may_see_thread_row(scope, "th"),
                                      params)
                                   .rows) {
                (void)row.id<ThreadId>();
                for (auto& count : counts)
                  if (row.flag()) count = std::min<std::uint64_t>(count + 1, most);
              }
            });
  return counts;
}

}  // namespace hearback::store
