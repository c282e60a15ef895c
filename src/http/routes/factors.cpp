// Second factors: an authenticator app with backup codes, what somebody has of them, and the second step of signing in.
#include "actions/factors.h"

#include "http/browser.h"
#include "http/pages.h"
#include "http/routes/factor_answer.h"
#include "http/routes/routes.h"
#include "http/routes/session.h"

namespace http {

namespace {

Response secret_response(const boost::json::value& body) {
  auto response = json_response(200, body);
  response.compress = Compress::no;
  return response;
}

Response codes_response(const std::vector<std::string>& codes) {
  boost::json::array items;
  for (const auto& code : codes) items.emplace_back(code);
  return secret_response({{"backup_codes", std::move(items)}});
}

base::Result<Response> get_factors(const App& app, const Call& call) {
  const auto view = actions::my_factors(app.identity, call.caller);
  boost::json::array passkeys;
  for (const auto& passkey : view.passkeys) passkeys.push_back(http::rendered(passkey));
  return json_response(200, {{"totp", view.factors.totp},
                             {"backup_codes", view.factors.backup_codes},
                             {"passkeys", std::move(passkeys)},
                             {"required", view.required}});
}

base::Result<Response> begin_totp(const App& app, const Call& call) {
  const auto password = TRY(current_password(call.request));
  const auto made = TRY(actions::begin_totp(app.identity, call.caller, password, call.request.client_address));
  return secret_response({{"secret", made.secret}, {"uri", made.uri}});
}

base::Result<Response> confirm_totp(const App& app, const Call& call) {
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto code = reader.text("code", code_text);
  TRY(reader.finish());
  const auto codes = TRY(actions::confirm_totp(app.identity, call.caller, code));
  TRY(keep_change(app, call, "factor_set_up"));
  return codes_response(codes);
}

base::Result<Response> remove_totp(const App& app, const Call& call) {
  const auto password = TRY(current_password(call.request));
  TRY(actions::remove_totp(app.identity, call.caller, password, call.request.client_address));
  TRY(keep_change(app, call, "factor_dropped"));
  return no_content();
}

base::Result<Response> renew_backup_codes(const App& app, const Call& call) {
  const auto password = TRY(current_password(call.request));
  const auto codes = TRY(actions::renew_backup_codes(app.identity, call.caller, password, call.request.client_address));
  TRY(keep_change(app, call, "backup_codes_renewed"));
  return codes_response(codes);
}

base::Result<Response> drop_factors(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  TRY(actions::drop_factors_of(app.identity, call.caller, id));
  TRY(keep_change(app, call, "factor_dropped", id));
  return no_content();
}

base::Result<Response> second_step(const App& app, const Request& request) {
  TRY(same_site(request));
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto challenge = base64_member(reader, "challenge");
  const actions::SecondStepInput input{.challenge = challenge,
                                       .code = reader.text("code", code_text),
                                       .address = request.client_address,
                                       .browser = browser_of(request.header("user-agent"))};
  TRY(reader.finish());
  const auto view = actions::sign_in_with_code(app.identity, input, request.now);
  if (!view) {
    TRY(note_failure(app, request, actions::tried(app.identity, input, request.now)));
    return base::refuse(view.error());
  }
  TRY(keep_sign_in(app, request, *view, "signed_in"));
  return session_response(app, *view);
}

}  // namespace

std::vector<Route> factor_routes(const App& app) {
  constexpr auto before = BeforeFactor::allowed;
  const ApiRoute table[] = {
      {"GET", "/api/v1/me/factors", get_factors, {}, {}, before},
      {"POST", "/api/v1/me/totp", begin_totp, {}, {}, before},
      {"POST", "/api/v1/me/totp/confirmation", confirm_totp, {}, {}, before},
      {"DELETE", "/api/v1/me/totp", remove_totp},
      {"POST", "/api/v1/me/totp/backup-codes", renew_backup_codes},
      {"DELETE", "/api/v1/people/{id}/factors", drop_factors},
  };
  const PublicRoute open[] = {{"POST", "/api/v1/auth/login/factor", second_step}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
