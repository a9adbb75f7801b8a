#include <algorithm>
#include <set>

#include "fakes/store_conformance.hpp"
#include "store/engine/paging.hpp"

namespace hearback::store {
namespace {

using rules::FolderRole;
using rules::Location;
using rules::MailboxState;
using rules::Role;
using rules::ScannedRange;

class MailboxesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
  }
  rules::Mailbox now_of(const rules::Mailbox& box) {
    return ask(MailboxById{engine(), box.id}).value_or(rules::Mailbox{});
  }
  Folders::Row row_of(const rules::Folder& folder) {
    for (auto& row : ask(Folders{engine(), folder.mailbox}))
      if (row.folder.id == folder.id) return row;
    return {};
  }
  // A stored message with a copy at this place.
  rules::Message copied(const rules::Folder& folder, std::uint32_t uid, std::string message_id) {
    auto m = message(message_id, "someone@home.example", "ben@acme.example");
    commit(PutBlob{m.raw, "source"}, AddMessage{m, now},
           AddCopy{m.id, {folder.mailbox, folder.id, folder.uid_validity, uid}, m.raw});
    return m;
  }
  rules::User anna, ben;
};
HEARBACK_ON_EACH_DATABASE(MailboxesTest);

TEST_P(MailboxesTest, C12_WhatAPersonDidMeanwhileStands) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  commit(SetMailboxState{box.id, rules::MailboxState::off});
  auto late = store->commit({company,
                             {SetMailboxState{box.id, rules::MailboxState::needs_sign_in}},
                             {MailboxIs{box.id, rules::MailboxState::active}}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "mailbox.not-active");
  EXPECT_EQ(ask(MailboxById{engine(), box.id})->state, rules::MailboxState::off);
}

TEST_P(MailboxesTest, C1_ServersOfAnAdminAreOffered) {
  const auto offered = [&](const rules::User& to, const char* domain) {
    return ask(OfferedServers{as(to), domain});
  };
  auto bens = mailbox_of(ben, "ben@acme.example");
  bens.imap.host = "imap.trap.example";
  commit(AddMailbox{bens, "imap secret", "smtp secret"});
  EXPECT_FALSE(offered(anna, "acme.example")) << "anybody can name servers of their own";
  auto annas = mailbox_of(anna, "anna@acme.example");
  commit(AddMailbox{annas, "imap secret", "smtp secret"});
  const auto row = offered(ben, "acme.example");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->owner_name, anna.name);
  EXPECT_EQ(row->imap, annas.imap);
  EXPECT_EQ(row->smtp, annas.smtp);
  EXPECT_FALSE(offered(ben, "other.example"));
  EXPECT_FALSE(ask(OfferedServers{rules::engine_scope(CompanyId{}), "acme.example"}));
  commit(RemoveMailbox{annas.id});
  EXPECT_FALSE(offered(ben, "acme.example"));
}

TEST_P(MailboxesTest, C6_AreTheirOwnersAloneAdminsIncluded) {
  auto box = mailbox_of(ben, "ben@acme.example");
  box.saves_sent = rules::SavesSent::no;
  commit(AddMailbox{box, "imap secret", "smtp secret"});
  EXPECT_EQ(ask(Mailboxes{as(ben)}).rows, std::vector{box});
  EXPECT_EQ(ask(Mailboxes{engine()}).rows, std::vector{box});
  EXPECT_TRUE(ask(Mailboxes{as(anna)}).rows.empty());
  const auto owners = ask(MailboxOwners{as(anna), {ben.id}});
  ASSERT_EQ(owners.size(), 1u);
  EXPECT_TRUE(owners[0].owner == ben.id && owners[0].connected && !owners[0].waits);
  EXPECT_TRUE(ask(MailboxOwners{as(ben), {ben.id}}).empty());
  EXPECT_FALSE(ask(MailboxById{as(anna), box.id}));
  const auto folder = add_folder(box, "INBOX");
  commit(Quarantine{{box.id, folder.id, 7, 1}, "mail.too-large", true, {}, now},
         RecordBody{{box.id, folder.id, 7, 2}, "candidate-address", 10, now});
  EXPECT_TRUE(ask(Folders{as(anna), box.id}).empty());
  EXPECT_TRUE(ask(Quarantined{as(anna), box.id}).rows.empty());
  EXPECT_TRUE(ask(BodyLedger{as(anna), box.id, {}}).rows.empty());
  EXPECT_EQ(ask(Folders{as(ben), box.id}).size(), 1u);
  EXPECT_EQ(ask(Quarantined{as(ben), box.id}).rows.size(), 1u);
  EXPECT_EQ(ask(BodyLedger{as(ben), box.id, {}}).rows.size(), 1u);
}

TEST_P(MailboxesTest, C7_AnAddressIsConnectedOnce) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  EXPECT_EQ(refused(AddMailbox{mailbox_of(anna, "ben@acme.example"), "p", "p"}),
            "mailbox.already-connected");
  EXPECT_EQ(refused_kind, Kind::conflict);
  commit(SetMailboxState{box.id, MailboxState::off});  // off: still its owner's
  EXPECT_EQ(now_of(box).state, MailboxState::off);
  EXPECT_EQ(refused(AddMailbox{mailbox_of(anna, "ben@acme.example"), "p", "p"}),
            "mailbox.already-connected");
  commit(RemoveMailbox{box.id});
  commit(AddMailbox{mailbox_of(anna, "ben@acme.example"), "p", "p"});
  EXPECT_EQ(refused(AddMailbox{mailbox_of(anna, ""), "p", "p"}), "mailbox.bad-address");
}

