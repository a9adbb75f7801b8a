#pragma once
// Some envelopes, judged by what the store knows at this moment: whose addresses are on them, and
// which stored messages they answer. Blocks: ask where the environment allows that.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mail/envelope.hpp"
#include "rules/belonging.hpp"
#include "store/store.hpp"

namespace hearback::sync {

class Matcher {
 public:
  using Envelopes = std::vector<const mail::Envelope*>;
  // Two indexed questions, whatever the company holds. `reader`: the mailbox in which they lie. Of
  // `answers` it is known already that their participants are no candidates.
  static Result<Matcher> about(store::Store& store, CompanyId company, MailboxId reader,
                               const Envelopes& addressed, const Envelopes& answers = {});

  std::optional<rules::Match> match(const mail::Envelope& envelope) const;

 private:
  std::vector<rules::StoredReference> named_by(const mail::Envelope& envelope) const;

  rules::Directory directory_;
  std::map<std::string, std::vector<rules::StoredReference>, std::less<>> stored_;
};

}  // namespace hearback::sync
