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
};

// The request target: origin form, or absolute form of http(s). nullopt: malformed.
std::optional<Target> parse_target(std::string_view target);

// "%41" → "A"; nullopt on a malformed escape. `plus` reads '+' as a space (queries).
std::optional<std::string> percent_decode(std::string_view text, bool plus);

std::string_view reason_phrase(int status);

enum class Framing { none, length, chunked, until_close };

// Status line and fields with their empty line. Fields that can't be sent safely, and those that
// are the server's own business (framing, Date), are left out.
std::string response_head(const HttpResponse& response, Framing framing, bool keep_alive);

// An RFC 9457 answer that the server itself gives.
HttpResponse problem(int status);
HttpResponse come_again();  // 503, with Retry-After: there is no room just now

bool is_trusted_proxy(const Address& address, const std::vector<std::string>& proxies);

// Fills peer, secure and loopback from the socket's facts and, where `peer` is a trusted proxy,
// from the X-Forwarded fields. Those of anybody else are removed.
void set_origin(HttpRequest& request, const Address& peer, bool tls,
                const std::vector<std::string>& trusted_proxies);

}  // namespace hearback::net
