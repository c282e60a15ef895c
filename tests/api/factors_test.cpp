// Second factors over HTTP: both steps of signing in, passkeys, and the session that may only set one up.
#include "store/factors.h"
#include "actions/second_step.h"
#include "api/operations.h"
#include "store/authenticator.h"
#include "store/totp_app.h"

#include <thread>

namespace factors_test {

using api::Answer;
using api::SchoolServer;
using testing_support::Authenticator;

const std::string password = "correct horse battery";
const testing_support::Twist here{.origin = "http://school.test", .rp_id = "school.test"};

class FactorsApi : public testing::Test {
 protected:
  FactorsApi() {
    ada = add("ada@example.com", store::Role::learner);
    dora = add("dora@example.com", store::Role::admin);
  }
  base::PersonId add(const std::string& email, store::Role role) {
    auto& school = world.school;
    const auto id = base::make<base::PersonId>();
    school.keys.make_keys(school.school, std::vector{id}, school.now);
    const auto sealed = world.people.seal(school.school, id, {"Ada Lovelace", email, ""});
    const auto hash = world.passwords.hash(password).value();
    const auto done = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      CHECK(store::add_person(tx, school.office().author(), sealed, role, true).has_value());
      if (role == store::Role::learner) store::make_calendar(tx, school.school, store::Kind::learner, id.value);
      store::set_password(tx, {1}, id, hash, school.now);
      return 0;
    });
    CHECK(done.has_value());
    return id;
  }
  Answer post(const std::string& path, const boost::json::value& body) {
    return world.ask("POST", "/api/v1/auth/" + path, {}, boost::json::serialize(body));
  }
  Answer login(const std::string& email = "ada@example.com") {
    return post("login", {{"email", email}, {"password", password}, {"school", "test"}});
  }
  static api::Headers bearer(const Answer& session) {
    return {{"Authorization", "Bearer " + std::string(session.json().at("access_token").as_string())}};
  }
  Answer ask(const Answer& session, const std::string& method, const std::string& path,
             const boost::json::value& body = nullptr) {
    return world.ask(method, "/api/v1/" + path, bearer(session), body.is_null() ? "" : boost::json::serialize(body));
  }
  Answer refreshed(const Answer& session) {
    const auto cookie = session.header("set-cookie");
    return world.ask("POST", "/api/v1/auth/refresh", {{"Cookie", cookie.substr(0, cookie.find(';'))}});
  }
  /// What an app shows that knows the secret in this answer.
  std::string code_of(const Answer& begun) {
    return testing_support::totp_shown(testing_support::totp_secret(begun.json().at("secret").as_string()),
                                       SchoolServer::clock_now);
  }
  /// Returns the backup codes.
  std::vector<std::string> set_up(const Answer& session) {
    const auto begun = ask(session, "POST", "me/totp", again);
    EXPECT_EQ(begun.status, 200) << begun.body;
    const auto code = code_of(begun);
    const auto codes = ask(session, "POST", "me/totp/confirmation", boost::json::object{{"code", code}});
    EXPECT_EQ(codes.status, 200) << codes.body;
    EXPECT_EQ(codes.header("cache-control"), "no-store");
    std::vector<std::string> texts;
    const auto body = codes.json();
    for (const auto& each : body.at("backup_codes").as_array()) texts.emplace_back(each.as_string());
    return texts;
  }
  Answer register_key(const Answer& session, const Authenticator& authenticator) {
    const auto options = ask(session, "POST", "me/passkeys/options", again);
    EXPECT_EQ(options.status, 200) << options.body;
    const auto challenge = base::from_base64url(options.json().at("challenge").as_string()).value();
    const auto made = authenticator.create(challenge, here);
    return ask(session, "POST", "me/passkeys",
               {{"name", "My phone"},
                {"client_data", base::to_base64url(made.client_data)},
                {"authenticator_data", base::to_base64url(made.authenticator_data)}});
  }
  Answer enter(const Authenticator& authenticator, const Answer& options, base::PersonId whose) {
    const auto said = authenticator.get(base::from_base64url(options.json().at("challenge").as_string()).value(), here);
    return post("passkey", {{"credential_id", base::to_base64url(authenticator.id)},
                            {"user_handle", base::to_base64url(actions::user_handle({1}, whose))},
                            {"client_data", base::to_base64url(said.client_data)},
                            {"authenticator_data", base::to_base64url(said.authenticator_data)},
                            {"signature", base::to_base64url(said.signature)}});
  }
  /// Those that are known by now: some are written together, a moment later.
  std::int64_t deeds(const std::string& action) {
    std::this_thread::sleep_for(actions::Trail::gathered * 4);
    return world.school.number("select count(*) from audit where action = '" + action + "'");
  }

  SchoolServer world;
  base::PersonId ada, dora;
  const boost::json::value again{{"current_password", password}};
};

