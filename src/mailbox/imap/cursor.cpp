#include "mailbox/imap/cursor.hpp"

#include <algorithm>

namespace hearback::mailbox {

Changes changes_since(Cursor cursor, std::uint32_t uid_validity, std::uint32_t highest) {
  // A server that tells no UIDVALIDITY has one series for ever.
  Changes changes{{std::max(1u, uid_validity), highest}, true, {}};
  if (cursor.series == 0)
    changes.start_over = "first-opening";
  else if (cursor.series != changes.next.series)
    changes.start_over = "uid-validity-changed";
  else if (highest < cursor.highest)
    changes.start_over = "uid-next-fell";
  return changes;
}

}  // namespace hearback::mailbox
