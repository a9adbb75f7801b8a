#include "scheduler/reading.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "base/log.hpp"
#include "rules/findable.hpp"
#include "scheduler/fair_turns.hpp"
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

// Whose files are read: a message's; or it is one that lies on a profile.
using Subject = std::variant<MessageId, UploadId>;

std::string text_of(const Subject& subject) {
  return std::visit([](const auto& id) { return id.text(); }, subject);
}
const char* kind_of(const Subject& subject) {
  return std::holds_alternative<MessageId>(subject) ? "message" : "file";
}
store::Change begins(const Subject& subject) {
  if (const auto* message = std::get_if<MessageId>(&subject)) return store::BeginReading{*message};
  return store::BeginOwnFile{std::get<UploadId>(subject)};
}
store::Change is_forgiven(const Subject& subject) {
  if (const auto* message = std::get_if<MessageId>(&subject))
    return store::ForgiveReading{*message};
  return store::ForgiveOwnFile{std::get<UploadId>(subject)};
}

// What waits to be read next.
struct Waiting {
  Subject subject;
  std::vector<rules::Attachment> files;
  BlobId raw;            // the message's source, or the file itself
  bool damaged = false;  // nothing of it can be read, for good
  bool not_now = false;  // or just now
  int begun = 0;
  store::FilesToRead::Waiting of_message = {};
};

// What came of its files.
struct Outcome {
  std::vector<rules::FileText> contents;
  bool waits_for_program = false;
  bool not_now = false;
  bool counted = false;  // as a try
};

// One that others are read before.
struct PassedOver {
  Instant until;  // by net::Env::ticks
  Duration next;  // for so long the next time
};
// Of one company. Where there are more, or so many after one another, it is no matter of a file:
// the company rests.
constexpr std::size_t kPassedOver = 10'000;
constexpr int kInARow = 100;

enum class Program { unknown, none, there };

enum class Went {
  read,     // a message, or a file
  over,     // one that can't be read just now
  trouble,  // the store's
  none,     // was left
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
  FairTurns busy;                        // those that may have something to be read
  std::map<CompanyId, int> in_a_row;     // were passed over
  Instant look_due;                      // at all companies, by net::Env::ticks
  std::map<CompanyId, Instant> resting;  // nothing of theirs is begun before then
  std::map<CompanyId, std::map<Subject, PassedOver>> passed_over;
  std::set<CompanyId> profile_next;  // a file of a profile is looked for first
  Program pdf = Program::unknown;
  Instant program_due;           // when to look for it again
  bool told_of_program = false;  // that there is none
  bool failed = false;           // no process can be started, lately
  bool not_now = false;          // the last step, though no file was at fault

