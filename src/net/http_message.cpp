#include "net/http_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/log.hpp"
#include "base/text.hpp"

namespace hearback::net {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The octet that the escape at `i` stands for; -1: malformed.
int escaped_octet(std::string_view text, std::size_t i) {
  if (i + 2 >= text.size()) return -1;
  int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

std::optional<std::string> decode_path(std::string_view raw) {
  std::string path;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      path += raw[i];
      continue;
    }
    int octet = escaped_octet(raw, i);
    if (octet < 0) return std::nullopt;
    if (octet == '/')
      path += "%2F";  // not a separator: RFC 3986 section 2.2
    else if (octet == '%')
      path += "%25";  // else what stands for itself would read as an escape
    else
      path += static_cast<char>(octet);
    i += 2;
  }
  return path;
}

bool acceptable_path(std::string_view path) {
  if (!path.starts_with('/') || !is_utf8(path)) return false;
  if (std::ranges::any_of(path, is_control)) return false;
  for (auto segment : split(path, '/'))
    if (segment == "." || segment == "..") return false;
  return true;
}

bool is_token(std::string_view text) {  // RFC 9110 section 5.6.2
  static constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSigns.find(c) != kSigns.npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return is_control(c) && c != '\t'; });
}

bool is_servers_own(std::string_view name) {
  static constexpr std::string_view kOwn[] = {"connection", "content-length", "date", "keep-alive",
                                              "transfer-encoding"};
  return std::ranges::any_of(kOwn, [&](auto own) { return ascii_equal(name, own); });
}

std::string http_date() {  // RFC 9110 section 5.6.7
  std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[utc.tm_wday],
                utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text;
}

// All values of one field, in order, as one list (RFC 9110 section 5.3).
std::vector<std::string> list_of(const HttpRequest& request, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : request.headers)
    if (key == name)
      for (auto item : split(value, ',')) values.emplace_back(trim(item));
  return values;
}

// Some proxies add the port: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::optional<Address> forwarded_address(std::string_view text) {
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    text = text.substr(0, text.find(']'));
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  auto address = parse_address(text);
  if (address) return unmapped(*address);
  return std::nullopt;
}

// Plain texts: they stand in JSON as they are.
struct Said {
  int status;
  std::string_view code, title;
};
constexpr Said kSaid[] = {
    {400, "http.malformed", "This request can't be read as HTTP/1.1."},
    {408, "http.too-slow", "The request did not come in time."},
    {413, "http.too-large", "The body of this request is larger than may be sent here."},
    {417, "http.expectation", "A request can expect nothing but 100-continue."},
    {421, "http.misdirected", "An address of https can't be asked for over plain HTTP."},
    {431, "http.head-too-large",
     "The head of this request (its address, its fields) is too large."},
    {500, "http.internal", "Something went wrong inside Hearback."},
    {501, "http.transfer-coding", "Of transfer codings only chunked is known here."},
    {503, "http.busy", "Hearback has too much to do just now."},
    {505, "http.version", "Only HTTP/1.1 and HTTP/1.0 are spoken here."},
};
constexpr Said kUnfinished{503, "http.unfinished",
                           "Hearback has too much to do just now to say whether this was done."};

HttpResponse problem_of(const Said& said) {
  HttpResponse response;
  response.status = said.status;
  response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  response.body = fmt::format(R"({{"type":"about:blank","title":"{}","status":{},"code":"{}"}})",
                              said.title, said.status, said.code);
  return response;
}

}  // namespace

bool is_trusted_proxy(const Address& address, const std::vector<std::string>& proxies) {
  return std::ranges::any_of(proxies, [&](const auto& range) { return within(address, range); });
}

std::optional<Target> parse_target(std::string_view target) {
  Target result;
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!ascii_starts_with(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?#"), target.size());
    result.authority = target.substr(0, end);
    result.https = scheme == "https://";
    target.remove_prefix(end);
    if (result.authority.empty() || result.authority.starts_with(':') ||
        result.authority.find('@') != std::string::npos)
      return std::nullopt;
    break;
  }
  if (target.find('#') != target.npos) return std::nullopt;
  const auto mark = target.find('?');
  const auto raw = target.substr(0, mark);
  // "http://host?q" is the root as well (RFC 9110 section 4.2.3).
  auto path = raw.empty() && !result.authority.empty() ? "/" : decode_path(raw);
  if (!path || !acceptable_path(*path)) return std::nullopt;
  result.path = std::move(*path);
  if (mark != target.npos) result.query = target.substr(mark + 1);
  return result;
}

void set_target(HttpRequest& request, Target target) {
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  if (target.authority.empty()) return;
  std::erase_if(request.headers, [](const auto& field) { return field.first == "host"; });
  request.headers.emplace_back("host", std::move(target.authority));
}

