#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/people/internal_addresses.hpp"

namespace hearback::store {
namespace {

using rules::CandidateAddress;

constexpr Duration kInOneGo = 1min;  // what is done as a candidate is added

// Apart from a move's, which may be of the same moment.
AddressChangeId id_of(std::uint64_t revision, std::uint64_t number) {
  AddressChangeId id;
  auto& bytes = id.bytes;
  bytes[3] = 1;
  for (std::size_t i = 0; i < 6; ++i) bytes[9 - i] = static_cast<std::uint8_t>(revision >> (8 * i));
  for (std::size_t i = 0; i < 6; ++i) bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

constexpr std::string_view kInto =
    "insert into address_changes(company, id, candidate, put_on, address, normal, added, at,"
    " changed_by, how, merged, due)";

const CandidateAddress* find_in(const std::vector<CandidateAddress>& all,
                                const std::string& normal) {
  const auto at = std::ranges::find(all, normal, &CandidateAddress::normal);
  return at == all.end() ? nullptr : &*at;
}

bool is_among(const rules::MergedAddresses& all, const std::string& normal) {
  return std::ranges::any_of(all, [&](const auto& one) { return one.address.normal == normal; });
}

// Of which addresses the kept one's own rows tell since the merge, but for those that came with
// somebody else: these go back with them.
std::vector<std::string> told_since(Writing& writing, CandidateId merged, CandidateId kept,
                                    Instant since) {
  std::vector<std::string> normals;
  for (auto& row : writing.db.rows(
           "select distinct normal from address_changes h where company = $1 and candidate = $2"
           " and put_on = $2 and at >= $4 and not exists (select 1 from merged_candidates g"
           "  join merged_addresses a on a.company = g.company and a.merged = g.merged"
           "  and a.candidate = g.merged where g.company = $1 and g.stands = $2"
           "  and g.merged <> $3 and a.normal = h.normal)",
           writing.company, kept, merged, since))
    normals.push_back(row.text());
  return normals;
}

bool is_new(Writing& writing, CandidateId candidate, Instant at) {
  auto row = writing.db.row("select created from candidates where company = $1 and id = $2",
                            writing.company, candidate);
  return row && at - row->instant() < kInOneGo;
}

}  // namespace

bool looks_synced(const CandidateAddress& address) {
  return address.synced || address.why_not == kOtherCandidate;
}

// The ids are of the revision: each caller writes the feed too, without which it stays as it is.
void note_address(Writing& writing, const AddressNote& note) {
  Insertion row(std::string(kInto), 12);
  row.row(writing.company, id_of(writing.revision, ++writing.address_changes), note.candidate,
          note.candidate, std::string(note.address), std::string(note.normal), note.added, note.at,
          note.by, std::string(note.how), note.merged, note.at + kAddingStaysAside);
  row.run(writing.db);
}

void note_addresses(Writing& writing, CandidateId candidate, Instant at, std::optional<UserId> by,
                    const std::vector<CandidateAddress>& before,
                    const std::vector<CandidateAddress>& after) {
  const auto note = [&](const CandidateAddress& one, bool added, std::string_view how) {
    const bool by_rule = how != kByPerson;
    note_address(writing,
                 {candidate, one.address, one.normal, added, at, by_rule ? std::nullopt : by, how});
  };
  for (const auto& one : before)
    if (looks_synced(one) && !find_in(after, one.normal)) note(one, false, kByPerson);
  const bool comes_with_them = is_new(writing, candidate, at);
  for (const auto& one : after) {
    const auto* was = find_in(before, one.normal);
    if (looks_synced(one) && !(was && looks_synced(*was))) {
      if (!comes_with_them) note(one, true, kByPerson);
    } else if (one.why_not == kInternalUser && !(was && was->why_not == kInternalUser)) {
      if (was || !comes_with_them) note(one, false, kInternalUser);
    }
  }
}

std::vector<AddressChange> address_changes_below(Db& db, CompanyId company, CandidateId candidate,
                                                 Instant at, AddressChangeId id, std::size_t rows) {
  std::vector<AddressChange> changes;
  for (auto& row : db.rows("select h.id, h.at, h.address, h.added, h.changed_by, u.name, h.how"
                           " from address_changes h left join users u on u.company = h.company"
                           " and u.id = h.changed_by where h.company = $1 and h.candidate = $2"
                           " and (h.at, h.id) < ($3, $4) order by h.at desc, h.id desc limit $5",
                           company, candidate, at, id, rows)) {
    auto& one = changes.emplace_back();
    one.id = row.id<AddressChangeId>();
    one.at = row.instant();
    one.address = row.text();
    one.added = row.flag();
    one.by = row.maybe_id<UserId>();
    one.by_name = row.maybe_text().value_or("");
    one.how = row.text();
  }
  return changes;
}

void give_address_changes(Writing& writing, const AddressesGiven& given,
                          const rules::MergedAddresses& before,
                          const rules::MergedAddresses& after) {
  writing.db.change(
      "update address_changes set candidate = $3 where company = $1 and candidate = $2",
      writing.company, given.merged, given.kept);
  const auto was = [&](const std::string& normal) {
    return std::ranges::any_of(before, [&](const auto& one) {
      return one.address.normal == normal && looks_synced(one.address);
    });
  };
  for (const auto& one : after)
    if (looks_synced(one.address) && !was(one.address.normal))
      note_address(writing, {given.kept, one.address.address, one.address.normal, true, given.at,
                             given.by, kByMerge, given.merged});
}

void take_back_address_changes(Writing& writing, CandidateId merged, CandidateId kept,
                               Instant since, const rules::MergedAddresses& of_merged,
                               const rules::MergedAddresses& of_kept) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change("delete from address_changes where company = $1 and candidate = $2 and merged = $3",
            company, kept, merged);
  db.change(
      "update address_changes set candidate = $2 where company = $1 and candidate = $3"
      " and (put_on = $2 or put_on in (select g.merged from merged_candidates g"
      "  where g.company = $1 and g.stands = $2))",
      company, merged, kept);
  for (const auto& one : of_merged) {
    const auto& normal = one.address.normal;
    if (is_among(of_kept, normal)) continue;
    db.change(
        "update address_changes set candidate = $3, put_on = $3 where company = $1"
        " and candidate = $2 and put_on = $2 and normal = $4 and at >= $5",
        company, kept, merged, normal, since);
    db.change(
        "delete from address_changes where company = $1 and candidate = $2 and put_on = $2"
        " and normal = $3",
        company, kept, normal);
  }
  for (const auto& normal : told_since(writing, merged, kept, since))
    if (!is_among(of_kept, normal))
      db.change(
          "delete from address_changes where company = $1 and candidate = $2 and put_on = $2"
          " and normal = $3 and at >= $4",
          company, kept, normal, since);
}

void drop_address_changes(Writing& writing, CandidateId candidate) {
  writing.db.change("delete from address_changes where company = $1 and candidate = $2",
                    writing.company, candidate);
}

namespace {

// At most `rows`; → how many. If that is all of them, there may be more.
std::size_t forget_address_elsewhere(Writing& writing, CandidateId candidate,
                                     std::string_view normal, std::size_t rows) {
  if (normal.empty()) return 0;
  std::set<CandidateId> others;
  auto gone = writing.db.rows(
      "delete from address_changes where company = $1 and id in (select h.id"
      " from address_changes h where h.company = $1 and h.normal = $3 and h.candidate <> $2"
      " and not exists (select 1 from candidate_addresses a where a.company = $1"
      "  and a.candidate = h.candidate and a.normal = $3) limit $4) returning candidate",
      writing.company, candidate, normal, rows);
  for (auto& row : gone) others.insert(row.id<CandidateId>());
  for (const auto& other : others) writing.tell("candidate", other.text(), other);
  return gone.size();
}

}  // namespace

void forget_addresses_elsewhere(Writing& writing, CandidateId candidate,
                                const std::vector<std::string>& normals, Instant at) {
  auto left = Limits{}.errand_rows;
  for (const auto& normal : normals) {
    if (left > 0) left -= forget_address_elsewhere(writing, candidate, normal, left);
    if (left == 0) note_address(writing, {candidate, {}, normal, false, at});
  }
}

// One that they had once may lie on another's profile as well: that goes before what tells of it.
std::size_t forget_address_changes(Writing& writing, CandidateId candidate, std::size_t rows) {
  std::size_t done = 0;
  auto theirs = writing.db.rows(
      "select id, normal from address_changes where company = $1 and candidate = $2 limit $3",
      writing.company, candidate, rows);
  for (auto& row : theirs) {
    const auto id = row.id<AddressChangeId>();
    if (done < rows) done += forget_address_elsewhere(writing, candidate, row.text(), rows - done);
    if (done >= rows) break;
    writing.db.change("delete from address_changes where company = $1 and id = $2", writing.company,
                      id);
    ++done;
  }
  return done;
}

void prune_address_changes(Writing& writing, Instant now, std::size_t rows) {
  const std::string due =
      " where company = $1 and id in (select id from address_changes where company = $1"
      " and due <= $2 order by due limit $3)";
  const std::string is_theirs =
      "exists (select 1 from candidate_addresses a where a.company = $1"
      " and a.candidate = address_changes.candidate and a.normal = address_changes.normal)";
  writing.db.change("update address_changes set address = '', normal = '', due = null" + due +
                        " and not " + is_theirs,
                    writing.company, now, rows);
  writing.db.change("update address_changes set due = $4" + due + " and " + is_theirs,
                    writing.company, now, rows, now + kAddingStaysAside);
}

void note_addresses_of_old(Db& db) {
  constexpr std::size_t kAtOnce = 1000;  // rows
  CompanyId company;
  CandidateId candidate;
  std::string normal;
  std::uint64_t number = 0;
  for (bool more = true; more;) {
    auto rows = db.rows(
        "select a.company, a.candidate, a.normal, a.address, a.why_not, a.since, a.added_by,"
        " c.created, c.non_candidate from candidate_addresses a join candidates c"
        " on c.company = a.company and c.id = a.candidate"
        " where (a.company, a.candidate, a.normal) > ($1, $2, $3)"
        " order by a.company, a.candidate, a.normal limit $4",
        company, candidate, normal, kAtOnce);
    more = rows.size() == kAtOnce;
    Insertion into(std::string(kInto), 12);
    for (auto& row : rows) {
      company = row.id<CompanyId>();
      candidate = row.id<CandidateId>();
      normal = row.text();
      const auto address = row.text();
      const auto why_not = row.text();
      const auto since = row.instant();
      const auto added_by = row.maybe_id<UserId>();
      const auto created = row.instant();
      if (row.flag() || since - created < kInOneGo) continue;
      const bool internal = why_not == kInternalUser;
      into.row(company, id_of(0, ++number), candidate, candidate, address, normal, !internal, since,
               internal ? std::nullopt : added_by,
               std::string(internal ? kInternalUser : kByPerson), std::optional<CandidateId>(),
               since + kAddingStaysAside);
    }
    into.run(db);
  }
}

}  // namespace hearback::store
