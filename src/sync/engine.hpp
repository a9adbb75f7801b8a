#pragma once
// Watching mailboxes: connects each active mailbox of each company, imports the agreed past, stays
// on IDLE, searches for the mail of addresses that are added, and backs off when servers fail.
// What it learns it says only through the store.
#include <cstddef>
#include <functional>
#include <memory>

#include "base/limits.hpp"
#include "mailbox/imap/source.hpp"
#include "net/env.hpp"
#include "store/store.hpp"

namespace hearback::sync {

struct Options {
  Limits limits;
  Deadlines deadlines;
  // Failure waits start here and double up to the other, with jitter (S-14).
  Duration retry_first = 5s;
  Duration retry_most = 15min;
  // A refused sign-in is tried again after this, then after twice this, before a person is asked.
  Duration sign_in_again = 1min;
  // Messages that are noted as not given by the server, of an inbox and of the other folders
  // together. Of more, what they lie in doesn't count as read.
  std::size_t left_out_noted = 2000;
  // That a server's search may name in one folder: reading all headers there costs no more.
  std::size_t search_hits = 2000;
  // Bodies in memory at one time, of all mailboxes (mailbox/room).
  std::size_t bodies_octets = 256u << 20;
  // How an account is asked: by its provider.
  std::function<Task<Result<std::unique_ptr<mailbox::Source>>>(net::Env&, mailbox::Login, Limits,
                                                               Deadlines)>
      open_source = mailbox::open_imap_source;
};

class Engine {
 public:
  Engine(net::Env& env, store::Store& store, Options options = {});
  ~Engine();
  // Until env.stopping(). Spawn it on the env's loop.
  Task<void> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearback::sync
