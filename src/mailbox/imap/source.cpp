#include "mailbox/imap/source.hpp"

#include <algorithm>
#include <list>

#include "mailbox/connect.hpp"
#include "mailbox/folders.hpp"
#include "mailbox/imap/bodies.hpp"
#include "mailbox/imap/cursor.hpp"
#include "rules/window.hpp"

namespace hearback::mailbox {
namespace {

using ImapSession = protocols::imap::Session;
using protocols::Wire;

std::uint32_t highest_of(const protocols::imap::FolderFacts& facts) {
  return facts.uid_next ? facts.uid_next - 1 : 0;
}

class ImapSource final : public Source {
 public:
  ImapSource(net::Env& env, ImapLine line) : env_(env), line_(std::move(line)) {}

  Task<Result<std::vector<rules::Folder>>> folders() override { return list_folders(env_, line_); }
  Task<Result<Changes>> changes(std::string folder, Cursor cursor) override;
  Task<Result<Changes>> open(std::string folder, Cursor cursor) override;
  const std::string& front() const override { return line_.session->open_folder(); }
  std::uint64_t heard() const override { return line_.session->changes(); }

  Task<Result<bool>> listen_for(std::string folder) override {
    co_return co_await line_.run([&](ImapSession& s, Wire& w) { return s.listen_for(w, folder); });
  }
  const std::string& listened() const override { return line_.session->listened(); }
  std::uint64_t heard_elsewhere() const override { return line_.session->heard_elsewhere(); }

  Task<Result<std::vector<RemoteId>>> present(Instant since) override;
  Task<Result<>> headers(const HeaderScan& scan) override;
  Task<Result<std::optional<std::vector<RemoteId>>>> find(std::vector<std::string> addresses,
                                                          Instant since, IdRange among) override;
  Task<Result<>> bodies(const std::vector<Wanted>& wanted,
                        const std::function<void(const Wanted&, const BodyItem&)>& item) override;
  Task<Result<bool>> wait(Duration most) override;
  Duration asked_pause() const override {
    return line_.session->suggested_backoff().value_or(Duration(0));
  }

  Task<void> leave() override;
  void wake() override { line_.connection->interrupt(); }
  void stop() override { line_.connection->close(); }

 private:
  Task<Result<std::vector<RemoteId>>> look_present(Instant since);
  // Until nobody speaks; then it is the caller's turn, until it gives it on.
  Task<void> turn();
  void next_turn();

