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
    KnownAbout about{};
    about.scope = engine();
    about.participants = {normal};
    const bool known = !ask(about).internal.empty();
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
  const auto owners = ask(MailboxOwners{as(anna), {ben.id, cleo.id}});
  ASSERT_EQ(owners.size(), 1u);
  EXPECT_TRUE(owners[0].owner == ben.id && owners[0].waits && !owners[0].connected);
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
  EXPECT_EQ(ask(Mailboxes{as(cleo)}).rows.size(), 1u);
  const auto again = add_claim(cleo, "ben@acme.example");
  ASSERT_EQ(ask(Mailboxes{as(cleo)}).rows.size(), 1u);
  EXPECT_EQ(ask(Mailboxes{as(cleo)}).rows[0].id, again.id);
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
  using Facts = rules::AddressFacts;
  const Facts nothing{.active = true};
  EXPECT_EQ(known(ben, "wanda@home.example"), (Facts{.active = true, .candidate = true}));
  EXPECT_EQ(known(anna, "wanda@home.example"),
            (Facts{.active = true, .admin = true, .candidate = true}));
  EXPECT_EQ(known(cleo, "wanda@home.example"), nothing);
  EXPECT_EQ(known(cleo, "nobody@home.example"), nothing);
  EXPECT_EQ(known(cleo, "ben@acme.example"), (Facts{.active = true, .colleague = true}));
  EXPECT_EQ(known(ben, "ben@acme.example"), (Facts{.active = true, .signs_in = true}));
  add_mailbox(ben, "ben@acme.example");
  EXPECT_EQ(known(ben, "ben@acme.example"),
            (Facts{.active = true, .signs_in = true, .connected = true}));
  const auto claim = add_claim(ben, "jobs@acme.example");
  EXPECT_EQ(known(ben, "jobs@acme.example"), (Facts{.active = true, .connected = true}));
  EXPECT_EQ(known(cleo, "jobs@acme.example"), nothing);
  EXPECT_EQ(ask(WhoseAddress{as(anna), ben.id, "jobs@acme.example", claim.id}), nothing);
  const auto one_more = [&](const rules::User& claimant, const char* normal, std::size_t most) {
    return ask(WhoseAddress{as(claimant), claimant.id, normal, {}, most}).claims_all;
  };
  EXPECT_FALSE(one_more(ben, "desk@acme.example", 2));
  EXPECT_TRUE(one_more(ben, "desk@acme.example", 1));
  EXPECT_FALSE(one_more(ben, "jobs@acme.example", 1));
  EXPECT_FALSE(one_more(ben, "ben@acme.example", 1));
  EXPECT_FALSE(one_more(anna, "desk@acme.example", 0));
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

// Wanda's address was taken off as a colleague's once; nobody has it now. It is a candidate's.
TEST_P(Proofs, C13_AnAddressThatWasTakenOffACandidateIsStillACandidates) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto box = add_mailbox(cleo, "wanda@home.example");
  ASSERT_EQ(only_address(wanda).why_not, "internal-user");
  commit(RemoveMailbox{box.id});
  ASSERT_FALSE(is_internal("wanda@home.example"));
  const auto claim = add_claim(cleo, "wanda@home.example");
  const WhoseAddress asked{as(anna), cleo.id, "wanda@home.example", claim.id};
  EXPECT_TRUE(ask(asked).candidate);
  EXPECT_TRUE(std::holds_alternative<Error>(rules::judge_confirmation(ask(asked))));
}

TEST_P(Proofs, C13_ARefusedClaimTakesNoPasswordBack) {
  const auto claim = add_claim(ben, "jobs@acme.example");
  commit(SetAddressProof{claim.id, AddressProof::refused, anna.id, now});
  EXPECT_EQ(refused(ChangeMailbox{claim.id, claim.imap, claim.smtp, "again", "again", now}),
            "mailbox.address-refused");
  EXPECT_EQ(refused_kind, Kind::conflict);
  EXPECT_EQ(refused(SetMailboxState{claim.id, rules::MailboxState::active}),
            "mailbox.address-refused");
  EXPECT_EQ(ask(MailboxById{engine(), claim.id})->state, rules::MailboxState::off);
}

