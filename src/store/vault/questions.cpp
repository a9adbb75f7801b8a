#include "store/vault/questions.hpp"

#include "store/engine/answers.hpp"

namespace hearback::store {

AnswerTo<BlobBytes> answer(Reading& reading, const BlobBytes& question) {
  return read_blob(reading.db, reading.vault, reading.files, question.company, question.blob);
}

}  // namespace hearback::store
