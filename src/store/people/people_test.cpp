#include <algorithm>
#include <atomic>
#include <iterator>
#include <set>
#include <thread>

#include "base/limits.hpp"
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class People : public Conformance {};
HEARBACK_ON_EACH_DATABASE(People);

TEST_P(People, CompanyStartsWithARevision) {
  EXPECT_EQ(ask(Companies{}), std::vector{company});
  const auto facts = ask(CompanyFacts{engine()});
  EXPECT_EQ(facts.name, "Acme");
  EXPECT_GT(facts.revision, 0u);
  EXPECT_GT(facts.match_revision, 0u);
  EXPECT_EQ(refused(AddCompany{"Twice", now}), "company.exists");
  company = make<CompanyId>();
  EXPECT_EQ(refused(PutJob{{make<JobId>(), "No company", rules::JobKind::offer, true}, {}, now}),
            "store.no-such-company");
  EXPECT_EQ(refused_kind, Kind::missing);
}

TEST_P(People, CompaniesAreReadInPages) {
  std::set<CompanyId> all{company};
  for (int i = 0; i < 24; ++i) {
    company = make<CompanyId>();
    commit(AddCompany{"Neighbor", now});
    all.insert(company);
  }
  std::vector<CompanyId> read;
  for (Companies page{.after = {}, .rows = 10};; page.after = read.back()) {
    const auto rows = ask(page);
    EXPECT_LE(rows.size(), page.rows);
    read.insert(read.end(), rows.begin(), rows.end());
    if (rows.size() < page.rows) break;
  }
  EXPECT_EQ(read, std::vector(all.begin(), all.end()));
  EXPECT_EQ(ask(Companies{.after = {}, .rows = 1}), std::vector{*all.begin()});
}

TEST_P(People, UsersAreKeptWithAllTheirFields) {
  rules::User user;
  user.id = make<UserId>();
  user.name = "Zoë Müller";
  user.email = "Zoe@Acme.example";
  user.email_normal = "zoe@acme.example";
  user.role = Role::manager;
  user.all_jobs = true;
  user.language = "de";
  user.time_zone = "Europe/Berlin";
  user.signature_html = "<p>Zoë</p>";
  user.after_answer = rules::AfterAnswer::list;
  commit(PutUser{user, "secret hash", now});
  EXPECT_EQ(ask(UserById{engine(), user.id}), user);
  EXPECT_EQ(ask(Users{engine()}).rows, std::vector{user});

  user.language = "fr";
  commit(PutUser{user, std::nullopt, now});
  const auto found = ask(SignIn{"zoe@acme.example"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].company, company);
  EXPECT_EQ(found[0].user, user);
  EXPECT_EQ(found[0].password_hash, "secret hash");

  user.active = false;
  commit(PutUser{user, "new hash", now});
  EXPECT_TRUE(ask(SignIn{"zoe@acme.example"}).empty());
  EXPECT_FALSE(ask(UserById{engine(), make<UserId>()}));
}

TEST_P(People, AddressesOfUsersAreUniqueInACompany) {
  const auto anna = add_user("anna", Role::admin);
  auto other = anna;
  other.id = make<UserId>();
  EXPECT_EQ(refused(PutUser{other, "hash", now}), "user.address-taken");
  EXPECT_EQ(refused_kind, Kind::conflict);
  other.email_normal = "";
  EXPECT_EQ(refused(PutUser{other, "hash", now}), "user.bad-address");
}

TEST_P(People, SessionsEndAndExpire) {
  const auto anna = add_user("anna", Role::admin);
  const auto id = make<SessionId>();
  commit(AddSession{id, anna.id, "cookie hash", now, now + 1h});
  const auto found = ask(SessionOf{company, "cookie hash", now});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, id);
  EXPECT_EQ(found->user, anna);
  EXPECT_EQ(found->expires, now + 1h);
  EXPECT_FALSE(ask(SessionOf{company, "cookie hash", now + 1h}));
  EXPECT_FALSE(ask(SessionOf{company, "another hash", now}));
  auto gone = anna;
  gone.active = false;
  commit(PutUser{gone, std::nullopt, now});
  EXPECT_FALSE(ask(SessionOf{company, "cookie hash", now}));
  commit(PutUser{anna, std::nullopt, now});
  EXPECT_FALSE(ask(SessionOf{company, "cookie hash", now})) << "who comes back signs in anew";
  const auto next = make<SessionId>();
  commit(AddSession{next, anna.id, "another hash", now, now + 1h});
  commit(EndSession{next, anna.id});
  EXPECT_FALSE(ask(SessionOf{company, "another hash", now}));
}

