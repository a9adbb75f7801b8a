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

// A party and the octets of bodies that it may have in memory at one time.
struct BodyShare {
  std::string who;
  std::size_t most = 0;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // What a large body counts against while it is sent (all of them must have room; else 503). None:
  // the share of the peer's network.
  std::vector<BodyShare> shares;
  // Who reads it, by a name of the handler's; empty: somebody unknown. Who holds more connections
  // than `connections_of_one` gives the others way.
  std::string reader;
  // When set, `body` is ignored; called once after the header section was written. `length`: the
  // octets that it writes, where that is known; what ends with fewer is cut off, so that the reader
  // sees that it isn't whole. Else it comes in chunks, and ends when the program does.
  std::function<Task<void>(HttpStream&)> stream;
  std::optional<std::uint64_t> length;
};

// What the body of a request may take.
struct BodyRoom {
  std::size_t octets = 0;               // more → 413
  std::vector<BodyShare> shares;        // all of them must have room; else 503
  std::optional<HttpResponse> refusal;  // the answer, instead of reading a body
  // Nobody has shown who they are: where others need the place, it is theirs while the body comes.
  bool stranger = false;
  std::string sender;  // as a response's reader
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual Task<HttpResponse> handle(HttpRequest request) = 0;
  // Asked of each request with a body, from its header alone, before any of the body is read.
  // `length`: what the header says; nullopt when it comes in chunks. `head` lives until the answer.
  virtual Task<BodyRoom> body_room(const HttpRequest& head,
                                   std::optional<std::uint64_t> length) = 0;
};

struct ListenOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8025;
  std::string certificate_file, key_file;    // both set: TLS
  std::vector<std::string> trusted_proxies;  // whose X-Forwarded-Proto/-For are believed;
                                             // addresses or ranges: "127.0.0.1", "10.0.0.0/8"
  // At one time, and of these from one network (trusted proxies excepted). Who comes when all are
  // taken gets the place of who has waited longest for their peer (HttpSeats); else 503. Never more
  // than half of the process's descriptors: the others are for mail and files.
  std::size_t connections = 4096;
  std::size_t connections_of_network = 1024;
  std::size_t connections_of_one =
      64;               // who reads or sends; more only while nobody else needs them
  Duration idle = 75s;  // between two requests of a connection
};

}  // namespace hearback::net
