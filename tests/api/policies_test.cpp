// Terms, the privacy notice and consents, over HTTP.
#include <gtest/gtest.h>

#include "api/operations.h"

namespace policies_test {

using api::Answer;

class Policies : public api::EveryOperation {
 protected:
  Policies() : EveryOperation({.approval = true}) {}

  Answer publish(const std::string& kind, const std::string& text, int seen) {
    return world.send("admin", "PUT", "/api/v1/policies/" + kind, {{"text", text}},
                      {{"If-Match", "\"" + std::to_string(seen) + "\""}});
  }
  boost::json::object said(const std::string& who, const std::string& kind,
                           const std::string& path = "/api/v1/me/agreements") {
    const auto answer = world.get(who, path).json();  // A loop does not keep a temporary alive.
    for (const auto& item : answer.at("items").as_array())
      if (item.at("kind").as_string() == kind) return item.as_object();
    return {};
  }
  std::vector<std::string> current() {
    std::vector<std::string> kinds;
    const auto answer = world.ask("GET", "/api/v1/schools/test/policies", {}).json();
    for (const auto& item : answer.at("items").as_array()) kinds.emplace_back(item.at("kind").as_string());
    return kinds;
  }
  /// At this wall time of a day of its own, so that no rule about lessons is in the way.
  boost::json::object lesson_with(const char* wall, std::optional<int> terms_version) {
    auto body = world.lesson(wall);
    if (terms_version) body["terms_version"] = *terms_version;
    return body;
  }
  std::int64_t rows() { return world.school.number("select count(*) from agreements"); }
};

TEST_F(Policies, WhatIsPublishedIsKeptInEveryVersionAndReadByAnybody) {
  EXPECT_EQ(current(), std::vector<std::string>{"photos"});
  EXPECT_EQ(publish("terms", "Cancel a day ahead.", 0).status, 200);
  const auto second = publish("terms", "Cancel two days ahead.", 1);
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.header("etag"), "\"2\"");
  EXPECT_EQ(publish("terms", "Cancel two days ahead.", 2).json().at("version"), 2) << "the same text is no new one";
  EXPECT_EQ(publish("terms", "Somebody was faster.", 1).status, 412);
  EXPECT_EQ(current(), (std::vector<std::string>{"terms", "photos"}));
  const auto all = world.get("learner 1", "/api/v1/policies").json().at("items").as_array();
  ASSERT_EQ(all.size(), 3);
  EXPECT_EQ(all[1].at("text"), "Cancel two days ahead.");
  EXPECT_EQ(all[2].at("text"), "Cancel a day ahead.");

  EXPECT_EQ(publish("terms", "", 2).status, 200);
  EXPECT_EQ(current(), std::vector<std::string>{"photos"}) << "they have ended";
  EXPECT_EQ(publish("news", "", 0).status, 422) << "nothing to end";
  EXPECT_EQ(publish("terms", "They begin again.", 3).json().at("version"), 4);
}

TEST_F(Policies, EachConsentIsOffUntilGivenAndIsWithdrawnByItself) {
  EXPECT_EQ(publish("news", "Offers by mail.", 0).status, 200);
  EXPECT_EQ(said("learner 1", "photos").at("given"), false);
  const auto consent = [&](const std::string& method, const std::string& kind, int version) {
    return world.send("learner 1", method, "/api/v1/me/consents/" + kind,
                      method == "PUT" ? boost::json::value{{"version", version}} : nullptr);
  };
  EXPECT_EQ(consent("PUT", "photos", 1).status, 204);
  EXPECT_EQ(consent("PUT", "photos", 1).status, 204);
  EXPECT_EQ(rows(), 1) << "said once";
  EXPECT_EQ(said("learner 1", "photos").at("given"), true);
  EXPECT_EQ(said("learner 1", "news").at("given"), false);
  EXPECT_EQ(said("learner 2", "photos").at("given"), false);
  EXPECT_EQ(consent("PUT", "terms", 1).status, 404) << "accepted with a booking, and not withdrawn";
  EXPECT_EQ(consent("DELETE", "news", 0).status, 404) << "it was never given";

  EXPECT_EQ(publish("photos", "Pictures of passed tests, and of cars.", 1).status, 200);
  const auto older = said("learner 1", "photos");
  EXPECT_EQ(older.at("given"), true) << "it stands for the text that it was given to";
  EXPECT_EQ(older.at("said_version"), 1);
  const auto stale = consent("PUT", "photos", 1);
  EXPECT_EQ(stale.status, 422);
  EXPECT_EQ(stale.json().at("version"), 2);
  EXPECT_EQ(consent("PUT", "photos", 2).status, 204);
  EXPECT_EQ(consent("DELETE", "photos", 0).status, 204);
  EXPECT_EQ(consent("DELETE", "photos", 0).status, 404);

  const auto learner = "/api/v1/learners/" + base::to_text(std::int64_t{2001}) + "/agreements";
  EXPECT_EQ(said("office", "photos", learner).at("given"), false);
  EXPECT_EQ(said("office", "photos", learner).at("said_version"), 2);
  EXPECT_EQ(rows(), 3) << "nothing that was said is ever changed";
  const auto audit = world.get("admin", "/api/v1/audit?action=agreement_withdrawn").json().at("items").as_array();
  ASSERT_EQ(audit.size(), 1);
  EXPECT_EQ(audit[0].at("whose").as_array().at(0).at("id").as_string(), base::to_text(std::int64_t{2001}));
}