// What somebody writes of themselves undoes nothing that was decided about them meanwhile.
TEST_P(People, O5_AProfileIsChangedWithoutTheRights) {
  auto ben = add_user("ben", Role::manager, true);
  auto changed = ben;
  changed.role = Role::evaluator;
  changed.all_jobs = false;
  commit(PutUser{changed, std::nullopt, now});
  commit(ChangeProfile{ben.id, "Benjamin", {}, "Europe/Paris", {}});
  changed.name = "Benjamin";
  changed.time_zone = "Europe/Paris";
  EXPECT_EQ(ask(UserById{engine(), ben.id}), changed);
  changed.active = false;
  commit(PutUser{changed, std::nullopt, now});
  EXPECT_EQ(refused(ChangeProfile{ben.id, "Ben", {}, {}, {}}), "user.missing");
  EXPECT_EQ(ask(UserById{engine(), ben.id}), changed);
}

TEST_P(People, O5_AMailboxIsOffWhileItsOwnerIsDeactivated) {
  auto ben = add_user("ben", Role::manager);
  const auto box = add_mailbox(ben, ben.email);
  const auto state = [&] { return ask(MailboxById{engine(), box.id})->state; };
  const auto told = [&](std::uint64_t since) {
    for (const auto& entry : ask(Since{engine(), since}))
      if (entry.kind == "mailbox" && entry.id == box.id.text()) return true;
    return false;
  };
  ASSERT_TRUE(try_commit({}, {MailboxIs{box.id}}));
  auto revision = ask(CompanyFacts{engine()}).revision;
  ben.active = false;
  commit(PutUser{ben, std::nullopt, now});
  EXPECT_EQ(state(), rules::MailboxState::off);
  EXPECT_TRUE(told(revision));
  // What was fetched before is taken in no more.
  auto taken = try_commit({}, {MailboxIs{box.id}});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "mailbox.not-active");
  revision = ask(CompanyFacts{engine()}).revision;
  ben.active = true;
  commit(PutUser{ben, std::nullopt, now});
  EXPECT_EQ(state(), rules::MailboxState::active);
  EXPECT_TRUE(told(revision));
}

TEST_P(People, TokensAreTheirUsersOwn) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator);
  const auto id = make<TokenId>();
  commit(AddToken{id, anna.id, "import script", "token hash", now});
  ASSERT_TRUE(ask(TokenOf{company, "token hash", now}));
  EXPECT_EQ(ask(TokenOf{company, "token hash", now})->user, anna);
  ASSERT_EQ(ask(TokensOf{as(anna)}).size(), 1u);
  EXPECT_EQ(ask(TokensOf{as(anna)})[0].name, "import script");
  EXPECT_TRUE(ask(TokensOf{as(ben)}).empty());
  EXPECT_EQ(refused(RemoveToken{id, ben.id}), "token.missing");
  commit(RemoveToken{id, anna.id});
  EXPECT_FALSE(ask(TokenOf{company, "token hash", now}));
}

// Whoever makes many keeps nobody waiting: tokens end at a number, sessions with the oldest.
TEST_P(People, OneUserHasSoManyTokensAndSessions) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator);
  const Limits limits;
  for (std::size_t i = 0; i < limits.tokens_of_user; ++i)
    commit(AddToken{make<TokenId>(), ben.id, "t", "token " + std::to_string(i), now});
  EXPECT_EQ(refused(AddToken{make<TokenId>(), ben.id, "t", "one more", now}), "tokens.too-many");
  EXPECT_EQ(refused_kind, Kind::conflict);
  commit(AddToken{make<TokenId>(), anna.id, "t", "hers", now});
  EXPECT_EQ(ask(TokensOf{as(ben)}).size(), limits.tokens_of_user);
  commit(RemoveToken{ask(TokensOf{as(ben)})[0].id, ben.id});
  commit(AddToken{make<TokenId>(), ben.id, "t", "one more", now});

  const auto session = [&](std::size_t i) {
    return ask(SessionOf{company, "cookie " + std::to_string(i), now}).has_value();
  };
  commit(AddSession{make<SessionId>(), anna.id, "cookie", now, now + 1h});
  for (std::size_t i = 0; i <= limits.sessions_of_user; ++i)
    commit(AddSession{make<SessionId>(), ben.id, "cookie " + std::to_string(i),
                      now + std::chrono::seconds(i), now + 1h});
  EXPECT_FALSE(session(0));
  EXPECT_TRUE(session(1));
  EXPECT_TRUE(session(limits.sessions_of_user));
  EXPECT_TRUE(ask(SessionOf{company, "cookie", now}));
}

