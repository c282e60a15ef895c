// Sign-in: the access token in the answer, the refresh token in a cookie that no script can read.
#include "actions/account.h"
#include "actions/addresses.h"

#include "http/browser.h"
#include "http/routes/routes.h"
#include "http/routes/session.h"

namespace http {

namespace {

std::string_view refresh_token(const App& app, const Request& request) {
  return request.cookie(auth::refresh_cookie_name(app.transport)).value_or(std::string_view());
}

base::Result<Response> login(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const actions::SignInInput input{.email = reader.text("email", {.max = 254}),
                                   .password = reader.text("password", auth::password_text),
                                   .school = reader.optional_text("school", {.max = 100}),
                                   .browser = browser_of(request.header("user-agent"))};
  TRY(reader.finish());
  const auto view = actions::sign_in(app.identity, input, request.client_address, request.now);
  if (!view) {
    if (view.error().code != base::Code::second_factor_asked)
      TRY(note_failure(app, request, actions::tried(app.identity, input)));
    return base::refuse(view.error());
  }
  TRY(keep_sign_in(app, request, *view, "signed_in"));
  return session_response(app, *view);
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
  const auto password = reader.text("password", auth::password_text);
  const actions::Joining joining{reader.optional_integer("notice_version", {1, 1'000'000}), request.correlation_id};
  TRY(reader.finish());
  const auto [school, person] = actions::link_owner(app.identity, token, request.now);
  const auto view = actions::set_password(app.identity, token, password, request.now,
                                          browser_of(request.header("user-agent")), joining);
  if (!view && view.error().code != base::Code::second_factor_asked) return base::refuse(view.error());
  auto deed = deed_of(request, "password_set");
  deed.actor = person;
  TRY(app.trail.keep(school, std::move(deed), request.client_address));
  if (!view) return base::refuse(view.error());
  return session_response(app, *view);
}

using AskForMail = base::Done (*)(const actions::Identity&, const std::string& email,
                                  const std::optional<std::string>& school, const std::string& address, base::Instant);

/// What anybody may ask for answers the same whoever has the address.
base::Result<Response> mail_asked(const App& app, const Request& request, AskForMail ask) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto email = reader.text("email", {.max = 254});
  const auto school = reader.optional_text("school", {.max = 100});
  TRY(reader.finish());
  TRY(ask(app.identity, email, school, request.client_address, request.now));
  return Response{.status = 202, .content_type = ""};
}

base::Result<Response> password_reset(const App& app, const Request& request) {
  return mail_asked(app, request, actions::ask_for_reset);
}

base::Result<Response> ask_to_register(const App& app, const Request& request) {
  return mail_asked(app, request, actions::ask_to_register);
}

base::Result<Response> register_learner(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const actions::Registration input{.token = reader.text("token"),
                                    .name = reader.text("name"),
                                    .phone = reader.optional_text("phone", {.min = 0, .max = 40}).value_or(""),
                                    .password = reader.text("password", auth::password_text),
                                    .notice_version = reader.optional_integer("notice_version", {1, 1'000'000})};
  TRY(reader.finish());
  const auto view = TRY(actions::register_learner(app.identity, input, request.now, request.correlation_id,
                                                  browser_of(request.header("user-agent"))));
  TRY(keep_sign_in(app, request, view, "registered"));
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
                              {"POST", "/api/v1/auth/password", set_password},
                              {"POST", "/api/v1/auth/password-reset", password_reset},
                              {"POST", "/api/v1/auth/register", ask_to_register},
                              {"POST", "/api/v1/auth/register/confirmation", register_learner}};
  const ApiRoute signed_in[] = {{"GET", "/api/v1/me", me}};
  auto routes = bound(app, open);
  for (auto& route : bound(app, signed_in)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
