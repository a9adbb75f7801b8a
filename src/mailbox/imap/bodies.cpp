#include "mailbox/imap/bodies.hpp"

#include <algorithm>

namespace hearback::mailbox {

Task<Result<>> fetch_bodies(ImapLine& line, const std::vector<Wanted>& wanted,
                            const std::function<void(const Wanted&, const BodyItem&)>& item) {
  std::vector<protocols::imap::BodyWanted> uids;
  for (const auto& w : wanted) uids.push_back({w.id, w.announced});
  const std::function<void(const protocols::imap::BodyItem&)> expected =
      [&](const protocols::imap::BodyItem& body) {
        auto found = std::ranges::find(wanted, body.uid, &Wanted::id);
        if (found != wanted.end()) item(*found, {body.uid, body.raw, body.too_large});
      };
  co_return co_await line.run([&](protocols::imap::Session& s, protocols::Wire& w) {
    return s.fetch_bodies(w, uids, expected);
  });
}

}  // namespace hearback::mailbox
