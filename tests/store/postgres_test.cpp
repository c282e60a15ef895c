// What only the second engine can do wrong: links that tear or fall silent, transactions that it undoes, commits whose
// answer is lost. Skipped where there is no PostgreSQL (tools/with-postgres).
#include <gtest/gtest.h>

#include <barrier>

#include "store/link.h"
#include "store/school.h"
#include "store/temporary.h"
#include "store/verify.h"

namespace postgres_test {

using namespace std::chrono_literals;
using base::Result;
using store::Transaction;
using testing_support::Link;

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    if (testing_support::postgres_url().empty()) GTEST_SKIP() << "no PostgreSQL here";
    address_ = testing_support::fresh_postgres();
    link_ = std::make_unique<Link>(address_);
    database_ = std::make_unique<store::Database>(store::DatabaseOptions{.path = link_->address});
    admin_ = std::make_unique<store::PostgresConnection>(testing_support::as_owner(address_),
                                                         std::chrono::steady_clock::now() + 10min);
    admin_->execute(
        "create table notes (id bigint primary key, text text, bytes bytea, number bigint);"
        " grant select, insert, update on notes to roadbook");
  }
  Result<int> write(const std::function<void(Transaction&)>& body) {
    return database_->transact<int>({1}, [&](Transaction& tx) -> Result<int> {
      body(tx);
      return 0;
    });
  }
  std::int64_t notes() {
    return database_->read({1}, [](Transaction& tx) { return *tx.number("select count(*) from notes"); });
  }
  static void note(Transaction& tx, std::int64_t id) { tx.run("insert into notes (id) values ($1)", id); }

  std::string address_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::PostgresConnection> admin_;
};

TEST_F(Postgres, KeepsEveryKindOfValue) {
  const store::Bytes bytes{0, 1, 0xff, 0};
  ASSERT_TRUE(write([&](Transaction& tx) {
    tx.run("insert into notes values ($1, $2, $3, $4)", 1, "Zoë\n'; --", bytes, -7);
    tx.run("insert into notes values ($1, $2, $3, $4)", 2, "", store::Bytes{}, std::nullopt);
    tx.run("insert into notes values ($1, $2, $3, $4)", 3, std::optional<std::string>(), std::nullopt,
           std::numeric_limits<std::int64_t>::min());
  }));
  database_->read({1}, [&](Transaction& tx) {
    using Seen = std::tuple<std::string, store::Bytes, std::int64_t>;
    std::vector<Seen> seen;
    for (const store::Row row : tx.query("select text, bytes, coalesce(number, 5) from notes order by id"))
      seen.emplace_back(row.text(0), row.bytes(1), row.integer(2));
    const std::vector<Seen> wanted = {
        {"Zoë\n'; --", bytes, -7}, {"", {}, 5}, {"", {}, std::numeric_limits<std::int64_t>::min()}};
    EXPECT_EQ(seen, wanted);
    EXPECT_EQ(tx.number("select id from notes where text is null and bytes is null"), 3);
    EXPECT_FALSE(tx.number("select number from notes where id = 2"));
    EXPECT_EQ(tx.number("select number from notes where id = $2", 9, 1, 8), -7) << "what is not used is skipped";
  });
}

TEST_F(Postgres, ARefusalAndAnExceptionLeaveNothing) {
  const auto refused = database_->transact<int>({1}, [&](Transaction& tx) -> Result<int> {
    note(tx, 1);
    return base::refuse(base::Code::not_found, "no");
  });
  EXPECT_EQ(refused.error().code, base::Code::not_found);
  EXPECT_THROW((void)write([](Transaction& tx) {
                 note(tx, 1);
                 note(tx, 1);
               }),
               store::ConstraintError);
  EXPECT_THROW((void)write([](Transaction& tx) { tx.run("nonsense"); }), store::SqlError);
  EXPECT_EQ(notes(), 0);
  EXPECT_THROW(database_->read({1}, [](Transaction& tx) { note(tx, 1); }), store::SqlError) << "reading only";
  ASSERT_TRUE(write([](Transaction& tx) { note(tx, 1); }));
  EXPECT_EQ(notes(), 1);
}

