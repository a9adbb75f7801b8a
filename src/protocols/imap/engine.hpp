#pragma once
// What all verbs of an IMAP session share: tags, writing commands, reading responses, and the facts
// that responses bring whenever they come. Reading is a plain loop over the receive buffer; a
// coroutine suspends only to wait for bytes, never per response.
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/buffer.hpp"
#include "protocols/imap/errors.hpp"
#include "protocols/imap/response.hpp"
#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {

// What a verb wants to hear while its commands run. Views are valid during the call only.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void fetch(const FetchData&) {}
  virtual void list(ListedFolder) {}
  virtual void status(const FolderFacts&) {}
  virtual void search(std::string_view /*numbers*/) {}
  virtual void extended_search(std::string_view /*rest*/) {}
};

// A command: text, and literals for what a quoted string can't hold.
class Command {
 public:
  explicit Command(std::string text) : pieces_{{std::move(text), false, {}}} {}
  Command& text(std::string_view bytes);
  // Quoted where that is possible, else a literal.
  Command& string(std::string_view bytes);
  // `bytes` must outlive the command.
  Command& literal(std::string_view bytes);

  struct Piece {
    std::string text;
    bool is_literal = false;
    std::string_view literal;
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::vector<Piece> pieces_;
};

// Several FETCH commands, a few of them on the wire at a time.
class Batch : public Listener {
 public:
  virtual std::size_t size() const = 0;
  virtual std::string command(std::size_t i) = 0;
  virtual bool finished(std::size_t i) = 0;  // false: ask for no more
  // Said after the last answer that could be read.
  virtual std::optional<Error> failure() const { return std::nullopt; }
};

class Engine {
 public:
  Engine(const Limits& limits, const Deadlines& deadlines);

  enum class Event { completion, go_ahead };

  // The next tagged answer or continuation; every data response on the way goes to `listener` and
  // into the facts.
  Task<Result<Event>> next(Wire& wire, Listener& listener);
  Task<Result<>> write(Wire& wire, std::string bytes);
  // Sends one command and waits for its answer, NO and BAD included.
  Task<Result<Completion>> run(Wire& wire, Command command, Listener& listener);
  Task<Result<>> run_batch(Wire& wire, Batch& batch);

  std::uint64_t take_tag() { return next_tag_++; }
  static std::string tag_text(std::uint64_t tag);
  bool has(std::string_view capability) const;
  Result<> usable() const;
  // Ends the session: every later verb fails at once.
  Failure give_up(Error error);
  // Bounds for the answers of the verb that begins.
  void expect(std::size_t line_octets, std::size_t literal_octets) {
    buffer.set_limits(line_octets, literal_octets);
  }
  void expect_ordinary() { expect(limits.imap_line_octets, limits.imap_line_octets); }
  void remember(const Response& response);
  void take_code(const Response& response);

  const Limits limits;
  const Deadlines deadlines;
  ReceiveBuffer buffer;
  std::set<std::string, std::less<>> capabilities;
  std::uint64_t capabilities_told = 0;  // how often the server listed them
  std::string folder;                   // open; empty: none
  FolderFacts facts;
  std::uint64_t changes = 0;  // of the open folder: arrivals and removals seen
  Completion completion;      // the last tagged answer
  std::string challenge;      // the last continuation's text
  Completion last_words;      // of a BYE
  std::string answer;         // the server's own words, last NO, BAD or BYE
  std::optional<Duration> backoff;
  bool expect_bye = false;        // LOGOUT: BYE is no failure
  bool signing_in = false;        // the answer that explains a BYE may still follow it
  std::uint64_t keep_alives = 0;  // responses that change nothing
  bool idle_works = true;

  // One step over what the buffer holds; nullopt: more bytes are needed. Public for the fuzzer.
  std::optional<Event> step(Listener& listener);
  const std::optional<Error>& broken() const { return broken_; }

 private:
  void take_data(const Response& response, Listener& listener);
  void take_numbered(const Response& response, Listener& listener);
  void take_status(const Response& response);
  void take_capabilities(std::string_view names);
  Task<Result<>> write_pieces(Wire& wire, std::string bytes, std::string_view large);

  std::uint64_t next_tag_ = 1;
  bool said_bye_ = false;
  std::optional<Error> broken_;
};

}  // namespace hearback::protocols::imap
