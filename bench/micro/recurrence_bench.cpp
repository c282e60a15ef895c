// Series of outside calendars as spans of absolute time: twelve mixed rules over two years of London.
//
// Counters: `per_s` occurrences a second; `libical_s` those of libical in the same run, which tells wall times only,
// without zones; `of_libical` the one over the other. The label is a hash of all starts.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <libical/ical.h>

#include "domain/recurrence.h"
#include "workload.h"

namespace {

constexpr const char* rules[] = {"FREQ=DAILY",
                                 "FREQ=DAILY;INTERVAL=3",
                                 "FREQ=WEEKLY;BYDAY=MO,WE,FR",
                                 "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
                                 "FREQ=WEEKLY;COUNT=60",
                                 "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20280229T235959Z",
                                 "FREQ=MONTHLY;BYMONTHDAY=1,15",
                                 "FREQ=MONTHLY;BYDAY=2TU",
                                 "FREQ=MONTHLY;BYDAY=-1FR",
                                 "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                                 "FREQ=YEARLY;BYMONTH=3,6,9;BYMONTHDAY=21",
                                 "FREQ=YEARLY;BYDAY=20MO"};
constexpr auto years = std::chrono::days{2 * 365};

std::vector<domain::Series> all_series() {
  const auto zone = domain::Zone::load("Europe/London").value();
  std::vector<domain::Series> all;
  for (const auto* rule : rules)
    all.push_back({.zone = zone,
                   .start = std::chrono::local_days{workload::first_day} + std::chrono::hours{9},
                   .length = std::chrono::hours{1},
                   .lines = {std::string("RRULE:") + rule}});
  return all;
}

/// As many as libical finds, in the same two years.
std::int64_t by_libical() {
  const auto end = std::chrono::year_month_day{std::chrono::sys_days{workload::first_day} + years};
  const int last = int(end.year()) * 10'000 + int(unsigned(end.month())) * 100 + int(unsigned(end.day()));
  std::int64_t found = 0;
  for (const auto* rule : rules) {
    auto* const iterator =
        icalrecur_iterator_new(icalrecurrencetype_from_string(rule), icaltime_from_string("20270301T090000"));
    for (auto at = icalrecur_iterator_next(iterator); !icaltime_is_null_time(at);
         at = icalrecur_iterator_next(iterator)) {
      if (at.year * 10'000 + at.month * 100 + at.day >= last) break;
      ++found;
    }
    icalrecur_iterator_free(iterator);
  }
  return found;
}

template <class Call>
double best_rate(Call call) {
  double best = 0;
  for (int round = 0; round < 20; ++round) {
    const auto begun = std::chrono::steady_clock::now();
    const auto found = call();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    best = std::max(best, static_cast<double>(found) / took.count());
  }
  return best;
}

void recurrence(benchmark::State& state) {
  const auto series = all_series();
  const domain::Instant from = std::chrono::sys_days{workload::first_day};
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  std::int64_t count = 0;
  for (const auto& each : series) {
    const auto found = domain::occurrences(each, from, from + years).value();  // Named: the loop would outlive it.
    for (const auto& time : found) {
      hash = (hash ^ static_cast<std::uint64_t>(base::to_seconds(time.start()) / 60)) * 1'099'511'628'211u;
      ++count;
    }
  }
  const auto expand = [&] {
    std::size_t found = 0;
    for (const auto& each : series) found += domain::occurrences(each, from, from + years)->size();
    return found;
  };
  for (auto _ : state) benchmark::DoNotOptimize(expand());
  const double own = best_rate(expand), other = best_rate(by_libical);
  state.counters["per_s"] = own;
  state.counters["libical_s"] = other;
  state.counters["of_libical"] = own / other;
  state.SetLabel(fmt::format("{} occurrences, hash {:x}", count, hash));
}

BENCHMARK(recurrence)->Unit(benchmark::kMicrosecond);

}  // namespace
