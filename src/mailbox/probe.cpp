#include "mailbox/probe.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include "mail/header.hpp"
#include "mailbox/folders.hpp"
#include "mailbox/ranges.hpp"
#include "rules/belonging.hpp"
#include "rules/folder_roles.hpp"
#include "rules/never_synced.hpp"
#include "rules/past.hpp"
#include "rules/window.hpp"

namespace hearback::mailbox {
namespace {

using protocols::Wire;
using ImapSession = protocols::imap::Session;

Task<Result<std::vector<rules::Folder>>> try_imap(net::Env& env, Login login) {
  auto line = co_await open_imap_within(env, std::move(login), Deadlines{}.probe);
  if (!line) co_return Failure(line.error());
  auto folders = co_await list_folders(env, *line);
  if (!folders) co_return Failure(folders.error());
  // INBOX always exists. What another folder's access list forbids is that folder's affair.
  auto opened = co_await line->run([](ImapSession& s, Wire& w) { return s.examine(w, "INBOX"); });
  if (!opened) co_return Failure(opened.error());
  (void)co_await line->run([](ImapSession& s, Wire& w) { return s.log_out(w); });
  co_return std::move(*folders);
}

Task<Result<>> try_smtp(net::Env& env, Login login) {
  auto line = co_await open_smtp_within(env, std::move(login), Deadlines{}.probe);
  if (!line) co_return Failure(line.error());
  (void)co_await line->run([](protocols::smtp::Session& s, Wire& w) { return s.quit(w); });
  co_return Result<>{};
}

bool concerns_one_folder(const Error& error) {
  return error.code == "imap.no-such-folder" || error.code == "imap.refused" ||
         error.code == "imap.bad";
}

struct Account {
  rules::Mailbox mailbox;
  std::string password;
  std::vector<rules::Folder> folders;  // synced ones
  rules::NeverSynced never;
};

Result<Account> load(store::Store& store, const rules::Scope& scope, MailboxId id) {
  auto mailbox = store.ask(store::MailboxById{scope, id});
  if (!mailbox) return Failure(mailbox.error());
  if (!*mailbox) return fail(Kind::missing, "mailbox.missing", "There is no such mailbox.");
  const auto engine = rules::engine_scope(scope.company);
  auto secret = store.ask(store::MailboxSecret{engine, id});
  if (!secret) return Failure(secret.error());
  auto folders = store.ask(store::Folders{engine, id});
  if (!folders) return Failure(folders.error());
  auto never = store.ask(store::NeverSynced{engine, id});
  if (!never) return Failure(never.error());
  Account account{std::move(**mailbox), std::move(secret->imap_password), {}, {}};
  if (!*never) return fail(Kind::missing, "mailbox.missing", "There is no such mailbox.");
  account.never = rules::NeverSynced((*never)->entries, std::move((*never)->own));
  for (auto& row : *folders)
    if (row.folder.role != rules::FolderRole::ignored)
      account.folders.push_back(std::move(row.folder));
  return account;
}

// Messages that the store is to be asked about: who takes part in them, and what they answer.
struct Batch {
  struct Message {
    std::vector<std::uint32_t> people;  // places in `normals`
    Instant arrived;
    std::vector<std::string> in_reply_to, references;
  };
  std::vector<std::string> normals;  // each once
  std::vector<Message> messages;
};

// The messages of all folders. Whose they are is the store's to say: of each as much is held as it
// has to be asked about, until it is, and no more of it all than takes `kHeldOctets` of memory:
// what finds no room is missed, and to be read again.
class Counting {
 public:
  // `twice`: some of it is going to be shown once more, by a folder that holds all mail.
  Counting(Instant since, bool twice, const rules::NeverSynced& never)
      : since_(since), marks_(twice), never_(never) {}

  // What follows holds all mail: what lies elsewhere too is counted there.
  void begin_all_mail() {
    all_mail_ = true;
    marks_ = false;
    std::ranges::sort(elsewhere_);
  }

  void operator()(const protocols::imap::HeaderItem& item) {
    if (counted_.contains(item.uid) || item.draft) return;
    if (!rules::within_window(item.internal_date, since_)) return;
    const auto mark = std::hash<std::string_view>{}(item.header) ^ item.octets;
    if (all_mail_ && std::ranges::binary_search(elsewhere_, mark)) return;
    if (held_ > kHeldOctets) {
      missed_.insert(item.uid);
      return;
    }
    auto envelope = mail::read_envelope(item.header);
    if (!never_.names(envelope)) hold(std::move(envelope), item.internal_date);
    counted_.insert(item.uid);
    missed_.erase(item.uid);
    if (marks_ && elsewhere_.size() < kMarked) elsewhere_.push_back(mark);
    ++count.messages;
    if (item.internal_date.ms != 0 && (!count.oldest || item.internal_date < *count.oldest))
      count.oldest = item.internal_date;
  }

