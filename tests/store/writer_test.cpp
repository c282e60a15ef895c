// The rules of store/writer.h, one test each.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <latch>
#include <thread>

#include "store/sqlite.h"
#include "store/temporary.h"

namespace writer_test {

using base::Result;
using store::Transaction;
using testing_support::TemporaryFolder;

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    const auto made = write([](Transaction& tx) -> Result<int> {
      tx.run("create table notes (id integer primary key, text text not null unique)");
      return 0;
    });
    EXPECT_TRUE(made.has_value());
  }
  Result<int> write(const std::function<Result<int>(Transaction&)>& body) { return database.transact<int>({1}, body); }
  Result<int> insert(const std::string& text) {
    return write([&](Transaction& tx) -> Result<int> {
      tx.run("insert into notes (text) values ($1)", text);
      return 0;
    });
  }
  std::int64_t count() {
    return database.read({1}, [](Transaction& tx) { return *tx.number("select count(*) from notes"); });
  }
  /// Holds the writer inside an action until `release` is counted down, so that what comes next forms one batch.
  std::thread hold_writer(std::latch& entered, std::latch& release) {
    return std::thread([&] {
      (void)write([&](Transaction&) -> Result<int> {
        entered.count_down();
        release.wait();
        return base::refuse(base::Code::internal, "only here to wait");
      });
    });
  }

  TemporaryFolder folder;
  store::Database database{{.path = testing_support::migrated(folder)}};
};

