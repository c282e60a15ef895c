#include "auth/tokens.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <boost/json/serialize.hpp>
#include <thread>

namespace tokens_test {

using auth::AccessTokens;
using auth::Principal;
using auth::Role;
using base::bytes_of;
using base::to_base64url;
using boost::json::object;

const base::Instant noon = base::from_seconds(1'774'774'800);
const std::string issuer = "https://school.example";
const Principal ada{.school = {7}, .person = {10}, .role = Role::learner, .sid = 20};
const base::NamedKey ours{"k1", base::Secret(std::string(32, 'k'))}, foreign{"k1", base::Secret(std::string(32, 'f'))},
    older{"k0", base::Secret(std::string(32, 'o'))};

/// A key of these tests with its public point, worked out by another implementation.
struct Point {
  base::Bytes d, x, y;
};
Point point_of(const base::NamedKey& key) {
  static constexpr struct {
    char letter;
    const char *x, *y;
  } points[] = {
      {'k', "ny4nmjrsKCYhFbtt-jI2vWfWMkxg35OXTW4CxGM8v7g", "ISAM6LQ5d5kqmOHHEv2Bh-r5VC218FJn9vzAncUjyWA"},
      {'f', "C7vF6LyEvTPR084D_6yadH9MGZP92y7JOkEWqG8CKnc", "w8FxkVWaTCoapX55uNGXfaLJWRcvR440HicCjWn_-3s"},
      {'o', "62XVS-h93qRlvcAVW9XnV1BYN6JkdcoixUKoD1yyh-E", "c-OP2sNEPLVtRsEghHbYRiVAdagOIx1792blpFAKSZk"},
  };
  const auto& scalar = key.bytes.reveal();
  for (const auto& [letter, x, y] : points)
    if (letter == scalar[0])
      return {{scalar.begin(), scalar.end()}, *base::from_base64url(x), *base::from_base64url(y)};
  throw std::logic_error("no such key");
}

using Header = std::vector<std::pair<std::string, std::string>>;  // Name and JSON text of the value.

const Header good_header{{"alg", R"("ES256")"}, {"kid", R"("k1")"}, {"typ", R"("at+jwt")"}};

object good_claims() {
  return {{"iss", issuer},
          {"aud", "roadbook"},
          {"sub", base::to_text(ada.person)},
          {"sid", base::to_text(ada.sid)},
          {"role", "learner"},
          {"school", base::to_text(ada.school)},
          {"iat", base::to_seconds(noon)},
          {"exp", base::to_seconds(noon) + 600}};
}
object claims_with(std::string_view name, boost::json::value value) {
  auto claims = good_claims();
  claims[name] = std::move(value);
  return claims;
}
object claims_without(std::string_view name) {
  auto claims = good_claims();
  claims.erase(name);
  return claims;
}

/// ES256 by OpenSSL, not by the library under test: r and s, 32 bytes each.
base::Bytes es256(const base::NamedKey& key, const std::string& text) {
  const auto point = point_of(key);
  base::Bytes public_key{4};
  public_key.insert(public_key.end(), point.x.begin(), point.x.end());
  public_key.insert(public_key.end(), point.y.begin(), point.y.end());
  auto* scalar = BN_bin2bn(point.d.data(), 32, nullptr);
  auto* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, scalar);
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, public_key.data(), public_key.size());
  auto* parameters = OSSL_PARAM_BLD_to_param(builder);
  auto* maker = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* pair = nullptr;
  EVP_PKEY_fromdata_init(maker);
  EVP_PKEY_fromdata(maker, &pair, EVP_PKEY_KEYPAIR, parameters);
  auto* signer = EVP_MD_CTX_new();
  base::Bytes der(80), raw(64);
  std::size_t length = der.size();
  EVP_DigestSignInit(signer, nullptr, EVP_sha256(), nullptr, pair);
  const auto bytes = bytes_of(text);
  if (EVP_DigestSign(signer, der.data(), &length, bytes.data(), bytes.size()) != 1) throw std::runtime_error("EVP");
  const auto* at = static_cast<const unsigned char*>(der.data());
  auto* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length));
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw.data() + 32, 32);
  ECDSA_SIG_free(signature);
  EVP_MD_CTX_free(signer);
  EVP_PKEY_free(pair);
  EVP_PKEY_CTX_free(maker);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(scalar);
  return raw;
}

