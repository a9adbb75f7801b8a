#pragma once
// Whose turn it is where one step may take as long as five hundred of others: the company that has
// had the least time. Whoever comes, or comes back, has had as much as the one that had the least:
// nobody saves up turns, and nobody who was away for a moment is rid of what they took.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::scheduler {

// Each step costs the logarithm of how many there are.
class FairTurns {
 public:
  void add(const std::set<CompanyId>& companies) {
    for (const auto& company : companies) {
      auto& one = companies_.try_emplace(company, Had{least_, false}).first->second;
      if (one.waits) continue;
      away_.erase({one.time, company});
      one = {std::max(one.time, least_), true};
      waiting_.insert({one.time, company});
    }
  }
  bool empty() const { return waiting_.empty(); }
  std::optional<CompanyId> next() {
    if (waiting_.empty()) return std::nullopt;
    least_ = waiting_.begin()->first;
    return waiting_.begin()->second;
  }
  void took(CompanyId company, Duration time) {
    auto& one = companies_.try_emplace(company, Had{least_, false}).first->second;
    auto& line = one.waits ? waiting_ : away_;
    line.erase({one.time, company});
    one.time += std::max<Duration>(1ms, time);
    line.insert({one.time, company});
  }
  // It has nothing more for now.
  void drop(CompanyId company) {
    const auto found = companies_.find(company);
    if (found != companies_.end() && std::exchange(found->second.waits, false)) {
      waiting_.erase({found->second.time, company});
      away_.insert({found->second.time, company});
    }
    while (!away_.empty() && away_.begin()->first <= least_) {
      companies_.erase(away_.begin()->second);
      away_.erase(away_.begin());
    }
  }

 private:
  struct Had {
    Duration time;
    bool waits = false;
  };
  using ByTime = std::set<std::pair<Duration, CompanyId>>;
  std::map<CompanyId, Had> companies_;
  ByTime waiting_, away_;
  Duration least_{0};  // that whoever is next had
};

}  // namespace hearback::scheduler
