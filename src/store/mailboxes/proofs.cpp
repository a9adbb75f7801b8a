#include "store/mailboxes/proofs.hpp"

#include "rules/ownership.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/people/internal_addresses.hpp"

namespace hearback::store {
namespace {

using rules::AddressProof;

struct Why {
  std::string_view how;  // docs/journal.md
  UserId by;
  Instant at;
};

void write_proof(Writing& writing, const rules::Mailbox& mailbox, AddressProof proof,
                 const Why& why) {
  writing.db.change("update mailboxes set address_proof = $3 where company = $1 and id = $2",
                    writing.company, mailbox.id, proof);
  writing.happened({.at = why.at,
                    .kind = "mailbox.proof-changed",
                    .subject = mailbox.id.text(),
                    .user = why.by,
                    .how = std::string(why.how),
                    .before = std::string(word_of(mailbox.proof)),
                    .after = std::string(word_of(proof))});
  writing.tell_of(mailbox.id, "mailbox", mailbox.id.text());
  tell_admins_of_claim(writing, mailbox.id);
  // What waits to be sent from it waited for this.
  writing.db.change(
      "update outbox set not_before = $3 where company = $1 and mailbox = $2"
      " and state = 'queued' and not_before > $3 and why = $4",
      writing.company, mailbox.id, why.at, rules::not_proven(AddressProof::none).code);
}

void refuse_claim(Writing& writing, const rules::Mailbox& mailbox, const Why& why) {
  write_proof(writing, mailbox, AddressProof::refused, why);
  strip_mailbox(writing, mailbox.id);
}

void prove(Writing& writing, const rules::Mailbox& mailbox, AddressProof proof, const Why& why) {
  write_proof(writing, mailbox, proof, why);
  settle_proven(writing, mailbox, why.at);
}

// `which`: conditions with further parameters from $2 on.
template <class... P>
std::vector<rules::Mailbox> mailboxes_where(Writing& writing, std::string_view which,
                                            const P&... more) {
  std::vector<rules::Mailbox> found;
  for (auto& row : writing.db.rows("select " + std::string(kMailboxColumns) +
                                       " from mailboxes b where b.company = $1 and b.removed = 0"
                                       " and " +
                                       std::string(which) + " order by b.id",
                                   writing.company, more...))
    found.push_back(read_mailbox(row));
  return found;
}

bool is_connected(Writing& writing, const std::string& normal) {
  return writing.db
      .row("select 1 from mailboxes where company = $1 and address_normal = $2 and " +
               std::string(kProven),
           writing.company, normal)
      .has_value();
}

// Other addresses of the claimant's that aren't proven.
std::size_t claims_of(Db& db, const WhoseAddress& asked) {
  auto row = db.row(
      "select count(*) from mailboxes where company = $1 and owner = $2 and removed = 0"
      " and address_proof in ('none', 'refused') and address_normal <> $3",
      asked.scope.company, asked.claimant, asked.normal);
  return static_cast<std::size_t>(row->number());
}

rules::AddressFacts facts_of(Db& db, const WhoseAddress& asked) {
  const auto company = asked.scope.company;
  rules::AddressFacts facts;
  if (asked.scope.kind == Scope::Kind::nobody) return facts;
  if (auto row = db.row("select role, active, email_normal from users"
                        " where company = $1 and id = $2",
                        company, asked.claimant)) {
    facts.admin = row->word<rules::Role>() == rules::Role::admin;
    facts.active = row->flag();
    facts.signs_in = row->text() == asked.normal;
  }
  facts.colleague =
      db.row("select 1 from users where company = $1 and email_normal = $2 and id <> $3", company,
             asked.normal, asked.claimant)
          .has_value();
  facts.connected = db.row(
                          "select 1 from mailboxes where company = $1 and address_normal = $2"
                          " and removed = 0 and id <> $4 and (" +
                              std::string(kProven) + " or owner = $3 and address_proof = 'none')",
                          company, asked.normal, asked.claimant, asked.claim)
                        .has_value();
  facts.candidate = scoped_row(db, asked.scope,
                               "select 1 from candidate_addresses a where a.company = $1"
                               " and a.normal = $4 and a.why_not <> 'non-candidate' and " +
                                   may_see_candidate(asked.scope, "a.candidate") + " limit 1",
                               asked.normal)
                        .has_value();
  // Where that decides nothing, a claim more or less is no other answer.
  if (asked.claims_most && !facts.signs_in && !facts.admin)
    facts.claims_all = claims_of(db, asked) >= *asked.claims_most;
  return facts;
}

bool sees_claims(const Scope& scope) {
  return scope.kind == Scope::Kind::engine || (scope.kind == Scope::Kind::user && scope.admin);
}

const std::string kClaims = "select " + std::string(kUserColumns) +
                            ", b.id, b.address, b.address_normal, b.imap_host, b.smtp_host,"
                            " b.connected from mailboxes b join users u on u.company = b.company"
                            " and u.id = b.owner where b.company = $1 and b.removed = 0 and ";
// By an admin's word alone: what is the owner's sign-in address besides stays theirs.
const std::string kConfirmed = "(b.address_proof = 'admin' and b.address_normal <> u.email_normal)";

std::string_view in_state(AddressClaims::State state) {
  return state == AddressClaims::State::waiting ? "b.address_proof = 'none'"
                                                : std::string_view(kConfirmed);
}

std::vector<AddressClaims::Row> read_claims(std::vector<Row> found) {
  std::vector<AddressClaims::Row> claims;
  for (auto& row : found) {
    auto& one = claims.emplace_back();
    one.owner = read_user(row);
    one.mailbox = row.id<MailboxId>();
    one.address = row.text();
    one.address_normal = row.text();
    one.imap_host = row.text();
    one.smtp_host = row.text();
    one.since = row.instant();
  }
  return claims;
}

}  // namespace

void tell_admins_of_claim(Writing& writing, MailboxId mailbox) {
  for (auto& admin :
       writing.db.rows("select id from users where company = $1 and role = 'admin' and active = 1",
                       writing.company))
    writing.tell("claim", mailbox.text(), {}, admin.id<UserId>());
}

void strip_mailbox(Writing& writing, MailboxId mailbox) {
  auto& db = writing.db;
  const auto company = writing.company;
  std::vector<BlobId> blobs;
  for (auto& attempt :
       db.rows("delete from import_attempts where company = $1 and mailbox = $2 returning raw",
               company, mailbox))
    if (const auto raw = attempt.maybe_id<BlobId>()) blobs.push_back(*raw);
  db.change("delete from folders where company = $1 and mailbox = $2", company, mailbox);
  // What was declined stays so when the address is connected again (take_over_declined).
  db.change("delete from past_requests where company = $1 and mailbox = $2 and state <> 'declined'",
            company, mailbox);
  db.change("update copies set here = 0 where company = $1 and mailbox = $2", company, mailbox);
  db.change(
      "update mailboxes set state = 'off', imap_secret = $3, smtp_secret = $3"
      " where company = $1 and id = $2",
      company, mailbox, Blob{});
  drop_unused_blobs(db, company, blobs, writing.files_to_remove);
}

void settle_proven(Writing& writing, const rules::Mailbox& mailbox, Instant at) {
  keep_internal_out(writing, mailbox.address_normal, at);
  refuse_claims_of(writing, mailbox.address_normal, at);
}

void refuse_claims_of(Writing& writing, std::string_view normal, Instant at) {
  for (const auto& claim : mailboxes_where(
           writing, "b.address_normal = $2 and b.address_proof = 'none'", std::string(normal)))
    refuse_claim(writing, claim, {"taken", {}, at});
}

void refuse_claims_by(Writing& writing, UserId user, Instant at) {
  for (const auto& claim :
       mailboxes_where(writing, "b.owner = $2 and b.address_proof = 'none'", user))
    refuse_claim(writing, claim, {"left", {}, at});
}

void sign_in_moved(Writing& writing, const rules::User& user, Instant at) {
  for (const auto& box :
       mailboxes_where(writing, "b.owner = $2 and b.address_proof = 'sign-in'", user.id))
    if (box.address_normal != user.email_normal)
      write_proof(writing, box, AddressProof::none, {"sign-in", {}, at});
  if (!is_connected(writing, user.email_normal))
    for (const auto& box : mailboxes_where(
             writing, "b.owner = $2 and b.address_normal = $3 and b.address_proof = 'none'",
             user.id, user.email_normal))
      prove(writing, box, AddressProof::sign_in, {"sign-in", {}, at});
  refuse_claims_of(writing, user.email_normal, at);
}

void apply(Writing& writing, const TakeBackProof& change) {
  owner_of(writing, change.id);
  const auto found = mailboxes_where(
      writing,
      "b.id = $2 and b.address_proof = 'admin' and not exists (select 1 from users u"
      " where u.company = b.company and u.id = b.owner and u.email_normal = b.address_normal)",
      change.id);
  if (found.empty())
    refuse(Kind::conflict, "mailbox.not-confirmed",
           "This address isn't somebody's by an admin's word.", "Look again.");
  write_proof(writing, found.front(), AddressProof::none, {"admin", change.by, change.at});
}

void refuse_connected_sign_in(Writing& writing, const rules::User& user) {
  if (writing.db.row("select 1 from mailboxes where company = $1 and address_normal = $2"
                     " and owner <> $3 and " +
                         std::string(kProven),
                     writing.company, user.email_normal, user.id))
    refuse(Kind::conflict, "user.address-connected",
           "A colleague's mailbox has this address, and an admin confirmed that it is theirs.",
           "Take that back first, or use another address.");
}

void apply(Writing& writing, const SetAddressProof& change) {
  owner_of(writing, change.id);
  const auto found = mailboxes_where(writing, "b.id = $2 and b.address_proof = 'none'", change.id);
  if (found.empty())
    refuse(Kind::conflict, "mailbox.not-waiting",
           "This address doesn't wait to be confirmed any more.", "Look again.");
  const Why why{"admin", change.by.value_or(UserId{}), change.at};
  const auto& claim = found.front();
  if (!rules::is_proven(change.proof)) return refuse_claim(writing, claim, why);
  if (is_connected(writing, claim.address_normal))
    refuse(Kind::conflict, "mailbox.already-connected", "This address is connected already.",
           "A mailbox can be connected once; its owner can disconnect it.");
  prove(writing, claim, change.proof, why);
}

void expect(Writing& writing, const AddressFactsAre& expected) {
  if (facts_of(writing.db, expected.asked) != expected.facts) broken_expectation();
}

AnswerTo<WhoseAddress> answer(Reading& reading, const WhoseAddress& question) {
  return facts_of(reading.db, question);
}

AnswerTo<AddressClaims> answer(Reading& reading, const AddressClaims& question) {
  if (!sees_claims(question.scope)) return {};
  const auto shown = rows_of(question.page);
  const auto after = number_cursor_of(question.page);
  auto rows = read_claims(
      reading.db.rows(kClaims + std::string(in_state(question.state)) +
                          " and (b.connected, b.id) > ($2, $3) order by b.connected, b.id limit $4",
                      question.scope.company, after ? after->key : std::int64_t{-1},
                      after ? MailboxId{after->id} : MailboxId{}, shown + 1));
  return page_of(std::move(rows), shown, [](const AddressClaims::Row& row) {
    return Cursor{std::to_string(row.since.ms), row.mailbox.bytes};
  });
}

AnswerTo<AddressClaim> answer(Reading& reading, const AddressClaim& question) {
  if (!sees_claims(question.scope)) return {};
  auto rows = read_claims(
      reading.db.rows(kClaims + std::string(in_state(question.state)) + " and b.id = $2",
                      question.scope.company, question.mailbox));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

AnswerTo<ConfirmedAddress> answer(Reading& reading, const ConfirmedAddress& question) {
  if (!sees_claims(question.scope)) return {};
  auto rows = read_claims(reading.db.rows(kClaims + kConfirmed + " and b.address_normal = $2",
                                          question.scope.company, question.normal));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace hearback::store
