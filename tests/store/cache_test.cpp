// What is answered from memory is what the database would answer, whatever has happened since it was loaded.
#include "cache/calendar_cache.h"

#include <gtest/gtest.h>

#include "actions/catalogue.h"
#include "actions/housekeeping.h"
#include "actions/people.h"
#include "actions/working_time.h"
#include "store/people_of_school.h"

namespace cache_test {

using store::Transaction;
using testing_support::StaffedSchool;
using testing_support::TestSchool;
using namespace std::chrono_literals;

using Listed = std::vector<std::string>;

/// Every free time of the first week, by learner, instructor and vehicle.
Listed listed(StaffedSchool& school, const actions::Context& context) {
  Listed all;
  for (const int learner : {1, 2})
    for (const std::int64_t instructor : {1001, 1002})
      for (const std::int64_t vehicle : {3001, 3002}) {
        const actions::TimesQuery query{.type = school.type,
                                        .from = base::date_from_text("2026-03-02").value(),
                                        .to = base::date_from_text("2026-03-07").value(),
                                        .instructor = {instructor},
                                        .vehicle = {vehicle}};
        const auto times = actions::find_times(context, school.learner(learner), query).value();
        for (const auto& slot : times.slots)
          all.push_back(fmt::format("{}/{}/{} {}", learner, instructor, vehicle, base::to_text(slot.lesson.start())));
      }
  return all;
}

struct Step {
  std::string name;
  std::function<bool()> change;
};

/// With everything in memory before each step; every step changes what is listed.
void expect_current_after(StaffedSchool& school, const std::vector<Step>& steps) {
  cache::CalendarCache off({.enabled = false});
  auto context = school.context();
  auto before = listed(school, context);
  for (const auto& [name, change] : steps) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(change());
    const auto now = listed(school, context);
    EXPECT_NE(now, before);
    EXPECT_EQ(now, listed(school, {school.database, off, school.keys}));
    before = now;
  }
}

TEST(CalendarCache, IsCurrentAfterEveryChangeOfABooking) {
  StaffedSchool school({.approval = true, .cache = true});
  auto context = school.context();
  const auto office = school.office(), learner = school.learner();
  auto input = school.at("2026-03-05T10:00");
  base::BookingId id{}, hold{};
  expect_current_after(
      school,
      {{"request", [&] { return (id = school.book(learner, input)->booking.id).value != 0; }},
       {"move",
        [&] {
          return actions::move_booking(context, office, id, 1, {.instructor = {1002}, .vehicle = {3002}}).has_value();
        }},
       {"cancel", [&] { return actions::cancel_booking(context, learner, id, 2, "").has_value(); }},
       {"undo", [&] { return actions::undo_change(context, learner, id, 3).has_value(); }},
       {"refuse", [&] { return actions::refuse_booking(context, office, id, 4, "").has_value(); }},
       {"hold",
        [&] {
          hold = actions::hold_slot(context, learner, input, school.key())->booking.id;
          return bool(hold);
        }},
       {"release", [&] { return actions::release_hold(context, learner, hold).has_value(); }},
       {"hold again", [&] { return actions::hold_slot(context, learner, input, school.key()).has_value(); }},
       {"lapse", [&] { return (school.now += 5min) > base::Instant{}; }}});
}

TEST(CalendarCache, IsCurrentAfterEveryChangeOfASchedule) {
  StaffedSchool school({.cache = true});
  const auto context = school.context();
  const auto office = school.office();
  school.keys.make_keys(school.school, std::vector<base::PersonId>{{1001}}, school.now);
  base::TimeOffId away{};
  const auto may_drive = [&](std::int64_t version, std::vector<base::InstructorId> drivers) {
    return actions::update_vehicle(context, office, {3002}, version, {.drivers = std::move(drivers)}).has_value();
  };
  const auto active = [&](std::int64_t person, std::int64_t version, bool is) {
    return actions::update_person(school.identity(), office, actions::Group::instructors, {person}, version,
                                  {.name = "Grace", .email = "grace@example.com", .active = is})
        .has_value();
  };
  expect_current_after(
      school, {{"time off",
                [&] {
                  const auto made = actions::add_time_off(
                      context, office, {1001}, {school.time("2026-03-02T09:00"), school.time("2026-03-02T12:00")},
                      school.key());
                  return bool(away = made->value.time_off.id);
                }},
               {"no time off", [&] { return actions::delete_time_off(context, office, {1001}, away).has_value(); }},
               {"hours",
                [&] {
                  return actions::set_hours(context, office, {1002}, 1, {{1, {9h, 16h}}}).has_value();
                }},
               {"fewer drivers", [&] { return may_drive(1, {{1002}}); }},
               {"more drivers",
                [&] {
                  return may_drive(2, {{1001}, {1002}});
                }},
               {"switched off", [&] { return active(1001, 1, false); }},
               {"switched on", [&] { return active(1001, 2, true); }}});
}

