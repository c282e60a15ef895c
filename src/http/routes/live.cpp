// The stream of what moves, for open pages.
#include "http/live.h"

#include "http/routes/routes.h"

namespace http {

namespace {

base::Result<Response> live(const App& app, const Call& call) {
  const auto allowed = [&app, token = std::string(bearer_token(call.request))] {
    return app.authenticate(token, base::now()).has_value();
  };
  Response response{.content_type = "text/event-stream", .compress = Compress::no};
  response.stream = TRY(app.live->open(call.caller.principal, allowed));
  response.set("Cache-Control", "no-store");
  response.set("X-Accel-Buffering", "no");  // nginx passes it on as it comes.
  return response;
}

}  // namespace

std::vector<Route> live_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/calendar/live", live}};
  return bound(app, table);
}

}  // namespace http
