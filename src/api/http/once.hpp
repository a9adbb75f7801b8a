#pragma once
// Idempotency-Key (O-2): a request that is sent again with its key gets the first answer again and
// changes nothing. The key is the asker's own; the same key with another request is
// idempotency.reused.
#include <optional>
#include <string>

#include "api/http/call.hpp"

namespace hearback::api {

class Once {
 public:
  static Read<Once> of(const Call& call);

  // The answer that this request has got before.
  Read<std::optional<net::HttpResponse>> earlier(const Call& call) const;
  // Commits, and remembers `response` in the same transaction. When the same request was faster
  // elsewhere, answers what it was answered.
  Reply commit(const Call& call, store::Commit commit, net::HttpResponse response) const;

 private:
  std::string key_;  // empty: none was given
  std::string hash_;
};

}  // namespace hearback::api
