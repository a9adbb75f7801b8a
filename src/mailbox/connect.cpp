#include "mailbox/connect.hpp"

#include <algorithm>

namespace hearback::mailbox {
namespace {

using protocols::Wire;

// Behind NAT there is no better name; RFC 5321 section 4.1.3 allows the literal.
constexpr const char* kOurName = "[127.0.0.1]";

Result<net::Endpoint> endpoint_of(const rules::ServerSettings& server) {
  net::Endpoint endpoint{server.host, server.port, net::Security::tls};
  if (server.security == "starttls")
    endpoint.security = net::Security::starttls;
  else if (server.security == "none")
    endpoint.security = net::Security::none;
  else if (server.security != "tls")
    return fail(Kind::input, "mailbox.security", "The kind of encryption is not known.",
                "Choose TLS or STARTTLS.");
  return endpoint;
}

// Without TLS no word of the credentials is said: STARTTLS that fails ends here, and plain text is
// the dialing policy's to allow.
template <class Session>
Task<Result<>> come_in(Line<Session>& line, net::Endpoint endpoint,
                       protocols::sasl::Credentials credentials) {
  auto greeted = co_await line.run([](Session& s, Wire& w) { return s.greet(w); });
  if (!greeted) co_return greeted;
  if (endpoint.security == net::Security::starttls) {
    auto secured =
        co_await line.run([&](Session& s, Wire& w) { return s.start_tls(w, endpoint.host); });
    if (!secured) co_return secured;
  }
  co_return co_await line.run([&](Session& s, Wire& w) { return s.sign_in(w, credentials); });
}

template <class Session>
Task<Result<Line<Session>>> open(net::Env& env, Login login, std::unique_ptr<Session> session,
                                 Deadlines deadlines, Duration budget) {
  auto endpoint = endpoint_of(login.server);
  if (!endpoint) co_return Failure(endpoint.error());
  const Instant began = env.ticks();
  auto dialed = co_await env.dial(*endpoint, std::min(budget, deadlines.connect + deadlines.tls));
  if (!dialed) co_return Failure(dialed.error());
  Line<Session> line{std::move(*dialed), std::move(session), protocols::TimeBudget(budget)};
  line.allowed.spend(env.ticks() - began);
  auto came_in = co_await come_in(line, *endpoint, {login.server.user, login.password});
  if (!came_in) co_return Failure(came_in.error());
  co_return std::move(line);
}

// For good: from here on each command has its own budget.
template <class Session>
Task<Result<Line<Session>>> lift(Task<Result<Line<Session>>> opening) {
  auto line = co_await std::move(opening);
  if (line) line->allowed = {};
  co_return std::move(line);
}

}  // namespace

Task<Result<ImapLine>> open_imap(net::Env& env, Login login, Limits limits, Deadlines deadlines) {
  return lift(
      open_imap_within(env, std::move(login), 2 * deadlines.imap_answer, limits, deadlines));
}

Task<Result<SmtpLine>> open_smtp(net::Env& env, Login login, Limits limits, Deadlines deadlines) {
  return lift(
      open_smtp_within(env, std::move(login), 2 * deadlines.smtp_answer, limits, deadlines));
}

Task<Result<ImapLine>> open_imap_within(net::Env& env, Login login, Duration budget, Limits limits,
                                        Deadlines deadlines) {
  auto session = std::make_unique<protocols::imap::Session>(limits, deadlines);
  return open(env, std::move(login), std::move(session), deadlines, budget);
}

Task<Result<SmtpLine>> open_smtp_within(net::Env& env, Login login, Duration budget, Limits limits,
                                        Deadlines deadlines) {
  auto session = std::make_unique<protocols::smtp::Session>(kOurName, limits, deadlines);
  return open(env, std::move(login), std::move(session), deadlines, budget);
}

}  // namespace hearback::mailbox
