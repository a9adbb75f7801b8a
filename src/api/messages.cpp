// Writing: files to attach, and messages into the outbox (W-1, W-3, W-5, W-7, T-4).
#include <algorithm>
#include <limits>
#include <unordered_set>

#include "api/contents.hpp"
#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/http/once.hpp"
#include "api/present.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/filename.hpp"
#include "mail/unseen.hpp"
#include "rules/compose.hpp"
#include "rules/non_candidates.hpp"
#include "rules/outbox_states.hpp"
#include "rules/ownership.hpp"
#include "rules/sending.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kAttachmentsMost = 50;
constexpr Length kBodyText{0, 1'000'000};
constexpr std::string_view kAnyType = "application/octet-stream";

// A file of the candidate's: one that came with a message, or that lies on the profile.
struct Chosen {
  MessageId message;
  std::int64_t index = 0;
  std::optional<UploadId> own;
  bool operator==(const Chosen&) const = default;
};

// What a person asks for: schema Draft, before anything is looked up.
struct Wish {
  MailboxId mailbox;
  std::optional<CandidateId> candidate;
  std::optional<ThreadId> thread;
  std::optional<std::int64_t> seen;  // up to where the writer knows the thread
  std::optional<OutboxId> replaces;
  std::vector<UploadId> uploads;
  std::vector<Chosen> files;
  rules::Draft draft;
};

std::vector<Chosen> read_files(Members& members, std::size_t most) {
  std::vector<Chosen> files;
  for (const auto* object : members.objects("files", most)) {
    Members one(*object, "files");
    auto& chosen = files.emplace_back();
    chosen.own = one.maybe_id<UploadId>("file");
    if (!chosen.own) {
      chosen.message = one.id<MessageId>("message");
      chosen.index = one.number("index", 0, std::numeric_limits<int>::max());
    }
    members.take_over(one);
    if (std::ranges::count(files, chosen) > 1)
      members.refuse("files", "field.invalid", "“files” names the same file twice.");
  }
  return files;
}

Read<Wish> read_wish(const Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  constexpr Length kAddress{1, 320};
  const auto most = call.house->options.limits.recipients;
  Wish wish;
  wish.mailbox = members.id<MailboxId>("mailbox");
  wish.candidate = members.maybe_id<CandidateId>("candidate");
  wish.thread = members.maybe_id<ThreadId>("thread");
  auto& draft = wish.draft;
  draft.in_reply_to = members.maybe_id<MessageId>("in_reply_to");
  draft.to = members.texts("to", {1, most}, kAddress);
  draft.cc = members.texts("cc", {0, most}, kAddress);
  draft.bcc = members.texts("bcc", {0, most}, kAddress);
  draft.subject = members.text("subject", {0, 900});
  draft.text = members.maybe_text("text", kBodyText, Lines::many).value_or("");
  draft.html = members.maybe_text("html", kBodyText, Lines::many).value_or("");
  wish.uploads = members.ids<UploadId>("attachments", kAttachmentsMost);
  wish.files = read_files(members, kAttachmentsMost - wish.uploads.size());
  wish.replaces = members.maybe_id<OutboxId>("replaces");
  draft.internal = members.flag("internal", false);
  if (members.has("seen")) wish.seen = members.number("seen", 0, INT64_MAX);
  if (auto problem = members.problem()) return Refusal(*problem);
  return wish;
}

// "text/html; charset=utf-8" → "text/html". What can't be one attachment's type is just bytes.
std::string media_type(std::string_view header) {
  const auto type = ascii_lower(trim(header.substr(0, header.find(';'))));
  const auto slash = type.find('/');
  const bool well_formed =
      slash != std::string::npos && slash > 0 && slash + 1 < type.size() && type.size() <= 100 &&
      type.find('/', slash + 1) == std::string::npos &&
      std::all_of(type.begin(), type.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '/' || c == '-' || c == '.' || c == '+' || c == '_';
      });
  if (!well_formed || type.starts_with("multipart/") || type.starts_with("message/"))
    return std::string(kAnyType);
  return type;
}

