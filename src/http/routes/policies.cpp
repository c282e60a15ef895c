// Terms, the privacy notice and consents: what the school publishes, what people say to it.
#include "actions/policies.h"

#include "http/pages.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr base::TextLimits policy_text{.min = 0, .max = 20'000, .lines = base::TextLimits::Lines::many};
constexpr base::IntegerRange policy_versions{1, 1'000'000};

boost::json::object rendered(const store::Policy& policy) {
  return {{"kind", store::to_string(policy.kind)},
          {"version", policy.version},
          {"text", policy.text},
          {"published_at", base::to_text(policy.published_at)}};
}

Response rendered(const std::vector<store::Policy>& policies) {
  boost::json::array items;
  for (const auto& policy : policies) items.push_back(rendered(policy));
  return json_response(200, {{"items", std::move(items)}});
}

Response rendered(const std::vector<actions::AgreementView>& views) {
  boost::json::array items;
  for (const auto& [policy, said] : views) {
    auto item = rendered(policy);
    item["given"] = said && said->given;
    item["said_version"] = said ? boost::json::value(said->version) : nullptr;
    item["said_at"] = said ? boost::json::value(base::to_text(said->at)) : nullptr;
    items.push_back(std::move(item));
  }
  return json_response(200, {{"items", std::move(items)}});
}

base::Result<store::PolicyKind> path_policy(const Request& request) {
  const auto kind = store::policy_from_text(request.param("kind"));
  if (!kind) return auth::not_found();
  return *kind;
}

base::Result<store::PolicyKind> path_purpose(const Request& request) {
  const auto kind = TRY(path_policy(request));
  if (!store::is_consent(kind)) return auth::not_found();
  return kind;
}

base::Result<Response> public_policies(const App& app, const Request& request) {
  return rendered(TRY(actions::public_policies(app.context, request.param("slug"))));
}

/// What stands behind the # of a link is never sent in an address.
base::Result<Response> notice_behind(const App& app, const Request& request) {
  const auto body = TRY(body_object(request));
  base::JsonReader reader(body);
  const auto token = reader.text("token");
  TRY(reader.finish());
  return rendered(TRY(actions::notice_behind(app.context, token)));
}

base::Result<Response> list_policies(const App& app, const Call& call) {
  return rendered(TRY(actions::list_policies(app.context, call.caller)));
}

base::Result<Response> publish_policy(const App& app, const Call& call) {
  const auto kind = TRY(path_policy(call.request));
  const auto version = TRY(if_match(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto text = reader.text("text", policy_text);
  TRY(reader.finish());
  return versioned(rendered(TRY(actions::publish_policy(app.context, call.caller, kind, version, text))));
}

base::Result<Response> my_agreements(const App& app, const Call& call) {
  return rendered(TRY(actions::my_agreements(app.context, call.caller)));
}

base::Result<Response> agreements_of(const App& app, const Call& call) {
  const auto id = TRY(path_id<base::PersonKind>(call.request));
  auto response = rendered(TRY(actions::agreements_of(app.identity, call.caller, id)));
  response.shows.push_back(id);
  return response;
}

base::Result<Response> agree_to_purpose(const App& app, const Call& call) {
  const auto purpose = TRY(path_purpose(call.request));
  const auto body = TRY(body_object(call.request));
  base::JsonReader reader(body);
  const auto version = reader.integer("version", policy_versions);
  TRY(reader.finish());
  TRY(actions::agree(app.context, call.caller, purpose, version));
  return no_content();
}

base::Result<Response> withdraw_from_purpose(const App& app, const Call& call) {
  const auto purpose = TRY(path_purpose(call.request));
  TRY(actions::withdraw(app.context, call.caller, purpose));
  return no_content();
}

}  // namespace

std::vector<Route> policy_routes(const App& app) {
  const ApiRoute table[] = {{"GET", "/api/v1/policies", list_policies},
                            {"PUT", "/api/v1/policies/{kind}", publish_policy},
                            {"GET", "/api/v1/me/agreements", my_agreements},
                            {"PUT", "/api/v1/me/consents/{kind}", agree_to_purpose},
                            {"DELETE", "/api/v1/me/consents/{kind}", withdraw_from_purpose},
                            {"GET", "/api/v1/learners/{id}/agreements", agreements_of}};
  const PublicRoute open[] = {{"GET", "/api/v1/schools/{slug}/policies", public_policies},
                              {"POST", "/api/v1/auth/notice", notice_behind}};
  auto routes = bound(app, table);
  for (auto& route : bound(app, open)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace http
