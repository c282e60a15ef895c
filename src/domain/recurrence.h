/// Series as calendars write them: a first start, rules and exceptions (RFC 5545 §3.8.5; `recurrence` of Google's
/// events), as spans of absolute time. Local times never appear past this file.
#pragma once

#include <string>
#include <vector>

#include "domain/opening_hours.h"

namespace domain {

struct Series {
  Zone zone;                         ///< Of the start; all-day series: of the calendar.
  std::chrono::local_seconds start;  ///< DTSTART, as the wall clock of the zone shows it; all-day: a midnight.
  bool all_day = false;
  std::chrono::seconds length{};   ///< In elapsed time; all-day: a multiple of 24 h, and means days. Positive.
  std::vector<std::string> lines;  ///< "RRULE:…", "EXRULE:…", "RDATE…:…" and "EXDATE…:…".
};

/// The occurrences that touch [from, to), sorted, each once.
///
/// The start is always the first one and the first that COUNT counts. A wall time that a clock change skips is no
/// occurrence where a rule makes it, and is not counted (§3.3.10); as the start or an RDATE it is read with the offset
/// before the change, and a repeated one is its first pass (§3.3.5). EXDATE takes away what COUNT has counted. Of
/// timed series a date in UNTIL means all of that day, in EXDATE whatever starts on it.
///
/// Refuses with invalid_input what cannot be read, names a zone that is not known, repeats by hours or less, or has
/// more than 50,000 occurrences up to `to`: what it does not know it does not call free.
base::Result<std::vector<Interval>> occurrences(const Series& series, Instant from, Instant to);

}  // namespace domain
