#pragma once
// Pictures of a message that lie on somebody's web server, once they were loaded from there: kept
// with the message, so that nobody there learns who opens it again.
// docs/decisions/0049-remote-pictures.md
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"

namespace hearback {

using PictureId = Id<struct PictureTag>;  // made of its address; of no meaning beside its message

}  // namespace hearback

namespace hearback::store {

// Those that are there already stay as they are. Of a message that is gone, none is kept.
struct PutPictures {
  struct Row {
    PictureId id;
    std::string type;  // what its octets are, not what anybody said
    BlobId blob;       // of the same commit
  };
  MessageId message;
  std::vector<Row> rows;
  Instant at;
};

struct PicturesOf {  // only if the message lies in a thread that the scope may see
  rules::Scope scope;
  MessageId message;
  struct Row {
    PictureId id;
    std::string type;
    BlobId blob;
  };
  using Answer = std::vector<Row>;
};

}  // namespace hearback::store
