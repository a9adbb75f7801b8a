#include "net/loop.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <list>

#include "net/asio.hpp"
//
#include <boost/asio/signal_set.hpp>

#include "base/log.hpp"
#include "net/http_server.hpp"
#include "net/real_env.hpp"
#include "net/workers.hpp"

namespace hearback::net {
namespace {

// At a stop conversations get a moment to end well, then their connections are cut.
constexpr Duration kGrace = 2s;
constexpr Duration kPatience = 5s;

// Debian starts programs with 1024 descriptors unless they ask for what they may have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warn("loop.descriptor-limit");
}

}  // namespace

struct Loop::Impl {
  std::shared_ptr<Core> core = std::make_shared<Core>();
  std::shared_ptr<Workers> workers;
  Deadlines deadlines;
  RealEnv env;
  asio::executor_work_guard<asio::io_context::executor_type> busy{core->io.get_executor()};
  asio::steady_timer grace{core->io}, patience{core->io};
  asio::signal_set signals{core->io};
  std::atomic<std::size_t> running = 0;
  std::vector<std::unique_ptr<HttpServer>> servers;
  std::list<Task<void>> tasks;
  bool over = false;  // nothing may start any more

  Impl(std::shared_ptr<Workers> w, DialPolicy policy, Deadlines d)
      : workers(std::move(w)), deadlines(d), env(core, workers, std::move(policy), deadlines) {}

  using Place = std::list<Task<void>>::iterator;

  static Task<void> watched(Impl& impl, Place place, Task<void> task) {
    try {
      co_await task;
    } catch (const std::exception&) {
      log::error("task.threw");
      std::terminate();
    }
    // A coroutine can't free itself.
    asio::post(impl.core->io, [&impl, place] {
      if (!impl.over) impl.tasks.erase(place);
    });
    if (--impl.running == 0 && impl.core->stopping()) impl.core->io.stop();
  }

  void spawn(Task<void> task) {
    ++running;
    asio::post(core->io, [this, task = std::move(task)]() mutable {
      if (over) return;
      auto place = tasks.emplace(tasks.end());
      *place = watched(*this, place, std::move(task));
      place->start();
    });
  }

  void stop() {
    if (!core->set_stopping()) return;
    asio::post(core->io, [this] { wind_down(); });
  }

  void wind_down() {
    core->fire_hooks(false);
    if (running == 0) return core->io.stop();
    grace.expires_after(kGrace);
    grace.async_wait([this](boost::system::error_code error) {
      if (!error) core->fire_hooks(true);
    });
    patience.expires_after(kPatience);
    patience.async_wait([this](boost::system::error_code error) {
      if (error) return;
      log::warn("loop.tasks-left", {{"count", running.load()}});
      core->io.stop();
    });
  }
};

Loop::Loop(std::shared_ptr<Workers> workers, DialPolicy policy, Deadlines deadlines)
    : impl_(std::make_unique<Impl>(std::move(workers), std::move(policy), deadlines)) {
  // OpenSSL writes without MSG_NOSIGNAL.
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) log::error("loop.sigpipe");
  raise_descriptor_limit();
}

Loop::~Loop() {
  impl_->core->set_stopping();
  impl_->core->wait_for_jobs();  // they may use what the tasks own
  impl_->over = true;
  impl_->tasks.clear();
  impl_->servers.clear();
  impl_->signals.cancel();
  impl_->busy.reset();
  // Handlers of what has just been closed run into the void here, not in the io_context's end.
  impl_->core->io.restart();
  impl_->core->io.poll();
}

Env& Loop::env() { return impl_->env; }

void Loop::spawn(Task<void> task) { impl_->spawn(std::move(task)); }

Result<std::uint16_t> Loop::listen(const ListenOptions& options, HttpHandler& handler,
                                   const Limits& limits) {
  auto server = std::make_unique<HttpServer>(
      impl_->core, options, handler, limits, impl_->deadlines.http_request, impl_->deadlines.tls,
      [impl = impl_.get()](Task<void> task) { impl->spawn(std::move(task)); });
  auto port = server->open();
  if (!port) return port;
  spawn(server->accept_all());
  impl_->servers.push_back(std::move(server));
  return port;
}

void Loop::run() { impl_->core->io.run(); }

void Loop::stop() { impl_->stop(); }

void Loop::post(std::function<void()> job) {
  asio::post(impl_->core->io, [impl = impl_.get(), job = std::move(job)] {
    if (!impl->over) job();
  });
}

void Loop::stop_on_signals(std::function<void()> also) {
  impl_->signals.add(SIGINT);
  impl_->signals.add(SIGTERM);
  impl_->signals.async_wait(
      [impl = impl_.get(), also = std::move(also)](boost::system::error_code error, int) {
        if (error) return;
        // Whoever asks twice doesn't want to wait.
        impl->signals.async_wait([](boost::system::error_code again, int) {
          if (!again) std::_Exit(130);
        });
        impl->stop();
        if (also) also();
      });
}

}  // namespace hearback::net
