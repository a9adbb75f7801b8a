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
#include <variant>

#include "base/result.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// What is known of an address and of who claims it, through the eyes of whoever judges: all that
// the verdict rests on, and nothing else, so that a commit can expect it. A candidate whom they may
// not see doesn't count: the answer would tell that there is one.
struct AddressFacts {
  bool active = false;      // the claimant is
  bool admin = false;       // so is this
  bool signs_in = false;    // the claimant signs in with it
  bool claims_all = false;  // the claimant has as many addresses that aren't proven as one may have
  bool colleague = false;   // another user signs in with it
  bool connected = false;   // a mailbox is proven to have it, or the claimant claims it already
  bool candidate = false;   // it is on a candidate's profile, synced or not
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
Ownership judge_claim(const AddressFacts& facts);
// An admin says that the address is the claimant's. Facts as the admin sees them.
Ownership judge_confirmation(const AddressFacts& facts);

bool is_proven(AddressProof proof);
// Why nothing can be done with a mailbox whose address isn't proven: mailbox.unproven (it waits),
// or mailbox.address-refused.
Error not_proven(AddressProof proof);
// Whether mail of this mailbox may be looked at.
bool may_be_read(const Mailbox& mailbox);

// Whether its servers are offered to a colleague whose address is of this domain. Whoever takes the
// offer sends a password there, and anybody can name a server of their own: so only what an admin
// uses themselves, with an address that is proven to be theirs, and of the domain that they sign in
// with: where they have a private mailbox concerns nobody (C-6). `domain` as in normal addresses.
bool offers_servers(const Mailbox& mailbox, const User& owner, std::string_view domain);

// As far as its settings tell: how it is spoken to makes no other account of it.
bool same_account(const ServerSettings& a, const ServerSettings& b);

}  // namespace hearback::rules