  Task<void> run();
  Task<FileReading> try_reading(rules::FileKind kind, std::string_view octets);
  Task<bool> can_read();
  Task<Program> look_for_program();
  Task<void> look_around();
  bool rests(CompanyId company);
  bool pass_over(CompanyId company, const Subject& subject);
  void forget_gone(CompanyId company);
  template <class Of>
  std::vector<Of> passed_over_now(CompanyId company) const;
  Task<Went> step(CompanyId company);
  template <class Question>
  Task<Result<typename Question::Answer>> ask(CompanyId company, Question question);
  Task<Result<std::optional<Waiting>>> next_message(CompanyId company);
  Task<Result<std::optional<Waiting>>> next_of_profiles(CompanyId company);
  Task<Result<std::optional<Waiting>>> next(CompanyId company);
  Task<Went> read_next(CompanyId company);
  Task<Went> read(CompanyId company, Waiting waiting);
  Task<Went> try_files(CompanyId company, const Waiting& of, Outcome& outcome);
  Task<void> forgive(CompanyId company, Subject subject);
  Task<Outcome> read_files(CompanyId company, const Waiting& of);
  Task<std::optional<std::string>> octets_of(CompanyId company, const Waiting& of,
                                             const rules::Attachment& file, bool& not_now);
  Task<FileReading> read_file(CompanyId company, const Waiting& of, const rules::Attachment& file,
                              Duration at_most);
  Task<Result<>> commit(store::Commit commit);
  Task<Result<>> put(CompanyId company, Waiting of, Outcome outcome);
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

// What needs it waits until there is one: whoever runs the server can do something about it. Where
// the page can't be read for another reason (a slow moment, no memory) nobody knows, and what was
// known stays.
Task<Program> ReadingFiles::State::look_for_program() {
  const auto reading = co_await try_reading(rules::FileKind::pdf, kPage);
  auto found = Program::unknown;
  if (reading.end == End::no_program) found = Program::none;
  if (reading.end == End::read && reading.text.contains(kWord)) found = Program::there;
  program_due = env.ticks() + (found == Program::none ? options.ask_for_program : options.retry);
  if (found == Program::there && pdf != found) look_due = {};  // many may have waited for it
  if (found != Program::there && pdf != found && !std::exchange(told_of_program, true) &&
      !env.stopping())
    log::warn("files.pdf-not-read", {{"needs", "poppler-utils,linux-5.13,landlock"}});
  if (found != Program::unknown) pdf = found;
  if (found == Program::there) told_of_program = false;
  co_return found;
}

Task<Result<>> ReadingFiles::State::commit(store::Commit one) {
  const auto turn = turn_of(net::Lane::write, one.company);
  auto done = co_await env.work(turn, [this, one = std::move(one)] { return store.commit(one); });
  if (done) co_return Result<>{};
  log::warn("files.commit-failed", {{"error", done.error()}});
  co_return Failure(done.error());
}

template <class Question>
Task<Result<typename Question::Answer>> ReadingFiles::State::ask(CompanyId company,
                                                                 Question question) {
  auto answer = co_await env.work(turn_of(net::Lane::read, company),
                                  [this, &question] { return store.ask(question); });
  if (!answer) log::warn("files.store-failed", {{"error", answer.error()}});
  co_return answer;
}

// nullopt: it isn't there any more, or damaged; unless it is `not_now`.
Task<std::optional<std::string>> ReadingFiles::State::octets_of(CompanyId company,
                                                                const Waiting& of,
                                                                const rules::Attachment& file,
                                                                bool& not_now) {
  Result<std::optional<std::string>> octets = std::nullopt;
  if (std::holds_alternative<MessageId>(of.subject))
    octets = co_await ask(company, store::FileOctets{rules::engine_scope(company), of.raw, file});
  else
    octets = co_await ask(company, store::BlobBytes{company, of.raw});
  not_now = !octets;
  if (!octets) co_return std::nullopt;
  co_return std::move(*octets);
}

Task<FileReading> ReadingFiles::State::read_file(CompanyId company, const Waiting& of,
                                                 const rules::Attachment& file, Duration at_most) {
  bool not_now = false;
  auto octets = co_await octets_of(company, of, file, not_now);
  if (not_now) co_return FileReading{End::not_now, {}};
  const auto kind = octets ? rules::kind_of(file, *octets) : std::nullopt;
  if (!kind) co_return FileReading{End::unreadable, {}};
  if (*kind == rules::FileKind::pdf && pdf != Program::there)
    co_return FileReading{End::no_program, {}};
  co_return co_await env.work(turn_of(net::Lane::parse, company),
                              [this, kind = *kind, octets = std::move(*octets), at_most] {
                                return reader.read(kind, octets, at_most,
                                                   [this] { return env.stopping(); });
                              });
}

Task<Outcome> ReadingFiles::State::read_files(CompanyId company, const Waiting& of) {
  Outcome outcome;
  const auto until = env.ticks() + options.of_message;
  for (const auto* file : rules::files_to_read(of.files)) {
    const auto left = std::min(options.of_file, until - env.ticks());
    if (left <= Duration{0}) break;  // those before took all of it: these are left out
    auto reading = co_await read_file(company, of, *file, left);
    if (reading.end == End::read)
      outcome.contents.push_back({file->index, std::move(reading.text)});
    outcome.not_now = reading.end == End::not_now;
    if (reading.end == End::no_program) {
      // Gone since; or it is this file that says so.
      if (pdf == Program::there) outcome.not_now = co_await look_for_program() == Program::unknown;
      outcome.waits_for_program = outcome.waits_for_program || pdf != Program::there;
    }
    if (outcome.not_now) break;
  }
  co_return outcome;
}

// The blobs of what was read come before what names them.
Task<Result<>> ReadingFiles::State::put(CompanyId company, Waiting of, Outcome outcome) {
  store::Commit one{company, {}, {}};
  std::vector<store::PutContents::Row> rows;
  const auto keep = [&] {
    for (auto& file : outcome.contents) {
      const auto blob = BlobId::make(env.now(), env.random());
      rows.push_back({file.index, blob});
      one.changes.push_back(store::PutBlob{blob, std::move(file.text)});
    }
  };
  if (const auto* message = std::get_if<MessageId>(&of.subject)) {
    store::PutContents change{.message = *message,
                              .rows = {},
                              .words = {},
                              .waits_for_program = outcome.waits_for_program};
    const auto& [read, own_words, not_now, begun] = of.of_message;
    if (own_words)
      change.words = rules::findable(read.envelope, read.attachments, *own_words, outcome.contents);
    keep();
    change.rows = std::move(rows);
    one.changes.push_back(std::move(change));
  } else {
    store::PutOwnFileText change{.file = std::get<UploadId>(of.subject),
                                 .text = {},
                                 .words = {},
                                 .waits_for_program = outcome.waits_for_program};
    if (!outcome.contents.empty())
      change.words = rules::findable_file(of.files.front().filename, outcome.contents.front().text);
    keep();
    if (!rows.empty()) change.text = rows.front().blob;
    one.changes.push_back(std::move(change));
  }
  co_return co_await commit(std::move(one));
}

bool ReadingFiles::State::rests(CompanyId company) {
  const auto rest = resting.find(company);
  if (rest == resting.end()) return false;
  if (rest->second > env.ticks()) return true;
  resting.erase(rest);
  return false;
}

// Whatever it is that makes it wait (a disk that can't read that very file), others don't wait for
// it. False: there is no room to remember it.
bool ReadingFiles::State::pass_over(CompanyId company, const Subject& subject) {
  auto& over = passed_over[company];
  const auto found = over.find(subject);
  if (found == over.end() && over.size() >= kPassedOver) return false;
  const auto rest = found == over.end() ? 2 * options.retry : found->second.next;
  over[subject] = {env.ticks() + rest, std::min(2 * rest, options.passed_over_most)};
  return true;
}

void ReadingFiles::State::forget_gone(CompanyId company) {
  const auto found = passed_over.find(company);
  if (found == passed_over.end()) return;
  std::erase_if(found->second, [&](const auto& one) {
    return one.second.until + options.passed_over_most < env.ticks();  // it has gone meanwhile
  });
  if (found->second.empty()) passed_over.erase(found);
}

template <class Of>
std::vector<Of> ReadingFiles::State::passed_over_now(CompanyId company) const {
  std::vector<Of> now;
  if (const auto found = passed_over.find(company); found != passed_over.end())
    for (const auto& [subject, over] : found->second)
      if (const auto* id = std::get_if<Of>(&subject); id && over.until > env.ticks())
        now.push_back(*id);
  return now;
}

// It was nothing of its own that kept it from being read.
Task<void> ReadingFiles::State::forgive(CompanyId company, Subject subject) {
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    store::Commit one{company, {is_forgiven(subject)}, {}};
    if (co_await commit(std::move(one))) co_return;
  }
}

