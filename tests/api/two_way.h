/// A school whose instructor 1 connects calendars at the stand-in for Google, with everything but the threads of the
/// sync.
#pragma once

#include "api/google_sim.h"
#include "api/school_server.h"
#include "jobs/sync.h"
#include "jobs/worker.h"

namespace api {

using boost::json::object;
using google_sim::email;
using google_sim::Sim;

class TwoWay : public testing::Test {
 protected:
  TwoWay() {
    sim.control("POST", "/reset");
    sim.control("POST", "/clock",
                fmt::format(R"({{"advance_seconds":{}}})",
                            base::to_seconds(SchoolServer::clock_now.load()) - base::to_seconds(base::now())));
    world.school.keys.make_keys({1}, std::vector<base::PersonId>{{1001}, {1002}}, world.school.now);
    world.school.execute(
        "insert into sessions (school_id, id, person_id, refresh_hash, created_at, used_at, expires_at)"
        " values (1, 0, 1001, '0', 0, 0, 9000000000)");
    world.app.outside = google.outside();
    world.app.context.ask_elsewhere = [this](const auto& caller, const auto& question) {
      return google.ask(world.school.context(), caller, question);
    };
    world.app.identity.public_url = "http://127.0.0.1:1";  // Without https Google sends nobody anywhere else.
  }
  static base::Config configured() {
    base::Config config;
    config.google = Sim::running().settings();
    return config;
  }
  base::CalendarSettings settings() const {
    return {.google_api = sim.url(), .webhook_url = "http://127.0.0.1:1/webhook", .breaker_failures = 1000};
  }
  jobs::SyncOffice office() {
    return {.context = world.school.context(),
            .people = world.people,
            .outside = world.app.outside,
            .public_url = "http://school.test",
            .report = [this](const std::string& what) { reports.push_back(what); }};
  }

  /// The way of instructor 1 to Google and back; what the page is told.
  std::string connect(const std::string& decision = "decision=allow") {
    const auto begun = world.send("instructor 1", "POST", "/api/v1/calendar/connections", {{"provider", "google"}});
    EXPECT_EQ(begun.status, 200) << begun.body;
    const std::string url(begun.json().at("authorization_url").as_string());
    const auto back = sim.decide(url, "account=" + email + "&" + decision);
    const auto at = begun.head.find("Set-Cookie: ") + 12;
    const auto cookie = begun.head.substr(at, begun.head.find(';', at) - at);
    const auto path = back.substr(back.find("/api/"));
    const auto answer = world.ask("GET", path, {{"Cookie", cookie}});
    EXPECT_EQ(answer.status, 303) << answer.body;
    return answer.header("location");
  }
  object connection() {
    const auto list = world.get("instructor 1", "/api/v1/calendar/connections").json().at("items").as_array();
    return list.empty() ? object() : list.at(0).as_object();
  }
  std::string path(const std::string& rest = "") {
    return "/api/v1/calendar/connections/" + std::string(connection().at("id").as_string()) + rest;
  }

  /// Everything that is due by now, in an order that no test depends on.
  void work() {
    const auto now = SchoolServer::clock_now.load();
    for (int rounds = 0; rounds < 50; ++rounds) {
      bool more = jobs::dispatch(world.school.context()) > 0;
      more = jobs::write_due_lessons(office(), now) || more;
      more = jobs::read_due_calendar(office(), now) || more;
      if (!more) return;
    }
    ADD_FAILURE() << "it comes to no end";
  }
  void pass(std::chrono::seconds time) {
    SchoolServer::clock_now = SchoolServer::clock_now.load() + time;
    sim.control("POST", "/clock", fmt::format(R"({{"advance_seconds":{}}})", time.count()));
    work();
  }
  void poll() { pass(std::chrono::seconds{400}); }

