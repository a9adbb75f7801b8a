#pragma once
// What a process does to itself before it reads one octet of what a stranger wrote: afterwards it
// can compute, read what it was handed and write its answer, and no more. Nothing here is undone,
// and what begins behind it inherits it. docs/decisions/0051-text-inside-files.md
//
// Kept free of all else that this program is, so that a test can be linked with it alone.
#include <sys/types.h>

#include <cstddef>
#include <optional>

namespace hearback::net {

struct Confinement {
  std::size_t memory_octets = 256u << 20;  // of addresses; not kept to under AddressSanitizer
  unsigned cpu_seconds = 5;
};

// How a process ends that can't do what it is for; other codes are its program's own.
inline constexpr int cannot_confine = 121;  // this system lacks what it needs for that
inline constexpr int no_program = 122;      // there is none of those that were named

// Opens no file any more, not even to read. False: it can't be done; read nothing.
bool confine(pid_t parent, const Confinement& bounds);

// Becomes the first of these programs that is there, which may read libraries and its own data, and
// start no other. Returns the code to end with where that can't be done. `programs` and `arguments`
// end with a null pointer; `data`, too: folders that it may read.
int become(pid_t parent, const Confinement& bounds, const char* const* programs,
           const char* const* arguments, const char* const* data);

// Whether what became such a program could read what lies there, or would lie. nullopt: nobody can
// tell where that is.
std::optional<bool> would_be_read(const char* path, const char* const* data);

}  // namespace hearback::net
