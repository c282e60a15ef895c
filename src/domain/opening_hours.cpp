#include "domain/opening_hours.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <algorithm>
#include <string_view>
#include <tuple>

namespace domain {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::sys_days;

struct Zone::Rules {
  cctz::time_zone zone;
};

namespace {

const cctz::civil_second civil_epoch{1970, 1, 1};

cctz::civil_second to_civil(local_seconds wall) {
  return civil_epoch + wall.time_since_epoch().count();
}

local_seconds to_local(const cctz::civil_second& civil) {
  return local_seconds{std::chrono::seconds{civil - civil_epoch}};
}

local_seconds wall_at(const cctz::time_zone& zone, Instant instant) {
  return to_local(zone.lookup(instant).cs);
}

/// The one place that decides what a wall time means: a skipped one is the instant of the change, a repeated one its
/// first pass.
Instant resolve(const cctz::time_zone::civil_lookup& found) {
  return found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre;
}

/// Wall times of one zone in ascending order, at the cost of a subtraction: looks the zone up once for each stretch
/// between two clock changes.
class AscendingClock {
 public:
  explicit AscendingClock(const cctz::time_zone& zone) : zone_(zone) {}

  Instant at(local_seconds wall) {
    if (wall < steady_from_ || wall >= steady_to_) return look_up(wall);
    return Instant{wall.time_since_epoch() - offset_};
  }

 private:
  Instant look_up(local_seconds wall) {
    const auto found = zone_.lookup(to_civil(wall));
    const auto instant = resolve(found);
    if (found.kind != cctz::time_zone::civil_lookup::UNIQUE) return instant;
    // From a wall time that exists once, the offset holds up to the wall time at which the next change strikes.
    cctz::time_zone::civil_transition next;
    steady_from_ = wall;
    steady_to_ = zone_.next_transition(instant, &next) ? to_local(next.from) : local_seconds::max();
    offset_ = wall.time_since_epoch() - instant.time_since_epoch();
    return instant;
  }

  cctz::time_zone zone_;
  local_seconds steady_from_{local_seconds::max()};
  local_seconds steady_to_{local_seconds::min()};
  std::chrono::seconds offset_{0};
};

/// cctz would also open absolute paths and files of tzdata that are no zones of their own: names with leap seconds
/// ("right/…"), copies ("posix/…") and whatever the machine itself is set to.
bool may_be_zone(const std::string& name) {
  constexpr std::size_t longest_name = 64;
  if (name.empty() || name.size() > longest_name || name.front() == '/') return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && std::string_view("/_+-").find(c) == std::string_view::npos) return false;
  }
  return !name.starts_with("right/") && !name.starts_with("posix") && name != "localtime" && name != "Factory";
}

}  // namespace

base::Result<Zone> Zone::load(const std::string& name) {
  auto rules = std::make_shared<Rules>();
  if (!may_be_zone(name) || !cctz::load_time_zone(name, &rules->zone))
    return base::refuse(base::Code::invalid_input, "Expected a time zone such as Europe/London.");
  return Zone(name, std::move(rules));
}

Instant Zone::at(Date date, Minutes since_midnight) const {
  return resolve(rules_->zone.lookup(to_civil(local_days{date} + since_midnight)));
}

Zone::Read Zone::read(local_seconds wall) const {
  const auto found = rules_->zone.lookup(to_civil(wall));
  return {found.pre, found.kind == cctz::time_zone::civil_lookup::SKIPPED};
}

local_seconds Zone::wall(Instant instant) const {
  return wall_at(rules_->zone, instant);
}

Date Zone::day_of(Instant instant) const {
  return Date{std::chrono::floor<std::chrono::days>(wall(instant))};
}

std::vector<Interval> Zone::day(Date date) const {
  const auto midnight = at(date, Minutes{0}), next_midnight = at(date, std::chrono::hours{24});
  if (midnight == next_midnight) return {};
  return {Interval::of(midnight, next_midnight - midnight)};
}

std::vector<Instant> Zone::midnights(Date from, int count) const {
  AscendingClock clock(rules_->zone);
  std::vector<Instant> midnights(static_cast<std::size_t>(count));
  auto day = local_days{from};
  for (auto& midnight : midnights) {
    midnight = clock.at(day);
    day += std::chrono::days{1};
  }
  return midnights;
}

bool Zone::second_pass(Instant instant) const {
  const auto found = rules_->zone.lookup(rules_->zone.lookup(instant).cs);
  return found.kind == cctz::time_zone::civil_lookup::REPEATED && instant >= found.trans;
}

std::vector<Interval> Zone::second_passes(Instant from, Instant to) const {
  constexpr std::chrono::hours longest_pass{25};  // Crossing the date line repeats a whole day.
  std::vector<Interval> passes;
  cctz::time_zone::civil_transition change;
  for (auto at = from - longest_pass; at < to && rules_->zone.next_transition(at, &change);) {
    at = rules_->zone.lookup(change.to).trans;
    if (change.to >= change.from) continue;  // Clocks went forward.
    const auto pass = Interval::of(at, std::chrono::seconds{change.from - change.to});
    if (pass.start() < to && from < pass.end()) passes.push_back(pass);
  }
  return passes;
}

std::string Zone::wall_time(Instant instant) const {
  auto text = base::to_text(Instant{wall_at(rules_->zone, instant).time_since_epoch()});
  text.pop_back();  // The Z.
  return text;
}

