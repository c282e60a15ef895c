#include "auth/sessions.h"

#include <gtest/gtest.h>

#include <thread>

#include "store/temporary.h"

namespace sessions_test {

using auth::Sessions;
using auth::SignedIn;
using auth::Transport;
using base::seconds;
using store::Transaction;

const base::Instant noon = base::from_seconds(1'774'774'800);
const std::vector<base::NamedKey> keys{{"k1", base::Secret(std::string(32, 'k'))}};
constexpr base::SchoolId school{1};
constexpr base::PersonId ada{10};

struct World {
  testing_support::TemporaryFolder folder;
  std::string path = testing_support::migrated(folder);
  store::Database database{{.path = path}};
  std::optional<Sessions> sessions;

  World() {
    restart(keys, noon);
    database.on_commit([this](const auto& touched) { sessions->committed(touched); });
    write([](Transaction& tx) {
      tx.run(
          "insert into schools (school_id, slug, name, zone, currency, version, created_at)"
          " values ($1, 'a', 'S', 'Europe/London', 'GBP', 1, 0)",
          school);
      tx.run("insert into people (school_id, id, role, version, created_at) values ($1, $2, 'learner', 1, 0)", school,
             ada);
    });
  }
  void restart(const std::vector<base::NamedKey>& with, base::Instant now) {
    sessions.emplace(database, with, "https://school.example", now);
  }
  void write(const std::function<void(Transaction&)>& body) {
    ASSERT_TRUE(database.transact<int>({1}, [&](Transaction& tx) -> base::Result<int> {
      body(tx);
      return 0;
    }));
  }
  SignedIn sign_in(base::Instant now = noon) {
    return *database.transact<SignedIn>({1}, [&](Transaction& tx) -> base::Result<SignedIn> {
      return sessions->start(tx, school, ada, store::Role::learner, now);
    });
  }
  SignedIn refreshed(const SignedIn& before, base::Instant now) {
    return sessions->refresh(before.refresh_token, now).value();
  }
  bool refuses(const SignedIn& token, base::Instant now) {
    const auto result = sessions->refresh(token.refresh_token, now);
    return !result && result.error().code == base::Code::unauthenticated;
  }
  bool lets_in(const SignedIn& token, base::Instant now) {
    return sessions->authenticate(token.access_token, now).has_value();
  }
};

TEST(Sessions, GoOnWithANewTokenEachTime) {
  World world;
  auto token = world.sign_in();
  EXPECT_EQ(world.sessions->authenticate(token.access_token, noon)->person, ada);
  std::set<std::string> seen{token.refresh_token};
  auto now = noon;
  for (int i = 0; i < 5; ++i) {
    token = world.refreshed(token, now += base::hours{1});
    EXPECT_TRUE(seen.insert(token.refresh_token).second);
    EXPECT_EQ(world.sessions->authenticate(token.access_token, now)->sid, token.principal.sid);
  }
}

TEST(Sessions, TwoTabsAtOnceGetTheSameSuccessor) {
  World world;
  const auto first = world.sign_in();
  const auto one = world.refreshed(first, noon), two = world.refreshed(first, noon + seconds{30});
  EXPECT_EQ(one.refresh_token, two.refresh_token);
  EXPECT_TRUE(world.lets_in(one, noon));
  EXPECT_TRUE(world.lets_in(two, noon));
}

TEST(Sessions, TheGraceIsCountedFromTheFirstUse) {
  World world;
  const auto first = world.sign_in();
  (void)world.refreshed(first, noon);
  (void)world.refreshed(first, noon + seconds{20});
  EXPECT_TRUE(world.refuses(first, noon + seconds{45}));
}

TEST(Sessions, EndWhenATokenComesBackAfterItsGrace) {
  World world;
  const auto first = world.sign_in();
  const auto second = world.refreshed(first, noon);
  EXPECT_TRUE(world.refuses(first, noon + seconds{31}));
  EXPECT_TRUE(world.refuses(second, noon + seconds{31}));
  EXPECT_FALSE(world.lets_in(second, noon + seconds{31}));
}

TEST(Sessions, EndWhenATokenComesBackAfterItsSuccessorWasUsed) {
  World world;
  const auto first = world.sign_in();
  const auto second = world.refreshed(first, noon);
  const auto third = world.refreshed(second, noon + seconds{1});
  EXPECT_TRUE(world.refuses(first, noon + seconds{2}));
  EXPECT_TRUE(world.refuses(third, noon + seconds{2}));
  EXPECT_FALSE(world.lets_in(third, noon + seconds{2}));
}

TEST(Sessions, AnOldStolenTokenEndsThatSessionAndNoOther) {
  World world;
  const auto phone = world.sign_in(), laptop = world.sign_in();
  auto token = phone;
  for (int i = 1; i <= 5; ++i) token = world.refreshed(token, noon + seconds{i});
  EXPECT_TRUE(world.refuses(phone, noon + base::hours{5}));
  EXPECT_TRUE(world.refuses(token, noon + base::hours{5}));
  EXPECT_FALSE(world.refuses(laptop, noon + base::hours{5}));
}

TEST(Sessions, InventedTokensEndNothing) {
  World world;
  const auto token = world.sign_in();
  const auto& text = token.refresh_token;
  auto changed = text;
  changed[40] = changed[40] == 'A' ? 'B' : 'A';  // Right school and sid, another secret.
  for (const auto& bad : {std::string(), text + "A", text.substr(1), changed, std::string(86, 'A'),
                          std::string(10'000, 'A'), std::string("../../etc/passwd"), text + "\n"})
    EXPECT_FALSE(world.sessions->refresh(bad, noon)) << bad.substr(0, 100);
  EXPECT_TRUE(world.sessions->end(changed, noon));
  EXPECT_TRUE(world.lets_in(token, noon));
  EXPECT_FALSE(world.refuses(token, noon));
}

TEST(Sessions, EndAtOnceWhenSignedOut) {
  World world;
  const auto token = world.sign_in();
  ASSERT_TRUE(world.sessions->end(token.refresh_token, noon));
  EXPECT_FALSE(world.lets_in(token, noon));
  EXPECT_TRUE(world.refuses(token, noon));
  EXPECT_TRUE(world.sessions->end(token.refresh_token, noon));  // And once more does no harm.
  world.restart(keys, noon + seconds{5});
  EXPECT_FALSE(world.lets_in(token, noon + seconds{5}));
}

TEST(Sessions, StayEndedWhileTheirAccessTokenWouldLast) {
  World world;
  const auto first = world.sign_in(), second = world.sign_in();
  ASSERT_TRUE(world.sessions->end(first.refresh_token, noon));
  ASSERT_TRUE(world.sessions->end(second.refresh_token, noon + base::minutes{5}));
  EXPECT_FALSE(world.lets_in(first, noon + base::minutes{9}));
}

TEST(Sessions, AreNotEndedByATokenFromLongAgo) {
  World world;
  const auto first = world.sign_in();
  const auto third = world.refreshed(world.refreshed(first, noon), noon);
  ASSERT_TRUE(world.sessions->end(first.refresh_token, noon));
  EXPECT_TRUE(world.lets_in(third, noon));
  EXPECT_FALSE(world.refuses(third, noon));
}

TEST(Sessions, EndWhenNobodyUsesThemAndAfterNinetyDays) {
  World world;
  const auto idle = world.sign_in();
  EXPECT_TRUE(world.refuses(idle, noon + auth::idle_lifetime));
  auto token = world.sign_in();
  auto now = noon;
  while (now + base::days{10} < noon + auth::absolute_lifetime) token = world.refreshed(token, now += base::days{10});
  EXPECT_TRUE(world.refuses(token, noon + auth::absolute_lifetime));
}

TEST(Sessions, AreOfTheRoleThatThePersonHasNowAndOfNobodyInactive) {
  World world;
  const auto first = world.sign_in();
  world.write([](Transaction& tx) { tx.run("update people set role = 'instructor'"); });
  const auto second = world.refreshed(first, noon);
  EXPECT_EQ(world.sessions->authenticate(second.access_token, noon)->role, store::Role::instructor);
  world.write([](Transaction& tx) { tx.run("update people set active = 0"); });
  EXPECT_TRUE(world.refuses(second, noon + seconds{1}));
}

TEST(Sessions, SurviveAChangeOfTheSigningKey) {
  World world;
  const auto first = world.sign_in();
  const auto second = world.refreshed(first, noon);
  world.restart({{"k2", base::Secret(std::string(32, 'l'))}, keys[0]}, noon);
  const auto again = world.refreshed(first, noon + seconds{1});  // Within the grace, but sealed by another key now.
  EXPECT_TRUE(world.lets_in(again, noon + seconds{1}));
  EXPECT_TRUE(world.lets_in(world.refreshed(again, noon + seconds{2}), noon + seconds{2}));
}

TEST(Sessions, ManyTabsAtOnceStaySignedIn) {
  World world;
  const auto first = world.sign_in();
  std::vector<std::thread> tabs;
  std::mutex mutex;
  std::set<std::string> successors;
  for (int i = 0; i < 16; ++i)
    tabs.emplace_back([&] {
      const auto token = world.sessions->refresh(first.refresh_token, noon);
      const std::lock_guard lock(mutex);
      successors.insert(token ? token->refresh_token : "refused");
    });
  for (auto& tab : tabs) tab.join();
  EXPECT_EQ(successors.size(), 1u);
  EXPECT_FALSE(successors.contains("refused"));
}

TEST(Sessions, AreForgottenInTheEnd) {
  World world;
  const auto old = world.sign_in();
  const auto live = world.sign_in(noon + base::days{60});
  world.write([](Transaction& tx) { EXPECT_EQ(store::forget_sessions(tx, school, noon + base::days{91}, 10), 1); });
  EXPECT_TRUE(world.refuses(old, noon + base::days{61}));
  EXPECT_FALSE(world.refuses(live, noon + base::days{61}));
}

TEST(RefreshCookie, IsForTheSignInOnlyAndForNoScript) {
  EXPECT_EQ(auth::refresh_cookie("abc", Transport::https),
            "__Secure-roadbook_refresh=abc; Path=/api/v1/auth; Max-Age=1209600; HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(auth::refresh_cookie("abc", Transport::http),
            "roadbook_refresh=abc; Path=/api/v1/auth; Max-Age=1209600; HttpOnly; SameSite=Strict");
  EXPECT_EQ(auth::cleared_refresh_cookie(Transport::http),
            "roadbook_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict");
}

TEST(LinkToken, NamesItsSchoolAndIsKeptAsAHash) {
  const auto token = auth::make_link_token({7});
  const auto parsed = auth::parse_link_token(token.text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->school, base::SchoolId{7});
  EXPECT_EQ(parsed->hash, token.hash);
  EXPECT_FALSE(auth::parse_link_token(token.text + "A"));
  EXPECT_FALSE(auth::parse_link_token(""));
  EXPECT_NE(auth::make_link_token({7}).text, token.text);
}

}  // namespace sessions_test
