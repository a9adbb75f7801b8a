#pragma once
// Mailboxes, their folders, what was read there and what could not be.
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "rules/ownership.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// In which the scope has `right`, as they were connected; with the engine scope, all of the
// company.
struct Mailboxes {
  Scope scope;
  rules::MailboxRight right = rules::MailboxRight::manage;
  PageRequest page = {};
  using Answer = Page<rules::Mailbox>;
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
    // When its server was last seen to take the IMAP password, before that was saved.
    std::optional<Instant> imap_proven;
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
// C-6: which of these have connected one, for those who invite; nothing else of it.
struct MailboxOwners {
  Scope scope;
  std::vector<UserId> of;
  struct Row {
    UserId owner;
    bool connected = false;  // one whose address is proven to be theirs (C-13)
    bool waits = false;      // one whose address waits for an admin
  };
  using Answer = std::vector<Row>;
};
// The servers of an admin's mailbox of this domain, for a colleague who connects one: of several
// the first connected (rules::offers_servers).
struct OfferedServers {
  Scope scope;
  std::string domain;  // as in normal addresses
  struct Row {
    std::string owner_name;
    rules::ServerSettings imap, smtp;
  };
  using Answer = std::optional<Row>;
};
struct Folders {
  Scope scope;
  MailboxId mailbox;
  enum class Which {
    listed,
    known,    // also what the server doesn't list now, but a person decided on
    chosen,   // listed, and a person decided on it
    outgoing  // listed, and read as such
  } which = Which::listed;
  struct Row {
    rules::Folder folder;
    std::vector<rules::ScannedRange> ranges;
    // Others were settled while it hadn't been looked through: what these hold may answer what it
    // brings (T-3).
    bool missed = false;
  };
  using Answer = std::vector<Row>;
};
struct FolderById {  // one that is listed
  Scope scope;
  MailboxId mailbox;
  FolderId folder;
  using Answer = std::optional<rules::Folder>;
};
struct ImportedByFolder {  // how many messages lie where; costs as much as lies there
  Scope scope;
  MailboxId mailbox;
  using Answer = std::unordered_map<FolderId, std::uint64_t>;  // none: not in it
};
struct MailboxHealth {  // S-13, in numbers
  Scope scope;
  MailboxId mailbox;
  struct Answer {
    // Of the folders that are read: what lies there hasn't been looked at, as far as the window
    // reaches (C-8). Until there are none of these, past mail is being imported.
    std::uint64_t folders_left = 0;
    std::uint64_t folders_left_resting = 0;  // of these, those that can't be read
    std::uint64_t folders_resting = 0;       // that can't be read, all in all
    bool operator==(const Answer&) const = default;
  };
};
struct FolderInForce {  // what holds for it now; absent: it isn't listed
  Scope scope;
  MailboxId mailbox;
  FolderId folder;
  struct Row {
    bool mailbox_is_read = false;  // C-9, C-13
    Instant window_since;
    std::uint64_t judged_anew = 0;
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
struct Quarantined {  // newest first
  Scope scope;
  MailboxId mailbox;
  PageRequest page = {};
  struct Row {
    rules::Location at;
    std::string folder;
    std::string reason;  // error code
    int attempts = 0;
    Instant since;
    bool given_up = false;  // false: will be tried again at the next pass
    std::optional<BlobId> raw;
  };
  using Answer = Page<Row>;
};
struct BodiesByHour {  // of the ledger: how much was fetched, in which hours of the last day
  Scope scope;
  MailboxId mailbox;
  Instant now;
  struct Row {
    std::int64_t ago = 0;  // in hours
    std::uint64_t messages = 0, octets = 0;
  };
  using Answer = std::vector<Row>;
};
// What of these UIDs is known. Engines are told of attempts under way as well, which have no reason
// yet.
struct QuarantinedAt {
  Scope scope;
  MailboxId mailbox;
  FolderId folder;
  std::vector<std::uint32_t> uids;
  using Answer = std::vector<Quarantined::Row>;
};
struct QuarantinedCount {
  Scope scope;
  MailboxId mailbox;
  std::size_t most = 0;  // that are counted
  using Answer = std::uint64_t;
};
struct ToRetry {  // what has not been given up, in the order of its places
  Scope scope;    // the engine's
  MailboxId mailbox;
  bool asked_for = false;  // by a person, and that alone
  std::optional<rules::Location> after = {};
  std::size_t rows = 1000;
  using Answer = std::vector<Quarantined::Row>;
};
struct QuarantinedFor {  // how many, for one of these reasons
  Scope scope;
  MailboxId mailbox;
  std::vector<std::string> reasons;
  FolderId folder;
  enum class Where { there, elsewhere } where = Where::there;  // in the folder, or in the others
  std::size_t most = 0;                                        // that are counted
  using Answer = std::size_t;
};

}  // namespace hearback::store
