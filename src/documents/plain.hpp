#pragma once
// What a file of plain text says.
#include <string>
#include <string_view>

namespace hearback::documents {

// UTF-8, of the first `octets` of it, whatever charset it is in: UTF-16 by its mark, and else as
// mail::to_utf8 finds out of a text that names none.
std::string plain_text(std::string_view file, std::size_t octets = 1u << 20);

}  // namespace hearback::documents
