#include "actions/working_time.h"

namespace actions {

namespace {

using base::Result;
using domain::Date;
using store::Transaction;

constexpr int longest_window_days = 7;

base::Done check_window(Date from, Date to) {
  const auto days = (std::chrono::sys_days{to} - std::chrono::sys_days{from}).count();
  Faults faults;
  faults.unless(days >= 1 && days <= longest_window_days, "to", "Must be 1 to 7 days after “from”.");
  return faults.verdict();
}

std::vector<WorkingTime::Day> days_of(const domain::Hours& hours, Date from, Date to) {
  std::vector<WorkingTime::Day> days;
  for (auto date = from; date < to; date = domain::add_days(date, 1))
    days.push_back({date, domain::ranges_on(hours, date)});
  return days;
}

std::map<base::InstructorId, std::vector<TimeOffView>> by_instructor(const Context& context, const Caller& caller,
                                                                     std::vector<store::TitledTimeOff> all) {
  std::map<base::InstructorId, std::vector<TimeOffView>> sorted;
  for (auto& each : all)
    sorted[each.row.instructor].push_back(
        {each.row, {}, store::open_text(context.keys, caller.school(), each.title).value_or("")});
  return sorted;
}

}  // namespace

Result<WorkingTimes> working_times(const Context& context, const Caller& caller, Date from, Date to) {
  const auto me = caller.principal.person;
  TRY(auth::may(caller.principal, auth::Action::read_hours, {me}));
  TRY(check_window(from, to));
  const bool all = auth::reach(caller.principal.role, auth::Action::read_hours) == auth::Reach::any;
  const base::InstructorId only{all ? 0 : me.value};
  return context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<WorkingTimes> {
        const auto rules = context.cache.rules(tx, caller.school());
        const auto& zone = rules->school.zone;
        const auto midnight = [&](Date date) { return zone.at(date, domain::Minutes{0}); };
        auto time_off = by_instructor(context, caller,
                                      store::time_off_between(tx, caller.school(), only, midnight(from), midnight(to)));
        WorkingTimes times{zone.name(), {}};
        for (auto& row : store::list_hours(tx, caller.school(), only)) {
          auto open = days_of(row.hours, from, to);
          auto& off = time_off[row.instructor];
          times.items.push_back({std::move(row), std::move(open), std::move(off)});
        }
        return times;
      },
      caller.freshness);
}

}  // namespace actions
