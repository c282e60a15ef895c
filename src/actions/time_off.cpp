#include "actions/working_time.h"

namespace actions {

namespace {

using base::Result;
using domain::Interval;
using store::TimeOffRow;
using store::Transaction;

constexpr std::chrono::days longest{731};

TimeOffView with_affected(const Context& context, Transaction& tx, const Caller& caller, const TimeOffRow& row) {
  TimeOffView view{row, {}};
  if (row.title) view.title = store::read_text(tx, context.keys, caller.school(), row.title).value_or("");
  const store::Span span{row.span.start(), row.span.end(), caller.now};
  for (const auto& planned : store::planned_bookings(tx, caller.school(), row.instructor, span))
    view.affected.push_back(planned.id);
  return view;
}

Result<TimeOffRow> find(Transaction& tx, const Caller& caller, base::InstructorId instructor, base::TimeOffId id) {
  const auto row = store::find_time_off(tx, caller.school(), id);
  if (!row || row->instructor != instructor) return auth::not_found();
  return *row;
}

base::Done check(base::Instant start, base::Instant end) {
  Faults faults;
  faults.unless(domain::on_tick(start), "/start", "Must be at a full five minutes.");
  faults.unless(domain::on_tick(end), "/end", "Must be at a full five minutes.");
  faults.unless(end > start, "/end", "Must be after the start.");
  faults.unless(end - start <= longest, "/end", "Time off lasts at most two years.");
  return faults.verdict();
}

}  // namespace

Result<Made<TimeOffView>> add_time_off(const Context& context, const Caller& caller, base::InstructorId instructor,
                                       const TimeOffInput& input, const store::RequestKey& key) {
  TRY(auth::may(caller.principal, auth::Action::change_hours, {person_of(instructor)}));
  TRY(check(input.start, input.end));
  TRY(context.database.read(caller.school(), [&](Transaction& tx) -> base::Done {
    if (!store::is_instructor(tx, caller.school(), instructor)) return auth::not_found();
    return base::done();
  }));
  const auto title = store::seal_text(context.keys, caller.school(), person_of(instructor), input.title);
  return context.database.transact<Made<TimeOffView>>(
      caller.school(), [&](Transaction& tx) -> Result<Made<TimeOffView>> {
        if (const auto earlier = TRY(store::claim(tx, key, caller.now))) {
          const auto row = store::find_time_off(tx, caller.school(), {earlier->resource});
          if (!row) return auth::not_found();
          return Made<TimeOffView>{with_affected(context, tx, caller, *row), true};
        }
        if (!store::lock(tx, caller.school(), store::Kind::instructor, instructor.value)) return auth::not_found();
        store::insert_text(tx, caller.school(), title, caller.now);
        const TimeOffRow row{base::make<base::TimeOffId>(), instructor, TRY(Interval::between(input.start, input.end)),
                             1, title.id};
        store::put_time_off(tx, caller.author(), row);
        store::remember(tx, key, {201, row.id.value});
        return Made<TimeOffView>{with_affected(context, tx, caller, row)};
      });
}

Result<TimeOffView> change_time_off(const Context& context, const Caller& caller, base::InstructorId instructor,
                                    base::TimeOffId id, std::int64_t version, const TimeOffPatch& patch) {
  TRY(auth::may(caller.principal, auth::Action::change_hours, {person_of(instructor)}));
  const auto title = store::seal_text(context.keys, caller.school(), person_of(instructor), patch.title.value_or(""));
  return context.database.transact<TimeOffView>(caller.school(), [&](Transaction& tx) -> Result<TimeOffView> {
    if (!store::lock(tx, caller.school(), store::Kind::instructor, instructor.value)) return auth::not_found();
    auto row = TRY(find(tx, caller, instructor, id));
    TRY(expect(version, row.version));
    const auto start = patch.start.value_or(row.span.start()), end = patch.end.value_or(row.span.end());
    TRY(check(start, end));
    row.span = TRY(Interval::between(start, end));
    if (patch.title) {
      store::remove_text(tx, caller.school(), row.title);
      store::insert_text(tx, caller.school(), title, caller.now);
      row.title = title.id;
    }
    ++row.version;
    store::put_time_off(tx, caller.author(), row);
    return with_affected(context, tx, caller, row);
  });
}

base::Done delete_time_off(const Context& context, const Caller& caller, base::InstructorId instructor,
                           base::TimeOffId id) {
  TRY(auth::may(caller.principal, auth::Action::change_hours, {person_of(instructor)}));
  return context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    if (!store::lock(tx, caller.school(), store::Kind::instructor, instructor.value)) return auth::not_found();
    const auto row = TRY(find(tx, caller, instructor, id));
    store::remove_time_off(tx, caller.author(), row);
    store::remove_text(tx, caller.school(), row.title);
    return base::done();
  });
}

Result<Page<TimeOffView>> list_time_off(const Context& context, const Caller& caller, base::InstructorId instructor,
                                        const PageQuery& page) {
  TRY(auth::may(caller.principal, auth::Action::read_hours, {person_of(instructor)}));
  return context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<Page<TimeOffView>> {
        if (!store::is_instructor(tx, caller.school(), instructor)) return auth::not_found();
        auto all = store::list_time_off(tx, caller.school(), instructor);
        std::erase_if(all, [&](const TimeOffRow& row) { return row.span.end() <= caller.now; });
        const auto rows = TRY(page_of(std::move(all), page, [](const TimeOffRow& row) { return row.id.value; }));
        Page<TimeOffView> views{{}, rows.next};
        for (const auto& row : rows.items) views.items.push_back(with_affected(context, tx, caller, row));
        return views;
      },
      caller.freshness);
}

}  // namespace actions
