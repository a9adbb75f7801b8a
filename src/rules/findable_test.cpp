#include "rules/findable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace hearback::rules {
namespace {

Message letter() {
  Message message;
  message.envelope.subject = "Offre d’emploi";
  message.envelope.from = {{"Zoë", "zoe@home.example", "zoe@home.example"}};
  message.envelope.to = {{"", "ben@acme.example", "ben@acme.example"}};
  message.attachments.emplace_back().filename = "CV Zoë.pdf";
  auto& picture = message.attachments.emplace_back();
  picture.filename = "logo.png";
  picture.is_inline = true;
  return message;
}

std::string words_of(const Message& message, std::string_view text) {
  return findable(message.envelope, message.attachments, text);
}

TEST(Findable, M6_EachWordSaysWhereItStands) {
  EXPECT_EQ(words_of(letter(), "Bonjour Ben"),
            "woffre wd wemploi z soffre sd semploi z"
            " wzoe wzoe whome wexample z fzoe fzoe fhome fexample z"
            " wben wacme wexample z tben tacme texample z"
            " hfile wcv wzoe wpdf z ncv nzoe npdf z wbonjour wben z");
  EXPECT_EQ(words_of({}, ""), "");
}

TEST(Findable, M6_IsBounded) {
  std::string text;
  for (int i = 0; text.size() < 500'000; ++i) text += "word" + std::to_string(i) + " ";
  auto message = letter();
  for (int i = 0; i < 2000; ++i)
    message.envelope.cc.push_back({"Some Body", "some@body.example", "some@body.example"});
  const auto words = words_of(message, text);
  EXPECT_LE(std::ranges::count(words, ' ') + 1, std::ptrdiff_t(findable_words));
  EXPECT_NE(words.find(" wword100 "), words.npos);
  EXPECT_LT(words_of({}, std::string(1 << 20, 'a')).size(), 100u);
}

TEST(Findable, M6_WhatIsQuotedIsNotTheWriters) {
  EXPECT_EQ(
      own_words("Yes.\n\nOn Mon, 3 Nov 2026 at 10:00, Ben <ben@acme.example> wrote:\n> Monday?\n"),
      "Yes.");
  EXPECT_EQ(own_words("Yes.\n\n-- \nAnna Meier, Acme AG\n\nOn Mon, 3 Nov 2026 at 10:00, Ben "
                      "<ben@acme.example> wrote:\n> Monday?\n"),
            "Yes.\n\n-- \nAnna Meier, Acme AG");
  EXPECT_EQ(own_words("FYI\n\n---------- Forwarded message ---------\nFrom: Zoe "
                      "<z@home.example>\nSubject: Offer\n\nI weld.\n"),
            "FYI\n\n---------- Forwarded message ---------\nFrom: Zoe "
            "<z@home.example>\nSubject: Offer\n\nI weld.");
  EXPECT_EQ(own_words("No.\n\n-----Original Message-----\nFrom: a@b.example\nSubject: x\nthem"),
            "No.");
  EXPECT_NE(own_words("-----Original Message-----\nFrom: a@b.example\nSubject: x\nforwarded")
                .find("forwarded"),
            std::string::npos);
  EXPECT_LE(own_words(std::string(findable_octets - 1, 'a') + "ééé").size(), findable_octets);
}

std::string told(const Excerpt& excerpt) {
  constexpr const char* kWhere[] = {"text", "subject", "people", "files", "contents"};
  std::string all = std::string(kWhere[static_cast<std::size_t>(excerpt.where)]) + ":";
  for (const auto& piece : excerpt.pieces)
    all += piece.is_hit ? "[" + piece.text + "]" : piece.text;
  return all;
}

TEST(Findable, M6_TheExcerptShowsWhatWasFoundAndWhere) {
  struct Case {
    std::string_view typed, expected;
  };
  const std::string text = "Chère équipe,\n\nje serais ravie de vous\trencontrer lundi. Zoë";
  const Case cases[] = {
      {"equipe", "text:Chère [équipe], je serais ravie de vous rencontrer lundi. Zoë"},
      {"RENC lundi", "text:Chère équipe, je serais ravie de vous [rencontrer] [lundi]. Zoë"},
      {"\"vous rencontrer\"", "text:Chère équipe, je serais ravie de [vous rencontrer] lundi. Zoë"},
      {"\"vous renc\"", "text:"},
      {"emploi", "subject:Offre d’[emploi]"},
      {"subject:offre zzz", "subject:[Offre] d’emploi"},
      {"from:zoe", "text:Chère équipe, je serais ravie de vous rencontrer lundi. Zoë"},
      {"from:zoe to:ben has:file",
       "text:Chère équipe, je serais ravie de vous rencontrer lundi. Zoë"},
      {"from:zoe lundi", "text:équipe, je serais ravie de vous rencontrer [lundi]. Zoë"},
      {"from:zoe emploi", "subject:Offre d’[emploi]"},
      {"from:zoe ben@acme.example", "people:[Zoë] <[zoe]@home.example>, [ben@acme.example]"},
      {"ben@acme.example", "people:Zoë <zoe@home.example>, [ben@acme.example]"},
      {"cv.pdf", "text:"},
      {"pdf", "files:CV Zoë.[pdf]"},
      {"file:cv", "files:[CV] Zoë.pdf"},
      {"has:file", "text:Chère équipe, je serais ravie de vous rencontrer lundi. Zoë"},
  };
  for (const auto& [typed, expected] : cases)
    EXPECT_EQ(told(excerpt_of(read_search(typed), letter(), text)), expected) << typed;
}

TEST(Findable, M6_AnExcerptIsAFewWordsAroundTheMostHits) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "früh einmal ";
  text += "hier gold und silber ";
  for (int i = 0; i < 2000; ++i) text += "später ";
  const auto found = excerpt_of(read_search("gold silber"), {}, text);
  ASSERT_EQ(found.pieces.size(), 5u);
  EXPECT_EQ(found.pieces[1], (Excerpt::Piece{"gold", true}));
  EXPECT_EQ(found.pieces[3], (Excerpt::Piece{"silber", true}));
  std::size_t octets = 0;
  for (const auto& piece : found.pieces) octets += piece.text.size();
  EXPECT_LT(octets, 250u);
  EXPECT_GT(octets, 150u);
}

TEST(Findable, M6_AnExcerptIsNoLongerForALongWord) {
  const std::string bodies[] = {"Hello " + std::string(150'000, 'a'), std::string(1000, 'a') + " b",
                                "x " + std::string(1000, 'a') + " aaa b"};
  for (const auto& body : bodies) {
    const auto wide = excerpt_of(read_search("aaa"), {}, body);
    ASSERT_FALSE(wide.pieces.empty());
    std::size_t octets = 0, hits = 0;
    for (const auto& piece : wide.pieces) {
      octets += piece.text.size();
      hits += piece.is_hit;
    }
    EXPECT_LE(octets, 224u);
    EXPECT_EQ(hits, 1u);
  }
  Message message;
  for (int i = 0; i < 75'000; ++i) message.envelope.subject += "é";
  const auto wide = excerpt_of(read_search("eee"), message, "");
  ASSERT_EQ(wide.pieces.size(), 1u);
  EXPECT_EQ(wide.pieces[0].text.size(), 220u);
}

TEST(Findable, M6_FilesStandBehindTheText) {
  EXPECT_EQ(findable({}, {}, "Hello", {{0, "I run"}, {2, ""}, {3, "Go"}}),
            "whello z wi wrun z wgo z");
  // Neither takes all of the room, however long it is.
  std::string text, file;
  for (int i = 0; i < 30'000; ++i) text += "t" + std::to_string(i % 100) + " ";
  for (int i = 0; i < 30'000; ++i) file += "f" + std::to_string(i % 100) + " ";
  const auto count = [](const std::string& words, char letter) {
    std::ptrdiff_t found = 0;
    for (std::size_t at = 0; at + 2 < words.size(); ++at)
      found += words[at] == ' ' && words[at + 1] == 'w' && words[at + 2] == letter;
    return found;
  };
  const auto both = findable({}, {}, text, {{0, file}, {1, file}});
  EXPECT_LE(std::ranges::count(both, ' ') + 1, std::ptrdiff_t(findable_words));
  EXPECT_NEAR(count(both, 'f'), findable_words_of_files, 10);
  EXPECT_NEAR(count(both, 't'), findable_words - findable_words_of_files, 10);
  EXPECT_NEAR(count(findable({}, {}, text), 't'), findable_words, 10);
  EXPECT_NEAR(count(findable({}, {}, "Hello", {{0, file}}), 'f'), findable_words, 10);
  const auto little = findable({}, {}, text, {{0, "few words"}});
  EXPECT_NEAR(count(little, 't'), findable_words, 10);
  EXPECT_TRUE(little.ends_with(" z wfew wwords z"));
}

TEST(Findable, M6_ALongFileLeavesTheOthersTheirRoom) {
  std::string words, octets;
  for (int i = 0; i < 60'000; ++i) words += "f" + std::to_string(i % 10) + " ";
  while (octets.size() < kept_octets) octets += std::string(60, 'x') + " ";
  const auto cv = std::string(2'000, ' ') + "I weld in Bremen";
  for (const auto* file : {&words, &octets}) {
    const auto index = findable({}, {}, "Hello", {{0, *file}, {1, *file}, {2, cv}, {3, *file}});
    EXPECT_THAT(index, testing::HasSubstr(" z wi wweld win wbremen z "));
    EXPECT_LE(std::ranges::count(index, ' ') + 1, std::ptrdiff_t(findable_words));
  }
  const auto alone = findable({}, {}, "Hello", {{0, words}, {2, cv}});
  EXPECT_GT(std::ranges::count(alone, ' '), 15'900);  // what the others don't need is its own
}

// Where more stands there of what was asked for than in any one place of the mail.
TEST(Findable, M6_AnExcerptOfAFileSaysWhichItIs) {
  const auto message = letter();
  const std::vector<FileText> files{{0, "Zoe welds"}, {3, "Zoe runs Kubernetes in Zurich"}};
  const struct {
    std::string_view typed;
    Excerpt::Where where;
    int file;
    std::size_t terms;
  } cases[] = {
      {"kubernetes", Excerpt::Where::contents, 3, 1},
      {"welds", Excerpt::Where::contents, 0, 1},
      {"zoe", Excerpt::Where::people, -1, 1},
      {"zoe kubernetes", Excerpt::Where::contents, 3, 2},
      {"bonjour kubernetes", Excerpt::Where::text, -1, 1},
      {"offre kubernetes zurich", Excerpt::Where::contents, 3, 2},
      {"\"runs kubernetes\"", Excerpt::Where::contents, 3, 1},
      {"file:kubernetes", Excerpt::Where::text, -1, 0},
      {"file:cv", Excerpt::Where::files, -1, 1},
  };
  for (const auto& [typed, where, file, terms] : cases) {
    const auto found = excerpt_of(read_search(typed), message, "Bonjour Ben", files);
    EXPECT_EQ(found.where, where) << typed;
    EXPECT_EQ(found.file, file) << typed;
    EXPECT_EQ(found.terms, terms) << typed;
  }
}

TEST(Findable, M6_W9_AFileOfAProfileByItsNameAndWhatStandsInIt) {
  EXPECT_EQ(findable_file("CV Wanda.pdf", "I weld"),
            "hfile wcv wwanda wpdf z ncv nwanda npdf z wi wweld z");
  EXPECT_EQ(findable_file("", ""), "hfile");
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += "t" + std::to_string(i % 10) + " ";
  const auto index = findable_file("CV.pdf", text);
  EXPECT_LE(std::ranges::count(index, ' ') + 1, std::ptrdiff_t(findable_words));
  EXPECT_GT(std::ranges::count(index, ' '), 15'900);
}

TEST(Findable, M6_W9_AnExcerptOfAFileOfAProfile) {
  const struct {
    std::string_view typed, expected;
  } cases[] = {
      {"wanda", "files:CV [Wanda].pdf"},
      {"file:wanda", "files:CV [Wanda].pdf"},
      {"kubernetes", "contents:Runs [Kubernetes] in Zürich"},
      {"zurich wanda kubernetes", "contents:Runs [Kubernetes] in [Zürich]"},
      {"file:kubernetes", "files:"},
      {"has:file", "files:"},
      {"from:wanda", "files:"},
  };
  for (const auto& [typed, expected] : cases)
    EXPECT_EQ(
        told(excerpt_of_file(read_search(typed), "CV Wanda.pdf", "Runs Kubernetes in Z\u00fcrich")),
        expected)
        << typed;
}

}  // namespace
}  // namespace hearback::rules
