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

// A page with one word: whoever reads PDFs finds it. A program that can't start doesn't.
constexpr std::string_view kWord = "readable";
constexpr std::string_view kPage =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R"
    "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    "4 0 obj<</Length 40>>stream\nBT /F 12 Tf 20 40 Td (readable) Tj ET    \nendstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Size 6/Root 1 0 R>>\n%%EOF\n";

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
  bool failed = false;   // no process can be started, lately
  bool not_now = false;  // the last step, though no file was at fault

  Task<void> run();
  Task<FileReading> try_reading(rules::FileKind kind, std::string_view octets);
  Task<bool> can_read();
  Task<void> look_for_program();
  Task<void> look_around();
  Task<bool> step(CompanyId company);
  Task<Outcome> read_files(CompanyId company, rules::Message message);
  Task<FileReading> read_file(CompanyId company, BlobId raw, rules::Attachment file,
                              Duration at_most);
  Task<bool> commit(store::Commit commit);
  Task<bool> put(CompanyId company, store::FilesToRead::Waiting of, Outcome outcome);
};

Task<FileReading> ReadingFiles::State::try_reading(rules::FileKind kind, std::string_view octets) {
  co_return co_await env.work(
      net::Turn{net::Lane::parse, net::Standing::engine, "reading"}, [this, kind, octets] {
        return reader.read(kind, octets, options.of_file, [this] { return env.stopping(); });
      });
}

// A process can be started, and shut in. Where that isn't so nothing is begun: it would count as a
// try of files that are innocent.
Task<bool> ReadingFiles::State::can_read() {
  const auto reading = co_await try_reading(rules::FileKind::text, "x");
  const bool well = reading.end == End::read;
  if (!well && !failed && !env.stopping())
    log::warn("files.not-read", {{"needs", "linux-5.9,seccomp,memory"}});
  failed = !well;
  co_return well;
}

// Whoever runs the server can do something about it. What needs it waits until it starts with one.
Task<void> ReadingFiles::State::look_for_program() {
  const auto reading = co_await try_reading(rules::FileKind::pdf, kPage);
  reads_pdf = reading.end == End::read && reading.text.contains(kWord);
  if (!reads_pdf && !env.stopping())
    log::warn("files.pdf-not-read", {{"needs", "poppler-utils,linux-5.13,landlock"}});
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
    if (reading.end == End::no_program) {
      // Gone since; or it is this file that says so.
      if (reads_pdf) co_await look_for_program();
      outcome.waits_for_program = outcome.waits_for_program || !reads_pdf;
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
    not_now = outcome.not_now;
    if (not_now) co_return false;
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
  while (!co_await can_read())
    if (!co_await env.sleep(options.retry)) co_return;
  co_await look_for_program();
  while (!env.stopping()) {
    while (failed && !env.stopping())
      if (!co_await env.sleep(options.retry) || co_await can_read()) break;
    co_await look_around();
    for (auto company : std::set(busy)) {
      if (co_await step(company)) {
        if (!co_await env.sleep(options.breath)) co_return;
        continue;
      }
      busy.erase(company);
      // Others would begin in vain, which counts as a try of theirs.
      if (env.stopping() || (not_now && !co_await can_read())) break;
      not_now = false;
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
