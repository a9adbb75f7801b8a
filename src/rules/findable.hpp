#pragma once
// By which words a message is found, and what of it shows that it was (M-6).
//
// In an index each word has a letter before it that says where it stands: `w` anywhere, and once
// more `s` in the subject, `f` in From, `t` in To or Cc, `n` in the name of a file. A `z` by itself
// stands between what no phrase runs across, and `hfile` with what came with a file.
#include <string>
#include <string_view>
#include <vector>

#include "mail/text.hpp"
#include "rules/nouns.hpp"
#include "rules/readable_files.hpp"
#include "rules/search.hpp"

namespace hearback::rules {

// What a message's text says by itself: without what the writer answers; their signature, and what
// they pass on, stand below. Of one that is nothing but quoted, all. At most `findable_octets`.
inline constexpr std::size_t findable_octets = 200'000;
std::string own_words(mail::Split parts);
std::string own_words(std::string_view text);

// What stands in an index of it, with blanks between. `text` as of own_words(). Bounded in words
// and octets, so that databases take it: the end of a long text isn't found. What its files say
// stands behind, each by itself; the text leaves them `findable_words_of_files`, if they need it.
inline constexpr std::size_t findable_words = 16'000;
inline constexpr std::size_t findable_words_of_files = 6'000;
std::string findable(const mail::Envelope& envelope, const std::vector<Attachment>& attachments,
                     std::string_view text, const std::vector<FileText>& contents = {});

// Likewise of a file that lies on a profile, by its name and what stands in it (W-9).
std::string findable_file(std::string_view name, std::string_view text);

std::string in_index(SearchIn in, std::string_view word);
inline constexpr std::string_view in_index_with_file = "hfile";

struct Excerpt {
  // files: their names; contents: what stands in one of them
  enum class Where : std::uint8_t { text, subject, people, files, contents };
  struct Piece {
    std::string text;
    bool is_hit = false;  // it is what was searched for
    bool operator==(const Piece&) const = default;
  };
  Where where = Where::text;
  std::vector<Piece> pieces;  // no hit among them: no words were asked for, these come first
  std::size_t terms =
      0;          // of the search that stand there, or ask for people; where the most do is shown
  int file = -1;  // of contents: its Attachment::index
};
Excerpt excerpt_of(const Search& search, const Message& message, std::string_view text,
                   const std::vector<FileText>& contents = {});
// Of a file on a profile: from its name or from what stands in it. `file` says nothing.
Excerpt excerpt_of_file(const Search& search, std::string_view name, std::string_view text);

}  // namespace hearback::rules
