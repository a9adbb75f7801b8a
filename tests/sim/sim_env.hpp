#pragma once
// The simulated world: one thread, a virtual clock, a queue of events, and a network whose links
// can be slow, stall, or break after any byte. Engines run in it unchanged: each process of the
// program is one SimEnv (a net::Env) that can be crashed at any of its steps while the store lives
// on. Everything that happens follows from the seed; trace_hash() proves that two runs are equal.
//
//   World world(seed);
//   auto& imap = world.serve<ImapServer>("imap.example.org", 993);
//   auto env = std::make_unique<SimEnv>(world);
//   sync::Engine engine(*env, store);
//   env->spawn(engine.run());
//   world.run_for(1h);                      // or run_until / run_while
//   env->stop(); world.run_for(1min);       // a clean end, or
//   env->crash();                           // kill -9: then destroy the env's tasks, the engine,
//   env
//
// A crash at a step: env->crash_at(step). The run functions return when an env dies.
// Lifetime: World before SimEnv before engines; after a crash call env->drop_tasks() before
// destroying the engine.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "net/env.hpp"

namespace hearback::sim {

class World;
class Link;
class SimEnv;

// ---- model servers -----------------------------------------------------------------------

// A server's end of one connection: bytes in, bytes out through the link. It is destroyed when the
// connection is over for it.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual void opened() = 0;                          // say the greeting
  virtual void received(std::string_view bytes) = 0;  // at least one octet
  virtual bool start_tls() { return false; }          // the client begins a TLS handshake
};

class Service {
 public:
  virtual ~Service() = default;
  virtual std::unique_ptr<Peer> accept(Link& link) = 0;
};

// ---- faults ------------------------------------------------------------------------------

// What befalls one connection. Octets are counted from its start; "up" is towards the server.
struct Faults {
  bool refuse = false;                                // dial fails with net.refused
  bool no_answer = false;                             // dial ends with net.timeout at its deadline
  std::optional<std::uint64_t> cut_up, cut_down;      // the link breaks after that many octets
  std::optional<std::uint64_t> stall_up, stall_down;  // nothing passes after that many octets
  Duration latency_least{1}, latency_most{5};         // of each piece, order kept
  Duration drip{0};               // > 0: the server's octets come one by one, so far apart
  std::size_t piece = 64 * 1024;  // pieces are 1..piece octets long
};

// ---- the world ---------------------------------------------------------------------------

class World {
 public:
  explicit World(std::uint64_t seed, Instant start = {1'793'606'400'000});  // 2026-11-02T08:00Z
  ~World();
  World(const World&) = delete;

  std::uint64_t seed() const { return seed_; }
  Instant now() const { return now_; }
  Random& random() { return random_; }
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  bool chance(int percent) { return random_.below(100) < static_cast<std::uint64_t>(percent); }
  Duration between(Duration least, Duration most);

  // The world's own events: mail that is delivered, a server that comes back.
  using Ticket = std::pair<Instant, std::uint64_t>;
  Ticket at(Instant t, std::function<void()> event);
  Ticket after(Duration d, std::function<void()> event) { return at(now_ + d, std::move(event)); }
  void cancel(const Ticket& ticket) { queue_.erase(ticket); }

  // The world owns its servers. A server may listen on several ports: listen(..., server).
  template <class S, class... Args>
  S& serve(std::string host, std::uint16_t port, Args&&... args) {
    auto server = std::make_shared<S>(*this, std::forward<Args>(args)...);
    S& reference = *server;
    listen(std::move(host), port, std::move(server));
    return reference;
  }
  void listen(std::string host, std::uint16_t port, std::shared_ptr<Service> server);

  // Asked at each dial, with the number of dials before it. Default: no faults.
  std::function<Faults(const net::Endpoint&, std::uint64_t nth)> plan;

  // Runs the next event. False: nothing is left to happen.
  bool step();
  // Each returns early, with false, when a SimEnv died or nothing is left to happen.
  bool run_until(Instant t);
  bool run_for(Duration d) { return run_until(now_ + d); }
  // Until `done()` (true) or the time `limit` has passed (false).
  bool run_while(std::function<bool()> going_on, Duration limit);

