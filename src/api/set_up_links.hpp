#pragma once
// Links by which one more company is made (O-5). The operator has `hearback company` write them,
// beside a server that runs; whoever opens one names the company and is its first admin. A link is
// an empty file in the data directory, named by the digest of its secret and good for kLinkAge from
// the file's date, which is none to come. Its owner may be another than the server's: only the
// directory has to be the server's.
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace hearback::api {

class SetUpLinks {
 public:
  // Empty: there are none.
  explicit SetUpLinks(std::string directory = {}) : directory_(std::move(directory)) {}

  // By the server, so that it is its own; what can't be used any more goes.
  Result<> open(Instant now) const;
  // The secret of a new one.
  Result<std::string> make(Random& random, Instant now) const;

  bool good(std::string_view secret, Instant now) const;
  // Whether it was good, and nobody else took it: once. "setup.link-stays": it can't be used up.
  Result<bool> take(std::string_view secret, Instant now) const;

 private:
  std::string directory_;
};

// 192 bits, as an address may carry them.
std::string new_secret(Random& random);

std::string path_of_set_up(std::string_view secret);  // "/setup#…"

}  // namespace hearback::api
