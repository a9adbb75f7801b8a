#include "protocols/imap/notify.hpp"

#include <utility>

namespace hearback::protocols::imap {

// Once NOTIFY is used, of the open folder too only that is told which it asks for. Either event may
// not be asked for without the other (RFC 5465 section 5).
Task<Result<bool>> listen_for(Engine& engine, Wire& wire, std::string wire_name) {
  if (auto ready = engine.usable(); !ready) co_return Failure(ready.error());
  if (!engine.has("NOTIFY")) co_return false;
  Command command("NOTIFY SET (selected (MessageNew MessageExpunge)) (mailboxes ",
                  engine.ordinary());
  command.string(wire_name).text(" (MessageNew MessageExpunge))");
  engine.listen_for(std::move(wire_name));
  auto answer = co_await engine.run(wire, std::move(command));
  if (!answer) co_return Failure(answer.error());
  if (answer->ok()) co_return true;
  engine.listen_for({});
  if (is_throttled(*answer) || is_unavailable(*answer)) co_return Failure(refused(*answer));
  co_return false;
}

}  // namespace hearback::protocols::imap
