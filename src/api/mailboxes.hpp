#pragma once
// What the two files about mailboxes share.
#include <boost/json.hpp>

#include "api/http/call.hpp"
#include "api/http/members.hpp"
#include "rules/nouns.hpp"

namespace hearback::api {

// The asker's own mailbox that the path names; others', an admin's question included, are 404
// (C-6).
Read<rules::Mailbox> own_mailbox(const Call& call);
Read<boost::json::object> present_mailbox(const Call& call, const rules::Mailbox& mailbox);

// Schema Window. nullopt: `since` was null, everything.
std::optional<Instant> read_window(Members& members);
// 0 stands for everything among the mailboxes.
inline Instant window_start(std::optional<Instant> since) { return since.value_or(Instant{0}); }

}  // namespace hearback::api
