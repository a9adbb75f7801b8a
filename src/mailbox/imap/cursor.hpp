#pragma once
// Our cursor against what a server says of the folder (EXAMINE, STATUS). Pure.
#include "mailbox/source.hpp"

namespace hearback::mailbox {

// `highest`: UIDNEXT - 1, or what UID SEARCH found where UIDNEXT is missing. Everything is to be
// looked at anew if the folder was never opened, its UIDs mean other messages now (UIDVALIDITY
// changed), or the server contradicts itself (UIDNEXT fell).
Changes changes_since(Cursor cursor, std::uint32_t uid_validity, std::uint32_t highest);

}  // namespace hearback::mailbox
