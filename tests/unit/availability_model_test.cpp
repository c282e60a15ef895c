// The sweep, the bitmaps and the rules against the minute model, over random worlds.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include "minute_model.h"
#include "times.h"
#include "worlds.h"

namespace availability_model_test {

using base::Code;
using namespace domain;

constexpr int rounds = 4700;
constexpr int sole_refusals_wanted = 200;

std::vector<Code> codes(const std::vector<base::Refusal>& refusals) {
  std::vector<Code> codes;
  codes.reserve(refusals.size());
  for (const auto& refusal : refusals) codes.push_back(refusal.rule);
  return codes;
}

std::string named(const std::vector<Code>& codes) {
  std::string names;
  for (const auto code : codes) names += std::string(base::to_string(code)) + " ";
  return names;
}

/// The world's calendars with their maps.
struct Mapped {
  explicit Mapped(const worlds::World& world)
      : first_word(Bitmap::window(world.question.now)),
        days(std::make_shared<Days>(world.school.zone, first_word)),
        instructor(world.instructor, open_for(world.instructor), first_word) {
    for (const auto& vehicle : world.vehicles) vehicles.emplace_back(vehicle, first_word);
    for (const auto& vehicle : vehicles) maps.push_back(&vehicle.occupied);
  }
  std::shared_ptr<const OpenMaps> open_for(const Instructor& one) const {
    return std::make_shared<OpenMaps>(one.hours, days);
  }
  Question question(const worlds::World& world) const {
    auto question = world.question;
    question.instructor = question.maps = &instructor;
    question.vehicle_maps = maps;
    return question;
  }
  std::int64_t first_word;
  std::shared_ptr<const Days> days;
  MappedInstructor instructor;
  std::deque<MappedVehicle> vehicles;
  std::vector<const Bitmap*> maps;
};

/// The worlds in which a rule was the only one that refused some start.
using SoleRefusers = std::map<Code, int>;

void check(const worlds::World& world, std::uint32_t seed, SoleRefusers& sole) {
  const minute_model::Model model(world.question, world.from, world.to);
  const auto starts = model.ticks();
  std::vector<Slot> expected;
  std::set<Code> alone;
  // The rules are asked about every tick of a few hours; the model about all, because the list must equal it.
  const auto first_asked = starts.empty() ? 0 : seed * 31 % starts.size();
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto refused = model.refusals(starts[i]);
    if (refused.empty())
      expected.push_back(
          {Interval::of(starts[i], world.question.length.value_or(world.type.length)), model.vehicle(starts[i])});
    if (refused.size() == 1) alone.insert(refused.front());
    if ((i + starts.size() - first_asked) % starts.size() < 24) {
      ASSERT_EQ(named(codes(refusals(world.question, starts[i]))), named(refused)) << base::to_text(starts[i]);
    }
  }
  ASSERT_EQ(free_slots(world.question, world.from, world.to), expected);
  const Mapped mapped(world);
  ASSERT_EQ(free_slots(mapped.question(world), world.from, world.to), expected);
  for (std::size_t i = seed % 5; i < expected.size(); i += 5) {
    ASSERT_EQ(refusals(world.question, expected[i].lesson.start()).size(), 0u);
    ASSERT_EQ(vehicle_for(world.question, expected[i].lesson.start()), expected[i].vehicle);
  }
  for (int i = 0; i < 3 && !starts.empty(); ++i) {
    const auto off_tick = starts[(seed * 17 + i * 101) % starts.size()] + Minutes{1 + (seed + i) % 4};
    ASSERT_EQ(named(codes(refusals(world.question, off_tick))), named(model.refusals(off_tick)))
        << base::to_text(off_tick);
  }
  for (const auto code : alone) ++sole[code];
}

TEST(Availability, AgreesWithTheMinuteModel) {
  SoleRefusers sole;
  for (std::uint32_t seed = 1; seed <= rounds; ++seed) {  // Fixed seeds: a failure is reproducible.
    SCOPED_TRACE(seed);
    const worlds::World world(seed);
    check(world, seed, sole);
    if (HasFatalFailure()) return;
  }
  for (int code = 0; code <= static_cast<int>(Code::open_bookings); ++code) {
    const auto rule = static_cast<Code>(code);
    EXPECT_GE(sole[rule], sole_refusals_wanted) << base::to_string(rule);
    RecordProperty(std::string(base::to_string(rule)), sole[rule]);
  }
}