TEST_P(MailboxesTest, SEC12_APasswordIsGoodForOneServerOnly) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto secret = ask(MailboxSecret{engine(), box.id});
  EXPECT_EQ(secret.imap_password, "imap secret");
  EXPECT_EQ(secret.smtp_password, "smtp secret");
  auto denied = store->ask(MailboxSecret{as(ben), box.id});
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().kind, Kind::denied);

  auto elsewhere = box.imap;
  elsewhere.host = "imap.evil.example";
  EXPECT_EQ(refused(ChangeMailbox{box.id, elsewhere, box.smtp, {}, {}}), "mailbox.password-needed");
  EXPECT_EQ(refused_kind, Kind::input);
  commit(ChangeMailbox{box.id, elsewhere, box.smtp, "new secret", {}});
  EXPECT_EQ(now_of(box).imap, elsewhere);
  EXPECT_EQ(ask(MailboxSecret{engine(), box.id}).imap_password, "new secret");
  EXPECT_EQ(ask(MailboxSecret{engine(), box.id}).smtp_password, "smtp secret");
  commit(ChangeMailbox{box.id, elsewhere, box.smtp, {}, {}});  // nothing changed
  EXPECT_EQ(refused(ChangeMailbox{make<MailboxId>(), elsewhere, box.smtp, "p", "p"}),
            "mailbox.missing");

  if (GetParam() == On::memory) return;
  for (const char* tampering :
       {"update mailboxes set imap_host = 'other.example'", "update mailboxes set smtp_port = 25",
        "update mailboxes set imap_security = 'none'"}) {
    const auto again = add_mailbox(anna, "box" + make<MailboxId>().text() + "@acme.example");
    ASSERT_TRUE(store->ask(MailboxSecret{engine(), again.id}));
    tables()->write([&](Db& db) { db.change(tampering); });
    auto opened = store->ask(MailboxSecret{engine(), again.id});
    ASSERT_FALSE(opened) << tampering;
    EXPECT_EQ(opened.error().code, "mailbox.secret-unreadable");
  }
}

TEST_P(MailboxesTest, SEC11_SwappedSecretsCannotBeOpened) {
  if (GetParam() == On::memory) return;  // there is no second way into its tables
  const auto one = add_mailbox(ben, "ben@acme.example"), two = add_mailbox(anna, "a@acme.example");
  commit(ChangeMailbox{two.id, one.imap, one.smtp, "two", "two"});
  tables()->write([&](Db& db) {
    db.change(
        "update mailboxes set imap_secret ="
        " (select m.imap_secret from mailboxes m where m.id = $2) where id = $1",
        one.id, two.id);
  });
  EXPECT_FALSE(store->ask(MailboxSecret{engine(), one.id}));
  EXPECT_TRUE(store->ask(MailboxSecret{engine(), two.id}));
  tables()->write([&](Db& db) {
    db.change(
        "update mailboxes set imap_secret = smtp_secret, smtp_secret = imap_secret"
        " where id = $1",
        two.id);
  });
  EXPECT_FALSE(store->ask(MailboxSecret{engine(), two.id}));
}

TEST_P(MailboxesTest, S13_ObservationsAddUp) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto revision = ask(CompanyFacts{engine()}).revision;
  commit(ObserveMailbox{.id = box.id, .last_success = now, .headers_seen = 100});
  commit(ObserveMailbox{
      .id = box.id, .error = "imap.timeout", .next_try = now + 60s, .headers_seen = 20});
  auto seen = now_of(box);
  EXPECT_EQ(seen.last_success, now);
  EXPECT_EQ(seen.last_error, "imap.timeout");
  EXPECT_EQ(seen.next_try, now + 60s);
  EXPECT_EQ(seen.headers_seen, 120u);
  commit(ObserveMailbox{.id = box.id, .saves_sent = rules::SavesSent::yes});
  EXPECT_EQ(now_of(box).next_try, now + 60s);
  commit(ObserveMailbox{.id = box.id, .last_success = now + 1s, .error = ""});
  seen = now_of(box);
  EXPECT_EQ(seen.last_error, "");
  EXPECT_FALSE(seen.next_try);
  EXPECT_EQ(seen.saves_sent, rules::SavesSent::yes);
  EXPECT_EQ(ask(Since{as(ben), revision}).size(), 4u);
  EXPECT_TRUE(ask(Since{as(anna), revision}).empty());
  commit(ObserveMailbox{.id = box.id, .last_success = now + 2s});  // well once more: no news
  EXPECT_EQ(ask(Since{as(ben), revision}).size(), 4u);
  EXPECT_EQ(refused(ObserveMailbox{.id = make<MailboxId>()}), "mailbox.missing");
}

TEST_P(MailboxesTest, C8_TheWindowCanBeChanged) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  commit(SetWindow{box.id, Instant{0}});
  EXPECT_EQ(now_of(box).window_since, Instant{0});
}

