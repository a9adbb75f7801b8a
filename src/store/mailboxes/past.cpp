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

using Rows = std::vector<PastOf::Row>;

std::string decides_about(const Scope& scope) {
  return "(b.owner = $2 or (b.kind = 'shared' and exists (select 1 from users o"
         " where o.company = b.company and o.id = b.owner and o.active = 0) and " +
         may_use_mailbox(scope, "b.id", rules::MailboxRight::manage) + "))";
}

std::vector<std::vector<Value>> addresses_of(const Rows& rows) {
  std::vector<std::vector<Value>> each;
  for (const auto& one : rows) each.push_back({value_of(one.address)});
  return each;
}

// A candidate whom the asker may not see isn't told of: the address is, and who added it.
void add_whose(Db& db, const Scope& scope, Rows& rows) {
  const Value company[] = {value_of(scope.company)};
  auto having = db.run_each(
      "select candidate from candidate_addresses where company = $1 and normal = $2 and synced = 1"
      " order by candidate limit 20",
      company, addresses_of(rows));
  std::vector<std::vector<CandidateId>> ids(rows.size());
  std::vector<CandidateId> all;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (auto& row : having[i]) all.push_back(ids[i].emplace_back(row.id<CandidateId>()));
  std::ranges::sort(all);
  const auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  const auto known = load_candidates(db, scope, all);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const auto& id : ids[i])
      if (const auto found = known.find(id); found != known.end())
        rows[i].whose.push_back({id, found->second.candidate.name, found->second.job_titles});
}

// Of those that opened.
void add_brought(Db& db, const PastOf& question, Rows& rows) {
  std::vector<PastOf::Row*> opened;
  std::vector<std::vector<Value>> each;
  for (auto& row : rows)
    if (row.answer == rules::PastAnswer::opened) {
      opened.push_back(&row);
      each.push_back({value_of(row.address), value_of(row.added)});
    }
  const Value of[] = {value_of(question.scope.company), value_of(question.mailbox),
                      value_of(kPastCounted)};
  auto brought = db.run_each(
      "select count(*), case when exists (select 1 from mailboxes b where b.company = $1"
      " and b.id = $2 and b.searched >= (select coalesce(max(a.match_revision), 0)"
      "  from candidate_addresses a where a.company = $1 and a.normal = $4 and a.synced = 1))"
      " then 1 else 0 end from (select distinct p.message from candidate_addresses a"
      " join placements p on p.company = a.company and p.candidate = a.candidate"
      "  and p.detail = a.normal and p.placed_by = 'address' and p.message_date < $5"
      " where a.company = $1 and a.normal = $4 and a.synced = 1 and exists ("
      "  select 1 from copies k where k.company = $1 and k.message = p.message"
      "   and k.mailbox = $2) limit $3) x limit 1",
      of, each);
  for (std::size_t i = 0; i < opened.size(); ++i) {
    auto& row = brought[i].front();
    opened[i]->brought = static_cast<std::uint64_t>(row.number());
    opened[i]->searched = row.flag();
  }
}

// In as many questions however many they are.
Rows rows_of(Db& db, const PastOf& question) {
  Rows rows;
  if (question.shown == 0) return rows;
  for (auto& row :
       db.rows("select r.normal, coalesce(u.name, ''), " + kPastSince +
                   ", r.state from past_requests r"
                   " join mailboxes b on b.company = r.company and b.id = r.mailbox"
                   " join added_addresses x on x.company = r.company and x.normal = r.normal"
                   "  and x.left_by is null"
                   " left join users u on u.company = x.company and u.id = x.added_by"
                   " where r.company = $1 and r.mailbox = $2"
                   " order by case when r.state = 'asked' then 0 else 1 end, r.at desc,"
                   " r.normal limit $3",
               question.scope.company, question.mailbox, std::min(question.shown, kPastShown))) {
    auto& one = rows.emplace_back();
    one.address = row.text();
    one.added_by = row.text();
    one.added = row.instant();
    one.answer = row.word<rules::PastAnswer>();
  }
  add_whose(db, question.scope, rows);
  add_brought(db, question, rows);
  return rows;
}

// Of rows of `past_requests`: not while nobody has the address, and it may come back.
constexpr std::string_view kStands =
    "not exists (select 1 from added_addresses x where x.company = past_requests.company"
    " and x.normal = past_requests.normal and x.left_by is not null)";

void drop_adding(Writing& writing, std::string_view normal) {
  for (const auto* table : {"past_requests", "added_addresses"})
    writing.db.change("delete from " + std::string(table) + " where company = $1 and normal = $2",
                      writing.company, normal);
}

void expect_there(Writing& writing, MailboxId mailbox) { owner_of(writing, mailbox); }

