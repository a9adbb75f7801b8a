#pragma once
// SASL (RFC 4422): PLAIN (RFC 4616) and LOGIN today; a mechanism is a function from challenge to
// response, so that XOAUTH2 and OAUTHBEARER need no change elsewhere.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearback::protocols::sasl {

struct Credentials {
  std::string user, password;
};

class Mechanism {
 public:
  virtual ~Mechanism() = default;
  virtual std::string_view name() const = 0;
  // nullopt: the client has nothing to say first (LOGIN).
  virtual std::optional<std::string> initial() = 0;
  // The decoded challenge → the response to encode; nullopt: the server asks what it mustn't.
  virtual std::optional<std::string> answer(std::string_view challenge) = 0;
};

// The best mechanism that both sides know; null: none. `offered`: upper-case names.
std::unique_ptr<Mechanism> choose(const std::vector<std::string>& offered,
                                  const Credentials& credentials);

}  // namespace hearback::protocols::sasl