TEST_P(MailboxesTest, S4_FoldersFollowTheServerButKeepAPersonsChoice) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX"), sent = add_folder(box, "Sent", FolderRole::outgoing),
             junk = add_folder(box, "Junk", FolderRole::ignored);
  commit(SetFolderRole{box.id, junk.id, FolderRole::incoming});
  const std::vector<ScannedRange> ranges{{1, 10, 1, now}, {20, 30, 2, now}};
  commit(AdvanceCursor{box.id, inbox.id, 7, ranges});
  // Next LIST: Junk again, Sent renamed, the inbox under a fresh id, one new, none vanished.
  auto junk_again = junk, renamed = sent, inbox_again = inbox, fresh = inbox;
  inbox_again.id = make<FolderId>();
  renamed.name = renamed.wire_name = "Gesendet";
  fresh.id = make<FolderId>();
  fresh.wire_name = fresh.name = "Jobs";
  commit(PutFolders{box.id, {junk_again, renamed, inbox_again, fresh}});
  EXPECT_EQ(ask(Folders{engine(), box.id}).size(), 4u);
  EXPECT_EQ(row_of(junk).folder.role, FolderRole::incoming);
  EXPECT_TRUE(row_of(junk).folder.role_by_user);
  EXPECT_EQ(row_of(sent).folder.name, "Gesendet");
  EXPECT_EQ(row_of(inbox).ranges, ranges);
  EXPECT_EQ(row_of(inbox).folder.uid_validity, 7u);
  commit(PutFolders{box.id, {inbox}});
  EXPECT_EQ(ask(Folders{engine(), box.id}).size(), 1u);
  EXPECT_EQ(refused(SetFolderRole{box.id, junk.id, FolderRole::incoming}), "folder.missing");
}

// A folder that isn't listed is gone for everybody but for what a person decided on it.
TEST_P(MailboxesTest, S4_APersonsChoiceOutlivesAListingWithoutTheFolder) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX"), work = add_folder(box, "Private"),
             other = add_folder(box, "Other");
  commit(SetFolderRole{box.id, work.id, FolderRole::ignored});
  commit(AdvanceCursor{box.id, work.id, 7, {{1, 10, 1, now}}});
  commit(PutFolders{box.id, {inbox}});
  EXPECT_EQ(ask(Folders{engine(), box.id}).size(), 1u);
  EXPECT_FALSE(ask(FolderInForce{engine(), box.id, work.id}));
  const auto known = ask(Folders{engine(), box.id, Folders::Which::known});
  ASSERT_EQ(known.size(), 2u) << "but not the one that nobody chose for";
  EXPECT_EQ(refused(SetFolderRole{box.id, other.id, FolderRole::incoming}), "folder.missing");
  // Not listed again and again: nothing is written, nothing is lost.
  commit(PutFolders{box.id, {inbox}});
  // It comes back under another name and with its id, as follow_choices found it.
  auto back = work;
  back.name = back.wire_name = "Family";
  back.role = FolderRole::ignored;
  back.role_by_user = true;
  commit(PutFolders{box.id, {inbox, back}});
  EXPECT_EQ(row_of(work).folder.name, "Family");
  EXPECT_EQ(row_of(work).folder.role, FolderRole::ignored);
  EXPECT_TRUE(row_of(work).folder.role_by_user);
  EXPECT_TRUE(row_of(work).ranges.empty()) << "its numbers may be another's";
}

// S-16: whoever reads a folder asks about that one alone; so what lies below follows in the same
// commit, whether it was known or is seen only then.
TEST_P(MailboxesTest, S4_S16_AChoiceReachesWhatLiesBelowAtOnce) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto folder = [&](std::string name, std::string special_use = "") {
    auto one = Folders::Row{}.folder;
    one.id = make<FolderId>();
    one.mailbox = box.id;
    one.name = one.wire_name = std::move(name);
    one.role = FolderRole::incoming;
    one.special_use = std::move(special_use);
    one.uid_validity = 7;
    one.delimiter = '/';
    return one;
  };
  auto inbox = folder("INBOX"), above = folder("Private"), below = folder("Private/2026"),
       chosen = folder("Private/Jobs"), deeper = folder("Private/Jobs/Old"),
       beside = folder("Private.too"), dotted = folder("Private.2026");
  dotted.delimiter = '.';
  commit(PutFolders{box.id, {inbox, above, below, chosen, deeper, beside}});
  EXPECT_EQ(row_of(below).folder.delimiter, '/');
  commit(SetFolderRole{box.id, chosen.id, FolderRole::outgoing});
  EXPECT_EQ(row_of(deeper).folder.role, FolderRole::outgoing);
  commit(AdvanceCursor{box.id, below.id, 7, {{1, 10, 1, now}}});
  commit(SetFolderRole{box.id, above.id, FolderRole::ignored});
  EXPECT_EQ(ask(FolderInForce{engine(), box.id, below.id})->role, FolderRole::ignored);
  EXPECT_FALSE(row_of(below).folder.role_by_user);
  EXPECT_EQ(row_of(chosen).folder.role, FolderRole::outgoing);
  EXPECT_EQ(row_of(deeper).folder.role, FolderRole::outgoing);
  EXPECT_EQ(row_of(beside).folder.role, FolderRole::incoming);
  // Listed before the choice, told after it.
  const auto late = folder("Private/2027"), later = folder("Private/Jobs/New");
  commit(PutFolders{box.id, {inbox, above, below, chosen, deeper, late, later, dotted}});
  EXPECT_EQ(row_of(below).folder.role, FolderRole::ignored);
  EXPECT_EQ(row_of(late).folder.role, FolderRole::ignored);
  EXPECT_EQ(row_of(later).folder.role, FolderRole::outgoing);
  EXPECT_EQ(row_of(dotted).folder.role, FolderRole::ignored);
  // Nobody looked there meanwhile.
  commit(SetFolderRole{box.id, above.id, FolderRole::incoming});
  EXPECT_EQ(row_of(below).folder.role, FolderRole::incoming);
  EXPECT_TRUE(row_of(below).ranges.empty());
  // It isn't listed, and what is decided holds for what lies below all the same.
  commit(SetFolderRole{box.id, above.id, FolderRole::ignored});
  commit(PutFolders{box.id, {inbox, folder("Private/2028"), below}});
  EXPECT_EQ(row_of(below).folder.role, FolderRole::ignored);
}

