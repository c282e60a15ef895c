#include "actions/working_time.h"

namespace actions {

namespace {

using base::Result;
using store::HoursRow;
using store::Transaction;

constexpr std::size_t entries_at_most = 400;
/// Hours are never asked about further ahead than the longest horizon of a lesson type.
constexpr std::chrono::days furthest{731};

HoursView with_affected(Transaction& tx, const Caller& caller, const HoursRow& row) {
  HoursView view{row, {}};
  const auto zone = domain::Zone::load(store::find_school(tx, caller.school()).zone).value();
  const store::Span span{caller.now, caller.now + furthest, caller.now};
  for (const auto& planned : store::planned_bookings(tx, caller.school(), row.instructor, span))
    if (!within_hours(row.hours, zone, planned.lesson)) view.affected.push_back(planned.id);
  return view;
}

template <class Change>
Result<HoursView> change_hours(const Context& context, const Caller& caller, base::InstructorId instructor,
                               std::int64_t version, const Change& change) {
  TRY(auth::may(caller.principal, auth::Action::change_hours, {person_of(instructor)}));
  return context.database.transact<HoursView>(caller.school(), [&](Transaction& tx) -> Result<HoursView> {
    if (!store::lock(tx, caller.school(), store::Kind::instructor, instructor.value)) return auth::not_found();
    auto row = store::find_hours(tx, caller.school(), instructor);
    TRY(expect(version, row.version));
    change(row.hours);
    row.hours = TRY(domain::check_hours(std::move(row.hours)));
    ++row.version;
    store::put_hours(tx, caller.author(), row);
    return with_affected(tx, caller, row);
  });
}

base::Done not_too_many(std::size_t count) {
  Faults faults;
  faults.unless(count <= entries_at_most, "/items", "At most 400 entries.");
  return faults.verdict();
}

}  // namespace

bool within_hours(const domain::Hours& hours, const domain::Zone& zone, const domain::Interval& lesson) {
  const auto day = std::chrono::sys_days{zone.day_of(lesson.start())};
  const auto ranges = domain::open_ranges(hours, zone, day - std::chrono::days{1}, day + std::chrono::days{2});
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) { return range.span.contains(lesson); });
}

Result<HoursView> get_hours(const Context& context, const Caller& caller, base::InstructorId instructor) {
  TRY(auth::may(caller.principal, auth::Action::read_hours, {person_of(instructor)}));
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<HoursView> {
    if (!store::is_instructor(tx, caller.school(), instructor)) return auth::not_found();
    return with_affected(tx, caller, store::find_hours(tx, caller.school(), instructor));
  });
}

Result<HoursView> set_hours(const Context& context, const Caller& caller, base::InstructorId instructor,
                            std::int64_t version, std::vector<domain::Hours::Weekly> weekly) {
  TRY(not_too_many(weekly.size()));
  return change_hours(context, caller, instructor, version, [&](domain::Hours& hours) { hours.weekly = weekly; });
}

Result<HoursView> set_overrides(const Context& context, const Caller& caller, base::InstructorId instructor,
                                std::int64_t version, std::vector<domain::Hours::Override> overrides) {
  TRY(not_too_many(overrides.size()));
  return change_hours(context, caller, instructor, version, [&](domain::Hours& hours) { hours.overrides = overrides; });
}

}  // namespace actions
