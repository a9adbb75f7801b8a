#include "store/mailboxes/folders.hpp"

#include <unordered_map>
#include <unordered_set>

#include "rules/folder_roles.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/mailboxes/folder_parts.hpp"

namespace hearback::store {
namespace {

struct Present {
  FolderId id;
  std::string wire_name;
  rules::FolderRole role = rules::FolderRole::ignored;
  bool role_by_user = false;
  bool listed = true;
};

std::vector<Present> present_folders(Writing& writing, MailboxId mailbox) {
  std::vector<Present> present;
  for (auto& row : writing.db.rows("select id, wire_name, role, role_by_user, listed from folders"
                                   " where company = $1 and mailbox = $2 order by id",
                                   writing.company, mailbox)) {
    auto& folder = present.emplace_back();
    folder.id = row.id<FolderId>();
    folder.wire_name = row.text();
    folder.role = row.word<rules::FolderRole>();
    folder.role_by_user = row.flag();
    folder.listed = row.flag();
  }
  return present;
}

// By their ids (then they may have been renamed), else by their names on the server.
class Known {
 public:
  Known(const std::vector<Present>& present, const std::vector<rules::Folder>& listed) {
    std::unordered_set<FolderId> ids;
    for (const auto& folder : listed) ids.insert(folder.id);
    for (const auto& one : present) {
      by_id_.emplace(one.id, &one);
      if (!ids.contains(one.id)) by_name_.emplace(one.wire_name, &one);
    }
  }
  const Present* find(const rules::Folder& folder) const {
    if (const auto found = by_id_.find(folder.id); found != by_id_.end()) return found->second;
    const auto found = by_name_.find(folder.wire_name);
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<FolderId, const Present*> by_id_;
  std::unordered_map<std::string_view, const Present*> by_name_;
};

std::vector<BlobId> forget_attempts(Writing& writing, MailboxId mailbox, FolderId folder) {
  std::vector<BlobId> blobs;
  for (auto& row : writing.db.rows("delete from import_attempts where company = $1"
                                   " and mailbox = $2 and folder = $3 returning raw",
                                   writing.company, mailbox, folder))
    if (const auto raw = row.maybe_id<BlobId>()) blobs.push_back(*raw);
  return blobs;
}

// While it was ignored nobody looked there for addresses that were added.
void nobody_looked(Writing& writing, MailboxId mailbox, FolderId folder) {
  writing.db.change("delete from folder_ranges where company = $1 and mailbox = $2 and folder = $3",
                    writing.company, mailbox, folder);
}

// Of a folder in which nothing has been looked at: whether others were settled without it.
constexpr std::string_view kOthersSettled =
    "case when exists (select 1 from folder_ranges s where s.company = $1 and s.mailbox = $2"
    " and s.match_revision > 0) then 1 else 0 end";

// T-3: it was read, and goes, or isn't read any more, before others were asked for what answers the
// mail that it brought: all is judged anew, in this life or the next. Messages are stored before
// the cursor that covers them.
void pay_what_it_owes(Writing& writing, MailboxId mailbox, FolderId folder) {
  writing.db.change(
      "update mailboxes set judged_anew = judged_anew + 1 where company = $1 and id = $2"
      " and exists (select 1 from folders f where f.company = $1 and f.mailbox = $2 and f.id = $3"
      "  and f.missed = 1 and f.listed = 1 and f.role <> $4)"
      " and (exists (select 1 from folder_ranges s where s.company = $1 and s.mailbox = $2"
      "   and s.folder = $3)"
      "  or exists (select 1 from copies c where c.company = $1 and c.mailbox = $2"
      "   and c.folder = $3))",
      writing.company, mailbox, folder, rules::FolderRole::ignored);
}

// What was observed of it holds no more: it is read from now on, or isn't any more.
void not_observed(Writing& writing, MailboxId mailbox, FolderId folder) {
  writing.db.change(
      "update folders set read_since = null, rests_for = '', rests_since = null, next_try = null,"
      " missed = " +
          std::string(kOthersSettled) + " where company = $1 and mailbox = $2 and id = $3",
      writing.company, mailbox, folder);
}

void role_changes(Writing& writing, MailboxId mailbox, FolderId folder, rules::FolderRole before,
                  rules::FolderRole after) {
  const auto ignored = rules::FolderRole::ignored;
  if ((before == ignored) == (after == ignored)) return;
  if (before == ignored) nobody_looked(writing, mailbox, folder);
  if (after == ignored) pay_what_it_owes(writing, mailbox, folder);
  not_observed(writing, mailbox, folder);
}

// S-16: what lies below a folder for which a person chose follows in the same commit, for whoever
// reads there asks only about the folder at hand. Those that aren't listed come first: what took
// the name of one is what is meant by it.
void choices_reach_below(Writing& writing, MailboxId mailbox) {
  std::vector<rules::Folder> folders;
  for (auto& row :
       writing.db.rows("select id, name, role, role_by_user, special_use, delimiter from folders"
                       " where company = $1 and mailbox = $2 order by listed, id",
                       writing.company, mailbox)) {
    auto& folder = folders.emplace_back();
    folder.id = row.id<FolderId>();
    folder.name = row.text();
    folder.role = row.word<rules::FolderRole>();
    folder.role_by_user = row.flag();
    folder.special_use = row.text();
    folder.delimiter = read_delimiter(row.text());
  }
  const auto before = folders;
  rules::choices_reach_below(folders);
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const auto& folder = folders[i];
    if (folder.role == before[i].role) continue;
    role_changes(writing, mailbox, folder.id, before[i].role, folder.role);
    writing.db.change(
        "update folders set role = $4 where company = $1 and mailbox = $2 and id = $3",
        writing.company, mailbox, folder.id, folder.role);
  }
}

// What lay in the folder isn't there any more, as far as anybody knows; the messages stay.
void forget_places(Writing& writing, MailboxId mailbox, FolderId folder) {
  writing.db.change(
      "update copies set here = 0 where company = $1 and mailbox = $2"
      " and folder = $3",
      writing.company, mailbox, folder);
  nobody_looked(writing, mailbox, folder);
  drop_unused_blobs(writing.db, writing.company, forget_attempts(writing, mailbox, folder),
                    writing.files_to_remove);
}

void tell(Writing& writing, MailboxId mailbox, UserId) {
  writing.tell_of(mailbox, "mailbox", mailbox.text());
}

[[noreturn]] void refuse_as_reset() {
  refuse(Kind::conflict, "folder.reset", "The folder was reset meanwhile.", "Look again.");
}

std::uint32_t uid_validity_of(Writing& writing, MailboxId mailbox, FolderId folder) {
  auto row = writing.db.row(
      "select uid_validity from folders where company = $1 and mailbox = $2 and id = $3",
      writing.company, mailbox, folder);
  if (!row) refuse(Kind::missing, "folder.missing", "There is no such folder.");
  return static_cast<std::uint32_t>(row->number());
}

}  // namespace

void forget_account(Writing& writing, MailboxId mailbox) {
  const auto present = present_folders(writing, mailbox);
  for (const auto& folder : present) forget_places(writing, mailbox, folder.id);
  for (const auto& folder : present) not_observed(writing, mailbox, folder.id);
  writing.db.change("update folders set uid_validity = 0 where company = $1 and mailbox = $2",
                    writing.company, mailbox);
  writing.db.change(
      "update mailboxes set searched = 0, judged_to = 0 where company = $1 and id = $2",
      writing.company, mailbox);
}

void apply(Writing& writing, const PutFolders& change) {
  auto& db = writing.db;
  const auto owner = owner_of(writing, change.mailbox);
  const auto present = present_folders(writing, change.mailbox);
  std::unordered_set<std::string_view> names;
  for (const auto& folder : change.folders) names.insert(folder.wire_name);
  std::unordered_set<FolderId> kept;
  const Known known_folders(present, change.folders);
  for (const auto& folder : change.folders)
    if (const auto* known = known_folders.find(folder)) kept.insert(known->id);
  // Vanished ones first: their names may be taken by renamed ones.
  for (const auto& known : present) {
    if (kept.contains(known.id)) continue;
    const bool taken = names.contains(known.wire_name);  // by another one
    if (known.role_by_user && !known.listed && !taken) continue;
    pay_what_it_owes(writing, change.mailbox, known.id);
    forget_places(writing, change.mailbox, known.id);
    not_observed(writing, change.mailbox, known.id);
    if (known.role_by_user)
      db.change(
          "update folders set listed = 0, wire_name = $4 where company = $1 and mailbox = $2"
          " and id = $3",
          writing.company, change.mailbox, known.id,
          taken ? "vanished " + known.id.text() : known.wire_name);
    else
      db.change("delete from folders where company = $1 and mailbox = $2 and id = $3",
                writing.company, change.mailbox, known.id);
  }
  // Likewise of those that change names with each other.
  for (const auto& folder : change.folders)
    if (const auto* known = known_folders.find(folder);
        known && known->wire_name != folder.wire_name)
      db.change("update folders set wire_name = $4 where company = $1 and mailbox = $2 and id = $3",
                writing.company, change.mailbox, known->id, "renamed " + known->id.text());
  for (const auto& folder : change.folders) {
    if (const auto* known = known_folders.find(folder)) {
      const bool keep = known->role_by_user && !folder.role_by_user;
      if (!keep) role_changes(writing, change.mailbox, known->id, known->role, folder.role);
      if (!known->listed) not_observed(writing, change.mailbox, known->id);
      db.change(
          "update folders set name = $4, wire_name = $5, role = $6, role_by_user = $7,"
          " special_use = $8, delimiter = $9, listed = 1 where company = $1 and mailbox = $2"
          " and id = $3",
          writing.company, change.mailbox, known->id, folder.name, folder.wire_name,
          keep ? known->role : folder.role, known->role_by_user || folder.role_by_user,
          folder.special_use, delimiter_text(folder.delimiter));
    } else {
      db.change(
          "insert into folders(company, mailbox, id, name, wire_name, role, role_by_user,"
          " special_use, uid_validity, delimiter, missed)"
          " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, " +
              std::string(kOthersSettled) + ")",
          writing.company, change.mailbox, folder.id, folder.name, folder.wire_name, folder.role,
          folder.role_by_user, folder.special_use, folder.uid_validity,
          delimiter_text(folder.delimiter));
    }
  }
  choices_reach_below(writing, change.mailbox);
  tell(writing, change.mailbox, owner);
}

void apply(Writing& writing, const SetFolderRole& change) {
  const auto owner = owner_of(writing, change.mailbox);
  auto row = writing.db.row(
      "select role from folders where company = $1 and mailbox = $2 and id = $3 and listed = 1",
      writing.company, change.mailbox, change.folder);
  if (!row) refuse(Kind::missing, "folder.missing", "There is no such folder.");
  role_changes(writing, change.mailbox, change.folder, row->word<rules::FolderRole>(), change.role);
  writing.db.change(
      "update folders set role = $4, role_by_user = 1"
      " where company = $1 and mailbox = $2 and id = $3",
      writing.company, change.mailbox, change.folder, change.role);
  choices_reach_below(writing, change.mailbox);
  tell(writing, change.mailbox, owner);
}

void apply(Writing& writing, const ResetFolder& change) {
  const auto owner = owner_of(writing, change.mailbox);
  uid_validity_of(writing, change.mailbox, change.folder);
  forget_places(writing, change.mailbox, change.folder);
  writing.db.change(
      "update folders set uid_validity = $4"
      " where company = $1 and mailbox = $2 and id = $3",
      writing.company, change.mailbox, change.folder, change.uid_validity);
  tell(writing, change.mailbox, owner);
}

void apply(Writing& writing, const AdvanceCursor& change) {
  owner_of(writing, change.mailbox);
  if (uid_validity_of(writing, change.mailbox, change.folder) != change.uid_validity)
    refuse_as_reset();
  writing.db.change(
      "delete from folder_ranges where company = $1 and mailbox = $2"
      " and folder = $3",
      writing.company, change.mailbox, change.folder);
  Insertion rows(
      "insert into folder_ranges(company, mailbox, folder, first_uid, last_uid, match_revision,"
      " since, judged_anew)",
      8);
  for (const auto& range : change.ranges)
    rows.row(writing.company, change.mailbox, change.folder, range.first, range.last,
             range.match_revision, range.since, range.anew);
  rows.run(writing.db);
}

void apply(Writing& writing, const LookAtAllAgain& change) {
  owner_of(writing, change.mailbox);
  writing.db.change(
      "update folder_ranges set match_revision = 0 where company = $1 and mailbox = $2",
      writing.company, change.mailbox);
  writing.db.change("update mailboxes set looked_through = $3 where company = $1 and id = $2",
                    writing.company, change.mailbox, change.at);
}

void apply(Writing& writing, const ObserveFolder& change) {
  const auto owner = owner_of(writing, change.mailbox);
  auto before = writing.db.row(
      "select rests_for, read_since from folders where company = $1 and mailbox = $2 and id = $3"
      " and listed = 1 and role <> $4",
      writing.company, change.mailbox, change.folder, rules::FolderRole::ignored);
  if (!before) return;
  const auto& resting = change.resting;
  const std::string why = resting ? resting->why : "";
  writing.db.change(
      "update folders set read_since = $4, rests_for = $5, rests_since = $6, next_try = $7,"
      " missed = $8 where company = $1 and mailbox = $2 and id = $3",
      writing.company, change.mailbox, change.folder, change.read_since, why,
      resting.transform([](const auto& one) { return one.since; }),
      resting.transform([](const auto& one) { return one.next_try; }), change.missed);
  // That it rests on is no news.
  if (before->text() != why || before->maybe_instant() != change.read_since)
    tell(writing, change.mailbox, owner);
}

void apply(Writing& writing, const RecordBody& change) {
  const auto& at = change.at;
  writing.db.change(
      "insert into body_ledger(company, mailbox, number, at, folder, uid_validity, uid, rule,"
      " octets) values ($1, $2, (select coalesce(max(l.number), 0) + 1 from body_ledger l"
      "  where l.company = $1 and l.mailbox = $2 and l.number > 0), $4,"
      " coalesce((select f.name from folders f where f.company = $1 and f.mailbox = $2"
      "  and f.id = $3), ''), $5, $6, $7, $8)",
      writing.company, at.mailbox, at.folder, change.when, at.uid_validity, at.uid, change.rule,
      change.octets);
  ++writing.bodies[at.mailbox];
}

void count_bodies(Writing& writing) {
  for (const auto& [mailbox, bodies] : writing.bodies)
    writing.db.change(
        "update mailboxes set bodies_fetched = bodies_fetched + $3 where company = $1 and id = $2",
        writing.company, mailbox, bodies);
}

// ---- expectations ------------------------------------------------------------------------

void expect(Writing& writing, const FolderIsRead& expected) {
  auto row = writing.db.row(
      "select role, uid_validity from folders where company = $1 and mailbox = $2 and id = $3"
      " and listed = 1",
      writing.company, expected.mailbox, expected.folder);
  if (!row || row->word<rules::FolderRole>() == rules::FolderRole::ignored)
    refuse(Kind::conflict, "folder.not-read", "The folder is not read any more.");
  if (expected.uid_validity != 0 && expected.uid_validity != row->number()) refuse_as_reset();
}

}  // namespace hearback::store