// Nobody looked there for what was added while it was ignored, whoever says that it is read now.
TEST_P(MailboxesTest, S5_WhatIsReadAgainIsLookedThroughAnew) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  auto jobs = add_folder(box, "Jobs", FolderRole::ignored);
  commit(AdvanceCursor{box.id, jobs.id, 7, {{1, 10, 1, now}}});
  commit(PutFolders{box.id, {jobs}});
  EXPECT_FALSE(row_of(jobs).ranges.empty());
  jobs.role = FolderRole::incoming;
  commit(PutFolders{box.id, {jobs}});
  EXPECT_TRUE(row_of(jobs).ranges.empty());
}

// C-12: it holds for the password that is there.
TEST_P(MailboxesTest, C12_WhenAPasswordWasSeenToWorkIsKeptWithIt) {
  const auto box = mailbox_of(ben, "ben@acme.example");
  commit(AddMailbox{box, "p", "p", now});
  const auto proven = [&] { return ask(MailboxSecret{engine(), box.id}).imap_proven; };
  EXPECT_EQ(proven(), now);
  commit(ChangeMailbox{box.id, box.imap, box.smtp, {}, "other", now + 1s});
  EXPECT_EQ(proven(), now);
  commit(ChangeMailbox{box.id, box.imap, box.smtp, "new", {}, now + 2s, now + 2s});
  EXPECT_EQ(proven(), now + 2s);
  commit(ChangeMailbox{box.id, box.imap, box.smtp, "untried", {}, now + 3s});
  EXPECT_FALSE(proven());
}

TEST_P(MailboxesTest, S12_QuarantineIsCountedForSomeReasonsUpToABound) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX"), work = add_folder(box, "Work");
  using Where = QuarantinedFor::Where;
  const auto count = [&](Where where, std::size_t most) {
    return ask(
        QuarantinedFor{engine(), box.id, {"imap.left-out", "imap.refused"}, inbox.id, where, most});
  };
  EXPECT_EQ(count(Where::there, 10), 0u);
  for (std::uint32_t uid = 1; uid <= 4; ++uid)
    commit(Quarantine{{box.id, inbox.id, 7, uid}, "mail.too-large", true, {}, now},
           Quarantine{{box.id, inbox.id, 7, 10 + uid}, "imap.left-out", uid == 1, {}, now},
           Quarantine{{box.id, work.id, 7, uid}, "imap.refused", true, {}, now});
  commit(BeginImport{{{box.id, inbox.id, 7, 30}}, now},
         Quarantine{{box.id, inbox.id, 7, 40}, "imap.refused", true, {}, now});
  EXPECT_EQ(count(Where::there, 10), 5u);
  EXPECT_EQ(count(Where::there, 3), 3u);
  EXPECT_EQ(count(Where::elsewhere, 10), 4u);
  EXPECT_EQ(ask(QuarantinedFor{as(anna), box.id, {"imap.left-out"}, inbox.id, Where::there, 9}),
            0u);
  EXPECT_EQ(ask(ToRetry{engine(), box.id}).size(), 4u);  // three were left out, one is begun
  EXPECT_EQ(ask(QuarantinedCount{as(ben), box.id, 100}), 13u);
}

// Each folder says by itself whether it can be read; its mailbox is only counted up.
TEST_P(MailboxesTest, S13_AFolderHasAStateOfItsOwn) {
  auto box = mailbox_of(ben, "ben@acme.example");
  box.window_since = now - 60s;
  commit(AddMailbox{box, "p", "p"});
  const auto inbox = add_folder(box, "INBOX"), work = add_folder(box, "Work");
  add_folder(box, "Junk", FolderRole::ignored);
  const auto health = [&] { return ask(MailboxHealth{as(ben), box.id}); };
  EXPECT_EQ(health(), (MailboxHealth::Answer{.folders_left = 2}));
  const auto revision = ask(CompanyFacts{engine()}).revision;
  const rules::Resting resting{"imap.refused", now, now + 30s};
  commit(ObserveFolder{box.id, inbox.id, box.window_since, {}},
         ObserveFolder{box.id, work.id, {}, resting});
  EXPECT_EQ(row_of(work).folder.resting, resting);
  EXPECT_FALSE(row_of(work).folder.read_since);
  EXPECT_FALSE(row_of(inbox).folder.resting);
  EXPECT_EQ(row_of(inbox).folder.read_since, box.window_since);
  EXPECT_EQ(health(), (MailboxHealth::Answer{1, 1, 1}));
  EXPECT_EQ(ask(MailboxHealth{as(anna), box.id}), MailboxHealth::Answer{});
  const auto told = ask(Since{as(ben), revision}).size();
  EXPECT_GT(told, 0u);
  EXPECT_TRUE(ask(Since{as(anna), revision}).empty());
  const rules::Resting on{"imap.refused", now, now + 90s};
  commit(ObserveFolder{box.id, work.id, {}, on});  // no news
  EXPECT_EQ(ask(Since{as(ben), revision}).size(), told);
  EXPECT_EQ(row_of(work).folder.resting, on);
  commit(ObserveFolder{box.id, work.id, box.window_since, {}});
  EXPECT_EQ(ask(Since{as(ben), revision}).size(), told + 1);
  EXPECT_EQ(health(), MailboxHealth::Answer{});
}

