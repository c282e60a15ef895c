// What a school sets up: every resource made, read, changed and removed over HTTP, each answer held against the
// description.
#include <gtest/gtest.h>

#include "api/school_server.h"

namespace resources_test {

using api::Answer;
using api::SchoolServer;

std::string text(const boost::json::object& object, const char* key) {
  return std::string(object.at(key).as_string());
}

class ResourceApi : public testing::Test {
 protected:
  Answer post(const std::string& path, const boost::json::object& body, const std::string& who = "admin") {
    return world.send(who, "POST", path, body, {{"Idempotency-Key", "resource-" + std::to_string(++world.keys)}});
  }
  Answer change(const std::string& method, const std::string& path, const boost::json::object& body, const Answer& seen,
                const std::string& who = "admin") {
    return world.send(who, method, path, body, {{"If-Match", seen.header("etag")}});
  }
  /// Made, listed, read, changed at the right version only, and removed.
  void lives(const std::string& path, const boost::json::object& body, const boost::json::object& patch) {
    SCOPED_TRACE(path);
    const auto made = post(path, body);
    ASSERT_EQ(made.status, 201) << made.body;
    const auto one = made.header("location");
    EXPECT_EQ(one, path + "/" + text(made.json(), "id"));
    EXPECT_NE(world.get("admin", path + "?limit=200").body.find(text(made.json(), "id")), std::string::npos);
    const auto read = world.get("admin", one);
    EXPECT_EQ(read.header("etag"), made.header("etag"));
    EXPECT_EQ(world.send("admin", "PATCH", one, patch).status, 428);
    const auto changed = change("PATCH", one, patch, read);
    ASSERT_EQ(changed.status, 200) << changed.body;
    for (const auto& [key, value] : patch) EXPECT_EQ(changed.json().at(key), value);
    EXPECT_EQ(change("PATCH", one, patch, read).status, 412);
    EXPECT_EQ(post(path, {{"colour", "red"}}).status, 422);
    EXPECT_EQ(post(path, body, "learner 1").status, 403);
    EXPECT_EQ(world.client().get(path).status, 401);
    EXPECT_EQ(world.send("admin", "DELETE", one, nullptr).status, 204);
    EXPECT_EQ(world.get("admin", one).status, 404);
    EXPECT_EQ(world.send("admin", "DELETE", one, nullptr).status, 404);
  }

  SchoolServer world;
  const std::string instructor = "/api/v1/instructors/" + base::to_text(std::int64_t{1001});
};

TEST_F(ResourceApi, EveryCollectionLivesTheSameLife) {
  lives("/api/v1/instructors", {{"name", "Grace Hopper"}, {"email", "grace@example.com"}},
        {{"name", "Grace M. Hopper"}});
  lives("/api/v1/learners", {{"name", "Alan"}, {"email", "alan@example.com"}, {"phone", "+44 1"}}, {{"active", false}});
  lives("/api/v1/users", {{"name", "Joan"}, {"email", "joan@example.com"}, {"role", "office"}}, {{"role", "admin"}});
  lives("/api/v1/vehicles", {{"name", "Mini"}, {"transmission", "manual"}, {"turnaround_minutes", 5}},
        {{"driver_ids", {base::to_text(std::int64_t{1001})}}});
  lives("/api/v1/lesson-types",
        {{"name", "Night"}, {"length_minutes", 90}, {"price", {{"amount_minor", 4500}, {"currency", "GBP"}}}},
        {{"length_minutes", 120}, {"active", false}});
  lives("/api/v1/closures", {{"name", "Easter"}, {"from", "2026-04-03"}, {"to", "2026-04-07"}},
        {{"name", "Easter holidays"}});
}

TEST_F(ResourceApi, WhatHasLessonsStaysAndSaysHowMany) {
  ASSERT_EQ(world.book("learner 1", world.lesson("2026-03-02T10:00")).status, 201);
  const auto refused =
      world.send("admin", "DELETE", "/api/v1/lesson-types/" + base::to_text(world.school.type), nullptr);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.json().at("count"), 1);
}

TEST_F(ResourceApi, ALearnerIsNotToldHowToReachInstructors) {
  const auto made = post("/api/v1/instructors", {{"name", "Grace"}, {"email", "grace@example.com"}, {"phone", "1"}});
  const auto path = made.header("location");
  EXPECT_TRUE(world.get("office", path).json().contains("email"));
  const auto seen = world.get("learner 1", path).json();
  EXPECT_EQ(seen.at("name"), "Grace");
  EXPECT_FALSE(seen.contains("email") || seen.contains("phone"));
  EXPECT_EQ(world.get("learner 1", "/api/v1/learners").status, 403);
  EXPECT_EQ(world.get("office", "/api/v1/users").status, 403);
}

