#include "protocols/smtp/session.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace hearback::protocols::smtp {
namespace {

constexpr std::size_t kWriteOctets = 64 * 1024;
// RFC 4954 section 4: AUTH lines up to 12,288 octets.
constexpr std::size_t kLongestAuth = 12'000;
constexpr int kChallenges = 8;
constexpr int kLateReplies = 4;

Error closed() {
  return {Kind::transient, "smtp.closed", "The connection to the outgoing mail server was lost.",
          "It is tried again by itself; if it stays so, check the network and the mail server."};
}

Error timed_out() {
  return {Kind::transient, "smtp.timeout", "The outgoing mail server doesn't answer.",
          "Check host, port and security; if they are right, the server may be overloaded."};
}

Error not_smtp() {
  return {Kind::permanent, "smtp.not-smtp",
          "What answers at this address is not an outgoing (SMTP) mail server.",
          "Check host, port and security: submission is usually on port 465 (TLS) or 587 "
          "(STARTTLS)."};
}

Error malformed() {
  return {Kind::transient, "smtp.protocol",
          "The outgoing mail server's answer could not be understood.",
          "If it stays so, tell the mail server's administrator."};
}

Error login_refused() {
  return {Kind::denied, "smtp.login-refused",
          "The outgoing mail server refused the user name or password.",
          "Check both; many providers want an app password here."};
}

Error login_missing() {
  return {Kind::permanent, "smtp.login-missing",
          "The outgoing mail server offers no sign-in with a password here.",
          "Choose TLS (port 465) or STARTTLS (port 587); if it is chosen already, the provider may "
          "have turned password sign-in off."};
}

bool transient(const Reply& reply) { return reply.code >= 400 && reply.code < 500; }

Error login_error(const Reply& reply) {
  if (transient(reply)) return busy();
  if (reply.code == 538)
    return {Kind::permanent, "smtp.login-missing",
            "The outgoing mail server allows signing in over an encrypted connection only.",
            "Choose TLS (port 465) or STARTTLS (port 587)."};
  if (reply.code == 502 || reply.code == 503 || reply.code == 504) return login_missing();
  return login_refused();
}

// What may stand between < and >: nothing that could end the command or begin another (W-7).
bool is_address(std::string_view address) {
  if (address.size() > 512) return false;
  bool quoted = address.starts_with('"');
  return std::all_of(address.begin(), address.end(), [&](char c) {
    auto u = static_cast<unsigned char>(c);
    if (u < 0x20 || u >= 0x7F) return false;
    return quoted || (c != ' ' && c != '<' && c != '>');
  });
}

// EHLO's argument: a host name or an address literal; whatever else would be refused.
std::string host_name(std::string name) {
  bool good =
      !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
      });
  return good ? std::move(name) : "[127.0.0.1]";
}

// Dot-stuffed, with CRLF line ends whatever the message had, in chunks (RFC 5321 section 4.5.2).
class DataWriter {
 public:
  explicit DataWriter(std::string_view message) : rest_(message) {}

  // Empty: all of it was given.
  std::string chunk() {
    std::string out;
    out.reserve(kWriteOctets + 1024);
    while (!rest_.empty() && out.size() < kWriteOctets) {
      if (line_start_ && rest_[0] == '.') out += '.';
      line_start_ = false;
      auto end = std::min(rest_.find_first_of("\r\n"), rest_.size());
      auto part = rest_.substr(0, std::min(end, kWriteOctets));
      out += part;
      rest_.remove_prefix(part.size());
      if (part.size() < end || rest_.empty()) continue;
      rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
      out += "\r\n";
      line_start_ = true;
    }
    if (rest_.empty() && !line_start_) {
      out += "\r\n";
      line_start_ = true;
    }
    return out;
  }

 private:
  std::string_view rest_;
  bool line_start_ = true;
};

}  // namespace

Session::Session(std::string our_name, const Limits& limits, const Deadlines& deadlines)
    : our_name_(host_name(std::move(our_name))), limits_(limits), deadlines_(deadlines) {}

Result<> Session::usable() const {
  if (over_) return Failure(closed());
  return {};
}

