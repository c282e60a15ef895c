// What people may ask about their own data, over HTTP.
#include <gtest/gtest.h>

#include <fmt/ranges.h>

#include "api/operations.h"
#include "jobs/worker.h"

namespace privacy_test {

class Privacy : public api::EveryOperation {
 protected:
  Privacy() : EveryOperation({}) {
    const auto hash = world.passwords.hash("correct horse battery").value();
    const auto done = world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      store::set_password(tx, world.school.school, {2001}, hash, world.school.now);
      return 0;
    });
    EXPECT_TRUE(done);
  }
  static std::string hex(const base::Bytes& bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }
  static std::string person(std::int64_t id) { return "/api/v1/people/" + base::to_text(id); }
};

TEST_F(Privacy, AnybodyErasesThemselvesWithTheirPassword) {
  const auto erase = [&](const boost::json::object& body) {
    return world.send("learner 1", "DELETE", "/api/v1/me", body);
  };
  EXPECT_EQ(erase({}).status, 422) << "no password";
  const auto asked = erase({{"current_password", "correct horse battery"}});
  EXPECT_EQ(asked.status, 409);
  EXPECT_EQ(asked.json().at("count"), 1) << "the lesson; the hold is nothing to ask about";
  const auto erased = erase({{"current_password", "correct horse battery"}, {"cancel_lessons", true}});
  EXPECT_EQ(erased.status, 204) << erased.body;
  EXPECT_NE(erased.header("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(world.get("office", "/api/v1/learners/" + base::to_text(std::int64_t{2001})).status, 404);
  EXPECT_EQ(world.get("office", "/api/v1/calendar/bookings/" + booking).json().at("status"), "cancelled");
}

TEST_F(Privacy, GuessingThePasswordIsSlowedDown) {
  int status = 0;
  for (int tries = 0; tries < 20 && status != 429; ++tries)
    status = world.send("learner 1", "DELETE", "/api/v1/me", {{"current_password", "guess"}}).status;
  EXPECT_EQ(status, 429);
}

TEST_F(Privacy, TheOfficeErasesWhoAsksForItAndTheAuditSaysSo) {
  const auto erase = person(2001) + "/erasure";
  EXPECT_EQ(world.send("office", "POST", erase, nullptr).status, 409);
  EXPECT_EQ(world.send("office", "POST", erase, {{"cancel_lessons", true}}).status, 204);
  EXPECT_EQ(world.send("office", "POST", erase, nullptr).status, 404);
  EXPECT_EQ(world.send("office", "POST", person(4002) + "/erasure", nullptr).status, 403) << "an admin";
  const auto audit = world.get("admin", "/api/v1/audit?action=person_erased");
  ASSERT_EQ(audit.status, 200) << audit.body;
  const auto items = audit.json().at("items").as_array();
  const auto& entry = items.at(0);
  EXPECT_EQ(entry.at("who").at("id").as_string(), base::to_text(std::int64_t{4001}));
  EXPECT_EQ(entry.at("whose").at(0).at("id").as_string(), base::to_text(std::int64_t{2001}));
}

TEST_F(Privacy, ACopyOfOnesDataComesBehindALinkThatIsGoodOnce) {
  std::string token;
  const jobs::Office office{.context = world.school.context(),
                            .people = world.people,
                            .deliver =
                                [&](const net::Mail& mail) {
                                  const auto at = mail.text.find("/export#");
                                  token = mail.text.substr(at + 8, mail.text.find('\n', at) - at - 8);
                                  return net::SendingResult{net::Sending::sent, ""};
                                },
                            .from = {"", "lessons@school.test"},
                            .public_url = "http://school.test",
                            .report = [](const std::string& failure) { ADD_FAILURE() << failure; }};
  const base::PersonId ada{2001};
  const auto sealed = world.people.seal(world.school.school, ada, {"Ada Lovelace", "ada@example.com", ""});
  world.school.execute("update people set sealed = " + testing_support::bytes_in_sql(hex(sealed.sealed)) +
                       " where id = 2001");
  EXPECT_EQ(world.send("learner 1", "POST", "/api/v1/me/export", nullptr).status, 202);
  jobs::run_due(office, world.school.now);
  ASSERT_FALSE(token.empty());
  const auto fetched = world.send("", "POST", "/api/v1/exports", {{"token", token}});
  EXPECT_EQ(fetched.status, 200);
  EXPECT_EQ(fetched.header("content-type"), "application/zip");
  EXPECT_EQ(fetched.header("content-disposition"), "attachment; filename=\"roadbook-data.zip\"");
  EXPECT_EQ(fetched.header("cache-control"), "no-store");
  EXPECT_TRUE(fetched.body.starts_with("PK"));
  EXPECT_EQ(world.send("", "POST", "/api/v1/exports", {{"token", token}}).status, 422);

  EXPECT_EQ(world.send("office", "POST", person(2001) + "/export", nullptr).status, 202);
  for (const auto& path : {std::string("/api/v1/me/export"), person(2001) + "/export"}) {
    int status = 0;
    for (int tries = 0; tries < 10 && status != 429; ++tries)
      status = world.send(path.ends_with("me/export") ? "learner 1" : "office", "POST", path, nullptr).status;
    EXPECT_EQ(status, 429) << path;
  }
  const auto audit = world.get("admin", "/api/v1/audit?action=export_asked").json().at("items").as_array();
  EXPECT_GE(audit.size(), 2u);
  EXPECT_EQ(world.get("admin", "/api/v1/audit?action=export_fetched").json().at("items").as_array().size(), 1u);
}

}  // namespace privacy_test