  bool in_all_mail() const { return all_mail_; }
  // No more is to be asked for: what is on its way finds room, as a rule.
  bool full() const { return held_ > kHeldOctets / 2; }
  bool missed(const protocols::imap::UidRange& range) const {
    const auto first = missed_.lower_bound(range.first);
    return first != missed_.end() && *first <= range.last;
  }
  // Ranges of which some were missed are read again next.
  Batch take_batch() {
    held_ = 0;
    if (missed_.empty()) counted_.clear();
    missed_.clear();
    batch_.normals.resize(places_.size());
    while (!places_.empty()) {
      auto place = places_.extract(places_.begin());
      batch_.normals[place.mapped()] = std::move(place.key());
    }
    return std::exchange(batch_, {});
  }

  WindowCount count;

 private:
  static constexpr std::size_t kHeldOctets = 4 << 20;
  static constexpr std::size_t kMarked = 500'000;  // beyond it, some may be counted twice

  void hold(mail::Envelope envelope, Instant arrived) {
    Batch::Message one{
        {}, arrived, std::move(envelope.in_reply_to), std::move(envelope.references)};
    rules::for_each_participant(envelope, [&](const mail::Address& address) {
      if (address.normal.empty()) return;
      const auto next = static_cast<std::uint32_t>(places_.size());
      const auto [place, fresh] = places_.try_emplace(address.normal, next);
      if (fresh) held_ += sizeof *place + 3 * sizeof(void*) + address.normal.size();
      one.people.push_back(place->second);
    });
    std::ranges::sort(one.people);
    const auto repeated = std::ranges::unique(one.people);
    one.people.erase(repeated.begin(), repeated.end());
    held_ += sizeof one + one.people.capacity() * sizeof one.people[0];
    for (const auto* ids : {&one.in_reply_to, &one.references})
      for (const auto& id : *ids) held_ += sizeof id + id.capacity();
    batch_.messages.push_back(std::move(one));
  }

