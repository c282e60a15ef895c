/// Where local time becomes absolute: zones, weekly hours, date overrides. Daylight saving never appears past this
/// file.
///
/// A wall time that a clock change skips is taken as the instant of the change; one that it repeats as the first pass
/// (docs/time.md). Zones are the IANA names of the system's tzdata, read through cctz.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "domain/interval.h"

namespace domain {

using Date = std::chrono::year_month_day;
struct Hours;
struct OpenRange;

/// A zone that was found by its name; copying is cheap.
class Zone {
 public:
  /// invalid_input for a name that tzdata does not have.
  static base::Result<Zone> load(const std::string& name);
  const std::string& name() const { return name_; }

  /// The instant at which the clocks of this zone show `since_midnight` (0 to 24 h) on `date`, by the rules above.
  Instant at(Date date, Minutes since_midnight) const;
  /// The same for what outside calendars say, with seconds, as RFC 5545 §3.3.5 reads it: a skipped wall time has the
  /// offset before the change.
  struct Read {
    Instant instant;
    bool skipped;
  };
  Read read(std::chrono::local_seconds wall) const;
  /// What the clocks show.
  std::chrono::local_seconds wall(Instant instant) const;
  /// The local calendar day that holds this instant.
  Date day_of(Instant instant) const;
  /// [midnight, next midnight): 23, 24 or 25 hours and stranger; empty days (Apia, 2011-12-30) give none.
  std::vector<Interval> day(Date date) const;
  /// The instants at which the local dates from `from` on begin, `count` of them.
  std::vector<Instant> midnights(Date from, int count) const;
  /// True in the second pass of a repeated hour: the same wall time was shown before.
  bool second_pass(Instant instant) const;
  /// All second passes that touch [from, to), sorted.
  std::vector<Interval> second_passes(Instant from, Instant to) const;
  /// "2026-03-29T10:00:00", the wall clock without an offset.
  std::string wall_time(Instant instant) const;

 private:
  friend std::vector<OpenRange> open_ranges(const Hours&, const Zone&, Date, Date);
  struct Rules;  // Hides cctz from everybody's includes.
  Zone(std::string name, std::shared_ptr<const Rules> rules) : name_(std::move(name)), rules_(std::move(rules)) {}
  std::string name_;
  std::shared_ptr<const Rules> rules_;
};

/// The calendar day `count` days later (earlier, where negative).
Date add_days(Date date, int count);

/// Monday of the ISO week that holds the date.
Date monday_of(Date date);

/// A range of wall time within one day, in minutes since local midnight: 0 <= start < end <= 24 h, both on the tick.
struct WallRange {
  Minutes start;
  Minutes end;
  bool operator==(const WallRange&) const = default;
};

/// Opening hours of one instructor. Ranges of one day are sorted and disjoint (check_hours).
struct Hours {
  struct Weekly {
    unsigned weekday;  ///< ISO: Monday = 1 … Sunday = 7.
    WallRange range;
    bool operator==(const Weekly&) const = default;
  };
  struct Override {
    Date date;  ///< Replaces the weekly hours of this date; no ranges means closed.
    std::vector<WallRange> ranges;
    bool operator==(const Override&) const = default;
  };
  std::vector<Weekly> weekly;
  std::vector<Override> overrides;  ///< Sorted by date, one per date.
  bool operator==(const Hours&) const = default;
};

/// invalid_input with every fault: off the tick, reversed, overlapping, weekday outside 1..7, a date twice, over 24
/// ranges a day. Faults point into the lists as they came, "/items/3" (of `weekly`) or "/items/3/ranges/0" (of
/// `overrides`): the two are never written together. Returns the hours sorted.
base::Result<Hours> check_hours(Hours hours);

/// The ranges of one date, as the clock on the wall shows them: the override where there is one, else those of its
/// weekday.
std::vector<WallRange> ranges_on(const Hours& hours, Date date);

/// Open time with the origin of its grid: starts lie on multiples of the step, in elapsed time, from `grid`, whatever
/// was cut out of the span (time off and closures cut, they never shift the grid).
struct OpenRange {
  Interval span;
  Instant grid;
  auto operator<=>(const OpenRange&) const = default;
};

/// The open ranges of the local dates [from, to), sorted and disjoint. Ranges that a clock change swallows whole
/// vanish.
std::vector<OpenRange> open_ranges(const Hours& hours, const Zone& zone, Date from, Date to);

}  // namespace domain
