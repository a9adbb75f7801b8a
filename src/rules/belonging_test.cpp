#include "rules/belonging.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

CandidateId candidate(int n) {
  CandidateId id;
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

mail::Address address(std::string normal) { return {"", normal, normal}; }

mail::Envelope letter(std::string from, std::vector<std::string> to,
                      std::vector<std::string> cc = {}) {
  mail::Envelope e;
  e.from = {address(std::move(from))};
  for (auto& a : to) e.to.push_back(address(a));
  for (auto& a : cc) e.cc.push_back(address(a));
  e.message_id = "this@example.org";
  return e;
}

const CandidateId kJane = candidate(1), kKofi = candidate(2), kTwin = candidate(3);

Directory directory() {
  return Directory({{"jane@mail.example", kJane},
                    {"jane.second@mail.example", kJane},
                    {"kofi@mail.example", kKofi},
                    {"family@mail.example", kKofi},
                    {"family@mail.example", kTwin},
                    {"turncoat@team.example", kTwin}},
                   {"rita@team.example", "tom@team.example", "turncoat@team.example"});
}

// A stored message that the reader has, too.
StoredReference has(std::string message_id, CandidateId candidate) {
  return {std::move(message_id), candidate, false, true, {}};
}

using Field = std::vector<mail::Address> mail::Envelope::*;

TEST(Belonging, S3_AddressInEachOfTheFiveFieldsMatches) {
  for (Field field : {&mail::Envelope::from, &mail::Envelope::to, &mail::Envelope::cc,
                      &mail::Envelope::bcc, &mail::Envelope::reply_to}) {
    auto e = letter("rita@team.example", {"someone@else.example"});
    EXPECT_FALSE(match_by_address(directory(), e));
    (e.*field).push_back(address("jane@mail.example"));
    auto match = match_by_address(directory(), e);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->reasons(),
              (std::vector<Reason>{{kJane, PlacedBy::address, "jane@mail.example"}}));
    EXPECT_EQ(match->rule(), "candidate-address");
  }
}

TEST(Belonging, S3_OnlyTheWholeAddressCounts) {
  for (const char* other : {"xjane@mail.example", "jane@mail.example.org", "jane@mail",
                            "mail.example", "jane", "jane+tag@mail.example", ""}) {
    EXPECT_FALSE(match_by_address(directory(), letter(other, {"rita@team.example"}))) << other;
  }
  auto e = letter("other@else.example", {"rita@team.example"});
  e.from[0].name = "jane@mail.example";  // a display name is no address
  EXPECT_FALSE(match_by_address(directory(), e));
  e.from[0] = {"", "jane@mail.example", ""};  // ambiguous: unusable for decisions
  EXPECT_FALSE(match_by_address(directory(), e));
}

TEST(Belonging, T2_EveryCandidateOnItMatchesOnce) {
  auto e = letter("rita@team.example", {"jane@mail.example", "kofi@mail.example"},
                  {"jane.second@mail.example", "family@mail.example"});
  auto match = match_by_address(directory(), e);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->reasons(),
            (std::vector<Reason>{{kJane, PlacedBy::address, "jane@mail.example"},
                                 {kKofi, PlacedBy::address, "kofi@mail.example"},
                                 {kTwin, PlacedBy::address, "family@mail.example"}}));
}

TEST(Belonging, I4_InternalMailNeverMatchesByAddress) {
  EXPECT_FALSE(match_by_address(directory(), letter("rita@team.example", {"tom@team.example"})));
  // I-1: an address that is internal as well is nobody's.
  EXPECT_FALSE(
      match_by_address(directory(), letter("turncoat@team.example", {"rita@team.example"})));
  EXPECT_TRUE(directory().candidates_of("turncoat@team.example").empty());
}

