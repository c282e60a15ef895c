// Everything that RFC 8725 (tokens), RFC 9700 (OAuth) and OpenID Connect Core say may be tried against a sign-in, with
// the server's own HTTP client.
#include "actions/housekeeping.h"
#include "api/openid_school.h"
#include "store/redis_server.h"

#include <fstream>

namespace openid_attacks_test {

using api::Attempt;
using api::cookie_in;
using api::foreign;
using api::Headers;
using api::OpenId;
using api::rsa;
using boost::json::object;

/// What is changed about a sign-in, and what the person is told.
struct Attack {
  const char* name;
  std::function<void(Attempt&)> change;
  const char* problem = "provider";
};

/// One claim, or one member of the header, says something else.
auto claim(const char* name, const boost::json::value& value) {
  return [=](Attempt& attempt) { attempt.claims[name] = value; };
}
auto without(const char* name) {
  return [=](Attempt& attempt) { attempt.claims.erase(name); };
}
auto header(const char* name, const boost::json::value& value) {
  return [=](Attempt& attempt) { attempt.header[name] = value; };
}
auto by_foreign(const char* name, const boost::json::value& value) {
  return [=](Attempt& attempt) {
    attempt.key = &foreign();
    attempt.header[name] = value;
  };
}
std::string half_hash(std::string_view access_token) {
  const auto digest = base::sha256(base::bytes_of(access_token));
  return base::to_base64url(base::ByteView(digest).first(digest.size() / 2));
}

boost::json::value text(const std::string& text) {
  return boost::json::value(boost::json::string(text));
}

std::vector<Attack> on_algorithms() {
  return {
      // RFC 8725: algorithms.
      {"alg none", [](Attempt& a) { a.header["alg"] = "none", a.token = api::unsigned_token(a.header, a.claims); }},
      {"alg None", [](Attempt& a) { a.header["alg"] = "None", a.token = api::unsigned_token(a.header, a.claims); }},
      {"no signature", [](Attempt& a) { a.token = api::unsigned_token(a.header, a.claims); }},
      {"HS256 with the public key",
       [](Attempt& a) {
         a.header["alg"] = "HS256";
         a.token = api::hs256(boost::json::serialize(rsa().jwk()), a.header, a.claims);
       }},
      {"HS256 with the modulus",
       [](Attempt& a) {
         a.header["alg"] = "HS256";
         a.token =
             api::hs256(base::text_of(*base::from_base64url(rsa().jwk().at("n").as_string())), a.header, a.claims);
       }},
      {"HS256 with the client secret",
       [](Attempt& a) { a.header["alg"] = "HS256", a.token = api::hs256("a secret & more", a.header, a.claims); }},
      {"RS256 by a key for PS256", header("kid", "pss-1")},
      {"ES256 by an RSA key", header("alg", "ES256")},
      {"RS384", header("alg", "RS384")},
  };
}
std::vector<Attack> on_keys(const std::string& evil) {
  return {
      // Keys.
      {"kid that is not there", header("kid", "rsa-2")},
      {"kid a path", header("kid", "../../dev/null")},
      {"kid an address", header("kid", text(evil))},
      {"kid a query", header("kid", "x' or '1'='1")},
      {"kid a number", header("kid", 1)},
      {"another's key of the same id", [](Attempt& a) { a.key = &foreign(); }},
      {"jku", by_foreign("jku", text(evil))},
      {"x5u", by_foreign("x5u", text(evil))},
      {"jwk in the header", by_foreign("jwk", foreign().jwk())},
      {"crit", header("crit", boost::json::array{"exp"})},
      {"typ of an access token", header("typ", "at+jwt")},
      {"typ of a logout token", header("typ", "logout+jwt")},
      {"no token at all", [](Attempt& a) { a.token = "x"; }},
      {"five parts", [](Attempt& a) { a.token = "a.b.c.d.e"; }},
  };
}
std::vector<Attack> on_claims(const std::string& issuer, std::int64_t now) {
  return {
      // Claims.
      {"wrong aud", claim("aud", "another")},
      {"aud of Google's client", claim("aud", "google-client")},
      {"aud missing", without("aud")},
      {"several aud and no azp", claim("aud", boost::json::array{"roadbook:1", "another"})},
      {"azp of another", claim("azp", "another")},
      {"wrong iss", claim("iss", "https://evil.example")},
      {"iss with a slash more", claim("iss", text(issuer + "/"))},
      {"iss of another configured provider", claim("iss", "https://accounts.google.test")},
      {"iss missing", without("iss")},
      {"expired", claim("exp", now)},
      {"exp missing", without("exp")},
      {"exp a text", claim("exp", "9999999999")},
      {"exp without end", claim("exp", 1e300)},
      {"iat missing", without("iat")},
      {"issued in an hour", claim("iat", now + 3600)},
      {"not yet good", claim("nbf", now + 3600)},
      {"nonce wrong", claim("nonce", "another")},
      {"nonce missing", without("nonce")},
      {"nonce empty", claim("nonce", "")},
      {"sub missing", without("sub")},
      {"sub empty", claim("sub", "")},
      {"sub a number", claim("sub", 1)},
      {"sub endless", claim("sub", text(std::string(256, 's')))},
      {"at_hash wrong", claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
      {"at_hash of another access token", claim("at_hash", text(half_hash("another")))},
  };
}
std::vector<Attack> on_the_way() {
  return {
      // RFC 9207: mix-up.
      {"iss of the answer is another's", [](Attempt& a) { a.issuer = "https://accounts.google.test"; }},
      {"iss of the answer is missing", [](Attempt& a) { a.issuer = ""; }},
      // RFC 9700: state, browser, provider.
      {"state missing", [](Attempt& a) { a.state = ""; }, "again"},
      {"state forged", [](Attempt& a) { a.state = std::string(43, 'A'); }, "again"},
      {"state cut", [](Attempt& a) { a.state.pop_back(); }, "again"},
      {"no cookie: the state of another browser", [](Attempt& a) { a.cookie = ""; }, "again"},
      {"a cookie that was changed", [](Attempt& a) { a.cookie.back() = a.cookie.back() == 'A' ? 'B' : 'A'; }, "again"},
      {"begun at another provider", [](Attempt& a) { a.provider = "google"; }, "again"},
      {"no code", [](Attempt& a) { a.code = ""; }},
      {"the person said no", [](Attempt& a) { a.code = "", a.error = "access_denied"; }, "denied"},
      {"an error of the provider", [](Attempt& a) { a.code = "", a.error = "server_error"; }},
      // Who gets in.
      {"email_verified false", claim("email_verified", false), "unverified"},
      {"email_verified a text", claim("email_verified", "true"), "unverified"},
      {"email_verified missing", without("email_verified"), "unverified"},
      {"an address that nobody has", claim("email", "nobody@example.com"), "unknown"},
      {"an address of two lines", claim("email", "ada@example.com\nx"), "unknown"},
      {"the address of staff", claim("email", "grace@example.com"), "staff"},
      {"the address of staff, and a role",
       [](Attempt& a) { a.claims["email"] = "grace@example.com", a.claims["role"] = "admin"; }, "staff"},
  };
}

// The same for every one of them: nobody is signed in, nothing is connected, and no address of the token is called.
TEST_F(OpenId, WhatIsForgedIsRefused) {
  const auto forged_keys = boost::json::serialize(object{{"keys", boost::json::array{foreign().jwk()}}});
  stand_in.answer("/evil", [&](const auto&) { return std::pair(200, forged_keys); });
  const auto evil = stand_in.url() + "/evil";
  auto attacks = on_algorithms();
  for (auto& more : {on_keys(evil), on_claims(stand_in.url(), base::to_seconds(world.school.now)), on_the_way()})
    attacks.insert(attacks.end(), more.begin(), more.end());
  EXPECT_GT(attacks.size(), 60u);
  const auto before = sessions();
  for (const auto& [name, change, expected] : attacks) {
    auto attempt = begun();
    change(attempt);
    const auto answer = finish(attempt);
    EXPECT_EQ(problem(answer), expected) << name;
    EXPECT_EQ(cookie_in(answer, "roadbook_refresh"), "") << name;
    EXPECT_TRUE(answer.header("location").starts_with("/sign-in?")) << name << answer.header("location");
    world.throttle.succeeded("", "127.0.0.1", world.school.now);
  }
  EXPECT_EQ(sessions(), before);
  EXPECT_EQ(identities(), 0);
  EXPECT_EQ(stand_in.asked("/evil"), 0);
  EXPECT_LE(stand_in.asked("/jwks"), 2) << "an unknown key has them fetched once a minute at most";
  auto right = begun();
  right.claims["role"] = "admin", right.claims["aud"] = boost::json::array{"roadbook:1", "another"};
  right.claims["azp"] = "roadbook:1", right.header["jku"] = evil;
  right.claims["at_hash"] = half_hash(right.access_token);
  const auto session = session_of(finish(right));
  ASSERT_EQ(session.status, 200) << "and one that is right is not";
  EXPECT_EQ(session.json().at("user").as_object().at("role"), "learner") << "whatever the token says";
}

TEST_F(OpenId, AnAnswerIsGoodOnceAndForTenMinutes) {
  const auto attempt = begun();
  EXPECT_EQ(problem(finish(attempt)), "");
  const auto exchanged = stand_in.asked("/token");
  EXPECT_EQ(problem(finish(attempt)), "again") << "a code that comes again";
  EXPECT_EQ(stand_in.asked("/token"), exchanged) << "and is not even tried";
  EXPECT_EQ(world.school.number("select count(*) from spent_states"), 1);

  const auto mine = begun(), theirs = begun();
  auto mixed = mine;
  mixed.state = theirs.state;
  EXPECT_EQ(problem(finish(mixed)), "again") << "the answer to another browser's question";

  const auto late = begun();
  api::SchoolServer::clock_now = world.school.now + std::chrono::minutes{10};
  EXPECT_EQ(problem(finish(late)), "again");
  const auto late_now = world.school.now + std::chrono::minutes{11};
  EXPECT_EQ(actions::clear_out(world.school.context(), late_now).states, 1);
}

TEST_F(OpenId, NobodyIsSentElsewhereAfterwards) {
  for (const auto* next : {"%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example", "evil.example",
                           "%2F%09%2Fevil.example", "javascript%3Aalert(1)", "", "%2Fapi%2Fv1%2Fauth%2Fgoogle%2Fstart",
                           "%2Fa%0D%0AX%3A%20y", "%2Fa%5Cb"}) {
    const auto answer = start(std::string("?next=") + next);
    EXPECT_TRUE(answer.status == 422 || answer.status == 400) << next << answer.status;
    EXPECT_EQ(cookie_in(answer, "roadbook_oauth"), "") << next;
  }
  EXPECT_EQ(start("?next=%2Flessons").status, 303);
}

TEST_F(OpenId, AnotherSiteSignsNobodyIn) {
  const auto answer = start("?next=%2Flessons", {{"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(answer.header("location"), "/sign-in?next=%2Flessons");
  EXPECT_EQ(cookie_in(answer, "roadbook_oauth"), "");
}

TEST_F(OpenId, WhatAProviderSaysOfItselfMustFit) {
  const auto describe = [&](const char* name, const auto& value) {
    stand_in.answer("/.well-known/openid-configuration",
                    [=, url = stand_in.url(), kept = boost::json::value(value)](const auto&) {
                      object document{{"issuer", url},
                                      {"authorization_endpoint", url + "/auth"},
                                      {"token_endpoint", url + "/token"},
                                      {"jwks_uri", url + "/jwks"}};
                      document[name] = kept;
                      return std::pair(200, boost::json::serialize(document));
                    });
    auth::OpenIdProvider provider("oidc", configured(stand_in, [](base::Config&) {}).oidc, patient());
    const auto sent = provider.authorization_url({.redirect_uri = "x", .scope = "openid", .verifier = "v"});
    return sent ? "" : sent.error().detail;
  };
  EXPECT_EQ(describe("more", true), "");
  EXPECT_NE(describe("issuer", "https://evil.example"), "");
  EXPECT_NE(describe("issuer", stand_in.url() + "/"), "");
  EXPECT_NE(describe("authorization_endpoint", "javascript:alert(1)"), "");
  EXPECT_NE(describe("jwks_uri", 7), "");
  EXPECT_NE(describe("more", std::string(300'000, 'x')), "") << "too long to be one";
  for (const int status : {301, 302, 307, 404, 500}) {
    stand_in.answer("/.well-known/openid-configuration", [=](const auto&) { return std::pair(status, "{}"); });
    auth::OpenIdProvider provider("oidc", configured(stand_in, [](base::Config&) {}).oidc, patient());
    EXPECT_FALSE(provider.authorization_url({.redirect_uri = "x", .scope = "openid", .verifier = "v"})) << status;
  }
  EXPECT_EQ(stand_in.asked("/elsewhere"), 0) << "redirects are not followed";
}

TEST_F(OpenId, OutsideOfThisMachineOnlyHttpsIsCalled) {
  net::HttpClient production({}), development({.plain_on_this_machine = true});
  EXPECT_FALSE(production.get(stand_in.url() + "/jwks"));
  EXPECT_TRUE(development.get(stand_in.url() + "/jwks"));
  for (const auto* url :
       {"http://example.com/", "http://localhost.example.com/", "ftp://127.0.0.1/", "file:///etc/passwd"})
    EXPECT_FALSE(development.get(url)) << url;
}

TEST_F(OpenId, TheProvidersCertificateMustBeItsOwn) {
  testing_support::TemporaryFolder folder;
  std::filesystem::create_directories(folder.file(".well-known"));
  const auto port = testing_support::free_port();
  const auto issuer = fmt::format("https://127.0.0.1:{}", port);
  std::ofstream(folder.file(".well-known/openid-configuration"))
      << boost::json::serialize(object{{"issuer", issuer},
                                       {"authorization_endpoint", issuer + "/auth"},
                                       {"token_endpoint", issuer + "/token"},
                                       {"jwks_uri", issuer + "/jwks"}});
  const auto certificate = [&](const std::string& name, const std::string& address) {
    auto path = folder.file(name);
    const auto command = fmt::format(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -addext subjectAltName=IP:{} -keyout {}.key"
        " -out {}.crt 2>/dev/null",
        address, path, path);
    EXPECT_EQ(std::system(command.c_str()), 0);
    return path;
  };
  const auto reached = [&](const std::string& serving, const std::string& trusted) {
    const testing_support::Process server(
        {"sh", "-c",
         fmt::format("cd {} && exec openssl s_server -quiet -accept 127.0.0.1:{} -cert {}.crt -key {}.key -HTTP"
                     " >/dev/null 2>&1",
                     folder.file(""), port, serving, serving)});
    // The file of s_server -HTTP has the head in it.
    const base::OpenIdSettings settings{
        .name = "x", .issuer = issuer, .client_id = "c", .client_secret = base::Secret("s")};
    for (int i = 0; i < 100; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{30});
      try {
        const api::Client probe(static_cast<std::uint16_t>(port), 1);
        break;
      } catch (const std::runtime_error&) {
        continue;  // It does not listen yet.
      }
    }
    auth::OpenIdProvider provider("oidc", settings, {.authority = trusted.empty() ? "" : trusted + ".crt"});
    return provider.authorization_url({.redirect_uri = "x", .scope = "openid", .verifier = "v"}).has_value();
  };
  const auto document = folder.file(".well-known/openid-configuration");
  std::stringstream body;
  body << std::ifstream(document).rdbuf();
  std::ofstream(document) << "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" << body.str();
  const auto good = certificate("good", "127.0.0.1"), other = certificate("other", "127.0.0.1"),
             elsewhere = certificate("elsewhere", "127.0.0.2");
  EXPECT_TRUE(reached(good, good));
  EXPECT_FALSE(reached(good, other)) << "of another authority";
  EXPECT_FALSE(reached(good, "")) << "that the system does not know";
  EXPECT_FALSE(reached(elsewhere, elsewhere)) << "of another name";
}

}  // namespace openid_attacks_test
