#pragma once
// Idempotency-Key (O-2): a request that is sent again with its key gets the first answer again and
// changes nothing. The key is the asker's own; the same key with another request is
// idempotency.reused.
//
// Idempotency-Instead-Of names keys of earlier requests of the asker's that may have been done,
// with spaces between them: of all these and this one at most one is done. Where another was, this
// one is refused (idempotency.other-done); once this one is, what comes late of the others is.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/http/call.hpp"

namespace hearback::api {

class Once {
 public:
  // What this request was answered before; else what `work` makes of it, given the Once that it
  // commits by. Whatever refuses it then may be what the same request did that was faster (it took
  // the files along, say): that one's answer is the answer.
  template <class Work>
  static Reply answer(const Call& call, const Work& work) {
    auto once = of(call);
    if (!once) return Refusal(once.error());
    auto earlier = once->earlier(call);
    if (!earlier) return Refusal(earlier.error());
    if (*earlier) return std::move(**earlier);
    Reply done = work(*once);
    if (done) return done;
    return settled(std::move(done), once->earlier(call));
  }
  // What is answered to a refused request, after one more look for the first answer. Where that
  // look fails, nobody knows what the other has done.
  static Reply settled(Reply refused, Read<std::optional<net::HttpResponse>> look);

  // Commits, and remembers `response` in the same transaction.
  Reply commit(const Call& call, store::Commit commit, net::HttpResponse response) const;

 private:
  static constexpr auto kInsteadOf = "idempotency-instead-of";

  static Read<Once> of(const Call& call);
  // The answer that this request has got before. Refused where one that it is instead of got one.
  Read<std::optional<net::HttpResponse>> earlier(const Call& call) const;
  Read<std::optional<net::HttpResponse>> nothing_of_others(const Call& call) const;

  std::string key_;  // empty: none was given
  std::vector<std::string> others_;
  std::string hash_;
};

}  // namespace hearback::api
