// No statement reads a table from its beginning to its end that grows with the years. Every operation is asked for in a
// school with 20,000 past lessons, and the engine's plan of each statement is read.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <algorithm>

#include <fstream>
#include <regex>

#include "actions/housekeeping.h"
#include "api/guest.h"
#include "api/operations.h"
#include "api/stand_in.h"
#include "jobs/worker.h"
#include "prove/history.h"
#include "prove/tables.h"

namespace plans_test {

using testing_support::postgres_url;

/// A handful of rows a school, however old it is, and what is emptied as it fills.
const std::set<std::string> small = {"schools",
                                     "lesson_types",
                                     "vehicles",
                                     "hours",
                                     "closures",
                                     "constraints",
                                     "dispatch_cursor",
                                     "event_cursor",
                                     "event_inbox",
                                     "migrations",
                                     "audit_chain",
                                     "exports",
                                     "guardian_consent_texts",
                                     "policies",
                                     "retention",
                                     "legal_holds"};
/// Statements that answer with everybody in a school, whichever way they are read, as that is what was asked for; one
/// that ends after so many rows, of which the planner knows that it will not have to look for them; one that looks once
/// an hour at what is kept for an hour; and who stays away is looked for among everybody, where a school wants it.
const std::set<std::string> exempt = {
    "select id, active, version, sealed from people where school_id = $1 and role = $2 and erased_at is null order by"
    " id",
    "select email_hash from people where school_id = $1 and email_hash is not null",
    "select count(*) from (select 1 from bookings where school_id = $1 and lesson_type_id = $2 limit 1000) counted",
    "select id, id from people where school_id = $1 and role = 'learner' and erased_at is null and created_at < "
    "$2 and (select 1 from bookings where bookings.school_id = $1 and learner_id = people.id and starts_at > $2 "
    "- 86400 and ends_at >= $2 limit 1) is null and (select 1 from sessions where sessions.school_id = $1 and "
    "sessions.person_id = people.id and used_at >= $2 limit 1) is null and (select 1 from data_requests where "
    "data_requests.school_id = $1 and data_requests.person_id = people.id and closed_at is null limit 1) is null "
    "and not exists (select 1 from legal_holds where legal_holds.school_id = $1 and legal_holds.person_id = "
    "people.id) order by created_at limit $3",
    "select id, id from people where school_id = $1 and role = 'learner' and erased_at is null and created_at < "
    "$2 and (select 1 from bookings where bookings.school_id = $1 and learner_id = people.id and starts_at > $2 "
    "- 86400 and ends_at >= $2 limit 1) is null and (select 1 from sessions where sessions.school_id = $1 and "
    "sessions.person_id = people.id and used_at >= $2 limit 1) is null and (select 1 from data_requests where "
    "data_requests.school_id = $1 and data_requests.person_id = people.id and closed_at is null limit 1) is null "
    "and  exists (select 1 from legal_holds where legal_holds.school_id = $1 and legal_holds.person_id = "
    "people.id) order by created_at limit $3",
    "delete from signals where position in (select position from signals where at < $1 order by position limit $2)"};

/// SQLite: the text of each statement that any connection of this process begins.
class Statements {
 public:
  static int watch(sqlite3* database, char**, const sqlite3_api_routines*) {
    const auto tell = [](unsigned, void*, void* statement, void*) {
      const std::lock_guard lock(mutex_);
      if (watching_) seen_.insert(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
      return 0;
    };
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, tell, nullptr);
  }
  static void begin() {
    const std::lock_guard lock(mutex_);
    watching_ = true;
  }
  static std::set<std::string> end() {
    const std::lock_guard lock(mutex_);
    watching_ = false;
    return std::move(seen_);
  }

