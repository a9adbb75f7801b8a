// Own words and the original, in the languages of 14 kinds of mail programs.
#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <string_view>

#include "mail/text.hpp"

namespace hearback::mail {
namespace {

TEST(SplitQuoted, ACueNeedsASecondPieceOfEvidence) {
  for (std::string_view own : {
           "Guten Tag,\n\nAm 3. November schrieb ich bereits, es fehlten diese Angaben:\n\nGehalt "
           "50.000 Euro.\n\nJane",
           "On 3 November I wrote to you about these points:\n\nSalary, start, place.",
           "Le 3 novembre, je vous ai écrit; voici ce que j'ai écrit :\n\nMes dates.",
           "From: Basel\nTo: Bern\nDate: 3 December\n\nCan you book this train?",
           "Von: Basel\nAn: Bern\nDatum: 3. Dezember\n\nBitte buchen.",
           "Gut, das passt.\n\nVon meinem Chef habe ich das Einverständnis.",
           "Gesendet mit der Bitte um Durchsicht",
           "As I wrote on Monday:\nI can start in May.",
           "See you on 3.11. at 10:30:\n\nBahnhofstrasse 1",
           "On Tue, 3 Nov 2026 Ada L <ada@team.example> wrote what follows, here is my "
           "answer:\n\nYes.",
           "Ada L <ada@team.example> schrieb am 3.11.2026 um 10:30, hier meine Antwort:\n\nJa.",
           "Ada L <ada@team.example> hat mir am 3.11.2026 um 10:30 geschrieben:\n\nAlles gut.",
           "Am 3.11.2026 um 10:30 schrieb mir Ada L <ada@team.example>:\n\nAlles gut.",
           "Wir treffen uns am 3.11.2026 um 10:30, Ada L <ada@team.example>:\n\nBahnhofstrasse 1",
       }) {
    auto split = split_quoted(own);
    EXPECT_EQ(split.fresh, own);
    EXPECT_EQ(split.quoted, "");
    EXPECT_EQ(split.signature, "");
  }
  EXPECT_EQ(split_quoted("Ja\n\nVon meinem iPhone gesendet").signature,
            "Von meinem iPhone gesendet");
}

// What looks like an introduction and isn't one, with a date and mostly an address.
TEST(SplitQuoted, OwnWordsInFourteenLanguagesStay) {
  for (std::string_view cue : {
           "On 3 November 2026 at 10:30 I wrote to Ada L <ada@team.example>:",
           "Am 3. November 2026 um 10:30 schrieb ich Ada L <ada@team.example>:",
           "Am 3. November 2026 schrieb ich an Ada L <ada@team.example>, hier die Angaben:",
           "Le 3 novembre 2026 à 10:30, j'ai écrit à Ada L <ada@team.example> :",
           "El 3 de noviembre de 2026 a las 10:30 escribí a Ada L <ada@team.example>:",
           "Il 3 novembre 2026 alle 10:30 ho scritto a Ada L <ada@team.example>:",
           "Em 3 de novembro de 2026 às 10:30 o senhor escreveu a Ada L <ada@team.example>:",
           "Op 3 november 2026 om 10:30 schreef ik aan Ada L <ada@team.example>:",
           "W dniu 3.11.2026 napisałam do Ada L <ada@team.example>:",
           "Den 3 november 2026 kl 10:30 skrev jag till Ada L <ada@team.example>:",
           "Den 3. november 2026 kl. 10.30 skrev jeg til Ada L <ada@team.example>:",
           "3. november 2026 kl. 10:30 skrev jeg:",
           "3. marraskuuta 2026 klo 10.30 kirjoitin Ada L <ada@team.example>:",
           "3 ноября 2026 г. в 10:30 я писала Ada L <ada@team.example>:",
           "2026年11月3日 10:30 に伺います:",
           "Vào ngày 3 tháng 11 2026 tôi đã viết cho Ada L <ada@team.example>:",
       }) {
    auto own = std::string(cue) + "\n\n50.000; 1.3.2027\n\nJane";
    auto split = split_quoted(own);
    EXPECT_EQ(split.fresh, own);
  }
}

TEST(SplitQuoted, AnIntroductionBehindWordsOnTheSameLine) {
  auto split = split_quoted(
      "answer On Tue, Nov 3, 2026 at 8:09 AM, Ada L <ada@team.example> wrote:\n"
      "> question");
  EXPECT_EQ(split.fresh, "answer");
  EXPECT_TRUE(split.quoted.ends_with("> question"));
  EXPECT_EQ(
      split_quoted("answer On Tue, Nov 3, 2026 at 8:09 AM, Ada L <ada@team.example> wrote:").fresh,
      "answer");
  // The last one counts, whatever else is written large.
  EXPECT_EQ(split_quoted("OK. On my way On Tue, Nov 3, 2026 at 8:09 AM, Ona O'Oz "
                         "<ona@team.example> wrote:")
                .fresh,
            "OK. On my way");
  for (std::string_view own : {"Oh", "O", " On ", "On Tue", "See you On Tue", "Only On Tue, Oslo"})
    EXPECT_EQ(split_quoted(own).quoted, "") << own;
}

TEST(SplitQuoted, TheWriterIsNotTheIntroductionsFirstLine) {
  EXPECT_EQ(split_quoted("Yes, 10:30 is fine.\nAda L <ada@team.example> wrote:\n> when?").fresh,
            "Yes, 10:30 is fine.");
  EXPECT_EQ(split_quoted("Yes, 10:30 is fine.\n<ada@team.example> wrote:\n> when?").fresh,
            "Yes, 10:30 is fine.");
  EXPECT_EQ(
      split_quoted("On Tuesday at 3 I can't.\nAda L <ada@team.example> wrote:\n> when?").fresh,
      "On Tuesday at 3 I can't.");
  EXPECT_EQ(
      split_quoted("Le mardi je ne peux pas\nAda L <ada@team.example> a écrit :\n> quand?").fresh,
      "Le mardi je ne peux pas");
}

// What stands between the writer's words and the original.
constexpr std::string_view above[] = {
    // English
    "On Tue, 3 Nov 2026 at 10:00, Ada L <ada@team.example> wrote:",
    "On Tue, Nov 3, 2026 at 10:00 AM Ada L\n<ada@team.example> wrote:",
    "On Tue, 3 Nov 2026, 10:00 Ada L, <ada@team.example> wrote",
    "---- On Tue, 03 Nov 2026 10:00:00 +0100 Ada L <ada@team.example> wrote ----",
    "From: Ada L <ada@team.example>\nSent: Tuesday, 3 November 2026 10:00\nTo: Jane\nSubject: Day",
    // German
    "Am Di., 3. Nov. 2026 um 10:00 Uhr schrieb Ada L <ada@team.example>:",
    "Am 03.11.26 um 10:00 schrieb Ada L:",
    "Ada L <ada@team.example> schrieb am Di., 3. Nov. 2026, 10:00:",
    "Ada L <ada@team.example> hat am 3. November 2026 um 10:00 geschrieben:",
    "Gesendet: Dienstag, 03. November 2026 um 10:00 Uhr\nVon: Ada L <ada@team.example>\nAn: "
    "jane@post.example\nBetreff: Tag",
    "Von: Ada L <ada@team.example>\nGesendet: Dienstag, 3. November 2026 10:00\nAn: Jane\nBetreff: "
    "Tag",
    // French
    "Le mar. 3 nov. 2026 à 10:00, Ada L <ada@team.example> a écrit :",
    "De : Ada L <ada@team.example>\nEnvoyé : mardi 3 novembre 2026 10:00\nÀ : Jane\nObjet : Jour",
    // Spanish
    "El mar, 3 nov 2026 a las 10:00, Ada L (<ada@team.example>) escribió:",
    "De: Ada L <ada@team.example>\nEnviado: martes, 3 de noviembre de 2026 10:00\nPara: "
    "Jane\nAsunto: Día",
    // Italian
    "Il giorno mar 3 nov 2026 alle ore 10:00 Ada L <ada@team.example> ha scritto:",
    "Da: Ada L <ada@team.example>\nInviato: martedì 3 novembre 2026 10:00\nA: Jane\nOggetto: "
    "Giorno",
    // Portuguese
    "Em ter., 3 de nov. de 2026 às 10:00, Ada L <ada@team.example> escreveu:",
    "Ada L <ada@team.example> escreveu no dia terça, 3/11/2026 à(s) 10:00:",
    "De: Ada L <ada@team.example>\nEnviado: 3 de novembro de 2026 10:00\nPara: Jane\nAssunto: Dia",
    // Dutch
    "Op di 3 nov 2026 om 10:00 schreef Ada L <ada@team.example>:",
    "Van: Ada L <ada@team.example>\nVerzonden: dinsdag 3 november 2026 10:00\nAan: "
    "Jane\nOnderwerp: Dag",
    // Polish
    "wt., 3 lis 2026 o 10:00 Ada L <ada@team.example> napisał(a):",
    "wt., 3 lis 2026 o 10:00 Ada L\n<ada@team.example> napisał(a):",
    "W dniu 3.11.2026 o 10:00, Ada L pisze:",
    "Od: Ada L <ada@team.example>\nWysłano: wtorek, 3 listopada 2026 10:00\nDo: Jane\nTemat: Dzień",
    // Swedish
    "Den tis 3 nov. 2026 kl 10:00 skrev Ada L <ada@team.example>:",
    "Från: Ada L <ada@team.example>\nSkickat: den 3 november 2026 10:00\nTill: Jane\nÄmne: Dag",
    // Danish
    "Den tirs. 3. nov. 2026 kl. 10.00 skrev Ada L <ada@team.example>:",
    "Fra: Ada L <ada@team.example>\nSendt: 3. november 2026 10:00\nTil: Jane\nEmne: Dag",
    // Norwegian
    "tir. 3. nov. 2026 kl. 10:00 skrev Ada L <ada@team.example>:",
    // Finnish
    "ti 3. marrask. 2026 klo 10.00 Ada L (ada@team.example) kirjoitti:",
    "Lähettäjä: Ada L <ada@team.example>\nLähetetty: tiistai 3. marraskuuta 2026 10.00\n"
    "Vastaanottaja: Jane\nAihe: Päivä",
    // Russian
    "вт, 3 нояб. 2026 г. в 10:00, Ada L <ada@team.example>:",
    "От: Ada L <ada@team.example>\nОтправлено: 3 ноября 2026 г. 10:00\nКому: Jane\nТема: День",
    // Japanese
    "2026年11月3日(火) 10:00 Ada L <ada@team.example>:",
    "差出人: Ada L <ada@team.example>\n送信日時: 2026年11月3日 10:00\n宛先: Jane\n件名: 日",
    // Vietnamese
    "Vào Th 3, 3 thg 11, 2026 vào lúc 10:00 Ada L <ada@team.example> đã viết:",
    "Từ: Ada L <ada@team.example>\nĐã gửi: 3 tháng 11 2026 10:00\nĐến: Jane\nChủ đề: Ngày",
};

TEST(SplitQuoted, FourteenLanguages) {
  int all = 0, right = 0;
  for (auto cue : above)
    for (std::string_view original : {"> Which day?\n> Ada", "Which day?\nAda"}) {
      bool dated_name_only = cue.find('@') == cue.npos;
      if (dated_name_only && !original.starts_with('>'))
        continue;  // nothing tells it from own words
      std::string own = "Tuesday at 10:30, as I wrote.";
      auto split =
          split_quoted(own + "\n\n" + std::string(cue) + "\n\n" + std::string(original) + "\n");
      EXPECT_TRUE(split.fresh.starts_with(own)) << "lost own words: " << cue;
      ++all;
      bool good = split.fresh == own;
      right += good;
      if (!good) std::cout << "left in: " << cue << "\n";
    }
  std::cout << right << " of " << all << " originals found\n";
  EXPECT_GE(right * 100, all * 95);
}

}  // namespace
}  // namespace hearback::mail
