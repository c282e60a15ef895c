// What people ask about their data, and the queue of those who answer.
#include <gtest/gtest.h>

#include "actions/housekeeping.h"
#include "api/operations.h"
#include "jobs/worker.h"

namespace data_requests_api_test {

using api::Answer;
using Lines = std::vector<std::string>;

class DataRequests : public api::EveryOperation {
 protected:
  DataRequests() : EveryOperation({}) {
    world.school.execute("delete from data_requests");  // Each test has its own.
    give_address(2001, "ada@example.com", store::Role::learner);
    give_address(4001, "olive@example.com", store::Role::office);
    give_address(4002, "alex@example.com", store::Role::admin);
  }

  void give_address(std::int64_t id, const std::string& email, store::Role role) {
    const base::PersonId person{id};
    if (!world.school.keys.has_key({world.school.school, person}))
      world.school.keys.make_keys(world.school.school, std::span(&person, 1), {});
    const auto sealed = world.people.seal(world.school.school, person, {"Somebody", email, ""});
    const auto done = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      const auto before = world.people.find(tx, world.school.school, person);
      EXPECT_TRUE(store::change_person(tx, {.school = world.school.school, .now = world.school.now, .quiet = true},
                                       {sealed, role, true, before->version + 1, {"email"}}));
      return 0;
    });
    EXPECT_TRUE(done);
  }
  Answer file(const std::string& right, const std::string& text, const std::string& who = "learner 1") {
    return world.send(who, "POST", "/api/v1/me/requests", {{"right", right}, {"text", text}}, keyed());
  }
  Answer answer(const boost::json::value& request, const std::string& verb, const boost::json::object& body,
                const std::string& who = "office") {
    const auto version = "\"" + std::to_string(request.at("version").as_int64()) + "\"";
    return world.send(who, "POST", "/api/v1/privacy/requests/" + std::string(request.at("id").as_string()) + "/" + verb,
                      body, {{"If-Match", version}});
  }
  boost::json::array listed(const std::string& state = "open") {
    const auto page = world.get("office", "/api/v1/privacy/requests?state=" + state);
    EXPECT_EQ(page.status, 200) << page.body;
    return page.json().at("items").as_array();
  }
  /// "ada@example.com Your request takes longer", in order, of what has left by then.
  Lines told_by(base::Instant now) {
    api::SchoolServer::clock_now = now;
    Lines lines;
    const jobs::Office office{.context = world.school.context(),
                              .people = world.people,
                              .deliver =
                                  [&](const net::Mail& mail) {
                                    if (!mail.subject.starts_with("Booked"))  // Of the lesson that there is.
                                      lines.push_back(mail.to.address + " " + mail.subject);
                                    last = mail.text;
                                    return net::SendingResult{net::Sending::sent, ""};
                                  },
                              .from = {"", "lessons@school.test"},
                              .public_url = "http://school.test",
                              .report = [](const std::string& failure) { ADD_FAILURE() << failure; }};
    while (jobs::run_due(office, now) > 0) {
    }
    std::ranges::sort(lines);
    return lines;
  }
  base::Instant at(const char* wall) { return world.school.time(wall); }

  std::string last;  ///< The text of the last mail.
};

TEST_F(DataRequests, AreDueInACalendarMonthAndOnceInThree) {
  struct Case {
    const char *received, *due, *extended;
  };
  for (const auto& [received, due, extended] : {Case{"2026-01-31", "2026-02-28", "2026-04-30"},
                                                {"2026-02-28", "2026-03-28", "2026-05-28"},
                                                {"2025-11-30", "2025-12-30", "2026-02-28"}}) {
    const auto made = world.send("office", "POST", "/api/v1/people/" + base::to_text(std::int64_t{2001}) + "/requests",
                                 {{"right", "access"}, {"text", "By letter."}, {"received_on", received}}, keyed());
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("due_on").as_string(), due);
    const auto longer = answer(made.json(), "extension", {{"reason", "It is a lot."}});
    ASSERT_EQ(longer.status, 200) << longer.body;
    EXPECT_EQ(longer.json().at("due_on").as_string(), extended);
    EXPECT_EQ(answer(longer.json(), "extension", {{"reason", "Still."}}).status, 409) << "once";
    EXPECT_EQ(answer(longer.json(), "extension", {{"reason", ""}}).status, 422) << "a reason is due";
  }
  const auto tomorrow =
      world.send("office", "POST", "/api/v1/people/" + base::to_text(std::int64_t{2001}) + "/requests",
                 {{"right", "access"}, {"text", "x"}, {"received_on", "2026-12-01"}}, keyed());
  EXPECT_EQ(tomorrow.status, 422);
  EXPECT_EQ(tomorrow.json().at("errors").at(0).at("pointer"), "/received_on");
}

