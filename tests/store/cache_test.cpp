// What is answered from memory is what the database would answer, whatever has happened since it was loaded.
#include "cache/calendar_cache.h"

#include <gtest/gtest.h>

#include <random>

#include "actions/catalogue.h"
#include "actions/housekeeping.h"
#include "actions/people.h"
#include "actions/school.h"
#include "actions/working_time.h"
#include "actions/world.h"
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
  const auto week = base::date_from_text("2026-03-02").value();
  const actions::TimesQuery anybody{.type = school.type, .from = week, .to = domain::add_days(week, 5)};
  const auto times = actions::find_times(context, school.office(), anybody).value();
  for (const auto& slot : times.slots)
    all.push_back(fmt::format("{} {}", base::to_text(slot.lesson.start()), slot.instructors));
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
               {"switched on", [&] { return active(1001, 2, true); }},
               {"somebody joins", [&] {
                  const auto id = school.add({"Joan Clarke", "joan@example.com", ""}, store::Role::instructor);
                  const auto made = school.database.transact<int>(school.school, [&](Transaction& tx) {
                    store::make_calendar(tx, school.school, store::Kind::instructor, id.value);
                    return base::Result<int>{0};
                  });
                  return made && actions::set_hours(context, office, {id.value}, 0, {{2, {9h, 16h}}}).has_value() &&
                         may_drive(3, {{1001}, {1002}, {id.value}});
                }}});
}

/// How many would teach at each start of these dates, by the sweep over what the database has now.
std::map<base::Instant, int> swept(TestSchool& school, const actions::Caller& caller,
                                   const actions::TimesQuery& query) {
  cache::CalendarCache off({.enabled = false});
  const actions::Context context{school.database, off, school.keys};
  return school.database.read(school.school, [&](Transaction& tx) {
    std::map<base::Instant, int> starts;
    const auto world = actions::load_world(context, tx, caller, query).value();
    for (const auto& instructor : actions::people_of(context, tx, caller, world)) {
      const auto question = world.question(static_cast<const domain::Instructor&>(*instructor), caller);
      for (const auto& slot : domain::swept_slots(question, query.from, query.to)) ++starts[slot.lesson.start()];
    }
    return starts;
  });
}

/// Whatever is done to lessons, hours and rules, in whatever order, while weeks go by.
class RandomWeeks {
 public:
  int below(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
  void change() {
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        return book();
      case 3:
        return move();
      case 4:
        return cancel();
      case 5:
        return set_hours();
      case 6:
        return set_limits();
      default:
        school.now += below(40) * 1h;
    }
  }

  TestSchool school{{.instructors = 3, .learners = 4, .cache = true}};
  int booked = 0;

 private:
  base::Instant start() {
    return school.zone.at(school.zone.day_of(school.now), 0min) + below(20) * 24h + 8h + below(40) * 15min;
  }
  base::InstructorId anybody() { return {1001 + below(3)}; }
  void book() {
    const auto made =
        school.book(school.learner(1 + below(4)), {.type = school.type, .start = start(), .instructor = anybody()});
    if (made) lessons_.emplace_back(made->booking.id, 1), ++booked;
  }
  void move() {
    if (lessons_.empty()) return;
    auto& [id, version] = lessons_[static_cast<std::size_t>(below(static_cast<int>(lessons_.size())))];
    const auto moved = actions::move_booking(school.context(), school.office(), id, version, {.start = start()});
    if (moved) version = moved->booking.version;
  }
  void cancel() {
    if (lessons_.empty()) return;
    const auto at = lessons_.begin() + below(static_cast<int>(lessons_.size()));
    (void)actions::cancel_booking(school.context(), school.office(), at->first, at->second, "").has_value();
    lessons_.erase(at);
  }
  void set_hours() {
    const auto instructor = anybody();
    std::vector<domain::Hours::Weekly> weekly;
    for (unsigned day = 1; day <= 5; ++day) {
      const domain::Minutes from = 8h + below(4) * 1h, noon = 12h + below(3) * 30min;
      weekly.push_back({day, {from, noon}});
      weekly.push_back({day, {noon + below(2) * 45min, 18h}});
    }
    auto& version = hours_[static_cast<std::size_t>(instructor.value - 1001)];
    const auto set = actions::set_hours(school.context(), school.office(), instructor, version, weekly);
    ASSERT_TRUE(set) << set.error().detail;
    version = set->row.version;
  }
  void set_limits() {
    const auto set =
        actions::set_constraints(school.context(), school.caller(4002, auth::Role::admin), limits_,
                                 {{.rule = base::Code::instructor_daily_minutes, .value = 120 + below(4) * 60},
                                  {.rule = base::Code::learner_weekly_maximum, .value = 1 + below(4)}});
    ASSERT_TRUE(set) << set.error().detail;
    limits_ = set->version;
  }

  std::mt19937 random_{20'261'130};
  std::vector<std::pair<base::BookingId, std::int64_t>> lessons_;
  std::vector<std::int64_t> hours_ = {1, 1, 1};  ///< Versions, as that of the limits.
  std::int64_t limits_ = 1;
};

