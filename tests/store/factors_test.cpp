// Second factors of people: an authenticator app with backup codes, the second step of signing in, and what a school
// may ask of its staff.
#include "actions/factors.h"

#include <algorithm>
#include <thread>

#include "actions/housekeeping.h"
#include "actions/school.h"
#include "store/office_of_school.h"
#include "store/totp_app.h"

namespace factors_test {

using base::Code;
using std::chrono::minutes;
using std::chrono::seconds;
using testing_support::Lines;

const std::string good = "correct horse battery", here = "203.0.113.5";

class Factors : public testing_support::Mailing {
 protected:
  Factors() {
    school.give_password(school.ada, good);
    school.give_password(carol, good);
  }

  auto sign_in(const std::string& email = "ada@example.com", const std::string& password = good) {
    return actions::sign_in(school.identity(), {email, password}, here, school.now);
  }
  auto step(const base::Error& asked, const std::string& code, const std::string& address = here) {
    EXPECT_EQ(asked.code, Code::second_factor_asked) << asked.detail;
    return actions::sign_in_with_code(
        school.identity(), {base::from_base64url(asked.challenge).value_or(base::Bytes()), code, address}, school.now);
  }
  actions::Caller caller(const actions::SignInView& view) const {
    return {.principal = view.tokens.principal, .now = school.now};
  }
  /// What an app with this secret shows, some steps from now.
  std::string code(int later = 0) const {
    return testing_support::totp_shown(secret, school.now + later * auth::totp_step);
  }
  /// Sets up an app in this session; returns the backup codes.
  std::vector<std::string> set_up(const actions::SignInView& view) {
    const auto begun = actions::begin_totp(school.identity(), caller(view), good, here);
    EXPECT_TRUE(begun) << begun.error().detail;
    secret = pending(view.tokens.principal.person);
    EXPECT_EQ(begun->secret, auth::totp_text(secret));
    const auto codes = actions::confirm_totp(school.identity(), caller(view), code());
    EXPECT_TRUE(codes) << codes.error().detail;
    school.now += seconds{60};
    return codes.value_or(std::vector<std::string>());
  }
  base::Bytes pending(base::PersonId person) {
    const auto totp =
        school.database.read({1}, [&](store::Transaction& tx) { return store::totp_of(tx, {1}, person); });
    const auto text = school.keys.open({{1}, person}, actions::totp_purpose, totp.pending).value_or("");
    return {text.begin(), text.end()};
  }
  bool alive(const actions::SignInView& view) {
    return school.sessions.authenticate(view.tokens.access_token, school.now).has_value();
  }
  base::Done require(const actions::Caller& who, bool required = true) {
    const auto version = school.number("select version from schools");
    const auto done = actions::update_school(school.context(), who, version, {.second_factor_required = required});
    if (!done) return base::refuse(done.error());
    return base::done();
  }
  /// An admin who has signed in with two factors.
  actions::SignInView admin() {
    if (!boss) {
      boss = school.add({"Dora", "dora@example.com", ""}, store::Role::admin);
      school.give_password(boss, good);
    }
    const auto kept = secret;
    auto view = sign_in("dora@example.com").value();
    boss_codes = set_up(view);
    secret = kept;
    return view;
  }

  base::Bytes secret;
  base::PersonId boss;
  std::vector<std::string> boss_codes;
};

TEST_F(Factors, AnAppCountsOnceItsFirstCodeWasGivenAndEndsTheOtherSessions) {
  const auto mine = sign_in().value(), other = sign_in().value();
  EXPECT_FALSE(actions::begin_totp(school.identity(), caller(mine), "wrong", here));
  const auto begun = actions::begin_totp(school.identity(), caller(mine), good, here);
  ASSERT_TRUE(begun);
  secret = pending(school.ada);
  EXPECT_TRUE(sign_in()) << "it does not count yet";
  const auto wrong = actions::confirm_totp(school.identity(), caller(mine), "000000");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fields.at(0).pointer, "/code");
  EXPECT_TRUE(alive(other));
  const auto codes = actions::confirm_totp(school.identity(), caller(mine), code());
  ASSERT_TRUE(codes);
  EXPECT_EQ(codes->size(), 10u);
  EXPECT_EQ(actions::confirm_totp(school.identity(), caller(mine), code(1)).error().code, Code::wrong_status);
  EXPECT_TRUE(alive(mine));
  EXPECT_FALSE(alive(other));
  EXPECT_EQ(sign_in().error().code, Code::second_factor_asked);
  EXPECT_NE(sign_in().error().challenge, "");
  EXPECT_EQ(sign_in("ada@example.com", "wrong").error().code, Code::unauthenticated);
  work(seconds{0});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_NE(mails[0].text.find("Authenticator app: set up"), std::string::npos) << mails[0].text;
  EXPECT_EQ(told(), Lines{"ada@example.com How you sign in was changed"});
}