Refusal upload_missing() {
  return refuse_field("attachments", "upload.missing", "One of the files is not there.",
                      "Attach it once more.");
}

// What goes along with a message, as far as one can carry it.
struct Parts {
  std::uint64_t most = 0;  // octets
  std::vector<mail::OutgoingPart> all;
  std::uint64_t octets = 0;
  std::uint64_t unpacked = 0;  // of messages that had to be read whole for it

  std::optional<Problem> make_room(std::uint64_t more, std::string_view field) {
    octets += std::min(more, most + 1);
    if (octets <= most) return std::nullopt;
    return refuse_field(std::string(field), "message.too-large",
                        "The attachments are too large to be sent.",
                        "Leave one out, or make it smaller.")
        .error();
  }
  // What can't be read alone costs its whole message, each time.
  std::optional<Problem> unpack(std::uint64_t message) {
    constexpr std::uint64_t kMessages = 4;  // of the largest
    unpacked += std::min(message, kMessages * most + 1);
    if (unpacked <= kMessages * most) return std::nullopt;
    return refuse_field("files", "message.too-large", "The attachments are too large to be sent.",
                        "Leave one out, or make it smaller.")
        .error();
  }
};

std::optional<Problem> load_uploads(const Call& call, const std::vector<UploadId>& uploads,
                                    Parts& parts) {
  for (const auto& id : uploads) {
    auto upload = call.store().ask(store::UploadById{call.scope(), id});
    if (!upload) return Problem(upload.error());
    if (!*upload) return upload_missing().error();
    if (auto problem = parts.make_room((*upload)->octets, "attachments")) return problem;
    auto bytes = call.store().ask(store::BlobBytes{call.asker.company, (*upload)->blob});
    if (!bytes) return Problem(bytes.error());
    if (!*bytes) return upload_missing().error();
    parts.all.push_back({(*upload)->filename, (*upload)->type, "", std::move(**bytes)});
  }
  return std::nullopt;
}

Refusal file_missing() {
  return refuse_field("files", "files.missing", "One of the files is not there any more.",
                      "Leave it out.");
}

// W-9: nobody gets what came from somebody else, or what colleagues said among themselves.
Read<store::MessageInThread> message_with(const Call& call, MessageId id, CandidateId candidate) {
  auto found = call.store().ask(store::MessageById{call.scope(), id, candidate});
  if (!found) return Refusal(found.error());
  if (*found) return std::move(**found);
  auto elsewhere = call.store().ask(store::MessageById{call.scope(), id});
  if (!elsewhere) return Refusal(elsewhere.error());
  if (!*elsewhere) return file_missing();
  return refuse_field("files", "files.elsewhere",
                      "One of the files doesn't come from a conversation with this candidate.",
                      "Leave it out; or save it and attach it, if they may have it.");
}

std::optional<Problem> load_file(const Call& call, const Chosen& chosen, CandidateId candidate,
                                 Parts& parts) {
  auto found = message_with(call, chosen.message, candidate);
  if (!found) return found.error();
  const auto& message = found->message;
  const auto file = std::ranges::find(message.attachments, chosen.index, &rules::Attachment::index);
  if (file == message.attachments.end()) return file_missing().error();
  if (auto problem = parts.make_room(file->octets, "files")) return problem;
  if (!file->extent)
    if (auto problem = parts.unpack(message.octets)) return problem;
  auto part = part_of(call, message, *file);
  if (!part) return part.error();
  part->filename = mail::safe_filename(part->filename);
  if (!mail::anything_seen(part->filename)) part->filename = "attachment";
  part->type = media_type(part->type);
  parts.all.push_back(std::move(*part));
  return std::nullopt;
}

std::optional<Problem> load_own_file(const Call& call, UploadId id, CandidateId candidate,
                                     Parts& parts) {
  auto file = call.store().ask(store::FileById{call.scope(), candidate, id});
  if (!file) return Problem(file.error());
  if (!*file) return file_missing().error();
  if (auto problem = parts.make_room((*file)->octets, "files")) return problem;
  auto bytes = call.store().ask(store::BlobBytes{call.asker.company, (*file)->blob});
  if (!bytes) return Problem(bytes.error());
  if (!*bytes) return file_missing().error();
  parts.all.push_back({(*file)->filename, (*file)->type, "", std::move(**bytes)});
  return std::nullopt;
}

