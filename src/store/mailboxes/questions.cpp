#include "store/mailboxes/questions.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/text.hpp"
#include "rules/ownership.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

bool mailbox_visible(Db& db, const rules::Scope& scope, MailboxId mailbox) {
  return scoped_row(db, scope,
                    "select 1 from mailboxes b where b.company = $1 and b.id = $4"
                    " and b.removed = 0 and " +
                        may_use_mailbox(scope, "b.id", rules::MailboxRight::manage),
                    mailbox)
      .has_value();
}

std::optional<rules::Resting> read_resting(Row& row) {
  rules::Resting resting;
  resting.why = row.text();
  resting.since = row.maybe_instant().value_or(Instant{});
  resting.next_try = row.maybe_instant().value_or(Instant{});
  if (resting.why.empty()) return std::nullopt;
  return resting;
}

}  // namespace

// Whoever has a few doesn't look at all of the company's: what they are members of is read first
// (0018).
AnswerTo<Mailboxes> answer(Reading& reading, const Mailboxes& question) {
  const auto shown = rows_of(question.page);
  const auto cursor = cursor_of(question.page);
  const bool all = question.scope.kind == rules::Scope::Kind::engine;
  const std::string among =
      all ? "mailboxes b"
          : "(select m.mailbox from mailbox_members m where m.company = $1 and m.kind = 'user'"
            " and m.member = $2 and m.mailbox > $4 union select m.mailbox from job_team t"
            " join mailbox_members m on m.company = t.company and m.kind = 'team'"
            " and m.member = t.job where t.company = $1 and t.user_id = $2 and m.mailbox > $4"
            " order by mailbox limit 1000000 offset 0) mine cross join mailboxes b";
  const std::string own = all ? " and b.id > $4" : " and b.id = mine.mailbox";
  std::vector<rules::Mailbox> boxes;
  for (auto& row : scoped_rows(reading.db, question.scope,
                               "select " + std::string(kMailboxColumns) + " from " + among +
                                   " where b.company = $1 and b.removed = 0" + own + " and " +
                                   may_use_mailbox(question.scope, "b.id", question.right) +
                                   " order by " + (all ? "b.id" : "mine.mailbox") + " limit $5",
                               cursor ? MailboxId{cursor->id} : MailboxId{}, shown + 1))
    boxes.push_back(read_mailbox(row));
  return page_of(std::move(boxes), shown,
                 [](const rules::Mailbox& box) { return Cursor{{}, box.id.bytes}; });
}

AnswerTo<MailboxById> answer(Reading& reading, const MailboxById& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select " + std::string(kMailboxColumns) +
                            " from mailboxes b where b.company = $1 and b.id = $4"
                            " and b.removed = 0 and " +
                            may_use_mailbox(question.scope, "b.id", question.right),
                        question.mailbox);
  if (!row) return std::nullopt;
  return read_mailbox(*row);
}

AnswerTo<MailboxSecret> answer(Reading& reading, const MailboxSecret& question) {
  if (question.scope.kind != rules::Scope::Kind::engine)
    refuse(Kind::denied, "mailbox.secret-denied", "Passwords are never shown.");
  const auto company = question.scope.company;
  auto row = reading.db.row("select b.imap_secret, b.smtp_secret, b.imap_proven, " +
                                std::string(kMailboxColumns) +
                                " from mailboxes b where b.company = $1 and b.id = $2"
                                " and b.removed = 0 and b.address_proof <> 'refused'",
                            company, question.mailbox);
  if (!row) refuse(Kind::missing, "mailbox.missing", "There is no such mailbox.");
  const auto imap = row->blob(), smtp = row->blob();
  const auto imap_proven = row->maybe_instant();
  const auto box = read_mailbox(*row);
  const auto open = [&](const std::string& sealed, std::string_view protocol,
                        const rules::ServerSettings& server) {
    auto plain = reading.vault.open(sealed, password_purpose(company, box.id, protocol, server));
    if (!plain)
      refuse(Kind::permanent, "mailbox.secret-unreadable",
             "The stored password doesn't belong to this mailbox's server settings.",
             "Enter the mailbox's password again.");
    return *plain;
  };
  return {open(imap, "imap", box.imap), open(smtp, "smtp", box.smtp), imap_proven};
}

