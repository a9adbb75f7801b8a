#include "mailbox/smtp/sent_folder.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "mail/header.hpp"
#include "mailbox/folders.hpp"
#include "mailbox/ranges.hpp"
#include "mailbox/smtp/outlet.hpp"

namespace hearback::mailbox {
namespace {

using protocols::Wire;
using Imap = protocols::imap::Session;

Error untold() {
  return {Kind::transient, "outbox.sent-unsearchable",
          "The mail server names messages in the folder for sent mail that aren't the ones asked "
          "for, or doesn't show them.",
          "Look into the folder, and tell the mail server's administrator."};
}

// Numbers that are asked for together, ascending.
using Piece = std::span<const RemoteId>;

std::vector<Piece> pieces_of(Piece ids, std::size_t batch) {
  constexpr std::uint32_t kBridge = 10;  // headers that come along cost less than another command
  std::vector<Piece> pieces;
  for (auto [first, last] : runs_of(ids, batch, kBridge)) {
    const auto end = std::ranges::upper_bound(ids, last);
    pieces.emplace_back(std::ranges::lower_bound(ids, first), end);
  }
  return pieces;
}

enum class Fate { unanswered, answered, refused };

}  // namespace

Error outlet_stopped() { return {Kind::transient, "outbox.stopped", "The program stopped.", ""}; }

// What one look has found out about the messages that are sought.
class SentFolder::Sightings {
 public:
  using Group = std::vector<std::size_t>;  // positions among those that are sought

  explicit Sightings(const std::vector<Sought>& sought)
      : sought_(sought), there_(sought.size()), unsure_(sought.size()) {
    for (std::size_t i = 0; i < sought.size(); ++i) {
      by_id_.emplace(sought[i].message_id, i);
      if (!sought[i].mark.empty()) by_mark_.emplace(sought[i].mark, i);
    }
  }

  // A message that lies there: SEARCH finds substrings, and some servers find what they like.
  void compare(RemoteId id, std::string_view header) {
    read_.insert(id);
    for (const auto& field : mail::header_fields(header))
      if (ascii_equal(field.name, "X-Hearback-Id")) mark(by_mark_, trim(field.body));
    mark(by_id_, mail::read_envelope(header).message_id);
  }
  bool has_read(RemoteId id) const { return read_.contains(id); }
  // What of these hasn't been asked for yet; of more than may be read in one look the newest: a
  // copy has come lately.
  std::vector<RemoteId> to_read(std::vector<RemoteId> ids, std::size_t in_one_look) {
    std::erase_if(ids, [&](RemoteId id) { return asked_.contains(id); });
    const auto left = in_one_look - std::min(in_one_look, asked_.size());
    if (ids.size() > left) ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(left));
    asked_.insert(ids.begin(), ids.end());
    return ids;
  }
  // What is to be asked for once more: what had no answer; of what was refused the halves.
  std::vector<Piece> left_of(const std::vector<Piece>& pieces,
                             const std::vector<Fate>& fates) const {
    std::vector<Piece> left;
    const auto keep = [&](Piece piece) {
      if (!std::ranges::all_of(piece, [&](RemoteId id) { return has_read(id); }))
        left.push_back(piece);
    };
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const auto fate = i < fates.size() ? fates[i] : Fate::unanswered;
      const auto half = pieces[i].size() / 2;
      if (fate == Fate::unanswered) keep(pieces[i]);
      if (fate != Fate::refused || half == 0) continue;
      keep(pieces[i].first(half));
      keep(pieces[i].subspan(half));
    }
    return left;
  }

  Group not_found(bool by_mark) const {
    Group group;
    for (std::size_t i = 0; i < sought_.size(); ++i)
      if (!there_[i] && !(by_mark && sought_[i].mark.empty())) group.push_back(i);
    return group;
  }
  bool found(std::size_t i) const { return there_[i]; }
  void cannot_tell(const Group& group) {
    for (auto i : group) unsure_[i] = true;
  }
  std::vector<std::string> values(const Group& group, bool by_mark) const {
    std::vector<std::string> values;
    for (auto i : group)
      values.push_back(by_mark ? sought_[i].mark : "<" + sought_[i].message_id + ">");
    return values;
  }
  std::vector<Result<bool>> answers() const {
    std::vector<Result<bool>> answers;
    for (std::size_t i = 0; i < sought_.size(); ++i)
      if (there_[i] || !unsure_[i])
        answers.emplace_back(there_[i]);
      else
        answers.emplace_back(Failure(untold()));
    return answers;
  }

 private:
  using Index = std::map<std::string, std::size_t, std::less<>>;
  void mark(const Index& index, std::string_view value) {
    if (auto found = index.find(value); found != index.end()) there_[found->second] = true;
  }

  const std::vector<Sought>& sought_;
  std::vector<bool> there_, unsure_;
  std::set<RemoteId> asked_, read_;
  Index by_id_, by_mark_;
};

Task<Result<>> SentFolder::open() {
  auto opened = co_await open_imap(env_, login_, limits_, deadlines_);
  if (!opened) co_return Failure(opened.error());
  if (stopped_) co_return Failure(outlet_stopped());
  line_ = std::move(*opened);
  if (folder_.empty()) co_return co_await choose();
  co_return Result<>{};
}

