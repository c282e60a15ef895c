// Nobody is ever booked twice, whoever asks at once; the same runs as bin/prove, for seconds.
#include <gtest/gtest.h>

#include "prove/contention.h"
#include "store/school.h"

namespace {

using testing_support::TemporaryFolder;

#ifdef __SANITIZE_THREAD__
constexpr std::int64_t attempts = 2'000;
#elif defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr std::int64_t attempts = 5'000;
#else
constexpr std::int64_t attempts = 20'000;
#endif

std::string all(const std::vector<std::string>& faults) {
  std::string text;
  for (const auto& fault : faults) text += fault + "\n";
  return text;
}

TEST(ContentionConcurrency, AcceptsOnlyWhatFitsAndRefusesOnlyWhatDoesNot) {
  TemporaryFolder folder;
  const auto run = prove::contend(folder.file("roadbook.db"), {.attempts = attempts, .seed = 20'260'105});
  EXPECT_EQ(all(run.audit.faults), "");
  EXPECT_EQ(run.audit.accepted + run.audit.refused >= attempts * 9 / 10, true);
  EXPECT_GT(run.audit.accepted, attempts / 20);
  if (attempts < 5'000) return;  // Too few for the rare rules to be met.
  for (const auto* rule : {"slot-taken", "learner-busy", "vehicle-busy", "buffer", "learner-daily-maximum",
                           "learner-weekly-maximum", "time-off", "hold-expired", "stale-version"})
    EXPECT_GT(run.audit.refused_by.contains(rule) ? run.audit.refused_by.at(rule) : 0, 0) << rule;
}

TEST(ContentionConcurrency, ManySendsOfOneRequestAreOneBooking) {
  TemporaryFolder folder;
  const auto plan = prove::roomy_plan(48);
  const auto school = prove::make_school(folder.file("roadbook.db"), plan);
  EXPECT_EQ(all(prove::send_repeatedly(*school, plan, 48, 16)), "");
}

TEST(ContentionConcurrency, ClocksThatJumpAndChangeDoNotBookTwice) {
  TemporaryFolder folder;
  const auto audit =
      prove::book_with_jumping_clocks(folder.file("roadbook.db"), {.attempts = attempts / 2, .seed = 20'260'329});
  EXPECT_EQ(all(audit.faults), "");
  EXPECT_GT(audit.accepted, attempts / 100);
}

TEST(ContentionConcurrency, WhereTimesSufficeEveryAttemptIsBooked) {
  TemporaryFolder folder;
  const auto rate = prove::book_at_full_rate(folder.file("roadbook.db"), {.attempts = attempts / 4});
  EXPECT_EQ(all(rate.faults), "");
}

}  // namespace
