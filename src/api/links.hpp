#pragma once
// A link by which somebody sets their password. Its secret stands behind the '#', so that it is in
// no server's log and in no Referer.
#include <boost/json.hpp>
#include <chrono>
#include <string>

#include "api/http/call.hpp"
#include "store/changes.hpp"

namespace hearback::api {

inline constexpr Duration kLinkAge = std::chrono::hours(24 * 7);

std::string path_of_link(const Bearer& bearer);  // "/welcome#…", under the server's own address

struct NewLink {
  store::PutLink change;
  boost::json::object shown;  // this once: path, expires
};
NewLink new_link(const Call& call, UserId user);  // made by the asker

}  // namespace hearback::api
