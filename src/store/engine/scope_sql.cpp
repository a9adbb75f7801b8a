#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

constexpr std::string_view kAll = "(1 = 1)", kNone = "(1 = 0)";

// What doesn't depend on the row: engines see all, nobody sees nothing.
std::optional<std::string> settled(const Scope& scope) {
  if (scope.kind == Scope::Kind::engine) return std::string(kAll);
  if (scope.kind == Scope::Kind::nobody) return std::string(kNone);
  return std::nullopt;
}

// A right is a condition on rows that are at hand, never where a plan begins: a planner that turned
// it around would read all that lies in a reader's jobs to show fifty rows of it. PostgreSQL leaves
// a question with an offset where it stands, and so does SQLite.
std::string there_is(const std::string& row) {
  return "exists (select 1 from " + row + " limit 1 offset 0)";
}

std::string given(std::string_view thread) {
  return there_is(
      "thread_access scope_g where scope_g.company = $1"
      " and scope_g.thread = " +
      std::string(thread) + " and scope_g.user_id = $2");
}

// A candidate who is being forgotten is nobody's to see, engines included. There are few at a time:
// this looks into a table that is nearly always empty.
std::string remembered(std::string_view candidate) {
  return "not " + there_is(
                      "forgotten_candidates scope_f where scope_f.company = $1"
                      " and scope_f.candidate = " +
                      std::string(candidate));
}

// A thread in which an address that was taken off its candidate has placed something isn't seen
// until it was looked at what of it remains. This, too, looks into a table that is nearly always
// empty.
std::string settled_thread(const std::string& thread, const std::string& candidate) {
  return "not " +
         there_is(
             "addresses_taken_off scope_o where scope_o.company = $1 and scope_o.candidate = " +
             candidate + " and " +
             there_is("placements scope_p where scope_p.company = $1"
                      " and scope_p.candidate = scope_o.candidate"
                      " and scope_p.placed_by = 'address' and scope_p.detail = scope_o.normal"
                      " and scope_p.thread = " +
                      thread));
}

std::string on_team(const Scope& scope, std::string_view candidate) {
  if (scope.kind == Scope::Kind::engine || scope.all_jobs) return std::string(kAll);
  return there_is(
      "applications scope_a join job_team scope_t"
      " on scope_t.company = scope_a.company and scope_t.job = scope_a.job"
      " where scope_a.company = $1 and scope_a.candidate = " +
      std::string(candidate) + " and scope_t.user_id = $2");
}

// What the reader alone decides: whether the thread is there for anybody is another question.
// `sees`: the candidate.
std::string may_read(const std::string& thread, const std::string& sees) {
  return "(" + thread + ".is_private = 0 and " + sees + " or " + given(thread + ".id") + ")";
}
std::string may_read(const Scope& scope, const std::string& thread) {
  return may_read(thread, on_team(scope, thread + ".candidate"));
}

std::string is_there(const std::string& thread) {
  return remembered(thread + ".candidate") + " and " +
         settled_thread(thread + ".id", thread + ".candidate");
}

std::string at_least(rules::MailboxRight right) {
  std::string words;
  for (const auto one :
       {rules::MailboxRight::see, rules::MailboxRight::reply, rules::MailboxRight::manage})
    if (one >= right) words += (words.empty() ? "'" : ", '") + std::string(word_of(one)) + "'";
  return "(" + words + ")";
}

}  // namespace

std::vector<Value> scope_params(const Scope& scope) {
  const bool everything = scope.kind == Scope::Kind::engine || scope.all_jobs;
  return {value_of(scope.company), value_of(scope.user), value_of(everything)};
}

std::string may_see_candidate(const Scope& scope, std::string_view column) {
  if (scope.kind == Scope::Kind::nobody) return std::string(kNone);
  return "(" + remembered(column) + " and " + on_team(scope, column) + ")";
}

std::string may_see_job(const Scope& scope, std::string_view column) {
  if (auto same = settled(scope)) return *same;
  if (scope.all_jobs) return std::string(kAll);
  return there_is("job_team scope_t where scope_t.company = $1 and scope_t.job = " +
                  std::string(column) + " and scope_t.user_id = $2");
}

std::string may_see_thread_row(const Scope& scope, std::string_view table) {
  if (scope.kind == Scope::Kind::nobody) return std::string(kNone);
  const std::string of(table);
  if (scope.kind == Scope::Kind::engine) return "(" + is_there(of) + ")";
  return "(" + is_there(of) + " and " + may_read(scope, of) + ")";
}

