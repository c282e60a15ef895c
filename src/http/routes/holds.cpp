// Times that are kept for five minutes.
#include "http/render.h"
#include "http/routes/booking_input.h"
#include "http/routes/routes.h"

namespace http {

namespace {

base::Result<Response> create_hold(const App& app, const Call& call) {
  const auto key = TRY(call.key(app));
  const auto input = TRY(booking_input(call.request));
  const auto held = TRY(named_by_request(actions::hold_slot(app.context, call.caller, input, key)));
  auto response = json_response(201, rendered_hold(held.booking));
  if (held.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

base::Result<Response> extend_hold(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::BookingKind>(call.request));
  const auto held = TRY(actions::extend_hold(app.context, call.caller, id));
  return json_response(200, rendered_hold(held.booking));
}

base::Result<Response> delete_hold(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::BookingKind>(call.request));
  TRY(actions::release_hold(app.context, call.caller, id));
  return Response{.status = 204, .content_type = ""};
}

}  // namespace

std::vector<Route> hold_routes(const App& app) {
  const ApiRoute table[] = {{"POST", "/api/v1/calendar/holds", create_hold},
                            {"DELETE", "/api/v1/calendar/holds/{id}", delete_hold},
                            {"POST", "/api/v1/calendar/holds/{id}/extension", extend_hold}};
  return bound(app, table, Acting::allowed);
}

}  // namespace http
