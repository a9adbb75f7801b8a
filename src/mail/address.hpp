#pragma once
// Addresses: RFC 5322 section 3.4 with its obsolete forms, RFC 6532 (UTF-8), groups and comments.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "mail/envelope.hpp"

namespace hearback::mail {

// An address field's body (raw: folded, encoded words). Never fails: what can't be read as an
// address is left out, or kept with an empty `normal` when it can only be shown. Groups are
// flattened. An address that stands in a display name or comment is never taken for one; a name
// that a bare comma parts ("Doe, Jane <…>") is one. At most `most`; `charset`: of raw 8-bit names.
std::vector<Address> parse_addresses(std::string_view field_body,
                                     std::size_t most = Limits{}.addresses,
                                     std::string_view charset = {});

// The form in which addresses compare (S-3): ASCII-lower-case local part (NFC), domain as lower
// case A-labels (UTS-46), quotes removed where not needed. nullopt: not one unambiguous address.
std::optional<std::string> normal_form(std::string_view spec);

// The normal form of an address that is kept, and shown, as somebody typed it: nullopt, too, where
// it holds what nobody sees or what turns its surroundings around (in a comment, or in a domain
// that the normal form is rid of it).
std::optional<std::string> kept_form(std::string_view spec);

// "example.org" of a normal form.
std::string_view domain_of(std::string_view normal);

// For a header field: `"Doe, Jane" <jane@example.org>`, names as encoded words where needed.
// Starts after `column` used columns and folds at 78. An unusable spec is left out.
std::string format_address(const Address& address);
std::string format_address(const Address& address, std::size_t column);

}  // namespace hearback::mail
