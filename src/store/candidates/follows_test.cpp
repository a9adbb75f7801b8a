// M-2: following candidates and jobs, and the two views of what is followed. That no view shows
// more than its reader may see is held for random companies in engine/scope_test.cpp.
#include "store/candidates/follows.hpp"

#include <algorithm>
#include <set>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class FollowsTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    otto = add_candidate("Otto", {"otto@home.example"}, {welder, baker});
  }
  ThreadId talk(CandidateId candidate) {
    const auto t = thread(candidate);
    auto m = message("m" + t.id.text(), "x@home.example", "ben@acme.example");
    m.date = now;
    place(m, t, PlacedBy::address, "x@home.example");
    return t.id;
  }
  void follow(const rules::User& user, CandidateId candidate, bool follows = true) {
    commit(FollowCandidate{as(user), candidate, follows, now});
  }
  void follow(const rules::User& user, JobId job, bool follows = true) {
    commit(FollowJob{as(user), job, follows, now});
  }
  std::vector<ThreadId> of_candidates(const rules::User& user) {
    return threads_seen(as(user), Place::followed_candidates);
  }
  std::vector<ThreadId> of_jobs(const rules::User& user) {
    return threads_seen(as(user), Place::followed_jobs);
  }
  std::vector<std::string> followers(const rules::User& reader, CandidateId candidate) {
    std::vector<std::string> names;
    for (const auto& one : ask(CandidateById{as(reader), candidate})->followers)
      names.push_back(one.name);
    return names;
  }
  // What the user is told since then, without content.
  std::multiset<std::string> told(const rules::User& user, std::uint64_t since) {
    std::multiset<std::string> kinds;
    for (const auto& entry : ask(Since{as(user), since})) kinds.insert(entry.kind);
    return kinds;
  }
  using Names = std::vector<std::string>;
  using Seen = std::vector<ThreadId>;

  rules::User anna, ben;
  JobId welder, baker;
  CandidateId wanda, otto;
};
HEARBACK_ON_EACH_DATABASE(FollowsTest);

TEST_P(FollowsTest, M2_EachViewShowsItsConversationsOnceNewestFirst) {
  const auto first = talk(wanda), second = talk(otto), third = talk(wanda);
  EXPECT_TRUE(of_candidates(anna).empty());
  EXPECT_TRUE(of_jobs(anna).empty());
  follow(anna, wanda);
  EXPECT_EQ(of_candidates(anna), (Seen{third, first}));
  EXPECT_TRUE(of_jobs(anna).empty());
  EXPECT_TRUE(of_candidates(ben).empty()) << "what somebody follows is their own";
  // Otto has applied for both.
  follow(anna, welder), follow(anna, baker);
  EXPECT_EQ(of_jobs(anna), (Seen{third, second, first}));
  follow(anna, welder, false);
  EXPECT_EQ(of_jobs(anna), Seen{second});
  // The same row as anywhere else.
  const auto row = ask(Threads{as(anna), Place::followed_jobs, {}, {}}).rows.at(0);
  EXPECT_EQ(row.candidate_name, "Otto");
  EXPECT_EQ(row.last_snippet, "Hello there");
  EXPECT_EQ(row.job_titles, (Names{"Baker", "Welder"}));
  EXPECT_FALSE(row.triage);
  // An answer brings a conversation up.
  auto m = message("again", "x@home.example", "ben@acme.example");
  place(m, {first, wanda}, PlacedBy::reply_to, "", false);
  EXPECT_EQ(of_candidates(anna), (Seen{first, third}));
  // Of one candidate, the place holds as well.
  EXPECT_EQ(ask(Threads{as(anna), Place::followed_candidates, wanda, {}}).rows.size(), 2u);
  EXPECT_TRUE(ask(Threads{as(anna), Place::followed_candidates, otto, {}}).rows.empty());
  EXPECT_TRUE(ask(Threads{as(anna), Place::followed_jobs, wanda, {}}).rows.empty());
}

TEST_P(FollowsTest, M2_PagesGoOnWhereTheLastOneEnded) {
  std::vector<ThreadId> all;
  for (int i = 0; i < 7; ++i) all.push_back(talk(i % 2 ? wanda : otto));
  std::reverse(all.begin(), all.end());
  follow(ben, wanda), follow(ben, otto), follow(ben, welder);
  for (const auto where : {Place::followed_candidates, Place::followed_jobs}) {
    std::vector<ThreadId> paged;
    PageRequest page{"", 3};
    do {
      auto found = ask(Threads{as(ben), where, {}, page});
      EXPECT_LE(found.rows.size(), 3u);
      for (auto& row : found.rows) paged.push_back(row.thread.id);
      page.after = found.next;
    } while (!page.after.empty());
    EXPECT_EQ(paged, all);
  }
}