  // What happened, as a hash, and as lines where keep_trace is set.
  void trace(std::string_view kind, std::string_view detail = {});
  std::uint64_t trace_hash() const { return hash_; }
  bool keep_trace = false;
  Duration clock_off{0};  // how wrong the wall clock is that the program sees
  const std::vector<std::string>& trace_lines() const { return lines_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t event_limit = 50'000'000;  // more is a livelock: throws

 private:
  friend class SimEnv;
  friend class Link;
  std::shared_ptr<Service> find(const std::string& host, std::uint16_t port, bool* host_known);

  std::uint64_t seed_;
  SeededRandom random_;
  Instant now_;
  std::uint64_t sequence_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t dials_ = 0;
  std::uint64_t deaths_ = 0;
  std::uint64_t hash_ = 1469598103934665603ull;
  std::vector<std::string> lines_;
  std::map<std::pair<std::string, std::uint16_t>, std::shared_ptr<Service>> services_;
  std::map<Ticket, std::function<void()>> queue_;
};

// ---- one connection ----------------------------------------------------------------------

class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(World& world, Faults faults, std::string name);

  // For the peer.
  World& world() { return world_; }
  void send(std::string bytes);
  void send_after(Duration delay, std::string bytes);
  void hang_up();  // an orderly end, after what was sent
  void cut();      // breaks at once, both ways; the peer is destroyed soon after
  bool open() const { return peer_ != nullptr && !cut_; }
  bool encrypted = false;

  std::uint64_t octets_up() const { return up_; }
  std::uint64_t octets_down() const { return down_; }

 private:
  friend class SimConnection;
  friend class SimEnv;
  void open_peer(std::unique_ptr<Peer> peer);
  void from_client(std::string bytes);
  void client_left(bool lose_unsent);
  void deliver_up(std::string bytes);
  void deliver_down(std::string bytes);
  void end_down(Error error);
  void release_peer();
  Instant arrival(Instant& last, Duration delay, Duration gap = {});

  World& world_;
  Faults faults_;
  std::string name_;
  std::unique_ptr<Peer> peer_;
  Instant last_up_, last_down_;
  std::uint64_t up_ = 0, down_ = 0;
  bool cut_ = false, client_gone_ = false, lose_unsent_ = false;
  std::string arrived_;         // at the client, unread
  std::optional<Error> ended_;  // seen by the client once `arrived_` is read
  std::function<void()> wake_;  // the client's pending read
};

// ---- one process of the program ----------------------------------------------------------

class SimEnv final : public net::Env {
 public:
  explicit SimEnv(World& world);
  ~SimEnv() override;

  Instant now() override { return world_.now() + world_.clock_off; }
  Instant ticks() override { return world_.now(); }
  Random& random() override { return world_.random(); }
  Task<bool> sleep(Duration time) override;
  bool stopping() const override { return stopping_ || dead_; }
  std::unique_ptr<net::Signal> make_signal() override;
  Task<Result<std::unique_ptr<protocols::Connection>>> dial(net::Endpoint endpoint,
                                                            Duration deadline) override;

  void spawn(Task<void> task) { tasks_.spawn(std::move(task)); }
  bool idle() { return tasks_.size() == 0; }
  void stop();   // stopping() turns true, sleepers wake
  void crash();  // nothing of this process is ever resumed again
  bool dead() const { return dead_; }
  void drop_tasks();  // destroys the coroutines; after crash(), or when idle()

  // Steps are the moments between which a process can die: before and after each blocking job
  // (so: before and after each commit), before and after each write, before each resumption.
  std::uint64_t steps() const { return steps_; }
  void crash_at(std::uint64_t step) { crash_at_ = step; }

  World& world() { return world_; }

 protected:
  Task<void> do_work(net::Turn turn, std::function<void()> job) override;
  Task<std::optional<net::NotDone>> try_do_work(net::Turn turn, Duration patience,
                                                std::function<void()> job) override;

 private:
  friend class SimConnection;
  friend class SimSignal;
  bool die_here();  // counts a step; true: this was the last one
  // Runs `event` after `delay` unless the process has died by then.
  World::Ticket post(Duration delay, std::function<void()> event);

  World& world_;
  std::shared_ptr<bool> alive_;  // events hold it: false once dead
  bool dead_ = false, stopping_ = false;
  std::uint64_t steps_ = 0;
  std::optional<std::uint64_t> crash_at_;
  std::uint64_t next_sleeper_ = 0;
  std::map<std::uint64_t, std::function<void(bool)>> sleepers_;
  std::vector<std::weak_ptr<Link>> links_;
  Tasks tasks_;
};

}  // namespace hearback::sim
