// Each status that the description lists for an operation is answered in a test: what the other files do not provoke,
// mostly what every operation has in common, is provoked here, and what nobody did is named at the end.
#include <gtest/gtest.h>

#include "api/operations.h"
#include "http/letter_box.h"
#include "store/jobs.h"

namespace statuses_test {

using api::SchoolServer;

/// After a run of all the tests.
class EveryListedStatusIsSeen : public testing::Environment {
  void TearDown() override {
    const auto& run = *testing::UnitTest::GetInstance();
    if (run.test_to_run_count() < run.total_test_count()) return;
    for (const auto& listed : api::Contract().listed_statuses())
      EXPECT_TRUE(SchoolServer::seen().contains(listed)) << listed << " was never answered";
  }
};
[[maybe_unused]] const auto* const environment = testing::AddGlobalTestEnvironment(new EveryListedStatusIsSeen);

class Statuses : public api::EveryOperation {
 protected:
  Statuses() : EveryOperation({.approval = true}) {}
};

TEST_F(Statuses, NobodyIsAskedToSignIn) {
  for (const auto& operation : listing("401"))
    if (!operation.starts_with("POST /api/v1/auth/")) {
      EXPECT_EQ(ask(operation, {}, "").status, 401) << operation;
    }
}

TEST_F(Statuses, WhatIsNotJsonIsSaid) {
  for (const auto& operation : listing("400"))
    EXPECT_EQ(ask(operation, right_for(operation, doer_of(operation)), "{").status, 400) << operation;
}

TEST_F(Statuses, WhatNobodyKnowsIsRefused) {
  for (const auto& operation : listing("422")) {
    if (operation.ends_with("/undo") || operation.ends_with("/extension")) continue;  // No body.
    const bool asks = method_of(operation) == "GET";
    const bool table = operation.ends_with("/imports");
    auto headers = right_for(operation, doer_of(operation));
    if (is_upload(operation)) {
      EXPECT_NE(upload("admin", pdf, "application/pdf", "?colour=red").body.find("colour"), std::string::npos);
      continue;
    }
    if (table) headers.emplace_back("Content-Type", "text/csv");
    const auto answer = world.ask(method_of(operation), path_of(operation) + (asks ? "?colour=red" : ""), headers,
                                  asks    ? ""
                                  : table ? "colour\nred\n"
                                          : R"({"colour":"red"})");
    EXPECT_EQ(answer.status, 422) << operation;
    EXPECT_NE(answer.body.find("colour"), std::string::npos) << answer.body;
  }
}

TEST_F(Statuses, AChangeNamesWhatItSawAndACreationItself) {
  for (const auto& operation : listing("428"))
    EXPECT_EQ(ask(operation, known_as(doer_of(operation), operation), body_of(operation)).status, 428) << operation;
}

TEST_F(Statuses, WhatIsNotThereIsNotFound) {
  for (const auto& operation : listing("404")) {
    if (operation.find("supabase") != std::string::npos) continue;  // Not configured: openid_test.cpp.
    const std::string query =
        operation.ends_with("}/availability")
            ? "?lesson_type_id=" + base::to_text(world.school.type) + "&from=2026-03-02&to=2026-03-03"
        : is_upload(operation) ? "?kind=permit"
                               : "";
    if (operation.find("/calendar/connections") != std::string::npos && operation.find('{') == std::string::npos)
      continue;  // Where there is no provider: sync_test.cpp.
    auto who = operation.find("/me/children") == std::string::npos ? doer_of(operation) : "guardian";
    if (operation.find('{') == std::string::npos) who = "guardian for 987654321";  // In nobody's name.
    auto headers = is_of_guest(operation) ? keyed({{"Authorization", "Guest " + nobody}}) : with_all(who);
    const auto answer = world.ask(method_of(operation), path_of(operation, true) + query, headers, body_of(operation));
    EXPECT_EQ(answer.status, 404) << operation;
  }
}

TEST_F(Statuses, WhoSawAnOlderVersionIsTold) {
  for (const auto& operation : listing("412")) {
    if (operation.ends_with("/resolution")) continue;  // Of the lesson, which nobody names: sync_test.cpp.
    EXPECT_EQ(ask(operation, right_for(operation, doer_of(operation), "\"99\""), body_of(operation)).status, 412)
        << operation;
  }
}

/// A learner is refused, or whom the table names with what they may not ask for.
TEST_F(Statuses, WhatARoleMayNotDo) {
  world.school.execute("update schools set guests = 0");
  const auto other = world.lesson("2026-03-04T15:00");
  auto overruled = other, handed_over = other;
  overruled["override"] = boost::json::array{"too-soon"};
  overruled["reason"] = "Because.";
  handed_over["instructor_id"] = base::to_text(std::int64_t{1002});
  handed_over["learner_id"] = base::to_text(std::int64_t{2001});
  const std::map<std::string, std::pair<const char*, boost::json::object>> special = {
      {"DELETE /api/v1/places/{id}", {"instructor 1", {}}},
      {"POST /api/v1/calendar/bookings", {"learner 1", overruled}},
      {"POST /api/v1/calendar/holds", {"instructor 1", handed_over}},
      {"PATCH /api/v1/calendar/bookings/{id}", {"learner 1", {{"end", "2026-03-04T12:00:00Z"}}}}};
  for (const auto& operation : listing("403")) {
    if (operation.starts_with("POST /api/v1/auth/") || operation == "POST /api/v1/places") continue;
    if (operation.ends_with("/me/feed")) continue;                    // Of the office, below.
    if (operation.find("/documents") != std::string::npos) continue;  // Of instructors: documents_api_test.cpp.
    if (operation.ends_with("/working-time")) continue;               // With dates, in resources_test.cpp,
    if (operation.ends_with("/calendar/busy")) continue;              // and in sync_test.cpp.
    if (operation.ends_with("/audit/people")) continue;               // With somebody's id, in audit_test.cpp.
    const auto found = special.find(operation);
    const auto answer = found == special.end()
                            ? ask(operation, with_all("learner 1"), body_of(operation))
                            : ask(operation, with_all(found->second.first),
                                  found->second.second.empty() ? "" : boost::json::serialize(found->second.second));
    EXPECT_EQ(answer.status, 403) << operation << " " << answer.body;
  }
  const auto place = "/api/v1/places?learner_id=" + base::to_text(std::int64_t{2001});
  EXPECT_EQ(world.ask("POST", place, with_all("instructor 1"), body_of("POST /api/v1/places")).status, 403);
}

TEST_F(Statuses, AnotherSiteMayNotUseTheCookie) {
  for (const auto* path : {"login", "refresh", "logout", "password", "password-reset", "register",
                           "register/confirmation", "supabase", "login/factor", "passkey", "passkey/options"}) {
    const auto answer = world.ask("POST", std::string("/api/v1/auth/") + path, {{"Sec-Fetch-Site", "cross-site"}});
    EXPECT_EQ(answer.status, 403) << path;
  }
}

TEST_F(Statuses, WhatHasLessonsOrIsNeededStays) {
  for (const auto& operation : listing("409"))
    // What belongs to an account: in the tests of each.
    if (operation.starts_with("DELETE") && operation.find("/me") == std::string::npos && !is_of_guest(operation) &&
        !operation.ends_with("/factors")) {
      EXPECT_EQ(ask(operation, with_all("admin"), "").status, 409) << operation;
    }
}

TEST_F(Statuses, WhatOtherBookingsOrTheStatusForbid) {
  const auto act = [&](const std::string& who, const std::string& operation, const std::string& version,
                       const boost::json::object& body = {}) {
    const auto answer = ask(operation, with_all(who, version), body.empty() ? "" : boost::json::serialize(body));
    EXPECT_EQ(answer.status, 409) << operation << " " << answer.body;
  };
  const std::string one = "/api/v1/calendar/bookings/{id}";
  const auto start = [&](const char* wall) {
    return boost::json::object{{"start", base::to_text(world.school.time(wall))}};
  };
  ASSERT_EQ(world.book("learner 2", world.lesson("2026-03-05T14:00")).status, 201);
  act("learner 3", "POST /api/v1/calendar/holds", "", booking_body);
  act("learner 1", "PATCH " + one, "\"1\"", start("2026-03-05T14:00"));
  const auto moved =
      world.send("learner 1", "PATCH", path_of("PATCH " + one), start("2026-03-06T10:00"), {{"If-Match", "\"1\""}});
  ASSERT_EQ(moved.status, 200) << moved.body;
  ASSERT_EQ(world.book("learner 3", booking_body).status, 201);
  act("learner 1", "POST " + one + "/undo", "\"2\"");
  act("office", "POST " + one + "/outcome", "\"2\"", {{"outcome", "delivered"}});
  EXPECT_EQ(ask("POST " + one + "/approval", with_all("office", "\"2\""), "").status, 200);
  act("office", "POST " + one + "/approval", "\"3\"");
  act("office", "POST " + one + "/refusal", "\"3\"");
  SchoolServer::clock_now = world.school.now + std::chrono::minutes{6};
  act("learner 1", "POST /api/v1/calendar/holds/{id}/extension", "");
}

TEST_F(Statuses, WhatIsTooLate) {
  EXPECT_EQ(ask("POST /api/v1/calendar/holds/{id}/extension", SchoolServer::as("learner 1"), "").status, 200);
  EXPECT_EQ(ask("POST /api/v1/calendar/holds/{id}/extension", SchoolServer::as("learner 1"), "").status, 422);
  SchoolServer::clock_now = world.school.now + std::chrono::seconds{11};
  EXPECT_EQ(ask("POST /api/v1/calendar/bookings/{id}/undo", with_all("learner 1"), "").status, 422);
}

TEST_F(Statuses, WhatIsUnchangedIsNotSentAgain) {
  const auto type = "lesson_type_id=" + base::to_text(world.school.type) + "&";
  for (const auto& path : {"/api/v1/calendar/availability?" + type, "/api/v1/schools/test/availability?" + type,
                           std::string("/api/v1/calendar/working-time?")}) {
    const auto target = path + "from=2026-03-02&to=2026-03-03";
    const std::string who = path.find("working-time") == std::string::npos ? "learner 1" : "office";
    const auto first = world.get(who, target);
    const auto again = SchoolServer::as(who, {{"If-None-Match", first.header("etag")}});
    EXPECT_EQ(world.ask("GET", target, again).status, 304) << path;
  }
}

TEST_F(Statuses, WhatWasGivenUpIsSeenAndTriedAgain) {
  const auto dead = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    store::put_job(tx, world.school.school, {store::JobKind::notice, {7}, {2001}}, world.school.now, world.school.now);
    store::fail_job(tx, store::claim_jobs(tx, world.school.now, 1).at(0), "550", std::nullopt);
    return 0;
  });
  ASSERT_TRUE(dead);
  const auto listed = world.get("office", "/api/v1/jobs?state=dead");
  ASSERT_EQ(listed.status, 200) << listed.body;
  const auto job = listed.json().at("items").as_array().at(0).as_object();
  EXPECT_EQ(job.at("problem"), "550");
  const auto retry = "/api/v1/jobs/" + std::string(job.at("id").as_string()) + "/retry";
  EXPECT_EQ(world.send("office", "POST", retry, nullptr).status, 204);
  EXPECT_EQ(world.send("office", "POST", retry, nullptr).status, 404);
  EXPECT_NE(world.get("office", "/api/v1/jobs?state=waiting").body.find("\"attempts\":0"), std::string::npos);
}

