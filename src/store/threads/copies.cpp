#include "store/threads/copies.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"

namespace hearback::store {

AnswerTo<CopiesInFolder> answer(Reading& reading, const CopiesInFolder& question) {
  std::map<std::uint32_t, CopiesInFolder::Row> copies;
  const auto find = [&](std::string_view column, const std::vector<Value>& wanted) {
    in_chunks({value_of(question.scope.company), value_of(question.mailbox),
               value_of(question.folder), value_of(question.uid_validity)},
              wanted, [&](InList list, Params params) {
                for (auto& row :
                     reading.db
                         .run("select k.uid, k.message, p.candidate from copies k"
                              " left join placements p on p.company = k.company"
                              " and p.message = k.message where k.company = $1 and k.mailbox = $2"
                              " and k.folder = $3 and k.uid_validity = $4 and k.here = 1 and k." +
                                  std::string(column) + " in " + list,
                              params)
                         .rows) {
                  const auto uid = static_cast<std::uint32_t>(row.number());
                  auto& copy = copies[uid];
                  copy.uid = uid;
                  copy.message = row.id<MessageId>();
                  const auto candidate = row.maybe_id<CandidateId>();
                  if (candidate &&
                      std::ranges::find(copy.candidates, *candidate) == copy.candidates.end())
                    copy.candidates.push_back(*candidate);
                }
              });
  };
  find("uid", values_of(question.uids));
  find("message", values_of(question.messages));
  std::vector<CopiesInFolder::Row> rows;
  for (auto& [uid, copy] : copies) rows.push_back(std::move(copy));
  return rows;
}

AnswerTo<BroughtBefore> answer(Reading& reading, const BroughtBefore& question) {
  std::vector<BroughtBefore::Row> brought;
  std::vector<MessageId> ids;
  in_chunks(
      {value_of(question.scope.company), value_of(question.mailbox)},
      values_of(question.message_ids), [&](InList list, Params params) {
        for (auto& row : reading.db
                             .run("select distinct m.id, k.raw, l.octets from messages m"
                                  " join copies k on k.company = m.company and k.message = m.id"
                                  " join blobs l on l.company = k.company and l.id = k.raw"
                                  " where m.company = $1 and k.mailbox = $2 and m.message_id in " +
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
