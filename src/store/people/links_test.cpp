#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class Links : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = invited("ben");
  }
  // Somebody who has set no password yet.
  rules::User invited(const std::string& name) {
    rules::User user;
    user.id = make<UserId>();
    user.name = name;
    user.email = user.email_normal = name + "@acme.example";
    user.role = Role::manager;
    commit(PutUser{user, std::nullopt, now});
    return user;
  }
  PutLink link(const rules::User& user, std::string hash) {
    return {user.id, anna.id, std::move(hash), now, now + 168h};
  }
  bool works(const std::string& hash, Instant at) {
    return ask(LinkOf{company, hash, at}).has_value();
  }
  std::string password_of(const rules::User& user) {
    return ask(PasswordOf{as(user)}).value_or("nobody's");
  }
  std::size_t told_of_sessions(std::uint64_t since) {
    std::size_t count = 0;
    for (const auto& entry : ask(Since{engine(), since})) count += entry.kind == "session";
    return count;
  }
  bool has_session(const std::string& hash) {
    return ask(SessionOf{company, hash, now}).has_value();
  }

  rules::User anna, ben;
};
HEARBACK_ON_EACH_DATABASE(Links);

TEST_P(Links, O5_OneIsUsedOnceAndForAWhile) {
  EXPECT_EQ(password_of(ben), "");
  commit(link(ben, "first"));
  const auto found = ask(LinkOf{company, "first", now});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, ben);
  EXPECT_EQ(found->company_name, "Acme");
  EXPECT_EQ(found->by_name, "anna");
  EXPECT_FALSE(found->has_password);
  EXPECT_FALSE(found->has_tokens);
  EXPECT_EQ(found->expires, now + 168h);
  EXPECT_TRUE(works("first", now + 167h));
  EXPECT_FALSE(works("first", now + 168h));
  EXPECT_FALSE(works("another", now));
  EXPECT_EQ(refused(UseLink{ben.id, "first", "hash", false, now + 168h}), "link.gone");
  EXPECT_EQ(refused(UseLink{anna.id, "first", "hash", false, now}), "link.gone");
  EXPECT_EQ(refused_kind, Kind::missing);
  commit(UseLink{ben.id, "first", "hash", false, now});
  EXPECT_EQ(password_of(ben), "hash");
  EXPECT_EQ(refused(UseLink{ben.id, "first", "stolen", false, now}), "link.gone");
  EXPECT_EQ(password_of(ben), "hash");
  EXPECT_FALSE(works("first", now));
}

TEST_P(Links, O5_ANewOneTakesThePlaceOfTheOld) {
  commit(link(ben, "first"));
  commit(PutLink{ben.id, {}, "second", now, now + 1h});
  EXPECT_FALSE(works("first", now));
  ASSERT_TRUE(works("second", now));
  EXPECT_EQ(ask(LinkOf{company, "second", now})->by_name, "") << "whoever runs the server";
  EXPECT_EQ(refused(UseLink{ben.id, "first", "hash", false, now}), "link.gone");
}

TEST_P(Links, O5_OnlyThoseWhoMakeThemAreToldWhoHasOne) {
  commit(link(ben, "first"));
  const auto rows = ask(LinksTo{as(anna), {anna.id, ben.id}});
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& row : rows) {
    EXPECT_EQ(row.has_password, row.to == anna.id);
    EXPECT_EQ(row.expires, row.to == ben.id ? std::optional(now + 168h) : std::nullopt);
  }
  EXPECT_TRUE(ask(LinksTo{as(ben), {anna.id, ben.id}}).empty());
}

TEST_P(Links, O5_OneGoesWithItsUserAndWithTheAddressItWasMadeFor) {
  commit(link(ben, "first"));
  auto gone = ben;
  gone.active = false;
  commit(PutUser{gone, std::nullopt, now});
  EXPECT_FALSE(works("first", now));
  EXPECT_EQ(refused(UseLink{ben.id, "first", "hash", false, now}), "link.gone");
  EXPECT_EQ(refused(link(ben, "second")), "user.missing");
  commit(PutUser{ben, std::nullopt, now});
  EXPECT_FALSE(works("first", now)) << "who comes back is let in anew";
  commit(link(ben, "third"));
  auto moved = ben;
  moved.name = "Benjamin";
  commit(PutUser{moved, std::nullopt, now});
  EXPECT_TRUE(works("third", now));
  moved.email = moved.email_normal = "benjamin@acme.example";
  commit(PutUser{moved, std::nullopt, now});
  EXPECT_FALSE(works("third", now));
}

