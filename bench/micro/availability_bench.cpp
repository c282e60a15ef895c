// The sweep on the workloads W1..W5, cold: hours, clock changes and calendars to free slots, as a route would call it.
//
// Counters: `per_read` is the ratio to reading the same calendars once, measured in the same run; the label tells the
// answer, which must be the known one.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "workload.h"

namespace {

using Clock = std::chrono::steady_clock;

const workload::Workload& cached(const workload::Size& size) {
  static std::map<const workload::Size*, workload::Workload> made;
  const auto found = made.find(&size);
  return found != made.end() ? found->second : made.emplace(&size, workload::make(size)).first->second;
}

/// The limit: every busy span read once, nothing decided. The best of many, in seconds.
double read_once(const workload::Workload& work) {
  double best = 1e9;
  for (int round = 0; round < 30; ++round) {
    const auto start = Clock::now();
    std::int64_t sum = 0;
    for (const auto& instructor : work.instructors)
      for (const auto& span : instructor.busy)
        sum += span.start().time_since_epoch().count() ^ span.end().time_since_epoch().count();
    benchmark::DoNotOptimize(sum);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

void sweep(benchmark::State& state, const workload::Size& size, const workload::Answer* known) {
  const auto& work = cached(size);
  workload::Answer answer;
  double best = 1e9;
  for (auto _ : state) {
    const auto start = Clock::now();
    answer = workload::answer(work);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  state.counters["per_read"] = best / read_once(work);
  state.counters["slots"] = double(answer.sum);
  state.SetBytesProcessed(std::int64_t(work.bytes) * std::int64_t(state.iterations()));
  state.SetLabel(fmt::format("{} starts, hash {:x}", answer.distinct, answer.hash));
  if (known && answer != *known) state.SkipWithError("this is not the known answer");
}

/// Every rule about one start, as booking and explaining ask it.
void every_rule(benchmark::State& state) {
  const auto& work = cached(workload::w1);
  const auto question = work.question(work.instructors.front());
  const auto slots = domain::free_slots(question, workload::first_day, work.to);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(domain::refusals(question, slots[next].lesson.start()));
    next = (next + 1) % slots.size();
  }
}

BENCHMARK_CAPTURE(sweep, w1, workload::w1, &workload::w1_answer)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sweep, w2, workload::w2, &workload::w2_answer)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(sweep, w3, workload::w3, &workload::w3_answer)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sweep, w4, workload::w4, &workload::w4_answer)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sweep, w5, workload::w5, nullptr)->Unit(benchmark::kMicrosecond);
BENCHMARK(every_rule)->Unit(benchmark::kMicrosecond);

}  // namespace
