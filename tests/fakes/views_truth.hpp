#pragma once
// What the index rows of views must say, counted from the tables that they follow. Written apart
// from the code that keeps them, and asked after every test of the store.
#include <gtest/gtest.h>

#include <string>

#include "store/engine/db.hpp"

namespace hearback::store {

inline const std::string kPlacesTruth =
    "select company, thread, place, holder, at, message from (select w.*, row_number() over"
    " (partition by w.company, w.thread, w.place, w.holder order by w.at desc, w.message desc) as n"
    " from (select p.company, p.thread, 'inbox' as place, k.mailbox as holder, p.message_date as "
    "at,"
    "  p.message from placements p join messages m on m.company = p.company and m.id = p.message"
    "  join copies k on k.company = p.company and k.message = p.message"
    "  where m.direction = 'incoming'"
    " union select p.company, p.thread, 'sent', b.owner, p.message_date, p.message from placements "
    "p"
    "  join messages m on m.company = p.company and m.id = p.message"
    "  join copies k on k.company = p.company and k.message = p.message"
    "  join mailboxes b on b.company = k.company and b.id = k.mailbox"
    "  where m.direction = 'outgoing'"
    " union select p.company, p.thread, 'sent', o.author, p.message_date, p.message"
    "  from placements p join outbox o on o.company = p.company and o.message = p.message"
    "  and o.thread = p.thread) w) w where w.n = 1";

// Whose turn it is (M-8): the newest of ours that wasn't lost on its way, and the oldest of theirs
// that is after it, by what they name, else by their dates.
inline const std::string kAnsweredTruth =
    "select t.company, t.id, (select p.message from placements p join messages m"
    "  on m.company = p.company and m.id = p.message left join outbox o on o.company = p.company"
    "  and o.message = p.message and o.thread = p.thread"
    "  and o.state in ('uncertain', 'bounced', 'failed', 'cancelled') where p.company = t.company"
    "  and p.thread = t.id and m.direction = 'outgoing' and m.kind <> 'automatic' and o.id is null"
    "  order by p.message_date desc, p.message desc limit 1) as answered from threads t";

inline const std::string kTurnsTruth =
    "select a.company, a.id, a.answered, (select min(p.message_date) from placements p"
    "  join messages m on m.company = p.company and m.id = p.message"
    "  join threads t on t.company = p.company and t.id = p.thread"
    "  left join messages o on o.company = p.company and o.id = a.answered"
    "  where p.company = a.company and p.thread = a.id and t.kind = 'conversation'"
    "  and m.direction = 'incoming' and m.kind <> 'automatic' and m.kind <> 'list'"
    "  and case when o.id is null then 1"
    "   when (select count(*) from message_refs r where r.company = m.company"
    "    and r.message = m.id and r.message_id = o.message_id) > 0"
    "    and (m.date >= o.date or (select count(*) from messages b where b.company = o.company"
    "     and b.message_id = o.message_id and b.date < o.date) = 0) then 1"
    "   when (select count(*) from message_refs r where r.company = m.company"
    "    and r.message = o.id and r.message_id = m.message_id) > 0"
    "    and (o.date >= m.date or (select count(*) from messages b where b.company = m.company"
    "     and b.message_id = m.message_id and b.date < m.date) = 0) then 0"
    "   when m.date > o.date then 1 else 0 end = 1) as asked_at from (" +
    kAnsweredTruth + ") a";

// A row `n` of threads waits for an answer of any of us.
inline constexpr char kWaitsTruth[] =
    "n.asked_at is not null and n.settled_at is null and not exists (select 1 from thread_done d"
    "  where d.company = n.company and d.thread = n.id)";

inline constexpr char kPeopleTruth[] =
    "select distinct p.company, p.thread, f.normal from placements p join participants f"
    " on f.company = p.company and f.message = p.message where f.field in ('from', 'to', 'cc')"
    " and f.normal <> '' and length(f.normal) <= 320";

// What lies in one of the company's lists: those of a row `n` of threads, `c` its candidate.
inline constexpr char kTeamTruth[] =
    "select n.company, n.id, case when c.non_candidate = 1 then 'non-candidates' else 'all' end"
    "  as place, n.company as holder, n.last_at as at, n.last_message as message from threads n"
    "  join candidates c on c.company = n.company and c.id = n.candidate"
    " union all select t.company, t.id, 'archived', t.company, t.last_at, t.last_message from "
    "threads t"
    "  where exists (select 1 from thread_done d where d.company = t.company"
    "   and d.thread = t.id)";

inline const std::string kRowsTruth =
    "select th.company, case when pl.holder = th.company then pl.place else pl.place || '-' ||"
    "  case when exists (select 1 from thread_done d where d.company = th.company"
    "   and d.thread = th.id and (pl.place = 'sent' and d.user_id = pl.holder"
    "    or pl.place = 'inbox' and d.user_id in (select b.owner from mailboxes b"
    "     where b.company = th.company and b.id = pl.holder))) then 'done'"
    "   when th.asked_at is null then 'waiting' else 'to-answer' end end as place,"
    " pl.holder, au.audience,"
    " case when pl.place = 'sent' then pl.at else th.last_at end as at, th.id,"
    " case when pl.place = 'sent' then pl.message else (select p.message from placements p"
    "  where p.company = th.company and p.thread = th.id order by p.message_date desc,"
    "  p.message desc limit 1) end as message from threads th join (select company, thread, place,"
    "  holder, at, message from (" +
    kPlacesTruth + ") x union all " + kTeamTruth +
    " union all select n.company, n.id, case when c.non_candidate = 1"
    "  then 'non-candidates-to-answer' else 'all-to-answer' end, n.company, n.last_at,"
    "  n.last_message from threads n join candidates c on c.company = n.company"
    "  and c.id = n.candidate where " +
    kWaitsTruth +
    ") pl"
    " on pl.company = th.company and pl.thread = th.id join (select company, id as thread,"
    "  company as audience from threads where is_private = 0"
    " union select h.company, h.id, a.job from threads h join applications a"
    "  on a.company = h.company and a.candidate = h.candidate where h.is_private = 0"
    " union select company, thread, user_id from thread_access) au"
    " on au.company = th.company and au.thread = th.id";

inline const std::string kCountsTruth =
    "select th.company, th.id, (select count(*) from placements p where p.company = th.company"
    "  and p.thread = th.id), (select count(*) from placements p join attachments f"
    "  on f.company = p.company and f.message = p.message where p.company = th.company"
    "  and p.thread = th.id and f.is_inline = 0) from threads th";

inline const std::string kJobsTruth =
    "select distinct a.company, a.job, c.name_key, a.candidate from applications a"
    " join candidates c on c.company = a.company and c.id = a.candidate";

// Which threads a Message-ID is named in, first named by what.
inline const std::string kReferencesTruth =
    "select company, message_id, candidate, thread, at, message from (select p.company,"
    " r.message_id, p.candidate, p.thread, p.message_date as at, p.message, row_number() over"
    " (partition by p.company, r.message_id, p.thread order by p.message_date, p.message) as n"
    " from placements p join message_refs r on r.company = p.company and r.message = p.message) w"
    " where w.n = 1";

inline void expect_views_true(Db& db) {
  const auto beyond = [&](const std::string& one, const std::string& other) {
    return db
        .row("select count(*) from (select * from (" + one + ") a except select * from (" + other +
             ") b) d")
        ->number();
  };
  const auto same = [&](const std::string& what, const std::string& is, const std::string& truth) {
    EXPECT_EQ(beyond(is, truth), 0) << what << " has rows";
    EXPECT_EQ(beyond(truth, is), 0) << what << " lacks rows";
  };
  // The threads of a candidate who is being forgotten are seen by nobody; their rows go step by
  // step.
  const std::string remembered =
      " where not exists (select 1 from threads t join forgotten_candidates f"
      " on f.company = t.company and f.candidate = t.candidate"
      " where t.company = r.company and t.id = r.thread)";
  same("view_rows",
       "select company, place, holder, audience, at, thread, message from view_rows r" + remembered,
       "select * from (select company, place, holder, audience, at, id as thread, message from (" +
           kRowsTruth + ") x) r" + remembered);
  // And what still stands in them is counted only when a step has been taken.
  const std::string whole =
      " where not exists (select 1 from threads t join forgotten_candidates f"
      " on f.company = t.company and f.candidate = t.candidate"
      " where t.company = r.company and t.id = r.id)";
  same("thread_references",
       "select company, message_id, candidate, thread, at, message from thread_references r" +
           remembered,
       "select * from (" + kReferencesTruth + ") r" + remembered);
  same("thread_places", "select company, thread, place, holder, at, message from thread_places",
       kPlacesTruth);
  same("thread_people", "select company, thread, normal from thread_people", kPeopleTruth);
  same("threads", "select company, id, messages, attachments from threads", kCountsTruth);
  same("threads' turns", "select company, id, answered, asked_at from threads r" + whole,
       "select * from (" + kTurnsTruth + ") r" + whole);
  same("job_candidates", "select company, job, name_key, candidate from job_candidates",
       kJobsTruth);
  same("jobs", "select company, id, candidates from jobs",
       "select j.company, j.id, (select count(*) from (" + kJobsTruth +
           ") n where n.company = j.company and n.job = j.id) from jobs j");
}

}  // namespace hearback::store
