#include "rules/folder_roles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace hearback::rules {
namespace {

ListedFolder folder(std::string name, std::set<std::string> attributes = {}, char delimiter = '/') {
  return {name, name, delimiter, std::move(attributes)};
}

std::map<std::string, FolderRole> roles(const std::vector<ListedFolder>& listed) {
  std::map<std::string, FolderRole> result;
  for (const auto& f : assign_roles(listed)) result[f.name] = f.role;
  return result;
}

constexpr auto kIn = FolderRole::incoming;
constexpr auto kOut = FolderRole::outgoing;
constexpr auto kNot = FolderRole::ignored;

TEST(FolderRoles, S12_WhatNoDatabaseKeepsIsNotRecorded) {
  for (const std::string name : {"INBOX", "a/b", "Entw&APw-rfe", "Entw\xC3\xBCrfe", " "})
    EXPECT_TRUE(can_be_recorded(name)) << name;
  EXPECT_TRUE(can_be_recorded(std::string(1000, 'x')));
  for (const auto& name : {std::string("Entw\xFCrfe"), std::string("a\0b", 3), std::string("a\nb"),
                           std::string("\x7f"), std::string(1001, 'x')})
    EXPECT_FALSE(can_be_recorded(name)) << name;
}

TEST(FolderRoles, S4_SpecialUseDecides) {
  auto r =
      roles({folder("INBOX"), folder("Verschickt", {"\\sent"}), folder("Notizen", {"\\drafts"}),
             folder("Werbung und so", {"\\junk"}), folder("Weg", {"\\trash"}),
             folder("Alt", {"\\archive"}), folder("Alles", {"\\all"}),
             folder("Wichtig", {"\\important"}), folder("Kunden")});
  EXPECT_EQ(r, (std::map<std::string, FolderRole>{{"INBOX", kIn},
                                                  {"Verschickt", kOut},
                                                  {"Notizen", kNot},
                                                  {"Werbung und so", kNot},
                                                  {"Weg", kNot},
                                                  {"Alt", kIn},
                                                  {"Alles", kIn},
                                                  {"Wichtig", kNot},
                                                  {"Kunden", kIn}}));
}

TEST(FolderRoles, S4_WellKnownNames) {
  const std::map<std::string, FolderRole> table{
      {"Sent", kOut},
      {"Sent Items", kOut},
      {"SENT MESSAGES", kOut},
      {"Drafts", kNot},
      {"Junk E-mail", kNot},
      {"Spam", kNot},
      {"Trash", kNot},
      {"Deleted Items", kNot},
      {"Archive", kIn},
      {"Éléments envoyés", kOut},
      {"éléments supprimés", kNot},
      {"Brouillons", kNot},
      {"Corbeille", kNot},
      {"Courrier indésirable", kNot},
      {"Gesendet", kOut},
      {"Gesendete Elemente", kOut},
      {"Entwürfe", kNot},
      {"ENTWÜRFE", kNot},
      {"Papierkorb", kNot},
      {"Unerwünscht", kNot},
      {"Archiv", kIn},
      {"Enviados", kOut},
      {"Posta inviata", kOut},
      {"Отправленные", kOut},
      {"送信済み", kOut},
      {"Presentations", kIn},
      {"Sentinel", kIn},
      {"Postausgang", kNot},
      {"Project Trash", kIn},
  };
  for (const auto& [name, role] : table)
    EXPECT_EQ(roles({folder("INBOX"), folder(name)})[name], role) << name;
}

TEST(FolderRoles, S4_NamesBelowInboxAndGmailCountDeeperOnesDoNot) {
  auto r = roles({folder("INBOX", {}, '.'), folder("INBOX.Sent", {}, '.'),
                  folder("INBOX.Projects", {}, '.'), folder("INBOX.Projects.Sent", {}, '.'),
                  folder("INBOX.Trash", {}, '.'), folder("INBOX.Trash.2024", {}, '.')});
  EXPECT_EQ(r["INBOX.Sent"], kOut);
  EXPECT_EQ(r["INBOX.Projects.Sent"], kIn);
  EXPECT_EQ(r["INBOX.Trash.2024"], kNot);
  auto g = roles({folder("INBOX"), folder("[Gmail]", {"\\noselect"}), folder("[Gmail]/Corbeille"),
                  folder("[Gmail]/Messages envoyés", {"\\sent"})});
  EXPECT_EQ(g["[Gmail]/Corbeille"], kNot);
  EXPECT_EQ(g["[Gmail]/Messages envoyés"], kOut);
  EXPECT_FALSE(g.contains("[Gmail]"));
}

TEST(FolderRoles, S4_FoldersBelowTakeAfterTheirParent) {
  auto r = roles({folder("inbox"), folder("Sent"), folder("Sent/2024"), folder("Weg", {"\\trash"}),
                  folder("Weg/alt/älter"), folder("Sentimental")});
  EXPECT_EQ(r["inbox"], kIn);
  EXPECT_EQ(r["Sent/2024"], kOut);
  EXPECT_EQ(r["Weg/alt/älter"], kNot);
  EXPECT_EQ(r["Sentimental"], kIn);
}

TEST(FolderRoles, S4_XlistSaysTheSameInOtherWords) {
  auto folders = assign_roles({folder("INBOX", {"\\inbox"}), folder("Alles", {"\\allmail"}),
                               folder("Markiert", {"\\starred"}), folder("Müll", {"\\spam"}),
                               folder("Kiste", {"\\trash"})});
  std::map<std::string, std::string> uses;
  for (const auto& f : folders) uses[f.name] = f.special_use;
  EXPECT_EQ(uses, (std::map<std::string, std::string>{{"INBOX", ""},
                                                      {"Alles", "\\all"},
                                                      {"Markiert", "\\flagged"},
                                                      {"Müll", "\\junk"},
                                                      {"Kiste", "\\trash"}}));
  for (const auto& f : folders)
    EXPECT_EQ(f.role, f.name == "INBOX" || f.name == "Alles" ? kIn : kNot) << f.name;
}

// Where all mail is offered it is the past, whatever was archived before; a person may say no. Of a
// folder that only bears the name nobody knows what it is.
TEST(FolderRoles, S4_AllMailIsTheWholePast) {
  for (auto& f : assign_roles({folder("INBOX"), folder("[Gmail]/Todos", {"\\all"}),
                               folder("All Mail"), folder("Sent", {"\\sent"})})) {
    EXPECT_EQ(holds_the_whole_past(f), f.name == "[Gmail]/Todos") << f.name;
    if (f.name == "[Gmail]/Todos") EXPECT_EQ(f.role, kIn);
    f.role = FolderRole::ignored;
    f.role_by_user = true;
    EXPECT_FALSE(holds_the_whole_past(f)) << f.name;
  }
  EXPECT_EQ(roles({folder("INBOX"), folder("All Mail")})["All Mail"], kNot);
}

struct Local {
  const char *language, *sent, *drafts, *junk, *trash;
};

// As Outlook, Gmail or Apple Mail write them, in whatever case a person or a server leaves them.
constexpr Local kLocal[] = {
    {"en", "Sent Items", "Drafts", "Junk Email", "Deleted Items"},
    {"de", "Gesendete Elemente", "ENTWÜRFE", "Junk-E-Mail", "Gelöschte Elemente"},
    {"fr", "Éléments envoyés", "Brouillons", "Courrier indésirable", "ÉLÉMENTS SUPPRIMÉS"},
    {"es", "Elementos enviados", "Borradores", "Correo no deseado", "Elementos eliminados"},
    {"it", "Posta inviata", "Bozze", "Posta indesiderata", "Posta eliminata"},
    {"pt", "Itens Enviados", "Rascunhos", "Lixo Eletrônico", "Itens Excluídos"},
    {"nl", "Verzonden items", "Concepten", "Ongewenste e-mail", "Verwijderde items"},
    {"da", "Sendt post", "Kladder", "Uønsket mail", "Slettet post"},
    {"sv", "Skickat", "Utkast", "Skräppost", "Borttaget"},
    {"nb", "Sendte elementer", "Kladd", "Søppelpost", "Slettede elementer"},
    {"fi", "Lähetetyt", "Luonnokset", "Roskaposti", "Poistetut"},
    {"is", "Sendir hlutir", "Drög", "Ruslpóstur", "Eyddir hlutir"},
    {"et", "Saadetud üksused", "Mustandid", "Rämpspost", "Kustutatud üksused"},
    {"lv", "Nosūtītie vienumi", "Melnraksti", "Mēstules", "Izdzēstie vienumi"},
    {"lt", "Išsiųsti laiškai", "JUODRAŠČIAI", "Brukalas", "Šiukšlinė"},
    {"pl", "Elementy wysłane", "Kopie robocze", "WIADOMOŚCI-ŚMIECI", "Elementy usunięte"},
    {"cs", "Odeslaná pošta", "Koncepty", "Nevyžádaná pošta", "Odstraněná pošta"},
    {"sk", "Odoslaná pošta", "Koncepty", "Nevyžiadaná pošta", "Odstránená pošta"},
    {"hu", "Elküldött elemek", "Piszkozatok", "Levélszemét", "TÖRÖLT ELEMEK"},
    {"sl", "Poslano", "Osnutki", "Neželena pošta", "Izbrisano"},
    {"hr", "Poslane stavke", "Skice", "Neželjena pošta", "Izbrisane stavke"},
    {"sr", "Послате ставке", "Нацрти", "Безвредна пошта", "ИЗБРИСАНЕ СТАВКЕ"},
    {"mk", "Испратени", "Нацрти", "Несакана пошта", "Избришани"},
    {"bg", "Изпратени", "Чернови", "Нежелана поща", "КОШЧЕ"},
    {"ro", "Elemente trimise", "Ciorne", "E-mail nedorit", "ELEMENTE ȘTERSE"},
    {"el", "Απεσταλμένα", "ΠΡΟΧΕΙΡΑ", "Ανεπιθύμητη αλληλογραφία", "Διαγραμμένα"},
    {"tr", "Gönderilmiş Öğeler", "Taslaklar", "Önemsiz E-posta", "Silinmiş Öğeler"},
    {"ru", "ОТПРАВЛЕННЫЕ", "Черновики", "Нежелательная почта", "Удаленные"},
    {"uk", "Надіслані", "Чернетки", "Небажана пошта", "Видалені"},
    {"be", "Адпраўленыя", "Чарнавікі", "Спам", "Сметніца"},
    {"ca", "Elements enviats", "Esborranys", "Correu brossa", "Elements suprimits"},
    {"eu", "Bidalitakoak", "Zirriborroak", "Zabor-posta", "Zakarrontzia"},
    {"gl", "Elementos enviados", "Borradores", "Correo lixo", "Papeleira"},
    {"cy", "Anfonwyd", "Drafftiau", "Sbam", "Sbwriel"},
    {"he", "פריטים שנשלחו", "טיוטות", "דואר זבל", "פריטים שנמחקו"},
    {"ar", "العناصر المرسلة", "المسودات", "البريد غير الهام", "العناصر المحذوفة"},
    {"fa", "ارسال شده", "پیش نویس", "هرزنامه", "زباله دان"},
    {"hi", "भेजे गए आइटम", "ड्राफ़्ट", "जंक ईमेल", "हटाए गए आइटम"},
    {"th", "รายการที่ถูกส่ง", "แบบร่าง", "อีเมลขยะ", "รายการที่ถูกลบ"},
    {"vi", "MỤC ĐÃ GỬI", "Thư nháp", "Thư rác", "Mục đã xóa"},
    {"id", "Item Terkirim", "Draf", "Email Sampah", "Item Dihapus"},
    {"ms", "Item Dihantar", "Draf", "E-mel Remeh", "Item yang Dipadamkan"},
    {"ja", "送信済みアイテム", "下書き", "迷惑メール", "削除済みアイテム"},
    {"ko", "보낸 편지함", "임시 보관함", "정크 메일", "지운 편지함"},
    {"zh-Hans", "已发送邮件", "草稿", "垃圾邮件", "已删除邮件"},
    {"zh-Hant", "寄件備份", "草稿", "垃圾郵件", "刪除的郵件"},
    {"ka", "გაგზავნილი", "მონახაზები", "სპამი", "ნაგავი"},
    {"hy", "Ուղարկված", "Սևագրեր", "Սպամ", "ԱՂԲԱՄԱՆ"},
    {"az", "GÖNDƏRİLMİŞ", "Qaralamalar", "Spam", "Səbət"},
    {"kk", "Жіберілгендер", "Шимай қағаздар", "Спам", "Себет"},
};

TEST(FolderRoles, S4_NamesInFiftyLanguages) {
  for (const auto& l : kLocal) {
    auto r =
        roles({folder("INBOX"), folder(l.sent), folder(l.drafts), folder(l.junk), folder(l.trash)});
    EXPECT_EQ(r[l.sent], kOut) << l.language;
    for (auto name : {l.drafts, l.junk, l.trash}) EXPECT_EQ(r[name], kNot) << l.language << name;
  }
}

// What an ordinary person calls a folder must not be taken for something else.
TEST(FolderRoles, S4_OrdinaryWordsMeanNothing) {
  for (auto name : {"Todos", "Wszystkie", "Contacts", "Kalender", "Notes", "Tasks", "Journal",
                    "Concept", "Исходящие", "Werbeagentur", "Bulk", "News", "工作",
                    "Sent to client", "Kandidaten", "Bewerbungen", "Archivo"})
    EXPECT_EQ(roles({folder("INBOX"), folder(name), folder("Calendar")})[name], kIn) << name;
}

// Exchange lists folders of other things and doesn't say so (case 29).
TEST(FolderRoles, S4_ExchangesOtherFoldersHoldNoMail) {
  const std::vector<std::vector<std::string>> mailboxes{
      {"Calendar", "Contacts", "Conversation History", "Journal", "Notes", "Outbox", "RSS Feeds",
       "Sync Issues", "Sync Issues/Conflicts", "Tasks", "Calendar/Birthdays"},
      {"Kalender", "Kontakte", "Aufgezeichnete Unterhaltungen", "Journal", "Notizen", "Aufgaben",
       "Postausgang", "Synchronisierungsprobleme", "Synchronisierungsprobleme/Konflikte"},
      {"Calendrier", "Contacts", "Historique des conversations", "Journal", "Notes", "Tâches",
       "Boîte d’envoi", "Problèmes de synchronisation"},
      {"Kalendarz", "Kontakty", "Historia konwersacji", "Dziennik", "Notatki", "Zadania"},
      {"Календарь", "Контакты", "Дневник", "Заметки", "Задачи", "История разговоров"},
      {"予定表", "連絡先", "会話の履歴", "メモ", "タスク", "履歴"},
  };
  for (const auto& mailbox : mailboxes) {
    std::vector<ListedFolder> listed{folder("INBOX"), folder("Projekte")};
    for (const auto& name : mailbox) listed.push_back(folder(name));
    auto r = roles(listed);
    EXPECT_EQ(r["Projekte"], kIn);
    for (const auto& name : mailbox) EXPECT_EQ(r[name], kNot) << name;
  }
}

TEST(FolderRoles, ManyFoldersCostNoMoreThanTheirNumber) {
  std::vector<ListedFolder> listed{folder("INBOX"), folder("Trash")};
  std::string deep = "Trash";
  for (int i = 0; i < 2000; ++i) deep += "/x";
  listed.push_back(folder(deep));
  for (int i = 0; i < 128'000; ++i) listed.push_back(folder("Trash/" + std::to_string(i)));
  auto folders = assign_roles(listed);  // quadratic: 20 s
  EXPECT_EQ(folders.size(), listed.size());
  EXPECT_EQ(folders.back().role, kNot);
}

TEST(FolderRoles, S4_AllMailIsReadWhetherThereIsAnythingElseOrNot) {
  EXPECT_EQ(roles({folder("Everything", {"\\all"})})["Everything"], kIn);
  EXPECT_EQ(roles({folder("INBOX"), folder("Everything", {"\\all"})})["Everything"], kIn);
}

// What is on record: with an id, numbered, perhaps by a person's choice.
Folder known(std::string name, FolderRole role, bool by_user, std::uint32_t uid_validity, int id) {
  Folder folder;
  folder.id = *FolderId::parse("01890000-0000-7000-8000-00000000000" + std::to_string(id));
  folder.name = folder.wire_name = std::move(name);
  folder.role = role;
  folder.role_by_user = by_user;
  folder.uid_validity = uid_validity;
  return folder;
}

TEST(FolderRoles, S4_APersonsChoiceFollowsTheFolder) {
  struct Case {
    const char* what;
    std::vector<ListedFolder> listed;
    std::uint32_t numbered;  // what the server says of the folders that weren't there before
    std::vector<Folder> before;
    std::map<std::string, FolderRole> roles;
    std::map<std::string, int> goes_on_as;  // the id that a name took over
  };
  const auto inbox = folder("INBOX");
  const Case cases[] = {
      {"renamed",
       {inbox, folder("Family")},
       7,
       {known("Private", kNot, true, 7, 1)},
       {{"INBOX", kIn}, {"Family", kNot}},
       {{"Family", 1}}},
      {"another one is new",
       {inbox, folder("Family")},
       8,
       {known("Private", kNot, true, 7, 1)},
       {{"INBOX", kIn}, {"Family", kIn}},
       {}},
      {"still there",
       {inbox, folder("Private"), folder("Family")},
       7,
       {known("Private", kNot, true, 7, 1)},
       {{"INBOX", kIn}, {"Private", kIn}, {"Family", kIn}},
       {}},  // the row keeps Private's role
      {"nobody chose",
       {inbox, folder("Family")},
       7,
       {known("Private", kNot, false, 7, 1)},
       {{"INBOX", kIn}, {"Family", kIn}},
       {}},
      {"two may be meant",
       {inbox, folder("Family")},
       7,
       {known("Work", kIn, true, 7, 1), known("Private", kNot, true, 7, 2)},
       {{"INBOX", kIn}, {"Family", kNot}},
       {{"Family", 2}}},
      {"below an excluded one",
       {inbox, folder("Private"), folder("Private/2027/May")},
       9,
       {known("Private", kNot, true, 7, 1)},
       {{"INBOX", kIn}, {"Private", kIn}, {"Private/2027/May", kNot}},
       {}},
      {"below one that was switched on, but for its trash",
       {inbox, folder("Junk", {"\\junk"}), folder("Junk/Jobs"), folder("Junk/Away", {"\\trash"})},
       9,
       {known("Junk", kIn, true, 7, 1)},
       {{"INBOX", kIn}, {"Junk", kNot}, {"Junk/Jobs", kIn}, {"Junk/Away", kNot}},
       {}},
      {"below INBOX lies everything",
       {inbox, folder("INBOX/Work")},
       9,
       {known("INBOX", kNot, true, 7, 1)},
       {{"INBOX", kIn}, {"INBOX/Work", kIn}},
       {}},
      {"a new trash folder is no renamed one",
       {inbox, folder("Trash", {"\\trash"}), folder("Spam")},
       7,
       {known("Clients", kIn, true, 7, 1)},
       {{"INBOX", kIn}, {"Trash", kNot}, {"Spam", kNot}},
       {}},
      {"what was switched on stays so below the trash",
       {inbox, folder("Trash", {"\\trash"}), folder("Trash/Perhaps")},
       7,
       {known("Junk", kIn, true, 7, 1), known("Trash", kNot, false, 3, 2)},
       {{"INBOX", kIn}, {"Trash", kNot}, {"Trash/Perhaps", kIn}},
       {{"Trash/Perhaps", 1}}},
      {"but not below an excluded one",
       {inbox, folder("Private"), folder("Private/2027")},
       7,
       {known("Clients", kIn, true, 7, 1), known("Private", kNot, true, 3, 2)},
       {{"INBOX", kIn}, {"Private", kIn}, {"Private/2027", kNot}},
       {}},
      {"below a renamed one",
       {inbox, folder("Family"), folder("Family/2027")},
       7,
       {known("Private", kNot, true, 7, 1)},
       {{"INBOX", kIn}, {"Family", kNot}, {"Family/2027", kNot}},
       {{"Family", 1}}},
  };
  for (const auto& one : cases) {
    auto folders = assign_roles(one.listed);
    for (auto& each : folders)
      if (std::ranges::find(one.before, each.wire_name, &Folder::wire_name) == one.before.end() &&
          (!each.name.contains('/') || one.numbered == 7))
        each.uid_validity = one.numbered;
    follow_choices(folders, one.before);
    std::map<std::string, FolderRole> roles;
    for (const auto& each : folders) {
      roles[each.name] = each.role;
      const auto taken = one.goes_on_as.find(each.name);
      const auto was = std::ranges::find(one.before, each.id, &Folder::id);
      EXPECT_EQ(was != one.before.end(), taken != one.goes_on_as.end()) << one.what << each.name;
      if (was != one.before.end())
        EXPECT_EQ(each.id, known("", kNot, true, 7, taken->second).id) << one.what;
    }
    EXPECT_EQ(roles, one.roles) << one.what;
  }
}

TEST(FolderRoles, S4_OnlyAPersonsChoicesAreLookedForWhenTheyVanish) {
  const std::vector<Folder> before{known("A", kNot, true, 1, 1), known("B", kNot, false, 1, 2),
                                   known("C", kIn, true, 1, 3)};
  const auto vanished = vanished_choices(assign_roles({folder("INBOX"), folder("C")}), before);
  ASSERT_EQ(vanished.size(), 1u);
  EXPECT_EQ(vanished[0].name, "A");
}

// Names move between folders: what somebody chose goes with the mail, told by its numbers.
TEST(FolderRoles, S4_S16_ChoicesFollowUnderNamesThatAreKnown) {
  constexpr auto kIn = FolderRole::incoming, kNot = FolderRole::ignored;
  const auto folder = [](std::string name, std::uint32_t number, int id, FolderRole role,
                         bool chosen) {
    Folder one;
    one.name = one.wire_name = std::move(name);
    one.uid_validity = number;
    one.id.bytes[15] = static_cast<std::uint8_t>(id);
    one.role = role;
    one.role_by_user = chosen;
    return one;
  };
  const auto told = [](const std::vector<Folder>& folders) {
    std::string all;
    for (const auto& one : folders)
      all += one.name + "=" + std::to_string(one.id.bytes[15]) +
             (one.role == FolderRole::ignored ? "-" : "+") + " ";
    return all;
  };
  // Ids from 50 are those of folders that were just listed. A number 0 wasn't asked for.
  const std::vector<Folder> known{folder("Work", 8, 1, kIn, false),
                                  folder("Private", 7, 2, kNot, true)};
  auto taken = std::vector{folder("Work", 7, 50, kIn, false)};
  EXPECT_EQ(vanished_choices(taken, known).size(), 1u);
  follow_choices(taken, known);
  EXPECT_EQ(told(taken), "Work=2- ");
  auto swapped =
      std::vector{folder("Work", 7, 50, kIn, false), folder("Private", 8, 51, kIn, false)};
  follow_choices(swapped, known);
  EXPECT_EQ(told(swapped), "Work=2- Private=51+ ");
  auto numbered_anew =
      std::vector{folder("Work", 0, 50, kIn, false), folder("Private", 9, 51, kIn, false)};
  EXPECT_EQ(vanished_choices(numbered_anew, known).size(), 1u);
  follow_choices(numbered_anew, known);  // the store keeps its choice by its name
  EXPECT_EQ(told(numbered_anew), "Work=50+ Private=51+ ");
  auto as_before =
      std::vector{folder("Work", 0, 50, kIn, false), folder("Private", 7, 51, kIn, false)};
  EXPECT_TRUE(vanished_choices(as_before, known).empty());
}

}  // namespace
}  // namespace hearback::rules
