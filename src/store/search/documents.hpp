#pragma once
// By which words a message is found, kept with it: written in the commit that adds it, and gone
// with its row (D-1).
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

struct Writing;

struct FindableMessage {
  Instant date;
  std::string words;       // rules::findable
  bool has_files = false;  // that are to be read
};

// Of the messages that this commit has added. A step at the end of each commit.
void keep_findable(Writing& writing);

}  // namespace hearback::store
