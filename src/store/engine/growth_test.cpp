// Questions that are asked often cost what they answer, whatever else is there. Counted by the
// databases themselves, so that it says the same on every machine: steps of SQLite's machine, rows
// that PostgreSQL looks at.
#include "fakes/growth.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/engine/applying.hpp"
#include "store/engine/paging.hpp"
#include "store/search/words.hpp"
#include "store/threads/turns.hpp"
#include "store/threads/views.hpp"

namespace hearback::store {
namespace {

Insertion into_messages() {
  return {
      "insert into messages(company, id, message_id, fingerprint, kind, direction, subject,"
      " date, octets, snippet, raw, added)",
      12};
}
Insertion into_placements() {
  return {
      "insert into placements(company, thread, message, candidate, placed_by, detail,"
      " message_date)",
      7};
}
Insertion into_copies() {
  return {
      "insert into copies(company, mailbox, folder, uid_validity, uid, message, raw, here,"
      " message_id)",
      9};
}

INSTANTIATE_TEST_SUITE_P(Each, Growth, testing::Values(On::file, On::postgres), name_of);

TEST_P(Growth, S10_WhatIsKnownOfAFewMessagesOfALargeFolder) {
  const auto box = add_mailbox(recruiter, recruiter.email);
  const auto inbox = add_folder(box, "INBOX");
  const auto in = thread(add_candidate("Wanda", {}));
  commit(AddThread{in});
  CopiesInFolder question{engine(), box.id, inbox.id, 7, {}, {}};
  std::vector<mail::Envelope> headers(kAskedFor);
  BroughtBefore before{engine(), box.id, {}};
  std::uint32_t uid = 0;
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      auto messages = into_messages();
      auto copies = into_copies();
      Insertion blobs("insert into blobs(company, id, sealed_key, octets, bytes, file)", 6);
      auto placements = into_placements();
      for (int i = 0; i < count; ++i) {
        const auto message = make<MessageId>();
        const auto raw = make<BlobId>();
        const auto message_id = std::to_string(++uid) + "@x";
        blobs.row(company, raw, Blob{"key"}, 1, Blob{"bytes"}, "");
        messages.row(company, message, message_id, "", "human", "incoming", "", now, 1, "", raw,
                     now);
        copies.row(company, box.id, inbox.id, 7, uid, message, raw, true, message_id);
        placements.row(company, in.id, message, in.candidate, "address", "", now);
        if (question.messages.size() < kAskedFor) question.messages.push_back(message);
        if (question.uids.size() < kAskedFor) question.uids.push_back(uid * 2);
        if (before.found.size() < kAskedFor) {
          auto& header = headers[before.found.size()];
          header.message_id = message_id;
          before.found.push_back({&header, 1});
        }
      }
      for (auto* all : {&blobs, &messages, &copies, &placements}) all->run(db);
    });
  };
  fill(kAskedFor);
  EXPECT_EQ(std::ranges::count_if(ask(before), &std::optional<BroughtBefore::Row>::has_value),
            kAskedFor);
  expect_constant(
      fill,
      {{"copies", [&] { return work_of(question); }}, {"brought", [&] { return work_of(before); }}},
      true);
}

