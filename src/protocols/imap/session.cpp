#include "protocols/imap/session.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "protocols/imap/engine.hpp"
#include "protocols/imap/fetch.hpp"

namespace hearback::protocols::imap {
namespace {

constexpr std::uint64_t kKeepAlivesPerIdle = 8;
// 100 million UIDs wouldn't be a mailbox but an attack on memory.
constexpr std::size_t kSearchResults = 10'000'000;
constexpr int kChallenges = 8;

Error no_folder_open() {
  return {Kind::missing, "imap.no-such-folder", "No folder of the mailbox is open.", ""};
}

class Folders final : public Listener {
 public:
  void list(ListedFolder folder) override { folders.push_back(std::move(folder)); }
  std::vector<ListedFolder> folders;
};

class StatusAnswer final : public Listener {
 public:
  void status(const FolderFacts& told) override { facts = told; }
  std::optional<FolderFacts> facts;
};

// SEARCH and ESEARCH (RFC 4731) answers.
class Found final : public Listener {
 public:
  void search(std::string_view numbers) override {
    Lexer lexer(numbers);
    for (lexer.skip_spaces(); !lexer.at_end(); lexer.skip_spaces()) {
      auto uid = lexer.number();
      if (!uid) {
        if (!lexer.skip_value() || lexer.peek() == ')') return;  // (MODSEQ 12)
        continue;
      }
      if (*uid == 0 || *uid > UINT32_MAX) continue;
      if (uids.size() >= kSearchResults) {
        too_many = true;
        return;
      }
      uids.push_back(static_cast<std::uint32_t>(*uid));
    }
  }
  void extended_search(std::string_view rest) override {
    Lexer lexer(rest);
    if (lexer.peek() == '(' && !lexer.skip_value()) return;
    for (lexer.skip_spaces(); !lexer.at_end(); lexer.skip_spaces()) {
      auto name = lexer.atom();
      if (name.empty()) return;
      if (ascii_equal(name, "UID")) continue;
      lexer.skip_spaces();
      if (!ascii_equal(name, "ALL")) {
        if (!lexer.skip_value()) return;
      } else if (!expand_uids(lexer.atom(), kSearchResults, uids)) {
        too_many = true;
      }
    }
  }
  std::vector<std::uint32_t> uids;
  bool too_many = false;
};

std::vector<std::string> mechanisms(const Engine& engine) {
  std::vector<std::string> names;
  for (const auto& capability : engine.capabilities)
    if (capability.starts_with("AUTH=")) names.push_back(capability.substr(5));
  return names;
}

Task<Result<>> ask_capabilities(Engine& engine, Wire& wire) {
  Listener nobody;
  engine.capabilities.clear();
  auto answer = co_await engine.run(wire, Command("CAPABILITY"), nobody);
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(refused(*answer));
  co_return Result<>{};
}

// AUTHENTICATE (RFC 9051 section 6.2.2), with SASL-IR (RFC 4959) where offered.
Task<Result<Completion>> authenticate(Engine& engine, Wire& wire,
                                      std::unique_ptr<sasl::Mechanism> mechanism) {
  Listener nobody;
  auto tag = engine.take_tag();
  std::string line = Engine::tag_text(tag) + " AUTHENTICATE " + std::string(mechanism->name());
  auto first = mechanism->initial();
  constexpr std::size_t kLongestInitial = 5000;
  if (first && engine.has("SASL-IR") && first->size() <= kLongestInitial)
    line += " " + (first->empty() ? std::string("=") : to_base64(*std::exchange(first, {})));
  auto written = co_await engine.write(wire, line + "\r\n");
  if (!written) co_return Failure(written.error());
  for (int challenges = 0; challenges <= kChallenges;) {
    auto event = co_await engine.next(wire, nobody);
    if (!event) co_return Failure(event.error());
    if (*event == Engine::Event::completion) {
      if (engine.completion.tag == tag) co_return engine.completion;
      continue;
    }
    ++challenges;
    auto response = first ? std::exchange(first, {})
                          : mechanism->answer(from_base64(engine.challenge).value_or(""));
    written = co_await engine.write(wire, (response ? to_base64(*response) : "*") + "\r\n");
    if (!written) co_return Failure(written.error());
  }
  co_return engine.give_up(malformed());
}

Task<Result<Completion>> log_in(Engine& engine, Wire& wire, const sasl::Credentials& credentials) {
  auto mechanism = sasl::choose(mechanisms(engine), credentials);
  bool login_allowed = !engine.has("LOGINDISABLED");
  if (mechanism) {
    auto answer = co_await authenticate(engine, wire, std::move(mechanism));
    // BAD without a reason: offered, but not understood. LOGIN is what even such servers know.
    bool understood = !answer || answer->status != Status::bad || !answer->code.empty();
    if (understood || !login_allowed || is_throttled(*answer)) co_return answer;
  } else if (!login_allowed) {
    co_return fail(Kind::permanent, "imap.login-disabled",
                   "The mail server doesn't allow signing in with a password here.",
                   "Choose TLS (port 993) or STARTTLS (port 143); if it is chosen already, the "
                   "provider may ask for another way to sign in.");
  }
  Listener nobody;
  Command login("LOGIN ");
  login.string(credentials.user).text(" ").string(credentials.password);
  co_return co_await engine.run(wire, std::move(login), nobody);
}

// What a client says of itself; some servers open no folder without it. Refusals don't matter.
Task<Result<>> introduce(Engine& engine, Wire& wire) {
  Listener nobody;
  if (engine.has("ENABLE") && engine.has("CONDSTORE")) {
    auto answer = co_await engine.run(wire, Command("ENABLE CONDSTORE"), nobody);
    if (!answer) co_return Failure(answer.error());
  }
  if (engine.has("ID")) {
    auto answer = co_await engine.run(wire, Command("ID (\"name\" \"Hearback\")"), nobody);
    if (!answer) co_return Failure(answer.error());
  }
  co_return Result<>{};
}

Task<Result<>> sign_in_to(Engine& engine, Wire& wire, sasl::Credentials credentials) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  engine.expect_ordinary();
  auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (credentials.user.empty() || has_nul(credentials.user) || has_nul(credentials.password))
    co_return Failure(login_refused());
  auto told = engine.capabilities_told;
  engine.signing_in = true;
  auto answer = co_await log_in(engine, wire, credentials);
  engine.signing_in = false;
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(login_error(*answer));
  if (engine.capabilities_told == told) {
    auto asked = co_await ask_capabilities(engine, wire);
    if (!asked) co_return asked;
  }
  co_return co_await introduce(engine, wire);
}

Task<Result<>> read_greeting(Engine& engine, Wire& wire) {
  constexpr std::string_view kStart = "* ";
  engine.expect_ordinary();
  while (engine.buffer.frame() == ReceiveBuffer::Framed::more) {
    auto outcome = co_await wire.perform(Read{.deadline = engine.deadlines.imap_answer});
    if (outcome.error)
      co_return engine.give_up(outcome.error->code.starts_with("tls.") ? *outcome.error : closed());
    if (outcome.timed_out || outcome.bytes.empty()) co_return engine.give_up(timed_out());
    engine.buffer.append(outcome.bytes);
    auto start = engine.buffer.rest().substr(0, kStart.size());
    if (start != kStart.substr(0, start.size())) co_return engine.give_up(not_imap());
  }
  auto greeting = read_response(engine.buffer.response());
  engine.take_code(greeting);
  auto status = greeting.status;
  if (status == Status::bye || status == Status::no || status == Status::bad) {
    engine.remember(greeting);
    co_return engine.give_up(bye({0, status, std::string(greeting.code),
                                  std::string(greeting.arguments), std::string(greeting.text)}));
  }
  engine.buffer.consume();
  if (status == Status::preauth)
    co_return engine.give_up({Kind::permanent, "imap.protocol",
                              "The mail server opened a mailbox without asking for a password.",
                              "Check host and port: this may not be your mail server."});
  if (status != Status::ok) co_return engine.give_up(not_imap());
  if (engine.capabilities_told == 0) co_return co_await ask_capabilities(engine, wire);
  co_return Result<>{};
}

Task<Result<>> upgrade(Engine& engine, Wire& wire, std::string server_name) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  engine.expect_ordinary();
  Error missing{Kind::permanent, "imap.starttls-missing",
                "The mail server doesn't offer encryption (STARTTLS) on this port.",
                "Choose TLS (port 993), or ask the mail server's administrator."};
  Error injection{Kind::permanent, "imap.starttls-injection",
                  "The mail server sent data before encryption had begun; that may be an attack.",
                  "Choose TLS (port 993), or ask the mail server's administrator."};
  if (!engine.has("STARTTLS")) co_return engine.give_up(missing);
  Listener nobody;
  auto answer = co_await engine.run(wire, Command("STARTTLS"), nobody);
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return engine.give_up(is_throttled(*answer) ? refused(*answer) : missing);
  if (!engine.buffer.empty()) co_return engine.give_up(injection);
  auto outcome = co_await wire.perform(
      StartTls{.server_name = std::move(server_name), .deadline = engine.deadlines.tls});
  if (outcome.error)
    co_return engine.give_up(outcome.error->code == kBytesBeforeTls ? injection : *outcome.error);
  if (outcome.timed_out) co_return engine.give_up(timed_out());
  // Nothing that was said before counts any more.
  engine.answer.clear();
  engine.backoff.reset();
  co_return co_await ask_capabilities(engine, wire);
}

