#include "store/threads/filters.hpp"

#include "store/candidates/follows.hpp"

namespace hearback::store {
namespace {

std::string there_is(const std::string& row) {
  return "exists (select 1 from " + row + " limit 1 offset 0)";
}

std::string of_candidate(const char* non_candidate) {
  return there_is("candidates c where c.company = $1 and c.id = th.candidate" +
                  std::string(" and c.non_candidate = ") + non_candidate);
}

std::string in_place(const std::string& which) {
  return there_is("thread_places pl where pl.company = $1 and pl.thread = th.id and " + which);
}

const std::string kPutAway = there_is("thread_done d where d.company = $1 and d.thread = th.id");

}  // namespace

std::string is_done() {
  return there_is("thread_done d where d.company = $1 and d.thread = th.id and d.user_id = $2");
}

std::string is_turn(rules::Triage turn) {
  if (turn == rules::Triage::done) return is_done();
  return std::string("th.asked_at is ") + (turn == rules::Triage::to_answer ? "not null" : "null") +
         " and not " + is_done();
}

std::string waits() {
  return "th.asked_at is not null and th.settled_at is null and not " + kPutAway;
}

std::string lies_in(const Scope& scope, Place place) {
  switch (place) {
    case Place::all: return of_candidate("0");
    case Place::non_candidates: return of_candidate("1");
    case Place::followed_candidates: return follows_candidate(scope, "th.candidate");
    case Place::followed_jobs: return follows_job_of(scope, "th.candidate");
    case Place::archived: return kPutAway;
    case Place::sent: return in_place("pl.place = 'sent' and pl.holder = $2");
    case Place::inbox: break;
  }
  return in_place(
      "pl.place = 'inbox' and exists (select 1 from mailboxes b where b.company = $1"
      " and b.id = pl.holder and b.owner = $2) and " +
      may_use_mailbox(scope, "pl.holder", rules::MailboxRight::see));
}

std::string passes(Numbered& numbered, const Threads& asked) {
  const auto& filter = asked.filter;
  std::string all;
  const auto also = [&](const std::string& one) { all += " and " + one; };
  if (filter.unread)
    also(
        there_is("thread_unread un where un.company = $1 and un.user_id = $2"
                 " and un.thread = th.id"));
  if (filter.job)
    also(
        there_is("applications a where a.company = $1 and a.candidate = th.candidate"
                 " and a.job = " +
                 numbered(value_of(*filter.job))));
  if (!filter.person.empty())
    also(
        there_is("thread_people f where f.company = $1 and f.thread = th.id"
                 " and f.normal = " +
                 numbered(value_of(filter.person))));
  if (filter.to_answer && !is_own(asked.place)) also(waits());
  if (filter.job && asked.place == Place::followed_jobs)
    also(follows_job_of(asked.scope, "th.candidate"));
  return all;
}

bool is_own(Place place) { return place == Place::inbox || place == Place::sent; }

// In inbox and sent, what is to be answered is one of their lists; nothing is whose turn it is and
// another's, or put away and waiting.
bool excludes_itself(const Threads& asked) {
  if (!asked.filter.to_answer) return false;
  if (asked.place == Place::archived) return true;
  return is_own(asked.place) &&
         asked.triage.value_or(rules::Triage::to_answer) != rules::Triage::to_answer;
}

std::optional<rules::Triage> turn_of(const Threads& asked) {
  if (asked.filter.to_answer) return rules::Triage::to_answer;
  return is_own(asked.place) ? asked.triage : std::nullopt;
}

bool is_longest_first(const Threads& asked) {
  return asked.longest_first && !asked.candidate && asked.scope.kind == Scope::Kind::user &&
         turn_of(asked) == rules::Triage::to_answer;
}

bool is_narrowed(const Threads& asked) {
  const auto& filter = asked.filter;
  return filter.unread || filter.job || !filter.person.empty() ||
         (filter.to_answer && !is_own(asked.place));
}

bool is_walked(const Threads& asked) {
  const auto& filter = asked.filter;
  return filter.unread || filter.job || !filter.person.empty() ||
         (filter.to_answer && asked.place == Place::followed_candidates);
}

}  // namespace hearback::store
