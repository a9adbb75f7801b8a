#pragma once
// How much is under way at once, so that nobody waits for a stranger's slow server: bounded in all,
// per company and per host (SEND-14).
#include <map>
#include <string>

#include "base/ids.hpp"

namespace hearback::outbox {

struct SlotBounds {
  int all = 128, company = 48, host = 16;
};

class Slots {
 public:
  explicit Slots(SlotBounds bounds) : bounds_(bounds) {}

  bool take(CompanyId company, const std::string& host) {
    if (!any_for(company) || count(hosts_, host) >= bounds_.host) return false;
    ++all_, ++companies_[company], ++hosts_[host];
    return true;
  }
  bool any_for(CompanyId company) const {
    return all_ < bounds_.all && count(companies_, company) < bounds_.company;
  }
  void give_back(CompanyId company, const std::string& host) {
    --all_;
    drop(companies_, company);
    drop(hosts_, host);
  }

 private:
  template <class Map, class Key>
  static int count(const Map& map, const Key& key) {
    auto found = map.find(key);
    return found == map.end() ? 0 : found->second;
  }
  template <class Map, class Key>
  static void drop(Map& map, const Key& key) {
    if (--map[key] == 0) map.erase(key);
  }

  SlotBounds bounds_;
  int all_ = 0;
  std::map<CompanyId, int> companies_;
  std::map<std::string, int> hosts_;
};

}  // namespace hearback::outbox
