// The signed-in user, colleagues, and invitations to connect a mailbox (C-6).
#include <algorithm>
#include <array>
#include <filesystem>
#include <unordered_map>

#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/links.hpp"
#include "api/present.hpp"
#include "mail/address.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, rules::Role>, 3> kRoles = {
    {{"admin", rules::Role::admin},
     {"manager", rules::Role::manager},
     {"evaluator", rules::Role::evaluator}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLanguages = {
    {{"en", "en"}, {"fr", "fr"}, {"de", "de"}}};
constexpr std::array<std::pair<std::string_view, rules::AfterAnswer>, 3> kAfterAnswer = {
    {{"next", rules::AfterAnswer::next},
     {"list", rules::AfterAnswer::list},
     {"stay", rules::AfterAnswer::stay}}};

// Nobody is asked more often, by however many colleagues.
constexpr Duration kAskAgain = std::chrono::hours(24);

json::object invited(Instant at) {
  return {{"invited_at", to_rfc3339(at)}, {"again_at", to_rfc3339(at + kAskAgain)}};
}

// A name of the system's time zone database: "Europe/Paris".
bool is_time_zone(const std::string& name) {
  if (name == "UTC") return true;
  const bool well_formed = !name.empty() && name.size() <= 64 && name.front() != '/' &&
                           std::all_of(name.begin(), name.end(), [](unsigned char c) {
                             return std::isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
                           });
  if (!well_formed) return false;
  const std::filesystem::path zones = "/usr/share/zoneinfo";
  std::error_code ignored;
  if (!std::filesystem::is_directory(zones, ignored)) return true;  // can't be known here
  return std::filesystem::is_regular_file(zones / name, ignored);
}

// By an admin's word it is another's mailbox: whose, so that the word can be taken back (C-13).
Refusal is_connected(const store::AddressClaims::Row& row) {
  Problem problem(
      Error{Kind::conflict, "user.address-connected",
            "A colleague's mailbox has this address, and an admin confirmed that it is theirs.",
            "Take that back first, or use another address."},
      "email");
  problem.more["claim"] = present(row);
  return Refusal(std::move(problem));
}

// I-1: by becoming a colleague's the address leaves candidates, with all that lies on their
// profiles by it alone. Whoever adds the colleague is asked first.
std::optional<Problem> ask_candidates(const Call& call, const store::CandidatesWith& asked) {
  auto found = call.store().ask(asked);
  if (!found) return Problem(found.error());
  if (found->empty()) return std::nullopt;
  Problem problem(Error{Kind::conflict, "user.address-of-candidate",
                        "This is a candidate's address: as a colleague's it would leave them, and "
                        "their conversations with it.",
                        "Use another address, or confirm."},
                  "email");
  problem.more["candidates"] = present(*found);
  return problem;
}

// What stands against this user's having the address. Where nobody confirmed that it leaves
// candidates, the commit expects that none has it.
std::optional<Refusal> refuse_address(const Call& call, UserId user, const std::string& normal,
                                      bool confirmed, store::Commit& commit) {
  auto other = call.store().ask(store::UserWith{call.scope(), normal});
  if (!other) return Refusal(other.error());
  if (*other && (*other)->id != user)
    return Refusal(
        Problem(Error{Kind::conflict, "user.exists", "There is a user with this address already."},
                "email"));
  auto taken = call.store().ask(store::ConfirmedAddress{call.scope(), normal});
  if (!taken) return Refusal(taken.error());
  if (*taken && (*taken)->owner.id != user) return is_connected(**taken);
  if (confirmed) return std::nullopt;
  const store::CandidatesWith asked{call.scope(), {normal}, {}};
  if (auto problem = ask_candidates(call, asked)) return Refusal(*problem);
  commit.expectations.push_back(store::NobodyElseHas{asked});
  return std::nullopt;
}

// Absent: as it is.
std::optional<std::string> time_zone_of(Members& members) {
  auto zone = members.maybe_text("time_zone", {1, 64});
  if (zone && !is_time_zone(*zone))
    members.refuse("time_zone", "time-zone.unknown", "This time zone is not known.",
                   "Use a name like Europe/Paris.");
  return zone;
}

std::optional<std::string> language_of(Members& members) {
  auto language = members.maybe_choice<std::string_view>("language", kLanguages);
  return language ? std::optional<std::string>(*language) : std::nullopt;
}

}  // namespace

