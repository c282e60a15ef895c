// Which times are listed, for whom, and who gives a lesson with "any instructor".
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "store/school.h"

namespace times_test {

using base::Code;
using testing_support::TestSchool;
using namespace std::chrono_literals;

#define ASSERT_OK(result) ASSERT_TRUE(result.has_value()) << (result ? "" : result.error().detail)

actions::TimesQuery days(const TestSchool& school, const std::string& from, const std::string& to) {
  return {.type = school.type, .from = base::date_from_text(from).value(), .to = base::date_from_text(to).value()};
}

TEST(FindTimes, ListsExactlyWhatBooks) {
  for (const bool cache : {true, false}) {
    TestSchool school({.cache = cache});
    ASSERT_OK(school.book(school.learner(2), school.at("2026-03-02T11:00")));
    const actions::TimesQuery query{.type = school.type,
                                    .from = school.zone.day_of(school.time("2026-03-02T00:00")),
                                    .to = school.zone.day_of(school.time("2026-03-03T00:00")),
                                    .instructor = {1001}};
    const auto times = actions::find_times(school.context(), school.learner(), query);
    ASSERT_OK(times);
    EXPECT_EQ(times->days.size(), 1u);
    EXPECT_EQ(static_cast<std::size_t>(times->days.at(0).second), times->slots.size());
    std::set<base::Instant> listed;
    for (const auto& slot : times->slots) listed.insert(slot.lesson.start());
    for (auto start = school.time("2026-03-02T08:00"); start < school.time("2026-03-02T19:00"); start += 5min) {
      const auto why = actions::explain(school.context(), school.learner(), query, start);
      ASSERT_OK(why);
      EXPECT_EQ(why->empty(), listed.contains(start)) << base::to_text(start);
      auto input = school.at("2026-03-02T09:00");
      input.start = start;
      const auto made = school.book(school.learner(), input);
      ASSERT_EQ(made.has_value(), listed.contains(start)) << base::to_text(start);
      if (made) {
        ASSERT_OK(actions::cancel_booking(school.context(), school.learner(), made->booking.id, 1, ""));
      }
    }
    EXPECT_GT(listed.size(), 20u);
  }
}

TEST(FindTimes, AnyInstructorIsOneSlotPerStartWithHowManyCouldGiveIt) {
  TestSchool school;
  ASSERT_OK(school.book(school.learner(2), school.at("2026-03-02T10:00")));
  const auto times = actions::find_times(school.context(), school.learner(),
                                         {.type = school.type,
                                          .from = school.zone.day_of(school.time("2026-03-02T00:00")),
                                          .to = school.zone.day_of(school.time("2026-03-04T00:00"))});
  ASSERT_OK(times);
  for (const auto& slot : times->slots) {
    const bool near =
        slot.lesson.start() > school.time("2026-03-02T08:45") && slot.lesson.start() < school.time("2026-03-02T11:15");
    EXPECT_EQ(slot.instructors, near ? 1 : 2) << base::to_text(slot.lesson.start());
  }
}

TEST(FindTimes, CountsTheLessonsOfTheWholeWeekAlsoThoseThatAreOver) {
  for (const bool cache : {true, false}) {
    TestSchool school({.cache = cache});
    school.execute(
        "insert into constraints (school_id, rule, enabled, value) values (1, 'learner-weekly-maximum', 1, 1)");
    ASSERT_OK(school.book(school.learner(), school.at("2026-03-02T10:00")));
    school.now = school.time("2026-03-04T12:00");
    const auto times =
        actions::find_times(school.context(), school.learner(), days(school, "2026-03-05", "2026-03-10"));
    ASSERT_OK(times);
    ASSERT_FALSE(times->slots.empty());
    EXPECT_EQ(times->slots.at(0).lesson.start(), school.time("2026-03-09T09:00"));
  }
}

TEST(FindTimes, ExplainsTimesOfEarlierWeeksToo) {
  TestSchool school;
  ASSERT_OK(school.book(school.learner(), school.at("2026-03-02T10:00")));
  school.now = school.time("2026-03-16T12:00");
  auto query = days(school, "2026-03-02", "2026-03-03");
  query.instructor = {1001};
  const auto why = actions::explain(school.context(), school.office(), query, school.time("2026-03-02T10:00"));
  ASSERT_OK(why);
  EXPECT_TRUE(std::any_of(why->begin(), why->end(), [](const auto& one) { return one.rule == Code::slot_taken; }));
}

TEST(FindTimes, AreAskedForByTheLearnerForAMonthOrThree) {
  TestSchool school;
  const auto code = [&](const actions::TimesQuery& query) {
    const auto times = actions::find_times(school.context(), school.learner(), query);
    return times ? "" : std::string(to_string(times.error().code));
  };
  EXPECT_EQ(code(days(school, "2026-03-02", "2026-06-02")), "") << "92 days";
  EXPECT_EQ(code(days(school, "2026-03-02", "2026-06-03")), "invalid-input");
  auto query = days(school, "2026-03-02", "2026-03-03");
  query.learner = {2002};
  EXPECT_EQ(code(query), "not-found") << "somebody else's name";
  query.learner = {};
  query.moving = school.book(school.learner(), school.at("2026-03-02T11:00"))->booking.id;
  EXPECT_EQ(code(query), "too-late") << "a day's notice to move is over";
}

TEST(FindTimes, KnowOnlyTheCarAskedForAndInstructorsWhoWork) {
  TestSchool school;
  auto input = school.at("2026-03-02T10:00");
  input.vehicle = {3002};
  ASSERT_OK(school.book(school.learner(2), input));
  auto query = days(school, "2026-03-02", "2026-03-03");
  const auto listed = [&](const char* wall) {
    const auto times = actions::find_times(school.context(), school.learner(), query);
    for (const auto& slot : times->slots)
      if (slot.lesson.start() == school.time(wall)) return slot.instructors;
    return 0;
  };
  EXPECT_EQ(listed("2026-03-02T10:00"), 1);
  query.vehicle = {3002};
  EXPECT_EQ(listed("2026-03-02T10:00"), 0);
  EXPECT_EQ(listed("2026-03-02T14:00"), 2);
  school.execute("update people set active = 0 where id = 1002");
  EXPECT_EQ(listed("2026-03-02T14:00"), 1);
}

TEST(AnyInstructor, IsTheLeastRecentlyBookedAmongThoseEquallyLoaded) {
  TestSchool school;
  ASSERT_OK(school.book(school.learner(1), school.at("2026-03-05T10:00")));
  auto earlier = school.at("2026-03-04T10:00");
  earlier.instructor = {1002};
  ASSERT_OK(school.book(school.learner(2), earlier));
  auto any = school.at("2026-03-10T10:00");
  any.instructor = {};
  EXPECT_EQ(school.book(school.learner(3), any)->booking.instructor.value, 1002);
}

TEST(AnyInstructor, IsTheNextOneWhereTheFirstIsTakenMeanwhile) {
  TestSchool school;
  std::latch entered{1}, release{1};
  std::thread holder([&] {
    (void)school.database.transact<int>({1}, [&](store::Transaction&) -> base::Result<int> {
      entered.count_down();
      release.wait();
      return 0;
    });
  });
  entered.wait();
  std::thread first([&] { EXPECT_TRUE(school.book(school.learner(1), school.at("2026-03-02T10:00"))); });
  std::this_thread::sleep_for(50ms);
  std::thread second([&] {
    auto any = school.at("2026-03-02T10:00");
    any.instructor = {};
    EXPECT_TRUE(school.book(school.learner(2), any));
  });
  std::this_thread::sleep_for(50ms);
  release.count_down();
  for (auto* thread : {&holder, &first, &second}) thread->join();
  EXPECT_EQ(school.number("select count(distinct instructor_id) from bookings"), 2);
}

TEST(AnyInstructor, TeachesWhenStaffOverruleTheHours) {
  TestSchool school;
  auto any = school.at("2026-03-02T07:00");
  any.instructor = {};
  any.learner = {2001};
  any.overruled = {"outside-hours"};
  any.reason = "Test at eight";
  EXPECT_TRUE(school.book(school.office(), any));
}

}  // namespace times_test
