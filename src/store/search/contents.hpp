#pragma once
// What stands in the files of messages, once it was read (M-6): kept, encrypted, with the message,
// for excerpts; its words lie among the message's own. docs/decisions/0051-text-inside-files.md
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"
#include "rules/readable_files.hpp"

namespace hearback::store {

// The newest message of the company whose files wait to be read. Of what nobody sees, as it is
// sealed, none is read.
struct FilesToRead {
  rules::Scope scope;        // the engine's
  bool of_programs = false;  // those as well that waited for a program that reads them
  std::vector<MessageId> but_for = {};
  struct Waiting {
    rules::Message message;
    // rules::own_words. nullopt: its source can't be read, for good or (`not_now`) just now.
    std::optional<std::string> own_words;
    bool not_now = false;
    int begun = 0;  // how often that was begun and not ended
  };
  using Answer = std::optional<Waiting>;
};

// What one of them holds, taken out of the source. nullopt: it isn't there any more, or damaged.
struct FileOctets {
  rules::Scope scope;  // the engine's
  BlobId raw;
  rules::Attachment file;
  using Answer = std::optional<std::string>;
};

struct ContentsOf {  // only if the message lies in a thread that the scope may see
  rules::Scope scope;
  MessageId message;
  using Answer = std::vector<rules::FileText>;
};

// Said before the first of a message's files is opened.
struct BeginReading {
  MessageId message;
};

// It wasn't the message's doing that nothing came of it: the try doesn't count.
struct ForgiveReading {
  MessageId message;
};

// That ends it, whatever came of it. Of a message that is gone, or waits for nothing, none is kept.
struct PutContents {
  struct Row {
    int index = 0;
    BlobId blob;  // of the same commit
  };
  MessageId message;
  std::vector<Row> rows;  // instead of those that were there
  // rules::findable, of all of it. nullopt: nothing could be read of it, so it stays as findable as
  // it was, `rows` or not.
  std::optional<std::string> words;
  bool waits_for_program = false;  // one of them couldn't be read for want of that
};

}  // namespace hearback::store
