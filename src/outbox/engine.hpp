#pragma once
// What leaves: claims due rows under a fence, sends, files the Sent copy, retries, reconciles.
// See docs/rules.md W-5 and the SEND invariants.
#include <memory>

#include "base/limits.hpp"
#include "net/env.hpp"
#include "outbox/turns.hpp"
#include "rules/sent_copies.hpp"
#include "store/store.hpp"

namespace hearback::outbox {

// For the simulator alone, which must prove that it catches such a bug. Nothing that is configured
// leads here.
enum class Sabotage {
  none,
  resend_after_dot,  // what is found past the dot is sent once more
};

struct Options {
  Limits limits;
  Deadlines deadlines;
  // How long a row stays with a process that is heard of no more. Prolonged while it is worked on.
  Duration lease = 2min;
  // This engine alone works on the store, as the server's own does: a lease that it doesn't hold
  // itself was left by one that died, and binds nobody.
  bool sole_process = false;
  Duration retry_first = 30s;
  Duration retry_most = 30min;
  Duration give_up = std::chrono::hours(48);  // total age of a message that can't be handed over
  Duration reconcile_first = 5s;              // first look into Sent for an uncertain message
  Duration reconcile_most = 10min;            // then wider apart up to this, for reconcile_for
  Duration reconcile_for = std::chrono::hours(2);
  Duration provider_files = rules::kProviderFiles;
  SlotBounds sending;                     // messages under way at once, one per mailbox
  SlotBounds settling = {64, 24, 10, 8};  // copies and doubts that are looked into, likewise
  // Messages in memory at one time, of all mailboxes (mailbox/room); beyond the other, one is
  // large.
  std::size_t bytes_octets = 256u << 20, large_octets = 1u << 20;
  std::size_t page = 1000;       // mailboxes with something due that are asked for at once
  Duration keep_open = 20s;      // a connection, for the mailbox's next message
  Duration rest_most = 60s;      // of a mailbox whose server failed, before its next one
  Duration rest_refused = 5min;  // likewise where the account was refused
  Sabotage sabotage = Sabotage::none;
};

class Engine {
 public:
  Engine(net::Env& env, store::Store& store, Options options = {});
  ~Engine();
  Task<void> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearback::outbox