AnswerTo<MailboxOwners> answer(Reading& reading, const MailboxOwners& question) {
  std::vector<MailboxOwners::Row> owners;
  if (question.scope.kind != rules::Scope::Kind::engine && !question.scope.admin) return owners;
  in_chunks(
      {value_of(question.scope.company)}, values_of(question.of), [&](InList list, Params params) {
        for (auto& row :
             reading.db
                 .run("select owner, max(case when address_proof = 'none' then 0 else 1 end),"
                      " max(case when address_proof = 'none' then 1 else 0 end) from mailboxes"
                      " where company = $1 and removed = 0 and address_proof <> 'refused'"
                      " and owner in " +
                          list + " group by owner order by owner",
                      params)
                 .rows) {
          auto& one = owners.emplace_back();
          one.owner = row.id<UserId>();
          one.connected = row.flag();
          one.waits = row.flag();
        }
      });
  return owners;
}

AnswerTo<OfferedServers> answer(Reading& reading, const OfferedServers& question) {
  constexpr int kLookedAt = 200;  // of admins' mailboxes: few, in whatever company
  for (auto& row : reading.db.rows("select " + std::string(kUserColumns) + ", " + kMailboxColumns +
                                       " from users u join mailboxes b on b.company = u.company"
                                       "  and b.owner = u.id and b.removed = 0"
                                       " where u.company = $1 and u.role = 'admin' and u.active = 1"
                                       " order by b.connected, b.id limit $2",
                                   question.scope.company, kLookedAt)) {
    const auto owner = read_user(row);
    const auto mailbox = read_mailbox(row);
    if (rules::offers_servers(mailbox, owner, question.domain))
      return OfferedServers::Row{owner.name, mailbox.imap, mailbox.smtp};
  }
  return std::nullopt;
}

namespace {

constexpr std::string_view kFolders =
    "select f.id, f.name, f.wire_name, f.role, f.role_by_user, f.special_use, f.delimiter,"
    " f.uid_validity, f.read_since, f.rests_for, f.rests_since, f.next_try, f.missed"
    " from folders f"
    " where f.company = $1 and f.mailbox = $2";

rules::Folder read_folder(Row& row, MailboxId mailbox) {
  rules::Folder folder;
  folder.mailbox = mailbox;
  folder.id = row.id<FolderId>();
  folder.name = row.text();
  folder.wire_name = row.text();
  folder.role = row.word<rules::FolderRole>();
  folder.role_by_user = row.flag();
  folder.special_use = row.text();
  folder.delimiter = read_delimiter(row.text());
  folder.uid_validity = static_cast<std::uint32_t>(row.number());
  folder.read_since = row.maybe_instant();
  folder.resting = read_resting(row);
  return folder;
}

std::string condition_of(Folders::Which which) {
  switch (which) {
    case Folders::Which::listed: return " and f.listed = 1";
    case Folders::Which::known: return "";
    case Folders::Which::chosen: return " and f.listed = 1 and f.role_by_user = 1";
    case Folders::Which::outgoing:
      return " and f.listed = 1 and f.role = '" +
             std::string(word_of(rules::FolderRole::outgoing)) + "'";
  }
  std::unreachable();
}

}  // namespace

AnswerTo<FolderById> answer(Reading& reading, const FolderById& question) {
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return std::nullopt;
  auto row = reading.db.row(std::string(kFolders) + " and f.id = $3 and f.listed = 1",
                            question.scope.company, question.mailbox, question.folder);
  if (!row) return std::nullopt;
  return read_folder(*row, question.mailbox);
}

AnswerTo<ImportedByFolder> answer(Reading& reading, const ImportedByFolder& question) {
  AnswerTo<ImportedByFolder> imported;
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return imported;
  for (auto& row : reading.db.rows("select folder, count(*) from copies where company = $1"
                                   " and mailbox = $2 and here = 1 group by folder",
                                   question.scope.company, question.mailbox)) {
    const auto folder = row.id<FolderId>();
    imported[folder] = static_cast<std::uint64_t>(row.number());
  }
  return imported;
}