// An answer in a conversation costs what came since the one before, however long it is, and whoever
// else names its messages.
TEST_P(Growth, M8_AnAnswerInALongConversation) {
  const auto talk = thread(add_candidate("Wanda", {})), other = thread(add_candidate("Otto", {}));
  commit(AddThread{talk}, AddThread{other});
  std::int64_t date = now.ms - 1'000'000'000;
  const auto add = [&](int count, const rules::Thread& in, const char* direction,
                       const std::vector<std::string>& references, const std::string& id = "") {
    MessageId last;
    tables()->write([&](Db& db) {
      auto messages = into_messages();
      auto placements = into_placements();
      Insertion refs("insert into message_refs(company, message, field, position, message_id)", 5);
      for (int i = 0; i < count; ++i) {
        last = make<MessageId>();
        const auto message_id = id.empty() ? last.text() + "@x" : id;
        messages.row(company, last, message_id, "", "human", direction, "", ++date, 1, "",
                     make<BlobId>(), now);
        placements.row(company, in.id, last, in.candidate, "address", "", date);
        for (std::size_t k = 0; k < references.size(); ++k)
          refs.row(company, last, "references", k, references[k]);
      }
      for (auto* all : {&messages, &placements, &refs}) all->run(db);
    });
    return last;
  };
  add(1, talk, "incoming", {}, "first@x");
  MessageId newest;
  const auto fill = [&](int count) {
    add(count, talk, "incoming", {"first@x"});
    add(count, other, "incoming", {"first@x"});
    add(1, talk, "outgoing", {"first@x"}, "ours@x" + std::to_string(date));
    newest = add(1, talk, "incoming", {"first@x"});
  };
  const auto writing = [&](const std::function<void(Db&)>& work) {
    return [this, work] {
      std::int64_t counted = 0;
      tables()->write([&](Db& db) {
        const auto before = work_so_far(db);
        work(db);
        counted = work_so_far(db) - before;
      });
      return counted;
    };
  };
  fill(10);
  expect_constant(fill,
                  {{"answered", writing([&](Db& db) { count_turns_again(db, company, talk.id); })},
                   {"arrives", writing([&](Db& db) { count_turn(db, company, talk.id, newest); })}},
                  true);
}

// However much a candidate has written, however often they were moved, and whatever addresses came
// and went, though it all says that it was at one moment.
TEST_P(Growth, M9_APageOfALongTimeline) {
  const auto talk = thread(add_candidate("Wanda", {}));
  commit(AddThread{talk});
  const auto job = add_job("Welder", {});
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      auto messages = into_messages();
      auto placements = into_placements();
      Insertion moves(
          "insert into application_moves(company, id, candidate, application, job, at, how,"
          " from_phase, to_phase, from_status, to_status)",
          11);
      Insertion addresses(
          "insert into address_changes(company, id, candidate, put_on, address, normal, added, at,"
          " how)",
          9);
      for (int i = 0; i < count; ++i) {
        addresses.row(company, make<AddressChangeId>(), talk.candidate, talk.candidate, "a@x",
                      "a@x", true, now, "person");
        moves.row(company, make<MoveId>(), talk.candidate, make<ApplicationId>(), job, now,
                  "person", "Application", "Interview", "New", "New");
        const auto message = make<MessageId>();
        messages.row(company, message, message.text() + "@x", "", "human", "incoming", "", now, 1,
                     "", make<BlobId>(), now);
        placements.row(company, talk.id, message, talk.candidate, "address", "", now);
      }
      messages.run(db);
      placements.run(db);
      moves.run(db);
      addresses.run(db);
    });
  };
  CandidateTimeline question{as(admin), talk.candidate, {"", kAskedFor}};
  fill(kAskedFor + 1);
  const auto older = ask(question)->older;
  EXPECT_FALSE(older.empty());
  expect_constant(
      fill, {{"newest", [&] { return work_of(question); }},
             {"older", [&] {
                return work_of(CandidateTimeline{as(admin), talk.candidate, {older, kAskedFor}});
              }}});
}

