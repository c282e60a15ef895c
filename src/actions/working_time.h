/// When instructors work: weekly hours, other hours on some dates, time off. The office changes everybody's,
/// instructors their own. No booking is changed by any of it: the answer lists those that no longer fit, and somebody
/// decides.
#pragma once

#include "actions/faults.h"
#include "store/idempotency.h"
#include "store/schedules.h"

namespace actions {

struct HoursView {
  store::HoursRow row;
  std::vector<base::BookingId> affected;  ///< Requested or booked, not over, and outside of the hours.
};
base::Result<HoursView> get_hours(const Context& context, const Caller& caller, base::InstructorId instructor);
/// Replaces the weekly hours; hours and overrides share one version.
base::Result<HoursView> set_hours(const Context& context, const Caller& caller, base::InstructorId instructor,
                                  std::int64_t version, std::vector<domain::Hours::Weekly> weekly);
/// Replaces all overrides.
base::Result<HoursView> set_overrides(const Context& context, const Caller& caller, base::InstructorId instructor,
                                      std::int64_t version, std::vector<domain::Hours::Override> overrides);

/// The lesson lies in one open range, as domain's outside_hours asks; whether the instructor is active does not matter.
bool within_hours(const domain::Hours& hours, const domain::Zone& zone, const domain::Interval& lesson);

struct TimeOffView {
  store::TimeOffRow time_off;
  std::vector<base::BookingId> affected;
  std::string title{};  ///< Of a personal event; empty: time off like any other.
};
struct TimeOffInput {
  base::Instant start, end;
  std::string title{};
};
base::Result<Made<TimeOffView>> add_time_off(const Context& context, const Caller& caller,
                                             base::InstructorId instructor, const TimeOffInput& input,
                                             const store::RequestKey& key);
/// What is not given stays.
struct TimeOffPatch {
  std::optional<base::Instant> start, end;
  std::optional<std::string> title;
};
base::Result<TimeOffView> change_time_off(const Context& context, const Caller& caller, base::InstructorId instructor,
                                          base::TimeOffId id, std::int64_t version, const TimeOffPatch& patch);
base::Done delete_time_off(const Context& context, const Caller& caller, base::InstructorId instructor,
                           base::TimeOffId id);
/// Those that are not over, by start.
base::Result<Page<TimeOffView>> list_time_off(const Context& context, const Caller& caller,
                                              base::InstructorId instructor, const PageQuery& page);

/// Everybody's days at once.
struct WorkingTime {
  store::HoursRow hours;
  struct Day {
    domain::Date date;
    std::vector<domain::WallRange> ranges;
  };
  std::vector<Day> open;              ///< Every date of the window.
  std::vector<TimeOffView> time_off;  ///< What overlaps the window, by start; no lessons are looked for.
};
struct WorkingTimes {
  std::string time_zone;
  std::vector<WorkingTime> items;  ///< By instructor.
};
/// When all instructors of the school work, on its dates from `from` to before `to`, at most seven; an instructor's
/// answer has only their own. A fixed number of statements, however many there are.
base::Result<WorkingTimes> working_times(const Context& context, const Caller& caller, domain::Date from,
                                         domain::Date to);

}  // namespace actions
