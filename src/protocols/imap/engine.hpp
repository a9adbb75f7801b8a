#pragma once
// What all conversations of an IMAP session share: sending commands, reading what comes within a
// command's budget, and the facts that responses bring whenever they come. Reading is a plain loop
// over the receive buffer; a coroutine suspends only to wait for bytes, never per response.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/buffer.hpp"
#include "protocols/imap/command.hpp"
#include "protocols/imap/errors.hpp"
#include "protocols/imap/response.hpp"
#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {

class Engine {
 public:
  Engine(const Limits& limits, const Deadlines& deadlines);

  const Limits& limits() const { return limits_; }
  const Deadlines& deadlines() const { return deadlines_; }
  Budget ordinary() const;  // of a command whose answer is short

  // Ok while the session lives.
  Result<> usable() const;
  const Error& why_broken() const { return *broken_; }  // where it doesn't
  // Ends it: every later verb fails at once.
  Failure give_up(Error error);

  // ---- commands
  // Sends one and waits for its answer, NO and BAD included.
  Task<Result<Completion>> run(Wire& wire, Command command);
  Task<Result<>> run_batch(Wire& wire, Batch& batch);

  // ---- commands that are conversations themselves (the greeting, AUTHENTICATE, IDLE)
  enum class Event { completion, go_ahead };
  // What comes from here on is within this budget and for this listener, which outlives it.
  void allow(Wire& wire, const Budget& budget, Listener& listener = Listener::nobody());
  // Sends a command without literals; → its tag.
  Task<Result<std::uint64_t>> begin(Wire& wire, Command command);
  Task<Result<>> write(Wire& wire, std::string bytes);
  // The next tagged answer or continuation; every data response on the way is heard.
  Task<Result<Event>> next(Wire& wire);
  Task<Result<Completion>> answer_to(Wire& wire, std::uint64_t tag);
  // One step over what the buffer holds; nullopt: more bytes are needed, or the session has ended.
  std::optional<Event> step();
  // Takes in what a Read brought. False: the session has ended.
  bool take(const Outcome& outcome);
  const Completion& completion() const { return completion_; }  // the last tagged answer
  const std::string& challenge() const { return challenge_; }   // the last continuation's text
  ReceiveBuffer& buffer() { return buffer_; }

  // ---- what the server told
  bool has(std::string_view capability) const;
  const std::set<std::string, std::less<>>& capabilities() const { return capabilities_; }
  std::uint64_t capabilities_told() const { return capabilities_told_; }  // how often
  void forget_capabilities() { capabilities_.clear(); }
  void remember(const Response& response);
  void take_code(const Response& response);
  void forget_words();  // what was said before TLS counts no more
  std::optional<Duration> backoff() const { return backoff_; }
  // While signing in, the answer that explains a BYE may still follow it.
  void signing_in(bool now) { signing_in_ = now; }
  void expect_bye() { expect_bye_ = true; }  // LOGOUT: BYE is no failure

  // ---- the folder that is open
  const std::string& folder() const { return folder_; }  // wire name; empty: none
  const FolderFacts& facts() const { return facts_; }
  std::uint64_t changes() const { return changes_; }  // arrivals and removals seen
  void folder_opens() { folder_closed(); }            // facts that come now are the new one's
  void folder_open(std::string wire_name);
  void folder_closed();

  // ---- the folder that is listened for, whatever is open (notify.hpp)
  void listen_for(std::string wire_name);
  // Empty: none, or the server has given it up since.
  const std::string& listened() const { return listened_; }
  std::uint64_t heard_elsewhere() const { return heard_elsewhere_; }
  std::uint64_t news() const { return changes_ + heard_elsewhere_; }

 private:
  void take_folder_status(const FolderStatus& told);
  void take_data(const Response& response);
  void take_numbered(const Response& response);
  void take_status(const Response& response);
  void take_capabilities(std::string_view names);
  Task<Result<>> write_pieces(Wire& wire, std::string bytes, std::string_view large);
  Task<Result<bool>> go_ahead(Wire& wire, std::uint64_t tag);
  bool literal_at_once(std::size_t octets) const;

  const Limits limits_;
  const Deadlines deadlines_;
  ReceiveBuffer buffer_;
  Budget left_;  // of the command under way; its time is the Wire's to count
  Listener* listener_ = &Listener::nobody();
  std::uint64_t next_tag_ = 1;
  std::set<std::string, std::less<>> capabilities_;
  std::uint64_t capabilities_told_ = 0;
  std::string folder_;
  FolderFacts facts_;
  std::uint64_t changes_ = 0;
  std::string listened_;
  FolderFacts known_of_listened_;  // what was told last, asked for or not
  std::uint64_t heard_elsewhere_ = 0;
  Completion completion_;
  std::string challenge_;
  Completion last_words_;  // of a BYE
  bool said_bye_ = false, expect_bye_ = false, signing_in_ = false;
  std::optional<Duration> backoff_;
  std::optional<Error> broken_;
};

}  // namespace hearback::protocols::imap
