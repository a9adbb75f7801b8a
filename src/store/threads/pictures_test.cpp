// Pictures that were loaded from somebody's web server (SEC2).
#include "store/threads/pictures.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class PicturesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    cara = add_user("cara", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    letter = message("m1", "wanda@home.example", "ben@acme.example");
    place(letter, thread(wanda), PlacedBy::address, "wanda@home.example");
  }
  BlobId put(MessageId message, PictureId id, std::string bytes) {
    const auto blob = make<BlobId>();
    commit(PutBlob{blob, std::move(bytes)}, PutPictures{message, {{id, "image/png", blob}}, now});
    return blob;
  }
  std::vector<std::string> seen(const rules::Scope& scope, MessageId message) {
    std::vector<std::string> bytes;
    for (const auto& row : ask(PicturesOf{scope, message})) {
      EXPECT_EQ(row.type, "image/png");
      bytes.push_back(ask(BlobBytes{company, row.blob}).value_or("gone"));
    }
    return bytes;
  }

  rules::User anna, ben, cara;
  JobId welder;
  CandidateId wanda;
  rules::Message letter;
};
HEARBACK_ON_EACH_DATABASE(PicturesTest);

TEST_P(PicturesTest, P1_AreSeenByWhoSeesTheirMessage) {
  put(letter.id, make<PictureId>(), "one");
  put(letter.id, make<PictureId>(), "two");
  for (const auto& user : {anna, ben})
    EXPECT_EQ(seen(as(user), letter.id), (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(seen(as(cara), letter.id).empty());
}

TEST_P(PicturesTest, OfTwoThatAreLoadedAtOnceTheFirstStays) {
  const auto id = make<PictureId>();
  put(letter.id, id, "first");
  const auto second = put(letter.id, id, "second");
  EXPECT_EQ(seen(as(ben), letter.id), std::vector<std::string>{"first"});
  EXPECT_FALSE(ask(BlobBytes{company, second}));
}

TEST_P(PicturesTest, OfAMessageThatIsGoneNothingIsKept) {
  const auto blob = put(make<MessageId>(), make<PictureId>(), "late");
  EXPECT_FALSE(ask(BlobBytes{company, blob}));
}

TEST_P(PicturesTest, D1_GoWithTheirMessage) {
  const auto otto = add_candidate("Otto", {"otto@home.example"}, {welder});
  auto shared = message("m2", "wanda@home.example", "otto@home.example");
  place(shared, thread(wanda), PlacedBy::address, "wanda@home.example");
  const auto t = thread(otto);
  commit(AddThread{t}, PlaceMessage{{t.id, otto, shared.id, PlacedBy::address, ""}, now});
  const auto gone = put(letter.id, make<PictureId>(), std::string(100'000, 'g'));
  const auto stays = put(shared.id, make<PictureId>(), "stays");
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_TRUE(seen(as(anna), letter.id).empty());
  run_errands();
  EXPECT_FALSE(ask(BlobBytes{company, gone}));
  EXPECT_EQ(ask(BlobBytes{company, stays}), "stays");
  EXPECT_EQ(seen(as(ben), shared.id), std::vector<std::string>{"stays"});
  commit(ForgetCandidate{otto, as(anna), now});
  run_errands();
  EXPECT_FALSE(ask(BlobBytes{company, stays}));
}

}  // namespace
}  // namespace hearback::store
