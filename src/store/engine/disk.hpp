#pragma once
// Whether the disk has room.
#include <string>

namespace hearback::store {

// Throws Refused ("store.disk") where next to nothing is left on the disk that `path` lies on: less
// than a large message needs.
void expect_disk_room(const std::string& path);

}  // namespace hearback::store