TEST_F(Factors, ASecretWaitsAQuarterOfAnHourAndIsSealed) {
  const auto mine = sign_in().value();
  ASSERT_TRUE(actions::begin_totp(school.identity(), caller(mine), good, here));
  secret = pending(school.ada);
  const auto stored =
      school.database.read({1}, [&](store::Transaction& tx) { return store::totp_of(tx, {1}, school.ada).pending; });
  EXPECT_EQ(std::search(stored.begin(), stored.end(), secret.begin(), secret.end()), stored.end());
  school.now += actions::totp_pending;
  EXPECT_EQ(actions::confirm_totp(school.identity(), caller(mine), code()).error().code, Code::wrong_status);
}

TEST_F(Factors, ACodeIsTakenOnceAlsoOfAnEarlierStep) {
  set_up(sign_in().value());
  const auto now = code(), before = code(-1), after = code(1), later = code(2);
  EXPECT_FALSE(step(sign_in().error(), later)) << "two steps ahead";
  ASSERT_TRUE(step(sign_in().error(), now));
  const auto again = step(sign_in().error(), now);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fields.at(0).pointer, "/code");
  EXPECT_FALSE(step(sign_in().error(), before)) << "older than one that was taken";
  EXPECT_TRUE(step(sign_in().error(), after));
}

TEST_F(Factors, ACodeThatConfirmedTheAppSignsNobodyIn) {
  const auto mine = sign_in().value();
  ASSERT_TRUE(actions::begin_totp(school.identity(), caller(mine), good, here));
  secret = pending(school.ada);
  ASSERT_TRUE(actions::confirm_totp(school.identity(), caller(mine), code()));
  EXPECT_FALSE(step(sign_in().error(), code()));
}

TEST_F(Factors, OfManyWhoGiveOneCodeAtOnceOneGetsIn) {
  const auto backup = set_up(sign_in().value());
  for (const auto& given : {code(), backup.front()}) {
    std::array<bool, 4> in{};
    std::vector<base::Error> asked;
    for (std::size_t i = 0; i < in.size(); ++i) asked.push_back(sign_in().error());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < in.size(); ++i)
      threads.emplace_back([&, i] { in.at(i) = step(asked[i], given, "192.0.2." + std::to_string(i)).has_value(); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count(in, true), 1) << given;
  }
}

TEST_F(Factors, ABackupCodeSignsInOnceAndIsKeptAsAKeyedHash) {
  const auto mine = sign_in().value();
  const auto codes = set_up(mine);
  EXPECT_EQ(school.number("select count(*) from backup_codes"), 10);
  std::string typed = codes[3];
  for (char& c : typed) c = static_cast<char>(std::toupper(c));
  ASSERT_TRUE(step(sign_in().error(), " " + typed));
  EXPECT_FALSE(step(sign_in().error(), codes[3]));
  EXPECT_EQ(actions::my_factors(school.identity(), caller(mine)).factors.backup_codes, 9);
  const auto fresh = actions::renew_backup_codes(school.identity(), caller(mine), good, here);
  ASSERT_TRUE(fresh);
  EXPECT_FALSE(step(sign_in().error(), codes[4])) << "replaced";
  EXPECT_TRUE(step(sign_in().error(), fresh->at(4)));
  const auto hash = base::sha256(base::bytes_of(auth::normalised_code(codes[4])));
  EXPECT_NE(actions::backup_code_hash(school.identity(), {1}, school.ada, codes[4]),
            base::Bytes(hash.begin(), hash.end()));
}

TEST_F(Factors, AChallengeIsForOnePersonOnceAndForFiveMinutes) {
  const auto backup = set_up(sign_in().value());
  const auto asked = sign_in().error();
  ASSERT_TRUE(step(asked, backup[0]));
  EXPECT_EQ(step(asked, backup[1]).error().code, Code::unauthenticated) << "replayed";
  const auto late = sign_in().error();
  school.now += minutes{5};
  EXPECT_EQ(step(late, backup[1]).error().code, Code::unauthenticated) << "too old";
  auto forged = base::from_base64url(sign_in().error().challenge).value();
  forged.back() ^= 1;
  const auto& challenges = school.second_step.challenges;
  using enum auth::Challenges::Purpose;
  const std::pair<const char*, base::Bytes> others[] = {
      {"forged", forged},
      {"of another person", challenges.make({second_step, {1}, carol}, school.now)},
      {"of another school", challenges.make({second_step, {2}, school.ada}, school.now)},
      {"of a new passkey", challenges.make({new_passkey, {1}, school.ada}, school.now)},
      {"of a passkey", challenges.make({passkey_sign_in}, school.now)},
      {"of nothing", {}}};
  for (const auto& [name, challenge] : others)
    EXPECT_FALSE(actions::sign_in_with_code(school.identity(), {challenge, backup[2], here}, school.now)) << name;
  EXPECT_TRUE(step(sign_in().error(), backup[2])) << "none of them has spent it";
  EXPECT_EQ(school.number("select count(*) from spent_challenges"), 2);
  school.now += minutes{6};
  EXPECT_EQ(actions::clear_out(school.context(), school.now).challenges, 2);
}

