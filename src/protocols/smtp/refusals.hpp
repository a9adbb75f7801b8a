#pragma once
// What a server means by a refusal: told from the step that it answers, its code (RFC 5321 section
// 4.2), its enhanced code (RFC 3463) and, where these leave it open, its words. One table.
//   smtp.busy                 not now (4yz), and nothing better is known
//   smtp.sending-limit        the account may send no more for now, whatever the code says
//   smtp.account-full         the sender's own mailbox is full
//   smtp.account-blocked      the provider doesn't let this account send
//   smtp.login-refused        a sign-in is asked for
//   smtp.sender-refused       not from this address
//   smtp.recipient-refused    not to this recipient
//   smtp.recipient-full       that recipient's mailbox is full
//   smtp.too-many-recipients  not to so many at once
//   smtp.too-large            more octets than the server or the recipient allows
//   smtp.data-refused         not this message
// smtp.busy and smtp.sending-limit are transient; those about the account a person can mend while
// the message waits; the rest refuse the message for good.
#include <string>

#include "base/result.hpp"

namespace hearback::protocols::smtp {

struct Reply {
  int code = 0;
  std::string text;  // lines joined by \n, without codes
};

// What was refused. end: the message itself, be it at DATA, within it, or at the final dot.
enum class Step { sender, recipient, end };

Error refusal(Step step, const Reply& reply);

Error busy();
Error too_large();

}  // namespace hearback::protocols::smtp
