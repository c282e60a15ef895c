#include "store/people.h"

#include <gtest/gtest.h>

#include <fstream>

#include "store/places.h"
#include "store/temporary.h"

namespace people_test {

using base::PersonId;
using base::SchoolId;
using store::Details;
using store::Role;
using store::Transaction;

const base::Instant noon = base::from_seconds(1'774'774'800);
constexpr SchoolId school{1};

struct World {
  testing_support::TemporaryFolder folder;
  std::string path = testing_support::migrated(folder);
  store::Database database{{.path = path}};
  store::KeyStore keys{folder.file("roadbook.keys"), {{"m1", base::Secret(std::string(32, 'a'))}}};
  store::People people{keys};
  store::Author author{.school = school, .person = {}, .correlation_id = "test", .now = noon};

  World() {
    for (const SchoolId id : {school, SchoolId{2}})
      write(id, [&](Transaction& tx) {
        tx.run(
            "insert into schools (school_id, slug, name, zone, currency, version, created_at)"
            " values ($1, $2, 'S', 'Europe/London', 'GBP', 1, 0)",
            id, std::to_string(id.value));
        return base::done();
      }).value();
  }
  base::Done write(SchoolId id, const std::function<base::Done(Transaction&)>& body) {
    return database.transact<std::monostate>(id, body);
  }
  base::Done write(const std::function<base::Done(Transaction&)>& body) { return write(author.school, body); }
  base::Done add(PersonId id, const Details& details, Role role = Role::learner) {
    keys.make_keys(author.school, std::vector{id}, noon);
    const auto sealed = people.seal(author.school, id, details);
    return write([&](Transaction& tx) { return store::add_person(tx, author, sealed, role, true); });
  }
  std::optional<store::Person> find(PersonId id) {
    return database.read({1}, [&](Transaction& tx) { return people.find(tx, school, id); });
  }
};

std::string all_files(const testing_support::TemporaryFolder& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(folder.file(""))) {
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

TEST(People, AreReadAsTheyWereWrittenAlsoByAFreshProcess) {
  World world;
  const Details ada{"Ada Lovelace", "Ada@example.com", "+44 20 7946 0000"};
  ASSERT_TRUE(world.add({10}, ada, Role::instructor));
  store::People fresh(world.keys);
  for (auto* people : {&world.people, &fresh}) {
    const auto person = world.database.read({1}, [&](Transaction& tx) { return people->find(tx, school, {10}); });
    ASSERT_TRUE(person);
    EXPECT_EQ(person->details, ada);
    EXPECT_EQ(person->role, Role::instructor);
    EXPECT_EQ(person->version, 1);
  }
  EXPECT_FALSE(world.find({11}));
}

TEST(People, HaveAnAddressOfTheirOwnWithinTheirSchool) {
  World world;
  ASSERT_TRUE(world.add({10}, {"Ada", "ada@example.com", ""}));
  const auto refused = world.add({11}, {"Adam", "ADA@Example.com", ""});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::invalid_input);
  EXPECT_EQ(refused.error().fields.at(0).pointer, "/email");
  world.author.school = {2};
  EXPECT_TRUE(world.add({12}, {"Ada", "ada@example.com", ""}));
}

TEST(People, AreListedByNameAndFoundByAddress) {
  World world;
  ASSERT_TRUE(world.add({10}, {"bob", "bob@example.com", ""}));
  ASSERT_TRUE(world.add({11}, {"Ada", "ada@example.com", ""}));
  ASSERT_TRUE(world.add({12}, {"Cyd", "cyd@example.com", ""}));
  ASSERT_TRUE(world.add({13}, {"Aaron", "aaron@example.com", ""}, Role::instructor));
  world.database.read({1}, [&](Transaction& tx) {
    std::string names;
    for (const auto& person : world.people.list(tx, school, std::vector{Role::learner})) names += person.details.name;
    EXPECT_EQ(names, "AdabobCyd");
    EXPECT_EQ(store::person_with_email(tx, school, world.people.email_hash(school, "BOB@example.com")), PersonId{10});
    EXPECT_EQ(store::person_with_email(tx, school, world.people.email_hash({2}, "bob@example.com")), std::nullopt);
  });
}

TEST(People, ChangesAreSeenAtOnceAndEventsNameFieldsOnly) {
  World world;
  ASSERT_TRUE(world.add({10}, {"Ada", "ada@example.com", ""}));
  ASSERT_EQ(world.find({10})->details.name, "Ada");
  const auto sealed = world.people.seal(school, {10}, {"Ada King", "ada@example.com", "1"});
  ASSERT_TRUE(world.write([&](Transaction& tx) {
    return store::change_person(tx, world.author, {sealed, Role::learner, false, 2, {"name", "phone", "active"}});
  }));
  EXPECT_EQ(world.find({10})->details.name, "Ada King");
  EXPECT_FALSE(world.find({10})->active);
  const auto events = world.database.read(
      {1}, [&](Transaction& tx) { return store::events_of(tx, school, "person/" + base::to_text(10)); });
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(
      boost::json::serialize(events[1].data),
      R"({"id":")" + base::to_text(10) + R"(","role":"learner","active":false,"fields":["name","phone","active"]})");
}

TEST(People, ErasedByTheirKeyAreNamelessWhereverTheyAreRead) {
  World world;
  ASSERT_TRUE(world.add({10}, {"Ada", "ada@example.com", ""}));
  const store::Place home{{5}, {10}, "12 Planted Street", "N1"};
  const auto sealed = store::seal_place(world.keys, school, home);
  ASSERT_TRUE(world.write([&](Transaction& tx) {
    store::add_place(tx, school, home, sealed, noon);
    return base::done();
  }));
  world.keys.destroy({school, {10}});
  world.people.forget(school, {10});
  EXPECT_EQ(world.find({10})->details, Details{});
  world.database.read({1}, [&](Transaction& tx) {
    EXPECT_FALSE(store::find_place(tx, world.keys, school, {5}));
    EXPECT_TRUE(store::places_of(tx, world.keys, school, {10}).empty());
  });
}

TEST(People, LeaveNoValueInAnyFile) {
  World world;
  ASSERT_TRUE(world.add({10}, {"Plantedname Smith", "planted@example.com", "+44 7700 900123"}));
  const store::Place home{{5}, {10}, "12 Plantedstreet", "PL4 1ED"};
  const auto sealed = store::seal_place(world.keys, school, home);
  ASSERT_TRUE(world.write([&](Transaction& tx) {
    store::add_place(tx, school, home, sealed, noon);
    return base::done();
  }));
  world.database.read({1}, [&](Transaction& tx) {
    EXPECT_EQ(store::find_place(tx, world.keys, school, {5})->text, "12 Plantedstreet");
    EXPECT_EQ(store::places_of(tx, world.keys, school, {10}).at(0).postcode, "PL4 1ED");
  });
  const auto all = all_files(world.folder);
  ASSERT_NE(all.find("person_added"), std::string::npos);  // We did read the files.
  for (const auto* planted : {"Plantedname", "planted@example", "900123", "Plantedstreet", "PL4 1ED"})
    EXPECT_EQ(all.find(planted), std::string::npos) << planted;
}

TEST(People, RemovedOnesAreGone) {
  World world;
  ASSERT_TRUE(world.add({10}, {"Ada", "ada@example.com", ""}));
  ASSERT_TRUE(world.write([&](Transaction& tx) {
    store::remove_person(tx, world.author, {10});
    return base::done();
  }));
  EXPECT_FALSE(world.find({10}));
}

}  // namespace people_test
