#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class NeverSyncedTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
  }
  static std::vector<rules::NeverSyncedEntry> entries(std::vector<std::string> written) {
    std::vector<rules::NeverSyncedEntry> made;
    for (const auto& one : written) made.push_back(*rules::never_synced_entry(one));
    return made;
  }
  std::optional<std::vector<std::string>> named(const Scope& scope, MailboxId box) {
    const auto list = ask(NeverSynced{scope, box});
    if (!list) return std::nullopt;
    std::vector<std::string> written;
    for (const auto& entry : list->entries) written.push_back(entry.written);
    return written;
  }
  std::uint64_t judged_anew(MailboxId box) { return ask(MailboxById{engine(), box})->judged_anew; }

  using Names = std::vector<std::string>;
  rules::User anna, ben;
};
HEARBACK_ON_EACH_DATABASE(NeverSyncedTest);

TEST_P(NeverSyncedTest, C14_TheOwnerNamesPeopleAndDomains) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  EXPECT_EQ(named(as(ben), box.id), Names{});
  commit(ChangeNeverSynced{box.id, entries({"Law@firm.example", "clinic.example"}), {}});
  EXPECT_EQ(named(as(ben), box.id), (Names{"clinic.example", "Law@firm.example"}));
  EXPECT_EQ(ask(NeverSynced{engine(), box.id})->own, "ben@acme.example");
  commit(ChangeNeverSynced{box.id, entries({"law@FIRM.example"}), {"clinic.example", "who"}});
  EXPECT_EQ(named(as(ben), box.id), (Names{"Law@firm.example"})) << "named already, as it was";
  commit(RemoveMailbox{box.id});
  EXPECT_FALSE(named(as(ben), box.id));
  EXPECT_FALSE(named(engine(), box.id));
}

// Else a mailbox that is connected once more would bring what was kept from us.
TEST_P(NeverSyncedTest, C14_TheListIsThereAgainWithTheMailbox) {
  const auto list = entries({"law@firm.example", "clinic.example"});
  const auto first = add_mailbox(ben, "ben@acme.example");
  commit(ChangeNeverSynced{first.id, list, {}});
  commit(RemoveMailbox{first.id});
  const auto other = add_mailbox(ben, "other@acme.example");
  EXPECT_EQ(named(as(ben), other.id), Names{});
  const auto foreign = add_mailbox(anna, "ben@acme.example");
  EXPECT_EQ(named(as(anna), foreign.id), Names{}) << "whose list it was";
  commit(RemoveMailbox{foreign.id});
  for (int i = 0; i < 2; ++i) {
    const auto again = mailbox_of(ben, "ben@acme.example");
    commit(AddMailbox{again, "p", "p"}, ChangeNeverSynced{again.id, entries({"a.example"}), {}});
    EXPECT_EQ(named(as(ben), again.id), (Names{"a.example", "clinic.example", "law@firm.example"}));
    commit(RemoveMailbox{again.id});
  }
}

// Nor may those who have a right to a shared mailbox.
TEST_P(NeverSyncedTest, C14_NobodyElseIsTold) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  auto shared = mailbox_of(ben, "jobs@acme.example");
  shared.kind = rules::MailboxKind::shared;
  commit(AddMailbox{shared, "p", "p"});
  commit(SetMailboxMembers{
      shared.id,
      {{anna.id, {}, rules::MailboxRight::manage}, {ben.id, {}, rules::MailboxRight::manage}}});
  for (const auto& id : {box.id, shared.id}) {
    commit(ChangeNeverSynced{id, entries({"law@firm.example"}), {}});
    EXPECT_FALSE(named(as(anna), id));
    EXPECT_TRUE(named(as(ben), id));
  }
  EXPECT_FALSE(named(as(ben), make<MailboxId>()));
}

TEST_P(NeverSyncedTest, C14_S8_BoundedWhateverComesAtOnce) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  Names many;
  for (std::size_t i = 0; i < rules::kNeverSyncedMost; ++i)
    many.push_back("n" + std::to_string(i) + ".example");
  commit(ChangeNeverSynced{box.id, entries(many), {}});
  EXPECT_EQ(refused(ChangeNeverSynced{box.id, entries({"more.example"}), {}}),
            "mailbox.never-synced-full");
  commit(ChangeNeverSynced{box.id, entries({"more.example"}), {"n0.example"}});
  EXPECT_EQ(named(engine(), box.id)->size(), rules::kNeverSyncedMost);
  // What its owner named before is no reason not to connect it, nor not to shorten the list.
  commit(RemoveMailbox{box.id});
  const auto again = mailbox_of(ben, "ben@acme.example");
  commit(AddMailbox{again, "p", "p"},
         ChangeNeverSynced{again.id, entries({"first.example", "second.example"}), {}, true});
  EXPECT_EQ(named(engine(), again.id)->size(), rules::kNeverSyncedMost + 2);
  EXPECT_EQ(refused(ChangeNeverSynced{again.id, entries({"yet.example"}), {}}),
            "mailbox.never-synced-full");
  commit(ChangeNeverSynced{again.id, {}, {"first.example"}});
  EXPECT_EQ(named(engine(), again.id)->size(), rules::kNeverSyncedMost + 1);
}

// All that the window reaches is judged anew where something was withheld that may come now.
TEST_P(NeverSyncedTest, C14_WhatIsNamedNoLongerIsLookedForOnceMore) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto window = ask(MailboxById{engine(), box.id})->window_since;
  commit(ChangeNeverSynced{box.id, entries({"law@firm.example"}), {"who@else.example"}});
  EXPECT_EQ(judged_anew(box.id), 0u);
  commit(ChangeNeverSynced{box.id, entries({"law@firm.example"}), {"law@firm.example"}});
  EXPECT_EQ(named(as(ben), box.id), (Names{"law@firm.example"}));
  EXPECT_EQ(judged_anew(box.id), 0u) << "named all the same";
  commit(ChangeNeverSynced{box.id, {}, {"law@firm.example"}});
  EXPECT_EQ(judged_anew(box.id), 1u);
  EXPECT_EQ(ask(MailboxById{engine(), box.id})->window_since, window);
}

