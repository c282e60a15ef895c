// What people do with their accounts themselves: a new password by mail, and who is told of it.
#include "actions/account.h"

#include <algorithm>
#include <thread>

#include "store/identities.h"
#include "store/office_of_school.h"

namespace accounts_test {

using std::chrono::minutes;
using std::chrono::seconds;
using testing_support::Lines;

const std::string good = "correct horse battery";

class Accounts : public testing_support::Mailing {
 protected:
  Accounts() { school.give_password(school.ada, good); }

  base::Done ask(const std::string& email, const std::string& address = "203.0.113.5") {
    return actions::ask_for_reset(school.identity(), email, std::nullopt, address, school.now);
  }
  /// The secret of the link in the last mail.
  std::string link() {
    EXPECT_FALSE(mails.empty());
    const auto text = mails.empty() ? "" : mails.back().text;
    const auto start = text.find("/reset#");
    EXPECT_NE(start, std::string::npos) << text;
    if (start == std::string::npos) return "";
    return text.substr(start + 7, text.find('\n', start) - start - 7);
  }
  std::string reset_link(const std::string& email = "ada@example.com") {
    EXPECT_TRUE(ask(email));
    work(seconds{0});
    return link();
  }
  auto set(const std::string& token, const std::string& password) {
    return actions::set_password(school.identity(), token, password, school.now);
  }
  auto sign_in(const std::string& password) {
    return actions::sign_in(school.identity(), {"ada@example.com", password}, "203.0.113.5", school.now);
  }
};

TEST_F(Accounts, WhoForgotAPasswordGetsALinkAndIsToldOfTheChange) {
  const auto before = sign_in(good);
  ASSERT_TRUE(ask("ADA@example.com"));
  work(seconds{0});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_NE(mails[0].text.find("https://school.example/reset#"), std::string::npos) << mails[0].text;
  EXPECT_NE(mails[0].text.find("one hour"), std::string::npos);
  const auto token = link();
  EXPECT_EQ(told(), Lines{"ada@example.com A new password for Test School"});
  const auto after = set(token, "another good one");
  ASSERT_TRUE(after);
  EXPECT_FALSE(school.sessions.authenticate(before->tokens.access_token, school.now));
  EXPECT_TRUE(school.sessions.authenticate(after->tokens.access_token, school.now));
  EXPECT_FALSE(sign_in(good));
  EXPECT_TRUE(sign_in("another good one"));
  work(seconds{0});
  EXPECT_EQ(told(), Lines{"ada@example.com Your password was changed"});
  EXPECT_EQ(school.number("select count(*) from jobs"), 0);
}

TEST_F(Accounts, WhoeverIsConnectedWithAnAccountElsewhereHearsOfIt) {
  const base::Bytes subject(32, 7);
  ASSERT_TRUE(school.database.transact<std::monostate>({1}, [&](store::Transaction& tx) {
    EXPECT_TRUE(store::add_identity(tx, {1}, {1, school.ada, "google", subject, school.now}));
    store::put_job(tx, {1}, {store::JobKind::identities_changed, {}, school.ada}, school.now, school.now);
    return base::done();
  }));
  work(seconds{0});
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_NE(mails[0].text.find("Google"), std::string::npos) << mails[0].text;
  EXPECT_EQ(told(), Lines{"ada@example.com Who else may sign you in was changed"});
}

TEST_F(Accounts, AFirstPasswordIsNoChangeToBeToldOf) {
  ASSERT_TRUE(set(school.welcome(carol), "her first password"));
  work(seconds{0});
  EXPECT_EQ(told(), Lines{});
}

TEST_F(Accounts, AResetSpendsAllOlderLinks) {
  const auto welcome = school.welcome(school.ada);
  const auto first = reset_link();
  school.now += seconds{1};
  const auto second = reset_link();
  EXPECT_NE(first, second);
  ASSERT_TRUE(set(second, "another good one"));
  for (const auto& spent : {welcome, first, second}) {
    const auto again = set(spent, "a third good one");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().fields.at(0).pointer, "/token");
  }
}

