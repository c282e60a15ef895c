// Calendars elsewhere: connecting them, choosing what they are for, what their providers tell, and what somebody has
// to decide.
#include "actions/conflicts.h"
#include "actions/faults.h"
#include "http/browser.h"
#include "http/conditions.h"
#include "http/pages.h"
#include "http/render.h"
#include "http/routes/booking_input.h"
#include "http/routes/routes.h"
#include "http/routes/session.h"

namespace http {

namespace {

using actions::Settling;
using actions::Unmet;

constexpr std::size_t longest_remote_id = 1'024;
constexpr int most_calendars = 50;

constexpr std::pair<std::string_view, store::Detail> details[] = {
    {"busy", store::Detail::busy}, {"lesson", store::Detail::lesson}, {"learner", store::Detail::learner}};
constexpr std::pair<std::string_view, Settling> settlings[] = {
    {"put_back", Settling::put_back}, {"move", Settling::move}, {"cancel", Settling::cancel}};

boost::json::value instant_or_null(const std::optional<base::Instant>& instant) {
  return instant ? boost::json::value(base::to_text(*instant)) : boost::json::value(nullptr);
}

boost::json::object rendered(const actions::ConnectionView& view) {
  const auto& connection = view.connection;
  boost::json::array calendars;
  std::optional<base::Instant> oldest;
  std::string_view problem = to_string(connection.state) == "connected" ? "" : to_string(connection.state);
  bool unread = false;
  for (const auto& [calendar, remote] : view.calendars) {
    calendars.push_back({{"id", remote.id},
                         {"name", remote.name},
                         {"blocks", calendar.blocks},
                         {"shows", calendar.shows},
                         {"problem", calendar.problem},
                         {"last_read_at", instant_or_null(calendar.read_at)}});
    unread = unread || !calendar.read_at;
    if (calendar.read_at) oldest = std::min(oldest.value_or(*calendar.read_at), *calendar.read_at);
    if (problem.empty()) problem = calendar.problem;
  }
  if (unread) oldest.reset();
  return {{"id", base::to_text(connection.id)},
          {"provider", connection.provider},
          {"person_id", base::to_text(connection.person)},
          {"account", view.account},
          {"state", to_string(connection.state)},
          {"problem", problem},
          {"failing_since", instant_or_null(connection.failing_since)},
          {"detail", to_string(connection.detail)},
          {"tentative", connection.tentative},
          {"calendars", std::move(calendars)},
          {"last_synced_at", instant_or_null(oldest)},
          {"connected_at", base::to_text(connection.connected_at)},
          {"version", connection.version}};
}

actions::Providing providing(const App& app, const Request& request) {
  return {app.identity, app.providers, request.client_address, request.now, [&app](const std::string& what) {
            app.log.warn("provider of calendars", {{"what", what}});
          }};
}

base::Result<Response> connect(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto provider = reader.text("provider", {.max = 20});
  TRY(reader.finish());
  if (provider != "google") TRY(actions::invalid("/provider", "Google is the one that there is."));
  const auto departure =
      TRY(actions::start_calendar_connection(providing(app, call.request), app.outside, call.caller));
  auto response = json_response(200, {{"authorization_url", departure.url}});
  response.set("Set-Cookie", auth::oauth_cookie(departure.cookie, app.transport));
  return response;
}

Response see(const App& app, const net::HttpClient::Fields& fields, bool spent) {
  Response response{.status = 303, .content_type = ""};
  response.set("Location", "/calendars?" + net::form_of(fields));
  if (spent) response.set("Set-Cookie", auth::cleared_oauth_cookie(app.transport));
  return response;
}

std::optional<std::string> given(const Request& request, std::string_view name) {
  const auto value = request.query_value(name);
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

base::Result<Response> callback(const App& app, const Request& request) {
  if (!app.outside.tokens) return base::refuse(base::Code::not_found, "There is no provider of calendars here.");
  const auto cookie = request.cookie(auth::oauth_cookie_name(app.transport));
  const auto owner =
      actions::finish_calendar_connection(providing(app, request), app.outside,
                                          {.provider = "google",
                                           .cookie = cookie ? std::optional(std::string(*cookie)) : std::nullopt,
                                           .state = given(request, "state"),
                                           .code = given(request, "code"),
                                           .issuer = given(request, "iss"),
                                           .error = given(request, "error"),
                                           .browser = browser_of(request.header("user-agent"))});
  if (!owner) return see(app, {{"problem", std::string(to_string(owner.error().unmet))}}, owner.error().spent);
  auto deed = deed_of(request, "calendar_connected");
  deed.actor = owner->person;
  TRY(app.trail.keep(owner->school, std::move(deed), request.client_address));
  return see(app, {{"connected", "google"}}, true);
}

base::Result<Response> list(const App& app, const Call& call) {
  boost::json::array items;
  for (const auto& view : TRY(actions::list_connections(app.context, call.caller))) items.push_back(rendered(view));
  return json_response(200, {{"available", app.outside.tokens != nullptr}, {"items", std::move(items)}});
}

base::Result<Response> calendars(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  boost::json::array items;
  for (const auto& listed : TRY(actions::calendars_there(app.context, app.outside, call.caller, id)))
    items.push_back({{"id", listed.id},
                     {"name", listed.name},
                     {"primary", listed.primary},
                     {"writable", listed.writable},
                     {"only_busy", listed.only_busy}});
  return json_response(200, {{"items", std::move(items)}});
}

base::Result<std::vector<actions::CalendarUse>> uses_in(const boost::json::object& body) {
  std::vector<actions::CalendarUse> uses;
  const auto* value = body.if_contains("calendars");
  const auto* list = value ? value->if_array() : nullptr;
  if (!list || list->size() > most_calendars)
    TRY(actions::invalid("/calendars", fmt::format("Must be a list of at most {} calendars.", most_calendars)));
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* item = list->at(i).if_object();
    if (!item) TRY(actions::invalid(fmt::format("/calendars/{}", i), "Must be an object."));
    base::JsonReader reader(*item);
    uses.push_back({.id = reader.text("id", {.max = longest_remote_id}),
                    .blocks = reader.boolean("blocks"),
                    .shows = reader.boolean("shows")});
    if (const auto done = reader.finish(); !done) {
      auto error = done.error();
      for (auto& field : error.fields) field.pointer = fmt::format("/calendars/{}{}", i, field.pointer);
      return base::refuse(std::move(error));
    }
  }
  return uses;
}

base::Result<Response> change(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  const auto version = TRY(if_match(call.request));
  auto body = TRY(body_object(call.request));
  actions::ConnectionChange wanted;
  if (body.contains("calendars")) wanted.calendars = TRY(uses_in(body));
  body.erase("calendars");
  base::JsonReader reader(body);
  if (reader.has("detail")) wanted.detail = reader.choice<store::Detail>("detail", details);
  wanted.tentative = reader.optional_boolean("tentative");
  TRY(reader.finish());
  const auto view = TRY(actions::change_connection(app.context, app.outside, call.caller, id, version, wanted));
  auto response = json_response(200, rendered(view));
  response.set("ETag", etag(view.connection.version));
  return response;
}

base::Result<Response> sync(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  TRY(actions::sync_connection(app.context, call.caller, id));
  return Response{.status = 202, .content_type = ""};
}

base::Result<Response> disconnect(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  TRY(actions::disconnect_calendars(app.context, app.outside, call.caller, id));
  auto deed = deed_of(call.request, "calendar_disconnected");
  deed.actor = call.caller.actor();
  TRY(app.trail.keep(call.caller.school(), std::move(deed), call.request.client_address));
  return no_content();
}

/// Google's messages have no body; what they say stands in headers. Whatever comes is answered alike, so that nobody
/// learns which channels there are and nothing is sent again.
base::Result<Response> webhook(const App& app, const Request& request) {
  const auto state = request.header("x-goog-resource-state");
  if (!state.empty() && state != "sync")  // The first message says that there is a channel, and of no change.
    actions::notified(app.context, app.outside, request.header("x-goog-channel-id"),
                      request.header("x-goog-channel-token"), request.now);
  return no_content();
}

base::Result<Response> list_busy(const App& app, const Call& call) {
  QueryReader reader(call.request);
  actions::BusyQuery query{.from = reader.fields().date("from"), .to = reader.fields().date("to")};
  query.instructor = reader.fields().optional_id<base::InstructorKind>("instructor_id").value_or(base::InstructorId{});
  TRY(reader.finish());
  boost::json::array items;
  for (const auto& [instructor, time] : TRY(named_by_request(actions::list_busy(app.context, call.caller, query))))
    items.push_back({{"instructor_id", base::to_text(instructor)},
                     {"start", base::to_text(time.start())},
                     {"end", base::to_text(time.end())}});
  return json_response(200, {{"items", std::move(items)}});
}

base::Result<Response> list_conflicts(const App& app, const Call& call) {
  boost::json::array items;
  std::vector<base::PersonId> shows;
  for (const auto& view : TRY(actions::list_conflicts(app.context, app.identity.people, call.caller))) {
    const auto& [conflict, booking, learner, lesson] = view;
    boost::json::array rules;
    for (const auto rule : conflict.rules) rules.emplace_back(to_string(rule));
    boost::json::value moved_to = nullptr;
    if (conflict.moved_to)
      moved_to = {{"start", base::to_text(conflict.moved_to->start())},
                  {"end", base::to_text(conflict.moved_to->end())}};
    items.push_back({{"id", base::to_text(conflict.id)},
                     {"booking_id", base::to_text(booking.id)},
                     {"instructor_id", base::to_text(conflict.person)},
                     {"learner", learner},
                     {"lesson_type", lesson},
                     {"start", base::to_text(booking.lesson.start())},
                     {"end", base::to_text(booking.lesson.end())},
                     {"moved_to", std::move(moved_to)},
                     {"rules", std::move(rules)},
                     {"created_at", base::to_text(conflict.created_at)}});
    shows.push_back({booking.learner.value});
  }
  auto response = json_response(200, {{"items", std::move(items)}});
  response.shows = std::move(shows);
  return response;
}

base::Result<Response> settle(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  actions::Settlement settlement{.how = reader.choice<Settling>("how", settlings)};
  settlement.move.start = reader.optional_instant("start");
  settlement.reason = reader.optional_text("reason", {.max = 500}).value_or("");
  settlement.move.overruled = reader.optional_texts("override", 20);
  TRY(reader.finish());
  settlement.move.reason = settlement.reason;
  TRY(actions::settle_conflict(app.context, call.caller, id, settlement));
  return no_content();
}

}  // namespace

std::vector<Route> connection_routes(const App& app) {
  const ApiRoute table[] = {{"POST", "/api/v1/calendar/connections", connect},
                            {"GET", "/api/v1/calendar/connections", list},
                            {"PATCH", "/api/v1/calendar/connections/{id}", change},
                            {"DELETE", "/api/v1/calendar/connections/{id}", disconnect},
                            {"GET", "/api/v1/calendar/connections/{id}/calendars", calendars},
                            {"POST", "/api/v1/calendar/connections/{id}/sync", sync},
                            {"GET", "/api/v1/calendar/busy", list_busy, {"from", "to", "instructor_id"}},
                            {"GET", "/api/v1/calendar/conflicts", list_conflicts},
                            {"POST", "/api/v1/calendar/conflicts/{id}/resolution", settle}};
  const PublicRoute open[] = {{"GET",
                               "/api/v1/calendar/connections/google/callback",
                               callback,
                               {"code", "error", "iss", "state", any_parameter}},
                              {"POST", "/api/v1/calendar/webhooks/google", webhook}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
