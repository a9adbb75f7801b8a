#pragma once
#include <string>
#include <string_view>

namespace hearback::mail {

// Joins the soft-broken lines of format=flowed (RFC 3676 section 4). Lines end in LF.
std::string unflow(std::string_view text, bool delete_space);

}  // namespace hearback::mail
