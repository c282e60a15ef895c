#include "auth/passwords.h"

#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <thread>

namespace passwords_test {

using auth::check_password;
using auth::PasswordHasher;

TEST(PasswordRules, TakeAnyTextOfTheRightLength) {
  const auto longest = "abc" + std::string(125, 'x');
  for (const std::string& good :
       {std::string("correct horse"), std::string("äöüßäöüßäö"), longest, std::string("tab\tand\nline"),
        std::string("🚗🚕🚙🚌🚎🚐🚓🚑"), std::string("  two spaces before, one after "), std::string("8 signs!")})
    EXPECT_TRUE(check_password(good, "ada@example.com")) << good;
}

TEST(PasswordRules, NameTheFieldAndTheReason) {
  const struct {
    std::string password, why;
  } cases[] = {{"", "empty"},
               {"7 signs", "too short"},
               {"äöüäöüß", "seven characters in fourteen bytes"},
               {"abc" + std::string(126, 'x'), "too long"},
               {"trustno1", "common, of eight characters"},
               {"sunshine1", "common, of nine characters"},
               {"qwertyuiop", "common"},
               {"QwertyUiop", "common, case aside"},
               {"roadbook-demo", "the demo's own"},
               {"aaaaaaaaaaaaaaa", "one character"},
               {"ababababababab", "two characters"},
               {"ada.lovelace@example.com", "the address"},
               {"ada.lovelace1", "the address with a digit"},
               {std::string("a zero\0 inside", 14), "a control character"},
               {"broken \xff\xfe text", "not UTF-8"}};
  for (const auto& [password, why] : cases) {
    const auto result = check_password(password, "Ada.Lovelace@example.com");
    ASSERT_FALSE(result) << why;
    EXPECT_EQ(result.error().code, base::Code::invalid_input) << why;
    ASSERT_EQ(result.error().fields.size(), 1u) << why;
    EXPECT_EQ(result.error().fields[0].pointer, "/password") << why;
  }
}

TEST(PasswordHasher, IsArgon2idAtTheCostThatOwaspAsksFor) {
  PasswordHasher hasher;
  const auto begun = std::chrono::steady_clock::now();
  const auto hash = hasher.hash("correct horse").value();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  RecordProperty("argon2_ms", std::to_string(took.count()));
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, hasher.hash("correct horse").value());
}

TEST(PasswordHasher, KnowsRightFromWrong) {
  PasswordHasher hasher;
  const auto hash = hasher.hash("correct horse").value();
  EXPECT_TRUE(hasher.verify("correct horse", hash)->right);
  EXPECT_FALSE(hasher.verify("correct horse", hash)->outdated);
  for (const auto* wrong : {"", "correct hors", "correct horse ", "Correct horse"})
    EXPECT_FALSE(hasher.verify(wrong, hash)->right) << wrong;
  for (const auto* broken : {"", "$argon2id$", "correct horse"})
    EXPECT_FALSE(hasher.verify("correct horse", broken)->right) << broken;
  EXPECT_FALSE(hasher.verify("correct horse", std::nullopt)->right);
}

/// bcrypt, for one, would take the first 72 bytes for the whole.
TEST(PasswordHasher, CutsNothingOffAndChangesNothing) {
  PasswordHasher hasher({.passes = 1, .memory_bytes = 8192 * 8});
  const auto longest = std::string(auth::longest_password - 1, 'x');
  const auto hash = hasher.hash(longest + "y").value();
  EXPECT_TRUE(hasher.verify(longest + "y", hash)->right);
  EXPECT_FALSE(hasher.verify(longest + "z", hash)->right);
  const auto spaced = hasher.hash(" 🚗 und Äpfel ").value();
  EXPECT_TRUE(hasher.verify(" 🚗 und Äpfel ", spaced)->right);
  for (const auto* other : {"🚗 und Äpfel", " 🚗 und äpfel ", " 🚙 und Äpfel ", " 🚗 und Apfel "})
    EXPECT_FALSE(hasher.verify(other, spaced)->right) << other;
}

TEST(PasswordHasher, SaysWhenAHashIsOfAnotherCost) {
  PasswordHasher weak({.passes = 1, .memory_bytes = 8 * 1024 * 1024});
  PasswordHasher now;
  const auto old = weak.hash("correct horse").value();
  EXPECT_TRUE(now.verify("correct horse", old)->outdated);
  EXPECT_FALSE(now.verify("another horse", old)->outdated);
}

TEST(PasswordHasher, TakesAsLongForNobody) {
  PasswordHasher hasher;
  const auto hash = hasher.hash("correct horse").value();
  // In time of this thread, the least of several turns each: other work on the machine does not decide.
  const auto cost = [&](const std::optional<std::string>& of) {
    const auto used = [] {
      timespec time{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
    };
    const double begun = used();
    EXPECT_FALSE(hasher.verify("a wrong password", of)->right);
    return used() - begun;
  };
  double somebody = 1e9, nobody = 1e9;
  for (int i = 0; i < 9; ++i) {
    somebody = std::min(somebody, cost(hash));
    nobody = std::min(nobody, cost(std::nullopt));
  }
  EXPECT_LT(nobody, somebody * 2);
  EXPECT_GT(nobody, somebody / 2);
}

TEST(PasswordHasher, RefusesARushInsteadOfQueueingWithoutEnd) {
  PasswordHasher hasher({.at_once = 1, .waiting = 2});
  std::atomic<int> served = 0, refused = 0;
  std::vector<std::thread> rush;
  rush.reserve(12);
  for (int i = 0; i < 12; ++i)
    rush.emplace_back([&] {
      const auto verdict = hasher.verify("correct horse", std::nullopt);
      verdict ? ++served : ++refused;
      EXPECT_TRUE(verdict || verdict.error().code == base::Code::unavailable);
    });
  for (auto& thread : rush) thread.join();
  EXPECT_GE(served, 1);
  EXPECT_EQ(served + refused, 12);
  EXPECT_TRUE(hasher.verify("correct horse", std::nullopt));  // And works afterwards.
}

}  // namespace passwords_test
