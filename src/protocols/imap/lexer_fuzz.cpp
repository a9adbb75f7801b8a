// Random bytes as responses: framed in pieces and whole with the same result, and read by every
// reader there is.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "protocols/imap/buffer.hpp"
#include "protocols/imap/errors.hpp"
#include "protocols/imap/response.hpp"

namespace {

using namespace hearback::protocols::imap;

void read_response_every_way(std::string_view bytes) {
  auto response = read_response(bytes);
  read_fetch(response.number, response.rest, 10);
  read_list(response.rest, 10, 10);
  read_status(response.rest, 10);
  read_date_time(response.rest);
  std::vector<std::uint32_t> uids;
  if (expand_uids(response.rest, 1000, uids) && uids.size() > 1000) std::abort();
  Completion answer{1, response.status, std::string(response.code), std::string(response.arguments),
                    std::string(response.text)};
  login_error(answer);
  append_error(answer);
  suggested_backoff(response.text);
  Lexer lexer(bytes, 10);
  while (!lexer.at_end()) {
    auto before = lexer.rest().size();
    lexer.skip_spaces();
    if (!lexer.skip_value()) return;
    if (lexer.rest().size() == before && !lexer.take(')')) return;
  }
}

std::vector<std::string> frames(std::string_view input, std::size_t chunk) {
  ReceiveBuffer buffer;
  buffer.set_limits(2000, 300);
  std::vector<std::string> found;
  while (!input.empty()) {
    buffer.append(input.substr(0, chunk));
    input.remove_prefix(std::min(chunk, input.size()));
    for (;;) {
      auto framed = buffer.frame();
      if (framed == ReceiveBuffer::Framed::too_long) return found;
      if (framed == ReceiveBuffer::Framed::more) break;
      found.emplace_back(buffer.response());
      buffer.consume();
    }
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auto whole = frames(input, size + 1);
  if (whole != frames(input, 1) || whole != frames(input, 7)) std::abort();
  for (const auto& response : whole) read_response_every_way(response);
  read_response_every_way(input);
  return 0;
}
