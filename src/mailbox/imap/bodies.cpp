#include "mailbox/imap/bodies.hpp"

#include <algorithm>

namespace hearback::mailbox {

protocols::imap::Session::BodiesWanted wanted_by(
    const std::vector<Wanted>& wanted,
    const std::function<void(const Wanted&, const BodyItem&)>& item) {
  protocols::imap::Session::BodiesWanted bodies;
  for (const auto& w : wanted) bodies.wanted.push_back({w.id, w.announced});
  bodies.item = [&](const protocols::imap::BodyItem& body) {
    auto found = std::ranges::find(wanted, body.uid, &Wanted::id);
    if (found != wanted.end()) item(*found, {body.uid, body.raw, body.too_large});
  };
  return bodies;
}

Task<Result<>> fetch_bodies(ImapLine& line, const std::vector<Wanted>& wanted,
                            const std::function<void(const Wanted&, const BodyItem&)>& item) {
  auto bodies = wanted_by(wanted, item);
  co_return co_await line.run([&](protocols::imap::Session& s, protocols::Wire& w) {
    return s.fetch_bodies(w, std::move(bodies.wanted), bodies.item);
  });
}

}  // namespace hearback::mailbox