TEST_F(Policies, ALearnerBooksUnderTheTermsAsTheyAre) {
  EXPECT_EQ(publish("terms", "Cancel a day ahead.", 0).status, 200);
  const auto missing = world.book("learner 2", lesson_with("2026-03-05T12:00", {}));
  ASSERT_EQ(missing.status, 422) << missing.body;
  EXPECT_EQ(missing.json().at("errors").as_array().at(0).at("pointer"), "/terms_version");
  EXPECT_EQ(missing.json().at("version"), 1);
  EXPECT_EQ(publish("terms", "Cancel two days ahead.", 1).status, 200);
  const auto stale = world.book("learner 2", lesson_with("2026-03-05T12:00", 1));
  ASSERT_EQ(stale.status, 422);
  EXPECT_EQ(stale.json().at("version"), 2);
  EXPECT_EQ(rows(), 0);

  const auto made = world.book("learner 2", lesson_with("2026-03-05T12:00", 2));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(said("learner 2", "terms").at("said_version"), 2);
  EXPECT_EQ(world.book("learner 2", lesson_with("2026-03-06T12:00", {})).status, 201) << "accepted before";
  EXPECT_EQ(rows(), 1);

  auto by_office = lesson_with("2026-03-05T15:00", {});
  by_office["learner_id"] = base::to_text(std::int64_t{2003});
  EXPECT_EQ(world.book("office", by_office).status, 201) << "staff are not asked";
}

TEST_F(Policies, NothingIsAcceptedWhereNothingIsBooked) {
  EXPECT_EQ(publish("terms", "Cancel a day ahead.", 0).status, 200);
  EXPECT_EQ(world.book("learner 2", lesson_with("2026-03-04T10:00", 1)).status, 409) << "learner 1 has this time";
  EXPECT_EQ(rows(), 0);
}

TEST_F(Policies, WhatWasKeptIsConfirmedUnderTheTermsToo) {
  EXPECT_EQ(publish("terms", "Cancel a day ahead.", 0).status, 200);
  auto body = world.lesson("2026-03-03T10:00");
  body["hold_id"] = hold;
  EXPECT_EQ(world.book("learner 1", body).status, 422);
  body["terms_version"] = 1;
  EXPECT_EQ(world.book("learner 1", body).status, 201);
  EXPECT_EQ(said("learner 1", "terms").at("given"), true);
}

TEST_F(Policies, AGuardianAcceptsForTheirChildAndAnAdminForNobody) {
  EXPECT_EQ(publish("terms", "Cancel a day ahead.", 0).status, 200);
  EXPECT_EQ(world.book("admin for 2001", lesson_with("2026-03-05T12:00", {})).status, 201);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(world.book("guardian for 2001", lesson_with("2026-03-06T12:00", {})).status, 422);
  EXPECT_EQ(world.book("guardian for 2001", lesson_with("2026-03-06T12:00", 1)).status, 201);
  EXPECT_EQ(said("learner 1", "terms").at("given"), true);
}

TEST_F(Policies, WhoJoinsIsShownTheNoticeAndItsVersionIsKept) {
  const auto made = world.send("office", "POST", "/api/v1/learners", {{"name", "Alan"}, {"email", "alan@example.com"}},
                               {{"Idempotency-Key", "alan"}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string url(made.json().at("welcome_url").as_string());
  const auto token = url.substr(url.find('#') + 1);
  const auto notice = [&] { return world.send("", "POST", "/api/v1/auth/notice", {{"token", token}}).json(); };
  EXPECT_EQ(notice().at("items").as_array().size(), 0) << "the school has none";
  EXPECT_EQ(publish("notice", "We keep your lessons.", 0).status, 200);
  EXPECT_EQ(notice().at("items").as_array().at(0).at("text"), "We keep your lessons.");
  const auto join = [&](int version) {
    return world.send("", "POST", "/api/v1/auth/password",
                      {{"token", token}, {"password", "a long enough phrase"}, {"notice_version", version}});
  };
  EXPECT_EQ(publish("notice", "We keep your lessons and notes.", 1).status, 200);
  const auto stale = join(1);
  EXPECT_EQ(stale.status, 422);
  EXPECT_EQ(stale.json().at("version"), 2);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(join(2).status, 200);
  EXPECT_EQ(rows(), 1);
  const std::string id(made.json().at("id").as_string());
  EXPECT_EQ(said("office", "notice", "/api/v1/learners/" + id + "/agreements").at("said_version"), 2);
}

}  // namespace policies_test
