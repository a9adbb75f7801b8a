// How conversations are found: in the index of words, newest first, four weeks at a time, each hit
// asked once more what the reader may see. What is of few candidates, or unread, is little: there
// it is looked at each of those messages instead, whatever else the company holds.
#include "store/search/questions.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/search/narrowing.hpp"
#include "store/search/words.hpp"
#include "store/threads/summaries.hpp"
#include "store/threads/unread.hpp"

namespace hearback::store {
namespace {

// Of one question: messages that are looked at, and stretches of four weeks.
constexpr std::size_t kLookedAt = 4000, kStretches = 600;
constexpr std::size_t kFirstChunk = 60, kLargestChunk = 500;
constexpr std::size_t kFewThreads = 500;
constexpr std::size_t kNewerInThread = 200;  // messages that may have shown it on a page before

struct Hit {
  Doc doc;
  ViewRow thread;
};

// Where a page after the first begins. Below `below` nothing was looked at yet, but of the message
// right below it the conversations up to `behind` were. From `below` to `top` stands what pages
// before it showed: what came above since was shown on none.
struct Mark {
  std::int64_t below = INT64_MAX, top = 0;
  ThreadId behind;
};

std::string to_text(const Mark& mark) {
  return to_text(
      Cursor{std::to_string(mark.below) + " " + std::to_string(mark.top), mark.behind.bytes});
}

std::optional<Mark> mark_of(const PageRequest& page) {
  const auto cursor = cursor_of(page);
  if (!cursor) return std::nullopt;
  const auto numbers = split(cursor->key, ' ');
  if (numbers.size() != 2) refuse_cursor();
  const auto below = to_number(numbers[0]), top = to_number(numbers[1]);
  constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);
  if (!below || !top || *below > kMost || *top > kMost) refuse_cursor();
  return Mark{static_cast<std::int64_t>(*below), static_cast<std::int64_t>(*top),
              ThreadId{cursor->id}};
}

// What narrows a search, before words are looked at.
struct Narrowed : NamedBySearch {
  // What little is looked through, in SQL on `placements p`, and its parameters after the scope's.
  std::string through;
  std::vector<Value> values;
};

// Whose mail it may be at all: the candidates that the filters name, else those of the named jobs,
// else all whom the reader sees. nullopt: not few.
std::optional<std::vector<Value>> few_candidates(Db& db, const Scope& scope,
                                                 const Narrowed& narrowed) {
  if (!narrowed.candidates.empty()) return narrowed.candidates;
  if (!narrowed.jobs.empty()) {
    const auto few = few_in_jobs(db, scope.company, narrowed.jobs);
    return few ? std::optional(values_of(*few)) : std::nullopt;
  }
  if (scope.kind != Scope::Kind::user || scope.all_jobs) return std::nullopt;
  auto few = few_of_teams(db, scope);
  if (!few) return std::nullopt;
  auto given = db.rows(
      "select th.candidate from thread_access g join threads th on th.company = g.company"
      " and th.id = g.thread where g.company = $1 and g.user_id = $2 limit $3",
      scope.company, scope.user, kFewThreads + 1);
  for (auto& row : given) few->insert(row.id<CandidateId>());
  if (given.size() > kFewThreads || few->size() > kFewCandidates) return std::nullopt;
  return values_of(*few);
}

std::optional<std::vector<Value>> few_unread(Db& db, const Scope& scope) {
  std::vector<Value> few;
  for (auto& row : db.rows("select thread from thread_unread where company = $1 and user_id = $2"
                           " limit $3",
                           scope.company, scope.user, kFewThreads + 1))
    few.push_back(value_of(row.id<ThreadId>()));
  if (few.size() > kFewThreads) return std::nullopt;
  return few;
}

Narrowed narrow(Reading& reading, const Found& question) {
  Narrowed narrowed;
  const auto& scope = question.scope;
  narrowed.to_nothing = !question.search.asks() || scope.kind == Scope::Kind::nobody ||
                        (question.search.unread && scope.kind != Scope::Kind::user);
  if (narrowed.to_nothing) return narrowed;
  name_filters(reading, scope, question.search, narrowed);
  if (narrowed.to_nothing) return narrowed;
  auto few = question.search.unread ? few_unread(reading.db, scope) : std::nullopt;
  const bool by_thread = few.has_value();
  if (!few) few = few_candidates(reading.db, scope, narrowed);
  if (!few) return narrowed;
  narrowed.to_nothing = few->empty();
  pad(*few);
  narrowed.through = (by_thread ? "p.thread in " : "p.candidate in ") + list_from(7, few->size());
  narrowed.values = std::move(*few);
  return narrowed;
}

class Finding {
 public:
  Finding(Db& db, const Found& question, Narrowed narrowed)
      : db_(db), scope_(question.scope), search_(question.search), narrowed_(std::move(narrowed)) {
    rows_ = rows_of(question.page);
    if (search_.after) low_ = first_doc(*search_.after);
    if (search_.before) high_ = std::min(high_, first_doc(*search_.before));
    if (const auto begins = mark_of(question.page)) {
      begins_ = *begins;
      high_ = std::min(high_, begins_.below);
    }
  }