class CacheOfTwo : public testing::Test {
 protected:
  std::size_t lessons_of(Transaction& tx, std::int64_t instructor, const std::string& from = "2026-03-01T12:00") {
    return small.instructor(tx, school.school, {instructor}, school.time(from), school.now)->taken.size();
  }
  std::size_t lessons_of(std::int64_t instructor, const std::string& from = "2026-03-01T12:00") {
    return school.database.read({1}, [&](Transaction& tx) { return lessons_of(tx, instructor, from); });
  }

  TestSchool school;
  cache::CalendarCache small{{.entries = 2}};
};

TEST_F(CacheOfTwo, DoesNotKeepWhatACommitOvertook) {
  school.database.on_commit([&](const auto& touched) { small.committed(touched); });
  school.database.read({1}, [&](Transaction& old) {
    EXPECT_EQ(old.number("select count(*) from bookings"), 0) << "the snapshot is taken";
    EXPECT_TRUE(school.book(school.learner(), school.at("2026-03-02T10:00")));
    EXPECT_EQ(lessons_of(old, 1001), 0u);
    return 0;
  });
  EXPECT_EQ(lessons_of(1001), 1u);
}

TEST_F(CacheOfTwo, LooksFurtherBackThanWhatItHas) {
  ASSERT_TRUE(school.book(school.learner(), school.at("2026-03-02T10:00")));
  EXPECT_EQ(lessons_of(1001, "2026-03-03T00:00"), 0u);
  EXPECT_EQ(lessons_of(1001, "2026-03-02T00:00"), 1u);
}

TEST_F(CacheOfTwo, ForgetsTheLeastRecentlyUsed) {
  for (const std::int64_t instructor : {1001, 1002, 1001}) lessons_of(instructor);
  EXPECT_EQ(small.figures.hits, 1);
  school.database.read({1}, [&](Transaction& tx) {
    return small.learner(tx, school.school, {2001}, school.time("2026-03-01T12:00"), school.now)->version;
  });
  EXPECT_EQ(small.figures.evicted, 1);
  lessons_of(1001);
  EXPECT_EQ(small.figures.hits, 2) << "it was the other one that went";
  lessons_of(1002);
  EXPECT_EQ(small.figures.evicted, 2);
}

TEST_F(CacheOfTwo, AVehicleIsAsItsRulesSay) {
  school.database.read({1}, [&](Transaction& tx) {
    domain::Vehicle car{.id = {3001}};
    EXPECT_TRUE(small.vehicles(tx, school.school, {&car}, 1, school.now, school.now).front()->active);
    car.active = false;
    EXPECT_FALSE(small.vehicles(tx, school.school, {&car}, 2, school.now, school.now).front()->active);
    return 0;
  });
}

TEST_F(CacheOfTwo, ADecisionSeesTheRulesOfItsOwnTransaction) {
  const auto price = [](const auto& rules) { return rules->lessons.at(0).price.amount_minor; };
  const auto cached = [&](Transaction& tx) { return price(small.rules(tx, school.school)); };
  EXPECT_EQ(school.database.read({1}, cached), 4200);
  (void)school.database.transact<int>({1}, [&](Transaction& tx) -> base::Result<int> {
    tx.run("update lesson_types set price_minor = 1");
    store::bump_rules(tx, school.school);
    EXPECT_EQ(price(small.rules_for_decision(tx, school.school)), 1);
    return base::refuse(base::Code::internal, "taken back");
  });
  EXPECT_EQ(school.database.read({1}, cached), 4200);
}

}  // namespace cache_test
