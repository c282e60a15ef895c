// What is so at Google (docs/google-statements.md), through the whole of the server: consent, tokens, channels, waits.
#include "api/two_way.h"
#include "store/connections.h"

namespace sync_rules_test {

using api::email;
using api::SchoolServer;
using api::TwoWay;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Sync : TwoWay {
  /// The address that somebody is sent to, and the cookie of the browser that asked.
  std::pair<std::string, std::string> begun() {
    const auto answer = world.send("instructor 1", "POST", "/api/v1/calendar/connections", {{"provider", "google"}});
    const auto at = answer.head.find("Set-Cookie: ") + 12;
    return {std::string(answer.json().at("authorization_url").as_string()),
            answer.head.substr(at, answer.head.find(';', at) - at)};
  }
  std::string back(const std::string& path, const api::Headers& headers) {
    return world.ask("GET", path, headers).header("location");
  }
  std::size_t known_busy() {
    const auto busy = world.get("instructor 1", "/api/v1/calendar/busy?from=2026-03-02&to=2026-03-09").json();
    return busy.at("items").as_array().size();
  }
  void message(const std::string& state = "exists") {
    const auto channel = sim.control("GET", "/state").at("channels").as_array().at(0).as_object();
    world.ask("POST", "/api/v1/calendar/webhooks/google",
              {{"X-Goog-Channel-ID", std::string(channel.at("id").as_string())},
               {"X-Goog-Channel-Token", std::string(channel.at("token").as_string())},
               {"X-Goog-Resource-State", state}});
  }
  std::string invited(const std::string& answer) {
    const auto event = sim.control(
        "POST", "/human",
        fmt::format(R"({{"do":"create","calendar":"{}","organizer":"boss@example.com","event":{{"summary":"Meeting",)"
                    R"("start":{{"dateTime":"2026-03-02T10:00:00Z"}},"end":{{"dateTime":"2026-03-02T11:00:00Z"}},)"
                    R"("attendees":[{{"email":"{}","responseStatus":"{}"}}]}}}})",
                    email, email, answer));
    return std::string(event.at("id").as_string());
  }
};

TEST_F(Sync, ConsentAsksForTheLeastThatIsNeededOffline) {
  const auto [url, cookie] = begun();
  for (const auto* part : {"access_type=offline", "prompt=consent", "include_granted_scopes=true",
                           "code_challenge_method=S256", "response_type=code"})
    EXPECT_NE(url.find(part), std::string::npos) << part << " in " << url;
  EXPECT_NE(url.find("scope=" + net::form_of({{"", google_sim::all_scopes}}).substr(1)), std::string::npos) << url;
}

TEST_F(Sync, ACallbackIsForWhoBeganItOnce) {
  const auto [url, cookie] = begun();
  const auto location = sim.decide(url, "account=" + email + "&decision=allow");
  const auto path = location.substr(location.find("/api/"));
  auto forged = path;
  forged.replace(forged.find("state=") + 6, 4, "AAAA");
  forget_requests();
  EXPECT_EQ(back(path, {}), "/calendars?problem=again") << "another browser";
  EXPECT_EQ(back(forged, {{"Cookie", cookie}}), "/calendars?problem=again");
  EXPECT_TRUE(asked("/token").empty()) << "nothing is exchanged for it";
  EXPECT_EQ(back(path, {{"Cookie", cookie}}), "/calendars?connected=google");
  EXPECT_EQ(back(path, {{"Cookie", cookie}}), "/calendars?problem=again") << "twice";
  EXPECT_EQ(asked("/token").size(), 1u);
  const auto [later, late] = begun();
  const auto too_late = sim.decide(later, "account=" + email + "&decision=allow");
  SchoolServer::clock_now = SchoolServer::clock_now.load() + minutes{11};
  EXPECT_EQ(back(too_late.substr(too_late.find("/api/")), {{"Cookie", late}}), "/calendars?problem=again");
}

TEST_F(Sync, AnExpiredTokenIsRenewedOnceAndTheCallRepeated) {
  connect();
  work();
  expire();
  forget_requests();
  poll();
  const auto calls = asked();
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_TRUE(calls[0].ends_with("/events 401")) << calls[0];
  EXPECT_EQ(calls[1], "POST /token 200");
  EXPECT_TRUE(calls[2].ends_with("/events 200")) << calls[2];
  EXPECT_EQ(connection().at("state").as_string(), "connected");
}

TEST_F(Sync, ATokenThatIsReplacedIsTheOneThatIsUsed) {
  sim.control("PATCH", "/settings", R"({"rotate_refresh_tokens":true})");
  connect();
  work();
  for (int i = 0; i < 3; ++i) {
    expire();
    poll();
    EXPECT_EQ(connection().at("state").as_string(), "connected") << i;
  }
  const auto done = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    const auto before = store::tokens_of(tx, {1}, connection_id())->refresh;
    store::keep_tokens(tx, {1}, connection_id(), {.refresh = {}, .access = {1}, .access_until = {}});
    EXPECT_EQ(store::tokens_of(tx, {1}, connection_id())->refresh, before) << "none is not another one";
    return 0;
  });
  EXPECT_TRUE(done);
}

