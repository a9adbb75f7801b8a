#include "api/http/call.hpp"

#include "api/http/guard.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "net/address.hpp"

namespace hearback::api {
namespace {

constexpr std::string_view kTokenPrefix = "hb_";
constexpr std::string_view kScheme = "bearer ";
// At most so often is it written that a session or token is used: never with each request.
constexpr Duration kUseIsNoted = 5min;

bool is_to_be_noted(std::optional<Instant> last_used, Instant now) {
  return !last_used || *last_used + kUseIsNoted <= now;
}

Refusal nobody() {
  return refuse(Kind::denied, "session.required", "Please sign in.",
                "Your session has ended, or there was none.");
}

Asker asker(CompanyId company, rules::User user, std::optional<SessionId> session) {
  auto scope = rules::user_scope(company, user);
  Asker asker;
  asker.company = company;
  asker.user = std::move(user);
  asker.scope = scope;
  asker.session = session;
  return asker;
}

}  // namespace

Credentials credentials_of(const net::HttpRequest& request) {
  const auto authorization = request.header("authorization");
  if (!authorization.empty()) {  // a cookie beside it counts for nothing
    Credentials token{Credentials::Kind::token, {}};
    if (!ascii_starts_with(authorization, kScheme)) return token;
    auto text = trim(authorization.substr(kScheme.size()));
    if (!text.starts_with(kTokenPrefix)) return token;
    if (auto bearer = Bearer::parse(text.substr(kTokenPrefix.size()))) token.bearer = *bearer;
    return token;
  }
  const auto cookie = cookie_value(request, cookie_name(request));
  if (cookie.empty()) return {};
  return {Credentials::Kind::cookie, Bearer::parse(cookie).value_or(Bearer{})};
}

Read<Asker> identify(store::Store& store, const Options& options, const Credentials& credentials,
                     Instant now) {
  const auto& bearer = credentials.bearer;
  if (credentials.kind == Credentials::Kind::none || bearer.secret.empty()) return nobody();
  if (credentials.kind == Credentials::Kind::cookie) {
    auto found = store.ask(
        store::SessionOf{bearer.company, digest(bearer.secret), now, options.session_idle});
    if (!found) return Refusal(found.error());
    if (!*found || !(*found)->user.active || (*found)->expires <= now) return nobody();
    auto who = asker(bearer.company, (*found)->user, (*found)->id);
    who.note_use = is_to_be_noted((*found)->last_used, now);
    return who;
  }
  auto found = store.ask(store::TokenOf{bearer.company, digest(bearer.secret), now});
  if (!found) return Refusal(found.error());
  if (!*found || !(*found)->user.active) return nobody();
  auto who = asker(bearer.company, (*found)->user, std::nullopt);
  who.token = (*found)->id;
  who.may_write = (*found)->may_write;
  who.note_use = is_to_be_noted((*found)->last_used, now);
  return who;
}

store::Commit Call::commit() const {
  const auto& user = asker.user;
  return {.company = asker.company,
          .changes = {},
          .expectations = {store::AskerIs{user.id, user.role, user.all_jobs, asker.session,
                                          asker.token}},
          .at = now};
}

net::Turn Call::turn(net::Lane lane) const {
  if (!asker.user.id.empty()) return {lane, net::Standing::person, asker.user.id.text()};
  const auto& shown = credentials.bearer.secret;
  return {lane, net::Standing::visitor, net::network_of(request->peer),
          shown.empty() ? std::string() : digest(shown)};
}

bool may_change(const Call& call, net::Lane lane) {
  const auto& method = call.request->method;
  return lane != net::Lane::read && method != "GET" && method != "HEAD";
}

Refusal not_done(net::NotDone why, bool changes) {
  const bool may_yet_be = changes && why == net::NotDone::unfinished;
  Problem problem(may_yet_be
                      ? Error{Kind::transient, "http.unfinished",
                              "Hearback has too much to do just now, and hasn’t finished this.",
                              "Look whether it is done before you ask for it again, or use the "
                              "same Idempotency-Key."}
                      : Error{Kind::transient, "http.busy", "Hearback has too much to do just now.",
                              "Try again in a moment."});
  problem.headers.emplace_back("Retry-After", "5");
  return Refusal(std::move(problem));
}

Refusal internal_error(const char*) noexcept {
  log::error("http.internal");
  return refuse(Kind::permanent, "http.internal", "Something went wrong inside Hearback.",
                "Try again; if it stays, tell whoever runs this server.");
}

std::optional<std::uint64_t> number_in_path(std::string_view word) {
  const auto number = to_number(word);
  return number && std::to_string(*number) == word ? number : std::nullopt;
}

Read<store::PageRequest> page_request(const Call& call) {
  const auto& limits = call.house->options.limits;
  store::PageRequest page{.after = call.request->parameter("cursor").value_or(""),
                          .rows = limits.page_rows};
  if (page.after.size() > 2000)  // the longest key is a name of 200 characters
    return refuse_field("cursor", "field.invalid", "“cursor” is not one that Hearback gave.");
  if (auto text = call.request->parameter("limit")) {
    auto rows = to_number(*text);
    if (!rows || *rows < 1 || *rows > limits.page_rows_max)
      return refuse_field(
          "limit", "field.invalid",
          "“limit” must be a whole number from 1 to " + std::to_string(limits.page_rows_max) + ".");
    page.rows = static_cast<std::size_t>(*rows);
  }
  return page;
}

Read<std::string> search_text(const Call& call) {
  auto text = call.request->parameter("q").value_or("");
  if (text.size() > 200) return refuse_field("q", "field.too-long", "The search text is too long.");
  return text;
}

Read<std::optional<bool>> flag_parameter(const Call& call, std::string_view name) {
  const auto text = call.request->parameter(name);
  if (!text) return std::optional<bool>();
  if (*text == "true" || *text == "false") return std::optional<bool>(*text == "true");
  return refuse_field(std::string(name), "field.invalid",
                      "“" + std::string(name) + "” is true or false.");
}

}  // namespace hearback::api
