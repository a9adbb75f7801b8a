#pragma once
// For how long this process has waited for what only looking again can tell of a row: whether it
// was sent, where its copy lies.
#include <cstddef>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::outbox {

class Awaited {
 public:
  // `now`: by a clock that only goes forward. What it is 0 for begins to be waited for.
  Duration time_of(OutboxId row, Duration now);
  void forget(OutboxId row) { waits_.erase(row); }
  std::size_t size() const { return waits_.size(); }

 private:
  // Many a row comes to its end elsewhere (a person, another process, with its candidate): what
  // nobody has asked about for longer than any pause is over.
  void tidy(Duration now);

  struct Wait {
    Duration since, asked;
  };
  std::unordered_map<OutboxId, Wait> waits_;
  Duration tidied_{0};
};

}  // namespace hearback::outbox
