#include "actions/catalogue.h"

#include <gtest/gtest.h>

#include "actions/school.h"
#include "actions/working_time.h"
#include "store/people_of_school.h"
#include "store/verify.h"

namespace catalogue_test {

using actions::LessonTypeInput;
using base::Code;
using domain::Minutes;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using testing_support::StaffedSchool;

/// The pointers of everything that was wrong, in order; the code where it was something else.
template <class T>
std::string faults(const base::Result<T>& result) {
  if (result) return "fine";
  if (result.error().fields.empty()) return std::string(base::to_string(result.error().code));
  std::string all;
  for (const auto& field : result.error().fields) all += (all.empty() ? "" : " ") + field.pointer;
  return all;
}

struct World : StaffedSchool {
  store::RequestKey request(const std::string& key) { return {school, office().principal.person, "POST", key, {1}}; }
  store::RequestKey request() { return request("r" + std::to_string(++made)); }
  std::int64_t version_of(std::int64_t id) {
    return number("select version from calendars where id = " + std::to_string(id));
  }
  std::int64_t rules() { return number("select rules_version from schools"); }
  std::string verified() {
    const auto found = store::verify(database_at).faults;
    return found.empty() ? "" : found.front();
  }
  domain::Date date(const std::string& text) { return base::date_from_text(text).value(); }
  actions::BookingView booked(const std::string& wall) { return book(learner(), at(wall)).value(); }
  int made = 0;
};

const LessonTypeInput lesson{.name = "Motorway", .length = 90min, .price = domain::Money{6000, "GBP"}};

TEST(LessonTypes, AreMadeChangedListedAndRemovedAndTheirEventsReplay) {
  World world;
  const auto before = world.rules(), calendar = world.version_of(1001);
  const auto made = actions::create_lesson_type(world.context(), world.office(), lesson, world.request());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->value.version, 1);
  EXPECT_EQ(made->value.rules.buffer_after, 15min);
  EXPECT_GT(world.rules(), before);
  EXPECT_GT(world.version_of(1001), calendar);
  const auto id = made->value.rules.id;
  const auto changed =
      actions::update_lesson_type(world.context(), world.office(), id, 1, {.length = 120min, .active = false});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->version, 2);
  EXPECT_EQ(changed->name, "Motorway");
  EXPECT_EQ(actions::get_lesson_type(world.context(), world.learner(), id)->rules.length, 120min);
  EXPECT_EQ(faults(actions::update_lesson_type(world.context(), world.office(), id, 1, {})), "stale-version");
  EXPECT_EQ(actions::list_lesson_types(world.context(), world.learner(), {})->items.size(), 3u);
  ASSERT_TRUE(actions::delete_lesson_type(world.context(), world.office(), id));
  EXPECT_EQ(faults(actions::get_lesson_type(world.context(), world.learner(), id)), "not-found");
  EXPECT_EQ(world.verified(), "");
}

TEST(LessonTypes, ReportEveryFaultAtOnce) {
  World world;
  const LessonTypeInput bad{.name = std::string(201, 'x'),
                            .length = 7min,
                            .step = 0min,
                            .buffer_before = -5min,
                            .notice_book = 3min,
                            .horizon = std::chrono::days{0},
                            .price = domain::Money{-1, "EUR"}};
  EXPECT_EQ(faults(actions::create_lesson_type(world.context(), world.office(), bad, world.request())),
            "/name /length_minutes /step_minutes /buffer_before_minutes /notice_book_minutes /horizon_days"
            " /price/amount_minor /price/currency");
  EXPECT_EQ(faults(actions::create_lesson_type(world.context(), world.office(), {}, world.request())),
            "/name /length_minutes /price");
  auto endless = lesson;
  endless.length = 13h;
  EXPECT_EQ(faults(actions::create_lesson_type(world.context(), world.office(), endless, world.request())),
            "/length_minutes");
}

TEST(LessonTypes, WithLessonsStay) {
  World world;
  world.booked("2026-03-02T10:00");
  const auto refused = actions::delete_lesson_type(world.context(), world.office(), world.type);
  EXPECT_EQ(faults(refused), "in-use");
  EXPECT_EQ(refused.error().count, 1);
}

TEST(LessonTypes, ARequestThatComesTwiceMakesOne) {
  World world;
  const auto key = world.request("same-key");
  const auto first = actions::create_lesson_type(world.context(), world.office(), lesson, key);
  const auto second = actions::create_lesson_type(world.context(), world.office(), lesson, key);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->value.rules.id, first->value.rules.id);
  auto other = key;
  other.body_hash = {2};
  EXPECT_EQ(faults(actions::create_lesson_type(world.context(), world.office(), lesson, other)),
            "idempotency-mismatch");
}

