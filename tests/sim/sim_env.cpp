#include "sim/sim_env.hpp"

#include <stdexcept>
#include <utility>

namespace hearback::sim {

using protocols::Action;
using protocols::Outcome;

// ---- World -------------------------------------------------------------------------------

World::World(std::uint64_t seed, Instant start) : seed_(seed), random_(seed), now_(start) {}

World::~World() {
  // Destroying an event may destroy a link, and with it a peer that looks at its server.
  while (!queue_.empty()) queue_.erase(queue_.begin());
}

Duration World::between(Duration least, Duration most) {
  return least + Duration(random_.below(static_cast<std::uint64_t>((most - least).count()) + 1));
}

World::Ticket World::at(Instant t, std::function<void()> event) {
  if (t < now_) t = now_;
  return queue_.emplace(Ticket{t, sequence_++}, std::move(event)).first->first;
}

void World::listen(std::string host, std::uint16_t port, std::shared_ptr<Service> server) {
  services_[{std::move(host), port}] = std::move(server);
}

std::shared_ptr<Service> World::find(const std::string& host, std::uint16_t port,
                                     bool* host_known) {
  *host_known = false;
  for (const auto& [where, service] : services_) {
    if (where.first != host) continue;
    *host_known = true;
    if (where.second == port) return service;
  }
  return nullptr;
}

bool World::step() {
  if (queue_.empty()) return false;
  if (++events_ > event_limit) throw std::runtime_error("simulation: too many events");
  auto first = queue_.begin();
  now_ = first->first.first;
  auto event = std::move(first->second);
  queue_.erase(first);
  event();
  return true;
}

bool World::run_until(Instant t) {
  auto deaths = deaths_;
  while (!queue_.empty() && queue_.begin()->first.first <= t) {
    step();
    if (deaths_ != deaths) return false;
  }
  if (now_ < t) now_ = t;
  return true;
}

bool World::run_while(std::function<bool()> going_on, Duration limit) {
  auto end = now_ + limit;
  auto deaths = deaths_;
  while (going_on()) {
    if (queue_.empty() || end < queue_.begin()->first.first) {
      if (now_ < end) now_ = end;
      return false;
    }
    step();
    if (deaths_ != deaths) return false;
  }
  return true;
}

void World::trace(std::string_view kind, std::string_view detail) {
  auto mix = [this](std::string_view bytes) {
    for (unsigned char c : bytes) hash_ = (hash_ ^ c) * 1099511628211ull;
    hash_ = (hash_ ^ 0x1ff) * 1099511628211ull;
  };
  mix(std::to_string(now_.ms));
  mix(kind);
  mix(detail);
  if (keep_trace)
    lines_.push_back(to_rfc3339(now_) + " " + std::string(kind) + " " + std::string(detail));
}

// ---- Link --------------------------------------------------------------------------------

Link::Link(World& world, Faults faults, std::string name)
    : world_(world), faults_(faults), name_(std::move(name)) {}

Instant Link::arrival(Instant& last, Duration delay, Duration gap) {
  auto t = world_.now() + delay + world_.between(faults_.latency_least, faults_.latency_most);
  if (t < last + gap) t = last + gap;
  return last = t;
}

void Link::open_peer(std::unique_ptr<Peer> peer) {
  peer_ = std::move(peer);
  peer_->opened();
}

void Link::send(std::string bytes) { send_after(Duration{0}, std::move(bytes)); }

void Link::send_after(Duration delay, std::string bytes) {
  auto self = shared_from_this();
  for (std::size_t at = 0; at < bytes.size();) {
    const bool drips = faults_.drip > Duration{0};
    auto size = drips ? 1 : 1 + world_.below(std::max<std::size_t>(1, faults_.piece));
    auto piece = bytes.substr(at, size);
    at += piece.size();
    world_.at(arrival(last_down_, at == piece.size() ? delay : Duration{0}, faults_.drip),
              [self, piece = std::move(piece)] { self->deliver_down(piece); });
  }
}

void Link::hang_up() {
  auto self = shared_from_this();
  world_.at(arrival(last_down_, Duration{0}), [self] {
    self->end_down({Kind::transient, "net.closed", "The server closed the connection.", ""});
    self->release_peer();
  });
}

void Link::cut() {
  if (cut_) return;
  cut_ = true;
  world_.trace("cut", name_);
  end_down({Kind::transient, "net.closed", "The connection was lost.", ""});
  // The peer may be the caller: let it return first.
  world_.after(Duration{0}, [self = shared_from_this()] { self->release_peer(); });
}

void Link::release_peer() { peer_.reset(); }

void Link::deliver_down(std::string bytes) {
  if (cut_ || ended_) return;
  if (faults_.stall_down) {
    auto room = *faults_.stall_down > down_ ? *faults_.stall_down - down_ : 0;
    if (bytes.size() > room) bytes.resize(room);
  }
  bool breaks = faults_.cut_down && down_ + bytes.size() >= *faults_.cut_down;
  if (breaks) bytes.resize(*faults_.cut_down > down_ ? *faults_.cut_down - down_ : 0);
  down_ += bytes.size();
  if (!client_gone_ && !bytes.empty()) {
    world_.trace("down " + name_, bytes);
    arrived_ += bytes;
    if (auto wake = std::exchange(wake_, nullptr)) wake();
  }
  if (breaks) cut();
}

void Link::end_down(Error error) {
  if (ended_) return;
  ended_ = std::move(error);
  if (auto wake = std::exchange(wake_, nullptr)) wake();
}

void Link::from_client(std::string bytes) {
  auto self = shared_from_this();
  for (std::size_t at = 0; at < bytes.size();) {
    auto size = 1 + world_.below(std::max<std::size_t>(1, faults_.piece));
    auto piece = bytes.substr(at, size);
    at += piece.size();
    world_.at(arrival(last_up_, Duration{0}),
              [self, piece = std::move(piece)] { self->deliver_up(piece); });
  }
}

void Link::deliver_up(std::string bytes) {
  if (cut_ || !peer_ || lose_unsent_) return;
  if (faults_.stall_up) {
    auto room = *faults_.stall_up > up_ ? *faults_.stall_up - up_ : 0;
    if (bytes.size() > room) bytes.resize(room);
  }
  bool breaks = faults_.cut_up && up_ + bytes.size() >= *faults_.cut_up;
  if (breaks) bytes.resize(*faults_.cut_up > up_ ? *faults_.cut_up - up_ : 0);
  up_ += bytes.size();
  if (!bytes.empty()) {
    world_.trace("up " + name_, bytes);
    peer_->received(bytes);
  }
  if (breaks) cut();
}

void Link::client_left(bool lose_unsent) {
  if (client_gone_) return;
  client_gone_ = true;
  lose_unsent_ = lose_unsent;
  wake_ = nullptr;
  auto self = shared_from_this();
  world_.at(arrival(last_up_, Duration{0}), [self] {
    self->cut_ = true;
    self->release_peer();
  });
}

// ---- the program's end of a link ---------------------------------------------------------

namespace {

Error closed_here() { return {Kind::transient, "net.closed", "The connection is closed.", ""}; }

Outcome failed(Error error) {
  Outcome outcome;
  outcome.error = std::move(error);
  return outcome;
}
Outcome interrupted() {
  Outcome outcome;
  outcome.interrupted = true;
  return outcome;
}
Outcome timed_out() {
  Outcome outcome;
  outcome.timed_out = true;
  return outcome;
}

}  // namespace

class SimConnection final : public protocols::Connection {
 public:
  SimConnection(SimEnv& env, std::shared_ptr<Link> link)
      : env_(env), alive_(env.alive_), link_(std::move(link)) {}
  ~SimConnection() override {
    link_->wake_ = nullptr;
    if (timer_) env_.world_.cancel(*timer_);
    link_->client_left(false);
  }

