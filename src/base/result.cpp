#include "base/result.h"

#include <fmt/format.h>

namespace base {

std::string_view to_string(Code code) {  // tidy-ok: one line per code.
  switch (code) {
    case Code::off_grid:
      return "off-grid";
    case Code::too_soon:
      return "too-soon";
    case Code::beyond_horizon:
      return "beyond-horizon";
    case Code::outside_hours:
      return "outside-hours";
    case Code::closure:
      return "closure";
    case Code::time_off:
      return "time-off";
    case Code::guardian_consent:
      return "guardian-consent";
    case Code::wrong_transmission:
      return "wrong-transmission";
    case Code::who_may_drive:
      return "who-may-drive";
    case Code::slot_taken:
      return "slot-taken";
    case Code::learner_busy:
      return "learner-busy";
    case Code::vehicle_busy:
      return "vehicle-busy";
    case Code::buffer:
      return "buffer";
    case Code::learner_daily_maximum:
      return "learner-daily-maximum";
    case Code::learner_weekly_maximum:
      return "learner-weekly-maximum";
    case Code::instructor_daily_minutes:
      return "instructor-daily-minutes";
    case Code::break_needed:
      return "break";
    case Code::open_bookings:
      return "open-bookings";
    case Code::malformed:
      return "malformed";
    case Code::invalid_input:
      return "invalid-input";
    case Code::unauthenticated:
      return "unauthenticated";
    case Code::forbidden:
      return "forbidden";
    case Code::second_factor_asked:
      return "second-factor-asked";
    case Code::second_factor_required:
      return "second-factor-required";
    case Code::not_found:
      return "not-found";
    case Code::method_not_allowed:
      return "method-not-allowed";
    case Code::stale_version:
      return "stale-version";
    case Code::precondition_required:
      return "precondition-required";
    case Code::idempotency_mismatch:
      return "idempotency-mismatch";
    case Code::hold_expired:
      return "hold-expired";
    case Code::too_many_holds:
      return "too-many-holds";
    case Code::account_exists:
      return "account-exists";
    case Code::wrong_status:
      return "wrong-status";
    case Code::too_late:
      return "too-late";
    case Code::in_use:
      return "in-use";
    case Code::too_large:
      return "too-large";
    case Code::header_too_large:
      return "header-too-large";
    case Code::url_too_long:
      return "url-too-long";
    case Code::unsupported_media_type:
      return "unsupported-media-type";
    case Code::rate_limited:
      return "rate-limited";
    case Code::internal:
      return "internal";
    case Code::unavailable:
      return "unavailable";
  }
  throw Bug("unknown base::Code");
}

void bug(const char* condition, const char* file, int line) {
  throw Bug(fmt::format("{} is false at {}:{}", condition, file, line));
}

}  // namespace base
