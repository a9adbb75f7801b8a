#pragma once
// Mailboxes: connecting, changing, observing, removing.
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"

namespace hearback::store {

struct AddMailbox {  // conflict "mailbox.already-connected" if a mailbox is proven to have the
                     // address, or its owner claims it already (C-7). Only a proven address makes
                     // its owner internal, and refuses what others claim; of one that isn't admins
                     // are told. A refused claim of the same owner goes.
  rules::Mailbox mailbox;
  std::string imap_password, smtp_password;  // sealed by the store, bound to host and port
  std::optional<Instant> imap_proven = {};   // when the server was seen to take the first
};
struct ChangeMailbox {  // new settings, tried before; a changed host or port needs the secret
                        // again. Another IMAP host, port or user is another account: all of it is
                        // looked at anew. Conflict "mailbox.address-refused" of a refused claim:
                        // what was deleted mustn't come back.
  MailboxId id;
  rules::ServerSettings imap, smtp;
  std::optional<std::string> imap_password, smtp_password;
  Instant at;                               // what waits to be sent is tried again from then on
  std::optional<Instant> imap_proven = {};  // as with AddMailbox
};
struct SetAddressProof {  // C-13, of a claim that waits; conflict "mailbox.not-waiting" of another.
                          // Proven: as with AddMailbox. Refused: passwords and cursors go, the row
                          // stays for its owner to see.
  MailboxId id;
  rules::AddressProof proof = rules::AddressProof::refused;  // anything but none
  std::optional<UserId> by;                                  // the admin
  Instant at;
};
struct TakeBackProof {  // C-13, of an address that is its owner's by an admin's word alone: it
                        // waits again. Conflict "mailbox.not-confirmed" of another.
  MailboxId id;
  UserId by;  // the admin
  Instant at;
};
struct SetMailboxState {  // conflict "mailbox.address-refused" of a refused claim, as ChangeMailbox
  MailboxId id;
  rules::MailboxState state = rules::MailboxState::active;
  std::optional<rules::MailboxState> from = {};  // in that state alone; in another it stays
};
struct SetWindow {  // C-8; only ever wider or narrower for what is not yet imported
  MailboxId id;
  Instant since;
};
struct SetMailboxMembers {  // C-10: who may do what in a shared mailbox; as a whole. Refused
                            // (input, "mailbox.personal") for one that is somebody's own (C-6).
  MailboxId id;
  struct Member {
    std::optional<UserId> user;  // one of the two
    std::optional<JobId> team;   // that job's hiring team
    rules::MailboxRight right = rules::MailboxRight::see;
  };
  std::vector<Member> members;
};
struct RemoveMailbox {  // credentials and cursors go, imported messages stay
  MailboxId id;
};
struct ObserveMailbox {  // S-13; counters are added to the ledger totals. What is absent stays as
                         // it is; a success without a next try clears the next try.
  MailboxId id;
  std::optional<Instant> last_success;
  std::optional<std::string> error;       // "" = well again
  std::optional<std::string> send_error;  // of sending, likewise
  std::optional<Instant> next_try;
  std::optional<rules::SavesSent> saves_sent;
  std::uint64_t headers_seen = 0;  // added
  // The match revision whose addresses all that the window reaches was searched for (S-5); it
  // never goes down.
  std::optional<std::uint64_t> searched = {};
  std::optional<std::uint64_t> judged_to = {};  // likewise: which Mailbox::judged_anew (C-14)
};
struct MailboxIs {  // not switched off or removed meanwhile: else conflict "mailbox.not-active".
                    // Its address is still proven: else conflict "mailbox.unproven" or
                    // "mailbox.address-refused". Looking again helps none of them.
  MailboxId mailbox;
  rules::MailboxState state = rules::MailboxState::active;
};
struct AccountIs {  // its settings for reading still name this account (rules::same_account): else
                    // conflict "mailbox.another-account", which looking again doesn't help
  MailboxId mailbox;
  rules::ServerSettings imap;
};

}  // namespace hearback::store
