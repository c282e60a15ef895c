#include "observe/metrics.h"

#include <prometheus/text_serializer.h>

namespace observe {

namespace {

const prometheus::Histogram::BucketBoundaries request_seconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                                 0.1,    0.25,  0.5,    1,     2.5,  5,     10};

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const std::string& name,
                                                  const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

RouteMetrics::RouteMetrics(prometheus::Family<prometheus::Histogram>& family, std::string method, std::string route)
    : family_(family), method_(std::move(method)), route_(std::move(route)) {}

void RouteMetrics::observe(int status, double seconds) {
  const auto status_class = static_cast<std::size_t>(status / 100) % by_class_.size();
  auto* histogram = by_class_[status_class].load(std::memory_order_acquire);
  if (histogram == nullptr) {  // Two threads may both come here: the family gives both the same histogram.
    histogram = &family_.Add({{"method", method_}, {"route", route_}, {"status", std::to_string(status_class) + "xx"}},
                             request_seconds);
    by_class_[status_class].store(histogram, std::memory_order_release);
  }
  histogram->Observe(seconds);
}

LabelledCounter::LabelledCounter(prometheus::Family<prometheus::Counter>& family, std::string label)
    : family_(family), label_(std::move(label)) {}

void LabelledCounter::increment(std::string_view value) {
  const std::lock_guard lock(mutex_);
  auto found = counters_.find(value);
  if (found == counters_.end())
    found = counters_.emplace(std::string(value), &family_.Add({{label_, std::string(value)}})).first;
  found->second->Increment();
}

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      requests_(prometheus::BuildHistogram()
                    .Name("roadbook_http_request_seconds")
                    .Help("Time from the head of a request to its answer, by route pattern")
                    .Register(*registry_)),
      booking_outcomes(counters(*registry_, "roadbook_booking_attempts_total", "Attempts to book by outcome"),
                       "outcome"),
      rate_limited(counters(*registry_, "roadbook_rate_limited_total", "Requests over a limit, by kind"), "limit"),
      calendar_calls(counters(*registry_, "roadbook_calendar_calls_total",
                              "Readings and writings of calendars elsewhere, by what came of them"),
                     "outcome"),
      bugs(counter("roadbook_bugs_total", "Broken promises of our own code; must stay 0")),
      failures(counter("roadbook_failures_total", "Requests that the environment failed: database, disk, time")),
      log_lines_dropped(counter("roadbook_log_lines_dropped_total", "Log lines that nobody could take in time")),
      cache_hits(counter("roadbook_cache_hits_total", "Calendars answered from memory")),
      cache_misses(counter("roadbook_cache_misses_total", "Calendars loaded from the database")),
      cache_changes(counter("roadbook_cache_changes_total", "Calendars in memory that followed a booking there")),
      shared_hits(counter("roadbook_shared_calendars_hits_total", "Calendars of the right version found in Redis")),
      shared_misses(counter("roadbook_shared_calendars_misses_total", "Calendars asked for in Redis and not found")),
      shared_unreadable(counter("roadbook_shared_calendars_unreadable_total", "Of those, values that are not ours")),
      calendars_warmed(counter("roadbook_calendars_warmed_total", "Calendars loaded before anybody asked for them")),
      redis_unanswered(counter("roadbook_redis_unanswered_total", "Commands that Redis did not answer in time")),
      redis_refused(counter("roadbook_redis_refused_total", "Commands that Redis refused: full, not allowed")),
      writer_actions(counter("roadbook_writer_actions_total", "Actions that the writer of the database ran")),
      writer_commits(counter("roadbook_writer_commits_total", "Transactions in which it ran them")),
      writer_refused(counter("roadbook_writer_refused_total", "Actions refused because its queue was full")),
      writer_rerun(counter("roadbook_writer_rerun_total", "Transactions that were run again")),
      replica_reads(counter("roadbook_replica_reads_total", "Snapshots that a replica answered")),
      replica_behind(counter("roadbook_replica_behind_total", "Snapshots that it was too far behind for")),
      replica_lost(counter("roadbook_replica_lost_total", "Snapshots that it did not answer")),
      redis_present(gauge("roadbook_redis_present", "Whether Redis answers; 0 too where there is none")),
      connections(gauge("roadbook_connections", "Open connections of clients")),
      worker_queue_depth(gauge("roadbook_worker_queue_depth", "Requests that wait for a worker or run on one")),
      verified_at(gauge("roadbook_verified_timestamp_seconds", "When the log was last replayed and compared")),
      verify_faults(gauge("roadbook_verify_faults", "Differences that the last replay found")) {}

void Metrics::follow(prometheus::Counter& counter, std::uint64_t total) {
  const std::lock_guard lock(following_);
  const auto behind = static_cast<double>(total) - counter.Value();
  if (behind > 0) counter.Increment(behind);
}

prometheus::Gauge& Metrics::gauge(std::string name, std::string help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add({});
}

prometheus::Counter& Metrics::counter(std::string name, std::string help) {
  return counters(*registry_, name, help).Add({});
}

std::unique_ptr<RouteMetrics> Metrics::route(std::string method, std::string pattern) {
  return std::make_unique<RouteMetrics>(requests_, std::move(method), std::move(pattern));
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace observe
