// The two interpretations of a Scope are one: rules::may_see() and scope_sql, for random companies.
#include <algorithm>
#include <map>
#include <set>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

// A company made by chance, and what rules::may_see() needs to know of it.
struct Chance {
  std::vector<rules::User> users;
  std::map<JobId, std::vector<UserId>> teams;
  std::map<CandidateId, std::set<JobId>> applied;
  std::map<CandidateId, rules::Thread> threads;
  std::map<CandidateId, MessageId> messages;
  std::map<CandidateId, OutboxId> outbox;
  std::vector<rules::Mailbox> mailboxes;

  rules::CandidateFacts facts(CandidateId candidate) const {
    rules::CandidateFacts facts;
    for (auto job : applied.at(candidate)) facts.hiring_teams.push_back(teams.at(job));
    return facts;
  }
};

class ScopeProperty : public Conformance {
 protected:
  Chance make_company(std::uint64_t seed);
  void add_mail(Chance& chance, CandidateId candidate, const rules::Mailbox& box);
  void check_candidates(const Chance& chance, const Scope& scope);
  void check_mail(const Chance& chance, const Scope& scope);
  void check_feed(const Chance& chance, const Scope& scope);
};
HEARBACK_ON_EACH_DATABASE(ScopeProperty);

Chance ScopeProperty::make_company(std::uint64_t seed) {
  SeededRandom dice(seed);
  Chance chance;
  company = make<CompanyId>();
  commit(AddCompany{"By chance", now});
  const auto users = 2 + dice.below(4), jobs = 1 + dice.below(4), candidates = 1 + dice.below(5);
  for (std::uint64_t i = 0; i < users; ++i)
    chance.users.push_back(
        add_user("user" + std::to_string(i), static_cast<Role>(dice.below(3)), dice.below(4) == 0));
  for (std::uint64_t i = 0; i < jobs; ++i) {
    std::vector<UserId> team;
    for (auto& user : chance.users)
      if (dice.below(3) == 0) team.push_back(user.id);
    chance.teams[add_job("Job", team)] = team;
  }
  const auto box = add_mailbox(chance.users[dice.below(users)], "box@acme.example");
  chance.mailboxes.push_back(box);
  for (std::uint64_t i = 0; i < candidates; ++i) {
    std::vector<JobId> applied;
    for (auto& [job, team] : chance.teams)
      if (dice.below(3) == 0) applied.push_back(job);
    const auto id =
        add_candidate("Candidate", {"c" + std::to_string(i) + "@home.example"}, applied);
    chance.applied[id] = {applied.begin(), applied.end()};
    add_mail(chance, id, box);
  }
  return chance;
}

void ScopeProperty::add_mail(Chance& chance, CandidateId candidate, const rules::Mailbox& box) {
  const auto t = thread(candidate);
  const auto m = message("m" + candidate.text(), "x@home.example", "y@acme.example");
  place(m, t, PlacedBy::address, "x@home.example");
  rules::OutboxMessage out;
  out.id = make<OutboxId>();
  out.author = box.owner;
  out.mailbox = box.id;
  out.candidate = candidate;
  out.thread = t.id;
  out.message = m.id;
  out.message_id = m.envelope.message_id;
  out.bytes = m.raw;
  commit(AddOutbox{out});
  chance.threads[candidate] = t;
  chance.messages[candidate] = m.id;
  chance.outbox[candidate] = out.id;
}

void ScopeProperty::check_candidates(const Chance& chance, const Scope& scope) {
  std::set<CandidateId> expected, listed;
  for (auto& [candidate, jobs] : chance.applied) {
    const bool sees = rules::may_see(scope, chance.facts(candidate));
    if (sees) expected.insert(candidate);
    EXPECT_EQ(ask(CandidateById{scope, candidate}).has_value(), sees);
  }
  for (auto& row : ask(Candidates{scope, "", {}, {}}).rows) listed.insert(row.candidate.id);
  EXPECT_EQ(listed, expected);
  std::set<CandidateId> matched;
  for (auto& entry : ask(MatchDirectory{scope}).candidates) matched.insert(entry.candidate);
  EXPECT_EQ(matched, expected);
  if (scope.kind == Scope::Kind::user && expected.size() < chance.applied.size()) {
    for (auto& [candidate, jobs] : chance.applied) {
      const auto seen = ask(CandidateById{engine(), candidate})->seen_by;
      EXPECT_EQ(std::ranges::count(seen, scope.user) == 1, expected.contains(candidate));
    }
  }
}

