#include "prove/plan.h"

#include <algorithm>
#include <functional>

#include "store/schedules.h"

namespace prove {

namespace {

using store::Transaction;

void insert_person(Transaction& tx, base::SchoolId school, std::int64_t id, std::string_view role) {
  tx.run("insert into people (school_id, id, role, version, created_at) values ($1, $2, $3, 1, 0)", school, id, role);
}

domain::Minutes minutes(Seconds length) {
  return domain::Minutes{length / minute};
}

domain::Transmission transmission(const std::string& name) {
  return name == "any"         ? domain::Transmission::any
         : name == "automatic" ? domain::Transmission::automatic
                               : domain::Transmission::manual;
}

void add_instructor(Transaction& tx, const store::Author& author, const Plan& plan, std::int64_t id) {
  insert_person(tx, author.school, id, "instructor");
  store::make_calendar(tx, author.school, store::Kind::instructor, id);
  domain::Hours hours;
  for (unsigned weekday = 1; weekday <= 6; ++weekday)
    hours.weekly.push_back({weekday, {minutes(plan.opens), minutes(plan.closes)}});
  store::put_hours(tx, author, {{id}, hours, 1});
}

void add_car(Transaction& tx, const store::Author& author, const Car& car) {
  domain::Vehicle vehicle{.id = {car.id}, .transmission = transmission(car.transmission)};
  vehicle.turnaround = minutes(car.turnaround);
  for (const auto id : car.drivers) vehicle.drivers.push_back({id});
  store::put_vehicle(tx, author, {vehicle, "Car", 1});
  store::make_calendar(tx, author.school, store::Kind::vehicle, car.id);
}

void add_kind(Transaction& tx, const store::Author& author, const LessonKind& kind) {
  store::put_lesson(tx, author,
                    {.rules = {.id = {kind.id},
                               .length = minutes(kind.length),
                               .step = minutes(kind.step),
                               .buffer_before = minutes(kind.before),
                               .buffer_after = minutes(kind.after),
                               .notice_book = minutes(kind.notice_book),
                               .notice_move = minutes(kind.notice_move),
                               .notice_cancel = domain::Minutes{2880},
                               .horizon = std::chrono::days{kind.horizon_days},
                               .transmission = transmission(kind.transmission),
                               .needs_vehicle = kind.needs_vehicle},
                     .name = "Lesson",
                     .price = {4200, "GBP"},
                     .version = 1});
}

void add_limits(Transaction& tx, const store::Author& author, const Limits& limits) {
  using base::Code;
  std::vector<domain::Constraint> all;
  const auto add = [&](Code rule, std::int64_t value, Seconds pause = 0) {
    if (value > 0) all.push_back({.rule = rule, .value = value, .break_length = minutes(pause)});
  };
  add(Code::learner_daily_maximum, limits.learner_daily);
  add(Code::learner_weekly_maximum, limits.learner_weekly);
  add(Code::open_bookings, limits.open_bookings);
  add(Code::instructor_daily_minutes, limits.instructor_daily / minute);
  add(Code::break_needed, limits.break_after / minute, limits.break_length);
  if (!all.empty()) store::put_constraints(tx, author, 1, all);
}

domain::Date date(Seconds midnight) {
  return {std::chrono::floor<std::chrono::days>(base::from_seconds(midnight))};
}

}  // namespace

const LessonKind& Plan::kind(std::int64_t id) const {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const LessonKind& each) { return each.id == id; });
  CHECK(found != kinds.end());
  return *found;
}

