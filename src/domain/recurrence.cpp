#include "domain/recurrence.h"

#include <libical/ical.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace domain {

namespace {

using base::Done;
using base::Result;
using std::chrono::local_days;
using std::chrono::local_seconds;
using Component = std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)>;

constexpr int most_occurrences = 50'000;

tl::unexpected<base::Error> unreadable(std::string why) {
  return base::refuse(base::Code::invalid_input, "The series cannot be read: " + std::move(why));
}

local_seconds local_of(const icaltimetype& time) {
  const Date date{std::chrono::year{time.year}, std::chrono::month{static_cast<unsigned>(time.month)},
                  std::chrono::day{static_cast<unsigned>(time.day)}};
  return local_days{date} + std::chrono::hours{time.hour} + std::chrono::minutes{time.minute} +
         std::chrono::seconds{time.second};
}

/// One value of RDATE or EXDATE, or of UNTIL.
struct Moment {
  bool date = false;   ///< A whole day, of the wall clock.
  local_seconds wall;  ///< Of the series' zone; without meaning where the instant is known.
  std::optional<Instant> instant{};
};

/// RRULE, with what libical has read of it. libical 3.0 itself does not expand it rightly where days are counted from
/// the end of a month every so many days, or weeks begin on a day that is neither Sunday nor Monday.
struct Rule {
  enum class Frequency { daily, weekly, monthly, yearly } frequency;
  int interval = 1;
  int count = 0;  ///< 0: without.
  std::optional<Moment> until{};
  int week_start = 1;  ///< ISO weekday.
  struct Weekday {
    int position;  ///< Which of the month or year, from its end where negative; 0: every.
    int weekday;   ///< ISO.
  };
  std::vector<Weekday> by_day{};
  std::vector<int> by_month{}, by_month_day{}, by_year_day{}, by_week{}, by_position{};
  std::vector<std::chrono::seconds> times{};  ///< Since midnight, sorted.
};

/// What the lines say.
struct Rules {
  std::vector<Rule> added, taken;
  std::vector<Instant> dates_added, dates_taken;
  std::vector<Date> days_taken;
};

/// When what shows this on the wall begins. Of a day that is when its first minute is shown.
Zone::Read begin_of(const Series& series, local_seconds wall) {
  if (!series.all_day) return series.zone.read(wall);
  return {series.zone.at(Date{std::chrono::floor<std::chrono::days>(wall)}, Minutes{0}), false};
}

Result<Moment> moment_of(const Series& series, const icaltimetype& time, const char* zone) {
  const Date date{std::chrono::year{time.year}, std::chrono::month{static_cast<unsigned>(time.month)},
                  std::chrono::day{static_cast<unsigned>(time.day)}};
  if (icaltime_is_null_time(time) || !date.ok() || time.hour > 23 || time.minute > 59 || time.second > 60)
    return unreadable("a date or time is none.");
  const auto wall = local_of(time);
  if (time.is_date) return Moment{true, wall};
  if (icaltime_is_utc(time)) return Moment{false, wall, Instant{wall.time_since_epoch()}};
  if (!zone) return Moment{false, wall, begin_of(series, wall).instant};
  const auto known = Zone::load(zone);
  if (!known) return unreadable("there is no zone " + std::string(zone) + ".");
  return Moment{false, wall, known->read(wall).instant};
}

const char* zone_of(icalproperty* property) {
  auto* parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
  return parameter ? icalparameter_get_tzid(parameter) : nullptr;
}

template <std::size_t size>
std::vector<int> listed(const short (&values)[size]) {
  return {values, std::find(values, values + size, ICAL_RECURRENCE_ARRAY_MAX)};
}

/// libical counts weekdays from Sunday = 1.
int iso(icalrecurrencetype_weekday day) {
  return day == ICAL_SUNDAY_WEEKDAY ? 7 : static_cast<int>(day) - 1;
}

/// Hours, minutes and seconds: those of the rule, else of the start.
std::vector<std::chrono::seconds> times_of(const Series& series, const icalrecurrencetype& read) {
  const std::chrono::hh_mm_ss first{series.start - std::chrono::floor<std::chrono::days>(series.start)};
  const auto or_else = [](std::vector<int> values, auto otherwise) {
    if (values.empty()) values.push_back(static_cast<int>(otherwise.count()));
    return values;
  };
  std::vector<std::chrono::seconds> times;
  for (const int hour : or_else(listed(read.by_hour), first.hours()))
    for (const int minute : or_else(listed(read.by_minute), first.minutes()))
      for (const int second : or_else(listed(read.by_second), first.seconds()))
        times.push_back(std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second});
  std::ranges::sort(times);
  return times;
}

