#pragma once
// Which messages bear a Message-ID. Anybody may write thousands under one: no question costs more
// for that.
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// At most so many that bear one Message-ID are told apart.
inline constexpr int kBearersMost = 16;

// Of each of these Message-IDs the first stored messages that bear it, in the order of their ids,
// `most` of one.
std::vector<std::pair<MessageId, std::string>> bearers_of(
    Db& db, CompanyId company, const std::vector<std::string>& message_ids, int most);

// Of the Message-IDs in the list, each once, as a table `named` to ask about row by row: a planner
// that may join begins with all that bear one, be it thousands.
std::string named_in(InList list);

// Whether it is `other` that `one` means by naming its Message-ID: rows of messages, each by its
// alias. Where several bear it, it is the earliest, or one that was written by then: whoever writes
// other words under an old one later isn't meant. Clocks go wrong by minutes, so the date of `one`
// alone says little; of those that bear it all were written by one clock.
std::string is_meant(const std::string& one, const std::string& other);

}  // namespace hearback::store
