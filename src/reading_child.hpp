#pragma once
// The other side of scheduler/file_reader.hpp: this program, started once more to read one file
// that a stranger wrote. It shuts itself in first (net/confinement.hpp).
#include <optional>
#include <string>

namespace hearback {

// The code to end with; nullptr-terminated arguments as main() has them. -1: that isn't asked for.
int read_in_child(int argc, char** argv);

// Whether one that reads PDFs could read what lies there, too. nullopt: nobody can tell where that
// is.
std::optional<bool> child_may_read(const std::string& path);

}  // namespace hearback
