#include "actions/catalogue.h"

namespace actions {

namespace {

using base::Result;
using store::ClosureRow;
using store::Transaction;

constexpr std::chrono::days longest_closure{731};

void take_over(ClosureRow& closure, const ClosureInput& input) {
  closure.name = input.name.value_or(closure.name);
  closure.days.from = input.from.value_or(closure.days.from);
  closure.days.to = input.to.value_or(closure.days.to);
}

base::Done check(const ClosureRow& closure) {
  Faults faults;
  faults.text(closure.name, "/name");
  const auto length = std::chrono::sys_days{closure.days.to} - std::chrono::sys_days{closure.days.from};
  faults.unless(length > std::chrono::days{0}, "/to", "Must be after the first day; the day itself is open again.");
  faults.unless(length <= longest_closure, "/to", "A closure lasts at most two years.");
  return faults.verdict();
}

ClosureView with_affected(Transaction& tx, const Caller& caller, const domain::Zone& zone, const ClosureRow& closure) {
  ClosureView view{closure, {}};
  const store::Span span{zone.at(closure.days.from, domain::Minutes{0}), zone.at(closure.days.to, domain::Minutes{0}),
                         caller.now};
  const bool staff = caller.principal.staff();  // Whose lessons they are is nobody else's business.
  if (staff)
    for (const auto& planned : store::planned_bookings(tx, caller.school(), {}, span))
      view.affected.push_back(planned.id);
  return view;
}
ClosureView with_affected(Transaction& tx, const Caller& caller, const ClosureRow& closure) {
  const auto zone = domain::Zone::load(store::find_school(tx, caller.school()).zone).value();
  return with_affected(tx, caller, zone, closure);
}

Result<ClosureRow> known_closure(Transaction& tx, const Caller& caller, base::ClosureId id) {
  const auto closure = store::find_closure(tx, caller.school(), id);
  if (!closure) return auth::not_found();
  return *closure;
}

}  // namespace

Result<Made<ClosureView>> create_closure(const Context& context, const Caller& caller, const ClosureInput& input,
                                         const store::RequestKey& key) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  Faults missing;
  missing.unless(input.name.has_value(), "/name", "Required.");
  missing.unless(input.from.has_value(), "/from", "Required.");
  missing.unless(input.to.has_value(), "/to", "Required.");
  TRY(missing.verdict());
  return change_rules<Made<ClosureView>>(context, caller, [&](Transaction& tx) -> Result<Made<ClosureView>> {
    if (const auto earlier = TRY(store::claim(tx, key, caller.now)))
      return Made<ClosureView>{with_affected(tx, caller, TRY(known_closure(tx, caller, {earlier->resource}))), true};
    ClosureRow closure{.days = {.id = base::make<base::ClosureId>()}, .version = 1};
    take_over(closure, input);
    TRY(check(closure));
    store::put_closure(tx, caller.author(), closure);
    store::remember(tx, key, {201, closure.days.id.value});
    return Made<ClosureView>{with_affected(tx, caller, closure)};
  });
}

Result<ClosureView> update_closure(const Context& context, const Caller& caller, base::ClosureId id,
                                   std::int64_t version, const ClosureInput& input) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  return change_rules<ClosureView>(context, caller, [&](Transaction& tx) -> Result<ClosureView> {
    auto closure = TRY(known_closure(tx, caller, id));
    TRY(expect(version, closure.version));
    take_over(closure, input);
    TRY(check(closure));
    ++closure.version;
    store::put_closure(tx, caller.author(), closure);
    return with_affected(tx, caller, closure);
  });
}

base::Done delete_closure(const Context& context, const Caller& caller, base::ClosureId id) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  return change_rules<std::monostate>(context, caller, [&](Transaction& tx) -> base::Done {
    store::remove_closure(tx, caller.author(), TRY(known_closure(tx, caller, id)));
    return base::done();
  });
}

Result<ClosureView> get_closure(const Context& context, const Caller& caller, base::ClosureId id) {
  TRY(auth::may(caller.principal, auth::Action::read_catalogue));
  return context.database.read(caller.school(), [&](Transaction& tx) -> Result<ClosureView> {
    return with_affected(tx, caller, TRY(known_closure(tx, caller, id)));
  });
}

Result<Page<ClosureView>> list_closures(const Context& context, const Caller& caller, const PageQuery& page) {
  TRY(auth::may(caller.principal, auth::Action::read_catalogue));
  return context.database.read(
      caller.school(),
      [&](Transaction& tx) -> Result<Page<ClosureView>> {
        const auto rows = TRY(page_of(store::list_closures(tx, caller.school()), page,
                                      [](const ClosureRow& closure) { return closure.days.id.value; }));
        const auto zone = domain::Zone::load(store::find_school(tx, caller.school()).zone).value();
        Page<ClosureView> views{{}, rows.next};
        for (const auto& row : rows.items) views.items.push_back(with_affected(tx, caller, zone, row));
        return views;
      },
      caller.freshness);
}

}  // namespace actions