TEST_F(ResourceApi, HoursOverridesAndTimeOffAnswerWithTheLessonsThatNoLongerFit) {
  const auto booked = world.book("learner 1", world.lesson("2026-03-02T10:00"));
  ASSERT_EQ(booked.status, 201);
  const auto id = booked.json().at("id");
  const auto hours = world.get("office", instructor + "/hours");
  ASSERT_EQ(hours.status, 200) << hours.body;
  const boost::json::object afternoons{{"items", {{{"weekday", 1}, {"start", "13:00"}, {"end", "18:00"}}}}};
  const auto shorter = change("PUT", instructor + "/hours", afternoons, hours, "office");
  ASSERT_EQ(shorter.status, 200) << shorter.body;
  EXPECT_EQ(shorter.json().at("affected"), boost::json::array{id});
  EXPECT_EQ(
      change("PUT", instructor + "/hours", {{"items", {{{"weekday", 8}, {"start", "1"}}}}}, shorter, "office").status,
      422);
  const auto overrides = world.get("instructor 1", instructor + "/overrides");
  const boost::json::object closed{{"items", {{{"date", "2026-03-09"}, {"ranges", boost::json::array{}}}}}};
  EXPECT_EQ(change("PUT", instructor + "/overrides", closed, overrides, "instructor 1").status, 200);
  const auto away =
      post(instructor + "/time-off", {{"start", "2026-03-02T09:00:00Z"}, {"end", "2026-03-02T12:00:00Z"}});
  ASSERT_EQ(away.status, 201) << away.body;
  EXPECT_EQ(away.json().at("affected"), boost::json::array{id});
  EXPECT_EQ(world.get("office", instructor + "/time-off").status, 200);
  const auto later =
      change("PATCH", away.header("location"), {{"start", "2026-03-02T11:00:00Z"}}, away, "instructor 1");
  ASSERT_EQ(later.status, 200) << later.body;
  EXPECT_EQ(later.json().at("affected"), boost::json::array{});
  EXPECT_EQ(later.json().at("end"), "2026-03-02T12:00:00Z");
  EXPECT_EQ(later.json().at("version"), 2);
  EXPECT_EQ(change("PATCH", away.header("location"), {{"end", "2026-03-02T11:00:00Z"}}, later, "office").status, 422);
  EXPECT_EQ(world.send("office", "DELETE", away.header("location"), nullptr).status, 204);
  EXPECT_EQ(world.get("learner 1", instructor + "/hours").status, 403);
}

TEST_F(ResourceApi, APersonalEventIsNamedRenamedAndMadePlainTimeOff) {
  const auto grace =
      post("/api/v1/instructors", {{"name", "Grace"}, {"email", "grace@example.com"}}).header("location");
  const auto made = post(grace + "/time-off",
                         {{"start", "2026-03-02T09:00:00Z"}, {"end", "2026-03-02T12:00:00Z"}, {"title", "Dentist"}});
  const auto path = made.header("location");
  const auto listed = [&] { return world.get("office", grace + "/time-off").json().at("items").at(0).at("title"); };
  EXPECT_EQ(listed(), "Dentist");
  const auto moved = change("PATCH", path, {{"end", "2026-03-02T11:00:00Z"}}, made, "office");
  EXPECT_EQ(moved.json().at("title"), "Dentist") << "what is not given stays";
  const auto renamed = change("PATCH", path, {{"title", "Doctor"}}, moved, "office");
  EXPECT_EQ(listed(), "Doctor");
  EXPECT_EQ(change("PATCH", path, {{"title", ""}}, moved, "office").status, 412);
  EXPECT_EQ(change("PATCH", path, {{"title", ""}}, renamed, "office").status, 200);
  EXPECT_EQ(listed(), "");
}

