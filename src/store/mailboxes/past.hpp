#pragma once
// Whether a mailbox's past opens for an added address (C-14): what its owner chose, what they were
// asked, and what came of it. Theirs alone to see and to change; of a shared mailbox whose owner
// has left, those who may manage it, since else nobody could.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/past.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

using rules::Scope;

inline constexpr std::size_t kPastCounted = 1000;

// Whether the mailbox is the asker's to decide about, what was chosen, and how many wait. Absent:
// it isn't.
struct PastChosen {
  Scope scope;
  MailboxId mailbox;
  std::size_t counted = INT32_MAX;  // of those that wait, at most
  struct Found {
    bool own = false;  // else its owner has left
    rules::PastChoice choice = rules::PastChoice::ask;
    std::uint64_t asked = 0;  // that wait for a word
    // The newest of these, as a number to be sent back with a word for all of them; 0: none waits.
    std::uint64_t newest = 0;
  };
  using Answer = std::optional<Found>;
};

// Those that wait for a word first, then the newest. Empty: the mailbox isn't the asker's to decide
// about.
struct PastOf {
  Scope scope;
  MailboxId mailbox;
  PageRequest page = {};
  bool searching = false;  // those alone that are still being looked for
  struct Row {
    std::string address;   // in normal form
    std::string added_by;  // the name of who did; empty: nobody knows any more
    Instant added;
    rules::PastAnswer answer = rules::PastAnswer::asked;
    // Whose it is, of those whom the scope may see, and in which jobs.
    struct Whose {
      CandidateId candidate;
      std::string name;
      std::vector<std::string> job_titles;
    };
    std::vector<Whose> whose = {};
    // Where it opened: messages from before it was added that lie with candidates by it, and came
    // from here; of more, so many. And whether the search is over.
    std::uint64_t brought = 0;
    bool searched = false;
    std::uint64_t shown = 0;  // to be sent back with a word about it
  };
  using Answer = Page<Row>;
};

// From now on: what waits for a word waits on.
struct ChoosePast {
  MailboxId mailbox;
  rules::PastChoice choice = rules::PastChoice::ask;
};
// By sync, that found mail of the past: the owner is asked, or told where it opens at once. Once,
// and for as long as somebody has the address.
struct NotePast {
  MailboxId mailbox;
  std::string normal;
  Instant at;
  bool closed = false;  // the mail was passed over: that is asked about, whatever is chosen by now
};
struct AnswerPast {  // missing, "past.missing": nobody asked. Opened, the mailbox looks for it
                     // (S-5); what was opened stays so ("past.opened"). "past.asked-anew": it is
                     // about somebody else by now, or again, who wasn't seen
  MailboxId mailbox;
  std::string normal;
  bool open = false;
  Instant at;
  std::uint64_t shown = 0;  // as PastOf says
};
struct AnswerAllPast {  // that wait for a word, and were seen to: "past.more-wait" where more do
  MailboxId mailbox;
  std::uint64_t newest = 0;  // as PastChosen says
  bool open = false;
  Instant at;
};
// That were declined in one go at that moment, and not opened since.
struct AskPastAgain {
  MailboxId mailbox;
  Instant declined;
};

}  // namespace hearback::store
