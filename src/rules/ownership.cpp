#include "rules/ownership.hpp"

#include <optional>

namespace hearback::rules {
namespace {

Error conflict(const char* code, const char* what, const char* hint) {
  return {Kind::conflict, code, what, hint};
}

// What stands against it, whoever says that it is theirs.
std::optional<Error> objection(const User& claimant, const AddressFacts& facts, bool signs_in) {
  if (!claimant.active)
    return conflict("user.inactive", "This user isn't active any more.",
                    "Let them in again first.");
  if (facts.connected)
    return conflict("mailbox.already-connected", "This address is connected already.",
                    "A mailbox can be connected once; its owner can disconnect it.");
  if (signs_in) return std::nullopt;
  if (facts.colleague)
    return conflict("address.of-colleague", "This is the address of a colleague.",
                    "Each person connects their own mailbox; nobody connects another's.");
  if (facts.candidate)
    return conflict("address.of-candidate", "A candidate has this address.",
                    "If it is a colleague's own, take it off the candidate first.");
  return std::nullopt;
}

}  // namespace

Ownership judge_claim(const User& claimant, std::string_view normal, const AddressFacts& facts,
                      const Limits& limits) {
  const bool signs_in = claimant.email_normal == normal;
  if (auto error = objection(claimant, facts, signs_in)) return *std::move(error);
  if (signs_in) return Proven{AddressProof::sign_in};
  if (claimant.role == Role::admin) return Proven{AddressProof::admin};
  if (facts.claims >= limits.address_claims_of_user)
    return conflict("mailbox.too-many-claims", "Too many of your addresses aren't confirmed yet.",
                    "Remove one that you don't need, or ask an admin to confirm them.");
  return WaitsForAdmin{};
}

Ownership judge_confirmation(const User& claimant, std::string_view normal,
                             const AddressFacts& facts) {
  const bool signs_in = claimant.email_normal == normal;
  if (auto error = objection(claimant, facts, signs_in)) return *std::move(error);
  return Proven{AddressProof::admin};
}

bool is_proven(AddressProof proof) {
  return proof == AddressProof::sign_in || proof == AddressProof::admin;
}

bool may_be_read(const Mailbox& mailbox) {
  return mailbox.state == MailboxState::active && is_proven(mailbox.proof);
}

}  // namespace hearback::rules
