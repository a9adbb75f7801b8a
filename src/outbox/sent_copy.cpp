#include "outbox/sent_copy.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "base/text.hpp"
#include "mail/header.hpp"
#include "mailbox/connect.hpp"
#include "mailbox/folders.hpp"
#include "outbox/retry.hpp"

namespace hearback::outbox {
namespace {

using protocols::Wire;
using rules::OutboxPhase;
using rules::OutboxState;
using Imap = protocols::imap::Session;

// What is needed to look into Sent, or to file into it.
struct Place {
  rules::Mailbox mailbox;
  std::optional<rules::Folder> sent;
  bool seen_here = false;      // sync has recorded a copy in Sent
  bool seen_anywhere = false;  // or in some connected mailbox
};

const rules::Folder* choose_sent(const std::vector<rules::Folder>& folders) {
  const rules::Folder* chosen = nullptr;
  auto rank = [](const rules::Folder& f) {
    return ascii_equal(f.special_use, "\\Sent") ? 2 : f.role_by_user ? 1 : 0;
  };
  for (const auto& f : folders)
    if (f.role == rules::FolderRole::outgoing && (!chosen || rank(f) > rank(*chosen))) chosen = &f;
  return chosen;
}

// nullopt: the mailbox is gone.
Task<Result<std::optional<Place>>> find_place(Held& row) {
  auto mailbox = co_await row.ask(store::MailboxById{row.scope(), row.message.mailbox});
  if (!mailbox) co_return Failure(mailbox.error());
  if (!*mailbox) co_return std::nullopt;
  Place place{**mailbox, {}, false, false};
  auto rows = co_await row.ask(store::Folders{row.scope(), place.mailbox.id});
  if (!rows) co_return Failure(rows.error());
  std::vector<rules::Folder> folders;
  for (auto& r : *rows) folders.push_back(std::move(r.folder));
  if (auto* chosen = choose_sent(folders)) place.sent = *chosen;
  auto copies = co_await row.ask(store::CopiesOf{row.scope(), row.message.message});
  if (!copies) co_return Failure(copies.error());
  for (const auto& copy : *copies) {
    place.seen_anywhere = true;
    if (place.sent && copy.at.folder == place.sent->id) place.seen_here = true;
  }
  co_return place;
}

// The mailbox's IMAP side, signed in, with its Sent folder open (read-only).
struct SentView {
  mailbox::ImapLine line;
  std::string folder;
};

Task<Result<SentView>> open_sent(Held& row, const Place& place) {
  if (place.mailbox.state != rules::MailboxState::active)
    co_return fail(Kind::transient, "outbox.mailbox-not-active",
                   "The mailbox isn't connected now.");
  auto secret = co_await row.ask(store::MailboxSecret{row.scope(), place.mailbox.id});
  if (!secret) co_return Failure(secret.error());
  auto line = co_await mailbox::open_imap(row.env, {place.mailbox.imap, secret->imap_password},
                                          row.options.limits, row.options.deadlines);
  if (!line) co_return Failure(line.error());
  Closable closable(row.lines, *line->connection);
  std::string folder;
  if (place.sent) {
    folder = place.sent->wire_name;
  } else {
    auto listed = co_await mailbox::list_folders(row.env, *line);
    if (!listed) co_return Failure(listed.error());
    if (auto* chosen = choose_sent(*listed)) folder = chosen->wire_name;
  }
  if (folder.empty())
    co_return fail(Kind::permanent, "outbox.no-sent-folder",
                   "The mailbox has no folder for sent mail.", "Choose one in its settings.");
  auto opened = co_await line->run([&folder](Imap& s, Wire& w) { return s.examine(w, folder); });
  if (!opened) co_return Failure(opened.error());
  co_return SentView{std::move(*line), std::move(folder)};
}

std::string hearback_id_of(std::string_view raw) {
  for (const auto& field : mail::header_fields(raw))
    if (ascii_equal(field.name, "X-Hearback-Id")) return std::string(trim(field.body));
  return {};
}

// Whether one of these UIDs has exactly this Message-ID: SEARCH finds substrings.
Task<Result<bool>> exactly(SentView& view, const std::vector<std::uint32_t>& uids,
                           std::string_view message_id) {
  bool found = false;
  Imap::HeaderScan scan;
  for (auto uid : uids) scan.ranges.push_back({uid, uid});
  scan.item = [&](const protocols::imap::HeaderItem& item) {
    found = found || mail::read_envelope(item.header).message_id == message_id;
  };
  scan.finished = [](std::size_t) { return true; };
  auto done =
      co_await view.line.run([&scan](Imap& s, Wire& w) { return s.fetch_headers(w, scan); });
  if (!done) co_return Failure(done.error());
  co_return found;
}

// By Message-ID; and by our own header field, for a provider that replaces Message-IDs.
Task<Result<bool>> lies_in_sent(Held& row, SentView& view, std::string_view raw) {
  Closable closable(row.lines, *view.line.connection);
  auto wanted = "<" + row.message.message_id + ">";
  auto uids = co_await view.line.run(
      [&wanted](Imap& s, Wire& w) { return s.search_header(w, "Message-ID", wanted); });
  if (!uids) co_return Failure(uids.error());
  if (!uids->empty()) {
    auto found = co_await exactly(view, *uids, row.message.message_id);
    if (!found || *found) co_return found;
  }
  auto mark = hearback_id_of(raw);
  if (mark.empty()) co_return false;
  auto marked = co_await view.line.run(
      [&mark](Imap& s, Wire& w) { return s.search_header(w, "X-Hearback-Id", mark); });
  if (!marked) co_return Failure(marked.error());
  co_return !marked->empty();
}

Task<Result<std::string>> stored_bytes(Held& row) {
  auto bytes = co_await row.ask(store::BlobBytes{row.company, row.message.bytes});
  if (!bytes) co_return Failure(bytes.error());
  if (!*bytes)
    co_return fail(Kind::permanent, "outbox.bytes-missing",
                   "The stored message is missing or damaged.");
  co_return std::move(**bytes);
}

Task<void> seen(Held& row, Instant sent) {
  co_await row.move({.state = OutboxState::seen_in_sent,
                     .not_before = row.env.now(),
                     .sent = sent,
                     .copy_filed = true,
                     .answer = row.message.answer});
}

// Looks for the copy with all that is at hand.
Task<Result<bool>> look(Held& row, const Place& place) {
  auto bytes = co_await stored_bytes(row);
  if (!bytes) co_return Failure(bytes.error());
  auto view = co_await open_sent(row, place);
  if (!view) co_return Failure(view.error());
  co_return co_await lies_in_sent(row, *view, *bytes);
}

// ---- a sent message's copy ---------------------------------------------------------------

enum class Copy { found, filed, awaited };

// Finds the copy or files it. SEARCH comes before every APPEND: the provider may have filed one,
// and so may we, before a crash.
Task<Result<Copy>> find_or_file(Held& row, const Place& place, Duration waited) {
  auto bytes = co_await stored_bytes(row);
  if (!bytes) co_return Failure(bytes.error());
  auto view = co_await open_sent(row, place);
  if (!view) co_return Failure(view.error());
  auto there = co_await lies_in_sent(row, *view, *bytes);
  if (!there) co_return Failure(there.error());
  if (*there) co_return Copy::found;
  bool provider_files = place.mailbox.saves_sent ||
                        (files_by_itself(place.mailbox.smtp.host) && waited < kProviderFiles);
  if (provider_files) co_return Copy::awaited;
  auto date = row.message.sent.value_or(row.env.now());
  auto filed = co_await view->line.run(
      [&](Imap& s, Wire& w) { return s.append(w, view->folder, *bytes, date); });
  if (!filed) co_return Failure(filed.error());
  co_return Copy::filed;
}

Task<void> look_again(Held& row, Duration waited, std::string why) {
  Step step{.state = OutboxState::sent, .why = std::move(why), .answer = row.message.answer};
  auto wait = std::clamp(waited / 2, row.options.reconcile_first, row.options.reconcile_most);
  step.not_before = waited < row.options.give_up ? row.env.now() + wait : kNever;
  co_await row.move(std::move(step));
}

// There is nothing that we could or should file.
Task<void> leave_copy(Held& row) {
  co_await row.move({.state = OutboxState::sent,
                     .not_before = kNever,
                     .copy_filed = true,
                     .answer = row.message.answer});
}

// ---- an uncertain message ----------------------------------------------------------------

// Whoever answers a message has got it: its Message-ID can't be guessed. What we wrote ourselves
// proves nothing, for it refers to what we believe to have sent.
Task<Result<bool>> was_answered(Held& row) {
  store::KnownAbout question{};
  question.scope = row.scope();
  question.message_id = row.message.message_id;
  auto known = co_await row.ask(std::move(question));
  if (!known) co_return Failure(known.error());
  for (const auto& later : known->descendants) {
    auto found = co_await row.ask(store::MessageById{row.scope(), later.placement.message});
    if (!found) co_return Failure(found.error());
    if (*found && (*found)->message.direction == rules::Direction::incoming) co_return true;
  }
  co_return false;
}

Task<void> still_uncertain(Held& row, Instant since) {
  auto now = row.env.now();
  auto next = next_look(now - since, now, row.options);
  co_await row.move({.state = OutboxState::uncertain,
                     .phase = OutboxPhase::dot,
                     .not_before = next.value_or(now + kSlowLook),
                     .why = row.message.why,
                     .answer = row.message.answer});
}

}  // namespace

bool files_by_itself(std::string_view smtp_host) {
  static constexpr std::array<std::string_view, 9> kHosts = {
      "gmail.com", "googlemail.com", "office365.com", "outlook.com", "hotmail.com",
      "live.com",  "zoho.com",       "zoho.eu",       "zoho.in"};
  return std::ranges::any_of(kHosts, [&](std::string_view domain) {
    auto host = ascii_lower(smtp_host);
    return host == domain || host.ends_with("." + std::string(domain));
  });
}

Task<void> reconcile(Held& row, Instant since) {
  auto place = co_await find_place(row);
  if (!place || !*place) co_return co_await still_uncertain(row, since);
  if ((*place)->seen_here) co_return co_await seen(row, row.env.now());
  auto answered = co_await was_answered(row);
  if ((*place)->seen_anywhere || (answered && *answered)) {
    // It was sent. Its copy in Sent is another question.
    co_await row.move({.state = OutboxState::sent,
                       .not_before = row.env.now(),
                       .sent = row.env.now(),
                       .answer = row.message.answer});
    co_return;
  }
  if (row.env.now() - since >= row.options.reconcile_for)
    co_return co_await still_uncertain(row, since);
  auto found = co_await look(row, **place);
  if (found && *found) co_return co_await seen(row, row.env.now());
  co_await still_uncertain(row, since);
}

Task<void> settle_copy(Held& row) {
  auto place = co_await find_place(row);
  if (!place) co_return;
  if (!*place) co_return co_await leave_copy(row);
  auto sent = row.message.sent.value_or(row.message.created);
  auto waited = row.env.now() - sent;
  if ((*place)->seen_here) co_return co_await seen(row, sent);
  auto copy = co_await find_or_file(row, **place, waited);
  if (!copy) co_return co_await look_again(row, waited, copy.error().code);
  if (*copy != Copy::awaited) co_return co_await seen(row, sent);
  if ((*place)->mailbox.saves_sent && waited >= row.options.reconcile_for)
    co_return co_await leave_copy(row);
  co_await look_again(row, waited, {});
}

}  // namespace hearback::outbox
