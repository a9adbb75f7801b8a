#pragma once
// One way to fail: every fallible call returns Result<T>. An Error is written for the person who
// reads it: what happened and what to do. HTTP status, retry and SMTP/LMTP replies are derived
// from `kind`, in one table each.
#include <expected>
#include <string>
#include <utility>

namespace hearback {

enum class Kind {
  input,      // the caller gave something that can't be used
  denied,     // the caller may not
  missing,    // no such thing (or the caller may not know of it)
  conflict,   // it changed meanwhile, or it is taken
  transient,  // worth trying again later
  permanent,  // trying again won't help
};

struct Error {
  Kind kind = Kind::permanent;
  std::string code;  // stable word that programs and translations key on: "imap.login-refused"
  std::string what;  // one English sentence: what happened. Never a secret, never personal data.
  std::string hint;  // one English sentence: what to do; may be empty.

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

using Failure = std::unexpected<Error>;

inline Failure fail(Kind kind, std::string code, std::string what, std::string hint = {}) {
  return Failure(Error{kind, std::move(code), std::move(what), std::move(hint)});
}

}  // namespace hearback