Task<Result<std::vector<ListedFolder>>> list_folders(Engine& engine, Wire& wire) {
  engine.expect_ordinary();
  bool special = engine.has("SPECIAL-USE");
  std::string plain = !special && engine.has("XLIST") ? "XLIST \"\" \"*\"" : "LIST \"\" \"*\"";
  bool extended = engine.has("IMAP4REV2") || (special && engine.has("LIST-EXTENDED"));
  for (;;) {
    Folders found;
    Command command(extended ? "LIST \"\" \"*\" RETURN (SPECIAL-USE)" : plain);
    auto answer = co_await engine.run(wire, std::move(command), found);
    if (!answer) co_return Failure(answer.error());
    if (answer->ok()) co_return std::move(found.folders);
    if (!extended || is_throttled(*answer)) co_return Failure(refused(*answer));
    extended = false;  // offered, but not understood
  }
}

Task<Result<FolderFacts>> open(Engine& engine, Wire& wire, std::string wire_name) {
  engine.expect_ordinary();
  engine.folder.clear();
  engine.facts = {};
  Listener nobody;
  auto answer = co_await engine.run(wire, std::move(Command("EXAMINE ").string(wire_name)), nobody);
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) {
    engine.facts = {};
    co_return Failure(folder_refused(*answer));
  }
  engine.folder = std::move(wire_name);
  co_return engine.facts;
}

