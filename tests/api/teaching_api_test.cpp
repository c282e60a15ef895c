// Languages and areas of instructors over HTTP, each answer held against the description.
#include <gtest/gtest.h>

#include "api/guest.h"

namespace teaching_api_test {

using api::Answer;
using boost::json::array;
using boost::json::object;

class TeachingApi : public testing::Test {
 protected:
  TeachingApi() {
    world.school.execute(R"(update people set languages = '["en","pl"]', areas = '["Camden"]' where id = 1001)");
    world.school.execute(R"(update people set languages = '["en"]' where id = 1002)");
  }
  Answer add(const object& more) {
    object body{{"name", "Grace"}, {"email", "grace" + std::to_string(++world.keys) + "@example.com"}};
    for (const auto& [key, value] : more) body[key] = value;
    return world.send("office", "POST", "/api/v1/instructors", body,
                      {{"Idempotency-Key", "teaching-" + std::to_string(++world.keys)}});
  }
  std::string asked(const std::string& more) {
    return "lesson_type_id=" + base::to_text(world.school.type) + "&from=2026-03-02&to=2026-03-03" + more;
  }
  /// How many could give the first lesson; 0 where there is none.
  std::int64_t first(const Answer& times) {
    EXPECT_EQ(times.status, 200) << times.body;
    const auto slots = times.json().at("slots").as_array();
    return slots.empty() ? 0 : slots.front().at("instructors").to_number<std::int64_t>();
  }
  void expect_others_of_the_first(const Answer& refused) {
    const auto others = refused.json().at("alternatives").as_array();  // Named: the loop would outlive a temporary.
    EXPECT_FALSE(others.empty());
    for (const auto& other : others) EXPECT_EQ(other.at("instructor_id"), first_one);
  }
  object wish(const std::string& wall, const object& more) {
    auto body = world.lesson(wall);
    body.erase("instructor_id");
    for (const auto& [key, value] : more) body[key] = value;
    return body;
  }

