#include "api/http/guard.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace hearback::api {
namespace {

// "Example.org:443" → "example.org"; "[::1]:8025" → "[::1]"; empty: it is none.
std::string host_name(std::string_view host) {
  const auto end =
      host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  const auto port = host.substr(end);
  const bool sound =
      port.empty() || (port.size() > 1 && port[0] == ':' && to_number(port.substr(1)));
  return sound ? ascii_lower(host.substr(0, end)) : std::string();
}

bool is_loopback_name(std::string_view name) {
  constexpr std::array<std::string_view, 3> names = {"127.0.0.1", "localhost", "[::1]"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string own_origin(const net::HttpRequest& request) {
  const std::string_view scheme = request.secure ? "https" : "http";
  const std::string_view usual_port = request.secure ? ":443" : ":80";
  std::string host = ascii_lower(request.header("host"));
  if (host.ends_with(usual_port)) host.resize(host.size() - usual_port.size());
  return std::string(scheme) + "://" + host;
}

Problem denied(std::string code, std::string what, std::string hint) {
  return Problem(Error{Kind::denied, std::move(code), std::move(what), std::move(hint)});
}

// The page's own style elements (menus, the editor) are the one inline thing allowed. Message
// bodies are shown in sandboxed frames that inherit this policy and add a stricter one.
constexpr std::string_view kPagePolicy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    // Markup only through the page's one policy and the editor's clipboard: web/src/trusted.ts.
    "require-trusted-types-for 'script'; trusted-types hearback ProseMirrorClipboard";
// Where a file's bytes are read (web/src/reader): an origin of its own, which reaches nothing, not
// even this server, but the scripts that it consists of.
constexpr std::string_view kReaderPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-scripts; "
    "require-trusted-types-for 'script'; trusted-types hearback-reader";
constexpr std::string_view kApiPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

std::string_view policy_of(Content content) {
  switch (content) {
    case Content::page: return kPagePolicy;
    case Content::reader: return kReaderPolicy;
    case Content::api: break;
  }
  return kApiPolicy;
}

bool is_attribute_char(unsigned char c) {  // RFC 8187 section 3.2.1
  return std::isalnum(c) ||
         std::string_view("!#$&+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

std::optional<Problem> check_transport(const net::HttpRequest& request,
                                       const std::vector<std::string>& public_hosts) {
  if (!request.secure && !request.loopback)
    return denied("http.insecure", "Hearback speaks plain HTTP only with its own machine.",
                  "Use https, or put a proxy that does in front of it.");
  const auto name = host_name(request.header("host"));
  const bool is_public =
      std::any_of(public_hosts.begin(), public_hosts.end(),
                  [&](const std::string& known) { return ascii_equal(known, name); });
  if (is_public || is_loopback_name(name)) return std::nullopt;
  if (request.secure && public_hosts.empty()) return std::nullopt;
  return denied("http.host", "Hearback is not known under this host name.",
                "Add the name to public_hosts in the configuration.");
}

bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

std::optional<Problem> check_origin(const net::HttpRequest& request, bool strict) {
  const auto site = request.header("sec-fetch-site");
  const auto origin = request.header("origin");
  const bool site_good = site == "same-origin" || site == "none" || (site.empty() && !strict);
  const bool origin_good = ascii_equal(origin, own_origin(request)) || (origin.empty() && !strict);
  if (site_good && origin_good) return std::nullopt;
  return denied("csrf.cross-site", "This request did not come from Hearback's own page.",
                "Programs sign in with a token instead of a cookie.");
}

std::string_view cookie_name(const net::HttpRequest& request) {
  return request.secure ? "__Host-hearback" : "hearback";
}

std::string cookie_value(const net::HttpRequest& request, std::string_view name) {
  for (const auto& [header, value] : request.headers) {
    if (header != "cookie") continue;
    for (auto pair : split(value, ';')) {
      pair = trim(pair);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name)
        return std::string(pair.substr(equals + 1));
    }
  }
  return {};
}

std::string set_cookie(const net::HttpRequest& request, std::string_view name,
                       std::string_view value, Duration age) {
  std::string cookie(name);
  cookie += "=";
  cookie += value;
  cookie += "; Path=/; HttpOnly; SameSite=Lax; Max-Age=";
  cookie += std::to_string(std::chrono::duration_cast<std::chrono::seconds>(age).count());
  if (request.secure) cookie += "; Secure";
  return cookie;
}

void add_security_headers(const net::HttpRequest& request, Content content,
                          net::HttpResponse& response) {
  auto& headers = response.headers;
  headers.emplace_back("Content-Security-Policy", policy_of(content));
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("X-DNS-Prefetch-Control", "off");  // hosts named in mail hear nothing
  headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  // An origin of its own is another one to its own scripts. They say nothing of anybody.
  headers.emplace_back("Cross-Origin-Resource-Policy",
                       content == Content::reader ? "cross-origin" : "same-origin");
  if (request.secure) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  const bool has_caching = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return ascii_equal(header.first, "cache-control");
  });
  if (!has_caching) headers.emplace_back("Cache-Control", "no-store");
}

std::string content_disposition(std::string_view filename) {
  std::string plain, extended;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : filename) {
    const auto octet = static_cast<unsigned char>(c);
    const bool quotable =
        octet >= 0x20 && octet < 0x7F && c != '"' && c != '\\' && c != '/' && c != '%';
    plain += quotable ? c : '_';
    if (is_attribute_char(octet)) {
      extended += c;
    } else {
      extended += '%';
      extended += kHex[octet >> 4];
      extended += kHex[octet & 15];
    }
  }
  if (plain.empty()) plain = extended = "attachment";
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + extended;
}

}  // namespace hearback::api