AnswerTo<Folders> answer(Reading& reading, const Folders& question) {
  std::vector<Folders::Row> folders;
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return folders;
  const auto company = question.scope.company;
  std::unordered_map<FolderId, std::size_t> places;
  for (auto& row : reading.db.rows(
           std::string(kFolders) + condition_of(question.which) + " order by f.wire_name", company,
           question.mailbox)) {
    auto folder = read_folder(row, question.mailbox);
    folders.push_back({std::move(folder), {}, row.flag()});
    places[folders.back().folder.id] = folders.size() - 1;
  }
  if (folders.empty()) return folders;
  for (auto& row :
       reading.db.rows("select folder, first_uid, last_uid, match_revision, since,"
                       " judged_anew from folder_ranges where company = $1 and mailbox = $2"
                       " order by folder, first_uid",
                       company, question.mailbox)) {
    const auto place = places.find(row.id<FolderId>());
    if (place == places.end()) continue;
    auto& range = folders[place->second].ranges.emplace_back();
    range.first = static_cast<std::uint32_t>(row.number());
    range.last = static_cast<std::uint32_t>(row.number());
    range.match_revision = static_cast<std::uint64_t>(row.number());
    range.since = row.instant();
    range.anew = static_cast<std::uint64_t>(row.number());
  }
  return folders;
}

AnswerTo<MailboxHealth> answer(Reading& reading, const MailboxHealth& question) {
  AnswerTo<MailboxHealth> health;
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return health;
  for (auto& row : reading.db.rows(
           "select case when f.read_since <= b.window_since then 0 else 1 end,"
           " case when f.rests_for = '' then 0 else 1 end, count(*)"
           " from folders f join mailboxes b on b.company = f.company and b.id = f.mailbox"
           " where f.company = $1 and f.mailbox = $2 and f.listed = 1 and f.role <> $3"
           " group by 1, 2",
           question.scope.company, question.mailbox, rules::FolderRole::ignored)) {
    const bool left = row.flag(), resting = row.flag();
    const auto count = static_cast<std::uint64_t>(row.number());
    if (left) health.folders_left += count;
    if (left && resting) health.folders_left_resting += count;
    if (resting) health.folders_resting += count;
  }
  return health;
}

AnswerTo<FolderInForce> answer(Reading& reading, const FolderInForce& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select f.role, " + std::string(kMailboxColumns) +
                            " from mailboxes b join folders f on f.company = b.company"
                            "  and f.mailbox = b.id and f.id = $5 and f.listed = 1"
                            " where b.company = $1 and b.id = $4 and b.removed = 0 and " +
                            may_use_mailbox(question.scope, "b.id", rules::MailboxRight::manage),
                        question.mailbox, question.folder);
  if (!row) return std::nullopt;
  const auto role = row->word<rules::FolderRole>();
  const auto mailbox = read_mailbox(*row);
  return FolderInForce::Row{rules::may_be_read(mailbox), mailbox.window_since, mailbox.judged_anew,
                            role};
}

namespace {

// "at number"; of the first page: after all there is.
struct InLedger {
  std::int64_t at = INT64_MAX, number = INT64_MAX;
};

InLedger place_in_ledger(const PageRequest& page) {
  const auto cursor = cursor_of(page);
  if (!cursor) return {};
  const auto parts = split(cursor->key, ' ');
  if (parts.size() != 2) refuse_cursor();
  const auto signed_number = [](std::string_view digits) {
    const bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    const auto number = to_number(digits);
    if (!number || *number > static_cast<std::uint64_t>(INT64_MAX)) refuse_cursor();
    return negative ? -static_cast<std::int64_t>(*number) : static_cast<std::int64_t>(*number);
  };
  return {signed_number(parts[0]), signed_number(parts[1])};
}

}  // namespace