TEST_F(WriterTest, KeepsWhatReturnsAValueAndNothingOfARefusal) {
  ASSERT_TRUE(insert("kept"));
  const auto refused = write([](Transaction& tx) -> Result<int> {
    tx.run("insert into notes (text) values ('refused')");
    return base::refuse(base::Code::slot_taken, "no");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::slot_taken);
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, KeepsNothingOfAnExceptionAndHandsItToTheCallerAlone) {
  EXPECT_THROW((void)write([](Transaction& tx) -> Result<int> {
                 tx.run("insert into notes (text) values ('thrown')");
                 throw std::runtime_error("boom");
               }),
               std::runtime_error);
  EXPECT_EQ(count(), 0);
}

TEST_F(WriterTest, ActionsThatWaitTogetherShareOneCommitAndFailAlone) {
  std::latch entered{1}, release{1};
  auto holder = hold_writer(entered, release);
  entered.wait();
  const auto commits = database.figures().commits.load();
  std::atomic<int> kept{0}, failed{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 20; ++i)
    clients.emplace_back([&, i] {
      try {
        kept += insert(i % 4 == 0 ? "the same" : std::to_string(i)).has_value();
      } catch (const store::ConstraintError&) {
        ++failed;
      }
    });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  release.count_down();
  for (auto& client : clients) client.join();
  holder.join();
  EXPECT_EQ(kept, 16);
  EXPECT_EQ(failed, 4);
  EXPECT_EQ(count(), 16);
  EXPECT_LE(database.figures().commits - commits, 2) << "twenty waiting actions fit into a batch or two";
}

TEST_F(WriterTest, ARefusalBesideAnotherActionTakesBackWhatItWrote) {
  std::latch entered{1}, release{1};
  auto holder = hold_writer(entered, release);
  entered.wait();
  std::thread refused([&] {
    EXPECT_FALSE(write([](Transaction& tx) -> Result<int> {
      tx.run("insert into notes (text) values ('refused')");
      return base::refuse(base::Code::slot_taken, "no");
    }));
  });
  std::thread kept([&] { EXPECT_TRUE(insert("kept")); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  release.count_down();
  for (auto* client : {&refused, &kept, &holder}) client->join();
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, RunsTheBatchAgainOneByOneWhenTheEngineEndsTheTransaction) {
  std::latch entered{1}, release{1};
  auto holder = hold_writer(entered, release);
  entered.wait();
  std::vector<std::thread> clients;
  std::atomic<int> kept{0};
  for (int i = 0; i < 5; ++i)
    clients.emplace_back([&, i] { kept += insert("neighbour " + std::to_string(i)).has_value(); });
  clients.emplace_back([&] {
    EXPECT_THROW((void)write([](Transaction& tx) -> Result<int> {
                   tx.run("insert or rollback into notes (id, text) values (1, 'a')");
                   tx.run("insert or rollback into notes (id, text) values (1, 'b')");
                   return 0;
                 }),
                 store::ConstraintError);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  release.count_down();
  for (auto& client : clients) client.join();
  holder.join();
  EXPECT_EQ(kept, 5) << "the neighbours of a rolled back action are not lost";
  EXPECT_EQ(count(), 5);
  EXPECT_GT(database.figures().rerun_alone.load(), 0);
}

TEST_F(WriterTest, AnActionThatTheDiskFailsIsNotTriedAgainAndWhoWaitsBehindItIsRefused) {
  std::latch entered{1}, release{1};
  std::atomic<int> runs{0};
  std::thread failing([&] {
    const auto fail = [&](Transaction& tx) -> Result<int> {
      if (++runs == 1) entered.count_down();
      release.wait();
      tx.run("rollback");
      throw store::SqlError(SQLITE_IOERR, "The disk is gone.");
    };
    EXPECT_THROW((void)write(fail), store::SqlError);
  });
  entered.wait();
  std::thread queued([&] { EXPECT_EQ(insert("queued").error().code, base::Code::unavailable); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  release.count_down();
  failing.join();
  queued.join();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(count(), 0);
}

TEST_F(WriterTest, TellsTheCacheAfterTheCommitAndBeforeTheCaller) {
  std::vector<std::string> order;
  database.on_commit([&](const std::vector<store::Touched>& touched) {
    order.push_back("cache " + std::to_string(touched.at(0).version));
    EXPECT_EQ(count(), 1) << "what the cache is told can be read already";
  });
  ASSERT_TRUE(write([&](Transaction& tx) -> Result<int> {
    tx.run("insert into notes (text) values ('x')");
    tx.touched.push_back({"instructor", 1, 2, 3});
    return 0;
  }));
  order.push_back("caller");
  EXPECT_EQ(order, (std::vector<std::string>{"cache 3", "caller"}));
  (void)write([&](Transaction& tx) -> Result<int> {
    tx.touched.push_back({"instructor", 1, 2, 4});
    return base::refuse(base::Code::slot_taken, "no");
  });
  EXPECT_EQ(order.size(), 2u) << "a refusal moves no cache";
}

TEST_F(WriterTest, AnActionInsideAnActionIsABug) {
  EXPECT_THROW((void)write([&](Transaction&) -> Result<int> { return insert("nested"); }), base::Bug);
  EXPECT_EQ(count(), 0);
}

TEST_F(WriterTest, AFullQueueRefusesInsteadOfGrowing) {
  store::Database small{{.path = testing_support::migrated(folder, "small.db"), .queue = 2}};
  std::latch entered{1}, release{1};
  std::vector<std::thread> clients;
  std::atomic<int> refused{0};
  clients.emplace_back([&] {
    (void)small.transact<int>({1}, [&](Transaction&) -> Result<int> {
      entered.count_down();
      release.wait();
      return 0;
    });
  });
  entered.wait();
  for (int i = 0; i < 6; ++i)
    clients.emplace_back([&] {
      const auto result = small.transact<int>({1}, [](Transaction&) -> Result<int> { return 0; });
      refused += !result && result.error().code == base::Code::unavailable;
    });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(refused, 4);
  release.count_down();
  for (auto& client : clients) client.join();
}

TEST_F(WriterTest, ASecondProcessMayNotWriteTheSameFile) {
  EXPECT_THROW(store::Database({.path = folder.file("roadbook.db")}), std::runtime_error);
}

TEST_F(WriterTest, SixtyFourThreadsLoseNothing) {
  std::atomic<int> kept{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 64; ++client)
    clients.emplace_back([&, client] {
      for (int i = 0; i < 20; ++i) kept += insert(std::to_string(client) + "/" + std::to_string(i)).has_value();
    });
  for (auto& client : clients) client.join();
  EXPECT_EQ(kept, 1280);
  EXPECT_EQ(count(), 1280);
}

TEST(Migrations, RunOnceAndCopyBeforeTheyChangeAnything) {
  TemporaryFolder folder;
  EXPECT_EQ(store::migrate(folder.file("a.db")), store::newest_migration(store::Engine::sqlite));
  EXPECT_EQ(store::migrate(folder.file("a.db")), 0);
}

TEST(Migrations, LeaveTheFileOfANewerProgramAlone) {
  TemporaryFolder folder;
  const auto path = testing_support::migrated(folder);
  store::SqliteConnection(path, store::SqliteConnection::Mode::read_write).execute("pragma user_version = 99");
  EXPECT_THROW(store::migrate(path), std::runtime_error);
}

}  // namespace writer_test
