// The server under a role that owns nothing: what `roadbook migrate` gave it is enough to serve, and no more. Skipped
// where there is no PostgreSQL (tools/with-postgres).
#include <gtest/gtest.h>

#include "api/school_server.h"
#include "store/verify.h"

namespace roles_of_postgres_test {

using testing_support::pooled;
using testing_support::postgres_url;

constexpr auto role = "roadbook_app";

std::string as(const std::string& user, std::string address) {
  const auto at = address.find("owner@");
  return address.replace(at, 6, user + "@");
}

store::PostgresConnection connected(const std::string& address) {
  return {address, std::chrono::steady_clock::now() + std::chrono::seconds{30}};
}

/// A migrated database and a key store, both the owner's.
class Roles : public testing::Test {
 protected:
  void SetUp() override {
    if (postgres_url().empty()) GTEST_SKIP() << "only PostgreSQL has roles";
    auto admin = connected(postgres_url());
    if (admin.execute(std::string("select 1 from pg_roles where rolname = '") + role + "'").empty())
      admin.execute(std::string("create role ") + role + " login");
    admin.execute("create database " + name_);
    database_ = postgres_url().substr(0, postgres_url().rfind('/') + 1) + name_;
    store::migrate(database_, role);
    keys_ = testing_support::fresh_keys(folder_);
    store::migrate_keys(keys_, role);
  }
  /// "" where the role may, else what the server says.
  std::string refusal(const std::string& sql, const std::string& address) {
    try {
      connected(as(role, address)).execute(sql);
      return "";
    } catch (const store::SqlError& error) {
      return error.what();
    }
  }

  testing_support::TemporaryFolder folder_;
  const std::string name_ = fmt::format("roles_{}_{}", ::getpid(), ++made_);
  std::string database_, keys_;

