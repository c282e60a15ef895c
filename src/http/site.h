/// Everything between a parsed request and its answer: routes, pages, limits, errors, headers. No sockets.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "http/head.h"
#include "http/limits.h"
#include "http/message.h"
#include "http/router.h"
#include "http/static_files.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace http {

/// Who asks, as far as limits care. Found from the request alone, without the database.
struct Caller {
  std::string key;
  bool staff;
};
using Identify = std::function<std::optional<Caller>(const Request&)>;

struct SiteOptions {
  std::vector<std::string> cors_origins = {};
  std::vector<base::Network> trusted_proxies = {};
  base::RateLimits rate_limits = {};
  bool secure = false;                   ///< PUBLIC_URL is https: HSTS and upgrade-insecure-requests.
  base::Instant (*clock)() = base::now;  ///< Asked once a request; tests bring their own.
};

class Site {
 public:
  using Clock = std::chrono::steady_clock;

  Site(SiteOptions options, std::vector<Route> routes, StaticFiles files, Identify identify, observe::Log& log,
       observe::Metrics& metrics);

  /// What will be done about a request; made on an io thread.
  struct Plan {
    const Router::Entry* entry = nullptr;  ///< Its handler answers, unless `answer` is there already.
    std::optional<Response> answer;
    Verdict limit;
    bool blocking() const { return !answer && entry != nullptr && entry->route.kind == Kind::blocking; }
  };

  /// `peer` is the address of the connection; of a trusted proxy's, X-Forwarded-For counts.
  Request receive(Head head, const std::string& peer) const;
  /// What the request's route takes beyond the server's own limit; 0: nothing.
  std::size_t max_body_bytes(const Request& request) const;
  Plan plan(Request& request, std::string_view raw_query);
  /// The answer of a route that has what is asked in memory, on an io thread; nothing: run() answers.
  std::optional<Response> from_memory(Plan& plan, const Request& request);
  /// Runs the handler, turns refusals and exceptions into problems, and dresses the answer. Never throws.
  Response run(Plan& plan, const Request& request);
  /// The answer to what no handler sees: a head that cannot be read, a full queue.
  Response refusal(const base::Error& error, const Request& request);
  /// Access log and metrics. Of the query nothing is logged, of the path only the route's pattern.
  void record(const Plan& plan, const Request& request, const Response& response, Clock::duration took);

  observe::Metrics& metrics() { return metrics_; }
  observe::Log& log() { return log_; }
  Limiter& limiter() { return limiter_; }

 private:
  Response handled(const Plan& plan, const Request& request);
  std::optional<Response> over_limit(Plan& plan, const Request& request);
  Response options_answer(const Request& request, const Router::Match& match) const;
  Response finished(const Plan& plan, const Request& request, Response response) const;
  void dress(const Request& request, Response& response) const;
  bool allowed_origin(std::string_view origin) const;
  bool trusted(const std::string& address) const;

  const SiteOptions options_;
  const Router router_;
  const StaticFiles files_;
  const Identify identify_;
  observe::Log& log_;
  observe::Metrics& metrics_;
  Limiter limiter_;
  std::unique_ptr<observe::RouteMetrics> page_metrics_;
  std::unique_ptr<observe::RouteMetrics> other_metrics_;
  Pairs common_headers_;
  std::string page_policy_;
};

/// X-Request-Id where it has 1 to 64 of [A-Za-z0-9._-], else a new id.
std::string correlation_id(std::string_view offered);

}  // namespace http
