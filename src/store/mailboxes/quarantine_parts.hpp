#pragma once
// What other floors say of mail that is tried again.
#include <vector>

#include "store/engine/applying.hpp"

namespace hearback::store {

// T-3: these came in since they answer what is nobody's any more, and don't name the address that
// goes, or any of the candidate who does. Where they lie their headers are judged once more, and
// wait for that: no search would find them if it comes again.
void judge_once_more(Writing& writing, const std::vector<MessageId>& messages, Instant at);

}  // namespace hearback::store
