#include "store/mailboxes/changes.hpp"

#include "rules/ownership.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/mailboxes/folder_parts.hpp"
#include "store/mailboxes/never_synced_parts.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/mailboxes/proofs.hpp"
#include "store/people/internal_addresses.hpp"

namespace hearback::store {
namespace {

Blob sealed_password(Writing& writing, MailboxId mailbox, std::string_view protocol,
                     const rules::ServerSettings& server, const std::string& password) {
  return {
      writing.vault.seal(password, password_purpose(writing.company, mailbox, protocol, server))};
}

[[noreturn]] void missing() {
  refuse(Kind::missing, "mailbox.missing", "There is no such mailbox.");
}

void tell(Writing& writing, MailboxId mailbox, UserId) {
  writing.tell_of(mailbox, "mailbox", mailbox.text());
}

rules::Mailbox standing(Writing& writing, MailboxId mailbox) {
  auto row = writing.db.row("select " + std::string(kMailboxColumns) +
                                " from mailboxes b where b.company = $1 and b.id = $2"
                                " and b.removed = 0",
                            writing.company, mailbox);
  if (!row) missing();
  return read_mailbox(*row);
}

// Of a refused claim nothing is used any more, so nothing is kept for it.
void expect_not_refused(const rules::Mailbox& box) {
  if (box.proof == rules::AddressProof::refused) throw Refused{rules::not_proven(box.proof)};
}

// Without the password, only what the stored one isn't bound to may change (SEC12).
void put_server(Writing& writing, MailboxId mailbox, const std::string& protocol,
                const rules::ServerSettings& before, const rules::ServerSettings& after,
                const std::optional<std::string>& password) {
  if (!password) {
    if (before == after) return;
    refuse(Kind::input, "mailbox.password-needed",
           "The server settings changed, and the stored password is good for the old ones only.",
           "Enter the password again.");
  }
  writing.db.change("update mailboxes set " + protocol + "_host = $3, " + protocol +
                        "_port = $4, " + protocol + "_security = $5, " + protocol + "_user = $6, " +
                        protocol + "_secret = $7 where company = $1 and id = $2",
                    writing.company, mailbox, after.host, after.port, after.security, after.user,
                    sealed_password(writing, mailbox, protocol, after, *password));
}

void insert_mailbox(Writing& writing, const AddMailbox& change) {
  const auto& box = change.mailbox;
  writing.db.change(
      "insert into mailboxes(company, id, kind, owner, address, address_normal, state,"
      " imap_host, imap_port, imap_security, imap_user, imap_secret,"
      " smtp_host, smtp_port, smtp_security, smtp_user, smtp_secret,"
      " consent_at, consent_version, consent_language, window_since, connected, saves_sent,"
      " last_success, last_error, send_error, next_try, headers_seen, bodies_fetched,"
      " address_proof, imap_proven, looked_through, removed)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
      " $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, 0)",
      writing.company, box.id, box.kind, box.owner, box.address, box.address_normal, box.state,
      box.imap.host, box.imap.port, box.imap.security, box.imap.user,
      sealed_password(writing, box.id, "imap", box.imap, change.imap_password), box.smtp.host,
      box.smtp.port, box.smtp.security, box.smtp.user,
      sealed_password(writing, box.id, "smtp", box.smtp, change.smtp_password), box.consent.at,
      box.consent.text_version, box.consent.language, box.window_since, box.connected,
      static_cast<int>(box.saves_sent), box.last_success, box.last_error, box.send_error,
      box.next_try, box.headers_seen, box.bodies_fetched, box.proof, change.imap_proven, box.looked_through);
}

}  // namespace

void look_into_sent_again(Writing& writing, MailboxId id) {
  writing.db.change(
      "update outbox set not_before = 0 where company = $1 and mailbox = $2 and not_before > 0"
      " and (state = 'uncertain' or (state = 'sent' and copy_filed = 0))",
      writing.company, id);
}

UserId owner_of(Writing& writing, MailboxId mailbox) {
  auto row =
      writing.db.row("select owner from mailboxes where company = $1 and id = $2 and removed = 0",
                     writing.company, mailbox);
  if (!row) missing();
  return row->id<UserId>();
}

void apply(Writing& writing, const AddMailbox& change) {
  const auto& box = change.mailbox;
  if (box.address_normal.empty())
    refuse(Kind::input, "mailbox.bad-address", "This isn't a usable e-mail address.",
           "Write it like name@example.org.");
  const bool proven = rules::is_proven(box.proof);
  // One that is switched off stays its owner's; only removing it frees the address.
  if (writing.db.row("select 1 from mailboxes where company = $1 and address_normal = $2"
                     " and removed = 0 and (($4 = 1 and " +
                         std::string(kProven) + ") or (owner = $3 and address_proof <> 'refused'))",
                     writing.company, box.address_normal, box.owner, proven))
    refuse(Kind::conflict, "mailbox.already-connected", "This address is already connected.",
           "A mailbox can be connected once. If it isn't yours to see here, ask your admin who "
           "connected it.");
  for (auto& before :
       writing.db.rows("update mailboxes set removed = 1 where company = $1 and address_normal = $2"
                       " and owner = $3 and removed = 0 and address_proof = 'refused' returning id",
                       writing.company, box.address_normal, box.owner))
    strip_mailbox(writing, before.id<MailboxId>());
  insert_mailbox(writing, change);
  take_over_never_synced(writing, box);
  take_over_declined(writing, box);
  // A personal mailbox has one member, its owner (C-6).
  writing.db.change(
      "insert into mailbox_members(company, mailbox, kind, member, may)"
      " values ($1, $2, 'user', $3, $4)",
      writing.company, box.id, box.owner, rules::MailboxRight::manage);
  if (proven)
    settle_proven(writing, box, box.connected);
  else
    tell_admins_of_claim(writing, box.id);
  writing.happened({.at = box.connected,
                    .kind = "mailbox.connected",
                    .subject = box.id.text(),
                    .user = box.owner,
                    .how = std::string(word_of(box.proof))});
  tell(writing, box.id, box.owner);
}

void apply(Writing& writing, const ChangeMailbox& change) {
  const auto box = standing(writing, change.id);
  expect_not_refused(box);
  put_server(writing, box.id, "imap", box.imap, change.imap, change.imap_password);
  put_server(writing, box.id, "smtp", box.smtp, change.smtp, change.smtp_password);
  if (change.imap_proven || change.imap != box.imap || change.imap_password)
    writing.db.change("update mailboxes set imap_proven = $3 where company = $1 and id = $2",
                      writing.company, change.id, change.imap_proven);
  // They were just seen to work: what they kept from leaving may leave now.
  if (change.smtp != box.smtp || change.smtp_password) {
    writing.db.change("update mailboxes set send_error = '' where company = $1 and id = $2",
                      writing.company, change.id);
    writing.db.change(
        "update outbox set not_before = $3 where company = $1 and mailbox = $2"
        " and state = 'queued' and not_before > $3",
        writing.company, change.id, change.at);
  }
  if (change.imap != box.imap || change.imap_password) look_into_sent_again(writing, box.id);
  if (!rules::same_account(change.imap, box.imap)) forget_account(writing, box.id);
  tell(writing, box.id, box.owner);
}

void apply(Writing& writing, const SetMailboxState& change) {
  const auto box = standing(writing, change.id);
  expect_not_refused(box);
  if (change.from && *change.from != box.state) return;
  const std::string before(word_of(box.state));
  if (const std::string after(word_of(change.state)); before != after)
    writing.happened({.kind = "mailbox.state-changed",
                      .subject = change.id.text(),
                      .before = before,
                      .after = after});
  writing.db.change("update mailboxes set state = $3 where company = $1 and id = $2",
                    writing.company, change.id, change.state);
  if (change.state == rules::MailboxState::active && before != word_of(change.state))
    look_into_sent_again(writing, change.id);
  tell(writing, change.id, box.owner);
}

void apply(Writing& writing, const SetWindow& change) {
  const auto owner = owner_of(writing, change.id);
  writing.db.change("update mailboxes set window_since = $3 where company = $1 and id = $2",
                    writing.company, change.id, change.since);
  tell(writing, change.id, owner);
}

void apply(Writing& writing, const SetMailboxMembers& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  owner_of(writing, change.id);
  if (db.row("select 1 from mailboxes where company = $1 and id = $2 and kind = 'personal'",
             company, change.id))
    refuse(Kind::input, "mailbox.personal", "A personal mailbox is its owner's alone.",
           "Connect it as a shared mailbox instead.");
  for (auto& row : db.rows("delete from mailbox_members where company = $1 and mailbox = $2"
                           " returning kind, member",
                           company, change.id)) {
    const bool team = row.text() == "team";
    if (!team) writing.tell("mailbox", change.id.text(), {}, row.id<UserId>());
  }
  Insertion rows("insert into mailbox_members(company, mailbox, kind, member, may)", 5);
  for (const auto& one : change.members)
    rows.row(company, change.id, one.team ? "team" : "user",
             one.team ? value_of(*one.team) : value_of(one.user), one.right);
  rows.run(db);
  writing.tell_of(change.id, "mailbox", change.id.text());
}

// The row stays for the copies that were imported through it; its passwords and cursors go.
void apply(Writing& writing, const RemoveMailbox& change) {
  auto& db = writing.db;
  const auto owner = owner_of(writing, change.id);
  auto row = db.row("select address_proof from mailboxes where company = $1 and id = $2",
                    writing.company, change.id);
  const auto proof = row->word<rules::AddressProof>();
  strip_mailbox(writing, change.id);
  db.change("update mailboxes set removed = 1 where company = $1 and id = $2", writing.company,
            change.id);
  if (proof == rules::AddressProof::none) tell_admins_of_claim(writing, change.id);
  writing.happened({.kind = "mailbox.removed", .subject = change.id.text(), .user = owner});
  tell(writing, change.id, owner);
}

void apply(Writing& writing, const ObserveMailbox& change) {
  const auto saves_sent = change.saves_sent.transform([](auto s) { return static_cast<int>(s); });
  auto row = writing.db.row(
      "update mailboxes set last_success = coalesce($3, last_success),"
      " last_error = coalesce($4, last_error),"
      " next_try = coalesce($5, case when $3 is null then next_try end),"
      " saves_sent = coalesce($6, saves_sent), headers_seen = headers_seen + $7,"
      " send_error = coalesce($8, send_error),"
      " searched = case when $9 > searched then $9 else searched end,"
      " judged_to = case when $10 > judged_to then $10 else judged_to end"
      " where company = $1 and id = $2 and removed = 0 returning owner",
      writing.company, change.id, change.last_success, change.error, change.next_try, saves_sent,
      change.headers_seen, change.send_error, change.searched, change.judged_to);
  if (!row) missing();
  // That it was well once more is no news, nor how far the search for somebody has come.
  if (change.error || change.saves_sent || change.headers_seen > 0 || change.send_error)
    tell(writing, change.id, row->id<UserId>());
}

// ---- expectations ------------------------------------------------------------------------

void expect(Writing& writing, const MailboxIs& expected) {
  auto row = writing.db.row("select " + kMailboxState +
                                ", b.address_proof from mailboxes b"
                                " where b.company = $1 and b.id = $2 and b.removed = 0",
                            writing.company, expected.mailbox);
  const auto state = row ? row->word<rules::MailboxState>() : rules::MailboxState::off;
  const auto proof = row ? row->word<rules::AddressProof>() : rules::AddressProof::sign_in;
  if (!rules::is_proven(proof)) throw Refused{rules::not_proven(proof)};
  if (!row || state != expected.state)
    refuse(Kind::conflict, "mailbox.not-active", "The mailbox is switched off.");
}

void expect(Writing& writing, const AccountIs& expected) {
  if (!rules::same_account(standing(writing, expected.mailbox).imap, expected.imap))
    refuse(Kind::conflict, "mailbox.another-account", "Another account was entered meanwhile.");
}

}  // namespace hearback::store
