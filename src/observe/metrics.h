/// Figures for Prometheus. Labels are route patterns and codes, never raw paths, ids or people.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace observe {

/// The histograms of one route, one for each status class, made when first needed and then kept: finding one by its
/// labels costs 18 times as much as observing.
class RouteMetrics {
 public:
  RouteMetrics(prometheus::Family<prometheus::Histogram>& family, std::string method, std::string route);
  void observe(int status, double seconds);

 private:
  prometheus::Family<prometheus::Histogram>& family_;
  const std::string method_;
  const std::string route_;
  std::array<std::atomic<prometheus::Histogram*>, 6> by_class_{};
};

/// A family of counters told apart by one label, whose values are few and known: codes, names of rules.
class LabelledCounter {
 public:
  LabelledCounter(prometheus::Family<prometheus::Counter>& family, std::string label);
  void increment(std::string_view value);

 private:
  prometheus::Family<prometheus::Counter>& family_;
  const std::string label_;
  std::mutex mutex_;
  std::map<std::string, prometheus::Counter*, std::less<>> counters_;
};

class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  std::unique_ptr<RouteMetrics> route(std::string method, std::string pattern);
  /// The text that GET /metrics answers.
  std::string text() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Histogram>& requests_;
  prometheus::Gauge& gauge(std::string name, std::string help);
  prometheus::Counter& counter(std::string name, std::string help);

 public:
  LabelledCounter booking_outcomes;  ///< "booked", or the code of the first refusal.
  LabelledCounter rate_limited;      ///< By kind of limit.
  LabelledCounter calendar_calls;    ///< Readings and writings of calendars elsewhere, by what came of them.
  prometheus::Counter& bugs;
  prometheus::Counter& failures;  ///< Exceptions of the environment that ended a request.
  prometheus::Counter& log_lines_dropped;
  prometheus::Counter& cache_hits;
  prometheus::Counter& cache_misses;
  prometheus::Counter& cache_changes;
  prometheus::Counter& shared_hits;        ///< What level two, in Redis, had,
  prometheus::Counter& shared_misses;      ///< and what it had not,
  prometheus::Counter& shared_unreadable;  ///< or had in a form that is not ours.
  prometheus::Counter& calendars_warmed;
  prometheus::Counter& redis_unanswered;
  prometheus::Counter& redis_refused;
  prometheus::Counter& writer_actions;
  prometheus::Counter& writer_commits;
  prometheus::Counter& writer_refused;
  prometheus::Counter& writer_rerun;    ///< Transactions run again: a deadlock, a lost race, a neighbour's failure.
  prometheus::Counter& replica_reads;   ///< What a replica answered, and what it could not,
  prometheus::Counter& replica_behind;  ///< as it was behind,
  prometheus::Counter& replica_lost;    ///< or away.
  prometheus::Gauge& redis_present;
  prometheus::Gauge& connections;
  prometheus::Gauge& worker_queue_depth;
  prometheus::Gauge& verified_at;    ///< When the last nightly replay of the log ended, in seconds since 1970.
  prometheus::Gauge& verify_faults;  ///< What it found.

  /// Brings a counter up to a figure that is counted elsewhere.
  void follow(prometheus::Counter& counter, std::uint64_t total);

 private:
  std::mutex following_;
};

}  // namespace observe
