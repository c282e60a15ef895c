// What a preview tells is what comes of the change: each is held against the change itself, made afterwards.
#include <gtest/gtest.h>

#include <random>

#include "api/school_server.h"

namespace previews_test {

using api::Answer;
using api::SchoolServer;
using boost::json::array;
using boost::json::object;

const char* const window = "&from=2026-03-02&to=2026-03-16";
const std::set<std::string> settable = {"learner-daily-maximum", "learner-weekly-maximum", "instructor-daily-minutes",
                                        "break", "open-bookings"};

std::string text(const boost::json::value& value) {
  return std::string(value.as_string());
}

class Previews : public testing::Test {
 protected:
  std::string instructor(std::int64_t number) const { return base::to_text(1000 + number); }
  Answer preview(const std::string& path, object body, const std::string& who = "office") {
    if (!body.contains("from")) body["from"] = "2026-03-02", body["to"] = "2026-03-16";
    return world.send(who, "POST", "/api/v1" + path + "/previews", body);
  }
  Answer change(const std::string& path, const object& body) {
    const auto seen = world.get("office", "/api/v1" + path);
    return world.send("office", "PUT", "/api/v1" + path, body, {{"If-Match", seen.header("etag")}});
  }
  /// Free times of one instructor for each day, as listed.
  std::vector<std::int64_t> listed(std::int64_t number) {
    const auto answer =
        world.get("office", "/api/v1/calendar/availability?lesson_type_id=" + base::to_text(world.school.type) +
                                "&instructor_id=" + instructor(number) + window);
    std::vector<std::int64_t> counts;
    const auto body = answer.json();  // Named, as everywhere here: a loop would outlive a temporary.
    for (const auto& day : body.at("days").as_array()) counts.push_back(day.at("count").as_int64());
    return counts;
  }
  /// Likewise as the preview says, "before" or "after".
  static std::vector<std::int64_t> told(const object& preview, std::size_t index, const char* when) {
    const auto counted = preview.at("instructors").as_array().at(index).as_object();
    std::vector<std::int64_t> counts;
    std::int64_t sum = 0;
    for (const auto& day : counted.at("days").as_array()) {
      counts.push_back(day.at(when).as_int64());
      sum += counts.back();
    }
    EXPECT_EQ(counted.at(when).as_int64(), sum);
    return counts;
  }
  /// Up to 40 lessons here and there in the fortnight.
  void book_at_random() {
    for (int i = 0; i < 40; ++i) {
      const auto day = 2 + draw(12), hour = 9 + draw(9);
      auto lesson = world.lesson("2026-03-" + two(day) + "T" + two(hour) + ":00");
      lesson["instructor_id"] = instructor(1 + draw(2));
      const auto made = world.book("learner " + std::to_string(1 + draw(3)), lesson);
      if (made.status == 201) booked.push_back(made.json());
    }
  }
  /// "id rule" of each lesson that the rules, as they are now, refuse where it stands.
  std::set<std::string> refused_where_they_stand() {
    std::set<std::string> found;
    for (const auto& booking : booked) {
      const auto id = text(booking.at("id"));
      const auto answer =
          world.get("office", "/api/v1/calendar/explain?lesson_type_id=" + text(booking.at("lesson_type_id")) +
                                  "&start=" + text(booking.at("start")) + "&booking_id=" + id +
                                  "&instructor_id=" + text(booking.at("instructor_id")));
      const auto body = answer.json();
      for (const auto& refusal : body.at("refusals").as_array())
        if (settable.contains(text(refusal.at("rule")))) found.insert(id + " " + text(refusal.at("rule")));
    }
    return found;
  }
  static std::set<std::string> broken(const object& preview) {
    std::set<std::string> found;
    for (const auto& each : preview.at("bookings").as_array())
      found.insert(text(each.at("id")) + " " + text(each.at("rule")));
    EXPECT_EQ(preview.at("bookings_total").to_number<std::size_t>(), found.size());
    return found;
  }
  static std::string two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }
  int draw(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

  SchoolServer world;
  std::vector<object> booked;
  std::mt19937 random{20261123};  // Fixed seed: a failure is reproducible.
};

TEST_F(Previews, OfRulesTellWhatComesOfThem) {
  book_at_random();
  std::set<std::string> rules_seen;
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    const object school{{"kind", "school"}}, one{{"kind", "instructor"}, {"id", instructor(1)}};
    const array items = {
        {{"rule", "learner-daily-maximum"}, {"enabled", draw(2) == 0}, {"value", 1 + draw(2)}, {"scope", school}},
        {{"rule", "learner-weekly-maximum"}, {"enabled", draw(2) == 0}, {"value", 2 + draw(4)}, {"scope", school}},
        {{"rule", "instructor-daily-minutes"}, {"enabled", true}, {"value", 60 + 60 * draw(4)}, {"scope", school}},
        {{"rule", "instructor-daily-minutes"}, {"enabled", draw(2) == 0}, {"value", 60 + 60 * draw(4)}, {"scope", one}},
        {{"rule", "break"}, {"enabled", true}, {"value", 60 * draw(3) + 60}, {"break_minutes", 90}, {"scope", school}},
        {{"rule", "open-bookings"}, {"enabled", draw(3) == 0}, {"value", 3 + draw(10)}, {"scope", school}}};
    const auto before_one = listed(1), before_two = listed(2);
    const auto answer = preview("/constraints", {{"items", items}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(listed(1), before_one);  // Nothing was stored.
    ASSERT_EQ(change("/constraints", {{"items", items}}).status, 200);
    const auto body = answer.json();
    EXPECT_EQ(told(body, 0, "before"), before_one);
    EXPECT_EQ(told(body, 1, "before"), before_two);
    EXPECT_EQ(told(body, 0, "after"), listed(1));
    EXPECT_EQ(told(body, 1, "after"), listed(2));
    EXPECT_EQ(broken(body), refused_where_they_stand());
    for (const auto& each : broken(body)) rules_seen.insert(each.substr(each.find(' ') + 1));
  }
  EXPECT_EQ(rules_seen, settable);  // Else the comparison was of nothing.
}

TEST_F(Previews, OfHoursTellWhatComesOfThem) {
  book_at_random();
  const auto path = "/instructors/" + instructor(1);
  std::size_t affected_seen = 0;
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    array weekly, overrides;
    for (int day = 1; day <= 6; ++day)
      if (draw(4) > 0) weekly.push_back({{"weekday", day}, {"start", two(7 + draw(5)) + ":30"}, {"end", "16:30"}});
    for (int date = 2; date < 30; date += 1 + draw(6)) {
      const array ranges = {{{"start", "11:00"}, {"end", two(12 + draw(9)) + ":00"}}};
      overrides.push_back({{"date", "2026-03-" + two(date)}, {"ranges", draw(2) == 0 ? array() : ranges}});
    }
    const bool hours = round % 3 != 0, dates = round % 3 != 1;
    object proposal;
    if (hours) proposal["hours"] = {{"items", weekly}};
    if (dates) proposal["overrides"] = {{"items", overrides}};
    const auto before = listed(1);
    const auto answer = preview(path + "/hours", proposal, round % 2 == 0 ? "office" : "instructor 1");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(listed(1), before);
    Answer changed;
    if (hours) changed = change(path + "/hours", {{"items", weekly}});
    if (dates) changed = change(path + "/overrides", {{"items", overrides}});
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(told(answer.json(), 0, "before"), before);
    EXPECT_EQ(told(answer.json(), 0, "after"), listed(1));
    std::set<std::string> affected;
    const auto now = changed.json();
    for (const auto& id : now.at("affected").as_array()) affected.insert(text(id) + " outside-hours");
    EXPECT_EQ(broken(answer.json()), affected);
    affected_seen += affected.size();
  }
  EXPECT_GT(affected_seen, 20u);
}

TEST_F(Previews, SayWhatTheyCounted) {
  const auto answer = world.send("office", "POST", "/api/v1/constraints/previews", {{"items", array()}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto body = answer.json();
  EXPECT_EQ(text(body.at("lesson_type_id")), base::to_text(world.school.type));
  EXPECT_EQ(body.at("from"), "2026-03-01");  // Today.
  EXPECT_EQ(body.at("to"), "2026-03-15");
  EXPECT_EQ(body.at("instructors_total"), 2);
  EXPECT_EQ(told(body, 0, "before"), told(body, 0, "after"));
  const auto longer = preview("/constraints", {{"items", array()},
                                               {"from", "2026-03-02"},
                                               {"to", "2026-03-16"},
                                               {"lesson_type_id", base::to_text(world.school.motorway)}});
  EXPECT_LT(longer.json().at("instructors").at(0).at("before").as_int64(),
            body.at("instructors").at(0).at("before").as_int64());
}

TEST_F(Previews, LookAtNoMoreThanAMonthAndAtWhatIsThere) {
  const auto fault = [](const Answer& answer) {
    return answer.status != 422 ? std::to_string(answer.status)
                                : text(answer.json().at("errors").as_array().at(0).at("pointer"));
  };
  const auto dates = [](const char* from, const char* to) {
    return object{{"items", array()}, {"from", from}, {"to", to}};
  };
  EXPECT_EQ(preview("/constraints", dates("2026-03-02", "2026-04-02")).status, 200);
  EXPECT_EQ(fault(preview("/constraints", dates("2026-03-02", "2026-04-03"))), "/to");
  EXPECT_EQ(fault(preview("/constraints", dates("2026-03-02", "2026-03-02"))), "/to");
  EXPECT_EQ(fault(preview("/constraints", {{"items", array()}, {"lesson_type_id", instructor(1)}})), "/lesson_type_id");
  const auto path = "/instructors/" + instructor(1) + "/hours";
  EXPECT_EQ(fault(preview(path, {})), "/hours");
  const array reversed = {{{"start", "12:00"}, {"end", "11:00"}}};
  EXPECT_EQ(fault(preview(path, {{"overrides", {{"items", {{{"date", "2026-03-03"}, {"ranges", reversed}}}}}}})),
            "/overrides/items/0/ranges/0");
  const object week{{"hours", {{"items", array()}}}};
  EXPECT_EQ(preview("/instructors/" + instructor(2) + "/hours", week, "instructor 1").status, 404);
  EXPECT_EQ(preview("/constraints", {{"items", array()}}, "instructor 1").status, 403);
}

}  // namespace previews_test
