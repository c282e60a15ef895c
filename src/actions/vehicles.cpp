#include "actions/catalogue.h"

namespace actions {

namespace {

using base::Result;
using domain::Minutes;
using store::Transaction;
using store::VehicleRow;

constexpr std::size_t drivers_at_most = 200;

void take_over(VehicleRow& vehicle, const VehicleInput& input) {
  auto& rules = vehicle.rules;
  vehicle.name = input.name.value_or(vehicle.name);
  rules.transmission = input.transmission.value_or(rules.transmission);
  rules.turnaround = input.turnaround.value_or(rules.turnaround);
  rules.active = input.active.value_or(rules.active);
  if (!input.drivers) return;
  rules.drivers = *input.drivers;
  std::sort(rules.drivers.begin(), rules.drivers.end());
  rules.drivers.erase(std::unique(rules.drivers.begin(), rules.drivers.end()), rules.drivers.end());
}

base::Done check(Transaction& tx, const Caller& caller, const VehicleRow& vehicle, const VehicleInput& input) {
  Faults faults;
  faults.text(vehicle.name, "/name");
  faults.unless(vehicle.rules.transmission != domain::Transmission::any, "/transmission",
                "A vehicle is manual or automatic.");
  faults.minutes(vehicle.rules.turnaround, "/turnaround_minutes", Minutes{0}, Minutes{720});
  faults.unless(vehicle.rules.drivers.size() <= drivers_at_most, "/driver_ids", "At most 200.");
  if (input.drivers && input.drivers->size() <= drivers_at_most)
    for (std::size_t i = 0; i < input.drivers->size(); ++i)
      faults.unless(store::is_instructor(tx, caller.school(), (*input.drivers)[i]), fmt::format("/driver_ids/{}", i),
                    "There is no such instructor.");
  return faults.verdict();
}

Result<VehicleRow> known_vehicle(Transaction& tx, const Caller& caller, base::VehicleId id) {
  const auto vehicle = store::find_vehicle(tx, caller.school(), id);
  if (!vehicle) return auth::not_found();
  return *vehicle;
}

}  // namespace

Result<Made<VehicleRow>> create_vehicle(const Context& context, const Caller& caller, const VehicleInput& input,
                                        const store::RequestKey& key) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  Faults missing;
  missing.unless(input.name.has_value(), "/name", "Required.");
  missing.unless(input.transmission.has_value(), "/transmission", "Required.");
  TRY(missing.verdict());
  return change_rules<Made<VehicleRow>>(context, caller, [&](Transaction& tx) -> Result<Made<VehicleRow>> {
    if (const auto earlier = TRY(store::claim(tx, key, caller.now)))
      return Made<VehicleRow>{TRY(known_vehicle(tx, caller, {earlier->resource})), true};
    VehicleRow vehicle{.rules = {.id = base::make<base::VehicleId>()}, .version = 1};
    take_over(vehicle, input);
    TRY(check(tx, caller, vehicle, input));
    store::put_vehicle(tx, caller.author(), vehicle);
    store::make_calendar(tx, caller.school(), store::Kind::vehicle, vehicle.rules.id.value);
    store::remember(tx, key, {201, vehicle.rules.id.value});
    return Made<VehicleRow>{vehicle};
  });
}

Result<VehicleRow> update_vehicle(const Context& context, const Caller& caller, base::VehicleId id,
                                  std::int64_t version, const VehicleInput& input) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  return change_rules<VehicleRow>(context, caller, [&](Transaction& tx) -> Result<VehicleRow> {
    auto vehicle = TRY(known_vehicle(tx, caller, id));
    TRY(expect(version, vehicle.version));
    take_over(vehicle, input);
    TRY(check(tx, caller, vehicle, input));
    ++vehicle.version;
    store::put_vehicle(tx, caller.author(), vehicle);
    store::lock(tx, caller.school(), store::Kind::vehicle, id.value);
    return vehicle;
  });
}

base::Done delete_vehicle(const Context& context, const Caller& caller, base::VehicleId id) {
  TRY(auth::may(caller.principal, auth::Action::manage_catalogue));
  return change_rules<std::monostate>(context, caller, [&](Transaction& tx) -> base::Done {
    const auto vehicle = TRY(known_vehicle(tx, caller, id));
    TRY(unless_in_use(store::bookings_with(tx, caller.school(), id)));
    store::remove_vehicle(tx, caller.author(), vehicle);
    store::remove_calendar(tx, caller.school(), store::Kind::vehicle, id.value);
    return base::done();
  });
}

Result<VehicleRow> get_vehicle(const Context& context, const Caller& caller, base::VehicleId id) {
  TRY(auth::may(caller.principal, auth::Action::read_catalogue));
  return context.database.read(caller.school(), [&](Transaction& tx) { return known_vehicle(tx, caller, id); });
}

Result<Page<VehicleRow>> list_vehicles(const Context& context, const Caller& caller, const PageQuery& page) {
  TRY(auth::may(caller.principal, auth::Action::read_catalogue));
  auto all = context.database.read(
      caller.school(), [&](Transaction& tx) { return store::list_vehicles(tx, caller.school()); }, caller.freshness);
  return page_of(std::move(all), page, [](const VehicleRow& vehicle) { return vehicle.rules.id.value; });
}

}  // namespace actions
