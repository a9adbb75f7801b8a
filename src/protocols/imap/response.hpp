#pragma once
// What a server says, as views into the receive buffer (RFC 9051 section 7). Unknown responses,
// codes and items are read over; the caller gets what could be understood.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "protocols/imap/lexer.hpp"
#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {

enum class Status { none, ok, no, bad, bye, preauth };

struct Response {
  enum class Form { data, tagged, go_ahead, garbage };
  Form form = Form::garbage;
  std::string_view tag;   // tagged
  bool numbered = false;  // "* 12 EXISTS"
  std::uint32_t number = 0;
  std::string_view word;  // EXISTS, FETCH, LIST…; empty for status responses
  Status status = Status::none;
  std::string_view code;       // "[UIDNEXT 12]": UIDNEXT
  std::string_view arguments;  // 12
  std::string_view text;       // for people
  std::string_view rest;       // after `word`
};
Response read_response(std::string_view bytes);

// One FETCH response; items that we don't ask for are skipped.
struct FetchData {
  std::uint32_t sequence = 0;
  std::uint32_t uid = 0;  // 0: not told
  std::uint64_t octets = 0;
  Instant internal_date;
  std::optional<Text> header;  // BODY[HEADER…]
  std::optional<Text> body;    // BODY[]
  bool draft = false;          // \\Draft is among its FLAGS
  bool whole = false;          // read to its closing parenthesis
};
FetchData read_fetch(std::uint32_t sequence, std::string_view rest, std::size_t nesting);

// At most so many attributes, the first.
std::optional<ListedFolder> read_list(std::string_view rest, std::size_t nesting,
                                      std::size_t attributes);
struct FolderStatus : FolderFacts {
  std::string wire_name;
};
// nullopt: not a STATUS answer.
std::optional<FolderStatus> read_status(std::string_view rest, std::size_t nesting);
// "17-Jul-1996 02:44:25 -0700", the day with a leading space or zero.
std::optional<Instant> read_date_time(std::string_view text);
std::string write_date_time(Instant t);  // in UTC, without quotes
std::string write_date(Instant t);       // "1-Nov-2026", in UTC

// "1:5,7" → each of them in turn. False: malformed, or more than `at_most` of them.
bool expand_uids(std::string_view set, std::size_t at_most, std::vector<std::uint32_t>& out);
// Ascending, without duplicates → the sets of several commands: exactly these UIDs, each set at
// most `octets` long and `count` UIDs.
std::vector<std::string> compress_uids(const std::vector<std::uint32_t>& uids, std::size_t octets,
                                       std::size_t count);

}  // namespace hearback::protocols::imap