/// A token whose signature is right, whatever it says.
std::string signed_by(const base::NamedKey& key, const Header& header, const std::string& claims) {
  std::string members;
  for (const auto& [name, value] : header)
    members += fmt::format("{}\"{}\":{}", members.empty() ? "" : ",", name, value);
  const auto text = to_base64url(bytes_of("{" + members + "}")) + "." + to_base64url(bytes_of(claims));
  return text + "." + to_base64url(es256(key, text));
}
std::string signed_by(const base::NamedKey& key, const Header& header, const object& claims) {
  return signed_by(key, header, boost::json::serialize(claims));
}
Header header_with(const std::string& name, const std::string& value) {
  Header header;
  for (const auto& entry : good_header)
    if (entry.first != name) header.push_back(entry);
  header.emplace_back(name, value);
  return header;
}

/// The three parts put together as they are.
std::string raw(std::string_view header, const object& claims, base::ByteView signature) {
  return to_base64url(bytes_of(header)) + "." + to_base64url(bytes_of(boost::json::serialize(claims))) + "." +
         to_base64url(signature);
}
/// The classic confusion: HMAC with what everybody knows, the public key, as its secret.
std::string hs256(base::ByteView secret) {
  const auto text = to_base64url(bytes_of(R"({"alg":"HS256","kid":"k1","typ":"at+jwt"})")) + "." +
                    to_base64url(bytes_of(boost::json::serialize(good_claims())));
  return text + "." + to_base64url(base::hmac_sha256(secret, bytes_of(text)));
}

bool accepted(AccessTokens& tokens, const std::string& token, base::Instant now = noon) {
  const auto result = tokens.verify(token, now);
  EXPECT_TRUE(result ? result->person == ada.person : result.error().code == base::Code::unauthenticated);
  return result.has_value();
}

TEST(AccessTokens, SayWhoSignedIn) {
  AccessTokens tokens({ours}, issuer);
  for (const Role role : store::all_roles) {
    auto somebody = ada;
    somebody.role = role;
    const auto token = tokens.sign(somebody, noon);
    for (int round = 0; round < 2; ++round) {  // Once read, once from the cache.
      const auto principal = tokens.verify(token, noon);
      ASSERT_TRUE(principal);
      EXPECT_EQ(principal->school, ada.school);
      EXPECT_EQ(principal->person, ada.person);
      EXPECT_EQ(principal->role, role);
      EXPECT_EQ(principal->sid, ada.sid);
    }
  }
}

TEST(AccessTokens, AreGoodForTenMinutesAlsoFromTheCache) {
  AccessTokens tokens({ours}, issuer);
  const auto token = tokens.sign(ada, noon);
  EXPECT_TRUE(accepted(tokens, token, noon + base::seconds{599}));
  EXPECT_FALSE(accepted(tokens, token, noon + base::seconds{600}));
  EXPECT_TRUE(accepted(tokens, token, noon - base::seconds{30}));
  EXPECT_FALSE(accepted(tokens, token, noon - base::seconds{31}));
}

TEST(AccessTokens, OfAnOlderKeyStillVerifyAndOfARemovedOneDoNot) {
  AccessTokens before({older}, issuer), between({ours, older}, issuer), after({ours}, issuer);
  const auto token = before.sign(ada, noon);
  EXPECT_TRUE(accepted(between, token));
  EXPECT_FALSE(accepted(after, token));
  EXPECT_TRUE(accepted(after, between.sign(ada, noon)));
}

TEST(AccessTokens, TheHelperOfTheTableBelowMakesGoodOnes) {
  AccessTokens tokens({ours, older}, issuer);
  EXPECT_TRUE(accepted(tokens, signed_by(ours, good_header, good_claims())));
  EXPECT_TRUE(accepted(tokens, signed_by(older, header_with("kid", R"("k0")"), good_claims())));
  EXPECT_TRUE(accepted(tokens, signed_by(ours, good_header, claims_with("nbf", base::to_seconds(noon) + 30))));
  EXPECT_TRUE(accepted(tokens, signed_by(ours, good_header, claims_with("jti", "x"))));
}

