#include "domain/opening_hours.h"

#include <gtest/gtest.h>

#include "times.h"

namespace opening_hours_test {

using namespace domain;
using namespace times;
using std::chrono::hours;

/// The open spans of one date with the same range every day.
std::vector<Interval> open_on(const std::string& zone_name, std::string_view day, WallRange range) {
  Hours every_day;
  for (unsigned weekday = 1; weekday <= 7; ++weekday) every_day.weekly.push_back({weekday, range});
  std::vector<Interval> spans;
  for (const auto& open : open_ranges(every_day, zone(zone_name), date(day), add_days(date(day), 1))) {
    EXPECT_EQ(open.grid, open.span.start());
    spans.push_back(open.span);
  }
  return spans;
}

using Spans = std::vector<Interval>;

TEST(Zone, IsFoundByItsName) {
  for (const auto* name : {"Europe/London", "UTC", "NZ", "Africa/Brazzaville", "Etc/GMT+10", "Etc/GMT-9",
                           "America/Port-au-Prince", "America/Argentina/Ushuaia"})
    EXPECT_EQ(zone(name).name(), name);
}

TEST(Zone, IsRefusedWhereTzdataHasNone) {
  const std::string too_long(65, 'a');
  for (const std::string& name :
       {std::string(""), std::string("Europe/Londn"), std::string("/etc/localtime"), std::string("../zoneinfo/UTC"),
        std::string("right/Europe/London"), std::string("posix/Europe/London"), std::string("posixrules"),
        std::string("localtime"), std::string("Factory"), std::string("zone.tab"), std::string("Europe"),
        std::string("Fixed/UTC+01:00:00"), std::string("Europe/London "), std::string("leapseconds"),
        std::string("Europe/{"), too_long})
    EXPECT_FALSE(Zone::load(name)) << name;
}

TEST(Zone, SkippedTimesAreTheInstantOfTheChange) {
  EXPECT_EQ(zone("Europe/London").at(date("2026-03-29"), clock(1, 30)), utc("2026-03-29T01:00:00Z"));
  EXPECT_EQ(zone("Europe/Berlin").at(date("2026-03-29"), clock(2)), utc("2026-03-29T01:00:00Z"));
  EXPECT_EQ(zone("Europe/Dublin").at(date("2026-03-29"), clock(1, 55)), utc("2026-03-29T01:00:00Z"));
  EXPECT_EQ(zone("America/New_York").at(date("2026-03-08"), clock(2, 30)), utc("2026-03-08T07:00:00Z"));
  EXPECT_EQ(zone("Australia/Lord_Howe").at(date("2026-10-04"), clock(2, 15)), utc("2026-10-03T15:30:00Z"));
  EXPECT_EQ(zone("Africa/Casablanca").at(date("2025-04-06"), clock(2, 30)), utc("2025-04-06T02:00:00Z"));
  EXPECT_EQ(zone("Pacific/Apia").at(date("2011-12-30"), clock(12)), utc("2011-12-30T10:00:00Z"));
}

TEST(Zone, RepeatedTimesAreTheFirstPass) {
  EXPECT_EQ(zone("Europe/London").at(date("2026-10-25"), clock(1, 30)), utc("2026-10-25T00:30:00Z"));
  EXPECT_EQ(zone("Europe/Berlin").at(date("2026-10-25"), clock(2, 30)), utc("2026-10-25T00:30:00Z"));
  EXPECT_EQ(zone("Europe/Dublin").at(date("2026-10-25"), clock(1)), utc("2026-10-25T00:00:00Z"));
  EXPECT_EQ(zone("America/New_York").at(date("2026-11-01"), clock(1, 59)), utc("2026-11-01T05:59:00Z"));
  EXPECT_EQ(zone("Australia/Lord_Howe").at(date("2026-04-05"), clock(1, 45)), utc("2026-04-04T14:45:00Z"));
  EXPECT_EQ(zone("Africa/Casablanca").at(date("2025-02-23"), clock(2, 30)), utc("2025-02-23T01:30:00Z"));
}

TEST(Zone, KnowsTheSecondPassOfARepeatedHour) {
  const auto london = zone("Europe/London");
  EXPECT_FALSE(london.second_pass(utc("2026-10-25T00:59:00Z")));
  EXPECT_TRUE(london.second_pass(utc("2026-10-25T01:00:00Z")));
  EXPECT_TRUE(london.second_pass(utc("2026-10-25T01:59:00Z")));
  EXPECT_FALSE(london.second_pass(utc("2026-10-25T02:00:00Z")));
  EXPECT_EQ(london.second_passes(utc("2026-03-01T00:00:00Z"), utc("2027-03-01T00:00:00Z")),
            Spans{span("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z")});
  EXPECT_EQ(london.second_passes(utc("2026-10-25T01:30:00Z"), utc("2026-10-25T01:35:00Z")).size(), 1u);
  EXPECT_EQ(london.second_passes(utc("2026-10-25T02:00:00Z"), utc("2026-10-26T00:00:00Z")).size(), 0u);
  EXPECT_EQ(london.second_passes(utc("2026-10-24T00:00:00Z"), utc("2026-10-25T01:00:00Z")).size(), 0u);
  EXPECT_EQ(zone("Australia/Lord_Howe").second_passes(utc("2026-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z")),
            Spans{span("2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z")});
}

TEST(Zone, DaysAreAsLongAsTheyAre) {
  const auto length = [](const std::string& name, std::string_view day) {
    const auto spans = zone(name).day(date(day));
    return spans.empty() ? Minutes{0} : std::chrono::duration_cast<Minutes>(spans.at(0).length());
  };
  EXPECT_EQ(length("Europe/London", "2026-03-28"), hours{24});
  EXPECT_EQ(length("Europe/London", "2026-03-29"), hours{23});
  EXPECT_EQ(length("Europe/London", "2026-10-25"), hours{25});
  EXPECT_EQ(length("Europe/Dublin", "2026-03-29"), hours{23});
  EXPECT_EQ(length("Africa/Casablanca", "2025-02-23"), hours{25});
  EXPECT_EQ(length("Australia/Lord_Howe", "2026-10-04"), clock(23, 30));
  EXPECT_EQ(length("Australia/Lord_Howe", "2026-04-05"), clock(24, 30));
  EXPECT_EQ(length("Pacific/Apia", "2011-12-29"), hours{24});
  EXPECT_EQ(length("Pacific/Apia", "2011-12-30"), hours{0});
  EXPECT_EQ(length("Asia/Kathmandu", "2026-06-01"), hours{24});
  EXPECT_EQ(zone("Asia/Kathmandu").at(date("2026-06-01"), clock(0)), utc("2026-05-31T18:15:00Z"));
}

TEST(Zone, KnowsDaylightSavingAfter2038) {
  EXPECT_EQ(zone("Europe/Berlin").at(date("2050-07-01"), clock(9)), utc("2050-07-01T07:00:00Z"));
  EXPECT_EQ(zone("Europe/Berlin").at(date("2050-12-01"), clock(9)), utc("2050-12-01T08:00:00Z"));
  EXPECT_EQ(zone("America/New_York").at(date("2061-07-01"), clock(9)), utc("2061-07-01T13:00:00Z"));
  EXPECT_TRUE(zone("Europe/Berlin").second_pass(utc("2050-10-30T01:30:00Z")));
  EXPECT_EQ(zone("Europe/Berlin").second_passes(utc("2050-01-01T00:00:00Z"), utc("2051-01-01T00:00:00Z")).size(), 1u);
}

TEST(Zone, TellsTheWallTimeAndTheDay) {
  EXPECT_EQ(zone("Europe/London").wall_time(utc("2026-03-29T01:00:00Z")), "2026-03-29T02:00:00");
  EXPECT_EQ(zone("Asia/Kathmandu").wall_time(utc("2026-06-01T18:15:00Z")), "2026-06-02T00:00:00");
  EXPECT_EQ(zone("Pacific/Apia").day_of(utc("2011-12-30T09:59:59Z")), date("2011-12-29"));
  EXPECT_EQ(zone("Pacific/Apia").day_of(utc("2011-12-30T10:00:00Z")), date("2011-12-31"));
}

TEST(Weeks, BeginOnMonday) {
  EXPECT_EQ(monday_of(date("2026-03-29")), date("2026-03-23"));
  EXPECT_EQ(monday_of(date("2026-03-30")), date("2026-03-30"));
  EXPECT_EQ(monday_of(date("2027-01-01")), date("2026-12-28"));
}

// A wall time is the first instant at which the clock shows it or more; a second pass shows what was shown before.
TEST(Zone, AgreesWithReadingTheClockEveryFiveMinutes) {
  for (const auto& [name, day] : zone_changes()) {
    SCOPED_TRACE(name + " " + base::to_text(day));
    const auto here = zone(name);
    const auto first = std::chrono::sys_days{add_days(day, -2)}, last = std::chrono::sys_days{add_days(day, 3)};
    std::vector<std::pair<std::string, Instant>> shown;  // Each new highest wall time with the instant that shows it.
    std::vector<Instant> second_passes;
    for (Instant at = first; at < last; at += tick) {
      const auto wall = here.wall_time(at);
      if (shown.empty() || wall > shown.back().first)
        shown.emplace_back(wall, at);
      else
        second_passes.push_back(at);
      const auto is_second = !second_passes.empty() && second_passes.back() == at;
      ASSERT_EQ(here.second_pass(at), is_second) << wall;
      const auto listed = here.second_passes(first, last);
      ASSERT_EQ(std::any_of(listed.begin(), listed.end(),
                            [&](const Interval& pass) { return pass.start() <= at && at < pass.end(); }),
                is_second);
    }
    for (auto date = add_days(day, -1); date <= add_days(day, 1); date = add_days(date, 1))
      for (Minutes time{0}; time < hours{24}; time += tick) {
        auto wanted = base::to_text(std::chrono::sys_days{date} + time);
        wanted.pop_back();
        const auto found = std::lower_bound(shown.begin(), shown.end(), std::pair{wanted, Instant::min()});
        ASSERT_EQ(here.at(date, time), found->second) << wanted;
      }
  }
}

TEST(OpenRanges, KeepTheirWallTimesAcrossAClockChange) {
  const auto morning = WallRange{clock(9), clock(12)};
  EXPECT_EQ(open_on("Europe/London", "2026-03-28", morning),
            Spans{span("2026-03-28T09:00:00Z", "2026-03-28T12:00:00Z")});
  EXPECT_EQ(open_on("Europe/London", "2026-03-29", morning),
            Spans{span("2026-03-29T08:00:00Z", "2026-03-29T11:00:00Z")});
}

TEST(OpenRanges, ThatEndInARepeatedHourEndInItsFirstPass) {
  EXPECT_EQ(open_on("Europe/London", "2026-10-25", {clock(0), clock(1, 30)}),
            Spans{span("2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z")});
  EXPECT_EQ(open_on("Europe/London", "2026-10-25", {clock(1, 30), clock(3)}),
            Spans{span("2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z")});
}

TEST(OpenRanges, ThatBeginOrEndInAGapUseTheInstantOfTheChange) {
  EXPECT_EQ(open_on("Europe/Berlin", "2026-03-29", {clock(2, 30), clock(4)}),
            Spans{span("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")});
  EXPECT_EQ(open_on("Europe/Berlin", "2026-03-29", {clock(1), clock(2, 30)}),
            Spans{span("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z")});
}

TEST(OpenRanges, VanishWhereAClockChangeSwallowsThem) {
  EXPECT_EQ(open_on("Europe/Berlin", "2026-03-29", {clock(2), clock(3)}), Spans{});
  EXPECT_EQ(open_on("Pacific/Apia", "2011-12-30", {clock(9), clock(17)}), Spans{});
  EXPECT_EQ(open_on("Australia/Lord_Howe", "2026-10-04", {clock(2), clock(2, 30)}), Spans{});
}

TEST(OpenRanges, MayFillTheWholeDay) {
  EXPECT_EQ(open_on("Europe/London", "2026-10-25", {clock(0), clock(24)}),
            Spans{span("2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z")});
}

TEST(OpenRanges, OfADateReplaceThoseOfItsWeekday) {
  const auto here = zone("Europe/London");
  Hours given{{{1, {clock(9), clock(12)}}, {1, {clock(13), clock(17)}}, {3, {clock(10), clock(11)}}},
              {{date("2026-03-02"), {}}, {date("2026-03-03"), {{clock(8), clock(9)}}}}};
  const auto open = open_ranges(given, here, date("2026-03-02"), date("2026-03-10"));
  ASSERT_EQ(open.size(), 4u);  // Monday closed, Tuesday opened, Wednesday as ever, next Monday twice.
  EXPECT_EQ(open[0].span, span("2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"));
  EXPECT_EQ(open[1].span, span("2026-03-04T10:00:00Z", "2026-03-04T11:00:00Z"));
  EXPECT_EQ(open[2].span, span("2026-03-09T09:00:00Z", "2026-03-09T12:00:00Z"));
  EXPECT_EQ(open[3].span, span("2026-03-09T13:00:00Z", "2026-03-09T17:00:00Z"));
  // Overrides before the window are passed over, one on its last day is outside.
  EXPECT_EQ(open_ranges(given, here, date("2026-03-03"), date("2026-03-04")).size(), 1u);
  EXPECT_EQ(open_ranges(given, here, date("2026-03-01"), date("2026-03-03")).size(), 0u);
}

// The fast clock of open_ranges against one look-up per boundary.
TEST(OpenRanges, AgreeWithLookingUpEveryBoundary) {
  for (const auto& [name, day] : zone_changes()) {
    SCOPED_TRACE(name + " " + base::to_text(day));
    const auto here = zone(name);
    Hours often;
    for (unsigned weekday = 1; weekday <= 7; ++weekday)
      for (int hour = 0; hour < 24; ++hour)
        often.weekly.push_back({weekday, {clock(hour, 5 * (hour % 12)), clock(hour + 1)}});
    std::vector<OpenRange> expected;
    for (auto date = add_days(day, -200); date < add_days(day, 200); date = add_days(date, 1))
      for (int hour = 0; hour < 24; ++hour) {
        const auto start = here.at(date, clock(hour, 5 * (hour % 12))), end = here.at(date, clock(hour + 1));
        if (start < end) expected.push_back({Interval::of(start, end - start), start});
      }
    EXPECT_EQ(open_ranges(often, here, add_days(day, -200), add_days(day, 200)), expected);
  }
}

TEST(CheckHours, SortsWhatIsValid) {
  const auto checked =
      check_hours({{{2, {clock(9), clock(10)}}, {1, {clock(14), clock(24)}}, {1, {clock(0), clock(14)}}},
                   {{date("2026-03-03"), {{clock(9), clock(10)}, {clock(8), clock(9)}}}, {date("2026-03-02"), {}}}});
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->weekly, (std::vector<Hours::Weekly>{
                                 {1, {clock(0), clock(14)}}, {1, {clock(14), clock(24)}}, {2, {clock(9), clock(10)}}}));
  EXPECT_EQ(checked->overrides,
            (std::vector<Hours::Override>{{date("2026-03-02"), {}},
                                          {date("2026-03-03"), {{clock(8), clock(9)}, {clock(9), clock(10)}}}}));
}