Task<Result<>> SentFolder::choose() {
  auto listed = co_await list_folders(env_, *line_);
  if (!listed) co_return Failure(listed.error());
  if (auto* chosen = choose_sent(*listed)) folder_ = chosen->wire_name;
  if (folder_.empty())
    co_return fail(Kind::permanent, "outbox.no-sent-folder",
                   "The mailbox has no folder for sent mail.", "Choose one in its settings.");
  co_return Result<>{};
}

// The folder is opened anew each time: only then must the server show what has come since.
Task<Result<>> SentFolder::enter() {
  if (stopped_) co_return Failure(outlet_stopped());
  if (!line_)
    if (auto opened = co_await open(); !opened) co_return opened;
  auto facts = co_await line_->run([this](Imap& s, Wire& w) { return s.examine(w, folder_); });
  if (!facts) co_return Failure(facts.error());
  validity_ = facts->uid_validity;
  co_return Result<>{};
}

// On another connection, where the numbers must mean the same.
Task<Result<>> SentFolder::enter_again() {
  const auto validity = validity_;
  close();
  if (auto entered = co_await enter(); !entered) co_return entered;
  if (validity_ != validity) co_return Failure(untold());
  co_return Result<>{};
}

// What is refused, or ends the connection, is asked for in halves, down to the message that is the
// matter. `ids` ascending.
Task<Result<>> SentFolder::read(Sightings& seen, std::vector<RemoteId> ids) {
  constexpr int kRefusals = 40, kEnds = 10;  // then what is left isn't read
  int refusals = 0, ends = 0;
  for (auto pieces = pieces_of(ids, limits_.scan_batch); !pieces.empty();) {
    // Once it has ended, one by one: only so it is known at which.
    std::vector<Fate> fates(ends > 0 ? 1 : pieces.size(), Fate::unanswered);
    Imap::HeaderScan scan{.mark = true};
    for (auto piece : std::span(pieces).first(fates.size()))
      scan.ranges.push_back({piece.front(), piece.back()});
    scan.item = [&](const protocols::imap::HeaderItem& item) {
      if (!item.too_large) seen.compare(item.uid, item.header);
    };
    scan.finished = [&](std::size_t i) {
      fates[i] = Fate::answered;
      return true;
    };
    scan.refused = [&](std::size_t i, const Error&) { fates[i] = Fate::refused; };
    auto done = co_await line_->run([&scan](Imap& s, Wire& w) { return s.fetch_headers(w, scan); });
    if (!done) {
      if (done.error().code == "imap.throttled") co_return done;
      if (fates.size() == 1 && fates[0] == Fate::unanswered) fates[0] = Fate::refused;
      ++ends;
      if (auto again = co_await enter_again(); !again) co_return again;
    }
    refusals += static_cast<int>(std::ranges::count(fates, Fate::refused));
    if (refusals > kRefusals || ends > kEnds) break;
    pieces = seen.left_of(pieces, fates);
  }
  co_return Result<>{};
}

// A message that can't be read leaves open only what it may be: those that are sought are asked for
// in halves, until the answers name it for nobody but them.
Task<Result<>> SentFolder::search(Sightings& seen, bool by_mark) {
  constexpr int kSearches = 40;  // of 100 that are sought, one in doubt takes 15
  std::vector<Sightings::Group> open{seen.not_found(by_mark)};
  for (int searches = 0; !open.empty();) {
    auto group = std::move(open.back());
    open.pop_back();
    std::erase_if(group, [&](std::size_t i) { return seen.found(i); });
    if (group.empty()) continue;
    if (++searches > kSearches) {
      seen.cannot_tell(group);
      continue;
    }
    auto named = co_await line_->run([&](Imap& s, Wire& w) {
      return s.search_header(w, by_mark ? "X-Hearback-Id" : "Message-ID",
                             seen.values(group, by_mark));
    });
    if (!named) co_return Failure(named.error());
    auto done = co_await read(seen, seen.to_read(*named, limits_.scan_batch));
    if (!done) co_return done;
    if (std::ranges::all_of(*named, [&](RemoteId id) { return seen.has_read(id); })) continue;
    if (group.size() == 1) {
      seen.cannot_tell(group);
      continue;
    }
    const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
    open.emplace_back(group.begin(), middle);
    open.emplace_back(middle, group.end());
  }
  co_return Result<>{};
}

// By Message-ID; and by our own header field, for a provider that replaces Message-IDs.
Task<Result<>> SentFolder::look(Sightings& seen) {
  auto done = co_await enter();
  if (done) done = co_await search(seen, false);
  if (done) done = co_await search(seen, true);
  co_return done;
}

Task<std::vector<Result<bool>>> SentFolder::look_for(std::vector<Sought> sought) {
  for (bool kept = line_.has_value();; kept = false) {
    Sightings seen(sought);
    auto done = co_await look(seen);
    if (done) co_return seen.answers();
    close();
    if (!kept || stopped_)
      co_return std::vector<Result<bool>>(sought.size(), Failure(done.error()));
  }
}

Task<Result<>> SentFolder::file(std::string_view bytes, Instant date) {
  if (stopped_) co_return Failure(outlet_stopped());
  if (!line_)
    if (auto opened = co_await open(); !opened) {
      close();
      co_return opened;
    }
  auto filed =
      co_await line_->run([&](Imap& s, Wire& w) { return s.append(w, folder_, bytes, date); });
  if (!filed) close();
  co_return filed;
}

Task<void> SentFolder::leave() {
  if (line_) (void)co_await line_->run([](Imap& s, Wire& w) { return s.log_out(w); });
  close();
}

}  // namespace hearback::mailbox
