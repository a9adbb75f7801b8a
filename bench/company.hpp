#pragma once
// A company of any size, the same for the same numbers, written into the tables past the store:
// through commits a million messages would take hours. The rows are those of the first schema,
// which never changes; what later migrations add is filled by the migrations themselves, so that a
// run tells what upgrading a company of this size costs, too.
#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/engine/db.hpp"

namespace hearback::bench {

struct Sizes {
  std::uint64_t messages = 1'000'000;
  std::uint64_t candidates = 50'000;
  std::uint64_t users = 200;
  std::uint64_t jobs = 300;
  std::uint64_t messages_in_thread = 4;
  std::uint64_t threads() const { return messages / messages_in_thread; }
};

// Users by number: kAdmin has little mail; kRecruiter sees 60 jobs and has a tenth of all mail in
// their mailbox; kNewcomer, an evaluator, has nothing and is on no team.
constexpr std::uint64_t kAdmin = 0, kRecruiter = 1, kNewcomer = 2;
constexpr std::uint64_t kRecruiterJobs = 60, kSeeingAll = 20;

constexpr Instant kStart{1'700'000'000'000};

CompanyId company_id();
UserId user_id(std::uint64_t number);
JobId job_id(std::uint64_t number);
CandidateId candidate_id(std::uint64_t number);
MailboxId mailbox_id(std::uint64_t user);
FolderId folder_id(std::uint64_t user);
ThreadId thread_id(std::uint64_t number);
MessageId message_id(std::uint64_t number);
std::string candidate_address(std::uint64_t number);

// Of thread `number`.
std::uint64_t candidate_of(std::uint64_t thread, const Sizes& sizes);
std::uint64_t owner_of(std::uint64_t thread, const Sizes& sizes);
Instant end_of(std::uint64_t thread, const Sizes& sizes);  // its newest message's date
std::uint64_t job_of(std::uint64_t candidate, const Sizes& sizes);

// Into tables of schema 1 that are empty.
void build_company(store::Database& database, const Sizes& sizes);
// Its words, in today's tables.
void make_findable(store::Database& database, const Sizes& sizes);

}  // namespace hearback::bench
