#include "rules/folder_roles.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "rules/folder_names.hpp"

namespace hearback::rules {
namespace {

// RFC 6154's attributes that decide, and XLIST's words for them; \important and \flagged are views
// of mail that lies elsewhere.
constexpr auto kDeclared = std::to_array<std::pair<const char*, const char*>>({
    {"\\sent", "\\sent"},
    {"\\drafts", "\\drafts"},
    {"\\junk", "\\junk"},
    {"\\spam", "\\junk"},
    {"\\trash", "\\trash"},
    {"\\archive", "\\archive"},
    {"\\all", "\\all"},
    {"\\allmail", "\\all"},
    {"\\flagged", "\\flagged"},
    {"\\starred", "\\flagged"},
    {"\\important", "\\important"},
});

std::string declared_use(const ListedFolder& folder) {
  for (const auto& [attribute, use] : kDeclared)
    if (folder.attributes.contains(attribute)) return use;
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
  bool known_root = ascii_equal(root, "INBOX") || root == "[Gmail]" || root == "[Google Mail]" ||
                    root == "[Imap]";
  return known_root && rest.find(folder.delimiter) == rest.npos;
}

FolderRole role_of(std::string_view use) {
  if (use == "\\sent") return FolderRole::outgoing;
  if (use.empty() || use == "\\archive") return FolderRole::incoming;
  return FolderRole::ignored;
}

// "Trash/2024" is trash, "Sent/2024" was sent: the nearest folder above that means something.
class Inheritance {
 public:
  Inheritance(const std::vector<ListedFolder>& listed, const std::vector<std::string>& uses) {
    for (std::size_t i = 0; i < listed.size(); ++i)
      if (!uses[i].empty()) uses_.emplace(listed[i].name, uses[i]);
  }

  std::string use_of(const ListedFolder& folder) const {
    constexpr int kLevels = 64;
    std::string_view name = folder.name;
    if (folder.delimiter == 0) return {};
    for (int level = 0; level < kLevels; ++level) {
      auto at = name.rfind(folder.delimiter);
      if (at == name.npos) break;
      name = name.substr(0, at);
      if (auto found = uses_.find(name); found != uses_.end()) return std::string(found->second);
    }
    return {};
  }

 private:
  std::unordered_map<std::string_view, std::string_view> uses_;
};

// Exchange lists its calendar, contacts and so on as folders. One such name may be a person's own
// folder of mail; three of them aren't.
bool lists_exchange_items(const std::vector<ListedFolder>& listed) {
  std::set<ExchangeItems> kinds;
  for (const auto& folder : listed)
    if (at_top(folder)) kinds.insert(exchange_items(last_component(folder)));
  kinds.erase(ExchangeItems::none);
  kinds.erase(ExchangeItems::certain);
  return kinds.size() >= 3;
}

// Of something else than mail.
constexpr const char* kItems = "\\items";

std::string guessed_use(const ListedFolder& folder, bool exchange) {
  if (!at_top(folder)) return {};
  auto name = last_component(folder);
  auto items = exchange_items(name);
  if (items == ExchangeItems::certain || (exchange && items != ExchangeItems::none)) return kItems;
  return std::string(well_known_use(name));
}

bool selectable(const ListedFolder& folder) {
  return !folder.attributes.contains("\\noselect") && !folder.attributes.contains("\\nonexistent");
}

}  // namespace

bool holds_the_whole_past(const Folder& folder) {
  return folder.special_use == "\\all" && folder.role != FolderRole::ignored;
}

bool can_be_recorded(std::string_view wire_name) {
  constexpr std::size_t kLongest = 1000;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return wire_name.size() <= kLongest && is_utf8(wire_name) &&
         std::ranges::none_of(wire_name, is_control);
}

std::vector<Folder> assign_roles(const std::vector<ListedFolder>& listed) {
  std::vector<std::string> uses;
  for (const auto& folder : listed) uses.push_back(declared_use(folder));
  const std::vector<std::string> declared = uses;
  auto is_declared = [&](std::string_view use) { return std::ranges::count(declared, use) > 0; };
  const bool exchange = lists_exchange_items(listed);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (!uses[i].empty()) continue;
    auto use = guessed_use(listed[i], exchange);
    // A second trash or junk folder is one too; a second "Sent" beside the declared one holds
    // what older programs sent, so it is outgoing as well. Only views are never guessed.
    if (use != "\\all" || !is_declared(use)) uses[i] = use;
  }
  const Inheritance inherited(listed, uses);
  std::vector<Folder> folders;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (!selectable(listed[i])) continue;
    Folder folder;
    folder.name = listed[i].name;
    folder.wire_name = listed[i].wire_name;
    folder.special_use = declared[i];
    folder.delimiter = listed[i].delimiter;
    bool inbox = ascii_equal(folder.name, "INBOX");
    std::string use = inbox || !uses[i].empty() ? uses[i] : inherited.use_of(listed[i]);
    folder.role = inbox || declared[i] == "\\all" ? FolderRole::incoming : role_of(use);
    folders.push_back(std::move(folder));
  }
  return folders;
}

