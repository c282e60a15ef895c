// Two-way sync, from the button to the event and back, against the stand-in for Google.
#include "api/two_way.h"

namespace sync_test {

using api::email;
using api::object;
using api::SchoolServer;
using api::TwoWay;

TEST_F(TwoWay, ALessonStandsInTheCalendarAsLongAsItIsBooked) {
  EXPECT_EQ(connect(), "/calendars?connected=google");
  const auto lesson = booked("2026-03-02T10:00");
  work();
  EXPECT_EQ(shown(), "2026-03-02T10:00:00Z Lesson");
  const std::string id(lesson.at("id").as_string());
  EXPECT_EQ(world
                .send("office", "PATCH", "/api/v1/calendar/bookings/" + id,
                      {{"start", base::to_text(world.school.time("2026-03-02T14:00"))}}, {{"If-Match", "\"1\""}})
                .status,
            200);
  work();
  EXPECT_EQ(shown(), "2026-03-02T14:00:00Z Lesson");
  poll();
  EXPECT_EQ(where(lesson), "booked 2026-03-02T14:00:00") << "our own writing is nobody's move";
  EXPECT_EQ(world
                .send("office", "POST", "/api/v1/calendar/bookings/" + id + "/cancellation", object(),
                      {{"If-Match", "\"2\""}})
                .status,
            200);
  work();
  EXPECT_EQ(shown(), "0 events");
  const auto requests = sim.control("GET", "/requests");
  for (const auto& one : requests.at("requests").as_array()) {
    const auto method = one.at("method").as_string();
    if (one.at("path").as_string().find("/events") == std::string::npos || method == "GET") continue;
    if (one.at("path").as_string().ends_with("/watch")) continue;
    EXPECT_EQ(one.at("query").at("sendUpdates").as_string(), "none");
  }
}

TEST_F(TwoWay, WhatIsBusyThereIsNotFreeHere) {
  connect();
  block("2026-03-02T09:30", "2026-03-02T11:00");
  work();
  const auto refused = world.book("learner 1", world.lesson("2026-03-02T10:00"));
  EXPECT_EQ(refused.status, 409) << refused.body;
  const auto busy = world.get("instructor 1", "/api/v1/calendar/busy?from=2026-03-02&to=2026-03-03").json();
  ASSERT_EQ(busy.at("items").as_array().size(), 1u);
  EXPECT_EQ(busy.at("items").at(0).at("end").as_string(), "2026-03-02T11:00:00Z");
  EXPECT_EQ(busy.at("items").at(0).as_object().size(), 3u) << "when, and nothing else";
  booked("2026-03-02T11:00");
  EXPECT_EQ(world.send("instructor 1", "DELETE", path(), nullptr).status, 204);
  booked("2026-03-02T09:30");
  EXPECT_TRUE(connection().empty());
}

TEST_F(TwoWay, AMoveThereToWhereItBooksIsAMove) {
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  work();
  drag(event_id(), "2026-03-03T15:00");
  poll();
  EXPECT_EQ(where(lesson), "booked 2026-03-03T15:00:00");
  EXPECT_EQ(shown(), "2026-03-03T15:00:00Z Lesson");
  EXPECT_TRUE(conflicts().empty());
  EXPECT_EQ(world.school.number("select count(*) from jobs where kind = 'notice' and person_id = 2001"), 1)
      << "the learner is told";
}

TEST_F(TwoWay, AMoveThereThatCannotBeIsAskedAbout) {
  struct Case {
    const char* name;
    const char* to;
    int minutes;
  };
  const Case cases[] = {{"outside of the hours", "2026-03-02T20:00", 60},
                        {"onto another lesson", "2026-03-03T10:30", 60},
                        {"another length", "2026-03-02T14:00", 90},
                        {"off the grid", "2026-03-02T14:07", 60}};
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  booked("2026-03-03T10:00", "learner 2");
  work();
  const auto id = calendars::event_id(lesson.at("id").as_string(), 0);
  for (const auto& [name, to, minutes] : cases) {
    drag(id, to, minutes);
    poll();
    EXPECT_EQ(where(lesson), "booked 2026-03-02T10:00:00") << name;
    ASSERT_EQ(conflicts().size(), 1u) << name;
    poll();
    ASSERT_EQ(conflicts("office").size(), 1u) << name << ": asked about once";
    EXPECT_EQ(resolve({{"how", "put_back"}}).status, 204) << name;
    work();
    EXPECT_TRUE(conflicts().empty()) << name;
    EXPECT_EQ(base::instant_from_text([&] {
                for (const auto& event : events())
                  if (event.at("id").as_string() == id) return event.at("start").at("dateTime").as_string();
                return boost::json::string();
              }())
                  .value(),
              world.school.time("2026-03-02T10:00"))
        << name;
  }
}

TEST_F(TwoWay, WhatIsAskedAboutCanBeMovedAnyway) {
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  work();
  drag(event_id(), "2026-03-02T20:00");
  poll();
  ASSERT_EQ(conflicts().size(), 1u);
  EXPECT_EQ(conflicts().at(0).at("rules").at(0).as_string(), "outside-hours");
  EXPECT_EQ(resolve({{"how", "move"}}).status, 422) << "the rule still holds";
  EXPECT_EQ(resolve({{"how", "move"}, {"override", {"outside-hours"}}, {"reason", "They asked for it"}}).status, 204);
  work();
  EXPECT_EQ(where(lesson), "booked 2026-03-02T20:00:00");
  EXPECT_EQ(shown(), "2026-03-02T20:00:00Z Lesson");
  EXPECT_TRUE(conflicts().empty());
}

TEST_F(TwoWay, ADeletionThereIsAskedAbout) {
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  work();
  human("delete", fmt::format(R"("id":"{}")", event_id()));
  poll();
  EXPECT_EQ(where(lesson), "booked 2026-03-02T10:00:00");
  ASSERT_EQ(conflicts().size(), 1u);
  EXPECT_TRUE(conflicts().at(0).at("moved_to").is_null());
  EXPECT_EQ(resolve({{"how", "move"}}).status, 409);
  EXPECT_EQ(resolve({{"how", "put_back"}}).status, 204);
  work();
  EXPECT_EQ(shown(), "2026-03-02T10:00:00Z Lesson");

  human("delete", fmt::format(R"("id":"{}")", event_id()));
  poll();
  EXPECT_EQ(resolve({{"how", "cancel"}, {"reason", "Ill"}}, "office").status, 204);
  work();
  EXPECT_EQ(where(lesson), "cancelled 2026-03-02T10:00:00");
  EXPECT_EQ(shown(), "0 events");
}

TEST_F(TwoWay, WhatIsDoneToALessonThereIsWhatTheTableSays) {
  connect();
  const auto other = sim.control("POST", "/calendars", fmt::format(R"({{"account":"{}","summary":"Work"}})", email));
  const auto lesson = booked("2026-03-02T10:00");
  work();
  struct Row {
    const char* name;
    std::string action, more;
    std::size_t conflicts;
  };
  const Row rows[] = {
      {"all-day", "change",
       R"("event":{"start":{"date":"2026-03-05","dateTime":null},"end":{"date":"2026-03-06","dateTime":null}})", 1},
      {"shown as free", "change", R"("event":{"transparency":"transparent"})", 0},
      {"title and colour", "change", R"("event":{"summary":"Ada","colorId":"3"})", 0},
      {"moved to another calendar", "move", fmt::format(R"("to":"{}")", other.at("id").as_string()), 1},
      {"deleted", "delete", R"("x":1)", 1}};
  for (const auto& row : rows) {
    human(row.action, fmt::format(R"("id":"{}",{})", event_id(), row.more));
    poll();
    EXPECT_EQ(where(lesson), "booked 2026-03-02T10:00:00") << row.name;
    EXPECT_EQ(world.book("learner 2", world.lesson("2026-03-02T10:00")).status, 409) << row.name;
    ASSERT_EQ(conflicts().size(), row.conflicts) << row.name;
    if (row.conflicts == 0) continue;
    EXPECT_EQ(resolve({{"how", "put_back"}}).status, 204) << row.name;
    work();
    EXPECT_TRUE(conflicts().empty()) << row.name;
    const auto start = base::instant_from_text(events().at(0).at("start").at("dateTime").as_string());
    EXPECT_EQ(start.value(), world.school.time("2026-03-02T10:00")) << row.name;
  }
  EXPECT_EQ(world.school.number("select count(*) from busy"), 0) << "a lesson takes its time once";
}

TEST_F(TwoWay, ACopyOfALessonsEventTakesTimeLikeAnyEvent) {
  connect();
  booked("2026-03-02T10:00");
  work();
  const auto all = events();
  const auto& original = all.at(0).as_object();
  const object copy = {{"summary", original.at("summary")},
                       {"extendedProperties", original.at("extendedProperties")},
                       {"start", {{"dateTime", base::to_text(world.school.time("2026-03-02T14:00"))}}},
                       {"end", {{"dateTime", base::to_text(world.school.time("2026-03-02T15:00"))}}}};
  human("create", "\"event\":" + boost::json::serialize(copy));
  poll();
  EXPECT_EQ(world.book("learner 2", world.lesson("2026-03-02T14:00")).status, 409);
  EXPECT_TRUE(conflicts().empty());
}

TEST_F(TwoWay, WhatIsOverIsLeftAlone) {
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  work();
  pass(std::chrono::days{5});
  human("delete", fmt::format(R"("id":"{}")", event_id()));
  poll();
  EXPECT_TRUE(conflicts().empty());
  EXPECT_EQ(shown(), "0 events");
  EXPECT_EQ(where(lesson), "booked 2026-03-02T10:00:00");
}

TEST_F(TwoWay, NoErrorCancelsOrMovesAnything) {
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  block("2026-03-04T10:00", "2026-03-04T11:00");
  poll();
  const auto forbidden = [](const char* domain, const char* reason) {
    return fmt::format(R"("status":403,"body":{{"error":{{"code":403,"errors":[{{"domain":"{}","reason":"{}"}}]}}}})",
                       domain, reason);
  };
  const std::string answers[] = {
      forbidden("usageLimits", "rateLimitExceeded"),
      forbidden("calendar", "forbiddenForNonOrganizer"),
      R"("status":404,"body":"<html>Not Found</html>")",
      R"("status":410,"body":{"error":{"code":410,"errors":[{"reason":"fullSyncRequired"}]}})",
      R"("status":429,"body":null)",
      R"("status":500,"body":"<html>Oops</html>")",
      R"("status":503,"headers":{"Retry-After":"7"},"body":null)",
      R"("torn":true)"};
  for (const auto& answer : answers) {
    fault(fmt::format(R"({{"path":"/calendar/v3","times":3,{}}})", answer));
    poll();
    sim.control("DELETE", "/faults");
    EXPECT_EQ(where(lesson), "booked 2026-03-02T10:00:00") << answer;
    EXPECT_TRUE(conflicts().empty()) << answer;
    EXPECT_FALSE(bookable("2026-03-04T10:00")) << "what was known goes on taking time: " << answer;
    EXPECT_EQ(world.send("instructor 1", "POST", path("/sync"), nullptr).status, 202);
    poll();
    EXPECT_EQ(shown(), "2026-03-02T10:00:00Z Lesson") << answer;
    EXPECT_EQ(connection().at("state").as_string(), "connected") << answer;
  }
}

TEST_F(TwoWay, WhoIsNotLetInIsToldAndWhatWasKnownStays) {
  connect();
  block("2026-03-02T09:30", "2026-03-02T11:00");
  work();
  sim.control("POST", "/revoke", fmt::format(R"({{"account":"{}"}})", email));
  sim.control("POST", "/access-tokens/expire");
  poll();
  EXPECT_EQ(connection().at("state").as_string(), "needs_consent");
  EXPECT_EQ(world.book("learner 1", world.lesson("2026-03-02T10:00")).status, 409) << "the last known goes on";
  EXPECT_EQ(world.school.number("select count(*) from jobs where kind = 'calendar_trouble'"), 3)
      << "the instructor, the office and the admin";
  booked("2026-03-02T14:00");
  work();
  EXPECT_EQ(connect(), "/calendars?connected=google");
  work();
  EXPECT_EQ(connection().at("state").as_string(), "connected");
  EXPECT_EQ(events().size(), 2u) << "what was booked meanwhile is written now";
}

TEST_F(TwoWay, WhatIsDoneThereAfterAnAnswerIsAskedAboutInItsTurn) {
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  work();
  drag(event_id(), "2026-03-02T03:00");
  poll();
  ASSERT_EQ(conflicts().size(), 1u);
  const std::string id(conflicts().at(0).at("id").as_string());
  EXPECT_EQ(resolve({{"how", "put_back"}}).status, 204);
  EXPECT_TRUE(conflicts().empty());
  const auto again = world.send("office", "POST", "/api/v1/calendar/conflicts/" + id + "/resolution",
                                {{"how", "cancel"}, {"reason", "Late"}});
  EXPECT_EQ(again.status, 404) << "it is decided";
  human("delete", fmt::format(R"("id":"{}")", event_id()));  // Before anything was put back.
  poll();
  ASSERT_EQ(conflicts().size(), 1u);
  EXPECT_TRUE(conflicts().at(0).at("moved_to").is_null());
  EXPECT_EQ(where(lesson), "booked 2026-03-02T10:00:00");
  EXPECT_EQ(resolve({{"how", "put_back"}}).status, 204);
  poll();
  EXPECT_EQ(shown(), "2026-03-02T10:00:00Z Lesson");
  EXPECT_TRUE(conflicts().empty());
}

TEST_F(TwoWay, ACalendarThatIsNotThereForAMomentIsReadOn) {
  connect();
  block("2026-03-02T09:30", "2026-03-02T11:00");
  work();
  EXPECT_EQ(connection().at("problem"), "");
  for (int i = 0; i < 2; ++i) fault(R"({"method":"GET","path":"/calendar/v3/calendars","status":404})");
  poll();
  EXPECT_EQ(connection().at("problem"), "missing");
  EXPECT_FALSE(bookable("2026-03-02T10:00")) << "the last known goes on";
  block("2026-03-03T09:30", "2026-03-03T11:00");
  pass(std::chrono::seconds{60});
  EXPECT_EQ(connection().at("problem"), "missing");
  pass(std::chrono::seconds{120});
  EXPECT_EQ(connection().at("problem"), "");
  EXPECT_FALSE(bookable("2026-03-03T10:00")) << "and what is new is known";
}

TEST_F(TwoWay, WithoutAllBoxesThereIsNoConnection) {
  EXPECT_EQ(connect("decision=cancel"), "/calendars?problem=denied");
  EXPECT_EQ(connect("decision=allow&granular=yes&scope=" + std::string(calendars::google_list_scope)),
            "/calendars?problem=scopes");
  EXPECT_TRUE(connection().empty());
}

TEST_F(TwoWay, OneRefreshForAllWhoAsk) {
  connect();
  work();
  sim.control("DELETE", "/requests");
  sim.control("POST", "/access-tokens/expire");
  SchoolServer::clock_now = SchoolServer::clock_now.load() + std::chrono::hours{2};
  sim.control("POST", "/clock", R"({"advance_seconds":7200})");
  const auto id = base::id_from_text(connection().at("id").as_string()).value();
  auth::TokenManager another_node(world.school.database, world.school.keys, *world.providers.open_id("google"));
  std::vector<std::thread> threads;
  threads.reserve(8);
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      auto& tokens = i % 2 == 0 ? another_node : *world.app.outside.tokens;
      const auto token = tokens.access_token({{1}, {1001}}, id, SchoolServer::clock_now);
      if (token) ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
  int refreshes = 0;
  const auto requests = sim.control("GET", "/requests");
  for (const auto& one : requests.at("requests").as_array())
    if (one.at("path").as_string() == "/token") ++refreshes;
  EXPECT_EQ(refreshes, 1);
}

TEST_F(TwoWay, TheOwnerChoosesCalendarsAndWhatTheySay) {
  connect();
  const auto other =
      std::string(sim.control("POST", "/calendars", fmt::format(R"({{"account":"{}","summary":"Work"}})", email))
                      .at("id")
                      .as_string());
  const auto there = world.get("instructor 1", path("/calendars")).json().at("items").as_array();
  ASSERT_EQ(there.size(), 2u);
  booked("2026-03-02T10:00");
  work();
  const auto change = [&](const object& wanted, const std::string& version) {
    return world.send("instructor 1", "PATCH", path(), wanted, {{"If-Match", version}});
  };
  EXPECT_EQ(change({{"detail", "busy"}}, "\"9\"").status, 412);
  EXPECT_EQ(change({{"calendars", {{{"id", "nowhere"}, {"blocks", true}, {"shows", false}}}}}, "\"1\"").status, 422);
  const auto changed =
      change({{"detail", "lesson"}, {"calendars", {{{"id", other}, {"blocks", false}, {"shows", true}}}}}, "\"1\"");
  ASSERT_EQ(changed.status, 200) << changed.body;
  work();
  EXPECT_EQ(sim.control("GET", "/events?calendar=" + other).at("events").as_array().size(), 1u);
  EXPECT_EQ(world.get("office", "/api/v1/calendar/connections").json().at("items").at(0).at("account").as_string(), "");
  EXPECT_EQ(world.send("instructor 2", "PATCH", path(), {{"detail", "busy"}}, {{"If-Match", "\"2\""}}).status, 404);
}

TEST_F(TwoWay, CalendarsThatWereReadTooLongAgoAreAskedBeforeABooking) {
  connect();
  work();
  const auto unchecked = [&](const object& lesson) {
    const auto history =
        world.get("office", "/api/v1/calendar/bookings/" + std::string(lesson.at("id").as_string()) + "/history");
    return history.body.find("\"calendar_unchecked\":true") != std::string::npos;
  };
  const auto later = [&](std::chrono::seconds time) {
    SchoolServer::clock_now = SchoolServer::clock_now.load() + time;
  };
  block("2026-03-02T09:30", "2026-03-02T11:00");
  later(std::chrono::minutes{10});
  EXPECT_FALSE(unchecked(booked("2026-03-02T12:00"))) << "it is off unless the school wants it";
  EXPECT_EQ(
      world.send("admin", "PATCH", "/api/v1/school", {{"calendar_check_minutes", 5}}, {{"If-Match", "\"1\""}}).status,
      200);
  EXPECT_EQ(world.book("learner 2", world.lesson("2026-03-02T10:00")).status, 409);
  EXPECT_TRUE(unchecked(booked("2026-03-02T14:00", "learner 2"))) << "once in half a minute";
  later(std::chrono::seconds{31});
  EXPECT_FALSE(unchecked(booked("2026-03-02T16:00", "learner 3")));
  later(std::chrono::seconds{31});
  fault(R"({"path":"/calendar/v3/freeBusy","times":1,"delay_ms":3000})");
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(unchecked(booked("2026-03-03T10:00"))) << "nobody waits for Google";
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds{2500});
  later(std::chrono::seconds{31});
  fault(R"({"path":"/calendar/v3/freeBusy","times":1,"status":403,"body":"<html>"})");
  EXPECT_TRUE(unchecked(booked("2026-03-03T14:00", "learner 2"))) << "an error is not free";
  work();
  const auto taken = world.get("instructor 1", "/api/v1/calendar/busy?from=2026-03-02&to=2026-03-03").json();
  ASSERT_EQ(taken.at("items").as_array().size(), 1u) << "what was read replaces what was asked";
  EXPECT_EQ(taken.at("items").at(0).at("start").as_string(), "2026-03-02T09:30:00Z");
  later(std::chrono::seconds{31});
  sim.control("DELETE", "/requests");
  EXPECT_FALSE(unchecked(booked("2026-03-04T10:00", "learner 3")));
  EXPECT_TRUE(sim.control("GET", "/requests").at("requests").as_array().empty()) << "read a moment ago";
}