Task<Result<FolderFacts>> ask_status(Engine& engine, Wire& wire, std::string wire_name) {
  engine.expect_ordinary();
  StatusAnswer told;
  Command command("STATUS ");
  command.string(wire_name).text(" (MESSAGES UIDNEXT UIDVALIDITY");
  command.text(engine.has("CONDSTORE") || engine.has("QRESYNC") ? " HIGHESTMODSEQ)" : ")");
  auto answer = co_await engine.run(wire, std::move(command), told);
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(folder_refused(*answer));
  if (!told.facts) co_return Failure(malformed());
  co_return *told.facts;
}

Task<Result<std::vector<std::uint32_t>>> search(Engine& engine, Wire& wire, Command criteria) {
  if (auto ready = engine.usable(); !ready) co_return Failure(ready.error());
  if (engine.folder.empty()) co_return Failure(no_folder_open());
  // Without ESEARCH a large folder's answer is one line of megabytes.
  engine.expect(engine.limits.imap_literal_octets, engine.limits.imap_line_octets);
  Found found;
  auto answer = co_await engine.run(wire, std::move(criteria), found);
  engine.expect_ordinary();
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(refused(*answer));
  if (found.too_many)
    co_return Failure(too_large("The mail server reported more messages than a folder can hold.",
                                "Tell the mail server's administrator."));
  std::sort(found.uids.begin(), found.uids.end());
  found.uids.erase(std::unique(found.uids.begin(), found.uids.end()), found.uids.end());
  co_return std::move(found.uids);
}

Command search_command(const Engine& engine, std::string_view criteria) {
  bool extended = engine.has("ESEARCH") || engine.has("IMAP4REV2");
  return Command(std::string(extended ? "UID SEARCH RETURN (ALL) " : "UID SEARCH ") +
                 std::string(criteria));
}

Task<Result<>> scan_headers(Engine& engine, Wire& wire, const Session::HeaderScan& scan) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  if (engine.folder.empty()) co_return Failure(no_folder_open());
  engine.expect(engine.limits.imap_line_octets, engine.limits.header_octets);
  HeaderBatch batch(scan);
  auto result = co_await engine.run_batch(wire, batch);
  engine.expect_ordinary();
  co_return result;
}