// What the answer of the claimant's rights rests on is part of what the commit expects.
TEST_P(Proofs, C13_WhoTheClaimantIsHoldsWhenItIsSaved) {
  const WhoseAddress asked{as(anna), anna.id, "jobs@acme.example", {}};
  const auto facts = ask(asked);
  auto box = mailbox_of(anna, "jobs@acme.example");
  auto demoted = anna;
  demoted.role = Role::manager;
  commit(PutUser{demoted, std::nullopt, now});
  auto late = try_commit({AddMailbox{box, "p", "p"}}, {AddressFactsAre{asked, facts}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "store.expectation");
  // Nor did they become another, or leave.
  const WhoseAddress other{as(anna), ben.id, "ben@acme.example", {}};
  const auto before = ask(other);
  auto changed = ben;
  changed.email = changed.email_normal = "b.miller@acme.example";
  commit(PutUser{changed, std::nullopt, now});
  EXPECT_NE(ask(other), before);
  const auto moved = ask(other);
  changed.active = false;
  commit(PutUser{changed, std::nullopt, now});
  EXPECT_NE(ask(other), moved);
}

// How many others they claim decides nothing there.
TEST_P(Proofs, C13_AnotherClaimDoesntStopAConfirmation) {
  const auto claim = add_claim(ben, "jobs@acme.example");
  const WhoseAddress asked{as(anna), ben.id, "jobs@acme.example", claim.id};
  const auto facts = ask(asked);
  add_claim(ben, "desk@acme.example");
  EXPECT_TRUE(try_commit({SetAddressProof{claim.id, AddressProof::admin, anna.id, now}},
                         {AddressFactsAre{asked, facts}}));
}

TEST_P(Proofs, C13_ANewColleaguesAddressIsNotAnothersMailbox) {
  const auto box = add_mailbox(ben, "new@acme.example");
  ASSERT_EQ(proof_of(box), AddressProof::admin);
  rules::User user;
  user.id = make<UserId>();
  user.name = "New";
  user.email = user.email_normal = "new@acme.example";
  EXPECT_EQ(refused(PutUser{user, "hash", now}), "user.address-connected");
  EXPECT_EQ(refused_kind, Kind::conflict);
  auto moved = cleo;
  moved.email = moved.email_normal = "new@acme.example";
  EXPECT_EQ(refused(PutUser{moved, std::nullopt, now}), "user.address-connected");
  const auto who = ask(ConfirmedAddress{as(anna), "new@acme.example"});
  ASSERT_TRUE(who);
  EXPECT_EQ(who->owner, ben);
  EXPECT_FALSE(ask(ConfirmedAddress{as(ben), "new@acme.example"}));
  // The word is taken back: now the address is the new colleague's.
  commit(TakeBackProof{box.id, anna.id, now}, PutUser{user, "hash", now});
  EXPECT_EQ(proof_of(box), AddressProof::refused);
  EXPECT_TRUE(is_internal("new@acme.example"));
}

TEST_P(Proofs, C13_OnesOwnMailboxIsNoObstacleToSignInWithIt) {
  const auto box = add_mailbox(ben, "b.miller@acme.example");
  auto moved = ben;
  moved.email = moved.email_normal = "b.miller@acme.example";
  commit(PutUser{moved, std::nullopt, now});
  EXPECT_EQ(proof_of(box), AddressProof::admin);
  // Theirs by more than an admin's word: that alone can't be taken back.
  EXPECT_FALSE(ask(ConfirmedAddress{as(anna), "b.miller@acme.example"}));
  EXPECT_EQ(refused(TakeBackProof{box.id, anna.id, now}), "mailbox.not-confirmed");
}

// C-12's like: what waited for the proof goes when there is one, and fails when there is none.
TEST_P(Proofs, C13_WhatWaitsToBeSentHearsOfTheProof) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto t = thread(wanda);
  const auto claim = add_claim(ben, "jobs@acme.example");
  const auto waiting = [&](const std::string& name, const std::string& why) {
    const auto written = message(name, "jobs@acme.example", "wanda@home.example");
    place(written, t, rules::PlacedBy::sent_here, "", name == "a");
    rules::OutboxMessage out;
    out.id = make<OutboxId>();
    out.author = ben.id;
    out.mailbox = claim.id;
    out.candidate = wanda;
    out.thread = t.id;
    out.message = written.id;
    out.message_id = name;
    out.bytes = make<BlobId>();
    out.not_before = now + std::chrono::hours(1);
    out.why = why;
    commit(PutBlob{out.bytes, "final octets"}, AddOutbox{out});
    return out.id;
  };
  const auto proof = waiting("a", "mailbox.unproven"), other = waiting("b", "smtp.busy");
  const auto due = [&](OutboxId id) { return ask(OutboxById{engine(), id})->not_before <= now; };
  commit(SetAddressProof{claim.id, AddressProof::admin, anna.id, now});
  EXPECT_TRUE(due(proof));
  EXPECT_FALSE(due(other));
}

