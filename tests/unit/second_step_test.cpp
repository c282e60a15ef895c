// Codes of authenticator apps, backup codes and challenges.
#include "auth/second_step.h"

#include <gtest/gtest.h>

#include "auth/webauthn.h"
#include "base/json.h"

namespace second_step_test {

using auth::Challenges;
using base::bytes_of;

const std::vector<base::NamedKey> keys = {{"new", base::Secret(std::string(32, 'n'))},
                                          {"old", base::Secret(std::string(32, 'o'))}};
const base::Instant now = base::from_seconds(1'800'000'000);

/// RFC 6238, appendix B, SHA-1: eight digits there, of which apps show the last six.
TEST(Totp, FitsTheVectorsOfTheRfc) {
  const auto secret = bytes_of("12345678901234567890");
  constexpr std::pair<std::int64_t, const char*> vectors[] = {{59, "94287082"},
                                                              {1'111'111'109, "07081804"},
                                                              {1'111'111'111, "14050471"},
                                                              {1'234'567'890, "89005924"},
                                                              {2'000'000'000, "69279037"},
                                                              {20'000'000'000, "65353130"}};
  for (const auto& [at, code] : vectors)
    EXPECT_EQ(auth::totp_step_of(secret, std::string_view(code).substr(2), base::from_seconds(at)), at / 30) << at;
}

TEST(Totp, TakesOneStepBeforeAndAfterAndNoMore) {
  const auto secret = bytes_of("12345678901234567890");
  const auto code = "081804";  // Of step 37037036, which begins at 1111111080.
  for (const auto& [at, taken] : std::map<std::int64_t, bool>{{1'111'111'049, false},
                                                              {1'111'111'050, true},
                                                              {1'111'111'080, true},
                                                              {1'111'111'139, true},
                                                              {1'111'111'140, false}})
    EXPECT_EQ(auth::totp_step_of(secret, code, base::from_seconds(at)).has_value(), taken) << at;
  for (const auto* wrong : {"", "08180", "0818040", "081805", "O81804"})
    EXPECT_FALSE(auth::totp_step_of(secret, wrong, base::from_seconds(1'111'111'109))) << wrong;
}

TEST(Totp, SaysItsSecretAsAppsReadIt) {
  const auto secret = bytes_of("12345678901234567890");
  EXPECT_EQ(auth::totp_text(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(auth::totp_uri("Höher & weiter", "ada@example.com", secret),
            "otpauth://totp/H%C3%B6her%20%26%20weiter:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=H%C3%B6her%20%26%20weiter&algorithm=SHA1&digits=6&period=30");
  EXPECT_EQ(auth::make_totp_secret().size(), 20u);
  EXPECT_NE(auth::make_totp_secret(), auth::make_totp_secret());
}

TEST(BackupCodes, AreReadHoweverTheyAreTyped) {
  const auto code = auth::make_backup_code();
  EXPECT_EQ(code.size(), 14u) << "12 of 32 letters are 60 bits";
  EXPECT_NE(code, auth::make_backup_code());
  std::string shouted;
  for (const char c : code) shouted += static_cast<char>(std::toupper(c));
  EXPECT_EQ(auth::normalised_code(" " + shouted), auth::normalised_code(code));
  EXPECT_EQ(auth::normalised_code("oIl 1-0"), "01110");
}

TEST(AChallenge, SaysWhoseItIsForFiveMinutes) {
  const Challenges ours(keys);
  const Challenges::Subject subject{Challenges::Purpose::second_step, {1}, {2}, 3};
  const auto made = ours.make(subject, now);
  EXPECT_NE(made, ours.make(subject, now));
  const auto opened = ours.open(made, now + std::chrono::seconds{299});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->subject, subject);
  EXPECT_EQ(opened->expires_at, now + std::chrono::minutes{5});
  EXPECT_FALSE(ours.open(made, now + std::chrono::minutes{5}));
  EXPECT_TRUE(Challenges({keys[1], keys[0]}).open(made, now)) << "of a node with the keys in another order";
  EXPECT_FALSE(Challenges({keys[1]}).open(made, now)) << "of somebody else";
  for (std::size_t at = 0; at < made.size(); ++at) {
    auto changed = made;
    changed[at] ^= 1;
    EXPECT_FALSE(ours.open(changed, now)) << at;
  }
  EXPECT_FALSE(ours.open({}, now));
}

TEST(ARelyingParty, IsTheHostOfTheAddress) {
  for (const auto& [url, id] : std::map<std::string, std::string>{{"https://school.example", "school.example"},
                                                                  {"http://localhost:8080", "localhost"},
                                                                  {"http://[::1]:8080", "[::1]"}}) {
    EXPECT_EQ(auth::relying_party(url).id, id);
    EXPECT_EQ(auth::relying_party(url).origin, url);
  }
}

TEST(ClientData, ThatCannotBeReadIsRefused) {
  const auto read = [](std::string_view text) { return auth::read_client_data(bytes_of(text)); };
  EXPECT_TRUE(read(R"({"type":"webauthn.get","challenge":"AAAA","origin":"https://a","more":{"x":1}})"));
  for (const auto* text :
       {"", "{", "[]", "null", R"({"type":"webauthn.get","challenge":"A A","origin":"https://a"})",
        R"({"type":"webauthn.get","challenge":"AAAA=","origin":"https://a"})",
        R"({"challenge":"AAAA","challenge":"AAAB"})", R"({"challenge":"AAAA","crossOrigin":"no"})", "\xff\xfe"}) {
    const auto refused = read(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, base::Code::invalid_input);
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/client_data");
  }
}

}  // namespace second_step_test
