#include "store/threads/references.hpp"

#include <string>

#include "base/limits.hpp"

namespace hearback::store {
namespace {

const std::string kInto =
    "insert into thread_references(company, message_id, candidate, thread, at, message) ";

// The first message of the thread that names it is the one that is told.
const std::string kKeepFirst =
    " on conflict (company, message_id, candidate, thread) do update set at = excluded.at,"
    " message = excluded.message where (excluded.at, excluded.message)"
    " < (thread_references.at, thread_references.message)";

}  // namespace

void add_references(Db& db, CompanyId company, const rules::Placement& placed, Instant at) {
  db.change(kInto +
                "select distinct r.company, r.message_id, $4, $2, $5, $3 from message_refs r"
                " where r.company = $1 and r.message = $3 and (select count(*)"
                "  from thread_references k where k.company = $1 and k.message_id = r.message_id"
                "  and k.candidate = $4 and k.thread <> $2) < $6" +
                kKeepFirst,
            company, placed.thread, placed.message, placed.candidate, at,
            Limits{}.threads_of_reference);
}

void unite_references(Db& db, CompanyId company, ThreadId from, ThreadId into) {
  db.change(kInto +
                "select k.company, k.message_id, k.candidate, $3, k.at, k.message"
                " from thread_references k where k.company = $1 and k.thread = $2" +
                kKeepFirst,
            company, from, into);
  db.change("delete from thread_references where company = $1 and thread = $2", company, from);
}

void count_references_again(Db& db, CompanyId company, ThreadId thread) {
  db.change("delete from thread_references where company = $1 and thread = $2", company, thread);
  db.change(kInto +
                "select w.company, w.message_id, w.candidate, $2, w.message_date, w.message from ("
                " select p.company, r.message_id, p.candidate, p.message_date, p.message,"
                "  row_number() over (partition by r.message_id"
                "   order by p.message_date, p.message) as nth"
                "  from placements p join message_refs r on r.company = p.company"
                "  and r.message = p.message where p.company = $1 and p.thread = $2) w"
                " where w.nth = 1 and (select count(*) from thread_references k"
                "  where k.company = $1 and k.message_id = w.message_id"
                "  and k.candidate = w.candidate) < $3",
            company, thread, Limits{}.threads_of_reference);
}

}  // namespace hearback::store
