#include "store/engine/nouns_sql.hpp"

#include "store/candidates/external_ids.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

rules::ServerSettings read_server(Row& row) {
  rules::ServerSettings server;
  server.host = row.text();
  server.port = static_cast<std::uint16_t>(row.number());
  server.security = row.text();
  server.user = row.text();
  return server;
}

using Messages = std::unordered_map<MessageId, rules::Message>;

void load_participants(Db& db, CompanyId company, std::span<const Value> ids, std::size_t people,
                       Messages& messages) {
  in_chunks({value_of(company), value_of(people)}, ids, [&](InList list, Params params) {
    auto found = db.run(
        "select message, field, name, spec, normal from participants"
        " where company = $1 and field in ('from', 'to', 'cc', 'bcc', 'reply-to')"
        " and position < $2 and message in " +
            list + " order by message, field, position",
        params);
    for (auto& row : found.rows) {
      auto& envelope = messages[row.id<MessageId>()].envelope;
      const auto field = row.text();
      auto& addresses = field == "from"  ? envelope.from
                        : field == "to"  ? envelope.to
                        : field == "cc"  ? envelope.cc
                        : field == "bcc" ? envelope.bcc
                                         : envelope.reply_to;
      auto& address = addresses.emplace_back();
      address.name = row.text();
      address.spec = row.text();
      address.normal = row.text();
    }
  });
}

void load_references(Db& db, CompanyId company, std::span<const Value> ids, Messages& messages) {
  in_chunks({value_of(company)}, ids, [&](InList list, Params params) {
    auto found = db.run(
        "select message, field, message_id from message_refs"
        " where company = $1 and message in " +
            list + " order by message, field, position",
        params);
    for (auto& row : found.rows) {
      auto& message = messages[row.id<MessageId>()];
      const auto field = row.text();
      if (field == "conversation")
        message.conversation = row.text();
      else if (field == "in-reply-to")
        message.envelope.in_reply_to.push_back(row.text());
      else
        message.envelope.references.push_back(row.text());
    }
  });
}

void load_attachments(Db& db, CompanyId company, std::span<const Value> ids, Messages& messages) {
  in_chunks({value_of(company)}, ids, [&](InList list, Params params) {
    auto found = db.run(
        "select message, position, filename, type, octets, content_id, is_inline, raw_at,"
        " raw_octets, coding from attachments"
        " where company = $1 and message in " +
            list + " order by message, position",
        params);
    for (auto& row : found.rows) {
      auto& attachment = messages[row.id<MessageId>()].attachments.emplace_back();
      attachment.index = static_cast<int>(row.number());
      attachment.filename = row.text();
      attachment.type = row.text();
      attachment.octets = static_cast<std::uint64_t>(row.number());
      attachment.content_id = row.text();
      attachment.is_inline = row.flag();
      const auto at = row.maybe_number(), octets = row.maybe_number();
      const auto coding = row.maybe_text();
      if (!at || !octets || !coding) continue;
      const auto known = rules::from_word<mail::Coding>(*coding);
      if (known)
        attachment.extent = {{static_cast<std::uint64_t>(*at), static_cast<std::uint64_t>(*octets)},
                             *known};
    }
  });
}

}  // namespace

rules::User read_user(Row& row) {
  rules::User user;
  user.id = row.id<UserId>();
  user.name = row.text();
  user.email = row.text();
  user.email_normal = row.text();
  user.role = row.word<rules::Role>();
  user.all_jobs = row.flag();
  user.active = row.flag();
  user.language = row.text();
  user.time_zone = row.text();
  user.signature_html = row.text();
  user.after_answer = row.word<rules::AfterAnswer>();
  return user;
}

