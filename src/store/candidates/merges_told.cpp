#include "store/candidates/merges_told.hpp"

#include <string>

#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// Apart from those of moves and addresses, which may be of the same moment.
MergeFactId id_of(std::uint64_t revision, bool undone) {
  MergeFactId id;
  auto& bytes = id.bytes;
  bytes[3] = 2;
  for (std::size_t i = 0; i < 6; ++i) bytes[9 - i] = static_cast<std::uint8_t>(revision >> (8 * i));
  bytes[15] = undone ? 1 : 0;
  return id;
}

// Who has become part of the candidate, and the candidate.
std::string in_them(const std::string& column, const std::string& candidate) {
  return column + " in (select " + candidate +
         " union all select w.merged from merged_candidates w where w.company = $1"
         " and w.stands = " +
         candidate + ")";
}

// Who sees whom the other one is by now.
std::string sees_other(const Scope& scope, const std::string& column) {
  return may_see_candidate(scope,
                           "coalesce((select o.stands from merged_candidates o where o.company = $1"
                           " and o.merged = " +
                               column + "), " + column + ")");
}

}  // namespace

std::vector<MergeTold> merges_below(Db& db, const Scope& scope, CandidateId candidate, Instant at,
                                    MergeFactId id, std::size_t rows) {
  const auto undone = [&](const std::string& other, const std::string& name) {
    return "select h.id as id, h.at as at, h." + name +
           " as name, h.changed_by as changed_by, h.undone as undone, 0 as exchange"
           " from undone_merges h where h.company = $1 and " +
           sees_other(scope, "h." + other);
  };
  std::vector<MergeTold> merges;
  for (auto& row :
       scoped_rows(db, scope,
                   "select m.id, m.at, m.name, u.name, m.undone, m.exchange from ("
                   " select g.merged as id, g.at as at, g.name as name, g.merged_by as changed_by,"
                   " 0 as undone, g.non_candidate as exchange from merged_candidates g"
                   " where g.company = $1 and g.stands = $4 union all " +
                       undone("merged", "merged_name") + " and " + in_them("h.kept", "$4") +
                       " union all " + undone("kept", "kept_name") + " and " +
                       in_them("h.merged", "$4") + " and not " + in_them("h.kept", "$4") +
                       ") m join users u on u.company = $1 and u.id = m.changed_by"
                       " where (m.at, m.id) < ($5, $6) order by m.at desc, m.id desc limit $7",
                   candidate, at, id, rows)) {
    auto& one = merges.emplace_back();
    one.id = row.id<MergeFactId>();
    one.at = row.instant();
    one.name = row.text();
    one.by_name = row.text();
    one.undone = row.flag();
    one.exchange = row.flag();
  }
  return merges;
}

// Of an exchange that is no candidate's any more nothing is told (0074).
void note_undone_merge(Writing& writing, CandidateId merged, UserId by, Instant at) {
  const auto note = [&](bool undone) {
    writing.db.change(
        "insert into undone_merges(company, id, merged, kept, merged_name, kept_name, undone, at,"
        " changed_by) select $1, $3, g.merged, g.part_of, g.name, c.name, $4,"
        " case when $4 = 1 then $5 else g.at end, case when $4 = 1 then $6 else g.merged_by end"
        " from merged_candidates g join candidates c on c.company = g.company"
        " and c.id = g.part_of where g.company = $1 and g.merged = $2 and g.non_candidate = 0",
        writing.company, merged, id_of(writing.revision, undone), undone, at, by);
  };
  note(false);
  note(true);
}

void forget_undone_merges(Writing& writing, CandidateId candidate) {
  writing.db.change("delete from undone_merges where company = $1 and (" + in_them("merged", "$2") +
                        " or " + in_them("kept", "$2") + ")",
                    writing.company, candidate);
}

}  // namespace hearback::store