  void find() {
    if (narrowed_.to_nothing) return;
    if (narrowed_.through.empty())
      look_by_date();
    else
      look_through();
  }

  const std::vector<Hit>& hits() const { return hits_; }
  std::vector<rules::SearchProblem>& problems() { return narrowed_.problems; }
  // Where the next page begins; nullopt: there is none.
  std::optional<Mark> next() const {
    if (!more_) return std::nullopt;
    auto top = begins_.top;
    if (top == 0 && !hits_.empty()) top = hits_.front().doc.number + 1;
    return Mark{high_, top, behind_};
  }

 private:
  bool enough() const { return hits_.size() >= rows_; }
  bool tired() const { return looked_at_ >= kLookedAt; }

  void look_by_date() {
    auto chunk = kFirstChunk;
    for (std::size_t stretches = 0;; ++stretches) {
      auto newest = db_.row(
          "select doc from search_documents where company = $1 and doc >= $2 and doc < $3"
          " order by doc desc limit 1",
          scope_.company, low_, high_);
      if (!newest) return;
      more_ = true;
      if (enough() || tired() || stretches >= kStretches) return;
      const auto doc = newest->number();
      const auto from = std::max(low_, first_doc_beside(doc));
      high_ = doc + 1;
      for (bool all = false; !all && !enough() && !tired();) {
        const auto found = newest_with<MessageId>(db_, scope_.company, search_, from, high_, chunk);
        all = found.size() < chunk;
        take(found);
        if (all && !enough()) high_ = from;
        chunk = std::min(2 * chunk, kLargestChunk);
      }
      more_ = false;
    }
  }

  void look_through() {
    // Those messages first, then their documents, whatever a planner thinks of the order that these
    // stand in already.
    const std::string read =
        "select few.doc, few.message from (select d.doc, d.message from"
        "  (select distinct p.message from placements p where p.company = $1 and " +
        narrowed_.through +
        "   limit 1000000000 offset 0) p cross join search_documents d"
        "  where d.company = $1 and d.message = p.message and d.doc >= $4 and d.doc < $5"
        "  limit 1000000000 offset 0) few order by few.doc desc limit $6";
    for (;;) {
      auto params = scope_params(scope_);
      for (const auto number : {low_, high_, std::int64_t{kLargestChunk}})
        params.push_back(value_of(number));
      params.insert(params.end(), narrowed_.values.begin(), narrowed_.values.end());
      std::vector<Doc> docs;
      for (auto& row : db_.run(read, params).rows) {
        auto& doc = docs.emplace_back();
        doc.number = row.number();
        doc.of = row.id<MessageId>();
      }
      looked_at_ += docs.size();
      const bool all = docs.size() < kLargestChunk;
      const auto before = high_;
      take(those_with(db_, scope_.company, search_, docs));
      if (!enough() && !docs.empty()) high_ = docs.back().number;
      more_ = !all || (enough() && high_ > docs.back().number);
      if (all || enough() || tired() || high_ == before) return;
    }
  }

  // What of these the reader may see, and what the other filters leave; down to where a page is
  // full, which may be amid the conversations of one message. `high_` follows.
  void take(const std::vector<Doc>& docs) {
    if (docs.empty()) return;
    looked_at_ += docs.size();
    const auto threads = threads_of(docs);
    for (const auto& doc : docs) {
      if (enough()) return;
      high_ = doc.number;
      const auto [first, last] = threads.equal_range(doc.of);
      std::vector<ViewRow> in;
      for (auto at = first; at != last; ++at)
        if (doc.number != begins_.below - 1 || at->second.thread > begins_.behind)
          in.push_back(at->second);
      std::ranges::sort(in, {}, &ViewRow::thread);
      for (const auto& thread : in) {
        if (seen_.contains(thread.thread)) continue;
        if (enough()) {
          high_ = doc.number + 1;
          behind_ = hits_.back().thread.thread;
          return;
        }
        seen_.insert(thread.thread);
        if (!was_shown(thread.thread)) hits_.push_back({doc, thread});
      }
    }
  }

