#pragma once
// Is this the message, or what a server gives in its place because it can't render it? (S-12)
// Exchange answers so for items that it can't turn into mail: a notice from "Microsoft Exchange
// Server", without an address, a Message-ID or a date. What people write has a sender's address,
// whatever it is about and however it is called.
#include "mail/envelope.hpp"

namespace hearback::rules {

bool is_stand_in(const mail::Envelope& envelope);

// Of a message whose header was `asked` when it was asked for: `came` is a notice in its place.
// Where the header said the same, that is the message.
bool stands_in(const mail::Envelope& asked, const mail::Envelope& came);

// Servers mix up messages, too: `came` is another one than that whose header was `asked`. By the
// Message-ID, or by the writers where there was none; what isn't ASCII, or no address, may be read
// otherwise with the rest of the header, and says nothing.
bool is_another(const mail::Envelope& asked, const mail::Envelope& came);

}  // namespace hearback::rules