Failure Session::give_up(Error error) {
  over_ = true;
  buffer_.clear();
  return Failure(std::move(error));
}

Failure Session::refuse(Error error) {
  if (last_.code == 421) return give_up(std::move(error));
  return Failure(std::move(error));
}

std::optional<std::string> Session::parameter(std::string_view extension) const {
  for (const auto& line : extensions_) {
    auto end = line.find_first_of(" =");
    if (ascii_equal(line.substr(0, end), extension))
      return end == std::string::npos ? "" : line.substr(end + 1);
  }
  return std::nullopt;
}

bool Session::has(std::string_view extension) const { return parameter(extension).has_value(); }

// One whole reply, of one or several lines, from the buffer into last_. Each line is
// read once, however the reply drips.
Session::Parsed Session::take_reply() {
  std::size_t at = 0;
  bool whole = false;
  while (!whole) {
    const auto end = buffer_.find('\n', at);
    if (end == std::string::npos) break;
    auto line = std::string_view(buffer_).substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    const auto code = to_number(line.substr(0, 3));
    if (line.size() < 3 || !code || *code < 200 || *code > 599) return Parsed::garbage;
    const char mark = line.size() > 3 ? line[3] : ' ';
    if (mark != ' ' && mark != '-') return Parsed::garbage;
    if (begun_.code != 0 && static_cast<int>(*code) != begun_.code) return Parsed::garbage;
    if (begun_.code != 0) begun_.text += '\n';
    begun_.code = static_cast<int>(*code);
    if (line.size() > 4) begun_.text += line.substr(4);
    whole = mark == ' ';
  }
  buffer_.erase(0, at);
  begun_octets_ += at;
  if (begun_octets_ + (whole ? 0 : buffer_.size()) > limits_.smtp_reply_octets)
    return Parsed::garbage;
  if (!whole) return Parsed::more;
  last_ = std::exchange(begun_, {});
  begun_octets_ = 0;
  last_.text = to_valid_utf8(last_.text);
  return Parsed::reply;
}

// All of the reply within the deadline, however it drips.
Task<Result<>> Session::read_reply(Wire& wire, Duration deadline) {
  wire.allow(deadline);
  for (;;) {
    switch (take_reply()) {
      case Parsed::reply: co_return Result<>{};
      case Parsed::garbage: co_return give_up(malformed());
      case Parsed::more: break;
    }
    auto outcome = co_await wire.perform(Read{.deadline = deadline, .at_most = 16 * 1024});
    if (outcome.error)
      co_return give_up(outcome.error->code.starts_with("tls.") ? *outcome.error : closed());
    if (outcome.timed_out || outcome.bytes.empty()) co_return give_up(timed_out());
    buffer_ += outcome.bytes;
  }
}

Task<Result<>> Session::write(Wire& wire, std::string bytes) {
  wire.allow(deadlines_.smtp_answer);
  auto outcome =
      co_await wire.perform(Write{.bytes = std::move(bytes), .deadline = deadlines_.smtp_answer});
  if (outcome.error) co_return give_up(closed());
  if (outcome.timed_out) co_return give_up(timed_out());
  co_return Result<>{};
}

// What the server said before it was asked. Within a message a refusal concerns the message;
// elsewhere it is a farewell (421). Anything else is a mix-up, after which no reply could be
// trusted to answer its command.
Error Session::early() const {
  if (in_data_ && last_.code >= 400) return refusal(Step::end, last_);
  return transient(last_) ? busy() : malformed();
}

Result<> Session::check_early_reply() {
  if (buffer_.empty()) return {};
  if (take_reply() == Parsed::reply) return give_up(early());
  return give_up(malformed());
}

// What has come by now without being asked for; a reply that has begun is read to its end.
Task<Result<>> Session::listen(Wire& wire) {
  wire.allow(deadlines_.smtp_answer);
  auto outcome = co_await wire.perform(ReadArrived{});
  if (outcome.error) co_return give_up(closed());
  buffer_ += outcome.bytes;
  if (buffer_.empty()) co_return Result<>{};
  auto read = co_await read_reply(wire, deadlines_.smtp_answer);
  if (!read) co_return read;
  co_return give_up(early());
}

