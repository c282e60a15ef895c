// Whoever sees or tries what is others' is taken down, and only admins read of it.
#include <gtest/gtest.h>

#include <thread>

#include "api/operations.h"

namespace audit_test {

class AuditApi : public api::EveryOperation {
 protected:
  AuditApi() : EveryOperation({}) {
    // A learner, an instructor and an admin with names, addresses and something to say.
    const auto add = [&](base::PersonId id, const store::Details& details) {
      if (!world.school.keys.has_key({world.school.school, id}))
        world.school.keys.make_keys(world.school.school, std::span(&id, 1), world.school.now);
      const auto sealed = world.people.seal(world.school.school, id, details);
      const auto done = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
        tx.run("update people set sealed = $3, email_hash = $4, version = version + 1 where school_id = $1 and id = $2",
               world.school.school, id, sealed.sealed, sealed.email_hash);
        return 0;
      });
      CHECK(done.has_value());
    };
    add({2001}, {"=Marker Learner", "marker-learner@example.com", "marker-phone"});
    add({1001}, {"Marker Instructor", "marker-instructor@example.com", "marker-phone"});
    add({4001}, {"Marker Office", "marker-office@example.com", ""});
  }

  std::string text(std::int64_t id) const { return base::to_text(id); }
  /// Everything that was taken down, once it is written.
  boost::json::array entries(const std::string& query = "") {
    std::this_thread::sleep_for(actions::Trail::gathered * 4);
    const auto answer = world.get("admin", "/api/v1/audit?limit=200" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json().at("items").as_array();
  }
  /// "who action what whose, whose", deeds only.
  static std::string line_of(const boost::json::object& entry) {
    const auto id = [](const boost::json::value& person) {
      return std::to_string(base::id_from_text(person.at("id").as_string()).value());
    };
    std::string line = entry.at("who").is_null() ? "nobody" : id(entry.at("who"));
    line += " " + std::string(entry.at("action").as_string()) + " " + std::string(entry.at("what").as_string());
    for (const auto& person : entry.at("whose").as_array()) line += " " + id(person);
    return line;
  }
  std::set<std::string> lines(const std::string& query = "") {
    std::set<std::string> all;
    for (const auto& entry : entries(query)) all.insert(line_of(entry.as_object()));
    return all;
  }
};

TEST_F(AuditApi, WhoeverOpensWhatIsOthersIsTakenDownAndNobodyWhoOpensTheirOwn) {
  const auto learner = "/api/v1/learners/" + text(2001), one = "/api/v1/calendar/bookings/" + booking;
  for (const auto& path :
       {learner, std::string("/api/v1/learners"), one, one + "/history", "/api/v1/places?learner_id=" + text(2001)})
    EXPECT_EQ(world.get("office", path).status, 200) << path;
  EXPECT_EQ(world.get("learner 1", learner).status, 200);
  EXPECT_EQ(world.get("learner 1", one).status, 200);
  EXPECT_EQ(world.get("learner 1", "/api/v1/calendar/bookings").status, 200);
  EXPECT_EQ(world.get("instructor 1", "/api/v1/instructors/" + text(1001)).status, 200);
  const auto found = lines();
  for (const auto& line : {"4001 seen GET " + learner + " 2001", "4001 seen GET " + one + " 2001",
                           "4001 seen GET " + one + "/history 2001", std::string("4001 seen GET /api/v1/places 2001"),
                           std::string("4001 seen GET /api/v1/learners 2001 2002 2003")})
    EXPECT_TRUE(found.contains(line)) << line;
  for (const auto& line : found) EXPECT_TRUE(!line.starts_with("2001 seen") && !line.starts_with("1001 seen")) << line;
}

/// Whatever route is added: where its answer has somebody's values, there is an entry.
TEST_F(AuditApi, NoRouteTellsOfSomebodyWithoutAnEntry) {
  const auto noted = world.send("office", "PATCH", "/api/v1/calendar/bookings/" + booking, {{"note", "marker-note"}},
                                {{"If-Match", "\"1\""}});
  ASSERT_EQ(noted.status, 200) << noted.body;
  int told = 0;
  for (const auto& [operation, parameters] : contract.operations()) {
    if (method_of(operation) != "GET" || operation.find("/audit") != std::string::npos ||
        operation.find("/schools/") != std::string::npos || operation.ends_with("/live"))
      continue;
    const auto window = parameters.contains("from") && operation.find("bookings") == std::string::npos
                            ? "?from=2026-03-02&to=2026-03-07"
                        : operation.ends_with("/places") ? "?learner_id=" + text(2001)
                                                         : std::string();
    const auto answer = world.get("admin", path_of(operation) + window);
    const bool tells = answer.status == 200 && (answer.body.find("marker-") != std::string::npos ||
                                                answer.body.find("12 High Street") != std::string::npos);
    if (!tells) continue;
    ++told;
    bool found = false;
    for (const auto& line : lines()) found = found || line.starts_with("4002 seen GET " + path_of(operation) + " ");
    EXPECT_TRUE(found) << operation;
  }
  EXPECT_GE(told, 7);
}

TEST_F(AuditApi, AFeedThatIsReadNamesWhoIsInIt) {
  const auto feed = world.send("instructor 1", "PUT", "/api/v1/me/feed", nullptr);
  const auto url = std::string(feed.json().at("url").as_string());
  EXPECT_EQ(world.get("learner 2", url.substr(url.find("/feeds/"))).status, 200);
  EXPECT_TRUE(lines().contains("1001 feed_read GET /feeds/{token}.ics 2001"));
  for (const auto& line : lines()) EXPECT_EQ(line.find(url.substr(url.size() - 20)), std::string::npos) << line;
}