TEST_F(Sync, WhoIsNotLetInAsksNoMore) {
  connect();
  work();
  revoke();
  poll();
  EXPECT_EQ(connection().at("state").as_string(), "needs_consent");
  forget_requests();
  pass(days{1});
  message();
  pass(seconds{5});
  EXPECT_TRUE(asked().empty()) << asked().front();
}

TEST_F(Sync, WhyATokenIsNotRenewedIsSaidToOperators) {
  connect();
  work();
  fault(R"({"path":"/token","times":3,"status":401,"body":{"error":"invalid_client"}})");
  expire();
  poll();
  const auto said = [&](const auto& line) { return line.find("invalid_client") != std::string::npos; };
  EXPECT_TRUE(std::ranges::any_of(reports, said));
  EXPECT_EQ(connection().at("state").as_string(), "connected") << "it may pass";
}

TEST_F(Sync, DisconnectingStopsTheChannelsAndEndsTheGrant) {
  connect();
  work();
  forget_requests();
  EXPECT_EQ(world.send("instructor 1", "DELETE", path(), nullptr).status, 204);
  const auto calls = asked();
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_TRUE(calls[0].find("/channels/stop") != std::string::npos) << calls[0];
  EXPECT_EQ(calls[1], "POST /revoke 200");
  EXPECT_TRUE(sim.control("GET", "/state").at("grants").as_array().empty());
  connect();
  revoke();
  EXPECT_EQ(world.send("instructor 1", "DELETE", path(), nullptr).status, 204) << "it had ended there before";
  EXPECT_TRUE(connection().empty());
}

TEST_F(Sync, WhatIsReadHalfWayIsReadAgain) {
  connect();
  work();
  for (int i = 0; i < 5; ++i) block(fmt::format("2026-03-0{}T10:00", i + 2), fmt::format("2026-03-0{}T11:00", i + 2));
  sim.control("PATCH", "/settings", R"({"short_pages":true})");
  fault(R"({"method":"GET","path":"/calendar/v3/calendars","skip":2,"status":503})");
  const auto read_at = connection().at("last_synced_at");
  poll();
  EXPECT_EQ(known_busy(), 0u) << "all or nothing";
  EXPECT_EQ(connection().at("last_synced_at"), read_at);
  poll();
  EXPECT_EQ(known_busy(), 5u);
}

