#pragma once
// Whose turn it is, so that nobody waits for a stranger's slow server or endless list (SEND-14).
// How much is under way at once is bounded in all, per company and per host. Mailboxes that find no
// slot stand in line: a slot goes to the company that has the fewest at that host, and within it to
// the mailbox that has waited longest. Every step costs the logarithm of who waits, times the
// company's hosts.
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/ids.hpp"

namespace hearback::outbox {

struct SlotBounds {
  int all = 128, company = 48, host = 20;
  int share = 16;           // of one host's, a company's: some are left for who comes next
  std::size_t line = 1000;  // mailboxes of one company that stand in line at one host
};

struct Place {
  CompanyId company;
  MailboxId mailbox;
  std::string host;
};

class Turns {
 public:
  explicit Turns(SlotBounds bounds) : bounds_(bounds) {}

  // At the end of its company's line at the host, unless it stands there or has a slot; it leaves
  // the line at another. false: the line is full; who isn't let in asks again once it is shorter.
  bool stand_in_line(const Place& place);
  std::vector<std::string> full_for(CompanyId company) const;  // the hosts at which its line is
  bool half_empty(const Place& place) const;                   // the line there

  // Who has a slot from now on, until it is given back.
  std::optional<Place> next();
  void give_back(const Place& place);
  // Whether this slot is one too many for its company, for others wait that have fewer.
  bool belongs_to_others(const Place& place) const;

 private:
  // The least of them is next: who has fewest, and has waited longest since its last turn.
  using OfHost = std::tuple<int, std::uint64_t, CompanyId>;
  using OfAll = std::tuple<int, int, std::uint64_t, std::string>;
  struct Line {
    std::deque<MailboxId> waiting;
    int under_way = 0;
    std::uint64_t since = 0;
    std::optional<OfHost> listed = std::nullopt;
  };
  struct Host {
    int under_way = 0;
    std::map<CompanyId, Line> lines;
    std::set<OfHost> waiting;  // lines that may have a slot here as soon as one is free
    std::optional<OfAll> listed = std::nullopt;
  };
  struct Company {
    int under_way = 0;
    std::set<std::string> hosts;
  };

  std::size_t waiting(CompanyId company, const std::string& host) const;
  void leave_line(CompanyId company, MailboxId mailbox, const std::string& host);
  void list(CompanyId company);
  void list(const std::string& name, CompanyId company, const Company& facts);

  SlotBounds bounds_;
  int under_way_ = 0;
  std::uint64_t turn_ = 0;
  std::map<CompanyId, Company> companies_;
  std::map<std::string, Host> hosts_;
  std::set<OfAll> open_;  // hosts that have a slot and somebody to give it to
  std::map<MailboxId, std::string> stands_at_;
  std::set<MailboxId> at_work_;
};

}  // namespace hearback::outbox
