/// Time as the whole program knows it. `now()` is called once per request or job, at the edge, and passed on.
#pragma once

#include <chrono>

#include "base/result.h"

namespace base {

/// Whole seconds of UTC since 1970.
using Instant = std::chrono::sys_seconds;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Instant now();

inline std::int64_t to_seconds(Instant instant) {
  return instant.time_since_epoch().count();
}
inline Instant from_seconds(std::int64_t value) {
  return Instant{seconds{value}};
}

/// RFC 3339 in UTC, "2026-03-29T09:00:00Z". Reading also takes an offset ("+01:00"); fractions of a second other
/// than zero, leap seconds and years outside 1970..2200 are refused with invalid_input.
std::string to_text(Instant instant);
Result<Instant> instant_from_text(std::string_view text);

/// "2026-03-29" as a calendar day without a zone. Years 1970..2200.
std::string to_text(std::chrono::year_month_day date);
Result<std::chrono::year_month_day> date_from_text(std::string_view text);

/// While it lives, what this thread asks of PostgreSQL must be answered before `end`: the request that it works for has
/// to be answered in time, however often it asks and however long it waited for its turn. One inside another can only
/// shorten it.
class RequestDeadline {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  explicit RequestDeadline(Moment end);
  ~RequestDeadline();
  RequestDeadline(const RequestDeadline&) = delete;
  static Moment of_this_thread();  ///< The end of time where there is none.

 private:
  const Moment outer_;
};

}  // namespace base