  net::Env& env_;
  ImapLine line_;
  struct Meanwhile {  // bodies that are wanted while it scans
    ImapSession::BodiesWanted bodies;
    std::function<void(std::optional<Result<>>)> done;  // nullopt: they weren't asked for
  };
  bool speaks_ = false, scans_ = false;
  // Lists, which take no memory while they are empty.
  std::list<std::function<void(bool)>> waiting_;  // for their turn
  std::list<Meanwhile> meanwhile_;
};

Task<void> ImapSource::turn() {
  while (speaks_)
    co_await Callback<bool>([this](Callback<bool>::Done go) { waiting_.push_back(std::move(go)); });
  speaks_ = true;
}

void ImapSource::next_turn() {
  speaks_ = false;
  if (waiting_.empty()) return;
  auto go = std::move(waiting_.front());
  waiting_.pop_front();
  go(true);
}

Task<Result<Changes>> ImapSource::changes(std::string folder, Cursor cursor) {
  if (front() == folder) {
    // STATUS isn't for the open folder, and its UIDNEXT of the opening is old by now: what lies
    // above the cursor is asked for, however far it reaches.
    const auto& facts = line_.session->facts();
    auto known =
        changes_since(cursor, facts.uid_validity, std::max(cursor.highest, highest_of(facts)));
    known.fresh = false;
    co_return known;
  }
  auto facts = co_await line_.run([&](ImapSession& s, Wire& w) { return s.status(w, folder); });
  if (!facts) co_return Failure(facts.error());
  if (facts->uid_next == 0) co_return co_await open(std::move(folder), cursor);
  co_return changes_since(cursor, facts->uid_validity, highest_of(*facts));
}

Task<Result<Changes>> ImapSource::open(std::string folder, Cursor cursor) {
  auto facts = co_await line_.run([&](ImapSession& s, Wire& w) { return s.examine(w, folder); });
  if (!facts) co_return Failure(facts.error());
  auto highest = highest_of(*facts);
  if (facts->uid_next == 0 && facts->exists > 0) {
    auto uids = co_await present({});
    if (!uids) co_return Failure(uids.error());
    if (!uids->empty()) highest = uids->back();
  }
  // Without UIDNEXT an emptied folder is no contradiction. Under another UIDVALIDITY what was
  // covered means nothing.
  if (facts->uid_next == 0 && std::max(1u, facts->uid_validity) == cursor.series)
    highest = std::max(highest, cursor.highest);
  co_return changes_since(cursor, facts->uid_validity, highest);
}

Task<Result<std::vector<RemoteId>>> ImapSource::present(Instant since) {
  co_await turn();
  auto found = co_await look_present(since);
  next_turn();
  co_return found;
}

// Where searching is refused as such, all that is there is told by FETCH.
Task<Result<std::vector<RemoteId>>> ImapSource::look_present(Instant since) {
  const Instant day = since.ms == 0 ? since : rules::search_day(since);
  auto uids = co_await line_.run([&](ImapSession& s, Wire& w) {
    return day.ms == 0 ? s.search_all(w) : s.search_since(w, day);
  });
  if (uids || trouble_of(uids.error()) != Trouble::request) co_return uids;
  if (line_.session->facts().exists == 0) co_return std::vector<RemoteId>{};
  co_return co_await line_.run([](ImapSession& s, Wire& w) { return s.fetch_uids(w); });
}

Task<Result<>> ImapSource::headers(const HeaderScan& wanted) {
  ImapSession::HeaderScan scan;
  for (const auto& range : wanted.ranges) scan.ranges.push_back({range.first, range.last});
  scan.item = [&](const protocols::imap::HeaderItem& item) {
    wanted.item(
        {item.uid, item.internal_date, item.octets, item.header, item.too_large, item.draft});
  };
  scan.finished = wanted.finished;
  scan.refused = wanted.refused;
  scan.flags = wanted.drafts;
  scan.between = [this]() -> std::optional<ImapSession::BodiesWanted> {
    if (meanwhile_.empty()) return {};
    auto next = std::move(meanwhile_.front());
    meanwhile_.pop_front();
    next.bodies.done = std::move(next.done);
    return std::move(next.bodies);
  };
  co_await turn();
  scans_ = true;
  auto scanned =
      co_await line_.run([&](ImapSession& s, Wire& w) { return s.fetch_headers(w, scan); });
  scans_ = false;
  for (auto& late : std::exchange(meanwhile_, {})) late.done(std::nullopt);
  next_turn();
  co_return scanned;
}

// Between the headers that are being scanned; else, or where the scan ended before they were asked
// for, by themselves.
Task<Result<>> ImapSource::bodies(const std::vector<Wanted>& wanted,
                                  const std::function<void(const Wanted&, const BodyItem&)>& item) {
  if (scans_) {
    const auto came = co_await Callback<std::optional<Result<>>>(
        [&](auto done) { meanwhile_.push_back({wanted_by(wanted, item), std::move(done)}); });
    if (came) co_return *came;
  }
  co_await turn();
  auto came = co_await fetch_bodies(line_, wanted, item);
  next_turn();
  co_return came;
}

Task<Result<std::optional<std::vector<RemoteId>>>> ImapSource::find(
    std::vector<std::string> addresses, Instant since, IdRange among) {
  const Instant day = since.ms == 0 ? since : rules::search_day(since);
  std::optional<protocols::imap::UidRange> some;
  if (among != kAllIds) some = {among.first, among.last};
  auto uids = co_await line_.run(
      [&](ImapSession& s, Wire& w) { return s.search_addresses(w, addresses, day, some); });
  if (uids) {  // of several commands
    std::ranges::sort(*uids);
    const auto repeated = std::ranges::unique(*uids);
    uids->erase(repeated.begin(), repeated.end());
    co_return std::move(*uids);
  }
  switch (trouble_of(uids.error())) {
    case Trouble::request:
    case Trouble::for_now:
    case Trouble::folder: co_return std::nullopt;
    default: co_return Failure(uids.error());
  }
}

Task<Result<bool>> ImapSource::wait(Duration most) {
  co_return co_await line_.run([&](ImapSession& s, Wire& w) { return s.idle(w, most); });
}

Task<void> ImapSource::leave() {
  (void)co_await line_.run([](ImapSession& s, Wire& w) { return s.log_out(w); });
}

}  // namespace

Task<Result<std::unique_ptr<Source>>> open_imap_source(net::Env& env, Login login, Limits limits,
                                                       Deadlines deadlines) {
  auto line = co_await open_imap(env, std::move(login), limits, deadlines);
  if (!line) co_return Failure(line.error());
  co_return std::make_unique<ImapSource>(env, std::move(*line));
}

}  // namespace hearback::mailbox
