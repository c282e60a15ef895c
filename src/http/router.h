/// Which handler answers a path. A table that is fixed before the first request.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "observe/metrics.h"

namespace http {

/// Where a handler runs: `memory` on an io thread, which it must never hold up; `blocking` on a worker.
enum class Kind { memory, blocking };

/// What goes without an answer first where too much is going on: reports before lists, lists before bookings.
enum class Load { booking, list, report };

/// Of a route whose caller adds what it likes (RFC 6749, section 4.1.2: unknown ones are ignored).
inline constexpr const char* any_parameter = "*";

/// What a route takes as a body.
struct RouteBody {
  std::string media = "application/json";  ///< Or several: "image/jpeg, image/png".
  std::size_t max_bytes = 0;               ///< More than the server takes otherwise; 0: no more than that.
};

using Handler = std::function<base::Result<Response>(const Request&)>;
/// Asked on an io thread before a worker is: an answer, or nothing where what it needs is not in memory, where it
/// would take long, and for everything that is not a plain success.
using FromMemory = std::function<std::optional<Response>(const Request&)>;

/// `pattern` has literal and captured segments: "/api/v1/calendar/bookings/{id}", "…/{id}.ics". Where several match,
/// literal segments win over captured ones, and those with a suffix over those without.
struct Route {
  std::string method;
  std::string pattern;
  Kind kind;
  Handler handler;
  std::vector<std::string> query =
      {};  ///< Parameters that it knows; any other is refused, but where one is any_parameter.
  RouteBody body = {};
  FromMemory from_memory = {};
};

class Router {
 public:
  Router(std::vector<Route> routes, observe::Metrics& metrics);

  struct Entry {
    Route route;
    std::vector<std::string> segments;
    std::unique_ptr<observe::RouteMetrics> metrics;
    Load load;
  };
  struct Match {
    const Entry* entry = nullptr;  ///< Null: no route, or not with this method.
    Pairs params;
    std::string allow;  ///< Methods that the path has; empty: there is no such path.
  };
  /// HEAD is answered by the GET route.
  Match match(std::string_view method, std::string_view path) const;

  std::span<const Entry> entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

/// Refuses parameters that the route does not know, all of them at once.
base::Done check_query(const Route& route, const Pairs& query);

}  // namespace http
