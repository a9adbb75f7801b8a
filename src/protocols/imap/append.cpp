#include "protocols/imap/append.hpp"

#include "base/text.hpp"
#include "protocols/imap/examine.hpp"

namespace hearback::protocols::imap {
namespace {

// The size that the server announced, where it did.
std::optional<std::uint64_t> append_limit(const Engine& engine) {
  constexpr std::string_view kName = "APPENDLIMIT=";
  auto found = engine.capabilities().lower_bound(kName);
  if (found == engine.capabilities().end() || !found->starts_with(kName)) return std::nullopt;
  return to_number(std::string_view(*found).substr(kName.size()));
}

Budget appending(const Engine& engine, std::size_t octets) {
  auto budget = engine.ordinary();
  budget.time += std::chrono::seconds(octets / engine.limits().slowest_octets);
  return budget;
}

}  // namespace

Task<Result<>> append_message(Engine& engine, Wire& wire, std::string wire_name,
                              std::string_view message, Instant date) {
  if (auto ready = engine.usable(); !ready) co_return Failure(ready.error());
  auto limit = append_limit(engine);
  if (limit && message.size() > *limit) {
    Completion too_big;
    too_big.status = Status::no;
    too_big.code = "TOOBIG";
    co_return Failure(append_error(too_big));
  }
  // Some servers take nothing into a folder that the same connection holds read-only.
  if (ascii_equal(engine.folder(), wire_name)) {
    auto left = co_await leave_folder(engine, wire);
    if (!left && !engine.usable()) co_return Failure(left.error());
  }
  Command command("APPEND ", appending(engine, message.size()));
  command.string(wire_name).text(" (\\Seen) \"" + write_date_time(date) + "\" ").literal(message);
  auto answer = co_await engine.run(wire, std::move(command));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(append_error(*answer));
  co_return Result<>{};
}

}  // namespace hearback::protocols::imap
