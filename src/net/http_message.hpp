#pragma once
// The parts of HTTP messages that need no socket (RFC 9110, RFC 9112, RFC 3986).
#include <optional>
#include <string>
#include <string_view>

#include "net/address.hpp"
#include "net/http.hpp"

namespace hearback::net {

struct Target {
  std::string path, query;
  std::string authority;  // of an absolute form; else empty
  bool https = false;     // likewise: its scheme
};

// The request target: origin form, or absolute form of http(s). nullopt: malformed, or names a user
// (RFC 9110 section 4.2.4).
std::optional<Target> parse_target(std::string_view target);

// Fills path and query, and Host with the authority where the target names one: that one counts,
// whatever Host says (RFC 9112 section 3.2.2).
void set_target(HttpRequest& request, Target target);

// "%41" → "A"; nullopt on a malformed escape. `plus` reads '+' as a space (queries).
std::optional<std::string> percent_decode(std::string_view text, bool plus);

std::string_view reason_phrase(int status);

enum class Framing { none, length, chunked, until_close };

// Status line and fields with their empty line. Fields that can't be sent safely, and those that
// are the server's own business (framing, Date), are left out.
std::string response_head(const HttpResponse& response, Framing framing, bool keep_alive);

// An RFC 9457 answer that the server itself gives, with a code of its own for each status.
HttpResponse problem(int status);
// 503, with Retry-After: there is no room just now, for the request or, where what it asks for may
// be done already, for its answer.
HttpResponse come_again(bool may_be_done = false);

bool is_trusted_proxy(const Address& address, const std::vector<std::string>& proxies);

// Fills peer, secure and loopback from the socket's facts and, where `peer` is a trusted proxy,
// from the X-Forwarded fields. Those of anybody else are removed.
void set_origin(HttpRequest& request, const Address& peer, bool tls,
                const std::vector<std::string>& trusted_proxies);

}  // namespace hearback::net
