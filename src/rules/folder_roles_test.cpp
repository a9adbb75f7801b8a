#include "rules/folder_roles.hpp"

#include <gtest/gtest.h>

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
                                                  {"Alles", kNot},
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

TEST(FolderRoles, S4_AllMailOnlyWhereNothingElseIs) {
  EXPECT_EQ(roles({folder("Everything", {"\\all"})})["Everything"], kIn);
  EXPECT_EQ(roles({folder("INBOX"), folder("Everything", {"\\all"})})["Everything"], kNot);
}

}  // namespace
}  // namespace hearback::rules
