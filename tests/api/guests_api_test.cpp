// Guests, over HTTP: a time, an address, a lesson, and what the link in the mail does not tell.
#include <gtest/gtest.h>

#include "api/guest.h"
#include "api/operations.h"

namespace guests_api_test {

using api::Answer;
using api::Guest;

class GuestsApi : public api::EveryOperation {
 protected:
  GuestsApi() : EveryOperation({}), guest(world) {}

  /// What is wrong with it, "/email", one behind the other.
  static std::string pointers(const Answer& answer) {
    std::string found;
    const auto body = answer.json();
    if (const auto* errors = body.if_contains("errors"))
      for (const auto& each : errors->as_array()) found += each.at("pointer").as_string();
    return found.empty() ? answer.body : found;
  }
  static constexpr std::size_t of_school = 8;  // Bytes of a token that name it.
  static base::Bytes school_in(const std::string& token) {
    const auto bytes = base::from_base64url(token).value();
    return {bytes.begin(), bytes.begin() + of_school};
  }
  static base::Bytes random_in(const std::string& token) {
    const auto bytes = base::from_base64url(token).value();
    return {bytes.begin() + of_school, bytes.end()};
  }
  boost::json::value start(const char* wall) const {
    return boost::json::string(base::to_text(world.school.time(wall)));
  }
  /// All that staff can read in lists and one by one.
  std::string everything_for(const std::string& who) {
    std::string all;
    for (const auto& [operation, parameters] : contract.operations()) {
      if (method_of(operation) != "GET" || operation.ends_with("/live") || is_of_guest(operation)) continue;
      const auto window = parameters.contains("from") && !operation.ends_with("bookings")
                              ? "?from=2026-03-02&to=2026-03-07"
                              : std::string();
      all += world.get(who, path_of(operation) + window).body;
    }
    return all;
  }