namespace {

const Folder* by_name(const std::vector<Folder>& folders, std::string_view wire_name) {
  const auto found = std::ranges::find(folders, wire_name, &Folder::wire_name);
  return found == folders.end() ? nullptr : &*found;
}

using ByName = std::unordered_map<std::string_view, const Folder*>;

// The nearest of these folders above it.
const Folder* nearest_above(const Folder& folder, const ByName& folders) {
  constexpr int kLevels = 64;
  std::string_view name = folder.name;
  if (folder.delimiter == 0) return nullptr;
  for (int level = 0; level < kLevels; ++level) {
    const auto at = name.rfind(folder.delimiter);
    if (at == name.npos) return nullptr;
    name = name.substr(0, at);
    if (auto found = folders.find(name); found != folders.end() && !ascii_equal(name, "INBOX"))
      return found->second;
  }
  return nullptr;
}

void reach_below(std::vector<Folder>& folders, const ByName& chosen) {
  for (auto& folder : folders) {
    if (folder.role_by_user || chosen.contains(folder.name)) continue;
    const auto* above = nearest_above(folder, chosen);
    if (!above) continue;
    if (above->role == FolderRole::ignored || folder.special_use.empty()) folder.role = above->role;
  }
}

}  // namespace

void choices_reach_below(std::vector<Folder>& folders) {
  ByName chosen;
  for (const auto& folder : std::as_const(folders))
    if (folder.role_by_user) chosen.insert_or_assign(folder.name, &folder);
  reach_below(folders, chosen);
}

std::vector<Folder> vanished_choices(const std::vector<Folder>& listed,
                                     const std::vector<Folder>& known) {
  std::unordered_map<std::string_view, const Folder*> by_name;
  for (const auto& folder : listed) by_name.emplace(folder.wire_name, &folder);
  std::vector<Folder> vanished;
  for (const auto& folder : known) {
    const auto found = by_name.find(folder.wire_name);
    const bool there =
        found != by_name.end() && (found->second->uid_validity == 0 || folder.uid_validity == 0 ||
                                   found->second->uid_validity == folder.uid_validity);
    if (folder.role_by_user && !there) vanished.push_back(folder);
  }
  return vanished;
}

void follow_choices(std::vector<Folder>& listed, const std::vector<Folder>& known) {
  auto vanished = vanished_choices(listed, known);
  // Of two that may be meant, the one that was excluded.
  std::ranges::sort(vanished, {}, [](const Folder& f) {
    return std::pair(f.role != FolderRole::ignored, std::string_view(f.wire_name));
  });
  ByName chosen, present;
  for (const auto& folder : known)
    if (folder.role_by_user) chosen.insert_or_assign(folder.name, &folder);
  for (const auto& folder : std::as_const(listed)) present.insert_or_assign(folder.name, &folder);
  // By itself, or by a person's choice above it: not only because what is above it is ignored.
  const auto stays_ignored = [&](const Folder& folder) {
    const auto* above = nearest_above(folder, chosen);
    if (above && above->role == FolderRole::ignored) return true;
    above = nearest_above(folder, present);
    return folder.role == FolderRole::ignored && !(above && above->role == FolderRole::ignored);
  };
  for (auto& folder : listed) {
    if (vanished.empty()) break;
    if (folder.uid_validity == 0 || ascii_equal(folder.name, "INBOX")) continue;
    const auto* named = by_name(known, folder.wire_name);
    if (named && named->uid_validity == folder.uid_validity) continue;
    const auto was = std::ranges::find(vanished, folder.uid_validity, &Folder::uid_validity);
    if (was == vanished.end()) continue;
    if (was->role != FolderRole::ignored && stays_ignored(folder)) continue;
    folder.id = was->id;
    folder.role = was->role;
    folder.role_by_user = true;
    chosen.erase(was->name);
    vanished.erase(was);
  }
  for (const auto& folder : std::as_const(listed))
    if (folder.role_by_user) chosen.insert_or_assign(folder.name, &folder);
  reach_below(listed, chosen);
}

}  // namespace hearback::rules
