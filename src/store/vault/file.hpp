#pragma once
#include <unistd.h>

namespace hearback::store {

struct File {
  int fd = -1;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace hearback::store
