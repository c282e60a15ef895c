// How long what is kept: what the preview says goes is what goes.
#include <gtest/gtest.h>

#include "actions/housekeeping.h"
#include "api/operations.h"

namespace retention_test {

class RetentionApi : public api::EveryOperation {
 protected:
  RetentionApi() : EveryOperation({}) {
    world.school.execute("delete from data_requests");  // Nothing goes of whom one waits.
  }

  static std::string person(std::int64_t id) { return "/api/v1/people/" + base::to_text(id); }
  void keep(const boost::json::object& months, int seen = 0) {
    const auto put = world.send("admin", "PUT", "/api/v1/privacy/retention", months,
                                {{"If-Match", "\"" + std::to_string(seen) + "\""}});
    ASSERT_EQ(put.status, 200) << put.body;
  }
  void pass(std::chrono::days days) { api::SchoolServer::clock_now = world.school.now + days; }
  void clear() { actions::clear_out(world.school.context(), api::SchoolServer::clock_now); }
  /// "2: 2001 x1, 2002 x1 held" of the kind, or "" where it has no months.
  std::string preview(const std::string& kind, const std::string& query = "") {
    const auto answer = world.get("admin", "/api/v1/privacy/retention/preview" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::string said;
    const auto body = answer.json();  // A loop does not keep a temporary alive.
    for (const auto& item : body.at("items").as_array()) {
      if (item.at("kind").as_string() != kind) continue;
      said = std::to_string(item.at("count").as_int64()) + ":";
      for (const auto& owner : item.at("people").as_array())
        said += " " + std::to_string(base::id_from_text(owner.at("id").as_string()).value()) + " x" +
                std::to_string(owner.at("count").as_int64()) + (owner.at("held").as_bool() ? " held" : "");
    }
    return said;
  }
  std::int64_t sealed_texts() { return world.school.number("select count(*) from texts where sealed is not null"); }
};

TEST_F(RetentionApi, NothingGoesUnlessTheSchoolSaysSo) {
  auto body = world.lesson("2026-03-05T14:00");
  body["note"] = "Afraid of roundabouts";
  ASSERT_EQ(world.book("learner 1", body).status, 201);
  pass(std::chrono::days{4000});
  EXPECT_EQ(world.get("admin", "/api/v1/privacy/retention").json().at("text_months"), nullptr);
  EXPECT_EQ(preview("texts"), "");
  EXPECT_EQ(preview("texts", "?text_months=1"), "1: 2001 x1") << "looked at, and not said";
  clear();
  EXPECT_EQ(sealed_texts(), 1);
}

TEST_F(RetentionApi, WordsGoWhenTheirLessonIsOldEnoughAndWhoIsHeldStays) {
  auto body = world.lesson("2026-03-20T14:00");
  body["note"] = "Afraid of roundabouts";
  ASSERT_EQ(world.book("learner 1", body).status, 201);
  keep({{"text_months", 1}});
  pass(std::chrono::days{40});  // It was written more than a month before, and the lesson was not.
  EXPECT_EQ(preview("texts"), "0:");
  clear();
  EXPECT_EQ(sealed_texts(), 1);

  pass(std::chrono::days{60});
  EXPECT_EQ(preview("texts"), "1: 2001 x1");
  ASSERT_EQ(world.send("admin", "PUT", person(2001) + "/holds/claim", {{"reason", "A claim"}}).status, 204);
  EXPECT_EQ(world.send("admin", "PUT", person(2001) + "/holds/claim", {{"reason", "Another"}}).status, 409);
  EXPECT_EQ(preview("texts"), "0: 2001 x1 held");
  clear();
  EXPECT_EQ(sealed_texts(), 2) << "the note, and why it is held";
  EXPECT_NE(world.get("admin", "/api/v1/privacy/holds").body.find("A claim"), std::string::npos);

  ASSERT_EQ(world.send("admin", "DELETE", person(2001) + "/holds/claim", nullptr).status, 204);
  EXPECT_EQ(preview("texts"), "1: 2001 x1");
  clear();
  EXPECT_EQ(sealed_texts(), 0);
  EXPECT_EQ(preview("texts"), "0:");
}

TEST_F(RetentionApi, DocumentsGoAfterTheirEnd) {
  const auto put = upload("office", pdf, "application/pdf", "?kind=permit&valid_until=2026-04-30");
  ASSERT_EQ(put.status, 201) << put.body;
  keep({{"document_months", 2}});
  pass(std::chrono::days{110});  // 20 June
  EXPECT_EQ(preview("documents"), "0:");
  pass(std::chrono::days{125});
  EXPECT_EQ(preview("documents"), "1: 2001 x1") << "the other one has no end";
  clear();
  EXPECT_EQ(world.school.number("select count(*) from documents"), 1);
}

TEST_F(RetentionApi, LearnersWhoStayAwayAreErasedAndNobodyElse) {
  ASSERT_EQ(world.book("learner 2", world.lesson("2026-03-05T14:00")).status, 201);
  keep({{"learner_months", 6}});
  const auto alive = [&] {
    return world.school.number("select count(*) from people where role = 'learner' and erased_at is null");
  };
  const auto before = alive();
  pass(std::chrono::days{100});
  clear();
  const auto idle = before - alive();
  EXPECT_EQ(preview("learners"), "0:");
  pass(std::chrono::days{190});
  EXPECT_EQ(preview("learners"), "2: 2001 x1 2002 x1");
  clear();
  EXPECT_EQ(alive(), before - idle - 2);
  EXPECT_EQ(preview("learners"), "0:");
  EXPECT_EQ(world.get("office", "/api/v1/learners/" + base::to_text(std::int64_t{2001})).status, 404);
}

TEST_F(RetentionApi, WhoIsHeldIsNotErasedAndHearsWhy) {
  ASSERT_EQ(world.send("admin", "PUT", person(2001) + "/holds/claim", {{"reason", "A claim of 3 March"}}).status, 204);
  const auto refused = world.send("office", "POST", person(2001) + "/erasure", {{"cancel_lessons", true}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("A claim of 3 March"), std::string::npos) << refused.body;
  ASSERT_EQ(world.send("admin", "DELETE", person(2001) + "/holds/claim", nullptr).status, 204);
  EXPECT_EQ(world.send("office", "POST", person(2001) + "/erasure", {{"cancel_lessons", true}}).status, 204);
  const auto audit = world.get("admin", "/api/v1/audit?action=hold_placed").json().at("items").as_array();
  ASSERT_EQ(audit.size(), 1);
  EXPECT_EQ(audit[0].at("whose").as_array().at(0).at("id").as_string(), base::to_text(std::int64_t{2001}));
}

TEST_F(RetentionApi, WhoseDataIsRestrictedIsBookedNothingAndRemindedOfNothing) {
  const auto type = "lesson_type_id=" + base::to_text(world.school.type);
  const auto free = "/api/v1/calendar/availability?" + type + "&from=2026-03-09&to=2026-03-13";
  const auto explained = "/api/v1/calendar/explain?" + type +
                         "&start=2026-03-10T10:00:00Z&instructor_id=" + base::to_text(std::int64_t{1001});
  EXPECT_EQ(world.get("learner 1", free).status, 200);
  ASSERT_EQ(world.send("admin", "PUT", person(2001) + "/holds/restriction", {{"reason", "As asked"}}).status, 204);
  for (const auto& path : {free, explained}) {
    const auto refused = world.get("learner 1", path);
    EXPECT_EQ(refused.status, 409) << path << refused.body;
    EXPECT_NE(refused.body.find("restricted"), std::string::npos) << refused.body;
    EXPECT_EQ(world.get("learner 2", path).status, 200) << path;
  }
  EXPECT_EQ(world.book("learner 1", world.lesson("2026-03-10T10:00")).status, 409);
  auto by_office = world.lesson("2026-03-10T10:00");
  by_office["learner_id"] = base::to_text(std::int64_t{2001});
  EXPECT_EQ(world.book("office", by_office).status, 409) << "whoever asks";
  by_office.erase("instructor_id");
  EXPECT_EQ(world.book("office", by_office).status, 409) << "with whomever";

  EXPECT_EQ(world.send("office", "POST", person(2001) + "/erasure", {{"cancel_lessons", true}}).status, 409)
      << "not by others";
  ASSERT_EQ(world.send("admin", "DELETE", person(2001) + "/holds/restriction", nullptr).status, 204);
  EXPECT_EQ(world.get("learner 1", free).status, 200);
  EXPECT_EQ(world.book("office", by_office).status, 201);
}

TEST_F(RetentionApi, WhoeverPutsUpWithARestrictionMayStillBeErasedByThemselvesButNotUnderAClaim) {
  const auto hash = world.passwords.hash("correct horse battery").value();
  const auto done = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    store::set_password(tx, world.school.school, {2001}, hash, world.school.now);
    return 0;
  });
  ASSERT_TRUE(done);
  const auto go = [&] {
    return world.send("learner 1", "DELETE", "/api/v1/me",
                      {{"current_password", "correct horse battery"}, {"cancel_lessons", true}});
  };
  for (const auto* kind : {"claim", "restriction"})
    ASSERT_EQ(world.send("admin", "PUT", person(2001) + "/holds/" + kind, {{"reason", "The crash of 3 March"}}).status,
              204);
  const auto refused = go();
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("The crash of 3 March"), std::string::npos) << refused.body;
  ASSERT_EQ(world.send("admin", "DELETE", person(2001) + "/holds/claim", nullptr).status, 204);
  EXPECT_EQ(go().status, 204);
  EXPECT_EQ(world.school.number("select count(*) from legal_holds"), 0);
}

TEST_F(RetentionApi, MonthsOfAPreviewAreNumbersOfMonths) {
  for (const auto* months : {"0", "241", "1x", "x", "-1"})
    EXPECT_EQ(world.get("admin", std::string("/api/v1/privacy/retention/preview?text_months=") + months).status, 422)
        << months;
}

}  // namespace retention_test
