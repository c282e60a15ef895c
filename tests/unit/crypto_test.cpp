#include <gtest/gtest.h>

#include <set>

#include "base/crypto.h"

namespace crypto_test {

using base::bytes_of;

std::string hex(base::ByteView bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

TEST(Hashes, AreThoseOfTheStandards) {
  EXPECT_EQ(hex(base::sha256(bytes_of("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, case 2.
  EXPECT_EQ(hex(base::hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(base::hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Base64Url, GoesThereAndBackAndTakesNothingElse) {
  for (const auto* text : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"})
    EXPECT_EQ(base::text_of(*base::from_base64url(base::to_base64url(bytes_of(text)))), text);
  EXPECT_EQ(base::to_base64url(bytes_of("\xff\xfe\xfd")), "__79");
  for (const auto* text : {"A", "Zg==", "Zg=", "Z g", "Zm9v\n", "//79", "Zh", "Zm9v.", "Zm9vYg "})
    EXPECT_FALSE(base::from_base64url(text)) << text;
}

TEST(Sealing, OpensWithItsKeyAndContextOnly) {
  const auto key = base::Key::random();
  for (const auto& plain : {std::string(), std::string("Ada"), std::string(100'000, 'x')}) {
    const auto sealed = base::seal(key, "k1", bytes_of(plain), "person/1");
    EXPECT_EQ(sealed.size(), plain.size() + base::sealed_overhead(2));
    EXPECT_EQ(base::sealed_by(sealed), "k1");
    const auto opened = base::open(key, sealed, "person/1");
    ASSERT_TRUE(opened);
    EXPECT_EQ(base::text_of(*opened), plain);
    EXPECT_FALSE(base::open(base::Key::random(), sealed, "person/1"));
    EXPECT_FALSE(base::open(key, sealed, "person/2"));
    EXPECT_FALSE(base::open(key, sealed, ""));
  }
}

TEST(Sealing, NoticesEveryChangedAndEveryMissingByte) {
  const auto key = base::Key::random();
  const auto sealed = base::seal(key, "k1", bytes_of("Ada Lovelace"), "person/1");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] ^= 1;
    EXPECT_FALSE(base::open(key, changed, "person/1")) << at;
    EXPECT_FALSE(base::open(key, base::ByteView(sealed).first(at), "person/1")) << at;
  }
  auto longer = sealed;
  longer.push_back(0);
  EXPECT_FALSE(base::open(key, longer, "person/1"));
}

TEST(Sealing, NeverGivesTheSameBytesTwice) {
  const auto key = base::Key::random();
  std::set<base::Bytes> seen;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(seen.insert(base::seal(key, "", bytes_of("Ada"), "")).second);
}

TEST(Equality, LooksAtLengthAndBytes) {
  EXPECT_TRUE(base::equal(bytes_of("abc"), bytes_of("abc")));
  EXPECT_TRUE(base::equal({}, {}));
  EXPECT_FALSE(base::equal(bytes_of("abc"), bytes_of("abd")));
  EXPECT_FALSE(base::equal(bytes_of("abc"), bytes_of("ab")));
}

}  // namespace crypto_test