void ScopeProperty::check_mail(const Chance& chance, const Scope& scope) {
  std::set<ThreadId> expected, listed;
  for (auto& [candidate, t] : chance.threads) {
    const bool sees = rules::may_see(scope, chance.facts(candidate));
    if (sees) expected.insert(t.id);
    EXPECT_EQ(ask(ThreadById{scope, t.id}).has_value(), sees);
    EXPECT_EQ(ask(MessageById{scope, chance.messages.at(candidate)}).has_value(), sees);
    EXPECT_EQ(ask(OutboxById{scope, chance.outbox.at(candidate)}).has_value(), sees);
    const auto ids = ask(StoredMessageIds{scope, {"m" + candidate.text()}});
    EXPECT_EQ(!ids.empty(), sees);
    KnownAbout question;
    question.scope = scope;
    question.message_id = "m" + candidate.text();
    question.references = {question.message_id};
    const auto known = ask(question);
    EXPECT_EQ(!known.ancestors.empty(), sees);
    EXPECT_EQ(known.outbox.has_value(), sees);
  }
  for (auto& row : ask(Threads{scope, Place::all, {}, {}}).rows) listed.insert(row.thread.id);
  EXPECT_EQ(listed, expected);
  std::set<OutboxId> due;
  for (auto& row : ask(OutboxDue{scope, now + 1h})) due.insert(row.message.id);
  EXPECT_EQ(due.size(), expected.size());
  for (auto& box : chance.mailboxes) {
    EXPECT_EQ(ask(MailboxById{scope, box.id}).has_value(), rules::may_see(scope, box));
    EXPECT_EQ(ask(Mailboxes{scope}).size(), rules::may_see(scope, box) ? 1u : 0u);
  }
}

void ScopeProperty::check_feed(const Chance& chance, const Scope& scope) {
  std::set<std::uint64_t> expected, heard;
  for (auto& entry : ask(Since{engine(), 0})) {
    const bool hears =
        scope.kind == Scope::Kind::engine ||
        (!entry.candidate.empty() ? rules::may_see(scope, chance.facts(entry.candidate))
                                  : entry.user.empty() || entry.user == scope.user);
    if (hears) expected.insert(entry.revision);
  }
  for (auto& entry : ask(Since{scope, 0})) heard.insert(entry.revision);
  EXPECT_EQ(heard, expected);
}

TEST_P(ScopeProperty, P1_SqlAndRulesSeeTheSame) {
  const int companies = GetParam() == On::memory ? 60 : 12;
  for (int seed = 1; seed <= companies; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto chance = make_company(static_cast<std::uint64_t>(seed));
    std::vector<Scope> scopes{engine()};
    for (auto& user : chance.users) scopes.push_back(as(user));
    for (auto& scope : scopes) {
      check_candidates(chance, scope);
      check_mail(chance, scope);
      check_feed(chance, scope);
    }
    if (HasFailure()) return;
  }
}

// ---- walls between companies (SEC9) ------------------------------------------------------------

class Walls : public Conformance {};
HEARBACK_ON_EACH_DATABASE(Walls);

