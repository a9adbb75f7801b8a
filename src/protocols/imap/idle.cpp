#include "protocols/imap/idle.hpp"

#include <algorithm>

namespace hearback::protocols::imap {
namespace {

// An IDLE that the server ends sooner, without news, is none: asking again and again would be a
// loop at the speed of the line.
constexpr auto kShortestIdle = 5s;

// For servers without IDLE, and for those that offer it and don't keep it.
Task<Result<bool>> poll(Engine& engine, Wire& wire, Duration renew, std::uint64_t seen) {
  if (engine.news() == seen) {
    wire.allow_any_time();
    auto outcome = co_await wire.perform(Wait{.time = std::min(renew, engine.deadlines().poll)});
    if (outcome.error) co_return engine.give_up(closed());
    if (outcome.interrupted) co_return false;
  }
  auto answer = co_await engine.run(wire, Command("NOOP", engine.ordinary()));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(refused(*answer));
  co_return engine.news() != seen;
}

struct Waited {
  bool ended_by_server = false;
  std::chrono::nanoseconds time{0};
};

// Between the server's "+" and our DONE.
Task<Result<Waited>> wait_for_push(Engine& engine, Wire& wire, Duration renew, std::uint64_t tag,
                                   std::uint64_t seen) {
  Waited waited;
  wire.allow(renew);  // all in all: what the server says to keep the line alive doesn't lengthen it
  for (;;) {
    while (auto event = engine.step())
      if (*event == Engine::Event::completion && engine.completion().tag == tag) {
        waited.ended_by_server = true;
        co_return waited;
      }
    if (!engine.usable()) co_return Failure(engine.why_broken());
    if (engine.news() != seen) co_return waited;
    engine.buffer().release();
    auto outcome = co_await wire.perform(ReadOrInterrupt{.deadline = renew});
    waited.time += outcome.elapsed;
    if (!outcome.error && (outcome.interrupted || outcome.timed_out)) co_return waited;
    if (!engine.take(outcome)) co_return Failure(engine.why_broken());
  }
}

// True: the server waits with us. False: it refused.
Task<Result<bool>> begin_idle(Engine& engine, Wire& wire, std::uint64_t tag) {
  for (;;) {
    auto event = co_await engine.next(wire);
    if (!event) co_return Failure(event.error());
    if (*event == Engine::Event::go_ahead) co_return true;
    if (engine.completion().tag != tag) continue;
    const auto& answer = engine.completion();
    if (is_throttled(answer) || is_unavailable(answer)) co_return Failure(refused(answer));
    co_return false;
  }
}

}  // namespace

Task<Result<bool>> wait_for_change(Engine& engine, Wire& wire, Duration renew, bool& idle_works) {
  if (auto ready = engine.usable(); !ready) co_return Failure(ready.error());
  if (engine.folder().empty()) co_return Failure(no_folder_open());
  const auto seen = engine.news();
  if (!engine.has("IDLE") || !idle_works) co_return co_await poll(engine, wire, renew, seen);
  auto tag = co_await engine.begin(wire, Command("IDLE", engine.ordinary()));
  if (!tag) co_return Failure(tag.error());
  auto begun = co_await begin_idle(engine, wire, *tag);
  if (!begun) co_return Failure(begun.error());
  if (!*begun) {
    idle_works = false;
    co_return co_await poll(engine, wire, renew, seen);
  }
  auto waited = co_await wait_for_push(engine, wire, renew, *tag, seen);
  if (!waited) co_return Failure(waited.error());
  if (!waited->ended_by_server) {
    wire.allow(engine.deadlines().imap_command);
    auto written = co_await engine.write(wire, "DONE\r\n");
    if (!written) co_return Failure(written.error());
    auto answer = co_await engine.answer_to(wire, *tag);
    if (!answer) co_return Failure(answer.error());
  } else if (engine.news() == seen && waited->time < kShortestIdle) {
    idle_works = false;
    co_return co_await poll(engine, wire, renew, seen);
  }
  co_return engine.news() != seen;
}

}  // namespace hearback::protocols::imap