Reply get_me(Call& call) {
  auto me = present_me(*call.house, call.scope(), call.user().id);
  if (!me) return Refusal(me.error());
  return json_response(200, *me);
}

Reply change_me(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::ChangeProfile change{
      call.user().id, members.maybe_text("name", {1, 200}, Lines::name), {}, {}, {}, {}};
  change.language = language_of(members);
  change.time_zone = time_zone_of(members);
  change.after_answer = members.maybe_choice<rules::AfterAnswer>("after_answer", kAfterAnswer);
  change.signature_html = members.maybe_text("signature_html", {0, 20'000}, Lines::many);
  if (auto problem = members.problem()) return Refusal(*problem);

  auto commit = call.commit();
  commit.changes.push_back(change);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  auto me = present_me(*call.house, call.scope(), call.user().id);
  if (!me) return Refusal(me.error());
  return json_response(200, *me);
}

Reply change_company(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto name = members.text("name", {1, 200}, Lines::name);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(store::ChangeCompany{call.user().id, name, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return json_response(200, json::object{{"id", call.asker.company.text()}, {"name", name}});
}

Reply list_users(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto text = search_text(call);
  if (!text) return Refusal(text.error());
  auto active = flag_parameter(call, "active");
  if (!active) return Refusal(active.error());
  auto users = call.store().ask(store::Users{call.scope(), *text, active->value_or(false), *page});
  if (!users) return Refusal(users.error());
  store::MailboxOwners asked{call.scope(), {}};
  for (const auto& user : users->rows) asked.of.push_back(user.id);
  auto owners = call.store().ask(asked);
  if (!owners) return Refusal(owners.error());
  std::unordered_map<UserId, store::MailboxOwners::Row> known;
  for (const auto& row : *owners) known[row.owner] = row;
  auto asked_already = call.store().ask(store::Invited{call.scope(), asked.of});
  if (!asked_already) return Refusal(asked_already.error());
  std::unordered_map<UserId, Instant> invitations;
  for (const auto& row : *asked_already) invitations[row.to] = row.at;
  auto links = call.store().ask(store::LinksTo{call.scope(), asked.of});
  if (!links) return Refusal(links.error());
  std::unordered_map<UserId, store::LinksTo::Row> ways_in;
  for (const auto& row : *links) ways_in[row.to] = row;
  json::array rows;
  for (const auto& user : users->rows) {
    auto row = present(user);
    // Only those who invite are told.
    if (call.scope().admin) {
      row["arrived"] = ways_in[user.id].has_password;
      row["link_expires"] = when(ways_in[user.id].expires);
      row["connected"] = known[user.id].connected;
      row["waiting"] = known[user.id].waits;
      if (auto at = invitations.find(user.id); at != invitations.end())
        row["invitation"] = invited(at->second);
    }
    rows.push_back(std::move(row));
  }
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(users->next);
  return json_response(200, answer);
}

Reply add_user(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  rules::User user;
  user.name = members.text("name", {1, 200}, Lines::name);
  user.email = members.text("email", {3, 320});
  user.role = members.choice<rules::Role>("role", kRoles);
  user.all_jobs = members.flag("all_jobs", false) || user.role == rules::Role::admin;
  user.language = language_of(members).value_or("en");
  const bool confirmed = members.flag("confirmed", false);
  const auto normal = mail::kept_form(user.email);
  if (!normal) members.refuse("email", "address.invalid", "This is not an e-mail address.");
  if (auto problem = members.problem()) return Refusal(*problem);
  user.email_normal = *normal;
  user.id = call.make_id<UserId>();

  auto commit = call.commit();
  if (auto refused = refuse_address(call, user.id, user.email_normal, confirmed, commit))
    return *refused;
  auto link = new_link(call, user.id);
  commit.changes.push_back(store::PutUser{user, std::nullopt, call.now});
  commit.changes.push_back(link.change);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  auto made = present(user);
  made["link"] = std::move(link.shown);
  return json_response(201, made);
}

Reply change_user(Call& call) {
  auto id = call.path_id<UserId>(0, "user");
  if (!id) return Refusal(id.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::ChangeUser change{.user = *id,
                           .by = call.user().id,
                           .name = members.maybe_text("name", {1, 200}, Lines::name),
                           .role = members.maybe_choice<rules::Role>("role", kRoles),
                           .all_jobs = {},
                           .active = {},
                           .at = call.now,
                           .language = language_of(members),
                           .time_zone = time_zone_of(members)};
  if (members.has("all_jobs")) change.all_jobs = members.flag("all_jobs", false);
  if (members.has("active")) change.active = members.flag("active", true);
  const auto email = members.maybe_text("email", {3, 320});
  const bool confirmed = members.flag("confirmed", false);
  const auto normal = email ? mail::kept_form(*email) : std::nullopt;
  if (email && !normal)
    members.refuse("email", "address.invalid", "This is not an e-mail address.");
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  if (email) {
    change.address = {*email, *normal};
    if (auto refused = refuse_address(call, *id, *normal, confirmed, commit)) return *refused;
  }
  commit.changes.push_back(change);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  auto user = call.store().ask(store::UserById{rules::engine_scope(call.asker.company), *id});
  if (!user) return Refusal(user.error());
  if (!*user) return not_found("user");
  return json_response(200, present(**user));
}

Reply invite_to_connect(Call& call) {
  auto id = call.path_id<UserId>(0, "user");
  if (!id) return Refusal(id.error());
  auto user = call.store().ask(store::UserById{call.scope(), *id});
  if (!user) return Refusal(user.error());
  if (!*user || !(*user)->active) return not_found("user");
  auto owners = call.store().ask(store::MailboxOwners{call.scope(), {*id}});
  if (!owners) return Refusal(owners.error());
  if (!owners->empty() && owners->front().connected)
    return refuse(Kind::conflict, "user.connected",
                  "They have connected a mailbox; there is nothing to ask them for.");
  auto before = call.store().ask(store::Invited{call.scope(), {*id}});
  if (!before) return Refusal(before.error());
  if (!before->empty() && call.now - before->front().at < kAskAgain) {
    Problem problem(Error{Kind::conflict, "user.invited",
                          "They were invited within the last 24 hours, and see it in their inbox.",
                          "They can be invited again a day after."});
    problem.more["invitation"] = invited(before->front().at);
    return Refusal(std::move(problem));
  }
  auto commit = call.commit();
  commit.changes.push_back(
      store::AddInvitation{call.make_id<InvitationId>(), call.user().id, *id, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return json_response(201, invited(call.now));
}

Reply list_invitations(Call& call) {
  auto invitations = call.store().ask(store::Invitations{call.scope()});
  if (!invitations) return Refusal(invitations.error());
  store::UsersAmong asked{call.scope(), {}};
  for (const auto& row : *invitations) asked.users.push_back(row.from);
  auto users = call.store().ask(asked);
  if (!users) return Refusal(users.error());
  std::unordered_map<UserId, std::string> names;
  for (const auto& user : *users) names[user.id] = user.name;
  json::array rows;
  for (const auto& row : *invitations)
    rows.push_back(json::object{
        {"id", row.id.text()}, {"from_name", names[row.from]}, {"at", to_rfc3339(row.at)}});
  return json_response(200, rows_of(std::move(rows)));
}

}  // namespace hearback::api