// A page of a word that stands in every message, and of what one of many candidates wrote to whom
// sees nobody else: whatever else the company holds. (Each four weeks hold as much here.)
TEST_P(Growth, M6_APageOfAWordThatIsEverywhere) {
  const auto job = add_job("Welder", {recruiter.id});
  const auto hers = add_candidate("Wanda", {}, {job});
  const auto others = add_candidate("Bob", {});
  auto date = now;
  Duration apart = 6h;
  const auto fill = [&](int count, CandidateId candidate) {
    tables()->write([&](Db& db) {
      auto messages = into_messages();
      auto placements = into_placements();
      Insertion threads(
          "insert into threads(company, id, candidate, kind, subject, last_at, is_private)", 7);
      std::vector<std::pair<MessageId, Instant>> added;
      for (int i = 0; i < count; ++i) {
        date = date + apart;
        const auto message = make<MessageId>();
        const auto in = make<ThreadId>();
        messages.row(company, message, message.text() + "@x", "", "human", "incoming", "", date, 1,
                     "", make<BlobId>(), date);
        threads.row(company, in, candidate, "conversation", "", date, 0);
        placements.row(company, in, message, candidate, "address", "", date);
        added.emplace_back(message, date);
      }
      for (auto* all : {&messages, &threads, &placements}) all->run(db);
      for (const auto& [message, at] : added) {
        const auto tag = tag_of(company, first_doc(at));
        db.change(
            "insert into search_documents(company, message, doc, tag, words, files_unread)"
            " values ($1, $2, $3, $4, " +
                as_words(db.dialect(), "$5") + ", 1)",
            company, message, first_doc(at), tag, in_column(db.dialect(), tag, "wcommon wwords z"));
      }
    });
  };
  const auto search = [&](const rules::User& user, const char* typed) -> Work {
    return [this, user, typed] {
      return work_of(Found{as(user), rules::read_search(typed), {"", 20}});
    };
  };
  fill(30, hers);
  expect_constant([&](int count) { fill(count, others); },
                  {{"everywhere", search(admin, "common")},
                   {"beginning", search(admin, "comm word")},
                   {"phrase", search(admin, "\"common words\"")},
                   {"few", search(recruiter, "common")},
                   {"none", search(recruiter, "nothing")},
                   {"files", [this] { return work_of(FilesToRead{engine()}); }}});

  // What is many named candidates' costs what lies with them, not each message for each of them.
  std::vector<CandidateId> named;
  for (int i = 0; i < 20; ++i) named.push_back(add_candidate("Nora", {}));
  const auto theirs = [&] {
    for (const auto& candidate : named) fill(10, candidate);
    count();
    return search(admin, "common candidate:nora")();
  };
  const auto once = theirs(), twice = theirs();
  EXPECT_LT(twice, 2 * once + once / 2);

  // A word that no message holds costs a look for each four weeks, however many lie in them.
  apart = 1s;
  const auto nowhere = [&] {
    fill(3000, others);
    count();
    return search(admin, "nowhere")();
  };
  const auto few = nowhere(), more = nowhere();
  EXPECT_LT(more, few + kAskedFor);
}

// Whoever sees few candidates pays for those, whatever others the company has; also where so many
// of all are called so that nothing else would narrow it.
TEST_P(Growth, O2_WhomANewcomerFindsByALetter) {
  const auto job = add_job("Welder", {recruiter.id});
  for (const auto* name : {"Abel", "Ada", "Zoe"}) add_candidate(name, {}, {job});
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      Insertion people("insert into candidates(company, id, name, name_key, created)", 5);
      Insertion words("insert into candidate_words(company, candidate, word)", 3);
      for (int i = 0; i < count; ++i) {
        const auto id = make<CandidateId>();
        people.row(company, id, "Anna", "anna", now);
        words.row(company, id, "anna");
      }
      people.run(db);
      words.run(db);
    });
    this->count();
  };
  const Candidates question{as(recruiter), "a", {}, {}};
  fill(6'000);  // more than are counted to find the rarest word
  EXPECT_EQ(ask(question).rows.size(), 2u);
  const auto little = work_of(question);
  fill(12'000);
  EXPECT_EQ(ask(question).rows.size(), 2u);
  EXPECT_LT(work_of(question), little + little / 10 + kAskedFor);
}

TEST_P(Growth, M6_WhetherFewAreInTheReadersJobs) {
  const auto job = add_job("Welder", {recruiter.id});
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      Insertion people("insert into candidates(company, id, name, name_key, created)", 5);
      Insertion applications(
          "insert into applications(company, id, candidate, job, phase, status, created)", 7);
      Insertion listed("insert into job_candidates(company, job, name_key, candidate)", 4);
      for (int i = 0; i < count; ++i) {
        const auto id = make<CandidateId>();
        people.row(company, id, "Anna", "anna", now);
        applications.row(company, make<ApplicationId>(), id, job,
                         rules::first_stage_id(job, rules::StageKind::phase, 0),
                         rules::first_stage_id(job, rules::StageKind::status, 0), now);
        listed.row(company, job, "anna", id);
      }
      for (auto* all : {&people, &applications, &listed}) all->run(db);
    });
  };
  fill(300);  // more than few
  expect_constant(
      fill,
      {{"theirs", [&] { return work_of(Found{as(recruiter), rules::read_search("word"), {}}); }},
       {"a job's",
        [&] { return work_of(Found{as(admin), rules::read_search("word job:welder"), {}}); }}});
}

