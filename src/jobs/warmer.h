/// Loads calendars before anybody asks for them: those that a commit has taken from memory, and all of a school before
/// an hour of the week in which it is usually busy, so that a node that has just started does not answer slowly then.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <thread>

#include "actions/context.h"

namespace net {
class Redis;
}

namespace jobs {

class Warmer {
 public:
  /// Without Redis nobody remembers when a school is busy; memory alone needs no more than what commits take from it.
  Warmer(actions::Context context, net::Redis* redis, std::function<void(const std::string& failure)> report);

  std::atomic<std::int64_t> warmed{0};  ///< Calendars and rules.

 private:
  void loop(const std::stop_token& stop);
  void again(base::Instant now);
  void school_again(base::SchoolId school, const std::vector<cache::CalendarCache::Dropped>& dropped,
                    base::Instant now);
  void count(base::Instant now);
  void before(base::Instant hour, base::Instant now);

  actions::Context context_;
  net::Redis* const redis_;
  const std::function<void(const std::string&)> report_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

/// Hours of the week by UTC, 0 to 167.
int hour_of_week(base::Instant instant);

}  // namespace jobs
