#pragma once
// The pictures of an HTML body that lie on somebody's web server.
#include <string>
#include <string_view>
#include <vector>

namespace hearback::mail {

// URLs as they stand in <img src>, references resolved, each once, in the order of the text, at
// most `at_most`. Left out: what is one or two pixels wide or high, which shows nothing and is
// there to tell that somebody has read.
std::vector<std::string> remote_pictures(std::string_view html, std::size_t at_most);

}  // namespace hearback::mail
