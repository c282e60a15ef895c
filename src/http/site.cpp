#include "http/site.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ids.h"
#include "http/compress.h"
#include "http/conditions.h"
#include "http/problem.h"
#include "http/query.h"

namespace http {

namespace {

constexpr std::string_view api_prefix = "/api/";
/// Every way in and every mail that anybody may ask for; not what open pages do by themselves, and signing out.
bool wants_in(const Request& request) {
  return request.method == "POST" && request.path.starts_with("/api/v1/auth/") &&
         request.path != "/api/v1/auth/refresh" && request.path != "/api/v1/auth/logout";
}
/// Attempts to sign in, or to be let in, from one address; a person who mistypes stays far below.
constexpr Limit sign_in_limit{20, std::chrono::minutes{1}};
/// What somebody without an account does: keep a time, ask for a code, book, move, cancel.
bool as_guest(const Request& request) {
  if (request.method == "GET" || request.method == "HEAD") return false;
  return request.path.starts_with("/api/v1/guest/") ||
         (request.path.starts_with("/api/v1/schools/") && request.path.ends_with("/holds"));
}
/// A family that books behind one address stays below; whoever hoards times does not.
constexpr Limit guest_limit{30, std::chrono::minutes{15}};
/// Messages of calendars' providers, who write from few addresses for everybody.
bool is_message(const Request& request) {
  return request.path.starts_with("/api/v1/calendar/webhooks/");
}
constexpr Limit message_limit{5'000, std::chrono::minutes{15}};
constexpr std::string_view api_policy = "default-src 'none'; frame-ancestors 'none'";

std::string page_policy(const StaticFiles& files, bool secure) {
  return fmt::format(
      "default-src 'none'; script-src 'self'{}; style-src 'self'{}; img-src 'self' data:; font-src 'self'; "
      "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
      "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types roadbook{}",
      files.script_hashes(), files.style_hashes(), secure ? "; upgrade-insecure-requests" : "");
}

Pairs common_headers(bool secure) {
  Pairs headers = {{"X-Content-Type-Options", "nosniff"},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cross-Origin-Opener-Policy", "same-origin"},
                   {"Cross-Origin-Resource-Policy", "same-origin"},
                   {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}};
  if (secure) headers.emplace_back("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  return headers;
}

base::Done check_body(const Request& request, const RouteBody& wanted) {
  if (!request.header("content-encoding").empty())
    return base::refuse(base::Code::unsupported_media_type, "Send the body without a content coding.");
  if (request.body.empty()) return base::done();
  const auto type = request.header("content-type");
  const auto name = type.substr(0, type.find(';'));
  for (std::string_view known = wanted.media; !known.empty();) {
    const auto comma = known.find(", ");
    if (name == known.substr(0, comma)) return base::done();
    known.remove_prefix(comma == std::string_view::npos ? known.size() : comma + 2);
  }
  return base::refuse(base::Code::unsupported_media_type, fmt::format("Send the body as {}.", wanted.media));
}

bool compressible(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.find("json") != std::string_view::npos;
}

}  // namespace

std::string correlation_id(std::string_view offered) {
  const bool plain = std::ranges::all_of(offered, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  });
  return plain && !offered.empty() && offered.size() <= 64 ? std::string(offered) : base::to_text(base::make_id());
}

Site::Site(SiteOptions options, std::vector<Route> routes, StaticFiles files, Identify identify, observe::Log& log,
           observe::Metrics& metrics)
    : options_(std::move(options)),
      router_(std::move(routes), metrics),
      files_(std::move(files)),
      identify_(std::move(identify)),
      log_(log),
      metrics_(metrics),
      page_metrics_(metrics.route("GET", "(page)")),
      other_metrics_(metrics.route("(other)", "(none)")),
      common_headers_(common_headers(options_.secure)),
      page_policy_(page_policy(files_, options_.secure)) {}

bool Site::trusted(const std::string& address) const {
  const auto bytes = base::address_from_text(address);
  return bytes && std::ranges::any_of(options_.trusted_proxies, [&](const auto& n) { return n.contains(*bytes); });
}

Request Site::receive(Head head, const std::string& peer) const {
  Request request;
  request.method = std::move(head.method);
  request.path = std::move(head.path);
  request.headers = std::move(head.fields);
  request.correlation_id = correlation_id(request.header("x-request-id"));
  request.client_address = peer;
  request.now = options_.clock();
  // From the right, past our own proxies: what stands further left was written by strangers.
  auto forwarded = request.header("x-forwarded-for");
  while (!forwarded.empty() && trusted(request.client_address)) {
    const auto comma = forwarded.rfind(',');
    auto last = forwarded.substr(comma == std::string_view::npos ? 0 : comma + 1);
    last.remove_prefix(std::min(last.find_first_not_of(' '), last.size()));
    if (!base::address_from_text(std::string(last))) break;
    request.client_address = last;
    forwarded = comma == std::string_view::npos ? std::string_view() : forwarded.substr(0, comma);
  }
  return request;
}

std::size_t Site::max_body_bytes(const Request& request) const {
  const auto match = router_.match(request.method, request.path);
  return match.entry ? match.entry->route.body.max_bytes : 0;
}

std::optional<Response> Site::over_limit(Plan& plan, const Request& request) {
  const auto& limits = options_.rate_limits;
  const auto refused = [&](std::string_view kind, Verdict verdict) {
    plan.limit = verdict;
    metrics_.rate_limited.increment(kind);
    base::Error error{base::Code::rate_limited, "Too many requests; try again later."};
    error.count = verdict.reset.count();
    return problem(error, request.correlation_id);
  };
  const auto now = Limiter::Clock::now();
  const auto address = address_key(request.client_address);
  if (limits.requests > 0 && wants_in(request)) {
    const auto verdict = limiter_.take("login " + address, sign_in_limit, now);
    if (!verdict.allowed) return refused("sign_in", verdict);
  }
  if (limits.requests > 0 && as_guest(request)) {
    const auto verdict = limiter_.take("guest " + address, guest_limit, now);
    if (!verdict.allowed) return refused("guest", verdict);
  }
  if (limits.requests > 0 && is_message(request)) {
    const auto verdict = limiter_.take("message " + address, message_limit, now);
    if (!verdict.allowed) return refused("message", verdict);
    return std::nullopt;
  }
  const auto caller = identify_ ? identify_(request) : std::nullopt;
  const auto verdict = caller
                           ? limiter_.take("person " + caller->key,
                                           {caller->staff ? limits.staff : limits.person, std::chrono::minutes{1}}, now)
                           : limiter_.take("address " + address, {limits.requests, limits.window}, now);
  if (!verdict.allowed) return refused(caller ? "person" : "address", verdict);
  plan.limit = verdict;
  return std::nullopt;
}

bool Site::allowed_origin(std::string_view origin) const {
  return !origin.empty() && std::ranges::find(options_.cors_origins, origin) != options_.cors_origins.end();
}

Response Site::options_answer(const Request& request, const Router::Match& match) const {
  Response response{.status = 204, .content_type = ""};
  std::string allow = match.allow.empty() ? "GET, HEAD, OPTIONS" : match.allow;
  const bool preflight = !request.header("access-control-request-method").empty();
  if (preflight && allowed_origin(request.header("origin"))) {
    response.set("Access-Control-Allow-Methods", allow);
    response.set("Access-Control-Allow-Headers",
                 "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id");
    response.set("Access-Control-Max-Age", "600");
  }
  response.set("Allow", std::move(allow));
  return response;
}

Site::Plan Site::plan(Request& request, std::string_view raw_query) {
  Plan plan;
  const bool api = request.path.starts_with(api_prefix);
  auto match = router_.match(request.method, request.path);
  const auto refuse = [&](const base::Error& error) { plan.answer = problem(error, request.correlation_id); };
  if (request.method == "OPTIONS" && !match.entry) {
    plan.answer = options_answer(request, match);
    return plan;
  }
  if (api) plan.answer = over_limit(plan, request);
  plan.entry = match.entry;
  if (plan.answer) return plan;
  if (match.entry == nullptr) {
    const bool reading = request.method == "GET" || request.method == "HEAD";
    if (!match.allow.empty() || (!reading && !api)) {
      refuse({base::Code::method_not_allowed, "This address does not have that method."});
      plan.answer->set("Allow", match.allow.empty() ? "GET, HEAD, OPTIONS" : match.allow);
    } else if (!api) {
      plan.answer = files_.find(request);
    }
    if (!plan.answer) refuse({base::Code::not_found, "There is nothing at this address."});
    return plan;
  }
  request.params = std::move(match.params);
  auto query = parse_query(raw_query);
  if (query) request.query = std::move(*query);
  if (!query) {
    refuse(query.error());
  } else if (const auto known = check_query(match.entry->route, request.query); !known) {
    refuse(known.error());
  } else if (const auto body = check_body(request, match.entry->route.body); !body) {
    refuse(body.error());
  }
  return plan;
}

Response Site::handled(const Plan& plan, const Request& request) {
  const auto failed = [&](base::Code code, const char* detail) {
    return problem({code, detail}, request.correlation_id);
  };
  try {
    auto result = plan.entry->route.handler(request);
    return result ? std::move(*result) : problem(result.error(), request.correlation_id);
  } catch (const base::Bug& bug) {
    metrics_.bugs.Increment();
    log_.write(base::LogLevel::error, "bug", request.correlation_id, {{"what", bug.what()}});
    return failed(base::Code::internal, "This is our mistake. Tell us the request id below.");
  } catch (const std::runtime_error& error) {  // The environment: database, disk, time.
    metrics_.failures.Increment();
    log_.write(base::LogLevel::error, "request failed", request.correlation_id, {{"what", error.what()}});
    return failed(base::Code::unavailable, "This did not work just now. Try again in a moment.");
  } catch (const std::exception& error) {
    metrics_.bugs.Increment();
    log_.write(base::LogLevel::error, "unexpected exception", request.correlation_id, {{"what", error.what()}});
    return failed(base::Code::internal, "This is our mistake. Tell us the request id below.");
  }
}

std::optional<Response> Site::from_memory(Plan& plan, const Request& request) {
  if (!plan.entry->route.from_memory) return std::nullopt;
  try {
    auto response = plan.entry->route.from_memory(request);
    return response ? std::optional(finished(plan, request, std::move(*response))) : std::nullopt;
  } catch (const std::exception& error) {  // The worker meets it again, and says so to whoever asked.
    log_.write(base::LogLevel::error, "not answered from memory", request.correlation_id, {{"what", error.what()}});
    return std::nullopt;
  }
}

Response Site::run(Plan& plan, const Request& request) {
  return finished(plan, request, plan.answer ? std::move(*plan.answer) : handled(plan, request));
}

Response Site::finished(const Plan& plan, const Request& request, Response response) const {
  if (plan.limit.limit > 0) {
    response.set("RateLimit-Limit", std::to_string(plan.limit.limit));
    response.set("RateLimit-Remaining", std::to_string(plan.limit.remaining));
    response.set("RateLimit-Reset", std::to_string(plan.limit.reset.count()));
  }
  dress(request, response);
  return response;
}

Response Site::refusal(const base::Error& error, const Request& request) {
  auto response = problem(error, request.correlation_id);
  dress(request, response);
  return response;
}

void Site::dress(const Request& request, Response& response) const {
  const auto tag = response.header("ETag");
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (reading && response.status == 200 && !tag.empty() && none_match(request.header("if-none-match"), tag)) {
    response.status = 304;
    response.body.clear();
    response.shared_body.reset();
    response.content_type.clear();
  }
  if (response.compress == Compress::yes && compressible(response.content_type)) {
    response.set("Vary", "Accept-Encoding");
    if (response.content().size() >= min_bytes_to_compress &&
        accepts_coding(request.header("accept-encoding"), "gzip")) {
      response.body = gzip(response.content());
      response.shared_body.reset();
      response.set("Content-Encoding", "gzip");
    }
  }
  // A service worker fetches by the policy that its own script came with.
  const bool page =
      response.content_type.starts_with("text/html") || response.content_type.starts_with("text/javascript");
  response.set("Content-Security-Policy", page ? page_policy_ : std::string(api_policy));
  for (const auto& header : common_headers_) response.headers.push_back(header);
  if (response.header("Cache-Control").empty()) response.set("Cache-Control", "no-store");
  if (!options_.cors_origins.empty()) response.set("Vary", "Origin");
  if (const auto origin = request.header("origin"); allowed_origin(origin)) {
    response.set("Access-Control-Allow-Origin", std::string(origin));
    response.set("Access-Control-Expose-Headers", "ETag, Idempotency-Replayed, Location, Retry-After, X-Request-Id");
  }
  response.set("X-Request-Id", request.correlation_id);
}

void Site::record(const Plan& plan, const Request& request, const Response& response, Clock::duration took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const bool page = plan.entry == nullptr && response.status < 400;
  auto& histograms = plan.entry ? *plan.entry->metrics : page ? *page_metrics_ : *other_metrics_;
  histograms.observe(response.status, seconds);
  if (!log_.wants(base::LogLevel::info)) return;
  std::string_view pattern = page ? "(page)" : "(none)";
  if (plan.entry) pattern = plan.entry->route.pattern;
  log_.write(base::LogLevel::info, "request", request.correlation_id,
             {{"method", plan.entry || page ? request.method : "-"},
              {"route", pattern},
              {"status", response.status},
              {"ms", seconds * 1000},
              {"bytes", response.content().size()}});
}

}  // namespace http
