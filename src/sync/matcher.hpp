#pragma once
// Some envelopes, judged by what the store knows at this moment: whose addresses are on them, and
// which stored messages they answer. Blocks: ask where the environment allows that.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "mail/envelope.hpp"
#include "rules/belonging.hpp"
#include "rules/never_synced.hpp"
#include "rules/past.hpp"
#include "store/store.hpp"

namespace hearback::sync {

class Matcher {
 public:
  using Envelopes = std::vector<const mail::Envelope*>;
  // Indexed questions, as many whatever the company holds. `reader`: the mailbox in which they lie.
  // Of `answers` it is known already that their participants are no candidates.
  static Result<Matcher> about(store::Store& store, CompanyId company, MailboxId reader,
                               const Envelopes& addressed, const Envelopes& answers = {});

  struct Judged {
    // nullopt also where the mailbox's owner keeps it from us, or its past is closed to whom it is
    // of (C-14).
    std::optional<rules::Match> match;
    bool withheld = false;  // it would match, had its owner not named somebody on it
    // Whose addresses make it mail of a past in which the owner has a say: they are asked, or told.
    struct Past {
      std::string normal;
      bool closed = false;
    };
    std::vector<Past> past = {};
    bool named = false;  // the owner has named somebody on it, whosever it would be
  };
  // `arrived`: INTERNALDATE.
  Judged judge(const mail::Envelope& envelope, Instant arrived) const;

  // S-6: of whom it would be, did their mail come in, and what is known of it, but for where and
  // when it came.
  struct Skipped {
    std::vector<CandidateId> candidates;
    bool stored = false;                 // its Message-ID is
    bool ours_wrote = false;             // a mailbox of ours is in From
    std::vector<std::string_view> ours;  // addresses of mailboxes on it, in order; of `envelope`
  };
  Skipped skipped(const mail::Envelope& envelope) const;

 private:
  Result<> ask_about_resting(store::Store& store, CompanyId company, const Envelopes& envelopes);
  std::vector<rules::StoredReference> named_by(const mail::Envelope& envelope,
                                               Instant arrived) const;
  std::optional<rules::Match> by_people(const mail::Envelope& envelope, Instant arrived) const;
  std::vector<Judged::Past> past_of(const mail::Envelope& envelope, Instant arrived) const;
  std::vector<Judged::Past> past_answered_by(const mail::Envelope& envelope, Instant arrived) const;
  bool is_closed(const std::string& normal, Instant arrived) const;

  rules::Directory directory_;
  rules::NeverSynced never_;
  struct Past {
    Instant until;
    bool open = false;
  };
  std::map<std::string, Past, std::less<>> past_;             // of the addresses in `directory_`
  rules::Directory resting_;                                  // of those whose mail doesn't come in
  std::set<std::string, std::less<>> mailboxes_, known_ids_;  // on what is theirs
  std::map<std::string, std::vector<rules::StoredReference>, std::less<>> stored_;
};

}  // namespace hearback::sync
