#pragma once
// The only way to a body on an IMAP server (S-2): Source::bodies() over UID FETCH (BODY.PEEK[]).
// Nothing else in the program calls Session::fetch_bodies, or makes what a scan asks for `between`.
#include <functional>
#include <vector>

#include "mailbox/connect.hpp"
#include "mailbox/source.hpp"

namespace hearback::mailbox {

// What `item` is to hear of.
protocols::imap::Session::BodiesWanted wanted_by(
    const std::vector<Wanted>& wanted,
    const std::function<void(const Wanted&, const BodyItem&)>& item);

// Of the folder that is open.
Task<Result<>> fetch_bodies(ImapLine& line, const std::vector<Wanted>& wanted,
                            const std::function<void(const Wanted&, const BodyItem&)>& item);

}  // namespace hearback::mailbox
