// Signing in at a provider of OpenID Connect: who gets in, who connects what, and what happens while it is away.
#include "api/openid_school.h"

namespace openid_test {

using api::cookie_in;
using api::ec;
using api::Headers;
using api::OpenId;
using api::parameter;
using api::password;
using api::pss;
using api::rsa;
using boost::json::object;

TEST_F(OpenId, ALearnerWhoseAddressTheProviderVouchesForIsConnectedAndSignedIn) {
  const auto started = start("?next=%2Flessons%3Fday%3D2026-03-02");
  const auto url = started.header("location");
  EXPECT_TRUE(url.starts_with(stand_in.url() + "/auth?response_type=code&client_id=roadbook%3A1&")) << url;
  EXPECT_EQ(parameter(url, "redirect_uri"), "http%3A%2F%2Fschool.test%2Fapi%2Fv1%2Fauth%2Foidc%2Fcallback");
  EXPECT_EQ(parameter(url, "scope"), "openid%20email");
  EXPECT_EQ(parameter(url, "code_challenge_method"), "S256");
  for (const auto* attribute : {"HttpOnly", "SameSite=Lax", "Path=/api/v1", "Max-Age=600"})
    EXPECT_NE(started.header("set-cookie").find(attribute), std::string::npos) << attribute;
  const auto attempt = begun(started);
  const auto finished = finish(attempt);
  EXPECT_EQ(finished.header("location"), "/sign-in?done=1&next=%2Flessons%3Fday%3D2026-03-02");
  EXPECT_NE(finished.head.find("Set-Cookie: roadbook_oauth=; Path=/api/v1; Max-Age=0"), std::string::npos);
  const auto asked = stand_in.last("/token");
  EXPECT_EQ(asked.authorization, "Basic " + base::to_base64(base::bytes_of("roadbook%3A1:a%20secret%20%26%20more")));
  const auto verifier = parameter("?" + asked.body, "code_verifier");
  EXPECT_EQ(base::to_base64url(base::sha256(base::bytes_of(verifier))), parameter(url, "code_challenge"));
  const auto session = session_of(finished);
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(session.json().at("user").as_object().at("name"), "Ada Lovelace");
  EXPECT_EQ(identities(), 1);
  EXPECT_EQ(world.school.number("select count(*) from audit where action in ('signed_in', 'identity_connected')"), 2);

  // From now on the address is nobody's business.
  auto again = begun();
  again.claims["email"] = "other@example.com", again.claims["email_verified"] = false;
  EXPECT_EQ(session_of(finish(again)).status, 200);
  auto somebody = begun();
  somebody.claims["sub"] = "subject-2";
  EXPECT_EQ(problem(finish(somebody)), "other") << "the address alone lets nobody else in";
}

TEST_F(OpenId, EveryAlgorithmThatTheKeysAreForIsTakenAndNewKeysAreFound) {
  for (const auto* key : {&rsa(), &pss(), &ec()}) {
    auto attempt = begun();
    attempt.key = key;
    attempt.header["alg"] = key->algorithm, attempt.header["kid"] = key->id;
    EXPECT_EQ(problem(finish(attempt)), "") << key->algorithm;
  }
  EXPECT_EQ(stand_in.asked("/jwks"), 1) << "they are kept";
  EXPECT_EQ(stand_in.asked("/.well-known/openid-configuration"), 1);
}

TEST_F(OpenId, TheWordOfAProviderIsNoSecondFactor) {
  const auto code = set_up_app();
  const auto before = sessions();
  const auto finished = finish(begun("?next=%2Flessons"));
  const auto location = finished.header("location");
  const std::string expected = "/sign-in?next=%2Flessons#factor=";
  ASSERT_TRUE(location.starts_with(expected)) << location;
  EXPECT_EQ(cookie_in(finished, "roadbook_refresh"), "");
  EXPECT_EQ(sessions(), before);
  EXPECT_EQ(identities(), 1) << "connected, which takes no session";
  const auto challenge = location.substr(expected.size());
  EXPECT_EQ(second_step(challenge, "000000").status, 422);
  EXPECT_EQ(second_step(challenge, code).status, 200);
  EXPECT_EQ(second_step(challenge, code).status, 401) << "once";
}

TEST_F(OpenId, TheAddressMayComeFromTheUserInfo) {
  std::string subject = "subject-1";
  stand_in.answer("/me", [&](const api::StandIn::Asked& asked) {
    EXPECT_EQ(asked.authorization, "Bearer opaque");
    return std::pair(
        200, boost::json::serialize(object{{"sub", subject}, {"email", "ada@example.com"}, {"email_verified", true}}));
  });
  const auto without = [&] {
    auto attempt = begun();
    attempt.claims.erase("email"), attempt.claims.erase("email_verified");
    return attempt;
  };
  subject = "somebody else";
  EXPECT_EQ(problem(finish(without())), "provider");
  subject = "subject-1";
  EXPECT_EQ(problem(finish(without())), "");
}

TEST_F(OpenId, AnIdentityIsOneOfASchool) {
  EXPECT_EQ(problem(finish(begun())), "");
  world.add_second_school();
  EXPECT_EQ(problem(start()), "school") << "which?";
  EXPECT_EQ(problem(start("?school=nowhere")), "school");
  EXPECT_EQ(problem(finish(begun("?school=second"))), "unknown") << "connected at the other one";
  EXPECT_EQ(problem(finish(begun("?school=test"))), "");
}

TEST_F(OpenId, WhoWasSwitchedOffStaysOut) {
  EXPECT_EQ(problem(finish(begun())), "");
  const auto path = "/api/v1/learners/" + base::to_text(learner);
  ASSERT_EQ(world.send("admin", "PATCH", path, {{"active", false}}, {{"If-Match", "\"1\""}}).status, 200);
  EXPECT_EQ(problem(finish(begun())), "unknown");
}

TEST_F(OpenId, StaffConnectTheirIdentityWhileTheyAreSignedIn) {
  const auto who = signed_in("grace@example.com");
  EXPECT_EQ(connect(who, "not my password").status, 422);
  EXPECT_EQ(connect(who, password, "nobody").status, 422);
  EXPECT_EQ(connect({}).status, 401);
  auto attempt = connecting(who);
  attempt.claims["email"] = "private@example.org";
  const std::string told = "select count(*) from jobs where kind = 'identities_changed'";
  EXPECT_EQ(finish(attempt).header("location"), "/account?connected=oidc");
  EXPECT_EQ(world.school.number(told), 1);
  const auto listed = world.ask("GET", "/api/v1/me/identities", who);
  ASSERT_EQ(listed.status, 200);
  const auto identity = listed.json().at("items").as_array().at(0).as_object();
  EXPECT_EQ(identity.at("name"), "Test");
  const auto session = session_of(finish(begun()));
  EXPECT_EQ(session.json().at("user").as_object().at("role"), "instructor") << "the identity counts, not the address";

  const auto one = "/api/v1/me/identities/" + std::string(identity.at("id").as_string());
  EXPECT_EQ(world.ask("DELETE", one, api::SchoolServer::as("instructor 1")).status, 404) << "somebody else's";
  EXPECT_EQ(world.ask("DELETE", one, who).status, 204);
  EXPECT_EQ(world.ask("DELETE", one, who).status, 404);
  EXPECT_EQ(world.ask("GET", "/api/v1/me", who).status, 200);
  const Headers other{{"Authorization", "Bearer " + std::string(session.json().at("access_token").as_string())}};
  EXPECT_EQ(world.ask("GET", "/api/v1/me", other).status, 401) << "whoever came that way is out";
  EXPECT_EQ(world.school.number("select count(*) from audit where action = 'identity_disconnected'"), 1);
}

TEST_F(OpenId, WhatIsConnectedIsConnectedOnce) {
  EXPECT_EQ(problem(finish(begun())), "");
  const auto grace = signed_in("grace@example.com"), ada = signed_in("ada@example.com");
  const auto taken = finish(connecting(grace));
  EXPECT_EQ(taken.header("location"), "/account?problem=taken&provider=oidc");
  auto second = connecting(ada);
  second.claims["sub"] = "subject-2";
  EXPECT_EQ(problem(finish(second)), "other");
  EXPECT_EQ(finish(connecting(ada)).header("location"), "/account?connected=oidc") << "the same once more";
  EXPECT_EQ(identities(), 1);
}

TEST_F(OpenId, WhoConnectsMustStillBeSignedIn) {
  const auto who = signed_in("grace@example.com");
  const auto attempt = connecting(who);
  ASSERT_EQ(
      world.ask("DELETE", "/api/v1/people/" + base::to_text(instructor) + "/sessions", api::SchoolServer::as("admin"))
          .status,
      204);
  EXPECT_EQ(finish(attempt).header("location"), "/account?problem=ended&provider=oidc");
  EXPECT_EQ(identities(), 0);
}

TEST_F(OpenId, TheOnlyWayInStays) {
  EXPECT_EQ(problem(finish(begun())), "");
  world.school.execute_as_owner("delete from passwords");
  const auto session = session_of(finish(begun()));
  const Headers who{{"Authorization", "Bearer " + std::string(session.json().at("access_token").as_string())}};
  const auto listed = world.ask("GET", "/api/v1/me/identities", who).json().at("items").as_array();
  const auto one = "/api/v1/me/identities/" + std::string(listed.at(0).at("id").as_string());
  EXPECT_EQ(world.ask("DELETE", one, who).status, 409);
  EXPECT_EQ(identities(), 1);
}

class AwayProvider : public OpenId {
 protected:
  AwayProvider() : OpenId([](base::Config&) {}, impatient()) {}
};

TEST_F(AwayProvider, IsSaidAtOnceAndHoldsNobodyUp) {
  stand_in.fall_silent();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(problem(start()), "away");
  for (int i = 0; i < 12; ++i) EXPECT_EQ(problem(start()), "away");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{3}) << "asked once a second at most";
  const auto answer = connect(signed_in("grace@example.com"));
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_NE(answer.header("retry-after"), "");
}