TEST_F(DataRequests, WaitInAQueueByDueDateAndStandOutWhenOverdue) {
  const auto path = "/api/v1/people/" + base::to_text(std::int64_t{2001}) + "/requests";
  const auto record = [&](const char* received) {
    return world.send("office", "POST", path, {{"right", "access"}, {"text", received}, {"received_on", received}},
                      keyed());
  };
  for (const auto* day : {"2026-02-20", "2026-01-15", "2026-01-31"}) ASSERT_EQ(record(day).status, 201);
  const auto first = world.get("office", "/api/v1/privacy/requests?limit=2").json();
  ASSERT_EQ(first.at("items").as_array().size(), 2);
  EXPECT_EQ(first.at("items").at(0).at("text"), "2026-01-15");
  EXPECT_EQ(first.at("items").at(0).at("overdue"), true) << "it is 1 March";
  EXPECT_EQ(first.at("items").at(1).at("text"), "2026-01-31");
  EXPECT_EQ(first.at("items").at(1).at("overdue"), true) << "due on the last of February";
  const std::string cursor(first.at("next_cursor").as_string());
  const auto rest = world.get("office", "/api/v1/privacy/requests?limit=2&cursor=" + cursor).json();
  ASSERT_EQ(rest.at("items").as_array().size(), 1);
  EXPECT_EQ(rest.at("items").at(0).at("overdue"), false);
  EXPECT_EQ(world.get("office", "/api/v1/privacy/requests?cursor=" + nobody).status, 422);

  for (const auto& request : listed()) ASSERT_EQ(answer(request, "outcome", {{"outcome", "done"}}).status, 200);
  EXPECT_TRUE(listed().empty());
  const auto closed = listed("closed");
  ASSERT_EQ(closed.size(), 3);
  EXPECT_EQ(closed[0].at("text"), "2026-01-31") << "the newest first";
  EXPECT_EQ(answer(closed[0], "outcome", {{"outcome", "done"}}).status, 409);
  const auto page = world.get(
      "office", "/api/v1/privacy/requests?state=closed&limit=1&cursor=" + std::string(closed[0].at("id").as_string()));
  EXPECT_EQ(page.json().at("items").at(0).at("id"), closed[1].at("id"));
}

TEST_F(DataRequests, AreToldToWhoAnswersOnceEachAndTheirOutcomeToWhoAsked) {
  const auto made = file("rectification", "My name has two l.");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto both = [](const std::string& subject) {
    return Lines{"alex@example.com " + subject, "olive@example.com " + subject};
  };
  EXPECT_EQ(told_by(world.school.now), both("Somebody asks about their data"));
  EXPECT_EQ(last.find("two l"), std::string::npos) << last;
  EXPECT_NE(last.find("To be answered by: Wednesday 1 April 2026"), std::string::npos) << last;
  EXPECT_EQ(told_by(at("2026-03-25T07:59")), Lines{});
  EXPECT_EQ(told_by(at("2026-03-25T08:00")), both("A request about data is due"));

  const auto longer = answer(made.json(), "extension", {{"reason", "Two schools have to look."}});
  ASSERT_EQ(longer.status, 200) << longer.body;
  EXPECT_EQ(told_by(at("2026-03-25T09:00")), Lines{"ada@example.com Your request takes longer"});
  EXPECT_NE(last.find("Two schools have to look."), std::string::npos) << last;
  EXPECT_NE(last.find("Monday 1 June 2026"), std::string::npos) << last;
  EXPECT_EQ(told_by(at("2026-04-01T09:00")), Lines{}) << "not on the day on which it would have been due";
  EXPECT_EQ(told_by(at("2026-05-25T08:00")), both("A request about data is due"));
  world.school.execute("update people set active = 0 where id = 4001");
  EXPECT_EQ(told_by(at("2026-06-01T08:00")), Lines{"alex@example.com A request about data is due"});

  EXPECT_EQ(answer(longer.json(), "outcome", {{"outcome", "refused"}}).status, 422) << "the reason is due";
  const auto refused = answer(longer.json(), "outcome", {{"outcome", "refused"}, {"answer", "It has one."}});
  ASSERT_EQ(refused.status, 200) << refused.body;
  EXPECT_EQ(told_by(at("2026-06-01T10:00")), Lines{"ada@example.com Your request is answered"});
  EXPECT_NE(last.find("It has one."), std::string::npos) << last;
  const auto mine = world.get("learner 1", "/api/v1/me/requests").json().at("items").as_array();
  ASSERT_EQ(mine.size(), 1);
  EXPECT_EQ(mine[0].at("outcome"), "refused");
  EXPECT_EQ(mine[0].at("answer"), "It has one.");
  EXPECT_TRUE(world.get("learner 2", "/api/v1/me/requests").json().at("items").as_array().empty());
}

TEST_F(DataRequests, AnObjectionEndsTheConsentToNewsAtOnce) {
  world.publish("news", "Offers by mail.");
  const auto consent = "/api/v1/me/consents/news";
  ASSERT_EQ(world.send("learner 1", "PUT", consent, {{"version", 1}}).status, 204);
  ASSERT_EQ(world.send("learner 1", "PUT", "/api/v1/me/consents/photos", {{"version", 1}}).status, 204);
  ASSERT_EQ(file("objection", "No more of it.").status, 201);
  const auto said = world.get("learner 1", "/api/v1/me/agreements").json().at("items").as_array();
  for (const auto& each : said)
    EXPECT_EQ(each.at("given").as_bool(), each.at("kind").as_string() == "photos") << each.at("kind");
  EXPECT_EQ(world.send("learner 1", "DELETE", consent, nullptr).status, 404) << "it is over";
}