TEST(CalendarCache, SaysWhatTheSweepSaysThroughRandomWeeks) {
  RandomWeeks weeks;
  auto& school = weeks.school;
  std::size_t free = 0;
  for (int step = 0; step < 500; ++step) {
    SCOPED_TRACE(step);
    weeks.change();
    const auto from = school.zone.day_of(school.now + weeks.below(5) * 24h);
    const actions::TimesQuery query{
        .type = school.type, .from = from, .to = domain::add_days(from, 1 + weeks.below(40))};
    const auto who = weeks.below(2) == 0 ? school.office() : school.learner(1 + weeks.below(4));
    const auto expected = swept(school, who, query);
    std::map<base::Instant, int> found;
    const auto times = actions::find_times(school.context(), who, query).value();
    for (const auto& slot : times.slots) found.emplace(slot.lesson.start(), slot.instructors);
    ASSERT_EQ(found, expected);
    free += found.size();
  }
  EXPECT_GT(free, 10'000u);
  EXPECT_GT(weeks.booked, 20);
}

TEST(CalendarCache, AnswersAloneWhereItHasAllOfIt) {
  TestSchool school({.cache = true});
  const auto context = school.context();
  const auto from = base::date_from_text("2026-03-02").value();
  const actions::TimesQuery query{.type = school.type, .from = from, .to = domain::add_days(from, 5)};
  const auto in_memory = [&](const actions::TimesQuery& asked) {
    school.database.followed({.seen = std::chrono::steady_clock::now()});
    const auto times = actions::times_in_memory(context, school.learner(), asked);
    return times && *times ? std::optional((*times)->slots.size()) : std::nullopt;
  };
  EXPECT_EQ(in_memory(query), std::nullopt) << "nothing was loaded yet";
  const auto all = actions::find_times(context, school.learner(), query).value().slots.size();
  EXPECT_EQ(in_memory(query), all);
  const auto loaded = school.cache.figures.misses.load();
  ASSERT_TRUE(school.book(school.learner(), school.at("2026-03-02T10:00")));
  const auto left = in_memory(query);
  ASSERT_TRUE(left) << "instructor, learner and vehicle have followed";
  EXPECT_LT(*left, all);
  EXPECT_EQ(actions::find_times(context, school.learner(), query).value().slots.size(), *left);
  EXPECT_EQ(school.cache.figures.misses, loaded);
  EXPECT_GE(school.cache.figures.changed, 3);
  ASSERT_TRUE(actions::add_time_off(context, school.office(), {1001},
                                    {school.time("2026-03-03T09:00"), school.time("2026-03-03T12:00")}, school.key()));
  EXPECT_EQ(in_memory(query), std::nullopt) << "what else moved has to be loaded";
  EXPECT_TRUE(actions::find_times(context, school.learner(), query));
  if (school.database.engine() == store::Engine::postgresql) {
    school.database.followed({.seen = std::chrono::steady_clock::now() - 2s});
    EXPECT_FALSE(actions::times_in_memory(context, school.learner(), query)) << "another node may have written since";
  }
  auto other = query;
  other.learner = {2002};
  EXPECT_EQ(in_memory(other), std::nullopt) << "no learner asks for another one";
}

TEST(CalendarCache, HasForADecisionWhatALoadingWouldFind) {
  TestSchool school({.cache = true});
  const auto context = school.context();
  const auto from = base::date_from_text("2026-03-02").value();
  ASSERT_TRUE(actions::find_times(context, school.learner(),
                                  {.type = school.type, .from = from, .to = domain::add_days(from, 5)}));
  const auto version = [&](std::string_view kind, std::int64_t id) {
    return school.database.read(school.school,
                                [&](Transaction& tx) { return *store::calendar_version(tx, school.school, kind, id); });
  };
  const auto found = [&](std::int64_t ahead, base::Instant now, const std::string& since = "2026-03-01T12:00") {
    const store::Span span{school.time(since), base::Instant::max(), now};
    const auto instructor =
        context.cache.locked_instructor(school.school, {1001}, version("instructor", 1001) + ahead, span);
    const auto learner = context.cache.locked_learner(school.school, {2001}, version("learner", 2001) + ahead, span);
    EXPECT_EQ(instructor == nullptr, learner == nullptr);
    return instructor ? std::optional(instructor->taken.size()) : std::nullopt;
  };
  EXPECT_EQ(found(1, school.now), 0u);
  EXPECT_EQ(found(0, school.now), std::nullopt) << "it was locked before";
  EXPECT_EQ(found(2, school.now), std::nullopt) << "somebody moved it meanwhile";
  EXPECT_EQ(found(1, school.now - 1s), std::nullopt) << "a hold may be over now that was not over then";
  EXPECT_EQ(found(1, school.now, "2025-12-01T12:00"), std::nullopt) << "it does not go back so far";
  ASSERT_TRUE(actions::hold_slot(context, school.learner(), school.at("2026-03-02T10:00"), school.key()));
  EXPECT_EQ(found(1, school.now), 1u);
  EXPECT_EQ(found(1, school.now + 5min), std::nullopt) << "the hold is over";
}

class CacheOfTwo : public testing::Test {
 protected:
  std::size_t lessons_of(Transaction& tx, std::int64_t instructor, const std::string& from = "2026-03-01T12:00") {
    const auto rules = store::load_rules(tx, school.school);
    return small.instructor(tx, rules.school, {instructor}, school.time(from), school.now)->taken.size();
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
