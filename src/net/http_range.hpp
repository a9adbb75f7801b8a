#pragma once
// Which part of an answer a request asks for (RFC 9110 section 14).
#include <string>
#include <string_view>

#include "base/octet_range.hpp"
#include "net/http.hpp"

namespace hearback::net {

struct AskedRange {
  enum class Is {
    absent,      // all: nothing else is asked for, or nothing that has to be understood
    part,        // 206
    beyond_end,  // 416
  } is = Is::absent;
  OctetRange range;
};

// Of an answer of `octets` octets whose strong tag is `etag`, quotes included. Several ranges at
// once are answered with all, as is a range of another version (If-Range).
AskedRange asked_range(const HttpRequest& request, std::uint64_t octets, std::string_view etag);

// "bytes 0-4/10"; of a range beyond the end "bytes */10".
std::string content_range(const AskedRange& asked, std::uint64_t octets);

}  // namespace hearback::net