  boost::json::array events() {
    boost::json::array living;
    const auto all = sim.control("GET", "/events?calendar=" + email);  // A loop does not keep a temporary alive.
    for (const auto& event : all.at("events").as_array())
      if (event.at("status").as_string() != "cancelled") living.push_back(event);
    return living;
  }
  /// The only lesson there: "2026-03-02T10:00:00Z Lesson".
  std::string shown() {
    boost::json::array all;
    const auto living = events();
    for (const auto& event : living)
      if (event.at("summary").as_string() != "Dentist") all.push_back(event);
    if (all.size() != 1) return fmt::format("{} events", all.size());
    const auto start = base::instant_from_text(all.at(0).at("start").at("dateTime").as_string());
    return base::to_text(start.value()) + " " + std::string(all.at(0).at("summary").as_string());
  }
  std::string event_id() { return std::string(events().at(0).at("id").as_string()); }
  void human(const std::string& action, const std::string& more) {
    sim.control("POST", "/human", fmt::format(R"({{"do":"{}","calendar":"{}",{}}})", action, email, more));
  }
  void drag(const std::string& id, const std::string& wall, int minutes = 60) {
    const auto start = world.school.time(wall);
    human("change", fmt::format(R"("id":"{}","event":{{"start":{{"dateTime":"{}"}},"end":{{"dateTime":"{}"}}}})", id,
                                base::to_text(start), base::to_text(start + std::chrono::minutes{minutes})));
  }
  void block(const std::string& from, const std::string& to) {
    human("create",
          fmt::format(R"("event":{{"summary":"Dentist","start":{{"dateTime":"{}"}},"end":{{"dateTime":"{}"}}}})",
                      base::to_text(world.school.time(from)), base::to_text(world.school.time(to))));
  }
  object booked(const std::string& wall, const std::string& who = "learner 1") {
    const auto answer = world.book(who, world.lesson(wall));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json();
  }
  std::string where(const object& lesson) {
    const auto now =
        world.get("office", "/api/v1/calendar/bookings/" + std::string(lesson.at("id").as_string())).json();
    return std::string(now.at("status").as_string()) + " " + std::string(now.at("local_start").as_string());
  }
  boost::json::array conflicts(const std::string& who = "instructor 1") {
    return world.get(who, "/api/v1/calendar/conflicts").json().at("items").as_array();
  }
  Answer resolve(const object& resolution, const std::string& who = "instructor 1") {
    const std::string id(conflicts(who).at(0).at("id").as_string());
    return world.send(who, "POST", "/api/v1/calendar/conflicts/" + id + "/resolution", resolution);
  }
  void fault(const std::string& json) { sim.control("POST", "/faults", json); }
  void forget_requests() { sim.control("DELETE", "/requests"); }
  /// What was asked there since they were forgotten: "GET /token 200".
  std::vector<std::string> asked(std::string_view what = "") {
    std::vector<std::string> all;
    const auto log = sim.control("GET", "/requests");
    for (const auto& one : log.at("requests").as_array()) {
      auto line = fmt::format("{} {} {}", one.at("method").as_string().c_str(), one.at("path").as_string().c_str(),
                              boost::json::serialize(one.at("status")));
      if (line.find(what) != std::string::npos) all.push_back(std::move(line));
    }
    return all;
  }
  /// Leaves nothing behind.
  bool bookable(const std::string& wall, const std::string& who = "learner 3") {
    const auto answer = world.book(who, world.lesson(wall));
    if (answer.status != 201) return false;
    const std::string id(answer.json().at("id").as_string());
    const auto path = "/api/v1/calendar/bookings/" + id + "/cancellation";
    EXPECT_EQ(world.send("office", "POST", path, object(), {{"If-Match", "\"1\""}}).status, 200);
    return true;
  }
  void revoke() {
    sim.control("POST", "/revoke", fmt::format(R"({{"account":"{}"}})", email));
    expire();
  }
  void expire() { sim.control("POST", "/access-tokens/expire"); }
  std::int64_t connection_id() { return base::id_from_text(connection().at("id").as_string()).value(); }

  Sim& sim = Sim::running();
  std::vector<std::string> reports;
  SchoolServer world{{}, configured(), google_sim::calls()};
  actions::OutsideGoogle google{world.school.context(), *world.providers.open_id("google"), settings(),
                                google_sim::calls()};
};

}  // namespace api
