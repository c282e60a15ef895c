// Acting in somebody's name: guardians for their children, an admin for half an hour.
#include <gtest/gtest.h>

#include "api/operations.h"
#include "jobs/worker.h"

namespace acting_test {

using api::Answer;
using api::SchoolServer;

std::string text(std::int64_t id) {
  return base::to_text(id);
}

boost::json::value said_id(std::int64_t id) {
  return boost::json::value(text(id));
}

class ActingFor : public testing::Test {
 protected:
  ActingFor() { world.add_guardian(); }

  Answer book(const std::string& who, const std::string& wall) { return world.book(who, world.lesson(wall)); }
  Answer change(const std::string& who, const std::string& path, const boost::json::value& body,
                const std::string& version) {
    const auto* method = path.ends_with("/cancellation") ? "POST" : "PATCH";
    return world.send(who, method, path, body, {{"If-Match", version}});
  }
  /// "actor action whose": what the audit has so far.
  std::set<std::string> deeds() {
    std::this_thread::sleep_for(3 * actions::Trail::gathered);
    return world.school.database.read({1}, [](store::Transaction& tx) {
      std::set<std::string> lines;
      for (const auto& [id, deed] : store::find_deeds(tx, {1}, {.limit = 500}).items) {
        std::string line = std::to_string(deed.actor.value) + " " + deed.action + " " + deed.what;
        for (const auto whose : deed.whose) line += " " + std::to_string(whose.value);
        lines.insert(line);
      }
      return lines;
    });
  }
  boost::json::object last_event(const std::string& type) {
    return world.school.database.read({1}, [&](store::Transaction& tx) {
      boost::json::object found;
      for (const store::Row row : tx.query("select data, actor from events where type = $1", type)) {
        found = boost::json::parse(row.view(0)).as_object();
        found["actor"] = row.integer(1);
      }
      return found;
    });
  }
  /// A school that asks for consents, and learner 1 as old as this says.
  void ask_for_consent(const std::string& born) {
    const auto school = world.get("admin", "/api/v1/school");
    const boost::json::object settings{{"guardian_consent_required", true},
                                       {"guardian_consent_text", "Lessons are fine."}};
    const auto set = world.send("admin", "PATCH", "/api/v1/school", settings, {{"If-Match", school.header("etag")}});
    ASSERT_EQ(set.status, 200) << set.body;
    EXPECT_EQ(set.json().at("guardian_consent_version"), 1);
    const boost::json::object person{{"name", "Ada"}, {"email", "ada@example.com"}, {"birth_date", born}};
    const auto learner =
        world.send("office", "PATCH", "/api/v1/learners/" + text(2001), person, {{"If-Match", "\"1\""}});
    ASSERT_EQ(learner.status, 200) << learner.body;
  }
  std::string free_times(const std::string& who) {
    return world
        .get(who, "/api/v1/calendar/availability?from=2026-03-02&to=2026-03-07&lesson_type_id=" +
                      text(world.school.type.value))
        .body;
  }

  SchoolServer world;
};

TEST_F(ActingFor, AGuardianBooksMovesAndCancelsForTheirChild) {
  const auto made = book("guardian for 2001", "2026-03-04T10:00");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json().at("learner_id"), said_id(2001));
  const auto event = last_event("booking_made");
  EXPECT_EQ(event.at("actor"), 6001);
  EXPECT_EQ(event.at("acting_for"), said_id(2001));
  const auto path = "/api/v1/calendar/bookings/" + std::string(made.json().at("id").as_string());
  EXPECT_EQ(world.get("learner 1", path).status, 200);
  const boost::json::object later{{"start", base::to_text(world.school.time("2026-03-04T14:00"))}};
  const auto moved = change("guardian for 2001", path, later, "\"1\"");
  ASSERT_EQ(moved.status, 200) << moved.body;
  const auto ended = change("guardian for 2001", path + "/cancellation", nullptr, "\"2\"");
  ASSERT_EQ(ended.status, 200) << ended.body;
  EXPECT_NE(ended.body.find("\"undo\""), std::string::npos) << "by whoever did it";
  const auto events = world.get("learner 1", path + "/history").json().at("items").as_array();
  EXPECT_EQ(events.at(0).at("actor_role"), "guardian");
  EXPECT_TRUE(deeds().contains("6001 acted POST /api/v1/calendar/bookings 2001"));
}

