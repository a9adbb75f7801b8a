#pragma once
// Mailboxes, their folders, what was read there and what could not be.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "rules/ownership.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct Mailboxes {  // in which the scope has `right`; with the engine scope, all of the company
  Scope scope;
  rules::MailboxRight right = rules::MailboxRight::manage;
  using Answer = std::vector<rules::Mailbox>;
};
struct MailboxById {
  Scope scope;
  MailboxId mailbox;
  rules::MailboxRight right = rules::MailboxRight::manage;
  using Answer = std::optional<rules::Mailbox>;
};
struct MailboxSecret {  // engine scope only; opened, never logged
  Scope scope;
  MailboxId mailbox;
  struct Answer {
    std::string imap_password, smtp_password;
  };
};
// C-13: what is known of an address that a user claims. Colleagues and mailboxes are the company's
// to know, candidates as far as the scope may see them.
struct WhoseAddress {
  Scope scope;
  UserId claimant;
  std::string normal;
  MailboxId claim;  // the mailbox that the question is about, once there is one
  // How many addresses may wait at once; absent: that isn't the question.
  std::optional<std::size_t> claims_most = {};
  using Answer = rules::AddressFacts;
};
// The answer is still the same.
struct AddressFactsAre {
  WhoseAddress asked;
  rules::AddressFacts facts;
};
struct AddressClaims {  // to admins, oldest first: those that wait for one, or those that are
                        // proven by an admin's word alone, and can be taken back
  Scope scope;
  PageRequest page;
  enum class State { waiting, confirmed } state = State::waiting;
  struct Row {
    MailboxId mailbox;
    rules::User owner;
    std::string address, address_normal;
    std::string imap_host, smtp_host;
    Instant since;
  };
  using Answer = Page<Row>;
};
struct AddressClaim {  // one of them
  Scope scope;
  MailboxId mailbox;
  AddressClaims::State state = AddressClaims::State::waiting;
  using Answer = std::optional<AddressClaims::Row>;
};
struct ConfirmedAddress {  // whose it is by an admin's word alone; to admins
  Scope scope;
  std::string normal;
  using Answer = std::optional<AddressClaims::Row>;
};
struct MailboxOwners {  // C-6: who has connected one, for those who invite; nothing else of it
  Scope scope;
  struct Row {
    UserId owner;
    bool connected = false;  // one whose address is proven to be theirs (C-13)
    bool waits = false;      // one whose address waits for an admin
  };
  using Answer = std::vector<Row>;
};
struct Folders {
  Scope scope;
  MailboxId mailbox;
  bool vanished_too = false;  // that the server doesn't list now, but a person decided on
  struct Row {
    rules::Folder folder;
    std::vector<rules::ScannedRange> ranges;
    std::uint64_t imported = 0;
  };
  using Answer = std::vector<Row>;
};
struct FolderInForce {  // what holds for it now; absent: it isn't listed
  Scope scope;
  MailboxId mailbox;
  FolderId folder;
  struct Row {
    bool mailbox_is_read = false;  // C-9, C-13
    Instant window_since;
    rules::FolderRole role = rules::FolderRole::ignored;
  };
  using Answer = std::optional<Row>;
};
struct BodyLedger {  // S-2: which bodies were fetched and the rule that allowed each, newest first
  Scope scope;
  MailboxId mailbox;
  PageRequest page;
  struct Row {
    Instant at;
    std::string folder;
    std::uint32_t uid = 0;
    std::string rule;  // "candidate-address", "reply-to-stored"
    std::uint64_t octets = 0;
  };
  using Answer = Page<Row>;
};
struct Quarantined {
  Scope scope;
  MailboxId mailbox;
  struct Row {
    rules::Location at;
    std::string folder;
    std::string reason;  // error code
    int attempts = 0;
    Instant since;
    bool given_up = false;  // false: will be tried again at the next pass
    std::optional<BlobId> raw;
  };
  using Answer = std::vector<Row>;
};

}  // namespace hearback::store
