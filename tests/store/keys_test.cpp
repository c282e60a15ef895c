#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "store/keys.h"
#include "store/temporary.h"

namespace {

using base::PersonId;
using base::SchoolId;
using testing_support::TemporaryFolder;

const base::Instant noon = base::from_seconds(1'774'774'800);
const std::vector<base::NamedKey> masters{{"m1", base::Secret(std::string(32, 'a'))}};
constexpr SchoolId school{1};
constexpr store::KeyOwner ada{{1}, {10}}, bob{{1}, {11}};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A key store with keys for Ada and Bob.
struct World {
  TemporaryFolder folder;
  std::string path = folder.file("roadbook.db.keys");
  std::optional<store::KeyStore> keys;
  World() {
    open(masters);
    keys->make_keys(school, std::vector{ada.person, bob.person}, noon);
  }
  void open(const std::vector<base::NamedKey>& with, std::size_t cache = 100) {
    keys.reset();
    keys.emplace(path, with, cache);
  }
};

TEST(KeyStore, OpensWhatItSealedAlsoAfterARestart) {
  World world;
  const auto sealed = world.keys->seal(ada, "person", "Ada Lovelace");
  EXPECT_EQ(world.keys->open(ada, "person", sealed), "Ada Lovelace");
  world.open(masters);
  EXPECT_EQ(world.keys->open(ada, "person", sealed), "Ada Lovelace");
}

TEST(KeyStore, OpensForNoOtherPersonSchoolOrPurpose) {
  World world;
  const auto sealed = world.keys->seal(ada, "person", "Ada Lovelace");
  EXPECT_THROW(world.keys->open(bob, "person", sealed), store::SealError);
  EXPECT_THROW(world.keys->open(ada, "place", sealed), store::SealError);
  world.keys->make_keys({2}, std::vector{ada.person}, noon);
  EXPECT_THROW(world.keys->open({{2}, ada.person}, "person", sealed), store::SealError);
}

TEST(KeyStore, GivesAPersonOneKeyForLife) {
  World world;
  EXPECT_THROW(world.keys->make_keys(school, std::vector{ada.person}, noon), store::ConstraintError);
  EXPECT_THROW(world.keys->seal({school, {99}}, "person", "x"), store::SealError);
}

TEST(KeyStore, ADestroyedKeyIsInNoFileAndOpensNothing) {
  World world;
  const auto sealed = world.keys->seal(ada, "person", "Ada Lovelace");
  store::Bytes wrapped;
  {
    store::Connection connection(world.path, store::Connection::Mode::read_only);
    store::Transaction tx(connection);
    for (const store::Row row : tx.query("select wrapped from person_keys where id = $1", ada.person))
      wrapped = row.bytes(0);
  }
  const std::string planted(base::text_of(wrapped));
  ASSERT_NE(contents(world.path).find(planted), std::string::npos);
  world.keys->destroy(ada);
  EXPECT_EQ(world.keys->open(ada, "person", sealed), std::nullopt);
  world.open(masters);
  EXPECT_EQ(world.keys->open(ada, "person", sealed), std::nullopt);
  EXPECT_FALSE(world.keys->has_key(ada));
  EXPECT_TRUE(world.keys->has_key(bob));
  for (const auto* suffix : {"", "-wal", "-journal"})
    EXPECT_EQ(contents(world.path + suffix).find(planted), std::string::npos) << suffix;
}

TEST(KeyStore, IsReadableByItsOwnerOnly) {
  World world;
  struct stat status {};
  ASSERT_EQ(::stat(world.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(KeyStore, RotatesTheMasterKey) {
  World world;
  const auto sealed = world.keys->seal(ada, "person", "Ada Lovelace");
  const auto hash = world.keys->keyed_hash(school, "email", "ada@example.com");
  const base::NamedKey next{"m2", base::Secret(std::string(32, 'b'))};
  world.open({next, masters[0]});
  EXPECT_EQ(world.keys->open(ada, "person", sealed), "Ada Lovelace");
  EXPECT_EQ(world.keys->rewrap(), 3);
  EXPECT_EQ(world.keys->rewrap(), 0);
  world.open({next});
  EXPECT_EQ(world.keys->open(ada, "person", sealed), "Ada Lovelace");
  EXPECT_EQ(world.keys->keyed_hash(school, "email", "ada@example.com"), hash);
  world.open(masters);
  EXPECT_THROW(world.keys->open(ada, "person", sealed), store::SealError);
}

TEST(KeyStore, HashesDifferBySchoolPurposeAndText) {
  World world;
  const auto hash = world.keys->keyed_hash(school, "email", "ada@example.com");
  EXPECT_EQ(world.keys->keyed_hash(school, "email", "ada@example.com"), hash);
  EXPECT_NE(world.keys->keyed_hash({2}, "email", "ada@example.com"), hash);
  EXPECT_NE(world.keys->keyed_hash(school, "phone", "ada@example.com"), hash);
  EXPECT_NE(world.keys->keyed_hash(school, "email", "bob@example.com"), hash);
}

TEST(KeyStore, WorksWithACacheOfOne) {
  World world;
  world.open(masters, 1);
  const auto one = world.keys->seal(ada, "person", "Ada"), two = world.keys->seal(bob, "person", "Bob");
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(world.keys->open(ada, "person", one), "Ada");
    EXPECT_EQ(world.keys->open(bob, "person", two), "Bob");
  }
}

struct SweepWorld : World {
  store::Database database{{.path = testing_support::migrated(folder)}};
  void add(PersonId person) {
    ASSERT_TRUE(database.transact<int>([&](store::Transaction& tx) -> base::Result<int> {
      tx.run(
          "insert into schools (school_id, slug, name, zone, currency, version, created_at) "
          "values ($1, 's', 'S', 'Europe/London', 'GBP', 1, 0) on conflict do nothing",
          school);
      tx.run("insert into people (school_id, id, role, version, created_at) values ($1, $2, 'learner', 1, 0)", school,
             person);
      return 1;
    }));
  }
};

TEST(OrphanKeys, AreSweptAfterADay) {
  SweepWorld world;
  world.add(ada.person);
  EXPECT_EQ(store::sweep_orphan_keys(world.database, *world.keys, noon + base::hours{24}), 0);
  EXPECT_EQ(store::sweep_orphan_keys(world.database, *world.keys, noon + base::hours{25}), 1);
  EXPECT_TRUE(world.keys->has_key(ada));
  EXPECT_FALSE(world.keys->has_key(bob));
}

TEST(OrphanKeys, AreNotSweptWhereTheFilesDoNotBelongTogether) {
  SweepWorld world;
  world.add(ada.person);
  std::vector<PersonId> many;
  for (std::int64_t id = 100; id < 130; ++id) many.push_back({id});
  world.keys->make_keys(school, many, noon);
  EXPECT_THROW(store::sweep_orphan_keys(world.database, *world.keys, noon + base::days{2}), std::runtime_error);
  EXPECT_TRUE(world.keys->has_key({school, {100}}));
}

}  // namespace
