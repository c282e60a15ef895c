// A learner's documents, over HTTP.
#include <gtest/gtest.h>

#include "api/operations.h"

namespace documents_api_test {

class Documents : public api::EveryOperation {
 protected:
  Documents() : EveryOperation({}) {}
  const std::string all = "/api/v1/learners/" + base::to_text(std::int64_t{2001}) + "/documents";
  const std::string one = all + "/" + document;
  std::size_t count(const std::string& who = "learner 1") {
    return world.get(who, all).json().at("items").as_array().size();
  }
  std::size_t audited(const std::string& action) {
    return world.get("admin", "/api/v1/audit?action=" + action).json().at("items").as_array().size();
  }
};

TEST_F(Documents, AreListedAndSavedAsTheyWereUploaded) {
  const auto listed = world.get("office", all);
  ASSERT_EQ(listed.status, 200);
  const auto items = listed.json().at("items").as_array();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].at("kind"), "permit");
  EXPECT_EQ(items[0].at("uploaded_by"), "learner");
  EXPECT_TRUE(items[0].at("valid_until").is_null());
  const auto file = world.get("instructor 1", one);
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body, pdf);
  EXPECT_EQ(file.header("content-type"), "application/pdf");
  EXPECT_TRUE(file.header("content-disposition").starts_with("attachment; filename=\"permit-"));
  EXPECT_EQ(file.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(file.header("cache-control"), "no-store");
  EXPECT_NE(file.head.find("Content-Security-Policy: sandbox\r\n"), std::string::npos);
}

TEST_F(Documents, AreNoFilesOfAnotherTypeThanIsSaid) {
  EXPECT_EQ(upload("learner 1", pdf, "image/png").status, 415);
  EXPECT_EQ(upload("learner 1", pdf, "text/html").status, 415);
  EXPECT_EQ(upload("learner 1", pdf + "<script>alert(1)</script>").status, 415) << "two files in one";
  EXPECT_EQ(upload("learner 1", "").status, 415);
  EXPECT_EQ(upload("learner 1", pdf, "application/pdf", "").status, 422) << "of what kind?";
  EXPECT_EQ(upload("learner 1", pdf, "application/pdf", "?kind=permit&valid_until=soon").status, 422);
  EXPECT_EQ(count(), 1u);
}

TEST_F(Documents, HaveASizeAndANumber) {
  const std::string eight_megabytes(8 << 20, ' ');
  EXPECT_EQ(upload("learner 1", pdf + eight_megabytes).status, 413);
  const auto large = pdf.substr(0, 9) + std::string((8 << 20) - pdf.size(), '%') + pdf.substr(9);
  for (int more = 0; more < 3; ++more) EXPECT_EQ(upload("learner 1", large).status, 201);
  EXPECT_EQ(upload("learner 1", large).status, 422) << "32 MB together";
  for (int more = 4; more < 20; ++more) EXPECT_EQ(upload("office", pdf).status, 201) << more;
  EXPECT_EQ(upload("office", pdf).status, 422) << "the twenty-first";
  EXPECT_EQ(count(), 20u);
}

TEST_F(Documents, UploadedTwiceWithOneKeyAreOne) {
  const api::Headers same = {
      {"Authorization", "Bearer learner 1"}, {"Idempotency-Key", "once"}, {"Content-Type", "application/pdf"}};
  const auto first = world.ask("POST", all + "?kind=consent_form&valid_until=2027-03-31", same, pdf);
  const auto second = world.ask("POST", all + "?kind=consent_form&valid_until=2027-03-31", same, pdf);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.json().at("valid_until"), "2027-03-31");
  EXPECT_EQ(second.header("idempotency-replayed"), "true");
  EXPECT_EQ(second.json().at("id"), first.json().at("id"));
  EXPECT_EQ(count(), 2u);
  EXPECT_EQ(audited("document_added"), 2u);
}

TEST_F(Documents, AreRemovedByWhoeverUploadedThemOrByTheOffice) {
  const auto of_school = all + "/" + id_of(upload("office", pdf));
  EXPECT_EQ(world.send("learner 1", "DELETE", of_school, nullptr).status, 403);
  EXPECT_EQ(world.send("instructor 1", "DELETE", of_school, nullptr).status, 403);
  EXPECT_EQ(upload("instructor 1", pdf).status, 403);
  EXPECT_EQ(world.send("learner 1", "DELETE", one, nullptr).status, 204);
  EXPECT_EQ(world.get("learner 1", one).status, 404);
  EXPECT_EQ(world.send("office", "DELETE", of_school, nullptr).status, 204);
  EXPECT_EQ(count(), 0u);
  EXPECT_EQ(audited("document_removed"), 2u);
}

TEST_F(Documents, AreNotFoundUnderAnotherLearner) {
  const auto elsewhere = "/api/v1/learners/" + base::to_text(std::int64_t{2002}) + "/documents/" + document;
  EXPECT_EQ(world.get("office", elsewhere).status, 404);
  EXPECT_EQ(world.send("office", "DELETE", elsewhere, nullptr).status, 404);
}

TEST_F(Documents, HaveEachLookInTheAudit) {
  for (int look = 0; look < 3; ++look) EXPECT_EQ(world.get("office", one).status, 200);
  EXPECT_EQ(audited("document_seen"), 3u);
}

TEST_F(Documents, LieInTheDatabaseSealedAndGoWithThePerson) {
  EXPECT_EQ(world.school.number("select count(*) from documents"), 1);
  EXPECT_EQ(world.school.number("select count(*) from documents where size >= " +
                                std::string(testing_support::postgres_url().empty() ? "length" : "octet_length") +
                                "(sealed)"),
            0)
      << "longer than what it seals";
  EXPECT_EQ(world
                .send("office", "POST", "/api/v1/people/" + base::to_text(std::int64_t{2001}) + "/erasure",
                      {{"cancel_lessons", true}})
                .status,
            204);
  EXPECT_EQ(world.school.number("select count(*) from documents"), 0);
}

}  // namespace documents_api_test
