#pragma once
// What it takes to sign in to one of an account's servers.
#include <string>

#include "rules/nouns.hpp"

namespace hearback::mailbox {

struct Login {
  rules::ServerSettings server;
  std::string password;
};

}  // namespace hearback::mailbox
