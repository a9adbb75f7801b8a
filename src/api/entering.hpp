#pragma once
// What everybody passes who comes in by a password: the check, the session, and the mark by which
// their browser is known the next time.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/call.hpp"
#include "api/http/members.hpp"
#include "store/changes.hpp"

namespace hearback::api {

inline constexpr Length kNewPassword{12, 1000};

// A session for this user, its cookie on the response, whose body is Me. `first` is committed with
// it. `password_hash`: of the password that was shown; one that isn't theirs then lets nobody in.
Read<net::HttpResponse> start_session(const Call& call, CompanyId company, const rules::User& user,
                                      int status, std::vector<store::Change> first,
                                      std::optional<std::string> password_hash);

// What a browser holds of a user who gave their password there: made from the hash of it, so it
// ends with it.
std::string device_mark(UserId user, std::string_view password_hash);
std::string device_cookie(const net::HttpRequest& request, UserId user);
void remember_device(const Call& call, UserId user, std::string_view password_hash,
                     net::HttpResponse& response);

// Takes the same work whatever is the matter: nobody has the address, or no password was set yet.
bool check_password(const std::string& hash, const std::string& password);

}  // namespace hearback::api
