#include "actions/sign_in.h"

#include <gtest/gtest.h>

#include "store/people_of_school.h"

namespace sign_in_test {

using testing_support::StaffedSchool;

const std::string good = "correct horse battery";

struct World : StaffedSchool {
  World() { give_password(ada, good); }
  base::Result<actions::SignInView> sign_in(const std::string& email, const std::string& password,
                                            const std::string& address = "203.0.113.5") {
    return actions::sign_in(identity(), {email, password}, address, now);
  }
  base::Code refusal(const std::string& email, const std::string& password,
                     const std::string& address = "203.0.113.5") {
    const auto result = sign_in(email, password, address);
    return result ? base::Code::internal : result.error().code;
  }
};

TEST(SignIn, WithAddressAndPasswordAndThenStays) {
  World world;
  const auto view = world.sign_in("ADA@example.com", good);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->name, "Ada Lovelace");
  EXPECT_EQ(view->school, "test");
  EXPECT_EQ(view->tokens.principal.role, auth::Role::learner);
  EXPECT_EQ(world.sessions.authenticate(view->tokens.access_token, world.now)->person, world.ada);
  const auto again = actions::refresh_sign_in(world.identity(), view->tokens.refresh_token, world.now);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->name, "Ada Lovelace");
  ASSERT_TRUE(actions::sign_out(world.identity(), again->tokens.refresh_token, world.now));
  EXPECT_FALSE(world.sessions.authenticate(again->tokens.access_token, world.now));
}

TEST(SignIn, SaysTheSameToWhoeverMayNotComeIn) {
  World world;
  const auto wrong_password = world.sign_in("ada@example.com", "wrong");
  ASSERT_FALSE(wrong_password);
  EXPECT_EQ(wrong_password.error().code, base::Code::unauthenticated);
  for (const auto& [email, password] : std::initializer_list<std::pair<std::string, std::string>>{
           {"nobody@example.com", good}, {"bob@example.com", good}, {"", ""}, {"ada@example.com' or 1=1 --", good}}) {
    const auto result = world.sign_in(email, password);
    ASSERT_FALSE(result) << email;
    EXPECT_EQ(result.error().detail, wrong_password.error().detail) << email;
  }
  world.execute("update people set active = 0");
  EXPECT_EQ(world.refusal("ada@example.com", good), base::Code::unauthenticated);
  const auto elsewhere =
      actions::sign_in(world.identity(), {"ada@example.com", good, "no-such-school"}, "x", world.now);
  EXPECT_EQ(elsewhere.error().detail, wrong_password.error().detail);
}

TEST(SignIn, AsksForTheSchoolWhereThereAreSeveral) {
  World world;
  world.execute(
      "insert into schools (school_id, slug, name, zone, currency, version, created_at)"
      " values (9, 'other', 'Other', 'Europe/London', 'GBP', 1, 0)");
  const auto unclear = world.sign_in("ada@example.com", good);
  ASSERT_FALSE(unclear);
  EXPECT_EQ(unclear.error().fields.at(0).pointer, "/school");
  EXPECT_TRUE(actions::sign_in(world.identity(), {"ada@example.com", good, "test"}, "203.0.113.5", world.now));
  EXPECT_FALSE(actions::sign_in(world.identity(), {"ada@example.com", good, "other"}, "203.0.113.5", world.now));
}

TEST(SignIn, SlowsDownWhoGuessesAndNotWhoseAccountItIs) {
  World world;
  int tried = 0;
  while (tried < 20 && world.refusal("ada@example.com", "guess") == base::Code::unauthenticated) ++tried;
  EXPECT_EQ(tried, 8);
  const auto refused = world.sign_in("ada@example.com", good);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::rate_limited);
  EXPECT_GT(refused.error().count, 0);
  EXPECT_TRUE(world.sign_in("ada@example.com", good, "198.51.100.9"));
}

TEST(SignIn, HashesAnewWhatWasHashedAtAnotherCost) {
  World world;
  auth::PasswordHasher weak({.passes = 1, .memory_bytes = 8 * 1024 * 1024});
  world.put_hash(world.ada, weak.hash(good).value());
  ASSERT_TRUE(world.sign_in("ada@example.com", good));
  const auto hash =
      world.database.read({1}, [&](store::Transaction& tx) { return store::password_of(tx, world.school, world.ada); });
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(world.sign_in("ada@example.com", good));
}

TEST(WelcomeLink, SetsAPasswordOnceAndEndsOtherSessions) {
  World world;
  const auto before = world.sign_in("ada@example.com", good);
  const auto link = world.welcome(world.ada);
  const auto weak = actions::set_password(world.identity(), link, "1234567890", world.now);
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().fields.at(0).pointer, "/password");
  const auto set = actions::set_password(world.identity(), link, "another good one", world.now);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->name, "Ada Lovelace");
  EXPECT_FALSE(world.sessions.authenticate(before->tokens.access_token, world.now));
  EXPECT_TRUE(world.sessions.authenticate(set->tokens.access_token, world.now));
  EXPECT_EQ(world.refusal("ada@example.com", good), base::Code::unauthenticated);
  EXPECT_TRUE(world.sign_in("ada@example.com", "another good one"));
  const auto twice = actions::set_password(world.identity(), link, "a third good one", world.now);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().fields.at(0).pointer, "/token");
}

TEST(WelcomeLink, IsGoodForAWeekAndForNobodyInactive) {
  World world;
  const auto link = world.welcome(world.ada);
  world.now += auth::welcome_lifetime;
  EXPECT_FALSE(actions::set_password(world.identity(), link, good, world.now));
  const auto fresh = world.welcome(world.ada);
  world.execute("update people set active = 0");
  EXPECT_FALSE(actions::set_password(world.identity(), fresh, good, world.now));
  EXPECT_FALSE(actions::set_password(world.identity(), "", good, world.now));
  EXPECT_FALSE(actions::set_password(world.identity(), std::string(54, 'A'), good, world.now));
}

TEST(Me, IsWhoeverIsSignedIn) {
  World world;
  const auto view = actions::me(world.identity(), world.caller(world.ada.value, auth::Role::learner));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->person.details.email, "ada@example.com");
  EXPECT_EQ(view->school.slug, "test");
}

}  // namespace sign_in_test
