#include "mailbox/probe.hpp"

#include <algorithm>
#include <set>

#include "mail/header.hpp"
#include "mailbox/bounded.hpp"
#include "mailbox/folders.hpp"
#include "mailbox/ranges.hpp"
#include "rules/belonging.hpp"
#include "rules/window.hpp"

namespace hearback::mailbox {
namespace {

using protocols::Wire;
using ImapSession = protocols::imap::Session;

Task<Result<std::vector<rules::Folder>>> try_imap(net::Env& env, Login login) {
  const Deadlines deadlines;
  auto line = co_await open_imap_within(env, std::move(login), {}, deadlines, deadlines.probe);
  if (!line) co_return Failure(line.error());
  auto folders = co_await list_folders(env, *line);
  if (!folders) co_return Failure(folders.error());
  auto inbox = std::ranges::find_if(
      *folders, [](const rules::Folder& f) { return f.role == rules::FolderRole::incoming; });
  if (inbox == folders->end())
    co_return fail(Kind::permanent, "imap.no-such-folder", "The account has no folder with mail.",
                   "Ask the account's administrator to open its inbox to IMAP.");
  const std::string name = inbox->wire_name;
  auto opened = co_await line->run([&](ImapSession& s, Wire& w) { return s.examine(w, name); });
  if (!opened) co_return Failure(opened.error());
  (void)co_await line->run([](ImapSession& s, Wire& w) { return s.log_out(w); });
  co_return std::move(*folders);
}

Task<Result<>> try_smtp(net::Env& env, Login login) {
  const Deadlines deadlines;
  auto line = co_await open_smtp_within(env, std::move(login), {}, deadlines, deadlines.probe);
  if (!line) co_return Failure(line.error());
  (void)co_await line->run([](protocols::smtp::Session& s, Wire& w) { return s.quit(w); });
  co_return Result<>{};
}

struct Account {
  rules::Mailbox mailbox;
  std::string password;
  std::vector<rules::Folder> folders;  // synced ones
  rules::Directory directory;
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
  auto known = store.ask(store::MatchDirectory{engine});
  if (!known) return Failure(known.error());
  std::vector<rules::Directory::Entry> entries;
  for (auto& e : known->candidates) entries.push_back({std::move(e.normal), e.candidate});
  Account account{std::move(**mailbox),
                  std::move(secret->imap_password),
                  {},
                  rules::Directory(known->match_revision, entries, known->internal)};
  for (auto& row : *folders)
    if (row.folder.role != rules::FolderRole::ignored)
      account.folders.push_back(std::move(row.folder));
  return account;
}

// One folder's part of the count. Answers to stored mail count too: `references` are asked after.
struct Counting {
  const rules::Directory& directory;
  Instant since;
  WindowCount count;
  std::vector<mail::Envelope> unmatched;
  std::set<std::uint32_t> counted = {};  // of this folder: a server may repeat itself

  void operator()(const protocols::imap::HeaderItem& item) {
    if (!counted.insert(item.uid).second) return;
    if (!rules::within_window(item.internal_date, since)) return;
    ++count.messages;
    if (item.internal_date.ms != 0 && (!count.oldest || item.internal_date < *count.oldest))
      count.oldest = item.internal_date;
    mail::Envelope envelope = mail::read_envelope(item.header);
    if (rules::match_by_address(directory, envelope)) {
      ++count.candidates;
    } else if (!envelope.in_reply_to.empty() || !envelope.references.empty()) {
      mail::Envelope links;
      links.in_reply_to = std::move(envelope.in_reply_to);
      links.references = std::move(envelope.references);
      unmatched.push_back(std::move(links));
    }
  }
};

Result<std::uint64_t> count_answers(store::Store& store, const rules::Scope& engine,
                                    const std::vector<mail::Envelope>& unmatched) {
  std::uint64_t answers = 0;
  for (std::size_t i = 0; i < unmatched.size(); i += 500) {
    const std::size_t end = std::min(unmatched.size(), i + 500);
    store::StoredMessageIds question{engine, {}};
    for (std::size_t k = i; k < end; ++k)
      for (auto& id : rules::nearest_references(unmatched[k])) question.message_ids.push_back(id);
    auto rows = store.ask(question);
    if (!rows) return Failure(rows.error());
    std::vector<rules::StoredReference> stored;
    for (auto& row : *rows) stored.push_back({std::move(row.message_id), row.candidate});
    for (std::size_t k = i; k < end; ++k)
      if (rules::match_by_reference(unmatched[k], stored)) ++answers;
  }
  return answers;
}

Task<Result<>> count_folder(net::Env& env, store::Store& store, ImapLine& line, std::string name,
                            Instant since, rules::Scope engine, Counting& counting) {
  auto facts = co_await line.run([&](ImapSession& s, Wire& w) { return s.examine(w, name); });
  if (!facts) co_return Failure(facts.error());
  if (facts->exists == 0) co_return Result<>{};
  auto uids = since.ms == 0
                  ? co_await line.run([](ImapSession& s, Wire& w) { return s.search_all(w); })
                  : co_await line.run([&](ImapSession& s, Wire& w) {
                      return s.search_since(w, rules::search_day(since));
                    });
  if (!uids) co_return Failure(uids.error());
  counting.counted.clear();
  counting.unmatched.clear();
  const ImapSession::HeaderScan scan{
      runs_of(*uids, Limits{}.scan_batch),
      [&](const protocols::imap::HeaderItem& item) { counting(item); },
      [](std::size_t) { return true; }};
  auto read = co_await line.run([&](ImapSession& s, Wire& w) { return s.fetch_headers(w, scan); });
  if (!read) co_return read;
  auto answers = co_await env.work(
      [&store, engine, &counting] { return count_answers(store, engine, counting.unmatched); });
  if (!answers) co_return Failure(answers.error());
  counting.count.candidates += *answers;
  counting.unmatched.clear();
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
  auto account =
      co_await env.work([&store, scope, mailbox] { return load(store, scope, mailbox); });
  if (!account) co_return Failure(account.error());
  auto line = co_await open_imap(env, {account->mailbox.imap, account->password});
  if (!line) co_return Failure(line.error());
  Counting counting{account->directory, since, {}, {}};
  const auto engine = rules::engine_scope(scope.company);
  for (const auto& folder : account->folders) {
    auto counted =
        co_await count_folder(env, store, *line, folder.wire_name, since, engine, counting);
    if (!counted && counted.error().code != "imap.no-such-folder" &&
        counted.error().code != "imap.refused")
      co_return Failure(counted.error());
  }
  (void)co_await line->run([](ImapSession& s, Wire& w) { return s.log_out(w); });
  co_return counting.count;
}

}  // namespace hearback::mailbox
