#include "rules/folder_roles.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace hearback::rules {
namespace {

using Names = std::pair<std::string_view, std::string_view>;  // name, use

// Lower case in ASCII; other letters appear in both cases where a program writes them capital.
constexpr auto kNames = std::to_array<Names>({
    // English
    {"sent", "\\sent"},
    {"sent items", "\\sent"},
    {"sent mail", "\\sent"},
    {"sent messages", "\\sent"},
    {"sent-mail", "\\sent"},
    {"drafts", "\\drafts"},
    {"draft", "\\drafts"},
    {"outbox", "\\drafts"},
    {"templates", "\\drafts"},
    {"unsent messages", "\\drafts"},
    {"junk", "\\junk"},
    {"junk e-mail", "\\junk"},
    {"junk email", "\\junk"},
    {"junk mail", "\\junk"},
    {"spam", "\\junk"},
    {"bulk mail", "\\junk"},
    {"trash", "\\trash"},
    {"deleted", "\\trash"},
    {"deleted items", "\\trash"},
    {"deleted messages", "\\trash"},
    {"bin", "\\trash"},
    {"archive", "\\archive"},
    {"archives", "\\archive"},
    {"all mail", "\\all"},
    // French
    {"envoyés", "\\sent"},
    {"envoyes", "\\sent"},
    {"éléments envoyés", "\\sent"},
    {"elements envoyes", "\\sent"},
    {"messages envoyés", "\\sent"},
    {"courrier envoyé", "\\sent"},
    {"objets envoyés", "\\sent"},
    {"brouillons", "\\drafts"},
    {"brouillon", "\\drafts"},
    {"modèles", "\\drafts"},
    {"boîte d'envoi", "\\drafts"},
    {"boîte d’envoi", "\\drafts"},
    {"indésirables", "\\junk"},
    {"courrier indésirable", "\\junk"},
    {"pourriel", "\\junk"},
    {"indesirables", "\\junk"},
    {"corbeille", "\\trash"},
    {"éléments supprimés", "\\trash"},
    {"elements supprimes", "\\trash"},
    {"messages supprimés", "\\trash"},
    {"tous les messages", "\\all"},
    // German
    {"gesendet", "\\sent"},
    {"gesendete elemente", "\\sent"},
    {"gesendete objekte", "\\sent"},
    {"gesendete nachrichten", "\\sent"},
    {"postausgang", "\\drafts"},
    {"entwürfe", "\\drafts"},
    {"entwuerfe", "\\drafts"},
    {"vorlagen", "\\drafts"},
    {"junk-e-mail", "\\junk"},
    {"unerwünscht", "\\junk"},
    {"unerwünschte werbung", "\\junk"},
    {"spamverdacht", "\\junk"},
    {"werbung", "\\junk"},
    {"papierkorb", "\\trash"},
    {"gelöscht", "\\trash"},
    {"gelöschte elemente", "\\trash"},
    {"gelöschte objekte", "\\trash"},
    {"archiv", "\\archive"},
    {"alle nachrichten", "\\all"},
    // Spanish, Italian, Portuguese
    {"enviados", "\\sent"},
    {"elementos enviados", "\\sent"},
    {"mensajes enviados", "\\sent"},
    {"borradores", "\\drafts"},
    {"correo no deseado", "\\junk"},
    {"papelera", "\\trash"},
    {"elementos eliminados", "\\trash"},
    {"inviata", "\\sent"},
    {"posta inviata", "\\sent"},
    {"inviati", "\\sent"},
    {"bozze", "\\drafts"},
    {"posta indesiderata", "\\junk"},
    {"cestino", "\\trash"},
    {"posta eliminata", "\\trash"},
    {"itens enviados", "\\sent"},
    {"mensagens enviadas", "\\sent"},
    {"rascunhos", "\\drafts"},
    {"lixo eletrônico", "\\junk"},
    {"lixeira", "\\trash"},
    {"itens excluídos", "\\trash"},
    // Dutch, Danish, Swedish, Norwegian, Finnish
    {"verzonden", "\\sent"},
    {"verzonden items", "\\sent"},
    {"concepten", "\\drafts"},
    {"ongewenste e-mail", "\\junk"},
    {"prullenbak", "\\trash"},
    {"verwijderde items", "\\trash"},
    {"sendt post", "\\sent"},
    {"sendte elementer", "\\sent"},
    {"kladder", "\\drafts"},
    {"uønsket mail", "\\junk"},
    {"slettet post", "\\trash"},
    {"skickat", "\\sent"},
    {"utkast", "\\drafts"},
    {"skräppost", "\\junk"},
    {"papperskorgen", "\\trash"},
    {"borttaget", "\\trash"},
    {"slettede elementer", "\\trash"},
    {"lähetetyt", "\\sent"},
    {"luonnokset", "\\drafts"},
    {"roskaposti", "\\junk"},
    {"roskakori", "\\trash"},
    // Polish, Czech, Russian
    {"wysłane", "\\sent"},
    {"elementy wysłane", "\\sent"},
    {"kopie robocze", "\\drafts"},
    {"wiadomości-śmieci", "\\junk"},
    {"kosz", "\\trash"},
    {"elementy usunięte", "\\trash"},
    {"odeslané", "\\sent"},
    {"odeslaná pošta", "\\sent"},
    {"koncepty", "\\drafts"},
    {"nevyžádaná pošta", "\\junk"},
    {"koš", "\\trash"},
    {"отправленные", "\\sent"},
    {"Отправленные", "\\sent"},
    {"черновики", "\\drafts"},
    {"Черновики", "\\drafts"},
    {"спам", "\\junk"},
    {"Спам", "\\junk"},
    {"корзина", "\\trash"},
    {"Корзина", "\\trash"},
    // Japanese, Chinese
    {"送信済み", "\\sent"},
    {"送信済みアイテム", "\\sent"},
    {"下書き", "\\drafts"},
    {"迷惑メール", "\\junk"},
    {"ゴミ箱", "\\trash"},
    {"已发送", "\\sent"},
    {"已发送邮件", "\\sent"},
    {"草稿箱", "\\drafts"},
    {"草稿", "\\drafts"},
    {"垃圾邮件", "\\junk"},
    {"已删除邮件", "\\trash"},
    {"已删除", "\\trash"},
});

// The two-octet capitals É Ö Ü … of Latin-1, as ASCII letters are lowered by ascii_lower.
std::string lower(std::string_view name) {
  std::string text = ascii_lower(name);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    auto second = static_cast<unsigned char>(text[i + 1]);
    if (static_cast<unsigned char>(text[i]) == 0xC3 && second >= 0x80 && second <= 0x9E &&
        second != 0x97)
      text[i + 1] = static_cast<char>(second + 0x20);
  }
  return text;
}

