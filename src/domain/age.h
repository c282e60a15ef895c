/// When somebody is of age: 18 in all the countries whose schools use Roadbook.
#pragma once

#include "domain/opening_hours.h"

namespace domain {

inline constexpr std::chrono::years of_age{18};

/// The birthday; of those who were born on 29 February, 1 March where that year has none.
inline Date of_age_on(Date born) {
  const auto day = born + of_age;
  return day.ok() ? day : Date{day.year() / std::chrono::March / 1};
}

}  // namespace domain
