// The first-run page, signing in and out, sessions, and programs' tokens.
#include <algorithm>
#include <array>
#include <mutex>

#include "api/entering.hpp"
#include "api/handlers.hpp"
#include "api/http/guard.hpp"
#include "api/http/members.hpp"
#include "api/present.hpp"
#include "base/log.hpp"
#include "mail/address.hpp"
#include "net/address.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr Length kName{1, 200};
constexpr std::int64_t kTokenDays = 365;  // that one lasts, at most
constexpr std::array<std::pair<std::string_view, bool>, 2> kScopes = {
    {{"read", false}, {"write", true}}};
constexpr Length kAddress{3, 320};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLanguages = {
    {{"en", "en"}, {"fr", "fr"}, {"de", "de"}}};

Read<bool> setup_needed(store::Store& store) {
  auto companies = store.ask(store::Companies{.rows = 1});
  if (!companies) return Refusal(companies.error());
  return companies->empty();
}

// Only who has given the right password once can show its mark.
bool is_known_device(const Call& call, const store::SignIn::Found& found) {
  const auto shown = cookie_value(*call.request, device_cookie(*call.request, found.user.id));
  return !found.password_hash.empty() &&
         same_secret(shown, device_mark(found.user.id, found.password_hash));
}

// ---- guessing ----

// Whoever guesses can't lock a person out: a device that has signed in before has tries of its own.
struct Tries {
  House& house;
  std::string account, network, device;  // `device` empty: a stranger

  std::optional<Duration> enter(Instant ticks) {
    if (!device.empty()) return house.sign_ins_by_device.enter(device, ticks);
    if (auto wait = house.sign_ins_by_network.enter(network, ticks)) return wait;
    if (auto wait = house.sign_ins_by_pair.enter(pair(), ticks)) return wait;
    return house.sign_ins_by_account.enter(account, ticks);
  }
  void succeeded() {
    if (!device.empty()) return house.sign_ins_by_device.clear(device);
    house.sign_ins_by_network.forgive_one(network);
    house.sign_ins_by_pair.clear(pair());
    house.sign_ins_by_account.forgive_one(account);
  }
  std::string pair() const { return network + " " + account; }
};

