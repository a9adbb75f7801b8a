#include "api/http/pages.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/http/secrets.hpp"
#include "base/text.hpp"

namespace hearback::api {
namespace {

namespace fs = std::filesystem;

struct Type {
  std::string_view extension, type;
};
constexpr std::array kTypes = {
    Type{".html", "text/html; charset=utf-8"},
    Type{".js", "text/javascript; charset=utf-8"},
    Type{".css", "text/css; charset=utf-8"},
    Type{".json", "application/json"},
    Type{".map", "application/json"},
    Type{".svg", "image/svg+xml"},
    Type{".png", "image/png"},
    Type{".ico", "image/x-icon"},
    Type{".webp", "image/webp"},
    Type{".woff2", "font/woff2"},
    Type{".txt", "text/plain; charset=utf-8"},
    Type{".webmanifest", "application/manifest+json"},
    Type{".wasm", "application/wasm"},
};

std::string_view type_of(std::string_view name) {
  for (const auto& row : kTypes)
    if (name.ends_with(row.extension)) return row.type;
  return "application/octet-stream";
}

// Only plain names: what could lead out of the directory, or to a hidden file, names no file.
bool is_plain_path(std::string_view path) {
  if (path.size() > 1000 || !path.starts_with('/')) return false;
  for (const auto segment : split(path.substr(1), '/')) {
    if (segment.empty() || segment.front() == '.') return false;
    const bool plain = std::all_of(segment.begin(), segment.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '.' || c == '_' || c == '-';
    });
    if (!plain) return false;
  }
  return true;
}

bool is_inside(const fs::path& file, const fs::path& directory) {
  std::error_code wrong;
  const auto real_file = fs::canonical(file, wrong);
  if (wrong) return false;
  const auto real_directory = fs::canonical(directory, wrong);
  if (wrong) return false;
  const auto [end, unused] = std::mismatch(real_directory.begin(), real_directory.end(),
                                           real_file.begin(), real_file.end());
  return end == real_directory.end();
}

std::optional<std::string> read_file(const fs::path& file, const fs::path& directory) {
  std::error_code wrong;
  if (!fs::is_regular_file(file, wrong) || !is_inside(file, directory)) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

struct Coding {
  std::string_view name, extension;
};
// As the page's build leaves them beside each file that they make smaller; the smallest first.
constexpr std::array kCodings = {Coding{"br", ".br"}, Coding{"gzip", ".gz"}};

// RFC 9110 section 12.5.3; a weight of zero is a refusal.
bool accepts(const net::HttpRequest& request, std::string_view coding) {
  bool any = false;
  for (auto item : split(request.header("accept-encoding"), ',')) {
    const auto semicolon = item.find(';');
    const auto name = trim(item.substr(0, semicolon));
    auto weight = semicolon == item.npos ? std::string_view() : trim(item.substr(semicolon + 1));
    const bool refused =
        ascii_starts_with(weight, "q=") && weight.find_first_not_of("0.", 2) == weight.npos;
    if (ascii_equal(name, coding)) return !refused;
    if (name == "*") any = !refused;
  }
  return any;
}

bool lists(std::string_view tags, std::string_view tag) {  // RFC 9110 section 13.1.2
  for (auto item : split(tags, ',')) {
    item = trim(item);
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == tag || item == "*") return true;
  }
  return false;
}

// Files that the page's build names by their content never change.
bool is_immutable(std::string_view path) { return path.starts_with("/assets/"); }

std::optional<net::HttpResponse> serve_file(const fs::path& directory, std::string_view path,
                                            const net::HttpRequest& request) {
  const auto file = directory / path.substr(1);
  for (const auto& coding : kCodings)  // what is packed is served under its own name only
    if (path.ends_with(coding.extension)) return std::nullopt;
  net::HttpResponse response;
  std::optional<std::string> bytes;
  for (const auto& coding : kCodings) {
    auto packed = file;
    packed += coding.extension;
    if (!accepts(request, coding.name) || !(bytes = read_file(packed, directory))) continue;
    response.headers.emplace_back("Content-Encoding", coding.name);
    break;
  }
  if (!bytes) bytes = read_file(file, directory);
  if (!bytes) return std::nullopt;
  const auto tag = '"' + digest(*bytes).substr(0, 32) + '"';  // of what is sent: one per coding
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Content-Type", type_of(path));
  response.headers.emplace_back("Vary", "Accept-Encoding");
  response.headers.emplace_back(
      "Cache-Control", is_immutable(path) ? "public, max-age=31536000, immutable" : "no-cache");
  if (lists(request.header("if-none-match"), tag))
    response.status = 304;
  else
    response.body = std::move(*bytes);
  return response;
}

bool looks_like_file(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
}

}  // namespace

bool is_reader(std::string_view path) { return path.starts_with("/reader/"); }

Reply serve_page(const std::string& directory, const net::HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    Problem problem(Error{Kind::input, "http.method", "Pages can only be read.", ""});
    problem.headers.emplace_back("Allow", "GET, HEAD");
    return Refusal(std::move(problem));
  }
  const auto missing = [] {
    return refuse(Kind::missing, "pages.missing", "There is no such page.");
  };
  if (directory.empty()) return missing();
  std::optional<net::HttpResponse> found;
  if (is_plain_path(request.path)) found = serve_file(directory, request.path, request);
  if (!found &&
      (looks_like_file(request.path) || is_immutable(request.path) || is_reader(request.path)))
    return missing();
  if (!found) found = serve_file(directory, "/index.html", request);
  if (!found) return missing();
  return std::move(*found);
}

}  // namespace hearback::api
