// Connecting a mailbox and changing its settings: both servers are tried live, and only what let us
// in is saved (C-3). These handlers wait for the network, so they are coroutines on the loop; what
// blocks goes to the workers.
#include <algorithm>
#include <array>
#include <set>

#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/mailboxes.hpp"
#include "api/never_synced.hpp"
#include "api/present.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"
#include "mailbox/probe.hpp"
#include "rules/ownership.hpp"
#include "rules/window.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using mailbox::Login;

constexpr Length kPassword{1, 1000};
constexpr std::array<std::pair<std::string_view, rules::MailboxState>, 2> kStates = {
    {{"active", rules::MailboxState::active}, {"off", rules::MailboxState::off}}};

struct ServerLogin {  // schema ServerLogin
  rules::ServerSettings server;
  std::optional<std::string> password;
};

// C-5. ActiveSync is spoken under names and addresses of its own. Any other web address was only
// pasted as one.
bool looks_like_activesync(std::string_view host, std::string_view security) {
  const auto name = ascii_lower(host);
  const auto word = ascii_lower(security);
  return name.find("activesync") != std::string::npos || name.starts_with("eas.") ||
         name == "m.google.com" || name == "s.outlook.com" || word == "eas" ||
         word.find("activesync") != std::string::npos;
}

bool is_host_name(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= 0x80 || std::isalnum(octet) || c == '.' || c == '-' || c == '_' || c == ':' ||
           c == '[' || c == ']';
  });
}

void refuse_activesync(Members& members, std::string_view field) {
  members.refuse(field, "mailbox.activesync",
                 "Exchange ActiveSync can't be used: it is made for phones and gives no way to "
                 "read headers only.",
                 "Enter the IMAP and SMTP servers of this mailbox instead.");
}

ServerLogin read_server(const json::object& object, std::string prefix, Members& outer) {
  Members members(object, std::move(prefix));
  ServerLogin login;
  login.server.host = members.text("host", {1, 2000});
  const auto security = members.text("security", {1, 40});
  login.server.port = static_cast<std::uint16_t>(members.number("port", 1, 65535));
  login.server.security = security;
  login.server.user = members.maybe_text("user", {0, 1000}).value_or("");
  login.password = members.maybe_secret("password", kPassword);
  if (looks_like_activesync(login.server.host, security))
    refuse_activesync(members, "host");
  else if (login.server.port == 443 || login.server.port == 80)
    refuse_activesync(members, "port");
  if (login.server.host.size() > 253 || !is_host_name(login.server.host))
    members.refuse("host", "mailbox.host-invalid", "This is not the name of a server.",
                   "Write only the name, like imap.example.org.");
  if (security != "tls" && security != "starttls" && security != "none")
    members.refuse("security", "field.invalid", "“security” is tls, starttls or none.");
  outer.take_over(members);
  return login;
}

struct Application {  // for a connection: schema NewMailbox, with its defaults filled in
  rules::Mailbox mailbox;
  std::string imap_password, smtp_password;
  std::vector<rules::NeverSyncedEntry> never_synced;
};

void read_consent(Members& members, rules::Consent& consent, Instant now) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLanguages = {
      {{"en", "en"}, {"fr", "fr"}, {"de", "de"}}};
  const auto* object = members.object("consent");
  if (!object) return;
  Members inner(*object, "consent");
  consent.at = now;
  consent.text_version = inner.text("text_version", {1, 100});
  consent.language = inner.choice<std::string_view>("language", kLanguages);
  members.take_over(inner);
}

void fill_in(ServerLogin& login, const std::string& user,
             const std::optional<std::string>& password, std::string_view field, Members& members) {
  if (login.server.user.empty()) login.server.user = user;
  if (!login.password) login.password = password;
  if (!login.password)
    members.refuse(field, "field.required", "The password of this mailbox is needed.",
                   "Where the provider asks for a second factor, make an app password there.");
}

