#pragma once
// Whose a mailbox's address is (C-13), and what follows when that changes.
#include <string_view>

#include "store/engine/applying.hpp"

namespace hearback::store {

// The mailbox's address has just been proven: its owner is internal by it, and others who claim it
// are refused.
void settle_proven(Writing& writing, const rules::Mailbox& mailbox, Instant at);

// Who claims the address is told that it isn't theirs.
void refuse_claims_of(Writing& writing, std::string_view normal, Instant at);

// A user signs in with another address from now on: what was proven by the old one waits for an
// admin, what they claimed and is now the new one is proven, and others' claims of it are refused.
// Before I-1 is applied to the new address.
void sign_in_moved(Writing& writing, const rules::User& user, Instant at);

// The address that a user is to sign in with is the mailbox of another: refuses it (conflict,
// "user.address-connected"). An admin's word doesn't end by another admin's slip.
void refuse_connected_sign_in(Writing& writing, const rules::User& user);

// Somebody who has left has nothing to wait for.
void refuse_claims_by(Writing& writing, UserId user, Instant at);

// A claim has come or gone.
void tell_admins_of_claim(Writing& writing, MailboxId mailbox);

// Passwords, cursors and attempts go; what was imported stays.
void strip_mailbox(Writing& writing, MailboxId mailbox);

}  // namespace hearback::store
