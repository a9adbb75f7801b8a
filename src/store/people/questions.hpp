#pragma once
// Companies, users, and what belongs to one user.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct Companies {       // engines claim work across companies
  CompanyId after = {};  // the last of the page before
  std::size_t rows = 1000;
  using Answer = std::vector<CompanyId>;  // ascending; fewer than `rows`: there are no more
};
struct CompanyFacts {
  Scope scope;
  struct Answer {
    std::string name;
    std::uint64_t revision = 0;        // of the change feed
    std::uint64_t feed_start = 0;      // entries up to this revision are gone: start over
    std::uint64_t match_revision = 0;  // moves when addresses that decide matching change
  };
};
struct Users {  // as they were added
  Scope scope;
  std::string text = {};  // part of the name or of the address; empty: all
  bool active = false;    // those alone who still are
  PageRequest page = {};
  using Answer = Page<rules::User>;
};
struct UsersAmong {  // those of these ids that are users here
  Scope scope;
  std::vector<UserId> users;
  using Answer = std::vector<rules::User>;
};
struct UserWith {  // who signs in with this address (normal form)
  Scope scope;
  std::string email_normal;
  using Answer = std::optional<rules::User>;
};
struct UserById {
  Scope scope;
  UserId user;
  using Answer = std::optional<rules::User>;
};
struct Invited {  // C-6: when these were invited last, whoever did it; for those who invite
  Scope scope;
  std::vector<UserId> of;
  struct Row {
    UserId to;
    Instant at;
  };
  using Answer = std::vector<Row>;
};
// C-6: to the scope's user, who has connected no mailbox since, the newest first:
// Limits::invitations_shown.
struct Invitations {
  Scope scope;
  struct Row {
    InvitationId id;
    UserId from, to;
    Instant at;
  };
  using Answer = std::vector<Row>;
};
struct UploadById {
  Scope scope;
  UploadId upload;
  struct Found {
    std::string filename, type;
    BlobId blob;
    std::uint64_t octets = 0;
  };
  using Answer = std::optional<Found>;
};
struct UploadsKept {  // that are there: the scope's user's own, and all of the company
  Scope scope;
  struct Kept {
    std::uint64_t count = 0, octets = 0;
    bool within(const Kept& most) const { return count <= most.count && octets <= most.octets; }
  };
  struct Answer {
    Kept own, all;
    Answer with(std::uint64_t more) const {  // one more, of so many octets
      return {{own.count + 1, own.octets + more}, {all.count + 1, all.octets + more}};
    }
  };
};
Error uploads_too_many();  // what is said where one more isn't within what may be kept
struct IdempotentAnswer {  // O-2: the answer that this key got before
  Scope scope;
  std::string key;
  struct Found {
    std::string request_hash;
    int status = 0;
    std::string body;
  };
  using Answer = std::optional<Found>;
};

}  // namespace hearback::store
