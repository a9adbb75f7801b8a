#pragma once
// Whose is this address? (C-13, C-7) An address counts as a user's own only when that is proven: it
// is the address they sign in with, which an admin gave them, or an admin confirms it. That a
// server lets them in with it proves nothing: anybody can run one.
//
// Nothing follows from an address that isn't proven: nobody becomes internal by it (I-1), it is no
// sender (W-1), the mailbox isn't read, and it keeps nobody else from connecting it.
//
// Refusals: address.of-colleague, address.of-candidate, mailbox.already-connected,
// mailbox.too-many-claims, user.inactive.
#include <string_view>
#include <variant>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// What is known of an address through the eyes of whoever judges. A candidate whom they may not see
// doesn't count: the answer would tell that there is one.
struct AddressFacts {
  bool colleague = false;  // another user signs in with it
  bool connected = false;  // a mailbox is proven to have it, or the claimant claims it already
  bool candidate = false;  // it is a candidate's, and wasn't taken off as a colleague's (I-1)
  std::size_t claims = 0;  // other addresses of the claimant's that aren't proven
  bool operator==(const AddressFacts&) const = default;
};

struct Proven {
  AddressProof by = AddressProof::none;
  bool operator==(const Proven&) const = default;
};
struct WaitsForAdmin {
  bool operator==(const WaitsForAdmin&) const = default;
};
using Ownership = std::variant<Proven, WaitsForAdmin, Error>;

// The claimant connects a mailbox. An admin's own claim is an admin's word.
Ownership judge_claim(const User& claimant, std::string_view normal, const AddressFacts& facts,
                      const Limits& limits = {});
// An admin says that the address is the claimant's. Facts as the admin sees them.
Ownership judge_confirmation(const User& claimant, std::string_view normal,
                             const AddressFacts& facts);

bool is_proven(AddressProof proof);
// Whether mail of this mailbox may be looked at.
bool may_be_read(const Mailbox& mailbox);

}  // namespace hearback::rules
