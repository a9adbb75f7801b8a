#pragma once
// Plays the other side of a protocol conversation from a text file: the whole answer in one read,
// or one byte at a time, or with a fault at any step. A transcript is read line by line:
//
//   # comment
//   protocol: imap            (or smtp)
//   limits: scan_in_flight=1  (optional: some fields of Limits)
//   > examine INBOX           a verb of the session, run in this order
//   M: Subject: hello         a line of the verb's message (CRLF added)
//   = exists 3                what the verb must bring, one line each, in this order
//   C: H3 EXAMINE "INBOX"     the client must say this (CRLF added)
//   S: * 3 EXISTS             the server says this (CRLF added); "S- " adds no CRLF
//   S: * 1 FETCH (BODY[] {@}  {@} and {@+} count the L: lines that follow
//   L: Subject: hello         a line of the literal (CRLF added); the side of the line above says
//   it <starttls> <starttls-fails CODE> <eof> <timeout> <wait> <interrupt>
//   <after SECONDS>           what the server says next takes it so long
//
// \xHH stands for a byte anywhere. What the client says early is kept until it is due, so that a
// pipelining client needs no exact interleaving.
#include <cstddef>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/text.hpp"
#include "protocols/dialogue.hpp"

namespace hearback::transcripts {

struct Event {
  enum class Kind {
    client,
    server,
    starttls,
    starttls_fails,
    eof,
    timeout,
    wait,
    interrupt,
    after
  };
  Kind kind;
  std::string bytes;  // client, server; the error code of starttls_fails; seconds of after
};

struct Verb {
  std::vector<std::string> words;
  std::string message;
  std::vector<std::string> expected;
};

struct Script {
  std::string protocol;
  std::vector<std::pair<std::string, std::size_t>> limits;
  std::vector<Event> events;
  std::vector<Verb> verbs;
};

inline std::string resolve_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x')
      if (auto byte = from_hex(text.substr(i + 2, 2))) {
        out += *byte;
        i += 3;
        continue;
      }
    out += text[i];
  }
  return out;
}

// The other way round, for results: one line, printable.
inline std::string with_escapes(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\r')
      out += "\\r";
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20)
      out += "\\x" + to_hex(std::string_view(&c, 1));
    else
      out += c;
  }
  return out;
}

class Reader {
 public:
  static Script read(std::string_view text) {
    Reader reader;
    std::size_t number = 0;
    for (auto line : split(text, '\n')) {
      ++number;
      if (!line.empty() && !reader.take(line))
        throw std::runtime_error("transcript line " + std::to_string(number) + ": " +
                                 std::string(line));
    }
    reader.close_literal();
    return std::move(reader.script_);
  }

 private:
  bool take(std::string_view line) {
    auto is = [&](std::string_view prefix) { return line.starts_with(prefix); };
    if (is("#")) return true;
    if (line == "L:" || is("L: ")) return literal_line(line.size() > 3 ? line.substr(3) : "");
    close_literal();
    if (is("protocol: ")) {
      script_.protocol = line.substr(10);
    } else if (is("limits: ")) {
      for (auto word : split(line.substr(8), ' ')) {
        auto equals = word.find('=');
        script_.limits.emplace_back(word.substr(0, equals), *to_number(word.substr(equals + 1)));
      }
    } else if (is("> ")) {
      Verb verb;
      for (auto word : split(line.substr(2), ' ')) verb.words.push_back(resolve_escapes(word));
      script_.verbs.push_back(std::move(verb));
    } else if (line == "M:" || is("M: ")) {
      script_.verbs.back().message +=
          resolve_escapes(line.size() > 3 ? line.substr(3) : "") + "\r\n";
    } else if (is("= ")) {
      script_.verbs.back().expected.emplace_back(line.substr(2));
    } else if (line == "C:" || line == "S:" || is("C: ") || is("S: ") || is("S- ")) {
      say(line[0] == 'C' ? Event::Kind::client : Event::Kind::server,
          line.size() > 3 ? line.substr(3) : "", line[1] == ':');
    } else if (is("<")) {
      return directive(line);
    } else {
      return false;
    }
    return true;
  }