// RFC 6154's attributes that decide; \important and \flagged are views of mail that lies elsewhere.
std::string declared_use(const ListedFolder& folder) {
  for (const char* use : {"\\sent", "\\drafts", "\\junk", "\\trash", "\\archive", "\\all",
                          "\\flagged", "\\important"})
    if (folder.attributes.contains(use)) return use;
  return {};
}

std::string_view last_component(const ListedFolder& folder) {
  std::string_view name = folder.name;
  if (folder.delimiter == 0) return name;
  auto at = name.rfind(folder.delimiter);
  return at == name.npos ? name : name.substr(at + 1);
}

// Direct children of nothing or of INBOX only: a project called "Sent" deeper down is a project.
bool at_top(const ListedFolder& folder) {
  if (folder.delimiter == 0) return true;
  std::string_view name = folder.name;
  auto cut = name.find(folder.delimiter);
  if (cut == name.npos) return true;
  auto root = name.substr(0, cut);
  auto rest = name.substr(cut + 1);
  bool known_root = ascii_equal(root, "INBOX") || root == "[Gmail]" || root == "[Google Mail]";
  return known_root && rest.find(folder.delimiter) == rest.npos;
}

FolderRole role_of(std::string_view use) {
  if (use == "\\sent") return FolderRole::outgoing;
  if (use.empty() || use == "\\archive") return FolderRole::incoming;
  return FolderRole::ignored;
}

bool lies_below(const ListedFolder& folder, const ListedFolder& parent) {
  return parent.delimiter != 0 && folder.name.size() > parent.name.size() + 1 &&
         folder.name.starts_with(parent.name) &&
         folder.name[parent.name.size()] == parent.delimiter;
}

// "Trash/2024" is trash, "Sent/2024" was sent.
std::string inherited_use(const ListedFolder& folder, const std::vector<ListedFolder>& listed,
                          const std::vector<std::string>& uses) {
  std::size_t best = 0;
  std::string use;
  for (std::size_t i = 0; i < listed.size(); ++i)
    if (!uses[i].empty() && lies_below(folder, listed[i]) && listed[i].name.size() > best) {
      best = listed[i].name.size();
      use = uses[i];
    }
  return use;
}

bool selectable(const ListedFolder& folder) {
  return !folder.attributes.contains("\\noselect") && !folder.attributes.contains("\\nonexistent");
}

}  // namespace

std::string_view well_known_use(std::string_view name) {
  const std::string wanted = lower(trim(name));
  auto found = std::ranges::find(kNames, std::string_view(wanted), &Names::first);
  return found == kNames.end() ? std::string_view{} : found->second;
}

std::vector<Folder> assign_roles(const std::vector<ListedFolder>& listed) {
  std::vector<std::string> uses;
  for (const auto& folder : listed) uses.push_back(declared_use(folder));
  const std::vector<std::string> declared = uses;
  auto is_declared = [&](std::string_view use) { return std::ranges::count(declared, use) > 0; };
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (!uses[i].empty() || !at_top(listed[i])) continue;
    auto use = well_known_use(last_component(listed[i]));
    // A second trash or junk folder is one too; a second "Sent" beside the declared one holds
    // what older programs sent, so it is outgoing as well. Only views are never guessed.
    if (use != "\\all" || !is_declared(use)) uses[i] = use;
  }
  std::vector<Folder> folders;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (!selectable(listed[i])) continue;
    Folder folder;
    folder.name = listed[i].name;
    folder.wire_name = listed[i].wire_name;
    folder.special_use = declared[i];
    bool inbox = ascii_equal(folder.name, "INBOX");
    std::string use = inbox || !uses[i].empty() ? uses[i] : inherited_use(listed[i], listed, uses);
    folder.role = inbox ? FolderRole::incoming : role_of(use);
    folders.push_back(std::move(folder));
  }
  bool any =
      std::ranges::any_of(folders, [](const Folder& f) { return f.role == FolderRole::incoming; });
  if (!any)
    for (auto& folder : folders)
      if (folder.special_use == "\\all") folder.role = FolderRole::incoming;
  return folders;
}

}  // namespace hearback::rules