TEST_F(ActingFor, AGuardianAloneSeesNobody) {
  ASSERT_EQ(book("learner 1", "2026-03-04T10:00").status, 201);
  for (const std::string path : {"/api/v1/calendar/bookings", "/api/v1/learners", "/api/v1/guardians", "/api/v1/users",
                                 "/api/v1/places", "/api/v1/jobs", "/api/v1/audit", "/api/v1/constraints"})
    EXPECT_EQ(world.get("guardian", path).status, 403) << path;
  EXPECT_EQ(book("guardian", "2026-03-04T14:00").status, 403);
  const auto mine = world.get("guardian for 2001", "/api/v1/calendar/bookings").json().at("items").as_array();
  EXPECT_EQ(mine.size(), 1);
  EXPECT_EQ(world.get("guardian", "/api/v1/me/children").json().at("items").at(0).at("id"), said_id(2001));
}

TEST_F(ActingFor, AnybodyElsesIdIsAnsweredLikeOneThatNobodyHas) {
  world.add_second_school();
  const auto said = [&](const std::string& who) {
    const auto answer = world.get(who, "/api/v1/calendar/bookings");
    return std::to_string(answer.status) + std::string(answer.json().at("detail").as_string());
  };
  const auto nobody = said("guardian for 987654321");
  EXPECT_TRUE(nobody.starts_with("404")) << nobody;
  for (const std::string id : {"2002", "1001", "4002", "6001", "9002"}) EXPECT_EQ(said("guardian for " + id), nobody);
  for (const std::string id : {"2002", "1001", "4002"}) EXPECT_EQ(said("admin for " + id), nobody);
  EXPECT_EQ(said("stranger for 2001"), nobody);
  for (const std::string who : {"learner 2", "instructor 1", "office"})
    EXPECT_TRUE(said(who + " for 2001").starts_with("403")) << who;
  const auto headers = SchoolServer::as("guardian", {{"Acting-For", "everybody"}});
  EXPECT_EQ(world.ask("GET", "/api/v1/calendar/bookings", headers).status, 404);
}

TEST_F(ActingFor, AccountsAndPersonalDataAreEverybodysOwn) {
  for (const std::string path : {"/api/v1/me", "/api/v1/me/sessions", "/api/v1/me/factors", "/api/v1/me/feed",
                                 "/api/v1/me/identities", "/api/v1/me/representatives", "/api/v1/me/children"})
    for (const std::string who : {"guardian", "admin"}) {
      const auto answer = world.get(who + " for 2001", path);
      EXPECT_EQ(answer.status, 403) << path;
      EXPECT_NE(answer.body.find("Acting-For"), std::string::npos) << answer.body;
    }
  EXPECT_EQ(world.send("admin for 2001", "DELETE", "/api/v1/me", nullptr).status, 403);
  EXPECT_TRUE(deeds().contains("4002 refused DELETE /api/v1/me"));
}

TEST_F(ActingFor, TheSameKeyForTwoChildrenIsTwoRequests) {
  world.school.execute(
      "insert into guardianships (school_id, guardian_id, learner_id, id, created_at) values (1, 6001, 2002, 7202, 0)");
  const auto one = world.book("guardian for 2001", world.lesson("2026-03-04T10:00"), "key");
  const auto other = world.book("guardian for 2002", world.lesson("2026-03-04T14:00"), "key");
  EXPECT_EQ(one.status, 201) << one.body;
  EXPECT_EQ(other.status, 201) << other.body;
}

TEST_F(ActingFor, EndsWithTheLinkAtOnce) {
  const auto path = "/api/v1/learners/" + text(2001) + "/guardians";
  EXPECT_EQ(world.get("guardian for 2001", "/api/v1/calendar/bookings").status, 200);
  ASSERT_EQ(world.send("office", "DELETE", path + "/" + text(6001), nullptr).status, 204);
  EXPECT_EQ(world.get("guardian for 2001", "/api/v1/calendar/bookings").status, 404);
  EXPECT_EQ(world.get("guardian", "/api/v1/me/children").json().at("items").as_array().size(), 0);
  const boost::json::object again{{"guardian_id", text(6001)}};
  const auto added = world.send("office", "POST", path, again, {{"Idempotency-Key", "again"}});
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(world.send("office", "POST", path, again, {{"Idempotency-Key", "again"}}).status, 201);
  EXPECT_EQ(world.send("office", "POST", path, again, {{"Idempotency-Key", "twice"}}).status, 409);
  EXPECT_EQ(world.get("guardian for 2001", "/api/v1/calendar/bookings").status, 200);
  const boost::json::object learner{{"guardian_id", text(2002)}};
  EXPECT_EQ(world.send("office", "POST", path, learner, {{"Idempotency-Key", "other"}}).status, 422);
}