Task<Result<>> fetch_messages(Engine& engine, Wire& wire, std::vector<std::uint32_t> uids,
                              const std::function<void(const BodyItem&)>& item) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  if (engine.folder.empty()) co_return Failure(no_folder_open());
  engine.expect(engine.limits.imap_line_octets, engine.limits.imap_literal_octets);
  BodyBatch batch(std::move(uids), engine.limits.body_batch, item);
  auto result = co_await engine.run_batch(wire, batch);
  engine.expect_ordinary();
  co_return result;
}

// For servers without IDLE, and for those that offer it and refuse it.
Task<Result<bool>> poll(Engine& engine, Wire& wire, Duration renew, std::uint64_t seen) {
  Listener nobody;
  if (engine.changes == seen) {
    auto outcome = co_await wire.perform(Wait{.time = std::min(renew, engine.deadlines.poll)});
    if (outcome.error) co_return engine.give_up(closed());
    if (outcome.interrupted) co_return false;
  }
  auto answer = co_await engine.run(wire, Command("NOOP"), nobody);
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(refused(*answer));
  co_return engine.changes != seen;
}

// Between the server's "+" and our DONE. True: the server ended the command by itself.
Task<Result<bool>> wait_for_push(Engine& engine, Wire& wire, Duration renew, std::uint64_t tag,
                                 std::uint64_t seen) {
  Listener nobody;
  auto kept = engine.keep_alives;
  for (;;) {
    while (auto event = engine.step(nobody))
      if (*event == Engine::Event::completion && engine.completion.tag == tag) co_return true;
    if (engine.broken()) co_return Failure(*engine.broken());
    if (engine.changes != seen || engine.keep_alives - kept >= kKeepAlivesPerIdle) co_return false;
    engine.buffer.release();
    auto outcome = co_await wire.perform(ReadOrInterrupt{.deadline = renew});
    if (outcome.error) co_return engine.give_up(closed());
    if (outcome.interrupted || outcome.timed_out) co_return false;
    engine.buffer.append(outcome.bytes);
  }
}

Task<Result<bool>> wait_for_change(Engine& engine, Wire& wire, Duration renew) {
  if (auto ready = engine.usable(); !ready) co_return Failure(ready.error());
  if (engine.folder.empty()) co_return Failure(no_folder_open());
  engine.expect_ordinary();
  auto seen = engine.changes;
  if (!engine.has("IDLE") || !engine.idle_works) co_return co_await poll(engine, wire, renew, seen);
  Listener nobody;
  auto tag = engine.take_tag();
  auto written = co_await engine.write(wire, Engine::tag_text(tag) + " IDLE\r\n");
  if (!written) co_return Failure(written.error());
  for (bool waiting = true; waiting;) {
    auto event = co_await engine.next(wire, nobody);
    if (!event) co_return Failure(event.error());
    if (*event == Engine::Event::go_ahead) {
      waiting = false;
    } else if (engine.completion.tag == tag) {
      if (is_throttled(engine.completion)) co_return Failure(refused(engine.completion));
      engine.idle_works = false;
      co_return co_await poll(engine, wire, renew, seen);
    }
  }
  auto ended = co_await wait_for_push(engine, wire, renew, tag, seen);
  if (!ended) co_return Failure(ended.error());
  if (!*ended) {
    written = co_await engine.write(wire, "DONE\r\n");
    if (!written) co_return Failure(written.error());
    do {
      auto event = co_await engine.next(wire, nobody);
      if (!event) co_return Failure(event.error());
      ended = *event == Engine::Event::completion && engine.completion.tag == tag;
    } while (!*ended);
  }
  co_return engine.changes != seen;
}

// The size that the server announced (RFC 7889), where it did.
std::optional<std::uint64_t> append_limit(const Engine& engine) {
  constexpr std::string_view kName = "APPENDLIMIT=";
  auto found = engine.capabilities.lower_bound(kName);
  if (found == engine.capabilities.end() || !found->starts_with(kName)) return std::nullopt;
  return to_number(std::string_view(*found).substr(kName.size()));
}