TEST_F(TwoWay, WhatIsRefusedIsSaid) {
  const std::string all = "/api/v1/calendar/connections", days = "?from=2026-03-02&to=2026-03-03";
  EXPECT_EQ(world.get("learner 1", "/api/v1/calendar/busy" + days).status, 403);
  EXPECT_EQ(world.get("instructor 1", "/api/v1/calendar/busy?from=2026-03-02&to=2026-05-03").status, 422);
  connect();
  booked("2026-03-02T10:00");
  work();
  human("delete", fmt::format(R"("id":"{}")", event_id()));
  poll();
  sim.control("POST", "/revoke", fmt::format(R"({{"account":"{}"}})", email));
  sim.control("POST", "/access-tokens/expire");
  poll();
  EXPECT_EQ(world.get("instructor 1", path("/calendars")).status, 409);
  EXPECT_EQ(world.send("instructor 1", "PATCH", path(), {{"calendars", boost::json::array()}}, {{"If-Match", "\"1\""}})
                .status,
            409);
  const std::string id(conflicts().at(0).at("id").as_string());
  world.school.execute("update bookings set version = version + 1 where learner_id = 2001");
  EXPECT_EQ(
      world.send("office", "POST", "/api/v1/calendar/conflicts/" + id + "/resolution", {{"how", "cancel"}}).status,
      412);
  world.app.outside = {};
  EXPECT_EQ(world.send("instructor 1", "POST", all, {{"provider", "google"}}).status, 404);
  EXPECT_EQ(world.ask("GET", all + "/google/callback?state=x", {}).status, 404);
  EXPECT_EQ(world.get("instructor 1", all).json().at("available").as_bool(), false);
}

TEST_F(TwoWay, AMessageOfGooglesChannelHurries) {
  connect();
  work();
  const auto channels = sim.control("GET", "/state").at("channels").as_array();
  ASSERT_EQ(channels.size(), 1u);
  block("2026-03-02T09:30", "2026-03-02T11:00");
  const auto message = [&](const std::string& id, const std::string& token) {
    return world.ask("POST", "/api/v1/calendar/webhooks/google",
                     {{"X-Goog-Channel-ID", id}, {"X-Goog-Channel-Token", token}, {"X-Goog-Resource-State", "exists"}});
  };
  const std::string id(channels.at(0).at("id").as_string()), token(channels.at(0).at("token").as_string());
  EXPECT_EQ(message(id, "another").status, 204);
  pass(std::chrono::seconds{2});
  EXPECT_EQ(world.school.number("select count(*) from busy"), 0);
  EXPECT_EQ(message("nobody's", token).status, 204);
  EXPECT_EQ(message(id, token).status, 204);
  pass(std::chrono::seconds{2});
  EXPECT_EQ(world.school.number("select count(*) from busy"), 1);
}

}  // namespace sync_test
