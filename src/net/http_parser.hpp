#pragma once
// One HTTP/1.x request from its bytes (Beast's parser, behind a wall: its headers cost seconds).
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearback::net {

class RequestParser {
 public:
  explicit RequestParser(std::size_t header_limit);
  ~RequestParser();

  // Uses up bytes from the front of `input` until the header section is complete, then until the
  // body is. Returns 0, or the status that answers what is wrong: 400, 413, 431, 501, 505.
  int put_header(std::string& input);
  int put_body(std::string& input);

  bool header_done() const;
  bool done() const;

  // After header_done.
  struct Header {
    std::string method, target;
    std::vector<std::pair<std::string, std::string>> fields;  // lower-case names
    bool version_11 = false;
    bool keep_alive = false;
    bool expects_continue = false;
    bool has_body = false;
    std::optional<std::uint64_t> content_length;
  };
  // What Beast lets pass and we don't is answered here: 400 (host, framing), 417, 501.
  int take_header(Header& header);
  void set_body_limit(std::size_t octets);

  std::string take_body();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::size_t header_limit_;
};

}  // namespace hearback::net