TEST(CheckHours, TellsEveryFault) {
  const auto faults = [](Hours given) {
    std::vector<std::string> pointers;
    const auto checked = check_hours(std::move(given));
    if (checked) return pointers;
    EXPECT_EQ(checked.error().code, base::Code::invalid_input);
    for (const auto& field : checked.error().fields) pointers.push_back(field.pointer);
    return pointers;
  };
  using Pointers = std::vector<std::string>;
  EXPECT_EQ(faults({{{0, {clock(9), clock(10)}}, {8, {clock(9), clock(10)}}}, {}}),
            (Pointers{"/items/0/weekday", "/items/1/weekday"}));
  EXPECT_EQ(faults({{{1, {clock(10), clock(10)}}}, {}}), Pointers{"/items/0"});
  EXPECT_EQ(faults({{{1, {clock(9, 3), clock(10)}}, {2, {clock(9), clock(10, 1)}}}, {}}),
            (Pointers{"/items/0", "/items/1"}));
  EXPECT_EQ(faults({{{1, {Minutes{-5}, clock(10)}}, {2, {clock(9), clock(24, 5)}}}, {}}),
            (Pointers{"/items/0", "/items/1"}));
  EXPECT_EQ(faults({{{1, {clock(9), clock(11)}}, {2, {clock(9), clock(11)}}, {1, {clock(10, 55), clock(12)}}}, {}}),
            Pointers{"/items/2"});
  EXPECT_EQ(faults({{}, {{date("2026-03-02"), {}}, {date("2026-03-02"), {}}}}), Pointers{"/items/1/date"});
  EXPECT_EQ(faults({{}, {{Date{}, {}}}}), Pointers{"/items/0/date"});
  EXPECT_EQ(faults({{}, {{date("2026-03-02"), {{clock(9), clock(8)}}}}}), Pointers{"/items/0/ranges/0"});
  Hours crowded;
  for (int i = 0; i < 25; ++i) crowded.weekly.push_back({1, {clock(0, 5 * i), clock(0, 5 * i + 5)}});
  EXPECT_EQ(faults(crowded), Pointers{"/items/24"});
  crowded.weekly.pop_back();
  EXPECT_EQ(faults(crowded), Pointers{});
}

}  // namespace opening_hours_test
