#pragma once
// A row of the outbox that this process holds under a fence, and what it needs to work on it.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mailbox/room.hpp"
#include "net/env.hpp"
#include "outbox/clock.hpp"
#include "outbox/engine.hpp"
#include "outbox/outlets.hpp"
#include "rules/nouns.hpp"
#include "store/store.hpp"

namespace hearback::outbox {

// One step of a row: everything of MoveOutbox that isn't known anyway.
struct Step {
  rules::OutboxState state = rules::OutboxState::queued;
  rules::OutboxPhase phase = rules::OutboxPhase::none;
  Instant not_before;
  bool release = true;
  bool not_taken = false;
  std::optional<Instant> sent;
  std::optional<bool> copy_filed;
  std::optional<bool> filing;
  Duration waits{0};  // adds to how long the message has been tried for
  std::string why;
  std::string answer;
};

constexpr Duration kForRoom = 10s;
// Whose turn doesn't come again within this keeps no other row of its mailbox waiting.
constexpr Duration kStandsFor = 30s;

// A row that found no room, until it has its turn again.
struct InLine {
  bool large = false;
  std::uint64_t octets = 0;
  mailbox::Room::Place place;
};

// What all that work on rows share. The engine's.
struct Desk {
  net::Env& env;
  store::Store& store;
  const Options& options;
  Clock clock;
  Outlets outlets;
  mailbox::Room room;  // for the messages' bytes
  // Of each mailbox; those of copies apart.
  std::map<std::pair<MailboxId, bool>, std::map<OutboxId, InLine>> in_line = {};
};

// The row is another's by now, or gone (changed or called back by a person, forgotten with its
// candidate): nothing is left to do about it.
inline bool is_lost(const Error& error) {
  return error.kind == Kind::conflict || error.kind == Kind::missing;
}

// Lives in the frame of the coroutine that works on the row.
struct Held {
  Desk& desk;
  net::Env& env;
  store::Store& store;
  const Options& options;
  CompanyId company;
  std::string host;              // of the server that is to be talked to
  rules::OutboxMessage message;  // kept up to date by move()
  std::uint64_t fence = 0;
  bool leased = false;  // ours until it is given back or lost
  // It wasn't the message that failed: the mailbox's next one would fare no better now.
  bool account_failed = false;
  bool account_refused = false;  // and trying on might get it locked
  bool store_failed = false;
  bool found_no_room = false;
  Duration patience{0};  // for room

  store::Scope scope() const { return rules::engine_scope(company); }

  template <class Question>
  Task<Result<typename Question::Answer>> ask(Question question) {
    co_return co_await env.work(
        {net::Lane::read, net::Standing::engine, message.mailbox.text()},
        [store = &store, question = std::move(question)] { return store->ask(question); });
  }
  Instant now() { return desk.clock.now(); }

  Task<Result<std::uint64_t>> commit(std::vector<store::Change> changes);

  // The outlet of the row's mailbox, with the settings that hold now.
  Task<Result<std::shared_ptr<mailbox::Outlet>>> outlet(const rules::Mailbox& mailbox);

  // Room for the message's bytes, before they are asked for. "net.stopping": the program ends
  // first. `found_no_room`: there was none within `patience`, and whoever waits holds a slot; the
  // row had better be put back for kForRoom, which is no attempt. It keeps its place in line.
  Task<Result<mailbox::Room::Share>> make_room(bool can_wait);
  // Whether another row of the mailbox, no larger than this one, stands in line for room: one is
  // enough. Nothing is written about the others meanwhile.
  Task<bool> waits_behind(bool can_wait);

  // Claims the row under the fence it was read with. Kind::conflict: another was faster.
  Task<Result<>> claim();
  // The claim and its first step in one commit.
  Task<Result<>> claim(Step step);
  // After claim() of the step to the dot was answered "store.commit-unknown": if it was made all
  // the same, the row is held and past the mark. Asks until the store tells, or the program stops.
  Task<void> find_mark();
  // Tries again for a while when the store has trouble; Kind::conflict: the row isn't ours any
  // more.
  Task<Result<>> move(Step step);
  // As move, but gives up only when the row has gone (to another, or with its candidate) or the
  // program stops: for what must not be forgotten.
  Task<Result<>> move_surely(Step step);
  // The row stays ours for `time` from now, as far as it is.
  Task<Result<>> prolong(Duration time);

 private:
  Task<Result<mailbox::RoomWanted>> room_wanted(bool can_wait);
  store::MoveOutbox change(const Step& step);
  void adopt(const Step& step);
  Task<Result<>> move_with(Step step, int tries);
};

}  // namespace hearback::outbox
