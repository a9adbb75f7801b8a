#pragma once
// How long to wait after a connection failed (S-14), and between what comes again and again. Pure.
//
// The wait doubles up to a bound and starts anew only when a connection has SURVIVED for some time:
// a server that accepts everybody and throws them out at once is not well.
#include "base/random.hpp"
#include "base/time.hpp"

namespace hearback::sync {

// Between half of it and the whole: what failed together doesn't come back together.
Duration spread(Duration pause, Random& random);

class Backoff {
 public:
  Backoff(Duration first, Duration most) : first_(first), most_(most), next_(first) {}

  // After a connection that lived `survived`: how long to wait, spread.
  Duration after(Duration survived, bool throttled, Random& random);

 private:
  Duration first_, most_, next_;
};

// What asks for a look time and again and brings nothing: a few looks at once, then pauses that
// double up to a bound. With time each of them is forgotten.
class Pace {
 public:
  struct Of {
    int free = 0;  // of the pause
    Duration first, most;
    Duration forgets;  // one of them
  };
  explicit Pace(const Of& of) : of_(of) {}

  // One more, at this moment (net::Env::ticks): how long to wait before it is looked at.
  Duration again(Instant ticks);
  // All is well.
  void forget() { count_ = 0; }
  int times() const { return count_; }  // since then

 private:
  Of of_;
  int count_ = 0;
  Instant counted_;
};

}  // namespace hearback::sync
