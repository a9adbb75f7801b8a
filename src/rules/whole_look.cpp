#include "rules/whole_look.hpp"

namespace hearback::rules {
namespace {

using namespace std::chrono_literals;

constexpr Duration kWeek = 7 * 24h, kDay = 24h;

}  // namespace

bool is_due_for_a_whole_look(Instant last, Instant now, const MailboxId& mailbox) {
  if (last > now + kDay) return true;  // a clock was wrong: it may be years until then
  const auto spread = std::hash<MailboxId>{}(mailbox) % static_cast<std::size_t>(kDay.count());
  return now - last >= kWeek - Duration(static_cast<std::int64_t>(spread));
}

}  // namespace hearback::rules