TEST_F(DataRequests, ARestrictionThatIsDoneRestricts) {
  const auto made = file("restriction", "Until it is clear who hit whom.");
  ASSERT_EQ(made.status, 201);
  ASSERT_EQ(answer(made.json(), "outcome", {{"outcome", "done"}}).status, 200);
  const auto holds = world.get("admin", "/api/v1/privacy/holds").json().at("items").as_array();
  ASSERT_EQ(holds.size(), 1);
  EXPECT_EQ(holds[0].at("kind"), "restriction");
  EXPECT_EQ(world.book("learner 1", world.lesson("2026-03-10T10:00")).status, 409);
  const auto lift = "/api/v1/people/" + base::to_text(std::int64_t{2001}) + "/holds/restriction";
  ASSERT_EQ(world.send("admin", "DELETE", lift, nullptr).status, 204);
  EXPECT_EQ(listed("closed")[0].at("text"), "Until it is clear who hit whom.") << "the words of the hold were its own";
}

TEST_F(DataRequests, AnErasureThatWasAskedForIsDoneByErasing) {
  const auto erasure = file("erasure", "I have passed.");
  const auto access = file("access", "What is there?");
  EXPECT_EQ(answer(erasure.json(), "outcome", {{"outcome", "done"}}).status, 409);
  ASSERT_EQ(world
                .send("office", "POST", "/api/v1/people/" + base::to_text(std::int64_t{2001}) + "/erasure",
                      {{"cancel_lessons", true}})
                .status,
            204);
  EXPECT_TRUE(listed().empty());
  const auto closed = listed("closed");
  ASSERT_EQ(closed.size(), 2);
  EXPECT_EQ(closed[0].at("outcome"), "ended") << "there is nobody who could be told";
  EXPECT_EQ(closed[1].at("outcome"), "done");
  for (const auto& request : closed) {
    EXPECT_EQ(request.at("text"), "");
    EXPECT_EQ(request.at("name"), "");
  }
  EXPECT_EQ(told_by(at("2026-04-02T09:00")), Lines{}) << "of what nobody waits for";
}

TEST_F(DataRequests, TenAtOnceAreEnoughAndOneThatComesTwiceIsOne) {
  const boost::json::object body = {{"right", "access"}, {"text", "Again."}};
  const Answer first = world.send("learner 1", "POST", "/api/v1/me/requests", body, {{"Idempotency-Key", "once"}});
  const Answer again = world.send("learner 1", "POST", "/api/v1/me/requests", body, {{"Idempotency-Key", "once"}});
  EXPECT_EQ(first.json().at("id"), again.json().at("id"));
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  for (int count = 1; count < 10; ++count) ASSERT_EQ(file("access", "Again.").status, 201);
  EXPECT_EQ(file("access", "Again.").status, 409);
  const auto path = "/api/v1/people/" + base::to_text(std::int64_t{2001}) + "/requests";
  EXPECT_EQ(world
                .send("office", "POST", path, {{"right", "access"}, {"text", "Again."}, {"received_on", "2026-03-01"}},
                      keyed())
                .status,
            409);
}

TEST_F(DataRequests, WhatIsAskedStaysUntilItIsAnsweredAndThenAsLongAsTheAudit) {
  const auto made = file("access", "What is there?");
  ASSERT_EQ(world
                .send("admin", "PUT", "/api/v1/privacy/retention", {{"text_months", 1}, {"learner_months", 1}},
                      {{"If-Match", "\"0\""}})
                .status,
            200);
  const auto later = world.school.now + std::chrono::days{70};
  api::SchoolServer::clock_now = later;
  actions::clear_out(world.school.context(), later);
  ASSERT_EQ(listed().size(), 1);
  EXPECT_EQ(listed()[0].at("text"), "What is there?") << "older than the school keeps words, and not answered";
  ASSERT_EQ(answer(made.json(), "outcome", {{"outcome", "done"}, {"answer", "Here."}}).status, 200);
  world.school.execute("update retention set text_months = null, learner_months = null");
  const auto months = std::chrono::days{31 * 24 + 1};
  world.school.execute("update schools set audit_months = 24");
  actions::clear_out(world.school.context(), later + months - std::chrono::days{2});
  EXPECT_EQ(world.school.number("select count(*) from data_requests"), 1);
  const auto texts = world.school.number("select count(*) from texts");
  actions::clear_out(world.school.context(), later + months);
  EXPECT_EQ(world.school.number("select count(*) from data_requests"), 0);
  EXPECT_EQ(world.school.number("select count(*) from texts"), texts - 2) << "with its words";
}

}  // namespace data_requests_api_test