TEST_F(FactorsApi, SigningInTakesACodeOnceThereIsAnApp) {
  const auto session = login();
  EXPECT_EQ(ask(session, "GET", "me/factors").json().at("totp"), false);
  const auto codes = set_up(session);
  ASSERT_EQ(codes.size(), 10u);
  EXPECT_EQ(ask(session, "GET", "me/factors").json().at("backup_codes"), 10);
  const auto asked = login();
  EXPECT_EQ(asked.status, 401);
  EXPECT_EQ(asked.type(), "/problems/second-factor-asked");
  const auto give = [&](const Answer& problem, const std::string& code) {
    return post("login/factor", {{"challenge", problem.json().at("challenge")}, {"code", code}});
  };
  const auto wrong = give(asked, "nothing");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find("\"pointer\":\"/code\""), std::string::npos) << wrong.body;
  EXPECT_EQ(deeds("sign_in_failed"), 1) << "the password was right; the code was not";
  const auto in = give(asked, codes[0]);
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(in.json().at("user").at("second_factor_missing"), false);
  EXPECT_NE(in.header("set-cookie"), "");
  EXPECT_EQ(give(asked, codes[1]).status, 401) << "the challenge is spent";
  const auto fresh = login();
  Answer limited;
  for (int i = 0; i < 20 && limited.status != 429; ++i) limited = give(fresh, "000000");
  EXPECT_EQ(limited.status, 429);
  EXPECT_NE(limited.header("retry-after"), "");
  EXPECT_EQ(deeds("signed_in"), 2);
  EXPECT_EQ(deeds("factor_set_up"), 1);
}

TEST_F(FactorsApi, AnAppIsConfirmedRenewedAndRemoved) {
  const auto session = login();
  EXPECT_EQ(ask(session, "POST", "me/totp/confirmation", {{"code", "123456"}}).status, 409);
  EXPECT_EQ(ask(session, "POST", "me/totp/backup-codes", again).status, 409);
  EXPECT_EQ(ask(session, "DELETE", "me/totp", again).status, 409);
  const auto begun = ask(session, "POST", "me/totp", again);
  EXPECT_NE(begun.body.find("otpauth://totp/Test%20School:ada%40example.com"), std::string::npos) << begun.body;
  EXPECT_EQ(ask(session, "POST", "me/totp/confirmation", {{"code", "no code"}}).status, 422);
  const auto codes = set_up(session);
  EXPECT_EQ(ask(session, "POST", "me/totp/backup-codes", again).json().at("backup_codes").as_array().size(), 10u);
  const auto link = auth::make_link_token({1});
  ASSERT_TRUE(world.school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    store::add_link(tx, {1}, ada, store::LinkPurpose::reset, link.hash, world.school.now + auth::reset_lifetime);
    return 0;
  }));
  const auto reset = post("password", {{"token", link.text}, {"password", password}});
  EXPECT_EQ(reset.status, 401);
  EXPECT_EQ(reset.type(), "/problems/second-factor-asked");
  EXPECT_EQ(deeds("password_set"), 1);
  EXPECT_EQ(ask(session, "GET", "me/factors").status, 401) << "a new password ends all sessions";
}

