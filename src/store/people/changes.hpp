#pragma once
// Companies, users, and what belongs to one user.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/people/questions.hpp"

namespace hearback::store {

struct AddCompany {
  std::string name;
  Instant at;
};
struct ChangeCompany {  // by an admin, who still is one ("access.denied")
  UserId by;
  std::string name;
  Instant at;
};
struct PutUser {  // new or changed; a new address moves the match revision and applies I-1:
                  // equal candidate addresses are unsynced with why_not "internal-user", and what
                  // was placed through such an address alone leaves the profile (sealed, see I-1)
  rules::User user;
  std::optional<std::string> password_hash;  // unchanged when absent
  Instant at;
};
struct ChangeUser {  // by an admin, who still is one ("access.denied"); what is absent stays as it
                     // is. Who is deactivated loses all that lets them in, and what they had
                     // waiting to be sent fails ("author.inactive"). "user.last-admin" where nobody
                     // who can come in would be admin. Another address is as for PutUser; they
                     // sign in by it from then on, with the password that they have
  struct Address {
    std::string email, normal;
  };
  UserId user, by;
  std::optional<std::string> name;
  std::optional<rules::Role> role;
  std::optional<bool> all_jobs, active;
  Instant at;
  std::optional<std::string> language = {}, time_zone = {};
  std::optional<Address> address = {};
};
struct ChangeProfile {  // what a user says of themselves; what is absent stays as it is. Rights and
                        // address aren't theirs to write, nor to write back. Missing
                        // ("user.missing") where they are no longer active.
  UserId user;
  std::optional<std::string> name, language, time_zone, signature_html;
  std::optional<rules::AfterAnswer> after_answer;
};
struct AddInvitation {
  InvitationId id;
  UserId from, to;
  Instant at;
};
struct AddUpload {
  UploadId id;
  UserId user;
  std::string filename, type;
  BlobId blob;
  std::uint64_t octets = 0;
  Instant at;
  // That may wait with this one, of the user and of the company; else "uploads.too-many".
  UploadsKept::Kept own_most = {Limits{}.uploads_of_user, Limits{}.upload_octets_of_user};
  UploadsKept::Kept all_most = {Limits{}.uploads_of_company, Limits{}.upload_octets_of_company};
};
struct UseUploads {  // what they hold lies in a message from now on
  UserId user;
  std::vector<UploadId> uploads;
};
struct RecordIdempotent {
  UserId user;
  std::string key;
  std::string request_hash;
  int status = 0;
  std::string body;
  Instant at;
};

}  // namespace hearback::store