TEST(Belonging, S3_ReferenceToAStoredMessageMatchesBeforeI4) {
  auto e = letter("rita@team.example", {"tom@team.example"});
  e.references = {"root@x", "answer@x"};
  std::vector<StoredReference> stored{has("answer@x", kJane)};
  auto match = match_by_reference(e, directory().internal(), stored);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->reasons(), (std::vector<Reason>{{kJane, PlacedBy::reply_to, "answer@x"}}));
  EXPECT_EQ(match->rule(), "reply-to-stored");
  EXPECT_FALSE(match_by_reference(e, directory().internal(), {}));
  std::vector<StoredReference> others{has("other@x", kJane)};
  EXPECT_FALSE(match_by_reference(e, directory().internal(), others));
}

// A name proves nothing: who reads or wrote the answer has what it answers, and the team takes
// part.
TEST(Belonging, S3_SYNC7_WhoseAnswersCount) {
  const std::string rita = "rita@team.example", tom = "tom@team.example", aunt = "aunt@x.example";
  struct Case {
    std::string from, to;
    bool ours, here;
    std::vector<std::string> holders;
    bool counts;
  };
  const std::vector<Case> table{
      {rita, tom, false, true, {}, true},        // lies in the mailbox where the original is
      {rita, tom, false, false, {rita}, true},   // its writer has the original
      {rita, tom, false, false, {tom}, false},   // a reader's copycat opens no one's mail
      {rita, tom, false, false, {}, false},      //
      {rita, tom, true, false, {}, false},       // nor does one under a colleague's name
      {aunt, rita, false, true, {}, true},       // somebody answers for the candidate
      {aunt, rita, false, false, {tom}, false},  //
      {aunt, "list@x.example", false, true, {}, false},  // below a candidate's post on a list
      {aunt, "list@x.example", true, true, {}, true},    // to what we wrote, at an alias of ours
      {rita, "list@x.example", false, true, {}, true},   // what we write there ourselves
      {"", rita, false, false, {""}, false},
  };
  for (const auto& one : table) {
    auto e = letter(one.from, {one.to});
    e.references = {"a@x"};
    const std::vector<StoredReference> stored{{"a@x", kJane, one.ours, one.here, one.holders}};
    const auto i = &one - table.data();
    EXPECT_EQ(match_by_reference(e, directory().internal(), stored).has_value(), one.counts) << i;
    EXPECT_EQ(!belongs(directory(), e, e.references, stored).empty(), one.counts) << i;
  }
  // Of several writers each has it, and there is one at all.
  auto e = letter(rita, {tom});
  e.references = {"a@x"};
  const std::vector<StoredReference> hers{{"a@x", kJane, false, false, {rita}}};
  e.from.push_back(e.to[0]);
  EXPECT_FALSE(match_by_reference(e, directory().internal(), hers));
  e.from.clear();
  EXPECT_FALSE(match_by_reference(e, directory().internal(), hers));
  // What doesn't count hides nothing behind it.
  e = letter(rita, {tom});
  e.in_reply_to = {"near@x"};
  e.references = {"far@x"};
  const std::vector<StoredReference> both{{"near@x", kKofi, false, false, {tom}},
                                          has("far@x", kJane)};
  const auto match = match_by_reference(e, directory().internal(), both);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->reasons(), (std::vector<Reason>{{kJane, PlacedBy::reply_to, "far@x"}}));
}

TEST(Belonging, T1_NearestReferenceComesFirst) {
  mail::Envelope e;
  e.message_id = "self@x";
  e.in_reply_to = {"c@x"};
  e.references = {"a@x", "self@x", "b@x", "c@x"};
  EXPECT_EQ(nearest_references(e), (std::vector<std::string>{"c@x", "b@x", "a@x"}));
}

TEST(Belonging, T2_AnAnswerToMailToTwoStaysWithItsWriter) {
  auto e = letter("jane@mail.example", {"rita@team.example"});
  std::vector<std::string> refs{"both@x"};
  std::vector<StoredReference> stored{has("both@x", kJane), has("both@x", kKofi)};
  EXPECT_EQ(belongs(directory(), e, refs, stored),
            (std::vector<Reason>{{kJane, PlacedBy::address, "jane@mail.example"}}));
}

