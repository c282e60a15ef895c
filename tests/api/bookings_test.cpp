#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "api/school_server.h"

namespace bookings_test {

using api::Answer;
using api::SchoolServer;

std::string text(const boost::json::object& object, const char* key) {
  return std::string(object.at(key).as_string());
}
boost::json::array list(const Answer& answer, const char* key) {
  return answer.json().at(key).as_array();
}
std::string path_of(const Answer& booking, const std::string& rest = "") {
  return "/api/v1/calendar/bookings/" + text(booking.json(), "id") + rest;
}
api::Headers if_match(const Answer& answer) {
  return {{"If-Match", answer.header("etag")}};
}
/// Fails with the whole answer, which says why.
testing::AssertionResult is(const Answer& answer, int status, const std::string& type = "") {
  if (answer.status == status && (type.empty() || answer.type() == "/problems/" + type))
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << answer.head << answer.body;
}
std::string window(const std::string& from, const std::string& to) {
  return "&from=" + from + "&to=" + to;
}

TEST(BookingApi, ListBookAndLoseToWhoWasFirst) {
  SchoolServer world;
  const auto type = "lesson_type_id=" + base::to_text(world.school.type);
  const auto listed =
      world.get("learner 1", "/api/v1/calendar/availability?" + type + window("2026-03-02", "2026-03-04"));
  ASSERT_TRUE(is(listed, 200));
  const auto times = listed.json();
  EXPECT_EQ(times.at("time_zone"), "Europe/London");
  EXPECT_EQ(times.at("days").as_array().size(), 2u);
  const auto start = text(times.at("slots").as_array().front().as_object(), "start");

  auto body = world.lesson("2026-03-02T10:00");
  body["start"] = start;
  const auto booked = world.book("learner 1", body, "first-key");
  ASSERT_TRUE(is(booked, 201));
  EXPECT_EQ(booked.header("etag"), "\"1\"");
  EXPECT_EQ(booked.header("location"), path_of(booked));
  EXPECT_EQ(booked.json().at("status"), "booked");
  EXPECT_EQ(booked.json().at("price").as_object().at("currency"), "GBP");

  const auto again = world.book("learner 1", body, "first-key");
  ASSERT_TRUE(is(again, 201));
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(again.json().at("id"), booked.json().at("id"));
  body["note"] = "other";
  EXPECT_TRUE(is(world.book("learner 1", body, "first-key"), 422, "idempotency-mismatch"));
  body.erase("note");

  const auto lost = world.book("learner 2", body);
  ASSERT_TRUE(is(lost, 409, "slot-taken"));
  const auto alternatives = list(lost, "alternatives");
  ASSERT_FALSE(alternatives.empty());
  auto other = body;
  other["start"] = alternatives[0].as_object().at("start");
  other["instructor_id"] = alternatives[0].as_object().at("instructor_id");
  EXPECT_TRUE(is(world.book("learner 2", other), 201));

  const auto mine = world.book("learner 1", body);
  ASSERT_TRUE(is(mine, 409));
  std::set<std::string> rules;
  for (const auto& refusal : list(mine, "refusals")) rules.insert(text(refusal.as_object(), "rule"));
  EXPECT_TRUE(rules.contains("slot-taken") && rules.contains("learner-busy")) << mine.body;

  const auto explained = world.get("learner 2", "/api/v1/calendar/explain?" + type + "&start=" + start +
                                                    "&instructor_id=" + base::to_text(std::int64_t{1001}));
  ASSERT_TRUE(is(explained, 200));
  EXPECT_EQ(explained.json().at("bookable"), false);
  const auto metrics = world.client().get("/metrics").body;
  for (const auto* outcome : {"booked", "slot-taken", "replayed", "idempotency-mismatch"})
    EXPECT_NE(metrics.find("roadbook_booking_attempts_total{outcome=\"" + std::string(outcome) + "\"}"),
              std::string::npos)
        << outcome;
}

TEST(BookingApi, AvailabilityIsSentAgainOnlyWhenItChanged) {
  SchoolServer world;
  const auto target = "/api/v1/calendar/availability?lesson_type_id=" + base::to_text(world.school.type) +
                      window("2026-03-02", "2026-03-09");
  auto client = world.client();
  const auto first = client.get(target, SchoolServer::as("learner 1"));
  const auto tag = first.header("etag");
  EXPECT_EQ(first.header("cache-control"), "private, no-cache");
  const auto headers = SchoolServer::as("learner 1", {{"If-None-Match", tag}});
  EXPECT_EQ(client.get(target, headers).status, 304);
  ASSERT_TRUE(is(world.book("learner 2", world.lesson("2026-03-02T10:00")), 201));
  EXPECT_EQ(client.get(target, headers).status, 200);
}

TEST(BookingApi, FreeTimesAreAnsweredFromMemoryOnceTheyAreThere) {
  SchoolServer world({.cache = true});
  const auto query = "lesson_type_id=" + base::to_text(world.school.type) + window("2026-03-02", "2026-03-09");
  const auto routes = http::api_routes(world.app);
  const auto from_memory = [&](const std::string& pattern, const http::Pairs& params, const http::Pairs& headers) {
    const auto route = std::ranges::find_if(
        routes, [&](const http::Route& each) { return each.pattern == pattern && each.method == "GET"; });
    const http::Request request{
        .method = "GET",
        .path = pattern,
        .params = params,
        .query = {{"lesson_type_id", base::to_text(world.school.type)}, {"from", "2026-03-02"}, {"to", "2026-03-09"}},
        .headers = headers,
        .now = world.school.now};
    const auto answer = route->from_memory(request);
    return answer ? std::optional(answer->body) : std::nullopt;
  };
  const auto of_school = [&] { return from_memory("/api/v1/schools/{slug}/availability", {{"slug", "test"}}, {}); };
  const auto of_learner = [&](const http::Pairs& more = {}) {
    http::Pairs headers = {{"authorization", "Bearer learner 1"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return from_memory("/api/v1/calendar/availability", {}, headers);
  };
  // On PostgreSQL only what has heard of other nodes answers alone.
  const auto hears = [&] {
    return world.school.database.read_memory(store::Freshness::recent, [](auto&) { return true; }).has_value();
  };
  for (int tries = 0; tries < 500 && !hears(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_FALSE(of_school()) << "nothing was loaded yet";
  EXPECT_FALSE(of_learner());
  const auto open = world.get("nobody", "/api/v1/schools/test/availability?" + query).body;
  EXPECT_EQ(of_school(), open);
  EXPECT_FALSE(of_learner()) << "the learner's calendar is not there";
  const auto own = world.get("learner 1", "/api/v1/calendar/availability?" + query).body;
  EXPECT_EQ(of_learner(), own);
  EXPECT_FALSE(of_learner({{"acting-for", base::to_text(std::int64_t{2002})}})) << "in nobody else's name";
  ASSERT_TRUE(is(world.book("learner 1", world.lesson("2026-03-04T10:00")), 201));
  EXPECT_NE(of_school(), open);
  EXPECT_EQ(of_school(), world.get("nobody", "/api/v1/schools/test/availability?" + query).body);
  EXPECT_EQ(of_learner(), world.get("learner 1", "/api/v1/calendar/availability?" + query).body);
}

TEST(BookingApi, TheFirstFreeTimesAreThoseOfTheWholeList) {
  SchoolServer world;
  const auto target = "/api/v1/calendar/availability?lesson_type_id=" + base::to_text(world.school.type) +
                      window("2026-03-02", "2026-05-02");
  const auto all = world.get("learner 1", target).json();
  const auto& slots = all.at("slots").as_array();
  ASSERT_EQ(all.at("days").as_array().size(), 61u);
  for (const std::size_t limit : {1u, 20u, 200u}) {
    const auto first = world.get("learner 1", target + "&limit=" + std::to_string(limit)).json();
    const boost::json::array expected(slots.begin(), slots.begin() + std::ptrdiff_t(limit));
    EXPECT_EQ(first.at("slots"), expected);
    const auto& days = first.at("days").as_array();
    EXPECT_LT(days.size(), 61u) << "no more days than it takes";
    EXPECT_TRUE(std::equal(days.begin(), days.end(), all.at("days").as_array().begin()));
  }
  const auto counts = world.get("office", target + "&limit=0").json();
  EXPECT_TRUE(counts.at("slots").as_array().empty());
  EXPECT_EQ(counts.at("days"), world.get("office", target).json().at("days"));
  const auto slug = "/api/v1/schools/test/availability" + target.substr(target.find('?'));
  EXPECT_EQ(list(world.get("nobody", slug + "&limit=2"), "slots").size(), 2u);
  for (const auto* limit : {"-1", "201", "x", ""})
    EXPECT_TRUE(is(world.get("learner 1", target + "&limit=" + limit), 422, "invalid-input")) << limit;
}

TEST(BookingApi, MoveCancelAndUndoAskForTheVersionThatWasSeen) {
  SchoolServer world;
  const auto booked = world.book("learner 1", world.lesson("2026-03-04T10:00"));
  const auto path = path_of(booked);
  const boost::json::object later = {{"start", base::to_text(world.school.time("2026-03-04T14:00"))}};
  EXPECT_TRUE(is(world.send("learner 1", "PATCH", path, later), 428, "precondition-required"));
  EXPECT_TRUE(is(world.send("learner 1", "PATCH", path, later, {{"If-Match", "1"}}), 422, "invalid-input"));
  EXPECT_TRUE(is(world.send("learner 2", "PATCH", path, later, if_match(booked)), 404, "not-found"));
  const auto moved = world.send("learner 1", "PATCH", path, later, if_match(booked));
  ASSERT_TRUE(is(moved, 200));
  EXPECT_EQ(moved.header("etag"), "\"2\"");
  EXPECT_TRUE(is(world.send("learner 1", "PATCH", path, later, if_match(booked)), 412, "stale-version"));
  const auto cancelled =
      world.send("learner 1", "POST", path + "/cancellation", boost::json::object{}, if_match(moved));
  ASSERT_TRUE(is(cancelled, 200));
  EXPECT_EQ(cancelled.json().at("status"), "cancelled");
  EXPECT_TRUE(
      is(world.send("learner 1", "POST", path + "/cancellation", nullptr, if_match(cancelled)), 409, "wrong-status"));
  const auto undone = world.send("learner 1", "POST", path + "/undo", nullptr, if_match(cancelled));
  ASSERT_TRUE(is(undone, 200));
  EXPECT_EQ(undone.json().at("status"), "booked");
  const auto history = list(world.get("learner 1", path + "/history"), "items");
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[0].as_object().at("type"), "booking_made");
  EXPECT_EQ(world.get("learner 1", path).header("etag"), undone.header("etag"));
}

TEST(BookingApi, StaffAnswerRequestsAndRecordOutcomes) {
  SchoolServer world({.approval = true});
  const auto first = world.book("learner 1", world.lesson("2026-03-02T10:00"));
  ASSERT_TRUE(is(first, 201));
  EXPECT_EQ(first.json().at("status"), "requested");
  EXPECT_TRUE(
      is(world.send("learner 1", "POST", path_of(first, "/approval"), nullptr, if_match(first)), 403, "forbidden"));
  const auto approved = world.send("instructor 1", "POST", path_of(first, "/approval"), nullptr, if_match(first));
  ASSERT_TRUE(is(approved, 200));
  const auto second = world.book("learner 2", world.lesson("2026-03-02T14:00"));
  const auto refused = world.send("office", "POST", path_of(second, "/refusal"), {{"reason", "The car is in repair."}},
                                  if_match(second));
  ASSERT_TRUE(is(refused, 200));
  EXPECT_EQ(refused.json().at("status"), "refused");
  const auto outcome = path_of(first, "/outcome");
  EXPECT_TRUE(
      is(world.send("office", "POST", outcome, {{"outcome", "lost"}}, if_match(approved)), 422, "invalid-input"));
  SchoolServer::clock_now = world.school.time("2026-03-02T11:05");
  const auto delivered = world.send("office", "POST", outcome, {{"outcome", "delivered"}}, if_match(approved));
  ASSERT_TRUE(is(delivered, 200));
  EXPECT_EQ(delivered.json().at("status"), "delivered");
}

TEST(BookingApi, HoldsAreKeptExtendedConfirmedAndLetGo) {
  SchoolServer world;
  const auto hold = [&](const char* wall, const char* key) {
    return world.send("learner 1", "POST", "/api/v1/calendar/holds", world.lesson(wall), {{"Idempotency-Key", key}});
  };
  EXPECT_TRUE(is(world.send("learner 1", "POST", "/api/v1/calendar/holds", world.lesson("2026-03-02T10:00")), 428));
  const auto held = hold("2026-03-02T10:00", "hold-1");
  ASSERT_TRUE(is(held, 201));
  EXPECT_EQ(text(held.json(), "expires_at"), base::to_text(world.school.now + std::chrono::minutes{5}));
  const auto id = text(held.json(), "id");
  EXPECT_TRUE(is(world.book("learner 2", world.lesson("2026-03-02T10:00")), 409, "slot-taken"));
  EXPECT_TRUE(is(world.send("learner 1", "POST", "/api/v1/calendar/holds/" + id + "/extension", nullptr), 200));
  auto body = world.lesson("2026-03-02T10:00");
  body["hold_id"] = id;
  EXPECT_TRUE(is(world.book("learner 1", body), 201));
  const auto other = hold("2026-03-02T14:00", "hold-2");
  EXPECT_EQ(world.send("learner 1", "DELETE", "/api/v1/calendar/holds/" + text(other.json(), "id"), nullptr).status,
            204);
  EXPECT_TRUE(is(world.book("learner 2", world.lesson("2026-03-02T14:00")), 201));
  hold("2026-03-03T09:00", "hold-3");
  hold("2026-03-03T13:00", "hold-4");
  EXPECT_TRUE(is(hold("2026-03-04T13:00", "hold-5"), 409, "too-many-holds"));
}

TEST(BookingApi, ListsArePagedAndEverybodySeesTheirOwn) {
  SchoolServer world;
  for (const auto* wall : {"2026-03-02T10:00", "2026-03-03T10:00", "2026-03-04T10:00"})
    ASSERT_TRUE(is(world.book("learner 1", world.lesson(wall)), 201));
  ASSERT_TRUE(is(world.book("learner 2", world.lesson("2026-03-05T10:00")), 201));
  std::vector<std::string> starts;
  std::string cursor;
  do {
    const auto page =
        world.get("office", "/api/v1/calendar/bookings?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_TRUE(is(page, 200));
    const auto answer = page.json();
    for (const auto& item : answer.at("items").as_array()) starts.push_back(text(item.as_object(), "start"));
    cursor = answer.at("next_cursor").is_null() ? "" : text(answer, "next_cursor");
  } while (!cursor.empty());
  EXPECT_EQ(starts.size(), 4u);
  EXPECT_TRUE(std::ranges::is_sorted(starts));
  const auto count = [&](const char* who, const std::string& query) {
    return list(world.get(who, "/api/v1/calendar/bookings" + query), "items").size();
  };
  EXPECT_EQ(count("learner 2", ""), 1u);
  EXPECT_EQ(count("instructor 2", ""), 0u);
  EXPECT_EQ(count("office", "?from=2026-03-03&to=2026-03-05"), 2u);
  EXPECT_EQ(count("office", "?status=cancelled"), 0u);
  EXPECT_EQ(count("office", "?learner_id=" + base::to_text(std::int64_t{2001})), 3u);
}

struct Mistake {
  const char* method;
  std::string target;
  std::string body;
  int status;
  std::string type;
};

TEST(BookingApi, MistakesOfRequestsAreSaidByField) {
  SchoolServer world;
  const auto id = base::to_text(std::int64_t{987654321});
  const std::string bookings = "/api/v1/calendar/bookings";
  const auto with_type = [&](const std::string& rest) {
    return "{\"lesson_type_id\":\"" + base::to_text(world.school.type) + "\"" + rest + "}";
  };
  const std::string start = ",\"start\":\"2026-03-02T10:00:00Z\"";
  const Mistake mistakes[] = {
      {"POST", bookings, "{", 400, "malformed"},
      {"POST", bookings, "[]", 422, "invalid-input"},
      {"POST", bookings, "{}", 422, "invalid-input"},
      {"POST", bookings, with_type(start + ",\"colour\":\"red\""), 422, "invalid-input"},
      {"POST", bookings, with_type(start + ",\"note\":\"a\\u0000b\""), 422, "invalid-input"},
      {"POST", bookings, with_type(start + ",\"instructor_id\":\"" + id + "\""), 422, "invalid-input"},
      {"POST", bookings,
       with_type(",\"start\":\"2026-03-02T10:01:00Z\",\"instructor_id\":\"" + base::to_text(std::int64_t{1001}) + "\""),
       422, "off-grid"},
      {"GET", bookings + "/" + id, "", 404, "not-found"},
      {"GET", bookings + "/nonsense", "", 404, "not-found"},
      {"GET", bookings + "?limit=0", "", 422, "invalid-input"},
      {"GET", bookings + "?cursor=nonsense", "", 422, "invalid-input"},
      {"GET", bookings + "?status=lost", "", 422, "invalid-input"},
      {"GET", bookings + "?from=2026-02-30", "", 422, "invalid-input"},
      {"GET", "/api/v1/calendar/availability", "", 422, "invalid-input"},
      {"GET", "/api/v1/calendar/availability?lesson_type_id=" + id + window("2026-03-02", "2026-03-04"), "", 422,
       "invalid-input"},
      {"GET",
       "/api/v1/calendar/availability?lesson_type_id=" + base::to_text(world.school.type) +
           window("2026-03-02", "2026-09-04"),
       "", 422, "invalid-input"},
      {"PUT", bookings, "{}", 405, "method-not-allowed"},
  };
  for (const auto& [method, target, body, status, type] : mistakes) {
    SCOPED_TRACE(std::string(method) + " " + target + " " + body);
    const auto headers =
        SchoolServer::as("learner 1", {{"Idempotency-Key", "mistake-" + std::to_string(++world.keys)}});
    EXPECT_TRUE(is(world.ask(method, target, headers, body), status, type));
  }
  const auto both = world.book("learner 1", {{"start", "soon"}});
  ASSERT_EQ(list(both, "errors").size(), 2u);
  EXPECT_TRUE(is(world.client().get(bookings), 401, "unauthenticated"));
  EXPECT_TRUE(is(world.get("nobody", bookings), 401, "unauthenticated"));
}

TEST(ServiceApi, TellsAboutItself) {
  SchoolServer world;
  auto client = world.client();
  EXPECT_EQ(client.get("/healthz").body, "{\"status\":\"ok\"}");
  EXPECT_TRUE(is(client.get("/readyz"), 200));
  world.app.health.push_back({"mail", [] { return base::Done(base::refuse(base::Code::unavailable, "secret host")); }});
  const auto failing = client.get("/readyz");
  EXPECT_EQ(failing.status, 503);
  EXPECT_NE(failing.body.find("\"mail\":{\"status\":\"failing\"}"), std::string::npos);
  EXPECT_EQ(failing.body.find("secret"), std::string::npos);
  EXPECT_NE(client.get("/problems/slot-taken").body.find("HTTP 409"), std::string::npos);
  EXPECT_TRUE(is(client.get("/problems/nothing"), 404, "not-found"));
  EXPECT_EQ(client.get("/api/v1/openapi.json").json().at("openapi"), "3.1.0");
}

}  // namespace bookings_test
