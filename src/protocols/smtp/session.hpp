#pragma once
// Message submission (RFC 6409 over RFC 5321): EHLO, STARTTLS (RFC 3207), AUTH (RFC 4954),
// PIPELINING where offered, SMTPUTF8 and 8BITMIME never needed (build() writes ASCII).
// The end of DATA is a verb of its own, because the outbox commits "about to end" before it.
// Errors: smtp.closed, smtp.timeout, smtp.not-smtp, smtp.starttls-missing,
// smtp.starttls-injection, smtp.login-refused, smtp.login-missing, smtp.sender-refused,
// smtp.recipient-refused, smtp.data-refused, smtp.busy (4xx: transient), smtp.too-large,
// smtp.protocol. what carries no address; `answer()` has the server's own words.
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "protocols/dialogue.hpp"
#include "protocols/sasl.hpp"

namespace hearback::protocols::smtp {

struct Reply {
  int code = 0;
  std::string text;  // lines joined by \n, without codes
};

class Session {
 public:
  explicit Session(std::string our_name, const Limits& limits = {},
                   const Deadlines& deadlines = {});

  Task<Result<>> greet(Wire& wire);  // 220 and EHLO
  Task<Result<>> start_tls(Wire& wire, std::string server_name);
  Task<Result<>> sign_in(Wire& wire, sasl::Credentials credentials);
  bool has(std::string_view extension) const;  // upper-case keyword

  // MAIL, RCPT, DATA: until 354. Any refused recipient refuses the whole message (RSET is sent):
  // one message, one outcome.
  Task<Result<>> begin(Wire& wire, std::string from, std::vector<std::string> recipients,
                       std::size_t octets);
  // The message, dot-stuffed, WITHOUT the final dot.
  Task<Result<>> write_data(Wire& wire, std::string_view message);
  // The final dot and the server's answer. A connection lost here means: nobody knows
  // (Kind::transient with code smtp.closed or smtp.timeout).
  Task<Result<Reply>> end_data(Wire& wire);
  Task<Result<>> quit(Wire& wire);

  const Reply& answer() const { return last_; }

 private:
  std::string our_name_;
  Limits limits_;
  Deadlines deadlines_;
  std::string buffer_;
  std::vector<std::string> extensions_;
  Reply last_;
  bool tls_ = false;
};

}  // namespace hearback::protocols::smtp
