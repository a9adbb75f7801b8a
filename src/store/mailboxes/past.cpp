#include "store/mailboxes/past.hpp"

#include <algorithm>

#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/mailboxes/proofs.hpp"

namespace hearback::store {
namespace {

struct Asked {
  Db& db;
  const PastOf& question;
};

// A candidate whom the owner may not see isn't told of: the address is, and who added it.
void add_whose(const Asked& asked, PastOf::Row& row) {
  std::vector<CandidateId> ids;
  for (auto& one : asked.db.rows("select candidate from candidate_addresses where company = $1"
                                 " and normal = $2 and synced = 1 order by candidate limit 20",
                                 asked.question.scope.company, row.address))
    ids.push_back(one.id<CandidateId>());
  auto known = load_candidates(asked.db, asked.question.scope, ids);
  for (const auto& id : ids)
    if (auto found = known.find(id); found != known.end())
      row.whose.push_back(
          {id, std::move(found->second.candidate.name), std::move(found->second.job_titles)});
}

void add_brought(const Asked& asked, PastOf::Row& row) {
  auto counted = asked.db.row(
      "select count(*) from (select distinct p.message from candidate_addresses a"
      " join placements p on p.company = a.company and p.candidate = a.candidate"
      "  and p.detail = a.normal and p.placed_by = 'address' and p.message_date < $4"
      " where a.company = $1 and a.normal = $3 and a.synced = 1 and exists ("
      "  select 1 from copies k where k.company = $1 and k.message = p.message"
      "   and k.mailbox = $2) limit $5) x",
      asked.question.scope.company, asked.question.mailbox, row.address, row.added, kPastCounted);
  row.brought = static_cast<std::uint64_t>(counted->number());
  row.searched =
      asked.db
          .row(
              "select 1 from mailboxes b where b.company = $1 and b.id = $2 and b.searched >="
              " (select coalesce(max(a.match_revision), 0) from candidate_addresses a"
              "  where a.company = $1 and a.normal = $3 and a.synced = 1)",
              asked.question.scope.company, asked.question.mailbox, row.address)
          .has_value();
}

std::vector<PastOf::Row> rows_of(const Asked& asked) {
  std::vector<PastOf::Row> rows;
  for (auto& row :
       asked.db.rows("select r.normal, u.name, x.since, r.state from past_requests r"
                     " join added_addresses x on x.company = r.company and x.normal = r.normal"
                     " join users u on u.company = x.company and u.id = x.added_by"
                     " where r.company = $1 and r.mailbox = $2"
                     " order by case when r.state = 'asked' then 0 else 1 end, r.at desc, r.normal"
                     " limit $3",
                     asked.question.scope.company, asked.question.mailbox, kPastShown)) {
    auto& one = rows.emplace_back();
    one.address = row.text();
    one.added_by = row.text();
    one.added = row.instant();
    one.answer = row.word<rules::PastAnswer>();
  }
  for (auto& one : rows) {
    add_whose(asked, one);
    if (one.answer == rules::PastAnswer::opened) add_brought(asked, one);
  }
  return rows;
}

void drop_adding(Writing& writing, std::string_view normal) {
  for (const auto* table : {"past_requests", "added_addresses"})
    writing.db.change("delete from " + std::string(table) + " where company = $1 and normal = $2",
                      writing.company, normal);
}

void expect_there(Writing& writing, MailboxId mailbox) { owner_of(writing, mailbox); }

void tell(Writing& writing, MailboxId mailbox) {
  writing.tell_of(mailbox, "mailbox", mailbox.text());
}

}  // namespace

AnswerTo<PastOf> answer(Reading& reading, const PastOf& question) {
  if (question.scope.kind != Scope::Kind::user) return std::nullopt;
  auto row = scoped_row(reading.db, question.scope,
                        "select b.past, (select count(*) from past_requests r"
                        "  where r.company = $1 and r.mailbox = b.id and r.state = 'asked')"
                        " from mailboxes b where b.company = $1 and b.id = $4 and b.removed = 0"
                        " and b.owner = $2",
                        question.mailbox);
  if (!row) return std::nullopt;
  PastOf::Found found;
  found.choice = row->word<rules::PastChoice>();
  found.asked = static_cast<std::uint64_t>(row->number());
  found.rows = rows_of({reading.db, question});
  return found;
}

void apply(Writing& writing, const ChoosePast& change) {
  expect_there(writing, change.mailbox);
  writing.db.change("update mailboxes set past = $3 where company = $1 and id = $2",
                    writing.company, change.mailbox, change.choice);
  tell(writing, change.mailbox);
}

// It is judged by what holds in this commit: the owner may have chosen otherwise meanwhile.
void apply(Writing& writing, const NotePast& change) {
  const auto noted = writing.db.change(
      "insert into past_requests(company, mailbox, normal, state, at)"
      " select $1, b.id, x.normal, case when b.past = 'open' then 'opened' else 'asked' end, $4"
      " from mailboxes b join added_addresses x on x.company = b.company and x.normal = $3"
      " where b.company = $1 and b.id = $2 and b.removed = 0 and " +
          std::string(kPastConcerns) + " on conflict (company, mailbox, normal) do nothing",
      writing.company, change.mailbox, change.normal, change.at);
  if (noted > 0) tell(writing, change.mailbox);
}

void apply(Writing& writing, const AnswerPast& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  expect_there(writing, change.mailbox);
  auto before =
      db.row("select state from past_requests where company = $1 and mailbox = $2 and normal = $3",
             company, change.mailbox, change.normal);
  if (!before)
    refuse(Kind::missing, "past.missing", "Nobody asks about this address any more.",
           "Look again.");
  const bool opened = before->word<rules::PastAnswer>() == rules::PastAnswer::opened;
  if (opened && change.open) return;
  if (opened)
    refuse(Kind::conflict, "past.opened", "The past is open for this address already.",
           "Name the address among those that are never synced.");
  db.change(
      "update past_requests set state = $4, answered = $5"
      " where company = $1 and mailbox = $2 and normal = $3",
      company, change.mailbox, change.normal,
      change.open ? rules::PastAnswer::opened : rules::PastAnswer::declined, change.at);
  tell(writing, change.mailbox);
  if (!change.open) return;
  // Every mailbox looks for it, in one question to its server; this one has something to bring.
  for (auto& row : db.rows("update candidate_addresses set match_revision = $3 where company = $1"
                           " and normal = $2 and synced = 1 returning candidate",
                           company, change.normal, writing.match_revision + 1)) {
    const auto candidate = row.id<CandidateId>();
    writing.tell("candidate", candidate.text(), candidate);
  }
  writing.match_moved = true;
}

void note_adding(Writing& writing, CandidateId candidate, std::string_view normal,
                 const std::optional<rules::Scope>& by, Instant at) {
  auto& db = writing.db;
  const auto company = writing.company;
  const auto person = person_of(by);
  // What was granted, or asked, of the address stays so.
  if (db.row("select 1 from candidate_addresses where company = $1 and normal = $2 and synced = 1"
             " and candidate <> $3 limit 1",
             company, normal, candidate))
    return;
  drop_adding(writing, normal);
  if (person)
    db.change(
        "insert into added_addresses(company, normal, added_by, since) values ($1, $2, $3, $4)",
        company, normal, *person, at);
}

void forget_adding(Writing& writing, std::string_view normal) {
  if (!writing.db.row("select 1 from candidate_addresses where company = $1 and normal = $2"
                      " and synced = 1 limit 1",
                      writing.company, normal))
    drop_adding(writing, normal);
}

}  // namespace hearback::store
