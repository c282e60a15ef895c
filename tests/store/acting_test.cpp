// What guardians and impersonations leave in the database, and the migration that made room for them.
#include <gtest/gtest.h>

#include "actions/acting.h"
#include "actions/erasure.h"
#include "actions/housekeeping.h"
#include "store/people_of_school.h"

namespace embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> sqlite_migrations;
}

namespace acting_test {

using store::Role;

class World : public testing_support::StaffedSchool {
 public:
  World() {
    mary = add({"Mary", "mary@example.com", ""}, Role::guardian);
    admin = add({"Joan", "joan@example.com", ""}, Role::admin);
    const auto done = database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      const store::Author author{.school = school, .person = admin, .now = now};
      store::add_guardianship(tx, author, {7, mary, ada, now});
      store::give_consent(tx, author, {8, ada, mary, 1, now});
      return 0;
    });
    EXPECT_TRUE(done);
  }
  base::PersonId mary, admin;
};

/// SQLite makes a table with another check anew, while others refer to its rows.
TEST(ActingMigration, KeepsPeopleAndWhatRefersToThem) {
  World world;
  if (world.database.engine() != store::Engine::sqlite) GTEST_SKIP() << "a constraint is replaced there";
  const auto found = std::ranges::find_if(embedded::sqlite_migrations, [](const auto& migration) {
    return migration.first.find("guardians") != std::string_view::npos;
  });
  ASSERT_NE(found, embedded::sqlite_migrations.end());
  const auto& script = found->second;
  const auto people = script.substr(0, script.find("alter table schools"));
  ASSERT_NE(people.find("drop table people"), std::string::npos);
  const auto before = world.number("select count(*) from people");
  store::SqliteConnection connection(world.database_at, store::SqliteConnection::Mode::read_write);
  connection.execute("begin immediate;" + std::string(people) + "commit;");
  store::Transaction tx(connection);
  EXPECT_EQ(tx.number("select count(*) from people"), before);
  EXPECT_EQ(tx.number("select count(*) from pragma_foreign_key_check"), 0);
  EXPECT_EQ(tx.number("select count(*) from guardianships"), 1);
}

TEST(Acting, ErasureOfALearnerTakesLinksAndConsents) {
  World world;
  const auto admin = world.caller(world.admin.value, auth::Role::admin);
  ASSERT_TRUE(actions::impersonate(world.identity(), admin, world.ada, "To help"));
  ASSERT_TRUE(actions::erase_person(world.identity(), world.office(), world.ada, true));
  EXPECT_EQ(world.number("select count(*) from guardianships"), 0);
  EXPECT_EQ(world.number("select count(*) from guardian_consents"), 0);
  EXPECT_EQ(world.number("select count(*) from impersonations"), 1) << "ids only, as the audit";
  EXPECT_FALSE(actions::in_name_of(world.identity(), admin, world.ada));
}

TEST(Acting, ErasureOfAGuardianKeepsWhatTheyAgreedTo) {
  World world;
  ASSERT_TRUE(actions::erase_person(world.identity(), world.office(), world.mary, false));
  EXPECT_EQ(world.number("select count(*) from guardianships"), 0);
  EXPECT_EQ(world.number("select count(*) from guardian_consents"), 1);
}

TEST(Acting, ImpersonationsAreForgottenWithTheAudit) {
  World world;
  const auto admin = world.caller(world.admin.value, auth::Role::admin);
  ASSERT_TRUE(actions::impersonate(world.identity(), admin, world.ada, "To help"));
  EXPECT_EQ(actions::clear_out(world.context(), world.now + std::chrono::days{30}).impersonations, 0);
  EXPECT_EQ(actions::clear_out(world.context(), world.now + std::chrono::days{800}).impersonations, 1);
}

TEST(Acting, ForWhoIsSwitchedOffIsNoActing) {
  World world;
  const auto mary = world.caller(world.mary.value, auth::Role::guardian);
  const auto acting = actions::in_name_of(world.identity(), mary, world.ada);
  ASSERT_TRUE(acting);
  EXPECT_EQ(acting->principal.person, world.ada);
  EXPECT_EQ(acting->principal.role, Role::learner);
  EXPECT_EQ(acting->actor(), world.mary);
  world.execute("update people set active = 0 where id = " + std::to_string(world.ada.value));
  EXPECT_FALSE(actions::in_name_of(world.identity(), mary, world.ada));
}

}  // namespace acting_test