Result<Rule::Frequency> frequency_of(icalrecurrencetype_frequency frequency) {
  switch (frequency) {
    case ICAL_DAILY_RECURRENCE:
      return Rule::Frequency::daily;
    case ICAL_WEEKLY_RECURRENCE:
      return Rule::Frequency::weekly;
    case ICAL_MONTHLY_RECURRENCE:
      return Rule::Frequency::monthly;
    case ICAL_YEARLY_RECURRENCE:
      return Rule::Frequency::yearly;
    case ICAL_NO_RECURRENCE:
      return unreadable("a rule has no frequency.");
    default:
      return unreadable("it repeats by hours, minutes or seconds.");
  }
}

/// Where the rule names no day, the start does.
void complete(Rule& rule, Date start) {
  const int month_day = static_cast<int>(static_cast<unsigned>(start.day()));
  const int weekday = static_cast<int>(std::chrono::weekday{std::chrono::sys_days{start}}.iso_encoding());
  if (!rule.by_day.empty() || !rule.by_month_day.empty() || !rule.by_year_day.empty()) return;
  if (rule.frequency == Rule::Frequency::weekly || !rule.by_week.empty())
    rule.by_day.push_back({0, weekday});
  else if (rule.frequency != Rule::Frequency::daily)
    rule.by_month_day.push_back(month_day);
  if (rule.frequency == Rule::Frequency::yearly && rule.by_week.empty() && rule.by_month.empty())
    rule.by_month.push_back(static_cast<int>(static_cast<unsigned>(start.month())));
}

