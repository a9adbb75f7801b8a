#pragma once
// What a watch holds of its mailbox between passes, and what all watches share.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "net/env.hpp"
#include "rules/belonging.hpp"
#include "store/store.hpp"
#include "sync/engine.hpp"
#include "sync/pending.hpp"
#include "sync/resync.hpp"

namespace hearback::sync {

struct WatchedFolder {
  rules::Folder folder;
  // The cursor in two layers: what may be relied on for ever, and what was judged in this pass but
  // may change its mind (resync.hpp). Both with the true revision.
  std::vector<rules::ScannedRange> settled, unsettled;
  bool unsaved = false;  // judged without effect: told to the store with what comes next
  bool parked = false;   // the server lists it but won't open it

  bool synced() const { return folder.role != rules::FolderRole::ignored && !parked; }
  bool is_inbox() const;
  FolderState state() const;                          // both layers
  std::vector<rules::ScannedRange> to_store() const;  // the unsettled layer marked as such
  void settle();
};

struct Account {
  CompanyId company;
  rules::Mailbox mailbox;
  std::vector<WatchedFolder> folders;  // in the order in which they are looked at
  Pending pending;
  // To be judged once more: what they answer has come in, or somebody wants it tried again.
  std::map<FolderId, std::set<std::uint32_t>> again;

  WatchedFolder* find(const FolderId& id);
};

// Services of the engine to its watches. All on the engine's thread.
class Shared {
 public:
  virtual ~Shared() = default;
  virtual net::Env& env() = 0;
  virtual store::Store& store() = 0;
  virtual const Options& options() const = 0;
  // Runs a task beside the watches; the engine waits for it before it ends.
  virtual void spawn(Task<void> task) = 0;
  // The company's addresses as they are now.
  virtual Task<Result<std::shared_ptr<const rules::Directory>>> directory(CompanyId company) = 0;
  // These became a candidate's: other mailboxes may hold answers to them.
  virtual void placed(CompanyId company, MailboxId by, const std::vector<std::string>& ids) = 0;
};

}  // namespace hearback::sync