TEST_F(AwayProvider, ThatTurnsSilentIsNotAskedForEver) {
  auto attempt = begun();
  EXPECT_EQ(problem(finish(attempt)), "");
  stand_in.fall_silent();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(problem(finish(begun())), "away");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(problem(finish(begun())), "away");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{400}) << "the breaker is open";
}

TEST_F(OpenId, ThePageIsToldWhomThereIsToAsk) {
  const auto answer = world.ask("GET", "/api/v1/auth/providers", {});
  EXPECT_EQ(answer.body, R"({"items":[{"id":"google","name":"Google"},{"id":"oidc","name":"Test"}]})");
  EXPECT_EQ(world.ask("GET", "/api/v1/auth/nobody/start", {}).status, 404);
  EXPECT_EQ(world.ask("GET", "/api/v1/auth/nobody/callback", {}).status, 404);
  EXPECT_EQ(world.ask("POST", "/api/v1/auth/supabase", {}, R"({"access_token":"x"})").status, 404);
  const auto connected = world.ask("PUT", "/api/v1/me/identities/supabase", api::SchoolServer::as("learner 1"),
                                   R"({"access_token":"x","password":"y"})");
  EXPECT_EQ(connected.status, 404);
}

TEST_F(OpenId, WhoTriesTooOftenWaits) {
  std::string said;
  for (int i = 0; i < 80 && said != "limited"; ++i) {
    auto attempt = begun();
    attempt.code = "";
    said = problem(finish(attempt));
  }
  EXPECT_EQ(said, "limited");
}

}  // namespace openid_test
