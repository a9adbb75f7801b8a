#pragma once
// Trying an account before it is saved (C-3), and counting what a window would bring (C-8).
#include <optional>
#include <string>
#include <vector>

#include "mailbox/connect.hpp"
#include "rules/access.hpp"
#include "store/store.hpp"

namespace hearback::mailbox {

// Both servers are tried, one after the other, each within Deadlines::probe all in all. Of the
// folders only INBOX is opened.
struct ProbeReport {
  std::optional<Error> imap;  // what failed there; none: fine
  std::optional<Error> smtp;
  std::vector<rules::Folder> folders;  // with the roles that rules::folder_role gives them (S-4)
  bool ok() const { return !imap && !smtp; }
};
Task<ProbeReport> probe(net::Env& env, Login imap, Login smtp);

struct WindowCount {
  std::uint64_t messages = 0;    // in the synced folders, within the window
  std::uint64_t candidates = 0;  // of these: about a candidate whom the scope may see, as known now
  std::optional<Instant> oldest;
};
// Reads headers only, keeps nothing; within Deadlines::count all in all. A folder, or a range of
// one, that the server refuses isn't counted.
Task<Result<WindowCount>> count_window(net::Env& env, store::Store& store, rules::Scope scope,
                                       MailboxId mailbox, Instant since);

}  // namespace hearback::mailbox
