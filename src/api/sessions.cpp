// The first-run page, signing in and out, sessions, and programs' tokens.
#include <algorithm>
#include <array>
#include <mutex>

#include "api/entering.hpp"
#include "api/handlers.hpp"
#include "api/http/guard.hpp"
#include "api/http/members.hpp"
#include "api/present.hpp"
#include "api/set_up_links.hpp"
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

// Nobody needs to know to the second when somebody was here.
Instant to_the_minute(Instant at) { return {at.ms - at.ms % 60'000}; }

Read<store::SignIn::Answer> accounts_of(store::Store& store, const std::string& address) {
  const auto normal = mail::normal_form(address);
  if (!normal) return store::SignIn::Answer{};
  auto answer = store.ask(store::SignIn{*normal});
  if (!answer) return Refusal(answer.error());
  return std::move(*answer);
}

// One password, tried at the accounts of one address: a person may work for several companies.
// Whoever guesses can't lock a person out: a device that has signed in to an account before has
// tries of its own there. At the others it guesses as anybody does, so who knows the password of
// one account, having made it, learns no other's by it.
class Trying {
 public:
  // `some`: not all accounts of the address are tried.
  Trying(const Call& call, const std::string& address, const std::string& password, bool some)
      : house_(*call.house),
        ticks_(call.ticks),
        account_(digest(mail::normal_form(address).value_or(address))),
        network_(net::network_of(call.request->peer)),
        password_(password),
        some_(some) {}

  void at_known(store::SignIn::Found account) {
    const auto mark = device_mark(account.user.id, account.password_hash);
    if (const auto longer = house_.sign_ins_by_device.enter(mark, ticks_)) {
      wait = longer;
      return;
    }
    if (!fits(account)) return;
    house_.sign_ins_by_device.clear(mark);
    right.push_back(std::move(account));
  }

  // Takes the time of a hash where there are none, too.
  void at_others(store::SignIn::Answer accounts) {
    if (const auto longer = enter()) {
      wait = longer;
      return;
    }
    if (accounts.empty()) check_password({}, password_);
    bool wrong = false;  // for one of them
    for (auto& one : accounts) {
      if (fits(one))
        right.push_back(std::move(one));
      else
        wrong = wrong || !one.password_hash.empty();
    }
    if (!accounts.empty() && !wrong) forgive();
  }

  store::SignIn::Answer right;   // where the password is theirs
  std::optional<Duration> wait;  // until there is another try

 private:
  bool fits(const store::SignIn::Found& account) const {
    return check_password(account.password_hash, password_) && account.user.active;
  }
  std::optional<Duration> enter() {
    if (auto longer = house_.sign_ins_by_network.enter(network_, ticks_)) return longer;
    if (auto longer = house_.sign_ins_by_pair.enter(pair(), ticks_)) return longer;
    return house_.sign_ins_by_account.enter(account_, ticks_);
  }
  void forgive() {
    house_.sign_ins_by_network.forgive_one(network_);
    // What was guessed at the others stays counted.
    if (some_)
      house_.sign_ins_by_pair.forgive_one(pair());
    else
      house_.sign_ins_by_pair.clear(pair());
    house_.sign_ins_by_account.forgive_one(account_);
  }
  std::string pair() const { return network_ + " " + account_; }

  House& house_;
  const Instant ticks_;
  const std::string account_, network_;
  const std::string& password_;
  const bool some_;
};

// Told to who has shown the password of each.
Reply which_company(store::Store& store, const store::SignIn::Answer& found) {
  std::vector<std::pair<std::string, CompanyId>> named;
  for (const auto& one : found) {
    auto facts = store.ask(store::CompanyFacts{rules::engine_scope(one.company)});
    if (!facts) return Refusal(facts.error());
    named.emplace_back(facts->name, one.company);
  }
  std::ranges::sort(named);
  json::array companies;
  for (const auto& [name, id] : named)
    companies.push_back(json::object{{"id", id.text()}, {"name", name}});
  Problem problem(Error{Kind::conflict, "session.which-company",
                        "You work for more than one company here.", "Say for which you come in."});
  problem.more["companies"] = std::move(companies);
  return Refusal(std::move(problem));
}

// ---- setting up ----

Error set_up_done() {
  return Error{Kind::conflict, "setup.done", "This link was used already, or is no longer good.",
               "Sign in, or ask whoever runs this server for another one."};
}

enum class Admitted { by_print, by_link };  // of `serve`, as long as there is no company; or more

// By what they show, somebody may make a company.
Read<Admitted> admitted_by(const Call& call, const std::string& shown) {
  const auto& options = call.house->options;
  if (SetUpLinks(options.set_up_links).good(shown, call.now)) return Admitted::by_link;
  auto needed = setup_needed(call.store());
  if (!needed) return Refusal(needed.error());
  if (!*needed) return Refusal(set_up_done());
  if (!options.setup_secret.empty() && same_secret(shown, options.setup_secret))
    return Admitted::by_print;
  return refuse(Kind::denied, "setup.secret", "Only whoever runs this server can set it up.",
                "Open the link that it wrote when it started.");
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

  // Who has no link waits for nobody, and keeps nobody waiting.
  if (auto stranger = admitted_by(call, shown); !stranger) return Refusal(stranger.error());
  std::lock_guard one_after_the_other(call.house->setup);
  auto admitted = admitted_by(call, shown);
  if (!admitted) return Refusal(admitted.error());
  auto hash = hash_password(password);
  if (!hash) return Refusal(hash.error());
  if (*admitted == Admitted::by_link) {
    const auto taken = SetUpLinks(call.house->options.set_up_links).take(shown, call.now);
    if (!taken) return Refusal(taken.error());
    if (!*taken) return Refusal(set_up_done());
  }
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
  const auto company = members.maybe_id<CompanyId>("company");
  if (auto problem = members.problem()) return Refusal(*problem);
  auto accounts = accounts_of(call.store(), address);
  if (!accounts) return Refusal(accounts.error());
  const bool some = company && std::erase_if(*accounts, [&](const auto& one) {
                                 return one.company != *company;
                               }) > 0;
  Trying trying(call, address, password, some);
  store::SignIn::Answer others;
  for (auto& one : *accounts) {
    if (is_known_device(call, one))
      trying.at_known(std::move(one));
    else
      others.push_back(std::move(one));
  }
  if (!others.empty() || accounts->empty()) trying.at_others(std::move(others));
  const auto& right = trying.right;
  if (right.empty() && trying.wait)
    return Refusal(
        too_many("session.throttled", "There were too many attempts to sign in.", *trying.wait));
  if (right.empty()) {
    log::info("session.refused");
    return refuse(Kind::denied, "session.refused", "The address or the password is wrong.",
                  "Check both.");
  }
  if (right.size() > 1) return which_company(call.store(), right);
  const auto& found = right.front();
  auto response = start_session(call, found.company, found.user, 200, {}, found.password_hash);
  if (!response) return response;
  remember_device(call, found.user.id, found.password_hash, *response);
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
