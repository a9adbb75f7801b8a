#include "scheduler/reading.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/log.hpp"
#include "rules/findable.hpp"
#include "store/heard.hpp"

namespace hearback::scheduler {
namespace {

using End = FileReading::End;

// A PDF of one empty page's worth of nothing: whoever reads PDFs says something about it.
constexpr std::string_view kTried = "%PDF-1.4\n";

net::Turn turn_of(net::Lane lane, CompanyId company) {
  return {lane, net::Standing::engine, company.text()};
}

// What came of one message's files.
struct Outcome {
  std::vector<rules::FileText> contents;
  bool waits_for_program = false;
  bool not_now = false;
};

}  // namespace

struct ReadingFiles::State {
  State(net::Env& e, store::Store& s, FileReader& r, ReadingOptions o)
      : env(e), store(s), reader(r), options(o), signal(e.make_signal()), heard(s, [this] {
          signal->notify();
        }) {}

  net::Env& env;
  store::Store& store;
  FileReader& reader;
  ReadingOptions options;
  std::unique_ptr<net::Signal> signal;
  store::Heard heard;
  std::set<CompanyId> busy;  // those that may have something to be read
  Instant look_due;          // at all companies, by net::Env::ticks
  bool reads_pdf = false;

  Task<void> run();
  Task<bool> can_read();
  void note_no_program();
  Task<void> look_around();
  Task<bool> step(CompanyId company);
  Task<Outcome> read_files(CompanyId company, rules::Message message);
  Task<FileReading> read_file(CompanyId company, BlobId raw, rules::Attachment file,
                              Duration at_most);
  Task<bool> commit(store::Commit commit);
  Task<bool> put(CompanyId company, store::FilesToRead::Waiting of, Outcome outcome);
};

// Said once. Those that need it wait until the server starts with one.
void ReadingFiles::State::note_no_program() {
  if (reads_pdf) log::warn("files.pdf-not-read", {{"needs", "poppler-utils,linux-5.13,landlock"}});
  reads_pdf = false;
}

// Whoever runs the server can do something about it.
Task<bool> ReadingFiles::State::can_read() {
  const auto ends =
      co_await env.work(net::Turn{net::Lane::parse, net::Standing::engine, "reading"}, [this] {
        const auto stop = [this] { return env.stopping(); };
        return std::pair(reader.read(rules::FileKind::text, "x", options.of_file, stop).end,
                         reader.read(rules::FileKind::pdf, kTried, options.of_file, stop).end);
      });
  if (env.stopping()) co_return false;
  if (ends.first != End::read) {
    log::warn("files.not-read", {{"needs", "linux-5.9,seccomp"}});
    co_return false;
  }
  reads_pdf = true;
  if (ends.second == End::no_program) note_no_program();
  co_return true;
}

Task<bool> ReadingFiles::State::commit(store::Commit one) {
  const auto turn = turn_of(net::Lane::write, one.company);
  auto done = co_await env.work(turn, [this, one = std::move(one)] { return store.commit(one); });
  if (!done) log::warn("files.commit-failed", {{"error", done.error()}});
  co_return done.has_value();
}

Task<FileReading> ReadingFiles::State::read_file(CompanyId company, BlobId raw,
                                                 rules::Attachment file, Duration at_most) {
  const store::FileOctets question{rules::engine_scope(company), raw, file};
  auto octets = co_await env.work(turn_of(net::Lane::read, company),
                                  [this, question] { return store.ask(question); });
  if (!octets) {
    log::warn("files.store-failed", {{"error", octets.error()}});
    co_return FileReading{End::not_now, {}};
  }
  const auto kind = *octets ? rules::kind_of(file, **octets) : std::nullopt;
  if (!kind) co_return FileReading{End::unreadable, {}};
  if (*kind == rules::FileKind::pdf && !reads_pdf) co_return FileReading{End::no_program, {}};
  co_return co_await env.work(turn_of(net::Lane::parse, company),
                              [this, kind = *kind, octets = std::move(**octets), at_most] {
                                return reader.read(kind, octets, at_most,
                                                   [this] { return env.stopping(); });
                              });
}

Task<Outcome> ReadingFiles::State::read_files(CompanyId company, rules::Message message) {
  Outcome outcome;
  const auto until = env.ticks() + options.of_message;
  for (const auto* file : rules::files_to_read(message.attachments)) {
    const auto left = std::min(options.of_file, until - env.ticks());
    if (left <= Duration{0}) break;  // those before took all of it: these are left out
    auto reading = co_await read_file(company, message.raw, *file, left);
    if (reading.end == End::read)
      outcome.contents.push_back({file->index, std::move(reading.text)});
    if (reading.end == End::no_program) {  // it was there when this began, as a rule
      note_no_program();
      outcome.waits_for_program = true;
    }
    outcome.not_now = reading.end == End::not_now;
    if (outcome.not_now) break;
  }
  co_return outcome;
}

Task<bool> ReadingFiles::State::put(CompanyId company, store::FilesToRead::Waiting of,
                                    Outcome outcome) {
  store::PutContents change{.message = of.message.id,
                            .rows = {},
                            .words = rules::findable(of.message.envelope, of.message.attachments,
                                                     of.own_words, outcome.contents),
                            .waits_for_program = outcome.waits_for_program};
  store::Commit one{company, {}, {}};
  for (auto& file : outcome.contents) {
    const auto blob = BlobId::make(env.now(), env.random());
    change.rows.push_back({file.index, blob});
    one.changes.push_back(store::PutBlob{blob, std::move(file.text)});
  }
  one.changes.push_back(std::move(change));
  co_return co_await commit(std::move(one));
}

// The newest message of it. False: nothing more can be read now.
Task<bool> ReadingFiles::State::step(CompanyId company) {
  const store::FilesToRead question{rules::engine_scope(company), reads_pdf};
  auto next = co_await env.work(turn_of(net::Lane::read, company),
                                [this, question] { return store.ask(question); });
  if (!next) log::warn("files.store-failed", {{"error", next.error()}});
  if (!next || !*next) co_return false;
  auto& waiting = **next;
  Outcome outcome;
  if (waiting.begun >= rules::reading_tries) {
    log::warn("files.given-up", {{"message", waiting.message.id.text()}});
  } else {
    store::Commit begun{company, {store::BeginReading{waiting.message.id}}, {}};
    if (!co_await commit(std::move(begun))) co_return false;
    outcome = co_await read_files(company, waiting.message);
    if (outcome.not_now) co_return false;
  }
  co_return co_await put(company, std::move(waiting), std::move(outcome));
}

// Companies that something was committed for, and now and then all: others write, too.
Task<void> ReadingFiles::State::look_around() {
  busy.merge(heard.take());
  if (env.ticks() < look_due) co_return;
  look_due = env.ticks() + options.retry;
  store::Companies page;
  for (bool more = true; more;) {
    auto some = co_await env.work(net::Turn{net::Lane::read, net::Standing::engine, "reading"},
                                  [this, page] { return store.ask(page); });
    if (!some) break;
    more = some->size() >= page.rows;
    busy.insert(some->begin(), some->end());
    if (more) page.after = some->back();
  }
}

Task<void> ReadingFiles::State::run() {
  if (!co_await can_read()) co_return;
  while (!env.stopping()) {
    co_await look_around();
    for (auto company : std::set(busy)) {
      if (!co_await step(company))
        busy.erase(company);
      else if (!co_await env.sleep(options.breath))
        co_return;
    }
    if (busy.empty() && !env.stopping()) co_await signal->wait(options.retry);
  }
}

ReadingFiles::ReadingFiles(net::Env& env, store::Store& store, FileReader& reader,
                           ReadingOptions options)
    : state_(std::make_unique<State>(env, store, reader, options)) {}
ReadingFiles::~ReadingFiles() = default;
Task<void> ReadingFiles::run() { return state_->run(); }

}  // namespace hearback::scheduler
