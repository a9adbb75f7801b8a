// C-13: what follows from a proven address, and that nothing follows from another.
#include <algorithm>

#include "fakes/store_conformance.hpp"
#include "rules/ownership.hpp"
#include "store/engine/schema.hpp"

namespace hearback::store {
namespace {

using rules::AddressProof;
using rules::Role;

class Proofs : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::manager);
    cleo = add_user("cleo", Role::evaluator);
  }

  rules::Mailbox add_claim(const rules::User& owner, std::string text) {
    auto box = mailbox_of(owner, std::move(text));
    box.proof = AddressProof::none;
    commit(AddMailbox{box, "imap secret", "smtp secret"});
    return box;
  }
  AddressProof proof_of(const rules::Mailbox& box) {
    const auto found = ask(MailboxById{engine(), box.id});
    EXPECT_TRUE(found);
    return found ? found->proof : AddressProof::none;
  }
  bool is_internal(const std::string& normal) {
    const auto all = ask(MatchDirectory{engine()}).internal;
    KnownAbout about{};
    about.scope = engine();
    about.participants = {normal};
    const bool known = !ask(about).internal.empty();
    EXPECT_EQ(known, std::ranges::count(all, normal) > 0);
    EXPECT_EQ(known, !ask(PeopleNamed{engine(), {normal}}).internal.empty());
    return known;
  }
  rules::CandidateAddress only_address(CandidateId candidate) {
    return ask(CandidateById{engine(), candidate})->candidate.addresses.at(0);
  }
  std::vector<MailboxId> claims(const rules::User& reader) {
    std::vector<MailboxId> ids;
    for (const auto& row : ask(AddressClaims{as(reader), {}}).rows) ids.push_back(row.mailbox);
    return ids;
  }
  std::uint64_t match_revision() { return ask(CompanyFacts{engine()}).match_revision; }
  // The kinds of feed entries since `revision` that `reader` hears of.
  std::vector<std::string> heard(const rules::User& reader, std::uint64_t revision) {
    std::vector<std::string> kinds;
    for (const auto& entry : ask(Since{as(reader), revision})) kinds.push_back(entry.kind);
    std::ranges::sort(kinds);
    return kinds;
  }
  std::uint64_t revision() { return ask(CompanyFacts{engine()}).revision; }

  rules::User anna, ben, cleo;
};
HEARBACK_ON_EACH_DATABASE(Proofs);

TEST_P(Proofs, C13_NobodyBecomesInternalByAClaim) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto t = thread(wanda);
  place(message("m1", "wanda@home.example", "ben@acme.example"), t, rules::PlacedBy::address,
        "wanda@home.example");
  const auto before = match_revision();
  const auto claim = add_claim(cleo, "wanda@home.example");
  EXPECT_EQ(match_revision(), before);
  EXPECT_FALSE(is_internal("wanda@home.example"));
  EXPECT_TRUE(only_address(wanda).synced);
  EXPECT_TRUE(ask(ThreadById{as(anna), t.id}));
  // Nor by one that is saved meanwhile, renamed or removed.
  commit(PutCandidate{wanda, "Wanda W.", {address("wanda@home.example")}, now});
  EXPECT_TRUE(only_address(wanda).synced);
  commit(RemoveMailbox{claim.id});
  EXPECT_EQ(match_revision(), before);
  EXPECT_TRUE(only_address(add_candidate("Carl", {"carl@home.example"})).synced);
}

TEST_P(Proofs, C13_AConfirmedClaimIsItsOwners) {
  const auto claim = add_claim(ben, "jobs@acme.example");
  const auto wanda = add_candidate("Wanda", {"jobs@acme.example"});
  const auto before = match_revision(), heard_before = revision();
  commit(SetAddressProof{claim.id, AddressProof::admin, anna.id, now});
  EXPECT_EQ(proof_of(claim), AddressProof::admin);
  EXPECT_TRUE(is_internal("jobs@acme.example"));
  EXPECT_EQ(match_revision(), before);  // that narrows: nobody has to look again
  EXPECT_EQ(only_address(wanda).why_not, "internal-user");
  EXPECT_TRUE(claims(anna).empty());
  EXPECT_EQ(refused(SetAddressProof{claim.id, AddressProof::refused, anna.id, now}),
            "mailbox.not-waiting");
  EXPECT_EQ(refused_kind, Kind::conflict);
  EXPECT_EQ(heard(ben, heard_before), std::vector<std::string>{"mailbox"});
  EXPECT_EQ(ask(MailboxSecret{engine(), claim.id}).imap_password, "imap secret");
}

