// A password is its owner's alone: set by a link that an admin hands over, changed by whoever knows
// it (O-5, docs/decisions/0039-links-instead-of-passwords.md).
#include "api/entering.hpp"
#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/links.hpp"
#include "base/log.hpp"
#include "net/address.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

Refusal gone() { return Refusal(store::link_gone()); }

Read<bool> enter(const Call& call) {
  auto& tries = call.house->links_by_network;
  if (auto wait = tries.enter(net::network_of(call.request->peer), call.ticks))
    return Refusal(
        too_many("session.throttled", "There were too many attempts to sign in.", *wait));
  return true;
}

struct Shown {
  Bearer bearer;
  store::LinkOf::Found found;
};

// Whatever is the matter with it, it is told alike.
Read<Shown> look_up(const Call& call, const std::string& link) {
  const auto bearer = Bearer::parse(link);
  if (!bearer) return gone();
  auto found = call.store().ask(store::LinkOf{bearer->company, digest(bearer->secret), call.now});
  if (!found) return Refusal(found.error());
  if (!*found) return gone();
  call.house->links_by_network.forgive_one(net::network_of(call.request->peer));
  return Shown{*bearer, std::move(**found)};
}

}  // namespace

NewLink new_link(const Call& call, UserId user) {
  const auto bearer = Bearer::make(call.asker.company, call.house->random);
  const auto expires = call.now + kLinkAge;
  return {{user, call.user().id, digest(bearer.secret), call.now, expires},
          {{"path", path_of_link(bearer)}, {"expires", to_rfc3339(expires)}}};
}

std::string path_of_link(const Bearer& bearer) { return "/welcome#" + bearer.text(); }

Reply make_link(Call& call) {
  auto id = call.path_id<UserId>(0, "user");
  if (!id) return Refusal(id.error());
  if (*id == call.user().id)
    return refuse(Kind::conflict, "user.own-link", "This is your own account.",
                  "Change your password under My account.");
  auto link = new_link(call, *id);
  auto commit = call.commit();
  commit.changes.push_back(link.change);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return json_response(201, link.shown);
}

Reply read_link(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto text = members.secret("link", {0, 1000});
  if (auto problem = members.problem()) return Refusal(*problem);
  if (auto entered = enter(call); !entered) return Refusal(entered.error());
  auto shown = look_up(call, text);
  if (!shown) return Refusal(shown.error());
  const auto& link = shown->found;
  return json_response(
      200, {{"kind", link.has_password ? "reset" : "welcome"},
            {"company", link.company_name},
            {"name", link.user.name},
            {"email", link.user.email},
            {"language", link.user.language},
            {"by", link.by_name.empty() ? json::value(nullptr) : json::value(link.by_name)},
            {"tokens", link.has_tokens},
            {"expires", to_rfc3339(link.expires)}});
}

// The password is hashed first, so that a link that is good takes no longer than one that isn't.
Reply use_link(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto text = members.secret("link", {0, 1000});
  const auto password = members.secret("password", kNewPassword);
  const bool end_tokens = members.flag("end_tokens", false);
  if (auto problem = members.problem()) return Refusal(*problem);
  if (auto entered = enter(call); !entered) return Refusal(entered.error());
  auto hash = hash_password(password);
  if (!hash) return Refusal(hash.error());
  auto shown = look_up(call, text);
  if (!shown) return Refusal(shown.error());
  const auto& user = shown->found.user;
  // Of two who use it at once, the commit lets one.
  auto response = start_session(
      call, shown->bearer.company, user, 200,
      {store::UseLink{user.id, digest(shown->bearer.secret), *hash, end_tokens, call.now}}, *hash);
  if (!response) return response;
  remember_device(call, user.id, *hash, *response);
  return response;
}

Reply change_password(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto current = members.secret("current", {0, 1000});
  const auto password = members.secret("password", kNewPassword);
  const bool end_tokens = members.flag("end_tokens", false);
  if (auto problem = members.problem()) return Refusal(*problem);
  const auto key = call.user().id.text();
  if (auto wait = call.house->passwords_by_user.enter(key, call.ticks))
    return Refusal(
        too_many("session.throttled", "There were too many attempts to sign in.", *wait));
  auto before = call.store().ask(store::PasswordOf{call.scope()});
  if (!before) return Refusal(before.error());
  const auto known = before->value_or("");
  if (!check_password(known, current)) {
    log::info("password.refused");
    return refuse_field("current", "password.wrong", "This is not your password.",
                        "If you don't know it any more, an admin makes you a link.");
  }
  call.house->passwords_by_user.clear(key);
  auto hash = hash_password(password);
  if (!hash) return Refusal(hash.error());
  auto commit = call.commit();
  commit.changes.push_back(store::ChangePassword{call.user().id, known, *hash, *call.asker.session,
                                                 end_tokens, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  auto response = empty_response();
  remember_device(call, call.user().id, *hash, response);
  return response;
}

}  // namespace hearback::api