  std::unordered_multimap<MessageId, ViewRow> threads_of(const std::vector<Doc>& docs) {
    std::unordered_multimap<MessageId, ViewRow> threads;
    std::vector<Value> messages;
    for (const auto& doc : docs) messages.push_back(value_of(doc.of));
    auto params = scope_params(scope_);
    std::string also;
    const auto add = [&](std::vector<Value> values) {
      pad(values);
      auto list = list_from(params.size() + 1, values.size());
      params.insert(params.end(), values.begin(), values.end());
      return list;
    };
    if (!narrowed_.candidates.empty()) also += " and th.candidate in " + add(narrowed_.candidates);
    if (!narrowed_.jobs.empty())
      also +=
          " and exists (select 1 from applications fa where fa.company = $1"
          " and fa.candidate = th.candidate and fa.job in " +
          add(narrowed_.jobs) + ")";
    if (search_.unread) also += " and " + is_unread() + " = 1";
    // Fenced: a planner that begins with the candidates asks for each message in each thread of
    // theirs.
    in_chunks(params, messages, [&](InList list, Params all) {
      for (auto& row :
           db_.run("select p.message, th.id, th.last_at, th.last_message from (select p.message,"
                   "  p.thread from placements p where p.company = $1 and p.message in " +
                       std::string(list) +
                       "  limit 1000000000 offset 0) p cross join threads th"
                       " where th.company = $1 and th.id = p.thread and " +
                       may_see_thread_row(scope_, "th") + also,
                   all)
               .rows) {
        const auto message = row.id<MessageId>();
        ViewRow thread;
        thread.thread = row.id<ThreadId>();
        thread.at = row.instant();
        thread.message = row.maybe_id<MessageId>();
        threads.emplace(message, thread);
      }
    });
    return threads;
  }

  // By a newer message, on a page before this one.
  bool was_shown(ThreadId thread) {
    if (begins_.top == 0) return false;
    std::vector<Doc> newer;
    for (auto& row :
         db_.rows("select d.doc, d.message from placements p join search_documents d"
                  " on d.company = p.company and d.message = p.message where p.company = $1"
                  " and p.thread = $2 and d.doc >= $3 and d.doc < $4 order by d.doc limit $5",
                  scope_.company, thread, begins_.below, begins_.top, kNewerInThread)) {
      auto& doc = newer.emplace_back();
      doc.number = row.number();
      doc.of = row.id<MessageId>();
    }
    return !those_with(db_, scope_.company, search_, newer).empty();
  }

  Db& db_;
  const Scope& scope_;
  const rules::Search& search_;
  Narrowed narrowed_;
  std::size_t rows_ = 0, looked_at_ = 0;
  std::int64_t low_ = 0, high_ = INT64_MAX;
  Mark begins_;
  ThreadId behind_;  // on the next page
  bool more_ = false;
  std::set<ThreadId> seen_;
  std::vector<Hit> hits_;
};

bool is_complete(Db& db, CompanyId company) {
  return !db.row("select 1 from " + waiting_documents(db.dialect()) +
                     " where company = $1 and words is null limit 1",
                 company) &&
         !db.row("select 1 from " + unread_documents(db.dialect()) + " where " +
                     std::string(has_unread_files) +
                     " and d.company = $1 and d.files_unread = 1 limit 1",
                 company);
}

}  // namespace

AnswerTo<Found> answer(Reading& reading, const Found& question) {
  auto& db = reading.db;
  const auto& scope = question.scope;
  Finding finding(db, question, narrow(reading, question));
  finding.find();
  std::vector<ViewRow> threads;
  std::vector<MessageId> messages;
  for (const auto& hit : finding.hits()) {
    threads.push_back(hit.thread);
    messages.push_back(hit.doc.of);
  }
  auto loaded = load_messages(db, scope.company, messages, Limits{}.people_shown);
  std::unordered_map<ThreadId, MessageId> by;
  for (std::size_t i = 0; i < threads.size(); ++i) by.emplace(threads[i].thread, messages[i]);
  AnswerTo<Found> found;
  for (auto& summary : summaries_of(db, scope, threads)) {
    const auto message = loaded.find(by.at(summary.thread.id));
    if (message != loaded.end()) found.rows.push_back({std::move(summary), message->second});
  }
  if (const auto next = finding.next()) found.next = to_text(*next);
  found.problems = std::move(finding.problems());
  found.complete = is_complete(db, scope.company);
  return found;
}

}  // namespace hearback::store