TEST_F(Factors, GuessingCodesIsSlowedDownAndKeepsNobodyFromThePassword) {
  set_up(sign_in().value());
  base::Error refused;
  int tries = 0;
  for (; tries < 50 && refused.code != Code::rate_limited; ++tries)
    refused = step(sign_in().error(), fmt::format("{:06}", tries), "198.51.100.7").error();
  EXPECT_EQ(tries, 6) << "of one source";
  EXPECT_EQ(sign_in().error().code, Code::second_factor_asked) << "the first step goes on";
  refused = {};
  for (tries = 0; tries < 50 && refused.code != Code::rate_limited; ++tries)
    refused = step(sign_in().error(), fmt::format("{:06}", tries), "198.51.100." + std::to_string(100 + tries)).error();
  EXPECT_EQ(tries, 6) << "ten in all, of many sources";
  EXPECT_EQ(step(sign_in().error(), code(), "198.51.100.250").error().code, Code::rate_limited);
}

TEST_F(Factors, WhoSignedInFromHereBeforeIsNotLockedOutByOthers) {
  const auto backup = set_up(sign_in().value());
  ASSERT_TRUE(step(sign_in().error(), backup[0]));
  for (int i = 0; i < 30; ++i) (void)step(sign_in().error(), "000000", "198.51.100." + std::to_string(i));
  EXPECT_TRUE(step(sign_in().error(), backup[1]));
}

TEST_F(Factors, ANewPasswordByMailIsNoWayAroundThem) {
  const auto backup = set_up(sign_in().value());
  const auto token = school.welcome(school.ada);
  const auto set = actions::set_password(school.identity(), token, "another good one", school.now);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, Code::second_factor_asked);
  EXPECT_FALSE(sign_in().has_value());
  EXPECT_EQ(sign_in("ada@example.com", "another good one").error().code, Code::second_factor_asked)
      << "the password is set";
  EXPECT_TRUE(step(set.error(), backup[0]));
}

TEST_F(Factors, AnAppIsReplacedAtOnceAndRemovedWithThePassword) {
  const auto mine = sign_in().value();
  const auto codes = set_up(mine);
  const auto old = secret;
  ASSERT_TRUE(actions::begin_totp(school.identity(), caller(mine), good, here));
  EXPECT_TRUE(step(sign_in().error(), code())) << "the old one goes on until the new one is confirmed";
  secret = pending(school.ada);
  ASSERT_NE(secret, old);
  ASSERT_TRUE(actions::confirm_totp(school.identity(), caller(mine), code()));
  EXPECT_FALSE(step(sign_in().error(), codes[0]));
  school.now += seconds{60};
  EXPECT_TRUE(step(sign_in().error(), code()));
  EXPECT_EQ(actions::remove_totp(school.identity(), caller(mine), "wrong", here).error().fields.at(0).pointer,
            "/current_password");
  ASSERT_TRUE(actions::remove_totp(school.identity(), caller(mine), good, here));
  EXPECT_EQ(actions::remove_totp(school.identity(), caller(mine), good, here).error().code, Code::wrong_status);
  EXPECT_EQ(actions::renew_backup_codes(school.identity(), caller(mine), good, here).error().code, Code::wrong_status);
  EXPECT_TRUE(sign_in());
  EXPECT_EQ(school.number("select count(*) from totp") + school.number("select count(*) from backup_codes"), 0);
}

TEST_F(Factors, AnAdminRemovesThoseOfAnotherAndNobodyElseDoes) {
  const auto boss_view = admin();
  const auto mine = sign_in().value();
  set_up(mine);
  work(seconds{0});
  mails.clear();
  const auto drop = [&](const actions::Caller& who, base::PersonId whose) {
    return actions::drop_factors_of(school.identity(), who, whose);
  };
  EXPECT_EQ(drop(school.office(), school.ada).error().code, Code::forbidden);
  EXPECT_EQ(drop(caller(boss_view), boss).error().code, Code::wrong_status);
  EXPECT_EQ(drop(caller(boss_view), {77}).error().code, Code::not_found);
  ASSERT_TRUE(alive(mine));
  ASSERT_TRUE(drop(caller(boss_view), school.ada));
  EXPECT_FALSE(alive(mine));
  EXPECT_TRUE(sign_in());
  work(seconds{0});
  EXPECT_EQ(told(), Lines{"ada@example.com How you sign in was changed"});
  ASSERT_TRUE(drop(caller(boss_view), school.ada)) << "again: there is nothing to remove";
  work(seconds{0});
  EXPECT_EQ(told(), Lines{});
}

