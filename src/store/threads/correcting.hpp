#pragma once
// T-5: a person says where messages lie. docs/decisions/0044-placements-by-hand.md
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"

namespace hearback::store {

using CorrectionId = Id<struct CorrectionTag>;

enum class Part {
  message,  // this one, and what stands for it (S-11: versions)
  onward,   // this one, and all that is dated later
  whole,    // all of the conversation
};
// Messages of `from` lie in `into` from now on, and what answers them goes there, too. Whoever asks
// for a conversation that is left empty is shown `into`.
// Kind::missing, "thread.missing", "message.missing": not there, or not to be seen.
// Kind::conflict: "placement.same", "placement.other-candidate", "placement.other-kind",
// "placement.for-a-few" (rules/correcting); "placement.nothing-left": all of it would be split off.
struct CorrectPlacement {
  CorrectionId id;
  rules::Scope by;
  ThreadId from;
  MessageId message;  // not for `whole`
  Part part = Part::message;
  ThreadId into;
  bool into_is_new = false;
  Instant at;
};
// All lies as it did before; what has answered the messages since goes with them. Idempotent.
// Kind::missing, "correction.missing": not there, or not to be seen. Kind::conflict,
// "correction.overtaken": somebody has moved them again; undo that first.
struct UndoCorrection {
  rules::Scope by;
  CorrectionId id;
  Instant at;
};

// As it is shown with a message.
struct Corrected {
  CorrectionId id;
  std::string by;  // their name
  Instant at;
  std::optional<ThreadId> from;  // where it lay, if that stands and the reader may see it
  std::string from_subject;
};

}  // namespace hearback::store
