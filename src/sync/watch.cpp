#include "sync/watch.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/log.hpp"
#include "rules/folder_roles.hpp"
#include "rules/ownership.hpp"
#include "sync/pass.hpp"

namespace hearback::sync {
namespace {

// C-12: one refusal among successes is tried again before anybody is asked; slowly, for accounts
// get locked by wrong passwords. What never worked is no success; what worked when it was entered,
// just now, is one, and may be refused once: servers do so under load.
constexpr int kRefusals = 3, kRefusalsOfProven = 2;
constexpr Duration kJustProven = 10min;
constexpr const char* kLoginRefused = "imap.login-refused";
// Looks for which a server gave a reason that turned out to be none.
constexpr Pace::Of kFruitless{.free = 5, .first = 200ms, .most = 5s, .forgets = 10s};
// A second connection that breaks is made anew at once, then less and less often. A provider that
// refuses it may grant one only, and says so in many ways.
constexpr Pace::Of kSideBroke{
    .free = 1, .first = 30s, .most = std::chrono::hours(1), .forgets = std::chrono::hours(1)};
// Of a server that gives other mail, it takes a few connections to know over which message it ends
// them (left_out.cpp).
constexpr Pace::Of kNarrowing{
    .free = 40, .first = 1min, .most = 15min, .forgets = std::chrono::minutes(5)};
constexpr Duration kSideRefused = std::chrono::hours(1);
// What was agreed to and is given up may be asked for again; soon it is done without.
constexpr Pace::Of kOverflowed{
    .free = 3, .first = 1min, .most = std::chrono::hours(1), .forgets = std::chrono::hours(1)};
// Just before it is told, mail may be found by chance. Often it isn't by chance.
constexpr int kUntold = 3;
constexpr Duration kAskedMost = std::chrono::hours(1);  // however long a server asks for
// The server refuses to list the folders, which are known.
constexpr Pace::Of kListing{
    .free = 0, .first = 1min, .most = 30min, .forgets = std::chrono::hours(1)};
constexpr int kLooksPerListing = 15;  // how often folders are listed anew, in looks everywhere
constexpr Duration kNewsWait = std::chrono::seconds(1);  // until what the store knows is told

bool same_listing(const std::vector<store::Folders::Row>& stored,
                  const std::vector<rules::Folder>& listed) {
  if (stored.size() != listed.size()) return false;
  std::unordered_map<std::string_view, const rules::Folder*> by_name;
  for (const auto& row : stored) by_name.emplace(row.folder.wire_name, &row.folder);
  return std::ranges::all_of(listed, [&](const rules::Folder& folder) {
    const auto found = by_name.find(folder.wire_name);
    return found != by_name.end() && found->second->name == folder.name &&
           found->second->special_use == folder.special_use &&
           found->second->delimiter == folder.delimiter &&
           (found->second->role_by_user || found->second->role == folder.role);
  });
}

// All mail comes last: what lies elsewhere too is known by then, and as what it is.
int rank(const WatchedFolder& folder) {
  if (folder.is_inbox()) return 0;
  if (rules::holds_the_whole_past(folder.folder)) return 3;
  return folder.folder.role == rules::FolderRole::outgoing ? 1 : 2;
}

// Never 0.
std::size_t mark_of(const mailbox::Login& login) {
  const auto& server = login.server;
  std::size_t mark = 1;
  for (const auto* part : {&server.host, &server.security, &server.user, &login.password})
    mark = 31 * mark + std::hash<std::string>{}(*part);
  return std::max<std::size_t>(1, 31 * mark + server.port);
}

std::uint64_t judged(const Account& account) {
  std::uint64_t sum = 0;
  for (const auto& folder : account.folders) sum += folder.highest();
  return sum;
}

// Of a folder that others were settled without: what an earlier life read of it may have been new
// mail, wherever that lies now.
void owe_for_earlier_lives(WatchedFolder& folder) {
  if (!folder.missed) return;
  folder.may_have_brought = true;
  if (folder.wanted() && folder.highest() > 0) folder.brought_since = Instant{};
}

// As earlier lives left it: what they had settled is not read again. What they left unsettled is
// judged again; that it was looked at is known. Where it was ignored meanwhile, the store has
// forgotten what was looked through.
WatchedFolder from_store(store::Folders::Row row) {
  WatchedFolder folder;
  folder.folder = std::move(row.folder);
  folder.top = row.ranges.empty() ? 0 : row.ranges.back().last;
  std::erase_if(row.ranges, [](const auto& range) { return range.match_revision == 0; });
  folder.settled = std::move(row.ranges);
  folder.missed = folder.told_missed = row.missed;
  return folder;
}

// Its cursor in memory is the newer one. But while it was ignored nobody looked there for what was
// added, and others were settled without it: so the store says.
WatchedFolder as_chosen(WatchedFolder folder, store::Folders::Row row) {
  const bool was_read = folder.wanted();
  folder.folder = std::move(row.folder);
  folder.told_missed = row.missed;
  if (!was_read && folder.wanted()) folder.uncover(1, ~std::uint64_t{0});
  if (!was_read || !folder.wanted()) folder.missed = folder.missed || row.missed;
  return folder;
}

// Others have yet to be asked for what answers the mail that it has brought.
bool owes(const WatchedFolder& folder) {
  return folder.missed && (folder.brought_since || (folder.wanted() && folder.may_have_brought));
}

// A task of its own: while nothing happens, nothing is kept of it.
Task<Result<>> look(Shared& shared, Account& account, mailbox::Source& source, bool everywhere) {
  Pass pass(shared, account, source);
  co_return co_await pass.run(everywhere);
}

// Clears a pointer to what leaves the scope.
template <class T>
struct Lent {
  T*& slot;
  T* lent;
  Lent(T*& s, T* value) : slot(s), lent(value) { slot = value; }
  ~Lent() {
    if (slot == lent) slot = nullptr;
  }
};

}  // namespace

Watch::Watch(Shared& shared, CompanyId company, MailboxId mailbox, Duration delay)
    : shared_(shared),
      delay_(delay),
      backoff_(shared.options().retry_first, shared.options().retry_most),
      quiet_(shared.env().make_signal()),
      side_broke_(kSideBroke),
      narrowing_(kNarrowing),
      overflowed_(kOverflowed),
      listing_(kListing) {
  account_.company = company;
  account_.mailbox.id = mailbox;
}

bool Watch::over() const { return ending_ || shared_.env().stopping(); }

void Watch::wake() {
  if (main_) main_->wake();
}

void Watch::settings_changed() {
  account_.settings_moved = true;
  quiet_->notify();
  wake();
}

void Watch::touched() {
  touched_ = true;
  if (refusals_ > 0) quiet_->notify();
}

void Watch::addresses_added() {
  look_everywhere_ = true;
  wake();
}

void Watch::hear_placed(const Pending::Hashes& message_ids) {
  for (const auto& place : account_.pending.take(message_ids)) {
    account_.again[place.folder].insert(place.uid);
    look_everywhere_ = true;
  }
  if (look_everywhere_) wake();
}

void Watch::end() {
  ending_ = true;
  quiet_->notify();
  if (main_) main_->stop();
  if (side_) side_->stop();
}

Task<void> Watch::run(std::shared_ptr<Watch> self, std::function<void()> ended) {
  auto& env = self->shared_.env();
  if (self->delay_ > Duration(0)) co_await self->quiet_->wait(self->delay_);
  while (!self->over()) {
    const Instant began = env.ticks();
    auto lived = co_await self->live();
    ++self->life_;
    if (self->side_) self->side_->stop();
    if (self->over()) break;
    // Other settings: try them at once.
    if (lived || lived.error().code == kAnotherAccountCode) continue;
    const Error why = lived.error();
    log::info("connection-ended", {{"mailbox", self->mailbox()}, {"reason", why}});
    const bool refused = mailbox::trouble_of(why) == mailbox::Trouble::sign_in;
    if (refused && ++self->refusals_ >= self->patience()) {
      if (co_await self->need_sign_in(why)) break;
      continue;
    }
    const bool throttled = mailbox::trouble_of(why) == mailbox::Trouble::throttled;
    Duration wait = std::exchange(self->account_.narrowed, false)
                        ? spread(std::max(self->shared_.options().retry_first,
                                          self->narrowing_.again(env.ticks())),
                                 env.random())
                        : self->backoff_.after(env.ticks() - began, throttled, env.random());
    if (throttled) wait = std::max(wait, std::min(self->asked_pause_, kAskedMost));
    if (self->refusals_ > 0)
      wait = std::max(wait, self->refusals_ * self->shared_.options().sign_in_again);
    co_await self->report(why, env.now() + wait);
    co_await self->back_off(wait);
  }
  self->finished_ = true;
  ended();
}

// How many refusals in a row make a person be asked.
int Watch::patience() const {
  if (tried_ == worked_) return kRefusals;
  const Instant now = shared_.env().now();
  const bool just_proven = proven_ && now < *proven_ + kJustProven && *proven_ < now + kJustProven;
  return just_proven ? kRefusalsOfProven : 1;
}

// Whoever enters another password while a refused one is waited with doesn't wait for it.
Task<void> Watch::back_off(Duration wait) {
  auto& env = shared_.env();
  const Instant until = env.ticks() + wait;
  for (;;) {
    const Duration left = until - env.ticks();
    if (left <= Duration(0) || !co_await quiet_->wait(left)) co_return;
    if (over() || account_.settings_moved || !std::exchange(touched_, false)) co_return;
    auto login = co_await load();
    if (over() || (login && mark_of(*login) != tried_)) co_return;
  }
}

// ---- one connection ------------------------------------------------------------------------

Task<Result<mailbox::Login>> Watch::load() {
  auto& store = shared_.store();
  const auto scope = rules::engine_scope(account_.company);
  const auto id = account_.mailbox.id;
  auto row = co_await shared_.env().work(account_.turn(net::Lane::read), [&store, scope, id] {
    return store.ask(store::MailboxById{scope, id});
  });
  if (!row) co_return Failure(row.error());
  if (!*row || !rules::may_be_read(**row)) {
    ending_ = true;
    if (*row && !rules::is_proven((*row)->proof))
      co_return Failure(rules::not_proven((*row)->proof));
    co_return fail(Kind::missing, "mailbox.not-active", "The mailbox is switched off.");
  }
  account_.mailbox = std::move(**row);
  auto secret = co_await shared_.env().work(account_.turn(net::Lane::read), [&store, scope, id] {
    return store.ask(store::MailboxSecret{scope, id});
  });
  if (!secret) co_return Failure(secret.error());
  proven_ = secret->imap_proven;
  if (!quota_known_) {
    const store::BodiesByHour day{scope, id, shared_.env().now()};
    auto hours = co_await shared_.env().work(account_.turn(net::Lane::read),
                                             [&store, day] { return store.ask(day); });
    if (!hours) co_return Failure(hours.error());
    for (const auto& hour : *hours)
      account_.quota.note(shared_.env().ticks() + -(hour.ago * std::chrono::hours(1)),
                          {hour.messages, hour.octets});
    quota_known_ = true;
  }
  co_return mailbox::Login{account_.mailbox.imap, std::move(secret->imap_password)};
}

Task<Result<>> Watch::live() {
  account_.settings_moved = false;
  asked_pause_ = Duration(0);
  auto login = co_await load();
  if (!login) co_return Failure(login.error());
  if (!rules::same_account(account_.signed_in_with, login->server)) account_.forget_account();
  account_.signed_in_with = login->server;
  const auto& known = account_.mailbox;
  const bool first = tried_ == 0;
  tried_ = mark_of(*login);
  // Of an earlier life. Once a refused one was asked for, what is there was entered since.
  if (first && known.last_success && known.last_error != kLoginRefused) worked_ = tried_;
  const auto& options = shared_.options();
  auto source =
      co_await options.open_source(shared_.env(), *login, options.limits, options.deadlines);
  if (!source) co_return Failure(source.error());
  worked_ = tried_;
  refusals_ = 0;
  Lent<mailbox::Source> lent(main_, source->get());
  if (over()) co_return Result<>{};
  listens_ = false;
  missed_ = {};
  heard_elsewhere_ = (*source)->heard_elsewhere();
  auto lived = co_await refresh_folders(**source);
  if (lived) lived = co_await listen(**source);
  if (lived) {
    start_side(std::move(*login));
    lived = co_await watch(**source);
  }
  asked_pause_ = (*source)->asked_pause();
  co_return lived;
}

// Success: the settings have changed in a way that needs another connection, or it is over.
Task<Result<>> Watch::watch(mailbox::Source& source) {
  auto& env = shared_.env();
  const auto poll = shared_.options().deadlines.poll;
  look_everywhere_ = true;
  std::optional<Instant> looked_everywhere;  // by the ticks
  int looks = 0;
  Pace fruitless(kFruitless);
  while (!over()) {
    if (account_.settings_moved) {
      account_.settings_moved = false;
      auto login = co_await load();
      if (!login) co_return Failure(login.error());
      if (!(login->server == account_.signed_in_with)) co_return Result<>{};
      looks = kLooksPerListing;
      look_everywhere_ = true;
    }
    if (looks >= kLooksPerListing || listing_is_due()) {
      looks = 0;
      auto listed = co_await refresh_folders(source);
      if (!listed) co_return listed;
    }
    auto listened = co_await listen(source);
    if (!listened) co_return listened;
    if (gave_up(source)) co_return Result<>{};
    if (source.heard_elsewhere() != heard_elsewhere_) {
      heard_elsewhere_ = source.heard_elsewhere();
      look_everywhere_ = account_.arrived = told_beside_ = true;
      untold_ = 0;
    }
    const bool timed = looked_everywhere && env.ticks() - *looked_everywhere >= poll;
    const bool by_itself = timed && !look_everywhere_;
    const bool everywhere =
        look_everywhere_ || !looked_everywhere || timed || until_rested() == Duration(0);
    look_everywhere_ = false;
    const auto* beside = listened_folder(source);
    const auto highest_beside = beside ? beside->highest() : 0;
    const auto judged_before = judged(account_);
    const std::string front = source.front();
    const auto heard = source.heard();
    auto passed = co_await look(shared_, account_, source, everywhere);
    if (!passed && from_moved_settings(passed.error())) {
      // The store knew it first; we are about to be told.
      if (!account_.settings_moved) co_await quiet_->wait(kNewsWait);
      account_.settings_moved = true;
      continue;
    }
    if (!passed) co_return passed;
    beside = listened_folder(source);
    if (by_itself && beside && beside->highest() > highest_beside &&
        source.heard_elsewhere() == heard_elsewhere_)
      ++untold_;
    if (everywhere) {
      ++looks;
      looked_everywhere = env.ticks();
      if (side_is_due()) {
        auto login = co_await load();
        if (login && login->server == account_.signed_in_with) start_side(std::move(*login));
      }
    }
    const bool in_vain = std::exchange(told_, false) && judged(account_) == judged_before;
    // What is told of the folder beside is told in numbers alone: they may grow for ever.
    if (std::exchange(told_beside_, false) || in_vain) {
      const Duration pause = fruitless.again(env.ticks());
      if (pause > Duration(0)) co_await quiet_->wait(pause);
    }
    if (look_everywhere_ || account_.settings_moved || over()) continue;
    if (source.heard_elsewhere() != heard_elsewhere_) continue;
    if (!account_.trouble.empty()) {
      co_await quiet_->wait(kTroubleWait);
      look_everywhere_ = true;
      continue;
    }
    auto rested = co_await rest(source, source.front() == front ? heard : 0);
    if (!rested) co_return Failure(rested.error());
  }
  co_await source.leave();
  co_return Result<>{};
}

WatchedFolder* Watch::resting_folder() {
  for (auto& folder : account_.folders)
    if (folder.synced()) return &folder;
  return nullptr;
}

// How long the first of those that rest does so.
Duration Watch::until_rested() const {
  Duration least = shared_.options().deadlines.poll;
  for (const auto& folder : account_.folders)
    if (folder.rests())
      least = std::min(least, std::max(Duration(0), folder.rests_until - shared_.env().ticks()));
  return least;
}

// Waits for the inbox, unless something came between the look and now. True: something changed.
Task<Result<bool>> Watch::rest(mailbox::Source& source, std::uint64_t heard_before) {
  auto* folder = resting_folder();
  if (!folder) {
    co_await quiet_->wait(until_rested());
    auto alive = co_await source.folders();
    if (!alive && !concerns_the_folder(alive.error())) co_return Failure(alive.error());
    co_return true;
  }
  const std::string name = folder->folder.wire_name;
  if (source.front() != name) {
    auto look = co_await source.open(name, folder->cursor());
    if (!look && !concerns_the_folder(look.error())) co_return Failure(look.error());
    if (!look) {
      co_await quiet_->wait(kTroubleWait);
      look_everywhere_ = true;
      co_return true;
    }
    if (!look->start_over.empty()) {
      look_everywhere_ = told_ = true;
      co_return true;
    }
    if (look->next.highest > folder->highest()) co_return told_ = true;
    auto missed = co_await missed_beside(source);
    if (!missed || *missed) co_return missed;
  } else if (source.heard() != heard_before) {
    co_return told_ = true;  // it was said while we looked
  }
  if (source.heard_elsewhere() != heard_elsewhere_) co_return true;
  Duration renew = std::min(until_rested(), shared_.options().deadlines.idle_renewal);
  if (account_.past_in_line)
    renew = std::min(renew, std::max<Duration>(1s, account_.past_due - shared_.env().ticks()));
  auto waited = co_await source.wait(renew);
  told_ = waited && *waited;
  co_return waited;
}

bool Watch::listing_is_due() const {
  return !account_.unlisted.empty() && shared_.env().ticks() >= listing_next_;
}

// A server that doesn't list the folders now still gives what lies in those that are known. New
// ones aren't found meanwhile: the mailbox says so.
Task<Result<>> Watch::refresh_folders(mailbox::Source& source) {
  auto listed = co_await source.folders();
  if (!listed && !concerns_the_folder(listed.error())) co_return Failure(listed.error());
  auto& store = shared_.store();
  const auto id = account_.mailbox.id;
  const auto company = account_.company;
  if (!listed) {
    const auto& why = listed.error();
    auto known = co_await shared_.env().work(
        account_.turn(net::Lane::read),
        [&store, question = store::Folders{rules::engine_scope(company), id}] {
          return store.ask(question);
        });
    if (!known) co_return Failure(known.error());
    if (known->empty()) co_return Failure(why);
    log::warn("folders-not-listed", {{"mailbox", mailbox()}, {"reason", why}});
    account_.unlisted = why.code;
    const Instant now = shared_.env().ticks();
    listing_next_ = now + spread(listing_.again(now), shared_.env().random());
    take_folders(std::move(*known));
    co_return Result<>{};
  }
  account_.unlisted.clear();
  listing_.forget();
  std::vector<store::Change> numbered;
  auto followed = co_await follow_choices(source, *listed, numbered);
  if (!followed) co_return followed;
  auto rows = co_await shared_.env().work(
      account_.turn(net::Lane::write),
      [&store, company, id, behind = account_.is_behind(), listed = std::move(*listed),
       changes = std::move(numbered)]() mutable -> Result<std::vector<store::Folders::Row>> {
        const store::Folders question{rules::engine_scope(company), id};
        auto stored = store.ask(question);
        if (!stored || (changes.empty() && same_listing(*stored, listed))) return stored;
        changes.push_back(store::PutFolders{id, std::move(listed)});
        auto put = store.commit({company, std::move(changes), {behind}});
        if (!put) return Failure(put.error());
        return store.ask(question);
      });
  if (!rows) co_return Failure(rows.error());
  take_folders(std::move(*rows));
  co_return Result<>{};
}

void Watch::take_folders(std::vector<store::Folders::Row> rows) {
  std::vector<WatchedFolder> folders;
  auto held = account_.by_id();
  const bool life_begins = held.empty();
  bool owed = false;
  for (auto& row : rows) {
    const auto known = held.find(row.folder.id);
    if (known == held.end()) {
      auto& folder = folders.emplace_back(from_store(std::move(row)));
      if (life_begins) owe_for_earlier_lives(folder);
      if (life_begins) folder.note_came(1, shared_.env().ticks());
      continue;
    }
    auto& before = *known->second;
    held.erase(known);
    if (before.wanted() && row.folder.role == rules::FolderRole::ignored && owes(before)) {
      owed = true;
      before.may_have_brought = false;
      before.brought_since.reset();
    }
    if (before.folder.uid_validity == row.folder.uid_validity) {
      folders.push_back(as_chosen(std::move(before), std::move(row)));
      continue;
    }
    // Its numbers mean other messages; what others were settled without may be among them.
    account_.pending.drop(row.folder.id);
    account_.again.erase(row.folder.id);
    account_.told_searched.reset();
    account_.told_judged.reset();
    auto& folder = folders.emplace_back(from_store(std::move(row)));
    folder.missed = folder.missed || before.missed;
    folder.may_have_brought = folder.may_have_brought || before.may_have_brought;
    folder.brought_since = before.brought_since;
  }
  for (const auto& [id, gone] : held) owed = owed || owes(*gone);
  // So the others are read again, in the store (PutFolders, SetFolderRole) as here.
  if (owed) read_all_again(folders);
  std::ranges::sort(folders, [](const WatchedFolder& a, const WatchedFolder& b) {
    return std::pair(rank(a), a.folder.name) < std::pair(rank(b), b.folder.name);
  });
  account_.folders = std::move(folders);
  account_.forget_what_is_elsewhere();
}

// What persons chose holds under other names, too (rules::follow_choices). A folder that may be one
// of those is asked for its UIDVALIDITY first; one that doesn't tell it waits for the next listing.
// Of what is ignored nobody else learns it.
Task<Result<>> Watch::follow_choices(mailbox::Source& source, std::vector<rules::Folder>& listed,
                                     std::vector<store::Change>& numbered) {
  auto& store = shared_.store();
  const store::Folders question{rules::engine_scope(account_.company), account_.mailbox.id,
                                store::Folders::Which::known};
  auto rows = co_await shared_.env().work(account_.turn(net::Lane::read),
                                          [&store, question] { return store.ask(question); });
  if (!rows) co_return Failure(rows.error());
  std::vector<rules::Folder> known;
  for (auto& row : *rows) known.push_back(std::move(row.folder));
  const auto excluded = [](const rules::Folder& folder) {
    return folder.role_by_user && folder.role == rules::FolderRole::ignored;
  };
  std::unordered_map<std::string_view, const rules::Folder*> by_name;
  std::unordered_map<FolderId, const rules::Folder*> by_id;
  for (const auto& row : known) {
    by_name.emplace(row.wire_name, &row);
    by_id.emplace(row.id, &row);
  }
  const auto known_as = [&](const rules::Folder& folder) {
    const auto found = by_name.find(folder.wire_name);
    return found == by_name.end() ? nullptr : found->second;
  };
  const auto number = [&](rules::Folder& folder) -> Task<Result<>> {
    const auto name = folder.wire_name;
    auto asked = co_await source.changes(name, {});
    if (asked) folder.uid_validity = std::max(1u, asked->next.series);
    if (!asked && !concerns_the_folder(asked.error())) co_return Failure(asked.error());
    co_return Result<>{};
  };
  bool moved = false, untold = false;
  for (auto& folder : listed)
    if (const auto* row = known_as(folder); row && excluded(*row)) {
      auto asked = co_await number(folder);
      if (!asked) co_return asked;
      moved = moved || (folder.uid_validity != 0 && row->uid_validity != 0 &&
                        folder.uid_validity != row->uid_validity);
    }
  const bool one_left = !rules::vanished_choices(listed, known).empty();
  std::vector<rules::Folder> kept;
  const auto watched = account_.by_id();
  for (auto& folder : listed) {
    const auto* row = known_as(folder);
    const auto found = row ? watched.find(row->id) : watched.end();
    auto* held = found == watched.end() ? nullptr : found->second;
    const bool anew = held && held->anew;
    if (one_left && (!row || anew || (moved && !excluded(*row)))) {
      auto asked = co_await number(folder);
      if (!asked) co_return asked;
      untold = untold || folder.uid_validity == 0;
      if (!row && folder.uid_validity == 0) continue;
      if (anew && folder.uid_validity == 0) {  // nobody knows whose it is now
        held->anew = false;
        held->rests_until = shared_.env().ticks() + kTroubleWait;
      }
    }
    kept.push_back(std::move(folder));
  }
  listed = std::move(kept);
  rules::follow_choices(listed, known);
  std::unordered_set<FolderId> anew;
  const auto number_anew = [&](FolderId id, std::uint32_t series) {
    numbered.push_back(store::ResetFolder{account_.mailbox.id, id, series});
    anew.insert(id);
  };
  std::unordered_set<FolderId> followed;
  for (const auto& folder : listed)
    if (by_id.contains(folder.id)) followed.insert(folder.id);
  for (auto& folder : listed) {
    const auto* row = known_as(folder);
    // Its numbers may be another's: only the role is taken over.
    if (followed.contains(folder.id)) {
      number_anew(folder.id, folder.uid_validity);
      continue;
    }
    // Where all have told theirs, what was excluded is nowhere else.
    if (!untold && row && excluded(*row) && !followed.contains(row->id) &&
        folder.uid_validity != 0 && folder.uid_validity != row->uid_validity)
      number_anew(row->id, folder.uid_validity);
    folder.uid_validity = 0;
  }
  // What was judged under the old numbers counts no more, in memory either (take_folders).
  for (auto& one : account_.folders)
    if (anew.contains(one.folder.id)) one.folder.uid_validity = 0;
  for (const auto& id : anew) {
    account_.pending.drop(id);
    account_.again.erase(id);
  }
  co_return Result<>{};
}

// ---- what is told --------------------------------------------------------------------------

Task<void> Watch::report(Error why, Instant next_try) {
  auto& store = shared_.store();
  store::ObserveMailbox seen;
  seen.id = account_.mailbox.id;
  seen.error = why.code;
  seen.next_try = next_try;
  const store::Commit commit{account_.company, {seen}, {}};
  auto told = co_await shared_.env().work(account_.turn(net::Lane::write),
                                          [&store, commit] { return store.commit(commit); });
  account_.mailbox.last_error = why.code;
  if (!told) log::warn("report-failed", {{"mailbox", mailbox()}, {"reason", told.error()}});
}

// True once a person is asked, or the mailbox isn't read any more. While the store can't be told,
// nobody signs in: servers lock accounts for that. False: something else was entered meanwhile.
Task<bool> Watch::need_sign_in(Error why) {
  auto& env = shared_.env();
  auto& store = shared_.store();
  const auto id = account_.mailbox.id;
  store::ObserveMailbox seen;
  seen.id = id;
  seen.error = why.code;
  const store::Commit commit{
      account_.company,
      {seen, store::SetMailboxState{id, rules::MailboxState::needs_sign_in}},
      {store::MailboxIs{id, rules::MailboxState::active}, account_.is_behind()}};
  for (;;) {
    auto login = co_await load();
    if (over()) co_return true;
    if (login && mark_of(*login) != tried_) {
      refusals_ = 0;
      co_return false;
    }
    auto told = co_await env.work(account_.turn(net::Lane::write),
                                  [&store, commit] { return store.commit(commit); });
    if (told || over() || told.error().code == "mailbox.not-active") co_return true;
    log::warn("report-failed", {{"mailbox", id}, {"reason", told.error()}});
    co_await back_off(backoff_.after(Duration(0), false, env.random()));
    if (over()) co_return true;
  }
}

// ---- two folders ---------------------------------------------------------------------------

const WatchedFolder* Watch::folder_beside() {
  const auto* resting = resting_folder();
  for (const auto& folder : account_.folders)
    if (folder.synced() && folder.folder.role == rules::FolderRole::outgoing && &folder != resting)
      return &folder;
  return nullptr;
}

// A server that agreed and then tells nothing isn't relied upon: a second connection is made.
bool Watch::listens() const { return listens_ && untold_ < kUntold; }

// It tells nothing more, of the folder in front neither.
bool Watch::gave_up(const mailbox::Source& source) const {
  return listens_ && source.listened().empty();
}

Task<Result<>> Watch::listen(mailbox::Source& source) {
  auto& env = shared_.env();
  if (gave_up(source) && overflowed_.again(env.ticks()) > Duration(0))
    listen_next_ = env.ticks() + kSideRefused;
  const auto* beside = folder_beside();
  if (!beside || side_life_ == life_ || env.ticks() < listen_next_) co_return Result<>{};
  const std::string name = beside->folder.wire_name;
  if (source.listened() == name) co_return Result<>{};
  auto agreed = co_await source.listen_for(name);
  // Where the connection ended over it, the next one isn't to end so as well.
  if (!agreed || source.listened().empty()) listen_next_ = env.ticks() + kSideRefused;
  if (!agreed) co_return Failure(agreed.error());
  listens_ = listens_ || *agreed;
  co_return Result<>{};
}

WatchedFolder* Watch::listened_folder(const mailbox::Source& source) {
  if (source.listened().empty()) return nullptr;
  for (auto& folder : account_.folders)
    if (folder.synced() && folder.folder.wire_name == source.listened()) return &folder;
  return nullptr;
}

// While it was in front itself, or while that changed, it needn't have been told of. What a look
// doesn't settle isn't a reason for the next one.
Task<Result<bool>> Watch::missed_beside(mailbox::Source& source) {
  const auto* beside = listened_folder(source);
  if (!beside || !listens()) co_return false;
  const std::string front = source.front();
  const auto highest = beside->highest();
  auto asked = co_await source.changes(beside->folder.wire_name, beside->cursor());
  if (!asked && !concerns_the_folder(asked.error())) co_return Failure(asked.error());
  if (source.front() != front) untold_ = kUntold;  // a server that can't even answer that
  const bool anew = asked && (!asked->start_over.empty() || asked->next.highest > highest);
  const bool missed = anew && std::exchange(missed_, asked->next) != asked->next;
  if (missed || source.front() != front) look_everywhere_ = told_beside_ = true;
  co_return look_everywhere_;
}

// It is missing, and it is time.
bool Watch::side_is_due() {
  return side_life_ != life_ && !listens() && shared_.env().ticks() >= side_next_ &&
         folder_beside();
}

void Watch::start_side(mailbox::Login login) {
  if (!side_is_due()) return;
  side_life_ = life_;
  shared_.spawn(
      run_side(shared_from_this(), std::move(login), folder_beside()->folder.wire_name, life_));
}

Task<void> Watch::run_side(std::shared_ptr<Watch> self, mailbox::Login login, std::string folder,
                           std::uint64_t life) {
  const auto& options = self->shared_.options();
  auto source = co_await options.open_source(self->shared_.env(), std::move(login), options.limits,
                                             options.deadlines);
  if (source && !self->over() && self->life_ == life) {
    Lent<mailbox::Source> lent(self->side_, source->get());
    (void)co_await self->idle_beside(**source, std::move(folder), life);
  }
  if (self->over() || self->life_ != life) co_return;
  self->side_life_.reset();
  const Instant now = self->shared_.env().ticks();
  const Duration pause = source ? self->side_broke_.again(now) : kSideRefused;
  self->side_next_ = now + spread(pause, self->shared_.env().random());
  if (!source) co_return;
  // It may have missed something; and the look is followed by another one.
  self->look_everywhere_ = self->account_.arrived = true;
  self->wake();
}

Task<Result<>> Watch::idle_beside(mailbox::Source& source, std::string folder, std::uint64_t life) {
  Pace refused(kRefused);
  for (;;) {
    auto opened = co_await source.open(folder, {});
    if (opened) break;
    if (!concerns_the_folder(opened.error())) co_return Failure(opened.error());
    co_await shared_.env().sleep(refused.again(shared_.env().ticks()));
    if (over() || life_ != life) co_return Result<>{};
  }
  Pace often(kFruitless);
  while (!over() && life_ == life) {
    const Duration renew = shared_.options().deadlines.idle_renewal;
    auto changed = co_await source.wait(renew);
    if (!changed) co_return Failure(changed.error());
    if (*changed) {
      look_everywhere_ = account_.arrived = true;
      wake();
      const Duration pause = often.again(shared_.env().ticks());
      if (pause > Duration(0)) co_await shared_.env().sleep(pause);
    }
  }
  co_return Result<>{};
}

}  // namespace hearback::sync