TEST_P(People, UsersArePagedAndFoundByPartOfTheirNames) {
  const auto anna = add_user("Anna", Role::admin), emile = add_user("Émile", Role::evaluator);
  auto gone = add_user("gone", Role::evaluator);
  gone.active = false;
  commit(PutUser{gone, std::nullopt, now});
  std::vector<rules::User> all;
  PageRequest page{.after = {}, .rows = 2};
  do {
    auto found = ask(Users{as(emile), "", false, page});
    EXPECT_LE(found.rows.size(), 2u);
    std::ranges::move(found.rows, std::back_inserter(all));
    page.after = found.next;
  } while (!page.after.empty());
  const auto by_id = [](std::vector<rules::User> users) {
    std::ranges::sort(users, {}, &rules::User::id);
    return users;
  };
  EXPECT_EQ(all, by_id({anna, emile, gone}));
  EXPECT_EQ(ask(Users{as(anna), "éMI"}).rows, std::vector{emile});
  EXPECT_EQ(ask(Users{as(anna), "@acme.EXAMPLE", true}).rows, by_id({anna, emile}));
  EXPECT_EQ(ask(Users{as(anna), "nobody"}).rows, std::vector<rules::User>{});
  EXPECT_EQ(ask(UsersAmong{as(emile), {anna.id, make<UserId>()}}), std::vector{anna});
  EXPECT_EQ(ask(UserWith{as(emile), anna.email_normal}), anna);
}

TEST_P(People, C6_ConnectingAMailboxAnswersWhatOneWasInvitedByBefore) {
  const auto anna = add_user("anna", Role::admin), cleo = add_user("cleo", Role::manager);
  const auto first = add_mailbox(cleo, cleo.email);
  commit(AddInvitation{make<InvitationId>(), anna.id, cleo.id, now});
  EXPECT_EQ(ask(Invitations{as(cleo)}).size(), 1u);
  commit(RemoveMailbox{first.id});
  const auto again = add_mailbox(cleo, cleo.email);
  EXPECT_TRUE(ask(Invitations{as(cleo)}).empty());
  commit(RemoveMailbox{again.id});
  EXPECT_EQ(ask(Invitations{as(cleo)}).size(), 1u);
}

TEST_P(People, C6_InvitationsAreSeenByTheInvited) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator),
             cleo = add_user("cleo", Role::manager, true);
  commit(AddInvitation{make<InvitationId>(), anna.id, ben.id, now});
  const auto told = [&](const Scope& scope) {
    const auto rows = ask(Invited{scope, {anna.id, ben.id, cleo.id}});
    EXPECT_LE(rows.size(), 1u);
    return rows.size() == 1 && rows[0].to == ben.id ? std::optional(rows[0].at) : std::nullopt;
  };
  EXPECT_EQ(told(as(anna)), now);
  EXPECT_FALSE(told(as(cleo)));  // only those who invite are told
  EXPECT_FALSE(told(as(ben)));
  EXPECT_TRUE(ask(Invitations{as(anna)}).empty());
  ASSERT_EQ(ask(Invitations{as(ben)}).size(), 1u);
  EXPECT_EQ(ask(Invitations{as(ben)})[0].from, anna.id);
  EXPECT_TRUE(ask(Invitations{as(cleo)}).empty());
  // Who asks once more takes back what they asked before.
  commit(AddInvitation{make<InvitationId>(), cleo.id, ben.id, now + 1h});
  commit(AddInvitation{make<InvitationId>(), anna.id, ben.id, now + 2h});
  const auto both = ask(Invitations{as(ben)});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].from, anna.id);  // the newest
  EXPECT_EQ(told(as(anna)), now + 2h);
  commit(AddInvitation{make<InvitationId>(), cleo.id, ben.id, now + 3h});
  EXPECT_EQ(told(as(anna)), now + 3h);  // whoever did it
}