  Guest guest;
};

TEST_F(GuestsApi, BookSeeMoveAndCancelWithoutAnAccount) {
  const auto booked = guest.has_lesson("2026-03-03T14:00");
  EXPECT_EQ(booked.json().at("status"), "booked");
  const auto seen = guest.send("GET", "/lesson");
  ASSERT_EQ(seen.status, 200) << seen.body;
  EXPECT_EQ(seen.json().at("start"), start("2026-03-03T14:00"));
  EXPECT_EQ(boost::json::serialize(seen.json().at("can")), R"(["move","cancel"])");

  const auto times = guest.send("GET", "/lesson/availability?from=2026-03-04&to=2026-03-06");
  ASSERT_EQ(times.status, 200) << times.body;
  EXPECT_GT(times.json().at("slots").as_array().size(), 5u);
  const auto again = Guest::shown(guest.token, {{"If-None-Match", times.header("etag")}});
  EXPECT_EQ(world.ask("GET", "/api/v1/guest/lesson/availability?from=2026-03-04&to=2026-03-06", again).status, 304);

  const auto taken = guest.send("PATCH", "/lesson", {{"start", start("2026-03-04T10:00")}}, seen.header("etag"));
  EXPECT_EQ(taken.type(), "/problems/slot-taken");
  EXPECT_FALSE(taken.json().at("alternatives").as_array().empty());
  const auto moved = guest.send("PATCH", "/lesson", {{"start", start("2026-03-05T10:00")}}, seen.header("etag"));
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(guest.send("POST", "/lesson/cancellation", nullptr, seen.header("etag")).status, 412);
  const auto gone = guest.send("POST", "/lesson/cancellation", nullptr, moved.header("etag"));
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(gone.json().at("status"), "cancelled");
  EXPECT_EQ(guest.send("GET", "/lesson").status, 404) << "the link dies with its lesson";
}

/// CVE-2026-52837 and its like: personal data behind the link with which one reschedules.
TEST_F(GuestsApi, WhatTheLinkShowsIsTheLessonAndNobodysData) {
  const auto booked = guest.has_lesson("2026-03-03T14:00");
  const auto seen = guest.send("GET", "/lesson");
  const auto moved = guest.send("PATCH", "/lesson", {{"start", start("2026-03-05T10:00")}}, seen.header("etag"));
  const auto gone = guest.send("POST", "/lesson/cancellation", nullptr, moved.header("etag"));
  const auto person = base::to_text(world.school.number("select max(id) from people"));
  const auto lesson = base::to_text(world.school.number("select max(id) from bookings where status = 'cancelled'"));
  for (const auto& answer : {booked, seen, moved, gone}) {
    for (const auto& secret : {std::string("Noyce"), guest.email, std::string("900123"), person, lesson, guest.token})
      EXPECT_EQ(answer.body.find(secret), std::string::npos) << secret << " in " << answer.body;
    EXPECT_EQ(answer.header("cache-control").find("public"), std::string::npos);
  }
}

/// CVE-2026-55651: the keys of others' lessons stood in a list.
TEST_F(GuestsApi, TheTokensAreInNoListNoLogAndNoAudit) {
  guest.has_lesson("2026-03-03T14:00");
  ASSERT_EQ(guest.send("GET", "/lesson").status, 200);
  for (const std::string who : {"admin", "office", "instructor 1", "learner 1"}) {
    const auto all = everything_for(who);
    EXPECT_GT(all.size(), 1000u);
    for (const auto& token : {guest.token, guest.hold_token}) EXPECT_EQ(all.find(token), std::string::npos) << who;
  }
  world.log.flush();
  EXPECT_NE(world.lines.find("/api/v1/guest/lesson"), std::string::npos);
  for (const auto& token : {guest.token, guest.hold_token}) EXPECT_EQ(world.lines.find(token), std::string::npos);
}

/// CVE-2025-66511: tokens that were a hash of what everybody can know.
TEST_F(GuestsApi, TokensAreRandomAndOpenOneThingEach) {
  const auto first = guest.hold("2026-03-03T14:00");
  const auto earlier = guest.token;
  ASSERT_EQ(guest.send("DELETE", "/hold").status, 204);
  ASSERT_EQ(guest.hold("2026-03-03T14:00").status, 201);
  EXPECT_NE(guest.token, earlier) << "the same time, instructor, source and school";
  EXPECT_EQ(school_in(guest.token), school_in(earlier));
  EXPECT_GE(random_in(guest.token).size(), 16u) << "128 bits";
  int alike = 0;
  for (std::size_t i = 0; i < random_in(earlier).size(); ++i)
    alike += random_in(earlier)[i] == random_in(guest.token)[i];
  EXPECT_LT(alike, 6) << "of bytes that are drawn, one in 256 is";

  guest.has_lesson("2026-03-04T14:00");
  const auto of_lesson = guest.token;
  Guest other(world, "eve@example.com");
  other.has_lesson("2026-03-05T14:00");
  const auto mine = guest.send("GET", "/lesson").json(), theirs = other.send("GET", "/lesson").json();
  EXPECT_NE(mine.at("start"), theirs.at("start"));
  for (const auto& token : {guest.hold_token, of_lesson + "A", of_lesson.substr(1), std::string("AAAA")}) {
    guest.token = token;
    EXPECT_EQ(guest.send("GET", "/lesson").status, 404) << "not by a hold's, nor by half of one";
    EXPECT_EQ(guest.send("POST", "/hold/extension").status, 409);
  }
  guest.token = of_lesson;
  EXPECT_EQ(guest.send("DELETE", "/hold").status, 409) << "nor a hold by a lesson's";
}

TEST_F(GuestsApi, AreTakenWhereTheSchoolSaysSo) {
  const auto set = [&](bool guests) {
    const auto version = world.get("admin", "/api/v1/school").header("etag");
    const auto changed = world.send("admin", "PATCH", "/api/v1/school", {{"guests", guests}}, {{"If-Match", version}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.json().at("guests"), guests);
    EXPECT_EQ(world.ask("GET", "/api/v1/schools/test", {}).json().at("guests"), guests);
  };
  set(false);
  EXPECT_EQ(guest.hold("2026-03-03T14:00").status, 403);
  set(true);
  EXPECT_EQ(guest.hold("2026-03-03T14:00").status, 201);
}

TEST_F(GuestsApi, AHoldIsKeptLongerOnceAndGivenBack) {
  ASSERT_EQ(guest.hold("2026-03-03T14:00").status, 201);
  const auto taken = Guest(world).hold("2026-03-03T14:00");
  EXPECT_EQ(taken.type(), "/problems/slot-taken");
  EXPECT_FALSE(taken.json().at("alternatives").as_array().empty());
  EXPECT_EQ(guest.send("POST", "/hold/extension").status, 200);
  EXPECT_EQ(guest.send("POST", "/hold/extension").type(), "/problems/too-late");
  EXPECT_EQ(guest.send("DELETE", "/hold").status, 204);
  EXPECT_EQ(guest.send("DELETE", "/hold").type(), "/problems/hold-expired");
  EXPECT_EQ(guest.send("POST", "/hold/extension").type(), "/problems/hold-expired");
  EXPECT_EQ(guest.ask_for_code().type(), "/problems/hold-expired");
  EXPECT_EQ(guest.book("123456").type(), "/problems/hold-expired");
  EXPECT_EQ(guest.hold("2026-03-03T14:00").status, 201);
}

TEST_F(GuestsApi, OneKeyIsOneTimeAndOneLesson) {
  const auto body = boost::json::serialize(guest_body);
  const auto ask = [&](const api::Headers& headers, const std::string& path, const std::string& sent) {
    auto all = headers;
    all.emplace_back("Idempotency-Key", "once");
    return world.ask("POST", path, all, sent);
  };
  world.school.execute("delete from guest_holds");
  const auto later = boost::json::serialize(
      boost::json::object{{"lesson_type_id", guest_body.at("lesson_type_id")}, {"start", start("2026-03-04T16:00")}});
  const auto first = ask({}, "/api/v1/schools/test/holds", later), again = ask({}, "/api/v1/schools/test/holds", later);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(again.json().at("id"), first.json().at("id"));
  EXPECT_EQ(ask({}, "/api/v1/schools/test/holds", body).type(), "/problems/idempotency-mismatch");
  guest.token = again.json().at("token").as_string();
  ASSERT_EQ(guest.ask_for_code().status, 202);
  const auto code = boost::json::serialize(boost::json::object{{"code", guest.in_mail("Code: ")}});
  const auto booked = ask(Guest::shown(guest.token), "/api/v1/guest/hold/booking", code);
  ASSERT_EQ(booked.status, 201) << booked.body;
  const auto lost = ask(Guest::shown(guest.token), "/api/v1/guest/hold/booking", code);
  EXPECT_EQ(lost.status, 201) << "an answer that was lost is asked for again";
  EXPECT_EQ(lost.header("idempotency-replayed"), "true");
}

/// CVE-2022-24838, CVE-2023-45150: commands to the mail relay in an address, addresses of a megabyte.
TEST_F(GuestsApi, SayWhatALessonNeedsAndNothingElse) {
  ASSERT_EQ(guest.hold("2026-03-03T14:00").status, 201);
  const auto with = [&](const char* field, const std::string& value) {
    auto details = guest.details();
    details[field] = value;
    return guest.send("POST", "/hold/code", details);
  };
  for (const auto* email : {"", "rob", "rob@example.com\r\nRCPT TO:<x@example.com>", "a@b@c"})
    EXPECT_EQ(pointers(with("email", email)), "/email") << email;
  EXPECT_EQ(pointers(with("email", std::string(300, 'a') + "@example.com")), "/email");
  EXPECT_EQ(pointers(with("name", "")), "/name");
  EXPECT_EQ(pointers(with("phone", "")), "/phone");
  EXPECT_EQ(with("birth_date", "2000-01-01").status, 422);
  EXPECT_EQ(with("role", "admin").status, 422);
  EXPECT_EQ(pointers(guest.book("000000")), "/code") << "none was sent";
}

TEST_F(GuestsApi, WhoHasAnAccountIsAskedToSignIn) {
  const auto id = made("/learners", {{"name", "Ada"}, {"email", "ada@example.com"}});
  world.school.execute("insert into passwords (school_id, person_id, hash, changed_at) values (1, " +
                       std::to_string(*base::id_from_text(id)) + ", 'x', 0)");
  Guest ada(world, "ada@example.com");
  ASSERT_EQ(ada.hold("2026-03-03T14:00").status, 201);
  ASSERT_EQ(guest.hold("2026-03-04T14:00").status, 201);
  const auto known = ada.ask_for_code(), unknown = guest.ask_for_code();
  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.body, unknown.body);
  EXPECT_EQ(ada.book("000000").type(), guest.book("000000").type());
  EXPECT_EQ(ada.book(ada.in_mail("Code: ")).type(), "/problems/account-exists") << "whoever proved the address";
}

TEST_F(GuestsApi, TheAuditAndTheHistorySayThatAGuestDidIt) {
  guest.has_lesson("2026-03-03T14:00");
  const auto audit = world.get("admin", "/api/v1/audit?action=booking_made");
  ASSERT_EQ(audit.status, 200) << audit.body;
  const auto entry = audit.json().at("items").as_array().at(0).as_object();
  EXPECT_EQ(entry.at("who").at("id").as_string(), base::to_text(world.school.number("select max(id) from people")));
  EXPECT_EQ(entry.at("guest"), true);
  const auto stream = std::string(entry.at("what").as_string());
  const auto history =
      world.get("office", "/api/v1/calendar/bookings/" + stream.substr(stream.find('/') + 1) + "/history");
  ASSERT_EQ(history.status, 200) << history.body;
  const auto events = history.json().at("items").as_array();
  EXPECT_EQ(events.size(), 2u);
  for (const auto& event : events) EXPECT_TRUE(event.at("data").at("guest").as_bool());
  EXPECT_EQ(world.school.number("select count(*) from audit where what like '%guest_%' or whose like '%guest%'"), 0);
}

TEST_F(GuestsApi, OneSchoolsTokensOpenNothingOfAnother) {
  world.add_second_school();
  guest.has_lesson("2026-03-03T14:00");
  const auto theirs = auth::make_link_token({2}).text;
  auto mixed = school_in(theirs);
  std::ranges::copy(random_in(guest.token), std::back_inserter(mixed));
  for (const auto& token : {theirs, base::to_base64url(mixed)}) {
    guest.token = token;
    EXPECT_EQ(guest.send("GET", "/lesson").status, 404);
    EXPECT_EQ(guest.send("DELETE", "/hold").status, 409);
  }
  EXPECT_EQ(world.ask("POST", "/api/v1/schools/second/holds", keyed(), boost::json::serialize(guest_body)).status, 403)
      << "which takes no guests";
}

}  // namespace guests_api_test
