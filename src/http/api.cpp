#include "http/api.h"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/crypto.h"
#include "http/conditions.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr int default_page = 50;
constexpr int longest_page = 200;

base::Result<Call> call_of(const App& app, const Request& request) {
  const auto token = bearer_token(request);
  if (token.empty()) return base::refuse(base::Code::unauthenticated, "Sign in first.");
  const auto principal = TRY(app.authenticate(token, request.now));
  return Call{request, {principal, request.now, request.correlation_id}};
}

boost::json::object strings_of(const Pairs& query) {
  boost::json::object object;
  for (const auto& [name, value] : query) object[name] = value;
  return object;
}

}  // namespace

base::Result<store::RequestKey> Call::key(const App& app) const {
  // Named, because g++ 12 forgets the members before it when TRY() leaves from within braces.
  auto key = TRY(idempotency_key(request));
  const auto hash = base::hmac_sha256(app.body_hash_key.bytes(), base::bytes_of(request.body));
  return store::RequestKey{.school = caller.school(),
                           .person = caller.principal.person,
                           .route = request.method + " " + request.path,
                           .key = std::move(key),
                           .body_hash = {hash.begin(), hash.end()}};
}

std::vector<Route> bound(const App& app, std::span<const ApiRoute> routes) {
  std::vector<Route> out;
  for (const auto& route : routes)
    out.push_back({route.method, route.pattern, Kind::blocking,
                   [&app, handler = route.handler](const Request& request) -> base::Result<Response> {
                     return handler(app, TRY(call_of(app, request)));
                   },
                   route.query, route.body});
  return out;
}

std::vector<Route> bound(const App& app, std::span<const PublicRoute> routes) {
  std::vector<Route> out;
  for (const auto& route : routes)
    out.push_back({route.method, route.pattern, Kind::blocking,
                   [&app, handler = route.handler](const Request& request) { return handler(app, request); },
                   route.query});
  return out;
}

std::vector<Route> api_routes(const App& app) {
  std::vector<Route> all;
  for (auto* table : {service_routes, sign_in_routes, school_routes, people_routes, import_routes, place_routes,
                      lesson_type_routes, vehicle_routes, closure_routes, working_time_routes, availability_routes,
                      booking_routes, hold_routes, job_routes, live_routes, feed_routes})
    for (auto& route : table(app)) all.push_back(std::move(route));
  return all;
}

std::string_view bearer_token(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const auto header = request.header("authorization");
  return header.starts_with(scheme) ? header.substr(scheme.size()) : std::string_view();
}

base::Result<boost::json::object> body_object(const Request& request) {
  return base::parse_json_object(request.body);
}

base::Result<boost::json::object> optional_body_object(const Request& request) {
  return request.body.empty() ? boost::json::object() : base::parse_json_object(request.body);
}

QueryReader::QueryReader(const Request& request)
    : request_(request), object_(strings_of(request.query)), reader_(object_) {}

int QueryReader::limit() {
  if (!reader_.optional_text("limit")) return default_page;
  const auto text = *request_.query_value("limit");
  int limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error == std::errc{} && end == text.data() + text.size() && limit >= 1 && limit <= longest_page) return limit;
  reader_.mistake("limit", "Must be between 1 and 200.");
  return default_page;
}

base::Done QueryReader::finish() {
  auto done = reader_.finish();
  if (done) return done;
  for (auto& field : done.error().fields) field.pointer.erase(0, 1);
  return done;
}

Response json_response(int status, const boost::json::value& value) {
  return {.status = status, .body = boost::json::serialize(value)};
}

}  // namespace http