// C-8: what is imported is as far as the window reached then; a folder that is read from now on is
// still to be read, and of one that isn't any more nothing is said.
TEST_P(MailboxesTest, C8_AnImportIsOverWhenEachFolderIsLookedThrough) {
  auto box = mailbox_of(ben, "ben@acme.example");
  box.window_since = now - 60s;
  commit(AddMailbox{box, "p", "p"});
  auto inbox = add_folder(box, "INBOX"), work = add_folder(box, "Work");
  const rules::Resting resting{"imap.refused", now, now + 30s};
  const auto health = [&] { return ask(MailboxHealth{engine(), box.id}); };
  const auto all_read = [&] {
    commit(ObserveFolder{box.id, inbox.id, now_of(box).window_since, {}},
           ObserveFolder{box.id, work.id, now_of(box).window_since, resting});
    EXPECT_EQ(health().folders_left, 0u);
    EXPECT_EQ(health().folders_resting, 1u);
  };
  all_read();
  commit(SetWindow{box.id, now - 90s});
  EXPECT_EQ(health().folders_left, 2u);
  all_read();
  commit(SetWindow{box.id, now - 10s});
  EXPECT_EQ(health().folders_left, 0u);
  commit(SetFolderRole{box.id, work.id, FolderRole::ignored});
  EXPECT_EQ(health(), MailboxHealth::Answer{});
  commit(ObserveFolder{box.id, work.id, now, resting});  // of a look that began before
  EXPECT_FALSE(row_of(work).folder.resting);
  commit(SetFolderRole{box.id, work.id, FolderRole::incoming});
  EXPECT_EQ(health().folders_left, 1u);
  all_read();
  commit(SetFolderRole{box.id, work.id, FolderRole::outgoing});
  EXPECT_EQ(health().folders_left, 0u);
  commit(PutFolders{box.id, {inbox}});
  EXPECT_EQ(health(), MailboxHealth::Answer{});
  work.role = FolderRole::incoming;
  commit(PutFolders{box.id, {inbox, work}});
  EXPECT_EQ(health(), (MailboxHealth::Answer{.folders_left = 1}));
}

// T-3: others were settled while it hadn't been looked through, which the next life has to know.
TEST_P(MailboxesTest, T3_AFolderThatOthersWereSettledWithoutIsNoted) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  auto inbox = add_folder(box, "INBOX"), work = add_folder(box, "Work");
  const auto junk = add_folder(box, "Junk", FolderRole::ignored);
  EXPECT_FALSE(row_of(work).missed);
  commit(ObserveFolder{box.id, work.id, {}, {}, true});
  EXPECT_TRUE(row_of(work).missed);
  commit(ObserveFolder{box.id, work.id, now, {}});
  EXPECT_FALSE(row_of(work).missed);
  // Of one that is read from now on, or wasn't there.
  const auto switch_on_and_off = [&] {
    commit(SetFolderRole{box.id, junk.id, FolderRole::incoming});
    const bool missed = row_of(junk).missed;
    commit(SetFolderRole{box.id, junk.id, FolderRole::ignored});
    return missed;
  };
  EXPECT_FALSE(switch_on_and_off());
  commit(AdvanceCursor{box.id, inbox.id, 7, {{1, 9, 0, now}}});
  EXPECT_FALSE(switch_on_and_off());
  commit(AdvanceCursor{box.id, inbox.id, 7, {{1, 9, 3, now}}});
  EXPECT_TRUE(switch_on_and_off());
  EXPECT_TRUE(row_of(add_folder(box, "New")).missed);
  EXPECT_FALSE(row_of(work).missed);
}

// Whatever its numbers are: what it brought under those before, others may still be asked for.
TEST_P(MailboxesTest, T3_S10_AFolderThatWasMissedStaysSoWhenItIsNumberedAnew) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto work = add_folder(box, "Work");
  for (const bool missed : {true, false}) {
    commit(AdvanceCursor{box.id, work.id, row_of(work).folder.uid_validity, {{1, 9, 3, now}}},
           ObserveFolder{box.id, work.id, now, {}, missed});
    commit(ResetFolder{box.id, work.id, missed ? 8u : 9u});
    EXPECT_EQ(row_of(work).missed, missed);
    EXPECT_TRUE(row_of(work).ranges.empty());
  }
}

// What was seen of one account isn't written down as another one's.
TEST_P(MailboxesTest, S10_S16_ACommitOfWhatWasSeenExpectsTheAccountInWhichItWas) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto reset = [&](const AccountIs& seen_in) {
    return try_commit({ResetFolder{box.id, inbox.id, 8}}, {seen_in});
  };
  EXPECT_TRUE(reset({box.id, box.imap}));
  for (const int part : {0, 1, 2}) {
    auto other = box.imap;
    if (part == 0) other.host = "imap.elsewhere.example";
    if (part == 1) other.user = "somebody";
    if (part == 2) ++other.port;
    const auto refused = reset({box.id, other});
    ASSERT_FALSE(refused) << part;
    EXPECT_EQ(refused.error().code, "mailbox.another-account");
    EXPECT_EQ(refused.error().kind, Kind::conflict);
  }
}