TEST_P(Proofs, C13_AdminsAreToldOfClaimsAndNobodyElse) {
  const auto before = revision();
  const auto claim = add_claim(ben, "jobs@acme.example");
  EXPECT_EQ(heard(anna, before), std::vector<std::string>{"claim"});
  EXPECT_EQ(heard(ben, before), std::vector<std::string>{"mailbox"});
  EXPECT_TRUE(heard(cleo, before).empty());
  EXPECT_EQ(claims(anna), std::vector{claim.id});
  EXPECT_TRUE(ask(MailboxOwners{as(anna)}).empty());
  EXPECT_TRUE(claims(ben).empty());
  EXPECT_TRUE(claims(cleo).empty());
  EXPECT_FALSE(ask(AddressClaim{as(ben), claim.id}));
  const auto row = ask(AddressClaim{as(anna), claim.id});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->owner, ben);
  EXPECT_EQ(row->address, "jobs@acme.example");
  EXPECT_EQ(row->imap_host, "imap.acme.example");
  EXPECT_EQ(row->smtp_host, "smtp.acme.example");
  EXPECT_EQ(row->since, claim.connected);
  // C-6: that is all they see of it.
  EXPECT_FALSE(ask(MailboxById{as(anna), claim.id}));
  const auto other = add_claim(cleo, "desk@acme.example");
  const auto first = ask(AddressClaims{as(anna), {"", 1}});
  ASSERT_EQ(first.rows.size(), 1u);
  const auto second = ask(AddressClaims{as(anna), {first.next, 1}});
  ASSERT_EQ(second.rows.size(), 1u);
  EXPECT_EQ(first.rows[0].mailbox, claim.id);
  EXPECT_EQ(second.rows[0].mailbox, other.id);
  EXPECT_TRUE(second.next.empty());
}

TEST_P(Proofs, C13_AClaimBlocksNobodyAndIsRefusedWhenTheOwnerConnects) {
  const auto first = add_claim(cleo, "ben@acme.example"),
             second = add_claim(anna, "ben@acme.example");
  EXPECT_EQ(refused(AddMailbox{first, "p", "p"}), "mailbox.already-connected");
  const auto before = revision();
  const auto box = add_mailbox(ben, "ben@acme.example");
  EXPECT_EQ(proof_of(box), AddressProof::sign_in);
  for (const auto& claim : {first, second}) {
    EXPECT_EQ(proof_of(claim), AddressProof::refused);
    EXPECT_FALSE(store->ask(MailboxSecret{engine(), claim.id}));
    EXPECT_EQ(ask(MailboxById{engine(), claim.id})->state, rules::MailboxState::off);
  }
  EXPECT_EQ(heard(cleo, before), std::vector<std::string>{"mailbox"});
  EXPECT_TRUE(claims(anna).empty());
  // Its owner sees the row until it is removed, or claimed anew.
  EXPECT_EQ(ask(Mailboxes{as(cleo)}).size(), 1u);
  const auto again = add_claim(cleo, "ben@acme.example");
  ASSERT_EQ(ask(Mailboxes{as(cleo)}).size(), 1u);
  EXPECT_EQ(ask(Mailboxes{as(cleo)})[0].id, again.id);
  EXPECT_EQ(refused(SetAddressProof{again.id, AddressProof::admin, anna.id, now}),
            "mailbox.already-connected");
}

TEST_P(Proofs, C13_OfTwoClaimsOneIsConfirmed) {
  const auto bens = add_claim(ben, "jobs@acme.example"),
             cleos = add_claim(cleo, "jobs@acme.example");
  commit(SetAddressProof{cleos.id, AddressProof::admin, anna.id, now});
  EXPECT_EQ(proof_of(cleos), AddressProof::admin);
  EXPECT_EQ(proof_of(bens), AddressProof::refused);
}

