#pragma once
// One look at a mailbox. What arrived comes first: each folder is asked what lies above its cursor.
// Only then, in slices, what is behind: the agreed past, a folder that was numbered anew, the mail
// of addresses that were added; after each slice, what arrived meanwhile. Then what answers mail
// that just came in is judged again, and the cursor is settled. Read the steps in run().
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "mailbox/source.hpp"
#include "sync/account.hpp"
#include "sync/importing.hpp"
#include "sync/matcher.hpp"

namespace hearback::sync {

class Pass {
 public:
  Pass(Shared& shared, Account& account, mailbox::Source& source);

  // `everywhere`: all synced folders; else only the one in front.
  Task<Result<>> run(bool everywhere);

 private:
  struct Header;
  struct Round;
  struct Reading;
  struct Present;
  struct Judged;
  struct Refused;
  struct ForOwner {  // C-14: what they are told and asked, and of which addresses
    std::vector<store::Change> changes;
    std::set<std::string> noted;
    std::uint64_t match_revision = 0;  // under which that was found
  };
  using Uids = std::vector<std::uint32_t>;
  using LeftOut = std::map<std::uint32_t, std::string>;  // the server doesn't give them, and why
  enum class Part { arrived, behind };

  Task<Result<>> look_at(WatchedFolder& folder, Part part);
  Task<Result<mailbox::Changes>> ask_changes(WatchedFolder& folder);
  Task<Result<mailbox::Changes>> open_folder(WatchedFolder& folder);
  Task<Result<>> start_over(WatchedFolder& folder, std::uint32_t series);
  Task<Result<std::vector<Step>>> steps_for(std::vector<IdRange> spans,
                                            const mailbox::Changes& look, Present& present);
  Task<Result<bool>> live_first(WatchedFolder& current);
  Task<Result<>> inbox_first(const WatchedFolder& next);
  Task<Result<>> set_aside(WatchedFolder& folder, Result<> looked);
  void rest(WatchedFolder& folder, std::string why, Duration pause);
  Duration until_room(Part part);
  store::ObserveFolder observed(const WatchedFolder& folder) const;
  store::AdvanceCursor advanced(const WatchedFolder& folder) const;
  Task<Result<>> tell_of(WatchedFolder& folder);

  Task<Result<>> scan(WatchedFolder& folder, std::vector<Step> steps, Present present, Part part);
  Task<Result<>> scan_steps(WatchedFolder& folder, std::vector<Step> steps, Present present,
                            Part part);
  Reading new_reading(const WatchedFolder& folder);
  Task<void> read(std::span<const Step> steps, Reading& reading);
  Task<void> read_ahead(std::span<const Step> steps, Reading& reading);
  Task<Result<std::size_t>> scan_round(std::span<const Step> steps, Round& round);
  Task<Result<std::size_t>> ask_headers(std::span<const Step> steps, Round& round);
  Task<Result<>> narrow_down(WatchedFolder& folder, IdRange range, Round& round);
  void note_end(WatchedFolder& folder, const Error& why, const std::vector<IdRange>& asked,
                const std::vector<bool>& finished);
  WatchedFolder* in_front();
  Task<Result<>> ask_again(WatchedFolder& folder, std::span<const Step> done, Round& round,
                           Present& present, std::vector<store::Change>& changes);
  static Uids missing_of(std::span<const Step> done, const Round& round, const Present& present,
                         bool& unsure);
  Task<Result<>> ask_twice(std::span<const Step> done, Round& round);
  Task<Result<LeftOut>> ask_in_halves(const Uids& uids, Round& round);
  void note_stand_ins(WatchedFolder& folder, const Round& round,
                      std::vector<store::Change>& changes);
  void note_left_out(WatchedFolder& folder, std::uint32_t uid, const LeftOut& refused, bool last,
                     std::vector<store::Change>& changes);
  std::vector<store::Change> count_skipped(const WatchedFolder& folder,
                                           const std::vector<Header>& headers,
                                           const Matcher& matcher, std::uint32_t known) const;
  Task<Result<Judged>> judge(WatchedFolder& folder, Round& round, std::uint32_t known);
  void tell_owner(const WatchedFolder& folder, const Header& header, const Matcher::Judged& found,
                  ForOwner& told) const;
  void have_noted(const ForOwner& told);
  Task<Result<>> import(WatchedFolder& folder, Part part, Import::Sorted found,
                        std::vector<store::Change> changes, ForOwner for_owner,
                        std::uint64_t& headers, std::vector<rules::ScannedRange> settled,
                        std::vector<rules::ScannedRange> unsettled);
  Task<Result<>> finish_import();
  void hear_placed();

  Task<Result<>> seek();
  Task<Result<>> hear_of_whom(const std::vector<std::string>& addresses);
  Task<Result<bool>> search_in(WatchedFolder& folder, const std::vector<std::string>& addresses,
                               std::optional<Instant>& oldest);
  Task<Result<std::optional<Instant>>> oldest_of(const WatchedFolder& folder,
                                                 const std::vector<Header>& headers,
                                                 const std::vector<std::string>& addresses,
                                                 std::optional<Instant> oldest);
  Task<Result<std::optional<Uids>>> find_in(WatchedFolder& folder,
                                            const std::vector<std::string>& addresses);
  Task<Result<bool>> live_meanwhile(WatchedFolder& folder);
  Task<Result<>> judge_again_since(Instant oldest, const WatchedFolder* but = nullptr);
  Task<Result<>> judge_answers_to(WatchedFolder& folder);
  Task<Result<>> save_cursors();

  Task<Result<>> look_at_all_where_due();
  Task<Result<>> queue_retries();
  Task<Result<>> count_left_out();
  Task<Result<>> look_again();
  // → false: these numbers mean other messages now, or seem to.
  Task<Result<bool>> look_again_in(WatchedFolder& folder, Uids uids, std::set<std::uint32_t>& left);
  Task<Result<>> end_trouble(WatchedFolder& folder, const Uids& uids, const LeftOut& refused,
                             const Round& round, const Judged& judged,
                             std::vector<store::Change>& changes, std::optional<Error>& untold);
  Task<Result<>> settle(bool everywhere);
  std::optional<std::uint64_t> searched_to(const std::vector<WatchedFolder>& folders) const;
  Demand demand() const { return {1, account_.mailbox.window_since, account_.mailbox.judged_anew}; }
  Failure refusal(const Error& error);

  Shared& shared_;
  Account& account_;
  mailbox::Source& source_;
  std::shared_ptr<const Directory> directory_;
  Import import_;
  std::map<rules::Location, int> troubled_;  // waiting in quarantine: attempts so far
  // Addresses of which the owner is asked or told, and under which match revision that was found.
  std::map<std::string, std::uint64_t> noted_past_;
  ForOwner sought_;                       // found by a search, and yet to be told
  std::optional<Instant> inbox_refused_;  // the inbox, when it refused last (ticks)
  Instant looked_, lived_;                // everywhere; anywhere, at what arrived (ticks)
  std::uint64_t heard_ = 0;               // of the folder in front, when it was last looked at
  std::uint64_t elsewhere_ = 0;           // likewise of the one that is listened for
  bool scanned_ = false;                  // anything at all
  bool folder_refuses_ = false;           // the last error was about the folder alone
  bool judging_answers_ = false;          // others are judged again for what one has brought
};

}  // namespace hearback::sync