// Why a server takes no more octets: it may have said so before it stopped.
Task<Result<>> Session::last_words(Wire& wire, Error error) {
  wire.allow(deadlines_.smtp_answer);
  auto outcome = co_await wire.perform(ReadArrived{});
  buffer_ = std::move(outcome.bytes);
  if (!buffer_.empty() && take_reply() == Parsed::reply && last_.code >= 400)
    co_return give_up(early());
  co_return give_up(std::move(error));
}

Task<Result<>> Session::command(Wire& wire, std::string line) {
  if (auto ready = usable(); !ready) co_return ready;
  if (in_data_) co_return give_up(malformed());  // it would become part of the message
  if (auto quiet = check_early_reply(); !quiet) co_return quiet;
  auto written = co_await write(wire, line + "\r\n");
  if (!written) co_return written;
  co_return co_await read_reply(wire, deadlines_.smtp_answer);
}

Task<Result<>> Session::hello(Wire& wire) {
  extensions_.clear();
  auto said = co_await command(wire, "EHLO " + our_name_);
  if (!said) co_return said;
  if (last_.code == 250) {
    auto lines = split(last_.text, '\n');
    for (std::size_t i = 1; i < lines.size(); ++i) extensions_.emplace_back(trim(lines[i]));
    co_return Result<>{};
  }
  if (last_.code >= 500 && last_.code <= 504) {  // a server from before 1995
    said = co_await command(wire, "HELO " + our_name_);
    if (!said || last_.code == 250) co_return said;
  }
  if (transient(last_)) co_return refuse(busy());
  co_return give_up({Kind::permanent, "smtp.refused",
                     "The outgoing mail server refuses to talk to this server.",
                     "Ask the mail server's administrator."});
}

Task<Result<>> Session::greet(Wire& wire) {
  if (auto ready = usable(); !ready) co_return ready;
  auto greeted = co_await read_reply(wire, deadlines_.smtp_answer);
  if (!greeted) {
    if (greeted.error().code == "smtp.protocol") co_return Failure(not_smtp());
    co_return greeted;
  }
  if (transient(last_)) co_return give_up(busy());
  if (last_.code >= 500)
    co_return give_up({Kind::permanent, "smtp.refused", "The outgoing mail server takes no mail.",
                       "Check host and port, or ask the mail server's administrator."});
  if (last_.code != 220) co_return give_up(not_smtp());
  co_return co_await hello(wire);
}

Task<Result<>> Session::start_tls(Wire& wire, std::string server_name) {
  if (auto ready = usable(); !ready) co_return ready;
  Error missing{Kind::permanent, "smtp.starttls-missing",
                "The outgoing mail server doesn't offer encryption (STARTTLS) on this port.",
                "Choose TLS (port 465), or ask the mail server's administrator."};
  Error injection{Kind::permanent, "smtp.starttls-injection",
                  "The outgoing mail server sent data before encryption had begun; that may be an "
                  "attack.",
                  "Choose TLS (port 465), or ask the mail server's administrator."};
  if (!has("STARTTLS")) co_return give_up(missing);
  auto answered = co_await command(wire, "STARTTLS");
  if (!answered) co_return answered;
  if (transient(last_)) co_return give_up(busy());
  if (last_.code != 220) co_return give_up(missing);
  if (!buffer_.empty()) co_return give_up(injection);
  wire.allow(deadlines_.tls);
  auto outcome = co_await wire.perform(
      StartTls{.server_name = std::move(server_name), .deadline = deadlines_.tls});
  if (outcome.error)
    co_return give_up(outcome.error->code == kBytesBeforeTls ? injection : *outcome.error);
  if (outcome.timed_out) co_return give_up(timed_out());
  auto said = co_await hello(wire);
  // After a failed upgrade nothing may follow, whatever failed.
  if (!said) over_ = true;
  co_return said;
}

