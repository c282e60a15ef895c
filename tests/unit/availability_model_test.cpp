// The sweep and the rules against the minute model, over random worlds.
#include <gtest/gtest.h>

#include <map>

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
  for (const auto& refusal : refusals) codes.push_back(refusal.rule);
  return codes;
}

std::string named(const std::vector<Code>& codes) {
  std::string names;
  for (const auto code : codes) names += std::string(base::to_string(code)) + " ";
  return names;
}

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

}  // namespace availability_model_test
