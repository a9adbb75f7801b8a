#include "net/http_client.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/address.hpp"
#include "net/asio.hpp"
#include "net/resolve.hpp"
//
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace hearback::net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kHeadOctets = 32 * 1024;
constexpr std::size_t kBesideBody =
    1024 * 1024;  // of an answer: heads, and what chunks say of themselves
constexpr std::size_t kUrlOctets = 4000;
constexpr int kRedirections = 3;
constexpr int kInterim = 5;            // answers before the answer
constexpr Duration kOnePatience = 8s;  // of one file, its redirections with it
constexpr Duration kDialPatience = 3s;

Failure no_answer() {
  return fail(Kind::permanent, "http.answer", "The web server doesn't give what was asked for.");
}

Failure too_late() {
  return fail(Kind::transient, "net.timeout", "The web server takes too long.");
}

bool is_redirection(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// As a browser would send it: what can't stand in a request is escaped. nullopt: control
// characters.
std::optional<std::string> as_target(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = text.starts_with('/') || text.starts_with('\\') ? "" : "/";
  for (const char c : text.substr(0, text.find('#'))) {
    const auto octet = static_cast<std::uint8_t>(c);
    if (octet < 0x20 || octet == 0x7f) return std::nullopt;
    if (octet > 0x7f || c == ' ' || c == '"' || c == '<' || c == '>') {
      out += {'%', kHex[octet >> 4], kHex[octet & 15]};
    } else {
      out += c == '\\' ? '/' : c;
    }
  }
  return out;
}

// "host", "host:port" or "[address]:port". nullopt: neither, or somebody's name is in it.
std::optional<WebAddress> authority(std::string_view text) {
  if (text.empty() || text.find('@') != text.npos) return std::nullopt;
  WebAddress address;
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == text.npos) return std::nullopt;
  const auto colon = text.find(':', bracket);
  const auto host = text.substr(0, colon);
  address.host = bracket ? host.substr(1, host.size() - 2) : host;
  if (colon != text.npos && colon + 1 < text.size()) {
    const auto port = to_number(text.substr(colon + 1));
    if (!port || *port == 0 || *port > 65535) return std::nullopt;
    address.port = static_cast<std::uint16_t>(*port);
  }
  // Those of other protocols aren't a web server's.
  if (address.port != 443 && (address.port < 1024 || address.port == 2525)) return std::nullopt;
  if (!bracket) address.host = normal_host(address.host);
  if (address.host.empty() || (bracket && !parse_address(address.host))) return std::nullopt;
  return address;
}

std::string host_field(const WebAddress& address) {
  auto host = address.host.find(':') == address.host.npos ? address.host : "[" + address.host + "]";
  return address.port == 443 ? host : host + ":" + std::to_string(address.port);
}

// Nothing that tells one server, one reader or one message from another.
std::string request_for(const WebAddress& address) {
  return "GET " + address.target + " HTTP/1.1\r\nHost: " + host_field(address) +
         "\r\nAccept: image/*\r\nAccept-Encoding: identity\r\nUser-Agent: Mozilla/5.0\r\n\r\n";
}

auto make_parser(std::size_t at_most) {
  auto parser = std::make_unique<http::response_parser<http::string_body>>();
  parser->header_limit(kHeadOctets);
  parser->body_limit(at_most);
  parser->eager(true);
  return parser;
}

}  // namespace

std::optional<WebAddress> web_address(std::string_view url) {
  url = trim(url);
  if (url.size() > kUrlOctets) return std::nullopt;
  const bool clear = ascii_starts_with(url, "http://");
  if (!clear && !ascii_starts_with(url, "https://")) return std::nullopt;
  url.remove_prefix(clear ? 7 : 8);
  const auto end = std::min(url.find_first_of("/?#\\"), url.size());
  auto host = url.substr(0, end);
  if (clear && host.ends_with(":80")) host.remove_suffix(3);
  auto address = authority(host);
  auto target = as_target(url.substr(end));
  if (!address || !target || (clear && address->port != 443)) return std::nullopt;
  address->target = std::move(*target);
  return address;
}

std::optional<WebAddress> redirected(const WebAddress& from, std::string_view location) {
  location = trim(location);
  if (location.empty()) return std::nullopt;
  if (location.starts_with("//")) return web_address("https:" + std::string(location));
  const auto colon = location.find(':');
  if (colon < location.find_first_of("/?#")) return web_address(location);
  auto path = from.target.substr(0, from.target.find('?'));
  if (location.starts_with('/'))
    path.clear();
  else if (!location.starts_with('?'))
    path.resize(path.rfind('/') + 1);
  auto target = as_target(path + std::string(location));
  if (!target || target->size() > kUrlOctets) return std::nullopt;
  return WebAddress{from.host, from.port, std::move(*target)};
}