TEST_F(Sync, WhatMayNeverBeWrittenIsGivenUpAndShown) {
  connect();
  work();
  fault(R"({"method":"POST","path":"/calendar/v3/calendars","status":403,"body":{"error":{"code":403,"errors":)"
        R"([{"domain":"calendar","reason":"requiredAccessLevel"}]}}})");
  booked("2026-03-02T10:00");
  work();
  const auto dead = world.get("office", "/api/v1/jobs?state=dead").json().at("items").as_array();
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead.at(0).at("kind").as_string(), "calendar");
  EXPECT_NE(dead.at(0).at("problem").as_string().find("requiredAccessLevel"), boost::json::string::npos);
  forget_requests();
  pass(hours{1});
  EXPECT_TRUE(asked("POST /calendar/v3/calendars/").empty());
  const auto retry = "/api/v1/jobs/" + std::string(dead.at(0).at("id").as_string()) + "/retry";
  EXPECT_EQ(world.send("office", "POST", retry, nullptr).status, 204);
  work();
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(Sync, ASeriesWithoutEndTakesTimeAsTheDaysGoOn) {
  connect();
  human("create",
        R"("event":{"summary":"Choir","start":{"dateTime":"2026-03-02T19:00:00Z","timeZone":"Europe/London"},)"
        R"("end":{"dateTime":"2026-03-02T20:00:00Z","timeZone":"Europe/London"},"recurrence":["RRULE:FREQ=WEEKLY"]})");
  work();
  const auto last = [&] { return world.school.number("select max(ends_at) from busy"); };
  const auto before = last();
  pass(days{30});
  EXPECT_GT(last(), before + 3 * 7 * 86'400) << "nobody there has said a word";
}

TEST_F(Sync, MessagesCollapseAndTheFirstOneSaysNothing) {
  connect();
  work();
  forget_requests();
  message("sync");
  pass(seconds{2});
  EXPECT_TRUE(asked("/events").empty());
  for (int i = 0; i < 5; ++i) message();
  pass(seconds{2});
  EXPECT_EQ(asked("/events").size(), 1u);
}

TEST_F(Sync, AMessageShortensNoWait) {
  connect();
  work();
  fault(R"({"method":"GET","path":"/calendar/v3/calendars","status":429,"headers":{"Retry-After":"600"},"body":null})");
  poll();
  forget_requests();
  message();
  pass(seconds{5});
  EXPECT_TRUE(asked().empty()) << asked().front();
  pass(seconds{600});
  EXPECT_EQ(asked("/events").size(), 1u);
}

TEST_F(Sync, AWriteWaitsAsLongAsItIsToldTo) {
  connect();
  work();
  fault(R"({"method":"POST","path":"/calendar/v3/calendars","status":429,"headers":{"Retry-After":"30"},"body":null})");
  booked("2026-03-02T10:00");
  work();
  forget_requests();
  pass(seconds{29});
  EXPECT_TRUE(asked("POST /calendar/v3/calendars/").empty());
  pass(seconds{2});
  EXPECT_EQ(events().size(), 1u);
  EXPECT_EQ(asked("POST /calendar/v3/calendars/").size(), 1u);
}

TEST_F(Sync, ACalendarThatIsGoneForOneAnswerLosesNoLesson) {
  connect();
  work();
  fault(R"({"method":"POST","path":"/calendar/v3/calendars","status":404,"body":"<html>"})");
  booked("2026-03-02T10:00");
  work();
  EXPECT_TRUE(events().empty());
  pass(seconds{10});
  EXPECT_EQ(shown(), "2026-03-02T10:00:00Z Lesson");
}

TEST_F(Sync, ChannelsAreRenewedBeforeTheyEnd) {
  connect();
  work();
  const auto channels = [&] { return sim.control("GET", "/state").at("channels").as_array(); };
  const std::string first(channels().at(0).at("id").as_string());
  pass(days{6} + hours{1});
  ASSERT_EQ(channels().size(), 2u);
  EXPECT_NE(channels().at(1).at("id").as_string(), first);
  EXPECT_NE(boost::json::serialize(channels().at(0)).find("\"stopped\":true"), std::string::npos);
  fault(R"({"method":"POST","path":"/calendar/v3/calendars","times":50,"status":400,"body":{"error":{"code":400}}})");
  pass(days{6} + hours{1});
  EXPECT_TRUE(std::ranges::any_of(reports, [](const auto& line) { return line.find("no channel") != line.npos; }));
  block("2026-03-20T09:30", "2026-03-20T11:00");
  poll();
  EXPECT_EQ(world.school.number("select count(*) from busy"), 1) << "polling is enough";
}

TEST_F(Sync, OneWorkerWritesACalendarAndAQuotaIsWaitedFor) {
  connect();
  work();
  sim.control("PATCH", "/settings", R"({"quota":{"writes":2}})");
  booked("2026-03-02T10:00", "learner 1"), booked("2026-03-02T12:00", "learner 2");
  booked("2026-03-02T14:00", "learner 3"), booked("2026-03-03T10:00", "learner 1");
  jobs::dispatch(world.school.context());
  const auto claimed = [&] {
    std::vector<store::Job> jobs;
    (void)world.school.database.transact<int>(store::no_school, [&](store::Transaction& tx) -> base::Result<int> {
      jobs = store::claim_jobs(tx, SchoolServer::clock_now, base::make_id(), 100, store::Work::calendars);
      return 0;
    });
    return jobs.size();
  };
  EXPECT_EQ(claimed(), 4u);
  EXPECT_EQ(claimed(), 0u) << "somebody is at it";
  world.school.execute("update jobs set claim = 0, taken_until = 0");
  pass(minutes{1});
  EXPECT_EQ(events().size(), 2u) << "a quota that is spent is left alone for a quarter of an hour";
  pass(minutes{16});
  EXPECT_EQ(events().size(), 4u);
}

TEST_F(Sync, WhatForeignEventsTakeFollowsWhatIsDoneToThem) {
  connect();
  const std::string other(
      sim.control("POST", "/calendars", fmt::format(R"({{"account":"{}","summary":"Private"}})", email))
          .at("id")
          .as_string());
  const auto id = invited("needsAction");
  poll();
  EXPECT_FALSE(bookable("2026-03-02T10:00")) << "nobody has answered";
  human("answer", fmt::format(R"("id":"{}","response":"tentative")", id));
  poll();
  EXPECT_FALSE(bookable("2026-03-02T10:00")) << "tentative";
  EXPECT_EQ(world.send("instructor 1", "PATCH", path(), {{"tentative", false}}, {{"If-Match", "\"1\""}}).status, 200);
  work();
  EXPECT_TRUE(bookable("2026-03-02T10:00")) << "its owner chose otherwise";
  human("answer", fmt::format(R"("id":"{}","response":"accepted")", id));
  poll();
  EXPECT_FALSE(bookable("2026-03-02T10:00")) << "accepted";
  human("answer", fmt::format(R"("id":"{}","response":"declined")", id));
  poll();
  EXPECT_TRUE(bookable("2026-03-02T10:00")) << "declined";
  block("2026-03-03T10:00", "2026-03-03T11:00");
  poll();
  EXPECT_FALSE(bookable("2026-03-03T10:00"));
  std::string own;
  for (const auto& event : events())
    if (event.at("summary").as_string() == "Dentist") own = event.at("id").as_string();
  human("move", fmt::format(R"("id":"{}","to":"{}")", own, other));
  poll();
  EXPECT_TRUE(bookable("2026-03-03T10:00")) << "in a calendar that is not followed";
}

TEST_F(Sync, TitleAndPlaceAreWrittenAgainWithTheLessonAndNothingElse) {
  connect();
  const auto lesson = booked("2026-03-02T10:00");
  work();
  human("change",
        fmt::format(R"("id":"{}","event":{{"summary":"Ada","colorId":"3","reminders":{{"useDefault":false}}}})",
                    event_id()));
  poll();
  EXPECT_EQ(world
                .send("office", "PATCH", "/api/v1/calendar/bookings/" + std::string(lesson.at("id").as_string()),
                      {{"start", base::to_text(world.school.time("2026-03-02T14:00"))}}, {{"If-Match", "\"1\""}})
                .status,
            200);
  work();
  EXPECT_EQ(shown(), "2026-03-02T14:00:00Z Lesson");
  EXPECT_EQ(events().at(0).at("colorId").as_string(), "3");
  EXPECT_EQ(events().at(0).at("reminders").at("useDefault").as_bool(), false);
}

}  // namespace sync_rules_test
