#include "store/outbox/questions.hpp"

#include <limits>

#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// What the engine works on: waiting rows, rows whose owner may have died, rows to reconcile, and
// sent ones whose copy is still to be filed. The same words as the index outbox_at_work.
constexpr std::string_view kAtWork =
    "(o.state in ('scheduled', 'queued', 'sending', 'uncertain')"
    " or (o.state = 'sent' and o.copy_filed = 0))";

// Its two lanes. The same words as the indexes outbox_sending and outbox_settling.
constexpr std::string_view kSending = "o.state in ('scheduled', 'queued', 'sending')";
constexpr std::string_view kSettling =
    "(o.state = 'uncertain' or (o.state = 'sent' and o.copy_filed = 0))";

void complete(Db& db, CompanyId company, std::vector<rules::OutboxMessage>& messages) {
  std::vector<rules::OutboxMessage*> rows;
  for (auto& message : messages) rows.push_back(&message);
  load_recipients(db, company, rows);
}

// $1 to $13.
std::vector<Value> params_of(const OutboxDue& question) {
  static const OutboxDue::Position kStart{
      Instant{std::numeric_limits<std::int64_t>::min()}, {}, {}};
  const auto after = question.after.value_or(kStart);
  auto params = scope_params(question.scope);
  for (auto&& value :
       {value_of(question.now), value_of(question.now_for_scheduled),
        value_of(question.now +
                 (question.settling ? OutboxDue::kFarthestLook : OutboxDue::kFarthestTry)),
        value_of(question.also_leased), value_of(question.now + std::chrono::hours(24)),
        value_of(question.rows), value_of(question.mailbox), value_of(after.not_before),
        value_of(after.created), value_of(after.id)})
    params.push_back(value);
  return params;
}

}  // namespace

AnswerTo<OutboxDue> answer(Reading& reading, const OutboxDue& question) {
  const std::string lane(question.settling ? kSettling : kSending);
  const std::string server = question.settling ? "b.imap_" : "b.smtp_";
  // The mailboxes that have something in the lane, one step of the index each.
  const std::string of_mailbox = " from outbox o where o.company = $1 and " + lane;
  const std::string mailboxes =
      question.mailbox
          ? "with m(mailbox) as (select o.mailbox" + of_mailbox + " and o.mailbox = $10 limit 1)"
          : "with recursive m(mailbox) as (select (select o.mailbox" + of_mailbox +
                " and coalesce($10, o.mailbox) = o.mailbox order by o.mailbox limit 1) union all "
                "select (select o.mailbox" +
                of_mailbox +
                " and o.mailbox > m.mailbox order by o.mailbox limit 1)"
                " from m where m.mailbox is not null)";
  const std::string visible = may_see_outbox(question.scope, "o");
  const std::string is_due =
      "(o.state = 'sending' or (o.state = 'scheduled' and o.not_before <= $5)"
      " or (o.state <> 'scheduled' and o.not_before <= $4)"
      " or (o.state in ('queued', 'uncertain', 'sent') and o.not_before > $6))"
      " and ($7 = 1 or o.lease_until is null or o.lease_until <= $4 or o.lease_until > $8)";
  // Of those whose time has come the first that may be worked on: what somebody holds, or a person
  // wants later by the clock that is believed, hides none behind it. Else the first of all.
  const auto first_of = [&](const std::string& which) {
    return "(select o.id" + of_mailbox + " and o.mailbox = m.mailbox and " + which + visible +
           " order by o.not_before, o.created, o.id limit 1)";
  };
  const std::string rows_of_them =
      question.mailbox && question.all_of_it
          ? "o.mailbox = m.mailbox and " + lane + " and " + visible
          : "o.id = coalesce(" + first_of("o.not_before <= $4 and " + is_due + " and ") + ", " +
                first_of("") + ")";
  auto params = params_of(question);
  std::string elsewhere;
  for (const auto& host : question.but_for_hosts) {
    params.push_back(value_of(host));
    elsewhere += " and " + server + "host <> $" + std::to_string(params.size());
  }
  // Whatever is changed about a server's settings, the password is sealed anew.
  std::vector<OutboxDue::Row> due;
  for (auto& row : reading.db
                       .run(mailboxes + " select o.lease_until, " + server + "host, " + server +
                                "secret, " + std::string(kOutboxColumns) +
                                " from m join outbox o on o.company = $1 and " + rows_of_them +
                                " join mailboxes b on b.company = o.company and b.id = o.mailbox"
                                " where " +
                                is_due + " and (o.not_before, o.created, o.id) > ($11, $12, $13)" +
                                elsewhere + " order by o.not_before, o.created, o.id limit $9",
                            params)
                       .rows) {
    auto& one = due.emplace_back();
    one.lease_until = row.maybe_instant();
    one.host = row.text();
    one.account = row.blob();
    one.message = read_outbox(row);
  }
  std::vector<rules::OutboxMessage*> rows;
  for (auto& one : due) rows.push_back(&one.message);
  load_recipients(reading.db, question.scope.company, rows);
  return due;
}

