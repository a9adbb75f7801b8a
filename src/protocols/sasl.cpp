#include "protocols/sasl.hpp"

#include <algorithm>

namespace hearback::protocols::sasl {
namespace {

// RFC 4616: an empty authorization identity, the user, the password, separated by NUL.
class Plain final : public Mechanism {
 public:
  explicit Plain(const Credentials& credentials) : credentials_(credentials) {}
  std::string_view name() const override { return "PLAIN"; }
  std::optional<std::string> initial() override {
    std::string message(1, '\0');
    message += credentials_.user;
    message += '\0';
    message += credentials_.password;
    sent_ = true;
    return message;
  }
  std::optional<std::string> answer(std::string_view) override {
    if (sent_) return std::nullopt;
    return initial();
  }

 private:
  Credentials credentials_;
  bool sent_ = false;
};

// Never standardized; the words of the two challenges differ from server to server, their order
// doesn't.
class Login final : public Mechanism {
 public:
  explicit Login(const Credentials& credentials) : credentials_(credentials) {}
  std::string_view name() const override { return "LOGIN"; }
  std::optional<std::string> initial() override { return std::nullopt; }
  std::optional<std::string> answer(std::string_view) override {
    switch (asked_++) {
      case 0: return credentials_.user;
      case 1: return credentials_.password;
      default: return std::nullopt;
    }
  }

 private:
  Credentials credentials_;
  int asked_ = 0;
};

}  // namespace

std::unique_ptr<Mechanism> choose(const std::vector<std::string>& offered,
                                  const Credentials& credentials) {
  auto has = [&](std::string_view name) {
    return std::find(offered.begin(), offered.end(), name) != offered.end();
  };
  if (has("PLAIN")) return std::make_unique<Plain>(credentials);
  if (has("LOGIN")) return std::make_unique<Login>(credentials);
  return nullptr;
}

}  // namespace hearback::protocols::sasl
