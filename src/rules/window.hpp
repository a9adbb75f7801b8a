#pragma once
// How far back a mailbox is looked at (C-8). The server's own date of receipt (INTERNALDATE)
// decides, never the Date field.
#include "base/time.hpp"

namespace hearback::rules {

// IMAP: the last 14 days.
Instant default_window(Instant now);

// `since` 0: everything.
// 0: the server didn't say when; such mail isn't lost for that.
inline bool within_window(Instant internal_date, Instant since) {
  return internal_date.ms == 0 || internal_date >= since;
}

// What to ask SEARCH SINCE for: it compares days in the server's time zone, so one day earlier;
// its answer only narrows.
Instant search_day(Instant since);

}  // namespace hearback::rules
