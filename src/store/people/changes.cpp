#include "store/people/changes.hpp"

#include <set>

#include "base/limits.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/mailboxes/proofs.hpp"
#include "store/people/internal_addresses.hpp"
#include "store/people/sessions.hpp"
#include "store/people/uploads.hpp"
#include "store/threads/taking_up.hpp"

namespace hearback::store {
namespace {

void insert_user(Writing& writing, const PutUser& change) {
  const auto& user = change.user;
  writing.db.change(
      "insert into users(company, id, name, email, email_normal, role, all_jobs, active, language,"
      " time_zone, signature_html, after_answer, password_hash)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
      " on conflict (company, id) do update set name = excluded.name, email = excluded.email,"
      " email_normal = excluded.email_normal, role = excluded.role,"
      " all_jobs = excluded.all_jobs, active = excluded.active, language = excluded.language,"
      " time_zone = excluded.time_zone, signature_html = excluded.signature_html,"
      " after_answer = excluded.after_answer",
      writing.company, user.id, user.name, user.email, user.email_normal, user.role, user.all_jobs,
      user.active, user.language, user.time_zone, user.signature_html, user.after_answer,
      change.password_hash.value_or(""));
  if (change.password_hash)
    writing.db.change("update users set password_hash = $3 where company = $1 and id = $2",
                      writing.company, user.id, *change.password_hash);
}

}  // namespace

void refuse_one_more(Writing& writing, std::string_view rows, std::optional<UserId> user,
                     std::size_t most, const Error& why) {
  const std::string count = "select count(*) from " + std::string(rows);
  auto row =
      user ? writing.db.row(count, writing.company, *user) : writing.db.row(count, writing.company);
  if (static_cast<std::size_t>(row->number()) >= most) throw Refused{why};
}

void count_one_more_today(Writing& writing, UserId user, std::string_view table, Instant at,
                          std::size_t most, const Error& why) {
  const std::int64_t day = std::chrono::milliseconds(std::chrono::hours(24)).count();
  auto row = writing.db.row(
      "insert into day_counts(company, user_id, counted, day, made) values ($1, $2, $3, $4, 1)"
      " on conflict (company, user_id, counted, day) do update set made = day_counts.made + 1"
      " returning made",
      writing.company, user, table, at.ms / day * day);
  if (static_cast<std::size_t>(row->number()) > most) throw Refused{why};
}

// Made before the company's row is locked, by the commit itself (store.cpp).
void apply(Writing& writing, const AddCompany&) {
  writing.tell("directory", writing.company.text());
}

void apply(Writing& writing, const PutUser& change) {
  const auto& user = change.user;
  if (user.email_normal.empty())
    refuse(Kind::input, "user.bad-address", "This isn't a usable e-mail address.",
           "Write it like name@example.org.");
  if (writing.db.row("select 1 from users where company = $1 and email_normal = $2 and id <> $3",
                     writing.company, user.email_normal, user.id))
    refuse(Kind::conflict, "user.address-taken", "Another user has this e-mail address.",
           "Use another address, or change the user who has it.");
  auto before = writing.db.row(
      "select email_normal, active, case when role = 'admin' or all_jobs = 1 then 1"
      " else 0 end from users where company = $1 and id = $2",
      writing.company, user.id);
  const auto old_address = before ? before->text() : std::string();
  const bool was_active = before ? before->flag() : user.active;
  const bool saw_all = before && before->flag();
  const bool sees_all = user.role == rules::Role::admin || user.all_jobs;
  if (!before)
    refuse_one_more(writing, "users where company = $1", {}, Limits{}.users_of_company,
                    {Kind::conflict, "users.too-many", "There are too many users.",
                     "Tell whoever runs this server."});
  const bool moved = old_address != user.email_normal;
  if (moved) refuse_connected_sign_in(writing, user);
  insert_user(writing, change);
  if (moved) {
    sign_in_moved(writing, user, change.at);
    keep_internal_out(writing, user.email_normal, change.at);
  }
  if (!user.active) refuse_claims_by(writing, user.id, change.at);
  if (!user.active || (saw_all && !sees_all)) take_up_again(writing, {user.id}, change.at);
  // Who comes back signs in anew (O-5).
  if (!user.active) {
    end_sessions(writing, user.id);
    end_tokens(writing, user.id);
  }
  // Nor does anybody come in any more by a link of whoever can't make one.
  if (!user.active || user.role != rules::Role::admin)
    writing.db.change("delete from user_links where company = $1 and made_by = $2", writing.company,
                      user.id);
  // A link was made for whoever had the address then.
  if (!user.active || (moved && before))
    writing.db.change("delete from user_links where company = $1 and user_id = $2", writing.company,
                      user.id);
  // Their mailboxes stop with them, and go on when they come back.
  if (was_active != user.active)
    for (auto& row : writing.db.rows(
             "select id from mailboxes where company = $1 and owner = $2 and removed = 0",
             writing.company, user.id)) {
      const auto mailbox = row.id<MailboxId>();
      writing.tell_of(mailbox, "mailbox", mailbox.text());
      if (user.active) look_into_sent_again(writing, mailbox);
    }
  writing.tell("user", user.id.text());
}

namespace {

bool leads(const rules::User& user) { return user.active && user.role == rules::Role::admin; }

std::optional<rules::User> user_with(Writing& writing, UserId id) {
  auto row = writing.db.row(
      "select " + std::string(kUserColumns) + " from users u where u.company = $1 and u.id = $2",
      writing.company, id);
  return row ? std::optional(read_user(*row)) : std::nullopt;
}

void expect_leads(Writing& writing, UserId user) {
  const auto asker = user_with(writing, user);
  if (!asker || !leads(*asker))
    refuse(Kind::denied, "access.denied", "Your role doesn't allow this.",
           "Ask a colleague whose role does.");
}

std::string rights_of(const rules::User& user) {
  std::string words(rules::word_of(user.role));
  return user.all_jobs && user.role != rules::Role::admin ? words + " all-jobs" : words;
}

// Both of two who would leave the company without one are committed one after the other.
void expect_an_admin_is_left(Writing& writing, UserId without) {
  if (!writing.db.row("select 1 from users where company = $1 and id <> $2 and active = 1"
                      " and role = $3 and password_hash <> '' limit 1",
                      writing.company, without, rules::Role::admin))
    refuse(Kind::conflict, "user.last-admin", "Nobody else who can sign in is an admin.",
           "Make a colleague admin first, one who has set a password.");
}

}  // namespace

void apply(Writing& writing, const ChangeCompany& change) {
  expect_leads(writing, change.by);
  writing.db.change("update companies set name = $2 where company = $1", writing.company,
                    change.name);
  writing.happened({.at = change.at,
                    .kind = "company.renamed",
                    .subject = writing.company.text(),
                    .candidate = {},
                    .user = change.by,
                    .how = "person"});
  // It stands on everybody's page.
  writing.tell("user", change.by.text());
}

void apply(Writing& writing, const ChangeUser& change) {
  expect_leads(writing, change.by);
  const auto before = user_with(writing, change.user);
  if (!before) refuse(Kind::missing, "user.missing", "There is no such user.");
  auto user = *before;
  if (change.name) user.name = *change.name;
  if (change.language) user.language = *change.language;
  if (change.time_zone) user.time_zone = *change.time_zone;
  if (change.address) {
    user.email = change.address->email;
    user.email_normal = change.address->normal;
  }
  if (change.role) user.role = *change.role;
  // What an admin sees anyhow was nobody's decision.
  if (before->role == rules::Role::admin && user.role != rules::Role::admin) user.all_jobs = false;
  if (change.all_jobs) user.all_jobs = *change.all_jobs;
  if (change.active) user.active = *change.active;
  if (user == *before) return;
  if (leads(*before) && !leads(user)) expect_an_admin_is_left(writing, user.id);
  apply(writing, PutUser{user, std::nullopt, change.at});
  const auto tell_journal = [&](std::string kind, std::string was, std::string is) {
    writing.happened({.at = change.at,
                      .kind = std::move(kind),
                      .subject = user.id.text(),
                      .candidate = {},
                      .user = change.by,
                      .how = "person",
                      .before = std::move(was),
                      .after = std::move(is)});
  };
  if (rights_of(*before) != rights_of(user)) {
    tell_journal("user.rights-changed", rights_of(*before), rights_of(user));
    writing.tell("directory", user.id.text());
  }
  if (before->email_normal != user.email_normal) tell_journal("user.address-changed", {}, {});
  if (before->active != user.active) {
    tell_journal(user.active ? "user.let-in" : "user.deactivated", {}, {});
    if (!user.active) fail_waiting(writing, user.id, "author.inactive", change.at);
  }
}

void apply(Writing& writing, const ChangeProfile& change) {
  if (writing.db.change(
          "update users set name = coalesce($3, name), language = coalesce($4, language),"
          " time_zone = coalesce($5, time_zone), signature_html = coalesce($6, signature_html),"
          " after_answer = coalesce($7, after_answer)"
          " where company = $1 and id = $2 and active = 1",
          writing.company, change.user, change.name, change.language, change.time_zone,
          change.signature_html, change.after_answer) == 0)
    refuse(Kind::missing, "user.missing", "There is no such user.");
  writing.tell("user", change.user.text());
}

// One who invites once more takes the place of their earlier word.
void apply(Writing& writing, const AddInvitation& change) {
  writing.db.change(
      "delete from invitations where company = $1 and from_user = $2 and to_user = $3",
      writing.company, change.from, change.to);
  writing.db.change(
      "insert into invitations(company, id, from_user, to_user, at) values ($1, $2, $3, $4, $5)",
      writing.company, change.id, change.from, change.to, change.at);
  writing.tell("user", change.to.text(), {}, change.to);
}

void apply(Writing& writing, const AddUpload& change) {
  writing.db.change(
      "insert into uploads(company, id, user_id, filename, type, blob_id, octets, at)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)",
      writing.company, change.id, change.user, change.filename, change.type, change.blob,
      change.octets, change.at);
  // Here, and not before the commit alone: of several at once each would find room.
  const auto kept = uploads_kept(writing.db, writing.company, change.user);
  if (!kept.own.within(change.own_most) || !kept.all.within(change.all_most))
    throw Refused{uploads_too_many()};
}

void apply(Writing& writing, const UseUploads& change) {
  std::vector<BlobId> blobs;
  in_chunks({value_of(writing.company), value_of(change.user)}, values_of(change.uploads),
            [&](InList list, Params params) {
              for (auto& row : writing.db
                                   .run("delete from uploads where company = $1 and user_id = $2"
                                        " and id in " +
                                            list + " returning blob_id",
                                        params)
                                   .rows)
                blobs.push_back(row.id<BlobId>());
            });
  // Another message took it at the same moment, or housekeeping did.
  if (blobs.size() < std::set(change.uploads.begin(), change.uploads.end()).size())
    refuse(Kind::input, "upload.missing", "One of the files is not there.", "Attach it once more.");
  drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
}

void apply(Writing& writing, const RecordIdempotent& change) {
  const auto added = writing.db.change(
      "insert into idempotent_answers(company, user_id, key, request_hash, status, body, at)"
      " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
      writing.company, change.user, change.key, change.request_hash, change.status, change.body,
      change.at);
  if (added == 0)
    refuse(Kind::conflict, "idempotency.key-used", "This request was already answered.",
           "Read the answer that it got.");
}

}  // namespace hearback::store