TEST_P(FollowsTest, M2_FollowingTwiceIsFollowingAndTellsNobody) {
  EXPECT_FALSE(ask(CandidateById{as(ben), wanda})->followed);
  follow(ben, wanda);
  follow(ben, welder);
  EXPECT_TRUE(ask(CandidateById{as(ben), wanda})->followed);
  EXPECT_FALSE(ask(CandidateById{as(anna), wanda})->followed);
  EXPECT_TRUE(ask(JobById{as(ben), welder})->followed);
  EXPECT_FALSE(ask(JobById{as(anna), welder})->followed);
  EXPECT_TRUE(ask(Jobs{as(ben)}).rows.at(0).followed);
  const auto before = ask(CompanyFacts{as(ben)}).revision;
  follow(ben, wanda), follow(ben, welder), follow(anna, wanda, false), follow(anna, welder, false);
  EXPECT_EQ(ask(CompanyFacts{as(ben)}).revision, before);
  follow(ben, wanda, false), follow(ben, welder, false);
  EXPECT_FALSE(ask(CandidateById{as(ben), wanda})->followed);
  EXPECT_FALSE(ask(JobById{as(ben), welder})->followed);
}

// What I follow changes on my other device; who follows a candidate, for those who see them.
TEST_P(FollowsTest, M2_AFollowIsToldToWhomItConcerns) {
  const auto clara = add_user("clara", Role::evaluator);
  auto since = ask(CompanyFacts{engine()}).revision;
  follow(ben, wanda);
  EXPECT_EQ(told(ben, since), (std::multiset<std::string>{"follow", "followers"}));
  EXPECT_EQ(told(anna, since), (std::multiset<std::string>{"followers"}));
  EXPECT_TRUE(told(clara, since).empty());
  since = ask(CompanyFacts{engine()}).revision;
  follow(ben, welder);
  EXPECT_EQ(told(ben, since), (std::multiset<std::string>{"follow"}));
  EXPECT_TRUE(told(anna, since).empty());
}

TEST_P(FollowsTest, M2_AFollowGrantsNothing) {
  const auto seen = talk(wanda);
  follow(ben, wanda), follow(ben, welder);
  EXPECT_EQ(of_candidates(ben), Seen{seen});
  // What isn't Ben's to see is answered like what doesn't exist.
  const auto hidden = add_candidate("Hidden", {}, {baker});
  for (const bool follows : {true, false}) {
    for (const auto candidate : {hidden, make<CandidateId>()})
      EXPECT_EQ(refused(FollowCandidate{as(ben), candidate, follows, now}), "candidate.missing");
    for (const auto job : {baker, make<JobId>()})
      EXPECT_EQ(refused(FollowJob{as(ben), job, follows, now}), "job.missing");
    EXPECT_EQ(refused_kind, Kind::missing);
  }
  // Off the team: it shows nothing, not even that Ben followed, until he is on it again.
  const rules::Job job{welder, "Welder", rules::JobKind::offer, true};
  commit(PutJob{job, {}, now});
  EXPECT_TRUE(of_candidates(ben).empty());
  EXPECT_TRUE(of_jobs(ben).empty());
  EXPECT_TRUE(ask(Threads{as(ben), Place::followed_candidates, wanda, {}}).rows.empty());
  EXPECT_TRUE(ask(Threads{as(ben), Place::followed_jobs, wanda, {}}).rows.empty());
  EXPECT_TRUE(followers(anna, wanda).empty());
  EXPECT_EQ(refused(FollowCandidate{as(ben), wanda, false, now}), "candidate.missing");
  commit(PutJob{job, {ben.id}, now});
  EXPECT_EQ(of_candidates(ben), Seen{seen});
  EXPECT_EQ(of_jobs(ben), Seen{seen});
  EXPECT_EQ(followers(anna, wanda), Names{"ben"});
}

// P-2: a private thread is in the views of those who were given it, where they follow.
TEST_P(FollowsTest, M2_P2_APrivateConversationIsSeenByThoseWhoWereGivenIt) {
  const auto secret = talk(wanda), other = talk(wanda);
  commit(SetThreadAccess{secret, true, {{ben.id, "given"}}});
  for (const auto* user : {&anna, &ben}) {
    follow(*user, wanda), follow(*user, welder);
    const auto expected = user == &ben ? Seen{other, secret} : Seen{other};
    EXPECT_EQ(of_candidates(*user), expected);
    EXPECT_EQ(of_jobs(*user), expected);
  }
  follow(ben, welder, false);
  EXPECT_TRUE(of_jobs(ben).empty());
}

