#include "outbox/turns.hpp"

#include <algorithm>
#include <iterator>

namespace hearback::outbox {

std::size_t Turns::waiting(CompanyId company, const std::string& host) const {
  const auto at = hosts_.find(host);
  if (at == hosts_.end()) return 0;
  const auto line = at->second.lines.find(company);
  return line == at->second.lines.end() ? 0 : line->second.waiting.size();
}

std::vector<std::string> Turns::full_for(CompanyId company) const {
  std::vector<std::string> full;
  if (const auto facts = companies_.find(company); facts != companies_.end())
    for (const auto& host : facts->second.hosts)
      if (waiting(company, host) >= bounds_.line) full.push_back(host);
  return full;
}

bool Turns::half_empty(const Place& place) const {
  return waiting(place.company, place.host) <= bounds_.line / 2;
}

bool Turns::stand_in_line(const Place& place) {
  if (at_work_.contains(place.mailbox)) return true;
  if (const auto stands = stands_at_.find(place.mailbox); stands != stands_at_.end()) {
    if (stands->second == place.host) return true;
    leave_line(place.company, place.mailbox, stands->second);
    stands_at_.erase(stands);
  }
  if (waiting(place.company, place.host) >= bounds_.line) return false;
  stands_at_.emplace(place.mailbox, place.host);
  companies_[place.company].hosts.insert(place.host);
  auto& line = hosts_[place.host].lines[place.company];
  if (line.waiting.empty()) line.since = ++turn_;
  line.waiting.push_back(place.mailbox);
  list(place.company);
  return true;
}

void Turns::leave_line(CompanyId company, MailboxId mailbox, const std::string& host) {
  auto& waiting = hosts_.at(host).lines.at(company).waiting;
  waiting.erase(std::ranges::find(waiting, mailbox));
  list(company);
}

std::optional<Place> Turns::next() {
  if (under_way_ >= bounds_.all || open_.empty()) return std::nullopt;
  Place place;
  place.host = std::get<std::string>(*open_.begin());
  auto& host = hosts_.at(place.host);
  place.company = std::get<CompanyId>(*host.waiting.begin());
  auto& line = host.lines.at(place.company);
  place.mailbox = line.waiting.front();
  line.waiting.pop_front();
  line.since = ++turn_;
  stands_at_.erase(place.mailbox);
  at_work_.insert(place.mailbox);
  ++under_way_, ++host.under_way, ++line.under_way, ++companies_.at(place.company).under_way;
  list(place.company);
  return place;
}

void Turns::give_back(const Place& place) {
  at_work_.erase(place.mailbox);
  auto& host = hosts_.at(place.host);
  --under_way_, --host.under_way;
  --host.lines.at(place.company).under_way, --companies_.at(place.company).under_way;
  list(place.company);
}

// A slot that changed hands leaves both better off only where the others have two fewer.
bool Turns::belongs_to_others(const Place& place) const {
  const auto& host = hosts_.at(place.host);
  if (host.under_way >= bounds_.host && !host.waiting.empty() &&
      std::get<0>(*host.waiting.begin()) + 1 < host.lines.at(place.company).under_way)
    return true;
  return under_way_ >= bounds_.all && !open_.empty() &&
         std::get<0>(*open_.begin()) + 1 < companies_.at(place.company).under_way;
}

void Turns::list(CompanyId company) {
  auto& facts = companies_.at(company);
  for (auto at = facts.hosts.begin(); at != facts.hosts.end();) {
    list(*at, company, facts);
    const auto host = hosts_.find(*at);
    const bool here = host->second.lines.contains(company);
    if (host->second.lines.empty()) hosts_.erase(host);
    at = here ? std::next(at) : facts.hosts.erase(at);
  }
  if (facts.hosts.empty()) companies_.erase(company);
}

void Turns::list(const std::string& name, CompanyId company, const Company& facts) {
  auto& host = hosts_.at(name);
  auto& line = host.lines.at(company);
  if (line.listed) host.waiting.erase(*line.listed);
  line.listed.reset();
  if (!line.waiting.empty() && line.under_way < bounds_.share &&
      facts.under_way < bounds_.company) {
    line.listed = OfHost{line.under_way, line.since, company};
    host.waiting.insert(*line.listed);
  }
  if (line.waiting.empty() && line.under_way == 0) host.lines.erase(company);

  if (host.listed) open_.erase(*host.listed);
  host.listed.reset();
  if (host.waiting.empty() || host.under_way >= bounds_.host) return;
  const auto& [here, since, first] = *host.waiting.begin();
  host.listed = OfAll{companies_.at(first).under_way, here, since, name};
  open_.insert(*host.listed);
}

}  // namespace hearback::outbox