TEST(LessonTypes, BookAtOnceAsTheyAreNow) {
  World world;
  const auto made = actions::create_lesson_type(world.context(), world.office(), lesson, world.request()).value();
  auto input = world.at("2026-03-02T10:00");
  input.type = made.value.rules.id;
  const auto booked = world.book(world.learner(), input);
  ASSERT_TRUE(booked);
  EXPECT_EQ(booked->booking.price.amount_minor, 6000);
  ASSERT_TRUE(actions::update_lesson_type(world.context(), world.office(), input.type, 1, {.active = false}));
  input.start += 24h;
  EXPECT_FALSE(world.book(world.learner(), input));
}

TEST(Vehicles, AreMadeChangedAndRemovedWithTheirCalendar) {
  World world;
  const auto made = actions::create_vehicle(world.context(), world.office(),
                                            {.name = "Corsa",
                                             .transmission = domain::Transmission::automatic,
                                             .drivers = std::vector<base::InstructorId>{{1002}, {1001}, {1002}}},
                                            world.request());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->value.rules.drivers, (std::vector<base::InstructorId>{{1001}, {1002}}));
  const auto id = made->value.rules.id;
  EXPECT_EQ(world.version_of(id.value), 1);
  ASSERT_TRUE(actions::update_vehicle(world.context(), world.office(), id, 1, {.turnaround = 30min}));
  EXPECT_EQ(actions::get_vehicle(world.context(), world.learner(), id)->rules.turnaround, 30min);
  EXPECT_EQ(faults(actions::create_vehicle(world.context(), world.office(),
                                           {.name = "",
                                            .transmission = domain::Transmission::any,
                                            .turnaround = 725min,
                                            .drivers = std::vector<base::InstructorId>{{1001}, {2001}}},
                                           world.request())),
            "/name /transmission /turnaround_minutes /driver_ids/1");
  ASSERT_TRUE(actions::delete_vehicle(world.context(), world.office(), id));
  EXPECT_EQ(world.version_of(id.value), 0);
  world.booked("2026-03-02T10:00");
  EXPECT_EQ(faults(actions::delete_vehicle(world.context(), world.office(), {3001})), "in-use");
  EXPECT_EQ(world.verified(), "");
}

TEST(Closures, ListTheLessonsInThemAndDeleteNone) {
  World world;
  const auto inside = world.booked("2026-03-02T10:00");
  world.booked("2026-03-03T10:00");
  const auto made = actions::create_closure(
      world.context(), world.office(),
      {.name = "Spring", .from = world.date("2026-03-02"), .to = world.date("2026-03-03")}, world.request());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->value.affected, std::vector{inside.booking.id});
  EXPECT_EQ(faults(world.book(world.learner(2), world.at("2026-03-02T14:00"))), "closure");
  const auto id = made->value.closure.days.id;
  EXPECT_EQ(actions::list_closures(world.context(), world.office(), {})->items.at(0).affected.size(), 1u);
  EXPECT_TRUE(actions::list_closures(world.context(), world.learner(), {})->items.at(0).affected.empty());
  const auto longer = actions::update_closure(world.context(), world.office(), id, 1, {.to = world.date("2026-03-04")});
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->affected.size(), 2u);
  EXPECT_EQ(faults(actions::update_closure(world.context(), world.office(), id, 2, {.to = world.date("2026-03-02")})),
            "/to");
  ASSERT_TRUE(actions::delete_closure(world.context(), world.office(), id));
  EXPECT_TRUE(world.book(world.learner(2), world.at("2026-03-02T14:00")));
  EXPECT_EQ(world.verified(), "");
}

TEST(Closures, LastTwoYearsAtMostAndAreTheOfficesToTakeBack) {
  World world;
  const auto key = world.request("same-key");
  const actions::ClosureInput spring{
      .name = "Spring", .from = world.date("2026-03-02"), .to = world.date("2026-03-03")};
  const auto id = actions::create_closure(world.context(), world.office(), spring, key)->value.closure.days.id;
  const auto again = actions::create_closure(world.context(), world.office(), spring, key);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->value.closure.days.id, id);
  EXPECT_EQ(faults(actions::update_closure(world.context(), world.office(), id, 9, {})), "stale-version");
  const auto until = [&](const char* day) {
    return faults(actions::update_closure(world.context(), world.office(), id, 1, {.to = world.date(day)}));
  };
  EXPECT_EQ(until("2028-03-03"), "/to");
  EXPECT_EQ(until("2028-03-02"), "fine");
  EXPECT_EQ(faults(actions::delete_closure(world.context(), world.instructor(), id)), "forbidden");
}

