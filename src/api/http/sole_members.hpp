#pragma once
// JSON whose objects name each member once. Of two members of one name readers take the first, the
// last or both (RFC 8259 section 4): what one of them has checked, another would not have seen.
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace hearback::api {

struct ParsedJson {
  enum class Is { well_formed, malformed, named_twice } is = Is::malformed;
  boost::json::value value;  // when well-formed
  // The first member that its object names again, as a path of names ("imap.host"): valid UTF-8
  // without controls, 100 octets at most.
  std::string twice;
};

// In time that grows with the text, but for the logarithm of an object's members. Nested no deeper
// than Boost.JSON's own 32.
ParsedJson parse_json(std::string_view text);

}  // namespace hearback::api