/// Bookings made, moved and cancelled at random, several at a time: what follows them is what is made of it anew.
template <class Calendar, class Anew>
void follow(std::unique_ptr<Calendar> calendar, std::uint32_t seed, const Anew& anew) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t count) { return int(random() % count); };
  for (int step = 0; step < 10; ++step) {
    std::vector<CalendarChange> changes;
    for (auto count = 1 + below(3); count > 0; --count) {
      const bool known = !calendar->taken.empty() && below(3) > 0;
      const base::BookingId id = known ? calendar->taken[std::size_t(below(calendar->taken.size()))].booking
                                       : base::BookingId{std::int64_t(random()) + 1'000'000};
      if (std::ranges::count(changes, id, &CalendarChange::booking) > 0) continue;
      const auto begin = start_of(calendar->occupied.first_word() * ticks_a_word) +
                         below(Bitmap::words * std::size_t(ticks_a_word)) * tick;
      const auto near = known && below(2) == 0 ? calendar->taken.front().span.end() : begin;
      const auto lesson = Interval::of(near + below(20) * tick, Minutes{5 + 5 * below(24)});
      changes.push_back({id, below(3) == 0 ? std::nullopt : std::optional(Taken{id, lesson, lesson})});
    }
    const auto version = calendar->version;
    calendar = std::make_unique<Calendar>(*calendar, changes);
    ASSERT_EQ(calendar->version, version + 1);
    ASSERT_TRUE(std::ranges::is_sorted(calendar->taken, {}, [](const Taken& each) { return each.span.start(); }));
    for (const auto& [id, now] : changes) {
      const auto there = std::ranges::find(calendar->taken, id, &Taken::booking);
      ASSERT_EQ(there != calendar->taken.end(), now.has_value());
      if (now) {
        ASSERT_EQ(there->span, now->span);
      }
    }
    ASSERT_TRUE(calendar->occupied == anew(*calendar)->occupied) << "step " << step;
  }
}

TEST(Availability, MapsFollowBookings) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    const worlds::World world(seed);
    const auto open = Mapped(world).open_for(world.instructor);
    const auto window = Bitmap::window(world.question.now);
    const auto map = [&](const Instructor& it) { return std::make_unique<MappedInstructor>(it, open, window); };
    follow(map(world.instructor), seed, map);
    const auto map_vehicle = [&](const Vehicle& it) { return std::make_unique<MappedVehicle>(it, window); };
    for (const auto& vehicle : world.vehicles) follow(map_vehicle(vehicle), seed, map_vehicle);
    if (HasFatalFailure()) return;
  }
}

/// Everybody's calendars of other worlds, in this one: what many have together is what each of them has by the sweep.
TEST(Availability, OfManyIsThatOfEach) {
  std::size_t found = 0;
  int most = 0;
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    const worlds::World world(seed);
    const Mapped mapped(world);
    std::vector<std::unique_ptr<MappedInstructor>> made;
    std::vector<const MappedInstructor*> people;
    std::map<Instant, int> expected;
    for (std::uint32_t i = 0; i < seed % 80; ++i) {
      const worlds::World other(seed + i % 7);
      auto instructor = i % 5 == 4 ? other.instructor : world.instructor;
      instructor.id = {1 + i % 3};
      if (i % 5 < 2) instructor.hours = other.instructor.hours;
      made.push_back(std::make_unique<MappedInstructor>(instructor, mapped.open_for(instructor), mapped.first_word));
      people.push_back(made.back().get());
      auto question = world.question;
      question.instructor = &instructor;
      for (const auto& slot : swept_slots(question, world.from, world.to)) ++expected[slot.lesson.start()];
    }
    std::vector<FreeStart> wanted;
    for (const auto& [start, count] : expected) wanted.push_back({start, count}), most = std::max(most, count);
    ASSERT_EQ(free_starts(mapped.question(world), people, world.from, world.to), wanted);
    found += wanted.size();
  }
  EXPECT_GT(found, 1000u);
  EXPECT_GT(most, 32);
}

}  // namespace availability_model_test
