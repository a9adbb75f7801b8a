#include "protocols/imap/sign_in.hpp"

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

constexpr int kChallenges = 8;

std::vector<std::string> mechanisms(const Engine& engine) {
  std::vector<std::string> names;
  for (const auto& capability : engine.capabilities())
    if (capability.starts_with("AUTH=")) names.push_back(capability.substr(5));
  return names;
}

Task<Result<>> ask_capabilities(Engine& engine, Wire& wire) {
  engine.forget_capabilities();
  auto answer = co_await engine.run(wire, Command("CAPABILITY", engine.ordinary()));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(refused(*answer));
  co_return Result<>{};
}

// AUTHENTICATE (RFC 9051 section 6.2.2), with SASL-IR (RFC 4959) where offered.
Task<Result<Completion>> authenticate(Engine& engine, Wire& wire,
                                      std::unique_ptr<sasl::Mechanism> mechanism) {
  std::string line = "AUTHENTICATE " + std::string(mechanism->name());
  auto first = mechanism->initial();
  constexpr std::size_t kLongestInitial = 5000;
  if (first && engine.has("SASL-IR") && first->size() <= kLongestInitial)
    line += " " + (first->empty() ? std::string("=") : to_base64(*std::exchange(first, {})));
  auto tag = co_await engine.begin(wire, Command(std::move(line), engine.ordinary()));
  if (!tag) co_return Failure(tag.error());
  for (int challenges = 0; challenges <= kChallenges;) {
    auto event = co_await engine.next(wire);
    if (!event) co_return Failure(event.error());
    ++challenges;
    if (*event == Engine::Event::completion) {
      if (engine.completion().tag == *tag) co_return engine.completion();
      continue;
    }
    auto response = first ? std::exchange(first, {})
                          : mechanism->answer(from_base64(engine.challenge()).value_or(""));
    auto written = co_await engine.write(wire, (response ? to_base64(*response) : "*") + "\r\n");
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
  Command login("LOGIN ", engine.ordinary());
  login.string(credentials.user).text(" ").string(credentials.password);
  co_return co_await engine.run(wire, std::move(login));
}

// What a client says of itself; some servers open no folder without it. Refusals don't matter.
Task<Result<>> introduce(Engine& engine, Wire& wire) {
  if (engine.has("ID")) {
    Command who("ID (\"name\" \"Hearback\")", engine.ordinary());
    auto answer = co_await engine.run(wire, std::move(who));
    if (!answer) co_return Failure(answer.error());
  }
  co_return Result<>{};
}

}  // namespace

Task<Result<>> sign_in_to(Engine& engine, Wire& wire, sasl::Credentials credentials) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (credentials.user.empty() || has_nul(credentials.user) || has_nul(credentials.password))
    co_return Failure(login_refused());
  auto told = engine.capabilities_told();
  engine.signing_in(true);
  auto answer = co_await log_in(engine, wire, credentials);
  engine.signing_in(false);
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(login_error(*answer));
  if (engine.capabilities_told() == told) {
    auto asked = co_await ask_capabilities(engine, wire);
    if (!asked) co_return asked;
  }
  co_return co_await introduce(engine, wire);
}

Task<Result<>> read_greeting(Engine& engine, Wire& wire) {
  constexpr std::string_view kStart = "* ";
  engine.allow(wire, engine.ordinary());
  while (engine.buffer().frame() == ReceiveBuffer::Framed::more) {
    if (!engine.take(co_await wire.perform(Read{.deadline = engine.deadlines().imap_answer})))
      co_return Failure(engine.why_broken());
    auto start = engine.buffer().rest().substr(0, kStart.size());
    if (start != kStart.substr(0, start.size())) co_return engine.give_up(not_imap());
  }
  auto greeting = read_response(engine.buffer().response());
  engine.take_code(greeting);
  auto status = greeting.status;
  if (status == Status::bye || status == Status::no || status == Status::bad) {
    engine.remember(greeting);
    co_return engine.give_up(bye({0, status, std::string(greeting.code),
                                  std::string(greeting.arguments), std::string(greeting.text)}));
  }
  engine.buffer().consume();
  if (status == Status::preauth)
    co_return engine.give_up({Kind::permanent, "imap.protocol",
                              "The mail server opened a mailbox without asking for a password.",
                              "Check host and port: this may not be your mail server."});
  if (status != Status::ok) co_return engine.give_up(not_imap());
  if (engine.capabilities_told() == 0) co_return co_await ask_capabilities(engine, wire);
  co_return Result<>{};
}

Task<Result<>> upgrade_to_tls(Engine& engine, Wire& wire, std::string server_name) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  Error missing{Kind::permanent, "imap.starttls-missing",
                "The mail server doesn't offer encryption (STARTTLS) on this port.",
                "Choose TLS (port 993), or ask the mail server's administrator."};
  Error injection{Kind::permanent, "imap.starttls-injection",
                  "The mail server sent data before encryption had begun; that may be an attack.",
                  "Choose TLS (port 993), or ask the mail server's administrator."};
  if (!engine.has("STARTTLS")) co_return engine.give_up(missing);
  auto answer = co_await engine.run(wire, Command("STARTTLS", engine.ordinary()));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return engine.give_up(is_throttled(*answer) ? refused(*answer) : missing);
  if (!engine.buffer().empty()) co_return engine.give_up(injection);
  auto outcome = co_await wire.perform(
      StartTls{.server_name = std::move(server_name), .deadline = engine.deadlines().tls});
  if (outcome.error)
    co_return engine.give_up(outcome.error->code == kBytesBeforeTls ? injection : *outcome.error);
  if (outcome.timed_out) co_return engine.give_up(timed_out());
  // Nothing that was said before counts any more.
  engine.forget_words();
  co_return co_await ask_capabilities(engine, wire);
}

Task<Result<>> leave(Engine& engine, Wire& wire) {
  if (!engine.usable()) co_return Result<>{};
  engine.expect_bye();
  // The server may close before it has answered: that is a farewell too.
  (void)co_await engine.run(wire, Command("LOGOUT", engine.ordinary()));
  (void)engine.give_up(closed());
  co_return Result<>{};
}

}  // namespace hearback::protocols::imap