struct HttpClient::Answer {
  int status = 0;
  std::string location, body;
};

struct HttpClient::Open {
  WebAddress server;
  std::unique_ptr<protocols::Connection> connection;
  std::string input;  // that came and wasn't looked at yet
  bool used = false;
};

HttpClient::HttpClient(Env& env, Duration patience) : env_(env), end_(env.ticks() + patience) {}
HttpClient::~HttpClient() = default;

bool HttpClient::out_of_patience() const { return env_.ticks() >= end_; }

Task<Result<std::string>> HttpClient::get(WebAddress address, std::size_t at_most) {
  const auto until = std::min(end_, env_.ticks() + kOnePatience);
  for (int left = kRedirections; left >= 0; --left) {
    last_host_ = address.host;
    auto answer = co_await ask(address, at_most, until);
    if (!answer) co_return Failure(answer.error());
    if (answer->status == 200) co_return std::move(answer->body);
    if (!is_redirection(answer->status)) break;
    auto next = redirected(address, answer->location);
    if (!next) break;
    address = std::move(*next);
  }
  co_return no_answer();
}

// On the connection that there is, if it leads there; that one may have ended meanwhile.
Task<Result<HttpClient::Answer>> HttpClient::ask(const WebAddress& address, std::size_t at_most,
                                                 Instant until) {
  if (open_ && (open_->server.host != address.host || open_->server.port != address.port))
    open_.reset();
  const bool again = open_ && open_->used;
  auto answer = co_await exchange(address, at_most, until);
  const bool ended = !answer && answer.error().code == "net.closed";
  if (again && ended) answer = co_await exchange(address, at_most, until);
  co_return answer;
}

Task<Result<HttpClient::Answer>> HttpClient::exchange(const WebAddress& address,
                                                      std::size_t at_most, Instant until) {
  auto open = std::move(open_);
  if (env_.ticks() >= until) co_return too_late();
  if (!open) {
    auto dialed = co_await env_.dial({address.host, address.port, Security::tls},
                                     std::min(until - env_.ticks(), kDialPatience));
    if (!dialed) co_return Failure(dialed.error());
    open = std::make_unique<Open>(address, std::move(*dialed));
  }
  const auto left = [&] { return std::max(until - env_.ticks(), Duration(1)); };
  auto written = co_await open->connection->perform(protocols::Write{request_for(address), left()});
  if (written.error) co_return Failure(std::move(*written.error));
  if (written.timed_out) co_return too_late();

  auto parser = make_parser(at_most);
  int interim = 0;
  // Chunks may say more about themselves than they hold.
  auto room = at_most + kBesideBody;
  while (!parser->is_done()) {
    boost::system::error_code error;
    auto& input = open->input;
    const auto used = parser->put(boost::asio::const_buffer(input.data(), input.size()), error);
    input.erase(0, used);
    if (error == http::error::body_limit)
      co_return fail(Kind::permanent, "http.too-large", "What the web server sends is too large.");
    if (error && error != http::error::need_more) co_return no_answer();
    // A head, or a line between chunks, that never ends.
    if (used == 0 && input.size() > kHeadOctets) co_return no_answer();
    // Whose body nobody needs.
    if (parser->is_header_done() && is_redirection(int(parser->get().result_int()))) break;
    // How long it is must be said: a connection that ends doesn't say who has ended it.
    if (parser->is_header_done() && parser->need_eof()) co_return no_answer();
    if (parser->is_done() && parser->get().result_int() < 200) {  // RFC 9110 section 15.2
      if (++interim > kInterim) co_return no_answer();
      parser = make_parser(at_most);
      continue;
    }
    if (parser->is_done() || used > 0) continue;
    if (env_.ticks() >= until) co_return too_late();
    auto read = co_await open->connection->perform(protocols::Read{left()});
    if (read.timed_out) co_return too_late();
    if (read.error) co_return Failure(std::move(*read.error));
    if (read.bytes.size() > room)
      co_return fail(Kind::permanent, "http.too-large", "What the web server sends is too large.");
    room -= read.bytes.size();
    input += read.bytes;
  }
  Answer answer;
  auto& message = parser->get();
  answer.status = static_cast<int>(message.result_int());
  answer.location = std::string(message[http::field::location]);
  answer.body = std::move(message.body());
  open->used = true;
  if (parser->is_done() && parser->keep_alive() && open->input.empty()) open_ = std::move(open);
  co_return answer;
}

}  // namespace hearback::net
