#pragma once
// Message submission (RFC 6409 over RFC 5321): EHLO, STARTTLS (RFC 3207), AUTH (RFC 4954),
// PIPELINING where offered, SMTPUTF8 and 8BITMIME never needed (build() writes ASCII).
// The end of DATA is a verb of its own, because the outbox commits "about to end" before it.
// Errors: smtp.closed, smtp.timeout, smtp.not-smtp, smtp.refused (the server takes no mail at all),
// smtp.starttls-missing, smtp.starttls-injection, smtp.login-refused, smtp.login-missing,
// smtp.protocol, and those of refusals.hpp. `what` carries no address; `answer()` has the server's
// own words.
//
// After smtp.closed, smtp.timeout, smtp.not-smtp, smtp.protocol, smtp.starttls-* or a 421 the
// session is over: every later verb fails with smtp.closed. Other refusals leave it usable.
// The Session, and what a verb takes by view, must outlive the verb's Dialogue. Whether the
// connection is encrypted can't be seen from here: the caller calls start_tls() where STARTTLS was
// asked for, and a failed one ends the session, so that no password follows it.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "protocols/dialogue.hpp"
#include "protocols/sasl.hpp"
#include "protocols/smtp/refusals.hpp"

namespace hearback::protocols::smtp {

class Session {
 public:
  explicit Session(std::string our_name, const Limits& limits = {},
                   const Deadlines& deadlines = {});

  Task<Result<>> greet(Wire& wire);  // 220 and EHLO
  Task<Result<>> start_tls(Wire& wire, std::string server_name);
  Task<Result<>> sign_in(Wire& wire, sasl::Credentials credentials);
  bool has(std::string_view extension) const;  // upper-case keyword

  // MAIL, RCPT, DATA: until 354. Any refused recipient refuses the whole message (RSET is sent):
  // one message, one outcome. While a message is under way every verb but write_data, end_data and
  // quit ends the session: its words would become part of the message. DATA is never pipelined, so
  // that a refusal can't deliver to the rest.
  Task<Result<>> begin(Wire& wire, std::string from, std::vector<std::string> recipients,
                       std::size_t octets);
  // The message, dot-stuffed, WITHOUT the final dot. Line ends become CRLF (SEND-17). Once after
  // each begin(). A caller that stops here must close the connection: nothing is delivered then.
  // A server that answers in the middle is not talked to further: its words decide.
  Task<Result<>> write_data(Wire& wire, std::string_view message);
  // The final dot and the server's answer. An error while `dot_written()` is still false: nothing
  // was delivered, whatever the error; what the server said before the dot can't be its answer, so
  // the dot is not written then. After the dot, smtp.closed and smtp.timeout mean: nobody knows (an
  // unreadable answer counts as lost); every other error is a definite refusal, and the session is
  // over: QUIT has been said to learn that the refusal was the dot's answer and not an earlier one
  // that was still on its way.
  Task<Result<Reply>> end_data(Wire& wire);
  bool dot_written() const { return dot_written_; }
  Task<Result<>> quit(Wire& wire);

  const Reply& answer() const { return last_; }
  bool over() const { return over_; }  // no verb will succeed any more
  // Index into begin()'s recipients, after smtp.recipient-refused or a smtp.busy on RCPT.
  std::optional<std::size_t> refused_recipient() const { return refused_recipient_; }

 private:
  enum class Parsed { reply, more, garbage };

  Result<> usable() const;
  Failure give_up(Error error);
  Failure refuse(Error error);  // as give_up where the last reply was 421
  Parsed take_reply();
  Task<Result<>> read_reply(Wire& wire, Duration deadline);
  Task<Result<>> write(Wire& wire, std::string bytes);
  Task<Result<>> command(Wire& wire, std::string line);
  Task<Result<>> hello(Wire& wire);
  Task<Result<>> reset(Wire& wire, Error why);
  Task<Result<>> offer_recipients(Wire& wire, const std::vector<std::string>& lines);
  Error early() const;
  Result<> check_early_reply();
  Task<Result<>> listen(Wire& wire);
  Task<Result<>> last_words(Wire& wire, Error error);
  Task<Result<Reply>> confirm_refusal(Wire& wire);
  std::optional<std::string> parameter(std::string_view extension) const;

  std::string our_name_;
  Limits limits_;
  Deadlines deadlines_;
  std::string buffer_;
  std::vector<std::string> extensions_;  // EHLO lines, as told
  Reply last_, begun_;                   // begun: the lines so far of one that isn't whole yet
  std::size_t begun_octets_ = 0;
  std::optional<std::size_t> refused_recipient_;
  bool over_ = false;
  bool in_data_ = false;
  bool dot_written_ = false;
};

}  // namespace hearback::protocols::smtp