  Task<Outcome> perform(Action action) override {
    auto& world = env_.world_;
    const Instant began = world.now();
    auto outcome = co_await Callback<Outcome>([this, &action](Callback<Outcome>::Done done) {
      begin(std::move(action), std::move(done));
    });
    outcome.elapsed = world.now() - began;
    co_return outcome;
  }

  void interrupt() override {
    if (pending_ && pending_->interruptible) {
      finish(interrupted());
    } else {
      interrupt_next_ = true;
    }
  }

  void close() override {
    if (closed_) return;
    closed_ = true;
    link_->client_left(false);
    if (pending_) finish(failed(closed_here()));
  }

 private:
  struct Pending {
    Callback<Outcome>::Done done;
    std::size_t at_most = 0;
    bool interruptible = false;
    bool reads = false;
  };

  void begin(Action action, Callback<Outcome>::Done done) {
    pending_ = Pending{std::move(done), 0, false, false};
    if (closed_) return finish(failed(closed_here()));
    if (auto* a = std::get_if<protocols::Read>(&action)) return read(a->deadline, a->at_most);
    if (auto* a = std::get_if<protocols::ReadOrInterrupt>(&action)) {
      pending_->interruptible = true;
      if (std::exchange(interrupt_next_, false)) return finish(interrupted());
      return read(a->deadline, a->at_most);
    }
    if (auto* a = std::get_if<protocols::ReadArrived>(&action)) return read_arrived(a->at_most);
    if (auto* a = std::get_if<protocols::Wait>(&action)) {
      pending_->interruptible = true;
      if (std::exchange(interrupt_next_, false)) return finish(interrupted());
      return expire(a->time, {});
    }
    if (auto* a = std::get_if<protocols::Write>(&action)) return write(std::move(a->bytes));
    if (std::get_if<protocols::StartTls>(&action)) return start_tls();
    finish(failed(
        {Kind::permanent, "sim.unsupported", "The simulator cannot perform this action.", ""}));
  }

