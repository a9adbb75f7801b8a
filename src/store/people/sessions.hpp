#pragma once
// What lets somebody in: their password, the sessions of their devices, the tokens of their
// programs. Kept of each is its hash alone.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct Writing;

// Expected of a person's or a program's commit: whoever asked has the rights that they were judged
// by, and what they came with hasn't been ended (O-5). Refused ("asker.changed") where that moved.
struct AskerIs {
  UserId user;
  rules::Role role = rules::Role::evaluator;
  bool all_jobs = false;
  std::optional<SessionId> session = {};
  std::optional<TokenId> token = {};
};
struct AddSession {  // refused ("session.late") for somebody who is no longer active, and where the
                     // password that was shown isn't theirs any more
  SessionId id;
  UserId user;
  std::string secret_hash;
  Instant at, expires;
  std::string device = {};                        // in words: "Firefox, Windows"; empty: not known
  std::optional<std::string> password_hash = {};  // that was checked; none: nothing was
};
struct UseSession {  // it was used at this time
  SessionId id;
  Instant at;
};
struct EndSession {  // of this user. "session.missing" where they have none like it
  SessionId id;
  UserId user;
};
struct EndOtherSessions {
  UserId user;
  SessionId kept;
};
struct ChangePassword {  // by themselves: all other sessions end, and the link that they may have.
                         // "password.moved" where `before` isn't theirs any more
  UserId user;
  std::string before, password_hash;
  SessionId kept;
  bool end_tokens = false;
  Instant at;
};
struct AddToken {
  TokenId id;
  UserId user;
  std::string name;
  std::string secret_hash;
  Instant at;
  std::optional<Instant> expires = {};
  bool may_write = true;
};
struct UseToken {  // as UseSession
  TokenId id;
  Instant at;
};
struct RemoveToken {
  TokenId id;
  UserId user;
};

struct SignIn {  // every company that knows this address (normal form); for the password check
  std::string email_normal;
  struct Found {
    CompanyId company;
    rules::User user;
    std::string password_hash;  // empty: none was set yet, nothing matches
  };
  using Answer = std::vector<Found>;
};
struct PasswordOf {  // the scope's user's own, for the same check
  Scope scope;
  using Answer = std::optional<std::string>;
};
struct SessionOf {  // `secret_hash`: BLAKE2b of the cookie's secret
  CompanyId company;
  std::string secret_hash;
  Instant now;
  Duration idle = std::chrono::hours(24 * 14);  // unused for so long it has ended
  struct Found {
    SessionId id;
    rules::User user;
    Instant expires;
    std::optional<Instant> last_used;  // none: of an earlier version, and not used since
  };
  using Answer = std::optional<Found>;
};
struct Sessions {  // the scope's user's own, used last first
  Scope scope;
  Instant now;
  Duration idle = std::chrono::hours(24 * 14);
  struct Row {
    SessionId id;
    std::string device;
    Instant created, expires;
    std::optional<Instant> last_used;
  };
  using Answer = std::vector<Row>;
};
struct TokenOf {
  CompanyId company;
  std::string secret_hash;
  Instant now;
  struct Found {
    TokenId id;
    rules::User user;
    bool may_write = true;
    std::optional<Instant> last_used;
  };
  using Answer = std::optional<Found>;
};
struct TokensOf {
  Scope scope;  // the user's own
  struct Row {
    TokenId id;
    std::string name;
    Instant created;
    std::optional<Instant> last_used;
    std::optional<Instant> expires;  // none: of an earlier version
    bool may_write = true;
  };
  using Answer = std::vector<Row>;
};

// Within a commit. Their streams end when they hear of it.
void end_sessions(Writing& writing, UserId user, std::optional<SessionId> but = {});
void end_tokens(Writing& writing, UserId user);

}  // namespace hearback::store
