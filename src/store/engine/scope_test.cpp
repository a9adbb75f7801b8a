// The two interpretations of a Scope are one: rules::may_see() and scope_sql, for random companies.
#include <algorithm>
#include <map>
#include <set>

#include "fakes/store_conformance.hpp"
#include "rules/non_candidates.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

constexpr Place kPlaces[] = {Place::inbox,
                             Place::sent,
                             Place::all,
                             Place::non_candidates,
                             Place::followed_candidates,
                             Place::followed_jobs,
                             Place::archived};

// A company made by chance, and what rules/access needs to know of it.
struct ThreadMade {
  rules::Thread thread;
  std::vector<UserId> access;
  MessageId message;
  std::string message_id;
  OutboxId outbox;
  std::set<MailboxId> copies;
  bool incoming = true;
  std::optional<UserId> archived_by;
  bool settled = false;  // by one who sees it no more
  std::string from;
};
struct Chance {
  explicit Chance(std::uint64_t seed) : dice(seed) {}
  SeededRandom dice;
  std::vector<rules::User> users;
  std::map<JobId, std::vector<UserId>> teams;
  std::map<CandidateId, std::map<JobId, ApplicationId>> applied;
  std::map<ThreadId, ThreadMade> threads;
  std::vector<rules::Mailbox> mailboxes;
  std::map<MailboxId, std::vector<SetMailboxMembers::Member>> members;
  std::map<UserId, std::set<CandidateId>> follows;
  std::map<UserId, std::set<JobId>> follows_jobs;
  std::map<CandidateId, std::optional<UserId>> keepers;  // of all who are, or were, no candidates
  std::set<CandidateId> non_candidates;

  rules::CandidateFacts facts(CandidateId candidate) const {
    rules::CandidateFacts facts;
    for (const auto& [job, application] : applied.at(candidate))
      facts.hiring_teams.push_back(teams.at(job));
    return facts;
  }
  rules::ThreadFacts facts(const ThreadMade& made) const {
    return {facts(made.thread.candidate), made.thread.is_private, made.access};
  }
  rules::MailboxFacts facts(MailboxId box) const {
    rules::MailboxFacts facts;
    for (const auto& member : members.at(box))
      facts.grants.push_back(
          {member.team ? teams.at(*member.team) : std::vector{*member.user}, member.right});
    return facts;
  }
  bool sees(const Scope& scope, const ThreadMade& made) const {
    return rules::may_see_thread(scope, facts(made));
  }
  // M-2: what of it shows: as long as its user may see the candidate, or the job.
  bool follows_candidate(const Scope& scope, CandidateId candidate) const {
    const auto found = follows.find(scope.user);
    return found != follows.end() && found->second.contains(candidate) &&
           rules::may_see_candidate(scope, facts(candidate));
  }
  bool follows_job_of(const Scope& scope, CandidateId candidate) const {
    const auto found = follows_jobs.find(scope.user);
    return found != follows_jobs.end() &&
           std::ranges::any_of(applied.at(candidate), [&](const auto& one) {
             return found->second.contains(one.first) &&
                    (scope.all_jobs || std::ranges::count(teams.at(one.first), scope.user) > 0);
           });
  }
  bool is_candidate(CandidateId id) const { return !non_candidates.contains(id); }
  // M-1, M-2: whether a place of the reader's, who sees it, holds it.
  bool lies(const Scope& scope, const ThreadMade& made, Place place) const {
    const bool with_candidate = is_candidate(made.thread.candidate);
    if (place == Place::all) return with_candidate || scope.kind == Scope::Kind::engine;
    if (scope.kind != Scope::Kind::user) return false;
    if (place == Place::non_candidates) return !with_candidate;
    if (place == Place::followed_candidates) return follows_candidate(scope, made.thread.candidate);
    if (place == Place::archived) return made.archived_by.has_value();
    if (place == Place::followed_jobs) return follows_job_of(scope, made.thread.candidate);
    if (place == Place::sent && mailboxes[0].owner == scope.user) return true;
    if (made.incoming != (place == Place::inbox)) return false;
    return std::ranges::any_of(mailboxes, [&](const rules::Mailbox& box) {
      return box.owner == scope.user && made.copies.contains(box.id) &&
             (place == Place::sent ||
              rules::may_use_mailbox(scope, facts(box.id), rules::MailboxRight::see));
    });
  }
  // Whether it passes; what `shown` says of the thread itself has tests of its own.
  bool passes(const Scope& scope, const ThreadMade& made, const ThreadById::Found& shown,
              Place place, const ThreadFilter& filter) const {
    if (filter.unread && !shown.unread) return false;
    if (!filter.person.empty() && filter.person != made.from) return false;
    if (filter.job && (!applied.at(made.thread.candidate).contains(*filter.job) ||
                       (scope.kind == Scope::Kind::user && !scope.all_jobs &&
                        std::ranges::count(teams.at(*filter.job), scope.user) == 0)))
      return false;
    if (!filter.to_answer) return true;
    if (!shown.asked_at) return false;
    if (place == Place::inbox || place == Place::sent) return made.archived_by != scope.user;
    return !made.archived_by && !made.settled;
  }
  std::vector<ThreadMade*> threads_of(CandidateId id) {
    std::vector<ThreadMade*> found;
    for (auto& [thread, made] : threads)
      if (made.thread.candidate == id) found.push_back(&made);
    return found;
  }
  template <class Map>
  const auto& any(const Map& map) {
    return std::next(map.begin(), static_cast<std::ptrdiff_t>(dice.below(map.size())))->first;
  }
  const rules::User& anybody() { return users[dice.below(users.size())]; }
  std::vector<UserId> some() {
    std::vector<UserId> chosen;
    for (const auto& user : users)
      if (dice.below(3) == 0) chosen.push_back(user.id);
    return chosen;
  }
};

