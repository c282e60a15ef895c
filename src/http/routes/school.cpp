// The school, what anybody may know of it, and the limits that it sets.
#include "actions/school.h"

#include "actions/find_times.h"
#include "http/pages.h"
#include "http/render.h"
#include "http/routes/preview_answer.h"
#include "http/routes/routes.h"
#include "http/routes/times_query.h"

namespace http {

namespace {

boost::json::object rendered_school(const store::SchoolRow& school) {
  boost::json::array reminders;
  for (const auto lead : school.leads) reminders.emplace_back(lead.count());
  return {{"id", base::to_text(school.id)},
          {"slug", school.slug},
          {"name", school.name},
          {"time_zone", school.zone},
          {"currency", school.currency},
          {"approval", school.approval},
          {"reminders", std::move(reminders)},
          {"colour", school.colour},
          {"notice_texts", boost::json::value_from(school.words)},
          {"audit_months", school.audit_months},
          {"registration", school.registration},
          {"guests", school.guests},
          {"calendar_check_minutes", school.calendar_check_minutes},
          {"second_factor_required", school.second_factor_required},
          {"guardian_consent_required", school.guardian_consent_required},
          {"guardian_consent_text", school.guardian_consent_text},
          {"guardian_consent_version", school.guardian_consent_version},
          {"version", school.version}};
}

base::Result<Response> get_school(const App& app, const Call& call) {
  const auto school = TRY(actions::get_school(app.context, call.caller));
  return versioned(rendered_school(school));
}

/// What a school may add words to: every kind of news, and reminders.
constexpr const char* occasions[] = {"requested", "confirmed", "moved", "cancelled", "refused", "lapsed", "reminder"};
constexpr base::TextLimits notice_text{.min = 0, .max = 1000, .lines = base::TextLimits::Lines::many};

constexpr base::TextLimits consent_text{.min = 0, .max = 4000, .lines = base::TextLimits::Lines::many};

base::Result<Response> update_school(const App& app, const Call& call) {
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  actions::SchoolInput input{.name = reader.optional_text("name"),
                             .zone = reader.optional_text("time_zone", {.max = 64}),
                             .currency = reader.optional_text("currency", {.min = 3, .max = 3}),
                             .approval = reader.optional_boolean("approval"),
                             .reminders = reader.optional_integers("reminders", 3, {15, 7 * 24 * 60}),
                             .colour = reader.optional_text("colour", {.min = 0, .max = 7}),
                             .words = {},
                             .audit_months = reader.optional_integer("audit_months", {1, 120}),
                             .registration = reader.optional_boolean("registration"),
                             .guests = reader.optional_boolean("guests"),
                             .calendar_check_minutes = reader.optional_integer("calendar_check_minutes", {0, 24 * 60}),
                             .second_factor_required = reader.optional_boolean("second_factor_required"),
                             .guardian_consent_required = reader.optional_boolean("guardian_consent_required"),
                             .guardian_consent_text = reader.optional_text("guardian_consent_text", consent_text)};
  if (body.contains("notice_texts")) {
    input.words.emplace();
    reader.object("notice_texts", [&](base::JsonReader& texts) {
      for (const auto* occasion : occasions)
        if (const auto text = texts.optional_text(occasion, notice_text)) (*input.words)[occasion] = *text;
    });
  }
  TRY(reader.finish());
  const auto school = TRY(actions::update_school(app.context, call.caller, version, input));
  return versioned(rendered_school(school));
}

base::Result<Response> public_school(const App& app, const Request& request) {
  const auto [school, lessons, instructors] = TRY(actions::public_school(app.identity, request.param("slug")));
  boost::json::array lesson_types, people;
  for (const auto& lesson : lessons) lesson_types.push_back(http::rendered(lesson));
  for (const auto& [id, name, teaching] : instructors)
    people.push_back({{"id", base::to_text(id)},
                      {"name", name},
                      {"languages", boost::json::value_from(teaching.languages)},
                      {"areas", boost::json::value_from(teaching.areas)}});
  return json_response(200, {{"slug", school.slug},
                             {"name", school.name},
                             {"time_zone", school.zone},
                             {"currency", school.currency},
                             {"colour", school.colour},
                             {"registration", school.registration},
                             {"guests", school.guests},
                             {"lesson_types", std::move(lesson_types)},
                             {"instructors", std::move(people)}});
}

/// A caller who is nobody: no learner's rules count, and words are those for learners.
actions::Caller nobody(base::SchoolId school, const Request& request) {
  return {{.school = school, .person = {}, .role = store::Role::learner}, request.now, request.correlation_id};
}
constexpr auto shared_for_a_moment = "public, max-age=0, s-maxage=5";

base::Result<Response> public_availability(const App& app, const Request& request) {
  QueryReader reader(request);
  const auto query = times_query(reader);
  TRY(reader.finish());
  const auto school = TRY(actions::school_with_slug(app.context, request.param("slug")));
  const auto times = TRY(named_by_request(actions::find_times(app.context, nobody(school, request), query)));
  return times_response(times, shared_for_a_moment);
}

std::optional<Response> public_availability_in_memory(const App& app, const Request& request) {
  QueryReader reader(request);
  const auto query = times_query(reader);
  const auto school = app.context.cache.school_with_slug(request.param("slug"));
  if (!reader.finish() || !school) return std::nullopt;
  const auto times = actions::times_in_memory(app.context, nobody(*school, request), query);
  if (!times || !*times) return std::nullopt;
  return times_response(**times, shared_for_a_moment);
}

constexpr std::pair<std::string_view, base::Code> limits[] = {
    {"learner-daily-maximum", base::Code::learner_daily_maximum},
    {"learner-weekly-maximum", base::Code::learner_weekly_maximum},
    {"instructor-daily-minutes", base::Code::instructor_daily_minutes},
    {"break", base::Code::break_needed},
    {"open-bookings", base::Code::open_bookings}};
enum class Scope { school, instructor };
constexpr std::pair<std::string_view, Scope> scopes[] = {{"school", Scope::school}, {"instructor", Scope::instructor}};
constexpr std::size_t most_constraints = 500;

boost::json::object rendered_constraint(const domain::Constraint& constraint) {
  boost::json::object scope{{"kind", constraint.instructor ? "instructor" : "school"}};
  if (constraint.instructor) scope["id"] = base::to_text(*constraint.instructor);
  boost::json::object body{{"rule", base::to_string(constraint.rule)},
                           {"enabled", constraint.enabled},
                           {"value", constraint.value},
                           {"scope", std::move(scope)}};
  if (constraint.break_length.count() > 0) body["break_minutes"] = constraint.break_length.count();
  if (!constraint.message.empty()) body["message"] = constraint.message;
  return body;
}

Response constraints_response(const actions::ConstraintsView& view) {
  boost::json::array items;
  for (const auto& item : view.items) items.push_back(rendered_constraint(item));
  return versioned({{"items", std::move(items)}, {"version", view.version}});
}

domain::Constraint constraint_of(base::JsonReader& reader) {
  domain::Constraint constraint{.rule = reader.choice<base::Code>("rule", limits),
                                .enabled = reader.boolean("enabled"),
                                .value = reader.integer("value", {1, 10'080}),
                                .break_length = {},
                                .instructor = {},
                                .message = reader.optional_text("message", {.min = 0}).value_or("")};
  constraint.break_length = domain::Minutes{reader.optional_integer("break_minutes", {5, 720}).value_or(0)};
  reader.object("scope", [&](base::JsonReader& scope) {
    const auto kind = scope.choice<Scope>("kind", scopes);
    const auto id = scope.optional_id<base::InstructorKind>("id");
    if (kind == Scope::instructor && !id) scope.mistake("id", "Required for this kind.");
    if (kind == Scope::school && id) scope.mistake("id", "A rule of the school names nobody.");
    constraint.instructor = id;
  });
  return constraint;
}

std::vector<domain::Constraint> constraints_of(base::JsonReader& reader) {
  std::vector<domain::Constraint> items;
  reader.objects("items", most_constraints, [&](base::JsonReader& item) { items.push_back(constraint_of(item)); });
  return items;
}

base::Result<Response> get_constraints(const App& app, const Call& call) {
  const auto view = TRY(actions::get_constraints(app.context, call.caller));
  return constraints_response(view);
}

base::Result<Response> put_constraints(const App& app, const Call& call) {
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto items = constraints_of(reader);
  TRY(reader.finish());
  const auto view = TRY(named_by_request(actions::set_constraints(app.context, call.caller, version, items)));
  return constraints_response(view);
}

base::Result<Response> preview_constraints(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto query = preview_query(reader);
  const auto items = constraints_of(reader);
  TRY(reader.finish());
  return preview_response(TRY(actions::preview_constraints(app.context, call.caller, query, items)));
}

}  // namespace

std::vector<Route> school_routes(const App& app) {
  const ApiRoute signed_in[] = {{"GET", "/api/v1/school", get_school},
                                {"PATCH", "/api/v1/school", update_school},
                                {"GET", "/api/v1/constraints", get_constraints},
                                {"PUT", "/api/v1/constraints", put_constraints},
                                {"POST", "/api/v1/constraints/previews", preview_constraints}};
  const PublicRoute open[] = {
      {"GET", "/api/v1/schools/{slug}", public_school},
      {"GET",
       "/api/v1/schools/{slug}/availability",
       public_availability,
       {"lesson_type_id", "from", "to", "instructor_id", "vehicle_id", "limit", "language", "area"},
       public_availability_in_memory}};
  auto routes = bound(app, signed_in);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