TEST_P(Links, O5_AnotherCompanyKnowsNothingOfIt) {
  commit(link(ben, "first"));
  const auto home_company = company;
  company = make<CompanyId>();
  commit(AddCompany{"Other", now});
  EXPECT_FALSE(works("first", now));
  EXPECT_EQ(refused(UseLink{ben.id, "first", "hash", false, now}), "link.gone");
  EXPECT_EQ(refused(link(ben, "second")), "user.missing");
  company = home_company;
  EXPECT_TRUE(works("first", now));
}

TEST_P(Links, O5_WhatTheOldPasswordOpenedEndsWithIt) {
  const auto carla = add_user("carla", Role::manager);
  commit(AddSession{make<SessionId>(), carla.id, "phone", now, now + 1h});
  commit(AddSession{make<SessionId>(), carla.id, "desk", now, now + 1h});
  commit(AddSession{make<SessionId>(), anna.id, "anna's", now, now + 1h});
  commit(AddToken{make<TokenId>(), carla.id, "script", "token", now});
  commit(link(carla, "reset"));
  EXPECT_TRUE(ask(LinkOf{company, "reset", now})->has_password);
  EXPECT_TRUE(ask(LinkOf{company, "reset", now})->has_tokens);
  EXPECT_TRUE(has_session("phone")) << "until the link is used";
  EXPECT_EQ(password_of(carla), "hash of carla");
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(UseLink{carla.id, "reset", "new", false, now},
         AddSession{make<SessionId>(), carla.id, "new desk", now, now + 1h});
  EXPECT_FALSE(has_session("phone"));
  EXPECT_FALSE(has_session("desk"));
  EXPECT_TRUE(has_session("new desk"));
  EXPECT_TRUE(has_session("anna's"));
  EXPECT_EQ(told_of_sessions(before), 2u);
  EXPECT_TRUE(ask(TokenOf{company, "token", now})) << "programs go on, unless they are to end";
  commit(link(carla, "again"));
  commit(UseLink{carla.id, "again", "newer", true, now});
  EXPECT_FALSE(ask(TokenOf{company, "token", now}));
}

TEST_P(Links, O5_WhoChangesTheirPasswordStaysAndAllOthersGo) {
  const auto carla = add_user("carla", Role::manager);
  const auto kept = make<SessionId>();
  commit(AddSession{kept, carla.id, "desk", now, now + 1h});
  commit(AddSession{make<SessionId>(), carla.id, "phone", now, now + 1h});
  commit(AddToken{make<TokenId>(), carla.id, "script", "token", now});
  commit(link(carla, "reset"));
  EXPECT_EQ(refused(ChangePassword{carla.id, "not hers", "new", kept, false, now}),
            "password.moved");
  EXPECT_TRUE(has_session("phone"));
  commit(ChangePassword{carla.id, "hash of carla", "new", kept, false, now});
  EXPECT_EQ(password_of(carla), "new");
  EXPECT_TRUE(has_session("desk"));
  EXPECT_FALSE(has_session("phone"));
  EXPECT_FALSE(works("reset", now)) << "it isn't needed any more";
  EXPECT_TRUE(ask(TokenOf{company, "token", now}));
  commit(ChangePassword{carla.id, "new", "newer", kept, true, now});
  EXPECT_FALSE(ask(TokenOf{company, "token", now}));
}

TEST_P(Links, O5_TheJournalSaysWhoMadeOneAndThatAPasswordWasSet) {
  commit(link(ben, "first"));
  commit(PutLink{ben.id, {}, "second", now, now + 1h});
  commit(UseLink{ben.id, "second", "hash", false, now});
  commit(ChangePassword{ben.id, "hash", "new", {}, false, now});
  std::vector<std::string> told;
  for (const auto& entry : ask(JournalSince{engine()}))
    if (entry.subject == ben.id.text())
      told.push_back(entry.kind + " " + entry.how + " " +
                     (entry.user == anna.id  ? "anna"
                      : entry.user == ben.id ? "ben"
                                             : "nobody"));
  EXPECT_EQ(told, (std::vector<std::string>{
                      "user.link-made person anna", "user.link-made operator nobody",
                      "user.password-set link ben", "user.password-set person ben"}));
}

