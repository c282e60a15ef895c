// Free times of the workloads W1..W5, as a route would ask for them: by the sweep, which is the oracle; in maps that
// are built first (cold: hours, clock changes and calendars to starts); in maps that are there (warm), with a length
// and buffers drawn anew each time. Then the kernel alone, in cache and in memory, and what a booking changes in a map.
//
// Counters: `per_read` is the ratio to reading the same bytes once, measured in the same run; `per_native` that to the
// same code compiled for this machine alone. The label is the answer, which must be the known one.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/memory.h"
#include "native.h"
#include "workload.h"

namespace {

/// As main() of the server does.
[[maybe_unused]] const bool heap_is_settled = (base::settle_heap(), true);

using Clock = std::chrono::steady_clock;
using workload::Mapped;
using workload::Workload;

template <class Made, class From>
const Made& once(const void* key, const From& from) {
  static std::map<const void*, Made> made;
  const auto found = made.find(key);
  return found != made.end() ? found->second : made.emplace(key, from()).first->second;
}
const Workload& work_of(const workload::Size& size) {
  return once<Workload>(&size, [&] { return workload::make(size); });
}
const Mapped& mapped(const workload::Size& size) {
  return once<Mapped>(&size, [&] { return Mapped(work_of(size)); });
}

/// The best of many, in seconds.
template <class Call>
double best_of(int rounds, Call call) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    call();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

/// Measures each iteration; `answer` is what the last one found.
template <class Call>
double measured(benchmark::State& state, Call call) {
  double best = 1e9;
  for (auto _ : state) best = std::min(best, best_of(1, call));
  return best;
}

/// The limit of the sweep: every busy span read once, nothing decided.
double read_spans(const Workload& work) {
  return best_of(30, [&] {
    std::int64_t sum = 0;
    for (const auto& instructor : work.instructors)
      for (const auto& span : instructor.busy)
        sum += span.start().time_since_epoch().count() ^ span.end().time_since_epoch().count();
    benchmark::DoNotOptimize(sum);
  });
}

/// The words that the workload's days are in.
std::pair<std::int64_t, std::size_t> words_of(const Workload& work) {
  const auto first = domain::word_of(domain::tick_of(std::chrono::sys_days{workload::first_day}));
  const auto last = domain::word_of(domain::tick_of(std::chrono::sys_days{work.to}) - 1);
  return {first, std::size_t(last - first + 1)};
}

/// The limit of the maps: of every instructor those words once.
double read_maps(const Workload& work, const Mapped& maps) {
  const auto [first, words] = words_of(work);
  return best_of(30, [&, first = first, words = words] {
    std::uint64_t all = 0;
    for (const auto* instructor : maps.people) all |= native::read(instructor->occupied.at(first), words);
    benchmark::DoNotOptimize(all);
  });
}

void tell(benchmark::State& state, const workload::Answer& answer, const workload::Answer* known) {
  state.counters["slots"] = double(answer.sum);
  state.SetLabel(fmt::format("{} starts, hash {:x}", answer.distinct, answer.hash));
  if (known && answer != *known) state.SkipWithError("this is not the known answer");
}

void sweep(benchmark::State& state, const workload::Size& size, const workload::Answer* known) {
  const auto& work = work_of(size);
  workload::Answer answer;
  const auto best = measured(state, [&] { answer = workload::answer(work); });
  state.counters["per_read"] = best / read_spans(work);
  tell(state, answer, known);
}

void cold(benchmark::State& state, const workload::Size& size, const workload::Answer* known) {
  const auto& work = work_of(size);
  workload::Answer answer;
  double best = 1e9;
  for (auto _ : state) {
    auto instructors = work.instructors;  // As they were loaded.
    std::optional<Mapped> maps;
    const auto seconds = best_of(1, [&] {
      maps.emplace(work, std::move(instructors));
      answer = workload::answer(work, *maps);
    });
    state.SetIterationTime(seconds);
    best = std::min(best, seconds);
  }
  state.counters["per_read"] = best / read_spans(work);
  tell(state, answer, known);
}

void warm(benchmark::State& state, const workload::Size& size, const workload::Answer* known) {
  const auto& work = work_of(size);
  const auto& maps = mapped(size);
  auto type = work.type;
  auto question = work.question(work.instructors.front());
  question.type = &type;
  workload::Random random(7);
  const auto best = measured(state, [&] {
    type.length = domain::Minutes{random.pick({45, 60, 60, 90})};
    type.buffer_before = domain::Minutes{random.pick({0, 10})};
    type.buffer_after = domain::Minutes{random.pick({10, 15})};
    benchmark::DoNotOptimize(domain::free_starts(question, maps.people, workload::first_day, work.to));
  });
  state.counters["per_read"] = best / read_maps(work, maps);
  state.counters["hours"] = double(maps.hours);
  tell(state, workload::answer(work, maps), known);
}

/// What of a question is done for each instructor at least: the starts that are left of the hours', united.
void kernel(benchmark::State& state, const workload::Size& size) {
  const auto& work = work_of(size);
  const auto& maps = mapped(size);
  const auto [first, words] = words_of(work);
  std::vector<std::uint64_t> base(words), row(words), all(words);
  maps.people.front()->open->starts(base, first, 3, 12);
  const domain::Reach reach{2, 16};
  const auto with = [&, first = first, words = words](auto keep_free) {
    std::ranges::fill(all, 0);
    for (const auto* instructor : maps.people) {
      keep_free(row.data(), base.data(), instructor->occupied.at(first), reach, words);
      native::unite(all.data(), row.data(), words);
    }
    benchmark::DoNotOptimize(all.data());
  };
  const auto best = measured(state, [&] { with(domain::keep_free); });
  state.counters["per_read"] = best / read_maps(work, maps);
  state.counters["per_native"] = best / best_of(30, [&] { with(native::keep_free); });
}

/// What the cache does as a booking is made, and as it is cancelled.
void booking_in_map(benchmark::State& state) {
  const auto& maps = mapped(workload::w2);
  auto calendar =
      std::make_shared<const domain::MappedInstructor>(*maps.people.front(), std::span<domain::CalendarChange>());
  const auto lesson = domain::Interval::of(std::chrono::sys_days{workload::first_day} + std::chrono::hours{30 * 24 + 9},
                                           domain::Minutes{60});
  std::int64_t id = 0;
  for (auto _ : state) {
    const base::BookingId booking{1 + id / 2};
    const bool made = id++ % 2 == 0;
    const domain::CalendarChange change{booking,
                                        made ? std::optional(domain::Taken{booking, lesson, lesson}) : std::nullopt};
    calendar = std::make_shared<const domain::MappedInstructor>(*calendar, std::span(&change, 1));
  }
  state.SetLabel(fmt::format("{} lessons left", calendar->taken.size()));
}

/// Every rule about one start, as booking and explaining ask it.
void every_rule(benchmark::State& state) {
  const auto& work = work_of(workload::w1);
  const auto question = work.question(work.instructors.front());
  const auto slots = domain::free_slots(question, workload::first_day, work.to);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(domain::refusals(question, slots[next].lesson.start()));
    next = (next + 1) % slots.size();
  }
}

