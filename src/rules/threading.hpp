#pragma once
// Which thread does a message join? (T-1, T-2, T-3) One answer per candidate that it belongs to.
// And which threads does it show to be one? (T-8)
// The subject never decides.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/belonging.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// A stored message that has to do with the arriving one.
struct KnownPlace {
  std::string message_id;  // ancestors: its own; siblings: the reference shared; else unused
  ThreadId thread;
  CandidateId candidate;
  ThreadKind kind = ThreadKind::conversation;
  bool is_private = false;  // the thread's
  bool by_hand = false;     // a person said what lies in it, and what doesn't (T-5)
  bool operator==(const KnownPlace&) const = default;
};
struct Relatives {
  std::vector<KnownPlace> ancestors;    // named by the arriving message's references
  std::vector<KnownPlace> siblings;     // name a reference that it names too
  std::vector<KnownPlace> descendants;  // name the arriving message
};

struct ThreadChoice {
  CandidateId candidate;
  std::optional<ThreadId> join;                // absent: a new thread
  ThreadKind kind = ThreadKind::conversation;  // of the thread joined or new
  PlacedBy by = PlacedBy::address;
  std::string detail;
  bool operator==(const ThreadChoice&) const = default;
};

// What of the message matters to threading.
struct Sender {
  bool is_internal = false;  // the direction is outgoing
};

// `reason`: why it belongs to this candidate. `references`: nearest first, as belonging names them.
// With the nearest stored ancestor it goes; else with a message that answers the same missing one;
// else with a message that answers it (late parents). A message of the team that doesn't include
// the candidate is an internal forward: it joins threads of that kind only, and one that includes
// the candidate never does.
ThreadChoice choose_thread(const Reason& reason, Sender sender,
                           std::span<const std::string> references, const Relatives& relatives);

// The message joins `into`, and `others` are part of it from now on: it names messages of them, or
// what messages of them name and nobody has, or messages of them answer it. The oldest stays, so
// that the order of coming makes no difference. Only threads of the candidate and kind chosen, and
// nothing that lies in the message (a forwarded original) joins anything. A private thread stays
// what it is: its readers were given it, and no more (P-2). And so does one that a person has split
// or moved messages out of or into (T-5): the next answer, which names both, mustn't undo that.
struct Union {
  ThreadId into;
  std::vector<ThreadId> others;
};
// `choice`: of a thread that exists. `named`: the ids that the message itself names.
Union unite_threads(const ThreadChoice& choice, std::span<const std::string> named,
                    const Relatives& relatives);

// In whose threads the conversation lies that the message belongs to: those of the nearest stored
// message that it answers; else of messages that answer the same missing one; else of its answers.
std::vector<CandidateId> holders_of(std::span<const std::string> references,
                                    const Relatives& relatives);

}  // namespace hearback::rules
