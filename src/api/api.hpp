#pragma once
// The HTTP door: REST for the page and for programs (openapi.yaml), sign-in, live events and the
// page's own files. Each request: is the way it came allowed → which route → who asks → may they →
// the handler, whose questions to the store carry the asker's Scope.
#include <memory>

#include "api/http/call.hpp"
#include "net/http.hpp"

namespace hearback::api {

class Api final : public net::HttpHandler {
 public:
  // `env` is the HTTP loop's; `store` outlives the loop.
  Api(net::Env& env, store::Store& store, Options options);
  ~Api() override;

  Task<net::HttpResponse> handle(net::HttpRequest request) override;
  Task<net::BodyRoom> body_room(const net::HttpRequest& head,
                                std::optional<std::uint64_t> length) override;

 private:
  std::unique_ptr<House> house_;
};

}  // namespace hearback::api
