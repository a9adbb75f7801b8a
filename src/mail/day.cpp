#include "mail/day.hpp"

#include <unicode/basictz.h>
#include <unicode/unistr.h>

#include <memory>

namespace hearback::mail {

Instant beginning_of(std::chrono::year_month_day day, std::string_view zone) {
  using namespace std::chrono;
  const auto midnight = duration_cast<milliseconds>(sys_days(day).time_since_epoch()).count();
  const auto name = icu::UnicodeString::fromUTF8(icu::StringPiece(zone.data(), int(zone.size())));
  const std::unique_ptr<icu::TimeZone> there(icu::TimeZone::createTimeZone(name));
  // All that ICU makes of its tables are of this kind.
  const auto* tables = dynamic_cast<const icu::BasicTimeZone*>(there.get());
  if (!tables) return Instant{midnight};
  std::int32_t raw = 0, summer = 0;
  UErrorCode failed = U_ZERO_ERROR;
  tables->getOffsetFromLocal(UDate(midnight), UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, raw,
                             summer, failed);
  return Instant{U_FAILURE(failed) ? midnight : midnight - raw - summer};
}

}  // namespace hearback::mail
