#include "rules/whole_look.hpp"

namespace hearback::rules {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDay = 24h, kWeek = 7 * kDay, kWaited = 4 * kWeek;

}  // namespace

bool is_due_for_a_whole_look(Instant last, Instant now, const MailboxId& mailbox, bool goes_on) {
  if (last > now + kDay) return true;  // a clock was wrong: it may be years until then
  const auto spread = std::hash<MailboxId>{}(mailbox) % static_cast<std::size_t>(kDay.count());
  return now - last >= (goes_on ? kWaited : kWeek) - Duration(static_cast<std::int64_t>(spread));
}

}  // namespace hearback::rules
