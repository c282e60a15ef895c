// What was answered is on the disk: kill -9, power cuts, failing disks, syncs counted. The same runs as bin/prove.
#include <gtest/gtest.h>

#include <latch>
#include <random>
#include <thread>

#include "prove/crash.h"
#include "prove/power.h"
#include "store/temporary.h"

namespace durability_test {

using prove::Survives;
using prove::Syncs;
using testing_support::TemporaryFolder;

#if defined(__SANITIZE_THREAD__)
#define SKIP_UNDER_TSAN() GTEST_SKIP() << "a forked process under TSan may not start threads"
#else
#define SKIP_UNDER_TSAN() (void)0
#endif

std::string all(const std::vector<std::string>& faults) {
  std::string text;
  for (const auto& fault : faults) text += fault + "\n";
  return text;
}

TEST(Durability, NothingAcknowledgedIsLostByKill) {
  SKIP_UNDER_TSAN();
  TemporaryFolder folder;
  const auto crashes = prove::kill_under_load(folder.file("kill/roadbook.db"), 20, {.clients = 64, .seed = 9});
  EXPECT_EQ(all(crashes.faults), "");
  EXPECT_EQ(crashes.kills, 20);
  EXPECT_GT(crashes.acknowledged, 100);
}

TEST(Durability, NothingAcknowledgedIsLostByAPowerCut) {
  std::mt19937_64 random(11);
  std::int64_t acknowledged = 0, during_load = 0;
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    TemporaryFolder folder;
    const auto after = static_cast<std::int64_t>(1 + random() % 600);
    const auto cut = prove::lose_power(folder.file("roadbook.db"), after, static_cast<Survives>(round % 4),
                                       Syncs::honoured, {.clients = 8, .attempts = 1'000, .seed = random()});
    EXPECT_EQ(all(cut.faults), "");
    acknowledged += cut.acknowledged;
    during_load += cut.during_load;
  }
  EXPECT_GT(acknowledged, 300);
  EXPECT_GT(during_load, 25) << "the power went while somebody was waiting";
}

TEST(Durability, ADiskThatIgnoresSyncsIsSeenToLose) {
  int lost = 0;
  for (int round = 0; round < 4; ++round) {
    TemporaryFolder folder;
    const auto cut = prove::lose_power(folder.file("roadbook.db"), 300, Survives::none, Syncs::ignored,
                                       {.clients = 8, .attempts = 1'000, .seed = 5});
    lost += !cut.faults.empty();
  }
  EXPECT_EQ(lost, 4) << "a proof that cannot fail proves nothing";
}

TEST(Durability, EveryAnswerComesAfterASync) {
  SKIP_UNDER_TSAN();
  TemporaryFolder folder;
  const auto syncing = prove::count_syncs(folder.file("roadbook.db"), 200);
  if (!syncing) GTEST_SKIP() << "strace is missing or not permitted here";
  EXPECT_EQ(syncing->answers, 200);
  EXPECT_EQ(syncing->unsynced, 0);
  EXPECT_GE(syncing->syncs, 200);
}

class FailingDisk : public testing::Test {
 protected:
  /// What one booking leads to: "booked", the name of the refusal, or "failed".
  std::string book() try {
    const auto number = next++;
    const std::int64_t learner = plan.learner(number);
    const actions::Caller who{
        {{prove::school_id}, {learner}, auth::Role::learner}, base::from_seconds(prove::first_monday - 1), "proof"};
    const auto start = prove::first_monday + plan.opens + number / plan.instructors * prove::hour;
    const auto answer = actions::make_booking(
        school->context(), who,
        {.type = {5001}, .start = base::from_seconds(start), .instructor = {plan.instructor(number)}},
        {{prove::school_id}, {learner}, "POST bookings", std::to_string(number), {1}});
    if (!answer) return std::string(to_string(answer.error().code));
    versions[answer->booking.id.value] = answer->booking.version;
    return "booked";
  } catch (const store::SqlError&) {
    return "failed";
  }
  /// After a restart on a healthy disk: what was answered is there, at most `unanswered` changes beyond it.
  std::string audit(std::int64_t unanswered) {
    school.reset();
    disk.heal();
    return all(
        prove::audit_acknowledged(path, versions, static_cast<std::int64_t>(versions.size()), unanswered).faults);
  }

  TemporaryFolder folder;
  prove::PowerVfs disk{1};
  const std::string path = folder.file("roadbook.db");
  const prove::Plan plan = prove::roomy_plan(4);
  std::unique_ptr<prove::OpenSchool> school = prove::make_school(path, plan);
  std::int64_t next = 0;
  std::map<std::int64_t, std::int64_t> versions;
};

TEST_F(FailingDisk, AfterAFailedSyncNothingIsAcknowledgedUntilARestart) {
  EXPECT_EQ(book(), "booked");
  disk.fail(prove::Operation::sync, "-wal", SQLITE_IOERR_FSYNC);
  EXPECT_EQ(book(), "failed");
  disk.heal();
  EXPECT_EQ(book(), "unavailable") << "the engine may believe pages safe that are not";
  EXPECT_NE(school->database.trouble(), "");
  EXPECT_EQ(audit(1), "");
  school = std::make_unique<prove::OpenSchool>(path);
  EXPECT_EQ(book(), "booked");
  EXPECT_EQ(audit(1), "");
}

TEST_F(FailingDisk, AfterAFailedWriteNothingIsAcknowledgedUntilARestart) {
  EXPECT_EQ(book(), "booked");
  disk.fail(prove::Operation::write, "-wal", SQLITE_IOERR_WRITE);
  EXPECT_EQ(book(), "failed");
  disk.heal();
  EXPECT_EQ(book(), "unavailable");
  EXPECT_EQ(audit(1), "");
}

TEST_F(FailingDisk, AFullDiskRefusesAndRecoversWhenSpaceReturns) {
  EXPECT_EQ(book(), "booked");
  disk.fail(prove::Operation::write, "", SQLITE_FULL);
  EXPECT_EQ(book(), "failed");
  EXPECT_EQ(book(), "failed");
  EXPECT_EQ(school->database.trouble(), "");
  disk.heal();
  EXPECT_EQ(book(), "booked");
  EXPECT_EQ(audit(0), "");
}

TEST_F(FailingDisk, ADatabaseThatCannotOpenItsLogDoesNotStart) {
  EXPECT_EQ(book(), "booked");
  school.reset();
  disk.fail(prove::Operation::open, "-wal", SQLITE_CANTOPEN);
  EXPECT_THROW(prove::OpenSchool{path}, store::SqlError);
  EXPECT_EQ(audit(0), "");
}

TEST_F(FailingDisk, AReaderThatCouldNotReadIsUsedAgain) {
  EXPECT_EQ(book(), "booked");
  school.reset();
  school = std::make_unique<prove::OpenSchool>(path);
  const auto count = [&] {
    return school->database.read({1},
                                 [](store::Transaction& tx) { return tx.number("select count(*) from bookings"); });
  };
  disk.fail(prove::Operation::read, "", SQLITE_IOERR_READ);
  for (int i = 0; i < 5; ++i) EXPECT_THROW(count(), store::SqlError);
  disk.heal();
  EXPECT_EQ(count(), 1);
}

TEST_F(FailingDisk, EveryoneInABatchHearsOfItsFailureAndThoseBehindItAreRefused) {
  std::atomic<int> kept{0}, refused{0}, failed{0}, unavailable{0};
  disk.fail(prove::Operation::sync, "-wal", SQLITE_IOERR_FSYNC);
  std::latch entered{1}, release{1};
  std::vector<std::thread> clients;
  clients.emplace_back([&] {  // Holds the writer until the others form one batch.
    (void)school->database.transact<int>({1}, [&](store::Transaction&) -> base::Result<int> {
      entered.count_down();
      release.wait();
      return base::refuse(base::Code::internal, "only here to wait");
    });
  });
  entered.wait();
  for (int client = 0; client < 32; ++client)
    clients.emplace_back([&, client] {
      try {
        const auto done = school->database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
          if (client % 4 == 0 && tx.number("select max(version) from calendars") > 1)
            return base::refuse(base::Code::slot_taken, "seen in a state that never came to be");
          tx.run("update calendars set version = version + 1 where id = $1", plan.instructor(client));
          return 0;
        });
        ++(done ? kept : done.error().code == base::Code::unavailable ? unavailable : refused);
      } catch (const store::SqlError&) {
        ++failed;
      }
    });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  release.count_down();
  for (auto& client : clients) client.join();
  EXPECT_EQ(kept, 0);
  EXPECT_EQ(refused, 0);
  EXPECT_GT(failed, 0);
  disk.heal();
  EXPECT_EQ(book(), "unavailable");
  EXPECT_EQ(audit(0), "");
}

}  // namespace durability_test