class ScopeProperty : public Conformance {
 protected:
  Chance make_company(std::uint64_t seed);
  void add_mailboxes(Chance& chance);
  void add_thread(Chance& chance, CandidateId candidate);
  void add_non_candidate(Chance& chance, std::uint64_t number);
  void take_over_or_back(Chance& chance);
  void merge_two(Chance& chance);
  void follow_something(Chance& chance);
  void change_something(Chance& chance);
  void check_candidates(const Chance& chance, const Scope& scope);
  void check_threads(const Chance& chance, const Scope& scope);
  void check_views(const Chance& chance, const Scope& scope);
  void check_filters(const Chance& chance, const Scope& scope);
  void check_mailboxes(const Chance& chance, const Scope& scope);
  void check_feed(const Chance& chance, const Scope& scope);
};
HEARBACK_ON_EACH_DATABASE(ScopeProperty);

Chance ScopeProperty::make_company(std::uint64_t seed) {
  Chance chance(seed);
  auto& dice = chance.dice;
  company = make<CompanyId>();
  commit(AddCompany{"By chance", now});
  const auto users = 2 + dice.below(4), jobs = 1 + dice.below(4), candidates = 1 + dice.below(5);
  for (std::uint64_t i = 0; i < users; ++i)
    chance.users.push_back(
        add_user("user" + std::to_string(i), static_cast<Role>(dice.below(3)), dice.below(4) == 0));
  for (std::uint64_t i = 0; i < jobs; ++i) {
    const auto team = chance.some();
    chance.teams[add_job("Job", team)] = team;
  }
  add_mailboxes(chance);
  for (std::uint64_t i = 0; i < candidates; ++i) {
    const auto id = add_candidate("Candidate", {"c" + std::to_string(i) + "@home.example"});
    auto& applied = chance.applied[id];
    for (auto& [job, team] : chance.teams)
      if (dice.below(3) == 0) {
        applied[job] = make<ApplicationId>();
        commit(PutApplication{{applied[job], id, job, {}, {}, now}});
      }
    for (auto threads = dice.below(3); threads > 0; --threads) add_thread(chance, id);
  }
  for (auto others = dice.below(3); others > 0; --others) add_non_candidate(chance, others);
  for (auto follows = dice.below(8); follows > 0; --follows) follow_something(chance);
  return chance;
}

// M-3.
void ScopeProperty::add_non_candidate(Chance& chance, std::uint64_t number) {
  const auto writer = chance.anybody();
  const auto id = make<CandidateId>();
  const auto address = "n" + std::to_string(number) + "@agency.example";
  chance.keepers[id] = rules::keeper_of_exchange(as(writer));
  commit(AddNonCandidate{id, address, address, chance.keepers[id], writer.id, now});
  chance.non_candidates.insert(id);
  chance.applied[id];
  for (auto threads = 1 + chance.dice.below(2); threads > 0; --threads) add_thread(chance, id);
}

