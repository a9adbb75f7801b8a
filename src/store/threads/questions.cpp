#include "store/threads/questions.hpp"

#include <unordered_map>

#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// M-1: the inbox holds threads in which somebody wrote to one of my mailboxes; "sent" those in
// which I wrote, here or in my own mail program.
std::string in_place(Place place) {
  // Nested, so that each step is a look-up by key whatever a planner thinks of it.
  const auto copy_in_mine = [](std::string_view direction) {
    return "(exists (select 1 from mailboxes b where b.company = $1 and b.owner = $2)"
           " and exists (select 1 from placements q where q.company = $1 and q.thread = th.id"
           " and exists (select 1 from messages m where m.company = $1 and m.id = q.message"
           "  and m.direction = '" +
           std::string(direction) +
           "') and exists (select 1 from copies k where k.company = $1 and k.message = q.message"
           "  and exists (select 1 from mailboxes b where b.company = $1 and b.id = k.mailbox"
           "   and b.owner = $2))))";
  };
  switch (place) {
    case Place::inbox: return " and " + copy_in_mine("incoming");
    case Place::sent:
      return " and (" + copy_in_mine("outgoing") +
             " or exists (select 1 from outbox o where o.company = $1"
             " and o.thread = th.id and o.author = $2))";
    case Place::all: break;
  }
  return "";
}

struct Listed {
  ThreadSummary summary;
  std::optional<MessageId> last;
};

std::vector<Listed> list_threads(Db& db, const Threads& question, std::size_t rows) {
  auto params = scope_params(question.scope);
  const auto add = [&](auto&& value) {
    params.push_back(value_of(value));
    return "$" + std::to_string(params.size());
  };
  std::string where = "th.company = $1 and " + may_see_candidate("th.candidate");
  where += in_place(question.place);
  if (question.candidate) where += " and th.candidate = " + add(*question.candidate);
  if (const auto cursor = number_cursor_of(question.page)) {
    const auto at = add(cursor->key);
    where += " and (th.last_at, th.id) < (" + at + ", " + add(ThreadId{cursor->id}) + ")";
  }
  const auto limit = add(rows);
  auto found = db.run(
      "select th.id, th.candidate, th.kind, th.subject, th.last_at, c.name,"
      " (select count(*) from placements p where p.company = $1 and p.thread = th.id),"
      " (select p.message from placements p where p.company = $1 and p.thread = th.id"
      "  order by p.message_date desc, p.message desc limit 1),"
      " (select count(*) from placements p join attachments f on f.company = p.company"
      "  and f.message = p.message where p.company = $1 and p.thread = th.id"
      "  and f.is_inline = 0)"
      " from threads th join candidates c on c.company = th.company and c.id = th.candidate"
      " where " +
          where + " order by th.last_at desc, th.id desc limit " + limit,
      params);
  std::vector<Listed> listed;
  for (auto& row : found.rows) {
    auto& one = listed.emplace_back();
    auto& summary = one.summary;
    summary.thread.id = row.id<ThreadId>();
    summary.thread.candidate = row.id<CandidateId>();
    summary.thread.kind = row.word<rules::ThreadKind>();
    summary.thread.subject = row.text();
    summary.thread.last_at = row.instant();
    summary.candidate_name = row.text();
    summary.messages = static_cast<std::uint64_t>(row.number());
    one.last = row.maybe_id<MessageId>();
    summary.has_attachments = row.number() > 0;
  }
  return listed;
}

bool under_way(rules::OutboxState state) {
  return state != rules::OutboxState::sent && state != rules::OutboxState::seen_in_sent;
}

void add_last_messages(Db& db, CompanyId company, std::vector<Listed>& listed) {
  std::unordered_multimap<MessageId, ThreadSummary*> by_message;
  std::vector<Value> ids;
  for (auto& one : listed) {
    if (!one.last) continue;
    by_message.emplace(*one.last, &one.summary);
    ids.push_back(value_of(*one.last));
  }
  in_chunks({value_of(company)}, ids, [&](InList list, Params params) {
    auto found = db.run(
        "select m.id, m.direction, m.kind, m.snippet, f.name, f.spec, o.state"
        " from messages m left join participants f on f.company = m.company and f.message = m.id"
        "  and f.field = 'from' and f.position = 0"
        " left join outbox o on o.company = m.company and o.message = m.id"
        " where m.company = $1 and m.id in " +
            list,
        params);
    for (auto& row : found.rows) {
      auto [first, last] = by_message.equal_range(row.id<MessageId>());
      const auto direction = row.word<rules::Direction>();
      const auto kind = row.word<rules::MessageKind>();
      const auto snippet = row.text();
      const auto name = row.maybe_text().value_or("");
      const auto spec = row.maybe_text().value_or("");
      std::optional<rules::OutboxState> state;
      if (const auto word = row.maybe_text()) state = from_word<rules::OutboxState>(*word);
      for (; first != last; ++first) {
        auto& summary = *first->second;
        summary.last_direction = direction;
        summary.last_kind = kind;
        summary.last_snippet = snippet;
        summary.last_from = name.empty() ? spec : name;
        if (state && under_way(*state)) summary.last_outbox = state;
      }
    }
  });
}