TEST_F(Accounts, AResetLinkIsGoodForAnHourAndKeptAsAHash) {
  const auto token = reset_link();
  EXPECT_EQ(school.number("select count(*) from one_time_tokens where purpose = 'reset'"), 1);
  const auto parsed = auth::parse_link_token(token);
  ASSERT_TRUE(parsed);
  school.database.read({1}, [&](store::Transaction& tx) {
    EXPECT_EQ(store::find_link(tx, school.school, parsed->hash, school.now), school.ada);
    EXPECT_FALSE(store::find_link(tx, {2}, parsed->hash, school.now)) << "of another school";
  });
  school.now += minutes{60};
  EXPECT_FALSE(set(token, "another good one"));
}

TEST_F(Accounts, ALinkOfOneSchoolOpensNothingInAnother) {
  const auto bytes = base::from_base64url(reset_link()).value();
  auto forged = bytes;
  forged[7] = 2;
  EXPECT_FALSE(set(base::to_base64url(forged), "another good one"));
  EXPECT_TRUE(set(base::to_base64url(bytes), "another good one"));
}

TEST_F(Accounts, OfTwoWhoUseALinkAtOnceOneSetsThePassword) {
  for (int round = 0; round < 5; ++round) {
    school.now += minutes{20};
    const auto token = reset_link();
    std::array<bool, 4> done{};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < done.size(); ++i)
      threads.emplace_back([&, i] { done[i] = set(token, "good password " + std::to_string(i)).has_value(); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count(done, true), 1);
    for (std::size_t i = 0; i < done.size(); ++i)
      EXPECT_EQ(sign_in("good password " + std::to_string(i)).has_value(), done[i]);
  }
}

TEST_F(Accounts, NobodyElseGetsAMail) {
  school.execute("update people set active = 0 where id = " + std::to_string(school.ada.value));
  for (const auto* email : {"ada@example.com", "nobody@example.com", "", "ada@example.com' or 1=1 --"})
    EXPECT_TRUE(ask(email));
  EXPECT_EQ(waiting("password_reset"), 4);
  work(seconds{0});
  EXPECT_EQ(told(), Lines{});
  EXPECT_EQ(school.number("select count(*) from jobs"), 0) << "and nothing is left of it";
  EXPECT_EQ(school.number("select count(*) from one_time_tokens where purpose = 'reset'"), 0);
}

TEST_F(Accounts, TheSameIsWrittenForAnAddressThatNobodyHas) {
  const auto rows = [&] { return school.number("select count(*) from jobs where kind = 'password_reset'"); };
  for (const auto* email : {"ada@example.com", "nobody@example.com"}) {
    const auto before = rows();
    ASSERT_TRUE(ask(email));
    EXPECT_EQ(rows(), before + 1) << email;
    ASSERT_TRUE(ask(email));
    EXPECT_EQ(rows(), before + 1) << email;
  }
}

TEST_F(Accounts, MailIsLimitedByAddressAndBySourceWhetherAnybodyHasTheAddress) {
  for (const auto* email : {"ada@example.com", "nobody@example.com"}) {
    int asked = 0;
    while (asked < 20 && ask(email, "198.51.100." + std::to_string(asked))) ++asked;
    EXPECT_EQ(asked, 5) << email;
    const auto refused = ask(email, "198.51.100.99");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::rate_limited);
    EXPECT_GT(refused.error().count, 0);
  }
  int asked = 0;
  while (asked < 50 && ask(std::to_string(asked) + "@example.com", "192.0.2.1")) ++asked;
  EXPECT_EQ(asked, 20);
}

/// Several nodes count apart; what leaves is counted together.
TEST_F(Accounts, HoweverManyAskOnlySoManyMailsLeaveInAnHour) {
  for (int i = 0; i < 30; ++i) {
    auth::Throttle another(auth::mail_limits);
    auto identity = school.identity();
    const actions::Identity node{identity.context,  identity.people, identity.passwords,  identity.sessions,
                                 identity.throttle, another,         identity.public_url, identity.second_step};
    ASSERT_TRUE(actions::ask_for_reset(node, "ada@example.com", std::nullopt, "203.0.113.5", school.now));
    work(seconds{1});
  }
  EXPECT_EQ(mails.size(), 10u);
  EXPECT_EQ(waiting("password_reset"), 0);
  mails.clear();
  school.now += minutes{60};
  EXPECT_NE(reset_link(), "");
}