// Those whose it is to decide: that something of it has changed would tell others that somebody is
// written with here.
void tell(Writing& writing, MailboxId mailbox) {
  const auto owner = owner_of(writing, mailbox);
  const bool left = !writing.db.row(
      "select 1 from users where company = $1 and id = $2"
      " and active = 1",
      writing.company, owner);
  if (left)
    writing.tell_of(mailbox, "mailbox", mailbox.text());
  else
    writing.tell("mailbox", mailbox.text(), {}, owner);
}

// Somebody who is, or may yet be, asked about it adds it themselves: of their mailboxes' past that
// is their word, and stays so whatever becomes of their adding.
void open_to_owner(Writing& writing, std::string_view normal, UserId by, Instant at) {
  for (auto& row :
       writing.db.rows("insert into past_requests(company, mailbox, normal, state, at, answered)"
                       " select b.company, b.id, x.normal, 'opened', $4, $4 from mailboxes b"
                       " join added_addresses x on x.company = b.company and x.normal = $2"
                       " where b.company = $1 and b.owner = $3 and b.removed = 0 and " +
                           kPastIsTheirs +
                           " on conflict (company, mailbox, normal) do update set state = 'opened',"
                           " answered = excluded.answered where past_requests.state <> 'opened'"
                           " returning mailbox",
                       writing.company, normal, by, at))
    tell(writing, row.id<MailboxId>());
}

// Every mailbox looks for them, in one question to its server; this one has something to bring.
void look_for_asked(Writing& writing, MailboxId mailbox, const std::optional<std::string>& normal) {
  for (auto& row : writing.db.rows(
           "update candidate_addresses set match_revision = $3 where company = $1 and synced = 1"
           " and normal in (select normal from past_requests where company = $1 and mailbox = $2"
           "  and state <> 'opened' and (normal = $4 or ($4 = '' and state = 'asked'))"
           "  and " +
               std::string(kStands) + ") returning candidate",
           writing.company, mailbox, writing.match_revision + 1, normal.value_or(""))) {
    const auto candidate = row.id<CandidateId>();
    writing.tell("candidate", candidate.text(), candidate);
    writing.match_moved = true;
  }
}

void answer_all(Writing& writing, MailboxId mailbox, bool open, Instant at) {
  if (open) look_for_asked(writing, mailbox, std::nullopt);
  writing.db.change(
      "update past_requests set state = $3, answered = $4 where company = $1 and mailbox = $2"
      " and state = 'asked' and " +
          std::string(kStands),
      writing.company, mailbox, open ? rules::PastAnswer::opened : rules::PastAnswer::declined, at);
}

bool somebody_has(Writing& writing, std::string_view normal) {
  return writing.db
      .row(
          "select 1 from candidate_addresses where company = $1 and normal = $2"
          " and synced = 1 limit 1",
          writing.company, normal)
      .has_value();
}

// Whether all is as it was before the address was taken off the candidate.
bool comes_back(Writing& writing, CandidateId candidate, std::string_view normal,
                const std::optional<UserId>& by, Instant at) {
  return writing.db.change(
             "update added_addresses set left_by = null, back_at = $5,"
             " added_by = coalesce(added_by, $4)"
             " where company = $1 and normal = $2 and left_by = $3",
             writing.company, normal, candidate, by, at) > 0;
}

void drop_all(Writing& writing, std::vector<Row> addings) {
  for (auto& row : addings) drop_adding(writing, row.text());
}

}  // namespace

AnswerTo<PastOf> answer(Reading& reading, const PastOf& question) {
  if (question.scope.kind != Scope::Kind::user) return std::nullopt;
  auto row =
      scoped_row(reading.db, question.scope,
                 "select case when b.owner = $2 then 1 else 0 end, b.past,"
                 " (select count(*) from past_requests where company = $1"
                 "  and mailbox = b.id and state = 'asked' and " +
                     std::string(kStands) +
                     ") from mailboxes b where b.company = $1 and b.id = $4 and b.removed = 0"
                     " and " +
                     decides_about(question.scope),
                 question.mailbox);
  if (!row) return std::nullopt;
  PastOf::Found found;
  found.own = row->flag();
  found.choice = row->word<rules::PastChoice>();
  found.asked = static_cast<std::uint64_t>(row->number());
  found.rows = rows_of(reading.db, question);
  return found;
}

void apply(Writing& writing, const ChoosePast& change) {
  expect_there(writing, change.mailbox);
  writing.db.change("update mailboxes set past = $3 where company = $1 and id = $2",
                    writing.company, change.mailbox, change.choice);
  if (change.choice == rules::PastChoice::open)
    answer_all(writing, change.mailbox, true, change.at);
  tell(writing, change.mailbox);
}

