#pragma once
// One thread, one io_context, one Env on it. main makes two: mail (sync, outbox) and http.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/env.hpp"
#include "net/http.hpp"

namespace hearback::net {

// Which addresses the program may connect to (THREAT3). The operator's word, not a tenant's.
struct DialPolicy {
  bool allow_loopback = false;       // this machine, also by its public address: the demo and tests
  bool allow_private = false;        // RFC 1918, ULA, CGNAT, link-local
  bool allow_plain = false;          // Security::none
  std::vector<std::uint16_t> ports;  // empty: 143 993 25 465 587 2525 443 only; {0}: any
  std::string ca_file;               // trusted in addition to the system's certificates
  // Asked in place of the system's name servers: "192.0.2.53,[2001:db8::53]:5353".
  std::string name_servers;
  // Fixed answers for names ("imap.demo.example" → "127.0.0.1"): tests and the demo.
  std::vector<std::pair<std::string, std::string>> hosts;
};

// True when a connection to this numeric address is allowed; every IPv4-in-IPv6 form, NAT64, 6to4
// and Teredo included. `own`: this machine's, which are loopback by another name.
bool may_dial(std::string_view address, const DialPolicy& policy,
              const std::vector<Address>& own = {});

class Workers;  // threads for blocking work, shared by loops

// Owns the tasks spawned on it. Those that are left when run() returns are destroyed with the Loop:
// what they refer to, and HTTP handlers, must outlive it.
class Loop {
 public:
  Loop(std::shared_ptr<Workers> workers, DialPolicy policy, Deadlines deadlines = {});
  ~Loop();

  Env& env();
  // Starts on the loop's thread; the loop owns it.
  void spawn(Task<void> task);
  // Serves until stopped. The port actually bound (ask for 0 to get a free one).
  Result<std::uint16_t> listen(const ListenOptions& options, HttpHandler& handler,
                               const Limits& limits = {});
  // Until stop(). Then sleeps and signals end, connections are interrupted, listeners and idle HTTP
  // connections close; after 2 s every connection is closed; after 5 s run() returns whatever tasks
  // are left. The destructor waits for work() under way.
  void run();
  void stop();  // from any thread or a signal watcher
  // Runs `job` on the loop's thread.
  void post(std::function<void()> job);
  // SIGINT and SIGTERM call stop on this loop, then `also`.
  void stop_on_signals(std::function<void()> also);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::shared_ptr<Workers> make_workers(int threads);

}  // namespace hearback::net