void ScopeProperty::take_over_or_back(Chance& chance) {
  if (chance.keepers.empty()) return;
  const auto person = chance.any(chance.keepers);
  const auto threads = chance.threads_of(person);
  if (threads.empty()) return;  // somebody else by now
  const auto scope = as(chance.anybody());
  const bool sees = chance.sees(scope, *threads.front());
  const auto& keeper = chance.keepers.at(person);
  const auto id = threads.front()->thread.id;
  if (!chance.is_candidate(person)) {
    const bool done =
        try_commit(
            {TakeOver{id, scope, now},
             PutCandidate{person, "Candidate", {address("t" + person.text() + "@x.example")}, now}})
            .has_value();
    EXPECT_EQ(done, sees && rules::may_take_over(scope, keeper));
    if (!done) return;
    chance.non_candidates.erase(person);
    for (auto* made : threads) made->access.clear();
  } else if (try_commit({UndoTakeOver{id, scope, now}})) {
    EXPECT_TRUE(sees);
    chance.non_candidates.insert(person);
    for (auto* made : threads)
      if (keeper) made->access = {*keeper};
  }
}

// O-5. Half of them are parted again at once, and everything is as it was.
void ScopeProperty::merge_two(Chance& chance) {
  const auto kept = chance.any(chance.applied), merged = chance.any(chance.applied);
  const auto scope = as(chance.anybody());
  const auto preview = ask(MergePreview{scope, kept, merged});
  const auto may = [&](CandidateId one) {
    return chance.is_candidate(one) && rules::may_see_candidate(scope, chance.facts(one));
  };
  if (kept == merged) return;
  EXPECT_EQ(preview.has_value(), may(kept) && may(merged));
  if (!preview) return;
  if (!try_commit({MergeCandidates{scope, kept, merged, preview->version, false, now}})) return;
  if (chance.dice.below(2) == 0) {
    commit(UndoMerge{scope, merged, now});
    return;
  }
  for (auto* made : chance.threads_of(merged)) made->thread.candidate = kept;
  for (const auto& [job, application] : chance.applied.at(merged))
    chance.applied.at(kept).emplace(job, application);
  for (auto& [user, followed] : chance.follows)
    if (followed.erase(merged) > 0) followed.insert(kept);
  chance.applied.erase(merged);
  chance.keepers.erase(merged);
}

// Or no longer. What somebody may not see they can't.
void ScopeProperty::follow_something(Chance& chance) {
  const auto scope = as(chance.anybody());
  const bool follows = chance.dice.below(4) != 0;
  const auto keep = [&](auto& followed, const auto& id) {
    follows ? (void)followed.insert(id) : (void)followed.erase(id);
  };
  if (chance.dice.below(2) == 0) {
    const auto candidate = chance.any(chance.applied);
    if (try_commit({FollowCandidate{scope, candidate, follows, now}}))
      keep(chance.follows[scope.user], candidate);
  } else {
    const auto job = chance.any(chance.teams);
    if (try_commit({FollowJob{scope, job, follows, now}}))
      keep(chance.follows_jobs[scope.user], job);
  }
}

void ScopeProperty::add_mailboxes(Chance& chance) {
  auto& dice = chance.dice;
  for (int i = 0; i < 2; ++i) {
    auto box = mailbox_of(chance.anybody(), "box" + std::to_string(i) + "@acme.example");
    const bool shared = i == 1;
    if (shared) box.kind = rules::MailboxKind::shared;
    commit(AddMailbox{box, "imap secret", "smtp secret"});
    chance.mailboxes.push_back(box);
    auto& members = chance.members[box.id];
    members = {{box.owner, {}, rules::MailboxRight::manage}};
    if (!shared) continue;
    members.clear();
    for (const auto& user : chance.some())
      members.push_back({user, {}, static_cast<rules::MailboxRight>(dice.below(3))});
    for (auto& [job, team] : chance.teams)
      if (dice.below(3) == 0)
        members.push_back({{}, job, static_cast<rules::MailboxRight>(dice.below(3))});
    commit(SetMailboxMembers{box.id, members});
  }
}