  bool directive(std::string_view line) {
    auto word = line.substr(1, line.size() - 2);
    auto space = word.find(' ');
    auto name = word.substr(0, space);
    auto add = [&](Event::Kind kind) {
      script_.events.push_back(
          {kind, std::string(space == word.npos ? "" : word.substr(space + 1))});
      return true;
    };
    if (name == "starttls") return add(Event::Kind::starttls);
    if (name == "starttls-fails") return add(Event::Kind::starttls_fails);
    if (name == "eof") return add(Event::Kind::eof);
    if (name == "timeout") return add(Event::Kind::timeout);
    if (name == "wait") return add(Event::Kind::wait);
    if (name == "interrupt") return add(Event::Kind::interrupt);
    if (name == "after") return add(Event::Kind::after);
    return false;
  }

  void say(Event::Kind kind, std::string_view text, bool crlf) {
    auto bytes = resolve_escapes(text) + (crlf ? "\r\n" : "");
    for (std::string_view mark : {"{@}\r\n", "{@+}\r\n"})
      if (bytes.ends_with(mark)) {
        counting_ = std::string(mark.substr(2));
        bytes.resize(bytes.size() - mark.size());
      }
    script_.events.push_back({kind, std::move(bytes)});
  }

  bool literal_line(std::string_view line) {
    if (script_.events.empty()) return false;
    auto text = resolve_escapes(line) + "\r\n";
    if (counting_.empty())
      script_.events.back().bytes += text;
    else
      literal_ += text;
    return true;
  }

  void close_literal() {
    if (counting_.empty()) return;
    script_.events.back().bytes += "{" + std::to_string(literal_.size()) + counting_ + literal_;
    counting_.clear();
    literal_.clear();
  }

  Script script_;
  std::string counting_, literal_;
};

struct Fault {
  enum class Kind { cut, timeout };
  Kind kind;
  std::size_t action;  // the first one that fails, counted from 0
};

class Player {
 public:
  Player(const Script& script, bool byte_by_byte, std::optional<Fault> fault = std::nullopt)
      : events_(script.events), byte_by_byte_(byte_by_byte), fault_(fault) {}

  template <class T>
  T play(protocols::Dialogue<T> dialogue) {
    protocols::Outcome outcome;
    while (auto action = dialogue.resume(std::move(outcome))) outcome = perform(*action);
    return dialogue.result();
  }

  std::size_t actions() const { return actions_; }
  // Empty where everything went as written.
  const std::string& mismatch() const { return mismatch_; }
  // What the client should have done and didn't. A server may have said more than is read.
  std::string unfinished() {
    settle();
    while (at_ < events_.size() &&
           (events_[at_].kind == Event::Kind::server || events_[at_].kind == Event::Kind::after))
      ++at_;
    if (at_ < events_.size())
      return "not reached: event " + std::to_string(at_) + " " + with_escapes(events_[at_].bytes);
    return sent_.empty() ? "" : "said beyond the end: " + with_escapes(sent_);
  }

 private:
  protocols::Outcome perform(const protocols::Action& action) {
    if (++actions_ > 2'000'000) throw std::runtime_error("the conversation doesn't end");
    auto number = actions_ - 1;
    if (fault_ && fault_->kind == Fault::Kind::cut && number >= fault_->action) return broken();
    if (fault_ && fault_->kind == Fault::Kind::timeout && number == fault_->action) {
      protocols::Outcome outcome;
      outcome.timed_out = true;
      return outcome;
    }
    auto deadline = std::visit(
        [](const auto& a) {
          if constexpr (requires { a.deadline; })
            return a.deadline;
          else if constexpr (requires { a.time; })
            return a.time;
          else
            return Duration{0};
        },
        action);
    if (auto* write = std::get_if<protocols::Write>(&action)) return take(write->bytes);
    settle();
    if (std::holds_alternative<protocols::StartTls>(action)) return start_tls();
    if (std::holds_alternative<protocols::Wait>(action)) return wait(deadline);
    if (auto* read = std::get_if<protocols::ReadArrived>(&action)) {
      bool arrived = at_ < events_.size() && (events_[at_].kind == Event::Kind::server ||
                                              events_[at_].kind == Event::Kind::eof);
      return arrived ? give(read->at_most, false) : protocols::Outcome{};
    }
    if (auto* read = std::get_if<protocols::Read>(&action))
      return give_in_time(read->at_most, false, deadline);
    return give_in_time(std::get<protocols::ReadOrInterrupt>(action).at_most, true, deadline);
  }