TEST_P(FollowsTest, M2_WhoIsNoLongerActiveFollowsNobody) {
  talk(wanda);
  follow(ben, wanda), follow(ben, welder);
  EXPECT_EQ(followers(anna, wanda), Names{"ben"});
  ben.active = false;
  commit(PutUser{ben, std::nullopt, now});
  EXPECT_TRUE(followers(anna, wanda).empty());
  EXPECT_TRUE(of_candidates(ben).empty());
  EXPECT_TRUE(of_jobs(ben).empty());
  EXPECT_EQ(refused(FollowCandidate{as(ben), otto, true, now}), "candidate.missing");
  ben.active = true;
  commit(PutUser{ben, std::nullopt, now});
  EXPECT_EQ(followers(anna, wanda), Names{"ben"});
  EXPECT_EQ(of_candidates(ben).size(), 1u);
}

TEST_P(FollowsTest, M2_TheFirstFollowersAreNamed) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < kFollowersShown + 3; ++i) {
    const auto user = add_user("user" + std::to_string(i), Role::manager, true);
    changes.push_back(FollowCandidate{as(user), wanda, true, now});
  }
  ASSERT_TRUE(try_commit(changes));
  const auto found = ask(CandidateById{as(ben), wanda});
  EXPECT_EQ(found->followers.size(), kFollowersShown);
  EXPECT_EQ(found->followers.at(0).name, "user0");
  EXPECT_EQ(found->followers_left_out, 3u);
}

TEST_P(FollowsTest, S7_FollowsGoWithTheCandidate) {
  const auto left = talk(otto);
  talk(wanda);
  follow(ben, wanda), follow(ben, otto), follow(ben, welder);
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(of_candidates(ben), Seen{left});
  EXPECT_EQ(of_jobs(ben), Seen{left});
  EXPECT_EQ(refused(FollowCandidate{as(ben), wanda, true, now}), "candidate.missing");
  run_errands();
  EXPECT_EQ(of_candidates(ben), Seen{left});
  if (GetParam() == On::memory) return;
  tables()->read(
      [&](Db& db) { EXPECT_EQ(db.row("select count(*) from candidate_follows")->number(), 1); });
}

TEST_P(FollowsTest, M2_OnePersonFollowsOnlySoMany) {
  std::vector<Change> changes;
  std::vector<CandidateId> candidates;
  std::vector<JobId> jobs;
  for (std::size_t i = 0; i <= kCandidatesFollowed; ++i) {
    candidates.push_back(make<CandidateId>());
    changes.push_back(PutCandidate{candidates.back(), "C", {}, now});
  }
  for (std::size_t i = 0; i <= kJobsFollowed; ++i) {
    jobs.push_back(make<JobId>());
    changes.push_back(PutJob{{jobs.back(), "J", rules::JobKind::talent_pool, true}, {}, now});
  }
  for (std::size_t i = 0; i < kCandidatesFollowed; ++i)
    changes.push_back(FollowCandidate{as(anna), candidates[i], true, now});
  for (std::size_t i = 0; i < kJobsFollowed; ++i)
    changes.push_back(FollowJob{as(anna), jobs[i], true, now});
  ASSERT_TRUE(try_commit(std::move(changes)));
  EXPECT_EQ(refused(FollowCandidate{as(anna), candidates.back(), true, now}),
            "follows.too-many-candidates");
  EXPECT_EQ(refused(FollowJob{as(anna), jobs.back(), true, now}), "follows.too-many-jobs");
  EXPECT_EQ(refused_kind, Kind::conflict);
  follow(anna, candidates[0]), follow(anna, jobs[0]);  // followed already
  follow(anna, candidates[0], false), follow(anna, jobs[0], false);
  follow(anna, candidates.back()), follow(anna, jobs.back());
  // What one may no longer see one can't stop following: it isn't in the way.
  commit(ForgetCandidate{candidates[1], {}, now});
  follow(anna, candidates[0]);
}

TEST_P(FollowsTest, M2_ALiveEventNamesTheFollowedViewsToo) {
  const auto of_wanda = talk(wanda), of_otto = talk(otto);
  const auto places = [&](const rules::User& user, ThreadId thread) {
    std::set<Place> found;
    for (const auto& row : ask(PlacesOf{as(user), {thread}})) found.insert(row.place);
    return found;
  };
  follow(ben, wanda), follow(anna, baker);
  EXPECT_EQ(places(ben, of_wanda), std::set{Place::followed_candidates});
  EXPECT_TRUE(places(ben, of_otto).empty());
  EXPECT_EQ(places(anna, of_otto), std::set{Place::followed_jobs});
  EXPECT_TRUE(places(anna, of_wanda).empty());
  commit(PutJob{{welder, "Welder", rules::JobKind::offer, true}, {}, now});
  EXPECT_TRUE(places(ben, of_wanda).empty());
}

}  // namespace
}  // namespace hearback::store
