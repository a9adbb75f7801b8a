// Random bytes as requests, cut at a random place: no crash, no endless loop, no body beyond its
// limit.
#include <cstdlib>

#include "net/http_message.hpp"
#include "net/http_parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hearback::net;
  if (size < 2) return 0;
  std::string_view all(reinterpret_cast<const char*>(data + 1), size - 1);
  auto cut = data[0] * all.size() / 256;
  RequestParser parser(2000);
  std::string input(all.substr(0, cut));
  RequestParser::Header header;
  int status = parser.put_header(input);
  bool more = true;
  while (status == 0 && !parser.header_done() && more) {
    input += all.substr(cut);
    more = false;
    status = parser.put_header(input);
  }
  if (status != 0 || !parser.header_done() || parser.take_header(header) != 0) return 0;
  parse_target(header.target);
  if (!header.has_body) return 0;
  parser.set_body_limit(100);
  status = parser.put_body(input);
  if (status == 0 && more) {
    input += all.substr(cut);
    status = parser.put_body(input);
  }
  if (status == 0 && parser.done() && parser.take_body().size() > 100) std::abort();
  return 0;
}