  Instant since_;
  bool marks_, all_mail_ = false;
  const rules::NeverSynced& never_;
  std::vector<std::size_t> elsewhere_;  // header and size of what was counted
  Batch batch_;
  std::unordered_map<std::string, std::uint32_t> places_;  // of its `normals`
  std::size_t held_ = 0;
  std::set<std::uint32_t> counted_;  // of the ranges asked for: a server may repeat itself
  std::set<std::uint32_t> missed_;
};

net::Turn turn_of(const rules::Scope& scope) {
  return {net::Lane::read, net::Standing::person, scope.user.text()};
}

// By the reader's eyes: who runs the server can fill it with suspects, and read from the count
// which of them are candidates. What is left of the batch is about nobody by its addresses.
Result<std::uint64_t> count_addressed(store::Store& store, const rules::Scope& scope,
                                      MailboxId reader, Batch& batch) {
  auto known = store.ask(store::PeopleNamed{scope, batch.normals, reader});
  if (!known) return Failure(known.error());
  std::vector<rules::Directory::Entry> entries;
  std::map<std::string, Instant> closed_until;  // C-14
  for (auto& one : known->candidates) {
    if (!one.past_open) closed_until[one.normal] = one.past_until;
    entries.push_back({std::move(one.normal), one.candidate});
  }
  const rules::Directory directory(entries, known->internal);
  return std::erase_if(batch.messages, [&](const Batch::Message& message) {
    mail::Envelope envelope;
    for (const auto place : message.people) {
      const auto closed = closed_until.find(batch.normals[place]);
      if (closed == closed_until.end() || !rules::is_of_the_past(message.arrived, closed->second))
        envelope.to.push_back({{}, {}, batch.normals[place]});
    }
    return rules::match_by_address(directory, envelope).has_value();
  });
}

// Answers to stored mail count too.
Result<std::uint64_t> count_answers(store::Store& store, const rules::Scope& scope, Batch batch) {
  std::vector<mail::Envelope> unmatched;
  for (auto& message : batch.messages) {
    if (message.in_reply_to.empty() && message.references.empty()) continue;
    auto& links = unmatched.emplace_back();
    links.in_reply_to = std::move(message.in_reply_to);
    links.references = std::move(message.references);
  }
  std::uint64_t answers = 0;
  for (std::size_t i = 0; i < unmatched.size(); i += 500) {
    const std::size_t end = std::min(unmatched.size(), i + 500);
    store::StoredMessageIds question{scope, {}};
    for (std::size_t k = i; k < end; ++k)
      for (auto& id : rules::nearest_references(unmatched[k])) question.message_ids.push_back(id);
    auto rows = store.ask(question);
    if (!rows) return Failure(rows.error());
    // What the mailbox has, it tells when it is read: until then it may have all of them.
    for (auto& one : *rows) one.ours = one.here = true;
    for (std::size_t k = i; k < end; ++k)
      if (rules::match_by_reference(unmatched[k], {}, *rows)) ++answers;
  }
  return answers;
}

Result<std::uint64_t> count_matches(store::Store& store, const rules::Scope& scope,
                                    MailboxId reader, Batch batch) {
  auto addressed = count_addressed(store, scope, reader, batch);
  if (!addressed) return addressed;
  auto answers = count_answers(store, scope, std::move(batch));
  if (!answers) return answers;
  return *addressed + *answers;
}

// As many of `ranges` as may be held at once; they are taken off. What the server refuses to show
// isn't counted.
Task<Result<>> count_ranges(ImapLine& line, std::vector<IdRange>& ranges, Counting& counting) {
  ImapSession::HeaderScan scan;
  std::vector<bool> done(ranges.size());
  for (const auto& range : ranges) scan.ranges.push_back({range.first, range.last});
  scan.item = [&](const protocols::imap::HeaderItem& item) { counting(item); };
  scan.finished = [&](std::size_t i) {
    done[i] = true;
    return !counting.full();
  };
  scan.refused = [&](std::size_t i, const Error&) { done[i] = true; };
  scan.flags = counting.in_all_mail();
  auto read = co_await line.run([&](ImapSession& s, Wire& w) { return s.fetch_headers(w, scan); });
  if (!read) co_return read;
  std::vector<IdRange> left;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (!done[i] || counting.missed(scan.ranges[i])) left.push_back(ranges[i]);
  ranges = std::move(left);
  co_return read;
}

Task<Result<>> count_folder(net::Env& env, store::Store& store, ImapLine& line,
                            const rules::Folder& folder, Instant since, rules::Scope scope,
                            Counting& counting) {
  const auto name = folder.wire_name;
  auto facts = co_await line.run([&](ImapSession& s, Wire& w) { return s.examine(w, name); });
  if (!facts) co_return Failure(facts.error());
  if (facts->exists == 0) co_return Result<>{};
  auto uids = since.ms == 0
                  ? co_await line.run([](ImapSession& s, Wire& w) { return s.search_all(w); })
                  : co_await line.run([&](ImapSession& s, Wire& w) {
                      return s.search_since(w, rules::search_day(since));
                    });
  if (!uids) co_return Failure(uids.error());
  auto ranges = runs_of(*uids, Limits{}.scan_batch);
  while (!ranges.empty()) {
    auto read = co_await count_ranges(line, ranges, counting);
    auto matches = co_await env.work(turn_of(scope), [&store, scope, reader = folder.mailbox,
                                                      batch = counting.take_batch()]() mutable {
      return count_matches(store, scope, reader, std::move(batch));
    });
    if (!matches) co_return Failure(matches.error());
    counting.count.candidates += *matches;
    if (!read) co_return read;
  }
  co_return Result<>{};
}

}  // namespace

Task<ProbeReport> probe(net::Env& env, Login imap, Login smtp) {
  ProbeReport report;
  auto folders = co_await try_imap(env, std::move(imap));
  if (folders)
    report.folders = std::move(*folders);
  else
    report.imap = folders.error();
  auto sending = co_await try_smtp(env, std::move(smtp));
  if (!sending) report.smtp = sending.error();
  co_return std::move(report);
}

Task<Result<WindowCount>> count_window(net::Env& env, store::Store& store, rules::Scope scope,
                                       MailboxId mailbox, Instant since) {
  auto account = co_await env.work(
      turn_of(scope), [&store, scope, mailbox] { return load(store, scope, mailbox); });
  if (!account) co_return Failure(account.error());
  auto line =
      co_await open_imap_within(env, {account->mailbox.imap, account->password}, Deadlines{}.count);
  if (!line) co_return Failure(line.error());
  auto& folders = account->folders;
  const auto all_mail =
      std::ranges::partition(folders, std::not_fn(rules::holds_the_whole_past)).begin();
  Counting counting(since, all_mail != folders.end(), account->never);
  for (const auto& folder : folders) {
    if (rules::holds_the_whole_past(folder)) counting.begin_all_mail();
    auto counted = co_await count_folder(env, store, *line, folder, since, scope, counting);
    if (!counted && !concerns_one_folder(counted.error())) co_return Failure(counted.error());
  }
  (void)co_await line->run([](ImapSession& s, Wire& w) { return s.log_out(w); });
  co_return counting.count;
}

}  // namespace hearback::mailbox