TEST_F(Accounts, AnUnknownSchoolIsSaidAndOneOfSeveralAskedFor) {
  const auto unknown =
      actions::ask_for_reset(school.identity(), "ada@example.com", "no-such-school", "203.0.113.5", school.now);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fields.at(0).pointer, "/school");
  school.execute(
      "insert into schools (school_id, slug, name, zone, currency, version, created_at)"
      " values (9, 'other', 'Other', 'Europe/London', 'GBP', 1, 0)");
  const auto unclear = ask("ada@example.com");
  ASSERT_FALSE(unclear);
  EXPECT_EQ(unclear.error().fields.at(0).pointer, "/school");
  EXPECT_TRUE(actions::ask_for_reset(school.identity(), "ada@example.com", "test", "203.0.113.5", school.now));
}

TEST_F(Accounts, AChangedPasswordSpendsLinksAndIsToldOf) {
  const auto mine = sign_in(good);
  const auto link = reset_link();
  mails.clear();
  const actions::Caller caller{.principal = mine->tokens.principal, .now = school.now};
  const auto change = [&](const std::string& current) {
    return actions::change_password(school.identity(), caller, {current, "another good one"}, "203.0.113.5");
  };
  ASSERT_FALSE(change("wrong"));
  work(seconds{0});
  EXPECT_EQ(told(), Lines{});
  ASSERT_TRUE(change(good));
  work(seconds{0});
  EXPECT_EQ(told(), Lines{"ada@example.com Your password was changed"});
  EXPECT_FALSE(set(link, "a third good one"));
  EXPECT_TRUE(sign_in("another good one"));
}

TEST_F(Accounts, OfTwoWhoChangeAPasswordAtOnceOneDoes) {
  const auto mine = sign_in(good);
  const actions::Caller caller{.principal = mine->tokens.principal, .now = school.now};
  std::array<bool, 2> done{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < done.size(); ++i)
    threads.emplace_back([&, i] {
      const auto wanted = "good password " + std::to_string(i);
      done.at(i) = actions::change_password(school.identity(), caller, {good, wanted}, "203.0.113.5").has_value();
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::ranges::count(done, true), 1);
  for (std::size_t i = 0; i < done.size(); ++i)
    EXPECT_EQ(sign_in("good password " + std::to_string(i)).has_value(), done.at(i));
}

TEST_F(Accounts, ASessionThatLapsedIsNotListed) {
  const auto mine = sign_in(good);
  auto caller = actions::Caller{.principal = mine->tokens.principal, .now = school.now};
  EXPECT_EQ(actions::my_sessions(school.identity(), caller).size(), 1u);
  caller.now += auth::idle_lifetime;
  EXPECT_TRUE(actions::my_sessions(school.identity(), caller).empty());
}

/// The median of many, taken in turns, so that what else happens on the machine meets both alike.
TEST_F(Accounts, AnUnknownAddressTakesAsLongAsAKnownOne) {
  auth::Throttle generous(
      {.source = {100'000, seconds{1}}, .pair = {100'000, seconds{1}}, .account = {100'000, seconds{1}}});
  auto identity = school.identity();
  const actions::Identity asked{identity.context,  identity.people, identity.passwords,  identity.sessions,
                                identity.throttle, generous,        identity.public_url, identity.second_step};
  std::array<std::vector<std::chrono::nanoseconds>, 2> took;
  const std::array<std::string, 2> emails{"ada@example.com", "nobody@example.com"};
  for (int i = 0; i < 400; ++i)
    for (std::size_t which = 0; which < emails.size(); ++which) {
      const auto began = std::chrono::steady_clock::now();
      ASSERT_TRUE(actions::ask_for_reset(asked, emails.at(which), std::nullopt, "203.0.113.5", school.now));
      took.at(which).push_back(std::chrono::steady_clock::now() - began);
    }
  std::array<double, 2> medians{};
  for (std::size_t which = 0; which < emails.size(); ++which) {
    auto& all = took.at(which);
    std::ranges::nth_element(all, all.begin() + all.size() / 2);
    medians.at(which) = double(all[all.size() / 2].count()) / 1000;
  }
  RecordProperty("known_us", std::to_string(medians[0]));
  RecordProperty("unknown_us", std::to_string(medians[1]));
  EXPECT_LT(std::max(medians[0], medians[1]), 1.2 * std::min(medians[0], medians[1]))
      << medians[0] << " us known, " << medians[1] << " us unknown";
}

}  // namespace accounts_test
