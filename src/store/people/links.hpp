#pragma once
// Links by which people set their password themselves, so that nobody else ever knows it (O-5):
// once when they come, and again when it is forgotten. A link works once, and for a while. Kept is
// its hash alone.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct PutLink {  // takes the place of the one that the user may have. Missing ("user.missing")
                  // where they aren't active
  UserId user;
  UserId by;  // the admin who made it; empty: whoever runs the server
  std::string secret_hash;
  Instant at, expires;
};
struct UseLink {  // their password is this one from now on: the link goes, and every session that
                  // was begun before. Missing ("link.gone") for one that was used or replaced, has
                  // expired, or went with its user
  UserId user;
  std::string secret_hash, password_hash;
  bool end_tokens = false;
  Instant at;
};

Error link_gone();  // what is said of every link that can't be used, whatever the reason

struct LinkOf {  // whose link this is; nothing where it can't be used
  CompanyId company;
  std::string secret_hash;
  Instant now;
  struct Found {
    rules::User user;
    std::string company_name;
    std::string by_name;        // who made it; empty: whoever runs the server
    bool has_password = false;  // else they come for the first time
    bool has_tokens = false;
    Instant expires;
  };
  using Answer = std::optional<Found>;
};
struct LinksTo {  // whether these have set a password, and until when a link is theirs; for those
                  // who make links
  Scope scope;
  std::vector<UserId> of;
  struct Row {
    UserId to;
    bool has_password = false;
    std::optional<Instant> expires;
  };
  using Answer = std::vector<Row>;
};

}  // namespace hearback::store
