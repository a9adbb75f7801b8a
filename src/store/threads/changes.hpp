#pragma once
// Messages, their copies, where they are placed, and what taking one in expects.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/threads/arrival.hpp"
#include "store/threads/correcting.hpp"

namespace hearback::store {

struct AddMessage {  // with its participants, Message-ID and reference edges
  rules::Message message;
  Instant at;
  std::string words = {};  // rules::findable
};
struct AddCopy {  // idempotent by location; clears the import attempts there
  MessageId message;
  rules::Location at;
  BlobId raw;
};
struct AddThread {
  rules::Thread thread;
};
struct SetThreadAccess {  // P-2: whether the thread is private, and who was given it; as a whole
  ThreadId thread;
  bool is_private = false;
  struct Given {
    UserId user;
    std::string why;  // "participant", "given"
  };
  std::vector<Given> access;
};
struct SetThreadDone {  // M-8: put away, or back again, by one of those in whose views it lies.
                        // Kind::conflict, "thread.newer-message", where one that asks for an
                        // answer has come since
  ThreadId thread;
  UserId user;
  bool done = false;
  std::int64_t seen = 0;  // ThreadSummary::came of what was shown, under this very id
  Instant at;
};
struct SetThreadUnread {  // M-7: for one of those who see it
  ThreadId thread;
  UserId user;
  bool unread = false;
  std::optional<std::int64_t> seen;  // where it was read: as above; none: all that has come
};
struct UniteThreads {  // T-8: the messages of `from`, sent or not yet, are part of `into`. Who asks
                       // for `from` is shown `into`. Both are of one candidate and kind, and
                       // neither is private; else Kind::conflict
  ThreadId from, into;
};
struct PlaceMessage {  // a message into a thread, with its reason; idempotent
  rules::Placement placement;
  Instant message_date;
};
struct NoMessageWith {  // nobody else stored the same content meanwhile
  std::string message_id, fingerprint;
};
struct PeopleAre {  // whose addresses these are, and which are internal, is what was answered
  std::vector<std::string> normals;
  std::vector<KnownAbout::Answer::Match> candidates;
  std::vector<std::string> internal;
  MailboxId reader = {};
};
struct RelativesAre {  // what it answers, what answers the same and what answers it is what
                       // KnownAbout said: two mailboxes that bring a message and its answer at once
                       // mustn't each begin a thread, no thread is joined that has gone, and
                       // nothing comes in by the word of what no longer gives it (S-6)
  std::string message_id;
  std::vector<std::string> references;
  std::vector<KnownAbout::Answer::Relative> ancestors, descendants;
  std::vector<rules::KnownPlace> siblings;
  MailboxId reader = {};  // and the writers, as KnownAbout was asked
  std::vector<std::string> writers = {};
  std::vector<rules::StoredReference> named = {};
};

}  // namespace hearback::store
