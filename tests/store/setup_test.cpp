#include "actions/setup.h"

#include <gtest/gtest.h>

#include <fstream>

#include "actions/bookings.h"
#include "store/cache_switch.h"
#include "store/people_of_school.h"
#include "store/verify.h"

namespace setup_test {

/// An empty database with everything an Identity needs.
struct Empty {
  testing_support::TemporaryFolder folder;
  std::string path = testing_support::migrated(folder);
  base::Instant now = base::from_seconds(1'774'774'800);  // Sunday 29 March 2026, 10:00 in London.
  store::Database database{{.path = path}};
  store::KeyStore keys{folder.file("roadbook.keys"), {{"m1", base::Secret(std::string(32, 'a'))}}};
  cache::CalendarCache cache{testing_support::cache_options()};
  store::People people{keys};
  auth::PasswordHasher passwords;
  auth::Sessions sessions{database, {{"k1", base::Secret(std::string(32, 'k'))}}, "https://school.example", now};
  auth::Throttle throttle, mail_throttle{auth::mail_limits};
  auth::SecondStep second_step{{{"k1", base::Secret(std::string(32, 'k'))}}};

  Empty() {
    database.on_commit([this](const auto& touched) { cache.committed(touched); });
  }
  actions::Context context() { return {database, cache, keys}; }
  actions::Identity identity() {
    return {context(), people, passwords, sessions, throttle, mail_throttle, "https://school.example", second_step};
  }
  std::int64_t number(const std::string& sql, base::SchoolId school = store::no_school) {
    return database.read(school, [&](store::Transaction& tx) { return tx.number(sql).value_or(0); });
  }
};

const actions::NewSchool good{"hill", "Hill School", "Europe/London", "GBP", "Ada Lovelace", "ada@example.com"};

TEST(Setup, MakesASchoolWhoseAdminSignsInByTheLink) {
  Empty world;
  const auto made = actions::set_up(world.identity(), good, world.now, "setup");
  ASSERT_TRUE(made);
  const std::string start = "https://school.example/welcome#";
  ASSERT_TRUE(made->welcome_url.starts_with(start));
  const auto view = actions::set_password(world.identity(), made->welcome_url.substr(start.size()),
                                          "correct horse battery", world.now);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->school, "hill");
  EXPECT_EQ(view->tokens.principal.role, auth::Role::admin);
  EXPECT_TRUE(actions::sign_in(world.identity(), {"ada@example.com", "correct horse battery"}, "x", world.now));
  EXPECT_EQ(store::verify(world.path).faults, std::vector<std::string>{});
}

TEST(Setup, ReportsEveryFaultAndLeavesNothing) {
  Empty world;
  const auto bad = actions::set_up(world.identity(), {"Hill!", "", "Mars", "pounds", "", "nobody"}, world.now, "setup");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().fields.size(), 6u);
  ASSERT_TRUE(actions::set_up(world.identity(), good, world.now, "setup"));
  const auto twice = actions::set_up(world.identity(), good, world.now, "setup");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().fields.at(0).pointer, "/slug");
  EXPECT_EQ(world.number("select count(*) from schools"), 1);
  EXPECT_EQ(world.keys.entries().size(), 1u);
}

TEST(Demo, IsASchoolWithLessonsAndAccounts) {
  Empty world;
  const auto begun = std::chrono::steady_clock::now();
  const auto demo = actions::make_demo(world.identity(), world.now);
  ASSERT_TRUE(demo) << demo.error().detail << (demo.error().fields.empty() ? "" : demo.error().fields[0].message);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  RecordProperty("demo_seconds", fmt::format("{:.2f}", took.count()));
  EXPECT_TRUE(demo->fresh);
  EXPECT_GT(demo->booked, 150);
  RecordProperty("booked", demo->booked);
  EXPECT_GT(demo->settled, 50);
  EXPECT_EQ(world.number("select count(*) from people where role = 'instructor'", demo->school), 6);
  EXPECT_EQ(world.number("select count(*) from people where role = 'learner'", demo->school), 30);
  EXPECT_EQ(world.number("select count(*) from vehicles", demo->school), 7);
  EXPECT_EQ(world.number("select count(*) from lesson_types", demo->school), 4);
  EXPECT_EQ(world.number("select count(*) from events where quiet = 0 and stream like 'booking/%'", demo->school), 0);
  for (const auto account : actions::demo_accounts)
    EXPECT_TRUE(
        actions::sign_in(world.identity(), {std::string(account), std::string(actions::demo_password)}, "x", world.now))
        << account;
  EXPECT_EQ(store::verify(world.path).faults, std::vector<std::string>{});
}

TEST(Demo, IsExtendedAtEachStart) {
  Empty world;
  const auto first = actions::make_demo(world.identity(), world.now);
  ASSERT_TRUE(first);
  const auto again = actions::make_demo(world.identity(), world.now);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->fresh);
  EXPECT_EQ(again->booked, 0);
  EXPECT_EQ(again->settled, 0);
  const auto later = actions::make_demo(world.identity(), world.now + base::days{7});
  ASSERT_TRUE(later);
  EXPECT_GT(later->booked, 20);
  EXPECT_GT(later->settled, 20);
  EXPECT_EQ(store::verify(world.path).faults, std::vector<std::string>{});
}

TEST(Demo, ItsPasswordIsRefusedToEverybodyElse) {
  EXPECT_FALSE(auth::check_password(actions::demo_password, "ada@example.com"));
}

}  // namespace setup_test