// S-10: another account has other messages under the same numbers. What was brought stays, and what
// was chosen.
TEST_P(MailboxesTest, S10_AnotherAccountBehindAMailboxIsLookedAtAnew) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX"), junk = add_folder(box, "Junk");
  commit(SetFolderRole{box.id, junk.id, FolderRole::ignored});
  const auto m = copied(inbox, 1, "m1");
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto t = thread(wanda);
  commit(AddThread{t},
         PlaceMessage{{t.id, wanda, m.id, rules::PlacedBy::address, "wanda@home.example"}, now});
  auto imap = box.imap;
  std::uint32_t series = 7;
  const auto change = [&] {
    ObserveMailbox seen;
    seen.id = box.id;
    seen.searched = 1;
    commit(AdvanceCursor{box.id, inbox.id, series, {{1, 9, 3, now}}},
           ObserveFolder{box.id, inbox.id, now, {}},
           Quarantine{{box.id, inbox.id, series, 5}, "imap.refused", true, {}, now}, seen);
    commit(ChangeMailbox{box.id, imap, box.smtp, "again", {}, now});
    const bool kept = !row_of(inbox).ranges.empty();
    EXPECT_EQ(row_of(inbox).folder.uid_validity, kept ? series : 0u);
    EXPECT_EQ(row_of(inbox).folder.read_since.has_value(), kept);
    EXPECT_EQ(ask(QuarantinedCount{as(ben), box.id, 9}), kept ? 1u : 0u);
    EXPECT_EQ(row_of(junk).folder.role, FolderRole::ignored);
    EXPECT_TRUE(ask(MessageById{as(anna), m.id}));
    if (!kept) commit(ResetFolder{box.id, inbox.id, ++series});
    return kept;
  };
  EXPECT_TRUE(change());  // the password alone
  imap.security = "starttls";
  EXPECT_TRUE(change());
  EXPECT_EQ(ask(ImportedByFolder{engine(), box.id}).size(), 1u);
  imap.user = "someone.else";
  EXPECT_FALSE(change());
  EXPECT_TRUE(ask(ImportedByFolder{engine(), box.id}).empty());
  imap.port = 1993;
  EXPECT_FALSE(change());
  imap.host = "imap.other.example";
  EXPECT_FALSE(change());
}

// S-10: what a look brings in that began before the folder's numbers became others.
TEST_P(MailboxesTest, S10_ACommitCanExpectTheFoldersNumbersToBeAsTheyWere) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto expected = [&](std::uint32_t uid_validity) {
    auto done = try_commit({ObserveFolder{box.id, inbox.id, now, {}}},
                           {FolderIsRead{box.id, inbox.id, uid_validity}});
    return done ? "" : done.error().code;
  };
  EXPECT_EQ(expected(7), "");
  EXPECT_EQ(expected(0), "");
  EXPECT_EQ(expected(8), "folder.reset");
}

TEST_P(MailboxesTest, S16_WhatIsInForceForAFolder) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto in_force = [&] { return ask(FolderInForce{engine(), box.id, inbox.id}); };
  ASSERT_TRUE(in_force());
  EXPECT_TRUE(in_force()->mailbox_is_read);
  EXPECT_EQ(in_force()->role, FolderRole::incoming);
  EXPECT_EQ(in_force()->window_since, now_of(box).window_since);
  commit(SetWindow{box.id, now});
  commit(SetFolderRole{box.id, inbox.id, FolderRole::ignored});
  EXPECT_EQ(in_force()->role, FolderRole::ignored);
  EXPECT_EQ(in_force()->window_since, now);
  commit(SetMailboxState{box.id, rules::MailboxState::off});
  EXPECT_FALSE(in_force()->mailbox_is_read);
  commit(RemoveMailbox{box.id});
  EXPECT_FALSE(in_force());
}

TEST_P(MailboxesTest, S10_TheCursorMovesOnlyUnderItsUidValidity) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  EXPECT_EQ(refused(AdvanceCursor{box.id, inbox.id, 8, {{1, 5, 1, now}}}), "folder.reset");
  EXPECT_EQ(refused_kind, Kind::conflict);
  commit(AdvanceCursor{box.id, inbox.id, 7, {{1, 5, 1, now}}});
  const auto m = copied(inbox, 3, "m3");
  commit(BeginImport{{{box.id, inbox.id, 7, 4}}, now});
  EXPECT_EQ(ask(ImportedByFolder{engine(), box.id})[inbox.id], 1u);
  commit(ResetFolder{box.id, inbox.id, 8});
  EXPECT_TRUE(row_of(inbox).ranges.empty());
  EXPECT_EQ(ask(ImportedByFolder{engine(), box.id})[inbox.id], 0u);
  EXPECT_EQ(row_of(inbox).folder.uid_validity, 8u);
  EXPECT_TRUE(ask(CopiesOf{engine(), m.id}).empty());
  EXPECT_TRUE(ask(Quarantined{engine(), box.id}).rows.empty());
  // Found again under its new number: the same copy, its source kept once.
  const auto again = make<BlobId>();
  commit(PutBlob{again, "source"}, AddCopy{m.id, {box.id, inbox.id, 8, 1}, again});
  const auto copies = ask(CopiesOf{engine(), m.id});
  ASSERT_EQ(copies.size(), 1u);
  EXPECT_EQ(copies[0].at, (Location{box.id, inbox.id, 8, 1}));
  EXPECT_EQ(copies[0].raw, again);
  EXPECT_EQ(ask(BlobBytes{company, m.raw}), "source");  // still the message's own
}

TEST_P(MailboxesTest, S2_TheLedgerNamesEachBodyNewestFirst) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  for (std::uint32_t uid = 1; uid <= 5; ++uid)
    commit(RecordBody{{box.id, inbox.id, 7, uid}, "candidate-address", 100 + uid, now});
  EXPECT_EQ(now_of(box).bodies_fetched, 5u);
  std::vector<std::uint32_t> uids;
  std::string after;
  do {
    auto page = ask(BodyLedger{as(ben), box.id, {after, 2}});
    for (auto& row : page.rows) {
      EXPECT_EQ(row.folder, "INBOX");
      EXPECT_EQ(row.octets, 100u + row.uid);
      EXPECT_EQ(row.rule, "candidate-address");
      uids.push_back(row.uid);
    }
    after = page.next;
  } while (!after.empty());
  EXPECT_EQ(uids, (std::vector<std::uint32_t>{5, 4, 3, 2, 1}));
}

