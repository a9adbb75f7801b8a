#pragma once
// Whose turn it is where one step may take as long as five hundred of others: the company that has
// had the least time. Whoever comes, or comes back, has had as much as the one that had the least:
// nobody saves up turns, and nobody who was away for a moment is rid of what they took.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::scheduler {

class FairTurns {
 public:
  void add(const std::set<CompanyId>& companies) {
    for (const auto& company : companies)
      if (waiting_.insert(company).second) {
        auto& had = had_[company];
        had = std::max(had, least_);
      }
  }
  bool empty() const { return waiting_.empty(); }
  std::optional<CompanyId> next() {
    const auto found = std::ranges::min_element(
        waiting_, {}, [&](const CompanyId& company) { return had_.at(company); });
    if (found == waiting_.end()) return std::nullopt;
    least_ = had_.at(*found);
    return *found;
  }
  void took(CompanyId company, Duration time) { had_[company] += std::max<Duration>(1ms, time); }
  // It has nothing more for now.
  void drop(CompanyId company) {
    waiting_.erase(company);
    std::erase_if(had_, [&](const auto& one) {
      return one.second <= least_ && !waiting_.contains(one.first);
    });
  }

 private:
  std::set<CompanyId> waiting_;
  std::map<CompanyId, Duration> had_;
  Duration least_{0};  // that whoever is next had
};

}  // namespace hearback::scheduler