// What was withheld is its owner's to see, and nobody's who manages a shared mailbox: with the
// headers before their eyes they could tell by it who is named (C-14).
AnswerTo<BodyLedger> answer(Reading& reading, const BodyLedger& question) {
  const auto& scope = question.scope;
  if (!mailbox_visible(reading.db, scope, question.mailbox)) return {};
  struct Placed {
    BodyLedger::Row row;
    std::int64_t number = 0;
  };
  const auto shown = rows_of(question.page);
  const auto after = place_in_ledger(question.page);
  const bool all = scope.kind == Scope::Kind::engine;
  std::vector<Placed> placed;
  for (auto& row : reading.db.rows(
           "select number, at, folder, uid, rule, octets from body_ledger"
           " where company = $1 and mailbox = $2 and (at, number) < ($3, $4)"
           " and (rule <> 'never-synced' or $6 = 1 or exists (select 1 from mailboxes b"
           "  where b.company = $1 and b.id = $2 and b.owner = $7))"
           " order by at desc, number desc limit $5",
           scope.company, question.mailbox, after.at, after.number, shown + 1, all, scope.user)) {
    auto& one = placed.emplace_back();
    one.number = row.number();
    one.row.at = row.instant();
    one.row.folder = row.text();
    one.row.uid = static_cast<std::uint32_t>(row.number());
    one.row.rule = row.text();
    one.row.octets = static_cast<std::uint64_t>(row.number());
  }
  auto page = page_of(std::move(placed), shown, [](const Placed& one) {
    return Cursor{std::to_string(one.row.at.ms) + ' ' + std::to_string(one.number), {}};
  });
  AnswerTo<BodyLedger> answered;
  answered.next = std::move(page.next);
  for (auto& one : page.rows) answered.rows.push_back(std::move(one.row));
  return answered;
}

AnswerTo<BodiesByHour> answer(Reading& reading, const BodiesByHour& question) {
  constexpr Duration kHour = std::chrono::hours(1), kDay = 24 * kHour;
  std::vector<BodiesByHour::Row> hours;
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return hours;
  // What a clock that was ahead wrote down is nobody's past.
  for (auto& row : reading.db.rows("select ($4 - at) / $5, count(*),"
                                   " cast(coalesce(sum(octets), 0) as bigint) from body_ledger"
                                   " where company = $1 and mailbox = $2 and at > $3 and at <= $4"
                                   " and rule <> 'never-synced'"
                                   " group by 1 order by 1",
                                   question.scope.company, question.mailbox, question.now + -kDay,
                                   question.now, kHour.count())) {
    auto& hour = hours.emplace_back();
    hour.ago = row.number();
    hour.messages = static_cast<std::uint64_t>(row.number());
    hour.octets = static_cast<std::uint64_t>(row.number());
  }
  return hours;
}

namespace {

constexpr std::string_view kAttempts =
    "select i.folder, i.uid_validity, i.uid, f.name, i.reason, i.attempts, i.since, i.given_up,"
    " i.raw from import_attempts i join folders f on f.company = i.company"
    " and f.mailbox = i.mailbox and f.id = i.folder where i.company = $1 and i.mailbox = $2";

Quarantined::Row read_attempt(Row& row, MailboxId mailbox) {
  Quarantined::Row one;
  one.at.mailbox = mailbox;
  one.at.folder = row.id<FolderId>();
  one.at.uid_validity = static_cast<std::uint32_t>(row.number());
  one.at.uid = static_cast<std::uint32_t>(row.number());
  one.folder = row.text();
  one.reason = row.text();
  one.attempts = static_cast<int>(row.number());
  one.since = row.instant();
  one.given_up = row.flag();
  one.raw = row.maybe_id<BlobId>();
  return one;
}

// "since uid_validity uid"; of the first page: before all there is.
struct Position {
  std::int64_t since = INT64_MAX;
  FolderId folder = {};
  std::int64_t uid_validity = 0, uid = 0;
};

Position position_of(const PageRequest& page) {
  const auto cursor = cursor_of(page);
  if (!cursor) return {};
  std::vector<std::int64_t> numbers;
  for (const auto part : split(cursor->key, ' ')) {
    const auto number = to_number(part);
    if (!number || *number > static_cast<std::uint64_t>(INT64_MAX)) break;
    numbers.push_back(static_cast<std::int64_t>(*number));
  }
  if (numbers.size() != 3)
    refuse(Kind::input, "page.bad-cursor", "This page doesn't exist.",
           "Begin with the first page.");
  return {numbers[0], FolderId{cursor->id}, numbers[1], numbers[2]};
}

Cursor cursor_at(const Quarantined::Row& row) {
  return {std::to_string(row.since.ms) + " " + std::to_string(row.at.uid_validity) + " " +
              std::to_string(row.at.uid),
          row.at.folder.bytes};
}

}  // namespace

