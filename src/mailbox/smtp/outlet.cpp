#include "mailbox/smtp/outlet.hpp"

#include <utility>

#include "base/text.hpp"
#include "mailbox/connect.hpp"
#include "mailbox/smtp/sent_folder.hpp"
#include "protocols/smtp/refusals.hpp"

namespace hearback::mailbox {
namespace {

using protocols::Wire;
using Smtp = protocols::smtp::Session;

bool lost(const Error& error) {
  return error.code == "smtp.closed" || error.code == "smtp.timeout";
}

// What is kept of the server's own words: enough to be read, whatever it says.
std::string words_of(const protocols::smtp::Reply& reply) {
  constexpr std::size_t kMost = 2000;
  return std::to_string(reply.code) + " " + to_valid_utf8(reply.text.substr(0, kMost));
}

// The submission half. `line` is kept from one message to the next.
class Submission {
 public:
  Submission(net::Env& env, Login login, Limits limits, Deadlines deadlines)
      : env_(env), login_(std::move(login)), limits_(limits), deadlines_(deadlines) {}

  Task<std::optional<Refused>> prepare(Letter letter);
  Task<Crossing> cross();
  void let_go() { close(); }
  Task<void> leave();
  void stop() {
    stopped_ = true;
    if (line_ && !crossing_) line_->connection->close();
  }

 private:
  Task<Result<>> open();
  Task<Result<>> begin(const Letter& letter);
  bool worth_another(bool kept, const Error& error) const;
  Refused refused(Error error) const;
  void close() {
    if (line_) line_->connection->close();
    line_.reset();
  }

  net::Env& env_;
  Login login_;
  Limits limits_;
  Deadlines deadlines_;
  std::optional<SmtpLine> line_;
  bool crossing_ = false, stopped_ = false;
  bool at_the_door_ = false;  // nothing of the message has been said yet
  bool begun_ = false;        // the server wants the message's content
  bool carried_ = false;      // a message went out on this connection
};

// The server's words are of interest only where they are what the attempt failed of.
Refused Submission::refused(Error error) const {
  std::string words;
  if (line_ && !lost(error) && line_->session->answer().code != 0)
    words = words_of(line_->session->answer());
  return {std::move(error), std::move(words), at_the_door_};
}

Task<Result<>> Submission::open() {
  auto opened = co_await open_smtp(env_, login_, limits_, deadlines_);
  if (!opened) co_return Failure(opened.error());
  line_ = std::move(*opened);
  carried_ = false;
  co_return Result<>{};
}

Task<Result<>> Submission::begin(const Letter& letter) {
  at_the_door_ = true;
  begun_ = false;
  if (stopped_) co_return Failure(outlet_stopped());
  if (!line_)
    if (auto opened = co_await open(); !opened) co_return opened;
  if (stopped_) co_return Failure(outlet_stopped());
  at_the_door_ = false;
  // However slowly the server answers and takes octets: a message that isn't through by then
  // holds up others.
  line_->allowed =
      protocols::TimeBudget(deadlines_.smtp_data_end +
                            std::chrono::seconds(letter.bytes.size() / limits_.slowest_octets));
  auto done = co_await line_->run([&letter](Smtp& s, Wire& w) {
    return s.begin(w, letter.from, letter.recipients, letter.bytes.size());
  });
  begun_ = done.has_value();
  co_return done;
}

// A kept connection may have ended meanwhile. And one that carried messages may be at the limit
// that some servers set for one connection: what they say then looks like the account's limit, so
// only a fresh connection's refusal for now is believed.
bool Submission::worth_another(bool kept, const Error& error) const {
  if (!kept || !line_ || stopped_) return false;
  if (line_->session->over()) return !begun_;
  return carried_ && error.kind == Kind::transient && !lost(error);
}

// On the connection that is there, if any; else, and once where that is of no use, on a fresh one.
Task<std::optional<Refused>> Submission::prepare(Letter letter) {
  for (bool kept = line_.has_value();; kept = false) {
    auto done = co_await begin(letter);
    if (done)
      done = co_await line_->run(
          [&letter](Smtp& s, Wire& w) { return s.write_data(w, letter.bytes); });
    if (done) co_return std::nullopt;
    const bool again = worth_another(kept, done.error());
    auto why = refused(done.error());
    if (again || (line_ && line_->session->over())) close();
    if (!again) co_return why;
  }
}

Task<Crossing> Submission::cross() {
  if (!line_) co_return Refused{outlet_stopped(), {}};
  crossing_ = true;
  line_->allowed = {};  // its answer is worth waiting for
  auto reply = co_await line_->run([](Smtp& s, Wire& w) { return s.end_data(w); });
  crossing_ = false;
  Crossing crossing;
  if (reply) {
    carried_ = true;
    crossing = Taken{words_of(*reply)};
  } else if (line_->session->dot_written() && lost(reply.error())) {
    crossing = Unknown{reply.error()};
  } else {
    crossing = refused(reply.error());
    // The connection's limit, as far as we can tell: see worth_another().
    if (carried_ && reply.error().code == "smtp.sending-limit") {
      std::get<Refused>(crossing).error = protocols::smtp::busy();
      close();
    }
  }
  if (line_ && line_->session->over()) close();
  co_return crossing;
}

Task<void> Submission::leave() {
  if (line_) (void)co_await line_->run([](Smtp& s, Wire& w) { return s.quit(w); });
  close();
}

class SmtpOutlet final : public Outlet {
 public:
  SmtpOutlet(net::Env& env, OutletAccount a, Limits limits, Deadlines deadlines)
      : submission_(env, {a.smtp, a.smtp_password}, limits, deadlines),
        sent_(env, {a.imap, a.imap_password}, a.sent_folder, limits, deadlines) {}

  Task<std::optional<Refused>> prepare(Letter letter) override {
    return submission_.prepare(std::move(letter));
  }
  Task<Crossing> cross() override { return submission_.cross(); }
  void let_go() override { submission_.let_go(); }
  Task<std::vector<Result<bool>>> look_for(std::vector<Sought> sought) override {
    return sent_.look_for(std::move(sought));
  }
  Task<Result<>> file_copy(std::string_view bytes, Instant date) override {
    return sent_.file(bytes, date);
  }
  Task<void> leave() override {
    co_await submission_.leave();
    co_await sent_.leave();
  }
  void stop() override {
    submission_.stop();
    sent_.stop();
  }

 private:
  Submission submission_;
  SentFolder sent_;
};

}  // namespace

const rules::Folder* choose_sent(const std::vector<rules::Folder>& folders) {
  const rules::Folder* chosen = nullptr;
  auto rank = [](const rules::Folder& f) {
    return ascii_equal(f.special_use, "\\Sent") ? 2 : f.role_by_user ? 1 : 0;
  };
  for (const auto& f : folders)
    if (f.role == rules::FolderRole::outgoing && (!chosen || rank(f) > rank(*chosen))) chosen = &f;
  return chosen;
}

std::unique_ptr<Outlet> make_smtp_outlet(net::Env& env, OutletAccount account, Limits limits,
                                         Deadlines deadlines) {
  return std::make_unique<SmtpOutlet>(env, std::move(account), limits, deadlines);
}

}  // namespace hearback::mailbox