Task<Went> ReadingFiles::State::try_files(CompanyId company, const Waiting& of, Outcome& outcome) {
  if (of.damaged) {
    log::warn("files.source-damaged", {{kind_of(of.subject), text_of(of.subject)}});
    co_return Went::read;
  }
  if (of.begun >= rules::reading_tries) {
    log::warn("files.given-up", {{kind_of(of.subject), text_of(of.subject)}});
    co_return Went::read;
  }
  store::Commit begun{company, {begins(of.subject)}, {}};
  if (const auto done = co_await commit(std::move(begun)); !done) {
    if (done.error().code == "store.commit-unknown") co_await forgive(company, of.subject);
    co_return Went::trouble;
  }
  outcome = co_await read_files(company, of);
  outcome.counted = true;
  not_now = outcome.not_now;
  if (!not_now) co_return Went::read;
  co_await forgive(company, of.subject);
  co_return Went::over;
}

// The newest message of it whose files wait.
Task<Result<std::optional<Waiting>>> ReadingFiles::State::next_message(CompanyId company) {
  auto found =
      co_await ask(company, store::FilesToRead{rules::engine_scope(company), pdf == Program::there,
                                               passed_over_now<MessageId>(company)});
  if (!found) co_return Failure(found.error());
  if (!*found) co_return std::nullopt;
  auto& message = **found;
  Waiting waiting{.subject = message.message.id,
                  .files = message.message.attachments,
                  .raw = message.message.raw,
                  .damaged = !message.own_words && !message.not_now,
                  .not_now = message.not_now,
                  .begun = message.begun};
  waiting.of_message = std::move(message);
  co_return std::optional(std::move(waiting));
}

