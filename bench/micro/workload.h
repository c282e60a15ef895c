/// The availability workloads W1..W5: the same schools on every machine, with answers that are known.
///
/// Europe/London from Monday 2027-03-01 (clocks change on 2027-03-28), lessons of 60 minutes on a grid of 15, 10
/// minutes free before and after, asked at 07:07 UTC of the first day with two hours of notice. What is taken is
/// external busy time: some of it stands closer together than two buffers.
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <unordered_map>

#include "domain/availability.h"

namespace workload {

struct Size {
  int instructors;
  int days;
  int busy;                ///< Wanted per instructor; a full calendar holds fewer.
  bool odd_starts{false};  ///< Ranges begin at :05, :10 and :50 past what W2 has.
};

inline constexpr Size w1{1, 60, 200}, w2{100, 60, 200}, w3{1'000, 90, 300}, w4{10'000, 90, 300}, w5{100, 60, 200, true};

inline const domain::Date first_day{std::chrono::year{2027}, std::chrono::March, std::chrono::day{1}};

/// mulberry32: small, and the same in every language.
class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}
  double next() {
    state_ += 0x6d2b79f5u;
    auto t = state_;
    t = (t ^ (t >> 15)) * (t | 1u);
    t ^= t + (t ^ (t >> 7)) * (t | 61u);
    return double(t ^ (t >> 14)) / 4294967296.0;
  }
  template <std::size_t count>
  int pick(const int (&values)[count]) {
    return values[int(next() * double(count))];
  }

 private:
  std::uint32_t state_;
};

/// Hours and busy time of instructor `i`; `varied` where not everybody works alike.
struct Plan {
  int starts[2]{540, 840}, ends[2]{780, 1080};  ///< Minutes since midnight: morning and afternoon.
  int weekdays{0b1111110};                      ///< Bit 0 is Sunday.
  std::vector<domain::Interval> busy;
};

inline Plan plan(int i, const Size& size, const domain::Zone& zone) {
  Plan plan;
  Random random(std::uint32_t(0x5107 + std::uint64_t(i) * 2654435761u));
  if (size.instructors > 1) {
    plan.starts[0] = random.pick({480, 510, 540, 555, 600});
    plan.ends[0] = random.pick({720, 750, 780});
    plan.starts[1] = plan.ends[0] + random.pick({30, 45, 60});
    plan.ends[1] = random.pick({960, 1020, 1080, 1140});
    plan.weekdays = random.pick({0b0111110, 0b1111110, 0b1111110, 0b1111111, 0b1011111});
  }
  std::map<int, std::vector<std::pair<int, int>>> by_day;
  for (int tries = 0; int(plan.busy.size()) < size.busy && tries < size.busy * 40; ++tries) {
    const int day = int(random.next() * size.days), weekday = (day + 1) % 7;
    const int length = random.pick({45, 60, 60, 60, 60, 60, 60, 90});
    const int half = random.pick({0, 1});
    const int fitting = plan.ends[half] - plan.starts[half] - length;
    const int start = plan.starts[half] + 5 * int(std::floor(random.next() * (fitting / 5.0 + 1)));
    if (!(plan.weekdays >> weekday & 1) || start + length > plan.ends[half]) continue;
    auto& taken = by_day[day];
    const auto too_close = [&](const auto& other) {
      return start < other.second + 10 && other.first < start + length + 10;
    };
    if (std::any_of(taken.begin(), taken.end(), too_close)) continue;
    taken.emplace_back(start, start + length);
    plan.busy.push_back(domain::Interval::of(zone.at(domain::add_days(first_day, day), domain::Minutes{start}),
                                             domain::Minutes{length}));
  }
  std::sort(plan.busy.begin(), plan.busy.end());
  return plan;
}

struct Workload {
  domain::School school{{1}, domain::Zone::load("Europe/London").value(), {}, {}};
  domain::LessonType type;
  std::vector<domain::Instructor> instructors;
  domain::Date to;
  std::size_t bytes{0};  ///< Of the busy spans: what any answer must read at least once.

  domain::Question question(const domain::Instructor& instructor) const {
    domain::Question question;
    question.school = &school;
    question.type = &type;
    question.instructor = &instructor;
    question.now = std::chrono::sys_days{first_day} + domain::Minutes{7 * 60 + 7};
    question.notice = domain::Minutes{120};
    return question;
  }
};