TEST(AccessTokens, ForgedOnesAreRefusedAndFast) {  // tidy-ok: one table of attacks
  AccessTokens tokens({ours, older}, issuer);
  const auto good = signed_by(ours, good_header, good_claims());
  const auto point = point_of(ours);
  base::Bytes uncompressed{4};
  uncompressed.insert(uncompressed.end(), point.x.begin(), point.x.end());
  uncompressed.insert(uncompressed.end(), point.y.begin(), point.y.end());
  const auto now = base::to_seconds(noon);
  const auto none = [](std::string_view alg) {
    return fmt::format(R"({{"alg":"{}","kid":"k1","typ":"at+jwt"}})", alg);
  };
  const auto claim = [&](std::string_view name, boost::json::value value) {
    return signed_by(ours, good_header, claims_with(name, std::move(value)));
  };
  const auto header = [&](const std::string& name, const std::string& value) {
    return signed_by(ours, header_with(name, value), good_claims());
  };
  auto other_signature = good;
  other_signature[other_signature.size() - 5] ^= 1;
  const auto middle = good.find('.') + 1, last = good.rfind('.') + 1;
  auto twice = boost::json::serialize(good_claims());
  twice.insert(1, R"("role":"admin",)");

  const std::pair<std::string, std::string> cases[] = {
      {"nothing", ""},
      {"dots", ".."},
      {"four parts", good + ".x"},
      {"two parts", good.substr(0, last - 1)},
      {"no signature", good.substr(0, last)},
      {"none", raw(none("none"), good_claims(), {})},
      {"None", raw(none("None"), good_claims(), {})},
      {"nOnE with a signature", raw(none("nOnE"), good_claims(), base::Bytes(64, 1))},
      {"HS256 with x", hs256(point.x)},
      {"HS256 with the point", hs256(uncompressed)},
      {"HS256 with the point's text", hs256(bytes_of(to_base64url(uncompressed)))},
      {"HS256 with nothing", hs256({})},
      {"HS256 with the id", hs256(bytes_of("k1"))},
      {"ES384 in the header", raw(none("ES384"), good_claims(), base::Bytes(64, 1))},
      {"RS256 in the header", raw(none("RS256"), good_claims(), base::Bytes(256, 1))},
      {"a signature of zeros", raw(none("ES256"), good_claims(), base::Bytes(64, 0))},
      {"a signature of r alone", raw(none("ES256"), good_claims(), base::Bytes(32, 1))},
      {"another's key under our id", signed_by(foreign, good_header, good_claims())},
      {"another id of ours", signed_by(ours, header_with("kid", R"("k0")"), good_claims())},
      {"an unknown id", header("kid", R"("k9")")},
      {"a path as id", header("kid", R"("../../dev/null")")},
      {"SQL as id", header("kid", R"("k1' or 1=1 --")")},
      {"a number as id", header("kid", "1")},
      {"no id", signed_by(ours, {{"alg", R"("ES256")"}, {"typ", R"("at+jwt")"}}, good_claims())},
      {"an algorithm twice",
       signed_by(ours, {{"alg", R"("none")"}, {"alg", R"("ES256")"}, {"kid", R"("k1")"}, {"typ", R"("at+jwt")"}},
                 good_claims())},
      {"no type", signed_by(ours, {{"alg", R"("ES256")"}, {"kid", R"("k1")"}}, good_claims())},
      {"an ID token's type", header("typ", R"("JWT")")},
      {"jku", header("jku", R"("https://evil.example/keys")")},
      {"x5u", header("x5u", R"("https://evil.example/cert")")},
      {"jwk", header("jwk", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})")},
      {"x5c", header("x5c", R"(["MIIB"])")},
      {"crit", header("crit", R"(["exp"])")},
      {"b64", header("b64", "false")},
      {"another issuer", claim("iss", "https://evil.example")},
      {"our issuer with a slash", claim("iss", boost::json::string(issuer + "/"))},
      {"no issuer", signed_by(ours, good_header, claims_without("iss"))},
      {"another audience", claim("aud", "other")},
      {"a list of audiences", claim("aud", boost::json::array{"roadbook"})},
      {"no audience", signed_by(ours, good_header, claims_without("aud"))},
      {"expired now", claim("exp", now)},
      {"expired a second ago", claim("exp", now - 1)},
      {"never expires", signed_by(ours, good_header, claims_without("exp"))},
      {"expires at text", claim("exp", "4102444800")},
      {"expires at a fraction", claim("exp", 4102444800.5)},
      {"expires beyond numbers", claim("exp", std::numeric_limits<std::int64_t>::max())},
      {"not yet", claim("nbf", now + 31)},
      {"not before text", claim("nbf", "soon")},
      {"issued in the future", claim("iat", now + 31)},
      {"never issued", signed_by(ours, good_header, claims_without("iat"))},
      {"no subject", signed_by(ours, good_header, claims_without("sub"))},
      {"a subject that is no id", claim("sub", "ada")},
      {"no session", signed_by(ours, good_header, claims_without("sid"))},
      {"no school", signed_by(ours, good_header, claims_without("school"))},
      {"an unknown role", claim("role", "root")},
      {"a list of roles", claim("role", boost::json::array{"admin"})},
      {"a claim twice", signed_by(ours, good_header, twice)},
      {"claims that are no object", signed_by(ours, good_header, std::string("[1]"))},
      {"claims that are no JSON", signed_by(ours, good_header, std::string("{"))},
      {"other claims under a good signature",
       good.substr(0, middle) + to_base64url(bytes_of(boost::json::serialize(claims_with("role", "admin")))) +
           good.substr(last - 1)},
      {"another school under a good signature", good.substr(0, middle) +
                                                    to_base64url(bytes_of(boost::json::serialize(claims_with(
                                                        "school", boost::json::string(base::to_text(8)))))) +
                                                    good.substr(last - 1)},
      {"another byte in the signature", other_signature},
      {"padding", good + "="},
      {"a space before", " " + good},
      {"a line feed after", good + "\n"},
      {"huge", signed_by(ours, good_header, claims_with("x", boost::json::string(100'000, 'x')))},
      {"dots without end", std::string(100'000, '.')},
      {"a zero inside", good.substr(0, 10) + std::string(1, '\0') + good.substr(10)},
  };
  for (const auto& [name, token] : cases) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_FALSE(accepted(tokens, token)) << name;
    EXPECT_FALSE(accepted(tokens, token)) << name << ", a second time";
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds{100}) << name;
  }
  for (std::size_t length = 0; length < good.size(); ++length)
    ASSERT_FALSE(accepted(tokens, good.substr(0, length))) << length;
}

TEST(AccessTokens, TakeAKeyAsPkcs8) {
  // openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER, and one on another curve.
  const auto key = [](std::string_view id, std::string_view der) {
    return base::NamedKey{std::string(id), base::Secret(std::string(base::text_of(*base::from_base64url(der))))};
  };
  const auto p256 = key("p256",
                        "MHcCAQEEIA4ADemT21J4HPH4IFdXDFJv-pSDod01arvRwOpwN-"
                        "9OoAoGCCqGSM49AwEHoUQDQgAEXY6XJrFgAqh5zFVUsnpKW1eIOXN6861HRYi3ekgVWx8NOINzcmqhZntxMpJdB2zH0yRD"
                        "SuOZI-yZLw7kfbLTww");
  const auto p384 = key("p384",
                        "MIGkAgEBBDCzVOcv8n2FjOp0vtyf-l2TcGsD_7EznhLpd-j6Io_"
                        "hFQFhe7ZnXAsxkbGWztKctdOgBwYFK4EEACKhZANiAASG1tytpUlmKEOJI4vzRfDkfdFYJ3tYurJdBeqql0aGhbJs8FSKt"
                        "rebct91f57Fe7dZjzm_6rizUQ3foAzzcfGN9scMncE47CEIAghVLkbb3BvTMe8CftUQQOyAm1J6JQ4");
  AccessTokens tokens({p256}, issuer);
  EXPECT_TRUE(accepted(tokens, tokens.sign(ada, noon)));
  EXPECT_THROW(AccessTokens({p384}, issuer), std::invalid_argument);
}

TEST(AccessTokens, RefuseKeysThatAreNone) {
  // The order of the curve's group: one more than the largest scalar.
  const std::string order(
      "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
      32);
  for (const auto& bytes : {std::string(), std::string(31, 'k'), std::string(33, 'k'), std::string(32, '\0'),
                            std::string(32, '\xff'), order, std::string(200, '\x30')})
    EXPECT_THROW(AccessTokens({{"k", base::Secret(bytes)}}, issuer), std::invalid_argument) << bytes.size();
  EXPECT_THROW(AccessTokens({}, issuer), std::invalid_argument);
}

TEST(AccessTokens, StayRightUnderManyThreadsAndASmallCache) {
  AccessTokens tokens({ours}, issuer, 4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        auto somebody = ada;
        somebody.sid = t * 100 + i % 10 + 1;
        const auto token = tokens.sign(somebody, noon);
        for (int round = 0; round < 3; ++round) EXPECT_EQ(tokens.verify(token, noon).value().sid, somebody.sid);
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(AccessTokens, CostMicroseconds) {
  AccessTokens tokens({ours}, issuer);
  std::vector<std::string> several;
  for (int i = 0; i < 200; ++i) several.push_back(tokens.sign({.school = {7}, .person = {10}, .sid = 20 + i}, noon));
  const auto run = [&](std::string_view name) {
    const auto begun = std::chrono::steady_clock::now();
    for (const auto& token : several) EXPECT_TRUE(tokens.verify(token, noon));
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
    RecordProperty(std::string(name), fmt::format("{:.2f}", took.count() / double(several.size())));
  };
  run("verify_us");
  run("verify_cached_us");
}

}  // namespace tokens_test
