#include <atomic>
#include <set>
#include <thread>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class ChangingUsers : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::manager);
  }
  ChangeUser change(const rules::User& user) { return {user.id, anna.id, {}, {}, {}, {}, now}; }
  ChangeUser to(const rules::User& user, Role role) {
    auto made = change(user);
    made.role = role;
    return made;
  }
  ChangeUser active(const rules::User& user, bool is) {
    auto made = change(user);
    made.active = is;
    return made;
  }
  rules::User now_of(const rules::User& user) { return *ask(UserById{engine(), user.id}); }
  rules::OutboxMessage queued(const std::string& id) {
    auto t = thread(wanda);
    auto m = message(id, ben.email, "wanda@home.example");
    m.direction = rules::Direction::outgoing;
    place(m, t, rules::PlacedBy::sent_here, "");
    rules::OutboxMessage row;
    row.id = make<OutboxId>();
    row.author = ben.id;
    row.mailbox = box.id;
    row.candidate = wanda;
    row.thread = t.id;
    row.message = m.id;
    row.message_id = id;
    row.envelope_from = ben.email;
    row.recipients = {"wanda@home.example"};
    row.bytes = m.raw;
    row.created = row.not_before = now;
    commit(AddOutbox{row});
    return row;
  }
  void move(const rules::OutboxMessage& row, rules::OutboxState state, rules::OutboxPhase phase) {
    commit(MoveOutbox{.id = row.id,
                      .fence = 1,
                      .state = state,
                      .phase = phase,
                      .not_before = now,
                      .release = false,
                      .sent = {},
                      .copy_filed = {},
                      .why = "",
                      .answer = "",
                      .at = now});
  }

  rules::User anna, ben;
  rules::Mailbox box;
  CandidateId wanda;
};
HEARBACK_ON_EACH_DATABASE(ChangingUsers);

TEST_P(ChangingUsers, O5_WhatIsAbsentStaysAsItIs) {
  auto made = to(ben, Role::evaluator);
  made.name = "Benjamin";
  commit(made);
  auto expected = ben;
  expected.name = "Benjamin";
  expected.role = Role::evaluator;
  EXPECT_EQ(now_of(ben), expected);
  EXPECT_EQ(ask(SignIn{ben.email_normal}).at(0).password_hash, "hash of ben");
  auto sees_all = change(ben);
  sees_all.all_jobs = true;
  commit(sees_all);
  expected.all_jobs = true;
  EXPECT_EQ(now_of(ben), expected);
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(sees_all);
  EXPECT_EQ(ask(CompanyFacts{engine()}).revision, before) << "nothing changed, nobody is told";
  EXPECT_EQ(refused(ChangeUser{make<UserId>(), anna.id, "X", {}, {}, {}, now}), "user.missing");
}

TEST_P(ChangingUsers, O5_WhoIsNoAdminAnyMoreSeesAllJobsOnlyIfItIsSaid) {
  auto carla = add_user("carla", Role::admin, true);
  commit(to(carla, Role::manager));
  EXPECT_FALSE(now_of(carla).all_jobs);
  commit(to(carla, Role::admin));
  auto made = to(carla, Role::manager);
  made.all_jobs = true;
  commit(made);
  EXPECT_TRUE(now_of(carla).all_jobs);
}

TEST_P(ChangingUsers, O5_OnlyWhoIsAnAdminStillChangesOthers) {
  EXPECT_EQ(refused(ChangeUser{anna.id, ben.id, "X", {}, {}, {}, now}), "access.denied");
  EXPECT_EQ(refused_kind, Kind::denied);
  const auto carla = add_user("carla", Role::admin);
  commit(to(carla, Role::manager));  // while she was asking for something
  EXPECT_EQ(refused(ChangeUser{ben.id, carla.id, {}, Role::admin, {}, {}, now}), "access.denied");
}

TEST_P(ChangingUsers, O5_TheLastAdminWhoCanComeInStays) {
  EXPECT_EQ(refused(to(anna, Role::manager)), "user.last-admin");
  EXPECT_EQ(refused(active(anna, false)), "user.last-admin");
  EXPECT_EQ(refused_kind, Kind::conflict);
  // Somebody who was invited and isn't here yet can undo nothing.
  rules::User nina = ben;
  nina.id = make<UserId>();
  nina.email = nina.email_normal = "nina@acme.example";
  nina.role = Role::admin;
  commit(PutUser{nina, std::nullopt, now});
  EXPECT_EQ(refused(active(anna, false)), "user.last-admin");
  commit(PutLink{nina.id, anna.id, "link", now, now + 1h});
  commit(UseLink{nina.id, "link", "hash", false, now});
  commit(to(anna, Role::manager));
  EXPECT_EQ(now_of(anna).role, Role::manager);
}

