#include "rules/ownership.hpp"

#include <optional>

#include "mail/address.hpp"

namespace hearback::rules {
namespace {

Error conflict(const char* code, const char* what, const char* hint) {
  return {Kind::conflict, code, what, hint};
}

// What stands against it, whoever says that it is theirs.
std::optional<Error> objection(const AddressFacts& facts) {
  if (!facts.active)
    return conflict("user.inactive", "This user isn't active any more.",
                    "Let them in again first.");
  if (facts.connected)
    return conflict("mailbox.already-connected", "This address is connected already.",
                    "A mailbox can be connected once; its owner can disconnect it.");
  if (facts.signs_in) return std::nullopt;
  if (facts.colleague)
    return conflict("address.of-colleague", "This is the address of a colleague.",
                    "Each person connects their own mailbox; nobody connects another's.");
  if (facts.candidate)
    return conflict("address.of-candidate", "A candidate has this address.",
                    "If it is a colleague's own, take it off the candidate first.");
  return std::nullopt;
}

}  // namespace

Ownership judge_claim(const AddressFacts& facts) {
  if (auto error = objection(facts)) return *std::move(error);
  if (facts.signs_in) return Proven{AddressProof::sign_in};
  if (facts.admin) return Proven{AddressProof::admin};
  if (facts.claims_all)
    return conflict("mailbox.too-many-claims", "Too many of your addresses aren't confirmed yet.",
                    "Remove one that you don't need, or ask an admin to confirm them.");
  return WaitsForAdmin{};
}

Ownership judge_confirmation(const AddressFacts& facts) {
  if (auto error = objection(facts)) return *std::move(error);
  return Proven{AddressProof::admin};
}

bool is_proven(AddressProof proof) {
  return proof == AddressProof::sign_in || proof == AddressProof::admin;
}

Error not_proven(AddressProof proof) {
  if (proof == AddressProof::refused)
    return conflict("mailbox.address-refused",
                    "It was not confirmed that this mailbox's address is yours.",
                    "Remove it, or talk to an admin and connect it again.");
  return conflict("mailbox.unproven",
                  "It isn't confirmed yet that this mailbox's address is yours.",
                  "An admin can confirm it; until then nothing is read or sent there.");
}

bool may_be_read(const Mailbox& mailbox) {
  return mailbox.state == MailboxState::active && is_proven(mailbox.proof);
}

bool offers_servers(const Mailbox& mailbox, const User& owner, std::string_view domain) {
  return owner.id == mailbox.owner && owner.role == Role::admin && owner.active &&
         mailbox.state == MailboxState::active && is_proven(mailbox.proof) &&
         mail::domain_of(mailbox.address_normal) == domain &&
         mail::domain_of(owner.email_normal) == domain;
}

bool same_account(const ServerSettings& a, const ServerSettings& b) {
  return a.host == b.host && a.port == b.port && a.user == b.user;
}

}  // namespace hearback::rules
