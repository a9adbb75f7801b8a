#include "store/threads/versions.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/limits.hpp"
#include "rules/versions.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/bearers.hpp"
#include "store/threads/version_of.hpp"

namespace hearback::store {
namespace {

// Those of the messages that lie where the question asks, in threads that its reader may see.
std::unordered_set<MessageId> lying_there(Db& db, const VersionsIn& question,
                                          const std::vector<Value>& messages) {
  auto before = scope_params(question.scope);
  const auto* thread = std::get_if<ThreadId>(&question.where);
  before.push_back(thread ? value_of(*thread) : value_of(std::get<CandidateId>(question.where)));
  const std::string where = thread ? "p.thread" : "p.candidate";
  std::unordered_set<MessageId> there;
  in_chunks(before, messages, [&](InList list, Params params) {
    for (auto& row : db.run("select p.message from placements p where p.company = $1 and " + where +
                                " = $4 and p.message in " + list + " and " +
                                may_see_thread(question.scope, "p.thread"),
                            params)
                         .rows)
      there.insert(row.id<MessageId>());
  });
  return there;
}

// Of the Message-IDs of these messages those that more than one message there bears, with these in
// the order in which they came.
std::map<std::string, std::vector<MessageId>> borne_together(Db& db, const VersionsIn& question) {
  const auto company = question.scope.company;
  std::unordered_set<std::string> named;
  in_chunks({value_of(company)}, values_of(question.messages), [&](InList list, Params params) {
    for (auto& row : db.run("select message_id from messages where company = $1 and"
                            " message_id <> '' and id in " +
                                list,
                            params)
                         .rows)
      named.insert(row.text());
  });
  std::map<std::string, std::vector<MessageId>> borne;
  for (auto& [message, id] : bearers_of(db, company, {named.begin(), named.end()}, kBearersMost))
    borne[std::move(id)].push_back(message);
  const auto single = [](const auto& one) { return one.second.size() < 2; };
  std::erase_if(borne, single);
  std::vector<Value> several;
  for (const auto& [id, messages] : borne)
    for (const auto message : messages) several.push_back(value_of(message));
  const auto here = lying_there(db, question, several);
  for (auto& [id, messages] : borne)
    std::erase_if(messages, [&](MessageId one) { return !here.contains(one); });
  std::erase_if(borne, single);
  return borne;
}

using Mailboxes = std::unordered_map<MessageId, std::vector<MailboxId>>;

// Where they were found, and which they left from: their copy in Sent may not have come yet.
Mailboxes mailboxes_of(Db& db, CompanyId company, const std::vector<MessageId>& messages) {
  Mailboxes found;
  in_chunks({value_of(company)}, values_of(messages), [&](InList list, Params params) {
    for (const std::string table : {"copies", "outbox"})
      for (auto& row : db.run("select distinct message, mailbox from " + table +
                                  " where company = $1 and message in " + list,
                              params)
                           .rows) {
        const auto message = row.id<MessageId>();
        const auto mailbox = row.id<MailboxId>();
        auto& lies = found[message];
        if (std::ranges::find(lies, mailbox) == lies.end()) lies.push_back(mailbox);
      }
  });
  return found;
}

std::unordered_set<MailboxId> known_to(Db& db, const Scope& scope,
                                       const std::vector<VersionsIn::Row>& versions) {
  std::unordered_set<MailboxId> all, known;
  for (const auto& row : versions) all.insert(row.mailboxes.begin(), row.mailboxes.end());
  in_chunks(scope_params(scope), values_of(all), [&](InList list, Params params) {
    for (auto& row :
         db.run("select b.id from mailboxes b where b.company = $1 and b.id in " + list + " and " +
                    may_use_mailbox(scope, "b.id", rules::MailboxRight::see),
                params)
             .rows)
      known.insert(row.id<MailboxId>());
  });
  return known;
}

// Whoever asks.
std::vector<VersionsIn::Row> versions_in(Db& db, const VersionsIn& question) {
  std::vector<VersionsIn::Row> versions;
  const auto borne = borne_together(db, question);
  std::vector<MessageId> messages;
  for (const auto& [id, bearers] : borne)
    messages.insert(messages.end(), bearers.begin(), bearers.end());
  if (messages.empty()) return versions;
  const auto company = question.scope.company;
  const auto read = load_messages(db, company, messages, Limits{}.people_shown);
  auto lying = mailboxes_of(db, company, messages);
  for (const auto& [id, bearers] : borne) {
    std::vector<rules::Bearer> asked;
    for (const auto one : bearers) asked.push_back({&read.at(one).envelope, lying[one]});
    const auto firsts = rules::first_versions(asked);
    for (std::size_t i = 0; i < firsts.size(); ++i)
      if (std::ranges::count(firsts, firsts[i]) > 1)
        versions.push_back({bearers[i], bearers[firsts[i]], std::move(asked[i].mailboxes)});
  }
  return versions;
}

}  // namespace

AnswerTo<VersionsIn> answer(Reading& reading, const VersionsIn& question) {
  auto& db = reading.db;
  const auto& scope = question.scope;
  auto versions = versions_in(db, question);
  const auto known = known_to(db, scope, versions);
  for (auto& row : versions)
    std::erase_if(row.mailboxes, [&](MailboxId one) { return !known.contains(one); });
  return versions;
}

bool is_version(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  return std::ranges::any_of(
      versions_in(db, {rules::engine_scope(company), thread, {message}}),
      [&](const auto& row) { return row.message == message && row.first != message; });
}

std::vector<MailboxId> where_others_lie(Db& db, CompanyId company, ThreadId thread,
                                        MessageId message) {
  const auto rows = versions_in(db, {rules::engine_scope(company), thread, {message}});
  const auto own = std::ranges::find(rows, message, &VersionsIn::Row::message);
  std::vector<MailboxId> lie;
  if (own == rows.end() || own->first == message) return lie;
  for (const auto& row : rows)
    if (row.message != message && row.first == own->first)
      lie.insert(lie.end(), row.mailboxes.begin(), row.mailboxes.end());
  return lie;
}

}  // namespace hearback::store