TEST_F(ResourceApi, EverybodysWorkingTimeIsOneAnswer) {
  world.school.execute(
      "insert into schools (school_id, slug, name, zone, currency, approval, version, created_at)"
      " values (2, 'other', 'Other', 'UTC', 'GBP', 0, 1, 0)");
  world.school.execute_as_owner(
      "insert into people (school_id, id, role, version, created_at) values (2, 9001, 'instructor', 1, 0)");
  const boost::json::object closed{{"items", {{{"date", "2026-03-03"}, {"ranges", boost::json::array{}}}}}};
  const auto overrides = world.get("office", instructor + "/overrides");
  EXPECT_EQ(change("PUT", instructor + "/overrides", closed, overrides, "office").status, 200);
  const auto away =
      post(instructor + "/time-off", {{"start", "2026-03-02T22:00:00Z"}, {"end", "2026-03-03T01:00:00Z"}});
  const std::string path = "/api/v1/calendar/working-time?from=2026-03-02&to=";
  const auto all = world.get("office", path + "2026-03-04");
  ASSERT_EQ(all.status, 200) << all.body;
  const auto told = all.json();
  EXPECT_EQ(told.at("time_zone"), "Europe/London");
  ASSERT_EQ(told.at("items").as_array().size(), 2u);
  const auto& one = told.at("items").at(0);
  EXPECT_EQ(one.at("instructor_id").as_string(), base::to_text(std::int64_t{1001}));
  EXPECT_EQ(one.at("version"), 2);
  EXPECT_EQ(one.at("has_weekly_hours"), true);
  EXPECT_EQ(one.at("open"), boost::json::parse(R"([{"date":"2026-03-02","ranges":[{"start":"09:00","end":"18:00"}]},
                                                  {"date":"2026-03-03","ranges":[]}])"));
  EXPECT_EQ(one.at("time_off").at(0).at("id"), away.json().at("id"));
  EXPECT_EQ(told.at("items").at(1).at("open").at(1).at("ranges").as_array().size(), 1u);
  EXPECT_EQ(world.get("instructor 2", path + "2026-03-04").json().at("items").as_array().size(), 1u);
  EXPECT_EQ(world.get("learner 1", path + "2026-03-04").status, 403);
  EXPECT_EQ(world.get("office", path + "2026-03-09").status, 200);
  for (const auto* to : {"2026-03-10", "2026-03-02", "2026-03-01", "tomorrow"}) {
    const auto refused = world.get("office", path + to);
    EXPECT_EQ(refused.status, 422) << to;
    EXPECT_EQ(refused.json().at("errors").at(0).at("pointer"), "to");
  }
}

TEST_F(ResourceApi, PlacesAreAPersonsOwn) {
  const auto made = post("/api/v1/places", {{"text", "12 High Street"}, {"postcode", "N1 1AA"}}, "learner 1");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_NE(world.get("learner 1", "/api/v1/places").body.find("High Street"), std::string::npos);
  EXPECT_EQ(world.get("learner 2", "/api/v1/places").body.find("High Street"), std::string::npos);
  EXPECT_EQ(world.get("office", "/api/v1/places").status, 422);
  EXPECT_EQ(world.send("learner 2", "DELETE", made.header("location"), nullptr).status, 404);
  EXPECT_EQ(world.send("learner 1", "DELETE", made.header("location"), nullptr).status, 204);
}

TEST_F(ResourceApi, TheSchoolItsLimitsAndWhatAnybodyMayKnow) {
  const auto school = world.get("learner 1", "/api/v1/school");
  ASSERT_EQ(school.status, 200) << school.body;
  EXPECT_EQ(change("PATCH", "/api/v1/school", {{"name", "Better School"}}, school, "office").status, 403);
  EXPECT_EQ(change("PATCH", "/api/v1/school", {{"name", "Better School"}}, school).json().at("name"), "Better School");
  const auto limits = world.get("office", "/api/v1/constraints");
  ASSERT_EQ(limits.status, 200) << limits.body;
  const boost::json::object one{
      {"rule", "learner-daily-maximum"}, {"enabled", true}, {"value", 1}, {"scope", {{"kind", "school"}}}};
  const auto set = change("PUT", "/api/v1/constraints", {{"items", {one}}}, limits);
  ASSERT_EQ(set.status, 200) << set.body;
  ASSERT_EQ(world.book("learner 1", world.lesson("2026-03-02T10:00")).status, 201);
  EXPECT_EQ(world.book("learner 1", world.lesson("2026-03-02T14:00")).type(), "/problems/learner-daily-maximum");
  auto client = world.client();
  const auto open = world.ask("GET", "/api/v1/schools/test", {});
  ASSERT_EQ(open.status, 200) << open.body;
  EXPECT_EQ(world.ask("GET", "/api/v1/schools/none", {}).status, 404);
  const auto times = world.ask("GET",
                               "/api/v1/schools/test/availability?lesson_type_id=" + base::to_text(world.school.type) +
                                   "&from=2026-03-02&to=2026-03-03",
                               {});
  ASSERT_EQ(times.status, 200) << times.body;
  EXPECT_NE(times.header("cache-control").find("s-maxage"), std::string::npos);
}

}  // namespace resources_test
