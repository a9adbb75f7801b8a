#pragma once
// One look at a mailbox: asks each folder what has changed, judges the headers of what isn't
// covered, imports what matches, judges again what answers mail that just came in, and settles the
// cursor. Read the steps in run().
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mailbox/connect.hpp"
#include "sync/account.hpp"
#include "sync/importing.hpp"

namespace hearback::sync {

class Pass {
 public:
  Pass(Shared& shared, Account& account, mailbox::ImapLine& line,
       std::shared_ptr<const rules::Directory> directory);

  // `everywhere`: all synced folders; else only the one that is open.
  Task<Result<>> run(bool everywhere);

 private:
  struct Header;
  struct Round;
  struct Look;

  Task<Result<>> look_at(WatchedFolder& folder);
  Task<Result<Look>> ask_facts(WatchedFolder& folder);
  Task<Result<Look>> open_folder(WatchedFolder& folder);
  Task<Result<>> start_over(WatchedFolder& folder, std::uint32_t uid_validity);
  Task<Result<std::vector<Step>>> steps_for(WatchedFolder& folder, const Plan& plan,
                                            const Look& look);
  Task<Result<>> scan(WatchedFolder& folder, std::vector<Step> steps);
  Task<Result<std::size_t>> scan_round(std::span<const Step> steps, Round& round);
  Task<Result<std::vector<Found>>> judge(WatchedFolder& folder, Round& round,
                                         std::set<std::uint32_t>& waiting);
  Task<Result<>> import(WatchedFolder& folder, std::vector<Found> found, bool save,
                        std::uint64_t headers, std::vector<rules::ScannedRange> settled,
                        std::vector<rules::ScannedRange> unsettled);
  void hear_placed();
  Task<Result<>> queue_retries();
  Task<Result<>> look_again();
  Task<Result<>> look_again_in(WatchedFolder& folder, std::vector<std::uint32_t> uids);
  Task<Result<>> settle(bool everywhere);
  Demand demand() const;
  Failure refusal(const Error& error);

  Shared& shared_;
  Account& account_;
  mailbox::ImapLine& line_;
  std::shared_ptr<const rules::Directory> directory_;
  Import import_;
  std::uint64_t unsaved_headers_ = 0;  // of the ledger
  bool scanned_ = false;               // anything at all
  bool folder_refuses_ = false;        // the last error was about the folder alone
};

}  // namespace hearback::sync
