#include <gtest/gtest.h>

#include "api/school_server.h"
#include "store/sign_in.h"

namespace {

using api::Answer;
using api::SchoolServer;

const std::string password = "correct horse battery";

/// The school with one learner who has an address and, once the link was used, a password.
class SignInApi : public testing::Test {
 protected:
  SignInApi() {
    const auto id = base::make<base::PersonId>();
    auto& school = world.school;
    school.keys.make_keys(school.school, std::vector{id}, school.now);
    const auto sealed = world.people.seal(school.school, id, {"Ada Lovelace", "ada@example.com", ""});
    const auto link = auth::make_link_token(school.school);
    const auto done = school.database.transact<int>([&](store::Transaction& tx) -> base::Result<int> {
      CHECK(store::add_person(tx, school.office().author(), sealed, store::Role::learner, true).has_value());
      store::make_calendar(tx, school.school, store::Kind::learner, id.value);
      store::add_welcome(tx, school.school, id, link.hash, school.now + auth::welcome_lifetime);
      return 0;
    });
    CHECK(done.has_value());
    token = link.text;
  }

  Answer post(const std::string& path, const boost::json::value& body, const api::Headers& headers = {}) {
    return world.ask("POST", "/api/v1/auth/" + path, headers, body.is_null() ? "" : boost::json::serialize(body));
  }
  Answer first_password() { return post("password", {{"token", token}, {"password", password}}); }
  Answer login(const std::string& email, const std::string& secret) {
    return post("login", {{"email", email}, {"password", secret}});
  }
  static api::Headers cookie_of(const Answer& answer) {
    const auto cookie = answer.header("set-cookie");
    return {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  }
  static std::string access_token(const Answer& answer) {
    return std::string(answer.json().at("access_token").as_string());
  }
  Answer whoami(const Answer& session) {
    return world.ask("GET", "/api/v1/me", {{"Authorization", "Bearer " + access_token(session)}});
  }

  SchoolServer world;
  std::string token;
};

TEST_F(SignInApi, AFirstPasswordByLinkSignsInAndWorksOnce) {
  const auto session = first_password();
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(session.json().at("token_type"), "Bearer");
  EXPECT_EQ(session.json().at("expires_in"), 600);
  const auto cookie = session.header("set-cookie");
  for (const auto* part : {"roadbook_refresh=", "Path=/api/v1/auth", "HttpOnly", "SameSite=Strict"})
    EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
  EXPECT_EQ(session.header("cache-control"), "no-store");
  const auto answer = whoami(session).json();
  EXPECT_EQ(answer.at("name"), "Ada Lovelace");
  EXPECT_EQ(answer.at("school").as_object().at("time_zone"), "Europe/London");
  EXPECT_TRUE(answer.contains("learner_id"));
  const auto spent = first_password();
  EXPECT_EQ(spent.status, 422);
  EXPECT_NE(spent.body.find("\"pointer\":\"/token\""), std::string::npos);
}

TEST_F(SignInApi, WrongAddressAndWrongPasswordAreTheSame401) {
  first_password();
  EXPECT_EQ(login("ada@example.com", password).status, 200);
  const auto wrong = login("ada@example.com", "not the password"), nobody = login("bob@example.com", password);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.header("www-authenticate"), "Bearer realm=\"roadbook\"");
  EXPECT_EQ(wrong.json().at("detail"), nobody.json().at("detail"));
  EXPECT_EQ(post("login", {{"email", 7}}).status, 422);
  EXPECT_EQ(post("login", {{"email", "a"}, {"password", "b"}}, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
}

TEST_F(SignInApi, GuessingIsSlowedDown) {
  first_password();
  int status = 401;
  for (int i = 0; i < 20 && status == 401; ++i) status = login("ada@example.com", "guess").status;
  EXPECT_EQ(status, 429);
  EXPECT_NE(login("ada@example.com", "guess").header("retry-after"), "");
}

TEST_F(SignInApi, RefreshingReplacesTheCookieAndSigningOutEndsTheSession) {
  const auto session = first_password();
  const auto refreshed = post("refresh", nullptr, cookie_of(session));
  ASSERT_EQ(refreshed.status, 200) << refreshed.body;
  EXPECT_NE(refreshed.header("set-cookie"), session.header("set-cookie"));
  EXPECT_EQ(whoami(refreshed).status, 200);
  const auto out = post("logout", nullptr, cookie_of(refreshed));
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.header("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(whoami(refreshed).status, 401);
  EXPECT_EQ(post("refresh", nullptr, cookie_of(refreshed)).status, 401);
  EXPECT_EQ(post("refresh", nullptr).status, 401);
}

TEST_F(SignInApi, NoSecretReachesTheLog) {
  const auto session = first_password();
  login("ada@example.com", password);
  whoami(session);
  world.log.flush();
  const auto cookie = cookie_of(session)[0].second;
  for (const auto& secret : {password, token, access_token(session), cookie.substr(cookie.find('=') + 1),
                             std::string("ada@example.com"), std::string("Lovelace")})
    EXPECT_EQ(world.lines.find(secret), std::string::npos);
}

}  // namespace