// Attempts under way have no reason yet; they concern the engines alone.
AnswerTo<Quarantined> answer(Reading& reading, const Quarantined& question) {
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return {};
  const auto shown = rows_of(question.page);
  const auto after = position_of(question.page);
  const bool engine = question.scope.kind == rules::Scope::Kind::engine;
  std::vector<Quarantined::Row> rows;
  for (auto& row :
       reading.db.rows(std::string(kAttempts) +
                           " and ($8 = 1 or i.reason <> '') and i.since <= $3 and (i.since < $3"
                           "  or (i.folder, i.uid_validity, i.uid) > ($4, $5, $6))"
                           " order by i.since desc, i.folder, i.uid_validity, i.uid limit $7",
                       question.scope.company, question.mailbox, after.since, after.folder,
                       after.uid_validity, after.uid, shown + 1, engine))
    rows.push_back(read_attempt(row, question.mailbox));
  return page_of(std::move(rows), shown, cursor_at);
}

AnswerTo<QuarantinedAt> answer(Reading& reading, const QuarantinedAt& question) {
  std::vector<Quarantined::Row> rows;
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return rows;
  const bool engine = question.scope.kind == rules::Scope::Kind::engine;
  std::vector<Value> uids;
  for (const auto uid : question.uids) uids.push_back(value_of(uid));
  in_chunks({value_of(question.scope.company), value_of(question.mailbox),
             value_of(question.folder), value_of(engine)},
            uids, [&](InList list, Params params) {
              for (auto& row : reading.db
                                   .run(std::string(kAttempts) +
                                            " and i.folder = $3 and ($4 = 1 or i.reason <> '')"
                                            " and i.uid in " +
                                            list,
                                        params)
                                   .rows)
                rows.push_back(read_attempt(row, question.mailbox));
            });
  return rows;
}

AnswerTo<QuarantinedCount> answer(Reading& reading, const QuarantinedCount& question) {
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return 0;
  auto row = reading.db.row(
      "select count(*) from (select 1 from import_attempts i where i.company = $1"
      " and i.mailbox = $2 and i.reason <> '' limit $3) x",
      question.scope.company, question.mailbox, question.most);
  return static_cast<std::uint64_t>(row->number());
}

AnswerTo<ToRetry> answer(Reading& reading, const ToRetry& question) {
  std::vector<Quarantined::Row> rows;
  if (question.scope.kind != rules::Scope::Kind::engine) return rows;
  const auto after = question.after.value_or(rules::Location{});
  for (auto& row :
       reading.db.rows(std::string(kAttempts) +
                           " and i.given_up = 0 and ($3 = 0 or (i.attempts = 0 and i.reason <> ''))"
                           " and (i.folder, i.uid_validity, i.uid) > ($4, $5, $6)"
                           " order by i.folder, i.uid_validity, i.uid limit $7",
                       question.scope.company, question.mailbox, question.asked_for, after.folder,
                       after.uid_validity, after.uid, question.rows))
    rows.push_back(read_attempt(row, question.mailbox));
  return rows;
}

AnswerTo<QuarantinedFor> answer(Reading& reading, const QuarantinedFor& question) {
  if (!mailbox_visible(reading.db, question.scope, question.mailbox)) return 0;
  std::size_t found = 0;
  const std::string where = question.where == QuarantinedFor::Where::there ? "=" : "<>";
  for (const auto& reason : question.reasons)
    found += static_cast<std::size_t>(
        reading.db
            .row("select count(*) from (select 1 from import_attempts where company = $1"
                 " and mailbox = $2 and reason = $3 and folder " +
                     where + " $4 limit $5) counted",
                 question.scope.company, question.mailbox, reason, question.folder, question.most)
            ->number());
  return std::min(found, question.most);
}

}  // namespace hearback::store