Task<Result<std::optional<std::uint32_t>>> store(Engine& engine, Wire& wire, std::string wire_name,
                                                 std::string_view message, Instant date) {
  if (auto ready = engine.usable(); !ready) co_return Failure(ready.error());
  engine.expect_ordinary();
  auto limit = append_limit(engine);
  if (limit && message.size() > *limit) {
    Completion too_big;
    too_big.status = Status::no;
    too_big.code = "TOOBIG";
    co_return Failure(append_error(too_big));
  }
  Command command("APPEND ");
  command.string(wire_name).text(" (\\Seen) \"" + write_date_time(date) + "\" ").literal(message);
  Listener nobody;
  auto answer = co_await engine.run(wire, std::move(command), nobody);
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(append_error(*answer));
  std::optional<std::uint32_t> uid;
  if (answer->has_code("APPENDUID")) {
    Lexer lexer(answer->arguments);
    lexer.number();
    lexer.skip_spaces();
    if (auto number = lexer.number(); number && *number > 0 && *number <= UINT32_MAX)
      uid = static_cast<std::uint32_t>(*number);
  }
  co_return uid;
}

Task<Result<>> leave(Engine& engine, Wire& wire) {
  if (!engine.usable()) co_return Result<>{};
  engine.expect_ordinary();
  engine.expect_bye = true;
  Listener nobody;
  // The server may close before it has answered: that is a farewell too.
  (void)co_await engine.run(wire, Command("LOGOUT"), nobody);
  (void)engine.give_up(closed());
  co_return Result<>{};
}

}  // namespace

struct Session::State {
  State(const Limits& limits, const Deadlines& deadlines) : engine(limits, deadlines) {}
  Engine engine;
};

Session::Session(const Limits& limits, const Deadlines& deadlines)
    : state_(std::make_unique<State>(limits, deadlines)) {}
Session::~Session() = default;

bool Session::has(std::string_view capability) const { return state_->engine.has(capability); }
const std::string& Session::open_folder() const { return state_->engine.folder; }
const FolderFacts& Session::facts() const { return state_->engine.facts; }
const std::string& Session::answer() const { return state_->engine.answer; }
std::optional<Duration> Session::suggested_backoff() const { return state_->engine.backoff; }

Task<Result<>> Session::greet(Wire& wire) { return read_greeting(state_->engine, wire); }
Task<Result<>> Session::start_tls(Wire& wire, std::string server_name) {
  return upgrade(state_->engine, wire, std::move(server_name));
}
Task<Result<>> Session::sign_in(Wire& wire, sasl::Credentials credentials) {
  return sign_in_to(state_->engine, wire, std::move(credentials));
}
Task<Result<std::vector<ListedFolder>>> Session::list(Wire& wire) {
  return list_folders(state_->engine, wire);
}
Task<Result<FolderFacts>> Session::examine(Wire& wire, std::string wire_name) {
  return open(state_->engine, wire, std::move(wire_name));
}
Task<Result<FolderFacts>> Session::status(Wire& wire, std::string wire_name) {
  return ask_status(state_->engine, wire, std::move(wire_name));
}
Task<Result<std::vector<std::uint32_t>>> Session::search_since(Wire& wire, Instant since) {
  auto& engine = state_->engine;
  return search(engine, wire, search_command(engine, "SINCE " + write_date(since)));
}
Task<Result<std::vector<std::uint32_t>>> Session::search_all(Wire& wire) {
  auto& engine = state_->engine;
  return search(engine, wire, search_command(engine, "ALL"));
}
Task<Result<std::vector<std::uint32_t>>> Session::search_header(Wire& wire, std::string field,
                                                                std::string value) {
  auto& engine = state_->engine;
  bool ascii = std::all_of(value.begin(), value.end(), [](char c) { return (c & 0x80) == 0; });
  Command command = search_command(engine, ascii ? "HEADER " : "CHARSET UTF-8 HEADER ");
  command.string(field).text(" ").string(value);
  return search(engine, wire, std::move(command));
}
Task<Result<>> Session::fetch_headers(Wire& wire, const HeaderScan& scan) {
  return scan_headers(state_->engine, wire, scan);
}
Task<Result<>> Session::fetch_bodies(Wire& wire, std::vector<std::uint32_t> uids,
                                     const std::function<void(const BodyItem&)>& item) {
  return fetch_messages(state_->engine, wire, std::move(uids), item);
}
Task<Result<bool>> Session::idle(Wire& wire, Duration renew) {
  return wait_for_change(state_->engine, wire, renew);
}
Task<Result<std::optional<std::uint32_t>>> Session::append(Wire& wire, std::string wire_name,
                                                           std::string_view message, Instant date) {
  return store(state_->engine, wire, std::move(wire_name), message, date);
}
Task<Result<>> Session::log_out(Wire& wire) { return leave(state_->engine, wire); }

}  // namespace hearback::protocols::imap