void ScopeProperty::add_thread(Chance& chance, CandidateId candidate) {
  auto& dice = chance.dice;
  ThreadMade made;
  made.thread = thread(candidate);
  made.from = dice.below(2) == 0 ? "x@home.example" : "z@agency.example";
  auto m = message("m" + made.thread.id.text(), made.from, "y@acme.example");
  made.incoming = dice.below(2) == 0;
  if (!made.incoming) m.direction = rules::Direction::outgoing;
  m.date = now + Duration(static_cast<std::int64_t>(dice.below(5)) * 1000);
  place(m, made.thread, PlacedBy::address, "x@home.example");
  made.message = m.id;
  made.message_id = m.envelope.message_id;
  std::uint32_t uid = 0;
  for (const auto& box : chance.mailboxes)
    if (dice.below(2) == 0) {
      const auto folder = add_folder(box, "F" + made.thread.id.text() + std::to_string(++uid));
      commit(AddCopy{m.id, {box.id, folder.id, 7, uid}, m.raw});
      made.copies.insert(box.id);
    }
  rules::OutboxMessage out;
  out.id = made.outbox = make<OutboxId>();
  out.author = chance.mailboxes[0].owner;
  out.mailbox = chance.mailboxes[0].id;
  out.candidate = candidate;
  out.thread = made.thread.id;
  out.message = m.id;
  out.message_id = m.envelope.message_id;
  out.bytes = m.raw;
  commit(AddOutbox{out});
  if (!chance.is_candidate(candidate)) {
    if (const auto& keeper = chance.keepers.at(candidate)) made.access = {*keeper};
  } else if (dice.below(3) == 0) {
    made.access = chance.some();
    made.thread.is_private = dice.below(2) == 0;
    SetThreadAccess change{made.thread.id, made.thread.is_private, {}};
    for (const auto& user : made.access) change.access.push_back({user, "given"});
    commit(change);
  }
  const auto& by = chance.users[dice.below(chance.users.size())];
  if (dice.below(3) == 0 && chance.sees(as(by), made)) {
    made.archived_by = by.id;
    const auto came = ask(ThreadById{engine(), made.thread.id})->came;
    commit(SetThreadDone{made.thread.id, *made.archived_by, true, came, now + 24h});
  }
  if (const auto& reader = chance.anybody(); chance.sees(as(reader), made))
    commit(SetThreadUnread{made.thread.id, reader.id, true, {}});
  chance.threads[made.thread.id] = made;
}

// Rights move; what is seen must follow at once.
void ScopeProperty::change_something(Chance& chance) {
  auto& dice = chance.dice;
  follow_something(chance);
  auto& [job, team] = *std::next(chance.teams.begin(),
                                 static_cast<std::ptrdiff_t>(dice.below(chance.teams.size())));
  switch (dice.below(5)) {
    case 3: take_over_or_back(chance); break;
    case 4: merge_two(chance); break;
    case 0:
      team = chance.some();
      commit(PutJob{{job, "Job", rules::JobKind::offer, true}, team, now});
      break;
    case 1: {
      auto& [candidate, applied] = *chance.applied.begin();
      if (applied.contains(job) || !chance.is_candidate(candidate)) break;
      applied[job] = make<ApplicationId>();
      commit(PutApplication{{applied[job], candidate, job, {}, {}, now}});
      break;
    }
    default: {
      auto& user = chance.users[dice.below(chance.users.size())];
      user.active = !user.active;
      commit(PutUser{user, std::nullopt, now});
    }
  }
  // What somebody put away and sees no more comes back.
  for (const auto& user : chance.users)
    for (auto& [id, made] : chance.threads)
      if (made.archived_by == user.id && !(user.active && chance.sees(as(user), made))) {
        made.archived_by.reset();
        made.settled = true;
      }
}

void ScopeProperty::check_candidates(const Chance& chance, const Scope& scope) {
  std::set<CandidateId> expected, listed;
  for (auto& [candidate, jobs] : chance.applied) {
    const bool sees =
        chance.is_candidate(candidate) && rules::may_see_candidate(scope, chance.facts(candidate));
    if (sees) expected.insert(candidate);
    const bool engine = scope.kind == Scope::Kind::engine;  // sees non-candidates, too
    EXPECT_EQ(ask(CandidateById{scope, candidate}).has_value(), sees || engine);
  }
  for (auto& row : ask(Candidates{scope, "", {}, {}}).rows) {
    listed.insert(row.candidate.id);
    std::optional<Instant> last;  // of the threads that these eyes may see
    for (const auto& [id, made] : chance.threads)
      if (made.thread.candidate == row.candidate.id && chance.sees(scope, made))
        last = std::max(last.value_or(Instant{}), ask(ThreadById{engine(), id})->thread.last_at);
    EXPECT_EQ(row.last_at, last);
  }
  EXPECT_EQ(listed, expected);
  std::set<CandidateId> by_name, paged, matched;
  for (auto& row : ask(Candidates{scope, "candi", {}, {}}).rows) by_name.insert(row.candidate.id);
  EXPECT_EQ(by_name, expected);
  std::string after;
  do {
    auto page = ask(Candidates{scope, "", {}, {after, 2}});
    for (auto& row : page.rows) EXPECT_TRUE(paged.insert(row.candidate.id).second);
    after = page.next;
  } while (!after.empty());
  EXPECT_EQ(paged, expected);
  PeopleNamed everybody{scope, {}};
  for (const auto& row : ask(SyncedAddresses{engine()})) everybody.normals.push_back(row.normal);
  for (auto& entry : ask(everybody).candidates) matched.insert(entry.candidate);
  EXPECT_EQ(matched, expected);
  if (scope.kind != Scope::Kind::user) return;
  for (auto& [candidate, jobs] : chance.applied) {
    if (!chance.is_candidate(candidate)) continue;
    const auto seen = ask(CandidateById{engine(), candidate})->seen_by;
    EXPECT_EQ(std::ranges::count(seen, scope.user, &CandidateById::Found::Reader::user) == 1,
              expected.contains(candidate));
  }
}