std::optional<Problem> load_files(const Call& call, const std::vector<Chosen>& files,
                                  CandidateId candidate, Parts& parts) {
  for (const auto& chosen : files) {
    auto problem = chosen.own ? load_own_file(call, *chosen.own, candidate, parts)
                              : load_file(call, chosen, candidate, parts);
    if (problem) return problem;
  }
  return std::nullopt;
}

// What is answered may be older than the newest messages of a long thread.
std::optional<Problem> add_older_answered(const Call& call, const Wish& wish, ThreadId thread,
                                          std::vector<store::MessageInThread>& messages) {
  const auto& answered = wish.draft.in_reply_to;
  const auto is_it = [&](const auto& row) { return row.message.id == *answered; };
  if (!answered || std::any_of(messages.begin(), messages.end(), is_it)) return std::nullopt;
  auto older = call.store().ask(store::MessageById{call.scope(), *answered});
  if (!older) return Problem(older.error());
  if (*older && (*older)->placement.thread == thread)
    messages.insert(messages.begin(), std::move(**older));
  return std::nullopt;
}

// What the writer is shown as one with the message that is answered.
Result<std::vector<MessageId>> versions_of(const Call& call, const Wish& wish, ThreadId thread) {
  std::vector<MessageId> versions;
  if (!wish.draft.in_reply_to) return versions;
  auto rows = call.store().ask(store::VersionsIn{call.scope(), thread, {*wish.draft.in_reply_to}});
  if (!rows) return Failure(rows.error());
  const auto own =
      std::ranges::find(*rows, *wish.draft.in_reply_to, &store::VersionsIn::Row::message);
  if (own == rows->end()) return versions;
  for (const auto& row : *rows)
    if (row.first == own->first) versions.push_back(row.message);
  return versions;
}

// Which of these the writer knows of, where they have said so of this very thread: what has become
// part of another one counts anew. Nor is it new what another mailbox got of what they know (S-11).
Result<std::optional<std::vector<MessageId>>> seen_of(const Call& call, const Wish& wish,
                                                      ThreadId thread, std::int64_t came,
                                                      const std::vector<rules::Message>& messages) {
  if (!wish.seen || *wish.thread != thread || *wish.seen > came) return std::nullopt;
  std::vector<MessageId> seen;
  for (const auto& message : messages) seen.push_back(message.id);
  const auto after = call.store().ask(store::CameAfter{call.scope(), thread, *wish.seen, seen});
  if (!after) return Failure(after.error());
  const auto is_new = [&](MessageId one) { return after->contains(one); };
  std::erase_if(seen, is_new);
  if (after->empty()) return seen;
  const auto versions =
      call.store().ask(store::VersionsIn{call.scope(), thread, {after->begin(), after->end()}});
  if (!versions) return Failure(versions.error());
  std::unordered_set<MessageId> known;
  for (const auto& row : *versions)
    if (!is_new(row.message)) known.insert(row.first);
  for (const auto& row : *versions)
    if (known.contains(row.first)) seen.push_back(row.message);
  return seen;
}

// W-5: what goes in the place of a message takes it out of the way in the same moment.
Read<std::optional<rules::OutboxMessage>> to_give_up(const Call& call, OutboxId replaced) {
  using enum rules::OutboxState;
  auto found = call.store().ask(store::OutboxById{call.scope(), replaced});
  if (!found) return Refusal(found.error());
  if (!*found || (*found)->author != call.user().id) return not_found("message");
  const auto state = (*found)->state;
  if (state == cancelled || state == bounced) return std::nullopt;  // it goes nowhere any more
  if (rules::may_cancel(state)) return std::move(**found);
  if (state == sending)
    return refuse(Kind::conflict, "outbox.already-sending", "The message is just being sent.",
                  "Wait a moment and see what became of it.");
  return refuse(Kind::conflict, "outbox.too-late",
                "This can no longer be decided: the message has gone on meanwhile.",
                "Look at its state.");
}