TEST_P(ChangingUsers, O5_OfTwoAdminsWhoGoAtOnceOneStays) {
  if (GetParam() == On::memory) GTEST_SKIP() << "one connection";
  const auto carla = add_user("carla", Role::admin);
  std::atomic<int> done = 0;
  const auto leave = [&](const rules::User& user) {
    auto other = open();
    const ChangeUser made{user.id, user.id, {}, {}, {}, false, now};
    if (other->commit({company, {made}, {}})) ++done;
  };
  std::thread one([&] { leave(anna); }), two([&] { leave(carla); });
  one.join();
  two.join();
  EXPECT_EQ(done, 1);
  EXPECT_NE(now_of(anna).active, now_of(carla).active);
}

TEST_P(ChangingUsers, O5_EverythingThatLetsInEndsWithDeactivation) {
  commit(AddSession{make<SessionId>(), ben.id, "cookie", now, now + 1h},
         AddToken{make<TokenId>(), ben.id, "script", "token", now},
         PutLink{ben.id, anna.id, "link", now, now + 1h});
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(active(ben, false));
  EXPECT_FALSE(ask(SessionOf{company, "cookie", now}));
  EXPECT_FALSE(ask(TokenOf{company, "token", now}));
  EXPECT_FALSE(ask(LinkOf{company, "link", now}));
  std::set<std::string> told;
  for (const auto& entry : ask(Since{engine(), before})) told.insert(entry.kind);
  EXPECT_TRUE(told.contains("session")) << "streams end when they hear of it";
  EXPECT_TRUE(told.contains("user"));
  commit(active(ben, true));
  EXPECT_FALSE(ask(SessionOf{company, "cookie", now}));
  EXPECT_FALSE(ask(TokenOf{company, "token", now}));
  EXPECT_EQ(ask(SignIn{ben.email_normal}).at(0).password_hash, "hash of ben");
}

TEST_P(ChangingUsers, O5_I1_ADeactivatedColleaguesAddressStaysInternal) {
  commit(active(ben, false));
  const auto wanda_id = add_candidate("Wanda", {ben.email});
  const auto found = ask(CandidateById{engine(), wanda_id});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->candidate.addresses.at(0).why_not, "internal-user");
}

TEST_P(ChangingUsers, O5_WhatWaitsToBeSentFailsAndSaysWhyAndWhatIsUnderWayIsLeftAlone) {
  box = add_mailbox(ben, ben.email);
  wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto waiting = queued("o1"), at_the_dot = queued("o2");
  commit(ClaimOutbox{at_the_dot.id, 0, now + 1h});
  move(at_the_dot, rules::OutboxState::sending, rules::OutboxPhase::attempt);
  move(at_the_dot, rules::OutboxState::sending, rules::OutboxPhase::dot);
  commit(ClaimOutbox{waiting.id, 0, now + 1h});  // just taken up by the outbox
  commit(active(ben, false));
  const auto state = [&](const rules::OutboxMessage& row) {
    return *ask(OutboxById{engine(), row.id});
  };
  EXPECT_EQ(state(waiting).state, rules::OutboxState::failed);
  EXPECT_EQ(state(waiting).why, "author.inactive");
  EXPECT_EQ(state(waiting).fence, 2u) << "whoever took it up has lost it";
  EXPECT_EQ(state(at_the_dot).state, rules::OutboxState::sending);
  EXPECT_EQ(state(at_the_dot).fence, 1u);
  move(at_the_dot, rules::OutboxState::sent, rules::OutboxPhase::none);
  int failed = 0;
  for (const auto& entry : ask(JournalSince{engine(), 0, 1000}))
    failed += entry.kind == "message.failed" && entry.after == "author.inactive";
  EXPECT_EQ(failed, 1);
  commit(active(ben, true));
  EXPECT_EQ(state(waiting).state, rules::OutboxState::failed) << "they decide about it themselves";
}

TEST_P(ChangingUsers, O5_ASignInAddressMovesWithAllThatHangsOnIt) {
  commit(AddSession{make<SessionId>(), ben.id, "cookie", now, now + 1h},
         PutLink{ben.id, anna.id, "hash", now, now + 24h});
  auto moves = change(ben);
  moves.address = {"Ben.Jamin@acme.example", "ben.jamin@acme.example"};
  moves.language = "fr";
  moves.time_zone = "Europe/Paris";
  commit(moves);
  auto expected = ben;
  expected.email = "Ben.Jamin@acme.example";
  expected.email_normal = "ben.jamin@acme.example";
  expected.language = "fr";
  expected.time_zone = "Europe/Paris";
  EXPECT_EQ(now_of(ben), expected);
  EXPECT_EQ(ask(SignIn{"ben.jamin@acme.example"}).at(0).password_hash, "hash of ben");
  EXPECT_TRUE(ask(SignIn{ben.email_normal}).empty());
  EXPECT_FALSE(ask(LinkOf{company, "hash", now})) << "it was made for whoever had the address then";
  auto back = change(anna);
  back.address = {"BEN.JAMIN@acme.example", "ben.jamin@acme.example"};
  EXPECT_EQ(refused(back), "user.address-taken");
  std::vector<std::string> told;
  for (const auto& entry : ask(JournalSince{engine(), 0, 1000}))
    if (entry.subject == ben.id.text() && entry.kind.starts_with("user.address"))
      told.push_back(entry.kind + entry.before + entry.after);
  EXPECT_EQ(told, std::vector<std::string>{"user.address-changed"}) << "neither of both is written";
}