void ScopeProperty::check_threads(const Chance& chance, const Scope& scope) {
  std::set<OutboxId> expected, due;
  for (auto& [id, made] : chance.threads) {
    const bool sees = chance.sees(scope, made);
    if (sees) expected.insert(made.outbox);
    EXPECT_EQ(ask(ThreadById{scope, id}).has_value(), sees);
    EXPECT_EQ(ask(MessageById{scope, made.message}).has_value(), sees);
    EXPECT_EQ(ask(OutboxById{scope, made.outbox}).has_value(), sees);
    EXPECT_EQ(!ask(StoredMessageIds{scope, {made.message_id}}).empty(), sees);
    KnownAbout question;
    question.scope = scope;
    question.message_id = made.message_id;
    question.references = {made.message_id};
    const auto known = ask(question);
    EXPECT_EQ(!known.ancestors.empty(), sees);
    EXPECT_EQ(known.outbox.has_value(), sees);
    std::set<MailboxId> copies, mine;
    for (const auto& copy : ask(CopiesOf{scope, made.message})) copies.insert(copy.at.mailbox);
    for (const auto& box : made.copies)
      if (sees && rules::may_use_mailbox(scope, chance.facts(box), rules::MailboxRight::see))
        mine.insert(box);
    EXPECT_EQ(copies, mine);
  }
  for (auto& row : ask(OutboxDue{scope, now + 1h})) due.insert(row.message.id);
  // All of one mailbox and of one time: the first that may be seen stands for the rest.
  if (!expected.empty()) expected.erase(std::next(expected.begin()), expected.end());
  EXPECT_EQ(due, expected);
}

// Each view shows what its reader may see and what lies there, newest first, each once.
void ScopeProperty::check_views(const Chance& chance, const Scope& scope) {
  for (const auto place : kPlaces) {
    std::set<ThreadId> expected, listed, paged, of_candidates;
    for (const auto& [id, made] : chance.threads)
      if (chance.sees(scope, made) && chance.lies(scope, made, place)) expected.insert(id);
    std::vector<Instant> times;
    for (auto& row : ask(Threads{scope, place, {}, {}}).rows) {
      listed.insert(row.thread.id);
      times.push_back(row.thread.last_at);
    }
    EXPECT_EQ(listed, expected);
    EXPECT_TRUE(std::ranges::is_sorted(times, std::greater{}));
    std::string after;
    do {
      auto page = ask(Threads{scope, place, {}, {after, 2}});
      for (auto& row : page.rows) EXPECT_TRUE(paged.insert(row.thread.id).second);
      after = page.next;
    } while (!after.empty());
    EXPECT_EQ(paged, expected);
    std::erase_if(expected, [&](ThreadId id) {  // of a non-candidate no list is asked for
      return !chance.is_candidate(chance.threads.at(id).thread.candidate);
    });
    for (const auto& [candidate, applied] : chance.applied)
      if (chance.is_candidate(candidate))
        for (auto& row : ask(Threads{scope, place, candidate, {}}).rows)
          of_candidates.insert(row.thread.id);
    EXPECT_EQ(of_candidates, expected);
  }
}

