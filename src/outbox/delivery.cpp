#include "outbox/delivery.hpp"

#include <algorithm>
#include <variant>

#include "base/log.hpp"
#include "mailbox/connect.hpp"
#include "outbox/retry.hpp"
#include "rules/sending.hpp"

namespace hearback::outbox {
namespace {

using protocols::Wire;
using rules::OutboxPhase;
using rules::OutboxState;
using Smtp = protocols::smtp::Session;

// What the rules say of the message now, with the mailbox it goes out through.
struct Judged {
  rules::SendingVerdict verdict;
  std::optional<rules::Mailbox> mailbox;
};

Task<Result<Judged>> judge(Held& row) {
  rules::SendingFacts facts;
  auto mailbox = co_await row.ask(store::MailboxById{row.scope(), row.message.mailbox});
  if (!mailbox) co_return Failure(mailbox.error());
  facts.mailbox = std::move(*mailbox);
  auto author = co_await row.ask(store::UserById{row.scope(), row.message.author});
  if (!author) co_return Failure(author.error());
  facts.author = std::move(*author);
  if (!row.message.candidate.empty()) {
    auto found = co_await row.ask(store::CandidateById{row.scope(), row.message.candidate});
    if (!found) co_return Failure(found.error());
    facts.candidate_exists = found->has_value();
  }
  if (facts.author && facts.candidate_exists) {
    // By the author's own eyes: the conversation may be private, or theirs though the candidate
    // isn't (P-2).
    const auto eyes = rules::user_scope(row.company, *facts.author);
    auto seen = co_await row.ask(store::OutboxById{eyes, row.message.id});
    if (!seen) co_return Failure(seen.error());
    facts.author_sees_it = seen->has_value();
  }
  auto verdict = rules::may_send(row.message, facts, row.env.now());
  co_return Judged{std::move(verdict), std::move(facts.mailbox)};
}

// Not now, or never.
Task<void> put_off(Held& row, const rules::SendingVerdict& verdict) {
  Step step;
  if (auto* no = std::get_if<rules::No>(&verdict)) {
    step.state = OutboxState::failed;
    step.not_before = row.env.now();
    step.why = no->why;
  } else {
    const auto& later = std::get<rules::NotBefore>(verdict);
    step.state =
        row.message.state == OutboxState::scheduled ? OutboxState::scheduled : OutboxState::queued;
    step.not_before = later.t;
    step.why = later.why;
  }
  auto done = co_await row.move(std::move(step));
  if (!done) log::warn("outbox.not-put-off", {{"id", row.message.id}, {"error", done.error()}});
}

std::string words_of(const protocols::smtp::Reply& reply) {
  if (reply.code == 0) return {};
  return std::to_string(reply.code) + " " + reply.text;
}

// The server's words are of interest only where they are what the attempt failed of.
Ended refused(Smtp& session, Error error, bool dot_written) {
  bool lost = error.code == "smtp.closed" || error.code == "smtp.timeout";
  return {dot_written, std::move(error), lost ? std::string() : words_of(session.answer())};
}

// nullopt: nothing is left to settle.
struct Attempt {
  Held& row;
  rules::Mailbox mailbox;
  std::string bytes;
  std::optional<mailbox::SmtpLine> line;

