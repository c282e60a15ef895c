#include "http/api.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "actions/acting.h"
#include "auth/api_keys.h"
#include "base/crypto.h"
#include "http/conditions.h"
#include "http/routes/routes.h"

namespace http {

namespace {

constexpr int default_page = 50;
constexpr int longest_page = 200;

/// What a program with an API key may ask for: what begins like this. Anything else, users, jobs, people's own accounts
/// and the stream for open pages, is for people.
struct Scoped {
  std::string_view path;
  auth::Scope read, write;
};
constexpr Scoped scoped[] = {
    {"/api/v1/instructors", auth::Scope::school_read, auth::Scope::school_write},
    {"/api/v1/vehicles", auth::Scope::school_read, auth::Scope::school_write},
    {"/api/v1/lesson-types", auth::Scope::school_read, auth::Scope::school_write},
    {"/api/v1/closures", auth::Scope::school_read, auth::Scope::school_write},
    {"/api/v1/constraints", auth::Scope::school_read, auth::Scope::school_write},
    {"/api/v1/learners", auth::Scope::people_read, auth::Scope::people_write},
    {"/api/v1/guardians", auth::Scope::people_read, auth::Scope::people_write},
    {"/api/v1/places", auth::Scope::bookings_read, auth::Scope::bookings_write},
    {"/api/v1/calendar/availability", auth::Scope::bookings_read, auth::Scope::bookings_write},
    {"/api/v1/calendar/explain", auth::Scope::bookings_read, auth::Scope::bookings_write},
    {"/api/v1/calendar/holds", auth::Scope::bookings_read, auth::Scope::bookings_write},
    {"/api/v1/calendar/bookings", auth::Scope::bookings_read, auth::Scope::bookings_write},
    {"/api/v1/calendar/working-time", auth::Scope::bookings_read, auth::Scope::bookings_write},
};

bool in_scope(std::uint32_t scopes, const Request& request) {
  const bool reading = request.method == "GET" || request.method == "HEAD";
  const std::string_view path = request.path;
  if (reading && path == "/api/v1/me") return true;
  if (reading && path == "/api/v1/school") return (scopes & bit(auth::Scope::school_read)) != 0;
  if (reading && path.starts_with("/api/v1/audit")) return (scopes & bit(auth::Scope::audit_read)) != 0;
  for (const auto& [prefix, read, write] : scoped)
    if (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'))
      return (scopes & bit(reading ? read : write)) != 0;
  return false;
}

base::Result<Call> call_by(const auth::Principal& principal, const Request& request, BeforeFactor before_factor) {
  if (principal.api_key != 0 && !in_scope(principal.scopes, request))
    return base::refuse(base::Code::forbidden, "None of the scopes of this API key allows this.");
  if (principal.must_enrol && before_factor == BeforeFactor::refused)
    return base::refuse(base::Code::second_factor_required, "Your school asks its staff for a second factor.");
  // Whoever wrote a moment ago says so (RFC 9111, section 5.2.1.4).
  const bool checked = request.header("cache-control").find("no-cache") != std::string_view::npos;
  return Call{request,
              {.principal = principal,
               .now = request.now,
               .correlation_id = request.correlation_id,
               .freshness = checked ? store::Freshness::checked : store::Freshness::recent}};
}

base::Result<Call> call_of(const App& app, const Request& request, BeforeFactor before_factor) {
  const auto token = bearer_token(request);
  if (token.empty()) return base::refuse(base::Code::unauthenticated, "Sign in first.");
  return call_by(TRY(app.authenticate(token, request.now)), request, before_factor);
}

/// Without the database: of whoever is known without it, in nobody else's name.
FromMemory from_memory(const App& app, MemoryHandler handler, BeforeFactor before_factor) {
  if (!handler) return {};
  return [&app, handler, before_factor](const Request& request) -> std::optional<Response> {
    const auto token = bearer_token(request);
    if (token.empty() || !request.header("acting-for").empty()) return std::nullopt;
    const auto principal = app.recognise(token, request.now);
    if (!principal) return std::nullopt;
    const auto call = call_by(*principal, request, before_factor);
    return call ? handler(app, *call) : std::nullopt;
  };
}

/// The call in the name of whom "Acting-For" says; as it is where it says nothing.
base::Result<Call> acting_call(const App& app, const Call& call, Acting acting) {
  const auto header = call.request.header("acting-for");
  if (header.empty()) return call;
  if (acting == Acting::refused)
    return base::refuse(base::Code::forbidden, "This is not done in somebody's name. Send it without Acting-For.");
  const auto person = base::id_from_text(header);
  if (!person) return auth::not_found();
  return Call{call.request, TRY(actions::in_name_of(app.identity, call.caller, {*person}))};
}

/// The path as far as it names what we know: ids as they are, anything else by its name in the pattern.
std::string what_of(const Request& request, std::string pattern) {
  for (const auto& [name, value] : request.params)
    if (base::id_from_text(value)) pattern.replace(pattern.find("{" + name + "}"), name.size() + 2, value);
  return request.method + " " + pattern;
}

/// Takes down who was shown others' data, and who was refused what. What cannot be taken down is not shown.
base::Result<Response> taken_down(const App& app, const Call& call, const std::string& pattern,
                                  base::Result<Response> answer) {
  const auto& caller = call.caller;
  const auto person = caller.principal.person;
  store::Deed deed{.at = caller.now,
                   .action = caller.acting ? "acted" : "seen",
                   .actor = caller.actor(),
                   .what = what_of(call.request, pattern),
                   .correlation_id = caller.correlation_id};
  if (caller.acting) deed.whose = {person};
  if (!answer) {
    const auto code = answer.error().code;
    if (code != base::Code::forbidden && code != base::Code::not_found) return answer;
    deed.action = "refused";
  } else {
    deed.whose.insert(deed.whose.end(), answer->shows.begin(), answer->shows.end());
    std::ranges::sort(deed.whose);
    deed.whose.erase(std::unique(deed.whose.begin(), deed.whose.end()), deed.whose.end());
    if (!caller.acting) std::erase(deed.whose, person);
    // What changes something is an event, and what is done in somebody's name both.
    if (!caller.acting && (deed.whose.empty() || call.request.method != "GET")) return answer;
  }
  const auto taken = app.trail.note(caller.school(), std::move(deed), call.request.client_address);
  if (answer && !taken) return base::refuse(taken.error());
  return answer;
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
  const auto in_name = caller.acting ? " for " + base::to_text(caller.principal.person) : std::string();
  return store::RequestKey{.school = caller.school(),
                           .person = caller.actor(),
                           .route = request.method + " " + request.path + in_name,
                           .key = std::move(key),
                           .body_hash = {hash.begin(), hash.end()}};
}

store::Deed deed_of(const Request& request, std::string action) {
  return {.at = request.now,
          .action = std::move(action),
          .what = request.method + " " + request.path,
          .correlation_id = request.correlation_id};
}

std::vector<Route> bound(const App& app, std::span<const ApiRoute> routes, Acting acting) {
  std::vector<Route> out;
  for (const auto& route : routes)
    out.push_back({route.method, route.pattern, Kind::blocking,
                   [&app, handler = route.handler, pattern = std::string(route.pattern), before = route.before_factor,
                    acting](const Request& request) -> base::Result<Response> {
                     const auto own = TRY(call_of(app, request, before));
                     const auto call = acting_call(app, own, acting);
                     if (!call) return taken_down(app, own, pattern, base::refuse(call.error()));
                     return taken_down(app, *call, pattern, handler(app, *call));
                   },
                   route.query, route.body, from_memory(app, route.from_memory, route.before_factor)});
  return out;
}

std::vector<Route> bound(const App& app, std::span<const PublicRoute> routes) {
  std::vector<Route> out;
  for (const auto& route : routes)
    out.push_back({route.method,
                   route.pattern,
                   Kind::blocking,
                   [&app, handler = route.handler](const Request& request) { return handler(app, request); },
                   route.query,
                   {},
                   route.from_memory ? FromMemory([&app, handler = route.from_memory](const Request& request) {
                     return handler(app, request);
                   })
                                     : FromMemory()});
  return out;
}

std::vector<Route> api_routes(const App& app) {
  std::vector<Route> all;
  for (auto* table : {service_routes,
                      sign_in_routes,
                      openid_routes,
                      account_routes,
                      school_routes,
                      people_routes,
                      import_routes,
                      place_routes,
                      lesson_type_routes,
                      vehicle_routes,
                      closure_routes,
                      working_time_routes,
                      availability_routes,
                      booking_routes,
                      hold_routes,
                      job_routes,
                      live_routes,
                      feed_routes,
                      audit_routes,
                      factor_routes,
                      passkey_routes,
                      privacy_routes,
                      learner_document_routes,
                      acting_routes,
                      guest_routes,
                      policy_routes,
                      retention_routes,
                      data_request_routes,
                      processing_routes,
                      connection_routes})
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

namespace {

std::optional<int> number_in(std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && number >= least && number <= most ? std::optional(number) : std::nullopt;
}

}  // namespace

int QueryReader::limit() {
  if (!reader_.optional_text("limit")) return default_page;
  if (const auto limit = number_in(*request_.query_value("limit"), 1, longest_page)) return *limit;
  reader_.mistake("limit", "Must be between 1 and 200.");
  return default_page;
}

std::optional<std::size_t> QueryReader::count(std::string_view name) {
  if (!reader_.optional_text(name)) return std::nullopt;
  if (const auto count = number_in(*request_.query_value(name), 0, longest_page)) return std::size_t(*count);
  reader_.mistake(name, "Must be between 0 and 200.");
  return std::nullopt;
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
