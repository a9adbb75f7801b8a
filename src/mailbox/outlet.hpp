#pragma once
// What leaves through one account, whatever its provider. A message is prepared, which can be taken
// back, and then crosses, which can't. Between the two the caller commits that it is about to
// cross: whoever finds that mark without an outcome looks for the message and never sends it again
// blindly.
//
// An outlet opens its connections when they are needed and keeps them for the next message. One
// task may prepare and let cross while another looks and files; neither verb runs twice at once.
// The outlet must outlive the verb under way.
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"

namespace hearback::mailbox {

struct Letter {
  std::string from;  // of the envelope, like the recipients
  std::vector<std::string> recipients;
  std::string_view bytes;  // stays where it is until prepare() has ended
};

// How a crossing ended. answer: the provider's own words, where it has some.
struct Taken {
  std::string answer;
};
struct Refused {  // certainly not taken; for now where the error is transient, else for good
  Error error;
  std::string answer;
  // The provider hadn't heard of the message yet: the account's next one would fare no better.
  bool at_the_door = false;
};
struct Unknown {  // nobody knows
  Error error;
};
using Crossing = std::variant<Taken, Refused, Unknown>;

// By what a sent message is known.
struct Sought {
  std::string message_id;  // without < >
  std::string mark;        // our own header field's value; empty: by the Message-ID alone
};

class Outlet {
 public:
  virtual ~Outlet() = default;

  // All but the last step. nullopt: it may cross.
  virtual Task<std::optional<Refused>> prepare(Letter letter) = 0;
  // What was prepared is delivered, once.
  virtual Task<Crossing> cross() = 0;
  // What was prepared is not delivered.
  virtual void let_go() = 0;

  // In the account's folder for sent mail, for all of them at once: the answers are in the order of
  // the question. true: there, for its header says so; false: for certain not there; an error:
  // can't tell, and why. That a message isn't there says nothing about whether it was sent: after
  // plain SMTP nobody need have filed it.
  virtual Task<std::vector<Result<bool>>> look_for(std::vector<Sought> sought) = 0;
  virtual Task<Result<>> file_copy(std::string_view bytes, Instant date) = 0;

  // Says goodbye. Later verbs open the connections again.
  virtual Task<void> leave() = 0;
  // Every verb under way or to come ends with an error, but for the answer to a crossing, which is
  // worth waiting for.
  virtual void stop() = 0;
};

}  // namespace hearback::mailbox