// Nobody needs to know to the second when somebody was here.
Instant to_the_minute(Instant at) { return {at.ms - at.ms % 60'000}; }

Read<store::SignIn::Answer> accounts_of(store::Store& store, const std::string& address) {
  const auto normal = mail::normal_form(address);
  if (!normal) return store::SignIn::Answer{};
  auto answer = store.ask(store::SignIn{*normal});
  if (!answer) return Refusal(answer.error());
  return std::move(*answer);
}

// Whose password this is. Takes the same work whether or not anybody has the address.
std::optional<store::SignIn::Found> whose_password(store::SignIn::Answer found,
                                                   const std::string& password) {
  if (found.empty()) check_password({}, password);
  std::optional<store::SignIn::Found> right;
  for (auto& one : found) {
    const bool matches = check_password(one.password_hash, password);
    if (matches && one.user.active && !right) right = std::move(one);
  }
  return right;
}

}  // namespace

Reply get_setup(Call& call) {
  auto needed = setup_needed(call.store());
  if (!needed) return Refusal(needed.error());
  return json_response(200, {{"needed", *needed}});
}

Reply set_up(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto company_name = members.text("company", kName, Lines::name);
  rules::User admin;
  admin.name = members.text("name", kName, Lines::name);
  admin.email = members.text("email", kAddress);
  const auto password = members.secret("password", kNewPassword);
  admin.language = members.maybe_choice<std::string_view>("language", kLanguages).value_or("en");
  const auto shown = members.maybe_text("secret", {0, 200}).value_or("");
  const auto normal = mail::kept_form(admin.email);
  if (!normal) members.refuse("email", "address.invalid", "This is not an e-mail address.");
  if (auto problem = members.problem()) return Refusal(*problem);
  admin.email_normal = *normal;
  admin.role = rules::Role::admin;
  admin.all_jobs = true;
  admin.id = call.make_id<UserId>();

  const auto& secret = call.house->options.setup_secret;
  if (secret.empty() || !same_secret(shown, secret)) {
    auto needed = setup_needed(call.store());
    if (!needed) return Refusal(needed.error());
    if (*needed)
      return refuse(Kind::denied, "setup.secret", "Only whoever runs this server can set it up.",
                    "Open the link that it wrote when it started.");
  }
  std::lock_guard only_one(call.house->setup);
  auto needed = setup_needed(call.store());
  if (!needed) return Refusal(needed.error());
  if (!*needed)
    return refuse(Kind::conflict, "setup.done", "This installation has its company already.",
                  "Sign in, or ask an admin to add you.");
  auto hash = hash_password(password);
  if (!hash) return Refusal(hash.error());
  std::vector<store::Change> first = {store::AddCompany{company_name, call.now},
                                      store::PutUser{admin, *hash, call.now}};
  return start_session(call, call.make_id<CompanyId>(), admin, 201, std::move(first), std::nullopt);
}

Reply sign_in(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto address = members.text("email", {0, 1000});
  const auto password = members.secret("password", {0, 1000});
  if (auto problem = members.problem()) return Refusal(*problem);
  auto accounts = accounts_of(call.store(), address);
  if (!accounts) return Refusal(accounts.error());
  Tries tries{.house = *call.house,
              .account = digest(mail::normal_form(address).value_or(address)),
              .network = net::network_of(call.request->peer),
              .device = {}};
  for (const auto& one : *accounts)
    if (is_known_device(call, one)) tries.device = device_mark(one.user.id, one.password_hash);
  if (auto wait = tries.enter(call.ticks))
    return Refusal(
        too_many("session.throttled", "There were too many attempts to sign in.", *wait));

  const auto found = whose_password(std::move(*accounts), password);
  if (!found) {
    log::info("session.refused");
    return refuse(Kind::denied, "session.refused", "The address or the password is wrong.",
                  "Check both.");
  }
  tries.succeeded();
  auto response = start_session(call, found->company, found->user, 200, {}, found->password_hash);
  if (!response) return response;
  remember_device(call, found->user.id, found->password_hash, *response);
  return response;
}

Reply sign_out(Call& call) {
  auto response = empty_response();
  if (!call.asker.session) return response;  // a token is taken back by removing it
  auto commit = call.commit();
  commit.changes.push_back(store::EndSession{*call.asker.session, call.user().id});
  const auto done = call.store().commit(commit);
  if (!done && done.error().code != "session.missing") return Refusal(done.error());
  response.headers.emplace_back(
      "Set-Cookie", set_cookie(*call.request, cookie_name(*call.request), "", Duration(0)));
  return response;
}

Reply list_sessions(Call& call) {
  auto sessions =
      call.store().ask(store::Sessions{call.scope(), call.now, call.house->options.session_idle});
  if (!sessions) return Refusal(sessions.error());
  json::array rows;
  for (const auto& session : *sessions)
    rows.push_back(json::object{
        {"id", session.id.text()},
        {"device", session.device},
        {"created", to_rfc3339(to_the_minute(session.created))},
        {"last_used", session.last_used ? json::value(to_rfc3339(to_the_minute(*session.last_used)))
                                        : json::value(nullptr)},
        {"this", session.id == call.asker.session}});
  return json_response(200, rows_of(std::move(rows)));
}

// One's own as well: that is signing out.
Reply end_session(Call& call) {
  auto id = call.path_id<SessionId>(0, "session");
  if (!id) return Refusal(id.error());
  auto commit = call.commit();
  commit.changes.push_back(store::EndSession{*id, call.user().id});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

Reply end_other_sessions(Call& call) {
  auto commit = call.commit();
  commit.changes.push_back(store::EndOtherSessions{call.user().id, *call.asker.session});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

Reply list_tokens(Call& call) {
  auto tokens = call.store().ask(store::TokensOf{call.scope()});
  if (!tokens) return Refusal(tokens.error());
  json::array rows;
  for (const auto& token : *tokens)
    rows.push_back(json::object{{"id", token.id.text()},
                                {"name", token.name},
                                {"created", to_rfc3339(token.created)},
                                {"last_used", when(token.last_used)},
                                {"expires", when(token.expires)},
                                {"scope", token.may_write ? "write" : "read"}});
  return json_response(200, rows_of(std::move(rows)));
}

Reply make_token(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto name = members.text("name", {1, 100}, Lines::name);
  const bool may_write = members.maybe_choice<bool>("scope", kScopes).value_or(true);
  const auto days = members.has("days") ? members.number("days", 1, kTokenDays) : kTokenDays;
  if (auto problem = members.problem()) return Refusal(*problem);
  const auto bearer = Bearer::make(call.asker.company, call.house->random);
  const auto id = call.make_id<TokenId>();
  const auto expires = call.now + std::chrono::hours(24 * days);
  auto commit = call.commit();
  commit.changes.push_back(store::AddToken{id, call.user().id, name, digest(bearer.secret),
                                           call.now, expires, may_write});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return json_response(201, {{"id", id.text()},
                             {"name", name},
                             {"created", to_rfc3339(call.now)},
                             {"last_used", nullptr},
                             {"expires", to_rfc3339(expires)},
                             {"scope", may_write ? "write" : "read"},
                             {"secret", "hb_" + bearer.text()}});
}

Reply remove_token(Call& call) {
  auto id = call.path_id<TokenId>(0, "token");
  if (!id) return Refusal(id.error());
  auto tokens = call.store().ask(store::TokensOf{call.scope()});
  if (!tokens) return Refusal(tokens.error());
  if (std::none_of(tokens->begin(), tokens->end(), [&](const auto& t) { return t.id == *id; }))
    return not_found("token");
  auto commit = call.commit();
  commit.changes.push_back(store::RemoveToken{*id, call.user().id});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace hearback::api
