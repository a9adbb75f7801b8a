#include "api/entering.hpp"

#include "api/device.hpp"
#include "api/http/guard.hpp"
#include "api/http/secrets.hpp"
#include "api/present.hpp"

namespace hearback::api {
namespace {

constexpr Duration kDeviceAge = std::chrono::hours(24 * 400);  // as long as browsers keep a cookie

}  // namespace

Read<net::HttpResponse> start_session(const Call& call, CompanyId company, const rules::User& user,
                                      int status, std::vector<store::Change> first,
                                      std::optional<std::string> password_hash) {
  auto& house = *call.house;
  const auto bearer = Bearer::make(company, house.random);
  store::Commit commit{.company = company, .changes = std::move(first), .expectations = {}};
  commit.changes.push_back(store::AddSession{
      call.make_id<SessionId>(), user.id, digest(bearer.secret), call.now,
      call.now + house.options.session_age, device_words(call.request->header("user-agent")),
      std::move(password_hash)});
  if (auto done = house.store.commit(commit); !done) return Refusal(done.error());
  auto me = present_me(house, rules::user_scope(company, user), user.id);
  if (!me) return Refusal(me.error());
  auto response = json_response(status, *me);
  response.headers.emplace_back("Set-Cookie", set_cookie(*call.request, cookie_name(*call.request),
                                                         bearer.text(), house.options.session_age));
  return response;
}

std::string device_mark(UserId user, std::string_view password_hash) {
  return digest("device\n" + user.text() + "\n" + std::string(password_hash));
}

std::string device_cookie(const net::HttpRequest& request, UserId user) {
  return std::string(cookie_name(request)) + "-device-" + digest(user.text()).substr(0, 16);
}

void remember_device(const Call& call, UserId user, std::string_view password_hash,
                     net::HttpResponse& response) {
  response.headers.emplace_back("Set-Cookie",
                                set_cookie(*call.request, device_cookie(*call.request, user),
                                           device_mark(user, password_hash), kDeviceAge));
}

bool check_password(const std::string& hash, const std::string& password) {
  if (!hash.empty()) return password_matches(hash, password);
  pretend_to_check(password);
  return false;
}

}  // namespace hearback::api
