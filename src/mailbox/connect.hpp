#pragma once
// Signed-in connections to an account's two servers. Errors are those of net::Env::dial,
// imap::Session and smtp::Session; each says which step failed and what to do.
#include <memory>
#include <type_traits>
#include <utility>

#include "mailbox/login.hpp"
#include "net/env.hpp"
#include "protocols/dialogue.hpp"
#include "protocols/imap/session.hpp"
#include "protocols/smtp/session.hpp"

namespace hearback::mailbox {

// A connection with the protocol session that speaks on it.
template <class Session>
struct Line {
  std::unique_ptr<protocols::Connection> connection;
  std::unique_ptr<Session> session;
  protocols::TimeBudget allowed = {};  // for all conversations together

  // One conversation: line.run([&](Session& s, protocols::Wire& w) { return s.list(w); }).
  // The lambda must not be a coroutine itself; what it captures must outlive the conversation.
  template <class F>
  auto run(F conversation) {
    using T = decltype(std::declval<F>()(*session, std::declval<protocols::Wire&>()).result());
    return protocols::run(
        *connection,
        protocols::Dialogue<T>([&](protocols::Wire& wire) { return conversation(*session, wire); },
                               &allowed));
  }
};
using ImapLine = Line<protocols::imap::Session>;
using SmtpLine = Line<protocols::smtp::Session>;

// Dial, greeting, STARTTLS where asked for, sign-in: within twice what one answer may take.
Task<Result<ImapLine>> open_imap(net::Env& env, Login login, Limits limits = {},
                                 Deadlines deadlines = {});
Task<Result<SmtpLine>> open_smtp(net::Env& env, Login login, Limits limits = {},
                                 Deadlines deadlines = {});

// The same, and whatever is said on the line afterwards, within `budget` all in all.
Task<Result<ImapLine>> open_imap_within(net::Env& env, Login login, Duration budget,
                                        Limits limits = {}, Deadlines deadlines = {});
Task<Result<SmtpLine>> open_smtp_within(net::Env& env, Login login, Duration budget,
                                        Limits limits = {}, Deadlines deadlines = {});

}  // namespace hearback::mailbox
