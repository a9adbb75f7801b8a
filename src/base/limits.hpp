#pragma once
// The bounds of the product, in one place. Parsers take a Limits, fuzzers shrink it. Sizes: octets.
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearback {

struct Limits {
  // mail
  std::size_t header_octets = 1 << 20;  // one message's header section
  std::size_t mime_parts = 1000;
  std::size_t mime_depth = 50;
  std::size_t addresses = 2000;  // as many who write a message, and who get it
  // Kept of a header's texts; its source holds the rest. What is longer than `address_octets` is
  // no address, and is only shown.
  std::size_t subject_octets = 1000;
  std::size_t name_octets = 250;
  std::size_t address_octets = 320;
  std::size_t media_octets = 255;  // of a file's type, or its Content-ID; more isn't kept at all
  std::size_t references = 200;    // kept of one References field (the newest)
  std::size_t references_octets = 4000;    // of the field, when Hearback answers
  std::size_t message_octets = 50u << 20;  // larger mail is quarantined, not fetched
  std::size_t snippet_octets = 240;
  std::size_t text_octets = 1 << 20;   // of a message's text that is shown; the rest is a file
  std::size_t html_octets = 8u << 20;  // likewise of its HTML, with the pictures inside
  std::size_t html_depth = 512;        // open elements that are told apart

  // IMAP
  std::size_t imap_line_octets = 1 << 20;  // a response outside literals
  std::size_t imap_literal_octets = 64u << 20;
  std::size_t imap_nesting = 100;
  std::size_t imap_answer_octets = 16u << 20;   // all that one command with a short answer brings
  std::size_t imap_answer_responses = 500'000;  // as many: flags and removals of a large folder
  std::size_t imap_list_octets = 32u << 20;
  std::size_t imap_folders = 10'000;           // of one mailbox
  std::size_t imap_attributes = 32;            // of one folder; more are left out
  std::size_t imap_capabilities = 500;         // likewise
  std::size_t imap_search_octets = 64u << 20;  // one line, without ESEARCH
  std::size_t imap_search_results = 5'000'000;
  std::size_t imap_command_octets = 8192;    // RFC 7162 section 4: a line that servers take
  std::size_t imap_scan_octets = 64u << 20;  // one header FETCH's answer
  std::size_t imap_body_slack = 256u << 10;  // above twice the size announced
  std::size_t slowest_octets = 32u << 10;    // a second, of large transfers
  std::size_t scan_batch = 2000;             // UIDs in one header FETCH
  std::size_t scan_in_flight = 3;            // header FETCH commands on the wire
  std::size_t body_batch = 50;               // UIDs in one body FETCH
  std::size_t body_batch_octets = 8u << 20;
  int import_attempts = 3;  // then the message is quarantined
  // What one mailbox may bring in within a day; of its past, three quarters of it. An agreed past
  // of 20,000 messages of 100 kB stays below.
  std::uint64_t mailbox_day_messages = 50'000, mailbox_day_octets = 4ull << 30;

  // SMTP
  std::size_t smtp_reply_octets = 64u << 10;
  std::size_t recipients = 100;

  // HTTP
  std::size_t http_header_octets = 32u << 10;
  std::size_t http_body_octets = 1u << 20;
  std::size_t upload_octets = 25u << 20;
  // A file of candidates or jobs: its octets, lines, columns; lines of one answer, of one commit.
  std::size_t import_octets = 5u << 20, import_lines = 10'000, import_columns = 200;
  std::size_t import_lines_at_once = 1000, import_lines_of_commit = 100;
  // Uploads that are kept, of a user and of a company.
  std::size_t uploads_of_user = 200, upload_octets_of_user = 256u << 20;
  std::size_t uploads_of_company = 5000;
  std::uint64_t upload_octets_of_company = 4ull << 30;
  std::size_t http_visitor_body_octets = 16u << 10;  // of who isn't signed in
  std::size_t http_body_rate = 16u << 10;  // octets per second, over each http_request deadline
  // Bodies in memory at one time: of all requests, and at most of each of these parties.
  std::size_t http_bodies_octets = 512u << 20;
  std::size_t http_bodies_of_company = 256u << 20;
  std::size_t http_bodies_of_user = 64u << 20;
  std::size_t http_bodies_of_visitors = 32u << 20;  // all who aren't signed in
  std::size_t http_bodies_of_network = 1u << 20;    // one of their networks
  // Large answers in memory while they are sent, likewise.
  std::size_t http_answers_octets = 1u << 30;
  std::size_t http_answers_of_company = 512u << 20;
  std::size_t http_answers_of_user = 128u << 20;
  std::size_t http_answers_of_visitors = 256u << 20;
  std::size_t http_answers_of_network = 64u << 20;
  std::size_t download_piece_octets = 128u << 10;  // of a source, that are in memory at one time
  std::size_t outgoing_octets = 25u << 20;         // one message with its attachments

  // Of a company, and of one user. Sessions beyond that end, the oldest first.
  std::size_t open_jobs_of_company = 10'000, users_of_company = 5000;
  // What one user makes in a day (UTC), so that no one of them uses up what is the company's.
  std::size_t jobs_of_user_a_day = 200, candidates_of_user_a_day = 20'000;
  std::size_t team_of_job = 1000;
  std::size_t phases_of_job = 30, statuses_of_job = 50;
  std::size_t stage_letters = 60;     // of the name of one of them
  std::size_t moved_at_once = 200;    // applications, by one commit
  std::size_t moved_in_all = 10'000;  // by one request
  std::size_t tokens_of_user = 50, sessions_of_user = 100;
  std::size_t invitations_shown = 20;      // to one user, the newest
  std::size_t quarantined_counted = 1000;  // messages of one mailbox
  // Addresses of one user that wait to be confirmed as theirs, or were refused.
  std::size_t address_claims_of_user = 10;

  // store
  // Threads of one candidate that are known to name one missing message. They are one as a rule;
  // whoever makes many costs an arriving message no more than this for each id that it names.
  std::size_t threads_of_reference = 16;
  std::size_t blob_in_database_octets = 64u << 10;
  std::size_t errand_rows = 100;  // that one step of an errand takes away
  std::size_t prune_rows = 500;   // that one step of pruning takes away
  std::size_t page_rows = 50;
  std::size_t page_rows_max = 200;
  std::size_t people_shown = 100;  // with a message, of each field; no less than `recipients`
};

// How long what grows by itself is kept.
struct Retention {
  Duration feed = std::chrono::hours(24 * 7);      // who was away for longer starts over
  Duration uploads = std::chrono::hours(24);       // files attached to what was never sent
  Duration answers = std::chrono::hours(24 * 7);   // to repeated requests (idempotency keys)
  Duration journal = std::chrono::hours(24 * 30);  // and what a consumer has yet to read
  Duration errands = std::chrono::hours(24 * 90);  // that are finished
  Duration counts = std::chrono::hours(24 * 2);    // of what users make in a day
};

// Deadlines of single waits.
struct Deadlines {
  Duration connect = 10s;
  Duration tls = 10s;
  Duration imap_answer = 60s;    // between two reads while an answer is due
  Duration imap_command = 120s;  // one command all in all; large transfers: and their octets' time
  Duration imap_search = 600s;   // a server without an index reads every message
  Duration imap_search_addresses = 120s;  // of one run of its messages: what arrives waits for it
  Duration imap_fetch = 600s;             // one header FETCH
  Duration smtp_answer = 120s;            // RFC 5321 section 4.5.3.2 asks for minutes
  Duration smtp_data_end = 600s;
  Duration count = 600s;         // what a window would bring, all folders together
  Duration probe = 12s;          // one try of one server, all in all
  Duration idle_renewal = 540s;  // re-IDLE well below the 29 minutes of RFC 9051 section 6.3.13
  Duration poll = 120s;          // where IDLE can't be had, and as the safety net beside it
  Duration http_request = 30s;
};

}  // namespace hearback