  protocols::Outcome give_in_time(std::size_t at_most, bool interruptible, Duration deadline) {
    while (at_ < events_.size() && events_[at_].kind == Event::Kind::after) {
      late_ += std::chrono::seconds(*to_number(events_[at_].bytes));
      ++at_;
    }
    if (late_ >= deadline) {
      late_ -= deadline;
      protocols::Outcome outcome;
      outcome.timed_out = true;
      outcome.elapsed = deadline;
      return outcome;
    }
    auto outcome = give(at_most, interruptible);
    outcome.elapsed = outcome.timed_out ? deadline : std::exchange(late_, Duration{0});
    return outcome;
  }

  protocols::Outcome take(std::string_view bytes) {
    if (bytes.empty()) return differs("an empty write");
    if (at_ < events_.size() && events_[at_].kind == Event::Kind::eof) return broken();
    sent_ += bytes;
    return settle() ? protocols::Outcome{} : broken();
  }

  // Matches what the client said with what it must say.
  bool settle() {
    while (at_ < events_.size() && events_[at_].kind == Event::Kind::client) {
      const auto& due = events_[at_].bytes;
      if (sent_.size() < due.size() && due.starts_with(sent_)) return true;
      if (!sent_.starts_with(due)) {
        differs("expected " + with_escapes(due) + "\n     said " + with_escapes(sent_));
        return false;
      }
      sent_.erase(0, due.size());
      ++at_;
    }
    return true;
  }

  protocols::Outcome give(std::size_t at_most, bool interruptible) {
    protocols::Outcome outcome;
    if (at_ >= events_.size()) return differs("reads beyond the end");
    auto kind = events_[at_].kind;
    if (kind == Event::Kind::eof) return broken();
    if (kind == Event::Kind::timeout || (kind == Event::Kind::interrupt && interruptible)) {
      (kind == Event::Kind::timeout ? outcome.timed_out : outcome.interrupted) = true;
      ++at_;
      return outcome;
    }
    if (kind != Event::Kind::server)
      return differs("reads, but due is " + with_escapes(events_[at_].bytes) + "\n     said " +
                     with_escapes(sent_));
    if (byte_by_byte_) at_most = 1;
    while (at_ < events_.size() && events_[at_].kind == Event::Kind::server &&
           outcome.bytes.size() < at_most) {
      auto rest = std::string_view(events_[at_].bytes).substr(given_);
      rest = rest.substr(0, at_most - outcome.bytes.size());
      outcome.bytes += rest;
      given_ += rest.size();
      if (given_ == events_[at_].bytes.size()) {
        given_ = 0;
        ++at_;
      }
    }
    return outcome;
  }

  protocols::Outcome start_tls() {
    protocols::Outcome outcome;
    auto kind = at_ < events_.size() ? events_[at_].kind : Event::Kind::eof;
    if (kind == Event::Kind::starttls) {
      ++at_;
    } else if (kind == Event::Kind::starttls_fails) {
      outcome.error = Error{Kind::permanent, events_[at_++].bytes, "TLS failed.", "Check it."};
    } else if (kind == Event::Kind::server) {
      at_ = events_.size();
      outcome.error = Error{Kind::permanent, protocols::kBytesBeforeTls, "Too early.", "Check."};
    } else {
      return differs("starts TLS out of turn");
    }
    return outcome;
  }

  protocols::Outcome wait(Duration time) {
    protocols::Outcome outcome;
    outcome.elapsed = time;
    auto kind = at_ < events_.size() ? events_[at_].kind : Event::Kind::eof;
    if (kind != Event::Kind::wait && kind != Event::Kind::interrupt)
      return differs("waits out of turn");
    outcome.interrupted = kind == Event::Kind::interrupt;
    ++at_;
    return outcome;
  }

  protocols::Outcome broken() {
    if (at_ < events_.size() && events_[at_].kind == Event::Kind::eof) ++at_;
    protocols::Outcome outcome;
    outcome.error = Error{Kind::transient, "net.closed", "The connection is gone.", "Wait."};
    return outcome;
  }

  protocols::Outcome differs(std::string how) {
    if (mismatch_.empty()) mismatch_ = std::move(how);
    return broken();
  }

  const std::vector<Event>& events_;
  const bool byte_by_byte_;
  const std::optional<Fault> fault_;
  std::size_t at_ = 0, given_ = 0, actions_ = 0;
  Duration late_{0};
  std::string sent_, mismatch_;
};

}  // namespace hearback::transcripts