rules::Mailbox read_mailbox(Row& row) {
  rules::Mailbox box;
  box.id = row.id<MailboxId>();
  box.kind = row.word<rules::MailboxKind>();
  box.owner = row.id<UserId>();
  box.address = row.text();
  box.address_normal = row.text();
  box.state = row.word<rules::MailboxState>();
  box.imap = read_server(row);
  box.smtp = read_server(row);
  box.consent.at = row.instant();
  box.consent.text_version = row.text();
  box.consent.language = row.text();
  box.window_since = row.instant();
  box.connected = row.instant();
  box.saves_sent = static_cast<rules::SavesSent>(row.number());
  box.last_success = row.maybe_instant();
  box.last_error = row.text();
  box.send_error = row.text();
  box.next_try = row.maybe_instant();
  box.headers_seen = static_cast<std::uint64_t>(row.number());
  box.bodies_fetched = static_cast<std::uint64_t>(row.number());
  box.proof = row.word<rules::AddressProof>();
  box.judged_anew = static_cast<std::uint64_t>(row.number());
  box.looked_through = row.instant();
  return box;
}

std::string delimiter_text(char delimiter) {
  return delimiter > ' ' && delimiter < '\x7F' ? std::string(1, delimiter) : "";
}

char read_delimiter(const std::string& text) { return text.empty() ? 0 : text.front(); }

rules::Placement read_placement(Row& row) {
  rules::Placement placement;
  placement.thread = row.id<ThreadId>();
  placement.candidate = row.id<CandidateId>();
  placement.message = row.id<MessageId>();
  placement.by = row.word<rules::PlacedBy>();
  placement.detail = row.text();
  return placement;
}

rules::OutboxMessage read_outbox(Row& row) {
  rules::OutboxMessage out;
  out.id = row.id<OutboxId>();
  out.author = row.id<UserId>();
  out.mailbox = row.id<MailboxId>();
  out.candidate = row.id<CandidateId>();
  out.thread = row.id<ThreadId>();
  out.message = row.id<MessageId>();
  out.message_id = row.text();
  out.envelope_from = row.text();
  out.bytes = row.id<BlobId>();
  out.state = row.word<rules::OutboxState>();
  out.phase = row.word<rules::OutboxPhase>();
  out.attempts = static_cast<int>(row.number());
  out.fence = static_cast<std::uint64_t>(row.number());
  out.created = row.instant();
  out.waited = Duration(row.number());
  out.not_before = row.instant();
  out.sent = row.maybe_instant();
  out.copy_filed = row.flag();
  out.why = row.text();
  out.answer = row.text();
  out.filing = row.flag();
  return out;
}

void load_recipients(Db& db, CompanyId company, const std::vector<rules::OutboxMessage*>& rows) {
  std::unordered_map<OutboxId, rules::OutboxMessage*> by_id;
  std::vector<Value> ids;
  for (auto* row : rows) {
    by_id[row->id] = row;
    ids.push_back(value_of(row->id));
  }
  in_chunks({value_of(company)}, ids, [&](InList list, Params params) {
    auto found = db.run(
        "select outbox, address from outbox_recipients"
        " where company = $1 and outbox in " +
            list + " order by outbox, position",
        params);
    for (auto& row : found.rows)
      if (auto* out = by_id[row.id<OutboxId>()]) out->recipients.push_back(row.text());
  });
}

std::unordered_map<MessageId, rules::Message> load_messages(Db& db, CompanyId company,
                                                            const std::vector<MessageId>& ids,
                                                            std::size_t people) {
  Messages messages;
  const auto values = values_of(ids);
  in_chunks({value_of(company)}, values, [&](InList list, Params params) {
    auto found = db.run(
        "select id, message_id, fingerprint, kind, direction, subject, sent_at, date, octets,"
        " snippet, raw from messages where company = $1 and id in " +
            list,
        params);
    for (auto& row : found.rows) {
      const auto id = row.id<MessageId>();
      auto& message = messages[id];
      message.id = id;
      message.envelope.message_id = row.text();
      message.fingerprint = row.text();
      message.kind = row.word<rules::MessageKind>();
      message.direction = row.word<rules::Direction>();
      message.envelope.subject = row.text();
      message.envelope.date = row.maybe_instant();
      message.date = row.instant();
      message.octets = static_cast<std::uint64_t>(row.number());
      message.snippet = row.text();
      message.raw = row.id<BlobId>();
    }
  });
  load_participants(db, company, values, people, messages);
  load_references(db, company, values, messages);
  load_attachments(db, company, values, messages);
  return messages;
}