AnswerTo<OutboxNextDue> answer(Reading& reading, const OutboxNextDue& question) {
  const std::string at_work = " from outbox o where o.company = $1 and " + std::string(kAtWork) +
                              " and " + may_see_outbox(question.scope, "o");
  auto row = scoped_row(reading.db, question.scope,
                        "select (select count(*) from (select o.id" + at_work +
                            " limit 1) one), (select o.not_before" + at_work +
                            " and o.not_before > $4 order by o.not_before limit 1)",
                        question.now);
  OutboxNextDue::Found found;
  found.at_work = row->flag();
  found.next = row->maybe_instant();
  return found;
}

AnswerTo<OutboxById> answer(Reading& reading, const OutboxById& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select " + std::string(kOutboxColumns) +
                            " from outbox o where o.company = $1 and o.id = $4 and " +
                            may_see_outbox(question.scope, "o"),
                        question.id);
  if (!row) return std::nullopt;
  auto message = read_outbox(*row);
  load_recipients(reading.db, question.scope.company, {&message});
  return message;
}

AnswerTo<OutboxOf> answer(Reading& reading, const OutboxOf& question) {
  // By the index of their authors, so not as an alternative to something else.
  const std::string mine =
      question.scope.kind == rules::Scope::Kind::engine ? "" : " and o.author = $2";
  const auto shown = rows_of(question.page);
  const auto after = number_cursor_of(question.page).value_or(NumberCursor::top());
  std::vector<rules::OutboxMessage> messages;
  for (auto& row : scoped_rows(
           reading.db, question.scope,
           "select " + std::string(kOutboxColumns) + " from outbox o where o.company = $1" + mine +
               " and o.state in ('scheduled', 'queued', 'sending', 'uncertain', 'failed')"
               " and (o.created, o.id) < ($4, $5) and " +
               may_see_outbox(question.scope, "o") + " order by o.created desc, o.id desc limit $6",
           after.key, OutboxId{after.id}, shown + 1))
    messages.push_back(read_outbox(row));
  auto page = page_of(std::move(messages), shown, [](const auto& message) {
    return Cursor{std::to_string(message.created.ms), message.id.bytes};
  });
  complete(reading.db, question.scope.company, page.rows);
  return page;
}

AnswerTo<WasAnswered> answer(Reading& reading, const WasAnswered& question) {
  if (question.message_id.empty()) return false;
  return scoped_row(reading.db, question.scope,
                    "select 1 from message_refs r join messages m on m.company = r.company"
                    " and m.id = r.message where r.company = $1 and r.message_id = $4"
                    " and m.direction = 'incoming' and exists (select 1 from placements p"
                    "  where p.company = $1 and p.message = m.id and " +
                        may_see_thread(question.scope, "p.thread") + ") limit 1",
                    question.message_id)
      .has_value();
}

}  // namespace hearback::store