TEST(Belonging, T3_AForwardToAnotherCandidateBelongsToBoth) {
  auto e = letter("rita@team.example", {"kofi@mail.example"});
  std::vector<std::string> refs{"hers@x"};
  std::vector<StoredReference> stored{has("hers@x", kJane)};
  EXPECT_EQ(belongs(directory(), e, refs, stored),
            (std::vector<Reason>{{kKofi, PlacedBy::address, "kofi@mail.example"},
                                 {kJane, PlacedBy::reply_to, "hers@x"}}));
}

// THREAT8: naming another candidate's message is no way into that candidate's threads.
TEST(Belonging, SYNC7_ACandidatesReferencesLeadToNobodyElse) {
  std::vector<std::string> refs{"hers@x"};
  std::vector<StoredReference> stored{has("hers@x", kJane)};
  const std::vector<Reason> his{{kKofi, PlacedBy::address, "kofi@mail.example"}};
  EXPECT_EQ(belongs(directory(), letter("kofi@mail.example", {"rita@team.example"}), refs, stored),
            his);
  // Also where he pretends to write beside a colleague, or for somebody else.
  auto e = letter("kofi@mail.example", {"rita@team.example"});
  e.from.push_back(e.from[0]);
  e.from[0].spec = e.from[0].normal = "rita@team.example";
  EXPECT_EQ(belongs(directory(), e, refs, stored), his);
  // Where she is on it herself, it is hers as well: the address says so.
  EXPECT_EQ(
      belongs(directory(), letter("kofi@mail.example", {"jane@mail.example"}), refs, stored).size(),
      2u);
  // S-3: who is nobody's may answer for her, and the reference is the reason that is told.
  EXPECT_EQ(
      belongs(directory(), letter("aunt@family.example", {"rita@team.example"}), refs, stored),
      (std::vector<Reason>{{kJane, PlacedBy::reply_to, "hers@x"}}));
}

TEST(Belonging, T3_OnlyTheNearestStoredReferenceDrawsIn) {
  auto e = letter("rita@team.example", {"tom@team.example"});
  std::vector<std::string> refs{"near@x", "far@x"};
  std::vector<StoredReference> stored{has("far@x", kKofi), has("near@x", kJane)};
  EXPECT_EQ(belongs(directory(), e, refs, stored),
            (std::vector<Reason>{{kJane, PlacedBy::reply_to, "near@x"}}));
}

TEST(Internal, I4_AnAddressThatCantBeReadIsNobodys) {
  Internal team({"rita@team.example", "tom@team.example", ""});
  EXPECT_TRUE(any_internal(letter("jane@mail.example", {"rita@team.example"}), team));
  EXPECT_FALSE(any_internal(letter("jane@mail.example", {""}), team));
  EXPECT_FALSE(team.knows(""));
}

// Kofi and his twin share an address.
using Reasons = std::vector<Reason>;

Reasons kept(const mail::Envelope& e, std::vector<CandidateId> holders,
             std::vector<StoredReference> stored = {}) {
  std::vector<std::string> refs;
  for (const auto& one : stored) refs.push_back(one.message_id);
  return keep_whole(belongs(directory(), e, refs, stored), directory(), e, holders);
}

TEST(Belonging, T2_OneThreadStaysOneThreadWhereAnAddressIsShared) {
  const Reason kofi{kKofi, PlacedBy::address, "family@mail.example"};
  const Reason twin{kTwin, PlacedBy::address, "family@mail.example"};
  const Reason jane{kJane, PlacedBy::address, "jane@mail.example"};
  const auto e = letter("family@mail.example", {"rita@team.example"});
  EXPECT_EQ(kept(e, {}), (Reasons{kofi, twin}));  // a new conversation is theirs both
  EXPECT_EQ(kept(e, {kKofi}), (Reasons{kofi}));
  EXPECT_EQ(kept(e, {kTwin}), (Reasons{twin}));
  EXPECT_EQ(kept(e, {kKofi, kTwin}), (Reasons{kofi, twin}));
  // Whoever doesn't share the address has no say, and loses nothing.
  const auto with_jane =
      letter("family@mail.example", {"rita@team.example"}, {"jane@mail.example"});
  EXPECT_EQ(kept(with_jane, {kJane}), (Reasons{kofi, twin, jane}));
  EXPECT_EQ(kept(with_jane, {kKofi}), (Reasons{kofi, jane}));
  // What was answered is a reason of its own.
  const auto ours = letter("rita@team.example", {"tom@team.example"});
  EXPECT_EQ(kept(ours, {kKofi}, {has("a@x", kTwin)}),
            (Reasons{{kTwin, PlacedBy::reply_to, "a@x"}}));
}