TEST_F(Factors, ASchoolThatAsksForThemEndsSessionsThatHaveShownOneAndLetsStaffSetUpNothingElse) {
  auto plain = school.add({"Erin", "erin@example.com", ""}, store::Role::admin);
  school.give_password(plain, good);
  EXPECT_EQ(require(caller(sign_in("erin@example.com").value())).error().fields.at(0).pointer,
            "/second_factor_required")
      << "who has none may not ask others for one";
  const auto boss_view = admin();
  const auto learner_view = sign_in().value(), carol_view = sign_in("carol@example.com").value();
  ASSERT_TRUE(require(caller(boss_view)));
  EXPECT_TRUE(alive(boss_view));
  EXPECT_TRUE(alive(learner_view)) << "it is asked of staff";
  EXPECT_FALSE(alive(carol_view));
  EXPECT_FALSE(actions::refresh_sign_in(school.identity(), carol_view.tokens.refresh_token, school.now));
  const auto again = sign_in("carol@example.com").value();
  EXPECT_TRUE(again.tokens.principal.must_enrol);
  EXPECT_TRUE(school.sessions.authenticate(again.tokens.access_token, school.now)->must_enrol);
  EXPECT_FALSE(sign_in()->tokens.principal.must_enrol);
  const auto codes = set_up(again);
  const auto refreshed = actions::refresh_sign_in(school.identity(), again.tokens.refresh_token, school.now);
  ASSERT_TRUE(refreshed);
  EXPECT_FALSE(refreshed->tokens.principal.must_enrol);
  const auto stepped = step(sign_in("carol@example.com").error(), codes[0]);
  ASSERT_TRUE(stepped);
  EXPECT_FALSE(stepped->tokens.principal.must_enrol);
  EXPECT_EQ(actions::remove_totp(school.identity(), caller(*stepped), good, here).error().code, Code::wrong_status)
      << "it is the last";
  ASSERT_TRUE(require(caller(boss_view), false));
  EXPECT_TRUE(actions::remove_totp(school.identity(), caller(*stepped), good, here));
  ASSERT_TRUE(require(caller(boss_view)));
  EXPECT_FALSE(alive(*stepped)) << "it has none any more";
}

TEST_F(Factors, ASessionThatMustEnrolIsForThoseWhoHaveNone) {
  const auto boss_view = admin();
  ASSERT_TRUE(require(caller(boss_view)));
  const auto first = sign_in("carol@example.com").value(), thief = sign_in("carol@example.com").value();
  ASSERT_TRUE(actions::begin_totp(school.identity(), caller(thief), good, here));
  const auto stolen = pending(carol);
  set_up(first);
  EXPECT_FALSE(alive(thief));
  const auto refused = actions::begin_totp(school.identity(), caller(thief), good, here);
  ASSERT_FALSE(refused) << "with its last access token on a node that has not heard";
  EXPECT_EQ(refused.error().code, Code::forbidden);
}

/// What is read before the lock and what is written after it must not let both go.
TEST_F(Factors, OfTwoWhoSignInWhileTheSchoolBeginsToAskNobodyStaysWithOneFactor) {
  const auto boss_view = admin();
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(require(caller(boss_view), false));
    std::vector<actions::SignInView> views(4);
    std::vector<std::thread> threads;
    for (auto& view : views) threads.emplace_back([&] { view = sign_in("carol@example.com").value(); });
    threads.emplace_back([&] { EXPECT_TRUE(require(caller(boss_view))); });
    for (auto& thread : threads) thread.join();
    for (const auto& view : views)
      EXPECT_TRUE(view.tokens.principal.must_enrol || !alive(view)) << "in round " << round;
  }
}

TEST_F(Factors, GoWithThePerson) {
  const auto erin = school.add({"Erin", "erin@example.com", ""}, store::Role::office);
  school.give_password(erin, good);
  set_up(sign_in("erin@example.com").value());
  const auto done = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    store::remove_person(tx, {.school = {1}, .now = school.now}, erin);
    return 0;
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(school.number("select count(*) from totp") + school.number("select count(*) from backup_codes"), 0);
}

}  // namespace factors_test