TEST_F(ActingFor, EndsWhenTheChildComesOfAge) {
  ask_for_consent("2008-03-02");
  EXPECT_EQ(world.get("guardian for 2001", "/api/v1/calendar/bookings").status, 200);
  EXPECT_EQ(world.get("guardian", "/api/v1/me/children").json().at("items").at(0).at("until"), "2026-03-02");
  SchoolServer::clock_now = world.school.time("2026-03-02T00:00");
  EXPECT_EQ(world.get("guardian for 2001", "/api/v1/calendar/bookings").status, 404);
  EXPECT_EQ(world.get("guardian", "/api/v1/me/children").json().at("items").as_array().size(), 0);
  const auto path = "/api/v1/learners/" + text(2001) + "/guardians";
  ASSERT_EQ(world.send("office", "DELETE", path + "/" + text(6001), nullptr).status, 204);
  const boost::json::object again{{"guardian_id", text(6001)}};
  EXPECT_EQ(world.send("office", "POST", path, again, {{"Idempotency-Key", "late"}}).status, 409);
}

TEST_F(ActingFor, NoLessonOfAMinorBeforeAGuardianHasAgreed) {
  ask_for_consent("2009-05-31");
  const auto type = [](const Answer& answer) { return std::to_string(answer.status) + " " + answer.type(); };
  EXPECT_EQ(type(book("learner 1", "2026-03-04T10:00")), "422 /problems/guardian-consent");
  EXPECT_EQ(type(book("guardian for 2001", "2026-03-04T10:00")), "422 /problems/guardian-consent");
  EXPECT_NE(free_times("learner 1").find("\"slots\":[]"), std::string::npos);
  auto overruled = world.lesson("2026-03-05T10:00");
  overruled["learner_id"] = text(2001);
  EXPECT_EQ(type(world.book("office", overruled)), "422 /problems/guardian-consent");
  overruled["override"] = boost::json::array{"guardian-consent"};
  overruled["reason"] = "On paper";
  EXPECT_EQ(world.book("office", overruled).status, 201);

  const auto consent = "/api/v1/me/children/" + text(2001) + "/consent";
  EXPECT_EQ(world.get("guardian", "/api/v1/me/children").json().at("items").at(0).at("consent"), "missing");
  EXPECT_EQ(world.send("guardian", "PUT", consent, {{"text_version", 2}}).status, 422);
  ASSERT_EQ(world.send("guardian", "PUT", consent, {{"text_version", 1}}).status, 204);
  EXPECT_EQ(last_event("guardian_consent_given").at("text_version"), 1);
  const auto listed = world.get("office", "/api/v1/learners/" + text(2001) + "/guardians");
  EXPECT_EQ(listed.json().at("items").at(0).at("consent").at("text_version"), 1);
  EXPECT_EQ(free_times("learner 1").find("\"slots\":[]"), std::string::npos);
  EXPECT_EQ(book("learner 1", "2026-03-04T10:00").status, 201);
  ASSERT_EQ(world.send("guardian", "DELETE", consent, nullptr).status, 204);
  EXPECT_EQ(world.send("guardian", "DELETE", consent, nullptr).status, 404);
  EXPECT_EQ(type(book("learner 1", "2026-03-06T10:00")), "422 /problems/guardian-consent");
}

TEST_F(ActingFor, WhoIsOfAgeOrOfUnknownAgeNeedsNoConsent) {
  ask_for_consent("2008-03-04");
  EXPECT_EQ(book("learner 1", "2026-03-03T10:00").status, 422);
  EXPECT_EQ(book("learner 1", "2026-03-04T10:00").status, 201) << "it is their birthday";
  EXPECT_EQ(book("learner 2", "2026-03-03T10:00").status, 201);
}

