#include "domain/availability.h"

#include <gtest/gtest.h>

#include "domain/constraints.h"
#include "times.h"

namespace availability_test {

using namespace domain;
using namespace times;
using base::Code;

/// A school with one instructor who works on 2027-03-01 (a Monday, London, UTC) from 09:00 to 12:00, asked at 07:00.
struct World {
  School school{.id = {1}, .zone = zone("Europe/London"), .closures = {}, .constraints = {}};
  LessonType type{.id = {2},
                  .length = Minutes{60},
                  .step = Minutes{30},
                  .buffer_before = Minutes{0},
                  .buffer_after = Minutes{0},
                  .needs_vehicle = false};
  Instructor instructor{
      .id = {3}, .hours = {{{1, {clock(9), clock(12)}}}, {}}, .time_off = {}, .taken = {}, .busy = {}};
  Learner learner{.id = {4}, .taken = {}};
  std::vector<Vehicle> vehicles;
  Question asked{};

  Question question() {
    vehicle_pointers.clear();
    for (const auto& vehicle : vehicles) vehicle_pointers.push_back(&vehicle);
    auto question = asked;
    question.school = &school;
    question.type = &type;
    question.instructor = &instructor;
    question.learner = &learner;
    question.vehicles = vehicle_pointers;
    if (question.now == Instant{}) question.now = utc("2027-03-01T07:00:00Z");
    return question;
  }
  std::vector<std::string> starts(std::string_view day = "2027-03-01") {
    std::vector<std::string> times;
    for (const auto& slot : free_slots(question(), date(day), add_days(date(day), 1)))
      times.push_back(school.zone.wall_time(slot.lesson.start()).substr(11, 5));
    return times;
  }
  std::vector<Code> rules(std::string_view start) {
    std::vector<Code> codes;
    for (const auto& refusal : refusals(question(), utc(start))) codes.push_back(refusal.rule);
    return codes;
  }
  std::string words(std::string_view start, Audience audience = Audience::staff) {
    asked.audience = audience;
    std::string all;
    for (const auto& refusal : refusals(question(), utc(start))) all += refusal.message;
    return all;
  }