  Task<std::optional<Ended>> run();
  Task<std::optional<Ended>> open();
  Task<std::optional<Ended>> write();
  Task<std::optional<Ended>> cross();
};

Task<std::optional<Ended>> Attempt::open() {
  auto stored = co_await row.ask(store::BlobBytes{row.company, row.message.bytes});
  if (!stored) co_return Ended{false, stored.error(), {}};
  if (!*stored)
    co_return Ended{false,
                    Error{Kind::permanent, "outbox.bytes-missing",
                          "The stored message is missing or damaged.", "Write it again."},
                    {}};
  bytes = std::move(**stored);
  auto secret = co_await row.ask(store::MailboxSecret{row.scope(), mailbox.id});
  if (!secret) co_return Ended{false, secret.error(), {}};
  auto opened = co_await mailbox::open_smtp(row.env, {mailbox.smtp, secret->smtp_password},
                                            row.options.limits, row.options.deadlines);
  if (!opened) co_return Ended{false, opened.error(), {}};
  line = std::move(*opened);
  co_return std::nullopt;
}

Task<std::optional<Ended>> Attempt::write() {
  Closable closable(row.lines, *line->connection);
  if (row.env.stopping())
    co_return Ended{
        false, Error{Kind::transient, "outbox.stopped", "The program stopped.", ""}, {}};
  auto begun = co_await line->run([this](Smtp& s, Wire& w) {
    return s.begin(w, row.message.envelope_from, row.message.recipients, bytes.size());
  });
  if (!begun) co_return refused(*line->session, begun.error(), false);
  auto written = co_await line->run([this](Smtp& s, Wire& w) { return s.write_data(w, bytes); });
  if (!written) co_return refused(*line->session, written.error(), false);
  co_return std::nullopt;
}

// The final dot, and what comes back. Before it: the rules once more, and the committed mark that
// it is about to be written (SEND-4).
Task<std::optional<Ended>> Attempt::cross() {
  auto judged = co_await judge(row);
  if (!judged) co_return Ended{false, judged.error(), {}};
  if (!std::holds_alternative<rules::Go>(judged->verdict)) {
    line->connection->close();  // without the dot nothing is delivered
    co_await put_off(row, judged->verdict);
    co_return std::nullopt;
  }
  auto marked = co_await row.move_to_dot();
  if (!marked) {
    line->connection->close();
    if (marked.error().kind == Kind::conflict) co_return std::nullopt;
    co_return Ended{false, marked.error(), {}};
  }
  auto reply = co_await line->run([](Smtp& s, Wire& w) { return s.end_data(w); });
  if (!reply) co_return refused(*line->session, reply.error(), true);
  co_return Ended{true, std::nullopt, words_of(*reply)};
}

Task<std::optional<Ended>> Attempt::run() {
  if (auto failed = co_await open()) co_return failed;
  if (auto failed = co_await write()) co_return failed;
  co_return co_await cross();
}

// S-13: what is wrong with the account is shown with the account.
Task<void> tell_mailbox(Held& row, const rules::Mailbox& mailbox, const Ended& ended) {
  std::vector<store::Change> changes;
  if (!ended.error) {
    if (!mailbox.last_error.starts_with("smtp.")) co_return;
    changes.push_back(store::ObserveMailbox{.id = mailbox.id, .error = ""});
  } else if (about_the_account(*ended.error)) {
    changes.push_back(store::ObserveMailbox{.id = mailbox.id, .error = ended.error->code});
    // One refusal may be a provider's hiccup; syncing goes on until it is sure.
    if (ended.error->code == "smtp.login-refused" && row.message.attempts >= 2)
      changes.push_back(store::SetMailboxState{mailbox.id, rules::MailboxState::needs_sign_in});
  }
  if (changes.empty()) co_return;
  auto told = co_await row.commit(std::move(changes));
  if (!told) log::warn("outbox.mailbox-not-told", {{"error", told.error()}});
}

// A 250 whose lease ran out meanwhile: the row is another's, or marked uncertain. It is still true.
Task<void> insist_on_sent(Held& row, const Step& step) {
  for (int i = 0; i < 20; ++i) {
    auto now = co_await row.ask(store::OutboxById{row.scope(), row.message.id});
    if (now && !*now) co_return;
    if (now) {
      row.message = **now;
      bool open =
          row.message.state == OutboxState::uncertain ||
          (row.message.state == OutboxState::sending && row.message.phase == OutboxPhase::dot);
      if (!open) co_return;
      auto claimed = co_await row.claim();
      if (claimed && co_await row.move(step)) co_return;
    }
    if (!co_await row.env.sleep(3s)) co_return;
  }
}

Task<void> settle(Held& row, const rules::Mailbox& mailbox, const Ended& ended) {
  auto next = after_attempt(ended, {row.message.attempts, row.message.created, row.env.now()},
                            row.options, row.env.random());
  Step step{.state = next.state,
            .phase = next.state == OutboxState::uncertain ? OutboxPhase::dot : OutboxPhase::none,
            .not_before = next.not_before,
            .release = next.state != OutboxState::sent,
            .why = next.why,
            .answer = ended.answer};
  if (next.state == OutboxState::sent) step.sent = row.env.now();
  auto done = ended.dot_written ? co_await row.move_surely(step) : co_await row.move(step);
  log::info("outbox.attempt", {{"id", row.message.id},
                               {"attempt", row.message.attempts},
                               {"why", next.why},
                               {"answer", std::string_view(ended.answer).substr(0, 3)}});
  if (!done) {
    log::warn("outbox.not-settled", {{"id", row.message.id}, {"error", done.error()}});
    if (next.state == OutboxState::sent) co_await insist_on_sent(row, step);
  }
  co_await tell_mailbox(row, mailbox, ended);
}

}  // namespace

Task<void> deliver(Held& row) {
  auto judged = co_await judge(row);
  if (!judged) co_return;
  if (!std::holds_alternative<rules::Go>(judged->verdict))
    co_return co_await put_off(row, judged->verdict);
  // SEND-3: committed before anything of the message is written.
  auto begun = co_await row.move({.state = OutboxState::sending,
                                  .phase = OutboxPhase::attempt,
                                  .not_before = row.message.not_before,
                                  .release = false});
  if (!begun) co_return;
  ++row.message.attempts;
  Attempt attempt{row, *judged->mailbox, {}, {}};
  auto ended = co_await attempt.run();
  if (!ended) co_return;
  if (ended->error && attempt.line) attempt.line->connection->close();
  co_await settle(row, attempt.mailbox, *ended);
  if (!ended->error && !row.env.stopping())
    co_await attempt.line->run([](Smtp& s, Wire& w) { return s.quit(w); });
}

}  // namespace hearback::outbox
