#include "store/mailboxes/never_synced.hpp"

#include <algorithm>

#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/mailboxes/never_synced_parts.hpp"
#include "store/mailboxes/proofs.hpp"

namespace hearback::store {
namespace {

std::vector<rules::NeverSyncedEntry> entries_of(Db& db, CompanyId company, MailboxId mailbox) {
  std::vector<rules::NeverSyncedEntry> entries;
  for (auto& row : db.rows("select normal, written from never_synced"
                           " where company = $1 and mailbox = $2 order by normal",
                           company, mailbox)) {
    auto normal = row.text();
    entries.push_back({std::move(normal), row.text()});
  }
  return entries;
}

// Whose list it is: rights to a shared mailbox don't open it.
std::string may_see_list(const Scope& scope) {
  return scope.kind == Scope::Kind::engine ? "1 = 1" : "b.owner = $2";
}

}  // namespace

AnswerTo<NeverSynced> answer(Reading& reading, const NeverSynced& question) {
  const auto& scope = question.scope;
  if (scope.kind == Scope::Kind::nobody) return std::nullopt;
  auto row = scoped_row(reading.db, scope,
                        "select b.address_normal from mailboxes b"
                        " where b.company = $1 and b.id = $4 and b.removed = 0 and " +
                            may_see_list(scope),
                        question.mailbox);
  if (!row) return std::nullopt;
  return NeverSynced::Row{row->text(), entries_of(reading.db, scope.company, question.mailbox)};
}

// Nothing is told to the journal, nor to those who manage a shared mailbox: it would tell others
// of what the owner keeps from them.
void apply(Writing& writing, const ChangeNeverSynced& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  const auto owner = owner_of(writing, change.mailbox);
  std::int64_t taken_off = 0;
  for (const auto& normal : change.no_longer)
    if (std::ranges::find(change.named, normal, &rules::NeverSyncedEntry::normal) ==
        change.named.end())
      taken_off +=
          db.change("delete from never_synced where company = $1 and mailbox = $2 and normal = $3",
                    company, change.mailbox, normal);
  std::int64_t added = 0;
  for (const auto& entry : change.named)
    added += db.change(
        "insert into never_synced(company, mailbox, normal, written)"
        " values ($1, $2, $3, $4) on conflict (company, mailbox, normal) do nothing",
        company, change.mailbox, entry.normal, entry.written);
  auto count = db.row("select count(*) from never_synced where company = $1 and mailbox = $2",
                      company, change.mailbox);
  if (added > 0 && !change.at_once &&
      static_cast<std::size_t>(count->number()) > rules::kNeverSyncedMost)
    refuse(Kind::input, "mailbox.never-synced-full", "At most 500 people and domains can be named.",
           "Name a domain instead of its people, or take off some.");
  if (taken_off > 0)
    db.change("update mailboxes set judged_anew = judged_anew + 1 where company = $1 and id = $2",
              company, change.mailbox);
  writing.tell("mailbox", change.mailbox.text(), {}, owner);
}

void take_over_never_synced(Writing& writing, const rules::Mailbox& box) {
  auto& db = writing.db;
  const std::string before =
      " from never_synced where company = $1 and mailbox in (select b.id from mailboxes b"
      " where b.company = $1 and b.owner = $2 and b.address_normal = $3 and b.removed = 1)";
  db.change(
      "insert into never_synced(company, mailbox, normal, written)"
      " select company, $4, normal, min(written)" +
          before + " group by company, normal",
      writing.company, box.owner, box.address_normal, box.id);
  db.change("delete" + before, writing.company, box.owner, box.address_normal);
}

// Numbered below zero: what others see of the ledger has no gaps that would tell of these. What
// came before somebody was named lies here, and wasn't withheld.
void apply(Writing& writing, const RecordWithheld& change) {
  const auto& at = change.at;
  writing.db.change(
      "insert into body_ledger(company, mailbox, number, at, folder, uid_validity, uid, rule,"
      " octets) select $1, $2, (select case when min(l.number) < 0 then min(l.number) - 1"
      "  else -1 end from body_ledger l where l.company = $1 and l.mailbox = $2), $4, f.name, $5,"
      " $6, $7, 0 from folders f where f.company = $1 and f.mailbox = $2 and f.id = $3"
      " and not exists (select 1 from body_ledger l where l.company = $1 and l.mailbox = $2"
      "  and l.folder = f.name and l.uid_validity = $5 and l.uid = $6"
      "  and l.rule = 'never-synced')"
      " and not exists (select 1 from copies c where c.company = $1 and c.mailbox = $2"
      "  and c.folder = $3 and c.uid_validity = $5 and c.uid = $6 and c.here = 1)"
      " and not exists (select 1 from copies c where c.company = $1 and c.mailbox = $2"
      "  and c.message_id = $8 and c.message_id <> '')",
      writing.company, at.mailbox, at.folder, change.when, at.uid_validity, at.uid,
      rules::kNeverSyncedRule, change.message_id);
}

void expect(Writing& writing, const NeverSyncedIs& expected) {
  if (entries_of(writing.db, writing.company, expected.mailbox) != expected.entries)
    broken_expectation();
}

}  // namespace hearback::store