Plan contended_plan() {
  Plan plan;
  plan.limits = {.learner_daily = 2,
                 .learner_weekly = 5,
                 .open_bookings = 6,
                 .instructor_daily = 5 * hour,
                 .break_after = 150 * minute,
                 .break_length = 30 * minute};
  plan.closed_from = first_monday + 3 * day;
  plan.closed_to = first_monday + 4 * day;
  plan.kinds = {{5001, hour, hour, 0, 15 * minute, 2 * hour, 4 * hour, 9, "manual", true},
                {5002, 45 * minute, 15 * minute, 0, 0, hour, 2 * hour, 9, "manual", true},
                {5003, 90 * minute, 30 * minute, 10 * minute, 20 * minute, 2 * hour, day, 12, "any", true},
                {5004, 30 * minute, 5 * minute, 5 * minute, 5 * minute, 0, 0, 9, "manual", true},
                {5005, 2 * hour, 20 * minute, 0, 30 * minute, day, day, 12, "automatic", true},
                {5006, hour, 10 * minute, 0, 0, 0, hour, 9, "any", false}};
  const std::vector<std::int64_t> all{1001, 1002, 1003, 1004, 1005, 1006};
  plan.cars = {{3001, "manual", 0, all},
               {3002, "manual", 10 * minute, {1001, 1002, 1003}},
               {3003, "manual", 0, {1003, 1004, 1005, 1006}},
               {3004, "automatic", 15 * minute, {1001, 1002, 1004, 1006}}};
  return plan;
}

Plan roomy_plan(std::int64_t instructors) {
  Plan plan;
  plan.instructors = instructors;
  plan.learners = instructors;
  plan.approval = false;
  plan.kinds = {{5001, hour, hour, 0, 0, 0, 0, 4'000, "manual", true}};
  for (std::int64_t number = 0; number < instructors; ++number)
    plan.cars.push_back({3001 + number, "manual", 0, {plan.instructor(number)}});
  return plan;
}

void add_calendars(store::Database& database, const store::Author& author, const Plan& plan) {
  const auto each = [&](std::size_t count, const std::function<void(Transaction&, std::size_t)>& add) {
    constexpr std::size_t at_once = 32;  // A transaction has seconds only, on a busy machine too.
    for (std::size_t first = 0; first < count; first += at_once) {
      const auto added = database.transact<int>(author.school, [&](Transaction& tx) -> base::Result<int> {
        for (auto number = first; number < std::min(first + at_once, count); ++number) add(tx, number);
        return 0;
      });
      CHECK(added.has_value());
    }
  };
  each(static_cast<std::size_t>(plan.learners), [&](Transaction& tx, std::size_t number) {
    const auto id = plan.learner(static_cast<std::int64_t>(number));
    insert_person(tx, author.school, id, "learner");
    store::make_calendar(tx, author.school, store::Kind::learner, id);
  });
  each(static_cast<std::size_t>(plan.instructors), [&](Transaction& tx, std::size_t number) {
    add_instructor(tx, author, plan, plan.instructor(static_cast<std::int64_t>(number)));
  });
  each(plan.cars.size(), [&](Transaction& tx, std::size_t number) { add_car(tx, author, plan.cars[number]); });
  each(plan.kinds.size(), [&](Transaction& tx, std::size_t number) { add_kind(tx, author, plan.kinds[number]); });
}

void fill(store::Database& database, store::KeyStore& keys, const Plan& plan) {
  const store::Author author{.school = {school_id}, .person = {office_id}, .correlation_id = "fill", .quiet = true};
  std::vector<base::PersonId> learners;
  for (std::int64_t number = 0; number < plan.learners; ++number) learners.push_back({plan.learner(number)});
  keys.make_keys(author.school, learners, {});
  const auto filled = database.transact<int>({1}, [&](Transaction& tx) -> base::Result<int> {
    tx.run(
        "insert into schools (school_id, slug, name, zone, currency, approval, version, created_at)"
        " values ($1, 'proof', 'Proof School', 'Europe/London', 'GBP', $2, 1, 0)",
        author.school, plan.approval);
    insert_person(tx, author.school, office_id, "office");
    add_limits(tx, author, plan.limits);
    if (plan.closed_to > plan.closed_from)
      store::put_closure(tx, author, {{{6001}, date(plan.closed_from), date(plan.closed_to)}, "Closed", 1});
    return 0;
  });
  CHECK(filled.has_value());
  add_calendars(database, author, plan);
}

}  // namespace prove
