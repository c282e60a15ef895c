// Signing in at a provider: a browser goes there and comes back. Whoever opens these addresses is a person, who is
// shown a page whatever happens; what became of it stands in the page's own address.
#include "actions/openid.h"

#include "http/browser.h"
#include "http/pages.h"
#include "http/routes/routes.h"
#include "http/routes/session.h"

namespace http {

namespace {

using actions::Unmet;

actions::Providing providing(const App& app, const Request& request) {
  return {app.identity, app.providers, request.client_address, request.now, [&app](const std::string& what) {
            app.log.warn("provider of identities", {{"what", what}});
          }};
}

Response see(const std::string& page, const net::HttpClient::Fields& fields) {
  Response response{.status = 303, .content_type = ""};
  response.set("Location", fields.empty() ? page : page + "?" + net::form_of(fields));
  return response;
}

Response see_sign_in(const std::string& next, net::HttpClient::Fields fields) {
  if (!next.empty()) fields.emplace_back("next", next);
  return see("/sign-in", fields);
}

/// Whether there is such a provider here; where not, there is nothing at this address.
base::Done configured(const App& app, const Request& request) {
  if (app.providers.open_id(request.param("provider"))) return base::done();
  return base::refuse(base::Code::not_found, "There is no such way to sign in here.");
}

base::Result<Response> list_providers(const App& app, const Request&) {
  boost::json::array items;
  for (const auto& provider : app.providers.open_id())
    items.push_back({{"id", provider->id()}, {"name", provider->name()}});
  return json_response(200, {{"items", std::move(items)}});
}

base::Result<Response> start(const App& app, const Request& request) {
  TRY(configured(app, request));
  const auto next = request.query_value("next").value_or("/");
  if (!auth::is_own_path(next))
    return base::refuse(base::Error{.code = base::Code::invalid_input,
                                    .detail = "next is a path of this site.",
                                    .fields = {{"next", "Must be a path of this site."}}});
  const auto school = request.query_value("school");
  const actions::SignInStart wanted{.provider = request.param("provider"),
                                    .school = school ? std::optional(std::string(*school)) : std::nullopt,
                                    .next = std::string(next)};
  // Nobody is signed in because another site would like it.
  if (request.header("sec-fetch-site") == cross_site) return see_sign_in(wanted.next, {});
  const auto departure = actions::start_sign_in(providing(app, request), wanted);
  if (!departure)
    return see_sign_in(wanted.next,
                       {{"problem", std::string(to_string(departure.error()))}, {"provider", wanted.provider}});
  Response response{.status = 303, .content_type = ""};
  response.set("Location", departure->url);
  response.set("Set-Cookie", auth::oauth_cookie(departure->cookie, app.transport));
  return response;
}

base::Result<Response> failed(const App& app, const Request& request, const actions::Failed& failure) {
  if (failure.school) {
    const auto action = failure.connecting ? "identity_not_connected" : "sign_in_failed";
    TRY(app.trail.note(failure.school, deed_of(request, action), request.client_address));
  }
  const net::HttpClient::Fields fields{{"problem", std::string(to_string(failure.unmet))},
                                       {"provider", request.param("provider")}};
  auto response = failure.connecting ? see("/account", fields) : see_sign_in(failure.next, fields);
  if (failure.spent) response.set("Set-Cookie", auth::cleared_oauth_cookie(app.transport));
  return response;
}

/// On disk before anybody can use it.
base::Done keep_connection(const App& app, const Request& request, base::SchoolId school, base::PersonId person) {
  auto deed = deed_of(request, "identity_connected");
  deed.actor = person;
  return app.trail.keep(school, std::move(deed), request.client_address);
}

std::optional<std::string> given(const Request& request, std::string_view name) {
  const auto value = request.query_value(name);
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

base::Result<Response> callback(const App& app, const Request& request) {
  TRY(configured(app, request));
  const auto cookie = request.cookie(auth::oauth_cookie_name(app.transport));
  const auto arrived =
      actions::finish(providing(app, request), {.provider = request.param("provider"),
                                                .cookie = cookie ? std::optional(std::string(*cookie)) : std::nullopt,
                                                .state = given(request, "state"),
                                                .code = given(request, "code"),
                                                .issuer = given(request, "iss"),
                                                .error = given(request, "error"),
                                                .browser = browser_of(request.header("user-agent"))});
  if (!arrived) return failed(app, request, arrived.error());
  if (arrived->person) TRY(keep_connection(app, request, arrived->school, arrived->person));
  auto response = see("/account", {{"connected", request.param("provider")}});
  if (arrived->challenge) {
    // Behind the #: in no log and no Referer.
    response = see_sign_in(arrived->next, {});
    response.set("Location", std::string(response.header("Location")) + "#factor=" + *arrived->challenge);
  } else if (arrived->signed_in) {
    TRY(keep_sign_in(app, request, *arrived->signed_in, "signed_in"));
    response = see_sign_in(arrived->next, {{"done", "1"}});
    response.headers.emplace_back("Set-Cookie",
                                  auth::refresh_cookie(arrived->signed_in->tokens.refresh_token, app.transport));
  }
  response.headers.emplace_back("Set-Cookie", auth::cleared_oauth_cookie(app.transport));
  return response;
}

base::Done supabase_configured(const App& app) {
  if (app.providers.supabase()) return base::done();
  return base::refuse(base::Code::not_found, "There is no such way to sign in here.");
}

std::string_view in_words(Unmet unmet) {
  switch (unmet) {
    case Unmet::unverified:
      return "The provider does not vouch for this address.";
    case Unmet::staff:
      return "Sign in with your password first, and connect this account there.";
    case Unmet::other:
      return "Your account is connected with another identity there.";
    default:
      return "There is no account with this address at this school.";
  }
}

base::Result<Response> supabase(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto token = reader.text("access_token", {.max = auth::longest_foreign_token});
  const auto school = reader.optional_text("school", {.max = 100});
  TRY(reader.finish());
  TRY(supabase_configured(app));
  const auto admitted = TRY(
      actions::sign_in_with_supabase(providing(app, request), token, school, browser_of(request.header("user-agent"))));
  if (!admitted) return base::refuse(base::Code::unauthenticated, std::string(in_words(admitted.error())));
  const auto& [view, entrant, connected] = *admitted;
  if (connected) TRY(keep_connection(app, request, entrant.school, entrant.person));
  if (!view) return base::refuse(view.error());
  TRY(keep_sign_in(app, request, *view, "signed_in"));
  return session_response(app, *view);
}

std::string name_of(const App& app, const std::string& provider) {
  const auto* configured = app.providers.open_id(provider);
  return configured ? configured->name() : provider == "supabase" ? "Supabase" : provider;
}

base::Result<Response> list_identities(const App& app, const Call& call) {
  boost::json::array items;
  for (const auto& identity : actions::my_identities(app.identity, call.caller))
    items.push_back({{"id", base::to_text(identity.id)},
                     {"provider", identity.provider},
                     {"name", name_of(app, identity.provider)},
                     {"created_at", base::to_text(identity.created_at)}});
  return json_response(200, {{"items", std::move(items)}});
}

base::Result<Response> connect_identity(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const actions::ConnectionStart start{.provider = reader.text("provider", {.max = 20}),
                                       .password = reader.text("password", auth::password_text)};
  TRY(reader.finish());
  const auto departure = TRY(actions::start_connection(providing(app, call.request), call.caller, start));
  auto response = json_response(200, {{"authorization_url", departure.url}});
  response.set("Set-Cookie", auth::oauth_cookie(departure.cookie, app.transport));
  return response;
}

base::Result<Response> connect_supabase(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const actions::SupabaseConnection connection{
      .access_token = reader.text("access_token", {.max = auth::longest_foreign_token}),
      .password = reader.text("password", auth::password_text)};
  TRY(reader.finish());
  TRY(supabase_configured(app));
  TRY(actions::connect_supabase(providing(app, call.request), call.caller, connection));
  TRY(keep_connection(app, call.request, call.caller.school(), call.caller.principal.person));
  return no_content();
}

base::Result<Response> disconnect_identity(const App& app, const Call& call) {
  const auto id = TRY(path_id<struct IdentityKind>(call.request));
  TRY(actions::disconnect(app.identity, call.caller, id.value));
  auto deed = deed_of(call.request, "identity_disconnected");
  deed.actor = call.caller.principal.person;
  TRY(app.trail.keep(call.caller.school(), std::move(deed), call.request.client_address));
  return no_content();
}

}  // namespace

std::vector<Route> openid_routes(const App& app) {
  const PublicRoute open[] = {
      {"GET", "/api/v1/auth/providers", list_providers},
      {"GET", "/api/v1/auth/{provider}/start", start, {"school", "next"}},
      {"GET", "/api/v1/auth/{provider}/callback", callback, {"code", "error", "iss", "state", any_parameter}},
      {"POST", "/api/v1/auth/supabase", supabase}};
  const ApiRoute signed_in[] = {{"GET", "/api/v1/me/identities", list_identities},
                                {"POST", "/api/v1/me/identities", connect_identity},
                                {"PUT", "/api/v1/me/identities/supabase", connect_supabase},
                                {"DELETE", "/api/v1/me/identities/{id}", disconnect_identity}};
  auto routes = bound(app, open);
  for (auto& route : bound(app, signed_in)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