// Who is named is whose thread it is, or has become part of them (O-5).
bool is_meant(const Call& call, CandidateId named, CandidateId whose) {
  if (named == whose) return true;
  auto found = call.store().ask(store::CandidateById{call.scope(), named});
  return found && *found && (*found)->candidate.id == whose;
}

Refusal other_candidate() {
  return refuse_field("candidate", "thread.other-candidate",
                      "This thread is with another candidate.");
}

// What is written to, and with whom.
struct Gathered {
  rules::ComposeFacts facts;
  std::optional<store::AddNonCandidate> added;  // nobody has written to them before
  std::int64_t came = 0;                        // to the thread, up to now
  std::optional<OutboxId> given_up;             // as this is taken
};

std::optional<Problem> candidate_of(const Call& call, CandidateId id, Gathered& gathered) {
  auto candidate = call.store().ask(store::CandidateById{call.scope(), id});
  if (!candidate) return Problem(candidate.error());
  if (!*candidate) return not_found("candidate").error();
  gathered.facts.candidate = std::move((*candidate)->candidate);
  return std::nullopt;
}

// M-3: with somebody who is no candidate.
std::optional<Problem> new_correspondent(const Call& call, const Wish& wish,
                                         std::span<const std::string> internal,
                                         Gathered& gathered) {
  auto& facts = gathered.facts;
  facts.non_candidate = true;
  const auto address = rules::correspondent(wish.draft.to, internal);
  const auto normal = address ? mail::kept_form(*address) : std::nullopt;
  if (!normal) {
    const bool readable = std::ranges::all_of(
        wish.draft.to, [](const auto& to) { return mail::kept_form(to).has_value(); });
    if (!readable) return std::nullopt;  // compose says which isn't
    return Problem(
        Error{Kind::input, "recipients.colleagues-only", "All recipients are colleagues.",
              "Write to them from your mail program: that is none of Hearback’s."},
        "to");
  }
  auto known = call.store().ask(store::NonCandidateWith{call.scope(), *normal});
  if (!known) return Problem(known.error());
  if (*known) {
    facts.candidate = std::move((*known)->person);
    return std::nullopt;
  }
  gathered.added = store::AddNonCandidate{call.make_id<CandidateId>(),
                                          *address,
                                          *normal,
                                          rules::keeper_of_exchange(call.scope()),
                                          call.user().id,
                                          call.now};
  facts.candidate.id = gathered.added->id;
  facts.candidate.addresses = {{.address = *address, .normal = *normal, .synced = false}};
  return std::nullopt;
}

// Why it can't be sent; and of what came meanwhile, up to where, so that whoever looks at it can
// say so.
Problem unsendable(const rules::Unsendable& why, const Gathered& gathered) {
  Problem problem(why.error, why.field);
  if (why.error.code == "thread.newer-message")
    problem.more = {{"thread", gathered.facts.thread->id.text()}, {"came", gathered.came}};
  return problem;
}

