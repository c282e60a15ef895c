// PostgreSQL goes silent under a server that is asked by more clients than it has workers. Skipped where there is no
// PostgreSQL (tools/with-postgres).
#include <gtest/gtest.h>

#include <future>

#include "api/school_server.h"
#include "store/link.h"

namespace database_away_test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

TEST(DatabaseAway, EveryAnswerComesInTimeAndBookingsWorkAgain) {
  if (testing_support::postgres_url().empty()) GTEST_SKIP() << "only PostgreSQL can go silent";
  testing_support::Link link(testing_support::fresh_postgres());
  api::SchoolServer world({.database = link.address});
  ASSERT_EQ(world.book("learner 1", world.lesson("2026-03-02T10:00")).status, 201);
  world.database_away = true;
  link.mode = testing_support::Link::Mode::silent;
  constexpr int clients = 40;  // Five for each worker.
  std::vector<std::future<std::pair<int, double>>> answers;
  answers.reserve(clients);
  for (int i = 0; i < clients; ++i)
    answers.push_back(std::async(std::launch::async, [&, i] {
      const auto begun = Clock::now();
      const auto answer = i % 2 == 0 ? world.get("office", "/api/v1/calendar/bookings?from=2026-03-02&to=2026-03-03")
                                     : world.book("learner 2", world.lesson("2026-03-02T12:00"));
      EXPECT_NE(answer.header("retry-after"), "") << answer.body;
      return std::pair(answer.status, seconds_since(begun));
    }));
  for (auto& answer : answers) {
    const auto [status, took] = answer.get();
    EXPECT_EQ(status, 503);
    EXPECT_LT(took, 5.0);
  }
  link.mode = testing_support::Link::Mode::open;
  const auto healed = Clock::now();
  while (world.book("learner 2", world.lesson("2026-03-02T14:00")).status != 201 && seconds_since(healed) < 10)
    std::this_thread::sleep_for(20ms);
  EXPECT_LT(seconds_since(healed), 5.0);
}

}  // namespace database_away_test
