#pragma once
// The only way to a body (S-2): each message asked for comes with the matcher's proof that it is
// about a candidate. Nothing else in the program calls Session::fetch_bodies.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "mailbox/connect.hpp"
#include "rules/belonging.hpp"

namespace hearback::mailbox {

struct Wanted {
  std::uint32_t uid = 0;
  rules::Match proof;
  // What the server said of its size. One that is far larger doesn't come with others (see
  // imap::Session::fetch_bodies).
  std::optional<std::uint64_t> announced = std::nullopt;
};

// Of the folder that is open. A message that has gone meanwhile doesn't come; `item` is called for
// no UID that wasn't asked for.
Task<Result<>> fetch_bodies(
    ImapLine& line, const std::vector<Wanted>& wanted,
    const std::function<void(const Wanted&, const protocols::imap::BodyItem&)>& item);

}  // namespace hearback::mailbox
