#pragma once
// Who is speaking: a person, a machine, a failed delivery, a list (RFC 3834, 3464, List-Id; T-6).
#include <string>

namespace hearback::mail {

struct Parsed;

enum class Kind { human, automatic, bounce, list };

// Header rules first, then well-known subjects in English, French and German where a second field
// or the text says the same.
Kind kind_of(const Parsed& message);

}  // namespace hearback::mail