// The owner may have chosen otherwise since it was judged. What was passed over isn't open for
// that: nobody would look for it again.
void apply(Writing& writing, const NotePast& change) {
  const auto noted = writing.db.change(
      "insert into past_requests(company, mailbox, normal, state, at)"
      " select $1, b.id, x.normal, case when $5 = 0 and b.past = 'open' then 'opened' else 'asked' "
      "end, $4"
      " from mailboxes b join added_addresses x on x.company = b.company and x.normal = $3"
      " where b.company = $1 and b.id = $2 and b.removed = 0 and " +
          kPastConcerns + " on conflict (company, mailbox, normal) do nothing",
      writing.company, change.mailbox, change.normal, change.at, change.closed);
  if (noted > 0) tell(writing, change.mailbox);
}

void apply(Writing& writing, const AnswerPast& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  expect_there(writing, change.mailbox);
  if (!change.normal) {
    answer_all(writing, change.mailbox, change.open, change.at);
    return tell(writing, change.mailbox);
  }
  const auto& normal = *change.normal;
  auto before = db.row(
      "select state from past_requests where company = $1 and mailbox = $2 and normal = $3 and " +
          std::string(kStands),
      company, change.mailbox, normal);
  if (!before)
    refuse(Kind::missing, "past.missing", "Nobody asks about this address any more.",
           "Look again.");
  const bool opened = before->word<rules::PastAnswer>() == rules::PastAnswer::opened;
  if (opened && change.open) return;
  if (opened)
    refuse(Kind::conflict, "past.opened", "The past is open for this address already.",
           "Name the address among those that are never synced.");
  if (change.open) look_for_asked(writing, change.mailbox, normal);
  db.change(
      "update past_requests set state = $4, answered = $5"
      " where company = $1 and mailbox = $2 and normal = $3",
      company, change.mailbox, normal,
      change.open ? rules::PastAnswer::opened : rules::PastAnswer::declined, change.at);
  tell(writing, change.mailbox);
}

void begin_adding(Writing& writing, std::string_view normal, const std::optional<UserId>& by,
                  Instant at) {
  drop_adding(writing, normal);
  writing.db.change(
      "insert into added_addresses(company, normal, added_by, since) values ($1, $2, $3, $4)",
      writing.company, normal, by, at);
}

void note_adding(Writing& writing, CandidateId candidate, std::string_view normal,
                 const std::optional<rules::Scope>& by, Instant at) {
  const auto person = person_of(by);
  // What was granted, or asked, of the address stays so, but to who adds it now.
  const bool is_there =
      writing.db
          .row(
              "select 1 from candidate_addresses where company = $1 and normal = $2"
              " and synced = 1 and candidate <> $3 limit 1",
              writing.company, normal, candidate)
          .has_value();
  if (!is_there && !comes_back(writing, candidate, normal, person, at))
    return person ? begin_adding(writing, normal, person, at) : drop_adding(writing, normal);
  if (person) open_to_owner(writing, normal, *person, at);
}

// Of what nobody added that could be asked about, owners weren't: so it is again when it comes
// back.
void keep_adding_aside(Writing& writing, std::string_view normal, CandidateId left_by, Instant at) {
  if (somebody_has(writing, normal)) return;
  writing.db.change(
      "insert into added_addresses(company, normal, since, left_by, left_at)"
      " values ($1, $2, 0, $3, $4) on conflict (company, normal) do update"
      " set left_by = excluded.left_by, left_at = excluded.left_at, back_at = null",
      writing.company, normal, left_by, at);
}

void prune_addings(Writing& writing, Instant now, std::size_t rows) {
  drop_all(writing, writing.db.rows("select normal from added_addresses where company = $1"
                                    " and left_by is not null and left_at <= $2"
                                    " order by left_at limit $3",
                                    writing.company, now - kAddingStaysAside, rows));
}

void forget_adding(Writing& writing, std::string_view normal) {
  if (!somebody_has(writing, normal)) drop_adding(writing, normal);
}

void forget_addings_aside(Writing& writing, CandidateId left_by) {
  drop_all(writing, writing.db.rows("select normal from added_addresses where company = $1"
                                    " and left_by is not null and left_by = $2",
                                    writing.company, left_by));
}

void hand_on_addings_aside(Writing& writing, CandidateId from, CandidateId to) {
  writing.db.change(
      "update added_addresses set left_by = $3 where company = $1 and left_by is not null"
      " and left_by = $2",
      writing.company, from, to);
}

void take_over_declined(Writing& writing, const rules::Mailbox& box) {
  const std::string before =
      " from past_requests where company = $1 and mailbox in (select b.id from mailboxes b"
      " where b.company = $1 and b.owner = $2 and b.address_normal = $3 and b.removed = 1)";
  writing.db.change(
      "insert into past_requests(company, mailbox, normal, state, at, answered)"
      " select $1, $4, normal, 'declined', max(at), max(answered)" +
          before + " group by normal",
      writing.company, box.owner, box.address_normal, box.id);
  writing.db.change("delete" + before, writing.company, box.owner, box.address_normal);
}

}  // namespace hearback::store