Date add_days(Date date, int count) {
  return Date{sys_days{date} + std::chrono::days{count}};
}

Date monday_of(Date date) {
  return add_days(date, 1 - int(std::chrono::weekday{sys_days{date}}.iso_encoding()));
}

namespace {

/// Collects what is wrong, so that it can be told at once.
class Faults {
 public:
  void add(std::string pointer, std::string message) { fields_.push_back({std::move(pointer), std::move(message)}); }
  void check_range(const WallRange& range, const std::string& pointer) {
    if (range.start < Minutes{0} || range.end > std::chrono::hours{24})
      add(pointer, "Times lie between 00:00 and 24:00.");
    if (range.start >= range.end) add(pointer, "The end must be after the start.");
    if (!on_tick(range.start) || !on_tick(range.end)) add(pointer, "Times are multiples of five minutes.");
  }
  /// `ranges` are those of one day, each with the pointer to it.
  void check_day(const std::vector<std::pair<WallRange, std::string>>& ranges) {
    constexpr std::size_t most = 24;
    if (ranges.size() > most) return add(ranges[most].second, "At most 24 ranges a day.");
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const auto& [range, pointer] = ranges[i];
      const auto overlaps = [&range = range](const auto& other) {
        return range.start < other.first.end && other.first.start < range.end;
      };
      if (std::any_of(ranges.begin(), ranges.begin() + i, overlaps)) add(pointer, "Overlaps another range of the day.");
    }
  }
  std::vector<base::FieldError> take() { return std::move(fields_); }

 private:
  std::vector<base::FieldError> fields_;
};

void check_weekly(const std::vector<Hours::Weekly>& weekly, Faults& faults) {
  std::vector<std::pair<WallRange, std::string>> days[8];
  for (std::size_t i = 0; i < weekly.size(); ++i) {
    const auto pointer = "/items/" + std::to_string(i);
    faults.check_range(weekly[i].range, pointer);
    if (weekly[i].weekday < 1 || weekly[i].weekday > 7)
      faults.add(pointer + "/weekday", "Weekdays are 1 (Monday) to 7 (Sunday).");
    else
      days[weekly[i].weekday].emplace_back(weekly[i].range, pointer);
  }
  for (const auto& day : days) faults.check_day(day);
}

void check_overrides(const std::vector<Hours::Override>& overrides, Faults& faults) {
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    const auto pointer = "/items/" + std::to_string(i);
    const auto same_date = [&](const auto& other) { return other.date == overrides[i].date; };
    if (!overrides[i].date.ok()) faults.add(pointer + "/date", "There is no such date.");
    if (std::any_of(overrides.begin(), overrides.begin() + i, same_date))
      faults.add(pointer + "/date", "This date is given twice.");
    std::vector<std::pair<WallRange, std::string>> day;
    for (std::size_t j = 0; j < overrides[i].ranges.size(); ++j) {
      day.emplace_back(overrides[i].ranges[j], pointer + "/ranges/" + std::to_string(j));
      faults.check_range(day.back().first, day.back().second);
    }
    faults.check_day(day);
  }
}

bool starts_before(const WallRange& a, const WallRange& b) {
  return a.start < b.start;
}

}  // namespace

base::Result<Hours> check_hours(Hours hours) {
  Faults faults;
  check_weekly(hours.weekly, faults);
  check_overrides(hours.overrides, faults);
  if (auto fields = faults.take(); !fields.empty())
    return base::refuse({base::Code::invalid_input, "These hours are not valid.", {}, std::move(fields)});
  std::sort(hours.weekly.begin(), hours.weekly.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.weekday, a.range.start) < std::tuple(b.weekday, b.range.start);
  });
  std::sort(hours.overrides.begin(), hours.overrides.end(),
            [](const auto& a, const auto& b) { return a.date < b.date; });
  for (auto& [date, ranges] : hours.overrides) std::sort(ranges.begin(), ranges.end(), starts_before);
  return hours;
}

std::vector<WallRange> ranges_on(const Hours& hours, Date date) {
  for (const auto& each : hours.overrides)
    if (each.date == date) return each.ranges;
  std::vector<WallRange> ranges;
  const auto weekday = std::chrono::weekday{local_days{date}}.iso_encoding();
  for (const auto& weekly : hours.weekly)
    if (weekly.weekday == weekday) ranges.push_back(weekly.range);
  return ranges;
}

std::vector<OpenRange> open_ranges(const Hours& hours, const Zone& zone, Date from, Date to) {
  std::vector<OpenRange> open;
  AscendingClock clock(zone.rules_->zone);
  auto override_ = std::lower_bound(hours.overrides.begin(), hours.overrides.end(), from,
                                    [](const auto& each, Date date) { return each.date < date; });
  const auto add = [&](local_days day, const WallRange& range) {
    const auto start = clock.at(day + range.start), end = clock.at(day + range.end);
    if (start < end) open.push_back({Interval::of(start, end - start), start});
  };
  for (auto day = local_days{from}; day < local_days{to}; day += std::chrono::days{1}) {
    if (override_ != hours.overrides.end() && local_days{override_->date} == day) {
      for (const auto& range : override_->ranges) add(day, range);
      ++override_;
      continue;
    }
    const auto weekday = std::chrono::weekday{day}.iso_encoding();
    for (const auto& weekly : hours.weekly)
      if (weekly.weekday == weekday) add(day, weekly.range);
  }
  return open;
}

}  // namespace domain