Task<Result<>> Session::sign_in(Wire& wire, sasl::Credentials credentials) {
  if (auto ready = usable(); !ready) co_return ready;
  auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (credentials.user.empty() || has_nul(credentials.user) || has_nul(credentials.password))
    co_return Failure(login_refused());
  std::vector<std::string> offered;
  for (const auto& line : extensions_)
    if (ascii_starts_with(line, "AUTH ") || ascii_starts_with(line, "AUTH="))
      for (auto name : split(std::string_view(line).substr(5), ' ')) {
        offered.emplace_back(name);
        for (char& c : offered.back())
          if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      }
  auto mechanism = sasl::choose(offered, credentials);
  if (!mechanism) co_return Failure(login_missing());
  std::string line = "AUTH " + std::string(mechanism->name());
  auto first = mechanism->initial();
  if (first) {
    auto encoded = first->empty() ? std::string("=") : to_base64(*first);
    if (encoded.size() <= kLongestAuth) {
      line += " " + encoded;
      first.reset();
    }
  }
  auto answered = co_await command(wire, std::move(line));
  for (int challenges = 0; answered && last_.code == 334; ++challenges) {
    if (challenges >= kChallenges) co_return give_up(malformed());
    auto challenge = from_base64(trim(last_.text)).value_or("");
    auto response = first ? std::exchange(first, {}) : mechanism->answer(challenge);
    answered = co_await command(wire, response ? to_base64(*response) : "*");
  }
  if (!answered) co_return answered;
  if (last_.code >= 200 && last_.code < 300) co_return Result<>{};
  if (last_.code < 400) co_return give_up(malformed());
  co_return refuse(login_error(last_));
}

// After a refusal the transaction is undone; answer() keeps the refusal.
Task<Result<>> Session::reset(Wire& wire, Error why) {
  if (last_.code == 421) co_return give_up(std::move(why));
  auto answer = last_;
  auto answered = co_await command(wire, "RSET");
  if (!answered || last_.code != 250) over_ = true;
  last_ = std::move(answer);
  co_return Failure(std::move(why));
}

// `lines`: MAIL, then one RCPT each. Pipelined where offered; every reply is read, the first
// refusal counts.
Task<Result<>> Session::offer_recipients(Wire& wire, const std::vector<std::string>& lines) {
  bool pipelined = has("PIPELINING");
  if (auto quiet = check_early_reply(); !quiet) co_return quiet;
  if (pipelined) {
    std::string all;
    for (const auto& line : lines) all += line + "\r\n";
    auto written = co_await write(wire, std::move(all));
    if (!written) co_return written;
  }
  std::optional<Error> refused;
  Reply answer;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto answered = pipelined ? co_await read_reply(wire, deadlines_.smtp_answer)
                              : co_await command(wire, lines[i]);
    if (!answered) co_return answered;
    if (last_.code >= 200 && last_.code < 300) continue;
    if (last_.code < 400) co_return give_up(malformed());
    if (!refused) {
      refused = refusal(i == 0 ? Step::sender : Step::recipient, last_);
      answer = last_;
      if (i > 0) refused_recipient_ = i - 1;
    }
    if (!pipelined || last_.code == 421) break;
  }
  if (!refused) co_return Result<>{};
  last_ = std::move(answer);
  co_return co_await reset(wire, std::move(*refused));
}

Task<Result<>> Session::begin(Wire& wire, std::string from, std::vector<std::string> recipients,
                              std::size_t octets) {
  if (auto ready = usable(); !ready) co_return ready;
  if (in_data_) co_return give_up(malformed());  // a message is under way
  // A server may have left since the last message.
  if (auto quiet = co_await listen(wire); !quiet) co_return quiet;
  refused_recipient_.reset();
  if (from.empty() || !is_address(from))
    co_return fail(Kind::input, "smtp.sender-refused", "The sender's address can't be used.",
                   "Check the mailbox's address.");
  for (std::size_t i = 0; i < recipients.size(); ++i)
    if (recipients[i].empty() || !is_address(recipients[i])) {
      refused_recipient_ = i;
      co_return fail(Kind::input, "smtp.recipient-refused", "A recipient's address can't be used.",
                     "Check the recipients' addresses.");
    }
  if (recipients.empty() || recipients.size() > limits_.recipients)
    co_return fail(Kind::input, "smtp.recipient-refused",
                   recipients.empty() ? "The message has no recipient."
                                      : "The message has too many recipients.",
                   "Check the recipients.");
  auto size = parameter("SIZE");
  auto allowed = size ? to_number(trim(*size)) : std::nullopt;
  if (allowed && *allowed > 0 && octets > *allowed) co_return Failure(too_large());
  std::vector<std::string> lines{"MAIL FROM:<" + from + ">"};
  if (size) lines[0] += " SIZE=" + std::to_string(octets);
  for (const auto& recipient : recipients) lines.push_back("RCPT TO:<" + recipient + ">");
  auto offered = co_await offer_recipients(wire, lines);
  if (!offered) co_return offered;
  auto answered = co_await command(wire, "DATA");
  if (!answered) co_return answered;
  if (last_.code >= 400) co_return co_await reset(wire, refusal(Step::end, last_));
  if (last_.code != 354) co_return give_up(malformed());
  in_data_ = true;
  co_return Result<>{};
}