// M-2: a filter shows those of a place that pass it, page by page, and no others; and as many as
// are unread are counted.
void ScopeProperty::check_filters(const Chance& chance, const Scope& scope) {
  std::map<ThreadId, ThreadById::Found> seen;
  for (const auto& [id, made] : chance.threads)
    if (auto shown = ask(ThreadById{scope, id})) seen.emplace(id, *shown);
  const auto expected = [&](Place place, const ThreadFilter& filter) {
    std::set<ThreadId> ids;
    for (const auto& [id, shown] : seen) {
      const auto& made = chance.threads.at(id);
      if (chance.lies(scope, made, place) && chance.passes(scope, made, shown, place, filter))
        ids.insert(id);
    }
    return ids;
  };
  const auto paged = [&](Place place, std::optional<CandidateId> of, const ThreadFilter& filter) {
    std::set<ThreadId> ids;
    std::vector<Instant> times;
    PageRequest next{"", 2};
    do {
      auto page = ask(Threads{scope, place, of, next, {}, filter});
      EXPECT_LE(page.rows.size(), 2u);
      for (auto& row : page.rows) {
        EXPECT_TRUE(ids.insert(row.thread.id).second);
        times.push_back(row.thread.last_at);
      }
      next.after = page.next;
    } while (!next.after.empty());
    EXPECT_TRUE(std::ranges::is_sorted(times, std::greater{}));
    return ids;
  };
  const std::string people[] = {"x@home.example", "z@agency.example"};
  unsigned which = static_cast<unsigned>(chance.threads.size());  // each time others of them
  for (const auto place : kPlaces)
    for (unsigned one = 0; one < 4; ++one) {
      which = which * 5 + 3;
      ThreadFilter filter{.unread = (which & 4) != 0, .to_answer = (which & 8) != 0};
      if (which & 16)
        filter.job = std::next(chance.teams.begin(),
                               static_cast<std::ptrdiff_t>(which / 64 % chance.teams.size()))
                         ->first;
      if (which & 32) filter.person = people[which / 64 % 2];
      const auto ids = expected(place, filter);
      EXPECT_EQ(paged(place, {}, filter), ids);
      std::set<ThreadId> of_candidates;
      for (const auto& [candidate, applied] : chance.applied)
        if (chance.is_candidate(candidate)) of_candidates.merge(paged(place, candidate, filter));
      std::set<ThreadId> with_candidates;
      for (const auto id : ids)
        if (chance.is_candidate(chance.threads.at(id).thread.candidate)) with_candidates.insert(id);
      EXPECT_EQ(of_candidates, with_candidates);
    }
  for (const auto& row : ask(UnreadCounts{scope}))
    EXPECT_EQ(row.count,
              scope.kind == Scope::Kind::user ? expected(row.place, {.unread = true}).size() : 0u);
}

void ScopeProperty::check_mailboxes(const Chance& chance, const Scope& scope) {
  for (const auto right :
       {rules::MailboxRight::see, rules::MailboxRight::reply, rules::MailboxRight::manage}) {
    std::set<MailboxId> expected, listed;
    for (const auto& [box, members] : chance.members) {
      const bool may = rules::may_use_mailbox(scope, chance.facts(box), right);
      if (may) expected.insert(box);
      EXPECT_EQ(ask(MailboxById{scope, box, right}).has_value(), may);
    }
    for (const auto& box : ask(Mailboxes{scope, right, {"", 200}}).rows) listed.insert(box.id);
    EXPECT_EQ(listed, expected);
  }
}

void ScopeProperty::check_feed(const Chance& chance, const Scope& scope) {
  std::set<std::uint64_t> expected, heard;
  const auto hears = [&](const FeedEntry& entry) {
    if (scope.kind != Scope::Kind::user) return scope.kind == Scope::Kind::engine;
    if (!entry.user.empty() && entry.user != scope.user) return false;
    if (!entry.thread.empty()) return chance.sees(scope, chance.threads.at(entry.thread));
    if (!entry.user.empty()) return true;
    if (!entry.mailbox.empty())
      return rules::may_use_mailbox(scope, chance.facts(entry.mailbox), rules::MailboxRight::see);
    return entry.candidate.empty() ||
           chance.applied.contains(entry.candidate) &&
               rules::may_see_candidate(scope, chance.facts(entry.candidate));
  };
  for (auto& entry : ask(Since{engine(), 0}))
    if (hears(entry)) expected.insert(entry.revision);
  for (auto& entry : ask(Since{scope, 0})) heard.insert(entry.revision);
  EXPECT_EQ(heard, expected);
}

