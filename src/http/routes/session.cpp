#include "http/routes/session.h"

namespace http {

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
                                        {"school", view.school},
                                        {"second_factor_missing", principal.must_enrol}}}});
  response.set("Set-Cookie", auth::refresh_cookie(view.tokens.refresh_token, app.transport));
  response.compress = Compress::no;
  return response;
}

base::Done same_site(const Request& request) {
  if (request.header("sec-fetch-site") != cross_site) return base::done();
  return base::refuse(base::Code::forbidden, "Sessions are not for pages of other sites.");
}

base::Done keep_sign_in(const App& app, const Request& request, const actions::SignInView& view, std::string action) {
  auto deed = deed_of(request, std::move(action));
  deed.actor = view.tokens.principal.person;
  return app.trail.keep(view.tokens.principal.school, std::move(deed), request.client_address);
}

base::Done note_failure(const App& app, const Request& request, const actions::Tried& tried) {
  const auto [school, person] = tried;
  if (!school) return base::done();
  auto deed = deed_of(request, "sign_in_failed");
  if (person) deed.whose.push_back(person);
  return app.trail.note(school, std::move(deed), request.client_address);
}

}  // namespace http
