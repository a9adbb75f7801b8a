#pragma once
// Jobs, candidates, and who is matched.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "rules/stages.hpp"
#include "store/candidates/stages.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct Jobs {  // open ones first, then as made; a long search may give none, and a next page
  Scope scope;
  std::string text = {};          // part of the title; empty: all
  std::optional<bool> open = {};  // those alone
  PageRequest page = {};
  struct Member {
    UserId user;
    std::string name;
    bool operator==(const Member&) const = default;
  };
  struct Row {
    rules::Job job;
    std::vector<Member> team;
    std::uint64_t candidates = 0;  // that the scope may see
    bool followed = false;         // by the reader
    rules::Stages stages;
    std::uint64_t version = 0;  // of title and stages: ChangeJob
  };
  using Answer = Page<Row>;
};
struct JobById {
  Scope scope;
  JobId job;
  using Answer = std::optional<Jobs::Row>;
};
struct Candidates {
  Scope scope;
  std::string text;  // how words of the name or of addresses begin, in any order; empty: all
  std::optional<JobId> job;
  PageRequest page;
  // Those who are in this phase and in this status of the job; nobody is in another job's.
  std::optional<StageId> phase = {}, status = {};
  struct Row {
    rules::Candidate candidate;
    std::vector<rules::Application> applications;  // in jobs that the scope may see
    std::vector<std::string> job_titles;           // of these
    std::vector<LastMove> moved;                   // likewise
    std::optional<Instant> last_at;  // newest message, of threads that the scope may see
  };
  using Answer = Page<Row>;
};
inline constexpr std::size_t kFollowersShown = 20;
struct CandidateById {  // who has become part of another one is answered with that one
  Scope scope;
  CandidateId candidate;
  struct Merge {
    CandidateId merged;
    std::string name, by;
    Instant at;
    bool exchange = false;              // M-3: of somebody who was no candidate
    std::optional<Instant> undo_until;  // of the newest alone: the later one is undone first
  };
  struct Found {
    rules::Candidate candidate;
    std::vector<rules::Application> applications;  // in jobs that the scope may see
    std::vector<std::string> job_titles;           // of these
    std::vector<LastMove> moved;                   // likewise
    struct Reader {
      UserId user;
      std::string name;
      std::string email = {};  // that they sign in with
    };
    std::vector<Reader> seen_by;  // active users who may see the candidate
    bool followed = false;        // by the reader
    // Of these, who follows them: the first kFollowersShown who began to, and how many more.
    std::vector<Reader> followers;
    std::uint64_t followers_left_out = 0;
    // S-6: their mail doesn't come in, all their jobs are closed: the last of those that the scope
    // may see, and since when. That one which it may not see was closed later isn't its to know.
    struct Rest {
      Instant since;
      rules::Job job;
    };
    std::optional<Rest> rest;
    // What came while it didn't, and wasn't caught up with: in days (UTC) from the first to the
    // last.
    struct Skipped {
      std::uint64_t messages = 0;
      Instant first, last;
    };
    std::optional<Skipped> skipped;
    // O-5: who has become part of them, the newest first.
    std::vector<Merge> merges;
  };
  using Answer = std::optional<Found>;
};
// Which of these addresses other candidates have whom the scope may see: a few are enough to ask.
struct CandidatesWith {
  Scope scope;
  std::vector<std::string> normals;
  CandidateId except;
  struct Row {
    CandidateId candidate;
    std::string name;
    std::string address;
  };
  using Answer = std::vector<Row>;
};
// Still none: whom one would have to be asked about didn't get the address meanwhile.
struct NobodyElseHas {
  CandidatesWith asked;
};
// What lies with a candidate, in threads that the scope may see, and on their profile: how much
// goes when they are deleted, and how much of it lies with another candidate, too, and stays there.
struct Holdings {
  Scope scope;
  CandidateId candidate;
  std::size_t most =
      10'000;  // of each that are counted; a message in two threads counts twice there
  struct Answer {
    std::uint64_t threads = 0, messages = 0;
    std::uint64_t shared = 0;  // of `messages`
    std::uint64_t files = 0;   // that somebody put there, all of them
    bool more = false;         // there is more of something than was counted
  };
};
// What lies on the candidate's profile (own_files.hpp), if the scope may see them; and what their
// newest messages have with them, of those in threads that the scope may see:
// each file once (by name, type and size), as it came last, but rather in a conversation with the
// candidate than among colleagues; CVs first (M-9), then the newest. What stands in a text is none,
// nor is an invitation.
struct CandidateFiles {
  Scope scope;
  CandidateId candidate;
  std::size_t looked = 1000;  // so many messages, of each its first files
  std::size_t most = 100;
  struct Row {
    UploadId own;          // of what lies there without a message; else empty
    std::string added_by;  // who put it there
    MessageId message;
    ThreadId thread;
    Instant date;
    rules::Attachment file;
    bool is_cv = false;
    bool internal = false;  // nowhere but among colleagues (T-3)
    bool ours = false;      // we sent it to them, and nobody else did
  };
  struct Answer {
    std::vector<Row> rows;
    bool more = false;  // there are more of them, or may be
  };
};
// S-5: what came of searching the mailboxes for the candidate's newest addresses, while that is
// told (rules/old_mail). Messages as far as the scope may see them, mailboxes as numbers alone.
struct OldMail {
  Scope scope;
  CandidateId candidate;
  Instant now;
  std::size_t most = 1000;  // messages that are looked at, the newest; mailboxes, likewise
  struct Found {
    Instant added;  // when the newest addresses were
    // That are older than that and came since; and in how many mailboxes they lie, each message
    // counted in one of them: a blind copy adds none.
    std::uint64_t messages = 0, mailboxes = 0;
    bool more = false;  // there are older ones that weren't looked at
    // Mailboxes (rules::SearchIs); none for whom somebody may be hidden from (rules::sees_how_far).
    std::uint64_t through = 0, going_on = 0, waiting = 0;
    std::uint64_t closed = 0;  // those whose owner hasn't agreed (C-14), and of none of these
    bool operator==(const Found&) const = default;
  };
  using Answer = std::optional<Found>;
};
// Synced addresses: all of the company's, in pages, or those of some candidates (a candidate who is
// missing in the answer has none).
struct SyncedAddresses {
  Scope scope;                  // the engine's
  std::vector<CandidateId> of;  // empty: everybody's
  struct Row {
    CandidateId candidate;
    std::string normal;
  };
  std::optional<Row> after;  // the last of the page before
  std::size_t rows = 10'000;
  using Answer = std::vector<Row>;  // ascending
};
// Addresses that take part in matching only since a later match revision than this one, oldest
// first: what was judged under it is to be searched for them. So it is for those of a job's
// candidates that is caught up with since (S-6).
struct Sought {
  Scope scope;  // the engine's
  std::uint64_t match_revision = 0;
  std::size_t rows = 10;
  using Answer = std::vector<std::string>;  // normal forms
};
// Message-IDs of what lies with those whose addresses take part in matching as these: what answers
// one of them may be theirs, though it names no address (S-6).
struct LyingWith {
  Scope scope;  // the engine's
  std::vector<std::string> normals;
  using Answer = std::vector<std::string>;
};

}  // namespace hearback::store