TEST_P(Proofs, C13_ARefusedClaimLeavesNoPassword) {
  const auto claim = add_claim(ben, "jobs@acme.example");
  add_folder(claim, "INBOX");
  commit(SetAddressProof{claim.id, AddressProof::refused, anna.id, now});
  EXPECT_EQ(proof_of(claim), AddressProof::refused);
  EXPECT_FALSE(store->ask(MailboxSecret{engine(), claim.id}));
  EXPECT_TRUE(ask(Folders{engine(), claim.id}).empty());
  EXPECT_FALSE(is_internal("jobs@acme.example"));
}

TEST_P(Proofs, C13_ProofBySignInFollowsTheSignInAddress) {
  auto box = add_mailbox(ben, "ben@acme.example");
  const auto claim = add_claim(ben, "b.miller@acme.example");
  const auto cleos = add_claim(cleo, "b.miller@acme.example");
  auto renamed = ben;
  renamed.email = renamed.email_normal = "b.miller@acme.example";
  commit(PutUser{renamed, std::nullopt, now});
  EXPECT_EQ(proof_of(box), AddressProof::none);
  EXPECT_FALSE(is_internal("ben@acme.example"));
  EXPECT_EQ(proof_of(claim), AddressProof::sign_in);
  EXPECT_TRUE(is_internal("b.miller@acme.example"));
  EXPECT_EQ(proof_of(cleos), AddressProof::refused);
  EXPECT_EQ(claims(anna), std::vector{box.id});
  // What an admin has confirmed stays, whatever becomes of either.
  commit(SetAddressProof{box.id, AddressProof::admin, anna.id, now});
  renamed.name = "Ben Miller";
  commit(PutUser{renamed, std::nullopt, now});
  auto demoted = anna;
  demoted.role = Role::manager;
  commit(PutUser{demoted, std::nullopt, now});
  EXPECT_EQ(proof_of(box), AddressProof::admin);
  EXPECT_EQ(proof_of(claim), AddressProof::sign_in);
}

TEST_P(Proofs, C13_WhoHasLeftClaimsNothing) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto claim = add_claim(ben, "jobs@acme.example");
  auto gone = ben;
  gone.active = false;
  commit(PutUser{gone, std::nullopt, now});
  EXPECT_EQ(proof_of(claim), AddressProof::refused);
  EXPECT_EQ(proof_of(box), AddressProof::sign_in);
  EXPECT_TRUE(is_internal("ben@acme.example"));
}

TEST_P(Proofs, C13_WhatIsKnownOfAnAddressDependsOnTheEyes) {
  const auto job = add_job("Welder", {ben.id});
  add_candidate("Wanda", {"wanda@home.example"}, {job});
  const auto known = [&](const rules::User& reader, const char* normal) {
    return ask(WhoseAddress{as(reader), reader.id, normal, {}});
  };
  using rules::AddressFacts;
  EXPECT_EQ(known(ben, "wanda@home.example"), AddressFacts{.candidate = true});
  EXPECT_EQ(known(anna, "wanda@home.example"), AddressFacts{.candidate = true});
  EXPECT_EQ(known(cleo, "wanda@home.example"), AddressFacts{});
  EXPECT_EQ(known(cleo, "nobody@home.example"), AddressFacts{});
  EXPECT_EQ(known(cleo, "ben@acme.example"), AddressFacts{.colleague = true});
  EXPECT_EQ(known(ben, "ben@acme.example"), AddressFacts{});
  add_mailbox(ben, "ben@acme.example");
  EXPECT_EQ(known(ben, "ben@acme.example"), AddressFacts{.connected = true});
  const auto claim = add_claim(ben, "jobs@acme.example");
  EXPECT_EQ(known(ben, "jobs@acme.example"), AddressFacts{.connected = true});
  EXPECT_EQ(known(cleo, "jobs@acme.example"), AddressFacts{});
  EXPECT_EQ(known(ben, "desk@acme.example"), AddressFacts{.claims = 1});
  EXPECT_EQ(ask(WhoseAddress{as(anna), ben.id, "jobs@acme.example", claim.id}), AddressFacts{});
}

