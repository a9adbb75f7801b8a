#pragma once
// The page's files, from one directory. Everything that is no file is the page itself: it routes
// its own addresses.
#include <string>
#include <string_view>

#include "api/http/problem.hpp"
#include "net/http.hpp"

namespace hearback::api {

// Blocks. `directory` empty or without index.html: pages.missing.
Reply serve_page(const std::string& directory, const net::HttpRequest& request);

// Whether it is part of the frame in which files are shown, that has an origin of its own.
bool is_reader(std::string_view path);

}  // namespace hearback::api
