#pragma once
// How far the journal's consumers have got.
#include <cstdint>
#include <string>

namespace hearback::store {

struct AdvanceJournal {  // in the same commit as what the consumer did: conflict "journal.position"
                         // when another was there first (compare and swap), or for what isn't
                         // written yet
  std::string consumer;
  std::uint64_t from = 0, to = 0;
};

}  // namespace hearback::store
