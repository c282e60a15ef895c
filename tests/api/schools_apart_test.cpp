// Two schools in one database: whoever runs the other one asks every route for this one's things, with its ids and with
// bodies that are right, sees nothing of them and changes nothing.
#include <gtest/gtest.h>

#include <regex>

#include "api/operations.h"

namespace schools_apart_test {

using api::Answer;

class SchoolsApart : public api::EveryOperation {
 protected:
  SchoolsApart() : EveryOperation({.approval = true}) {}
  void SetUp() override { world.add_second_school(); }

  /// Without what differs from request to request.
  static std::string said(const Answer& answer) {
    static const std::regex instance(R"re("instance":"[^"]*")re");
    return std::to_string(answer.status) + " " + std::regex_replace(answer.body, instance, "");
  }

  /// All that the school's own admin can read, but for the audit, to which reading adds.
  std::string everything() {
    std::string all;
    for (const auto& [operation, parameters] : contract.operations()) {
      if (method_of(operation) != "GET" || of_nobody(operation) || of_audit(operation)) continue;
      const auto window = parameters.contains("from") && !operation.ends_with("bookings")
                              ? "?from=2026-03-02&to=2026-03-07"
                              : std::string();
      all += operation + " " + said(world.get("admin", path_of(operation) + window)) + "\n";
    }
    all += std::to_string(world.school.number("select count(*) from events where school_id = 1"));
    return all;
  }
  /// What belongs to no school, or is there for everybody to see.
  static bool of_nobody(const std::string& operation) {
    for (const auto* part : {" /api/v1/auth/", " /api/v1/schools/", " /healthz", " /readyz", " /metrics", " /problems/",
                             " /demo/", " /feeds/", "/openapi.json", "/calendar/live"})
      if (operation.find(part) != std::string::npos) return true;
    return false;
  }
  /// Names the ids that they asked for themselves; audit_test.cpp has the rest.
  static bool of_audit(const std::string& operation) { return operation.starts_with("GET /api/v1/audit"); }
  void expect_nothing_of_it(const Answer& answer, const std::string& asked) {
    auto known = ids;
    for (const std::int64_t more : {1002, 2002, 2003, 3002, 4001, 5002})
      known[std::to_string(more)] = base::to_text(more);
    known["time off"] = time_off;
    for (const auto& [what, id] : known)
      if (asked.find(id) == std::string::npos) {
        EXPECT_EQ(answer.body.find(id), std::string::npos) << asked << " tells of " << what << ": " << answer.body;
      }
    for (const auto* text : {"Test School", "12 High Street", "Easter", "\"Car\"", "\"Lesson\""})
      EXPECT_EQ(answer.body.find(text), std::string::npos) << asked << ": " << answer.body;
  }
};

TEST_F(SchoolsApart, NoRouteTellsTheOneOfTheOther) {
  const auto before = everything();
  int tried = 0;
  for (const auto& [operation, parameters] : contract.operations()) {
    if (of_nobody(operation)) continue;
    SCOPED_TRACE(operation);
    // Every school has texts of the same kinds.
    const bool of_one = operation.find('{') != std::string::npos && !operation.ends_with("/policies/{kind}");
    const auto window = parameters.contains("from") && !of_one ? std::string("?from=2026-03-02&to=2026-03-07")
                        : is_upload(operation)                 ? std::string("?kind=permit")
                                                               : std::string();
    const auto body = is_upload(operation) ? pdf : body_of(operation);
    auto headers = with_all("stranger");
    if (is_upload(operation)) headers.emplace_back("Content-Type", "application/pdf");
    if (operation.ends_with("/imports")) headers.emplace_back("Content-Type", "text/csv");
    const auto answer = world.ask(method_of(operation), path_of(operation) + window, headers,
                                  operation.ends_with("/imports") ? "name\nAlan\n" : body);
    if (of_one) {
      // Guardians' and instructors', whoever it is about.
      const bool never = operation.find("/me/children/") != std::string::npos || doer_of(operation) != "admin";
      EXPECT_EQ(answer.status, never ? 403 : 404) << answer.body;
    }
    if (!of_audit(operation)) expect_nothing_of_it(answer, path_of(operation) + body);
    ++tried;
  }
  EXPECT_GT(tried, 60);
  EXPECT_EQ(everything(), before);
}

/// An id of the other school is answered like one that nobody has.
TEST_F(SchoolsApart, NoParameterReachesAcross) {
  const auto id = [](std::int64_t number) { return base::to_text(number); };
  const std::string days = "&from=2026-03-02&to=2026-03-07", mine = "lesson_type_id=" + id(9501);
  const std::pair<std::string, std::string> named[] = {{"lesson_type_id", id(5001)},
                                                       {"instructor_id", id(1001)},
                                                       {"learner_id", id(2001)},
                                                       {"vehicle_id", id(3001)},
                                                       {"booking_id", booking}};
  for (const auto& [name, theirs] : named) {
    const std::string type = name == "lesson_type_id" ? "" : mine + "&";
    std::vector<std::string> targets = {"/api/v1/calendar/availability?" + type + name + "=ID" + days,
                                        "/api/v1/calendar/explain?" + type + name + "=ID&start=2026-03-04T10:00:00Z"};
    if (name == "learner_id") targets.emplace_back("/api/v1/places?learner_id=ID");
    if (name == "learner_id" || name == "instructor_id")
      targets.push_back("/api/v1/calendar/bookings?" + name + "=ID" + days);
    for (const auto& target : targets) {
      const auto with = [&](const std::string& value) {
        auto whole = target;
        return said(world.get("stranger", whole.replace(whole.find("ID"), 2, value)));
      };
      EXPECT_EQ(with(theirs), with(nobody)) << target;
    }
    if (name == "booking_id") continue;
    const auto book = [&, &name = name](const std::string& value) {
      boost::json::object body{{"lesson_type_id", id(9501)}, {"start", world.lesson("2026-03-05T10:00").at("start")}};
      body[name] = value;
      return said(world.book("stranger", body));
    };
    EXPECT_EQ(book(theirs), book(nobody)) << name;
  }
}

}  // namespace schools_apart_test
