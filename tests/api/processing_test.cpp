// The record of processing says what is.
#include <gtest/gtest.h>

#include "api/operations.h"
#include "store/personal.h"

namespace processing_test {

class ProcessingRecord : public api::EveryOperation {
 protected:
  ProcessingRecord() : EveryOperation({}) {}

  boost::json::object line(const std::string& table) {
    const auto record = world.get("admin", "/api/v1/privacy/record");
    EXPECT_EQ(record.status, 200) << record.body;
    const auto body = record.json();  // A loop does not keep a temporary alive.
    for (const auto& item : body.at("items").as_array())
      if (item.at("table").as_string() == table) return item.as_object();
    ADD_FAILURE() << table;
    return {};
  }
};

TEST_F(ProcessingRecord, SaysHowLongTheSchoolKeepsWhatItHasSet) {
  EXPECT_EQ(line("texts").at("kept"), "until it is removed or the person is erased");
  EXPECT_EQ(line("people").at("kept"), "until the person is erased");
  EXPECT_EQ(line("audit").at("kept"), "24 months");
  ASSERT_EQ(world
                .send("admin", "PUT", "/api/v1/privacy/retention",
                      {{"text_months", 18}, {"document_months", 3}, {"learner_months", 30}}, {{"If-Match", "\"0\""}})
                .status,
            200);
  world.school.execute("update schools set audit_months = 12");
  EXPECT_EQ(line("texts").at("kept"), "18 months after they were written");
  EXPECT_EQ(line("documents").at("kept"), "3 months after their last day");
  EXPECT_EQ(line("people").at("kept"), "until the person is erased; learners 30 months after they stayed away");
  EXPECT_EQ(line("audit").at("kept"), "12 months");
  EXPECT_EQ(line("bookings").at("basis"), "contract (b)");
}

TEST_F(ProcessingRecord, NamesWhomTheInstallationHandsDataTo) {
  EXPECT_EQ(line("email_proofs").at("recipients"), "nobody");
  world.app.recipients = {{"mail server", "mails", "relay.example:587", store::HandedTo::mail},
                          {"Google", "sign-ins", "accounts.google.com", store::HandedTo::providers},
                          {"database server", "everything", "db.example", store::HandedTo::nobody}};
  EXPECT_EQ(line("email_proofs").at("recipients"), "nobody; mail server");
  EXPECT_EQ(line("identities").at("recipients"), "themselves; Google");
  EXPECT_EQ(line("passwords").at("recipients"), "nobody");
  const auto record = world.get("admin", "/api/v1/privacy/record").json();
  ASSERT_EQ(record.at("recipients").as_array().size(), 3);
  EXPECT_EQ(record.at("recipients").at(2).at("where"), "db.example");
}

TEST_F(ProcessingRecord, IsATableWithALineForEachTableOfPeoplesData) {
  std::set<std::string_view> tables;
  for (const auto& table : store::personal_tables()) tables.insert(table.name);
  const auto csv = world.get("admin", "/api/v1/privacy/record.csv");
  ASSERT_EQ(csv.status, 200);
  EXPECT_EQ(csv.header("content-disposition"), "attachment; filename=\"record-of-processing.csv\"");
  EXPECT_TRUE(csv.body.starts_with("table,purpose,people,data,basis,recipients,kept,protection\r\n")) << csv.body;
  EXPECT_EQ(std::ranges::count(csv.body, '\n'), static_cast<std::ptrdiff_t>(tables.size()) + 1);
  for (const auto table : tables) EXPECT_NE(csv.body.find("\n" + std::string(table) + ","), std::string::npos) << table;
}

}  // namespace processing_test