Read<Application> read_application(const Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  Application application;
  auto& mailbox = application.mailbox;
  mailbox.address = members.text("address", {3, 320});
  const auto normal = mail::kept_form(mailbox.address);
  if (!normal) members.refuse("address", "address.invalid", "This is not an e-mail address.");
  auto user = members.maybe_text("user", {0, 1000}).value_or("");
  if (user.empty()) user = mailbox.address;
  const auto password = members.maybe_secret("password", kPassword);
  ServerLogin imap, smtp;
  if (const auto* object = members.object("imap")) imap = read_server(*object, "imap", members);
  if (const auto* object = members.object("smtp")) smtp = read_server(*object, "smtp", members);
  mailbox.window_since = rules::default_window(call.now);
  if (const auto* object = members.maybe_object("window")) {
    Members inner(*object, "window");
    mailbox.window_since = window_start(read_window(inner));
    members.take_over(inner);
  }
  application.never_synced = read_never_synced(members, "never_synced");
  read_consent(members, mailbox.consent, call.now);
  fill_in(imap, user, password, "password", members);
  fill_in(smtp, user, password, "password", members);
  if (auto problem = members.problem()) return Refusal(*problem);

  mailbox.id = call.make_id<MailboxId>();
  mailbox.owner = call.user().id;
  mailbox.address_normal = *normal;
  mailbox.imap = std::move(imap.server);
  mailbox.smtp = std::move(smtp.server);
  mailbox.connected = mailbox.looked_through = call.now;
  application.imap_password = std::move(*imap.password);
  application.smtp_password = std::move(*smtp.password);
  return application;
}

Refusal probe_failed(const mailbox::ProbeReport& report) {
  Problem problem(Error{Kind::input, "mailbox.probe-failed",
                        "The mailbox could not be connected; nothing was saved.",
                        "See what each server said, mend it and try again."});
  problem.more["imap"] = report.imap ? json::value(present(*report.imap)) : json::value(nullptr);
  problem.more["smtp"] = report.smtp ? json::value(present(*report.smtp)) : json::value(nullptr);
  return Refusal(std::move(problem));
}

std::string plain_host(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return ascii_lower(host);
}

// Where a try is counted, and under what.
struct Counted {
  Throttle* in;
  std::string key;
};

// For who makes it, and for the server that it is made at: by their company, and by all. At the
// servers of a mailbox that they have connected it is theirs alone to be counted.
std::vector<Counted> counted_for(const Call& call, const Login& imap, const Login& smtp,
                                 const rules::Mailbox* own) {
  auto& house = *call.house;
  std::vector<Counted> all{{&house.probes_by_user, call.user().id.text()}};
  std::set<std::string> hosts = {plain_host(imap.server.host), plain_host(smtp.server.host)};
  if (own) hosts.erase(plain_host(own->imap.host));
  if (own) hosts.erase(plain_host(own->smtp.host));
  for (const auto& host : hosts) {
    all.push_back({&house.probes_by_host_of_company, call.asker.company.text() + " " + host});
    all.push_back({&house.probes_by_host, host});
  }
  return all;
}

// Passwords of others could be guessed through us, from our address: tries that fail are counted.
// What isn't tried isn't.
Task<Read<mailbox::ProbeReport>> try_servers(Call call, Login imap, Login smtp,
                                             const rules::Mailbox* own) {
  auto& house = *call.house;
  const auto all = counted_for(call, imap, smtp, own);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto wait = all[i].in->enter(all[i].key, call.ticks);
    if (!wait) continue;
    while (i-- > 0) all[i].in->forgive_one(all[i].key);
    co_return Refusal(
        too_many("mailbox.throttled", "Accounts were tried too often without success.", *wait));
  }
  auto report = co_await house.options.probe(house.env, std::move(imap), std::move(smtp));
  if (!report.ok()) co_return probe_failed(report);
  for (const auto& one : all) one.in->forgive_one(one.key);
  co_return report;
}

// Whose address it is (C-7, C-13), through the asker's eyes: what they may not see doesn't count.
struct Judged {
  rules::AddressProof proof = rules::AddressProof::none;
  store::AddressFactsAre upon;
};

