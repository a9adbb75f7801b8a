#pragma once
// Steps of errands.
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::store {

struct AdvanceErrand {  // one step, of a bounded number of rows; the last one finishes the errand.
                        // Nothing happens where it is finished already.
  ErrandId id;
  Instant at;
};
struct PutOffErrand {  // a step failed: not again before then
  ErrandId id;
  Instant not_before;
  std::string error;  // code
};

}  // namespace hearback::store
