// API keys: in whose name, within which scopes, until when.
#include "actions/api_keys.h"

#include <gtest/gtest.h>

#include <thread>

#include "api/school_server.h"

namespace api_keys_test {

using api::SchoolServer;

class ApiKeys : public testing::Test {
 protected:
  ApiKeys() {
    const boost::json::object user{{"name", "Website"}, {"email", "robot@example.com"}, {"role", "office"}};
    EXPECT_EQ(world.send("admin", "POST", "/api/v1/users", user, {{"Idempotency-Key", "robot"}}).status, 201);
    lesson["learner_id"] = base::to_text(std::int64_t{2001});
  }
  base::Result<std::string> make(const std::string& scopes, const std::string& person = "robot@example.com",
                                 std::int64_t days = 1) {
    auto& school = world.school;
    return actions::make_api_key(school.database, world.people, school.school, {person, "Website", scopes, days},
                                 school.now);
  }
  api::Answer ask(const std::string& key, const std::string& method, const std::string& path,
                  const boost::json::object& body = {}) {
    const api::Headers headers{{"Idempotency-Key", "key-" + std::to_string(++world.keys)}, {"If-Match", "\"1\""}};
    return world.send(key, method, path, body.empty() ? boost::json::value() : boost::json::value(body), headers);
  }
  /// The status alone: that a key may be refused anywhere does not stand at each operation of the description.
  int refused(const std::string& key, const std::string& method, const std::string& path,
              const boost::json::object& body = {}) {
    const api::Headers headers{{"Authorization", "Bearer " + key}, {"Idempotency-Key", "x"}, {"If-Match", "\"1\""}};
    return world.client().request(method, path, headers, body.empty() ? "" : boost::json::serialize(body)).status;
  }
  int status(const std::string& key, const std::string& path = "/api/v1/lesson-types") {
    return ask(key, "GET", path).status;
  }
  std::int64_t deeds(const std::string& action) {
    return world.school.number("select count(*) from audit where action = '" + action + "'");
  }
  std::int64_t only_key() { return world.school.number("select id from api_keys"); }

