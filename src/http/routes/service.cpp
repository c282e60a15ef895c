// What the service says about itself: /healthz, /readyz, /metrics, /problems/{code}, the description of the API.
#include <boost/json/serialize.hpp>

#include "http/documents.h"
#include "http/routes/routes.h"

namespace http {

namespace {

Response text_response(std::string body) {
  return {.content_type = "text/plain; charset=utf-8", .body = std::move(body)};
}

base::Result<Response> health(const App&, const Request&) {
  return json_response(200, {{"status", "ok"}});
}

/// Why something fails is for the log, not for strangers.
base::Result<Response> readiness(const App& app, const Request&) {
  bool ready = true;
  boost::json::object dependencies;
  for (const auto& report : observe::run_checks(app.health)) {
    ready = ready && (report.problem.empty() || !report.vital);
    dependencies[report.name] = {{"status", report.problem.empty() ? "ok" : "failing"}};
  }
  auto response =
      json_response(ready ? 200 : 503, {{"status", ready ? "ok" : "failing"}, {"dependencies", dependencies}});
  if (!ready) response.set("Retry-After", "1");
  return response;
}

std::uint64_t total(const std::atomic<std::int64_t>& figure) {
  return static_cast<std::uint64_t>(figure.load());
}

void add_redis(const App& app) {
  auto& out = app.metrics;
  if (app.warmed) out.follow(out.calendars_warmed, total(*app.warmed));
  if (!app.redis) return;
  out.redis_present.Set(app.redis->present());
  out.follow(out.redis_unanswered, total(app.redis->figures.unanswered));
  out.follow(out.redis_refused, total(app.redis->figures.refused));
  out.follow(out.shared_hits, total(app.shared->figures.hits));
  out.follow(out.shared_misses, total(app.shared->figures.misses));
  out.follow(out.shared_unreadable, total(app.shared->figures.unreadable));
}

base::Result<Response> metrics(const App& app, const Request&) {
  auto& out = app.metrics;
  const auto& cache = app.context.cache.figures;
  const auto& writer = app.context.database.figures();
  out.follow(out.cache_hits, total(cache.hits));
  out.follow(out.cache_misses, total(cache.misses));
  out.follow(out.cache_changes, total(cache.changed));
  out.follow(out.writer_actions, total(writer.actions));
  out.follow(out.writer_commits, total(writer.commits));
  out.follow(out.writer_refused, total(writer.refused_full));
  out.follow(out.writer_rerun, total(writer.rerun_alone));
  out.follow(out.replica_reads, total(writer.replica_reads));
  out.follow(out.replica_behind, total(writer.replica_behind));
  out.follow(out.replica_lost, total(writer.replica_lost));
  out.follow(out.log_lines_dropped, app.log.dropped());
  add_redis(app);
  auto response = text_response(app.metrics.text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

base::Result<Response> problem_page(const App&, const Request& request) {
  auto text = rule_text(request.param("code"));
  if (!text) return base::refuse(base::Code::not_found, "There is no such problem type.");
  auto response = text_response(std::move(*text));
  response.set("Cache-Control", "public, max-age=3600");
  return response;
}

base::Result<Response> description(const App&, const Request&) {
  Response response{.body = std::string(openapi_json())};
  response.set("Cache-Control", "public, max-age=300");
  return response;
}

}  // namespace

std::vector<Route> service_routes(const App& app) {
  const PublicRoute table[] = {{"GET", "/healthz", health},
                               {"GET", "/readyz", readiness},
                               {"GET", "/metrics", metrics},
                               {"GET", "/problems/{code}", problem_page},
                               {"GET", "/api/v1/openapi.json", description}};
  auto routes = bound(app, table);
  // Alive means: the io thread of this connection turns. A full pool of workers is no reason to be killed.
  routes.front().kind = Kind::memory;
  return routes;
}

}  // namespace http
