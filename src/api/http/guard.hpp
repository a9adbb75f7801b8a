#pragma once
// What is checked of a request before anybody asks who sent it, and what is said to browsers with
// every answer.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/problem.hpp"
#include "net/http.hpp"

namespace hearback::api {

// Plain HTTP is for programs on this machine (http.insecure). Over it, Host must be a loopback name
// or one of `public_hosts`, so that no foreign name can be re-bound to us (http.host).
std::optional<Problem> check_transport(const net::HttpRequest& request,
                                       const std::vector<std::string>& public_hosts);

bool is_safe(std::string_view method);  // GET, HEAD, OPTIONS

// Cross-site request forgery, csrf.cross-site. `strict`: a cookie speaks for the sender, so the
// browser must say where the request comes from. Otherwise (sign-in) what it says must be right.
std::optional<Problem> check_origin(const net::HttpRequest& request, bool strict);

// "__Host-hearback"; over plain HTTP, where browsers refuse that prefix, "hearback".
std::string_view cookie_name(const net::HttpRequest& request);
std::string cookie_value(const net::HttpRequest& request, std::string_view name);  // empty: none
std::string set_cookie(const net::HttpRequest& request, std::string_view name,
                       std::string_view value, Duration age);

enum class Content { page, reader, api };  // reader: see is_reader
void add_security_headers(const net::HttpRequest& request, Content content,
                          net::HttpResponse& response);

// RFC 6266 with RFC 8187: always a download.
std::string content_disposition(std::string_view filename);

}  // namespace hearback::api