TEST_F(Postgres, ADeadlockIsUndoneAndTriedAgain) {
  ASSERT_TRUE(write([](Transaction& tx) { note(tx, 1), note(tx, 2); }));
  std::barrier both(2);
  const auto crosswise = [&](std::int64_t first, std::int64_t second) {
    int runs = 0;
    EXPECT_TRUE(write([&](Transaction& tx) {
      const auto add = [&](std::int64_t id) {
        tx.run("update notes set number = coalesce(number, 0) + 1 where id = $1", id);
      };
      add(first);
      if (++runs == 1) both.arrive_and_wait();
      add(second);
    }));
  };
  {
    std::jthread one([&] { crosswise(1, 2); }), other([&] { crosswise(2, 1); });
  }
  EXPECT_EQ(
      database_->read({1}, [](Transaction& tx) { return tx.number("select cast(sum(number) as bigint) from notes"); }),
      4);
  EXPECT_GE(database_->figures().rerun_alone, 1);
}

TEST_F(Postgres, ALinkThatTearsBeforeTheCommitIsForgiven) {
  int runs = 0;
  ASSERT_TRUE(write([&](Transaction& tx) {
    note(tx, 1);
    const auto backend = *tx.number("select pg_backend_pid()");
    if (++runs == 1) admin_->execute(fmt::format("select pg_terminate_backend({})", backend));
    note(tx, 2);
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(notes(), 2);
  int reads = 0;
  EXPECT_EQ(database_->read({1},
                            [&](Transaction& tx) {
                              if (++reads == 1)
                                admin_->execute(fmt::format("select pg_terminate_backend({})",
                                                            *tx.number("select pg_backend_pid()")));
                              return *tx.number("select count(*) from notes");
                            }),
            2);
}

TEST_F(Postgres, ACommitWhoseAnswerIsLostIsDoneOnce) {
  for (std::int64_t id = 1; id <= 20; ++id) {
    int runs = 0;
    ASSERT_TRUE(write([&](Transaction& tx) {
      ++runs;
      tx.run("insert into notes (id) values ($1) on conflict do nothing", id);
      link_->mode = Link::Mode::commit_lost;
    })) << id;
    EXPECT_EQ(link_->mode, Link::Mode::open) << "an answer was lost";
    EXPECT_EQ(runs, 1) << "it was there: nothing is done twice";
  }
  EXPECT_EQ(notes(), 20);
}

TEST_F(Postgres, ASilentLinkIsAnsweredInTimeAndComesBack) {
  ASSERT_TRUE(write([](Transaction& tx) { note(tx, 1); }));
  link_->mode = Link::Mode::silent;
  const auto begun = std::chrono::steady_clock::now();
  const auto refused = write([](Transaction& tx) { note(tx, 2); });
  EXPECT_EQ(refused.error().code, base::Code::unavailable);
  EXPECT_NE(database_->trouble(), "") << "and says so";
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s) << "five each";
  link_->mode = Link::Mode::torn;
  std::this_thread::sleep_for(50ms);
  link_->mode = Link::Mode::open;
  EXPECT_TRUE(write([](Transaction& tx) { note(tx, 3); }));
  EXPECT_EQ(database_->trouble(), "");
}

TEST_F(Postgres, ACertificateThatIsNotTheServersIsRefused) {
  const std::string own = std::getenv("TEST_POSTGRES_CERTIFICATE");
  const testing_support::TemporaryFolder folder;
  const auto other = folder.file("other.crt");
  ASSERT_EQ(
      std::system(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=postgres -keyout /dev/null -out " +
                   other + " 2>/dev/null")
                      .c_str()),
      0);
  const auto by_name = [](std::string url) { return url.replace(url.find("127.0.0.1"), 9, "localhost"); };
  const auto refusal = [](const std::string& url) -> std::string {
    try {
      store::PostgresConnection connection(url, std::chrono::steady_clock::now() + std::chrono::seconds{5});
      return connection.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()") == "t" ? "" : "no TLS";
    } catch (const store::ConnectionLost& lost) {
      return lost.what();
    }
  };
  const auto url = testing_support::postgres_url() + "?sslmode=";
  EXPECT_EQ(refusal(url + "verify-full&sslrootcert=" + own), "");
  EXPECT_NE(refusal(url + "verify-full&sslrootcert=" + other).find("certificate verify failed"), std::string::npos);
  EXPECT_EQ(refusal(by_name(url) + "verify-ca&sslrootcert=" + own), "");
  EXPECT_NE(refusal(by_name(url) + "verify-full&sslrootcert=" + own).find("does not match host name"),
            std::string::npos);
}

TEST_F(Postgres, AServerThatIsNotThereIsRefusedAtOnce) {
  store::Database nowhere({.path = "postgresql://owner@127.0.0.1:1/none"});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(nowhere.transact<int>({1}, [](Transaction&) -> Result<int> { return 0; }).error().code,
            base::Code::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST_F(Postgres, SchoolsSeeNothingOfEachOther) {
  const auto add = [&](std::int64_t school) {
    return database_->transact<int>({school}, [&](Transaction& tx) -> Result<int> {
      tx.run(
          "insert into schools (school_id, slug, name, zone, currency, version, created_at)"
          " values ($1, $2, 'S', 'Europe/London', 'GBP', 1, 0)",
          school, std::to_string(school));
      tx.run("insert into people (school_id, id, role, version, created_at) values ($1, 7, 'learner', 1, 0)", school);
      return 0;
    });
  };
  ASSERT_TRUE(add(1) && add(2));
  const auto people = [](Transaction& tx) { return *tx.number("select count(*) from people"); };
  EXPECT_EQ(database_->read({1}, people), 1);
  EXPECT_EQ(database_->read({2}, people), 1);
  EXPECT_EQ(database_->read(store::no_school, people), 0) << "no school, no people";
  database_->read(store::no_school, [&](Transaction& tx) {
    tx.enter({1});
    EXPECT_EQ(people(tx), 1);
    tx.enter({2});
    EXPECT_EQ(tx.number("select school_id from people"), 2);
  });
  EXPECT_EQ(database_->read({3}, people), 0) << "what the connection before had entered is gone";
  EXPECT_THROW((void)database_->transact<int>({2},
                                              [&](Transaction& tx) -> Result<int> {
                                                tx.run("update people set school_id = 1");
                                                return 0;
                                              }),
               store::SqlError);
  EXPECT_THROW((void)database_->transact<int>({2},
                                              [&](Transaction& tx) -> Result<int> {
                                                tx.run(
                                                    "insert into people (school_id, id, role, version, created_at)"
                                                    " values (1, 8, 'learner', 1, 0)");
                                                return 0;
                                              }),
               store::SqlError);
  EXPECT_EQ(admin_->execute("select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid and attname ="
                            " 'school_id' where relkind = 'r' and not (relrowsecurity and relforcerowsecurity) and"
                            " relname not in ('schools', 'event_cursor', 'event_inbox', 'event_order', 'signals',"
                            " 'jobs', 'dispatch_cursor', 'calendar_turns')"),
            "0")
      << "every table with a school has a wall";
}

TEST_F(Postgres, OfManyWhoChangeOneBookingOneIsFirstAndTheOthersAreToldSo) {
  testing_support::TestSchool school;
  auto booking = school.book(school.learner(), school.at("2026-03-02T10:00")).value().booking;
  for (int round = 0; round < 30; ++round) {
    std::atomic<int> changed = 0, stale = 0;
    std::barrier all(6);
    std::vector<std::jthread> threads;
    threads.reserve(6);
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&, i] {
        all.arrive_and_wait();
        const auto hour = 9 + (round + i) % 8;
        const auto moved =
            actions::move_booking(school.context(), school.office(), booking.id, booking.version,
                                  {.start = school.time(fmt::format("2026-03-{:02}T{:02}:00", 3 + round % 3, hour))});
        ++(moved ? changed : stale);
        if (!moved) {
          EXPECT_EQ(moved.error().code, base::Code::stale_version) << moved.error().detail;
        }
      });
    threads.clear();
    EXPECT_EQ(changed, 1);
    EXPECT_EQ(stale, 5);
    booking = actions::get_booking(school.context(), school.office(), booking.id).value().booking;
  }
  EXPECT_EQ(store::verify(school.database_at).faults, std::vector<std::string>{});
}

}  // namespace postgres_test
