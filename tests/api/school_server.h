/// The school of tests/store/school.h behind the real server. Whoever "signs in" here says who they are: "learner 1",
/// "instructor 2", "office", "admin", "guardian" (of learner 1), or "stranger": the admin of another school.
/// "guardian for 2001" acts in the name of the one with this id.
#pragma once

#include "api/client.h"
#include "api/contract.h"
#include "auth/api_keys.h"
#include "auth/providers.h"
#include "http/api.h"
#include "http/live.h"
#include "http/server.h"
#include "jobs/follow.h"
#include "store/school.h"

namespace api {

class SchoolServer {
 public:
  /// `settings` name the providers of identities.
  explicit SchoolServer(const testing_support::SchoolOptions& options = {}, const base::Config& settings = {},
                        const net::HttpOptions& calls = {.plain_on_this_machine = true})
      : school(options), providers(settings, base::Key(base::sha256(base::bytes_of("cookies"))), calls) {
    clock_now = school.now;
    follower.start({.moved =
                        [this](const auto& touched) {
                          school.cache.committed(touched);
                          sessions.committed(touched);
                        },
                    .ordered = [this](const auto& touched) { live.committed(touched); },
                    .lost = [] { ADD_FAILURE() << "nothing was missed"; },
                    .report =
                        [this](const std::string& failure) {
                          if (!database_away) ADD_FAILURE() << failure;
                        }});
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

  std::atomic<bool> database_away{false};  ///< Then nobody can follow it.

  /// Time stands still until somebody moves it.
  static inline std::atomic<base::Instant> clock_now{};

  Client client() const { return Client(server.port()); }
  static Headers as(const std::string& who, const Headers& more = {}) {
    Headers headers = {{"Authorization", "Bearer " + who}};
    if (const auto at = who.find(" for "); at != std::string::npos)
      headers = {{"Authorization", "Bearer " + who.substr(0, at)},
                 {"Acting-For", base::to_text(std::stoll(who.substr(at + 5)))}};
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
  /// "guardian", of learner 1, and an admin who acts in learner 1's name.
  void add_guardian() {
    school.execute("insert into people (school_id, id, role, version, created_at) values (1, 6001, 'guardian', 1, 0)");
    school.execute(
        "insert into guardianships (school_id, guardian_id, learner_id, id, created_at) values (1, 6001, 2001, 7201, "
        "0)");
    school.execute(
        "insert into impersonations (school_id, id, admin_id, person_id, reason_id, started_at, expires_at)"
        " values (1, 7301, 4002, 2001, 7302, 0, 4000000000)");
  }
  /// Learner 1 asks what there is of them, without words and without mail.
  void add_data_request() {
    school.execute(
        "insert into data_requests (school_id, id, person_id, data_right, received_on, due_on, filed_by, filed_at,"
        " version) values (1, 7401, 2001, 'access', '2026-02-20', '2026-03-20', 2001, 0, 1)");
  }
  /// As an admin does, but for the first time and without being asked.
  void publish(const std::string& kind, const std::string& text) {
    school.execute("insert into policies (school_id, kind, version, text, published_at) values (1, '" + kind +
                   "', 1, '" + text + "', 0)");
  }
  /// The one that "stranger" runs.
  void add_second_school() {
    const auto done = school.database.transact<int>({2}, [&](store::Transaction& tx) -> base::Result<int> {
      tx.run(
          "insert into schools (school_id, slug, name, zone, currency, approval, version, created_at)"
          " values (2, 'second', 'Second School', 'Europe/London', 'GBP', 0, 1, 0)");
      tx.run("insert into people (school_id, id, role, version, created_at) values (2, 9002, 'admin', 1, 0)");
      const store::Author author{.school = {2}, .correlation_id = "seed", .now = {}, .quiet = true};
      store::put_lesson(tx, author,
                        {.rules = {.id = {9501}, .length = domain::Minutes{60}, .step = domain::Minutes{15}},
                         .name = "Their lesson",
                         .price = {100, "GBP"},
                         .version = 1});
      return 0;
    });
    EXPECT_TRUE(done);
  }
  Answer book(const std::string& who, const boost::json::object& body, std::string key = "") {
    if (key.empty()) key = "key-" + std::to_string(++keys);
    return send(who, "POST", "/api/v1/calendar/bookings", body, {{"Idempotency-Key", key}});
  }

  testing_support::TestSchool school;
  observe::Metrics metrics;
  std::string lines;
  observe::Log log{base::LogLevel::info, [this](std::string_view text) {
                     EXPECT_EQ(text.find("not answered from memory"), text.npos) << text;
                     lines += text;
                   }};
  store::People people{school.keys};
  auth::PasswordHasher passwords{{.passes = 1, .memory_bytes = 8192 * 8}};
  auth::Throttle throttle, mail_throttle{auth::mail_limits};
  auth::SecondStep second_step{{{"test", base::Secret(std::string(32, 'j'))}}};
  auth::Sessions sessions{
      school.database, {{"test", base::Secret(std::string(32, 'j'))}}, "http://school.test", school.now};
  auth::ApiKeys api_keys{school.database};
  http::Live live;
  actions::Trail trail{school.context(), [this](const std::string& failure) {
                         if (!database_away) ADD_FAILURE() << failure;
                       }};
  const auth::Providers providers;
  http::App app{.context = school.context(),
                .identity = {school.context(), people, passwords, sessions, throttle, mail_throttle,
                             "http://school.test", second_step},
                .providers = providers,
                .trail = trail,
                .transport = auth::Transport::http,
                .log = log,
                .metrics = metrics,
                .health = {},
                .live = &live,
                .body_hash_key = base::Key::random(),
                .authenticate = [this](auto token, auto now) { return principal(token, now); },
                .recognise = [this](auto token, auto now) { return recognised(token, now); }};
  http::Site site{{.rate_limits = {0, std::chrono::seconds{1}, 0, 0}, .clock = [] { return clock_now.load(); }},
                  http::api_routes(app),
                  {},
                  {},
                  log,
                  metrics};
  http::Server server{{}, site};
  jobs::Follower follower{school.context(), testing_support::past_pooler(school.database_at)};
  std::atomic<int> keys = 0;

 private:
  static inline std::mutex seen_mutex_;
  static inline std::set<std::string> seen_;

  static const Contract& contract() {
    static const Contract loaded;
    return loaded;
  }
  base::Result<auth::Principal> principal(std::string_view token, base::Instant now) {
    if (token.starts_with(auth::api_key_prefix)) return api_keys.authenticate(token, now);
    if (token.size() > 100) return sessions.authenticate(token, now);
    const auto number = token.back() - '0';
    if (token.starts_with("learner")) return school.learner(number).principal;
    if (token.starts_with("instructor")) return school.instructor(number).principal;
    if (token == "guardian") return school.caller(6001, auth::Role::guardian).principal;
    if (token == "office") return school.office().principal;
    if (token == "admin") return school.caller(4002, auth::Role::admin).principal;
    if (token == "enrolling")
      return auth::Principal{.school = {1}, .person = {4002}, .role = auth::Role::admin, .must_enrol = true};
    if (token == "stranger") return auth::Principal{{2}, {9002}, auth::Role::admin};
    return base::refuse(base::Code::unauthenticated, "Sign in again.");
  }
  /// Without the database.
  std::optional<auth::Principal> recognised(std::string_view token, base::Instant now) {
    if (token.starts_with(auth::api_key_prefix)) return api_keys.known(token);
    const auto known = principal(token, now);
    return known ? std::optional(*known) : std::nullopt;
  }
};

}  // namespace api