TEST_F(ActingFor, AnAdminActsForHalfAnHourAndThePersonReadsWhy) {
  const boost::json::object wanted{{"person_id", text(2002)}, {"reason", "They cannot find a time"}};
  const auto started = world.send("admin", "POST", "/api/v1/impersonations", wanted);
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(started.json().at("until"), boost::json::value(base::to_text(world.school.now + std::chrono::minutes{30})));
  EXPECT_EQ(world.get("admin for 2001", "/api/v1/calendar/bookings").status, 404) << "the one before has ended";
  ASSERT_EQ(book("admin for 2002", "2026-03-04T10:00").status, 201);
  EXPECT_EQ(last_event("booking_made").at("acting_for"), said_id(2002));
  EXPECT_EQ(world.get("admin for 2002", "/api/v1/calendar/bookings").json().at("items").as_array().size(), 1);
  const auto lines = deeds();
  EXPECT_TRUE(lines.contains("4002 acted GET /api/v1/calendar/bookings 2002"));
  EXPECT_TRUE(lines.contains("4002 acted POST /api/v1/calendar/bookings 2002"));
  const auto why = world.get("learner 2", "/api/v1/me/representatives").json().at("items").as_array();
  ASSERT_EQ(why.size(), 1);
  EXPECT_EQ(why.at(0).at("reason"), "They cannot find a time");
  EXPECT_EQ(why.at(0).at("role"), "admin");
  SchoolServer::clock_now = world.school.now + std::chrono::minutes{30};
  EXPECT_EQ(world.get("admin for 2002", "/api/v1/calendar/bookings").status, 404);
  EXPECT_EQ(world.get("admin", "/api/v1/impersonations").json().at("items").as_array().size(), 0);
}

TEST_F(ActingFor, AnAdminStopsByHandAndNeverActsForTheOffice) {
  EXPECT_EQ(world.get("admin", "/api/v1/impersonations").json().at("items").at(0).at("person_id"), said_id(2001));
  const auto path = "/api/v1/impersonations/" + text(7301);
  ASSERT_EQ(world.send("admin", "DELETE", path, nullptr).status, 204);
  EXPECT_EQ(world.send("admin", "DELETE", path, nullptr).status, 404);
  EXPECT_EQ(world.get("admin for 2001", "/api/v1/calendar/bookings").status, 404);
  for (const std::int64_t person : {4001, 4002, 6001, 987654321}) {
    const boost::json::object wanted{{"person_id", text(person)}, {"reason", "To see"}};
    EXPECT_EQ(world.send("admin", "POST", "/api/v1/impersonations", wanted).status, 422) << person;
  }
  EXPECT_EQ(world.send("admin", "POST", "/api/v1/impersonations", {{"person_id", text(2001)}}).status, 422);
}

TEST_F(ActingFor, GuardiansGetTheMailsOfTheirChildrensLessons) {
  const boost::json::object mary{{"name", "Mary"}, {"email", "mary@example.com"}};
  const auto added = world.send("office", "POST", "/api/v1/guardians", mary, {{"Idempotency-Key", "mary"}});
  ASSERT_EQ(added.status, 201) << added.body;
  const auto path = "/api/v1/learners/" + text(2001) + "/guardians";
  const boost::json::object link{{"guardian_id", added.json().at("id")}};
  ASSERT_EQ(world.send("office", "POST", path, link, {{"Idempotency-Key", "link"}}).status, 201);
  ASSERT_EQ(book("learner 1", "2026-03-04T10:00").status, 201);
  std::vector<net::Mail> sent;
  const jobs::Office office{.context = world.school.context(),
                            .people = world.people,
                            .deliver =
                                [&](const net::Mail& mail) {
                                  sent.push_back(mail);
                                  return net::SendingResult{net::Sending::sent, ""};
                                },
                            .from = {"", "lessons@school.test"},
                            .public_url = "http://school.test",
                            .report = [](const std::string& failure) { ADD_FAILURE() << failure; }};
  const auto deliver = [&] {
    sent.clear();
    jobs::dispatch(world.school.context());
    jobs::run_due(office, world.school.now + std::chrono::minutes{1}, 100);
    std::erase_if(sent, [](const net::Mail& mail) { return mail.subject.find("Booked") == std::string::npos; });
  };
  deliver();
  ASSERT_EQ(sent.size(), 1) << "the others here have no address";
  EXPECT_EQ(sent[0].to.address, "mary@example.com");
  EXPECT_NE(sent[0].text.find("/children"), std::string::npos) << sent[0].text;
  const auto guardian = std::string(added.json().at("id").as_string());
  ASSERT_EQ(world.send("office", "DELETE", path + "/" + guardian, nullptr).status, 204);
  ASSERT_EQ(book("learner 1", "2026-03-05T10:00").status, 201);
  deliver();
  EXPECT_TRUE(sent.empty());
}

}  // namespace acting_test
