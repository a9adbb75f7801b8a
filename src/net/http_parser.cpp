#include "net/http_parser.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/asio.hpp"
//
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace hearback::net {
namespace {

namespace http = boost::beast::http;

// A line that frames a chunk is short; a peer that never ends it is stopped here.
constexpr std::size_t kFramingLine = 16 * 1024;

int status_of(const boost::system::error_code& error) {
  if (!error || error == http::error::need_more) return 0;
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::bad_version) return 505;
  return 400;
}

}  // namespace

struct RequestParser::Impl {
  http::request_parser<http::string_body> parser;
  std::size_t empty_octets = 0;  // before the request line
  std::size_t head_octets = 0;   // used up

  int put(std::string& input) {
    boost::system::error_code error;
    auto used = parser.put(boost::asio::const_buffer(input.data(), input.size()), error);
    if (!body_begun_) head_octets += used;
    const bool header = !folded_ && used > 0 && !body_begun_;
    for (std::size_t i = 0; header && i < used; ++i) {
      folded_ = folded_ || (last_ == '\n' && (input[i] == ' ' || input[i] == '\t'));
      last_ = input[i];
    }
    body_begun_ = parser.is_header_done();
    input.erase(0, used);
    // A field that goes on in the next line is read as one by some and as two by others.
    return folded_ ? 400 : status_of(error);
  }

 private:
  bool folded_ = false, body_begun_ = false;
  char last_ = 0;
};

RequestParser::RequestParser(std::size_t header_limit)
    : impl_(std::make_unique<Impl>()), header_limit_(header_limit) {
  impl_->parser.header_limit(static_cast<std::uint32_t>(header_limit));
  impl_->parser.body_limit(boost::none);
}

RequestParser::~RequestParser() = default;

bool RequestParser::header_done() const { return impl_->parser.is_header_done(); }
bool RequestParser::done() const { return impl_->parser.is_done(); }

int RequestParser::put_header(std::string& input) {
  if (input.empty() || header_done()) return 0;
  // A robust server ignores empty lines before the request line (RFC 9112 section 2.2): at once,
  // and no more of them than a header may have octets.
  if (!impl_->parser.got_some()) {
    std::size_t end = 0;
    while (std::string_view(input).substr(end).starts_with("\r\n")) end += 2;
    input.erase(0, end);
    if ((impl_->empty_octets += end) > header_limit_) return 431;
  }
  if (input.empty() || input == "\r") return 0;
  if (int status = impl_->put(input)) return status;
  // Beast holds its limit against one piece of input: of fields that come one by one it lets any
  // number pass.
  const auto head = impl_->head_octets + (header_done() ? 0 : input.size());
  return head > header_limit_ ? 431 : 0;
}

int RequestParser::put_body(std::string& input) {
  while (!input.empty() && !done()) {
    auto before = input.size();
    if (int status = impl_->put(input)) return status;
    if (input.size() == before) break;
  }
  return !done() && input.size() > kFramingLine ? 400 : 0;
}

void RequestParser::set_body_limit(std::size_t octets) {
  impl_->parser.body_limit(octets);
  impl_->parser.eager(true);
}

int RequestParser::take_header(Header& header) {
  auto& message = impl_->parser.get();
  header.method = std::string(message.method_string());
  header.target = std::string(message.target());
  header.version_11 = message.version() == 11;
  header.keep_alive = header.version_11 && message.keep_alive();
  if (auto length = impl_->parser.content_length()) header.content_length = *length;
  int hosts = 0, lengths = 0, encodings = 0;
  for (const auto& field : message) {
    auto name = ascii_lower(std::string_view(field.name_string()));
    auto value = std::string_view(field.value());
    hosts += name == "host";
    lengths += name == "content-length";
    encodings += name == "transfer-encoding";
    // "2, 2" is one length to some readers and none to others.
    if (name == "content-length" && value.find_first_not_of("0123456789") != value.npos) return 400;
    if (name == "transfer-encoding" && !ascii_equal(trim(value), "chunked")) return 501;
    if (name == "expect") {
      if (!ascii_equal(trim(value), "100-continue")) return 417;
      header.expects_continue = header.version_11;
    }
    header.fields.emplace_back(std::move(name), std::string(value));
  }
  // Anything that two readers could frame differently is refused (RFC 9112 section 6.3, 11.2).
  if (lengths + encodings > 1 || (encodings > 0 && !header.version_11)) return 400;
  if (hosts > 1 || (header.version_11 && hosts == 0)) return 400;
  header.has_body = !done();
  return 0;
}

std::string RequestParser::take_body() { return std::move(impl_->parser.get().body()); }

}  // namespace hearback::net
