#pragma once
// What stands in a line of text and isn't seen: marks that turn the reading direction around,
// spaces without width, soft hyphens, tags. Pasted text brings them along, and whoever wants to be
// taken for somebody else writes them.
#include <string>
#include <string_view>

namespace hearback::mail {

// Valid UTF-8 without them; line separators become spaces, controls beyond ASCII go. What scripts
// and emoji are written with stays: joiners, variation selectors, the tags of a flag.
std::string without_unseen(std::string_view text);
// Whether there is anything to see, beside spaces and what takes their place.
bool anything_seen(std::string_view text);
// Without blanks of any script around it; nothing at all where nothing is seen. `text`: valid
// UTF-8.
std::string_view trim_unseen(std::string_view text);

}  // namespace hearback::mail
