// Who acts in whose name: guardians of learners, and admins for a while.
#include "actions/acting.h"

#include "actions/guardians.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

boost::json::value date_or_null(const std::optional<domain::Date>& date) {
  return date ? boost::json::value(base::to_text(*date)) : boost::json::value(nullptr);
}

Response listed(boost::json::array items) {
  return json_response(200, {{"items", std::move(items)}});
}

boost::json::object rendered(const actions::GuardianView& view) {
  boost::json::value consent;
  if (view.consent)
    consent = {{"given_at", base::to_text(view.consent->given_at)}, {"text_version", view.consent->text_version}};
  const auto& details = view.guardian.details;
  return {{"id", base::to_text(view.link.guardian)},
          {"name", details.name},
          {"email", details.email},
          {"phone", details.phone},
          {"since", base::to_text(view.link.since)},
          {"until", date_or_null(view.until)},
          {"consent", std::move(consent)}};
}

base::Result<Response> list_guardians(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  boost::json::array items;
  std::vector<base::PersonId> shown;
  for (const auto& view : TRY(actions::list_guardians(app.identity, call.caller, id))) {
    items.push_back(rendered(view));
    shown.push_back(view.link.guardian);
  }
  auto response = listed(std::move(items));
  response.shows = std::move(shown);
  return response;
}

base::Result<Response> add_guardian(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto key = TRY(call.key(app));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto guardian = reader.id<base::PersonKind>("guardian_id");
  TRY(reader.finish());
  const auto made = TRY(actions::add_guardian(app.identity, call.caller, id, guardian, key));
  return created(call.request, rendered(made.value), made.replayed);
}

base::Result<Response> end_guardian(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto guardian = TRY(path_id<base::PersonKind>(call.request, "guardian_id"));
  TRY(actions::end_guardian(app.identity, call.caller, id, guardian));
  return no_content();
}

std::string_view to_string(actions::ConsentState state) {
  switch (state) {
    case actions::ConsentState::not_asked:
      return "not_asked";
    case actions::ConsentState::missing:
      return "missing";
    case actions::ConsentState::given:
      return "given";
  }
  throw base::Bug("unknown actions::ConsentState");
}

base::Result<Response> list_children(const App& app, const Call& call) {
  boost::json::array items;
  std::vector<base::PersonId> shown;
  for (const auto& [link, learner, until, consent] : TRY(actions::list_children(app.identity, call.caller))) {
    items.push_back({{"id", base::to_text(learner.id)},
                     {"name", learner.details.name},
                     {"since", base::to_text(link.since)},
                     {"until", date_or_null(until)},
                     {"consent", to_string(consent)}});
    shown.push_back(learner.id);
  }
  auto response = listed(std::move(items));
  response.shows = std::move(shown);
  return response;
}

base::Result<Response> give_consent(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto version = reader.integer("text_version", {1, 1'000'000});
  TRY(reader.finish());
  TRY(actions::give_consent(app.identity, call.caller, id, version));
  return no_content();
}

base::Result<Response> withdraw_consent(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  TRY(actions::withdraw_consent(app.identity, call.caller, id));
  return no_content();
}

boost::json::object rendered(const actions::ImpersonationView& view) {
  return {{"id", base::to_text(view.impersonation.id)},
          {"person_id", base::to_text(view.person.id)},
          {"name", view.person.details.name},
          {"role", store::to_string(view.person.role)},
          {"until", base::to_text(view.impersonation.expires_at)}};
}

base::Result<Response> start_impersonation(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto person = reader.id<base::PersonKind>("person_id");
  const auto reason = reader.text("reason", {.max = 500});
  TRY(reader.finish());
  const auto view = TRY(actions::impersonate(app.identity, call.caller, person, reason));
  return created(call.request, rendered(view), false);
}

base::Result<Response> list_impersonations(const App& app, const Call& call) {
  const auto view = TRY(actions::current_impersonation(app.identity, call.caller));
  boost::json::array items;
  if (view) items.push_back(rendered(*view));
  auto response = listed(std::move(items));
  if (view) response.shows.push_back(view->person.id);
  return response;
}

base::Result<Response> stop_impersonation(const App& app, const Call& call) {
  const auto id = TRY(base::id_from_text(call.request.param("id")));
  TRY(actions::stop_impersonation(app.identity, call.caller, id));
  return no_content();
}

base::Result<Response> representatives(const App& app, const Call& call) {
  boost::json::array items;
  for (const auto& each : TRY(actions::representatives(app.identity, call.caller)))
    items.push_back({{"role", store::to_string(each.role)},
                     {"name", each.name},
                     {"since", base::to_text(each.since)},
                     {"until", each.until ? boost::json::value(base::to_text(*each.until)) : nullptr},
                     {"reason", each.reason}});
  return listed(std::move(items));
}

}  // namespace

std::vector<Route> acting_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/learners/{id}/guardians", list_guardians},
                            {"POST", "/api/v1/learners/{id}/guardians", add_guardian},
                            {"DELETE", "/api/v1/learners/{id}/guardians/{guardian_id}", end_guardian},
                            {"GET", "/api/v1/me/children", list_children},
                            {"PUT", "/api/v1/me/children/{id}/consent", give_consent},
                            {"DELETE", "/api/v1/me/children/{id}/consent", withdraw_consent},
                            {"GET", "/api/v1/me/representatives", representatives},
                            {"GET", "/api/v1/impersonations", list_impersonations},
                            {"POST", "/api/v1/impersonations", start_impersonation},
                            {"DELETE", "/api/v1/impersonations/{id}", stop_impersonation}};
  return bound(app, table);
}

}  // namespace http
