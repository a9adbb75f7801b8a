#pragma once
// Draft → message (W-1, W-3, W-5, W-7, T-4). What a person wrote becomes the octets that will
// leave, with its place in a thread and its row of the outbox; or it is refused, and why.
// From here on the Message-ID, the recipients and the octets never change (SEND-1).
//
// Refusals name the member of the draft at fault. Codes: recipients.none, recipients.too-many,
// address.invalid, recipients.candidate-in-copy, recipients.other-candidate,
// recipients.candidate-missing, recipients.a-candidate, message.empty, message.too-large,
// message.not-in-thread, thread.internal, thread.newer-message, and those of mail::build.
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "mail/build.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

struct Draft {
  std::vector<std::string> to, cc, bcc;  // addresses as written
  std::string subject, text, html;
  std::vector<mail::OutgoingPart> attachments;
  std::optional<MessageId> in_reply_to;  // in a thread; default: its newest message
  bool internal = false;                 // that the candidate has no part in it is known (T-4)
};

// What is known at this moment.
struct ComposeFacts {
  User author;
  Mailbox mailbox;                       // the author's own, that it goes out through
  Candidate candidate;                   // or whom it is with, nameless, where that is none (M-3)
  bool non_candidate = false;            // it is so
  std::optional<Thread> thread;          // absent: a new conversation
  std::vector<Message> thread_messages;  // oldest first
  std::vector<MessageId> versions;       // of the message that is answered, as the writer sees them
  std::vector<MessageId> seen;           // others of the thread that the writer knows of
  std::vector<MessageId> never_left;     // of the thread: written here, and nobody got them
  struct Known {
    std::string normal;
    CandidateId candidate;
  };
  std::vector<Known> known;  // which of the draft's addresses are candidates', and whose
  Instant now;
  // What the new rows will be called.
  ThreadId new_thread;
  MessageId message;
  OutboxId outbox;
  BlobId blob;
  std::string message_id_local;  // random; the left side of the Message-ID
};

struct Composed {
  std::string bytes;
  Message message;
  std::string words;  // findable() of it
  std::optional<Thread> new_thread;
  Placement placement;
  OutboxMessage outbox;
};

struct Unsendable {
  Error error;
  std::string field;  // empty: the draft as a whole
};

std::expected<Composed, Unsendable> compose(const Draft& draft, const ComposeFacts& facts,
                                            const Limits& limits = {});

// Every address of the draft in normal form, for the question whose they are; what has none is
// left out.
std::vector<std::string> addresses_of(const Draft& draft);

// Who gets a message that the others don't know of (Bcc): its writer's to know.
std::vector<std::string> unseen_recipients(const mail::Envelope& shown,
                                           std::vector<std::string> recipients);

}  // namespace hearback::rules