  SchoolServer world;
  boost::json::object lesson = world.lesson("2026-03-04T10:00");
};

TEST_F(ApiKeys, MayDoWhatTheirScopesNameAndNothingElse) {
  const std::string all = "school:read,school:write,people:read,people:write,bookings:read,bookings:write,audit:read";
  const struct {
    const char *scope, *method, *path;
    boost::json::object body = {};
  } cases[] = {
      {"school:read", "GET", "/api/v1/instructors"},
      {"school:read", "GET", "/api/v1/school"},
      {"school:read", "GET", "/api/v1/constraints"},
      {"school:write", "POST", "/api/v1/closures", {{"name", "May"}, {"from", "2026-05-01"}, {"to", "2026-05-02"}}},
      {"people:read", "GET", "/api/v1/learners"},
      {"people:write", "POST", "/api/v1/learners", {{"name", "Alan"}, {"email", "alan@example.com"}}},
      {"bookings:read", "GET", "/api/v1/calendar/bookings?from=2026-03-02&to=2026-03-03"},
      {"bookings:write", "POST", "/api/v1/calendar/bookings", lesson},
  };
  for (const auto& [scope, method, path, body] : cases) {
    auto without = all;
    without.replace(without.find(scope), std::string(scope).size(), "audit:read");
    EXPECT_EQ(refused(make(without).value(), method, path, body), 403) << scope << " " << path;
    const auto allowed = ask(make(scope).value(), method, path, body);
    EXPECT_LT(allowed.status, 400) << scope << " " << path << " " << allowed.body;
  }
  const auto key = make(all).value();
  EXPECT_EQ(status(key, "/api/v1/audit"), 403) << "the office may not, nor its key";
  for (const auto* path : {"/api/v1/users", "/api/v1/jobs", "/api/v1/me/sessions", "/api/v1/me/feed",
                           "/api/v1/calendar/live", "/api/v1/learnersx"})
    EXPECT_GE(refused(key, "GET", path), 403) << path;
  for (const auto* path : {"/api/v1/school", "/api/v1/me/email", "/api/v1/me/password"})
    EXPECT_EQ(refused(key, path == std::string("/api/v1/school") ? "PATCH" : "POST", path, {{"name", "Mine"}}) / 100, 4)
        << path;
}

/// Whatever is added to the API is for people until somebody thinks of programs.
TEST_F(ApiKeys, WithoutScopesNothingIsAnswered) {
  const auto key = make("audit:read").value();
  world.school.execute("update api_keys set scopes = ''");
  for (const auto& route : http::api_routes(world.app)) {
    auto path = route.pattern;
    while (path.find('{') != std::string::npos)
      path.replace(path.find('{'), path.find('}') - path.find('{') + 1, base::to_text(std::int64_t{1}));
    const bool open = path.starts_with("/api/v1/auth/") || path.starts_with("/api/v1/schools/") ||
                      path.starts_with("/api/v1/guest/") || path.starts_with("/api/v1/calendar/webhooks/") ||
                      path.ends_with("/google/callback") || !path.starts_with("/api/v1/") || path == "/api/v1/me" ||
                      path == "/api/v1/openapi.json" || path == "/api/v1/exports";
    if (open) continue;
    EXPECT_EQ(refused(key, route.method, path), 403) << route.method << " " << path;
  }
}

TEST_F(ApiKeys, AskInTheNameOfAPerson) {
  const auto key = make("school:read,bookings:write").value();
  EXPECT_EQ(ask(key, "GET", "/api/v1/me").json().at("email"), "robot@example.com");
  ASSERT_EQ(ask(key, "POST", "/api/v1/calendar/bookings", lesson).status, 201);
  EXPECT_EQ(world.school.number("select count(*) from events e join api_keys k on e.actor = k.person_id"
                                " where e.type = 'booking_made'"),
            1);
  EXPECT_EQ(deeds("key_made"), 1);
  EXPECT_EQ(deeds("key_used"), 1) << "once an hour";
}

TEST_F(ApiKeys, AreRefusedOnceTheyEnd) {
  const auto key = make("school:read").value();
  ASSERT_EQ(status(key), 200);
  auto& school = world.school;
  ASSERT_TRUE(actions::end_api_key(school.database, school.school, only_key(), school.now));
  std::this_thread::sleep_for(std::chrono::milliseconds{1'050});
  EXPECT_TRUE(world.api_keys.known(key)) << "a program that asks now and then is counted by itself, too";
  EXPECT_EQ(status(key), 401);
  EXPECT_FALSE(world.api_keys.known(key));
  EXPECT_FALSE(actions::end_api_key(school.database, school.school, only_key(), school.now)) << "once";
  EXPECT_EQ(deeds("key_ended"), 1);
}

TEST_F(ApiKeys, EndWithTheirTimeAndWithTheirPerson) {
  const auto key = make("school:read").value();
  world.school.execute("update api_keys set expires_at = " + std::to_string(base::to_seconds(world.school.now)));
  EXPECT_EQ(status(key), 401);
  const auto other = make("school:read").value();
  EXPECT_EQ(status(other), 200);
  world.school.execute("update people set active = 0 where id = (select person_id from api_keys limit 1)");
  std::this_thread::sleep_for(std::chrono::milliseconds{1'050});
  EXPECT_EQ(status(other), 401);
}

TEST_F(ApiKeys, WhatIsNoneOfOursIsRefused) {
  const auto key = make("school:read").value();
  auto bytes = base::from_base64url(key.substr(4)).value();
  bytes[7] = 2;
  const auto elsewhere = "rbk_" + base::to_base64url(bytes);
  bytes[7] = 1;
  bytes.back() ^= 1;
  for (const auto& none : {elsewhere, "rbk_" + base::to_base64url(bytes), key.substr(4), std::string("rbk_"),
                           "rbk_" + std::string(2'000, 'A'), key + "A", "RBK_" + key.substr(4)})
    EXPECT_EQ(status(none), 401) << none;
  EXPECT_EQ(world.school.number("select count(*) from api_keys where token_hash is not null"), 1);
  EXPECT_EQ(status(key), 200);
}

TEST_F(ApiKeys, AreMadeForSomebodyWithScopesThatThereAre) {
  const auto pointer = [](const base::Result<std::string>& made) {
    return made ? "made" : made.error().fields.at(0).pointer;
  };
  for (const auto* scopes : {"", ",", "all", "bookings", "bookings:read,", "bookings:read,x", "*"})
    EXPECT_EQ(pointer(make(scopes)), std::string(scopes) == "bookings:read," ? "made" : "/scopes") << scopes;
  EXPECT_EQ(pointer(make("people:read", "nobody@example.com")), "/person");
  EXPECT_EQ(pointer(make("people:read", "robot@example.com", 0)), "/days");
  EXPECT_EQ(pointer(make("people:read", "robot@example.com", 3'661)), "/days");
}

}  // namespace api_keys_test