 private:
  static inline std::mutex mutex_;
  static inline bool watching_ = false;
  static inline std::set<std::string> seen_;
};

/// As sqlite3_auto_extension() takes it, which knows better what its parameters are.
const auto watch = reinterpret_cast<void (*)()>(&Statements::watch);

/// A fresh database, whose connections tell how they are answered.
std::string watched_database() {
  if (postgres_url().empty()) {
    sqlite3_auto_extension(watch);
    return "";
  }
  auto address = testing_support::fresh_postgres();
  const auto name = address.substr(address.rfind('/') + 1);
  const auto setting = "alter role roadbook in database " + name + " set ";
  store::PostgresConnection(testing_support::as_owner(address),
                            std::chrono::steady_clock::now() + std::chrono::minutes{1})
      .execute(setting + "session_preload_libraries = 'auto_explain'; " + setting +
               "auto_explain.log_min_duration = 0; " + setting + "auto_explain.log_nested_statements = on");
  return address;
}

class Plans : public api::EveryOperation {
 protected:
  Plans() : EveryOperation({.instructors = 20, .learners = 400, .vehicles = 20, .database = watched_database()}) {
    store::Database as_owner({.path = testing_support::as_owner(world.school.database_at),
                              .exclusive = false,
                              .patience = std::chrono::minutes{1}});  // Years in a few transactions.
    prove::add_history(as_owner, world.school.school, 20'000, world.school.now);
    if (!postgres_url().empty()) fillers.emplace_back("insert into signals (school_id, signal) select 1, '' from n");
    fillers.push_back("insert into documents select 1, i, 100000 + i, 'permit', 'image/png', 1, " + hash +
                      ", null, 1, 0 from n");
    world.school.execute_as_owner("delete from jobs");  // Of lessons that are long over: who was there made them then.
    for (const auto& rows : fillers) world.school.execute_as_owner(many + rows);
    if (!postgres_url().empty()) world.school.execute_as_owner("analyze");  // SQLite plans without, as it does in life.
  }
  void TearDown() override {
    if (postgres_url().empty()) sqlite3_cancel_auto_extension(watch);
  }

  const std::string hash = postgres_url().empty() ? "cast(i as blob)" : "int8send(i)";
  /// As if years had left them: what history does not make by itself.
  const std::string many = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000) ";
  std::vector<std::string> fillers = {
      "insert into people (school_id, id, role, version, created_at) select 1, 100000 + i, 'learner', 1, 0 from n",
      "insert into calendars (school_id, kind, id, version) select 1, 'learner', 100000 + i, 1 from n",
      "insert into passwords (school_id, person_id, hash, changed_at) select 1, 100000 + i, 'x', 0 from n",
      "insert into sessions (school_id, id, person_id, refresh_hash, created_at, used_at, expires_at, ended_at) select"
      " 1, i, 100000 + i, " +
          hash + ", 0, 0, 4000000000, case when i % 2 = 0 then 4000000000 end from n",
      "insert into one_time_tokens (school_id, hash, person_id, purpose, expires_at) select 1, " + hash +
          ", 100000 + i, 'welcome', 0 from n",
      "insert into email_proofs (school_id, person_id, purpose, email_hash, sealed, token_hash, expires_at) select 1,"
      " 100000 + i, 'change', " +
          hash + ", " + hash + ", " + hash + ", 4000000000 from n",
      "insert into api_keys (school_id, id, person_id, name, token_hash, scopes, created_at, expires_at) select 1, i,"
      " 100000 + i, 'x', " +
          hash + ", 'audit:read', 0, 4000000000 from n",
      "insert into totp (school_id, person_id, sealed) select 1, 100000 + i, " + hash + " from n",
      "insert into backup_codes (school_id, person_id, hash) select 1, 100000 + i, " + hash + " from n",
      "insert into passkeys (school_id, id, person_id, credential_id, algorithm, public_key, sign_count, sealed,"
      " created_at) select 1, i, 100000 + i, " +
          hash + ", -7, " + hash + ", 0, " + hash + ", 0 from n",
      "insert into spent_challenges (school_id, hash, expires_at) select 1, " + hash + ", 4000000000 from n",
      "insert into identities (school_id, id, person_id, provider, subject_hash, created_at) select 1, i, 100000 + i,"
      " 'oidc', " +
          hash + ", 0 from n",
      "insert into spent_states (school_id, hash, expires_at) select 1, " + hash + ", 4000000000 from n",
      "insert into places (school_id, id, person_id, created_at) select 1, i, 100000 + i, 0 from n",
      "insert into texts (school_id, id, person_id, created_at) select 1, i, 100000 + i, 0 from n",
      "insert into feeds (school_id, person_id, token_hash, created_at) select 1, 100000 + i, " + hash + ", 0 from n",
      "insert into idempotency (school_id, principal, route, key, body_hash, status, resource_id, at) select 1, i, 'r',"
      " 'k', " +
          hash + ", 201, i, 4000000000 from n",
      "insert into notices (school_id, booking_id, person_id, version) select 1, i, i, 1 from n",
      "insert into jobs (school_id, id, kind, booking_id, person_id, due_at, created_at, dead) " +
          std::string("select 1, i, 'notice', i, i, 4000000000, 0, case when i % 50 = 0 then 1 else 0 end from n"),
      "insert into audit (school_id, id, at, action, actor, whose, what, network, address_hash, correlation_id,"
      " chain_hash) select 1, i, 4000000000, 'seen', 4001 + i % 20, '0000000000001', '', '', '', '', " +
          hash + " from n",
      "insert into time_off (school_id, id, instructor_id, starts_at, ends_at, version) select 1, i, 1001 + i % 20,"
      " i * 3600, i * 3600 + 300, 1 from n",
      "insert into guardianships (school_id, guardian_id, learner_id, id, created_at) select 1, 100000 + i, 120001 - i,"
      " i, 0 from n",
      "insert into guardian_consents (school_id, id, learner_id, guardian_id, text_version, given_at) select 1, i,"
      " 100000 + i, 120001 - i, 1, 0 from n",
      "insert into impersonations (school_id, id, admin_id, person_id, reason_id, started_at, expires_at) select 1,"
      " 100000 + i, 4002, 100000 + i, i, 4000000000, 0 from n",
      "insert into guest_holds (school_id, booking_id, token_hash, source_hash, place, expires_at, person_id) select 1,"
      " 100000 + i, " +
          hash + ", " + hash + ", 1, 4000000000, 100000 + i from n",
      "insert into guest_links (school_id, token_hash, booking_id, person_id, expires_at) select 1, " + hash +
          ", 100000 + i, 100000 + i, 4000000000 from n",
      "insert into agreements (school_id, id, person_id, kind, version, given, at) select 1, i, 100000 + i, 'photos', "
      "1,"
      " 1, 0 from n",
      "insert into data_requests (school_id, id, person_id, data_right, received_on, due_on, filed_by, filed_at,"
      " closed_at, outcome, version) select 1, 100000 + i, 100000 + i, 'access', '2026-01-01', '2026-02-01', 4001, 0,"
      " 4000000000, 'done', 1 from n",
      "insert into busy (school_id, instructor_id, id, starts_at, ends_at) select 1, 1001 + i % 20, i, i * 3600,"
      " i * 3600 + 300 from n",
      "insert into connections (school_id, id, person_id, provider, subject_hash, sealed, scopes, detail, tentative,"
      " state, connected_at, version) select 1, 100000 + i, 100000 + i, 'google', " +
          hash + ", " + hash + ", '', 'lesson', 1, 'connected', 0, 1 from n",
      "insert into outside_calendars (school_id, id, connection_id, person_id, remote_hash, sealed, blocks, shows)"
      " select 1, 100000 + i, 100000 + i, 100000 + i, " +
          hash + ", " + hash + ", 1, 0 from n",
      "insert into calendar_turns (school_id, calendar_id, due_at) select 1, 100000 + i, 4000000000 from n",
      "insert into outside_events (school_id, calendar_id, event_id, state) select 1, 100001 + i % 20, i, '{}' from n",
      "insert into shown_lessons (school_id, booking_id, calendar_id, person_id, event_id, generation, etag, print,"
      " human) select 1, 100000 + i, 100001 + i % 20, 100001 + i % 20, i, 0, '', '', 0 from n",
      "insert into conflicts (school_id, id, booking_id, calendar_id, person_id, booking_version, rules, created_at)"
      " select 1, 100000 + i, 100000 + i, 100000 + i, 100000 + i, 1, '', 0 from n"};