TEST(Hours, ListTheLessonsOutsideOfThem) {
  World world;
  const auto late = world.booked("2026-03-02T16:00");
  world.booked("2026-03-03T10:00");
  const auto calendar = world.version_of(1001), other = world.version_of(1002);
  const auto set = actions::set_hours(world.context(), world.instructor(), {1001}, 1, {{1, {9h, 16h}}, {2, {9h, 16h}}});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->row.version, 2);
  EXPECT_EQ(set->affected, std::vector{late.booking.id});
  EXPECT_GT(world.version_of(1001), calendar);
  EXPECT_EQ(world.version_of(1002), other);
  EXPECT_EQ(faults(world.book(world.learner(2), world.at("2026-03-02T16:30"))), "outside-hours");
  const auto closed =
      actions::set_overrides(world.context(), world.office(), {1001}, 2, {{world.date("2026-03-03"), {}}});
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->affected.size(), 2u);
  EXPECT_EQ(actions::get_hours(world.context(), world.instructor(), {1001})->row.hours.weekly.size(), 2u);
  EXPECT_EQ(faults(actions::set_hours(world.context(), world.office(), {1001}, 1, {})), "stale-version");
  EXPECT_NE(faults(actions::set_hours(world.context(), world.office(), {1001}, 3, {{8, {9h, 8h}}})), "fine");
  EXPECT_EQ(world.verified(), "");
}

TEST(TimeOff, ListsTheLessonsInItAndKeepsNewOnesOut) {
  World world;
  const auto inside = world.booked("2026-03-02T10:00");
  const auto start = world.time("2026-03-02T09:00"), end = world.time("2026-03-02T12:00");
  const auto made = actions::add_time_off(world.context(), world.instructor(), {1001}, {start, end}, world.request());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->value.affected, std::vector{inside.booking.id});
  EXPECT_EQ(faults(world.book(world.learner(2), world.at("2026-03-02T09:00"))), "time-off");
  EXPECT_EQ(actions::list_time_off(world.context(), world.office(), {1001}, {})->items.size(), 1u);
  EXPECT_EQ(
      faults(actions::add_time_off(world.context(), world.office(), {1001}, {end + 1min, start}, world.request())),
      "/start /end");
  EXPECT_EQ(faults(actions::delete_time_off(world.context(), world.office(), {1002}, made->value.time_off.id)),
            "not-found");
  ASSERT_TRUE(actions::delete_time_off(world.context(), world.instructor(), {1001}, made->value.time_off.id));
  EXPECT_EQ(world.verified(), "");
}

TEST(TimeOff, LastsTwoYearsAtMostAndIsMadeOnceForOneself) {
  World world;
  const auto start = world.time("2026-03-02T09:00");
  const auto add = [&](const actions::Caller& who, base::Instant end, const store::RequestKey& key) {
    return actions::add_time_off(world.context(), who, {1001}, {start, end}, key);
  };
  EXPECT_EQ(faults(add(world.instructor(2), start + 1h, world.request())), "not-found");
  EXPECT_EQ(faults(add(world.instructor(), start + std::chrono::days{731} + 5min, world.request())), "/end");
  const auto key = world.request("same-key");
  const auto made = add(world.instructor(), start + 1h, key), again = add(world.instructor(), start + 1h, key);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->value.time_off.id, made->value.time_off.id);
  EXPECT_EQ(faults(add(world.instructor(), start + std::chrono::days{731}, world.request())), "fine");
  world.now = start + 1h;
  EXPECT_EQ(actions::list_time_off(world.context(), world.office(), {1001}, {})->items.size(), 1u) << "one is over";
}

TEST(TimeOff, ConcernsLessonsToComeAndNoHolds) {
  World world;
  world.booked("2026-03-02T10:00");
  const auto next = world.booked("2026-03-02T14:00");
  world.now = world.time("2026-03-02T11:00");
  ASSERT_TRUE(actions::hold_slot(world.context(), world.learner(2), world.at("2026-03-02T16:00"), world.key()));
  const auto made =
      actions::add_time_off(world.context(), world.office(), {1001},
                            {world.time("2026-03-02T09:00"), world.time("2026-03-02T18:00")}, world.request());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->value.affected, std::vector{next.booking.id});
}

