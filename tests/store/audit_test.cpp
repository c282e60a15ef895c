// Who saw what: rows that are only added, each a link of a chain, until they are old enough to be forgotten.
#include "store/audit.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "actions/audit.h"
#include "actions/housekeeping.h"
#include "actions/school.h"
#include "actions/trail.h"
#include "store/people_of_school.h"
#include "store/verify.h"

namespace audit_test {

using store::Deed;
using Statements = std::vector<std::string>;

struct World : testing_support::StaffedSchool {
  void add(const std::vector<Deed>& deeds) {
    const auto done = database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      store::record(tx, {1}, deeds);
      return 0;
    });
    CHECK(done.has_value());
  }
  static Deed seen(std::int64_t whose, base::Instant at, std::int64_t who = 4001) {
    return {.at = at, .action = "seen", .actor = {who}, .whose = {{whose}}, .what = "GET /api/v1/learners/x"};
  }
  void add_some(int count, base::Instant at) {
    std::vector<Deed> deeds;
    deeds.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) deeds.push_back(seen(2001 + i % 3, at));
    add(deeds);
  }
  std::int64_t rows() { return number("select count(*) from audit"); }
  std::int64_t id_of_row(int place) {
    return number(fmt::format("select id from audit order by id limit 1 offset {}", place));
  }
  std::string faults() {
    std::string all;
    for (const auto& fault : store::verify(database_at).faults) all += fault + "\n";
    return all;
  }
  /// As somebody would who owns the tables and has nothing to lose.
  void meddle(const Statements& statements) {
    const bool file = database.engine() == store::Engine::sqlite;
    for (const auto* trigger : {"audit_is_final_update", "audit_is_final_delete", "audit_forgets"})
      if (file) execute(std::string("drop trigger ") + trigger);
    if (!file) execute_as_owner("alter table audit disable trigger all; alter table audit_chain disable trigger all");
    for (const auto& sql : statements) execute_as_owner(sql);
  }
  store::Found<store::DeedRow> find(const store::AuditFilter& filter) {
    return database.read({1}, [&](store::Transaction& tx) { return store::find_deeds(tx, {1}, filter); });
  }
  actions::Caller admin() const { return caller(4002, auth::Role::admin); }
};

TEST(Audit, IsOnlyEverAddedTo) {
  World school;
  school.add_some(3, school.now);
  EXPECT_EQ(school.faults(), "");
  EXPECT_THROW(school.execute_as_owner("update audit set whose = ''"), store::ConstraintError);
  EXPECT_THROW(school.execute_as_owner("delete from audit"), store::ConstraintError);
  EXPECT_THROW(school.execute_as_owner("delete from audit_chain"), store::ConstraintError);
  EXPECT_THROW(school.execute("delete from audit"), store::SqlError) << "who serves may not even try";
  EXPECT_EQ(school.rows(), 3);
}

TEST(Audit, AChangedByteARemovedRowAndSwappedRowsAreFound) {
  const auto cases = [](const std::string& first, const std::string& second, const std::string& last) {
    const std::string move = "update audit set id = ", remove = "delete from audit where id = ";
    return std::vector<Statements>{
        {"update audit set whose = replace(whose, '1', '2') where id = " + first},
        {"update audit set at = at + 1 where id = " + last},
        {"update audit set actor = 4002 where id = " + second},
        {"update audit set whose = 'no id of any' where id = " + second},
        {"update audit set network = ' ' where id = " + second},
        {remove + first},
        {remove + second},
        {remove + last},
        {move + "7 where id = " + second, move + second + " where id = " + first, move + first + " where id = 7"},
        {"update audit_chain set id = 0"},
        {"update audit_chain set kept_after = " + first}};
  };
  for (std::size_t i = 0; i < cases("", "", "").size(); ++i) {
    World school;
    school.add_some(4, school.now);
    const auto id = [&](int place) { return std::to_string(school.id_of_row(place)); };
    const auto statements = cases(id(0), id(1), id(3)).at(i);
    ASSERT_EQ(school.faults(), "");
    school.meddle(statements);
    EXPECT_NE(school.faults().find("the audit"), std::string::npos) << statements.front();
  }
}

