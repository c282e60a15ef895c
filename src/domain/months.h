/// Calendar months, as laws and contracts count them.
#pragma once

#include "domain/opening_hours.h"

namespace domain {

/// The same day so many months later (earlier, where negative), or the last one of that month: 28 February is a month
/// after 31 January.
inline Date months_later(Date date, int months) {
  const auto day = date + std::chrono::months{months};
  return day.ok() ? day : Date{day.year() / day.month() / std::chrono::last};
}

}  // namespace domain