TEST(Constraints, AreReplacedWholeAndHoldAtOnce) {
  World world;
  EXPECT_EQ(actions::get_constraints(world.context(), world.instructor())->version, 1);
  const domain::Constraint one_a_day{.rule = Code::learner_daily_maximum, .value = 1};
  const auto set = actions::set_constraints(world.context(), world.office(), 1, {one_a_day});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->version, 2);
  world.booked("2026-03-02T10:00");
  EXPECT_EQ(faults(world.book(world.learner(), world.at("2026-03-02T14:00"))), "learner-daily-maximum");
  EXPECT_EQ(faults(actions::set_constraints(world.context(), world.office(), 1, {})), "stale-version");
  EXPECT_EQ(faults(actions::set_constraints(world.context(), world.office(), 2,
                                            {one_a_day,
                                             one_a_day,
                                             {.rule = Code::slot_taken, .value = 0},
                                             {.rule = Code::break_needed, .value = 240},
                                             {.rule = Code::open_bookings, .value = 5, .instructor = {{2001}}}})),
            "/items/1/rule /items/2/rule /items/2/value /items/3/break_minutes /items/4/scope/id");
  ASSERT_TRUE(actions::set_constraints(world.context(), world.office(), 2, {}));
  EXPECT_TRUE(world.book(world.learner(), world.at("2026-03-02T14:00")));
  EXPECT_EQ(world.verified(), "");
}

TEST(School, IsChangedByItsAdminAndKeepsItsZoneOnceThereAreBookings) {
  World world;
  const auto admin = world.caller(4002, auth::Role::admin);
  ASSERT_TRUE(
      actions::update_school(world.context(), admin, 1,
                             {.zone = "Europe/Berlin", .approval = true, .reminders = std::vector<std::int64_t>{60}}));
  EXPECT_EQ(actions::get_school(world.context(), world.learner())->zone, "Europe/Berlin");
  EXPECT_EQ(domain::to_text(actions::get_school(world.context(), world.learner())->leads), "60");
  EXPECT_EQ(faults(actions::update_school(world.context(), world.office(), 2, {.name = "X"})), "forbidden");
  EXPECT_EQ(faults(actions::update_school(world.context(), admin, 2, {.name = "", .zone = "Mars", .currency = "gbp"})),
            "/name /time_zone /currency");
  ASSERT_TRUE(actions::update_school(world.context(), admin, 2, {.zone = "Europe/London"}));
  world.booked("2026-03-02T10:00");
  EXPECT_EQ(faults(actions::update_school(world.context(), admin, 3, {.zone = "Europe/Berlin"})), "/time_zone");
  const auto open = actions::public_school(world.identity(), "test");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->lessons.size(), 2u);
  EXPECT_EQ(faults(actions::public_school(world.identity(), "other")), "not-found");
}

TEST(Catalogue, IsReadByEverybodyAndChangedByTheOffice) {
  World world;
  for (const auto& who : {world.learner(), world.instructor()}) {
    EXPECT_TRUE(actions::list_vehicles(world.context(), who, {}));
    EXPECT_EQ(faults(actions::create_lesson_type(world.context(), who, lesson, world.request())), "forbidden");
    EXPECT_EQ(faults(actions::update_lesson_type(world.context(), who, world.type, 1, {})), "forbidden");
    EXPECT_EQ(faults(actions::delete_lesson_type(world.context(), who, world.type)), "forbidden");
    EXPECT_EQ(faults(actions::create_vehicle(world.context(), who, {}, world.request())), "forbidden");
    EXPECT_EQ(faults(actions::delete_vehicle(world.context(), who, {3001})), "forbidden");
    EXPECT_EQ(faults(actions::create_closure(world.context(), who, {}, world.request())), "forbidden");
    EXPECT_EQ(faults(actions::set_constraints(world.context(), who, 1, {})), "forbidden");
  }
  EXPECT_EQ(faults(actions::get_hours(world.context(), world.learner(), {1001})), "forbidden");
  EXPECT_EQ(faults(actions::get_hours(world.context(), world.instructor(), {1002})), "not-found");
  EXPECT_EQ(faults(actions::set_hours(world.context(), world.instructor(), {1002}, 1, {})), "not-found");
  EXPECT_EQ(faults(actions::get_constraints(world.context(), world.learner())), "forbidden");
  auto stranger = world.office();
  stranger.principal.school = {99};
  EXPECT_EQ(faults(actions::get_vehicle(world.context(), stranger, {3001})), "not-found");
  EXPECT_EQ(faults(actions::get_closure(world.context(), stranger, {1})), "not-found");
  EXPECT_EQ(faults(actions::get_hours(world.context(), stranger, {1001})), "not-found");
}

TEST(Lists, ComeInPages) {
  World world;
  for (int i = 0; i < 5; ++i)
    (void)actions::create_lesson_type(world.context(), world.office(), lesson, world.request());
  std::vector<std::int64_t> seen;
  actions::PageQuery query{.limit = 3};
  do {
    const auto page = actions::list_lesson_types(world.context(), world.learner(), query).value();
    for (const auto& item : page.items) seen.push_back(item.rules.id.value);
    query.after = page.next;
  } while (query.after != 0);
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 7u);
  EXPECT_EQ(faults(actions::list_lesson_types(world.context(), world.learner(), {3, 12345})), "cursor");
}

}  // namespace catalogue_test