Task<Result<>> Session::write_data(Wire& wire, std::string_view message) {
  if (auto ready = usable(); !ready) co_return ready;
  if (!in_data_) co_return give_up(malformed());
  DataWriter writer(message);
  for (auto chunk = writer.chunk(); !chunk.empty(); chunk = writer.chunk()) {
    if (auto quiet = co_await listen(wire); !quiet) co_return quiet;
    auto written = co_await write(wire, std::move(chunk));
    if (!written) co_return co_await last_words(wire, written.error());
  }
  co_return Result<>{};
}

Task<Result<Reply>> Session::end_data(Wire& wire) {
  dot_written_ = false;
  if (auto ready = usable(); !ready) co_return Failure(ready.error());
  if (!in_data_) co_return give_up(malformed());
  // What came before the dot can't be its answer: then the dot isn't written at all.
  if (auto quiet = co_await listen(wire); !quiet) co_return Failure(quiet.error());
  in_data_ = false;
  dot_written_ = true;
  auto written = co_await write(wire, ".\r\n");
  if (!written) co_return Failure(written.error());
  auto answered = co_await read_reply(wire, deadlines_.smtp_data_end);
  // From here on an unreadable answer is as good as none: nobody knows.
  if (!answered)
    co_return Failure(answered.error().code == "smtp.timeout" ? timed_out() : closed());
  if (last_.code >= 400) co_return co_await confirm_refusal(wire);
  if (last_.code >= 300) co_return give_up(closed());
  auto taken = last_;
  // Another answer behind it: unless the server takes its leave, which of them is the dot's?
  if (!buffer_.empty() && (take_reply() != Parsed::reply || last_.code != 421))
    co_return give_up(closed());
  if (last_.code == 421) over_ = true;
  last_ = taken;
  co_return taken;
}

// A refusal that was on its way when the dot was written looks like the dot's answer, and would
// have the message sent twice. QUIT is answered by 221 and nothing else is: whatever comes before
// that is the dot's true answer.
Task<Result<Reply>> Session::confirm_refusal(Wire& wire) {
  auto answer = last_;
  over_ = true;
  if (answer.code != 421) {  // which ends the connection by itself
    auto written = co_await write(wire, "QUIT\r\n");
    if (!written) co_return Failure(closed());
    for (int replies = 0;; ++replies) {
      auto read = co_await read_reply(wire, deadlines_.smtp_answer);
      if (!read || replies == kLateReplies) co_return Failure(closed());
      if (last_.code == 221) break;
      answer = last_;
    }
  }
  last_ = answer;
  if (answer.code < 300) co_return answer;
  if (answer.code < 400) co_return Failure(closed());  // no answer to a dot
  co_return give_up(refusal(Step::end, answer));
}

Task<Result<>> Session::quit(Wire& wire) {
  bool may_speak = !over_ && !in_data_;  // within DATA it would become part of the message
  over_ = true;
  if (!may_speak) co_return Result<>{};
  // The mail is safe by now; how the server says goodbye doesn't matter.
  auto written = co_await write(wire, "QUIT\r\n");
  if (written) (void)co_await read_reply(wire, deadlines_.smtp_answer);
  co_return Result<>{};
}

}  // namespace hearback::protocols::smtp