std::string user_may_read(std::string_view user, std::string_view table) {
  const std::string of(table);
  const auto on_team = there_is(
      "applications scope_a join job_team scope_t on scope_t.company = scope_a.company"
      " and scope_t.job = scope_a.job where scope_a.company = $1 and scope_a.candidate = " +
      of + ".candidate and scope_t.user_id = scope_u.id");
  const auto given = there_is(
      "thread_access scope_g where scope_g.company = $1"
      " and scope_g.thread = " +
      of + ".id and scope_g.user_id = scope_u.id");
  return there_is("users scope_u where scope_u.company = $1 and scope_u.id = " + std::string(user) +
                  " and scope_u.active = 1 and (" + of +
                  ".is_private = 0 and (scope_u.role = 'admin' or scope_u.all_jobs = 1 or " +
                  on_team + ") or " + given + ")");
}

std::string may_see_thread_of_seen(const Scope& scope, std::string_view table) {
  if (scope.kind != Scope::Kind::user) return may_see_thread_row(scope, table);
  const std::string of(table);
  return "((" + everything_stays() + " or " + is_there(of) + ") and " +
         may_read(of, std::string(kAll)) + ")";
}

std::string stays(std::string_view thread) {
  return there_is("threads scope_h where scope_h.company = $1 and scope_h.id = " +
                  std::string(thread) + " and " + remembered("scope_h.candidate") + " and " +
                  settled_thread("scope_h.id", "scope_h.candidate"));
}

std::string everything_stays() {
  return "(not " + there_is("forgotten_candidates scope_f where scope_f.company = $1") +
         " and not " + there_is("addresses_taken_off scope_o where scope_o.company = $1") + ")";
}

std::string may_see_thread(const Scope& scope, std::string_view column) {
  if (scope.kind == Scope::Kind::nobody) return std::string(kNone);
  if (scope.kind == Scope::Kind::engine)
    return "(" + everything_stays() + " or " + stays(column) + ")";
  return there_is("threads scope_h where scope_h.company = $1 and scope_h.id = " +
                  std::string(column) + " and " + may_see_thread_row(scope, "scope_h"));
}

std::string may_use_mailbox(const Scope& scope, std::string_view column,
                            rules::MailboxRight right) {
  if (auto same = settled(scope)) return *same;
  return "exists (select 1 from mailbox_members scope_m where scope_m.company = $1"
         " and scope_m.mailbox = " +
         std::string(column) + " and scope_m.may in " + at_least(right) +
         " and (scope_m.kind = 'user' and scope_m.member = $2 or scope_m.kind = 'team'"
         " and exists (select 1 from job_team scope_t where scope_t.company = $1"
         "  and scope_t.job = scope_m.member and scope_t.user_id = $2)))";
}

std::string may_see_outbox(const Scope& scope, std::string_view table) {
  if (scope.kind == Scope::Kind::nobody) return std::string(kNone);
  const std::string of(table);
  if (scope.kind == Scope::Kind::engine)
    return "(" + remembered(of + ".candidate") + " or " + is_leaving(of) + ")";
  const auto thread =
      "threads scope_h where scope_h.company = $1 and scope_h.id = " + of + ".thread";
  // What somebody has written themselves hides with no address that is just taken off: it would
  // fail for good, in a thread that may be seen again a moment later.
  return "(" + may_see_thread(scope, of + ".thread") + " or " + of +
         ".author = $2 and (not exists (select 1 from " + thread + ") and " +
         may_see_candidate(scope, of + ".candidate") + " or " +
         there_is(thread + " and " + remembered("scope_h.candidate") + " and " +
                  may_read(scope, "scope_h")) +
         "))";
}

std::string is_leaving(std::string_view table) {
  const std::string of(table);
  return "(" + of + ".state = 'sending' and " + of + ".phase = 'dot' or " + of +
         ".state = 'uncertain' or " + of + ".state = 'sent' and " + of + ".copy_filed = 0)";
}

std::string may_hear_of(const Scope& scope, std::string_view table) {
  if (auto same = settled(scope)) return *same;
  const std::string of(table);
  return "((" + of + ".user_id is null or " + of + ".user_id = $2) and case when " + of +
         ".thread is not null then " + may_see_thread(scope, of + ".thread") + " when " + of +
         ".user_id is not null then true when " + of + ".mailbox is not null then " +
         may_use_mailbox(scope, of + ".mailbox", rules::MailboxRight::see) + " when " + of +
         ".candidate is not null then " + may_see_candidate(scope, of + ".candidate") +
         " else true end)";
}

}  // namespace hearback::store