TEST_F(FactorsApi, RemovingAnAppLeavesThePassword) {
  const auto session = login();
  set_up(session);
  EXPECT_EQ(ask(session, "DELETE", "me/totp", again).status, 204);
  EXPECT_EQ(login().status, 200);
  EXPECT_EQ(deeds("factor_dropped"), 1);
}

TEST_F(FactorsApi, EveryChangeTakesThePasswordAndNotTooManyWrongOnes) {
  const boost::json::value wrong{{"current_password", "not this one"}};
  const auto session = login();
  const Authenticator authenticator;
  const auto id = std::string(register_key(session, authenticator).json().at("id").as_string());
  const std::pair<const char*, std::string> changes[] = {{"POST", "me/totp"},
                                                         {"DELETE", "me/totp"},
                                                         {"POST", "me/totp/backup-codes"},
                                                         {"POST", "me/passkeys/options"},
                                                         {"DELETE", "me/passkeys/" + id}};
  for (const auto& [method, path] : changes) {
    const auto refused = ask(session, method, path, wrong);
    EXPECT_EQ(refused.status, 422) << path;
    EXPECT_NE(refused.body.find("\"pointer\":\"/current_password\""), std::string::npos) << refused.body;
  }
  for (int i = 0; i < 20; ++i) ask(session, "POST", "me/totp", wrong);
  for (const auto& [method, path] : changes) EXPECT_EQ(ask(session, method, path, again).status, 429) << path;
}

TEST_F(FactorsApi, APasskeySignsInByItself) {
  const auto session = login();
  const Authenticator authenticator;
  const auto made = register_key(session, authenticator);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id(made.json().at("id").as_string());
  EXPECT_EQ(register_key(session, authenticator).status, 409);
  const auto options = post("passkey/options", boost::json::object());
  EXPECT_EQ(options.json().at("rp_id"), "school.test");
  const auto in = enter(authenticator, options, ada);
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(in.json().at("user").at("id").as_string(), base::to_text(ada));
  EXPECT_EQ(enter(authenticator, options, ada).status, 401);
  EXPECT_EQ(deeds("sign_in_failed"), 1);
  EXPECT_EQ(ask(session, "PUT", "me/passkeys/" + id + "/name", {{"name", "Old phone"}}).status, 204);
  EXPECT_NE(ask(session, "GET", "me/factors").body.find("Old phone"), std::string::npos);
  EXPECT_EQ(ask(session, "DELETE", "me/passkeys/" + id, again).status, 204);
  EXPECT_EQ(ask(session, "DELETE", "me/passkeys/" + id, again).status, 404);
}

TEST_F(FactorsApi, AnAdminRemovesWhatSomebodyHasLost) {
  const auto session = login();
  const auto path = "/api/v1/people/" + base::to_text(ada) + "/factors";
  set_up(session);
  EXPECT_EQ(world.ask("DELETE", path, SchoolServer::as("office")).status, 403);
  world.add_second_school();
  EXPECT_EQ(world.ask("DELETE", path, SchoolServer::as("stranger")).status, 404);
  EXPECT_EQ(login().status, 401);
  EXPECT_EQ(world.ask("DELETE", path, SchoolServer::as("admin")).status, 204);
  EXPECT_EQ(ask(session, "GET", "me/factors").status, 401) << "signed out";
  EXPECT_EQ(login().status, 200);
  const auto own = "/api/v1/people/" + base::to_text(std::int64_t{4002}) + "/factors";
  EXPECT_EQ(world.ask("DELETE", own, SchoolServer::as("admin")).status, 409);
}

