#pragma once
// Files from other people's web servers: GET over HTTPS (RFC 9110, RFC 9112), without cookies,
// without a word of who wants it. Every server, that of a redirection too, goes through Env::dial,
// so none is reached that the operator's policy forbids.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/task.hpp"
#include "net/env.hpp"

namespace hearback::net {

struct WebAddress {
  std::string host;  // a name as it is looked up, or a literal address without brackets
  std::uint16_t port = 443;
  std::string target;  // path and query, in ASCII
  bool operator==(const WebAddress&) const = default;
};

// A URL with https. One with http means the same server by https: nothing is asked in the clear.
// nullopt: another scheme, a name or password in it, http at a port of its own, another protocol's
// port, no URL.
std::optional<WebAddress> web_address(std::string_view url);
// Where a redirection leads, as its Location says (RFC 9110 section 10.2.2).
std::optional<WebAddress> redirected(const WebAddress& from, std::string_view location);

// Asks one after the other, and keeps a connection as long as its server is asked again.
class HttpClient {
 public:
  // `patience`: for all that is asked of it.
  HttpClient(Env& env, Duration patience);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  // The body of a successful answer that says how long it is. Errors: those of Env::dial;
  // net.timeout, of this one or of all together; http.too-large; http.answer: no success, too many
  // redirections, or no HTTP.
  Task<Result<std::string>> get(WebAddress address, std::size_t at_most);
  bool out_of_patience() const;
  const std::string& last_host() const { return last_host_; }  // that was asked, or tried

 private:
  struct Open;
  struct Answer;
  Task<Result<Answer>> ask(const WebAddress& address, std::size_t at_most, Instant until);
  Task<Result<Answer>> exchange(const WebAddress& address, std::size_t at_most, Instant until);

  Env& env_;
  Instant end_;
  std::string last_host_;
  std::unique_ptr<Open> open_;
};

}  // namespace hearback::net
