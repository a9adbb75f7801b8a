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

namespace hearback::store {

using rules::Scope;

inline constexpr std::size_t kPastShown = 200, kPastCounted = 1000;

struct PastOf {  // absent: the mailbox isn't the asker's to decide about
  Scope scope;
  MailboxId mailbox;
  std::size_t shown = kPastShown;  // rows, at most
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
  };
  struct Found {
    bool own = false;  // else its owner has left
    rules::PastChoice choice = rules::PastChoice::ask;
    std::uint64_t asked = 0;  // that wait for a word
    std::vector<Row> rows;    // these first, then the newest
  };
  using Answer = std::optional<Found>;
};

// Where it is to open at once, that is the answer to what waits for one, too.
struct ChoosePast {
  MailboxId mailbox;
  rules::PastChoice choice = rules::PastChoice::ask;
  Instant at = {};
};
// By sync, that found mail of the past: the owner is asked, or told where it opens at once. Once,
// and for as long as somebody has the address.
struct NotePast {
  MailboxId mailbox;
  std::string normal;
  Instant at;
  bool closed = false;  // the mail was passed over: that is asked about, whatever is chosen by now
};
struct AnswerPast {  // missing, "past.missing": nobody asked. Opened, it is looked for (S-5); what
                     // was opened stays so ("past.opened")
  MailboxId mailbox;
  std::optional<std::string> normal;  // none: of all that wait for a word
  bool open = false;
  Instant at;
};

}  // namespace hearback::store
