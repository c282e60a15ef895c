#include "domain/recurrence.h"

#include <algorithm>
#include <random>

#include "times.h"

namespace recurrence_test {

using namespace domain;
using namespace times;
using std::chrono::local_days;
using std::chrono::local_seconds;

Series series(const std::string& zone_name, std::string_view day, Minutes at, std::vector<std::string> lines) {
  return {.zone = zone(zone_name),
          .start = local_days{date(day)} + at,
          .length = std::chrono::hours{1},
          .lines = std::move(lines)};
}

Series whole_days(const std::string& zone_name, std::string_view day, int days, std::vector<std::string> lines) {
  auto made = series(zone_name, day, Minutes{0}, std::move(lines));
  made.all_day = true;
  made.length = std::chrono::days{days};
  return made;
}

/// "2026-03-29T02:30" and so on, as the wall clock of the zone shows the starts, or what is wrong.
std::vector<std::string> starts(const Series& asked, std::string_view from, std::string_view to) {
  const auto found = occurrences(asked, utc(from), utc(to));
  if (!found) return {found.error().detail};
  std::vector<std::string> walls;
  for (const auto& time : *found) walls.push_back(asked.zone.wall_time(time.start()).substr(0, 16));
  return walls;
}

std::vector<std::string> all_starts(const Series& asked) {
  return starts(asked, "1990-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
}

using Walls = std::vector<std::string>;

struct Case {
  const char* name;
  Series series;
  Walls walls;
};

TEST(Recurrence, IsWhatTheRulesSay) {
  const auto nine = [](std::string_view day, std::vector<std::string> lines) {
    return series("America/New_York", day, clock(9), std::move(lines));
  };
  const Case cases[] = {
      {"nothing but the start", nine("2026-01-05", {}), {"2026-01-05T09:00"}},
      {"every other week on two days, the week begins on Sunday",
       nine("2026-01-06", {"RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,SU"}),
       {"2026-01-06T09:00", "2026-01-18T09:00", "2026-01-20T09:00", "2026-02-01T09:00"}},
      {"the same, the week begins on Monday",
       nine("2026-01-06", {"RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=MO;BYDAY=TU,SU"}),
       {"2026-01-06T09:00", "2026-01-11T09:00", "2026-01-20T09:00", "2026-01-25T09:00"}},
      {"the last Friday of a month",
       nine("2026-01-30", {"RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=-1FR"}),
       {"2026-01-30T09:00", "2026-02-27T09:00", "2026-03-27T09:00"}},
      {"the last workday of a month",
       nine("2026-01-30", {"RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}),
       {"2026-01-30T09:00", "2026-02-27T09:00", "2026-03-31T09:00"}},
      {"the 31st, where there is one",
       nine("2026-01-31", {"RRULE:FREQ=MONTHLY;COUNT=3"}),
       {"2026-01-31T09:00", "2026-03-31T09:00", "2026-05-31T09:00"}},
      {"the 29th of February",
       nine("2024-02-29", {"RRULE:FREQ=YEARLY;COUNT=3"}),
       {"2024-02-29T09:00", "2028-02-29T09:00", "2032-02-29T09:00"}},
      {"the start counts, also where the rule would not make it",
       nine("2026-01-05", {"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3"}),
       {"2026-01-05T09:00", "2026-01-07T09:00", "2026-01-14T09:00"}},
      {"an end in UTC has its own occurrence in it",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;UNTIL=20260107T140000Z"}),
       {"2026-01-05T09:00", "2026-01-06T09:00", "2026-01-07T09:00"}},
      {"and is an end to the second",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;UNTIL=20260107T135959Z"}),
       {"2026-01-05T09:00", "2026-01-06T09:00"}},
      {"an end that is a date is all of that day",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;UNTIL=20260106"}),
       {"2026-01-05T09:00", "2026-01-06T09:00"}},
      {"what is taken away has been counted",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=America/New_York:20260106T090000"}),
       {"2026-01-05T09:00", "2026-01-07T09:00"}},
      {"many in one line, in UTC, with another zone, as a day",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;COUNT=6", "EXDATE:20260105T140000Z,20260106T140000Z",
                           "EXDATE;TZID=Europe/London:20260107T140000", "EXDATE;VALUE=DATE:20260108"}),
       {"2026-01-09T09:00", "2026-01-10T09:00"}},
      {"dates beside the rule, each once",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;COUNT=2", "RDATE:20260106T140000Z,20260109T150000Z"}),
       {"2026-01-05T09:00", "2026-01-06T09:00", "2026-01-09T10:00"}},
      {"a rule of exceptions",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;COUNT=4", "EXRULE:FREQ=WEEKLY;BYDAY=TU"}),
       {"2026-01-05T09:00", "2026-01-07T09:00", "2026-01-08T09:00"}},
      {"two rules are one set",
       nine("2026-01-05", {"RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"}),
       {"2026-01-05T09:00", "2026-01-06T09:00", "2026-01-07T09:00", "2026-01-09T09:00"}},
      {"whole days",
       whole_days("Europe/London", "2026-03-28", 2, {"RRULE:FREQ=DAILY;INTERVAL=2;COUNT=2"}),
       {"2026-03-28T00:00", "2026-03-30T00:00"}},
      {"whole days without one of them",
       whole_days("Europe/London", "2026-03-28", 1, {"RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260329"}),
       {"2026-03-28T00:00", "2026-03-30T00:00"}},
  };
  for (const auto& [name, asked, walls] : cases) EXPECT_EQ(all_starts(asked), walls) << name;
}

TEST(Recurrence, KeepsTheWallClockThroughChangesOfTheClocks) {
  const auto london = [](std::string_view day, Minutes at, std::vector<std::string> lines) {
    return occurrences(series("Europe/London", day, at, std::move(lines)), utc("2026-01-01T00:00:00Z"),
                       utc("2027-01-01T00:00:00Z"))
        .value();
  };
  EXPECT_EQ(london("2026-03-28", clock(9), {"RRULE:FREQ=DAILY;COUNT=2"}),
            (std::vector{span("2026-03-28T09:00:00Z", "2026-03-28T10:00:00Z"),
                         span("2026-03-29T08:00:00Z", "2026-03-29T09:00:00Z")}));
  // 01:30 is not there on 29 March: none, and not counted.
  EXPECT_EQ(london("2026-03-28", clock(1, 30), {"RRULE:FREQ=DAILY;COUNT=2"}),
            (std::vector{span("2026-03-28T01:30:00Z", "2026-03-28T02:30:00Z"),
                         span("2026-03-30T00:30:00Z", "2026-03-30T01:30:00Z")}));
  // As a start, or a date of its own, it has the offset before.
  EXPECT_EQ(london("2026-03-29", clock(1, 30), {}), std::vector{span("2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z")});
  EXPECT_EQ(london("2026-03-20", clock(1, 30), {"RDATE;TZID=Europe/London:20260329T013000"}).back(),
            span("2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"));
  // 01:30 is there twice on 25 October: the first.
  EXPECT_EQ(london("2026-10-24", clock(1, 30), {"RRULE:FREQ=DAILY;COUNT=2"}).back(),
            span("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"));
}

TEST(Recurrence, WholeDaysAreAsLongAsTheyAre) {
  const auto days = occurrences(whole_days("Europe/London", "2026-03-28", 1, {"RRULE:FREQ=DAILY;COUNT=3"}),
                                utc("2026-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"))
                        .value();
  EXPECT_EQ(days, (std::vector{span("2026-03-28T00:00:00Z", "2026-03-29T00:00:00Z"),
                               span("2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"),
                               span("2026-03-29T23:00:00Z", "2026-03-30T23:00:00Z")}));
  // Samoa had no 30 December 2011.
  EXPECT_EQ(all_starts(whole_days("Pacific/Apia", "2011-12-29", 1, {"RRULE:FREQ=DAILY;COUNT=3"})),
            (Walls{"2011-12-29T00:00", "2011-12-31T00:00"}));
  // In Cairo midnight is not there on 24 April 2026.
  EXPECT_EQ(all_starts(whole_days("Africa/Cairo", "2026-04-23", 1, {"RRULE:FREQ=DAILY;COUNT=2"})),
            (Walls{"2026-04-23T00:00", "2026-04-24T01:00"}));
}

TEST(Recurrence, IsAskedForWhatTouchesASpan) {
  const auto daily = series("UTC", "2020-01-01", clock(9), {"RRULE:FREQ=DAILY"});
  EXPECT_EQ(starts(daily, "2026-01-05T09:30:00Z", "2026-01-07T09:00:00Z"),
            (Walls{"2026-01-05T09:00", "2026-01-06T09:00"}));
  EXPECT_EQ(starts(daily, "2026-01-05T10:00:00Z", "2026-01-06T09:00:00Z"), Walls{});
}

TEST(Recurrence, RefusesWhatItCannotRead) {
  const std::pair<const char*, const char*> lines[] = {
      {"RRULE:FREQ=SOMETIMES", "a line is not as RFC 5545 has it."},
      {"RRULE:", "a line is not as RFC 5545 has it."},
      {"RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", "a line has a control character."},
      {"RRULE:FREQ=MINUTELY", "it repeats by hours, minutes or seconds."},
      {"RRULE:FREQ=SECONDLY;COUNT=1", "it repeats by hours, minutes or seconds."},
      {"RRULE:FREQ=HOURLY", "it repeats by hours, minutes or seconds."},
      {"RRULE:FREQ=DAILY;BYHOUR=8,9,10,11,12,13,14", "it has too many occurrences."},
      {"RRULE:FREQ=YEARLY;INTERVAL=32000", "a rule has an interval or a calendar that is none."},
      {"RRULE:FREQ=WEEKLY;BYDAY=2MO", "a rule counts weekdays where there is nothing to count."},
      {"EXDATE;TZID=Europe/Londn:20260105T090000", "there is no zone Europe/Londn."},
      {"EXDATE:20261305T090000Z", "a date or time is none."},
      {"RDATE;VALUE=DATE:20260105", "a date has a time, or none, where the start is otherwise."},
      {"RDATE;VALUE=PERIOD:20260105T090000Z/PT3H", "a date has a length of its own."},
      {"SUMMARY:Dentist", "a line is neither RRULE, EXRULE, RDATE nor EXDATE."},
      {"END:VEVENT", "a line is neither RRULE, EXRULE, RDATE nor EXDATE."},
      {"nonsense", "a line is neither RRULE, EXRULE, RDATE nor EXDATE."},
      {"", "a line is neither RRULE, EXRULE, RDATE nor EXDATE."},
  };
  for (const auto& [line, why] : lines)
    EXPECT_EQ(all_starts(series("UTC", "2026-01-05", clock(9), {line})),
              Walls{std::string("The series cannot be read: ") + why})
        << line;
}

// The slow obvious version: every day is asked whether the rule means it.
struct Model {
  std::string freq;
  int interval = 1;
  std::vector<std::pair<int, unsigned>> by_day{};  ///< Which (0: every) and ISO weekday.
  std::vector<unsigned> by_month{};
  std::vector<int> by_month_day{};
  unsigned week_start = 1;
  int count = 0;

  static constexpr const char* names[] = {"", "MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  static unsigned weekday(Date day) { return std::chrono::weekday{std::chrono::sys_days{day}}.iso_encoding(); }
  static int number(Date day) { return static_cast<int>(std::chrono::sys_days{day}.time_since_epoch().count()); }
  static int months(Date day) {
    return static_cast<int>(day.year()) * 12 + static_cast<int>(unsigned(day.month())) - 1;
  }
  static int last_day(Date day) {
    return static_cast<int>(unsigned((day.year() / day.month() / std::chrono::last).day()));
  }

  int week(Date day) const {
    return (number(day) - ((static_cast<int>(weekday(day)) - static_cast<int>(week_start) + 7) % 7)) / 7;
  }
  bool is_day(Date day) const {
    const int of_month = static_cast<int>(unsigned(day.day())), last = last_day(day);
    return std::ranges::any_of(by_day, [&](const auto& wanted) {
      if (wanted.second != weekday(day)) return false;
      if (wanted.first == 0) return true;
      return wanted.first > 0 ? (of_month - 1) / 7 + 1 == wanted.first : (last - of_month) / 7 + 1 == -wanted.first;
    });
  }
  bool is_month_day(Date day) const {
    const int of_month = static_cast<int>(unsigned(day.day()));
    return std::ranges::any_of(by_month_day, [&](int wanted) {
      return wanted > 0 ? wanted == of_month : last_day(day) + 1 + wanted == of_month;
    });
  }
  bool in_step(Date first, Date day) const {
    if (freq == "DAILY") return (number(day) - number(first)) % interval == 0;
    if (freq == "WEEKLY") return (week(day) - week(first)) % interval == 0;
    return (months(day) - months(first)) % interval == 0;
  }
  bool means(Date first, Date day) const {
    if (!in_step(first, day)) return false;
    if (!by_month.empty() && std::ranges::find(by_month, unsigned(day.month())) == by_month.end()) return false;
    if (!by_day.empty() && !is_day(day)) return false;
    if (!by_month_day.empty() && !is_month_day(day)) return false;
    if (!by_day.empty() || !by_month_day.empty()) return true;
    if (freq == "WEEKLY") return weekday(day) == weekday(first);
    return freq == "DAILY" || day.day() == first.day();
  }
  std::vector<Date> days(Date first, Date to) const {
    std::vector<Date> found{first};
    for (auto day = add_days(first, 1); day < to && (count == 0 || static_cast<int>(found.size()) < count);
         day = add_days(day, 1))
      if (means(first, day)) found.push_back(day);
    return found;
  }
  template <class List, class Text>
  static std::string joined(const char* name, const List& list, Text text) {
    std::string all;
    for (const auto& each : list) all += (all.empty() ? "" : ",") + text(each);
    return all.empty() ? "" : ";" + std::string(name) + "=" + all;
  }
  std::string line() const {
    return "RRULE:FREQ=" + freq + ";INTERVAL=" + std::to_string(interval) + ";WKST=" + names[week_start] +
           (count ? ";COUNT=" + std::to_string(count) : "") +
           joined("BYDAY", by_day,
                  [](const auto& day) { return (day.first ? std::to_string(day.first) : "") + names[day.second]; }) +
           joined("BYMONTH", by_month, [](unsigned month) { return std::to_string(month); }) +
           joined("BYMONTHDAY", by_month_day, [](int day) { return std::to_string(day); });
  }
};

Model random_rule(std::mt19937& random) {
  const auto pick = [&](int from, int to) { return std::uniform_int_distribution(from, to)(random); };
  Model rule{.freq = std::array{"DAILY", "WEEKLY", "MONTHLY"}[static_cast<std::size_t>(pick(0, 2))],
             .interval = pick(1, 4),
             .week_start = static_cast<unsigned>(pick(1, 7)),
             .count = pick(0, 1) ? pick(1, 30) : 0};
  if (pick(0, 1))
    for (int i = pick(1, 3); i > 0; --i) {
      const std::pair day{rule.freq == "MONTHLY" ? pick(-2, 4) : 0, static_cast<unsigned>(pick(1, 7))};
      if (std::ranges::none_of(rule.by_day, [&](const auto& other) { return other.second == day.second; }))
        rule.by_day.push_back(day);
    }
  if (pick(0, 3) == 0) rule.by_month = {static_cast<unsigned>(pick(1, 6)), static_cast<unsigned>(pick(7, 12))};
  if (rule.freq != "WEEKLY" && pick(0, 3) == 0) rule.by_month_day = {pick(1, 31), -pick(1, 31)};
  return rule;
}

TEST(Recurrence, AgreesWithAskingEveryDay) {
  std::mt19937 random(20'261'129);
  const auto from = utc("2026-01-01T00:00:00Z"), to = utc("2030-01-01T00:00:00Z");
  for (int i = 0; i < 2'000; ++i) {
    const auto rule = random_rule(random);
    const auto first = add_days(date("2026-01-01"), std::uniform_int_distribution(0, 400)(random));
    const Series asked{.zone = zone("Europe/Berlin"),
                       .start = local_days{first} + clock(12),
                       .length = std::chrono::hours{1},
                       .lines = {rule.line()}};
    std::vector<Date> found;
    const auto times = occurrences(asked, from, to);
    ASSERT_TRUE(times) << rule.line() << ": " << times.error().detail;
    for (const auto& time : *times) found.push_back(asked.zone.day_of(time.start()));
    ASSERT_EQ(found, rule.days(first, date("2030-01-01"))) << rule.line() << " from " << base::to_text(first);
  }
}

}  // namespace recurrence_test
