#include "store/vault/questions.hpp"

#include "store/engine/answers.hpp"

namespace hearback::store {
namespace {

template <class Question>
std::optional<StoredBlob> find(Reading& reading, const Question& question) {
  return StoredBlob::find(reading.db, reading.vault, reading.files, question.company,
                          question.blob);
}

}  // namespace

AnswerTo<BlobBytes> answer(Reading& reading, const BlobBytes& question) {
  const auto blob = find(reading, question);
  return blob ? blob->read_all() : std::nullopt;
}

AnswerTo<BlobRanges> answer(Reading& reading, const BlobRanges& question) {
  const auto blob = find(reading, question);
  return blob ? blob->read(question.ranges) : std::nullopt;
}

AnswerTo<BlobForm> answer(Reading& reading, const BlobForm& question) {
  const auto blob = find(reading, question);
  if (!blob) return std::nullopt;
  return BlobForm::Form{blob->octets(), blob->in_frames()};
}

}  // namespace hearback::store
