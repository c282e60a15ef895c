// What people do with their accounts themselves, and where they are signed in.
#include "actions/account.h"
#include "actions/addresses.h"

#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

/// On disk before the answer leaves: who takes over an account does this first.
base::Done keep(const App& app, const Call& call, std::string action, base::PersonId whose = {}) {
  auto deed = deed_of(call.request, std::move(action));
  deed.actor = call.caller.principal.person;
  if (whose && whose != deed.actor) deed.whose.push_back(whose);
  return app.trail.keep(call.caller.school(), std::move(deed), call.request.client_address);
}

base::Result<Response> change_password(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const actions::PasswordChange change{.current = reader.text("current_password", auth::password_text),
                                       .wanted = reader.text("password", auth::password_text)};
  TRY(reader.finish());
  TRY(actions::change_password(app.identity, call.caller, change, call.request.client_address));
  TRY(keep(app, call, "password_changed"));
  return no_content();
}

base::Result<Response> ask_to_change_email(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const actions::EmailChange change{.current_password = reader.text("current_password", auth::password_text),
                                    .email = reader.text("email", {.max = 254})};
  TRY(reader.finish());
  TRY(actions::ask_to_change_email(app.identity, call.caller, change, call.request.client_address));
  return Response{.status = 202, .content_type = ""};
}

/// With the link alone: it may be opened on another device than the one that asked.
base::Result<Response> change_email(const App& app, const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto token = reader.text("token");
  TRY(reader.finish());
  const auto whose = TRY(actions::change_email(app.identity, token, request.now, request.correlation_id));
  auto deed = deed_of(request, "email_changed");
  deed.actor = whose.person;
  TRY(app.trail.keep(whose.school, std::move(deed), request.client_address));
  return no_content();
}

base::Result<Response> list_sessions(const App& app, const Call& call) {
  boost::json::array items;
  for (const auto& [session, current] : actions::my_sessions(app.identity, call.caller))
    items.push_back({{"id", base::to_text(session.id)},
                     {"created_at", base::to_text(session.created_at)},
                     {"used_at", base::to_text(session.used_at)},
                     {"browser", session.browser},
                     {"current", current}});
  return json_response(200, {{"items", std::move(items)}});
}

base::Result<Response> end_session(const App& app, const Call& call) {
  const auto id = TRY(path_id<struct SessionKind>(call.request));
  TRY(actions::end_my_session(app.identity, call.caller, id.value));
  TRY(keep(app, call, "sessions_ended"));
  return no_content();
}

base::Result<Response> end_other_sessions(const App& app, const Call& call) {
  TRY(actions::end_my_other_sessions(app.identity, call.caller));
  TRY(keep(app, call, "sessions_ended"));
  return no_content();
}

base::Result<Response> end_sessions_of(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  TRY(actions::end_sessions_of(app.identity, call.caller, id));
  TRY(keep(app, call, "sessions_ended", id));
  return no_content();
}

}  // namespace

std::vector<Route> account_routes(const App& app) {
  const PublicRoute open[] = {{"POST", "/api/v1/auth/email", change_email}};
  const ApiRoute table[] = {
      {"PUT", "/api/v1/me/password", change_password},     {"POST", "/api/v1/me/email", ask_to_change_email},
      {"GET", "/api/v1/me/sessions", list_sessions},       {"DELETE", "/api/v1/me/sessions", end_other_sessions},
      {"DELETE", "/api/v1/me/sessions/{id}", end_session}, {"DELETE", "/api/v1/people/{id}/sessions", end_sessions_of}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
