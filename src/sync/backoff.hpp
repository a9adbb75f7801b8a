#pragma once
// How long to wait after a connection failed (S-14). Pure.
//
// The wait doubles up to a bound and starts anew only when a connection has SURVIVED for some time:
// a server that accepts everybody and throws them out at once is not well.
#include "base/random.hpp"
#include "base/time.hpp"

namespace hearback::sync {

class Backoff {
 public:
  Backoff(Duration first, Duration most) : first_(first), most_(most), next_(first) {}

  // After a connection that lived `survived`: how long to wait. Between half of the step and the
  // whole of it, so that mailboxes of one server don't come back together.
  Duration after(Duration survived, bool throttled, Random& random);

 private:
  Duration first_, most_, next_;
};

}  // namespace hearback::sync