  void read(Duration deadline, std::size_t at_most) {
    pending_->reads = true;
    pending_->at_most = at_most;
    if (!link_->arrived_.empty() || link_->ended_) return take();
    link_->wake_ = [this, alive = alive_] {
      if (*alive) take();
    };
    expire(deadline, timed_out());
  }

  void read_arrived(std::size_t at_most) {
    if (link_->arrived_.empty() && !link_->ended_) return finish({});
    pending_->reads = true;
    pending_->at_most = at_most;
    take();
  }

  void take() {
    if (!pending_ || !pending_->reads) return;
    if (link_->arrived_.empty()) return finish(failed(*link_->ended_));
    Outcome outcome;
    outcome.bytes = link_->arrived_.substr(0, pending_->at_most);
    link_->arrived_.erase(0, outcome.bytes.size());
    finish(std::move(outcome));
  }

  void write(std::string bytes) {
    if (link_->cut_) return finish(failed(*link_->ended_));
    env_.post(Duration{0}, [this, bytes = std::move(bytes)]() mutable {
      if (!pending_) return;
      link_->from_client(std::move(bytes));
      finish({});
    });
  }

  void start_tls() {
    bool ready =
        link_->arrived_.empty() && !link_->ended_ && link_->peer_ && link_->peer_->start_tls();
    if (ready) link_->encrypted = true;
    if (ready) return finish({});
    finish(failed({Kind::permanent, "tls.failed", "The TLS handshake failed.", ""}));
  }

  void expire(Duration time, Outcome outcome) {
    timer_ = env_.post(time, [this, outcome = std::move(outcome)]() mutable {
      timer_.reset();
      finish(std::move(outcome));
    });
  }

  // The outcome reaches the conversation as an event of its own: a step at which it may die.
  void finish(Outcome outcome) {
    link_->wake_ = nullptr;
    if (timer_) env_.world_.cancel(*std::exchange(timer_, std::nullopt));
    auto done = std::move(pending_->done);
    pending_.reset();
    env_.post(Duration{0}, [done = std::move(done), outcome = std::move(outcome)]() mutable {
      done(std::move(outcome));
    });
  }

  SimEnv& env_;
  std::shared_ptr<bool> alive_;
  std::shared_ptr<Link> link_;
  std::optional<Pending> pending_;
  std::optional<World::Ticket> timer_;
  bool closed_ = false, interrupt_next_ = false;
};

// ---- Signal ------------------------------------------------------------------------------

class SimSignal final : public net::Signal {
 public:
  explicit SimSignal(SimEnv& env) : env_(env), state_(std::make_shared<State>()) {}

  void notify() override {
    if (env_.dead()) return;
    if (!state_->waiting) {
      state_->notified = true;
      return;
    }
    end(true);
  }

  Task<bool> wait(Duration at_most) override {
    co_return co_await Callback<bool>([this, at_most](Callback<bool>::Done done) {
      if (env_.stopping()) return done(false);
      if (std::exchange(state_->notified, false)) return done(true);
      begin(at_most, std::move(done));
    });
  }

 private:
  struct State {
    bool notified = false;
    std::uint64_t sleeper = 0;
    bool waiting = false;
    World::Ticket timer;
  };

  void begin(Duration at_most, Callback<bool>::Done done) {
    auto state = state_;
    auto id = ++env_.next_sleeper_;
    state->waiting = true;
    state->sleeper = id;
    env_.sleepers_[id] = [state, done = std::move(done)](bool value) {
      state->waiting = false;
      done(value);
    };
    state->timer = env_.post(at_most, [env = &env_, id] {
      auto found = env->sleepers_.extract(id);
      if (found) found.mapped()(false);
    });
  }