TEST_P(Proofs, C13_AnAdminsWordCanBeTakenBack) {
  const auto box = add_mailbox(ben, "jobs@acme.example");
  const auto own = add_mailbox(cleo, "cleo@acme.example");
  const auto confirmed = [&](const rules::User& reader) {
    std::vector<MailboxId> ids;
    for (const auto& row : ask(AddressClaims{as(reader), {}, AddressClaims::State::confirmed}).rows)
      ids.push_back(row.mailbox);
    return ids;
  };
  EXPECT_EQ(confirmed(anna), std::vector{box.id});
  EXPECT_TRUE(confirmed(ben).empty());
  const auto before = revision();
  commit(TakeBackProof{box.id, anna.id, now});
  EXPECT_EQ(proof_of(box), AddressProof::none);
  EXPECT_FALSE(is_internal("jobs@acme.example"));
  EXPECT_TRUE(confirmed(anna).empty());
  EXPECT_EQ(claims(anna), std::vector{box.id});
  EXPECT_EQ(heard(ben, before), std::vector<std::string>{"mailbox"});
  EXPECT_EQ(heard(anna, before), std::vector<std::string>{"claim"});
  // So it can be given again: nothing was lost.
  EXPECT_EQ(ask(MailboxSecret{engine(), box.id}).imap_password, "imap secret");
  EXPECT_EQ(refused(TakeBackProof{box.id, anna.id, now}), "mailbox.not-confirmed");
  EXPECT_EQ(refused(TakeBackProof{own.id, anna.id, now}), "mailbox.not-confirmed");
  commit(SetAddressProof{box.id, AddressProof::admin, anna.id, now});
  EXPECT_TRUE(is_internal("jobs@acme.example"));
  const auto told = ask(JournalSince{engine(), 0});
  std::vector<std::string> moves;
  for (const auto& entry : told)
    if (entry.kind == "mailbox.proof-changed")
      moves.push_back(entry.how + " " + entry.before + " " + entry.after);
  EXPECT_EQ(moves, (std::vector<std::string>{"admin admin none", "admin none admin"}));
}

// A database of before: everybody's connected addresses counted as theirs.
class ProofsOfBefore : public Proofs {};
INSTANTIATE_TEST_SUITE_P(Each, ProofsOfBefore, testing::Values(On::file, On::postgres), name_of);

TEST_P(ProofsOfBefore, C13_WhatWasConnectedIsProvenWhereThatIsSure) {
  store.reset();
  options.blob_directory = folder + "/old-blobs";
  options.database = GetParam() == On::file ? "sqlite://" + folder + "/old.db"
                                            : fakes::Postgres::instance().new_database();
  auto database = GetParam() == On::file ? open_sqlite(folder + "/old.db", 1, kTestWithin)
                                         : open_postgres(options.database, 1, kTestWithin);
  ASSERT_TRUE(database);
  migrate(**database, 8);
  const auto old_company = make<CompanyId>();
  const auto admin = make<UserId>(), user = make<UserId>(), left = make<UserId>();
  const auto wanda = make<CandidateId>();
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
    // Ben had connected a candidate's address: so it was taken off her.
    db.change(
        "insert into candidates(company, id, name, name_key, created) values ($1, $2, 'Wanda',"
        " 'wanda', 1)",
        old_company, wanda);
    db.change(
        "insert into candidate_addresses(company, candidate, normal, address, address_key,"
        " position, synced, why_not, since, match_revision) values ($1, $2, 'wanda@home.example',"
        " 'wanda@home.example', 'wanda@home.example', 0, 0, 'internal-user', 1, 0)",
        old_company, wanda);
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
  // Who confirms it now is stopped: she is still a candidate.
  database->reset();
  store = open();
  ASSERT_TRUE(store);
  const auto scope = rules::engine_scope(old_company);
  const WhoseAddress asked{scope, user, "wanda@home.example", ids[3]};
  const auto verdict = rules::judge_confirmation(ask(asked));
  ASSERT_TRUE(std::holds_alternative<Error>(verdict));
  EXPECT_EQ(std::get<Error>(verdict).code, "address.of-candidate");
}

}  // namespace
}  // namespace hearback::store