TEST_F(Statuses, AnotherInvitation) {
  const std::map<std::string, std::string> groups = {
      {"instructors", "1001"}, {"learners", "2001"}, {"users", "4002"}, {"guardians", "6001"}};
  for (const auto& [group, number] : groups) {
    auto body = bodies.at("POST /api/v1/" + group);
    body["email"] = group + "@example.com";
    const auto path = "/api/v1/" + group + "/" + made("/" + group, body);
    const auto invited = world.send("admin", "POST", path + "/invitation", nullptr);
    EXPECT_EQ(invited.status, 200) << invited.body;
    EXPECT_NE(invited.body.find("/welcome#"), std::string::npos);
    ASSERT_EQ(world.send("admin", "PATCH", path, {{"active", false}}, {{"If-Match", "\"1\""}}).status, 200);
    EXPECT_EQ(world.send("admin", "POST", path + "/invitation", nullptr).status, 409);
  }
}

TEST_F(Statuses, ACalendarFeed) {
  EXPECT_EQ(world.get("learner 1", "/api/v1/me/feed").json().at("created_at"), nullptr);
  const auto made = world.send("learner 1", "PUT", "/api/v1/me/feed", nullptr);
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string url(made.json().at("url").as_string());
  const auto path = url.substr(url.find("/feeds/"));
  const auto feed = world.ask("GET", path, {});
  EXPECT_EQ(feed.status, 200) << feed.body;
  EXPECT_EQ(feed.header("content-type"), "text/calendar; charset=utf-8");
  EXPECT_NE(feed.body.find("UID:" + booking + "@"), std::string::npos) << feed.body;
  EXPECT_NE(feed.body.find("STATUS:TENTATIVE"), std::string::npos) << "it is a request";
  EXPECT_EQ(world.ask("GET", path, {{"If-None-Match", feed.header("etag")}}).status, 304);
  EXPECT_FALSE(world.get("learner 1", "/api/v1/me/feed").json().contains("url"));
  EXPECT_EQ(world.send("learner 1", "DELETE", "/api/v1/me/feed", nullptr).status, 204);
  EXPECT_EQ(world.ask("GET", path, {}).status, 404);
  for (const auto* method : {"GET", "PUT", "DELETE"})
    EXPECT_EQ(world.ask(method, "/api/v1/me/feed", SchoolServer::as("office")).status, 403) << method;
}

TEST_F(Statuses, TheDemoKeepsItsMailToLookAt) {
  EXPECT_EQ(world.ask("GET", "/demo/mail", {}).status, 404);
  http::LetterBox letters;
  world.app.letters = &letters;
  letters.add({"Maya <maya@demo.test>", "Booked <b>", "Hello & goodbye"});
  const auto page = world.ask("GET", "/demo/mail", {});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("<h2>Booked &lt;b></h2>"), std::string::npos) << page.body;
}

TEST_F(Statuses, WhatIsNotReadySaysSo) {
  world.app.health.push_back({"mail", [] { return base::Done(base::refuse(base::Code::unavailable, "down")); }});
  EXPECT_EQ(world.ask("GET", "/readyz", {}).status, 503);
}

TEST_F(Statuses, WhatAnybodyMayAsk) {
  for (const auto* path : {"/healthz", "/readyz", "/metrics", "/problems/slot-taken", "/api/v1/openapi.json"})
    EXPECT_EQ(world.ask("GET", path, {}).status, 200) << path;
}

}  // namespace statuses_test
