#include "store/threads/copies.hpp"

#include <unordered_map>

#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"

namespace hearback::store {

AnswerTo<CopiesInFolder> answer(Reading& reading, const CopiesInFolder& question) {
  std::vector<CopiesInFolder::Row> copies;
  for (auto& row : reading.db.rows(
           "select k.uid, k.message, p.candidate from copies k"
           " left join placements p on p.company = k.company and p.message = k.message"
           " where k.company = $1 and k.mailbox = $2 and k.folder = $3 and k.uid_validity = $4"
           " and k.here = 1 order by k.uid",
           question.scope.company, question.mailbox, question.folder, question.uid_validity)) {
    const auto uid = static_cast<std::uint32_t>(row.number());
    if (copies.empty() || copies.back().uid != uid) copies.push_back({uid, {}, {}});
    copies.back().message = row.id<MessageId>();
    if (const auto candidate = row.maybe_id<CandidateId>())
      copies.back().candidates.push_back(*candidate);
  }
  return copies;
}

AnswerTo<BroughtBefore> answer(Reading& reading, const BroughtBefore& question) {
  // In two questions, for a planner that joined them would begin with all that the mailbox holds.
  std::vector<Value> bearers;
  in_chunks({value_of(question.scope.company)}, values_of(question.message_ids),
            [&](InList list, Params params) {
              for (auto& row : reading.db
                                   .run("select id from messages where company = $1"
                                        " and message_id in " +
                                            list,
                                        params)
                                   .rows)
                bearers.push_back(value_of(row.id<MessageId>()));
            });
  std::vector<BroughtBefore::Row> brought;
  std::vector<MessageId> ids;
  in_chunks({value_of(question.scope.company), value_of(question.mailbox)}, bearers,
            [&](InList list, Params params) {
              for (auto& row : reading.db
                                   .run("select distinct k.message, k.raw, l.octets from copies k"
                                        " join blobs l on l.company = k.company and l.id = k.raw"
                                        " where k.company = $1 and k.mailbox = $2"
                                        " and k.message in " +
                                            list,
                                        params)
                                   .rows) {
                auto& one = brought.emplace_back();
                one.message = row.id<MessageId>();
                one.raw = row.id<BlobId>();
                one.octets = static_cast<std::uint64_t>(row.number());
                ids.push_back(one.message);
              }
            });
  auto messages = load_messages(reading.db, question.scope.company, ids);
  std::unordered_map<MessageId, std::vector<CandidateId>> placed;
  in_chunks({value_of(question.scope.company)}, values_of(ids), [&](InList list, Params params) {
    for (auto& row : reading.db
                         .run("select distinct message, candidate from placements"
                              " where company = $1 and message in " +
                                  list,
                              params)
                         .rows) {
      const auto message = row.id<MessageId>();
      placed[message].push_back(row.id<CandidateId>());
    }
  });
  for (auto& one : brought) {
    one.envelope = messages.at(one.message).envelope;
    one.candidates = placed[one.message];
  }
  return brought;
}

}  // namespace hearback::store
