#pragma once
// From an endpoint that a person typed to a connection with a checked address.
#include <memory>

#include "base/limits.hpp"
#include "net/connection.hpp"
#include "net/env.hpp"
#include "net/loop.hpp"

namespace hearback::net {

Task<Result<std::unique_ptr<protocols::Connection>>> dial_checked(
    std::shared_ptr<Core> core, std::shared_ptr<ClientTls> tls, DialPolicy policy,
    Deadlines deadlines, Endpoint endpoint, Duration patience);

}  // namespace hearback::net