void by_the_clock(benchmark::internal::Benchmark*) {}
void by_hand(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime();
}

#define AVAILABILITY(name, timed)                                                                               \
  BENCHMARK_CAPTURE(name, w1, workload::w1, &workload::w1_answer)->Unit(benchmark::kMicrosecond)->Apply(timed); \
  BENCHMARK_CAPTURE(name, w2, workload::w2, &workload::w2_answer)->Unit(benchmark::kMicrosecond)->Apply(timed); \
  BENCHMARK_CAPTURE(name, w3, workload::w3, &workload::w3_answer)->Unit(benchmark::kMillisecond)->Apply(timed); \
  BENCHMARK_CAPTURE(name, w4, workload::w4, &workload::w4_answer)->Unit(benchmark::kMillisecond)->Apply(timed); \
  BENCHMARK_CAPTURE(name, w5, workload::w5, &workload::w5_answer)->Unit(benchmark::kMicrosecond)->Apply(timed)

AVAILABILITY(sweep, by_the_clock);
AVAILABILITY(cold, by_hand);
AVAILABILITY(warm, by_the_clock);
BENCHMARK_CAPTURE(kernel, in_cache, workload::w2)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(kernel, in_memory, workload::w4)->Unit(benchmark::kMillisecond);
BENCHMARK(booking_in_map)->Unit(benchmark::kNanosecond);
BENCHMARK(every_rule)->Unit(benchmark::kMicrosecond);

}  // namespace