// The writer's own mailbox, the thread and the candidate, all through the writer's eyes.
Read<Gathered> gather(const Call& call, const Wish& wish) {
  Gathered gathered;
  auto& facts = gathered.facts;
  facts.author = call.user();
  auto mailbox =
      call.store().ask(store::MailboxById{call.scope(), wish.mailbox, rules::MailboxRight::reply});
  if (!mailbox) return Refusal(mailbox.error());
  if (!*mailbox) return not_found("mailbox");
  facts.mailbox = std::move(**mailbox);

  // Whose addresses these are is asked with the writer's eyes: the answer to a draft must not tell
  // who is a candidate (SEE-4).
  store::KnownAbout about{};
  about.scope = call.scope();
  about.participants = rules::addresses_of(wish.draft);
  auto known = call.store().ask(about);
  if (!known) return Refusal(known.error());
  for (auto& match : known->candidates)
    facts.known.push_back({std::move(match.normal), match.candidate});

  if (wish.replaces) {
    auto replaced = to_give_up(call, *wish.replaces);
    if (!replaced) return Refusal(replaced.error());
    if (*replaced) {
      gathered.given_up = (*replaced)->id;
      facts.never_left = {(*replaced)->message};
    }
  }
  auto candidate_id = wish.candidate.value_or(CandidateId{});
  if (wish.thread) {
    const store::PageRequest newest{"", call.house->options.limits.page_rows_max};
    auto thread = call.store().ask(store::ThreadById{call.scope(), *wish.thread, newest});
    if (!thread) return Refusal(thread.error());
    if (!*thread) return not_found("thread");
    facts.thread = (*thread)->thread;
    const auto whole = facts.thread->id;  // which the one that is named may have become part of
    if (auto problem = add_older_answered(call, wish, whole, (*thread)->messages))
      return Refusal(std::move(*problem));
    for (const auto& row : (*thread)->messages)
      if (row.outbox && rules::never_left(row.outbox->state))
        facts.never_left.push_back(row.message.id);
    for (auto& row : (*thread)->messages) facts.thread_messages.push_back(std::move(row.message));
    auto versions = versions_of(call, wish, whole);
    if (!versions) return Refusal(versions.error());
    facts.versions = std::move(*versions);
    auto seen = seen_of(call, wish, whole, (*thread)->came, facts.thread_messages);
    if (!seen) return Refusal(seen.error());
    facts.seen = std::move(*seen);
    gathered.came = (*thread)->came;
    candidate_id = facts.thread->candidate;
    if ((*thread)->non_candidate) {
      if (wish.candidate && *wish.candidate != candidate_id) return other_candidate();
      auto with = call.store().ask(store::NonCandidateOf{call.scope(), whole});
      if (!with) return Refusal(with.error());
      if (!*with) return not_found("thread");
      facts.candidate = std::move((*with)->person);
      facts.non_candidate = true;
      return gathered;
    }
  }
  auto problem = wish.thread || wish.candidate
                     ? candidate_of(call, candidate_id, gathered)
                     : new_correspondent(call, wish, known->internal, gathered);
  if (problem) return Refusal(std::move(*problem));
  if (wish.thread && wish.candidate && !is_meant(call, *wish.candidate, facts.candidate.id))
    return other_candidate();
  return gathered;
}

void name_new_rows(const Call& call, rules::ComposeFacts& facts) {
  facts.now = call.now;
  facts.new_thread = call.make_id<ThreadId>();
  facts.message = call.make_id<MessageId>();
  facts.outbox = call.make_id<OutboxId>();
  facts.blob = call.make_id<BlobId>();
  std::string octets(18, '\0');
  call.house->random.fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  facts.message_id_local = to_hex(octets);
}

// What would never leave isn't taken in (SEND-12); what only has to wait is.
std::optional<Problem> check_may_leave(const rules::Composed& composed,
                                       const rules::ComposeFacts& facts) {
  const rules::SendingFacts sending{.author = facts.author,
                                    .mailbox = facts.mailbox,
                                    .candidate_exists = true,
                                    .author_sees_it = true};
  const auto verdict = rules::may_send(composed.outbox, sending, facts.now);
  // An address that nobody confirmed is no sender (C-13): that is for what was queued before.
  if (!rules::is_proven(facts.mailbox.proof))
    return Problem(rules::not_proven(facts.mailbox.proof), "mailbox");
  const auto* no = std::get_if<rules::No>(&verdict);
  if (!no) return std::nullopt;
  return Problem(Error{Kind::conflict, no->why, "This mailbox can't send now.",
                       "Switch it on again, or write from another one."},
                 "mailbox");
}