void add_job_titles(Db& db, const rules::Scope& scope, std::vector<Listed>& listed) {
  std::unordered_multimap<CandidateId, ThreadSummary*> by_candidate;
  std::vector<Value> ids;
  for (auto& one : listed) {
    by_candidate.emplace(one.summary.thread.candidate, &one.summary);
    ids.push_back(value_of(one.summary.thread.candidate));
  }
  in_chunks(scope_params(scope), ids, [&](InList list, Params params) {
    auto found = db.run(
        "select distinct a.candidate, j.title from applications a join jobs j"
        " on j.company = a.company and j.id = a.job where a.company = $1 and a.candidate in " +
            list + " and " + may_see_job("a.job") + " order by a.candidate, j.title",
        params);
    for (auto& row : found.rows) {
      auto [first, last] = by_candidate.equal_range(row.id<CandidateId>());
      const auto title = row.text();
      for (; first != last; ++first) first->second->job_titles.push_back(title);
    }
  });
}

std::unordered_map<MessageId, rules::OutboxMessage> outbox_of_messages(
    Db& db, CompanyId company, const std::vector<MessageId>& ids) {
  std::unordered_map<MessageId, rules::OutboxMessage> found;
  in_chunks({value_of(company)}, values_of(ids), [&](InList list, Params params) {
    for (auto& row : db.run("select " + std::string(kOutboxColumns) +
                                " from outbox o where o.company = $1 and o.message in " + list,
                            params)
                         .rows) {
      auto out = read_outbox(row);
      found[out.message] = std::move(out);
    }
  });
  std::vector<rules::OutboxMessage*> rows;
  for (auto& [id, out] : found) rows.push_back(&out);
  load_recipients(db, company, rows);
  return found;
}

std::vector<MessageInThread> assemble(Db& db, CompanyId company,
                                      const std::vector<rules::Placement>& placements) {
  std::vector<MessageId> ids;
  for (const auto& placement : placements) ids.push_back(placement.message);
  auto messages = load_messages(db, company, ids);
  auto outbox = outbox_of_messages(db, company, ids);
  std::vector<MessageInThread> found;
  for (const auto& placement : placements) {
    auto& one = found.emplace_back();
    one.placement = placement;
    one.message = messages[placement.message];
    if (auto at = outbox.find(placement.message); at != outbox.end()) one.outbox = at->second;
  }
  return found;
}

}  // namespace

AnswerTo<Threads> answer(Reading& reading, const Threads& question) {
  const auto shown = rows_of(question.page);
  auto listed = list_threads(reading.db, question, shown + 1);
  auto page = page_of(std::move(listed), shown, [](const Listed& row) {
    return Cursor{std::to_string(row.summary.thread.last_at.ms), row.summary.thread.id.bytes};
  });
  add_last_messages(reading.db, question.scope.company, page.rows);
  add_job_titles(reading.db, question.scope, page.rows);
  AnswerTo<Threads> answered;
  answered.next = std::move(page.next);
  for (auto& row : page.rows) answered.rows.push_back(std::move(row.summary));
  return answered;
}

AnswerTo<ThreadById> answer(Reading& reading, const ThreadById& question) {
  auto row = scoped_row(
      reading.db, question.scope,
      "select th.id, th.candidate, th.kind, th.subject, th.last_at, c.name from threads th"
      " join candidates c on c.company = th.company and c.id = th.candidate"
      " where th.company = $1 and th.id = $4 and " +
          may_see_candidate("th.candidate"),
      question.thread);
  if (!row) return std::nullopt;
  ThreadById::Found found;
  found.thread.id = row->id<ThreadId>();
  found.thread.candidate = row->id<CandidateId>();
  found.thread.kind = row->word<rules::ThreadKind>();
  found.thread.subject = row->text();
  found.thread.last_at = row->instant();
  found.candidate_name = row->text();
  std::vector<rules::Placement> placements;
  for (auto& placed :
       reading.db.rows("select " + std::string(kPlacementColumns) +
                           " from placements p where p.company = $1 and p.thread = $2"
                           " order by p.message_date, p.message",
                       question.scope.company, question.thread))
    placements.push_back(read_placement(placed));
  found.messages = assemble(reading.db, question.scope.company, placements);
  return found;
}

AnswerTo<MessageById> answer(Reading& reading, const MessageById& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select " + std::string(kPlacementColumns) +
                            " from placements p where p.company = $1 and p.message = $4 and " +
                            may_see_candidate("p.candidate") + " order by p.thread limit 1",
                        question.message);
  if (!row) return std::nullopt;
  return std::move(assemble(reading.db, question.scope.company, {read_placement(*row)}).front());
}

AnswerTo<CopiesOf> answer(Reading& reading, const CopiesOf& question) {
  const auto& scope = question.scope;
  const bool engine = scope.kind == rules::Scope::Kind::engine;
  // S-11: a copy is its mailbox's; and the message must lie where the reader may look.
  const std::string placed = engine ? ""
                                    : " and exists (select 1 from placements p where p.company = $1"
                                      " and p.message = k.message and " +
                                          may_see_candidate("p.candidate") + ")";
  std::vector<CopiesOf::Row> copies;
  for (auto& row : scoped_rows(
           reading.db, scope,
           "select k.mailbox, k.folder, k.uid_validity, k.uid, k.raw from copies k"
           " join mailboxes b on b.company = k.company and b.id = k.mailbox"
           " where k.company = $1 and k.message = $4 and k.here = 1 and " +
               may_see_mailbox(scope, "b.owner") + placed + " order by k.mailbox, k.folder, k.uid",
           question.message)) {
    auto& copy = copies.emplace_back();
    copy.at.mailbox = row.id<MailboxId>();
    copy.at.folder = row.id<FolderId>();
    copy.at.uid_validity = static_cast<std::uint32_t>(row.number());
    copy.at.uid = static_cast<std::uint32_t>(row.number());
    copy.raw = row.id<BlobId>();
  }
  return copies;
}

}  // namespace hearback::store
