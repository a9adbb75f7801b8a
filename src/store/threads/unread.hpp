#pragma once
// Which conversations hold what somebody hasn't read (rules/unread.hpp): a row of `thread_unread`
// for each conversation and person, with the newest message they haven't seen. Nothing is unread by
// itself: not the past that an import brings, not what lies in others' mailboxes.
#include <cstdint>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

struct Writing;

// The last step of a commit, of what came to the owners of mailboxes for the first time, or for the
// first time as what they sent.
void keep_unread(Writing& writing);
struct Unseen {
  Instant at;             // of the newest, as it is dated
  std::int64_t came = 0;  // of the last that came (`placements.came`)
};
// → whether that changed anything. What was written until then, and what had come until then.
bool mark_read(Db& db, CompanyId company, ThreadId thread, UserId user, Instant written);
bool mark_seen(Db& db, CompanyId company, ThreadId thread, UserId user, std::int64_t came);
enum class Because { came, marked };  // something came to them, or they said so
bool mark_unread(Db& db, CompanyId company, ThreadId thread, UserId user, const Unseen& newest,
                 Because why);
// Whether it is news to one of those whom it came to.
bool is_news(Db& db, CompanyId company, ThreadId thread, MessageId message);
// Before `from` goes.
void unite_unread(Db& db, CompanyId company, ThreadId from, ThreadId into);
// What was unread because of a message that has moved from the one to the other is unread there.
void move_unread(Db& db, CompanyId company, ThreadId from, ThreadId into);
// What these users had unread before a correction, where it lies again. `users`: for "in", of
// `params` behind the company and the correction.
void restore_unread(Db& db, const std::string& users, std::span<const Value> params);
// Messages were taken out of the thread: what they alone made unread isn't so any longer.
void forget_unread(Db& db, CompanyId company, ThreadId thread);
// Of a thread with the alias `th`, as 1 or 0, for the user who is the second parameter.
std::string is_unread();
// As well: whether they said so themselves.
std::string is_marked_unread();
// As well: whether something unread came after the newest, though it is dated before it.
std::string is_hidden();

}  // namespace hearback::store
