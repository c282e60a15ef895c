#include "calendars/foreign.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "times.h"

namespace foreign_test {

using namespace calendars;
using namespace times;

const auto from = utc("2026-01-01T00:00:00Z"), to = utc("2027-01-01T00:00:00Z");

base::Result<ForeignEvent> read(std::string_view json, const std::string& calendar = "Europe/London") {
  return from_google(boost::json::parse(std::string(json)).as_object(), zone(calendar));
}

/// A calendar of these events, in the order in which they came.
ForeignCalendar calendar(const std::vector<std::string>& items) {
  ForeignCalendar all;
  for (const auto& item : items) all.apply(read(item).value());
  return all;
}

std::string timed(const std::string& id, const std::string& more, int hour = 9) {
  const auto time = [](int at) { return fmt::format("2026-01-05T{:02}:00:00Z", at); };
  return fmt::format(R"({{"id":"{}","start":{{"dateTime":"{}","timeZone":"Europe/London"}},)"
                     R"("end":{{"dateTime":"{}","timeZone":"Europe/London"}}{}}})",
                     id, time(hour), time(hour + 1), more);
}

std::vector<Interval> busy(const std::vector<std::string>& items, bool tentative = true) {
  const auto found = calendar(items).busy(from, to, tentative);
  EXPECT_EQ(found.unreadable, std::vector<std::string>());
  return found.times;
}

const auto nine = span("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z");

TEST(Foreign, TakesTimeOrNot) {
  struct Case {
    const char *name, *more;
    bool blocks, blocks_where_tentative_does_not;
  };
  const Case cases[] = {
      {"confirmed", R"(,"status":"confirmed")", true, true},
      {"tentative", R"(,"status":"tentative")", true, false},
      {"shown as available", R"(,"transparency":"transparent")", false, false},
      {"an invitation that was declined", R"(,"attendees":[{"self":true,"responseStatus":"declined"}])", false, false},
      {"that nobody has answered", R"(,"attendees":[{"self":true,"responseStatus":"needsAction"}])", true, false},
      {"that was accepted", R"(,"attendees":[{"self":true,"responseStatus":"accepted"}])", true, true},
      {"that somebody else declined", R"(,"attendees":[{"responseStatus":"declined"}])", true, true},
      {"where somebody works", R"(,"eventType":"workingLocation")", false, false},
      {"a birthday", R"(,"eventType":"birthday")", false, false},
      {"out of office", R"(,"eventType":"outOfOffice")", true, true},
      {"focus", R"(,"eventType":"focusTime")", true, true},
      {"of a kind that nobody knows yet", R"(,"eventType":"somethingNew")", true, true},
      {"written by the school", R"(,"extendedProperties":{"private":{"roadbookBooking":"42"}})", false, false},
  };
  for (const auto& [name, more, blocks, strict] : cases) {
    EXPECT_EQ(busy({timed("a", more)}), blocks ? std::vector{nine} : std::vector<Interval>()) << name;
    EXPECT_EQ(busy({timed("a", more)}, false), strict ? std::vector{nine} : std::vector<Interval>()) << name;
  }
}

TEST(Foreign, WholeDaysAreThoseOfTheCalendar) {
  const auto* day = R"({"id":"a","start":{"date":"2026-03-29"},"end":{"date":"2026-03-30"}})";
  EXPECT_EQ(calendar({day}).busy(from, to, true).times,
            std::vector{span("2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z")});
  ForeignCalendar elsewhere;
  elsewhere.apply(read(day, "America/New_York").value());
  EXPECT_EQ(elsewhere.busy(from, to, true).times, std::vector{span("2026-03-29T04:00:00Z", "2026-03-30T04:00:00Z")});
}

TEST(Foreign, TimesAreInstantsWhateverTheirOffset) {
  EXPECT_EQ(busy({R"({"id":"a","start":{"dateTime":"2026-10-25T02:30:00+02:00","timeZone":"Europe/London"},)"
                  R"("end":{"dateTime":"2026-10-25T01:45:00Z"}})"}),
            std::vector{span("2026-10-25T00:30:00Z", "2026-10-25T01:45:00Z")});
  // The second pass of the repeated hour is not the first.
  EXPECT_EQ(busy({R"({"id":"a","start":{"dateTime":"2026-10-25T01:30:00Z","timeZone":"Europe/London"},)"
                  R"("end":{"dateTime":"2026-10-25T01:45:00Z"}})"}),
            std::vector{span("2026-10-25T01:30:00Z", "2026-10-25T01:45:00Z")});
}

TEST(Foreign, IsWidenedToTheTickAndMerged) {
  const auto at = [](const char* id, const char* start, const char* end) {
    return fmt::format(R"({{"id":"{}","start":{{"dateTime":"2026-01-05T{}Z"}},"end":{{"dateTime":"2026-01-05T{}Z"}}}})",
                       id, start, end);
  };
  EXPECT_EQ(busy({at("a", "09:02:30", "09:58:01"), at("b", "10:00:00", "10:10:00"), at("c", "10:15:00", "10:15:01")}),
            (std::vector{span("2026-01-05T09:00:00Z", "2026-01-05T10:10:00Z"),
                         span("2026-01-05T10:15:00Z", "2026-01-05T10:20:00Z")}));
  EXPECT_EQ(busy({at("a", "09:00:00", "09:00:00")}), std::vector<Interval>());
}

const auto* series = R"(,"recurrence":["RRULE:FREQ=WEEKLY;COUNT=3"])";
const auto second = span("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z");
const auto third = span("2026-01-19T09:00:00Z", "2026-01-19T10:00:00Z");
const auto* cancelled_second = R"({"id":"s_20260112T090000Z","status":"cancelled","recurringEventId":"s",)"
                               R"("originalStartTime":{"dateTime":"2026-01-12T09:00:00Z"}})";
const auto* moved_second = R"({"id":"s_20260112T090000Z","recurringEventId":"s",)"
                           R"("originalStartTime":{"dateTime":"2026-01-12T09:00:00Z","timeZone":"Europe/London"},)"
                           R"("start":{"dateTime":"2026-01-13T11:00:00Z"},"end":{"dateTime":"2026-01-13T12:00:00Z"}})";
const auto moved = span("2026-01-13T11:00:00Z", "2026-01-13T12:00:00Z");

TEST(Foreign, OccurrencesOfASeriesAreMovedAndTakenOut) {
  EXPECT_EQ(busy({timed("s", series)}), (std::vector{nine, second, third}));
  EXPECT_EQ(busy({timed("s", series), cancelled_second}), (std::vector{nine, third}));
  EXPECT_EQ(busy({timed("s", series), moved_second}), (std::vector{nine, moved, third}));
  EXPECT_EQ(busy({moved_second, timed("s", series)}), (std::vector{nine, moved, third})) << "in whatever order";
  EXPECT_EQ(busy({timed("s", series), moved_second, cancelled_second}), (std::vector{nine, third}));
  EXPECT_EQ(busy({timed("s", series), cancelled_second, moved_second}), (std::vector{nine, moved, third}));
  EXPECT_EQ(busy({moved_second}), std::vector{moved}) << "whose series is not known";
  EXPECT_EQ(busy({timed("s", series), cancelled_second, timed("s", series, 10)}),
            (std::vector{span("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"),
                         span("2026-01-12T10:00:00Z", "2026-01-12T11:00:00Z"),
                         span("2026-01-19T10:00:00Z", "2026-01-19T11:00:00Z")}))
      << "a series that was moved has left its exception behind";
}

TEST(Foreign, ASeriesTakesItsExceptionsWithIt) {
  EXPECT_EQ(busy({timed("s", series), moved_second, R"({"id":"s","status":"cancelled"})"}), std::vector<Interval>());
  const auto left = calendar({timed("s", series), moved_second, R"({"id":"s","status":"cancelled"})"});
  EXPECT_TRUE(left.events().empty());
}

TEST(Foreign, ThisAndFollowingIsAnEndAndABeginning) {
  EXPECT_EQ(busy({timed("s", series), timed("s", R"(,"recurrence":["RRULE:FREQ=WEEKLY;UNTIL=20260111T235959Z"])"),
                  R"({"id":"s_R20260112","start":{"dateTime":"2026-01-12T10:00:00Z","timeZone":"Europe/London"},)"
                  R"("end":{"dateTime":"2026-01-12T11:00:00Z"},"recurrence":["RRULE:FREQ=WEEKLY;COUNT=1"]})"}),
            (std::vector{nine, span("2026-01-12T10:00:00Z", "2026-01-12T11:00:00Z")}));
}

TEST(Foreign, AFullListIsAllThereIs) {
  auto all = calendar({timed("a", ""), timed("b", "", 11)});
  all.replace({read(timed("b", "", 11)).value()});
  EXPECT_EQ(all.busy(from, to, true).times, std::vector{span("2026-01-05T11:00:00Z", "2026-01-05T12:00:00Z")});
}

TEST(Foreign, WhatCannotBeReadIsNotFree) {
  const auto found =
      calendar({timed("a", R"(,"recurrence":["RRULE:FREQ=SOMETIMES"])"), timed("b", "", 11)}).busy(from, to, true);
  EXPECT_EQ(found.unreadable, std::vector<std::string>{"a"});
  EXPECT_EQ(found.times.size(), 1u);
  const std::pair<const char*, const char*> items[] = {
      {R"({})", "id is missing."},
      {R"({"id":"a"})", "start is missing."},
      {R"({"id":"a","start":{"date":"2026-01-05"}})", "end is missing."},
      {R"({"id":"a","start":{"date":"2026-02-30"},"end":{"date":"2026-03-01"}})", "start is no date."},
      {R"({"id":"a","start":{"dateTime":"2026-01-05T09:00:00"},"end":{}})", "start is no time with an offset."},
      {R"({"id":"a","start":{"date":"2026-01-05"},"end":{"dateTime":"2026-01-05T09:00:00Z"}})",
       "it begins on a day and ends at a time."},
      {R"({"id":"a","start":{"dateTime":"2026-01-05T09:00:00Z","timeZone":"Mars"},"end":{}})",
       "there is no zone Mars."},
      {R"({"id":"a","recurringEventId":"s","status":"cancelled"})", "originalStartTime is missing."},
  };
  for (const auto& [json, why] : items) {
    const auto event = read(json);
    ASSERT_FALSE(event) << json;
    EXPECT_EQ(event.error().detail, std::string("The event cannot be read: ") + why);
  }
}

TEST(Foreign, WhatCannotBeReadButTakesNoTimeIsRead) {
  const auto born =
      read(R"({"id":"a","eventType":"birthday","start":{"date":"1950-05-05"},"end":{"date":"1950-05-06"},)"
           R"("recurrence":["RRULE:FREQ=YEARLY"]})");
  ASSERT_TRUE(born);
  EXPECT_EQ(born->shows, Shows::free);
  EXPECT_EQ(born->time, std::nullopt);
  EXPECT_FALSE(read(R"({"id":"a","start":{"date":"1950-05-05"},"end":{"date":"1950-05-06"}})"));
}

TEST(Foreign, AnUnreadableItemIsNamedUntilItIsChanged) {
  ForeignCalendar all;
  const auto item = boost::json::parse(R"({"id":"a","start":{"date":"1950-05-05"}})").as_object();
  all.apply(unreadable(item, zone("UTC")));
  EXPECT_EQ(all.busy(from, to, true).unreadable, std::vector<std::string>{"a"});
  EXPECT_EQ(all.busy(from, to, true).times, std::vector<Interval>());
  all.apply(read(timed("a", "")).value());
  EXPECT_EQ(all.busy(from, to, true).unreadable, std::vector<std::string>());
  EXPECT_EQ(all.busy(from, to, true).times, std::vector{nine});
}

TEST(Foreign, ADeletedEventMaySayWhichBookingItWas) {
  const auto gone =
      read(R"({"id":"a","status":"cancelled","extendedProperties":{"private":{"roadbookBooking":"42"}}})");
  ASSERT_TRUE(gone);
  EXPECT_TRUE(gone->gone);
  EXPECT_EQ(gone->booking, "42");
  EXPECT_EQ(read(R"({"id":"a","status":"cancelled"})")->booking, "");
}

}  // namespace foreign_test
