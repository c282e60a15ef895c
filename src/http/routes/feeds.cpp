// The caller's calendar feed, and the feed itself, for calendar programs that cannot sign in.
#include "actions/feeds.h"

#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

Response rendered_feed(const std::optional<actions::Feed>& feed) {
  boost::json::object body{{"created_at", nullptr}};
  if (feed) body["created_at"] = base::to_text(feed->created_at);
  if (feed && !feed->url.empty()) body["url"] = feed->url;
  return json_response(200, body);
}

base::Result<Response> make_feed(const App& app, const Call& call) {
  return rendered_feed(TRY(actions::make_feed(app.identity, call.caller)));
}

base::Result<Response> get_feed(const App& app, const Call& call) {
  return rendered_feed(TRY(actions::get_feed(app.context, call.caller)));
}

base::Result<Response> end_feed(const App& app, const Call& call) {
  TRY(actions::end_feed(app.context, call.caller));
  return no_content();
}

base::Result<Response> read_feed(const App& app, const Request& request) {
  auto feed = TRY(actions::read_feed(app.identity, request.param("token"), request.now));
  if (!feed.learners.empty())
    TRY(app.trail.note(feed.school,
                       {.at = request.now,
                        .action = "feed_read",
                        .actor = feed.person,
                        .whose = feed.learners,
                        .what = "GET /feeds/{token}.ics",
                        .correlation_id = request.correlation_id},
                       request.client_address));
  Response response{.content_type = "text/calendar; charset=utf-8", .body = std::move(feed.text)};
  response.set("ETag", content_tag(response.body));
  response.set("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace

std::vector<Route> feed_routes(const App& app) {
  const ApiRoute table[] = {{"PUT", "/api/v1/me/feed", make_feed},
                            {"GET", "/api/v1/me/feed", get_feed},
                            {"DELETE", "/api/v1/me/feed", end_feed}};
  const PublicRoute open[] = {{"GET", "/feeds/{token}.ics", read_feed}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
