#include "rules/compose.hpp"

#include <algorithm>
#include <utility>

#include "mail/address.hpp"
#include "mail/message_id.hpp"
#include "mail/parse.hpp"
#include "mail/spec.hpp"
#include "mail/text.hpp"
#include "mail/word.hpp"
#include "rules/findable.hpp"

namespace hearback::rules {
namespace {

using Refused = std::unexpected<Unsendable>;

Refused refuse(Kind kind, std::string field, std::string code, std::string what,
               std::string hint = {}) {
  return Refused({{kind, std::move(code), std::move(what), std::move(hint)}, std::move(field)});
}
Refused wrong(std::string field, std::string code, std::string what, std::string hint = {}) {
  return refuse(Kind::input, std::move(field), std::move(code), std::move(what), std::move(hint));
}

bool is_candidates_own(const ComposeFacts& facts, const std::string& normal) {
  return std::ranges::any_of(facts.candidate.addresses,
                             [&](const auto& own) { return own.normal == normal; });
}

// The candidate is addressed by name, everybody else by what was written.
std::expected<std::vector<mail::Address>, Unsendable> read_list(
    const std::vector<std::string>& specs, const char* field, const ComposeFacts& facts) {
  std::vector<mail::Address> list;
  for (const auto& spec : specs) {
    auto normal = mail::normal_form(spec);
    if (!normal)
      return wrong(field, "address.invalid", "One of the recipients is not an e-mail address.",
                   "Write each one like jane@example.org, without a name.");
    const auto name = is_candidates_own(facts, *normal) ? mail::mend_controls(facts.candidate.name)
                                                        : std::string();
    list.push_back({.name = name, .spec = spec, .normal = std::move(*normal)});
  }
  return list;
}

// W-3: candidates are written to one by one, so that none learns of another.
std::optional<Unsendable> check_recipients(const mail::Outgoing& message, const ComposeFacts& facts,
                                           const Limits& limits) {
  const auto known_of = [&](const mail::Address& address) -> std::optional<CandidateId> {
    for (const auto& known : facts.known)
      if (known.normal == address.normal) return known.candidate;
    return std::nullopt;
  };
  const auto candidate_of = [&](const mail::Address& address) {
    const bool own = !facts.non_candidate && is_candidates_own(facts, address.normal);
    return own ? facts.candidate.id : known_of(address);
  };
  if (message.to.empty())
    return wrong("to", "recipients.none", "The message has no recipient.").error();
  if (message.to.size() + message.cc.size() + message.bcc.size() > limits.recipients)
    return wrong("to", "recipients.too-many", "The message has too many recipients.").error();
  for (const auto& [list, field] : {std::pair(&message.cc, "cc"), std::pair(&message.bcc, "bcc")})
    for (const auto& address : *list)
      if (candidate_of(address))
        return wrong(field, "recipients.candidate-in-copy",
                     "A candidate can't be in Cc or Bcc: others would see the address.",
                     "Write to each candidate separately.")
            .error();
  // An address may belong to several candidates; the one written to counts.
  const auto is_another = [&](const mail::Address& address) {
    return candidate_of(address) && !is_candidates_own(facts, address.normal);
  };
  // What is a candidate's by now is still answered where it began.
  const auto is_candidates = [&](const mail::Address& address) {
    return facts.thread ? is_another(address) : known_of(address).has_value();
  };
  if (facts.non_candidate && std::ranges::any_of(message.to, is_candidates))
    return wrong("to", "recipients.a-candidate", "One of the recipients is a candidate.",
                 "Write to them by themselves, from their profile.")
        .error();
  if (std::ranges::any_of(message.to, is_another))
    return wrong("to", "recipients.other-candidate", "One of the recipients is another candidate.",
                 "Write to each candidate separately.")
        .error();
  const auto is_own = [&](const mail::Address& address) {
    return is_candidates_own(facts, address.normal);
  };
  if (!facts.thread && std::ranges::none_of(message.to, is_own))
    return wrong("to", "recipients.candidate-missing",
                 "None of the recipients is an address of this candidate.",
                 "Choose one of the candidate's addresses, or add this one to the profile.")
        .error();
  return std::nullopt;
}

// T-4: what the writer may not have noticed.
std::optional<Unsendable> check_thread(const Draft& draft, const ComposeFacts& facts,
                                       const Message* answered) {
  if (draft.in_reply_to && !answered)
    return wrong("in_reply_to", "message.not-in-thread",
                 "The message that is answered does not lie in this thread.")
        .error();
  if (!facts.thread) return std::nullopt;
  if (facts.thread->kind == ThreadKind::internal_forward && !draft.internal)
    return refuse(Kind::conflict, "", "thread.internal",
                  "This is an internal thread: the candidate is not part of it.",
                  "Confirm that you mean to answer here.")
        .error();
  if (!draft.in_reply_to) return std::nullopt;
  const auto is_news = [&](const Message& message) {
    for (const auto* known : {&facts.versions, &facts.seen})
      if (std::ranges::find(*known, message.id) != known->end()) return false;
    const bool mine = std::ranges::any_of(message.envelope.from, [&](const auto& from) {
      return from.normal == facts.mailbox.address_normal;
    });
    return !mine && (message.kind == MessageKind::human || message.kind == MessageKind::bounce);
  };
  const auto* first = facts.thread_messages.data();
  const auto* last = first + facts.thread_messages.size();
  if (std::any_of(answered + 1, last, is_news))
    return refuse(Kind::conflict, "", "thread.newer-message",
                  "A newer message has arrived in this thread.",
                  "Read it, then say up to where you have seen the conversation.")
        .error();
  return std::nullopt;
}

const Message* answered_message(const Draft& draft, const ComposeFacts& facts) {
  if (!facts.thread || facts.thread_messages.empty()) return nullptr;
  if (!draft.in_reply_to) return &facts.thread_messages.back();
  const auto found = std::ranges::find(facts.thread_messages, *draft.in_reply_to, &Message::id);
  return found == facts.thread_messages.end() ? nullptr : &*found;
}

// RFC 5322 section 3.6.4. What takes the place of a message that nobody got stands where that
// stood.
void refer_to(const Message& answered, bool left, mail::Outgoing& message, const Limits& limits) {
  if (!left) {
    message.in_reply_to = answered.envelope.in_reply_to;
    message.references = answered.envelope.references;
    return;
  }
  if (answered.envelope.message_id.empty()) return;
  message.in_reply_to = {answered.envelope.message_id};
  message.references = answered.envelope.references;
  if (message.references.empty() && answered.envelope.in_reply_to.size() == 1)
    message.references = answered.envelope.in_reply_to;
  std::erase(message.references, answered.envelope.message_id);
  message.references.push_back(answered.envelope.message_id);
  message.references =
      mail::fitting_references(std::move(message.references), limits.references_octets);
}

std::expected<mail::Outgoing, Unsendable> outgoing(const Draft& draft, const ComposeFacts& facts,
                                                   const Message* answered, const Limits& limits) {
  mail::Outgoing message;
  message.from = {.name = mail::mend_controls(facts.author.name),
                  .spec = facts.mailbox.address,
                  .normal = facts.mailbox.address_normal};
  auto to = read_list(draft.to, "to", facts);
  auto cc = read_list(draft.cc, "cc", facts);
  auto bcc = read_list(draft.bcc, "bcc", facts);
  for (auto* list : {&to, &cc, &bcc})
    if (!*list) return Refused(list->error());
  message.to = std::move(*to);
  message.cc = std::move(*cc);
  message.bcc = std::move(*bcc);
  // A subject or name that came with the mail is no trick of the writer's.
  message.subject = mail::mend_controls(draft.subject);
  message.date = facts.now;
  message.message_id =
      facts.message_id_local + "@" + std::string(mail::domain_of(facts.mailbox.address_normal));
  const auto left = [&](MessageId id) {
    return std::ranges::find(facts.never_left, id) == facts.never_left.end();
  };
  if (answered) refer_to(*answered, left(answered->id), message, limits);
  message.html = draft.html;
  message.text = draft.text.empty() ? mail::html_to_text(draft.html) : draft.text;
  message.attachments = draft.attachments;
  message.hearback_id = facts.outbox.text();
  if (message.text.empty() && message.html.empty() && message.attachments.empty())
    return wrong("text", "message.empty", "The message is empty.");
  return message;
}

// As RCPT TO names it.
std::string recipient_of(const mail::Address& address) {
  const auto parts = mail::sendable_parts(address.spec);
  return parts ? parts->local + "@" + parts->domain : address.spec;
}

std::vector<std::string> envelope_recipients(const mail::Outgoing& message) {
  std::vector<std::string> recipients, seen;
  for (const auto* list : {&message.to, &message.cc, &message.bcc})
    for (const auto& address : *list) {
      if (std::ranges::find(seen, address.normal) != seen.end()) continue;
      seen.push_back(address.normal);
      recipients.push_back(recipient_of(address));
    }
  return recipients;
}

Message stored_message(const mail::Parsed& parsed, std::string_view bytes,
                       const ComposeFacts& facts, const Limits& limits) {
  Message message;
  message.id = facts.message;
  message.envelope = parsed.envelope;
  message.direction = Direction::outgoing;
  message.fingerprint = parsed.fingerprint;
  message.date = facts.now;
  message.octets = bytes.size();
  message.snippet = mail::snippet(parsed.text, limits.snippet_octets);
  for (const auto& part : parsed.attachments)
    message.attachments.push_back({.index = part.index,
                                   .filename = part.filename,
                                   .type = part.type,
                                   .octets = part.content.size(),
                                   .content_id = part.content_id,
                                   .is_inline = part.is_inline,
                                   .extent = part.extent});
  message.raw = facts.blob;
  return message;
}

OutboxMessage outbox_row(const mail::Outgoing& message, const ComposeFacts& facts,
                         ThreadId thread) {
  OutboxMessage row;
  row.id = facts.outbox;
  row.author = facts.author.id;
  row.mailbox = facts.mailbox.id;
  row.candidate = facts.candidate.id;
  row.thread = thread;
  row.message = facts.message;
  row.message_id = message.message_id;
  const auto from = mail::sendable_parts(facts.mailbox.address);
  row.envelope_from = from ? from->local + "@" + from->domain : facts.mailbox.address;
  row.recipients = envelope_recipients(message);
  row.bytes = facts.blob;
  row.created = facts.now;
  row.not_before = facts.now;
  return row;
}

}  // namespace

std::vector<std::string> addresses_of(const Draft& draft) {
  std::vector<std::string> normals;
  for (const auto* list : {&draft.to, &draft.cc, &draft.bcc})
    for (const auto& spec : *list)
      if (auto normal = mail::normal_form(spec)) normals.push_back(std::move(*normal));
  return normals;
}

std::expected<Composed, Unsendable> compose(const Draft& draft, const ComposeFacts& facts,
                                            const Limits& limits) {
  const Message* answered = answered_message(draft, facts);
  auto message = outgoing(draft, facts, answered, limits);
  if (!message) return Refused(message.error());
  if (auto refused = check_recipients(*message, facts, limits)) return Refused(*refused);
  if (auto refused = check_thread(draft, facts, answered)) return Refused(*refused);
  auto bytes = mail::build(*message);
  if (!bytes) return Refused({bytes.error(), ""});
  if (bytes->size() > limits.outgoing_octets)
    return wrong("attachments", "message.too-large",
                 "The message with its attachments is too large to be sent.",
                 "Leave an attachment out, or make it smaller.");
  // Read as everybody else will read it, so that its copy in Sent is recognized (S-11).
  auto parsed = mail::parse(*bytes, limits);
  if (!parsed) return Refused({parsed.error(), "attachments"});

  Composed composed;
  composed.message = stored_message(*parsed, *bytes, facts, limits);
  composed.words =
      findable(composed.message.envelope, composed.message.attachments, own_words(parsed->text));
  if (!facts.thread)
    composed.new_thread = Thread{.id = facts.new_thread,
                                 .candidate = facts.candidate.id,
                                 .kind = ThreadKind::conversation,
                                 .subject = message->subject,
                                 .last_at = facts.now};
  const auto thread = facts.thread ? facts.thread->id : facts.new_thread;
  composed.placement = {.thread = thread,
                        .candidate = facts.candidate.id,
                        .message = facts.message,
                        .by = PlacedBy::sent_here,
                        .detail = ""};
  composed.outbox = outbox_row(*message, facts, thread);
  composed.bytes = std::move(*bytes);
  return composed;
}

std::vector<std::string> unseen_recipients(const mail::Envelope& shown,
                                           std::vector<std::string> recipients) {
  for (const auto* list : {&shown.to, &shown.cc})
    for (const auto& address : *list) std::erase(recipients, recipient_of(address));
  return recipients;
}

}  // namespace hearback::rules
