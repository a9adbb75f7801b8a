#pragma once
// The Outlet of an account with two servers: submission by SMTP, the Sent folder by IMAP.
#include <memory>
#include <string>

#include "base/limits.hpp"
#include "mailbox/outlet.hpp"
#include "net/env.hpp"
#include "rules/nouns.hpp"

namespace hearback::mailbox {

struct OutletAccount {
  rules::ServerSettings smtp, imap;
  std::string smtp_password, imap_password;
  std::string sent_folder;  // as the server spells it; empty: found by looking
  bool operator==(const OutletAccount&) const = default;
};

// The folder that sent mail belongs in, as the person or the server says; nullptr: none known.
const rules::Folder* choose_sent(const std::vector<rules::Folder>& folders);

std::unique_ptr<Outlet> make_smtp_outlet(net::Env& env, OutletAccount account, Limits limits,
                                         Deadlines deadlines);

}  // namespace hearback::mailbox