TEST_P(Links, O5_SessionsAreListedUsedAndEnded) {
  const auto desk = make<SessionId>(), phone = make<SessionId>(), old = make<SessionId>();
  const auto begun = now;
  commit(AddSession{desk, ben.id, "desk", begun, now + 720h, "Firefox, Linux"});
  commit(AddSession{phone, ben.id, "phone", now, now + 720h});
  commit(AddSession{old, ben.id, "old", now, now + 1h});
  commit(AddSession{make<SessionId>(), anna.id, "anna's", now, now + 720h});
  const auto used = now + 2h;
  commit(UseSession{phone, used});
  const auto rows = ask(Sessions{as(ben), now + 3h});
  ASSERT_EQ(rows.size(), 2u) << "those alone that still are";
  EXPECT_EQ(rows[0].id, phone);
  EXPECT_EQ(rows[0].last_used, used);
  EXPECT_EQ(rows[1].id, desk);
  EXPECT_EQ(rows[1].device, "Firefox, Linux");
  EXPECT_EQ(rows[1].last_used, begun);
  EXPECT_EQ(refused(EndSession{phone, anna.id}), "session.missing");
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(UseSession{phone, now + 3h});
  EXPECT_EQ(ask(CompanyFacts{engine()}).revision, before) << "that wakes nobody";
  commit(EndSession{phone, ben.id});
  EXPECT_EQ(told_of_sessions(before), 1u);
  EXPECT_EQ(refused(EndSession{phone, ben.id}), "session.missing");
  commit(UseSession{phone, now + 3h});  // ended meanwhile: nothing to be said
  commit(AddSession{make<SessionId>(), ben.id, "tablet", now, now + 720h});
  commit(EndOtherSessions{ben.id, desk});
  EXPECT_TRUE(has_session("desk"));
  EXPECT_FALSE(has_session("tablet"));
  EXPECT_TRUE(has_session("anna's"));
}

TEST_P(Links, O5_ASessionThatIsNotUsedEnds) {
  const auto desk = make<SessionId>();
  commit(AddSession{desk, ben.id, "desk", now, now + 720h});
  const auto is_in = [&](Duration later) {
    return ask(SessionOf{company, "desk", now + later}).has_value();
  };
  EXPECT_TRUE(is_in(335h));
  EXPECT_FALSE(is_in(336h));
  EXPECT_TRUE(ask(Sessions{as(ben), now + 336h}).empty());
  commit(UseSession{desk, now + 335h});
  EXPECT_TRUE(is_in(336h));
  EXPECT_FALSE(is_in(720h)) << "used or not";
  // One of an earlier version: when it was used nobody knows. (In memory there is none.)
  if (GetParam() == On::memory) return;
  tables()->write([](Db& db) { db.run("update sessions set last_used = null", {}); });
  EXPECT_TRUE(is_in(700h));
  EXPECT_EQ(ask(Sessions{as(ben), now + 700h}).size(), 1u);
}

TEST_P(Links, O5_TokensEndAndSayWhatTheyAreFor) {
  const auto reads = make<TokenId>();
  const auto end = now + 1h, used = now + 1min;
  commit(AddToken{reads, ben.id, "reader", "r", now, end, false},
         AddToken{make<TokenId>(), ben.id, "of an earlier version", "w", now});
  EXPECT_FALSE(ask(TokenOf{company, "r", now})->may_write);
  EXPECT_FALSE(ask(TokenOf{company, "r", end}));
  EXPECT_TRUE(ask(TokenOf{company, "w", now + 100'000h})->may_write);
  EXPECT_FALSE(ask(TokenOf{company, "r", now})->last_used);
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(UseToken{reads, used});
  EXPECT_EQ(ask(CompanyFacts{engine()}).revision, before) << "that wakes nobody";
  const auto rows = ask(TokensOf{as(ben)});
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& row : rows) {
    const bool is_reader = row.id == reads;
    EXPECT_EQ(row.may_write, !is_reader);
    EXPECT_EQ(row.expires, is_reader ? std::optional(end) : std::nullopt);
    EXPECT_EQ(row.last_used, is_reader ? std::optional(used) : std::nullopt);
  }
}

}  // namespace
}  // namespace hearback::store