TEST(Audit, WhatIsOldIsForgottenAndTheRestStillIsAChain) {
  World school;
  const auto months = [](int count) { return std::chrono::days{31} * count; };
  school.now = base::now();
  school.add_some(1'200, school.now - months(25));
  school.add_some(5, school.now - months(23));
  school.add_some(2, school.now - months(30));  // Late, and behind the younger ones: nothing is taken from the middle.
  EXPECT_EQ(actions::clear_out(school.context(), school.now).deeds, 1'200);
  EXPECT_EQ(school.rows(), 7);
  EXPECT_EQ(school.faults(), "");
  school.add_some(3, school.now);
  ASSERT_TRUE(actions::update_school(school.context(), school.admin(), 1, {.audit_months = 1}));
  EXPECT_EQ(actions::clear_out(school.context(), school.now).deeds, 7);
  EXPECT_EQ(actions::clear_out(school.context(), school.now).deeds, 0);
  EXPECT_EQ(school.rows(), 3);
  EXPECT_EQ(school.faults(), "");
  EXPECT_THROW((void)actions::clear_out(school.context(), school.now + months(2)), store::SqlError)
      << "whatever the clock of a program says, nothing goes that is not four weeks old for the database";
  EXPECT_EQ(school.rows(), 3);
}

TEST(Audit, ASearchForWhatIsRareIsGoneOnWithPageByPage) {
  World school;
  school.add({World::seen(2009, school.now, 4002)});
  for (int i = 0; i < 22; ++i) school.add_some(1'000, school.now);
  EXPECT_EQ(school.find({.who = {4002}}).items.size(), 1u) << "by an index";
  auto page = school.find({.whose = {2009}});
  EXPECT_TRUE(page.items.empty());
  ASSERT_NE(page.reached, 0) << "twenty thousand rows at once are enough";
  page = school.find({.whose = {2009}, .before = page.reached});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items.front().deed.whose, std::vector<base::PersonId>{{2009}});
  EXPECT_EQ(page.reached, 0);
}

TEST(Audit, SaysWhoseDataSomebodySawSince) {
  World school;
  const auto hour = std::chrono::hours{1};
  auto list = World::seen(2001, school.now);
  list.whose = {{2001}, {2003}};
  auto refused = World::seen(2002, school.now);
  refused.action = "refused";
  school.add({World::seen(2002, school.now - hour), World::seen(2003, school.now - hour * 30), list, refused,
              World::seen(2001, school.now + hour), World::seen(2002, school.now, 4002)});
  const auto people =
      actions::people_seen(school.identity(), school.admin(), {4001}, school.now - hour * 2, school.now + hour * 2)
          .value();
  std::string told;
  for (const auto& [person, seen] : people)
    told += fmt::format("{} {} {}; ", person.id.value, seen.times, (seen.last - seen.first).count());
  EXPECT_EQ(told, "2002 1 0; 2001 2 3600; 2003 1 0; ");
  EXPECT_FALSE(actions::people_seen(school.identity(), school.office(), {4001}, {}, school.now)) << "for admins only";
}

TEST(Trail, WritesTogetherTellsTheSameFromTheNextAndLeavesNothingBehind) {
  World school;
  {
    actions::Trail trail(school.context(), [](const std::string& failure) { ADD_FAILURE() << failure; });
    const auto note = [&](const Deed& deed, const std::string& address) {
      ASSERT_TRUE(trail.note({1}, deed, address));
    };
    auto elsewhere = World::seen(2001, school.now);
    elsewhere.what = "GET /api/v1/places";
    note(elsewhere, "203.0.113.7");
    note(World::seen(2001, school.now), "203.0.113.7");
    note(World::seen(2001, school.now + std::chrono::minutes{14}), "203.0.113.7");
    note(World::seen(2001, school.now + std::chrono::minutes{16}), "203.0.113.7");
    note(World::seen(2001, school.now), "203.0.113.8");
    note(World::seen(2002, school.now), "2001:db8:1:2::3");
    ASSERT_TRUE(trail.keep({1}, World::seen(2003, school.now), "nowhere"));
    EXPECT_GE(school.rows(), 1) << "what is kept is there at once";
  }
  const auto found = school.find({.limit = 10}).items;
  ASSERT_EQ(found.size(), 6u);
  std::map<std::string, std::set<std::string>> networks;
  for (const auto& row : found) networks[row.deed.network].insert(row.deed.address_hash);
  EXPECT_EQ(networks["203.0.113.0/24"].size(), 2u);
  EXPECT_EQ(networks["2001:db8:1::/48"].size(), 1u);
  EXPECT_EQ(networks[""].size(), 1u);
  EXPECT_EQ(school.faults(), "");
}

TEST(Trail, WhereNothingCanBeWrittenNothingMoreIsShownAndWhatWaitsIsNotLost) {
  World school;
  std::promise<void> stands, goes_on;
  std::thread holding([&] {
    const auto done = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      const auto deed = World::seen(2001, school.now);
      store::record(tx, {1}, std::span(&deed, 1));
      stands.set_value();
      goes_on.get_future().wait();
      return 0;
    });
    EXPECT_TRUE(done);
  });
  stands.get_future().wait();
  std::int64_t accepted = 0;
  {
    actions::Trail trail(school.context(), [](const std::string&) {});  // On PostgreSQL waiting has an end.
    while (accepted < 30'000 && trail.note({1}, World::seen(10'000 + accepted, school.now), "203.0.113.7")) ++accepted;
    goes_on.set_value();
  }
  holding.join();
  EXPECT_GE(accepted, 10'000);
  EXPECT_LE(accepted, 20'000);
  EXPECT_EQ(school.rows(), accepted + 1);
  EXPECT_EQ(school.faults(), "");
}

}  // namespace audit_test
