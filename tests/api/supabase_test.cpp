// Signing in with access tokens of Supabase, and what may be tried with them.
#include "api/openid_school.h"

namespace supabase_test {

using api::Answer;
using api::cookie_in;
using api::ec;
using api::Headers;
using api::OpenId;
using api::password;
using api::rsa;
using api::SigningKey;
using boost::json::object;

const std::string project = "https://project.supabase.test", shared(40, 's');

class Supabase : public OpenId {
 protected:
  Supabase() : OpenId([](base::Config& config) { config.supabase = {project, base::Secret(shared)}; }) {}
  object claims() {
    const auto now = base::to_seconds(api::SchoolServer::clock_now.load());
    return {{"iss", project + "/auth/v1"},
            {"aud", "authenticated"},
            {"sub", "8ccaa7af-909f-44e7-84cb-67cdccb56be6"},
            {"iat", now},
            {"exp", now + 3600},
            {"role", "authenticated"},
            {"aal", "aal1"},
            {"session_id", "4b938a09-5372-4177-a314-cfa292099ea2"},
            {"email", "ada@example.com"},
            {"email_verified", true},
            {"phone", ""},
            {"is_anonymous", false},
            {"app_metadata", {{"provider", "email"}}},
            {"user_metadata", object()}};
  }
  static std::string token(const object& claims) {
    return api::hs256(shared, {{"alg", "HS256"}, {"typ", "JWT"}, {"kid", "any"}}, claims);
  }
  Answer sign_in(const std::string& access_token, const Headers& headers = {}) {
    return world.ask("POST", "/api/v1/auth/supabase", headers,
                     boost::json::serialize(object{{"access_token", access_token}}));
  }
  Answer connect_with(const Headers& who, const std::string& access_token, const std::string& secret = password) {
    return world.ask("PUT", "/api/v1/me/identities/supabase", who,
                     boost::json::serialize(object{{"access_token", access_token}, {"password", secret}}));
  }
};

TEST_F(Supabase, ASignInThereIsOneHere) {
  const auto session = sign_in(token(claims()));
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(session.json().at("user").as_object().at("name"), "Ada Lovelace");
  EXPECT_NE(cookie_in(session, "roadbook_refresh"), "");
  EXPECT_EQ(identities(), 1);
  EXPECT_EQ(sign_in(token(claims()), {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(world.ask("POST", "/api/v1/auth/supabase", {}, R"({"access_token":"x","school":"nowhere"})").status, 422);
}

TEST_F(Supabase, TheWordOfSupabaseIsNoSecondFactor) {
  const auto code = set_up_app();
  const auto asked = sign_in(token(claims()));
  EXPECT_EQ(asked.status, 401);
  EXPECT_EQ(cookie_in(asked, "roadbook_refresh"), "");
  const auto body = asked.json();
  ASSERT_EQ(body.at("type"), "/problems/second-factor-asked") << asked.body;
  EXPECT_EQ(second_step(std::string_view(body.at("challenge").as_string()), code).status, 200);
}

TEST_F(Supabase, WhatIsForgedOrNoPersonsIsRefused) {
  const auto now = base::to_seconds(world.school.now);
  const std::pair<const char*, std::function<std::string(object)>> attacks[] = {
      {"another secret",
       [](object c) {
         return api::hs256(std::string(40, 'x'), {{"alg", "HS256"}}, c);
       }},
      {"alg none",
       [](object c) {
         return api::unsigned_token({{"alg", "none"}}, c);
       }},
      {"RS256, which this configuration does not take",
       [](object c) {
         return rsa().token({{"alg", "RS256"}}, c);
       }},
      {"HS512",
       [](object c) {
         return api::hs256(shared, {{"alg", "HS512"}}, c);
       }},
      {"wrong iss", [](object c) { return c["iss"] = "https://other.supabase.test/auth/v1", token(c); }},
      {"iss of a key", [](object c) { return c["iss"] = "supabase", token(c); }},
      {"aud anon", [](object c) { return c["aud"] = "anon", token(c); }},
      {"aud missing", [](object c) { return c.erase("aud"), token(c); }},
      {"expired", [=](object c) { return c["exp"] = now, token(c); }},
      {"issued in an hour", [=](object c) { return c["iat"] = now + 3600, token(c); }},
      {"no sub: a key of the service", [](object c) { return c.erase("sub"), c["role"] = "service_role", token(c); }},
      {"somebody who has not said who they are", [](object c) { return c["is_anonymous"] = true, token(c); }},
      {"an address that is not vouched for", [](object c) { return c.erase("email_verified"), token(c); }},
      {"an address that the person vouches for",
       [](object c) {
         return c.erase("email_verified"), c["user_metadata"] = {{"email_verified", true}}, token(c);
       }},
      {"an address that nobody has", [](object c) { return c["email"] = "nobody@example.com", token(c); }},
      {"the address of staff", [](object c) { return c["email"] = "grace@example.com", token(c); }},
      {"the address of staff, and roles",
       [](object c) {
         c["email"] = "grace@example.com", c["role"] = "admin", c["user_role"] = "admin";
         return c["app_metadata"] = {{"role", "admin"}, {"roles", {"admin", "instructor"}}}, token(c);
       }},
  };
  for (const auto& [name, forge] : attacks) EXPECT_EQ(sign_in(forge(claims())).status, 401) << name;
  EXPECT_EQ(identities() + sessions(), 0);
  auto roles = claims();
  roles["role"] = "service_role", roles["app_metadata"] = {{"role", "admin"}};
  EXPECT_EQ(sign_in(token(roles)).json().at("user").as_object().at("role"), "learner");
}

TEST_F(Supabase, StaffConnectItWithTheirPassword) {
  const auto grace = signed_in("grace@example.com"), ada = signed_in("ada@example.com");
  EXPECT_EQ(connect_with(grace, token(claims()), "not my password").status, 422);
  EXPECT_EQ(connect_with(grace, "none").status, 422);
  EXPECT_EQ(connect_with(grace, token(claims())).status, 204);
  EXPECT_EQ(connect_with(ada, token(claims())).status, 409) << "it is another's";
  EXPECT_EQ(sign_in(token(claims())).json().at("user").as_object().at("role"), "instructor");
  const auto listed = world.ask("GET", "/api/v1/me/identities", grace).json().at("items").as_array();
  EXPECT_EQ(listed.at(0).at("name"), "Supabase");
}

class SupabaseKeys : public OpenId {
 protected:
  SupabaseKeys() : supabase({stand_in.url(), {}}, patient()) {
    stand_in.answer("/auth/v1/.well-known/jwks.json", [this](const auto&) {
      return std::pair(200, boost::json::serialize(object{{"keys", keys}}));
    });
  }
  bool accepted(const SigningKey& key, const object& header) {
    const auto now = base::to_seconds(world.school.now);
    const object claims{
        {"iss", stand_in.url() + "/auth/v1"}, {"aud", "authenticated"}, {"sub", "x"}, {"iat", now}, {"exp", now + 60}};
    return supabase.read(key.token(header, claims), world.school.now).has_value();
  }
  boost::json::array keys{ec().jwk()};
  auth::Supabase supabase;
};

TEST_F(SupabaseKeys, PublicKeysAreFetchedWhereThereIsNoSecret) {
  const object by_ec{{"alg", "ES256"}, {"kid", "ec-1"}}, by_rsa{{"alg", "RS256"}, {"kid", "rsa-1"}};
  EXPECT_TRUE(accepted(ec(), by_ec));
  EXPECT_FALSE(accepted(rsa(), by_rsa));
  EXPECT_FALSE(supabase.read(api::hs256(boost::json::serialize(ec().jwk()), {{"alg", "HS256"}, {"kid", "ec-1"}}, {}),
                             world.school.now));
  EXPECT_EQ(stand_in.asked("/auth/v1/.well-known/jwks.json"), 1) << "not again within a minute";
}

}  // namespace supabase_test
