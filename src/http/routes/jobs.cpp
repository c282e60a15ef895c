// Jobs that wait or were given up, and the letter box of the demo.
#include "actions/jobs.h"

#include "http/letter_box.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

enum class State { waiting, dead };
constexpr std::pair<std::string_view, State> states[] = {{"waiting", State::waiting}, {"dead", State::dead}};

boost::json::object rendered_job(const store::Job& job) {
  using enum store::JobKind;
  // What a guest keeps is nobody's lesson to look at.
  const bool of_lesson = job.key.kind == notice || job.key.kind == reminder || job.key.kind == calendar;
  return {{"id", base::to_text(job.id)},
          {"kind", store::to_string(job.key.kind)},
          {"state", job.dead ? "dead" : "waiting"},
          {"booking_id", id_or_null(of_lesson ? job.key.booking : base::BookingId{})},
          {"person_id", base::to_text(job.key.person)},
          {"due_at", base::to_text(job.due_at)},
          {"attempts", job.attempts},
          {"problem", job.problem}};
}

base::Result<Response> list_jobs(const App& app, const Call& call) {
  QueryReader reader(call.request);
  const auto state = reader.fields().optional_choice<State>("state", states).value_or(State::dead);
  const auto page = page_query(reader);
  TRY(reader.finish());
  return page_response(TRY(actions::list_jobs(app.context, call.caller, state == State::dead, page)), rendered_job);
}

base::Result<Response> retry_job(const App& app, const Call& call) {
  const auto id = TRY(path_id<struct JobKind>(call.request));
  TRY(actions::retry_job(app.context, call.caller, id.value));
  return no_content();
}

base::Result<Response> demo_mail(const App& app, const Request&) {
  if (!app.letters) return base::refuse(base::Code::not_found, "Only the demo keeps its mail to look at.");
  return Response{.content_type = "text/html; charset=utf-8", .body = app.letters->page()};
}

}  // namespace

std::vector<Route> job_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/jobs", list_jobs, {"state", "limit", "cursor"}},
                            {"POST", "/api/v1/jobs/{id}/retry", retry_job}};
  const PublicRoute open[] = {{"GET", "/demo/mail", demo_mail}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
