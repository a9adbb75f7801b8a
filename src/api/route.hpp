#pragma once
// The table of everything the API can be asked (openapi.yaml): method, path, who may, and the
// handler. A route without a row here doesn't exist.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/call.hpp"
#include "base/task.hpp"

namespace hearback::api {

// What the asker must be allowed to do before the handler is called. Which objects they may see is
// the Scope's matter, inside the handler.
// `in_person` and `manage_people` take a session: what makes a way in isn't a program's to do
// (O-5).
enum class Right {
  anyone,
  signed_in,
  in_person,
  edit_candidates,
  move_applications,
  write_mail,
  manage_company,
  manage_people
};
bool allows(Right right, const rules::User& user);
bool needs_session(Right right);

struct Route {
  std::string_view method;
  std::string_view path;       // "/threads/{id}", below /api/v1
  std::string_view operation;  // its operationId
  Right right = Right::signed_in;
  // One of the two. `work` runs on a worker thread and may block; `wait` runs on the loop.
  Reply (*work)(Call& call) = nullptr;
  Task<Reply> (*wait)(Call call) = nullptr;
  // Where `work` runs, if its method doesn't tell: safe ones read, others write.
  std::optional<net::Lane> lane = {};
};

inline constexpr std::string_view kApiRoot = "/api/v1";

net::Lane lane_of(const Route& route);

std::span<const Route> routes();

struct Match {
  const Route* route = nullptr;
  std::vector<std::string> path;  // placeholders' values
  std::string allowed;            // methods that the path knows, when the method is wrong
};
// `path` as requested, with kApiRoot.
Match match(std::string_view method, std::string_view path);

}  // namespace hearback::api