TEST_P(Proofs, C13_TheJudgmentHoldsWhenItIsSaved) {
  const auto claim = add_claim(ben, "jobs@acme.example");
  const WhoseAddress asked{as(anna), ben.id, "jobs@acme.example", claim.id};
  const auto facts = ask(asked);
  add_candidate("Wanda", {"jobs@acme.example"});
  const SetAddressProof confirm{claim.id, AddressProof::admin, anna.id, now};
  auto late = try_commit({confirm}, {AddressFactsAre{asked, facts}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "store.expectation");
  EXPECT_TRUE(try_commit({confirm}, {AddressFactsAre{asked, ask(asked)}}));
}

// A database of before: everybody's connected addresses counted as theirs.
TEST_P(Proofs, C13_WhatWasConnectedBeforeIsProvenWhereThatIsSure) {
  if (GetParam() == On::memory) return;  // gone with its store
  store.reset();
  auto database = GetParam() == On::file
                      ? open_sqlite(folder + "/old.db", 1)
                      : open_postgres(fakes::Postgres::instance().new_database(), 1);
  ASSERT_TRUE(database);
  migrate(**database, 8);
  const auto old_company = make<CompanyId>();
  const auto admin = make<UserId>(), user = make<UserId>(), left = make<UserId>();
  const auto run = [&](Db& db, MailboxId id, UserId owner, const char* text, bool removed) {
    db.change(
        "insert into mailboxes(company, id, kind, owner, address, address_normal, state,"
        " imap_host, imap_port, imap_security, imap_user, imap_secret, smtp_host, smtp_port,"
        " smtp_security, smtp_user, smtp_secret, consent_at, consent_version, consent_language,"
        " window_since, connected, saves_sent, last_error, headers_seen, bodies_fetched, importing,"
        " removed) values ($1, $2, 'personal', $3, $4, $4, 'active', 'h', 1, 'tls', 'u', $5, 'h',"
        " 1, 'tls', 'u', $5, 1, '1', 'en', 0, 1, 0, '', 0, 0, 0, $6)",
        old_company, id, owner, text, Blob{}, removed);
  };
  std::vector<MailboxId> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(make<MailboxId>());
  (*database)->write([&](Db& db) {
    db.change(
        "insert into companies(company, name, created, revision, match_revision)"
        " values ($1, 'Old', 1, 0, 5)",
        old_company);
    for (const auto& [id, name, role, active] : {std::tuple(admin, "anna@acme.example", "admin", 1),
                                                 std::tuple(user, "ben@acme.example", "manager", 1),
                                                 std::tuple(left, "lea@acme.example", "admin", 0)})
      db.change(
          "insert into users(company, id, name, email, email_normal, role, all_jobs, active,"
          " language, time_zone, signature_html, password_hash)"
          " values ($1, $2, $3, $3, $3, $4, 0, $5, 'en', 'UTC', '', '')",
          old_company, id, name, role, active);
    run(db, ids[0], admin, "anna@acme.example", false);
    run(db, ids[1], admin, "jobs@acme.example", false);
    run(db, ids[2], user, "ben@acme.example", false);
    run(db, ids[3], user, "wanda@home.example", false);
    run(db, ids[4], user, "anna@acme.example", true);
    run(db, ids[5], left, "private@home.example", false);
    run(db, ids[6], admin, "lea@acme.example", false);
  });
  migrate(**database);
  (*database)->read([&](Db& db) {
    std::vector<std::string> proofs;
    for (const auto& id : ids)
      proofs.push_back(db.row("select address_proof from mailboxes where company = $1 and id = $2",
                              old_company, id)
                           ->text());
    EXPECT_EQ(proofs, (std::vector<std::string>{"sign-in", "admin", "sign-in", "none", "none",
                                                "none", "none"}));
    EXPECT_EQ(
        db.row("select match_revision from companies where company = $1", old_company)->number(),
        5);  // nobody's mail is looked at again
  });
}

}  // namespace
}  // namespace hearback::store
