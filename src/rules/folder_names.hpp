#pragma once
// What a folder's last name component means in the languages that mail programs speak: one table of
// names, compared without regard to case. It holds only what well-known programs and providers write
// themselves, because a wrong meaning is worse than none.
#include <string_view>

namespace hearback::rules {

// "\\sent", "\\drafts", "\\junk", "\\trash", "\\archive", "\\all"; empty: nothing. `name` is UTF-8.
std::string_view well_known_use(std::string_view name);

// Exchange shows folders of other things by IMAP, without saying so. `certain`: the name alone
// tells (Conversation History, Sync Issues); else it may be somebody's mail about the calendar, and
// only several of them together are Exchange's.
enum class ExchangeItems { none, calendar, contacts, tasks, notes, journal, certain };
ExchangeItems exchange_items(std::string_view name);

}  // namespace hearback::rules
