/// What the route files share: the long-lived parts of the program, who calls, and the steps around every action.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "actions/bookings.h"
#include "actions/identity.h"
#include "actions/outside.h"
#include "actions/processing.h"
#include "actions/trail.h"
#include "base/config.h"
#include "base/json.h"
#include "http/router.h"
#include "observe/health.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace auth {
class Providers;
}

namespace http {

struct App {
  actions::Context context;
  actions::Identity identity;
  const auth::Providers& providers;
  actions::Trail& trail;
  actions::Outside outside{};  ///< Calendars elsewhere, where there is a provider.
  auth::Transport transport;   ///< Of PUBLIC_URL: whether cookies are Secure.
  observe::Log& log;
  observe::Metrics& metrics;
  std::vector<observe::HealthCheck> health;
  class Live* live;
  const class LetterBox* letters = nullptr;  ///< Of the demo.
  const net::Redis* redis = nullptr;         ///< With what is kept there; null: there is none.
  const cache::SharedCalendars* shared = nullptr;
  const std::atomic<std::int64_t>* warmed = nullptr;  ///< Calendars that jobs/warmer has loaded.
  std::vector<actions::Recipient> recipients{};       ///< To whom this installation hands data on.
  base::Key body_hash_key;                            ///< Bodies are remembered as keyed hashes (store::RequestKey).
  /// Whose access token or API key this is; unauthenticated where it is nobody's.
  std::function<base::Result<auth::Principal>(std::string_view token, base::Instant now)> authenticate;
  /// Whose it is for the limits, without asking the database: an API key that was not good before is nobody's.
  std::function<std::optional<auth::Principal>(std::string_view token, base::Instant now)> recognise;
};

/// A request with whoever signed in to make it.
struct Call {
  const Request& request;
  actions::Caller caller;

  /// What makes it the same request when it comes again; 428 without an Idempotency-Key.
  base::Result<store::RequestKey> key(const App& app) const;
};

using PublicHandler = base::Result<Response> (*)(const App&, const Request&);
using CallHandler = base::Result<Response> (*)(const App&, const Call&);
using MemoryHandler = std::optional<Response> (*)(const App&, const Call&);
using PublicMemoryHandler = std::optional<Response> (*)(const App&, const Request&);

/// What a session may do of whose owner a second factor is required and who has none yet.
enum class BeforeFactor { refused, allowed };

/// Whether it can be asked for in somebody's name (Acting-For): what is about lessons. Accounts, personal data and what
/// a school sets are everybody's own.
enum class Acting { refused, allowed };

struct ApiRoute {
  const char* method;
  const char* pattern;
  CallHandler handler;
  std::vector<std::string> query = {};
  RouteBody body = {};
  BeforeFactor before_factor = BeforeFactor::refused;
  MemoryHandler from_memory = nullptr;  ///< As Route::from_memory. What it answers shows nobody's data.
};
struct PublicRoute {
  const char* method;
  const char* pattern;
  PublicHandler handler;
  std::vector<std::string> query = {};
  PublicMemoryHandler from_memory = nullptr;  ///< As Route::from_memory.
};
/// What a handler takes down by itself: a sign-in, or what somebody does with their account.
store::Deed deed_of(const Request& request, std::string action);

/// Routes for people who are signed in (401 otherwise), run by workers. `app` must outlive them.
std::vector<Route> bound(const App& app, std::span<const ApiRoute> routes, Acting acting = Acting::refused);
std::vector<Route> bound(const App& app, std::span<const PublicRoute> routes);
/// All of the API, one table for each file of http/routes.
std::vector<Route> api_routes(const App& app);

/// The token of "Authorization: Bearer …", or nothing.
std::string_view bearer_token(const Request& request);

template <class Kind>
base::Result<base::Id<Kind>> path_id(const Request& request, std::string_view name = "id") {
  return base::Id<Kind>{TRY(base::id_from_text(request.param(name)))};
}

/// The body as an object; malformed or invalid_input where it is none.
base::Result<boost::json::object> body_object(const Request& request);
/// Likewise, but no body at all is an empty object.
base::Result<boost::json::object> optional_body_object(const Request& request);

/// Query parameters, read like the members of a JSON object, all mistakes at once, named without a slash.
class QueryReader {
 public:
  explicit QueryReader(const Request& request);
  base::JsonReader& fields() { return reader_; }
  /// 1 to 200, 50 where it is absent.
  int limit();
  /// 0 to 200; nothing where it is absent.
  std::optional<std::size_t> count(std::string_view name);  ///< `name` is a literal.
  base::Done finish();

 private:
  const Request& request_;
  boost::json::object object_;
  base::JsonReader reader_;
};

Response json_response(int status, const boost::json::value& value);
/// The id as text, null where there is none.
template <class Kind>
boost::json::value id_or_null(base::Id<Kind> id) {
  return id ? boost::json::value(base::to_text(id)) : boost::json::value(nullptr);
}

/// Where a body or a query names things that do not exist, that is a mistake of the request (422), not of its address.
template <class T>
base::Result<T> named_by_request(base::Result<T> result) {
  if (!result && result.error().code == base::Code::not_found) result.error().code = base::Code::invalid_input;
  return result;
}

}  // namespace http
