#pragma once
// The HTTP server as `api` sees it (HTTP/1.1, RFC 9112, on Beast's parser behind this interface).
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "net/env.hpp"

namespace hearback::net {

struct HttpRequest {
  std::string method;  // upper case
  // Percent-decoded, starts with '/', valid UTF-8 without controls and without "." or ".."
  // segments; an encoded slash stays "%2F".
  std::string path;
  std::string query;                                         // raw, without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // lower-case names
  std::string body;
  std::string peer;     // address of the other end
  bool secure = false;  // came over TLS (ours, or a trusted proxy's word)
  bool loopback = false;

  std::string_view header(std::string_view lower_name) const;         // empty when absent
  std::optional<std::string> parameter(std::string_view name) const;  // decoded query parameter
};

// Where a streaming response (server-sent events) is written. False: the reader is gone.
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  virtual Task<bool> write(std::string bytes) = 0;
  virtual bool gone() const = 0;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // When set, `body` is ignored; called once after the header section was written (chunked).
  std::function<Task<void>(HttpStream&)> stream;
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual Task<HttpResponse> handle(HttpRequest request) = 0;
  // Largest body accepted for this method and path: asked before it is read; more → 413.
  virtual std::size_t body_limit(std::string_view method, std::string_view path) const = 0;
};

struct ListenOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8025;
  std::string certificate_file, key_file;    // both set: TLS
  std::vector<std::string> trusted_proxies;  // whose X-Forwarded-Proto/-For are believed;
                                             // addresses or ranges: "127.0.0.1", "10.0.0.0/8"
  std::size_t connections = 4096;            // at one time; more are answered 503
  Duration idle = 75s;                       // between two requests of a connection
};

}  // namespace hearback::net
