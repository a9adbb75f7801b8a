#include "store/candidates/resting.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/candidates/forgetting.hpp"
#include "store/candidates/skipped.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"

namespace hearback::store {

std::string caught_up(std::string_view candidate) {
  return "(select coalesce(max(j.caught_up), 0) from applications x join jobs j"
         " on j.company = x.company and j.id = x.job where x.company = $1 and x.candidate = " +
         std::string(candidate) + " and x.created <= j.caught_up)";
}

// `+` keeps a planner from beginning with all jobs that are open (0018).
std::string rests(std::string_view candidate) {
  const auto in_one = [&](std::string_view is_open) {
    return "exists (select 1 from applications x join jobs j on j.company = x.company"
           " and j.id = x.job where x.company = $1 and x.candidate = " +
           std::string(candidate) + " and +j.is_open = " + std::string(is_open) + ")";
  };
  return "case when " + in_one("0") + " and not " + in_one("1") + " then 1 else 0 end";
}

AnswerTo<KnownOfSkipped> answer(Reading& reading, const KnownOfSkipped& question) {
  KnownOfSkipped::Answer known;
  const auto among = [&](const std::vector<std::string>& texts, const std::string& sql,
                         std::vector<std::string>& found) {
    in_chunks({value_of(question.scope.company)}, values_of(texts),
              [&](InList list, Params params) {
                for (auto& row : reading.db.run(sql + list, params).rows)
                  found.push_back(row.text());
              });
  };
  among(question.normals,
        "select distinct b.address_normal from mailboxes b where b.company = $1 and b.removed = 0"
        " and b.address_proof in ('sign-in', 'admin') and " +
            kMailboxState + " = 'active' and b.address_normal in ",
        known.mailboxes);
  among(question.message_ids,
        "select distinct m.message_id from messages m where m.company = $1 and m.message_id in ",
        known.stored);
  return known;
}

void apply(Writing& writing, const CountSkipped& change) {
  auto row = writing.db.row(
      "select " + rests("c.id") + " from candidates c where c.company = $1 and c.id = $2",
      writing.company, change.candidate);
  if (!row || !row->flag()) return;
  writing.db.change(
      "insert into skipped_mail(company, candidate, day, messages, at) values ($1, $2, $3, $4, $5)"
      " on conflict (company, candidate, day) do update set at = excluded.at, messages ="
      " excluded.messages + case when skipped_mail.at <= " +
          caught_up("$2") + " then 0 else skipped_mail.messages end",
      writing.company, change.candidate, change.at.ms / kDayOfSkipped, change.messages, change.at);
  writing.tell("candidate", change.candidate.text(), change.candidate);
}

void count_found(Writing& writing) {
  std::set<MessageId> messages;
  for (const auto& [mailbox, message] : writing.touched.arrived)
    if (writing.added.messages.contains(message)) messages.insert(message);
  if (messages.empty()) return;
  // Written down after they were sent, on that day or, at midnight or from a queue, on the next.
  const auto counted_at = [](const std::string& candidate, const std::string& date) {
    return " from skipped_mail s where s.company = $1 and s.candidate = " + candidate +
           " and s.at >= " + date + " and " + date + " >= (s.day - 1) * " +
           std::to_string(kDayOfSkipped);
  };
  const auto counted = counted_at("p.candidate", "p.message_date");
  std::vector<std::pair<std::int64_t, CandidateId>> found;
  in_chunks({value_of(writing.company)}, values_of(messages), [&](InList list, Params params) {
    for (auto& row : writing.db
                         .run("select p.candidate, p.message_date from placements p"
                              " where p.company = $1 and exists (select 1" +
                                  counted + ") and p.message in " + list,
                              params)
                         .rows) {
      const auto candidate = row.id<CandidateId>();
      found.emplace_back(row.number(), candidate);
    }
  });
  // Each takes one off what those before it have left, the oldest first.
  std::ranges::sort(found);
  for (const auto& [date, candidate] : found) {
    auto left = writing.db.row("select min(s.day)" + counted_at("$2", "$3"), writing.company,
                               candidate, date);
    const auto day = left->maybe_number();
    if (!day) continue;
    writing.db.change(
        "update skipped_mail set messages = messages - 1 where company = $1 and candidate = $2"
        " and day = $3",
        writing.company, candidate, *day);
    writing.db.change(
        "delete from skipped_mail where company = $1 and candidate = $2 and day = $3"
        " and messages <= 0",
        writing.company, candidate, *day);
  }
}

bool is_resting(Writing& writing, CandidateId candidate) {
  return writing.db.row("select " + rests("$2"), writing.company, candidate)->flag();
}

void note_if_awake(Writing& writing, CandidateId candidate) {
  if (is_resting(writing, candidate)) return;
  writing.db.change("update candidates set reopened = $3 where company = $1 and id = $2",
                    writing.company, candidate, writing.match_revision);
}

void share_what_is_noted(Writing& writing, CandidateId from, CandidateId to) {
  auto noted = writing.db.row("select reopened from candidates where company = $1 and id = $2",
                              writing.company, from);
  if (!noted) return;
  writing.db.change(
      "update candidates set reopened = $3 where company = $1 and id = $2 and reopened < $3",
      writing.company, to, noted->number());
}

namespace {

// They came to rest no longer, or a job of theirs was opened without catching up, since their
// addresses were last looked for.
bool awake_since_looked_for(Writing& writing, CandidateId candidate) {
  return writing.db
      .row(
          "select 1 from candidates c join candidate_addresses a on a.company = c.company"
          " and a.candidate = c.id where c.company = $1 and c.id = $2 and a.synced = 1"
          " and (c.reopened >= a.match_revision or exists (select 1 from applications x"
          "  join jobs j on j.company = x.company and j.id = x.job where x.company = $1"
          "  and x.candidate = $2 and j.is_open = 1 and j.reopened >= a.match_revision)) limit 1",
          writing.company, candidate)
      .has_value();
}

}  // namespace

void apply(Writing& writing, const CatchUp& change) {
  expect_candidate(writing, change.candidate);
  expect_seen(writing, change.by, change.candidate);
  if (is_resting(writing, change.candidate))
    refuse(Kind::conflict, "candidate.rests",
           "All jobs of this candidate are archived, so their mail isn't synced.",
           "Open one of the jobs again, or add the candidate to an open one.");
  // Nothing is looked for where nothing was passed over: each time, all mailboxes do. Not all that
  // was is counted: answers that name no address aren't, nor what lay there before.
  const bool counted =
      writing.db.change("delete from skipped_mail where company = $1 and candidate = $2",
                        writing.company, change.candidate) > 0;
  if (!counted && !awake_since_looked_for(writing, change.candidate)) return;
  writing.db.change(
      "update candidate_addresses set match_revision = $3"
      " where company = $1 and candidate = $2 and synced = 1",
      writing.company, change.candidate, writing.match_revision + 1);
  writing.match_moved = true;
  writing.tell("candidate", change.candidate.text(), change.candidate);
}

}  // namespace hearback::store