TEST_P(MailboxesTest, S12_AttemptsAndQuarantine) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const Location at{box.id, inbox.id, 7, 9};
  commit(BeginImport{{at, {box.id, inbox.id, 7, 10}}, now});
  commit(BeginImport{{at}, now});
  EXPECT_TRUE(ask(Quarantined{as(ben), box.id}).rows.empty());  // under way is the engines' affair
  ASSERT_EQ(ask(Quarantined{engine(), box.id}).rows.size(), 2u);
  const auto raw = make<BlobId>();
  commit(PutBlob{raw, "bad bytes"}, Quarantine{at, "mail.malformed", true, raw, now});
  auto rows = ask(Quarantined{as(ben), box.id}).rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].at, at);
  EXPECT_EQ(rows[0].folder, "INBOX");
  EXPECT_EQ(rows[0].reason, "mail.malformed");
  EXPECT_EQ(rows[0].attempts, 2);
  EXPECT_TRUE(rows[0].given_up);
  EXPECT_EQ(rows[0].raw, raw);
  commit(RetryQuarantined{at});
  rows = ask(Quarantined{as(ben), box.id}).rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].given_up);
  EXPECT_EQ(rows[0].attempts, 0);
  // Imported after all: it waits no more, and the quarantined source goes.
  copied(inbox, 9, "m9");
  EXPECT_TRUE(ask(Quarantined{as(ben), box.id}).rows.empty());
  EXPECT_FALSE(ask(BlobBytes{company, raw}));
  EXPECT_EQ(refused(RetryQuarantined{at}), "quarantine.missing");
}

TEST_P(MailboxesTest, S2_S12_OneCommitTakesInSeveral) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX"), other = add_folder(box, "Other");
  const Location here{box.id, inbox.id, 7, 1}, there{box.id, other.id, 7, 1};
  const Location waits{box.id, other.id, 7, 2};
  commit(BeginImport{{here, there, waits}, now});
  const auto m = message("m", "wanda@home.example", "ben@acme.example");
  commit(PutBlob{m.raw, "source"}, AddMessage{m, now}, AddCopy{m.id, here, m.raw},
         RecordBody{here, "candidate-address", 6, now}, AddCopy{m.id, there, m.raw},
         RecordBody{there, "candidate-address", 6, now});
  EXPECT_EQ(now_of(box).bodies_fetched, 2u);
  const auto rows = ask(Quarantined{engine(), box.id}).rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].at, waits);
}

TEST_P(MailboxesTest, D1_WhatIsQuarantinedGoesWithTheLastOfThoseWhoseItIs) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto bob = add_candidate("Bob", {"bob@home.example"});
  std::vector<BlobId> raws;
  const auto keep = [&](std::uint32_t uid, std::vector<CandidateId> about) {
    raws.push_back(make<BlobId>());
    commit(PutBlob{raws.back(), "source"},
           Quarantine{{box.id, inbox.id, 7, uid}, "mail.malformed", true, raws.back(), now, about});
  };
  const auto left = [&] {
    std::vector<std::uint32_t> uids;
    for (auto& row : ask(Quarantined{as(ben), box.id}).rows) uids.push_back(row.at.uid);
    std::ranges::sort(uids);
    return uids;
  };
  keep(1, {wanda});
  keep(2, {wanda, bob});
  keep(3, {bob});
  commit(Quarantine{{box.id, inbox.id, 7, 4}, "mail.too-large", true, {}, now, {wanda}});
  commit(Quarantine{{box.id, inbox.id, 7, 5}, "imap.left-out", true, {}, now, {}});
  commit(ForgetCandidate{wanda, as(anna), now});
  run_errands();
  EXPECT_EQ(left(), (std::vector<std::uint32_t>{2, 3, 5}));
  EXPECT_FALSE(ask(BlobBytes{company, raws[0]}));
  EXPECT_TRUE(ask(BlobBytes{company, raws[1]}));
  // What was judged before she was deleted, and is told of afterwards.
  keep(6, {wanda});
  keep(7, {wanda, bob});
  EXPECT_EQ(left(), (std::vector<std::uint32_t>{2, 3, 5, 7}));
  EXPECT_FALSE(ask(BlobBytes{company, raws[3]}));
  commit(ForgetCandidate{bob, as(anna), now});
  run_errands();
  EXPECT_EQ(left(), (std::vector<std::uint32_t>{5}));
  for (const auto& raw : raws) EXPECT_FALSE(ask(BlobBytes{company, raw}));
}

