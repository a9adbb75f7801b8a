#pragma once
// Message ids (RFC 5322 section 3.6.4), always without < >. Whatever is_message_id() accepts when a
// message is read can be written when it is answered.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearback::mail {

// Not empty, valid UTF-8 without spaces and controls, no longer than a line takes.
bool is_message_id(std::string_view id);

// The first `max` ids of a Message-ID or Content-ID field, however they are written.
std::vector<std::string> parse_message_ids(std::string_view body, std::size_t max);
// The last `max` ids of a References or In-Reply-To field. Only <left@right> counts (T-8): words
// without brackets and a sender's address in free text ("Message from Ada <ada@x> of Monday") are
// none.
std::vector<std::string> newest_references(std::string_view body, std::size_t max);

// As it stands in a header field: "<id>"; in encoded words (RFC 2047) what isn't ASCII, as no
// server would take it bare.
std::string written_id(std::string_view id, std::size_t column);
// The last of `ids`, the first, and as many of the newest as take at most `max` octets in a field.
std::vector<std::string> fitting_references(std::vector<std::string> ids, std::size_t max);

}  // namespace hearback::mail