// The newest file on a profile that does.
Task<Result<std::optional<Waiting>>> ReadingFiles::State::next_of_profiles(CompanyId company) {
  auto found = co_await ask(
      company, store::OwnFileToRead{rules::engine_scope(company), pdf == Program::there,
                                    passed_over_now<UploadId>(company)});
  if (!found) co_return Failure(found.error());
  if (!*found) co_return std::nullopt;
  rules::Attachment file;
  file.filename = (*found)->filename;
  file.type = (*found)->type;
  file.octets = (*found)->octets;
  co_return std::optional(Waiting{.subject = (*found)->file,
                                  .files = {std::move(file)},
                                  .raw = (*found)->blob,
                                  .begun = (*found)->begun});
}

// By turns: neither waits until all of the other has been read.
Task<Result<std::optional<Waiting>>> ReadingFiles::State::next(CompanyId company) {
  if (profile_next.erase(company) > 0) {
    auto file = co_await next_of_profiles(company);
    if (!file || *file) co_return file;
  }
  auto message = co_await next_message(company);
  if (!message) co_return message;
  if (!*message) co_return co_await next_of_profiles(company);
  profile_next.insert(company);
  co_return message;
}

Task<Went> ReadingFiles::State::read_next(CompanyId company) {
  forget_gone(company);
  auto found = co_await next(company);
  if (!found) co_return Went::trouble;
  if (!*found) co_return Went::none;
  const auto subject = (*found)->subject;
  const auto went = co_await read(company, std::move(**found));
  if (went == Went::read) {
    if (const auto over = passed_over.find(company); over != passed_over.end())
      over->second.erase(subject);
    co_return went;
  }
  co_return pass_over(company, subject) ? went : Went::trouble;
}

Task<Went> ReadingFiles::State::read(CompanyId company, Waiting waiting) {
  if (waiting.not_now) co_return Went::over;
  const auto subject = waiting.subject;
  Outcome outcome;
  if (const auto went = co_await try_files(company, waiting, outcome); went != Went::read)
    co_return went;
  const bool counted = outcome.counted;
  const auto done = co_await put(company, std::move(waiting), std::move(outcome));
  if (done) co_return Went::read;
  // What the store refuses for good counts as a try, so that it has an end.
  if (counted && done.error().kind == Kind::transient) co_await forgive(company, subject);
  co_return Went::trouble;
}

// After the store's trouble it rests for a while: whatever else is committed for the company would
// have it try again at once.
Task<Went> ReadingFiles::State::step(CompanyId company) {
  if (rests(company)) co_return Went::none;
  auto went = co_await read_next(company);
  if (went == Went::over && ++in_a_row[company] >= kInARow) went = Went::trouble;
  if (went != Went::over) in_a_row.erase(company);
  if (went == Went::trouble) resting[company] = env.ticks() + options.retry;
  co_return went;
}

// Companies that something was committed for, and now and then all: others write, too.
Task<void> ReadingFiles::State::look_around() {
  busy.add(heard.take());
  if (env.ticks() < look_due) co_return;
  look_due = env.ticks() + options.retry;
  store::Companies page;
  for (bool more = true; more;) {
    auto some = co_await env.work(net::Turn{net::Lane::read, net::Standing::engine, "reading"},
                                  [this, page] { return store.ask(page); });
    if (!some) break;
    more = some->size() >= page.rows;
    busy.add({some->begin(), some->end()});
    if (more) page.after = some->back();
  }
}

Task<void> ReadingFiles::State::run() {
  while (!co_await can_read())
    if (!co_await env.sleep(options.retry)) co_return;
  while (!env.stopping()) {
    if (pdf != Program::there && env.ticks() >= program_due) co_await look_for_program();
    while (failed && !env.stopping())
      if (!co_await env.sleep(options.retry) || co_await can_read()) break;
    co_await look_around();
    const auto company = busy.next();
    if (!company) {
      if (!env.stopping()) co_await signal->wait(options.retry);
      continue;
    }
    const auto began = env.ticks();
    const auto went = co_await step(*company);
    busy.took(*company, env.ticks() - began);
    if (went == Went::trouble || went == Went::none) busy.drop(*company);
    // Others would begin in vain, which counts as a try of theirs.
    if (std::exchange(not_now, false) && !env.stopping()) co_await can_read();
    if (went == Went::read && !co_await env.sleep(options.breath)) co_return;
  }
}

ReadingFiles::ReadingFiles(net::Env& env, store::Store& store, FileReader& reader,
                           ReadingOptions options)
    : state_(std::make_unique<State>(env, store, reader, options)) {}
ReadingFiles::~ReadingFiles() = default;
Task<void> ReadingFiles::run() { return state_->run(); }

}  // namespace hearback::scheduler
