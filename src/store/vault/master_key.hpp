#pragma once
// The master key: 32 random octets in a file that only the server's user can read. It seals blob
// keys and credentials; without it, neither the database nor its backups say anything.
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"

namespace hearback::store {

// Reads the key at `path`, or makes one there (mode 0600, on disk before it is used) when there is
// none. A file that others may read, or of another size, is refused. `may_create`: false where
// something is sealed already: a new key would open nothing of it.
Result<std::string> load_or_create_master_key(const std::string& path, Random& random,
                                              bool may_create = true);

}  // namespace hearback::store