  api::SchoolServer world;
  const boost::json::value first_one = boost::json::string(base::to_text(std::int64_t{1001}));
  const std::string second_one = base::to_text(std::int64_t{1002});
};

TEST_F(TeachingApi, IsSetByTheOfficeAndReadByEverybody) {
  const auto made = add({{"languages", {"PL", "en"}}, {"areas", {" NW1 ", "Camden", "nw1"}}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json().at("languages"), (array{"en", "pl"}));
  EXPECT_EQ(made.json().at("areas"), (array{"Camden", "NW1"}));
  const auto path = made.header("location");
  const auto seen = world.get("learner 1", path);
  EXPECT_EQ(seen.json().at("languages"), (array{"en", "pl"}));
  const auto patch = [&](const object& body, const std::string& etag) {
    return world.send("office", "PATCH", path, body, {{"If-Match", etag}});
  };
  const auto changed = patch({{"languages", array{}}}, made.header("etag"));
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.json().at("languages"), array{});
  EXPECT_EQ(changed.json().at("areas"), (array{"Camden", "NW1"})) << "what is not given stays";
  EXPECT_EQ(patch({{"areas", array{}}}, made.header("etag")).status, 412);
  const auto plain = add({});
  EXPECT_EQ(plain.json().at("languages"), array{});
  EXPECT_EQ(plain.json().at("areas"), array{});
  EXPECT_EQ(world
                .send("office", "POST", "/api/v1/learners",
                      {{"name", "Al"}, {"email", "al@example.com"}, {"phone", "1"}, {"languages", {"en"}}},
                      {{"Idempotency-Key", "al"}})
                .status,
            422)
      << "of instructors only";
  const auto listed = world.get("learner 1", "/api/v1/instructors").body;
  EXPECT_NE(listed.find(R"("languages":["en","pl"],"areas":["Camden"])"), std::string::npos) << listed;
}

TEST_F(TeachingApi, SaysWhatIsWrongWithATagOrAnArea) {
  array many_tags, many_areas;
  for (int i = 0; i < 21; ++i) many_tags.emplace_back("en");
  for (int i = 0; i < 51; ++i) many_areas.emplace_back("Area " + std::to_string(i));
  for (const auto& [body, pointer] :
       std::vector<std::pair<object, std::string>>{{{{"languages", {"en", "polish"}}}, "/languages/1"},
                                                   {{{"languages", {"en", "en_GB"}}}, "/languages/1"},
                                                   {{{"languages", {"x-ours"}}}, "/languages/0"},
                                                   {{{"languages", {""}}}, "/languages/0"},
                                                   {{{"languages", {7}}}, "/languages/0"},
                                                   {{{"languages", "en"}}, "/languages"},
                                                   {{{"languages", many_tags}}, "/languages"},
                                                   {{{"areas", {"  "}}}, "/areas/0"},
                                                   {{{"areas", {"fine", std::string(61, 'x')}}}, "/areas/1"},
                                                   {{{"areas", many_areas}}, "/areas"}}) {
    SCOPED_TRACE(boost::json::serialize(body));
    const auto answer = add(body);
    ASSERT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(answer.json().at("errors").at(0).at("pointer").as_string(), pointer);
  }
  for (const auto* more : {"&language=en_GB", "&language=", "&area=", "&language=english+please"})
    EXPECT_EQ(world.get("learner 1", "/api/v1/calendar/availability?" + asked(more)).status, 422) << more;
  EXPECT_EQ(world.get("learner 1", "/api/v1/calendar/availability?" + asked("&area=" + std::string(61, 'x'))).status,
            422);
  EXPECT_EQ(world.book("learner 1", wish("2026-03-02T10:00", {{"language", "en_GB"}})).status, 422);
}

TEST_F(TeachingApi, FiltersWhatIsListedForLearnersAndForAnybody) {
  for (const std::string path : {"/api/v1/calendar/availability?", "/api/v1/schools/test/availability?"}) {
    SCOPED_TRACE(path);
    const auto ask = [&](const std::string& more) { return first(world.get("learner 1", path + asked(more))); };
    EXPECT_EQ(ask(""), 2);
    EXPECT_EQ(ask("&language=EN"), 2);
    EXPECT_EQ(ask("&language=pl"), 1);
    EXPECT_EQ(ask("&area=camden"), 1);
    EXPECT_EQ(ask("&language=de"), 0);
    EXPECT_EQ(ask("&language=pl&instructor_id=" + second_one), 0);
    EXPECT_EQ(ask("&language=pl&area=Hackney"), 0);
  }
  const auto start = "lesson_type_id=" + base::to_text(world.school.type) + "&start=2026-03-02T10:00:00Z";
  const auto explain = [&](const std::string& more) {
    return world.get("learner 1", "/api/v1/calendar/explain?" + start + more);
  };
  EXPECT_EQ(explain("&language=pl&area=Camden").json().at("bookable"), true);
  EXPECT_EQ(explain("&language=de").status, 422);
  const auto school = world.ask("GET", "/api/v1/schools/test", {});
  EXPECT_EQ(school.json().at("instructors").at(0).at("areas"), array{"Camden"});
  EXPECT_EQ(school.json().at("instructors").at(1).at("languages"), array{"en"});
}

TEST_F(TeachingApi, BooksAndHoldsWithWhoeverWasListed) {
  for (const auto* wall : {"2026-03-02T09:00", "2026-03-02T11:00"}) {
    const auto made = world.book("learner 1", wish(wall, {{"language", "PL"}, {"area", "CAMDEN"}}));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("instructor_id"), first_one);
  }
  const auto taken = world.book("learner 2", wish("2026-03-02T11:00", {{"language", "pl"}}));
  EXPECT_EQ(taken.type(), "/problems/slot-taken");
  expect_others_of_the_first(taken);
  const auto held = world.send("learner 2", "POST", "/api/v1/calendar/holds",
                               wish("2026-03-02T14:00", {{"language", "pl"}}), {{"Idempotency-Key", "hold"}});
  ASSERT_EQ(held.status, 201) << held.body;
  EXPECT_EQ(held.json().at("instructor_id"), first_one);
  const auto nobody = world.book("learner 2", wish("2026-03-02T16:00", {{"language", "de"}}));
  EXPECT_EQ(nobody.type(), "/problems/invalid-input");
}

TEST_F(TeachingApi, KeepsATimeForAGuestWithWhoeverWasListed) {
  api::Guest guest(world);
  ASSERT_EQ(world.book("learner 1", world.lesson("2026-03-02T09:00")).status, 201);
  const auto hold = [&](const std::string& wall, const object& more) {
    return world.ask("POST", "/api/v1/schools/test/holds",
                     {{"Idempotency-Key", "guest-hold-" + std::to_string(++world.keys)}},
                     boost::json::serialize(wish(wall, more)));
  };
  const auto held = hold("2026-03-02T11:00", {{"language", "pl"}});
  ASSERT_EQ(held.status, 201) << held.body;
  EXPECT_EQ(held.json().at("instructor_id"), first_one) << "the other one has fewer lessons";
  EXPECT_EQ(hold("2026-03-02T11:00", {{"language", "de"}}).status, 422);
  EXPECT_EQ(hold("2026-03-02T11:00", {{"area", ""}}).status, 422);

  // A lesson of theirs at that time already: other times, and with whoever speaks Polish.
  guest.token = held.json().at("token").as_string();
  ASSERT_EQ(guest.ask_for_code().status, 202);
  const auto code = guest.in_mail("Code: ");
  const auto before = guest.token;
  api::Guest earlier(world);
  (void)earlier.has_lesson("2026-03-02T11:00", 1002);
  guest.token = before;
  const auto refused = guest.send("POST", "/hold/booking", {{"code", code}, {"language", "pl"}, {"area", "Camden"}});
  ASSERT_EQ(refused.type(), "/problems/learner-busy") << refused.body;
  expect_others_of_the_first(refused);
}

}  // namespace teaching_api_test
