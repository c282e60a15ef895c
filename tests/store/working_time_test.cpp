// Everybody's days in one answer are what each instructor's own hours, dates and time off say.
#include "actions/working_time.h"

#include <gtest/gtest.h>

#include <random>

#include "store/school.h"

namespace working_time_test {

using domain::Date;
using testing_support::TestSchool;
using namespace std::chrono_literals;

Date date(const std::string& text) {
  return base::date_from_text(text).value();
}

/// One line for each range and each time off, so that a difference reads itself.
using Told = std::vector<std::string>;

std::string line(base::InstructorId who, Date day, const domain::WallRange& range) {
  return fmt::format("{} {} {}-{}", who.value, base::to_text(day), range.start.count(), range.end.count());
}
std::string line(const store::TimeOffRow& row, const std::string& title) {
  return fmt::format("{} off {}-{} {} {}", row.instructor.value, base::to_text(row.span.start()),
                     base::to_text(row.span.end()), row.version, title);
}

class World : public TestSchool {
 public:
  explicit World(unsigned seed) : TestSchool({.instructors = 4}), random(seed) {
    keys.make_keys(school, std::vector<base::PersonId>{{1001}, {1002}, {1003}, {1004}}, now);
    for (std::int64_t id = 1001; id <= 1004; ++id) fill_calendar({id});
    execute("update people set active = 0 where id = 1004");
    execute(
        "insert into schools (school_id, slug, name, zone, currency, approval, version, created_at)"
        " values (2, 'other', 'Other', 'UTC', 'GBP', 0, 1, 0)");
    execute_as_owner(
        "insert into people (school_id, id, role, version, created_at) values (2, 9001, 'instructor', 1, 0)");
    execute_as_owner(
        "insert into time_off (school_id, id, instructor_id, starts_at, ends_at, version)"
        " values (2, 1, 9001, 0, 9000000000, 1)");
  }

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); }

  Told in_one_answer(const actions::Caller& who, Date from, Date to) {
    Told told;
    const auto times = actions::working_times(context(), who, from, to).value();
    for (const auto& each : times.items) {
      for (const auto& day : each.open)
        for (const auto& range : day.ranges) told.push_back(line(each.hours.instructor, day.date, range));
      for (const auto& off : each.time_off) told.push_back(line(off.time_off, off.title));
    }
    return told;
  }

  /// From what each instructor's own lists say.
  Told one_by_one(const std::vector<std::int64_t>& ids, Date from, Date to) {
    Told told;
    for (const auto id : ids) {
      const auto hours = actions::get_hours(context(), office(), {id}).value().row.hours;
      for (auto day = from; day < to; day = domain::add_days(day, 1)) {
        const auto own = std::find_if(hours.overrides.begin(), hours.overrides.end(),
                                      [&](const auto& each) { return each.date == day; });
        const auto weekday = std::chrono::weekday{std::chrono::sys_days{day}}.iso_encoding();
        if (own != hours.overrides.end())
          for (const auto& range : own->ranges) told.push_back(line({id}, day, range));
        else
          for (const auto& weekly : hours.weekly)
            if (weekly.weekday == weekday) told.push_back(line({id}, day, weekly.range));
      }
      const auto away = actions::list_time_off(context(), office(), {id}, {.limit = 200}).value();
      for (const auto& off : away.items)
        if (off.time_off.span.start() < zone.at(to, 0min) && off.time_off.span.end() > zone.at(from, 0min))
          told.push_back(line(off.time_off, off.title));
    }
    return told;
  }

 private:
  std::vector<domain::WallRange> ranges() {
    std::vector<domain::WallRange> some;
    for (auto at = 60min * below(9); some.size() < 3 && below(4) > 0; at = some.back().end + 5min * below(20))
      some.push_back({at, at + 5min * (1 + below(60))});
    return some;
  }
  void fill_calendar(base::InstructorId id) {
    std::vector<domain::Hours::Weekly> weekly;
    std::vector<domain::Hours::Override> overrides;
    for (unsigned weekday = 1; weekday <= 7; ++weekday)
      for (const auto& range : ranges()) weekly.push_back({weekday, range});
    for (auto day = date("2026-03-20"); day < date("2026-04-10"); day = domain::add_days(day, 1))
      if (below(4) == 0) overrides.push_back({day, ranges()});
    CHECK(actions::set_hours(context(), office(), id, 1, weekly).has_value());
    CHECK(actions::set_overrides(context(), office(), id, 2, overrides).has_value());
    for (int i = below(12); i > 0; --i) {
      const auto start = time("2026-03-20T00:00") + 15min * below(21 * 96);
      const actions::TimeOffInput off{start, start + 5min * (1 + below(600)), below(2) == 0 ? "" : "Dentist"};
      const auto who = office();
      CHECK(actions::add_time_off(context(), who, id, off, key("", &who)).has_value());
    }
  }
  std::mt19937 random;
};

TEST(WorkingTime, IsWhatEachInstructorsOwnListsSay) {
  std::size_t ranges = 0, off = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int i = 0; i < 12; ++i) {
      // The clocks of London go forward on 29 March.
      const auto from = domain::add_days(date("2026-03-18"), world.below(24));
      const auto to = domain::add_days(from, 1 + world.below(7));
      const auto told = world.in_one_answer(world.office(), from, to);
      EXPECT_EQ(told, world.one_by_one({1001, 1002, 1003, 1004}, from, to));
      EXPECT_EQ(world.in_one_answer(world.instructor(2), from, to), world.one_by_one({1002}, from, to));
      for (const auto& each : told) ++(each.find("off") == std::string::npos ? ranges : off);
    }
  }
  EXPECT_GT(ranges, 1000u);
  EXPECT_GT(off, 100u);
}

TEST(WorkingTime, OfThePastIsToldToo) {
  World world(7);
  const auto from = date("2026-03-23"), to = date("2026-03-30");
  const auto told = world.in_one_answer(world.office(), from, to);
  world.now = world.time("2026-06-01T12:00");
  EXPECT_EQ(world.in_one_answer(world.office(), from, to), told);
}

}  // namespace working_time_test