// A page of those in a phase costs the page, however many are in the phase, and in the job.
TEST_P(Growth, O5_APageOfAPhaseThatManyAreIn) {
  const auto job = add_job("Welder", {recruiter.id});
  const auto stages = ask(JobById{as(admin), job})->stages;
  int number = 0;
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      Insertion people("insert into candidates(company, id, name, name_key, created)", 5);
      Insertion applications(
          "insert into applications(company, id, candidate, job, phase, status, created)", 7);
      Insertion listed("insert into job_candidates(company, job, name_key, candidate)", 4);
      for (int i = 0; i < count; ++i, ++number) {
        const auto id = make<CandidateId>();
        const auto name = std::to_string(1'000'000 + number);
        people.row(company, id, name, name, now);
        applications.row(company, make<ApplicationId>(), id, job,
                         stages.phases.at(number % 3 == 0 ? 1u : 0u).id,
                         stages.statuses.at(number % 2 == 0 ? 1u : 0u).id, now);
        listed.row(company, job, name, id);
      }
      for (auto* all : {&people, &applications, &listed}) all->run(db);
    });
  };
  fill(2'400);  // more than few in each
  std::map<std::string, Work> asked;
  const auto phase = stages.phases.at(1).id;
  const auto status = stages.statuses.at(1).id;
  const std::map<std::string, Scope> scopes = {{"all jobs", as(admin)}, {"one job", as(recruiter)}};
  for (const auto& [who, scope] : scopes) {
    const Candidates in{scope, "", job, {"", 50}, phase};
    const Candidates in_both{scope, "", job, {"", 50}, phase, status};
    asked["first page, " + who] = [this, in] {
      EXPECT_EQ(ask(in).rows.size(), 50u);
      return work_of(in);
    };
    asked["phase and status, " + who] = [this, in_both] {
      EXPECT_EQ(ask(in_both).rows.size(), 50u);
      return work_of(in_both);
    };
    asked["last page, " + who] = [this, in, &number] {
      auto last = in;
      last.page.after = to_text({std::to_string(1'000'000 + number - 120), {}});
      const auto page = ask(last);
      EXPECT_EQ(page.rows.size(), 40u);
      EXPECT_TRUE(page.next.empty());
      return work_of(last);
    };
  }
  expect_constant(fill, asked);
}

TEST_P(Growth, O2_APageOfJobsAmongVeryMany) {
  std::vector<rules::User> others;
  for (int i = 0; i < 20; ++i)
    others.push_back(add_user("other" + std::to_string(i), rules::Role::manager));
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      Insertion jobs("insert into jobs(company, id, title, kind, is_open, changed)", 6);
      Insertion teams("insert into job_team(company, job, user_id)", 3);
      for (int i = 0; i < count; ++i) {
        const auto job = make<JobId>();
        jobs.row(company, job, "Engineer", "offer", i % 2 == 0, now);
        teams.row(company, job, others[static_cast<std::size_t>(i) % others.size()].id);
      }
      jobs.run(db);
      teams.run(db);
    });
  };
  std::map<std::string, Work> asked;
  for (int i = 0; i < 3; ++i) add_job("Ben's", {recruiter.id});
  const auto one = add_job("One more", {recruiter.id});
  asked["one"] = [&] { return work_of(JobById{as(recruiter), one}); };
  const std::map<std::string, Scope> scopes = {
      {"engine", engine()}, {"all jobs", as(admin)}, {"three jobs", as(recruiter)}};
  const std::map<std::string, std::optional<bool>> states = {
      {"open", true}, {"closed", false}, {"any", {}}};
  for (const auto& [who, scope] : scopes)
    for (const auto& [state, open] : states)
      asked[who + ", " + state] = [&] { return work_of(Jobs{scope, "", open, {}}); };
  expect_constant(fill, asked);
}