Read<Judged> judge_address(const Call& call, const std::string& normal) {
  store::WhoseAddress asked{
      call.scope(), call.user().id, normal, {}, call.house->options.limits.address_claims_of_user};
  auto facts = call.store().ask(asked);
  if (!facts) return Refusal(facts.error());
  const auto verdict = rules::judge_claim(*facts);
  if (const auto* error = std::get_if<Error>(&verdict)) return Refusal(Problem(*error, "address"));
  const auto* proven = std::get_if<rules::Proven>(&verdict);
  return Judged{proven ? proven->by : rules::AddressProof::none, {std::move(asked), *facts}};
}

// Before anything is asked of foreign servers.
Read<Application> check_application(const Call& call) {
  auto application = read_application(call);
  if (!application) return application;
  auto judged = judge_address(call, application->mailbox.address_normal);
  if (!judged) return Refusal(judged.error());
  return application;
}

// Judged once more, upon what holds in this commit: the servers had their time.
Reply save_connection(const Call& call, Application application,
                      std::vector<rules::Folder> folders) {
  auto& mailbox = application.mailbox;
  auto judged = judge_address(call, mailbox.address_normal);
  if (!judged) return Refusal(judged.error());
  mailbox.proof = judged->proof;
  auto commit = call.commit();
  commit.expectations.push_back(std::move(judged->upon));
  commit.changes.push_back(
      store::AddMailbox{mailbox, application.imap_password, application.smtp_password, call.now});
  // C-14: before the first message of it is looked at.
  if (!application.never_synced.empty())
    commit.changes.push_back(
        store::ChangeNeverSynced{mailbox.id, std::move(application.never_synced), {}, true});
  for (auto& folder : folders) {
    folder.id = call.make_id<FolderId>();
    folder.mailbox = mailbox.id;
  }
  commit.changes.push_back(store::PutFolders{mailbox.id, std::move(folders)});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  auto answer = present_mailbox(call, mailbox);
  if (!answer) return Refusal(answer.error());
  return json_response(201, *answer);
}

// What PATCH asks for, judged against what is stored.
struct Alteration {
  rules::Mailbox mailbox;
  std::optional<rules::MailboxState> state;
  std::optional<ServerLogin> imap, smtp;
  store::MailboxSecret::Answer stored;
  bool has_settings() const { return imap || smtp; }
};

// SEC12: a secret never follows a changed server; whoever names another one knows the password.
void check_password_given(Members& members, std::string_view field,
                          const rules::ServerSettings& before, ServerLogin& after) {
  if (after.server.user.empty()) after.server.user = before.user;
  if (!after.password && after.server != before)
    members.refuse(field, "mailbox.password-needed",
                   "Changed settings need the password once more.");
}

Read<Alteration> read_alteration(const Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  // C-13: what was refused can only be removed.
  if (mailbox->proof == rules::AddressProof::refused)
    return Refusal(rules::not_proven(mailbox->proof));
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  Alteration alteration{
      .mailbox = std::move(*mailbox), .state = {}, .imap = {}, .smtp = {}, .stored = {}};
  alteration.state = members.maybe_choice<rules::MailboxState>("state", kStates);
  if (const auto* object = members.maybe_object("imap")) {
    alteration.imap = read_server(*object, "imap", members);
    check_password_given(members, "imap.password", alteration.mailbox.imap, *alteration.imap);
  }
  if (const auto* object = members.maybe_object("smtp")) {
    alteration.smtp = read_server(*object, "smtp", members);
    check_password_given(members, "smtp.password", alteration.mailbox.smtp, *alteration.smtp);
  }
  if (auto problem = members.problem()) return Refusal(*problem);
  if (!alteration.has_settings()) return alteration;
  auto secret = call.store().ask(
      store::MailboxSecret{rules::engine_scope(call.asker.company), alteration.mailbox.id});
  if (!secret) return Refusal(secret.error());
  alteration.stored = std::move(*secret);
  return alteration;
}

Login login_for(const std::optional<ServerLogin>& changed, const rules::ServerSettings& before,
                const std::string& stored_password) {
  if (!changed) return {before, stored_password};
  return {changed->server, changed->password.value_or(stored_password)};
}

