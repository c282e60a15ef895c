// Passkeys: making, naming and removing them, and signing in with one. Bytes are base64url, as in the browser's own
// JSON of credentials.
#include "http/browser.h"
#include "http/pages.h"
#include "http/routes/factor_answer.h"
#include "http/routes/routes.h"
#include "http/routes/session.h"

namespace http {

base::Bytes base64_member(base::JsonReader& reader, std::string_view key) {
  auto bytes = base::from_base64url(reader.text(key, {.max = 8'192}));
  if (!bytes) reader.mistake(key, "Must be base64url without padding.");
  return bytes.value_or(base::Bytes());
}

base::Result<std::string> current_password(const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  auto password = reader.text("current_password", auth::password_text);
  TRY(reader.finish());
  return password;
}

boost::json::object rendered(const actions::PasskeyView& passkey) {
  return {{"id", base::to_text(passkey.id)},
          {"name", passkey.name},
          {"created_at", base::to_text(passkey.created_at)},
          {"used_at", passkey.used_at ? boost::json::value(base::to_text(*passkey.used_at)) : nullptr}};
}

base::Done keep_change(const App& app, const Call& call, std::string action, base::PersonId whose) {
  auto deed = deed_of(call.request, std::move(action));
  deed.actor = call.caller.principal.person;
  if (whose && whose != deed.actor) deed.whose.push_back(whose);
  return app.trail.keep(call.caller.school(), std::move(deed), call.request.client_address);
}

namespace {

constexpr auto challenge_seconds = std::chrono::duration_cast<base::seconds>(auth::Challenges::lifetime).count();

base::Result<Response> new_passkey_options(const App& app, const Call& call) {
  const auto password = TRY(current_password(call.request));
  const auto options = TRY(actions::passkey_options(app.identity, call.caller, password, call.request.client_address));
  boost::json::array algorithms, known;
  for (const int algorithm : auth::passkey_algorithms) algorithms.emplace_back(algorithm);
  for (const auto& id : options.known) known.emplace_back(base::to_base64url(id));
  return json_response(200, {{"challenge", base::to_base64url(options.challenge)},
                             {"rp_id", options.rp_id},
                             {"rp_name", options.rp_name},
                             {"user_handle", base::to_base64url(options.user_handle)},
                             {"user_name", options.email},
                             {"display_name", options.name},
                             {"algorithms", std::move(algorithms)},
                             {"known_credentials", std::move(known)},
                             {"expires_in", challenge_seconds}});
}

base::Result<Response> add_passkey(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto name = reader.text("name", actions::passkey_name);
  const auto client_data = base64_member(reader, "client_data");
  const actions::PasskeyInput input{name, client_data, base64_member(reader, "authenticator_data")};
  TRY(reader.finish());
  const auto made = TRY(actions::add_passkey(app.identity, call.caller, input));
  TRY(keep_change(app, call, "factor_set_up"));
  return json_response(201, http::rendered(made));
}

base::Result<Response> rename_passkey(const App& app, const Call& call) {
  const auto id = TRY(path_id<struct PasskeyKind>(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto name = reader.text("name", actions::passkey_name);
  TRY(reader.finish());
  TRY(actions::rename_passkey(app.identity, call.caller, id.value, name));
  return no_content();
}

base::Result<Response> remove_passkey(const App& app, const Call& call) {
  const auto id = TRY(path_id<struct PasskeyKind>(call.request));
  const auto password = TRY(current_password(call.request));
  TRY(actions::remove_passkey(app.identity, call.caller, id.value, password, call.request.client_address));
  TRY(keep_change(app, call, "factor_dropped"));
  return no_content();
}

base::Result<Response> sign_in_options(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto challenge =
      app.identity.second_step.challenges.make({auth::Challenges::Purpose::passkey_sign_in}, request.now);
  return json_response(200, {{"challenge", base::to_base64url(challenge)},
                             {"rp_id", auth::relying_party(app.identity.public_url).id},
                             {"expires_in", challenge_seconds}});
}

base::Result<Response> sign_in(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  actions::PasskeySignIn input;
  input.credential_id = base64_member(reader, "credential_id");
  input.user_handle = base64_member(reader, "user_handle");
  input.client_data = base64_member(reader, "client_data");
  input.authenticator_data = base64_member(reader, "authenticator_data");
  input.signature = base64_member(reader, "signature");
  input.browser = browser_of(request.header("user-agent"));
  TRY(reader.finish());
  const auto view = actions::sign_in_with_passkey(app.identity, input, request.now);
  if (!view) {
    if (view.error().code == base::Code::unauthenticated)
      TRY(note_failure(app, request, actions::tried(app.identity, input)));
    return base::refuse(view.error());
  }
  TRY(keep_sign_in(app, request, *view, "signed_in"));
  return session_response(app, *view);
}

}  // namespace

std::vector<Route> passkey_routes(const App& app) {
  constexpr auto before = BeforeFactor::allowed;
  const ApiRoute table[] = {{"POST", "/api/v1/me/passkeys/options", new_passkey_options, {}, {}, before},
                            {"POST", "/api/v1/me/passkeys", add_passkey, {}, {}, before},
                            {"PUT", "/api/v1/me/passkeys/{id}/name", rename_passkey},
                            {"DELETE", "/api/v1/me/passkeys/{id}", remove_passkey}};
  const PublicRoute open[] = {{"POST", "/api/v1/auth/passkey/options", sign_in_options},
                              {"POST", "/api/v1/auth/passkey", sign_in}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