// What a file's lines are judged upon costs what they name, however many jobs are called so, and
// however many external ids there are.
TEST_P(Growth, O3_LinesOfAFile) {
  const auto other = add_user("other", rules::Role::manager);
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      Insertion jobs("insert into jobs(company, id, title, title_key, kind, is_open, changed)", 7);
      Insertion teams("insert into job_team(company, job, user_id)", 3);
      Insertion people("insert into candidates(company, id, name, name_key, created)", 5);
      Insertion names("insert into external_ids(company, kind, external_id, object, number)", 5);
      for (int i = 0; i < count; ++i) {
        const auto job = make<JobId>();
        const auto candidate = make<CandidateId>();
        jobs.row(company, job, "Engineer", "engineer", "offer", true, now);
        teams.row(company, job, other.id);
        people.row(company, candidate, "Somebody", "somebody", now);
        names.row(company, "candidate", "N" + candidate.text(), candidate, 1);
      }
      jobs.run(db);
      teams.run(db);
      people.run(db);
      names.run(db);
    });
  };
  const auto mine = add_job("Engineer", {recruiter.id});
  const auto known = add_candidate("Known", {"known@home.example"}, {mine});
  commit(SetExternalId{as(admin), known, "K"});
  rules::NamesOfLines names;
  names.candidates = {"K", "none"};
  names.jobs = {"engineer"};
  names.titles = {"engineer", "none"};
  names.addresses = {"known@home.example", "none@home.example"};
  std::map<std::string, Work> asked;
  const std::map<std::string, Scope> scopes = {{"all jobs", as(admin)}, {"one job", as(recruiter)}};
  names.colleagues = {recruiter.email_normal};
  const auto applications = ask(CandidateById{as(admin), known})->applications;
  commit(SetExternalId{as(admin), applications.at(0).id, "KA"});
  for (const auto& [who, scope] : scopes) {
    asked[who] = [&] {
      return work_of(LinesKnown{scope, rules::Imported::candidates, names, now});
    };
    asked["applications, " + who] = [&] {
      return work_of(NamedExternally{scope, {}, {}, {"KA", "none"}});
    };
  }
  expect_constant(fill, asked);
}

// A page of what somebody follows costs what they follow and what it shows, however much lies with
// those candidates, in those jobs, and elsewhere.
TEST_P(Growth, M2_APageOfWhatIsFollowed) {
  constexpr int kFollowed = 20;
  std::vector<CandidateId> candidates;
  std::vector<JobId> jobs;
  for (int i = 0; i < kFollowed; ++i) {
    jobs.push_back(add_job("Job", {recruiter.id}));
    candidates.push_back(add_candidate("Candidate", {}, {jobs.back()}));
    for (const auto& user : {recruiter, admin})
      commit(FollowCandidate{as(user), candidates.back(), true, now},
             FollowJob{as(user), jobs.back(), true, now});
  }
  const auto other = add_job("Other", {recruiter.id});
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      Insertion people("insert into candidates(company, id, name, name_key, created)", 5);
      Insertion applications(
          "insert into applications(company, id, candidate, job, phase, status, created)", 7);
      Insertion threads("insert into threads(company, id, candidate, kind, subject, last_at)", 6);
      Insertion rows("insert into view_rows(company, place, holder, audience, at, thread)", 6);
      const auto talk = [&](CandidateId candidate, JobId job) {
        const auto thread = make<ThreadId>();
        threads.row(company, thread, candidate, "conversation", "About the job", now);
        for (const Value& audience : {value_of(company), value_of(job)})
          rows.row(company, "all", company, audience, now, thread);
      };
      for (int i = 0; i < count; ++i) {
        // Of a followed candidate; of another of their job; of one of whom nobody follows anything.
        const auto at = static_cast<std::size_t>(i % kFollowed);
        talk(candidates[at], jobs[at]);
        for (const auto& job : {jobs[at], other}) {
          const auto candidate = make<CandidateId>();
          people.row(company, candidate, "C", "c", now);
          applications.row(company, make<ApplicationId>(), candidate, job,
                           rules::first_stage_id(job, rules::StageKind::phase, 0),
                           rules::first_stage_id(job, rules::StageKind::status, 0), now);
          talk(candidate, job);
        }
      }
      for (auto* all : {&people, &applications, &threads, &rows}) all->run(db);
    });
  };
  std::map<std::string, Work> asked;
  for (const auto* user : {&recruiter, &admin})
    for (const auto place : {Place::followed_candidates, Place::followed_jobs})
      asked[user->name + (place == Place::followed_jobs ? ", jobs" : ", candidates")] = [=, this] {
        EXPECT_EQ(ask(Threads{as(*user), place, {}, {"", 50}}).rows.size(), 50u);
        return work_of(Threads{as(*user), place, {}, {"", 50}});
      };
  expect_constant(fill, asked);
}

