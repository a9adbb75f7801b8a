#pragma once
// Which folders are looked at, and as what? (S-4) Moved mail must not be lost, so a folder that
// says nothing of itself is incoming. \Noselect folders hold none.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules/nouns.hpp"

namespace hearback::rules {

struct ListedFolder {
  std::string name;  // UTF-8
  std::string wire_name;
  char delimiter = 0;                // 0: none
  std::set<std::string> attributes;  // lower case, with backslash (RFC 6154, RFC 3501)
};

// Whether a folder of this name on its server can be recorded: both databases keep text that is
// UTF-8 and short enough to be looked up by. What no server means can't: other octets, controls,
// more than 1,000 octets.
bool can_be_recorded(std::string_view wire_name);

// The folders that can hold mail, with their roles. SPECIAL-USE decides where the server gives it,
// else a well-known name. Folders below take after their parent. Folder::id and mailbox are left to
// the caller. A folder that is declared to hold all mail is incoming (see holds_the_whole_past);
// one that only bears such a name is a view of mail that lies elsewhere, and ignored.
std::vector<Folder> assign_roles(const std::vector<ListedFolder>& listed);

// A person's choice holds for the folder, not for its name: `listed`, as assign_roles left it, gets
// what follows from choices in `known`, which is every folder on record, also vanished ones.
//   - A new name under which a vanished folder goes on (the same UIDVALIDITY) takes over its id and
//     role. A server that numbers all folders alike may let a new folder pass for the vanished one:
//     rather that, once, than mail read that somebody excluded. What was switched on isn't taken
//     for a new trash folder, nor for one below an excluded one.
//     A folder that is known by its name and has other numbers now may be the vanished one, too.
//   - Where nobody chose, the nearest folder above decides for which somebody did; but for INBOX,
//     below which some servers put everything. What a server declares as trash isn't switched on
//     so.
void follow_choices(std::vector<Folder>& listed, const std::vector<Folder>& known);

// That last one alone, where the roles are known: of all folders on record, those that the server
// doesn't list before those that it does. A choice holds for what lies below at once.
void choices_reach_below(std::vector<Folder>& folders);

// Those of `known` for which a person chose, and which `listed` doesn't show: neither by name nor,
// where both numbers are known, the same folder under it.
std::vector<Folder> vanished_choices(const std::vector<Folder>& listed,
                                     const std::vector<Folder>& known);

// Whether the folder is one that holds all mail, also what was archived out of INBOX and Sent
// before anybody looked (Gmail's \\All): incoming and outgoing past in one. Drafts show there, and
// are to be left out; what lies in INBOX or Sent too comes through these first, and once.
bool holds_the_whole_past(const Folder& folder);

}  // namespace hearback::rules