TEST_P(ChangingUsers, I1_AColleaguesNewAddressLeavesTheCandidateWhoHadIt) {
  wanda = add_candidate("Wanda", {"wanda@home.example"});
  auto moves = change(ben);
  moves.address = {"wanda@home.example", "wanda@home.example"};
  commit(moves);
  const auto found = ask(CandidateById{engine(), wanda});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->candidate.addresses.at(0).synced);
}

TEST_P(ChangingUsers, O5_OnlyWhoLeadsNamesTheCompany) {
  EXPECT_EQ(refused(ChangeCompany{ben.id, "Ben’s", now}), "access.denied");
  commit(ChangeCompany{anna.id, "Acme & Sons", now});
  EXPECT_EQ(ask(CompanyFacts{engine()}).name, "Acme & Sons");
}

TEST_P(ChangingUsers, O5_TheJournalSaysWhoChangedWhat) {
  commit(to(ben, Role::evaluator));
  auto sees_all = change(ben);
  sees_all.all_jobs = true;
  commit(sees_all);
  commit(active(ben, false));
  commit(active(ben, true));
  std::vector<std::string> told;
  for (const auto& entry : ask(JournalSince{engine(), 0, 1000}))
    if (entry.subject == ben.id.text()) {
      EXPECT_EQ(entry.user, anna.id);
      told.push_back(entry.kind + " " + entry.before + " → " + entry.after);
    }
  EXPECT_EQ(told, (std::vector<std::string>{"user.rights-changed manager → evaluator",
                                            "user.rights-changed evaluator → evaluator all-jobs",
                                            "user.deactivated  → ", "user.let-in  → "}));
}

// Who may no longer make a link has nobody come in by those that they made.
TEST_P(ChangingUsers, O5_TheLinksOfWhoStopsLeadingEnd) {
  const auto carla = add_user("carla", Role::admin);
  const auto link = [&] {
    commit(PutLink{ben.id, carla.id, "hash", now, now + 24h});
    return ask(LinkOf{company, "hash", now}).has_value();
  };
  EXPECT_TRUE(link());
  commit(to(carla, Role::manager));
  EXPECT_FALSE(ask(LinkOf{company, "hash", now}));
  commit(to(carla, Role::admin));
  EXPECT_TRUE(link());
  commit(active(carla, false));
  EXPECT_FALSE(ask(LinkOf{company, "hash", now}));
}

// What was judged by rights that are gone isn't done (O-5).
TEST_P(ChangingUsers, O5_WhoAsksHasTheirRightsStillInTheCommit) {
  const auto session = make<SessionId>();
  const auto token = make<TokenId>();
  commit(AddSession{session, ben.id, "cookie", now, now + 1h},
         AddToken{token, ben.id, "t", "token", now});
  const auto as_asked = [&](AskerIs asker) {
    auto done = store->commit({company, {UseSession{session, now}}, {std::move(asker)}});
    return done ? std::string("done") : done.error().code;
  };
  const AskerIs came{ben.id, ben.role, ben.all_jobs, session, {}};
  const AskerIs program{ben.id, ben.role, ben.all_jobs, {}, token};
  EXPECT_EQ(as_asked(came), "done");
  EXPECT_EQ(as_asked(program), "done");
  EXPECT_EQ(as_asked({ben.id, Role::admin, ben.all_jobs, session, {}}), "asker.changed");
  EXPECT_EQ(as_asked({ben.id, ben.role, !ben.all_jobs, session, {}}), "asker.changed");
  commit(EndSession{session, ben.id});
  EXPECT_EQ(as_asked(came), "asker.changed");
  EXPECT_EQ(as_asked(program), "done");
  commit(active(ben, false));
  EXPECT_EQ(as_asked(program), "asker.changed");
}

// The password was checked before the commit, which takes a while.
TEST_P(ChangingUsers, O5_ASignInThatWasUnderWayLetsNobodyInAfterwards) {
  AddSession late{make<SessionId>(), ben.id, "cookie", now, now + 1h};
  late.password_hash = ask(PasswordOf{as(ben)});
  ASSERT_TRUE(late.password_hash);
  commit(PutLink{ben.id, anna.id, "hash", now, now + 24h});
  commit(UseLink{ben.id, "hash", "another", false, now});
  EXPECT_EQ(refused(late), "session.late");
  late.password_hash = "another";
  commit(late);
  commit(active(ben, false));
  late.id = make<SessionId>();
  late.secret_hash = "cookie 2";
  EXPECT_EQ(refused(late), "session.late");
}

}  // namespace
}  // namespace hearback::store