std::optional<std::string> percent_decode(std::string_view text, bool plus) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      int octet = escaped_octet(text, i);
      if (octet < 0) return std::nullopt;
      out += static_cast<char>(octet);
      i += 2;
    } else {
      out += plus && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string_view HttpRequest::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_name) return value;
  return {};
}

std::optional<std::string> HttpRequest::parameter(std::string_view name) const {
  if (query.empty()) return std::nullopt;
  for (auto pair : split(query, '&')) {
    auto equals = pair.find('=');
    auto key = percent_decode(pair.substr(0, equals), true);
    if (!key || *key != name) continue;
    if (equals == pair.npos) return "";
    return percent_decode(pair.substr(equals + 1), true);
  }
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  struct Reason {
    int status;
    std::string_view phrase;
  };
  static constexpr Reason kReasons[] = {{100, "Continue"},
                                        {200, "OK"},
                                        {201, "Created"},
                                        {202, "Accepted"},
                                        {204, "No Content"},
                                        {206, "Partial Content"},
                                        {301, "Moved Permanently"},
                                        {302, "Found"},
                                        {303, "See Other"},
                                        {304, "Not Modified"},
                                        {307, "Temporary Redirect"},
                                        {308, "Permanent Redirect"},
                                        {400, "Bad Request"},
                                        {401, "Unauthorized"},
                                        {403, "Forbidden"},
                                        {404, "Not Found"},
                                        {405, "Method Not Allowed"},
                                        {406, "Not Acceptable"},
                                        {408, "Request Timeout"},
                                        {409, "Conflict"},
                                        {410, "Gone"},
                                        {412, "Precondition Failed"},
                                        {413, "Content Too Large"},
                                        {415, "Unsupported Media Type"},
                                        {416, "Range Not Satisfiable"},
                                        {417, "Expectation Failed"},
                                        {421, "Misdirected Request"},
                                        {422, "Unprocessable Content"},
                                        {425, "Too Early"},
                                        {428, "Precondition Required"},
                                        {429, "Too Many Requests"},
                                        {431, "Request Header Fields Too Large"},
                                        {500, "Internal Server Error"},
                                        {501, "Not Implemented"},
                                        {502, "Bad Gateway"},
                                        {503, "Service Unavailable"},
                                        {504, "Gateway Timeout"},
                                        {505, "HTTP Version Not Supported"}};
  for (const auto& reason : kReasons)
    if (reason.status == status) return reason.phrase;
  return "Status";
}

std::string response_head(const HttpResponse& response, Framing framing, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason_phrase(response.status);
  head += "\r\nDate: " + http_date() + "\r\n";
  for (const auto& [name, value] : response.headers) {
    if (is_servers_own(name)) continue;
    if (!is_token(name) || !is_field_value(value)) {
      log::error("http.unsafe-header", {{"name", name}});
      continue;
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (framing == Framing::length)
    head += "Content-Length: " +
            std::to_string(response.stream ? response.length.value_or(0) : response.body.size()) +
            "\r\n";
  if (framing == Framing::chunked) head += "Transfer-Encoding: chunked\r\n";
  if (!keep_alive) head += "Connection: close\r\n";
  return head += "\r\n";
}

HttpResponse problem(int status) {
  const auto said = std::ranges::find(kSaid, status, &Said::status);
  const bool known = said != std::end(kSaid);
  const auto code = known ? said->code : status >= 500 ? "http.internal" : "http.malformed";
  const auto title = known ? said->title : reason_phrase(status);
  return problem_of({status, code, title});
}

HttpResponse come_again(bool may_be_done) {
  auto response = may_be_done ? problem_of(kUnfinished) : problem(503);
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

void set_origin(HttpRequest& request, const Address& peer, bool tls,
                const std::vector<std::string>& trusted_proxies) {
  auto is_forwarding = [](const auto& field) {
    return field.first.starts_with("x-forwarded-") || field.first == "forwarded";
  };
  bool forwarded = std::ranges::any_of(request.headers, is_forwarding);
  request.peer = to_text(peer);
  request.secure = tls;
  // Behind a proxy on this machine, every request comes from loopback: its mark tells.
  request.loopback = is_loopback(peer) && !forwarded;
  if (!is_trusted_proxy(peer, trusted_proxies)) {
    std::erase_if(request.headers, is_forwarding);
    return;
  }
  auto protocols = list_of(request, "x-forwarded-proto");
  if (!protocols.empty())
    request.secure =
        std::ranges::all_of(protocols, [](const auto& word) { return ascii_equal(word, "https"); });
  // From the nearest hop outward, as long as the hops are ours.
  auto hops = list_of(request, "x-forwarded-for");
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    auto address = forwarded_address(*hop);
    if (!address) break;
    request.peer = to_text(*address);
    if (!is_trusted_proxy(*address, trusted_proxies)) break;
  }
}

}  // namespace hearback::net