TEST_F(FactorsApi, StaffOfWhomTheSchoolAsksSetOneUpFirst) {
  const auto boss = login("dora@example.com");
  const auto change = [&](const Answer& session, bool required) {
    auto headers = bearer(session);
    headers.emplace_back("If-Match", world.get("admin", "/api/v1/school").header("etag"));
    return world.ask("PATCH", "/api/v1/school", headers,
                     boost::json::serialize(boost::json::object{{"second_factor_required", required}}));
  };
  EXPECT_EQ(change(boss, true).status, 422) << "who has none";
  set_up(boss);
  ASSERT_EQ(change(boss, true).status, 200);
  add("erin@example.com", store::Role::office);
  const auto erin = login("erin@example.com");
  ASSERT_EQ(erin.status, 200);
  EXPECT_EQ(erin.json().at("user").at("second_factor_missing"), true);
  EXPECT_EQ(ask(erin, "GET", "me").type(), "/problems/second-factor-required");
  EXPECT_EQ(ask(erin, "GET", "me/factors").json().at("required"), true);
  const Authenticator authenticator;
  const auto key = register_key(erin, authenticator);
  ASSERT_EQ(key.status, 201) << key.body;
  EXPECT_EQ(ask(erin, "GET", "me").status, 403) << "the token says what was when it was made";
  const auto going_on = refreshed(erin);
  EXPECT_EQ(going_on.json().at("user").at("second_factor_missing"), false);
  EXPECT_EQ(ask(going_on, "GET", "me").status, 200);
  const std::string id(key.json().at("id").as_string());
  EXPECT_EQ(ask(going_on, "DELETE", "me/passkeys/" + id, again).status, 409) << "the last one";
  const auto asked = login("erin@example.com");
  EXPECT_EQ(asked.status, 401);
  EXPECT_FALSE(asked.json().contains("challenge")) << "only the passkey helps";
}

TEST_F(FactorsApi, NoSecretReachesTheLog) {
  const auto session = login();
  const auto begun = ask(session, "POST", "me/totp", again);
  const auto codes = ask(session, "POST", "me/totp/confirmation", {{"code", code_of(begun)}});
  const std::string code(codes.json().at("backup_codes").as_array().at(0).as_string());
  const auto asked = login();
  post("login/factor", {{"challenge", asked.json().at("challenge")}, {"code", code}});
  world.log.flush();
  for (const auto& secret : {std::string(begun.json().at("secret").as_string()), code,
                             std::string(asked.json().at("challenge").as_string())})
    EXPECT_EQ(world.lines.find(secret), std::string::npos);
}

class Enrolling : public api::EveryOperation {
 protected:
  Enrolling() : EveryOperation({.approval = true}) {}
};

TEST_F(Enrolling, ASessionThatMustEnrolMayDoNothingElse) {
  const std::set<std::string> allowed = {"GET /api/v1/me/factors", "POST /api/v1/me/totp",
                                         "POST /api/v1/me/totp/confirmation", "POST /api/v1/me/passkeys/options",
                                         "POST /api/v1/me/passkeys"};
  int refused = 0;
  for (const auto& [operation, parameters] : contract.operations()) {
    if (operation.find("/auth/") != std::string::npos || operation.find("/guest/") != std::string::npos) continue;
    const bool stream = operation == "GET /api/v1/calendar/live";
    if (world.ask(method_of(operation), path_of(operation), keyed()).status != 401) continue;  // For anybody.
    if (stream) {
      EXPECT_EQ(world.client().get("/api/v1/calendar/live", SchoolServer::as("enrolling")).status, 403);
      continue;
    }
    const auto answer = ask(operation, with_all("enrolling"), body_of(operation));
    if (allowed.contains(operation)) {
      EXPECT_NE(answer.status, 403) << operation;
      continue;
    }
    EXPECT_EQ(answer.status, 403) << operation;
    EXPECT_EQ(answer.type(), "/problems/second-factor-required") << operation;
    ++refused;
  }
  EXPECT_GT(refused, 80);
}

}  // namespace factors_test
