/// A school at which one may sign in by a provider of OpenID Connect: a stand-in, so that it can lie.
#pragma once

#include <gtest/gtest.h>

#include "api/school_server.h"
#include "api/stand_in.h"
#include "store/sign_in.h"
#include "store/totp_app.h"

namespace api {

using boost::json::object;

inline const std::string password = "correct horse battery";

/// Of the query of an address.
inline std::string parameter(const std::string& url, const std::string& name) {
  const auto query = "&" + url.substr(url.find('?') + 1);
  const auto at = query.find("&" + name + "=");
  if (at == std::string::npos) return "";
  const auto from = at + name.size() + 2;
  return query.substr(from, query.find('&', from) - from);
}
inline std::string cookie_in(const Answer& answer, const std::string& name) {
  const auto at = answer.head.find("Set-Cookie: " + name + "=");
  return at == std::string::npos ? "" : answer.head.substr(at + 12, answer.head.find(';', at) - at - 12);
}

inline const SigningKey& rsa() {
  static const SigningKey key("rsa-1", "RS256");
  return key;
}
inline const SigningKey& pss() {
  static const SigningKey key("pss-1", "PS256");
  return key;
}
inline const SigningKey& ec() {
  static const SigningKey key("ec-1", "ES256");
  return key;
}
inline const SigningKey& foreign() {
  static const SigningKey key("rsa-1", "RS256");  // The id of the provider's, and another key.
  return key;
}

/// One sign-in, as it would be if nobody interfered.
struct Attempt {
  object header, claims;
  const SigningKey* key = &rsa();
  std::string token;  ///< In place of header and claims.
  std::string access_token = "opaque", state, issuer, code = "code", error;
  std::string cookie;
  std::string provider = "oidc";
};

class OpenId : public testing::Test {
 protected:
  explicit OpenId(
      const std::function<void(base::Config&)>& change = [](base::Config&) {},
      const net::HttpOptions& calls = patient())
      : world({}, configured(stand_in, change), calls) {
    stand_in.answer("/jwks", [](const auto&) {
      return std::pair(
          200, boost::json::serialize(object{{"keys", boost::json::array{rsa().jwk(false), pss().jwk(), ec().jwk()}}}));
    });
    stand_in.answer("/token", [this](const auto&) { return std::pair(200, boost::json::serialize(tokens)); });
    learner = add({"Ada Lovelace", "ada@example.com", ""}, store::Role::learner);
    instructor = add({"Grace Hopper", "grace@example.com", ""}, store::Role::instructor);
  }
  static net::HttpOptions patient() { return {.plain_on_this_machine = true}; }
  static net::HttpOptions impatient() {
    return {.plain_on_this_machine = true,
            .policy = {.connect_time = std::chrono::milliseconds{300}, .total_time = std::chrono::milliseconds{500}}};
  }
  static base::Config configured(const StandIn& stand_in, const std::function<void(base::Config&)>& change) {
    base::Config config;
    config.oidc = {.name = "Test",
                   .issuer = stand_in.url(),
                   .client_id = "roadbook:1",
                   .client_secret = base::Secret("a secret & more")};
    config.google = {.name = "Google",
                     .issuer = "https://accounts.google.test",
                     .client_id = "google-client",
                     .client_secret = base::Secret("secret"),
                     .auth_url = stand_in.url() + "/google",
                     .token_url = stand_in.url() + "/token",
                     .jwks_url = stand_in.url() + "/jwks"};
    change(config);
    return config;
  }
  base::PersonId add(const store::Details& details, store::Role role) {
    auto& school = world.school;
    const auto id = base::make<base::PersonId>();
    school.keys.make_keys(school.school, std::vector{id}, school.now);
    const auto sealed = world.people.seal(school.school, id, details);
    const auto hash = world.passwords.hash(password).value();
    const auto done = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      CHECK(store::add_person(tx, school.office().author(), sealed, role, true).has_value());
      if (role == store::Role::learner) store::make_calendar(tx, school.school, store::Kind::learner, id.value);
      store::set_password(tx, school.school, id, hash, school.now);
      return 0;
    });
    CHECK(done.has_value());
    return id;
  }

  Answer start(const std::string& query = "", const Headers& headers = {}) {
    return world.ask("GET", "/api/v1/auth/oidc/start" + query, headers);
  }
  /// A sign-in that was begun here, with an answer of the provider that is right in every way.
  Attempt begun(const std::string& query = "") { return begun(start(query)); }
  Attempt begun(const Answer& started) {
    EXPECT_EQ(started.status, 303) << started.head;
    const auto url = started.header("location");
    Attempt attempt;
    attempt.state = parameter(url, "state");
    attempt.cookie = cookie_in(started, "roadbook_oauth");
    attempt.issuer = stand_in.url();
    attempt.header = {{"alg", "RS256"}, {"kid", "rsa-1"}, {"typ", "JWT"}};
    const auto now = base::to_seconds(SchoolServer::clock_now.load());
    attempt.claims = {{"iss", stand_in.url()},
                      {"aud", "roadbook:1"},
                      {"sub", "subject-1"},
                      {"nonce", parameter(url, "nonce")},
                      {"iat", now},
                      {"exp", now + 300},
                      {"email", "ada@example.com"},
                      {"email_verified", true}};
    return attempt;
  }
  /// Comes back from the provider.
  Answer finish(const Attempt& attempt) {
    const auto token = attempt.token.empty() ? attempt.key->token(attempt.header, attempt.claims) : attempt.token;
    tokens = {{"access_token", attempt.access_token}, {"token_type", "Bearer"}, {"id_token", token}};
    net::HttpClient::Fields fields{{"session_state", "whatever the provider likes"}};
    if (!attempt.state.empty()) fields.emplace_back("state", attempt.state);
    if (!attempt.issuer.empty()) fields.emplace_back("iss", attempt.issuer);
    if (!attempt.code.empty()) fields.emplace_back("code", attempt.code);
    if (!attempt.error.empty()) fields.emplace_back("error", attempt.error);
    return world.ask("GET", fmt::format("/api/v1/auth/{}/callback?{}", attempt.provider, net::form_of(fields)),
                     {{"Cookie", attempt.cookie}});
  }
  static std::string problem(const Answer& answer) {
    EXPECT_EQ(answer.status, 303) << answer.head << answer.body;
    return parameter(answer.header("location"), "problem");
  }
  std::int64_t sessions() { return world.school.number("select count(*) from sessions"); }
  std::int64_t identities() { return world.school.number("select count(*) from identities"); }
  /// With the cookie that the provider's answer was answered with.
  Answer session_of(const Answer& finished) {
    return world.ask("POST", "/api/v1/auth/refresh", {{"Cookie", cookie_in(finished, "roadbook_refresh")}});
  }
  Headers signed_in(const std::string& email) {
    const auto answer = world.ask("POST", "/api/v1/auth/login", {},
                                  boost::json::serialize(object{{"email", email}, {"password", password}}));
    return {{"Authorization", "Bearer " + std::string(answer.json().at("access_token").as_string())}};
  }
  Answer connect(const Headers& who, const std::string& secret = password, const std::string& provider = "oidc") {
    return world.ask("POST", "/api/v1/me/identities", who,
                     boost::json::serialize(object{{"provider", provider}, {"password", secret}}));
  }
  /// What is begun by connect(), as begun() has it.
  Attempt connecting(const Headers& who) {
    auto answer = connect(who);
    EXPECT_EQ(answer.status, 200) << answer.body;
    answer.headers["location"] = answer.json().at("authorization_url").as_string();
    answer.status = 303;
    return begun(answer);
  }

  /// Gives Ada an authenticator app; returns a backup code.
  std::string set_up_app() {
    const auto who = signed_in("ada@example.com");
    const auto post = [&](const std::string& path, const object& body) {
      const auto answer = world.ask("POST", "/api/v1/me/totp" + path, who, boost::json::serialize(body));
      EXPECT_EQ(answer.status, 200) << answer.body;
      return answer.json();
    };
    const auto secret =
        testing_support::totp_secret(post("", {{"current_password", password}}).at("secret").as_string());
    const auto code = testing_support::totp_shown(secret, SchoolServer::clock_now);
    return std::string(post("/confirmation", {{"code", code}}).at("backup_codes").as_array().at(0).as_string());
  }
  Answer second_step(std::string_view challenge, const std::string& code) {
    return world.ask("POST", "/api/v1/auth/login/factor", {},
                     boost::json::serialize(object{{"challenge", challenge}, {"code", code}}));
  }

  StandIn stand_in;
  object tokens;
  SchoolServer world;
  base::PersonId learner, instructor;
};

}  // namespace api