namespace {

void name_externally(Db& db, CompanyId company,
                     std::unordered_map<CandidateId, CandidateRows>& candidates) {
  std::vector<CandidateId> ids;
  std::vector<ApplicationId> applications;
  for (const auto& [id, one] : candidates) {
    ids.push_back(id);
    for (const auto& application : one.applications) applications.push_back(application.id);
  }
  for (auto& [id, name] : external_ids_of(db, company, ids))
    candidates.at(id).candidate.external_id = std::move(name);
  const auto names = external_ids_of(db, company, applications);
  if (names.empty()) return;
  for (auto& [id, one] : candidates)
    for (auto& application : one.applications)
      if (const auto at = names.find(application.id); at != names.end())
        application.external_id = at->second;
}

}  // namespace

std::unordered_map<CandidateId, CandidateRows> load_candidates(
    Db& db, const rules::Scope& scope, const std::vector<CandidateId>& ids) {
  std::unordered_map<CandidateId, CandidateRows> found;
  const auto values = values_of(ids);
  in_chunks(scope_params(scope), values, [&](InList list, Params params) {
    // Engines send what is written to whomever; to people, who is none is no candidate.
    const std::string_view whom =
        scope.kind == rules::Scope::Kind::engine ? "" : " and non_candidate = 0";
    for (auto& row :
         db.run("select id, name, created from candidates"
                " where company = $1 and id in " +
                    list + std::string(whom) + " and " + may_see_candidate(scope, "candidates.id"),
                params)
             .rows) {
      const auto id = row.id<CandidateId>();
      auto& candidate = found[id].candidate;
      candidate.id = id;
      candidate.name = row.text();
      candidate.created = row.instant();
    }
    // Of an address that takes no part because somebody unseen has it, nothing is to be seen
    // (C-14).
    const std::string unseen =
        "a.why_not = 'other-candidate' and exists (select 1 from candidate_addresses o"
        " where o.company = $1 and o.normal = a.normal and o.candidate <> a.candidate"
        " and o.synced = 1 and not " +
        may_see_candidate(scope, "o.candidate") + ")";
    for (auto& row : db.run("select a.candidate, a.address, a.normal, case when " + unseen +
                                " then 1 else a.synced end, case when " + unseen +
                                " then '' else a.why_not end, a.since"
                                " from candidate_addresses a where a.company = $1"
                                " and a.candidate in " +
                                list + " order by a.candidate, a.position",
                            params)
                         .rows) {
      auto at = found.find(row.id<CandidateId>());
      if (at == found.end()) continue;
      auto& address = at->second.candidate.addresses.emplace_back();
      address.address = row.text();
      address.normal = row.text();
      address.synced = row.flag();
      address.why_not = row.text();
      address.since = row.instant();
    }
    for (auto& row : db.run("select a.candidate, a.id, a.job, a.phase, p.name, a.status, s.name,"
                            " a.created, j.title, a.moved_at, a.moved_by, u.name"
                            " from applications a cross join jobs j cross join job_stages p"
                            " cross join job_stages s left join users u"
                            " on u.company = a.company and u.id = a.moved_by"
                            " where j.company = a.company and j.id = a.job"
                            " and p.company = a.company and p.job = a.job and p.id = a.phase"
                            " and s.company = a.company and s.job = a.job and s.id = a.status"
                            " and a.company = $1 and a.candidate in " +
                                list + " and " + may_see_job(scope, "a.job") +
                                " order by a.candidate, a.created, a.id",
                            params)
                         .rows) {
      const auto candidate = row.id<CandidateId>();
      auto at = found.find(candidate);
      if (at == found.end()) continue;
      auto& application = at->second.applications.emplace_back();
      application.candidate = candidate;
      application.id = row.id<ApplicationId>();
      application.job = row.id<JobId>();
      application.phase.id = row.id<StageId>();
      application.phase.name = row.text();
      application.status.id = row.id<StageId>();
      application.status.name = row.text();
      application.created = row.instant();
      at->second.job_titles.push_back(row.text());
      auto& moved = at->second.moved.emplace_back();
      moved.at = row.maybe_instant();
      moved.by = row.maybe_id<UserId>();
      moved.by_name = row.maybe_text().value_or("");
    }
  });
  name_externally(db, scope.company, found);
  return found;
}

}  // namespace hearback::store