// A page under a filter costs what is kept for it, or a stretch of the place, however few of a
// large place pass it; from where it ends the next one goes on.
class Narrowed : public Growth {
 protected:
  void SetUp() override {
    Growth::SetUp();
    job = add_job("Job", {recruiter.id});
    other = add_job("Other", {recruiter.id});
    box = add_mailbox(recruiter, recruiter.email);
    wanda = add_candidate("Wanda", {}, {job});
    otto = add_candidate("Otto", {}, {other});
  }
  struct Made {
    CandidateId candidate;
    std::vector<JobId> in;
    bool stands_out = false;
    std::string from = "somebody@x.example";
  };
  void add(int count, const Made& made) {
    tables()->write([&](Db& db) {
      Insertion threads(
          "insert into threads(company, id, candidate, kind, subject, last_at, asked_at)", 7);
      Insertion places("insert into thread_places(company, thread, place, holder, at, message)", 6);
      Insertion people("insert into thread_people(company, thread, normal)", 3);
      Insertion rows("insert into view_rows(company, place, holder, audience, at, thread)", 6);
      Insertion unread("insert into thread_unread(company, user_id, thread, at)", 4);
      auto messages = into_messages();
      auto placements = into_placements();
      for (int i = 0; i < count; ++i) {
        const auto thread = make<ThreadId>();
        const auto message = make<MessageId>();
        const auto at = begun + std::chrono::seconds(++number);
        threads.row(company, thread, made.candidate, "conversation", "About the job", at,
                    made.stands_out ? std::optional(at) : std::nullopt);
        messages.row(company, message, std::to_string(number), "", "human", "incoming", "", at, 1,
                     "", make<BlobId>(), at);
        placements.row(company, thread, message, made.candidate, "address", "", at);
        people.row(company, thread, made.from);
        places.row(company, thread, "inbox", box.id, at, message);
        std::vector<Value> audiences{value_of(company)};
        for (const auto& one : made.in) audiences.push_back(value_of(one));
        for (const auto& audience : audiences) {
          rows.row(company, "all", company, audience, at, thread);
          rows.row(company, made.stands_out ? "inbox-to-answer" : "inbox-waiting", box.id, audience,
                   at, thread);
          if (made.stands_out) rows.row(company, "all-to-answer", company, audience, at, thread);
        }
        if (made.stands_out) unread.row(company, recruiter.id, thread, at);
      }
      for (auto* all : {&threads, &messages, &placements, &people, &places, &rows, &unread})
        all->run(db);
    });
  }
  // → how many pages it takes to find these.
  std::size_t pages_of(Threads question, std::size_t expected) {
    std::size_t found = 0, pages = 0;
    do {
      const auto page = ask(question);
      found += page.rows.size();
      question.page.after = page.next;
      ++pages;
    } while (!question.page.after.empty());
    EXPECT_EQ(found, expected);
    return pages;
  }

  JobId job, other;
  rules::Mailbox box;
  CandidateId wanda, otto;
  const Instant begun{1'790'000'000'000};
  int number = 0;
};
INSTANTIATE_TEST_SUITE_P(Each, Narrowed, testing::Values(On::file, On::postgres), name_of);

