#include "mailbox/source.hpp"

#include <array>

namespace hearback::mailbox {

Trouble trouble_of(const Error& error) {
  struct Row {
    std::string_view code;
    Trouble trouble;
  };
  static constexpr std::array<Row, 7> kRows{{
      {"imap.refused", Trouble::request},
      {kHangsUp, Trouble::request},
      {"imap.bad", Trouble::request},
      {"imap.unavailable", Trouble::for_now},
      {"imap.no-such-folder", Trouble::folder},
      {"imap.throttled", Trouble::throttled},
      {"imap.login-refused", Trouble::sign_in},
  }};
  for (const auto& row : kRows)
    if (row.code == error.code) return row.trouble;
  return Trouble::connection;
}

}  // namespace hearback::mailbox
