#include "actions/catalogue.h"
#include "http/pages.h"
#include "http/render.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr std::size_t most_drivers = 200;

boost::json::object rendered(const store::VehicleRow& vehicle) {
  boost::json::array drivers;
  for (const auto id : vehicle.rules.drivers) drivers.emplace_back(base::to_text(id));
  return {{"id", base::to_text(vehicle.rules.id)},
          {"name", vehicle.name},
          {"transmission", transmission_text(vehicle.rules.transmission)},
          {"turnaround_minutes", vehicle.rules.turnaround.count()},
          {"driver_ids", std::move(drivers)},
          {"active", vehicle.rules.active},
          {"version", vehicle.version}};
}

base::Result<actions::VehicleInput> vehicle_input(const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  actions::VehicleInput input{
      .name = reader.optional_text("name"),
      .transmission = reader.optional_choice<domain::Transmission>("transmission", std::span(transmissions).first(2))};
  if (const auto turnaround = reader.optional_integer("turnaround_minutes", {0, 1440}))
    input.turnaround = domain::Minutes{*turnaround};
  if (const auto drivers = reader.optional_ids<base::InstructorKind>("driver_ids", most_drivers);
      reader.has("driver_ids"))
    input.drivers = drivers;
  input.active = reader.optional_boolean("active");
  TRY(reader.finish());
  return input;
}

base::Result<Response> list_vehicles(const App& app, const Call& call) {
  const auto query = TRY(page_query(call.request));
  const auto page = TRY(actions::list_vehicles(app.context, call.caller, query));
  return page_response(page, [](const auto& vehicle) { return rendered(vehicle); });
}

base::Result<Response> create_vehicle(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto input = TRY(vehicle_input(call.request));
  const auto made = TRY(actions::create_vehicle(app.context, call.caller, input, key));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<Response> get_vehicle(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::VehicleKind>(call.request));
  const auto vehicle = TRY(actions::get_vehicle(app.context, call.caller, id));
  return versioned(rendered(vehicle));
}

base::Result<Response> update_vehicle(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::VehicleKind>(call.request));
  const auto version = TRY(if_match(call.request));
  const auto input = TRY(vehicle_input(call.request));
  const auto vehicle = TRY(actions::update_vehicle(app.context, call.caller, id, version, input));
  return versioned(rendered(vehicle));
}

base::Result<Response> remove_vehicle(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::VehicleKind>(call.request));
  TRY(actions::delete_vehicle(app.context, call.caller, id));
  return no_content();
}

}  // namespace

std::vector<Route> vehicle_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/vehicles", list_vehicles, {"limit", "cursor"}},
                            {"POST", "/api/v1/vehicles", create_vehicle},
                            {"GET", "/api/v1/vehicles/{id}", get_vehicle},
                            {"PATCH", "/api/v1/vehicles/{id}", update_vehicle},
                            {"DELETE", "/api/v1/vehicles/{id}", remove_vehicle}};
  return bound(app, table);
}

}  // namespace http