TEST_P(Narrowed, M2_AFilterThatFewPass) {
  add(5, {wanda, {job}, true, "wanda@home.example"});
  const auto fill = [&](int count) { add(count, {otto, {other}}); };
  fill(2 * static_cast<int>(kFilterLooksAt));
  struct Asked {
    ThreadFilter filter;
    std::size_t rows = 5;
  };
  const std::map<std::string, Asked> filters = {
      {"unread", {{.unread = true}}},
      {"to answer", {{.to_answer = true}}},
      {"job", {{.job = job}}},
      {"all of it", {{.job = job, .unread = true, .to_answer = true}}},
      {"person", {{.person = "wanda@home.example"}}},
      {"nobody", {{.person = "nobody@x.example"}, 0}}};
  std::map<std::string, Work> asked = {
      {"counts", [this] { return work_of(UnreadCounts{as(recruiter)}); }}};
  for (const auto place : {Place::inbox, Place::all})
    for (const auto& [what, wanted] : filters) {
      const Threads question{as(recruiter), place, {}, {"", 50}, {}, wanted.filter};
      const auto page = ask(question);
      EXPECT_EQ(page.rows.size(), wanted.rows) << what;
      EXPECT_TRUE(page.next.empty()) << what;
      if (wanted.rows == 0) continue;  // nothing is looked at
      asked[what + (place == Place::inbox ? ", inbox" : ", all")] = [this, question] {
        return work_of(question);
      };
    }
  // Nothing is kept for these. Those at the end are found, a stretch at a time.
  for (const auto& candidate : {wanda, otto})
    commit(FollowCandidate{as(recruiter), candidate, true, now});
  const Threads followed{as(recruiter),      Place::followed_candidates, {}, {"", 50}, {},
                         {.to_answer = true}};
  EXPECT_GT(pages_of(followed, 5), 2u);
  const Threads of_otto{as(recruiter), Place::all, otto, {"", 50}, {}, {.unread = true}};
  EXPECT_GT(pages_of(of_otto, 0), 1u);
  const Threads common{as(recruiter), Place::all, {},
                       {"", 50},      {},         {.job = job, .person = "somebody@x.example"}};
  EXPECT_EQ(pages_of(common, 0), 1u);
  asked["followed"] = [this, followed] { return work_of(followed); };
  asked["of one"] = [this, of_otto] { return work_of(of_otto); };
  asked["common"] = [this, common] { return work_of(common); };
  expect_constant(fill, asked);
}

