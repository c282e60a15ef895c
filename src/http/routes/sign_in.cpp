// Sign-in: the access token in the answer, the refresh token in a cookie that no script can read.
#include "actions/sign_in.h"

#include "http/routes/routes.h"

namespace http {

namespace {

constexpr std::string_view cross_site = "cross-site";

Response session_response(const App& app, const actions::SignInView& view) {
  const auto& principal = view.tokens.principal;
  const auto seconds = std::chrono::duration_cast<base::seconds>(auth::access_lifetime).count();
  auto response = json_response(200, {{"access_token", view.tokens.access_token},
                                      {"token_type", "Bearer"},
                                      {"expires_in", seconds},
                                      {"user",
                                       {{"id", base::to_text(principal.person)},
                                        {"role", store::to_string(principal.role)},
                                        {"name", view.name},
                                        {"school", view.school}}}});
  response.set("Set-Cookie", auth::refresh_cookie(view.tokens.refresh_token, app.transport));
  response.compress = Compress::no;
  return response;
}

std::string_view refresh_token(const App& app, const Request& request) {
  return request.cookie(auth::refresh_cookie_name(app.transport)).value_or(std::string_view());
}

/// The cookie is SameSite=Strict; this is for browsers that have forgotten.
base::Done same_site(const Request& request) {
  if (request.header("sec-fetch-site") != cross_site) return base::done();
  return base::refuse(base::Code::forbidden, "Sessions are not for pages of other sites.");
}

base::Result<Response> login(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const actions::SignInInput input{.email = reader.text("email", {.max = 254}),
                                   .password = reader.text("password", {.max = auth::longest_password}),
                                   .school = reader.optional_text("school", {.max = 100})};
  TRY(reader.finish());
  const auto view = TRY(actions::sign_in(app.identity, input, request.client_address, request.now));
  return session_response(app, view);
}

base::Result<Response> refresh(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto view = TRY(actions::refresh_sign_in(app.identity, refresh_token(app, request), request.now));
  return session_response(app, view);
}

base::Result<Response> logout(const App& app, const Request& request) {
  TRY(same_site(request));
  TRY(actions::sign_out(app.identity, refresh_token(app, request), request.now));
  Response response{.status = 204, .content_type = ""};
  response.set("Set-Cookie", auth::cleared_refresh_cookie(app.transport));
  return response;
}

base::Result<Response> set_password(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto token = reader.text("token");
  const auto password = reader.text("password", {.max = auth::longest_password});
  TRY(reader.finish());
  const auto view = TRY(actions::set_password(app.identity, token, password, request.now));
  return session_response(app, view);
}

base::Result<Response> me(const App& app, const Call& call) {
  const auto [person, school] = TRY(actions::me(app.identity, call.caller));
  const auto id = base::to_text(person.id);
  boost::json::object body{{"id", id},
                           {"role", store::to_string(person.role)},
                           {"name", person.details.name},
                           {"email", person.details.email},
                           {"school",
                            {{"id", base::to_text(school.id)},
                             {"slug", school.slug},
                             {"name", school.name},
                             {"time_zone", school.zone},
                             {"currency", school.currency},
                             {"colour", school.colour}}}};
  if (person.role == store::Role::instructor) body["instructor_id"] = id;
  if (person.role == store::Role::learner) body["learner_id"] = id;
  return json_response(200, body);
}

}  // namespace

std::vector<Route> sign_in_routes(const App& app) {
  const PublicRoute open[] = {{"POST", "/api/v1/auth/login", login},
                              {"POST", "/api/v1/auth/refresh", refresh},
                              {"POST", "/api/v1/auth/logout", logout},
                              {"POST", "/api/v1/auth/password", set_password}};
  const ApiRoute signed_in[] = {{"GET", "/api/v1/me", me}};
  auto routes = bound(app, open);
  for (auto& route : bound(app, signed_in)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