TEST_P(Walls, SEC9_NoQuestionCrossesCompanies) {
  const auto ours = company;
  const auto ben = add_user("ben", Role::admin);
  const auto welder = add_job("Welder", {ben.id});
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto t = thread(wanda);
  const auto m = message("m1", "wanda@home.example", "ben@acme.example");
  place(m, t, PlacedBy::address, "wanda@home.example");
  rules::OutboxMessage out;
  out.id = make<OutboxId>();
  out.author = ben.id;
  out.mailbox = box.id;
  out.candidate = wanda;
  out.thread = t.id;
  out.message = m.id;
  out.message_id = "m1";
  out.bytes = m.raw;
  const auto upload = make<UploadId>();
  const rules::Location at{box.id, inbox.id, 7, 1};
  commit(AddOutbox{out}, AddCopy{m.id, at, m.raw}, RecordBody{at, "rule", 1, now},
         Quarantine{{box.id, inbox.id, 7, 2}, "mail.bad", true, {}, now},
         AddUpload{upload, ben.id, "f", "t", m.raw, 1, now},
         AddSession{make<SessionId>(), ben.id, "cookie", now, now + 1h},
         AddToken{make<TokenId>(), ben.id, "t", "token", now},
         AddInvitation{make<InvitationId>(), ben.id, ben.id, now},
         RecordIdempotent{ben.id, "key", "h", 200, "", now});

  company = make<CompanyId>();
  commit(AddCompany{"Other", now});
  const auto twin = add_user("ben", Role::admin);  // the same address, another company
  auto stranger = ben;                             // even with the same user id
  for (const auto& scope : {engine(), as(twin), as(stranger)}) {
    EXPECT_EQ(ask(CompanyFacts{scope}).name, "Other");
    EXPECT_TRUE(ask(TokensOf{scope}).empty());
    EXPECT_EQ(ask(Users{scope}), std::vector{twin});
    EXPECT_FALSE(ask(UserById{scope, ben.id}));
    EXPECT_TRUE(ask(Jobs{scope}).empty());
    EXPECT_TRUE(ask(Candidates{scope, "", {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Candidates{scope, "", welder, {}}).rows.empty());
    EXPECT_FALSE(ask(CandidateById{scope, wanda}));
    EXPECT_TRUE(ask(MatchDirectory{scope}).candidates.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::all, {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::inbox, {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::sent, {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::all, wanda, {}}).rows.empty());
    EXPECT_FALSE(ask(ThreadById{scope, t.id}));
    EXPECT_FALSE(ask(MessageById{scope, m.id}));
    EXPECT_TRUE(ask(CopiesOf{scope, m.id}).empty());
    EXPECT_TRUE(ask(StoredMessageIds{scope, {"m1"}}).empty());
    EXPECT_TRUE(ask(CopiesInFolder{scope, box.id, inbox.id, 7}).empty());
    EXPECT_TRUE(ask(BroughtBefore{scope, box.id, {"m1"}}).empty());
    EXPECT_TRUE(ask(Mailboxes{scope}).empty());
    EXPECT_FALSE(ask(MailboxById{scope, box.id}));
    EXPECT_FALSE(store->ask(MailboxSecret{scope, box.id}));
    EXPECT_FALSE(ask(AddressConnected{scope, "ben@acme.example"}));
    EXPECT_TRUE(ask(Folders{scope, box.id}).empty());
    EXPECT_TRUE(ask(BodyLedger{scope, box.id, {}}).rows.empty());
    EXPECT_TRUE(ask(Quarantined{scope, box.id}).empty());
    EXPECT_TRUE(ask(Invitations{scope}).empty());
    EXPECT_TRUE(ask(OutboxDue{scope, now + 1h}).empty());
    EXPECT_FALSE(ask(OutboxNextDue{scope}));
    EXPECT_FALSE(ask(OutboxById{scope, out.id}));
    EXPECT_TRUE(ask(OutboxOf{scope}).empty());
    EXPECT_FALSE(ask(UploadById{scope, upload}));
    EXPECT_FALSE(ask(IdempotentAnswer{scope, "key"}));
    for (auto& entry : ask(Since{scope, 0})) EXPECT_TRUE(entry.candidate.empty());
    KnownAbout question;
    question.scope = scope;
    question.at = at;
    question.message_id = "m1";
    question.fingerprint = m.fingerprint;
    question.references = {"m1"};
    question.participants = {"wanda@home.example"};
    const auto known = ask(question);
    EXPECT_FALSE(known.copy_known || known.same || known.outbox);
    EXPECT_TRUE(known.ancestors.empty() && known.descendants.empty() && known.siblings.empty() &&
                known.candidates.empty());
  }
  EXPECT_FALSE(ask(BlobBytes{company, m.raw}));
  EXPECT_FALSE(ask(SessionOf{company, "cookie", now}));
  EXPECT_FALSE(ask(TokenOf{company, "token"}));
  // Both companies know the address; each only with its own user.
  const auto found = ask(SignIn{"ben@acme.example"});
  ASSERT_EQ(found.size(), 2u);
  for (auto& one : found) EXPECT_EQ(one.user, one.company == ours ? ben : twin);
}

TEST_P(Walls, SEC9_NoChangeCrossesCompanies) {
  const auto ours = company;
  const auto ben = add_user("ben", Role::admin);
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto t = thread(wanda);
  const auto m = message("m1", "wanda@home.example", "ben@acme.example");
  place(m, t, PlacedBy::address, "wanda@home.example");
  const auto job = add_job("Welder", {});
  company = make<CompanyId>();
  commit(AddCompany{"Other", now});
  EXPECT_EQ(refused(ForgetCandidate{wanda}), "candidate.missing");
  EXPECT_EQ(refused(RemoveMailbox{box.id}), "mailbox.missing");
  EXPECT_EQ(refused(SetMailboxState{box.id, rules::MailboxState::off}), "mailbox.missing");
  EXPECT_EQ(refused(SetWindow{box.id, now}), "mailbox.missing");
  EXPECT_EQ(refused(PutFolders{box.id, {}}), "mailbox.missing");
  EXPECT_EQ(refused(ResetFolder{box.id, inbox.id, 9}), "mailbox.missing");
  EXPECT_EQ(refused(AdvanceCursor{box.id, inbox.id, 7, {}}), "mailbox.missing");
  EXPECT_EQ(refused(BeginImport{{{box.id, inbox.id, 7, 1}}, now}), "store.reference-missing");
  EXPECT_EQ(refused(PutApplication{{make<ApplicationId>(), wanda, job, "", "", now}}),
            "store.reference-missing");
  EXPECT_EQ(refused(PutJob{{make<JobId>(), "J", rules::JobKind::offer, true}, {ben.id}, now}),
            "store.reference-missing");
  EXPECT_EQ(refused(AddThread{thread(wanda)}), "store.reference-missing");
  EXPECT_EQ(refused(PlaceMessage{{t.id, wanda, m.id, PlacedBy::address, ""}, now}),
            "store.reference-missing");
  EXPECT_EQ(refused(AddCopy{m.id, {box.id, inbox.id, 7, 1}, m.raw}), "store.reference-missing");
  // A change of the same address there is no news here.
  add_user("wanda", Role::admin);
  auto twin = add_candidate("Twin", {"twin@home.example"});
  auto user = ben;
  user.id = make<UserId>();
  user.email = user.email_normal = "wanda@home.example";
  commit(PutUser{user, "h", now});
  EXPECT_TRUE(ask(CandidateById{engine(), twin}));
  company = ours;
  EXPECT_TRUE(ask(ThreadById{engine(), t.id}));
  EXPECT_TRUE(ask(CandidateById{engine(), wanda})->candidate.addresses[0].synced);
}

}  // namespace
}  // namespace hearback::store