Reply save_alteration(Call& call, const Alteration& alteration) {
  auto commit = call.commit();
  const auto& mailbox = alteration.mailbox;
  if (alteration.has_settings())
    commit.changes.push_back(store::ChangeMailbox{
        .id = mailbox.id,
        .imap = alteration.imap ? alteration.imap->server : mailbox.imap,
        .smtp = alteration.smtp ? alteration.smtp->server : mailbox.smtp,
        .imap_password = alteration.imap ? alteration.imap->password : std::nullopt,
        .smtp_password = alteration.smtp ? alteration.smtp->password : std::nullopt,
        .at = call.now,
        .imap_proven = call.now});
  // Settings that were just seen to work end the state "needs sign-in", and no other: while they
  // were tried, somebody may have switched the mailbox off.
  if (alteration.state)
    commit.changes.push_back(store::SetMailboxState{mailbox.id, *alteration.state});
  else if (alteration.has_settings())
    commit.changes.push_back(store::SetMailboxState{mailbox.id, rules::MailboxState::active,
                                                    rules::MailboxState::needs_sign_in});
  if (!commit.changes.empty())
    if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return get_mailbox(call);
}

}  // namespace

Task<Reply> connect_mailbox(Call call) {
  auto& env = call.house->env;
  auto application =
      co_await at_work(call, net::Lane::read, [call] { return check_application(call); });
  if (!application) co_return Refusal(application.error());
  const auto& mailbox = application->mailbox;
  Login imap{mailbox.imap, application->imap_password};
  Login smtp{mailbox.smtp, application->smtp_password};
  auto report = co_await try_servers(call, std::move(imap), std::move(smtp), nullptr);
  if (!report) co_return Refusal(report.error());
  call.now = env.now();
  co_return co_await at_work(call, net::Lane::write,
                             [call, application = std::move(*application),
                              folders = std::move(report->folders)]() mutable {
                               return save_connection(call, std::move(application),
                                                      std::move(folders));
                             });
}

Task<Reply> change_mailbox(Call call) {
  auto alteration =
      co_await at_work(call, net::Lane::read, [call] { return read_alteration(call); });
  if (!alteration) co_return Refusal(alteration.error());
  if (alteration->has_settings()) {
    auto imap =
        login_for(alteration->imap, alteration->mailbox.imap, alteration->stored.imap_password);
    auto smtp =
        login_for(alteration->smtp, alteration->mailbox.smtp, alteration->stored.smtp_password);
    auto report =
        co_await try_servers(call, std::move(imap), std::move(smtp), &alteration->mailbox);
    if (!report) co_return Refusal(report.error());
  }
  co_return co_await at_work(call, net::Lane::write,
                             [call, alteration = std::move(*alteration)]() mutable {
                               return save_alteration(call, alteration);
                             });
}

namespace {

struct CountRequest {
  MailboxId mailbox;
  Instant since;
};

Read<CountRequest> read_count_request(const Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  // What would match tells who is a candidate.
  if (!rules::is_proven(mailbox->proof)) return Refusal(rules::not_proven(mailbox->proof));
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto since = read_window(members);
  if (auto problem = members.problem()) return Refusal(*problem);
  return CountRequest{mailbox->id, window_start(since)};
}

}  // namespace

namespace {

// A count holds a connection for minutes.
struct Counting {
  explicit Counting(const Call& call)
      : house(*call.house), user(call.user().id), begun(house.counting.insert(user).second) {}
  ~Counting() {
    if (begun) house.counting.erase(user);
  }
  Counting(const Counting&) = delete;
  House& house;
  UserId user;
  bool begun;
};

}  // namespace

Task<Reply> count_window(Call call) {
  auto& env = call.house->env;
  const Counting counting(call);
  if (!counting.begun)
    co_return Refusal(
        too_many("mailbox.counting", "A mailbox of yours is just being counted.", 5s));
  auto request =
      co_await at_work(call, net::Lane::read, [call] { return read_count_request(call); });
  if (!request) co_return Refusal(request.error());
  auto count = co_await mailbox::count_window(env, call.house->store, call.scope(),
                                              request->mailbox, request->since);
  if (!count) co_return Refusal(count.error());
  co_return json_response(200, {{"messages", count->messages},
                                {"candidate_messages", count->candidates},
                                {"oldest", when(count->oldest)}});
}

}  // namespace hearback::api
