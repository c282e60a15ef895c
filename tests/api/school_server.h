/// The school of tests/store/school.h behind the real server. Whoever "signs in" here says who they are: "learner 1",
/// "instructor 2", "office", "admin".
#pragma once

#include "api/client.h"
#include "api/contract.h"
#include "http/api.h"
#include "http/live.h"
#include "http/server.h"
#include "store/school.h"

namespace api {

class SchoolServer {
 public:
  explicit SchoolServer(const testing_support::SchoolOptions& options = {}) : school(options) {
    clock_now = school.now;
    school.database.on_commit([this](const auto& touched) {
      school.cache.committed(touched);
      live.committed(touched);
    });
    server.start();
  }
  ~SchoolServer() {
    server.stop();
    EXPECT_NE(metrics.text().find("roadbook_bugs_total 0\n"), std::string::npos);
  }

  /// What was answered so far by any of these servers: "GET /api/v1/me 200".
  static const std::set<std::string>& seen() { return seen_; }

  void note_seen(const std::string& status) {
    const std::lock_guard lock(seen_mutex_);
    seen_.insert(status);
  }

  /// Time stands still until somebody moves it.
  static inline std::atomic<base::Instant> clock_now{};

  Client client() const { return Client(server.port()); }
  static Headers as(const std::string& who, const Headers& more = {}) {
    Headers headers = {{"Authorization", "Bearer " + who}};
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  }
  /// Every answer is held against the description.
  Answer ask(const std::string& method, const std::string& target, const Headers& headers,
             const std::string& body = "") {
    auto answer = client().request(method, target, headers, body);
    const auto operation = contract().operation_of(method, target);
    if (operation.empty()) return answer;
    note_seen(operation + " " + std::to_string(answer.status));
    EXPECT_EQ(contract().fault(operation, answer.status, answer.body), "") << operation << " " << answer.body;
    return answer;
  }
  Answer get(const std::string& who, const std::string& target) { return ask("GET", target, as(who)); }
  Answer send(const std::string& who, const std::string& method, const std::string& target,
              const boost::json::value& body, const Headers& headers = {}) {
    return ask(method, target, as(who, headers), body.is_null() ? "" : boost::json::serialize(body));
  }
  /// A lesson of type 5001 at this wall time of London with instructor 1.
  boost::json::object lesson(const std::string& wall) const {
    return {{"lesson_type_id", base::to_text(school.type)},
            {"start", base::to_text(school.time(wall))},
            {"instructor_id", base::to_text(std::int64_t{1001})}};
  }
  Answer book(const std::string& who, const boost::json::object& body, std::string key = "") {
    if (key.empty()) key = "key-" + std::to_string(++keys);
    return send(who, "POST", "/api/v1/calendar/bookings", body, {{"Idempotency-Key", key}});
  }

  testing_support::TestSchool school;
  observe::Metrics metrics;
  std::string lines;
  observe::Log log{base::LogLevel::info, [this](std::string_view text) { lines += text; }};
  store::People people{school.keys};
  auth::PasswordHasher passwords{{.passes = 1, .memory_bytes = 8192 * 8}};
  auth::Throttle throttle;
  auth::Sessions sessions{
      school.database, {{"test", base::Secret(std::string(32, 'j'))}}, "http://school.test", school.now};
  http::Live live;
  http::App app{.context = school.context(),
                .identity = {school.context(), people, passwords, sessions, throttle, "http://school.test"},
                .transport = auth::Transport::http,
                .log = log,
                .metrics = metrics,
                .health = {},
                .live = &live,
                .body_hash_key = base::Key::random(),
                .authenticate = [this](auto token, auto now) { return principal(token, now); }};
  http::Site site{{.rate_limits = {0, std::chrono::seconds{1}, 0, 0}, .clock = [] { return clock_now.load(); }},
                  http::api_routes(app),
                  {},
                  {},
                  log,
                  metrics};
  http::Server server{{}, site};
  std::atomic<int> keys = 0;

 private:
  static inline std::mutex seen_mutex_;
  static inline std::set<std::string> seen_;

  static const Contract& contract() {
    static const Contract loaded;
    return loaded;
  }
  base::Result<auth::Principal> principal(std::string_view token, base::Instant now) {
    if (token.size() > 100) return sessions.authenticate(token, now);
    const auto number = token.back() - '0';
    if (token.starts_with("learner")) return school.learner(number).principal;
    if (token.starts_with("instructor")) return school.instructor(number).principal;
    if (token == "office") return school.office().principal;
    if (token == "admin") return school.caller(4002, auth::Role::admin).principal;
    return base::refuse(base::Code::unauthenticated, "Sign in again.");
  }
};

}  // namespace api