  std::vector<const Vehicle*> vehicle_pointers;
};

using Times = std::vector<std::string>;
using Codes = std::vector<Code>;

Taken lesson(std::int64_t booking, const Interval& span, Minutes before = {}, Minutes after = {}) {
  return {{booking}, span, span.widened(before, after)};
}

/// 2027-03-01, UTC.
Interval today(std::string_view from, std::string_view to) {
  return span("2027-03-01T" + std::string(from) + ":00Z", "2027-03-01T" + std::string(to) + ":00Z");
}
std::string at(std::string_view time) {
  return "2027-03-01T" + std::string(time) + ":00Z";
}

TEST(FreeSlots, FillTheHoursOnTheirGrid) {
  World world;
  EXPECT_EQ(world.starts(), (Times{"09:00", "09:30", "10:00", "10:30", "11:00"}));
  EXPECT_EQ(world.starts("2027-03-02"), Times{});
}

TEST(FreeSlots, MayBeginExactlyWhenTheLastOneEnds) {
  World world;
  world.instructor.taken = {lesson(9, today("10:00", "11:00"))};
  EXPECT_EQ(world.starts(), (Times{"09:00", "11:00"}));
  EXPECT_EQ(world.rules(at("09:30")), Codes{Code::slot_taken});
}

TEST(FreeSlots, KeepBothLessonsBuffers) {
  World world;
  world.type.step = Minutes{5};
  world.type.buffer_before = Minutes{5};
  world.instructor.hours.weekly = {{1, {clock(9), clock(13)}}};
  world.instructor.taken = {lesson(9, today("10:10", "11:10"), Minutes{5}, Minutes{10})};
  EXPECT_EQ(world.starts().at(1), "09:05");  // Ends at 10:05, where the other one's buffer begins.
  EXPECT_EQ(world.starts().at(2), "11:25");  // 11:10 and 10 minutes after, 5 minutes before.
  EXPECT_EQ(world.rules(at("09:10")), Codes{Code::buffer});
  EXPECT_EQ(world.rules(at("11:20")), Codes{Code::buffer});
  EXPECT_EQ(world.rules(at("11:05")), Codes{Code::slot_taken});
}

TEST(FreeSlots, KeepTheirOwnBuffersAroundOutsideEvents) {
  World world;
  world.type.step = Minutes{5};
  world.type.buffer_after = Minutes{15};
  world.instructor.busy = {today("10:30", "11:00")};
  EXPECT_EQ(world.starts(), (Times{"09:00", "09:05", "09:10", "09:15", "11:00"}));
  EXPECT_EQ(world.rules(at("09:20")), Codes{Code::buffer});
}

TEST(FreeSlots, NeedNoBufferAtTheEdgesOfHoursTimeOffAndClosures) {
  World world;
  world.type.buffer_before = world.type.buffer_after = Minutes{45};
  world.instructor.time_off = {today("10:00", "11:00")};
  EXPECT_EQ(world.starts(), (Times{"09:00", "11:00"}));
  EXPECT_EQ(world.rules(at("10:30")), Codes{Code::time_off});
}

TEST(FreeSlots, KeepTheGridWhateverIsCutOutOfTheHours) {
  World world;
  world.type.step = Minutes{50};
  world.instructor.time_off = {today("08:00", "09:15")};
  EXPECT_EQ(world.starts(), (Times{"09:50", "10:40"}));
}

TEST(FreeSlots, BeginNoEarlierThanNoticeAndEndNoLaterThanTheHorizon) {
  World world;
  world.asked.notice = Minutes{150};
  EXPECT_EQ(world.starts(), (Times{"09:30", "10:00", "10:30", "11:00"}));
  EXPECT_EQ(world.rules(at("09:30")), Codes{});  // Exactly the notice.
  EXPECT_EQ(world.rules(at("09:00")), Codes{Code::too_soon});
  world.asked.notice = Minutes{0};
  world.type.horizon = std::chrono::days{1};
  world.asked.now = utc("2027-02-28T11:00:00Z");
  EXPECT_EQ(world.starts(), (Times{"09:00", "09:30", "10:00"}));
  EXPECT_EQ(world.rules(at("10:00")), Codes{});  // Ends exactly a day from now.
  EXPECT_EQ(world.rules(at("10:30")), Codes{Code::beyond_horizon});
}

TEST(FreeSlots, AreNotOfferedOnClosedDays) {
  World world;
  world.school.closures = {{{1}, date("2027-03-01"), date("2027-03-02")}};
  EXPECT_EQ(world.starts(), Times{});
  EXPECT_EQ(world.rules(at("10:00")), Codes{Code::closure});
  EXPECT_EQ(world.starts("2027-03-08").size(), 5u);
  world.school.closures = {{{1}, date("2027-03-01"), date("2027-03-01")}};  // Says nothing.
  EXPECT_EQ(world.starts().size(), 5u);
}

TEST(FreeSlots, LeaveOutTheBookingThatMoves) {
  World world;
  world.school.constraints = {{.rule = Code::learner_daily_maximum, .value = 1},
                              {.rule = Code::instructor_daily_minutes, .value = 60},
                              {.rule = Code::break_needed, .value = 60, .break_length = Minutes{30}},
                              {.rule = Code::open_bookings, .value = 1}};
  world.instructor.taken = world.learner.taken = {lesson(9, today("10:00", "11:00"))};
  EXPECT_EQ(world.starts(), Times{});
  world.asked.moving = {9};
  EXPECT_EQ(world.starts().size(), 5u);
  EXPECT_EQ(world.rules(at("10:00")), Codes{});
}

TEST(FreeSlots, UseTheLowestVehicleThatIsFree) {
  World world;
  world.type.needs_vehicle = true;
  world.type.transmission = Transmission::manual;
  const auto manual = Transmission::manual;
  world.vehicles = {{.id = {1}, .transmission = Transmission::automatic, .drivers = {{3}}, .taken = {}},
                    {.id = {2}, .active = false, .transmission = manual, .drivers = {{3}}, .taken = {}},
                    {.id = {3}, .transmission = manual, .drivers = {{1}, {2}, {4}}, .taken = {}},
                    {.id = {5}, .transmission = manual, .turnaround = Minutes{30}, .drivers = {{1}, {3}}, .taken = {}},
                    {.id = {7}, .transmission = manual, .drivers = {{3}, {8}}, .taken = {}}};
  world.vehicles[3].taken = {lesson(9, today("10:30", "11:30"))};
  std::vector<std::int64_t> used;
  for (const auto& slot : free_slots(world.question(), date("2027-03-01"), date("2027-03-02")))
    used.push_back(slot.vehicle.value);
  EXPECT_EQ(used, (std::vector<std::int64_t>{5, 7, 7, 7, 7}));  // 09:30 would end in its turnaround at 11:00.
  EXPECT_EQ(vehicle_for(world.question(), utc(at("20:00"))), base::VehicleId{5});
  world.vehicles.pop_back();
  EXPECT_EQ(world.rules(at("09:30")), Codes{Code::vehicle_busy});
  EXPECT_EQ(vehicle_for(world.question(), utc(at("09:30"))), std::nullopt);
  world.vehicles.pop_back();
  EXPECT_EQ(world.rules(at("09:30")), Codes{Code::who_may_drive});
  world.vehicles.pop_back();
  EXPECT_EQ(world.rules(at("09:30")), Codes{Code::wrong_transmission});
  EXPECT_EQ(world.starts(), Times{});
  world.type.needs_vehicle = false;
  EXPECT_EQ(world.starts().size(), 5u);
  EXPECT_EQ(vehicle_for(world.question(), utc(at("09:30"))), base::VehicleId{});
}

TEST(FreeSlots, OfAnInactiveInstructorDoNotExist) {
  World world;
  world.instructor.active = false;
  EXPECT_EQ(world.starts(), Times{});
  EXPECT_EQ(world.rules(at("10:00")), Codes{Code::outside_hours});
  EXPECT_EQ(world.words(at("10:00")), "This instructor is not active.");
}

TEST(FreeSlots, MayHaveAnotherLength) {
  World world;
  world.asked.length = Minutes{120};
  EXPECT_EQ(world.starts(), (Times{"09:00", "09:30", "10:00"}));
  EXPECT_EQ(world.rules(at("10:30")), Codes{Code::outside_hours});
}

TEST(FreeSlots, CountLessonsOnTheLocalDayAndIsoWeekOfTheirStart) {
  World world;
  world.school.zone = zone("America/New_York");
  world.instructor.hours.weekly = {{7, {clock(18), clock(20)}}, {1, {clock(9), clock(11)}}};
  world.school.constraints = {{.rule = Code::learner_daily_maximum, .value = 1}};
  // 20:00 on Sunday 2027-02-28 in New York is Monday in UTC.
  world.learner.taken = {lesson(9, span("2027-03-01T01:00:00Z", "2027-03-01T02:00:00Z"))};
  world.asked.now = utc("2027-02-27T07:00:00Z");
  EXPECT_EQ(world.starts("2027-02-28"), Times{});
  EXPECT_EQ(world.starts("2027-03-01").size(), 3u);
  world.school.constraints = {{.rule = Code::learner_weekly_maximum, .value = 1}};
  EXPECT_EQ(world.starts("2027-02-28"), Times{});
  EXPECT_EQ(world.starts("2027-03-01").size(), 3u);
  EXPECT_EQ(world.rules("2027-02-28T23:00:00Z"), Codes{Code::learner_weekly_maximum});
}

TEST(FreeSlots, LeaveABreakAfterSoManyMinutes) {
  World world;
  world.instructor.hours.weekly = {{1, {clock(8), clock(14)}}};
  world.instructor.taken = {lesson(9, today("09:00", "10:00")), lesson(10, today("10:15", "11:15"))};
  world.type.step = Minutes{15};
  world.school.constraints = {{.rule = Code::break_needed, .value = 120, .break_length = Minutes{30}}};
  EXPECT_EQ(world.starts(), (Times{"11:45", "12:00", "12:15", "12:30", "12:45", "13:00"}));
  EXPECT_EQ(world.rules(at("11:30")), Codes{Code::break_needed});
  EXPECT_EQ(world.rules(at("08:00")), Codes{Code::break_needed});
}

TEST(Limits, OfAnInstructorBeatThoseOfTheSchool) {
  World world;
  const auto limit = [](std::int64_t value, bool enabled, std::optional<base::InstructorId> instructor) {
    return Constraint{.rule = Code::instructor_daily_minutes,
                      .enabled = enabled,
                      .value = value,
                      .instructor = instructor,
                      .message = ""};
  };
  world.school.constraints = {limit(59, true, {}), limit(60, true, {{3}}), limit(0, true, {{4}})};
  EXPECT_EQ(world.starts().size(), 5u);
  world.school.constraints = {limit(59, true, {{3}}), limit(60, true, {})};
  EXPECT_EQ(world.starts().size(), 0u);
  world.school.constraints = {limit(59, true, {}), limit(59, false, {{3}})};  // Switched off for this one.
  EXPECT_EQ(world.starts().size(), 5u);
  world.school.constraints = {limit(59, false, {})};
  EXPECT_EQ(world.starts().size(), 5u);
  world.school.constraints = {limit(60, true, {}), limit(59, true, {})};  // The first of two.
  EXPECT_EQ(world.starts().size(), 5u);
  world.school.constraints = {limit(59, true, {{4}})};  // Somebody else's.
  EXPECT_EQ(world.starts().size(), 5u);
}

TEST(FreeSlots, CountALessonAtMidnightOnTheDayThatBegins) {
  World world;
  world.school.constraints = {{.rule = Code::learner_daily_maximum, .value = 1}};
  world.learner.taken = {lesson(9, span("2027-03-01T00:00:00Z", "2027-03-01T01:00:00Z"))};
  EXPECT_EQ(world.starts().size(), 0u);
  world.learner.taken = {lesson(9, span("2027-03-02T00:00:00Z", "2027-03-02T01:00:00Z"))};
  EXPECT_EQ(world.starts().size(), 5u);
}

TEST(FreeSlots, CountLessonsAheadOnlyUntilTheyStart) {
  World world;
  world.school.constraints = {{.rule = Code::open_bookings, .value = 1}};
  world.learner.taken = {lesson(9, today("07:00", "08:00"))};
  world.asked.now = utc("2027-03-01T06:59:59Z");
  EXPECT_EQ(world.starts().size(), 0u);
  world.asked.now = utc("2027-03-01T07:00:00Z");
  EXPECT_EQ(world.starts().size(), 5u);
}

// Clock changes.

/// Wall times of the free half-hour lessons of one date with the same range every day.
Times starts_in(const std::string& zone_name, const std::string& day, WallRange range) {
  World world;
  world.school.zone = zone(zone_name);
  world.type.length = Minutes{30};
  world.asked.now = std::chrono::sys_days{add_days(date(day), -7)};
  for (unsigned weekday = 1; weekday <= 7; ++weekday) world.instructor.hours.weekly.push_back({weekday, range});
  return world.starts(day);
}

TEST(FreeSlots, ThatTheClockSkipsAreNotOffered) {
  EXPECT_EQ(starts_in("Europe/London", "2026-03-29", {clock(0), clock(3)}),
            (Times{"00:00", "00:30", "02:00", "02:30"}));
  EXPECT_EQ(starts_in("Europe/Berlin", "2026-03-29", {clock(2, 30), clock(4)}), (Times{"03:00", "03:30"}));
  EXPECT_EQ(starts_in("Europe/Dublin", "2026-03-29", {clock(0, 15), clock(2, 30)}), (Times{"00:15", "00:45"}));
  EXPECT_EQ(starts_in("America/New_York", "2026-03-08", {clock(1), clock(4)}),
            (Times{"01:00", "01:30", "03:00", "03:30"}));
  EXPECT_EQ(starts_in("Australia/Lord_Howe", "2026-10-04", {clock(1), clock(3, 30)}),
            (Times{"01:00", "01:30", "02:30", "03:00"}));
  EXPECT_EQ(starts_in("Africa/Casablanca", "2025-04-06", {clock(1, 30), clock(3, 30)}), (Times{"01:30", "03:00"}));
  EXPECT_EQ(starts_in("Pacific/Apia", "2011-12-30", {clock(0), clock(24)}), Times{});
  EXPECT_EQ(starts_in("Pacific/Apia", "2011-12-31", {clock(0), clock(1)}), (Times{"00:00", "00:30"}));
  EXPECT_EQ(starts_in("Europe/Berlin", "2050-03-27", {clock(1), clock(4)}),
            (Times{"01:00", "01:30", "03:00", "03:30"}));
}

TEST(FreeSlots, OfARepeatedHourAreOfferedOnce) {
  EXPECT_EQ(starts_in("Europe/London", "2026-10-25", {clock(0), clock(3)}),
            (Times{"00:00", "00:30", "01:00", "01:30", "02:00", "02:30"}));
  EXPECT_EQ(starts_in("Europe/London", "2026-10-25", {clock(0, 30), clock(1, 30)}), (Times{"00:30", "01:00"}));
  EXPECT_EQ(starts_in("Europe/Dublin", "2026-10-25", {clock(1, 30), clock(2, 30)}), (Times{"01:30", "02:00"}));
  EXPECT_EQ(starts_in("America/New_York", "2026-11-01", {clock(0, 30), clock(2, 30)}),
            (Times{"00:30", "01:00", "01:30", "02:00"}));
  EXPECT_EQ(starts_in("Australia/Lord_Howe", "2026-04-05", {clock(1), clock(3)}),
            (Times{"01:00", "01:30", "02:00", "02:30"}));
  EXPECT_EQ(starts_in("Africa/Casablanca", "2025-02-23", {clock(2), clock(4)}),
            (Times{"02:00", "02:30", "03:00", "03:30"}));
}

TEST(FreeSlots, StandOnTheTickOfOddOffsets) {
  EXPECT_EQ(starts_in("Asia/Kathmandu", "2026-06-02", {clock(9), clock(10)}), (Times{"09:00", "09:30"}));
}

TEST(Refusals, NameTheSecondPassOfARepeatedHour) {
  World world;
  world.instructor.hours.weekly = {{7, {clock(0), clock(4)}}};
  world.asked.now = utc("2026-10-20T00:00:00Z");
  EXPECT_EQ(world.rules("2026-10-25T00:30:00Z"), Codes{});
  EXPECT_EQ(world.rules("2026-10-25T01:30:00Z"), Codes{Code::off_grid});
  EXPECT_EQ(world.words("2026-10-25T01:30:00Z"),
            "The clocks go back and show 01:30 twice; lessons start only the first time.");
}

TEST(FreeSlots, LastAsLongAsTheyLastWhateverTheClockShows) {
  World world;
  world.instructor.hours.weekly = {{7, {clock(0), clock(4)}}};
  world.asked.now = utc("2026-10-20T00:00:00Z");
  const auto slots = free_slots(world.question(), date("2026-10-25"), date("2026-10-26"));
  ASSERT_EQ(slots.size(), 7u);
  for (const auto& slot : slots) EXPECT_EQ(slot.lesson.length(), std::chrono::hours{1});
}

// Words.

TEST(Refusals, AreToldInTheirOrderAllAtOnce) {
  World world;
  world.school.closures = {{{1}, date("2027-03-01"), date("2027-03-04")}};
  world.school.constraints = {{.rule = Code::open_bookings, .value = 0}};
  world.instructor.time_off = world.instructor.busy = {today("02:00", "04:00")};
  EXPECT_EQ(world.rules(at("03:33")), (Codes{Code::off_grid, Code::too_soon, Code::outside_hours, Code::closure,
                                             Code::time_off, Code::slot_taken, Code::open_bookings}));
}

TEST(Refusals, TellStaffTheTimesOfTheSchoolsClock) {
  World world;
  world.instructor.taken = {lesson(9, today("10:00", "11:00"), Minutes{10}, Minutes{15})};
  EXPECT_EQ(world.words(at("10:30")), "Another lesson of this instructor runs 10:00-11:00.");
  EXPECT_EQ(world.words(at("11:00")),
            "Another lesson of this instructor runs 10:00-11:00; with its buffers it blocks 09:50-11:15.");
  world.type.buffer_after = Minutes{15};
  EXPECT_EQ(world.words(at("09:00")),
            "Another lesson of this instructor runs 10:00-11:00; with its buffers it blocks 09:50-11:15; this lesson "
            "would block 09:00-10:15.");
  world.instructor.taken.clear();
  world.instructor.busy = {today("10:00", "11:00")};
  EXPECT_EQ(world.words(at("09:00")),
            "An event in this instructor's own calendar runs 10:00-11:00; this lesson would block 09:00-10:15.");
  EXPECT_EQ(world.words(at("14:00")),
            "The lesson does not lie within this instructor's hours on 2027-03-01: 09:00-12:00.");
  EXPECT_EQ(world.words("2027-03-02T10:00:00Z"), "This instructor has no hours on 2027-03-02.");
  EXPECT_EQ(world.words(at("11:15")),
            "Lessons of this type start every 30 minutes from 09:00."
            "The lesson does not lie within this instructor's hours on 2027-03-01: 09:00-12:00.");
  world.instructor.time_off = {span("2027-03-01T11:00:00Z", "2027-03-02T11:00:00Z")};
  EXPECT_EQ(world.words(at("11:00")), "This instructor has time off: 2027-03-01 11:00 to 2027-03-02 11:00.");
  world.school.closures = {{{1}, date("2027-03-01"), date("2027-03-04")}};
  EXPECT_EQ(world.words("2027-03-03T10:00:00Z"),
            "This instructor has no hours on 2027-03-03."
            "The school is closed from 2027-03-01 until the end of 2027-03-03.");
}

TEST(Refusals, TellLearnersWhatTheyCanActOnAndNothingAboutOthers) {
  World world;
  world.instructor.taken = {lesson(9, today("10:00", "11:00"), Minutes{10}, Minutes{15})};
  world.instructor.time_off = {today("09:00", "09:30")};
  world.learner.taken = {lesson(9, today("11:30", "12:30"))};
  world.asked.notice = Minutes{300};
  EXPECT_EQ(world.words(at("09:00"), Audience::learner),
            "Lessons can be booked until 5 hours before they start."
            "The instructor is not available at this time."
            "This time leaves too little room before or after the lesson.");
  world.asked.notice = Minutes{0};
  EXPECT_EQ(world.words(at("10:30"), Audience::learner), "This time is no longer free.");
  EXPECT_EQ(world.words(at("11:45"), Audience::learner),
            "Lessons start every 30 minutes; this is not one of the starts."
            "This time is outside the hours in which lessons are given."
            "You have another lesson at this time: 11:30-12:30.");
}

TEST(Refusals, SayLimitsAsNumbers) {
  World world;
  const auto words = [&](Constraint limit, Audience audience) {
    world.school.constraints = {limit};
    return world.words(at("11:00"), audience);
  };
  world.instructor.taken = world.learner.taken = {lesson(9, today("09:00", "10:30"))};
  EXPECT_EQ(words({.rule = Code::learner_daily_maximum, .value = 1}, Audience::learner), "At most 1 lesson a day.");
  EXPECT_EQ(words({.rule = Code::learner_daily_maximum, .value = 1}, Audience::staff),
            "The learner has 1 lesson on 2027-03-01; at most 1 lesson a day.");
  EXPECT_EQ(words({.rule = Code::learner_weekly_maximum, .value = 1}, Audience::learner),
            "At most 1 lesson a week, Monday to Sunday.");
  EXPECT_EQ(words({.rule = Code::learner_weekly_maximum, .value = 1}, Audience::staff),
            "The learner has 1 lesson in the week from Monday 2027-03-01; at most 1 lesson a week.");
  EXPECT_EQ(words({.rule = Code::open_bookings, .value = 1, .message = "Please drive first."}, Audience::learner),
            "Please drive first.");
  EXPECT_EQ(words({.rule = Code::open_bookings, .value = 1, .message = "Please drive first."}, Audience::staff),
            "The learner has 1 lesson ahead; at most 1 lesson.");
  EXPECT_EQ(words({.rule = Code::instructor_daily_minutes, .value = 149}, Audience::learner),
            "The instructor's day is full.");
  EXPECT_EQ(words({.rule = Code::instructor_daily_minutes, .value = 149}, Audience::staff),
            "With this lesson the instructor would teach 150 minutes on 2027-03-01; at most 149 a day.");
  EXPECT_EQ(words({.rule = Code::break_needed, .value = 149, .break_length = Minutes{60}}, Audience::staff),
            "With this lesson the instructor would teach 150 minutes without a break of 1 hour; at most 149.");
  EXPECT_EQ(words({.rule = Code::open_bookings, .value = 2}, Audience::learner), "");
}

TEST(Refusals, SayNoticeAndHorizonInTheUnitThatFits) {
  World world;
  world.asked.now = utc("2027-03-01T09:30:00Z");
  EXPECT_EQ(world.words(at("09:00"), Audience::learner), "This time has passed.");
  EXPECT_EQ(world.words(at("09:00")), "The start lies before now, 2027-03-01 09:30.");
  world.asked.notice = Minutes{90};
  EXPECT_EQ(world.words(at("10:30")),
            "Lessons can be booked until 90 minutes before they start: now from 2027-03-01 11:00 on.");
  world.asked.notice = Minutes{2 * 24 * 60};
  EXPECT_EQ(world.words(at("10:30"), Audience::learner), "Lessons can be booked until 2 days before they start.");
  world.asked.notice = Minutes{24 * 60};
  EXPECT_EQ(world.words(at("10:30"), Audience::learner), "Lessons can be booked until 24 hours before they start.");
  world.asked.notice = Minutes{50 * 60};
  EXPECT_EQ(world.words(at("10:30"), Audience::learner), "Lessons can be booked until 50 hours before they start.");
  world.type.horizon = std::chrono::days{0};
  world.asked.notice = Minutes{0};
  EXPECT_EQ(world.words(at("10:30"), Audience::learner), "Lessons can be booked up to 0 days ahead.");
  EXPECT_EQ(world.words(at("10:30")), "Lessons can be booked up to 0 days ahead: now until 2027-03-01 09:30.");
}

TEST(Refusals, NameTheVehicleThatIsMissing) {
  World world;
  world.type.needs_vehicle = true;
  EXPECT_EQ(world.words(at("10:00")), "There is no vehicle for this lesson.");
  world.type.transmission = Transmission::manual;
  EXPECT_EQ(world.words(at("10:00")), "There is no manual vehicle for this lesson.");
  world.type.transmission = Transmission::automatic;
  EXPECT_EQ(world.words(at("10:00")), "There is no automatic vehicle for this lesson.");
  world.vehicles = {{.id = {1}, .transmission = Transmission::automatic, .drivers = {}, .taken = {}}};
  EXPECT_EQ(world.words(at("10:00")), "This instructor may not drive any of 1 fitting vehicle.");
  world.vehicles[0].drivers = {{3}};
  world.vehicles[0].taken = {lesson(9, today("10:00", "11:00"))};
  EXPECT_EQ(
      world.words(at("10:00")),
      "All vehicles that fit and that this instructor may drive (1) are in use at this time, turnaround included.");
}

TEST(Rules, AreHardWhereNobodyOverrulesThem) {
  std::vector<Code> hard;
  for (const auto& rule : rules())
    if (is_hard(rule.code)) hard.push_back(rule.code);
  EXPECT_EQ(hard, (Codes{Code::wrong_transmission, Code::who_may_drive, Code::slot_taken, Code::learner_busy,
                         Code::vehicle_busy, Code::buffer}));
  EXPECT_TRUE(is_hard(Code::not_found));
}

TEST(Questions, ThatAreIncompleteAreBugs) {
  World world;
  Question without_school = world.question(), without_type = world.question(), without_instructor = world.question();
  without_school.school = nullptr;
  without_type.type = nullptr;
  without_instructor.instructor = nullptr;
  for (const auto& asked : {without_school, without_type, without_instructor}) {
    EXPECT_THROW((void)free_slots(asked, date("2027-03-01"), date("2027-03-02")), base::Bug);
    EXPECT_THROW((void)refusals(asked, utc(at("10:00"))), base::Bug);
  }
  world.type.step = Minutes{0};
  EXPECT_THROW((void)free_slots(world.question(), date("2027-03-01"), date("2027-03-02")), base::Bug);
  EXPECT_THROW((void)refusals(world.question(), utc(at("10:00"))), base::Bug);
  world.type.step = Minutes{30};
  world.asked.length = Minutes{0};
  EXPECT_THROW((void)refusals(world.question(), utc(at("10:00"))), base::Bug);
}

}  // namespace availability_test