// With the headers before their eyes they could tell by it who is named.
TEST_P(NeverSyncedTest, C14_WhoManagesASharedMailboxSeesNothingOfIt) {
  auto shared = mailbox_of(ben, "jobs@acme.example");
  shared.kind = rules::MailboxKind::shared;
  commit(AddMailbox{shared, "p", "p"});
  commit(SetMailboxMembers{
      shared.id,
      {{anna.id, {}, rules::MailboxRight::manage}, {ben.id, {}, rules::MailboxRight::manage}}});
  const auto inbox = add_folder(shared, "INBOX");
  const auto ledger_of = [&](const rules::User& user) {
    std::vector<std::string> seen;  // cursors too: they are no secret
    std::string after;
    do {
      const auto page = ask(BodyLedger{as(user), shared.id, {after, 1}});
      for (const auto& row : page.rows) seen.push_back(std::to_string(row.uid) + row.rule);
      seen.push_back(after = page.next);
    } while (!after.empty());
    return seen;
  };
  const auto at = [&](std::uint32_t uid) { return rules::Location{shared.id, inbox.id, 7, uid}; };
  commit(RecordBody{at(1), "candidate-address", 10, now});
  commit(RecordBody{at(2), "candidate-address", 10, now + 2s});
  const auto hers = ledger_of(anna);
  const auto revision = ask(CompanyFacts{engine()}).revision;
  const auto before = ask(MailboxById{as(anna), shared.id});
  commit(ChangeNeverSynced{shared.id, entries({"law@firm.example"}), {}});
  commit(ChangeNeverSynced{shared.id, {}, {"law@firm.example"}});
  EXPECT_TRUE(ask(Since{as(anna), revision}).empty());
  EXPECT_FALSE(ask(Since{as(ben), revision}).empty());
  EXPECT_EQ(ask(MailboxById{as(anna), shared.id})->window_since, before->window_since);
  EXPECT_EQ(ask(MailboxHealth{as(anna), shared.id}), ask(MailboxHealth{engine(), shared.id}));
  commit(RecordWithheld{at(3), now + 1s}, RecordWithheld{at(4), now + 1s});
  EXPECT_EQ(ledger_of(anna), hers);
  EXPECT_EQ(ask(BodyLedger{as(ben), shared.id, {}}).rows.size(), 4u);
  EXPECT_EQ(ledger_of(ben).size(), 8u);
  commit(RecordBody{at(5), "candidate-address", 10, now + 3s});
  EXPECT_EQ(ask(BodyLedger{as(anna), shared.id, {}}).rows[0].uid, 5u);
}

// It lies elsewhere now, or under another number.
TEST_P(NeverSyncedTest, C14_WhatCameBeforeWasNotWithheld) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto m = message("m1", "wanda@home.example", "ben@acme.example");
  commit(PutBlob{m.raw, "source"}, AddMessage{m, now},
         AddCopy{m.id, {box.id, inbox.id, 7, 4}, m.raw});
  commit(ResetFolder{box.id, inbox.id, 8});
  commit(RecordWithheld{{box.id, inbox.id, 8, 1}, now, m.envelope.message_id});
  EXPECT_TRUE(ask(BodyLedger{as(ben), box.id, {}}).rows.empty());
  commit(RecordWithheld{{box.id, inbox.id, 8, 2}, now, ""});
  EXPECT_EQ(ask(BodyLedger{as(ben), box.id, {}}).rows.size(), 1u);
}

TEST_P(NeverSyncedTest, C14_S16_ACommitCanExpectWhomTheOwnerNames) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto judged = entries({"law@firm.example"});
  commit(ChangeNeverSynced{box.id, judged, {}});
  EXPECT_TRUE(try_commit({}, {NeverSyncedIs{box.id, judged}}));
  commit(ChangeNeverSynced{box.id, entries({"clinic.example"}), {}});
  const auto late = try_commit({}, {NeverSyncedIs{box.id, judged}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "store.expectation");
}

// S-2: once, however often its header is judged; it counts as no body.
TEST_P(NeverSyncedTest, C14_TheLedgerSaysWhatWasWithheldAndNamesNobody) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const rules::Location place{box.id, inbox.id, 7, 3}, stored{box.id, inbox.id, 7, 4};
  const auto m = message("m1", "wanda@home.example", "ben@acme.example");
  commit(PutBlob{m.raw, "source"}, AddMessage{m, now}, AddCopy{m.id, stored, m.raw});
  for (int i = 0; i < 3; ++i) commit(RecordWithheld{place, now}, RecordWithheld{stored, now});
  commit(RecordBody{{box.id, inbox.id, 7, 5}, "candidate-address", 10, now});
  const auto ledger = ask(BodyLedger{as(ben), box.id, {}}).rows;
  ASSERT_EQ(ledger.size(), 2u);
  EXPECT_EQ(ledger[1].rule, rules::kNeverSyncedRule);
  EXPECT_EQ(ledger[1].uid, 3u);
  EXPECT_EQ(ledger[1].octets, 0u);
  EXPECT_EQ(ask(MailboxById{engine(), box.id})->bodies_fetched, 1u);
  const auto hours = ask(BodiesByHour{engine(), box.id, now});
  ASSERT_EQ(hours.size(), 1u);
  EXPECT_EQ(hours[0].messages, 1u);
}

}  // namespace
}  // namespace hearback::store
