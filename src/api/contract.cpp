#include "api/contract.hpp"

#include "api/handlers.hpp"

namespace hearback::api {

Reply get_contract(Call&) {
  net::HttpResponse response;
  response.headers.emplace_back("Content-Type", "application/yaml");
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.body = std::string(contract());
  return response;
}

Reply get_health(Call& call) {
  return json_response(200, {{"status", "ok"}, {"version", call.house->options.version}});
}

}  // namespace hearback::api
