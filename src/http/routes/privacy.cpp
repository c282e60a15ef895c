// What people may ask about their own data, and the office for them.
#include "actions/erasure.h"
#include "actions/export_person.h"
#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

base::Result<Response> erase_me(const App& app, const Call& call) {
  const auto body = TRY(optional_body_object(call.request));
  base::JsonReader reader(body);
  const actions::ErasureInput input{.current_password = reader.optional_text("current_password", auth::password_text),
                                    .cancel_lessons = reader.optional_boolean("cancel_lessons").value_or(false)};
  TRY(reader.finish());
  TRY(actions::erase_me(app.identity, call.caller, input, call.request.client_address));
  auto response = no_content();
  response.set("Set-Cookie", auth::cleared_refresh_cookie(app.transport));
  return response;
}

base::Result<Response> erase_person(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  const auto body = TRY(optional_body_object(call.request));
  base::JsonReader reader(body);
  const bool cancel_lessons = reader.optional_boolean("cancel_lessons").value_or(false);
  TRY(reader.finish());
  TRY(actions::erase_person(app.identity, call.caller, id, cancel_lessons));
  return no_content();
}

base::Result<Response> asked_for_export(const App& app, const Call& call, base::PersonId person) {
  auto deed = deed_of(call.request, "export_asked");
  deed.actor = call.caller.principal.person;
  deed.whose = {person};
  TRY(app.trail.keep(call.caller.school(), std::move(deed), call.request.client_address));
  return Response{.status = 202, .content_type = ""};
}

base::Result<Response> export_me(const App& app, const Call& call) {
  TRY(actions::ask_for_my_export(app.identity, call.caller, call.request.client_address));
  return asked_for_export(app, call, call.caller.principal.person);
}

base::Result<Response> export_person(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  TRY(actions::ask_for_export(app.identity, call.caller, id, call.request.client_address));
  return asked_for_export(app, call, id);
}

/// By a POST, since programs that look through mail open every link, and this one is good once.
base::Result<Response> fetch_export(const App& app, const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto token = reader.text("token");
  TRY(reader.finish());
  auto fetched = TRY(actions::fetch_export(app.identity, token, request.now));
  auto deed = deed_of(request, "export_fetched");
  deed.whose = {fetched.owner.person};
  TRY(app.trail.keep(fetched.owner.school, std::move(deed), request.client_address));
  Response response{.content_type = "application/zip", .body = std::move(fetched.archive), .compress = Compress::no};
  response.set("Content-Disposition", "attachment; filename=\"roadbook-data.zip\"");
  return response;
}

}  // namespace

std::vector<Route> privacy_routes(const App& app) {
  const ApiRoute table[] = {{"DELETE", "/api/v1/me", erase_me},
                            {"POST", "/api/v1/me/export", export_me},
                            {"POST", "/api/v1/people/{id}/erasure", erase_person},
                            {"POST", "/api/v1/people/{id}/export", export_person}};
  const PublicRoute open[] = {{"POST", "/api/v1/exports", fetch_export}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
