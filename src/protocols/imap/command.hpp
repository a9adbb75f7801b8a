#pragma once
// One IMAP command: what is said, what its answer may cost, and who hears it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "protocols/imap/response.hpp"

namespace hearback::protocols::imap {

// What the server may take for its answer. Whoever goes beyond it loses the connection: nothing
// sensible can follow. Only waiting counts as time.
struct Budget {
  Duration time{0};                // from the command's first octet to its tagged answer
  Duration silence{0};             // between two pieces of it
  std::uint64_t octets = 0;        // received
  std::uint64_t responses = 0;     // received, of any kind
  std::size_t line_octets = 0;     // of one response, outside literals
  std::size_t literal_octets = 0;  // of one response, in literals; more of them are dropped

  // What two commands may cost that are on the wire together.
  Budget& operator+=(const Budget& other);
};

// Who wants to hear what is said while a command runs. Views are valid during the call only.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void fetch(const FetchData&) {}
  virtual void list(ListedFolder) {}
  virtual void status(const FolderStatus&) {}
  // A STATUS of this folder is the answer, and no news of the server's own accord.
  virtual bool asks_status_of(std::string_view /*wire_name*/) const { return false; }
  virtual void name_space(std::string_view /*rest*/) {}
  virtual void search(std::string_view /*numbers*/) {}
  virtual void extended_search(std::string_view /*rest*/) {}

  static Listener& nobody();
};

// Text, and literals for what a quoted string can't hold.
class Command {
 public:
  Command(std::string text, const Budget& what_it_may_cost, Listener& who = Listener::nobody())
      : budget(what_it_may_cost), listener(&who), pieces_{{std::move(text), false, {}}} {}
  Command& text(std::string_view bytes);
  // Quoted where that is possible, else a literal.
  Command& string(std::string_view bytes);
  // `bytes` must outlive the command.
  Command& literal(std::string_view bytes);

  struct Piece {
    std::string text;
    bool is_literal = false;
    std::string_view literal;
    std::string_view bytes() const { return is_literal && text.empty() ? literal : text; }
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

  Budget budget;
  Listener* listener;  // outlives the command

 private:
  std::vector<Piece> pieces_;
};

// Several FETCH commands, a few of them on the wire at a time; it hears all their answers. They are
// numbered from 0 as it gives them.
class Batch : public Listener {
 public:
  // The next command, where there is one to be sent beside so many. Asked for again whenever
  // something has come, so that there may be one later.
  virtual std::optional<std::string> next(std::size_t on_wire) = 0;
  virtual Budget budget(std::size_t i) const = 0;
  virtual void finished(std::size_t i) = 0;
  // NO or BAD to this one. False: the batch has failed, and is asked for no more.
  virtual bool refused(std::size_t i, const Error& error) = 0;
};

}  // namespace hearback::protocols::imap