Done take_rule(const Series& series, const icalrecurrencetype& read, std::vector<Rule>& rules) {
  Rule rule{.frequency = TRY(frequency_of(read.freq)),
            .interval = read.interval,
            .count = read.count,
            .week_start = read.week_start == ICAL_NO_WEEKDAY ? 1 : iso(read.week_start),
            .by_month = listed(read.by_month),
            .by_month_day = listed(read.by_month_day),
            .by_year_day = listed(read.by_year_day),
            .by_week = listed(read.by_week_no),
            .by_position = listed(read.by_set_pos),
            .times = series.all_day ? std::vector{std::chrono::seconds{0}} : times_of(series, read)};
  if (rule.interval < 1 || rule.interval > 10'000 || read.rscale)
    return unreadable("a rule has an interval or a calendar that is none.");
  if (!icaltime_is_null_time(read.until)) rule.until = TRY(moment_of(series, read.until, nullptr));
  const bool positions =
      rule.frequency == Rule::Frequency::monthly || (rule.frequency == Rule::Frequency::yearly && rule.by_week.empty());
  for (const int day : listed(read.by_day)) {
    const auto value = static_cast<short>(day);
    const int position = icalrecurrencetype_day_position(value);
    if (position != 0 && !positions) return unreadable("a rule counts weekdays where there is nothing to count.");
    rule.by_day.push_back({position, iso(icalrecurrencetype_day_day_of_week(value))});
  }
  complete(rule, Date{std::chrono::floor<std::chrono::days>(series.start)});
  rules.push_back(std::move(rule));
  return base::done();
}

Done take_exception(const Moment& moment, Rules& rules) {
  if (moment.instant)
    rules.dates_taken.push_back(*moment.instant);
  else
    rules.days_taken.emplace_back(std::chrono::floor<std::chrono::days>(moment.wall));
  return base::done();
}

Done take(const Series& series, icalproperty* property, Rules& rules) {
  switch (icalproperty_isa(property)) {
    case ICAL_RRULE_PROPERTY:
      return take_rule(series, icalproperty_get_rrule(property), rules.added);
    case ICAL_EXRULE_PROPERTY:
      return take_rule(series, icalproperty_get_exrule(property), rules.taken);
    case ICAL_EXDATE_PROPERTY:
      return take_exception(TRY(moment_of(series, icalproperty_get_exdate(property), zone_of(property))), rules);
    case ICAL_RDATE_PROPERTY: {
      const auto value = icalproperty_get_rdate(property);
      if (!icalperiodtype_is_null_period(value.period)) return unreadable("a date has a length of its own.");
      const auto moment = TRY(moment_of(series, value.time, zone_of(property)));
      if (moment.date != series.all_day) return unreadable("a date has a time, or none, where the start is otherwise.");
      rules.dates_added.push_back(moment.instant.value_or(begin_of(series, moment.wall).instant));
      return base::done();
    }
    default:
      return unreadable("a line is not as RFC 5545 has it.");
  }
}

constexpr const char* names[] = {"RRULE", "EXRULE", "RDATE", "EXDATE"};

Result<Rules> rules_of(const Series& series) {
  std::string text = "BEGIN:VEVENT\r\n";
  for (const auto& line : series.lines) {
    const auto name = line.substr(0, line.find_first_of(":;"));
    if (std::ranges::none_of(names, [&](const auto* known) { return name == known; }))
      return unreadable("a line is neither RRULE, EXRULE, RDATE nor EXDATE.");
    if (std::ranges::any_of(line, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
      return unreadable("a line has a control character.");
    text += line + "\r\n";
  }
  const Component event(icalparser_parse_string((text + "END:VEVENT\r\n").c_str()), icalcomponent_free);
  if (!event || icalcomponent_isa(event.get()) != ICAL_VEVENT_COMPONENT || icalcomponent_count_errors(event.get()) != 0)
    return unreadable("a line is not as RFC 5545 has it.");
  Rules rules;
  for (auto* property = icalcomponent_get_first_property(event.get(), ICAL_ANY_PROPERTY); property;
       property = icalcomponent_get_next_property(event.get(), ICAL_ANY_PROPERTY))
    TRY(take(series, property, rules));
  return rules;
}

/// A day of the calendar with what rules ask of it.
class Day {
 public:
  explicit Day(local_days day) : day_(day) {}
  int weekday() const { return static_cast<int>(std::chrono::weekday{day_}.iso_encoding()); }
  int month() const { return static_cast<int>(static_cast<unsigned>(Date{day_}.month())); }
  /// 1 for the first, -1 for the last of the month or year.
  std::pair<int, int> of_month() const {
    const Date date{day_};
    return place(date.year() / date.month() / 1, (date.year() / date.month() / 1) + std::chrono::months{1});
  }
  std::pair<int, int> of_year() const {
    const Date date{day_};
    return place(date.year() / 1 / 1, (date.year() + std::chrono::years{1}) / 1 / 1);
  }
  /// The number of its week, in the year that has most of the week's days.
  std::pair<int, int> week(int week_start) const {
    const auto middle = day_ - std::chrono::days{(weekday() - week_start + 7) % 7 - 3};
    const auto [from_start, from_end] = Day(middle).of_year();
    return {(from_start + 6) / 7, (from_end - 6) / 7};
  }

 private:
  std::pair<int, int> place(Date first, Date after) const {
    return {static_cast<int>((day_ - local_days{first}).count()) + 1,
            static_cast<int>((day_ - local_days{after}).count())};
  }
  local_days day_;
};

/// Whether the list has the place, counted from the start or the end.
bool has(const std::vector<int>& list, std::pair<int, int> place) {
  return std::ranges::any_of(list, [&](int each) { return each == place.first || each == place.second; });
}

bool is_nth(const Rule& rule, const Day& day, int position) {
  const bool in_month = rule.frequency == Rule::Frequency::monthly || !rule.by_month.empty();
  const auto [from_start, from_end] = in_month ? day.of_month() : day.of_year();
  return position == (from_start + 6) / 7 || position == (from_end - 6) / 7;
}

bool has_weekday(const Rule& rule, const Day& day) {
  return std::ranges::any_of(rule.by_day, [&, weekday = day.weekday()](const auto& each) {
    return each.weekday == weekday && (each.position == 0 || is_nth(rule, day, each.position));
  });
}

/// Each part of a rule takes days away, so that their order does not matter (the table of RFC 5545 §3.3.10): what is
/// cheap to know comes first, and of what a rule does not ask nothing is worked out.
bool means(const Rule& rule, const Day& day) {
  return (rule.by_day.empty() || has_weekday(rule, day)) &&
         (rule.by_month.empty() || has(rule.by_month, {day.month(), day.month()})) &&
         (rule.by_month_day.empty() || has(rule.by_month_day, day.of_month())) &&
         (rule.by_year_day.empty() || has(rule.by_year_day, day.of_year())) &&
         (rule.by_week.empty() || has(rule.by_week, day.week(rule.week_start)));
}

/// Days [first, after) that BYSETPOS counts in.
struct Period {
  local_days first, after;
};

/// The period of the start, and those after it in the rule's steps.
Period period(const Rule& rule, local_days start, int step) {
  const Date date{start};
  const int many = rule.interval * step;
  switch (rule.frequency) {
    case Rule::Frequency::daily: {
      const auto day = start + std::chrono::days{many};
      return {day, day + std::chrono::days{1}};
    }
    case Rule::Frequency::weekly: {
      const auto monday =
          start - std::chrono::days{(Day(start).weekday() - rule.week_start + 7) % 7} + std::chrono::days{7 * many};
      return {monday, monday + std::chrono::days{7}};
    }
    case Rule::Frequency::monthly: {
      const auto month = date.year() / date.month() / 1 + std::chrono::months{many};
      return {local_days{month}, local_days{month + std::chrono::months{1}}};
    }
    case Rule::Frequency::yearly:
      break;
  }
  const auto year = (date.year() + std::chrono::years{many}) / 1 / 1;
  return {local_days{year}, local_days{year + std::chrono::years{1}}};
}

/// Into `walls`: what the rule means in a period, in order.
void walls_in(const Rule& rule, const Period& period, std::vector<local_seconds>& walls) {
  walls.clear();
  for (auto day = period.first; day < period.after; day += std::chrono::days{1})
    if (means(rule, Day(day)))
      for (const auto time : rule.times) walls.push_back(day + time);
  if (rule.by_position.empty()) return;
  const int size = static_cast<int>(walls.size());
  auto kept = walls.begin();
  for (int i = 0; i < size; ++i)
    if (has(rule.by_position, {i + 1, i - size})) *kept++ = walls[static_cast<std::size_t>(i)];
  walls.erase(kept, walls.end());
}

/// No zone shows a time that is further from UTC.
constexpr std::chrono::hours furthest{26};

bool is_over(const Rule& rule, local_seconds wall, Instant instant, int counted) {
  if (rule.count > 0 && counted >= rule.count) return true;
  if (!rule.until) return false;
  return rule.until->date ? std::chrono::floor<std::chrono::days>(wall) > rule.until->wall
                          : instant > *rule.until->instant;
}

/// Whether the start is the first of a rule whatever the rule says, or only where the rule makes it.
enum class Start { counts, as_others };

/// All that a rule makes until `to`. `left`: how many all rules together may make.
Done expand(const Series& series, const Rule& rule, Start start, Instant to, std::vector<Instant>& found, int& left) {
  const auto first = std::chrono::floor<std::chrono::days>(series.start);
  int counted = start == Start::counts ? 1 : 0;
  std::vector<local_seconds> walls;
  for (int step = 0;; ++step) {
    const auto days = period(rule, first, step);
    if (days.first.time_since_epoch() - furthest >= to.time_since_epoch()) return base::done();
    walls_in(rule, days, walls);
    for (const auto wall : walls) {
      if (wall < series.start || (wall == series.start && start == Start::counts)) continue;
      const auto [instant, skipped] = begin_of(series, wall);
      if (instant >= to || is_over(rule, wall, instant, counted)) return base::done();
      if (skipped) continue;
      if (--left < 0) return unreadable("it has too many occurrences.");
      found.push_back(instant);
      ++counted;
    }
  }
}

/// Nothing for a day that a zone has left out (Apia, 2011-12-30).
std::optional<Interval> occurrence(const Series& series, Instant start) {
  if (!series.all_day) return Interval::of(start, series.length);
  const auto days = std::chrono::floor<std::chrono::days>(series.length);
  const auto end = series.zone.at(add_days(series.zone.day_of(start), static_cast<int>(days.count())), Minutes{0});
  return start < end ? std::optional(Interval::of(start, end - start)) : std::nullopt;
}

}  // namespace

Result<std::vector<Interval>> occurrences(const Series& series, Instant from, Instant to) {
  CHECK(series.length.count() > 0);
  auto rules = TRY(rules_of(series));
  int left = most_occurrences;
  auto& starts = rules.dates_added;
  auto& taken = rules.dates_taken;
  starts.push_back(begin_of(series, series.start).instant);
  for (const auto& rule : rules.added) TRY(expand(series, rule, Start::counts, to, starts, left));
  for (const auto& rule : rules.taken) TRY(expand(series, rule, Start::as_others, to, taken, left));
  std::ranges::sort(starts);
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  std::ranges::sort(taken);
  std::ranges::sort(rules.days_taken);

  std::vector<Interval> found;
  for (const auto start : starts) {
    const auto time = occurrence(series, start);
    if (!time || time->start() >= to || time->end() <= from) continue;
    if (std::ranges::binary_search(taken, start)) continue;
    if (!rules.days_taken.empty() && std::ranges::binary_search(rules.days_taken, series.zone.day_of(start))) continue;
    found.push_back(*time);
  }
  return found;
}

}  // namespace domain
