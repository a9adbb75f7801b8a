#include "store/threads/summaries.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "store/engine/scope_sql.hpp"
#include "store/threads/filters.hpp"
#include "store/threads/unread.hpp"

namespace hearback::store {
namespace {

struct Listed {
  ThreadSummary summary;
  std::optional<MessageId> last;
};

// The rows of a page, in its order. The index rows said which; the reader's rights are asked once
// more, so that no row can show what they don't allow.
std::vector<Listed> load_threads(Db& db, const Scope& scope, const std::vector<ViewRow>& page) {
  std::vector<Listed> listed(page.size());
  std::unordered_map<ThreadId, Listed*> places;
  std::vector<Value> ids;
  for (std::size_t i = 0; i < page.size(); ++i) {
    listed[i].last = page[i].message;
    listed[i].summary.thread.last_at = page[i].at;
    listed[i].summary.triage = page[i].turn;
    places[page[i].thread] = &listed[i];
    ids.push_back(value_of(page[i].thread));
  }
  in_chunks(scope_params(scope), ids, [&](InList list, Params params) {
    auto found = db.run(
        "select th.id, th.candidate, th.kind, th.subject, th.is_private, c.name,"
        " c.non_candidate, th.messages,"
        " th.attachments, th.asked_at, case when " +
            waits() +
            " then 1 else 0 end, th.last_at, th.answered, th.came, th.last_message,"
            " (select lp.came from placements lp where lp.company = th.company and lp.thread = "
            "th.id"
            "  and lp.message = th.last_message), " +
            is_hidden() + ", " + is_unread() +
            " from threads th join candidates c on c.company = th.company"
            " and c.id = th.candidate where th.company = $1 and th.id in " +
            list + " and " + may_see_thread_row(scope, "th"),
        params);
    for (auto& row : found.rows) {
      const auto id = row.id<ThreadId>();
      auto& summary = places.at(id)->summary;
      summary.thread.id = id;
      summary.thread.candidate = row.id<CandidateId>();
      summary.thread.kind = row.word<rules::ThreadKind>();
      summary.thread.subject = row.text();
      summary.thread.is_private = row.flag();
      summary.candidate_name = row.text();
      summary.non_candidate = row.flag();
      summary.messages = static_cast<std::uint64_t>(row.number());
      summary.has_attachments = row.number() > 0;
      summary.asked_at = row.maybe_instant();
      summary.waits = row.flag();
      // What asks, where the row shows words of ours: something before them, or after, or, by its
      // date, before them and yet found after.
      const bool more = row.instant() > summary.thread.last_at;
      const bool ours = row.maybe_id<MessageId>() == places.at(id)->last;
      auto came = row.number();
      // What came later, dated before the message that is shown, isn't shown with it.
      const bool newest = row.maybe_id<MessageId>() == places.at(id)->last;
      const auto shown = row.maybe_number();
      if (newest && shown) came = *shown;
      const bool hidden = row.flag();
      summary.came = hidden || (summary.asked_at && (more || ours)) ? 0 : came;
      summary.unread = row.flag();
    }
  });
  std::erase_if(listed, [](const Listed& one) { return one.summary.thread.id.empty(); });
  return listed;
}

bool under_way(rules::OutboxState state) {
  return state != rules::OutboxState::sent && state != rules::OutboxState::seen_in_sent;
}

void add_last_messages(Db& db, CompanyId company, std::vector<Listed>& listed) {
  std::unordered_multimap<MessageId, ThreadSummary*> by_message;
  std::vector<Value> ids;
  for (auto& one : listed) {
    if (!one.last) continue;
    by_message.emplace(*one.last, &one.summary);
    ids.push_back(value_of(*one.last));
  }
  in_chunks({value_of(company)}, ids, [&](InList list, Params params) {
    auto found = db.run(
        "select m.id, m.direction, m.kind, m.snippet, f.name, f.spec, o.state, o.thread"
        " from messages m left join participants f on f.company = m.company and f.message = m.id"
        "  and f.field = 'from' and f.position = 0"
        " left join outbox o on o.company = m.company and o.message = m.id"
        " where m.company = $1 and m.id in " +
            list,
        params);
    for (auto& row : found.rows) {
      auto [first, last] = by_message.equal_range(row.id<MessageId>());
      const auto direction = row.word<rules::Direction>();
      const auto kind = row.word<rules::MessageKind>();
      const auto snippet = row.text();
      const auto name = row.maybe_text().value_or("");
      const auto spec = row.maybe_text().value_or("");
      std::optional<rules::OutboxState> state;
      if (const auto word = row.maybe_text()) state = rules::from_word<rules::OutboxState>(*word);
      const auto written_in = row.maybe_id<ThreadId>();
      for (; first != last; ++first) {
        auto& summary = *first->second;
        summary.last_direction = direction;
        summary.last_kind = kind;
        summary.last_snippet = snippet;
        summary.last_from = name.empty() ? spec : name;
        const bool here = written_in == summary.thread.id;
        if (here && state && under_way(*state)) summary.last_outbox = state;
      }
    }
  });
}

void add_job_titles(Db& db, const rules::Scope& scope, std::vector<Listed>& listed) {
  std::unordered_multimap<CandidateId, ThreadSummary*> by_candidate;
  std::vector<Value> ids;
  for (auto& one : listed) {
    by_candidate.emplace(one.summary.thread.candidate, &one.summary);
    ids.push_back(value_of(one.summary.thread.candidate));
  }
  in_chunks(scope_params(scope), ids, [&](InList list, Params params) {
    auto found = db.run(
        "select distinct a.candidate, j.title from applications a join jobs j"
        " on j.company = a.company and j.id = a.job where a.company = $1 and a.candidate in " +
            list + " and " + may_see_job(scope, "a.job") + " order by a.candidate, j.title",
        params);
    for (auto& row : found.rows) {
      auto [first, last] = by_candidate.equal_range(row.id<CandidateId>());
      const auto title = row.text();
      for (; first != last; ++first) first->second->job_titles.push_back(title);
    }
  });
}

}  // namespace

std::vector<ThreadSummary> summaries_of(Db& db, const Scope& scope,
                                        const std::vector<ViewRow>& page) {
  auto listed = load_threads(db, scope, page);
  add_last_messages(db, scope.company, listed);
  add_job_titles(db, scope, listed);
  std::vector<ThreadSummary> summaries;
  for (auto& row : listed) summaries.push_back(std::move(row.summary));
  return summaries;
}

}  // namespace hearback::store