  void end(bool value) {
    auto found = env_.sleepers_.extract(state_->sleeper);
    if (!found) return;
    state_->waiting = false;
    env_.world_.cancel(state_->timer);
    env_.post(Duration{0}, [wake = std::move(found.mapped()), value] { wake(value); });
  }

  SimEnv& env_;
  std::shared_ptr<State> state_;
};

// ---- SimEnv ------------------------------------------------------------------------------

SimEnv::SimEnv(World& world) : world_(world), alive_(std::make_shared<bool>(true)) {}

SimEnv::~SimEnv() {
  *alive_ = false;
  dead_ = true;
  drop_tasks();
}

void SimEnv::drop_tasks() {
  if (!dead_ && !idle()) throw std::logic_error("simulation: tasks dropped while they run");
  tasks_ = Tasks();
}

bool SimEnv::die_here() {
  if (dead_) return true;
  if (crash_at_ && steps_ == *crash_at_) {
    crash();
    return true;
  }
  ++steps_;
  return false;
}

void SimEnv::crash() {
  if (dead_) return;
  dead_ = true;
  *alive_ = false;
  sleepers_.clear();
  ++world_.deaths_;
  world_.trace("crash", std::to_string(steps_));
  for (auto& weak : links_)
    if (auto link = weak.lock()) link->client_left(world_.chance(50));
}

void SimEnv::stop() {
  stopping_ = true;
  auto sleepers = std::exchange(sleepers_, {});
  for (auto& [id, wake] : sleepers) post(Duration{0}, [wake = std::move(wake)] { wake(false); });
}

World::Ticket SimEnv::post(Duration delay, std::function<void()> event) {
  return world_.after(delay, [this, alive = alive_, event = std::move(event)] {
    if (!*alive || die_here()) return;
    event();
  });
}

Task<bool> SimEnv::sleep(Duration time) {
  co_return co_await Callback<bool>([this, time](Callback<bool>::Done done) {
    if (stopping()) return done(false);
    auto id = ++next_sleeper_;
    sleepers_[id] = std::move(done);
    post(time, [this, id] {
      auto found = sleepers_.extract(id);
      if (found) found.mapped()(!stopping());
    });
  });
}

std::unique_ptr<net::Signal> SimEnv::make_signal() { return std::make_unique<SimSignal>(*this); }

Task<void> SimEnv::do_work(net::Turn turn, std::function<void()> job) {
  // One queue would be everybody's.
  if (turn.who.empty()) throw std::logic_error("blocking work on nobody's behalf");
  co_await Callback<bool>([this, job = std::move(job)](Callback<bool>::Done done) {
    post(world_.between(Duration{0}, Duration{3}), [this, job, done = std::move(done)] {
      job();
      if (die_here()) return;
      // The loop may be busy with others when the answer comes back to it.
      const Duration most{world_.chance(10) ? 60 : 3};
      post(world_.between(Duration{0}, most), [done] { done(true); });
    });
  });
}

Task<std::optional<net::NotDone>> SimEnv::try_do_work(net::Turn turn, Duration,
                                                      std::function<void()> job) {
  co_await do_work(std::move(turn), std::move(job));
  co_return std::nullopt;
}

Task<Result<std::unique_ptr<protocols::Connection>>> SimEnv::dial(net::Endpoint endpoint,
                                                                  Duration deadline) {
  auto name = endpoint.host + ":" + std::to_string(endpoint.port);
  auto number = world_.dials_++;
  Faults faults = world_.plan ? world_.plan(endpoint, number) : Faults{};
  world_.trace("dial", name);
  auto delay =
      faults.no_answer ? deadline : world_.between(faults.latency_least, faults.latency_most);
  co_await Callback<bool>([this, delay](Callback<bool>::Done done) {
    post(delay, [done = std::move(done)] { done(true); });
  });
  if (faults.no_answer)
    co_return fail(Kind::transient, "net.timeout", "The server did not answer in time.");
  bool host_known = false;
  auto service = world_.find(endpoint.host, endpoint.port, &host_known);
  if (!host_known)
    co_return fail(Kind::permanent, "net.host-not-found", "There is no such server name.");
  if (!service || faults.refuse)
    co_return fail(Kind::transient, "net.refused", "The server refused the connection.");
  auto link = std::make_shared<Link>(world_, faults, name + "#" + std::to_string(number));
  link->encrypted = endpoint.security == net::Security::tls;
  std::erase_if(links_, [](const auto& weak) { return weak.expired(); });
  links_.push_back(link);
  link->open_peer(service->accept(*link));
  co_return std::make_unique<SimConnection>(*this, link);
}

}  // namespace hearback::sim
