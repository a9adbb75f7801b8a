#pragma once
// From rows to the nouns of `rules`: the columns of each noun stand beside the function that reads
// them.
#include <string>
#include <unordered_map>
#include <vector>

#include "base/limits.hpp"
#include "rules/nouns.hpp"
#include "store/engine/db.hpp"
#include "store/questions.hpp"

namespace hearback::store {

// Of table alias u.
inline constexpr std::string_view kUserColumns =
    "u.id, u.name, u.email, u.email_normal, u.role, u.all_jobs, u.active, u.language, u.time_zone,"
    " u.signature_html, u.after_answer";
rules::User read_user(Row& row);

// Of table alias b: its state; of one whose owner was deactivated, that it is off (O-5). What it
// was before stays in the row, for when they come back.
inline const std::string kMailboxState =
    "case when b.kind = 'personal' and exists (select 1 from users owner_b where"
    " owner_b.company = b.company and owner_b.id = b.owner and owner_b.active = 0)"
    " then 'off' else b.state end";
inline const std::string kMailboxColumns =
    "b.id, b.kind, b.owner, b.address, b.address_normal, " + kMailboxState +
    ", b.imap_host, b.imap_port,"
    " b.imap_security, b.imap_user, b.smtp_host, b.smtp_port, b.smtp_security, b.smtp_user,"
    " b.consent_at, b.consent_version, b.consent_language, b.window_since, b.connected,"
    " b.saves_sent, b.last_success, b.last_error, b.send_error, b.next_try, b.headers_seen,"
    " b.bodies_fetched, b.address_proof, b.judged_anew, b.looked_through";
// Of table `mailboxes` or an alias of it: its address is proven to be its owner's (C-13).
inline constexpr std::string_view kProven =
    "(removed = 0 and address_proof in ('sign-in', 'admin'))";
rules::Mailbox read_mailbox(Row& row);

// Between the levels of a folder's name; one that no text column takes isn't kept.
std::string delimiter_text(char delimiter);
char read_delimiter(const std::string& text);

// Of table alias p.
inline constexpr std::string_view kPlacementColumns =
    "p.thread, p.candidate, p.message, p.placed_by, p.detail";
rules::Placement read_placement(Row& row);

// Of table alias o; the recipients come by load_recipients().
inline constexpr std::string_view kOutboxColumns =
    "o.id, o.author, o.mailbox, o.candidate, o.thread, o.message, o.message_id, o.envelope_from,"
    " o.bytes, o.state, o.phase, o.attempts, o.fence, o.created, o.waited,"
    " o.not_before, o.sent,"
    " o.copy_filed, o.why, o.answer, o.filing";
rules::OutboxMessage read_outbox(Row& row);
void load_recipients(Db& db, CompanyId company, const std::vector<rules::OutboxMessage*>& rows);

// Whole messages, with participants (at most `people` of each field), references and attachments,
// in four statements however many.
std::unordered_map<MessageId, rules::Message> load_messages(
    Db& db, CompanyId company, const std::vector<MessageId>& ids,
    std::size_t people = Limits{}.addresses);

// Whole candidates: addresses, and the applications in jobs that the scope may see.
struct CandidateRows {
  rules::Candidate candidate;
  std::vector<rules::Application> applications;
  std::vector<std::string> job_titles;  // of the applications' jobs
  std::vector<LastMove> moved;          // of the applications
};
std::unordered_map<CandidateId, CandidateRows> load_candidates(Db& db, const rules::Scope& scope,
                                                               const std::vector<CandidateId>& ids);

}  // namespace hearback::store
