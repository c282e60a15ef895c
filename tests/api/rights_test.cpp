// docs/rights.md is the table of who may ask for what: every operation of the description is asked for by everybody it
// names, with a request that is right, about things of learner 1 and instructor 1.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "api/operations.h"
#include "store/jobs.h"

namespace rights_test {

using api::Answer;

struct School final : api::EveryOperation {
  School() : EveryOperation({.approval = true}) {
    world.add_second_school();
    const auto given_up = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      const store::JobKey key{store::JobKind::notice, {7}, {2001}};
      store::put_job(tx, world.school.school, key, world.school.now, world.school.now);
      store::fail_job(tx, store::claim_jobs(tx, world.school.now, 1).at(0), "550", std::nullopt);
      return 0;
    });
    EXPECT_TRUE(given_up);
    world.school.execute("update schools set registration = 1");
  }
  void TestBody() override {}

  Answer asked(const std::string& who, const std::string& operation, const std::set<std::string>& parameters) {
    auto headers = who.empty() ? keyed({{"If-Match", "\"1\""}}) : with_all(who);
    const bool table = operation.ends_with("/imports");
    if (table) headers.emplace_back("Content-Type", "text/csv");
    if (is_upload(operation)) headers.emplace_back("Content-Type", "application/pdf");
    return world.ask(method_of(operation), target(operation, parameters), headers,
                     is_upload(operation) ? pdf
                     : table              ? "name\nAlan\n"
                                          : body_of(operation));
  }
  std::int64_t events() { return world.school.number("select count(*) from events"); }

 private:
  std::string target(const std::string& operation, const std::set<std::string>& parameters) {
    if (operation == "POST /api/v1/jobs/{id}/retry")
      return "/api/v1/jobs/" + base::to_text(world.school.number("select id from jobs where dead = 1")) + "/retry";
    std::string query;
    const auto add = [&](const std::string& name, const std::string& value) {
      if (parameters.contains(name)) query += (query.empty() ? "?" : "&") + name + "=" + value;
    };
    if (!operation.ends_with("bookings")) add("from", "2026-03-02"), add("to", "2026-03-07");
    if (operation.find("/calendar/") != std::string::npos) add("lesson_type_id", base::to_text(world.school.type));
    if (is_upload(operation)) add("kind", "permit");
    add("start", "2026-03-04T15:00:00Z"), add("who", base::to_text(std::int64_t{4002}));
    return path_of(operation) + query;
  }
};

/// In the order of the table's columns; "" has not signed in.
constexpr const char* people[] = {
    "",      "learner 1", "learner 2", "instructor 1",      "instructor 2",      "office",
    "admin", "stranger",  "guardian",  "guardian for 2001", "guardian for 2002", "admin for 2001"};

std::string cell_of(const Answer& answer) {
  const bool denied = answer.status == 401 || answer.status == 403 || answer.status == 404;
  return denied ? std::to_string(answer.status) : "yes";
}

/// Rows of the document by operation, as they stand there.
std::map<std::string, std::string> documented() {
  std::ifstream file(std::filesystem::path(ROADBOOK_SOURCE) / "docs/rights.md");
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| `")) rows[line.substr(3, line.find('`', 3) - 3)] = line;
  return rows;
}

/// Each request finds everything as the one before it did: a school that changed is replaced.
Answer ask(std::optional<School>& school, const std::string& who, const std::string& operation,
           const std::set<std::string>& parameters) {
  if (!school) school.emplace();
  const auto events = school->events();
  auto answer = school->asked(who, operation, parameters);
  if (answer.status >= 400) {
    EXPECT_EQ(school->events(), events) << "refused, and something happened";
  } else if (!operation.starts_with("GET ")) {
    school.reset();
  }
  return answer;
}

TEST(Rights, AreThoseOfTheTable) {
  std::optional<School> school;
  auto rows = documented();
  for (const auto& [operation, parameters] : api::Contract().operations()) {
    if (operation == "GET /api/v1/calendar/live") continue;  // It does not end: live_test.cpp.
    SCOPED_TRACE(operation);
    std::string row = "| `" + operation + "`";
    for (const std::string who : people) row += " | " + cell_of(ask(school, who, operation, parameters));
    EXPECT_EQ(rows[operation], row + " |");
    rows.erase(operation);
  }
  for (const auto& [operation, row] : rows) ADD_FAILURE() << operation << " is not described";
}

}  // namespace rights_test
