#pragma once
// What the files of one import (importing.cpp, storing.cpp) share.
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "sync/importing.hpp"

namespace hearback::sync {

// What blocking jobs work on, one after the other: everything is held by value.
struct Import::Work {
  struct Fetched {
    Incoming message;
    int attempts = 0;
  };
  CompanyId company;
  MailboxId mailbox;
  Instant now;
  std::uint64_t seed = 0;
  Limits limits;
  std::vector<Fetched> fetched;
  std::vector<Incoming> batch;   // recognized ones, and what was read of the fetched
  std::vector<Incoming> failed;  // that the store doesn't take: set aside with the rest
  std::map<rules::Location, int> attempts;
  std::vector<store::Change> changes;
  std::function<void()> stored;          // once it is
  std::size_t octets = 0;                // of the bodies
  mailbox::Room::Share room;             // for them
  TakenIn taken;                         // so far
  store::AccountIs account;              // that it is of
  std::vector<rules::Location> dropped;  // before their bodies were asked for
  std::vector<rules::Location> unread;   // these, and those of what was stored before
  std::vector<rules::Location> begun;    // whose attempt was counted
  bool forgiven = false;                 // and taken back
  std::optional<Result<>> read;          // once it is
  std::function<void(bool)> when_read;

  net::Turn turn(net::Lane lane) const { return {lane, net::Standing::engine, mailbox.text()}; }
};

// Others changed what was judged upon: it is judged again. It wears no message's attempts.
inline bool may_be_judged_again(const Error& error) { return error.code == "store.expectation"; }

}  // namespace hearback::sync
