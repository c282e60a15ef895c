#include "auth/throttle.h"

#include <gtest/gtest.h>

namespace throttle_test {

using auth::Throttle;
using base::seconds;

const base::Instant noon = base::from_seconds(1'774'774'800);

TEST(Throttle, AThousandTriesFromOneAddressAreMostlyRefused) {
  Throttle throttle;
  int allowed = 0;
  for (int i = 0; i < 1'000; ++i) allowed += !throttle.attempt("ada", "203.0.113.5", noon + seconds{i});
  EXPECT_LE(allowed, 8 + 1'000 / 60 + 1);
  EXPECT_GE(allowed, 8);
}

TEST(Throttle, SaysHowLongToWaitAndKeepsItsWord) {
  Throttle throttle;
  while (!throttle.attempt("ada", "203.0.113.5", noon)) {
  }
  const auto wait = throttle.attempt("ada", "203.0.113.5", noon);
  ASSERT_TRUE(wait);
  EXPECT_EQ(*wait, seconds{60});
  EXPECT_TRUE(throttle.attempt("ada", "203.0.113.5", noon + *wait - seconds{1}));
  EXPECT_FALSE(throttle.attempt("ada", "203.0.113.5", noon + *wait));
}

TEST(Throttle, TheVictimSignsInWhileOneAddressAttacks) {
  Throttle throttle;
  for (int i = 0; i < 1'000; ++i) (void)throttle.attempt("ada", "203.0.113.5", noon);
  EXPECT_FALSE(throttle.attempt("ada", "198.51.100.7", noon));  // From a new device, too.
  EXPECT_FALSE(throttle.attempt("bob", "198.51.100.7", noon));
}

TEST(Throttle, TheVictimSignsInFromAKnownDeviceWhileManyAddressesAttack) {
  Throttle throttle;
  ASSERT_FALSE(throttle.attempt("ada", "198.51.100.7", noon));
  throttle.succeeded("ada", "198.51.100.7", noon);
  int allowed = 0;
  for (int i = 0; i < 1'000; ++i) allowed += !throttle.attempt("ada", "2001:db8::" + std::to_string(i), noon);
  EXPECT_LE(allowed, 31);
  EXPECT_TRUE(throttle.attempt("ada", "192.0.2.1", noon));
  EXPECT_FALSE(throttle.attempt("ada", "198.51.100.7", noon));
}

TEST(Throttle, RemembersTheDevicesThatWereUsedLast) {
  Throttle throttle({.entries = 2});
  for (const auto* account : {"ada", "bob", "eve"}) {
    ASSERT_FALSE(throttle.attempt(account, "198.51.100.7", noon));
    throttle.succeeded(account, "198.51.100.7", noon + seconds{account[0]});
  }
  const auto attacked = [&](const std::string& account) {
    for (int i = 0; i < 100; ++i) (void)throttle.attempt(account, std::to_string(i), noon);
    return throttle.attempt(account, "198.51.100.7", noon).has_value();
  };
  EXPECT_TRUE(attacked("ada"));
  EXPECT_FALSE(attacked("eve"));
}

TEST(Throttle, OneAddressThatTriesManyAccountsIsRefused) {
  Throttle throttle;
  int allowed = 0;
  for (int i = 0; i < 1'000; ++i) allowed += !throttle.attempt(std::to_string(i), "203.0.113.5", noon);
  EXPECT_EQ(allowed, 50);
}

TEST(Throttle, RightPasswordsDoNotCount) {
  Throttle throttle;
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_FALSE(throttle.attempt("ada", "203.0.113.5", noon)) << i;
    throttle.succeeded("ada", "203.0.113.5", noon);
  }
}

TEST(Throttle, StaysBoundedAndAClockSetBackGivesAndTakesNothing) {
  Throttle throttle({.entries = 2});
  while (!throttle.attempt("a", "a", noon)) {
  }
  for (const auto* other : {"b", "c"}) (void)throttle.attempt(other, other, noon);
  EXPECT_FALSE(throttle.attempt("a", "a", noon)) << "forgotten, since two others came";
  Throttle other;
  EXPECT_FALSE(other.attempt("ada", "203.0.113.5", noon));
  EXPECT_FALSE(other.attempt("ada", "203.0.113.5", noon - base::hours{24}));
  while (!other.attempt("ada", "203.0.113.5", noon)) {
  }
  EXPECT_TRUE(other.attempt("ada", "203.0.113.5", noon - base::hours{24}));
}

TEST(Source, IsAnAddressOrTheNetworkOfACustomer) {
  EXPECT_EQ(auth::source_of("203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(auth::source_of("::ffff:203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(auth::source_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(auth::source_of("unix"), "unix");
}

}  // namespace throttle_test
