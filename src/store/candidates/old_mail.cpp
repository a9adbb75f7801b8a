// What came of searching the mailboxes for an address that was added (S-5).
#include "rules/old_mail.hpp"

#include <algorithm>

#include "store/candidates/questions.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/mailboxes/past_sql.hpp"

namespace hearback::store {
namespace {

// The newest of the candidate's addresses, as the scope is shown them (C-14).
struct Newest {
  Instant added;
  std::vector<std::string> normals;
};
std::optional<Newest> newest_of(const std::vector<rules::CandidateAddress>& addresses) {
  std::optional<Newest> newest;
  for (const auto& one : addresses) {
    if (!one.synced || (newest && one.since < newest->added)) continue;
    if (!newest || newest->added < one.since) newest = Newest{one.since, {}};
    newest->normals.push_back(one.normal);
  }
  return newest;
}

// Those that have yet to be searched come first, by their index; those that are off would take
// their room.
void count_mailboxes(Db& db, const OldMail& question, const Newest& since, OldMail::Found& found) {
  auto newest = db.row(
      "select coalesce(max(match_revision), 0) from candidate_addresses"
      " where company = $1 and candidate = $2",
      question.scope.company, question.candidate);
  const auto revision = newest->number();
  std::vector<Value> params{value_of(question.scope.company), value_of(revision),
                            value_of(rules::FolderRole::ignored), value_of(question.most)};
  std::string among;
  for (const auto& normal : since.normals) {
    params.push_back(value_of(normal));
    among += (among.empty() ? "$" : ", $") + std::to_string(params.size());
  }
  const auto mailboxes =
      "select case when exists (select 1 from added_addresses x where x.company = b.company"
      " and x.normal in (" +
      among + ") and " + kPastConcerns + " and not " + std::string(kPastIsOpen) +
      ") then 1 else 0 end as closed, case when b.searched >= $2 and not exists (select 1"
      "  from past_requests r where r.company = b.company and r.mailbox = b.id and r.normal in (" +
      among + ") and " + std::string(kPastIsLookedFor) + ") then 1 else 0 end as through, " +
      kMailboxState +
      " as state, case when b.last_error = '' then 0 else 1 end as fails,"
      " case when exists (select 1 from folders f where f.company = b.company and f.mailbox = b.id"
      "  and f.rests_for <> '' and f.listed = 1 and f.role <> $3) then 1 else 0 end as rests,"
      " case when exists (select 1 from import_attempts a where a.company = b.company"
      "  and a.mailbox = b.id and a.given_up = 0 and (a.reason <> '' or a.attempts > 0))"
      "  then 1 else 0 end as waits"
      " from mailboxes b where b.company = $1 and b.removed = 0"
      " and b.address_proof in ('sign-in', 'admin') and " +
      kMailboxState + " <> 'off' order by b.searched limit $4";
  const std::string columns = "x.closed, x.through, x.state, x.fails, x.rests, x.waits";
  for (auto& row :
       db.run("select " + columns + ", count(*) from (" + mailboxes + ") x group by " + columns,
              params)
           .rows) {
    const bool closed = row.flag();
    rules::MailboxSearched mailbox;
    mailbox.through = row.flag();
    mailbox.state = row.word<rules::MailboxState>();
    mailbox.fails = row.flag();
    mailbox.folder_rests = row.flag();
    mailbox.mail_waits = row.flag();
    const auto count = static_cast<std::uint64_t>(row.number());
    if (closed) found.closed += count;
    if (closed) continue;
    const auto is = rules::search_of(mailbox);
    if (is == rules::SearchIs::through) found.through += count;
    if (is == rules::SearchIs::going_on) found.going_on += count;
    if (is == rules::SearchIs::waiting) found.waiting += count;
  }
}

// What was written before the addresses were added, and was brought since, or lies there by one of
// them: it may have been another candidate's already.
void count_messages(Db& db, const OldMail& question, const Newest& newest, OldMail::Found& found) {
  auto params = scope_params(question.scope);
  params.push_back(value_of(question.candidate));
  params.push_back(value_of(newest.added));
  params.push_back(value_of(question.most + 1));
  std::string among;
  for (const auto& normal : newest.normals) {
    params.push_back(value_of(normal));
    among += (among.empty() ? "$" : ", $") + std::to_string(params.size());
  }
  // The bound stands within: there may be any number of older ones.
  auto rows = db.run(
      "select count(*), count(distinct case when x.mailbox is null then null else x.message end),"
      " count(distinct x.mailbox) from (select p.message, case when m.added >= $5"
      "  or p.placed_by = 'address' and p.detail in (" +
          among +
          ") then (select k.mailbox from copies k where k.company = $1 and k.message = p.message"
          "  order by k.mailbox limit 1) end as mailbox from ("
          "select p.message, p.placed_by, p.detail from placements p where p.company = $1"
          " and p.candidate = $4 and p.message_date < $5 and " +
          may_see_thread(question.scope, "p.thread") +
          " order by p.message_date desc limit $6) p cross join messages m"
          " where m.company = $1 and m.id = p.message) x",
      params);
  auto& row = rows.rows.front();
  found.more = static_cast<std::size_t>(row.number()) > question.most;
  found.messages =
      std::min(static_cast<std::uint64_t>(row.number()), static_cast<std::uint64_t>(question.most));
  found.mailboxes = static_cast<std::uint64_t>(row.number());
}

}  // namespace

AnswerTo<OldMail> answer(Reading& reading, const OldMail& question) {
  const auto known = load_candidates(reading.db, question.scope, {question.candidate});
  const auto candidate = known.find(question.candidate);
  if (candidate == known.end()) return std::nullopt;
  const auto newest = newest_of(candidate->second.candidate.addresses);
  if (!newest || !rules::search_is_told(newest->added, question.now, true)) return std::nullopt;
  OldMail::Found found;
  found.added = newest->added;
  if (rules::sees_how_far(question.scope)) count_mailboxes(reading.db, question, *newest, found);
  if (!rules::search_is_told(newest->added, question.now, found.going_on > 0)) return std::nullopt;
  count_messages(reading.db, question, *newest, found);
  return found;
}

}  // namespace hearback::store
