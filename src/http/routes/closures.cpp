#include "actions/catalogue.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

boost::json::object rendered(const actions::ClosureView& view) {
  const auto& closure = view.closure;
  return {{"id", base::to_text(closure.days.id)},     {"name", closure.name},
          {"from", base::to_text(closure.days.from)}, {"to", base::to_text(closure.days.to)},
          {"affected", texts_of(view.affected)},      {"version", closure.version}};
}

base::Result<actions::ClosureInput> closure_input(const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const actions::ClosureInput input{
      .name = reader.optional_text("name"), .from = reader.optional_date("from"), .to = reader.optional_date("to")};
  TRY(reader.finish());
  return input;
}

base::Result<Response> list_closures(const App& app, const Call& call) {
  const auto query = TRY(page_query(call.request));
  const auto page = TRY(actions::list_closures(app.context, call.caller, query));
  return page_response(page, [](const auto& closure) { return rendered(closure); });
}

base::Result<Response> create_closure(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto input = TRY(closure_input(call.request));
  const auto made = TRY(actions::create_closure(app.context, call.caller, input, key));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<Response> get_closure(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::ClosureKind>(call.request));
  const auto closure = TRY(actions::get_closure(app.context, call.caller, id));
  return versioned(rendered(closure));
}

base::Result<Response> update_closure(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::ClosureKind>(call.request));
  const auto version = TRY(if_match(call.request));
  const auto input = TRY(closure_input(call.request));
  const auto closure = TRY(actions::update_closure(app.context, call.caller, id, version, input));
  return versioned(rendered(closure));
}

base::Result<Response> remove_closure(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::ClosureKind>(call.request));
  TRY(actions::delete_closure(app.context, call.caller, id));
  return no_content();
}

}  // namespace

std::vector<Route> closure_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/closures", list_closures, {"limit", "cursor"}},
                            {"POST", "/api/v1/closures", create_closure},
                            {"GET", "/api/v1/closures/{id}", get_closure},
                            {"PATCH", "/api/v1/closures/{id}", update_closure},
                            {"DELETE", "/api/v1/closures/{id}", remove_closure}};
  return bound(app, table);
}

}  // namespace http