TEST_P(MailboxesTest, S12_QuarantineIsPagedCountedAndFoundByItsPlace) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX"), work = add_folder(box, "Work");
  std::set<std::pair<FolderId, std::uint32_t>> all;
  for (std::uint32_t uid = 1; uid <= 7; ++uid)
    for (const auto& folder : {inbox, work}) {
      const bool given_up = uid % 2 == 0;
      const Location at{box.id, folder.id, 7, uid};
      commit(BeginImport{{at}, now});
      commit(Quarantine{at, "mail.malformed", given_up, {}, now + std::chrono::seconds(uid / 4)});
      all.emplace(folder.id, uid);
    }
  std::set<std::pair<FolderId, std::uint32_t>> seen;
  std::optional<Instant> last;
  PageRequest page{.after = {}, .rows = 3};
  do {
    const auto found = ask(Quarantined{as(ben), box.id, page});
    EXPECT_LE(found.rows.size(), 3u);
    for (const auto& row : found.rows) {
      EXPECT_TRUE(seen.emplace(row.at.folder, row.at.uid).second);
      EXPECT_TRUE(!last || row.since <= *last);  // newest first
      last = row.since;
    }
    page.after = found.next;
  } while (!page.after.empty());
  EXPECT_EQ(seen, all);
  EXPECT_EQ(store->ask(Quarantined{as(ben), box.id, {to_text(Cursor{"1 2", {}}), 3}}).error().code,
            "page.bad-cursor");

  EXPECT_EQ(ask(QuarantinedCount{as(ben), box.id, 100}), 14u);
  EXPECT_EQ(ask(QuarantinedCount{as(ben), box.id, 10}), 10u);
  EXPECT_EQ(ask(QuarantinedCount{as(anna), box.id, 10}), 0u);
  ASSERT_EQ(ask(QuarantinedAt{as(ben), box.id, work.id, {2, 99}}).size(), 1u);
  EXPECT_TRUE(ask(QuarantinedAt{as(anna), box.id, work.id, {2}}).empty());

  commit(RetryQuarantined{{box.id, work.id, 7, 4}});
  const auto asked_for = ask(ToRetry{engine(), box.id, true});
  ASSERT_EQ(asked_for.size(), 1u);
  EXPECT_EQ(asked_for[0].at.uid, 4u);
  ToRetry next{engine(), box.id, false, {}, 4};
  std::size_t waiting = 0;
  for (auto rows = ask(next); !rows.empty(); rows = ask(next)) {
    waiting += rows.size();
    next.after = rows.back().at;
  }
  EXPECT_EQ(waiting, 9u);  // four of each folder, and the one that is asked for
  EXPECT_TRUE(ask(ToRetry{as(ben), box.id}).empty());
}

TEST_P(MailboxesTest, AreReadInPages) {
  std::vector<MailboxId> all, bens;
  for (int i = 0; i < 3 * 9; ++i) {
    const auto& owner = i % 3 == 0 ? ben : anna;
    const auto box = add_mailbox(owner, "box" + std::to_string(i) + "@acme.example");
    all.push_back(box.id);
    if (owner.id == ben.id) bens.push_back(box.id);
  }
  const auto read = [&](const Scope& scope) {
    std::vector<MailboxId> ids;
    Mailboxes question{scope, rules::MailboxRight::manage, {"", 4}};
    do {
      const auto page = ask(question);
      EXPECT_LE(page.rows.size(), question.page.rows);
      for (const auto& box : page.rows) ids.push_back(box.id);
      question.page.after = page.next;
    } while (!question.page.after.empty());
    return ids;
  };
  EXPECT_EQ(read(engine()), all);
  EXPECT_EQ(read(as(ben)), bens);
  commit(RemoveMailbox{bens[3]});
  std::erase(all, bens[3]);
  bens.erase(bens.begin() + 3);
  EXPECT_EQ(read(engine()), all);
  EXPECT_EQ(read(as(ben)), bens);
  EXPECT_EQ(store->ask(Mailboxes{as(ben), rules::MailboxRight::see, {"?", 4}}).error().code,
            "page.bad-cursor");
}

TEST_P(MailboxesTest, C9_RemovingKeepsWhatWasImported) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto m = copied(inbox, 1, "m1");
  const auto t = thread(wanda);
  commit(AddThread{t},
         PlaceMessage{{t.id, wanda, m.id, rules::PlacedBy::address, "wanda@home.example"}, now});
  commit(RemoveMailbox{box.id});
  EXPECT_FALSE(ask(MailboxById{engine(), box.id}));
  EXPECT_TRUE(ask(Mailboxes{as(ben)}).rows.empty());
  EXPECT_FALSE(store->ask(MailboxSecret{engine(), box.id}));
  EXPECT_TRUE(ask(Folders{engine(), box.id}).empty());
  EXPECT_TRUE(ask(MessageById{as(anna), m.id}));
  EXPECT_EQ(refused(SetMailboxState{box.id, MailboxState::active}), "mailbox.missing");
  EXPECT_EQ(refused(AdvanceCursor{box.id, inbox.id, 7, {}}), "mailbox.missing");
}

TEST_P(MailboxesTest, ACommitCanExpectTheMailboxToBeAsItWas) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto job = [&] {
    return PutJob{{make<JobId>(), "J", rules::JobKind::offer, true}, {}, now};
  };
  EXPECT_TRUE(try_commit({job()}, {MailboxIs{box.id, MailboxState::active}}));
  commit(SetMailboxState{box.id, MailboxState::off});
  auto refused = try_commit({job()}, {MailboxIs{box.id, MailboxState::active}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "mailbox.not-active");
  EXPECT_EQ(refused.error().kind, Kind::conflict);
  EXPECT_FALSE(try_commit({job()}, {MailboxIs{make<MailboxId>(), MailboxState::active}}));
  auto claim = mailbox_of(ben, "jobs@acme.example");
  claim.proof = rules::AddressProof::none;
  commit(AddMailbox{claim, "p", "p"});
  const auto why = [&] {
    auto done = try_commit({job()}, {MailboxIs{claim.id, MailboxState::active}});
    return done ? "nothing" : done.error().code;
  };
  EXPECT_EQ(why(), "mailbox.unproven");
  commit(SetAddressProof{claim.id, rules::AddressProof::refused, anna.id, now});
  EXPECT_EQ(why(), "mailbox.address-refused");
}

}  // namespace
}  // namespace hearback::store