TEST_P(People, O2_AnIdempotencyKeyIsAnsweredOnce) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator);
  commit(RecordIdempotent{anna.id, "key 1", "hash", 201, "{\"id\":1}", now});
  const auto found = ask(IdempotentAnswer{as(anna), "key 1"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->request_hash, "hash");
  EXPECT_EQ(found->status, 201);
  EXPECT_EQ(found->body, "{\"id\":1}");
  EXPECT_FALSE(ask(IdempotentAnswer{as(ben), "key 1"}));
  EXPECT_EQ(refused(RecordIdempotent{anna.id, "key 1", "hash", 201, "", now}),
            "idempotency.key-used");
  // A refused commit leaves nothing of its other changes behind.
  const auto job = make<JobId>();
  EXPECT_EQ(refused(PutJob{{job, "Lost", rules::JobKind::offer, true}, {}, now},
                    RecordIdempotent{anna.id, "key 1", "hash", 201, "", now}),
            "idempotency.key-used");
  EXPECT_TRUE(ask(Jobs{engine()}).rows.empty());
}

TEST_P(People, UploadsAreTheirUsersOwn) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator);
  const auto blob = make<BlobId>();
  const auto id = make<UploadId>();
  commit(PutBlob{blob, "PDF"}, AddUpload{id, ben.id, "cv.pdf", "application/pdf", blob, 3, now});
  EXPECT_FALSE(ask(UploadById{as(anna), id}));
  const auto found = ask(UploadById{as(ben), id});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->filename, "cv.pdf");
  EXPECT_EQ(found->type, "application/pdf");
  EXPECT_EQ(found->octets, 3u);
  EXPECT_EQ(ask(BlobBytes{company, found->blob}), "PDF");
  const auto other = make<BlobId>();
  commit(PutBlob{other, "PNG!"},
         AddUpload{make<UploadId>(), anna.id, "a.png", "image/png", other, 4, now});
  const auto kept = ask(UploadsKept{as(ben)});
  EXPECT_EQ(std::pair(kept.own.count, kept.own.octets), std::pair(1ul, 3ul));
  EXPECT_EQ(std::pair(kept.all.count, kept.all.octets), std::pair(2ul, 7ul));
}

// Of several that come at once each finds room, as long as none is there yet.
TEST_P(People, UploadsThatComeAtOnceStayWithinWhatMayBeKept) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator);
  const auto at_once = [&](const rules::User& user, UploadsKept::Kept own, UploadsKept::Kept all) {
    std::atomic<int> taken = 0, full = 0;
    std::vector<std::thread> writers;
    for (int w = 0; w < 8; ++w)
      writers.emplace_back([&, w] {
        SeededRandom chance(static_cast<std::uint64_t>(w) + user.name.size() * 100);
        const auto blob = BlobId::make(now, chance);
        AddUpload added{UploadId::make(now, chance), user.id, "a", "text/plain", blob, 4, now};
        added.own_most = own;
        added.all_most = all;
        const auto done = store->commit({company, {PutBlob{blob, "four"}, added}, {}});
        if (done) ++taken;
        if (!done && done.error().code == "uploads.too-many") ++full;
      });
    for (auto& writer : writers) writer.join();
    EXPECT_EQ(taken + full, 8);
    return taken.load();
  };
  EXPECT_EQ(at_once(anna, {100, 10}, {100, 100}), 2);  // by octets
  EXPECT_EQ(at_once(ben, {100, 100}, {5, 100}), 3);    // of the company, by their number
  const auto kept = ask(UploadsKept{as(ben)});
  EXPECT_EQ(std::pair(kept.all.count, kept.all.octets), std::pair(5ul, 20ul));
}

TEST_P(People, TextThatNoDatabaseTakesIsMadeValid) {
  auto anna = add_user("anna", Role::admin);
  anna.name = std::string("A\xff\0B", 4);
  commit(PutUser{anna, std::nullopt, now});
  EXPECT_EQ(ask(UserById{engine(), anna.id})->name,
            "A\xEF\xBF\xBD"
            "B");
}

}  // namespace
}  // namespace hearback::store