// What stands out here are the newest, and more of them than are looked at.
TEST_P(Narrowed, M2_CountsOfWhatIsUnreadLookAtTheNewest) {
  add(1'001, {otto, {other}, true});
  tables()->write(
      [&](Db& db) { db.change("delete from thread_places where company = $1", company); });
  add(1, {wanda, {job}, true});
  for (const auto& row : ask(UnreadCounts{as(recruiter)}))
    EXPECT_EQ(row.count, row.place == Place::inbox ? 1u : row.place == Place::all ? 100u : 0u);
  expect_constant([&](int count) { add(count, {otto, {other}, true}); },
                  {{"counts", [this] { return work_of(UnreadCounts{as(recruiter)}); }}});
}

// What many lists are merged from is read on in, where few of it pass, and not begun anew for each
// stretch: beyond the looking, that costs no more than a page or two of it.
TEST_P(Narrowed, M2_AFilterOverManyTeamsAndMuchThatIsFollowed) {
  const auto looked_at = static_cast<int>(kFilterLooksAt) + 100;
  const std::string common = "common@x.example";
  add(looked_at, {otto, {}, false, common});
  tables()->write([&](Db& db) {
    for (const std::string table : {"view_rows", "thread_places"})
      db.change("delete from " + table + " where company = $1", company);
  });
  add(looked_at, {otto, {other}});
  commit(FollowCandidate{as(recruiter), otto, true, now});
  const Threads inbox{as(recruiter), Place::inbox, {}, {"", 50}};
  const Threads followed{as(recruiter), Place::followed_candidates, {}, {"", 50}};
  auto with = inbox, waiting = followed;
  with.filter.person = common;
  waiting.filter.to_answer = true;
  count();
  const auto with_in_one = work_of(with), waiting_of_one = work_of(waiting);
  std::vector<JobId> teams{other};
  for (int i = 0; i < 80; ++i) teams.push_back(add_job("Job " + std::to_string(i), {recruiter.id}));
  for (std::size_t i = 0; i < 300; ++i) {
    const auto team = teams[i % teams.size()];
    const auto candidate = add_candidate("C" + std::to_string(i), {}, {team});
    commit(FollowCandidate{as(recruiter), candidate, true, now});
    add(4, {candidate, {team}});
  }
  count();
  EXPECT_LT(work_of(with), 3 * with_in_one / 2 + 3 * work_of(inbox));
  EXPECT_LT(work_of(waiting), 3 * waiting_of_one / 2 + 3 * work_of(followed));
}

// While the page asks how far the search for an address has come, that costs no more than it looks
// at, however many mailboxes there are, and mails and candidates.
TEST_P(Growth, S5_WhatIsToldOfASearch) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto others = add_candidate("Otto", {"otto@home.example"});
  const auto talk = thread(wanda), other = thread(others);
  commit(AddThread{talk}, AddThread{other});
  const auto box = add_mailbox(recruiter, recruiter.email);
  const auto inbox = add_folder(box, "INBOX");
  std::uint32_t uid = 0;
  const auto fill = [&](int count) {
    tables()->write([&](Db& db) {
      Insertion boxes(
          "insert into mailboxes(company, id, kind, owner, address, address_normal, state,"
          " imap_host, imap_port, imap_security, imap_user, imap_secret, smtp_host, smtp_port,"
          " smtp_security, smtp_user, smtp_secret, consent_at, consent_version, consent_language,"
          " window_since, connected, saves_sent, last_error, headers_seen, bodies_fetched,"
          " address_proof, removed, searched)",
          29);
      auto messages = into_messages();
      auto copies = into_copies();
      auto placements = into_placements();
      for (int i = 0; i < count; ++i) {
        const auto id = make<MailboxId>();
        boxes.row(company, id, "personal", recruiter.id, id.text(), id.text(), "active", "h", 993,
                  "tls", "u", Blob{"s"}, "h", 465, "tls", "u", Blob{"s"}, now, "v", "en", now, now,
                  0, "", 0, 0, "admin", i % 4 == 3, i % 2);
        for (const auto* in : {&talk, &other}) {
          const auto message = make<MessageId>();
          const auto raw = make<BlobId>();
          messages.row(company, message, message.text(), "", "human", "incoming", "", now - 240h, 1,
                       "", raw, now);
          copies.row(company, box.id, inbox.id, 7, ++uid, message, raw, true, message.text());
          placements.row(company, in->id, message, in->candidate, "address", "wanda@home.example",
                         now - 240h);
        }
      }
      for (auto* all : {&boxes, &messages, &copies, &placements}) all->run(db);
    });
  };
  const OldMail asked{.scope = as(admin), .candidate = wanda, .now = now, .most = 50};
  fill(100);
  EXPECT_EQ(ask(asked)->messages, 50u);
  EXPECT_EQ(ask(asked)->going_on + ask(asked)->through, 50u);
  std::map<std::string, Work> work;
  const std::map<std::string, Scope> scopes = {{"all jobs", as(admin)}, {"engine", engine()}};
  for (const auto& [who, scope] : scopes)
    work[who] = [&, scope] {
      auto question = asked;
      question.scope = scope;
      return work_of(question);
    };
  expect_constant(fill, work, true);
}

// A mailbox's folders, as they are listed first and again: each costs the same, however many.
TEST_P(Growth, S1_ListedFoldersCostTheirNumber) {
  Vault vault(std::string(32, 'k'), random);
  const auto work_for = [&](int folders) {
    const auto address = std::to_string(folders) + "@acme.example";
    const auto box = add_mailbox(recruiter, address);
    PutFolders put{box.id, {}};
    for (int i = 0; i < folders; ++i) {
      rules::Folder one;
      one.id = make<FolderId>();
      one.mailbox = box.id;
      one.name = one.wire_name = "Folder/" + std::to_string(i);
      one.role = rules::FolderRole::incoming;
      put.folders.push_back(one);
    }
    const auto listed = [&] {
      std::int64_t work = 0;
      tables()->write([&](Db& db) {
        const SealedBlobs blobs;
        Writing writing{.db = db, .vault = vault, .blobs = blobs, .company = company, .at = now};
        const auto before = work_so_far(db);
        apply(writing, put);
        work = work_so_far(db) - before;
      });
      count();
      return work;
    };
    const auto first = listed();
    return std::pair(first, listed());
  };
  const auto few = work_for(500), many = work_for(2'000);
  EXPECT_LT(many.first, 6 * few.first + kAskedFor) << "first";
  EXPECT_LT(many.second, 6 * few.second + kAskedFor) << "again";
  EXPECT_GT(many.second, 2'000);
}

}  // namespace
}  // namespace hearback::store
