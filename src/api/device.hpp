#pragma once
// Which device a session is on, in words that its user recognizes: "Firefox, Windows". Nothing else
// of what a browser says of itself is kept.
#include <string>
#include <string_view>

namespace hearback::api {

// Of a User-Agent; empty: neither browser nor system is known.
std::string device_words(std::string_view user_agent);

}  // namespace hearback::api
