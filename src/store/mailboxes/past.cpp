#include "store/mailboxes/past.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/mailboxes/proofs.hpp"

namespace hearback::store {
namespace {

using Rows = std::vector<PastOf::Row>;

constexpr std::string_view kNobodyManages =
    "not exists (select 1 from mailbox_members m join users o on o.company = m.company"
    " and o.active = 1 and (m.kind = 'user' and o.id = m.member or m.kind = 'team'"
    "  and exists (select 1 from job_team t where t.company = m.company and t.job = m.member"
    "   and t.user_id = o.id)) where m.company = b.company and m.mailbox = b.id"
    " and m.may = 'manage')";

// Of a shared mailbox whose owner has left: who manages it, and where nobody does, admins.
std::string decides_about(const Scope& scope) {
  auto stands_in = may_use_mailbox(scope, "b.id", rules::MailboxRight::manage);
  if (scope.admin) stands_in = "(" + stands_in + " or " + std::string(kNobodyManages) + ")";
  return "(b.owner = $2 or (b.kind = 'shared' and exists (select 1 from users o"
         " where o.company = b.company and o.id = b.owner and o.active = 0) and " +
         stands_in + "))";
}

bool decides(Db& db, const Scope& scope, MailboxId mailbox) {
  if (scope.kind != Scope::Kind::user) return false;
  return scoped_row(db, scope,
                    "select 1 from mailboxes b where b.company = $1 and b.id = $4"
                    " and b.removed = 0 and " +
                        decides_about(scope),
                    mailbox)
      .has_value();
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

// Of those that opened; also what came by its references alone, which was closed with them.
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
      "select count(*) from (select distinct p.message from candidate_addresses a"
      " join placements p on p.company = a.company and p.candidate = a.candidate"
      "  and (p.placed_by = 'address' and p.detail = a.normal or p.placed_by = 'reply-to')"
      "  and p.message_date < $5"
      " where a.company = $1 and a.normal = $4 and a.synced = 1 and exists ("
      "  select 1 from copies k where k.company = $1 and k.message = p.message"
      "   and k.mailbox = $2) limit $3) x limit 1",
      of, each);
  for (std::size_t i = 0; i < opened.size(); ++i)
    opened[i]->brought = static_cast<std::uint64_t>(brought[i].front().number());
}

// Of a request (r) that opened and its mailbox (b): by the server for an address that is new, by
// judging all anew where it was closed before.
const std::string kSearching =
    "(" + std::string(kPastIsLookedFor) +
    " or b.searched < (select coalesce(max(a.match_revision), 0) from candidate_addresses a"
    "  where a.company = r.company and a.normal = r.normal and a.synced = 1))";

// Where a row stands in the list.
struct Place {
  std::int64_t answered = -1, shown = 0;  // before all there is
  std::string normal;
};

Place place_of(const PageRequest& page) {
  const auto cursor = cursor_of(page);
  if (!cursor) return {};
  const std::string_view key = cursor->key;
  const auto first = key.find(' ');
  const auto second = first == key.npos ? key.npos : key.find(' ', first + 1);
  if (second == key.npos) refuse_cursor();
  const auto number = [](std::string_view digits) {
    const auto number = to_number(digits);
    if (!number || *number > static_cast<std::uint64_t>(INT64_MAX)) refuse_cursor();
    return static_cast<std::int64_t>(*number);
  };
  return {number(key.substr(0, first)), number(key.substr(first + 1, second - first - 1)),
          std::string(key.substr(second + 1))};
}

std::string key_of(const PastOf::Row& row) {
  const auto* answered = row.answer == rules::PastAnswer::asked ? "0 " : "1 ";
  return answered + std::to_string(row.shown) + ' ' + row.address;
}

// Of rows of `past_requests`: not while nobody has the address, and it may come back.
const std::string kStands =
    "not exists (select 1 from added_addresses x where x.company = past_requests.company"
    " and x.normal = past_requests.normal and " +
    std::string(kAddingIsAside) + ")";
const std::string kWaits = "state = 'asked' and " + kStands;

// Of a mailbox (b): the newest of those that wait, without reading them all.
const std::string kNewest =
    "select shown from past_requests where company = b.company and mailbox = b.id and " + kWaits +
    " order by shown desc limit 1";

void drop_adding(Writing& writing, std::string_view normal) {
  for (const auto* table : {"past_requests", "added_addresses", "taken_off_addresses"})
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

// What was passed over of this mailbox while it was closed is looked for by judging all of it anew:
// no search would find what came by its references alone, and the other mailboxes have nothing to
// bring. → the count by which it is.
std::int64_t look_for_closed(Writing& writing, MailboxId mailbox) {
  return writing.db
      .row(
          "update mailboxes set judged_anew = judged_anew + 1 where company = $1 and id = $2"
          " returning judged_anew",
          writing.company, mailbox)
      ->number();
}

// Mailboxes of this owner of which something was passed over for that address.
std::vector<MailboxId> passed_over_in(Writing& writing, std::string_view normal, UserId owner) {
  std::vector<MailboxId> mailboxes;
  for (auto& row :
       writing.db.rows("select b.id from past_requests r join mailboxes b on b.company = r.company"
                       " and b.id = r.mailbox where r.company = $1 and r.normal = $2"
                       " and r.state in ('asked', 'declined') and b.owner = $3 and b.removed = 0"
                       " order by b.id",
                       writing.company, normal, owner))
    mailboxes.push_back(row.id<MailboxId>());
  return mailboxes;
}

// Somebody who is, or may yet be, asked about it adds it themselves: of their mailboxes' past that
// is their word, and stays so whatever becomes of their adding.
void open_to_owner(Writing& writing, std::string_view normal, UserId by, Instant at) {
  const auto passed_over = passed_over_in(writing, normal, by);
  std::vector<MailboxId> opened;
  for (auto& row :
       writing.db.rows("insert into past_requests(company, mailbox, normal, state, until, shown,"
                       " at, answered) select b.company, b.id, x.normal, 'opened', " +
                           kPastSince +
                           ", $5, $4, $4 from mailboxes b"
                           " join added_addresses x on x.company = b.company and x.normal = $2"
                           " where b.company = $1 and b.owner = $3 and b.removed = 0 and " +
                           kPastIsTheirs +
                           " on conflict (company, mailbox, normal) do update set state = 'opened',"
                           " answered = excluded.answered where past_requests.state <> 'opened'"
                           " returning mailbox",
                       writing.company, normal, by, at, writing.revision))
    opened.push_back(row.id<MailboxId>());
  for (const auto& mailbox : opened) {
    if (std::ranges::find(passed_over, mailbox) != passed_over.end())
      writing.db.change(
          "update past_requests set judged_anew = $4 where company = $1 and mailbox = $2"
          " and normal = $3",
          writing.company, mailbox, normal, look_for_closed(writing, mailbox));
    tell(writing, mailbox);
  }
}

bool somebody_has(Writing& writing, std::string_view normal) {
  return writing.db
      .row(
          "select 1 from candidate_addresses where company = $1 and normal = $2"
          " and synced = 1 limit 1",
          writing.company, normal)
      .has_value();
}

bool may_come_back(Writing& writing, std::string_view normal) {
  return writing.db
      .row("select 1 from taken_off_addresses where company = $1 and normal = $2 limit 1",
           writing.company, normal)
      .has_value();
}

// Whether all is as it was before the address was taken off the candidate. Owners are shown it as
// of now, and those who connected their mailbox while nobody had it are asked about all before
// that.
bool comes_back(Writing& writing, std::string_view normal, const std::optional<UserId>& by,
                Instant at) {
  auto left =
      writing.db.row("select left_at from added_addresses where company = $1 and normal = $2 and " +
                         std::string(kAddingIsAside),
                     writing.company, normal);
  if (!left) return false;
  writing.db.change(
      "update added_addresses set back_at = $3, added_by = coalesce(added_by, $4)"
      " where company = $1 and normal = $2",
      writing.company, normal, at, by);
  writing.db.change(
      "update past_requests set shown = $3, until = case when exists (select 1 from mailboxes b"
      " where b.company = $1 and b.id = past_requests.mailbox and b.connected >= $4) then $5"
      " else until end where company = $1 and normal = $2",
      writing.company, normal, writing.revision, left->instant(), at);
  return true;
}

// It goes once more: who connected a mailbox while nobody had it, and wasn't asked yet, has a say
// up to when it came back all the same.
void keep_absence(Writing& writing, std::string_view normal, Instant at) {
  writing.db.change(
      "insert into past_requests(company, mailbox, normal, state, until, shown, at)"
      " select b.company, b.id, x.normal, 'none', x.back_at, $3, $4 from added_addresses x"
      " join mailboxes b on b.company = x.company and b.removed = 0"
      "  and b.connected >= x.left_at and b.connected < x.back_at"
      " where x.company = $1 and x.normal = $2"
      " on conflict (company, mailbox, normal) do nothing",
      writing.company, normal, writing.revision, at);
}

void drop_all(Writing& writing, std::vector<Row> addings) {
  for (auto& row : addings) {
    const auto normal = row.text();
    if (!may_come_back(writing, normal)) forget_adding(writing, normal);
  }
}

}  // namespace

AnswerTo<PastChosen> answer(Reading& reading, const PastChosen& question) {
  if (question.scope.kind != Scope::Kind::user) return std::nullopt;
  auto row =
      scoped_row(reading.db, question.scope,
                 "select case when b.owner = $2 then 1 else 0 end, b.past, (select count(*) from"
                 "  (select 1 from past_requests where company = $1 and mailbox = b.id and " +
                     kWaits + " limit $5) w), coalesce((" + kNewest +
                     "), 0) from mailboxes b"
                     " where b.company = $1 and b.id = $4 and b.removed = 0 and " +
                     decides_about(question.scope),
                 question.mailbox, question.counted);
  if (!row) return std::nullopt;
  PastChosen::Found found;
  found.own = row->flag();
  found.choice = row->word<rules::PastChoice>();
  found.asked = static_cast<std::uint64_t>(row->number());
  found.newest = static_cast<std::uint64_t>(row->number());
  return found;
}

// In as many questions however many they are.
AnswerTo<PastOf> answer(Reading& reading, const PastOf& question) {
  AnswerTo<PastOf> answered;
  if (!decides(reading.db, question.scope, question.mailbox)) return answered;
  Rows rows;
  const auto shown = rows_of(question.page);
  const auto after = place_of(question.page);
  const std::string is_answered = "case when r.state = 'asked' then 0 else 1 end";
  for (auto& row : reading.db.rows(
           "select r.normal, coalesce(u.name, ''), " + kPastSince + ", r.state, case when " +
               kSearching +
               " then 0 else 1 end, r.shown from past_requests r"
               " join mailboxes b on b.company = r.company and b.id = r.mailbox"
               " join added_addresses x on x.company = r.company and x.normal = r.normal"
               "  and not (" +
               std::string(kAddingIsAside) +
               ") left join users u on u.company = x.company and u.id = x.added_by"
               " where r.company = $1 and r.mailbox = $2 and r.state <> 'none' and (" +
               is_answered + " > $3 or " + is_answered +
               " = $3 and (r.shown < $4 or r.shown = $4 and r.normal > $5))" +
               (question.searching ? " and r.state = 'opened' and " + kSearching : "") +
               " order by " + is_answered + ", r.shown desc, r.normal limit $6",
           question.scope.company, question.mailbox, after.answered, after.shown, after.normal,
           shown + 1)) {
    auto& one = rows.emplace_back();
    one.address = row.text();
    one.added_by = row.text();
    one.added = row.instant();
    one.answer = row.word<rules::PastAnswer>();
    one.searched = row.flag();
    one.shown = static_cast<std::uint64_t>(row.number());
  }
  answered = page_of(std::move(rows), shown,
                     [](const PastOf::Row& one) { return Cursor{key_of(one), {}}; });
  add_whose(reading.db, question.scope, answered.rows);
  add_brought(reading.db, question, answered.rows);
  return answered;
}

void apply(Writing& writing, const ChoosePast& change) {
  expect_there(writing, change.mailbox);
  writing.db.change("update mailboxes set past = $3 where company = $1 and id = $2",
                    writing.company, change.mailbox, change.choice);
  tell(writing, change.mailbox);
}

// The owner may have chosen otherwise since it was judged. What was passed over isn't open for
// that: nobody would look for it again.
void apply(Writing& writing, const NotePast& change) {
  const auto noted = writing.db.change(
      "insert into past_requests(company, mailbox, normal, state, until, shown, at)"
      " select $1, b.id, x.normal, case when $5 = 0 and b.past = 'open' then 'opened'"
      "  else 'asked' end, " +
          kPastSince +
          ", $6, $4 from mailboxes b join added_addresses x on x.company = b.company"
          " and x.normal = $3 where b.company = $1 and b.id = $2 and b.removed = 0 and " +
          kPastConcerns +
          " on conflict (company, mailbox, normal) do update set state = excluded.state,"
          " shown = excluded.shown, at = excluded.at where past_requests.state = 'none'",
      writing.company, change.mailbox, change.normal, change.at, change.closed, writing.revision);
  if (noted > 0) tell(writing, change.mailbox);
}

void apply(Writing& writing, const AnswerPast& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  expect_there(writing, change.mailbox);
  auto before = db.row(
      "select state, shown from past_requests where company = $1 and mailbox = $2 and normal = $3"
      " and state <> 'none' and " +
          kStands,
      company, change.mailbox, change.normal);
  if (!before)
    refuse(Kind::missing, "past.missing", "Nobody asks about this address any more.",
           "Look again.");
  const bool opened = before->word<rules::PastAnswer>() == rules::PastAnswer::opened;
  if (opened && change.open) return;
  if (opened)
    refuse(Kind::conflict, "past.opened", "The past is open for this address already.",
           "Name the address among those that are never synced.");
  if (static_cast<std::uint64_t>(before->number()) > change.shown)
    refuse(Kind::conflict, "past.asked-anew", "This was asked about anew meanwhile.",
           "Look at it, and answer again.");
  db.change(
      "update past_requests set state = $4, answered = $5, judged_anew = $6"
      " where company = $1 and mailbox = $2 and normal = $3",
      company, change.mailbox, change.normal,
      change.open ? rules::PastAnswer::opened : rules::PastAnswer::declined, change.at,
      change.open ? look_for_closed(writing, change.mailbox) : 0);
  tell(writing, change.mailbox);
}

void apply(Writing& writing, const AnswerAllPast& change) {
  auto& db = writing.db;
  expect_there(writing, change.mailbox);
  auto newest =
      db.row("select (" + kNewest + ") from mailboxes b where b.company = $1 and b.id = $2",
             writing.company, change.mailbox);
  const auto waits = newest->maybe_number();
  if (!waits) return;
  if (static_cast<std::uint64_t>(*waits) > change.newest)
    refuse(Kind::conflict, "past.more-wait", "More people wait for your word by now.",
           "Look at them, and answer again.");
  db.change(
      "update past_requests set state = $3, answered = $4, judged_anew = $5"
      " where company = $1 and mailbox = $2 and " +
          kWaits,
      writing.company, change.mailbox,
      change.open ? rules::PastAnswer::opened : rules::PastAnswer::declined, change.at,
      change.open ? look_for_closed(writing, change.mailbox) : 0);
  tell(writing, change.mailbox);
}

void apply(Writing& writing, const AskPastAgain& change) {
  expect_there(writing, change.mailbox);
  writing.db.change(
      "update past_requests set state = 'asked', answered = null, shown = $4"
      " where company = $1 and mailbox = $2 and state = 'declined' and answered = $3",
      writing.company, change.mailbox, change.declined, writing.revision);
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
  const bool was_taken_off =
      writing.db.change(
          "delete from taken_off_addresses where company = $1 and normal = $2 and candidate = $3",
          writing.company, normal, candidate) > 0;
  // What was granted, or asked, of the address stays so, but to who adds it now.
  const bool is_there =
      writing.db
          .row(
              "select 1 from candidate_addresses where company = $1 and normal = $2"
              " and synced = 1 and candidate <> $3 limit 1",
              writing.company, normal, candidate)
          .has_value();
  if (!is_there && !(was_taken_off && comes_back(writing, normal, person, at)))
    return person ? begin_adding(writing, normal, person, at) : drop_adding(writing, normal);
  if (person) open_to_owner(writing, normal, *person, at);
}

void keep_adding_aside(Writing& writing, std::string_view normal, CandidateId taken_off,
                       Instant at) {
  writing.db.change(
      "insert into taken_off_addresses(company, normal, candidate, at) values ($1, $2, $3, $4)"
      " on conflict (company, normal, candidate) do update set at = excluded.at",
      writing.company, normal, taken_off, at);
  leave_adding(writing, normal, at);
}

// Of what nobody added that could be asked about, owners weren't: so it is again when it comes
// back.
void leave_adding(Writing& writing, std::string_view normal, Instant at) {
  if (somebody_has(writing, normal)) return;
  if (!may_come_back(writing, normal)) return drop_adding(writing, normal);
  keep_absence(writing, normal, at);
  writing.db.change(
      "insert into added_addresses(company, normal, since, left_at) values ($1, $2, 0, $3)"
      " on conflict (company, normal) do update set left_at = excluded.left_at, back_at = null"
      " where added_addresses.left_at is null or added_addresses.back_at is not null",
      writing.company, normal, at);
}

void prune_addings(Writing& writing, Instant now, std::size_t rows) {
  drop_all(writing,
           writing.db.rows(
               "delete from taken_off_addresses where company = $1 and (normal, candidate) in"
               " (select normal, candidate from taken_off_addresses where company = $1"
               "  and at <= $2 order by at limit $3) returning normal",
               writing.company, now - kAddingStaysAside, rows));
}

void forget_adding(Writing& writing, std::string_view normal) {
  if (!somebody_has(writing, normal)) drop_adding(writing, normal);
}

void forget_addings_aside(Writing& writing, CandidateId taken_off) {
  drop_all(writing, writing.db.rows("delete from taken_off_addresses where company = $1"
                                    " and candidate = $2 returning normal",
                                    writing.company, taken_off));
}

void hand_on_addings_aside(Writing& writing, CandidateId merged, CandidateId kept) {
  writing.db.change(
      "insert into taken_off_addresses(company, normal, candidate, at)"
      " select company, normal, $3, at from taken_off_addresses where company = $1"
      " and candidate = $2 on conflict (company, normal, candidate) do update set at = case"
      " when excluded.at > taken_off_addresses.at then excluded.at else taken_off_addresses.at end",
      writing.company, merged, kept);
  writing.db.change("delete from taken_off_addresses where company = $1 and candidate = $2",
                    writing.company, merged);
}

// What was begun anew for others since is theirs (begin_adding): no row is left of it.
void hand_back_addings_aside(Writing& writing, CandidateId merged, CandidateId kept, Instant at) {
  const auto was = [](std::string_view whose) {
    return "(exists (select 1 from merged_taken_off m where m.company = $1 and m.merged = $2"
           "  and m.candidate = " +
           std::string(whose) +
           " and m.normal = taken_off_addresses.normal) or taken_off_addresses.at >= $4"
           " and exists (select 1 from merged_addresses m where m.company = $1 and m.merged = $2"
           "  and m.candidate = " +
           std::string(whose) + " and m.normal = taken_off_addresses.normal and m.synced = 1))";
  };
  writing.db.change(
      "insert into taken_off_addresses(company, normal, candidate, at)"
      " select company, normal, $2, at from taken_off_addresses where company = $1"
      " and candidate = $3 and " +
          was("$2"),
      writing.company, merged, kept, at);
  writing.db.change("delete from taken_off_addresses where company = $1 and candidate = $3 and " +
                        was("$2") + " and not " + was("$3"),
                    writing.company, merged, kept, at);
}

void take_over_declined(Writing& writing, const rules::Mailbox& box) {
  const std::string before =
      " from past_requests where company = $1 and mailbox in (select b.id from mailboxes b"
      " where b.company = $1 and b.owner = $2 and b.address_normal = $3 and b.removed = 1)";
  writing.db.change(
      "insert into past_requests(company, mailbox, normal, state, until, shown, at, answered)"
      " select $1, $4, normal, 'declined', max(until), max(shown), max(at), max(answered)" +
          before + " group by normal",
      writing.company, box.owner, box.address_normal, box.id);
  writing.db.change("delete" + before, writing.company, box.owner, box.address_normal);
}

}  // namespace hearback::store