 private:
  static inline int made_ = 0;
};

TEST_F(Roles, MayReadAndWriteRowsAndNothingElse) {
  connected(database_).execute("create schema private; create table private.notes (id bigint)");
  for (int again = 0; again < 2; ++again) {
    for (const auto* sql : {"create table mine (id bigint)",
                            "create schema mine",
                            "delete from events",
                            "update events set stream = ''",
                            "truncate events",
                            "truncate bookings",
                            "delete from event_order",
                            "update event_order set position = 1",
                            "delete from audit",
                            "update audit set whose = ''",
                            "truncate audit",
                            "truncate audit_chain",
                            "delete from migrations",
                            "insert into migrations values (99)",
                            "drop table bookings",
                            "alter table bookings add column x bigint",
                            "create trigger t before insert on events execute function f()",
                            "select * from private.notes",
                            "select * from pg_authid",
                            "set role owner"})
      EXPECT_NE(refusal(sql, database_), "") << sql;
    for (const auto* sql :
         {"select * from migrations", "select * from events", "select * from audit", "delete from bookings",
          "insert into event_inbox (school_id, event_id) values (1, 1)", "delete from event_inbox"})
      EXPECT_EQ(refusal(sql, database_), "") << sql;
    for (const auto* sql : {"create table mine (id bigint)", "truncate person_keys", "drop table person_keys"})
      EXPECT_NE(refusal(sql, keys_), "") << sql;
    EXPECT_EQ(refusal("delete from person_keys", keys_), "");
    connected(database_).execute(std::string("grant all on all tables in schema public to ") + role +
                                 "; grant create on schema public to " + role);
    EXPECT_EQ(store::migrate(database_, role), 0) << "and takes back what somebody gave";
    store::migrate_keys(keys_, role);
  }
}

TEST_F(Roles, ServesUnderThem) {
  api::SchoolServer world({.database = pooled(as(role, database_)), .keys = as(role, keys_)});
  ASSERT_EQ(world.book("learner 1", world.lesson("2026-03-02T10:00")).status, 201);
  EXPECT_EQ(world.book("learner 2", world.lesson("2026-03-02T10:00")).status, 409);
  EXPECT_EQ(world.get("office", "/api/v1/calendar/bookings?from=2026-03-02&to=2026-03-03").status, 200);
  const auto verification = store::verify(pooled(as(role, database_)));
  EXPECT_GT(verification.events, 0);
  EXPECT_EQ(verification.faults, std::vector<std::string>());
}

TEST_F(Roles, WhileTheDatabaseIsAwayTheServerIsUnavailableAndComesBack) {
  api::SchoolServer world({.database = pooled(as(role, database_)), .keys = as(role, keys_)});
  auto admin = connected(postgres_url());
  const auto open = [&](const char* allowed) {
    // Committed first: else whoever is ended comes back before it counts.
    admin.execute("alter database " + name_ + " allow_connections " + allowed);
    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name_ + "'");
  };
  world.database_away = true;
  open("false");
  const auto refused = world.book("learner 1", world.lesson("2026-03-02T10:00"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.header("retry-after"), "");
  open("true");
  auto status = world.book("learner 1", world.lesson("2026-03-02T10:00")).status;
  for (int again = 0; again < 20 && status == 503; ++again) {  // PgBouncer tries once a second.
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    status = world.book("learner 1", world.lesson("2026-03-02T10:00")).status;
  }
  EXPECT_EQ(status, 201);
}

TEST_F(Roles, AnOddNameIsAName) {
  auto admin = connected(postgres_url());
  admin.execute("create role \"odd \"\"one; drop table events\" login");
  EXPECT_EQ(store::migrate(database_, "odd \"one; drop table events"), 0);
  EXPECT_EQ(
      connected(database_).execute("select has_table_privilege('odd \"one; drop table events', 'events', 'insert')"),
      "t");
  EXPECT_THROW(store::migrate(database_, "nobody"), store::SqlError);
  connected(database_).execute("drop owned by \"odd \"\"one; drop table events\"");
  admin.execute("drop role \"odd \"\"one; drop table events\"");
}

TEST_F(Roles, AnOwnerWhoIsNoSuperuserMigratesToo) {
  auto admin = connected(postgres_url());
  const auto plain = "plain_" + name_;
  admin.execute("create role " + plain + " login");
  std::map<std::string, std::string> addresses;
  for (const auto* kind : {"_rows", "_keys"}) {
    admin.execute("create database " + plain + kind + " owner " + plain);
    addresses[kind] = as(plain, postgres_url().substr(0, postgres_url().rfind('/') + 1) + plain + kind);
  }
  EXPECT_GT(store::migrate(addresses["_rows"], role), 0) << "its extension may be created by whoever owns the database";
  EXPECT_EQ(store::migrate(addresses["_rows"], role), 0);
  store::migrate_keys(addresses["_keys"], role);
  const auto serving = [&](const std::string& address) {
    return pooled(testing_support::past_pooler(address).replace(address.find(plain), plain.size(), role));
  };
  api::SchoolServer world({.database = serving(addresses["_rows"]), .keys = serving(addresses["_keys"])});
  EXPECT_EQ(world.book("learner 1", world.lesson("2026-03-02T10:00")).status, 201);
  EXPECT_EQ(store::verify(addresses["_rows"]).faults, std::vector<std::string>());
  EXPECT_GT(store::verify(addresses["_rows"]).events, 0) << "the owner too enters each school";
}

TEST_F(Roles, OfTwoWhoMigrateAtOnceOneDoesItAndNothingIsLeftBehind) {
  auto admin = connected(postgres_url());
  const auto fresh = name_ + "_fresh";
  admin.execute("create database " + fresh);
  const auto address = pooled(postgres_url().substr(0, postgres_url().rfind('/') + 1) + fresh);
  std::atomic<int> ran = 0;
  {
    std::vector<std::jthread> both;
    both.reserve(2);
    for (int i = 0; i < 2; ++i)
      both.emplace_back([&] {
        ran += store::migrate(address, role);
        store::migrate_keys(address, role);
      });
  }
  EXPECT_EQ(ran, store::newest_migration(store::Engine::postgresql));
  EXPECT_EQ(admin.execute("select count(*) from pg_locks where locktype = 'advisory' and database ="
                          " (select oid from pg_database where datname = '" +
                          fresh + "')"),
            "0");
}

TEST(ReplicaApi, ListsComeFromItUnlessSomebodyJustWrote) {
  if (!std::getenv("TEST_REPLICA_URL")) GTEST_SKIP() << "no replica here";
  api::SchoolServer world({.replica = true});
  const auto& answered = world.school.database.figures().replica_reads;
  const std::string list = "/api/v1/calendar/bookings?from=2026-03-02&to=2026-03-03";
  for (int i = 0; i < 200 && answered == 0; ++i) {
    EXPECT_EQ(world.get("office", list).status, 200);
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  ASSERT_GT(answered, 0);
  const auto before = answered.load();
  EXPECT_EQ(world.ask("GET", list, api::SchoolServer::as("office", {{"Cache-Control", "no-cache"}})).status, 200);
  EXPECT_EQ(answered, before);
  ASSERT_EQ(world.book("learner 1", world.lesson("2026-03-02T10:00")).status, 201);
  EXPECT_NE(world.get("learner 1", list).body.find("2026-03-02T10:00:00Z"), std::string::npos);
  EXPECT_NE(world.ask("GET", "/metrics", {}).body.find("roadbook_replica_reads_total"), std::string::npos);
}

}  // namespace roles_of_postgres_test