  std::string queried(const std::string& operation) const {
    const auto type = "lesson_type_id=" + base::to_text(world.school.type);
    const std::string days = "&from=2026-03-02&to=2026-03-09";
    if (operation.ends_with("/guest/lesson/availability")) return "?" + days.substr(1);
    if (operation.ends_with("availability")) return "?" + type + days;
    if (operation.ends_with("/explain")) return "?" + type + "&start=2026-03-04T10:00:00Z";
    if (operation.ends_with("/working-time") || operation.ends_with("/busy")) return "?" + days.substr(1);
    if (is_upload(operation)) return "?kind=permit";
    if (operation.ends_with("/retention/preview")) return "?text_months=1&document_months=1&learner_months=1";
    if (operation.ends_with(" /api/v1/places")) return "?learner_id=" + base::to_text(std::int64_t{2001});
    return "";
  }
  void walk() {
    std::vector<std::string> operations;
    for (const auto& [operation, parameters] : contract.operations()) operations.push_back(operation);
    std::stable_partition(operations.begin(), operations.end(),
                          [](const auto& each) { return each.starts_with("GET"); });
    std::stable_partition(operations.begin(), operations.end(),
                          [](const auto& each) { return !each.starts_with("DELETE"); });
    for (const auto& operation : operations)
      for (const auto* who : {"learner 1", "instructor 1", "admin", "guardian for 2001", "guardian"}) {
        if (operation.ends_with("/calendar/live")) continue;  // Does not end, and reads nothing.
        if (operation == "DELETE /api/v1/calendar/holds/{id}" && who[0] != 'l') continue;  // It is theirs.
        auto headers = right_for(operation, who);
        const bool table = operation.ends_with("/imports");
        if (table) headers.emplace_back("Content-Type", "text/csv");
        if (is_upload(operation)) headers.emplace_back("Content-Type", "application/pdf");
        const auto answer = world.ask(method_of(operation), path_of(operation) + queried(operation), headers,
                                      is_upload(operation) ? pdf
                                      : table              ? "name,email\nAda Lovelace,ada@example.com\n"
                                                           : body_of(operation));
        EXPECT_LT(answer.status, 500) << operation << " " << answer.body;
        if (answer.status < 300) answered.insert(operation);
      }
  }
  /// What the walk is refused, since there are lessons, or somebody was there before it.
  void live() {
    for (const std::string group : {"instructors", "learners", "users"}) {
      auto person = bodies.at("POST /api/v1/" + group);
      person["email"] = group + "@example.com";
      const auto path = "/api/v1/" + group + "/" + made("/" + group, person);
      EXPECT_EQ(world.send("admin", "PATCH", path, {{"name", "Renamed"}}, {{"If-Match", "\"1\""}}).status, 200);
      EXPECT_EQ(world.send("admin", "DELETE", path, nullptr, {{"If-Match", "\"2\""}}).status, 204);
    }
    for (const std::string group : {"instructors", "learners"}) {
      auto person = bodies.at("POST /api/v1/" + group);
      person["email"] = "erased@example.com";
      const auto id = made("/" + group, person);
      EXPECT_EQ(world.send("office", "POST", "/api/v1/people/" + id + "/erasure", nullptr).status, 204);
    }
    for (const std::string kind : {"vehicles", "lesson-types"}) {
      const auto path = "/api/v1/" + kind + "/" + made("/" + kind, bodies.at("POST /api/v1/" + kind));
      EXPECT_EQ(world.send("admin", "DELETE", path, nullptr, {{"If-Match", "\"1\""}}).status, 204);
    }
    const auto booked = world.book("learner 2", world.lesson("2026-03-05T12:00"));
    const auto path = "/api/v1/calendar/bookings/" + id_of(booked);
    const boost::json::object later = {{"start", base::to_text(world.school.time("2026-03-05T14:00"))}};
    EXPECT_EQ(world.send("office", "PATCH", path, later, {{"If-Match", "\"1\""}}).status, 200);
    EXPECT_EQ(world.send("office", "POST", path + "/cancellation", nullptr, {{"If-Match", "\"2\""}}).status, 200);
    EXPECT_EQ(world.send("office", "POST", path + "/undo", nullptr, {{"If-Match", "\"3\""}}).status, 200);
    world.school.execute("update schools set guardian_consent_required = 1");
    EXPECT_EQ(world.get("guardian", "/api/v1/me/children").status, 200);
    EXPECT_EQ(world.get("learner 1", "/api/v1/me/representatives").status, 200);
    api::Guest guest(world);
    guest.has_lesson("2026-03-05T16:00", 1003);
    EXPECT_EQ(guest
                  .send("PATCH", "/lesson", {{"start", base::to_text(world.school.time("2026-03-05T10:00"))}},
                        guest.send("GET", "/lesson").header("etag"))
                  .status,
              200);
    auto anybody = world.lesson("2026-03-06T12:00");
    anybody.erase("instructor_id");
    EXPECT_EQ(world.book("learner 3", anybody).status, 201);
  }
  void ask_for_lists() {
    const auto id = [](std::int64_t number) { return base::to_text(number); };
    for (const auto& query : std::vector<std::string>{
             "from=2026-02-01&to=2026-02-08", "status=delivered", "instructor_id=" + id(1001), "learner_id=" + id(2001),
             "instructor_id=" + id(1001) + "&learner_id=" + id(2001) + "&from=2025-12-01"})
      EXPECT_EQ(world.get("office", "/api/v1/calendar/bookings?" + query).status, 200);
    const auto who = "who=" + id(4002);
    for (const auto& query :
         std::vector<std::string>{"/people?" + who, "/people?" + who + "&from=2026-02-01", ".csv?action=refused",
                                  "?" + who, "?whose=" + id(2001), "?action=refused", "?from=2026-02-01&to=2026-03-01"})
      EXPECT_EQ(world.get("admin", "/api/v1/audit" + query).status, 200) << query;
    for (const auto* list : {"jobs?state=dead", "jobs?state=waiting", "learners"})
      EXPECT_EQ(world.get("office", "/api/v1/" + std::string(list)).status, 200);
    EXPECT_EQ(world.get("instructor 1", "/api/v1/learners").status, 200);
    const auto feed = world.send("learner 1", "PUT", "/api/v1/me/feed", nullptr);
    const auto url = std::string(feed.json().at("url").as_string());
    EXPECT_EQ(world.get("learner 1", url.substr(url.find("/feeds/"))).status, 200);
    const boost::json::object login = {{"email", "nobody@example.com"}, {"password", "wrong password"}};
    EXPECT_EQ(world.send("", "POST", "/api/v1/auth/login", login).status, 401);
    const auto now = base::to_seconds(world.school.now);
    const auto token = api::hs256(std::string(32, 's'), {{"alg", "HS256"}},
                                  {{"iss", "http://127.0.0.1:1/auth/v1"},
                                   {"aud", "authenticated"},
                                   {"sub", "nobody"},
                                   {"email", "nobody@example.com"},
                                   {"email_verified", true},
                                   {"iat", now},
                                   {"exp", now + 60}});
    EXPECT_EQ(world.send("", "POST", "/api/v1/auth/supabase", {{"access_token", token}}).status, 401);
  }
  void work() {
    const auto context = world.school.context();
    const auto now = world.school.now + std::chrono::days{2};
    (void)actions::keep_house(context, now);
    (void)actions::clear_out(context, now);
    jobs::dispatch(context);
    const jobs::Office office{.context = context,
                              .people = world.people,
                              .deliver =
                                  [](const net::Mail&) {
                                    return net::SendingResult{net::Sending::sent, ""};
                                  },
                              .from = {"", "lessons@school.test"},
                              .public_url = "http://school.test",
                              .report = [](const std::string& failure) { ADD_FAILURE() << failure; }};
    EXPECT_GT(jobs::run_due(office, now, 5), 0);
  }
  /// The plans that read a whole table which is not exempt, with the statements whose they are.
  std::set<std::string> whole_tables_of_sqlite(const std::set<std::string>& statements) {
    std::set<std::string> found;
    prove::Tables file(world.school.database_at);
    static const std::regex scan(R"(SCAN (\w+).*)");
    static const std::set<std::string> no_tables = {"CONSTANT", "json_each", "counted", "own"};
    const auto is_small = [](const std::string& name, const std::string& statement) {
      const auto called = [&](const std::string& table) {
        return statement.find(table + " " + name) != std::string::npos;
      };
      return small.contains(name) || std::ranges::any_of(small, called);
    };
    for (const auto& statement : statements) {
      static const std::regex plain("^(with|select|insert|update|delete) "), of_keys("_keys|keys_");
      if (!std::regex_search(statement, plain) || std::regex_search(statement, of_keys)) continue;
      if (exempt.contains(std::regex_replace(statement, std::regex(R"(\?(\d))"), "$$$1"))) continue;
      file.each("explain query plan " + statement, [&](const auto& values) {
        // Everybody's lessons of years, where those of one person were asked for.
        static const std::regex of_somebody(" and (learner|instructor)_id = ");
        if (values.at(3).find("bookings_list") != std::string::npos && std::regex_search(statement, of_somebody))
          found.insert(values.at(3) + " in: " + statement);
        std::smatch match;
        if (std::regex_match(values.at(3), match, scan) && !is_small(match[1], statement) &&
            !no_tables.contains(match[1]))
          found.insert(values.at(3) + " in: " + statement);
      });
    }
    return found;
  }
  static std::set<std::string> whole_tables_of_postgres(std::istream& log) {
    std::set<std::string> found;
    static const std::regex scan(R"(^\s*(?:-> )?\s*Seq Scan on (\w+).*)");
    std::string statement;
    for (std::string line; std::getline(log, line);) {
      if (const auto at = line.find("Query Text: "); at != std::string::npos) statement = line.substr(at + 12);
      const auto plan = line.substr(0, 200);
      std::smatch match;
      if (std::regex_match(plan, match, scan) && !small.contains(match[1]) && !exempt.contains(statement))
        found.insert(plan + " in: " + statement);
    }
    return found;
  }

  std::set<std::string> answered;
};

TEST_F(Plans, NoStatementReadsATableThatGrowsFromItsBeginningToItsEnd) {
  const auto act = [&] {
    live();
    walk();
    ask_for_lists();
    work();
  };
  std::set<std::string> found;
  if (postgres_url().empty()) {
    Statements::begin();
    act();
    const auto statements = Statements::end();
    EXPECT_GT(statements.size(), 100);
    found = whole_tables_of_sqlite(statements);
  } else {
    const char* path = std::getenv("TEST_POSTGRES_LOG");
    ASSERT_NE(path, nullptr);
    std::ifstream log(path);
    log.seekg(0, std::ios::end);
    act();
    found = whole_tables_of_postgres(log);
  }
  for (const auto& each : found) ADD_FAILURE() << each;
  EXPECT_GT(answered.size(), contract.operations().size() / 2);
}

}  // namespace plans_test
