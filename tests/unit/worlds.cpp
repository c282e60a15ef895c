#include "worlds.h"

#include <algorithm>

#include "times.h"

namespace worlds {

using base::Code;
using namespace domain;
using namespace times;

namespace {

/// Adds the booking where it overlaps nothing, as the database would.
bool add(std::vector<Taken>& calendar, const Taken& booking) {
  const auto clashes = [&](const Taken& other) { return other.span.overlaps(booking.span); };
  if (std::any_of(calendar.begin(), calendar.end(), clashes)) return false;
  calendar.push_back(booking);
  std::sort(calendar.begin(), calendar.end(), [](const auto& a, const auto& b) { return a.span < b.span; });
  return true;
}

}  // namespace

/// As often as it takes for each to be the only one that refuses in enough worlds.
constexpr std::pair<Code, int> themes[] = {
    {Code::beyond_horizon, 7},
    {Code::closure, 7},
    {Code::who_may_drive, 5},
    {Code::vehicle_busy, 8},
    {Code::learner_daily_maximum, 6},
    {Code::learner_weekly_maximum, 10},
    {Code::instructor_daily_minutes, 6},
    {Code::break_needed, 9},
    {Code::open_bookings, 10},
    {Code::too_soon, 1},
    {Code::wrong_transmission, 1},
    {Code::guardian_consent, 7},
};

Code theme_of(std::uint32_t seed) {
  int total = 0;
  for (const auto& [code, weight] : themes) total += weight;
  int left = int(seed) % total;
  for (const auto& [code, weight] : themes)
    if ((left -= weight) < 0) return code;
  return Code::off_grid;
}

World::World(std::uint32_t seed) : school{{1}, zone("UTC"), {}, {}}, random_(seed), theme_(theme_of(seed)) {
  draw_place_and_time();
  draw_type();
  draw_hours();
  draw_cuts();
  draw_vehicles();
  draw_bookings();
  draw_limits();
  for (const auto& vehicle : vehicles) vehicle_pointers.push_back(&vehicle);
  question.school = &school;
  question.type = &type;
  question.instructor = &instructor;
  question.learner = chance(95) ? &learner : nullptr;
  question.vehicles = vehicle_pointers;
  if (chance(10)) question.length = tick + ticks(30);
  if (chance(40)) question.moving = {1 + below(4)};
  if (made_for(Code::guardian_consent) || chance(3)) question.consent_missing_until = add_days(from, below(3));
  question.audience = chance(50) ? Audience::learner : Audience::staff;
}

/// A span whose start lies within so many ticks of an instant.
Interval World::span_near(Instant around, int ticks_before, int ticks_after, Minutes longest) {
  return Interval::of(around - ticks_before * tick + ticks(ticks_before + ticks_after),
                      tick + ticks(int(longest / tick)));
}

void World::draw_place_and_time() {
  const auto& change = zone_changes()[below(int(zone_changes().size()))];
  school.zone = zone(change.zone);
  from = add_days(change.day, chance(60) ? 0 : below(7) - 3);
  to = add_days(from, chance(85) ? 1 : 2);
  noon_ = school.zone.at(from, clock(12));
  question.now = noon_ - 12 * 12 * tick - std::chrono::seconds{below(24 * 3600)};
  if (chance(15)) question.now = noon_ + std::chrono::seconds{below(8 * 3600) - 4 * 3600};
  question.notice = made_for(Code::too_soon) || chance(20) ? ticks(24 * 12) : Minutes{0};
}

void World::draw_type() {
  type.length = any_of({30, 45, 60, 60, 60, 90, 120, 5 + 5 * below(30)}) * Minutes{1};
  type.step = any_of({5, 10, 15, 15, 20, 25, 30, 30, 45, 60}) * Minutes{1};
  type.buffer_before = any_of({0, 0, 10, 25}) * Minutes{1};
  type.buffer_after = any_of({0, 5, 15, 35}) * Minutes{1};
  type.horizon = std::chrono::days{made_for(Code::beyond_horizon) || chance(3) ? 1 : 30};
  type.needs_vehicle = made_for_vehicles() || chance(35);
  type.transmission = any_of({Transmission::any, Transmission::manual, Transmission::automatic});
  if (made_for_vehicles() && !made_for(Code::wrong_transmission) && chance(85)) type.transmission = Transmission::any;
}

std::vector<WallRange> World::ranges() {
  std::vector<WallRange> day;
  for (auto start = ticks(chance(40) ? 24 : 120); start < clock(23);) {
    const auto end = std::min(Minutes{clock(24)}, start + tick + ticks(120));
    day.push_back({start, end});
    start = end + (chance(20) ? Minutes{0} : ticks(60));
  }
  if (chance(10)) day = {{clock(0), clock(24)}};
  return day;
}

void World::draw_hours() {
  instructor.id = {3};
  instructor.active = chance(98);
  for (unsigned weekday = 1; weekday <= 7; ++weekday)
    if (chance(96))
      for (const auto& range : ranges()) instructor.hours.weekly.push_back({weekday, range});
  if (chance(25)) instructor.hours.overrides.push_back({from, chance(90) ? ranges() : std::vector<WallRange>{}});
  EXPECT_TRUE(check_hours(instructor.hours));
}

void World::draw_cuts() {
  for (int count = below(3); count > 0; --count)
    instructor.time_off.push_back(span_near(noon_, 100, 100, chance(90) ? clock(3) : clock(40)));
  std::sort(instructor.time_off.begin(), instructor.time_off.end());
  if (made_for(Code::closure) || chance(3)) {
    const auto closed = add_days(from, below(4) < 3 ? 0 : below(3) - 1);
    school.closures.push_back({{1}, closed, add_days(closed, chance(85) ? 1 + below(3) : 0)});
  }
  for (int count = below(4); count > 0; --count) {
    const auto event = span_near(noon_, 150, 150, clock(2));
    if (std::none_of(instructor.busy.begin(), instructor.busy.end(), [&](auto& busy) { return busy.overlaps(event); }))
      instructor.busy.push_back(event);
  }
  std::sort(instructor.busy.begin(), instructor.busy.end());
}

void World::draw_vehicles() {
  const int count = made_for_vehicles() ? 1 + below(4) / 3 : below(4);
  for (int id = 1; id <= count; ++id) {
    Vehicle vehicle{.id = {id}, .drivers = {{2}}, .taken = {}};
    vehicle.active = chance(90);
    vehicle.transmission = any_of({Transmission::manual, Transmission::automatic});
    vehicle.turnaround = any_of({0, 0, 15, 30}) * Minutes{1};
    if (chance(made_for(Code::who_may_drive) ? 10 : 90)) vehicle.drivers.push_back(instructor.id);
    if (chance(50)) vehicle.drivers.push_back({4});
    vehicles.push_back(vehicle);
  }
}

/// Each booking blocks some of the three: this instructor, this learner, one of the vehicles.
void World::draw_bookings() {
  learner.id = {4};
  const int count = 3 + below(13);
  for (int id = 1; id <= count; ++id) {
    const auto lesson = chance(85) ? span_near(noon_, 130, 130, clock(2)) : span_near(noon_, 2100, 2100, clock(2));
    const int of_instructor = made_for(Code::instructor_daily_minutes) || made_for(Code::break_needed) ? 80 : 30;
    const int of_learner = made_for(Code::learner_busy) || made_for(Code::learner_daily_maximum) ? 55 : 35;
    if (chance(of_instructor)) add(instructor.taken, {{id}, lesson, lesson.widened(ticks(6), ticks(6))});
    if (chance(of_learner)) add(learner.taken, {{id}, lesson, lesson});
    if (!vehicles.empty() && chance(made_for(Code::vehicle_busy) ? 95 : 40)) {
      auto& vehicle = vehicles[below(int(vehicles.size()))];
      add(vehicle.taken, {{id}, lesson, occupied(vehicle, lesson)});
    }
  }
}

void World::draw_limits() {
  const auto draw = [&](Code rule, std::int64_t value, Minutes break_length = {}) {
    if (!made_for(rule) && !chance(4)) return;
    const auto own = chance(30);
    const auto wrong = value * 2 + 1;
    const auto limit = [&](bool enabled, std::int64_t most, std::optional<base::InstructorId> who) {
      school.constraints.push_back({rule, enabled, most, break_length, who, ""});
    };
    if (chance(20)) limit(true, wrong, base::InstructorId{8});
    if (own) limit(chance(85), value, instructor.id);
    if (!own || chance(50)) limit(chance(95), own ? wrong : value, {});
    std::shuffle(school.constraints.begin(), school.constraints.end(), random_);
  };
  const auto lessons = std::int64_t(learner.taken.size());
  draw(Code::learner_daily_maximum, 1 + below(4) / 2);
  draw(Code::learner_weekly_maximum, std::max<std::int64_t>(1, lessons + 1 - below(5)));
  draw(Code::instructor_daily_minutes, type.length.count() + 30 * below(5));
  draw(Code::break_needed, type.length.count() + 30 * below(3), tick + ticks(47));
  draw(Code::open_bookings, std::max<std::int64_t>(1, lessons + 1 - below(6)));
}

}  // namespace worlds
