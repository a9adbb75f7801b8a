#pragma once
// Of a life of a mailbox that follows another one.
#include <functional>
#include <set>
#include <string>

#include "sim/sync_rig.hpp"

namespace hearback::sim {

using Ids = std::multiset<std::string>;

struct RestartRig : SyncRig {
  // Killed, or stopped as one stops it.
  void restart(bool crashed = true, const std::function<void()>& meanwhile = {}) {
    if (crashed)
      crash();
    else
      EXPECT_TRUE(stop());
    if (meanwhile) meanwhile();
    start();
    settle();
  }
  // kill -9 once the message of this number has begun to be brought in, and nothing is stored
  // after.
  void die_of(std::uint32_t uid) {
    bool begun = false;
    store.made = [&](const hearback::store::Commit& commit) {
      for (const auto& change : commit.changes)
        if (const auto* import = change.as<hearback::store::BeginImport>())
          for (const auto& at : import->at) begun = begun || at.uid == uid;
    };
    store.before = [&](const hearback::store::Commit&) {
      if (begun) store.percent_fail = 100;
    };
    for (int ms = 0; ms < 60'000 && !begun; ++ms) world.run_for(1ms);
    crash();
    store.made = {};
    store.before = {};
    store.percent_fail = 0;
    ASSERT_TRUE(begun);
  }
  // As the scheduler does.
  void finish_errands() {
    for (;;) {
      const auto due = office.ask(store::ErrandsDue{office.scope(), world.now()});
      if (due.empty()) return;
      office.commit({store::AdvanceErrand{due[0].id, world.now()}});
    }
  }
};

// Ann, a colleague, with a mailbox of hers.
struct Colleague {
  explicit Colleague(SyncRig& r)
      : rig(r),
        user(rig.office.add_user("Ann", "ann@example.org")),
        account(rig.imap.add_account("ann@example.org", "secret")),
        mailbox(rig.office.add_mailbox(user, "ann@example.org", {})) {}
  std::uint32_t deliver(const SyncRig::Letter& letter) {
    return account.deliver("INBOX", raw_message({.from = letter.from,
                                                 .to = letter.to,
                                                 .message_id = letter.message_id,
                                                 .in_reply_to = letter.in_reply_to,
                                                 .date = rig.world.now()}));
  }
  SyncRig& rig;
  UserId user;
  ImapAccount& account;
  MailboxId mailbox;
};

}  // namespace hearback::sim