TEST_P(ScopeProperty, P1_P2_P5_C6_C10_M3_O5_SqlAndRulesSeeTheSame) {
  const int companies = GetParam() == On::memory ? 60 : 12;
  for (int seed = 1; seed <= companies; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto chance = make_company(static_cast<std::uint64_t>(seed));
    for (int change = 0; change < 3; ++change) {
      std::vector<Scope> scopes{engine()};
      for (auto& user : chance.users) scopes.push_back(as(user));
      for (auto& scope : scopes) {
        check_candidates(chance, scope);
        check_threads(chance, scope);
        check_views(chance, scope);
        check_filters(chance, scope);
        check_mailboxes(chance, scope);
        check_feed(chance, scope);
      }
      if (HasFailure()) return;
      change_something(chance);
    }
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
  const auto file = make<UploadId>(), waits = make<UploadId>();
  for (const auto& one : {file, waits})
    commit(AddUpload{one, ben.id, "CV.pdf", "application/pdf", m.raw, 1, now},
           AddFile{one, wanda, as(ben), now});
  const auto words = make<BlobId>();
  commit(PutBlob{words, "Kubernetes"},
         PutOwnFileText{file, words, rules::findable_file("CV.pdf", "Kubernetes")});

  company = make<CompanyId>();
  commit(AddCompany{"Other", now});
  const auto twin = add_user("ben", Role::admin);  // the same address, another company
  auto stranger = ben;                             // even with the same user id
  for (const auto& scope : {engine(), as(twin), as(stranger)}) {
    EXPECT_EQ(ask(CompanyFacts{scope}).name, "Other");
    EXPECT_TRUE(ask(TokensOf{scope}).empty());
    EXPECT_EQ(ask(Users{scope}).rows, std::vector{twin});
    EXPECT_TRUE(ask(UsersAmong{scope, {ben.id}}).empty());
    EXPECT_EQ(ask(UserWith{scope, ben.email_normal}), twin);
    EXPECT_FALSE(ask(UserById{scope, ben.id}));
    EXPECT_TRUE(ask(Jobs{scope}).rows.empty());
    EXPECT_FALSE(ask(JobById{scope, welder}));
    EXPECT_TRUE(ask(Candidates{scope, "", {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Candidates{scope, "", welder, {}}).rows.empty());
    EXPECT_FALSE(ask(CandidateById{scope, wanda}));
    EXPECT_FALSE(ask(CandidateTimeline{scope, wanda, {}}));
    EXPECT_TRUE(ask(SyncedAddresses{scope}).empty());
    EXPECT_TRUE(ask(SyncedAddresses{scope, {wanda}}).empty());
    EXPECT_TRUE(ask(Sought{scope}).empty());
    EXPECT_TRUE(ask(PeopleNamed{scope, {"wanda@home.example"}}).candidates.empty());
    const auto skipped = ask(KnownOfSkipped{scope, {"ben@acme.example"}, {"m1"}});
    EXPECT_TRUE(skipped.mailboxes.empty() && skipped.stored.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::all, {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::inbox, {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::sent, {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::all, wanda, {}}).rows.empty());
    for (const auto& filter :
         {ThreadFilter{.unread = true}, ThreadFilter{.to_answer = true},
          ThreadFilter{.job = welder}, ThreadFilter{.person = "wanda@home.example"}})
      EXPECT_TRUE(ask(Threads{scope, Place::all, {}, {}, {}, filter}).rows.empty());
    for (const auto& row : ask(UnreadCounts{scope})) EXPECT_EQ(row.count, 0u);
    EXPECT_TRUE(ask(Threads{scope, Place::followed_candidates, {}, {}}).rows.empty());
    EXPECT_TRUE(ask(Threads{scope, Place::followed_jobs, {}, {}}).rows.empty());
    EXPECT_FALSE(ask(ThreadById{scope, t.id}));
    EXPECT_TRUE(ask(CameAfter{scope, t.id, 0, {m.id}}).empty());
    EXPECT_FALSE(ask(MessageById{scope, m.id}));
    EXPECT_TRUE(ask(CopiesOf{scope, m.id}).empty());
    EXPECT_TRUE(ask(PicturesOf{scope, m.id}).empty());
    EXPECT_TRUE(ask(StoredMessageIds{scope, {"m1"}}).empty());
    EXPECT_TRUE(ask(CopiesInFolder{scope, box.id, inbox.id, 7, {1}, {m.id}}).empty());
    EXPECT_FALSE(ask(BroughtBefore{scope, box.id, {{&m.envelope, 1000}}}).at(0));
    EXPECT_TRUE(ask(Mailboxes{scope}).rows.empty());
    EXPECT_FALSE(ask(MailboxById{scope, box.id}));
    EXPECT_FALSE(store->ask(MailboxSecret{scope, box.id}));
    EXPECT_EQ(ask(WhoseAddress{scope, ben.id, "wanda@home.example", {}}), rules::AddressFacts{});
    EXPECT_TRUE(ask(AddressClaims{scope, {}}).rows.empty());
    EXPECT_TRUE(ask(Folders{scope, box.id}).empty());
    EXPECT_FALSE(ask(FolderById{scope, box.id, inbox.id}));
    EXPECT_TRUE(ask(ImportedByFolder{scope, box.id}).empty());
    EXPECT_TRUE(ask(BodyLedger{scope, box.id, {}}).rows.empty());
    EXPECT_EQ(ask(QuarantinedFor{scope, box.id, {"mail.too-large"}, inbox.id, {}, 9}), 0u);
    EXPECT_EQ(ask(MailboxHealth{scope, box.id}), MailboxHealth::Answer{});
    EXPECT_TRUE(ask(Quarantined{scope, box.id}).rows.empty());
    EXPECT_TRUE(ask(QuarantinedAt{scope, box.id, inbox.id, {9}}).empty());
    EXPECT_EQ(ask(QuarantinedCount{scope, box.id, 10}), 0u);
    EXPECT_TRUE(ask(BodiesByHour{scope, box.id, now}).empty());
    EXPECT_TRUE(ask(ToRetry{scope, box.id}).empty());
    EXPECT_TRUE(ask(Invitations{scope}).empty());
    EXPECT_TRUE(ask(Invited{scope, {ben.id}}).empty());
    EXPECT_TRUE(ask(LinksTo{scope, {ben.id}}).empty());
    EXPECT_TRUE(ask(Sessions{scope, now}).empty());
    EXPECT_EQ(ask(PasswordOf{scope}).has_value(), scope == as(twin));  // their own
    EXPECT_TRUE(ask(OutboxDue{scope, now + 1h}).empty());
    EXPECT_FALSE(ask(OutboxNextDue{scope, now}).at_work);
    EXPECT_FALSE(ask(OutboxById{scope, out.id}));
    EXPECT_TRUE(ask(OutboxOf{scope}).rows.empty());
    EXPECT_FALSE(ask(UploadById{scope, upload}));
    for (const auto* typed : {"kubernetes", "cv", "has:file", "candidate:wanda", "job:welder"}) {
      const auto files = ask(FoundFiles{scope, rules::read_search(typed), {}});
      EXPECT_TRUE(files.rows.empty() && files.next.empty() && files.complete) << typed;
    }
    EXPECT_FALSE(ask(FileById{scope, wanda, file}));
    EXPECT_FALSE(ask(OwnFileText{scope, wanda, file}));
    EXPECT_FALSE(ask(OwnFileToRead{scope}));
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
  EXPECT_FALSE(ask(TokenOf{company, "token", now}));
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
  const auto file = make<UploadId>();
  commit(AddUpload{file, ben.id, "CV.pdf", "application/pdf", m.raw, 1, now},
         AddFile{file, wanda, as(ben), now});
  company = make<CompanyId>();
  commit(AddCompany{"Other", now});
  const auto text = make<BlobId>();
  commit(BeginOwnFile{file}, PutBlob{text, "Kubernetes"},
         PutOwnFileText{file, text, rules::findable_file("CV.pdf", "Kubernetes")});
  EXPECT_FALSE(ask(BlobBytes{company, text}));
  EXPECT_EQ(refused(ForgetCandidate{wanda}), "candidate.missing");
  EXPECT_EQ(refused(RemoveMailbox{box.id}), "mailbox.missing");
  EXPECT_EQ(refused(SetMailboxState{box.id, rules::MailboxState::off}), "mailbox.missing");
  EXPECT_EQ(refused(SetWindow{box.id, now}), "mailbox.missing");
  EXPECT_EQ(refused(PutFolders{box.id, {}}), "mailbox.missing");
  EXPECT_EQ(refused(ResetFolder{box.id, inbox.id, 9}), "mailbox.missing");
  EXPECT_EQ(refused(AdvanceCursor{box.id, inbox.id, 7, {}}), "mailbox.missing");
  EXPECT_EQ(refused(LookAtAllAgain{box.id, now}), "mailbox.missing");
  EXPECT_EQ(refused(BeginImport{{{box.id, inbox.id, 7, 1}}, now}), "store.reference-missing");
  EXPECT_EQ(refused(PutApplication{{make<ApplicationId>(), wanda, job, {}, {}, now}}),
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
  const auto otto = add_user("otto", Role::admin);
  EXPECT_EQ(refused(FollowCandidate{as(otto), wanda, true, now}), "candidate.missing");
  EXPECT_EQ(refused(FollowJob{as(otto), job, true, now}), "job.missing");
  auto user = ben;
  user.id = make<UserId>();
  user.email = user.email_normal = "wanda@home.example";
  commit(PutUser{user, "h", now});
  EXPECT_TRUE(ask(CandidateById{engine(), twin}));
  company = ours;
  EXPECT_EQ(ask(OwnFileToRead{engine()})->begun, 0);
  EXPECT_TRUE(ask(ThreadById{engine(), t.id}));
  EXPECT_TRUE(ask(CandidateById{engine(), wanda})->candidate.addresses[0].synced);
}

}  // namespace
}  // namespace hearback::store