TEST_F(AuditApi, WhoIsRefusedOrCannotSignInIsTakenDown) {
  const auto theirs = "/api/v1/calendar/bookings/" + booking;
  EXPECT_EQ(world.get("learner 2", theirs).status, 404);
  EXPECT_EQ(world.get("learner 1", "/api/v1/jobs").status, 403);
  EXPECT_EQ(world.get("learner 1", "/api/v1/calendar/bookings/no+id").status, 404);
  for (const auto* email : {"marker-office@example.com", "nobody@example.com"})
    EXPECT_EQ(world.send("", "POST", "/api/v1/auth/login", {{"email", email}, {"password", "wrong password"}}).status,
              401);
  const auto found = lines();
  for (const auto& line : {"2002 refused GET " + theirs, std::string("2001 refused GET /api/v1/jobs"),
                           std::string("2001 refused GET /api/v1/calendar/bookings/{id}"),
                           std::string("nobody sign_in_failed POST /api/v1/auth/login 4001"),
                           std::string("nobody sign_in_failed POST /api/v1/auth/login")})
    EXPECT_TRUE(found.contains(line)) << line;
}

TEST_F(AuditApi, ChangesStandBesideWithWhatWasBefore) {
  const boost::json::object change = {{"name", "Night drive"}};
  const auto path = "/api/v1/lesson-types/" + text(world.school.type.value);
  ASSERT_EQ(world.send("office", "PATCH", path, change, {{"If-Match", "\"1\""}}).status, 200);
  const auto found = entries("&action=lesson_type_changed");
  ASSERT_EQ(found.size(), 1u);
  const auto& entry = found.front().as_object();
  EXPECT_EQ(entry.at("who").at("name"), "Marker Office");
  EXPECT_EQ(boost::json::serialize(entry.at("changes")),
            R"([{"field":"name","before":"Lesson","after":"Night drive"}])");
  const boost::json::object renamed = {{"name", "Secret Name"}};
  const auto learner = "/api/v1/learners/" + text(2001);
  ASSERT_EQ(world.send("office", "PATCH", learner, renamed, {{"If-Match", "\"2\""}}).status, 200);
  const auto people = entries("&action=person_changed");
  EXPECT_EQ(boost::json::serialize(people.at(0).at("changes")), R"([{"field":"name","before":null,"after":null}])");
}

TEST_F(AuditApi, FiltersPagesAndWhoseDataSomebodySaw) {
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(world.get("office", "/api/v1/learners/" + text(2000 + i)).status, 200);
  EXPECT_EQ(world.get("instructor 1", "/api/v1/learners/" + text(2001)).status, 200);
  const auto all = entries();
  EXPECT_EQ(lines("&action=seen&who=" + text(1001)).size(), 1u);
  EXPECT_EQ(lines("&action=seen&whose=" + text(2003)).size(), 1u);
  EXPECT_TRUE(lines("&whose=" + text(2003) + "&to=2026-02-28").empty());
  EXPECT_EQ(lines("&action=seen&from=2026-03-01").size(), 4u);
  std::string cursor, paged, whole;
  for (int pages = 0; pages < 200; ++pages) {
    const auto page = world.get("admin", "/api/v1/audit?limit=3" + cursor).json();
    for (const auto& entry : page.at("items").as_array()) paged += std::string(entry.at("id").as_string()) + " ";
    if (page.at("next_cursor").is_null()) break;
    cursor = "&cursor=" + std::string(page.at("next_cursor").as_string());
  }
  for (const auto& entry : entries()) whole += std::string(entry.at("id").as_string()) + " ";
  EXPECT_EQ(paged, whole);
  const auto people = world.get("admin", "/api/v1/audit/people?from=2026-03-01&who=" + text(4001));
  ASSERT_EQ(people.status, 200) << people.body;
  EXPECT_EQ(people.json().at("items").as_array().size(), 3u);
  EXPECT_EQ(world.get("office", "/api/v1/audit/people?who=" + text(4001)).status, 403);
  EXPECT_EQ(world.get("office", "/api/v1/audit").status, 403);
}

TEST_F(AuditApi, TheTableForSpreadsheetsHasNoFormulas) {
  EXPECT_EQ(world.get("office", "/api/v1/learners/" + text(2001)).status, 200);
  (void)entries();
  const auto table = world.get("admin", "/api/v1/audit.csv?action=seen");
  ASSERT_EQ(table.status, 200) << table.body;
  EXPECT_EQ(table.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_NE(table.body.find("\r\n2026-03-01T12:00:00Z,seen,Marker Office,"), std::string::npos) << table.body;
  EXPECT_NE(table.body.find(",'=Marker Learner (" + text(2001) + "),"), std::string::npos) << table.body;
  EXPECT_TRUE(lines("&action=audit_exported").contains("4002 audit_exported GET /api/v1/audit.csv"));
}

TEST_F(AuditApi, OneSchoolKnowsNothingOfTheOther) {
  EXPECT_EQ(world.get("office", "/api/v1/learners/" + text(2001)).status, 200);
  (void)entries();
  world.school.execute(
      "insert into schools (school_id, slug, name, zone, currency, version, created_at) values (2, 'second', 'Second',"
      " 'Europe/London', 'GBP', 1, 0)");
  const auto theirs = world.get("stranger", "/api/v1/audit");
  ASSERT_EQ(theirs.status, 200);
  EXPECT_TRUE(theirs.json().at("items").as_array().empty()) << theirs.body;
  EXPECT_TRUE(world.get("stranger", "/api/v1/audit/people?who=" + text(4001)).json().at("items").as_array().empty());
}

}  // namespace audit_test
