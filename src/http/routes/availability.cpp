// Free times, and why a time is not one of them.
#include "actions/find_times.h"
#include "http/conditions.h"
#include "http/render.h"
#include "http/routes/routes.h"
#include "http/routes/times_query.h"

namespace http {

actions::TimesQuery who_and_what(base::JsonReader& fields) {
  actions::TimesQuery query;
  query.type = fields.id<base::LessonTypeKind>("lesson_type_id");
  query.instructor = fields.optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  query.vehicle = fields.optional_id<base::VehicleKind>("vehicle_id").value_or(base::VehicleId{});
  query.learner = fields.optional_id<base::LearnerKind>("learner_id").value_or(base::LearnerId{});
  query.moving = fields.optional_id<base::BookingKind>("booking_id").value_or(base::BookingId{});
  query.wanted = wanted_teaching(fields);
  return query;
}

domain::WantedTeaching wanted_teaching(base::JsonReader& fields) {
  domain::WantedTeaching wanted;
  if (const auto tag = fields.optional_text("language")) {
    if (auto canonical = domain::canonical_language(*tag))
      wanted.language = std::move(*canonical);
    else
      fields.mistake("language", "Must be a language such as en or pt-BR.");
  }
  if (const auto area = fields.optional_text("area", {.max = domain::area_length}))
    wanted.area = domain::without_spaces_around(*area);
  return wanted;
}

actions::TimesQuery times_query(QueryReader& reader) {
  auto query = who_and_what(reader.fields());
  query.from = reader.fields().date("from");
  query.to = reader.fields().date("to");
  query.first = reader.count("limit");
  return query;
}

Response times_response(const actions::Times& times, const std::string& cache_control) {
  Response response{.body = http::rendered(times)};
  // The content is its own version: whatever moved, the same times are the same answer.
  response.set("ETag", content_tag(response.body));
  response.set("Cache-Control", cache_control);
  return response;
}

namespace {

base::Result<Response> availability(const App& app, const Call& call) {
  QueryReader reader(call.request);
  const auto query = times_query(reader);
  TRY(reader.finish());
  const auto times = TRY(named_by_request(actions::find_times(app.context, call.caller, query)));
  return times_response(times, "private, no-cache");
}

std::optional<Response> availability_in_memory(const App& app, const Call& call) {
  QueryReader reader(call.request);
  const auto query = times_query(reader);
  if (!reader.finish()) return std::nullopt;
  const auto times = actions::times_in_memory(app.context, call.caller, query);
  if (!times || !*times) return std::nullopt;
  return times_response(**times, "private, no-cache");
}

base::Result<Response> explanation(const App& app, const Call& call) {
  QueryReader reader(call.request);
  const auto query = who_and_what(reader.fields());
  const auto start = reader.fields().instant("start");
  TRY(reader.finish());
  const auto refusals = TRY(named_by_request(actions::explain(app.context, call.caller, query, start)));
  return json_response(200, {{"bookable", refusals.empty()}, {"refusals", http::rendered(refusals)}});
}

}  // namespace

std::vector<Route> availability_routes(const App& app) {
  const ApiRoute table[] = {
      {"GET",
       "/api/v1/calendar/availability",
       availability,
       {"lesson_type_id", "from", "to", "instructor_id", "vehicle_id", "learner_id", "booking_id", "limit", "language",
        "area"},
       {},
       BeforeFactor::refused,
       availability_in_memory},
      {"GET",
       "/api/v1/calendar/explain",
       explanation,
       {"lesson_type_id", "start", "instructor_id", "vehicle_id", "learner_id", "booking_id", "language", "area"}}};
  return bound(app, table, Acting::allowed);
}

}  // namespace http
