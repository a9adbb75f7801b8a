#pragma once
// Host names to addresses, by c-ares on the loop's own reactor: the hosts file, then DNS.
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "net/address.hpp"
#include "net/core.hpp"

namespace hearback::net {

// The canonical form of a host that a person typed: lower case, without a closing dot, ASCII
// (IDNA). Empty: no host name.
std::string normal_host(std::string_view host);

// All addresses, best first (RFC 6724). Errors: net.host-not-found, net.timeout,
// net.resolver (the name servers don't answer sensibly). `servers` empty: the system's.
Task<Result<std::vector<Address>>> resolve(Core& core, std::string host, std::string servers,
                                           Clock::time_point deadline);

}  // namespace hearback::net