// An address of one's own is a reason of one's own, wherever in the message it stands.
TEST(Belonging, T2_WhoIsNamedByAnAddressOfTheirOwnLosesNothing) {
  const Reason kofi{kKofi, PlacedBy::address, "kofi@mail.example"};
  const Reason twin{kTwin, PlacedBy::address, "family@mail.example"};
  EXPECT_EQ(
      kept(letter("kofi@mail.example", {"rita@team.example"}, {"family@mail.example"}), {kTwin}),
      (Reasons{kofi, twin}));
  EXPECT_EQ(
      kept(letter("family@mail.example", {"rita@team.example"}, {"kofi@mail.example"}), {kTwin}),
      (Reasons{kofi, twin}));
  EXPECT_EQ(
      kept(letter("rita@team.example", {"family@mail.example", "kofi@mail.example"}), {kTwin}),
      (Reasons{kofi, twin}));
  // Several shared ones are still shared.
  const Directory two({{"a@mail.example", kKofi},
                       {"a@mail.example", kTwin},
                       {"b@mail.example", kKofi},
                       {"b@mail.example", kTwin},
                       {"b@mail.example", kJane}},
                      {});
  const auto e = letter("a@mail.example", {"b@mail.example"});
  const std::vector<CandidateId> twins{kTwin};
  EXPECT_EQ(keep_whole(belongs(two, e, {}, {}), two, e, twins),
            (Reasons{{kTwin, PlacedBy::address, "a@mail.example"}}));
  const std::vector<CandidateId> janes{kJane};
  EXPECT_EQ(keep_whole(belongs(two, e, {}, {}), two, e, janes),
            (Reasons{{kKofi, PlacedBy::address, "a@mail.example"},
                     {kTwin, PlacedBy::address, "a@mail.example"},
                     {kJane, PlacedBy::address, "b@mail.example"}}));
}

TEST(Belonging, M3_SEE4_C14_ACandidatesAnswerToALetterToTheirAddressBelongsThereAsWell) {
  const Directory directory({{"jane@home.example", kJane}}, {"ada@acme.example"});
  const auto none = candidate(9);
  mail::Envelope answer;
  answer.from = {{"", "jane@home.example", "jane@home.example"}};
  answer.to = {{"", "ada@acme.example", "ada@acme.example"}};
  StoredReference letter{"letter@x", none, true, true, {}};
  const std::vector<std::string> references{"letter@x"};
  const Reason by_address{kJane, PlacedBy::address, "jane@home.example"};
  letter.apart = {"j@work.example", "jane@home.example"};
  EXPECT_EQ(belongs(directory, answer, references, std::vector{letter}),
            (std::vector<Reason>{by_address, {none, PlacedBy::reply_to, "letter@x"}}));
  // Written to somebody else, it leads nobody's mail there (THREAT8).
  letter.apart = {"pat@agency.example"};
  EXPECT_EQ(belongs(directory, answer, references, std::vector{letter}), std::vector{by_address});
  // Once, where another address of theirs is on it.
  answer.cc = {{"", "pat@agency.example", "pat@agency.example"}};
  letter.apart = {"jane@home.example"};
  const Directory both({{"jane@home.example", kJane}, {"pat@agency.example", none}},
                       {"ada@acme.example"});
  EXPECT_EQ(belongs(both, answer, references, std::vector{letter}).size(), 2u);
  answer.cc = {};
  letter.apart = {};
  EXPECT_EQ(belongs(directory, answer, references, std::vector{letter}), std::vector{by_address});
}

}  // namespace
}  // namespace hearback::rules
