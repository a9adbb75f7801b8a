#include "store/threads/arrival.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

#include "store/candidates/non_candidates.hpp"
#include "store/candidates/resting.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/people/internal_addresses.hpp"
#include "store/threads/bearers.hpp"

namespace hearback::store {
namespace {

bool copy_known(Db& db, CompanyId company, const rules::Location& at) {
  return db
      .row(
          "select 1 from copies where company = $1 and mailbox = $2 and folder = $3"
          " and uid_validity = $4 and uid = $5 and here = 1",
          company, at.mailbox, at.folder, at.uid_validity, at.uid)
      .has_value();
}

void find_same(Db& db, const KnownAbout& question, KnownAbout::Answer& known) {
  if (question.fingerprint.empty()) return;
  const auto company = question.scope.company;
  auto row = question.message_id.empty()
                 ? db.row(
                       "select id from messages where company = $1 and fingerprint = $2"
                       " order by id limit 1",
                       company, question.fingerprint)
                 : db.row(
                       "select id from messages where company = $1 and fingerprint = $2"
                       " and message_id = $3 order by id limit 1",
                       company, question.fingerprint, question.message_id);
  if (!row) return;
  known.same = row->id<MessageId>();
  for (auto& placed :
       scoped_rows(db, question.scope,
                   "select " + std::string(kPlacementColumns) +
                       " from placements p where p.company = $1 and p.message = $4"
                       " and " +
                       may_see_thread(question.scope, "p.thread") + " order by p.thread",
                   *known.same))
    known.same_placements.push_back(read_placement(placed));
}

// Columns of a message's place, with `p` for placements and `th` for threads.
constexpr std::string_view kPlaceColumns =
    "p.thread, p.candidate, th.kind, th.is_private, th.by_hand";

rules::KnownPlace read_place(Row& row, std::string message_id) {
  rules::KnownPlace place;
  place.message_id = std::move(message_id);
  place.thread = row.id<ThreadId>();
  place.candidate = row.id<CandidateId>();
  place.kind = row.word<rules::ThreadKind>();
  place.is_private = row.flag();
  place.by_hand = row.flag();
  return place;
}

// Where several messages bear one Message-ID, the first that came is meant: whoever reuses one must
// not get the answers to another's (SYNC-7), also while that one is sealed (I-1). Our ids are in
// the order of coming, but for those of one commit.
std::map<MessageId, std::string> first_bearers(Db& db, const Scope& scope,
                                               const std::vector<std::string>& message_ids) {
  std::map<MessageId, std::string> first;
  for (auto& [message, message_id] : bearers_of(db, scope.company, message_ids, 1))
    first.emplace(message, std::move(message_id));
  return first;
}

// Who has what bears one of these Message-IDs, be it the first that does or another one: the links
// of a newsletter are written anew for each who gets it. However many bear it.
struct Holding {
  bool ours = false, here = false;
  bool from_reader = false;  // we sent it from the reader's mailbox
  std::vector<std::string> holders;
};

// Of the reader and of the writers: which mailboxes are their owners', whatever became of them.
struct Owners {
  UserId reader;
  std::map<UserId, std::vector<std::string>> writers;  // their proven addresses that were asked for
  std::vector<std::pair<MailboxId, UserId>> mailboxes;
};

Owners owners_of(Db& db, CompanyId company, MailboxId reader,
                 const std::vector<std::string>& writers) {
  Owners owners;
  std::set<UserId> all;
  if (auto row =
          db.row("select owner from mailboxes where company = $1 and id = $2", company, reader)) {
    owners.reader = row->id<UserId>();
    all.insert(owners.reader);
  }
  in_chunks({value_of(company)}, values_of(writers), [&](InList list, Params params) {
    for (auto& row : db.run("select distinct owner, address_normal from mailboxes"
                            " where company = $1 and " +
                                std::string(kProven) + " and address_normal in " + list,
                            params)
                         .rows) {
      const auto owner = row.id<UserId>();
      owners.writers[owner].push_back(row.text());
      all.insert(owner);
    }
  });
  const std::vector<UserId> ids(all.begin(), all.end());
  in_chunks({value_of(company)}, values_of(ids), [&](InList list, Params params) {
    for (auto& row :
         db.run("select id, owner from mailboxes where company = $1 and owner in " + list, params)
             .rows) {
      const auto mailbox = row.id<MailboxId>();
      owners.mailboxes.emplace_back(mailbox, row.id<UserId>());
    }
  });
  return owners;
}

std::map<std::string, Holding> holdings_of(Db& db, CompanyId company, MailboxId reader,
                                           const std::vector<std::string>& writers,
                                           const std::vector<std::string>& message_ids) {
  std::map<std::string, Holding> holdings;
  for (const auto& id : message_ids) holdings.emplace(id, Holding{});
  const auto ids = values_of(message_ids);
  const auto each = [&](std::vector<Value> first, const std::string& exists, auto found) {
    in_chunks(std::move(first), ids, [&](InList list, Params params) {
      for (auto& row : db.run("select named.message_id from " + named_in(list) +
                                  " where exists (select 1 from " + exists + " limit 1)",
                              params)
                           .rows)
        found(holdings.at(row.text()));
    });
  };
  each({value_of(company)},
       "messages b where b.company = $1 and b.message_id = named.message_id"
       " and b.direction = 'outgoing'",
       [](Holding& one) { one.ours = true; });
  each({value_of(company)}, "outbox o where o.company = $1 and o.message_id = named.message_id",
       [](Holding& one) { one.here = true; });
  if (!reader.empty())
    each({value_of(company), value_of(reader)},
         "outbox o where o.company = $1 and o.message_id = named.message_id and o.mailbox = $2",
         [](Holding& one) { one.from_reader = true; });
  const auto owners = owners_of(db, company, reader, writers);
  for (const auto& [mailbox, owner] : owners.mailboxes)
    // A range of one, so that no planner begins with all that the mailbox holds.
    each({value_of(company), value_of(mailbox)},
         "copies k where k.company = $1 and k.message_id = named.message_id"
         " and k.mailbox between $2 and $2",
         [&](Holding& one) {
           if (owner == owners.reader) one.here = true;
           const auto writes = owners.writers.find(owner);
           if (writes == owners.writers.end()) return;
           for (const auto& address : writes->second)
             if (std::ranges::find(one.holders, address) == one.holders.end())
               one.holders.push_back(address);
         });
  return holdings;
}

void find_apart(Db& db, CompanyId company, std::vector<rules::StoredReference>& stored) {
  std::vector<CandidateId> candidates;
  for (const auto& one : stored)
    if (std::ranges::find(candidates, one.candidate) == candidates.end())
      candidates.push_back(one.candidate);
  in_chunks({value_of(company), value_of(kNonCandidate), value_of(kOtherCandidate)},
            values_of(candidates), [&](InList list, Params params) {
              for (auto& row :
                   db.run("select candidate, normal from candidate_addresses where company = $1"
                          " and synced = 0 and why_not in ($2, $3) and candidate in " +
                              list,
                          params)
                       .rows) {
                const auto candidate = row.id<CandidateId>();
                const auto normal = row.text();
                for (auto& one : stored)
                  if (one.candidate == candidate) one.apart.push_back(normal);
              }
            });
}

// Of each candidate none of whose addresses opens the past of the reader's mailbox, these, and
// until when that reaches; the earliest first.
struct Closed {
  Instant until;
  std::string normal;
};
using ClosedOf = std::map<CandidateId, std::vector<Closed>>;

ClosedOf closed_of(Db& db, CompanyId company, MailboxId reader,
                   const std::vector<rules::StoredReference>& stored) {
  std::vector<CandidateId> candidates;
  for (const auto& one : stored)
    if (std::ranges::find(candidates, one.candidate) == candidates.end())
      candidates.push_back(one.candidate);
  const auto closed = "coalesce((select " + kPastSince +
                      " from added_addresses x join mailboxes b on b.company = x.company"
                      " and b.id = $2 where x.company = $1 and x.normal = a.normal and " +
                      kPastConcerns + " and not " + std::string(kPastIsOpen) + "), 0)";
  ClosedOf found;
  in_chunks({value_of(company), value_of(reader)}, values_of(candidates),
            [&](InList list, Params params) {
              for (auto& row : db.run("select a.candidate, " + closed +
                                          " as until, a.normal from candidate_addresses a"
                                          " where a.company = $1 and a.synced = 1"
                                          " and a.candidate in " +
                                          list + " order by 2, 3",
                                      params)
                                   .rows) {
                auto& its = found[row.id<CandidateId>()];
                const auto until = row.instant();
                its.push_back({until, row.text()});
              }
            });
  std::erase_if(found, [](const auto& one) { return one.second.front().until == Instant{}; });
  return found;
}

// By which addresses each message was placed, and whose are on it; by its Message-ID.
struct OnMessage {
  std::set<std::string> placed_by, named;
};
using OnMessages = std::map<std::string, OnMessage>;

OnMessages addresses_on(Db& db, CompanyId company,
                        const std::map<MessageId, std::string>& bearers) {
  std::vector<Value> messages;
  for (const auto& [message, message_id] : bearers) messages.push_back(value_of(message));
  OnMessages found;
  in_chunks({value_of(company), value_of(rules::PlacedBy::address)}, messages,
            [&](InList list, Params params) {
              for (auto& row : db.run("select p.message, p.detail from placements p"
                                      " where p.company = $1 and p.placed_by = $2"
                                      " and p.message in " +
                                          list,
                                      params)
                                   .rows) {
                auto& on = found[bearers.at(row.id<MessageId>())];
                on.placed_by.insert(row.text());
              }
            });
  in_chunks({value_of(company)}, messages, [&](InList list, Params params) {
    for (auto& row : db.run("select f.message, f.normal from participants f where f.company = $1"
                            " and f.message in " +
                                list,
                            params)
                         .rows) {
      auto& on = found[bearers.at(row.id<MessageId>())];
      on.named.insert(row.text());
    }
  });
  return found;
}

// About which of them the owner is asked: one by which the message is theirs, else one that is on
// it. Of another they may have never heard.
const std::string& asked_about(const std::vector<Closed>& closed, const OnMessage& on) {
  for (const auto* known : {&on.placed_by, &on.named})
    for (const auto& one : closed)
      if (known->contains(one.normal)) return one.normal;
  return closed.front().normal;
}

// Until when the past of the reader's mailbox is closed to them: as far as each of their addresses
// says so.
void find_closed(Db& db, CompanyId company, MailboxId reader,
                 const std::map<MessageId, std::string>& bearers,
                 std::vector<rules::StoredReference>& stored) {
  if (reader.empty()) return;
  const auto closed = closed_of(db, company, reader, stored);
  if (closed.empty()) return;
  auto on = addresses_on(db, company, bearers);
  for (auto& one : stored)
    if (const auto found = closed.find(one.candidate); found != closed.end()) {
      one.closed_until = found->second.front().until;
      one.closed_for = asked_about(found->second, on[one.message_id]);
    }
}

std::vector<rules::StoredReference> stored_references(Db& db, const Scope& scope, MailboxId reader,
                                                      const std::vector<std::string>& writers,
                                                      const std::vector<std::string>& message_ids) {
  std::vector<rules::StoredReference> stored;
  const auto bearers = first_bearers(db, scope, message_ids);
  if (bearers.empty()) return stored;
  std::vector<Value> messages;
  std::vector<std::string> borne;
  for (const auto& [message, message_id] : bearers) {
    messages.push_back(value_of(message));
    borne.push_back(message_id);
  }
  const auto holdings = holdings_of(db, scope.company, reader, writers, borne);
  in_chunks(scope_params(scope), messages, [&](InList list, Params params) {
    for (auto& row :
         db.run("select distinct p.message, p.candidate, " + rests("p.candidate") +
                    " as rests from placements p where p.company = $1 and p.message in " + list +
                    " and " + may_see_thread(scope, "p.thread") +
                    " order by p.message, p.candidate",
                params)
             .rows) {
      const auto& message_id = bearers.at(row.id<MessageId>());
      const auto& holding = holdings.at(message_id);
      const auto candidate = row.id<CandidateId>();
      const bool rests = row.flag();
      stored.push_back({message_id, candidate, holding.ours, holding.here, holding.holders, rests});
    }
  });
  find_apart(db, scope.company, stored);
  find_closed(db, scope.company, reader, bearers, stored);
  for (auto& one : stored)
    if (holdings.at(one.message_id).from_reader) {
      one.closed_until = {};
      one.closed_for.clear();
    }
  // It is compared with what was answered before: no database says in which order these come.
  for (auto& one : stored) {
    std::ranges::sort(one.holders);
    std::ranges::sort(one.apart);
  }
  return stored;
}

// In two questions, for a planner that joined them would begin with whatever has been placed.
void find_ancestors(Db& db, const KnownAbout& question, KnownAbout::Answer& known) {
  const auto bearers = first_bearers(db, question.scope, question.references);
  std::vector<Value> messages;
  for (const auto& [message, message_id] : bearers) messages.push_back(value_of(message));
  in_chunks(scope_params(question.scope), messages, [&](InList list, Params params) {
    for (auto& row : db.run("select p.message, " + std::string(kPlaceColumns) +
                                " from placements p join threads th on th.company = p.company"
                                " and th.id = p.thread where p.company = $1 and p.message in " +
                                list + " and " + may_see_thread(question.scope, "p.thread") +
                                " order by p.message_date, p.message, p.thread",
                            params)
                         .rows) {
      const auto message = row.id<MessageId>();
      known.ancestors.push_back({message, read_place(row, bearers.at(message))});
    }
  });
}

// Columns of a row of thread_references, with `r` for it and `th` for threads.
constexpr std::string_view kNamedColumns =
    "r.thread, r.candidate, th.kind, th.is_private, th.by_hand";

void find_descendants(Db& db, const KnownAbout& question, KnownAbout::Answer& known) {
  if (question.message_id.empty()) return;
  // The oldest first. There are few, as a rule none: no table is made to sort them in.
  std::vector<std::pair<Instant, KnownAbout::Answer::Relative>> named;
  for (auto& row :
       scoped_rows(db, question.scope,
                   "select r.at, r.message, " + std::string(kNamedColumns) +
                       " from thread_references r join threads th on th.company = r.company"
                       " and th.id = r.thread where r.company = $1 and r.message_id = $4 and " +
                       may_see_thread(question.scope, "r.thread"),
                   question.message_id)) {
    const auto at = row.instant();
    const auto message = row.id<MessageId>();
    named.push_back({at, {message, read_place(row, {})}});
  }
  std::ranges::sort(named, {}, [](const auto& one) {
    return std::tuple(one.first, one.second.message, one.second.place.thread);
  });
  for (auto& [at, one] : named) known.descendants.push_back(std::move(one));
}

// After the ancestors: a message that is there needs nobody to stand in for it.
void find_siblings(Db& db, const KnownAbout& question, KnownAbout::Answer& known) {
  std::unordered_set<std::string_view> stored;
  for (const auto& ancestor : known.ancestors) stored.insert(ancestor.place.message_id);
  std::vector<Value> missing;
  for (const auto& id : question.references)
    if (!stored.contains(id)) missing.push_back(value_of(id));
  in_chunks(scope_params(question.scope), missing, [&](InList list, Params params) {
    for (auto& row : db.run("select r.message_id, " + std::string(kNamedColumns) +
                                " from thread_references r join threads th"
                                " on th.company = r.company and th.id = r.thread"
                                " where r.company = $1 and r.message_id in " +
                                list + " and " + may_see_thread(question.scope, "r.thread"),
                            params)
                         .rows) {
      auto message_id = row.text();
      known.siblings.push_back(read_place(row, std::move(message_id)));
    }
  });
  std::ranges::sort(known.siblings, {},
                    [](const auto& one) { return std::tie(one.message_id, one.thread); });
}

// Of the addresses whose past the reader's owner has a say in: when they were added, and whether it
// is open.
std::map<std::string, std::pair<Instant, bool>> past_of(Db& db, const PeopleNamed& question) {
  std::map<std::string, std::pair<Instant, bool>> past;
  if (question.reader.empty()) return past;
  in_chunks({value_of(question.scope.company), value_of(question.reader)},
            values_of(question.normals), [&](InList list, Params params) {
              for (auto& row : db.run("select x.normal, " + kPastSince + ", case when " +
                                          std::string(kPastIsOpen) +
                                          " then 1 else 0 end from added_addresses x"
                                          " join mailboxes b on b.company = x.company and b.id = $2"
                                          " where x.company = $1 and x.normal in " +
                                          list + " and " + kPastConcerns,
                                      params)
                                   .rows) {
                auto normal = row.text();
                const auto since = row.instant();
                past.insert_or_assign(std::move(normal), std::pair(since, row.flag()));
              }
            });
  return past;
}

// One look at an index for each.
PeopleNamed::Answer people_named(Db& db, const PeopleNamed& question) {
  PeopleNamed::Answer known;
  const auto& normals = question.normals;
  std::vector<std::vector<Value>> each;
  for (const auto& normal : normals) each.push_back({value_of(normal)});
  static const std::string kInternal =
      "select 1 where exists (select 1 from users u where u.company = $1 and u.email_normal = $2)"
      " or exists (select 1 from mailboxes where company = $1 and " +
      std::string(kProven) + " and address_normal = $2) limit 1";
  const auto matching =
      db.run_each("select a.candidate, " + rests("a.candidate") +
                      " from candidate_addresses a where a.company = $1 and a.synced = 1"
                      " and a.normal = $4 and " +
                      may_see_candidate(question.scope, "a.candidate") + " limit 1000000",
                  scope_params(question.scope), each);
  const Value company[] = {value_of(question.scope.company)};
  const auto internal = db.run_each(kInternal, company, each);
  const auto past = past_of(db, question);
  for (std::size_t i = 0; i < normals.size(); ++i) {
    for (auto row : matching[i]) {
      auto& one = known.candidates.emplace_back();
      one.normal = normals[i];
      one.candidate = row.id<CandidateId>();
      one.rests = row.flag();
      if (const auto found = past.find(normals[i]); found != past.end())
        std::tie(one.past_until, one.past_open) = found->second;
    }
    if (!internal[i].empty()) known.internal.push_back(normals[i]);
  }
  std::ranges::sort(known.candidates);
  return known;
}

void find_outbox(Db& db, const KnownAbout& question, KnownAbout::Answer& known) {
  if (question.message_id.empty()) return;
  auto row = scoped_row(db, question.scope,
                        "select " + std::string(kOutboxColumns) +
                            " from outbox o where o.company = $1 and o.message_id = $4 and " +
                            may_see_outbox(question.scope, "o"),
                        question.message_id);
  if (!row) return;
  known.outbox = read_outbox(*row);
  load_recipients(db, question.scope.company, {&*known.outbox});
}

}  // namespace

AnswerTo<KnownAbout> answer(Reading& reading, const KnownAbout& question) {
  KnownAbout::Answer known;
  const auto company = question.scope.company;
  known.copy_known = copy_known(reading.db, company, question.at);
  find_same(reading.db, question, known);
  find_ancestors(reading.db, question, known);
  find_descendants(reading.db, question, known);
  find_siblings(reading.db, question, known);
  if (!known.ancestors.empty())
    known.named = stored_references(reading.db, question.scope, question.at.mailbox,
                                    question.writers, question.references);
  auto people =
      people_named(reading.db, {question.scope, question.participants, question.at.mailbox});
  known.candidates = std::move(people.candidates);
  known.internal = std::move(people.internal);
  find_outbox(reading.db, question, known);
  return known;
}

AnswerTo<PeopleNamed> answer(Reading& reading, const PeopleNamed& question) {
  return people_named(reading.db, question);
}

AnswerTo<StoredMessageIds> answer(Reading& reading, const StoredMessageIds& question) {
  return stored_references(reading.db, question.scope, question.reader, question.writers,
                           question.message_ids);
}

// ---- what was judged upon, asked again inside the commit -------------------------------------

namespace {

template <class T>
bool same_set(std::vector<T> a, std::vector<T> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

}  // namespace

void expect(Writing& writing, const PeopleAre& expected) {
  auto now = people_named(
      writing.db, {rules::engine_scope(writing.company), expected.normals, expected.reader});
  if (!same_set(std::move(now.candidates), expected.candidates) ||
      !same_set(std::move(now.internal), expected.internal))
    broken_expectation();
}

void expect(Writing& writing, const RelativesAre& expected) {
  KnownAbout question{rules::engine_scope(writing.company)};
  question.message_id = expected.message_id;
  question.references = expected.references;
  KnownAbout::Answer now;
  find_ancestors(writing.db, question, now);
  find_siblings(writing.db, question, now);
  find_descendants(writing.db, question, now);
  if (!now.ancestors.empty())
    now.named = stored_references(writing.db, question.scope, expected.reader, expected.writers,
                                  expected.references);
  if (now.ancestors != expected.ancestors || now.siblings != expected.siblings ||
      now.descendants != expected.descendants || now.named != expected.named)
    broken_expectation();
}

}  // namespace hearback::store
