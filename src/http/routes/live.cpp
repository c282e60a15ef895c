// The stream of what moves, for open pages.
#include "http/live.h"

#include <charconv>

#include "http/routes/routes.h"

namespace http {

namespace {

/// One that is none is as if it were not there: the page asks for everything again.
std::optional<std::int64_t> last_seen(const Request& request) {
  const auto text = request.header("last-event-id");
  std::int64_t position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return position;
}

base::Result<Response> live(const App& app, const Call& call) {
  const auto allowed = [&app, token = std::string(bearer_token(call.request))] {
    return app.authenticate(token, base::now()).has_value();
  };
  Response response{.content_type = "text/event-stream", .compress = Compress::no};
  response.stream = TRY(app.live->open(call.caller.principal, allowed, last_seen(call.request)));
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
