#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "store/keys.h"
#include "store/temporary.h"

namespace keys_test {

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
  std::string path = testing_support::fresh_keys(folder);
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

/// What the store keeps of this person's key, read past it.
store::Bytes wrapped_key(const std::string& address, store::KeyOwner owner) {
  std::unique_ptr<store::Connection> connection;
  if (store::is_postgres(address))
    connection = std::make_unique<store::PostgresConnection>(
        address, std::chrono::steady_clock::now() + std::chrono::seconds{9});
  else
    connection = std::make_unique<store::SqliteConnection>(address, store::SqliteConnection::Mode::read_only);
  store::Transaction tx(*connection);
  store::Bytes wrapped;
  for (const store::Row row : tx.query("select wrapped from person_keys where id = $1", owner.person))
    wrapped = row.bytes(0);
  return wrapped;
}

TEST(KeyStore, ADestroyedKeyIsInNoFileAndOpensNothing) {
  World world;
  const auto sealed = world.keys->seal(ada, "person", "Ada Lovelace");
  const auto wrapped = wrapped_key(world.path, ada);
  const std::string planted(base::text_of(wrapped));
  ASSERT_NE(planted, "");
  const bool file = testing_support::postgres_url().empty();
  ASSERT_EQ(contents(world.path).find(planted) != std::string::npos, file);
  world.keys->destroy(ada);
  EXPECT_EQ(world.keys->open(ada, "person", sealed), std::nullopt);
  world.open(masters);
  EXPECT_EQ(world.keys->open(ada, "person", sealed), std::nullopt);
  EXPECT_FALSE(world.keys->has_key(ada));
  EXPECT_TRUE(world.keys->has_key(bob));
  EXPECT_EQ(wrapped_key(world.path, ada), store::Bytes());
  for (const auto* suffix : {"", "-wal", "-journal"})
    EXPECT_EQ(contents(world.path + suffix).find(planted), std::string::npos) << suffix;
}

TEST(KeyStore, IsReadableByItsOwnerOnly) {
  if (!testing_support::postgres_url().empty()) GTEST_SKIP() << "a file's business";
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

TEST(KeyStore, MakesManyKeysAheadAndSettlesThem) {
  World world;
  std::vector<PersonId> many;
  for (std::int64_t id = 1'000; id < 3'000; ++id) many.push_back({id});
  world.keys->make_keys_ahead(school, many, noon);
  const auto ahead = [&] { return std::ranges::count(world.keys->entries(), true, &store::KeyStore::Entry::ahead); };
  EXPECT_EQ(ahead(), 2'000);
  world.keys->settle_keys(school, std::span(many).first(1'999));
  EXPECT_EQ(ahead(), 1);
  EXPECT_EQ(world.keys->open({school, {2'500}}, "person", world.keys->seal({school, {2'500}}, "person", "x")), "x");
  const base::NamedKey next{"m2", base::Secret(std::string(32, 'b'))};
  world.open({next, masters[0]});
  EXPECT_EQ(world.keys->rewrap(), 2'002);
  world.keys->destroy(school, many);
  EXPECT_EQ(world.keys->entries().size(), 2u);
}

TEST(KeyStore, TwoNodesOnOneServerAgree) {
  if (testing_support::postgres_url().empty()) GTEST_SKIP() << "one process has the file";
  World world;
  store::KeyStore other(world.path, masters);
  EXPECT_FALSE(other.has_key({school, {50}}));
  world.keys->make_keys(school, std::vector<PersonId>{{50}}, noon);
  EXPECT_TRUE(other.has_key({school, {50}})) << "a miss is not remembered";
  EXPECT_EQ(other.open(ada, "person", world.keys->seal(ada, "person", "Ada")), "Ada");
  for (std::int64_t id = 1; id <= 20; ++id) {
    base::Digest here, there;
    {
      std::jthread one([&] { here = world.keys->keyed_hash({id}, "email", "ada@example.com"); });
      std::jthread two([&] { there = other.keyed_hash({id}, "email", "ada@example.com"); });
    }
    EXPECT_EQ(here, there) << id;
  }
}

TEST(KeyStoreConcurrency, WhatIsDestroyedWhileItIsReadIsNotRemembered) {
  World world;
  for (std::int64_t id = 1'000; id < 1'100; ++id) {
    const store::KeyOwner owner{school, {id}};
    world.keys->make_keys(school, std::vector{owner.person}, noon);
    {
      const std::jthread reader([&](const std::stop_token& over) {
        while (!over.stop_requested()) (void)world.keys->has_key(owner);
      });
      world.keys->destroy(owner);
    }
    ASSERT_FALSE(world.keys->has_key(owner)) << id;
  }
}

TEST(KeyStore, AServerThatIsNotThereIsUnavailableAndNeverErased) {
  store::KeyStore keys("postgresql://owner:hush@127.0.0.1:1/none", masters);
  const auto begun = std::chrono::steady_clock::now();
  const auto sealed = base::seal(base::Key::random(), "", base::bytes_of("x"), "y");
  EXPECT_THROW((void)keys.open(ada, "person", sealed), store::KeysUnavailable);
  EXPECT_THROW((void)keys.has_key(ada), store::KeysUnavailable);
  EXPECT_THROW((void)keys.keyed_hash(school, "email", "x"), store::KeysUnavailable);
  EXPECT_THROW(keys.make_keys(school, std::vector{ada.person}, noon), store::KeysUnavailable);
  EXPECT_THROW(keys.destroy(ada), store::KeysUnavailable);
  EXPECT_THROW(keys.require_tables(), store::KeysUnavailable);
  EXPECT_NE(keys.trouble(), "");
  EXPECT_EQ(keys.trouble().find("hush"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{12});
}

TEST(KeyStore, HealsWhenTheServerIsBack) {
  if (testing_support::postgres_url().empty()) GTEST_SKIP() << "a link's business";
  World world;
  const auto sealed = world.keys->seal(ada, "person", "Ada");
  auto name = world.path.substr(world.path.rfind('/') + 1);
  name.resize(name.find('?'));
  store::PostgresConnection admin(testing_support::postgres_url(),
                                  std::chrono::steady_clock::now() + std::chrono::seconds{30});
  const auto cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '" + name + "'";
  admin.execute(cut);
  EXPECT_TRUE(world.keys->has_key(bob)) << "a link that was cut is replaced";
  world.open(masters);
  EXPECT_EQ(world.keys->open(ada, "person", sealed), "Ada");
  admin.execute("alter database " + name + " allow_connections false; " + cut);
  EXPECT_EQ(world.keys->open(ada, "person", sealed), "Ada") << "it is in memory";
  EXPECT_THROW((void)world.keys->has_key(bob), store::KeysUnavailable);
  EXPECT_NE(world.keys->trouble(), "");
  admin.execute("alter database " + name + " allow_connections true");
  EXPECT_TRUE(world.keys->has_key(bob));
  EXPECT_EQ(world.keys->trouble(), "");
}

TEST(KeyStore, SaysWhereItsTablesAreMissing) {
  TemporaryFolder folder;
  const auto address = testing_support::fresh_keys(folder);
  store::KeyStore keys(address, masters);
  EXPECT_NO_THROW(keys.require_tables());
  if (testing_support::postgres_url().empty()) return;
  store::migrate_keys(address);
  store::PostgresConnection(address, std::chrono::steady_clock::now() + std::chrono::seconds{9})
      .execute("drop table keys_ahead");
  EXPECT_THROW(keys.require_tables(), std::runtime_error);
}

struct SweepWorld : World {
  store::Database database{{.path = testing_support::migrated(folder)}};
  void add(PersonId person) {
    ASSERT_TRUE(database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
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

}  // namespace keys_test
