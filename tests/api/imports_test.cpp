// Learners from a CSV file over HTTP: how the file may be written, how large it may be, how mistakes are told.
#include <gtest/gtest.h>

#include "api/school_server.h"

namespace imports_test {

using api::Answer;
using api::SchoolServer;

class Imports : public testing::Test {
 protected:
  Answer import(const std::string& csv, const std::string& query = "", const std::string& key = "") {
    const auto fresh = key.empty() ? "import-" + std::to_string(++world.keys) : key;
    return world.ask(
        "POST", "/api/v1/learners/imports" + query,
        SchoolServer::as("office", {{"Content-Type", "text/csv; charset=utf-8"}, {"Idempotency-Key", fresh}}), csv);
  }
  /// "line field; line field", or what was created.
  static std::string told(const Answer& answer) {
    const auto body = answer.json();
    if (answer.status == 200) return std::to_string(body.at("created").as_int64());
    std::string all = std::to_string(answer.status);
    if (!body.contains("errors")) return all + " " + answer.body;
    for (const auto& error : body.at("errors").as_array())
      all += " " + std::to_string(error.at("line").as_int64()) + ":" + std::string(error.at("field").as_string());
    return all;
  }
  std::int64_t learners() { return world.school.number("select count(*) from people where role = 'learner'"); }

  SchoolServer world;
};

TEST_F(Imports, AreReadAsPeoplesProgramsWriteThem) {
  EXPECT_EQ(told(import("name,email\r\nAda,ada@example.com\r\n\"Martin, \"\"Bob\"\"\",bob@example.com\r\n")), "2");
  EXPECT_EQ(told(import("\xEF\xBB\xBF"
                        "E-Mail;Name\n")),
            "422 1:E-Mail 1:email");
  EXPECT_EQ(told(import("\xEF\xBB\xBF"
                        "Email;NAME ;active;phone\nzo\xC3\xAB@example.com;Zo\xC3\xAB;FALSE;\n")),
            "1");
  EXPECT_EQ(learners(), 3 + 3);
  EXPECT_EQ(world.school.number("select count(*) from people where active = 0"), 1);
  EXPECT_NE(world.get("office", "/api/v1/learners").body.find(R"(Martin, \"Bob\")"), std::string::npos);
}

TEST_F(Imports, NameWhatIsWrongByLine) {
  EXPECT_EQ(told(import("")), "422 1:");
  EXPECT_EQ(told(import("name,colour,name\nAda,red,x\n")), "422 1:colour 1:name 1:email");
  EXPECT_EQ(told(import("name,email\nAda\nBob,bob@example.com,more\n")), "422 2: 3:");
  EXPECT_EQ(told(import("name,email,active\n\nJos\xE9,jose@example.com,perhaps\n\"a\nb\",x,\n")),
            "422 3:active 3:name 4:name 4:email");
  EXPECT_EQ(told(import("name,email\nAda,ada@example.com\nBob,\"bob\n")), "422 3:");
  EXPECT_EQ(learners(), 3);
}

TEST_F(Imports, AreTriedWithoutStoringAndRepeatedWithoutAddingTwice) {
  const std::string csv = "name,email\nAda,ada@example.com\n";
  EXPECT_EQ(told(import(csv, "?dry_run=true")), "1");
  EXPECT_EQ(learners(), 3);
  const auto without_key = SchoolServer::as("office", {{"Content-Type", "text/csv"}});
  EXPECT_EQ(world.ask("POST", "/api/v1/learners/imports?dry_run=true", without_key, csv).status, 200);
  EXPECT_EQ(world.ask("POST", "/api/v1/learners/imports?dry_run=perhaps", without_key, csv).status, 422);
  EXPECT_EQ(told(import(csv, "", "same")), "1");
  const auto again = import(csv, "", "same");
  EXPECT_EQ(told(again), "1");
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(import(csv + "Bob,bob@example.com\n", "", "same").type(), "/problems/idempotency-mismatch");
  EXPECT_EQ(told(import(csv, "?dry_run=true")), "422 2:email");
  EXPECT_EQ(learners(), 4);
}

TEST_F(Imports, MayBeLargerThanOtherBodiesUpToALimit) {
  std::string csv = "name,email,phone\n";
  for (int i = 0; i < 10'000; ++i) {
    const auto number = std::to_string(i);
    csv += std::string(120, 'n') + number + "," + std::string(40, 'e') + number + "@example.com,+44 " + number + "\n";
  }
  ASSERT_GT(csv.size(), std::size_t{3} << 19);
  EXPECT_EQ(told(import(csv)), "10000");
  EXPECT_EQ(learners(), 10'003);
  EXPECT_EQ(told(import(csv + "One,more@example.com,\n", "?dry_run=true")), "422 10002:");
  EXPECT_EQ(import(std::string((4 << 20) + 1, 'x')).status, 413);
  const auto json = SchoolServer::as("office", {{"Idempotency-Key", "json"}});
  EXPECT_EQ(world.ask("POST", "/api/v1/learners/imports", json, "{}").status, 415);
  EXPECT_EQ(world.ask("POST", "/api/v1/learners", json, std::string((1 << 20) + 1, ' ')).status, 413);
}

}  // namespace imports_test
