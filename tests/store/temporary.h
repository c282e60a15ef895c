/// A folder of its own for each test, gone afterwards; and a migrated database in it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "prove/places.h"
#include "store/keys.h"
#include "store/postgres.h"

namespace testing_support {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "roadbook-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// The PostgreSQL that the tests run on (tools/with-postgres), or "" for SQLite.
inline std::string postgres_url() {
  return prove::postgres_server();
}

/// The same database on the server that this variable names, "" where it names none.
inline std::string on_server(const char* variable, const std::string& address) {
  const char* url = std::getenv(variable);
  if (!url) return "";
  const std::string_view server(url);
  return address.substr(0, address.find('@')) +
         std::string(server.substr(server.find('@'), server.rfind('/') - server.find('@'))) +
         address.substr(address.rfind('/'));
}

/// The replica's copy of the database at `address` (REPLICA=yes tools/with-postgres), or "" where there is none.
inline std::string replica_of(const std::string& address) {
  return on_server("TEST_REPLICA_URL", address);
}

/// By way of PgBouncer where there is one (POOLER=yes tools/with-postgres).
inline std::string pooled(const std::string& address) {
  const auto by_way = on_server("TEST_POOLER_URL", address);
  return by_way.empty() ? address : by_way;
}

/// Past PgBouncer where there is one, as DATABASE_DIRECT_URL would name it: where one can LISTEN.
inline std::string past_pooler(const std::string& address) {
  return !address.empty() && address == on_server("TEST_POOLER_URL", address) ? on_server("TEST_POSTGRES_URL", address)
                                                                              : address;
}

/// Bytes as the engine of the tests writes them in SQL.
inline std::string bytes_in_sql(const std::string& hex) {
  return postgres_url().empty() ? "x'" + hex + "'" : "'\\x" + hex + "'";
}

/// The same database for the owner of its tables, whom no wall between schools stops. SQLite has nobody else.
inline std::string as_owner(const std::string& address) {
  return prove::as_owner(past_pooler(address));
}

/// Drops the databases of a test as it ends: hundreds of them fill a disk, and removing them at last takes minutes.
class MadeDatabases : public testing::EmptyTestEventListener {
 public:
  /// Those of this process.
  static MadeDatabases& all() {
    static auto* const made = [] {
      auto* const listener = new MadeDatabases;  // Owned by GoogleTest.
      testing::UnitTest::GetInstance()->listeners().Append(listener);
      return listener;
    }();
    return *made;
  }
  void add(const std::string& name) {
    const std::lock_guard lock(mutex_);
    names_.push_back(name);
  }
  void OnTestEnd(const testing::TestInfo&) override {
    store::PostgresConnection admin(postgres_url(), std::chrono::steady_clock::now() + std::chrono::seconds{30});
    const std::lock_guard lock(mutex_);
    for (const auto& name : std::exchange(names_, {})) admin.execute("drop database " + name + " with (force)");
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> names_;
};

/// A copy of an empty database with the newest schema, for the role that serves, until the test ends.
inline std::string fresh_postgres() {
  static std::atomic<int> made{0};
  const auto server = postgres_url();
  const auto named = [&](const std::string& name) { return server.substr(0, server.rfind('/') + 1) + name; };
  store::PostgresConnection admin(server, std::chrono::steady_clock::now() + std::chrono::seconds{30});
  const auto model = fmt::format("model_{}", ::getpid());
  if (made++ == 0) {
    admin.execute("create database " + model);
    store::migrate(named(model), "roadbook");
  }
  const auto name = fmt::format("test_{}_{}", ::getpid(), made.load());
  admin.execute(fmt::format("create database {} template {}", name, model));
  MadeDatabases::all().add(name);
  auto address = named(name);
  return pooled(address.replace(address.find("//owner@"), 8, "//roadbook@"));
}

/// The address of an empty key store: a file in `folder`, or a schema of its own in a database beside the others.
inline std::string fresh_keys(const TemporaryFolder& folder, const std::string& name = "roadbook.keys") {
  static std::atomic<int> made{0};
  const auto server = postgres_url();
  if (server.empty()) return folder.file(name);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  const auto database = fmt::format("keys_{}", ::getpid());
  const auto number = ++made;
  if (number == 1) store::PostgresConnection(server, deadline).execute("create database " + database);
  auto address = server.substr(0, server.rfind('/') + 1) + database;
  const auto schema = fmt::format("store_{}", number);
  store::PostgresConnection(address, deadline).execute("create schema " + schema);
  address += "?options=-csearch_path%3D" + schema;
  store::migrate_keys(address);
  return address;
}

/// The address of a fresh database with the newest schema: a file in `folder`, or on the PostgreSQL of the tests.
inline std::string migrated(const TemporaryFolder& folder, const std::string& name = "roadbook.db") {
  if (!postgres_url().empty()) return fresh_postgres();
  store::migrate(folder.file(name));
  return folder.file(name);
}

}  // namespace testing_support
