#include "store/threads/pictures.hpp"

#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {

void apply(Writing& writing, const PutPictures& change) {
  std::vector<BlobId> unused;
  for (const auto& row : change.rows) {
    const auto added = writing.db.change(
        "insert into pictures(company, message, id, type, blob_id, at)"
        " select m.company, m.id, $3, $4, $5, $6 from messages m where m.company = $1 and m.id = $2"
        " on conflict do nothing",
        writing.company, change.message, row.id, row.type, row.blob, change.at);
    if (added == 0) unused.push_back(row.blob);
  }
  drop_unused_blobs(writing.db, writing.company, unused, writing.files_to_remove);
}

AnswerTo<PicturesOf> answer(Reading& reading, const PicturesOf& question) {
  std::vector<PicturesOf::Row> found;
  for (auto& row : scoped_rows(
           reading.db, question.scope,
           "select i.id, i.type, i.blob_id from pictures i where i.company = $1 and i.message = $4"
           " and exists (select 1 from placements p where p.company = $1"
           "  and p.message = i.message and " +
               may_see_thread(question.scope, "p.thread") + ") order by i.id",
           question.message))
    found.push_back({row.id<PictureId>(), row.text(), row.id<BlobId>()});
  return found;
}

}  // namespace hearback::store
