// M-6: by which words candidates are found.
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class NamedTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
  }
  rules::User anna;
};
HEARBACK_ON_EACH_DATABASE(NamedTest);

TEST_P(NamedTest, M6_AreFoundByHowTheWordsOfNamesAndAddressesBegin) {
  const auto elodie = add_candidate("Élodie Größler", {"elodie@home.example"});
  add_candidate("Percent 100%", {"p_q@home.example"});
  const auto names = [&](std::string text) {
    std::vector<std::string> found;
    for (auto& row : ask(Candidates{as(anna), text, {}, {}}).rows)
      found.push_back(row.candidate.name);
    return found;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("élodie"), Names{"Élodie Größler"});
  EXPECT_EQ(names("GRÖß"), Names{"Élodie Größler"});
  EXPECT_EQ(names("ELODIE@HOME"), Names{"Élodie Größler"});
  EXPECT_EQ(names("10%"), Names{"Percent 100%"});
  EXPECT_EQ(names("p_q@"), Names{"Percent 100%"});
  EXPECT_EQ(names("e_o"), Names{});
  EXPECT_EQ(names("lodie"), Names{});
  EXPECT_EQ(names("home.example"), (Names{"Élodie Größler", "Percent 100%"}));
  EXPECT_EQ(names("nobody"), Names{});
  EXPECT_EQ(ask(CandidateById{as(anna), elodie})->candidate.name, "Élodie Größler");
}

// What is typed without accents, with others, or in another normal form finds the same; and what
// is listed by name stands where it is looked for.
TEST_P(NamedTest, M6_AccentsDoNotMatterInWhatIsLookedFor) {
  add_candidate("Łukasz Żółć", {});
  add_candidate("Søren Straße", {"søren@home.example"});
  add_candidate("がんばる", {});
  rules::Job job{make<JobId>(), "Élève ingénieur", rules::JobKind::offer, true};
  commit(PutJob{job, {}, now});
  rules::User zoe = add_user("Zoë Müller", Role::evaluator);
  const auto candidates = [&](const std::string& text) {
    std::vector<std::string> found;
    for (auto& row : ask(Candidates{as(anna), text, {}, {}}).rows)
      found.push_back(row.candidate.name);
    return found;
  };
  using Names = std::vector<std::string>;
  for (const char* text : {"lukasz zolc", "ŁUKASZ ŻÓŁĆ", "Z\u0307o\u0301\u0142c\u0301"})
    EXPECT_EQ(candidates(text), Names{"Łukasz Żółć"}) << text;
  for (const char* text : {"soren", "SØREN", "strasse", "STRASSE", "straße", "soren@home"})
    EXPECT_EQ(candidates(text), Names{"Søren Straße"}) << text;
  // In any order, by the name and an address together; of very many the first.
  for (const char* text : {"Żółć, Łukasz", "zolc luk", "straße;soren soren@home"})
    EXPECT_EQ(candidates(text).size(), 1u) << text;
  std::string many;
  for (int i = 0; i < 16; ++i) many += "z ";
  EXPECT_EQ(candidates(many + "x"), Names{"Łukasz Żółć"});
  EXPECT_TRUE(candidates(many.substr(2) + "x").empty());
  EXPECT_TRUE(candidates("lukasz soren").empty());
  for (const char* text : {" , ", "@", "-"}) EXPECT_EQ(candidates(text).size(), 3u) << text;
  EXPECT_EQ(candidates("がんば"), Names{"がんばる"});
  for (const char* text : {"eleve", "ÉLÈVE", "e\u0301le\u0300ve", "ELEVE ING"})
    EXPECT_EQ(ask(Jobs{as(anna), text}).rows.size(), 1u) << text;
  EXPECT_TRUE(ask(Jobs{as(anna), "eleva"}).rows.empty());
  for (const char* text : {"zoe mul", "ZOË MÜL", "Zoe\u0308"}) {
    const auto found = ask(Users{as(anna), text}).rows;
    ASSERT_EQ(found.size(), 1u) << text;
    EXPECT_EQ(found[0].id, zoe.id);
  }
  add_candidate("Elodie", {});
  add_candidate("Éloi", {});
  add_candidate("Elon", {});
  EXPECT_EQ(candidates("elo"), (Names{"Elodie", "Éloi", "Elon"}));
}

// By a name or an address that they no longer have, nobody is found.
TEST_P(NamedTest, M6_AreFoundByWhatTheyAreCalledNow) {
  const auto id = add_candidate("Wanda Weber", {"wanda@home.example"});
  const auto found = [&](const std::string& text) {
    return ask(Candidates{as(anna), text, {}, {}}).rows.size();
  };
  EXPECT_EQ(found("weber wanda@home"), 1u);
  commit(PutCandidate{id, "Wanda Wolf", {address("wolf@home.example")}, now});
  EXPECT_EQ(found("weber"), 0u);
  EXPECT_EQ(found("wanda@home"), 1u);  // each word begins one of hers
  EXPECT_EQ(found("wolf"), 1u);
}

// Where many have each of the words, and where few have one, the same are found.
TEST_P(NamedTest, M6_CommonWordsAndRareOnesFindTheSame) {
  if (GetParam() == On::memory) return;
  constexpr int kMany = 5200;  // more than are gone through by a word
  tables()->write([&](Db& db) {
    Insertion candidates("insert into candidates(company, id, name, name_key, created)", 5);
    Insertion words("insert into candidate_words(company, candidate, word)", 3);
    for (int i = 0; i < kMany; ++i) {
      const auto id = make<CandidateId>();
      const auto first = "anna" + std::to_string(i);
      candidates.row(company, id, "Anna" + std::to_string(i) + " Meier", first + " meier", 1);
      words.row(company, id, first);
      words.row(company, id, "meier");
    }
    candidates.run(db);
    words.run(db);
  });
  add_candidate("Anna Zola", {});
  for (const char* text : {"anna", "meier", "meier anna"}) {
    Candidates question{as(anna), text, {}, {{}, 100}};
    const auto first = ask(question);
    EXPECT_EQ(first.rows.size(), 100u) << text;
    question.page.after = first.next;
    const auto second = ask(question);
    ASSERT_EQ(second.rows.size(), 100u) << text;
    EXPECT_GE(second.rows.front().candidate.name, first.rows.back().candidate.name);
  }
  EXPECT_EQ(ask(Candidates{as(anna), "zol anna", {}, {}}).rows.size(), 1u);
  EXPECT_EQ(ask(Candidates{as(anna), "anna77 meier", {}, {{}, 200}}).rows.size(), 11u);
}

}  // namespace
}  // namespace hearback::store