store::Commit commit_of(const Call& call, rules::Composed& composed, const Gathered& gathered,
                        const std::vector<UploadId>& uploads) {
  const auto& facts = gathered.facts;
  auto commit = call.commit();
  auto& changes = commit.changes;
  if (gathered.added) changes.push_back(*gathered.added);
  changes.push_back(store::PutBlob{facts.blob, std::move(composed.bytes)});
  changes.push_back(store::AddMessage{composed.message, call.now, composed.words});
  if (composed.new_thread) changes.push_back(store::AddThread{*composed.new_thread});
  changes.push_back(store::PlaceMessage{composed.placement, call.now});
  if (gathered.given_up)
    changes.push_back(store::DecideOutbox{*gathered.given_up, call.user().id,
                                          store::DecideOutbox::Word::cancel, call.now});
  changes.push_back(store::AddOutbox{composed.outbox});
  changes.push_back(store::UseUploads{call.user().id, uploads});
  commit.expectations.push_back(store::MailboxIs{facts.mailbox.id, facts.mailbox.state});
  if (!gathered.added)
    commit.expectations.push_back(store::IsNonCandidate{facts.candidate.id, facts.non_candidate});
  return commit;
}

// What one user or one company may keep waiting to be sent.
using MayBeKept = store::UploadsKept::Kept;
MayBeKept of_user(const Limits& limits) {
  return {limits.uploads_of_user, limits.upload_octets_of_user};
}
MayBeKept of_company(const Limits& limits) {
  return {limits.uploads_of_company, limits.upload_octets_of_company};
}

}  // namespace

Read<UploadRoom> room_for_upload(const Call& call, std::uint64_t octets) {
  const auto& limits = call.house->options.limits;
  const auto kept = call.store().ask(store::UploadsKept{call.scope()});
  if (!kept) return Refusal(kept.error());
  const auto then = kept->with(octets);
  const auto own = of_user(limits), all = of_company(limits);
  if (!then.own.within(own) || !then.all.within(all))
    return Refusal(Problem(store::uploads_too_many()));
  return UploadRoom{.of_user = own.octets - kept->own.octets,
                    .of_company = all.octets - kept->all.octets};
}

namespace {

Reply take_message(const Call& call, const Once& once) {
  auto wish = read_wish(call);
  if (!wish) return Refusal(wish.error());
  auto gathered = gather(call, *wish);
  if (!gathered) return Refusal(gathered.error());
  auto& facts = gathered->facts;
  Parts parts{.most = call.house->options.limits.outgoing_octets};
  if (auto problem = load_uploads(call, wish->uploads, parts)) return Refusal(std::move(*problem));
  if (auto problem = load_files(call, wish->files, facts.candidate.id, parts))
    return Refusal(std::move(*problem));
  wish->draft.attachments = std::move(parts.all);
  name_new_rows(call, facts);
  auto composed = rules::compose(wish->draft, facts, call.house->options.limits);
  if (!composed) return Refusal(unsendable(composed.error(), *gathered));
  if (auto problem = check_may_leave(*composed, facts)) return Refusal(std::move(*problem));

  auto response = json_response(202, present(composed->outbox, call.user().id));
  return once.commit(call, commit_of(call, *composed, *gathered, wish->uploads),
                     std::move(response));
}

}  // namespace

Reply send_message(Call& call) {
  return Once::answer(call, [&](const Once& once) { return take_message(call, once); });
}

Reply upload(Call& call) {
  const auto& request = *call.request;
  auto filename = request.parameter("filename").value_or("");
  const bool has_controls = std::any_of(filename.begin(), filename.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7F;
  });
  const bool well_formed = filename.size() <= 255 && !has_controls && is_utf8(filename);
  filename = well_formed ? mail::safe_filename(filename) : "";
  if (!mail::anything_seen(filename))
    return refuse_field("filename", "field.invalid", "The file needs a name.",
                        "Give it one of at most 255 octets, without control characters.");
  const store::AddUpload added{.id = call.make_id<UploadId>(),
                               .user = call.user().id,
                               .filename = filename,
                               .type = media_type(request.header("content-type")),
                               .blob = call.make_id<BlobId>(),
                               .octets = request.body.size(),
                               .at = call.now,
                               .own_most = of_user(call.house->options.limits),
                               .all_most = of_company(call.house->options.limits)};
  auto commit = call.commit();
  commit.changes.push_back(store::PutBlob{added.blob, request.body});
  commit.changes.push_back(added);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return json_response(201, {{"id", added.id.text()},
                             {"filename", added.filename},
                             {"type", added.type},
                             {"octets", added.octets}});
}

}  // namespace hearback::api