inline Workload make(const Size& size) {
  using domain::Minutes;
  Workload work;
  work.to = domain::add_days(first_day, size.days);
  work.type.length = Minutes{60};
  work.type.step = Minutes{15};
  work.type.buffer_before = work.type.buffer_after = Minutes{10};
  work.type.horizon = std::chrono::days{365};
  work.type.needs_vehicle = false;
  for (int i = 0; i < size.instructors; ++i) {
    auto drawn = plan(i, size, work.school.zone);
    const int shift = size.odd_starts ? std::array{5, 10, 50}[std::size_t(i % 3)] : 0;
    domain::Instructor instructor;
    instructor.id = {i + 1};
    for (unsigned weekday = 1; weekday <= 7; ++weekday)
      for (int half = 0; half < 2 && (drawn.weekdays >> (weekday % 7) & 1); ++half)
        instructor.hours.weekly.push_back({weekday, {Minutes{drawn.starts[half] + shift}, Minutes{drawn.ends[half]}}});
    instructor.busy = std::move(drawn.busy);
    work.bytes += instructor.busy.size() * sizeof(domain::Interval);
    work.instructors.push_back(std::move(instructor));
  }
  return work;
}

/// The calendars of a workload with their maps; who has the same hours shares those of them.
struct Mapped {
  explicit Mapped(const Workload& work) : Mapped(work, work.instructors) {}
  Mapped(const Workload& work, std::vector<domain::Instructor> loaded) {
    const auto window = domain::Bitmap::window(work.question(work.instructors.front()).now);
    std::unordered_map<std::size_t, std::shared_ptr<const domain::OpenMaps>> open;
    const auto days = std::make_shared<const domain::Days>(work.school.zone, window);
    instructors.reserve(loaded.size());
    for (auto& instructor : loaded) {
      auto& maps = open[domain::OpenMaps::hash_of(instructor.hours)];
      if (!maps) maps = std::make_shared<const domain::OpenMaps>(instructor.hours, days);
      instructors.push_back(std::make_unique<domain::MappedInstructor>(std::move(instructor), maps, window));
      people.push_back(instructors.back().get());
    }
    hours = open.size();
  }
  std::vector<std::unique_ptr<domain::MappedInstructor>> instructors;
  std::vector<const domain::MappedInstructor*> people;
  std::size_t hours{0};  ///< Different ones.
};

struct Answer {
  std::size_t distinct{0};  ///< Starts at which anybody is free.
  std::size_t sum{0};       ///< Slots of all instructors.
  std::uint64_t hash{0};    ///< FNV-1a 64 of the distinct starts, a UTC minute a step (not a byte).
  bool operator==(const Answer&) const = default;
};

/// Of sorted starts, each with the number of instructors.
inline Answer answer_of(std::span<const domain::FreeStart> starts) {
  Answer answer{.distinct = starts.size(), .hash = 0xcbf29ce484222325u};
  for (const auto& [start, instructors] : starts) {
    answer.sum += std::size_t(instructors);
    answer.hash = (answer.hash ^ std::uint64_t(base::to_seconds(start) / 60)) * 0x100000001b3u;
  }
  return answer;
}

/// By the sweep.
inline Answer answer(const Workload& work) {
  const auto window_start = std::chrono::sys_days{domain::add_days(first_day, -1)};
  std::vector<int> starts(std::size_t((std::chrono::sys_days{work.to} - window_start) / domain::tick) + 288);
  for (const auto& instructor : work.instructors)
    for (const auto& slot : domain::swept_slots(work.question(instructor), first_day, work.to))
      ++starts[std::size_t((slot.lesson.start() - window_start) / domain::tick)];
  std::vector<domain::FreeStart> found;
  for (std::size_t i = 0; i < starts.size(); ++i)
    if (starts[i] > 0) found.push_back({window_start + std::int64_t(i) * domain::tick, starts[i]});
  return answer_of(found);
}

/// In the maps.
inline Answer answer(const Workload& work, const Mapped& mapped) {
  return answer_of(domain::free_starts(work.question(work.instructors.front()), mapped.people, first_day, work.to));
}

/// The known answers; that of W5 is known from the sweep only.
inline constexpr Answer w1_answer{149, 149, 0xc789b7faa3ca3688}, w2_answer{2347, 12962, 0xe8c3190e9c0b59f6},
    w3_answer{3595, 232955, 0x6c068058da94cd3}, w4_answer{3595, 2229063, 0x6c068058da94cd3},
    w5_answer{3752, 9897, 0x7ebcfe7836a0c281};

}  // namespace workload
