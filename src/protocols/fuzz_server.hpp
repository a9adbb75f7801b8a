#pragma once
// Plays a server that says random bytes: each action takes its outcome from the input.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocols/dialogue.hpp"

namespace hearback::protocols {

class FuzzServer {
 public:
  explicit FuzzServer(std::string_view input) : input_(input) {}

  bool empty() const { return input_.empty(); }
  std::uint8_t byte() {
    if (input_.empty()) return 0;
    auto value = static_cast<std::uint8_t>(input_[0]);
    input_.remove_prefix(1);
    return value;
  }
  // Up to the next NUL: words for verbs.
  std::string word() {
    auto end = input_.find('\0');
    auto text = input_.substr(0, end);
    input_.remove_prefix(end == input_.npos ? input_.size() : end + 1);
    return std::string(text.substr(0, 200));
  }

  template <class T>
  T play(Dialogue<T> dialogue) {
    Outcome outcome;
    while (auto action = dialogue.resume(std::move(outcome))) outcome = perform(*action);
    return dialogue.result();
  }

 private:
  Outcome perform(const Action& action) {
    Outcome outcome;
    bool reads = std::holds_alternative<Read>(action) ||
                 std::holds_alternative<ReadOrInterrupt>(action) ||
                 std::holds_alternative<ReadArrived>(action);
    if (input_.empty() && !std::holds_alternative<Write>(action)) {
      outcome.error = Error{Kind::transient, "net.closed", "Closed.", ""};
    } else if (reads) {
      auto choice = byte();
      outcome.timed_out = choice == 255;
      outcome.interrupted = choice == 254 && std::holds_alternative<ReadOrInterrupt>(action);
      if (!outcome.timed_out && !outcome.interrupted) {
        // Mostly whole lines, so that the input needn't guess their length.
        auto end = choice < 200 ? input_.find('\n') : choice - 200u;
        end = std::min(end, input_.size() - 1) + 1;
        if (input_.empty()) return outcome;
        outcome.bytes = input_.substr(0, end);
        input_.remove_prefix(end);
        outcome.elapsed = std::chrono::milliseconds(choice * 10);
      }
    }
    return outcome;
  }

  std::string_view input_;
};

}  // namespace hearback::protocols
