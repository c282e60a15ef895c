// Nobody is ever booked twice, whoever asks at once; the same runs as bin/prove, for seconds.
#include <gtest/gtest.h>

#include "prove/contention.h"
#include "store/bookings.h"
#include "store/school.h"

namespace contention_test {

using testing_support::TemporaryFolder;

#ifdef __SANITIZE_THREAD__
constexpr std::int64_t attempts = 2'000;
#elif defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr std::int64_t attempts = 5'000;
#else
constexpr std::int64_t attempts = 20'000;
#endif

/// A fresh database, not made yet, and how many nodes share it.
std::string somewhere(const TemporaryFolder& folder) {
  return testing_support::postgres_url().empty() ? folder.file("roadbook.db") : prove::fresh_postgres();
}
int nodes() {
  return testing_support::postgres_url().empty() ? 1 : 3;
}

std::string all(const std::vector<std::string>& faults) {
  std::string text;
  for (const auto& fault : faults) text += fault + "\n";
  return text;
}

TEST(ContentionConcurrency, AcceptsOnlyWhatFitsAndRefusesOnlyWhatDoesNot) {
  TemporaryFolder folder;
  const auto run = prove::contend(somewhere(folder), {.attempts = attempts, .seed = 20'260'105, .nodes = nodes()});
  EXPECT_EQ(all(run.audit.faults), "");
  EXPECT_EQ(run.audit.accepted + run.audit.refused >= attempts * 9 / 10, true);
  EXPECT_GT(run.audit.accepted, attempts / 20);
  if (attempts < 5'000) return;  // Too few for the rare rules to be met.
  for (const auto* rule : {"slot-taken", "learner-busy", "vehicle-busy", "buffer", "learner-daily-maximum",
                           "learner-weekly-maximum", "time-off", "hold-expired", "stale-version"})
    EXPECT_GT(run.audit.refused_by.contains(rule) ? run.audit.refused_by.at(rule) : 0, 0) << rule;
}

/// As the dispatcher does; `all`: also what another one is about to.
void order_events(testing_support::TestSchool& school, bool all) {
  if (school.database.engine() == store::Engine::sqlite) return;
  do {
    (void)school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
      store::put_in_order(tx, 100);
      return 0;
    });
  } while (all && school.number("select count(*) from event_inbox") > 0);
}

/// Whoever follows the log by position sees every event once and in order, however many write meanwhile.
TEST(ContentionConcurrency, WhoFollowsTheLogMissesNothing) {
  constexpr int writers = 16, readers = 4, each = attempts >= 20'000 ? 500 : 50;
  testing_support::TestSchool school;
  std::atomic<int> writing = writers;
  const auto write = [&](int writer) {
    for (int i = 0; i < each; ++i) {
      const auto done = school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
        const store::Author author{.school = school.school, .correlation_id = "writer", .now = school.now};
        store::append(tx, author, fmt::format("note/{}-{}", writer, i), 1, "note_taken", {});
        return i;
      });
      CHECK(done.has_value());
    }
    --writing;
  };
  std::vector<std::vector<std::string>> seen(readers);
  const auto follow = [&](std::vector<std::string>& streams) {
    std::int64_t position = 0;
    for (bool last = false; !last;) {
      last = writing == 0;  // Asked before the read: nothing is written after it.
      order_events(school, last);
      const auto found = school.database.read(
          {1}, [&](store::Transaction& tx) { return store::events_after(tx, school.school, position, 7); });
      for (const auto& [at, event] : found) {
        EXPECT_EQ(at, position + 1) << "no gap";
        position = at;
        if (event.type == "note_taken") streams.push_back(event.stream);
      }
      if (!found.empty()) last = false;
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(writers + seen.size());
  for (int i = 0; i < writers; ++i) threads.emplace_back(write, i);
  for (auto& streams : seen) threads.emplace_back(follow, std::ref(streams));
  for (auto& thread : threads) thread.join();
  for (const auto& streams : seen) {
    EXPECT_EQ(streams.size(), static_cast<std::size_t>(writers * each));
    EXPECT_EQ(streams, seen.front());
  }
}

TEST(ContentionConcurrency, ManySendsOfOneRequestAreOneBooking) {
  TemporaryFolder folder;
  const auto plan = prove::roomy_plan(48);
  const auto school = prove::make_school(somewhere(folder), plan, nodes());
  EXPECT_EQ(all(prove::send_repeatedly(*school, plan, 48, 16)), "");
}

TEST(ContentionConcurrency, ClocksThatJumpAndChangeDoNotBookTwice) {
  TemporaryFolder folder;
  const auto audit = prove::book_with_jumping_clocks(somewhere(folder),
                                                     {.attempts = attempts / 2, .seed = 20'260'329, .nodes = nodes()});
  EXPECT_EQ(all(audit.faults), "");
  EXPECT_GT(audit.accepted, attempts / 100);
}

TEST(ContentionConcurrency, WhereTimesSufficeEveryAttemptIsBooked) {
  TemporaryFolder folder;
  const auto rate = prove::book_at_full_rate(somewhere(folder), {.attempts = attempts / 4, .nodes = nodes()});
  EXPECT_EQ(all(rate.faults), "");
}

/// What the tables say to a row that no decision has seen.
std::string stored(testing_support::TestSchool& school, const std::vector<domain::Booking>& states) try {
  (void)school.database.transact<int>({1}, [&](store::Transaction& tx) -> base::Result<int> {
    for (const auto& state : states) store::put_row(tx, school.school, state);
    return base::refuse(base::Code::internal, "only tried");
  });
  return "stored";
} catch (const store::ConstraintError& error) {
  return error.name;
}

domain::Booking shifted(domain::Booking booking, domain::Minutes by) {
  booking.lesson = domain::Interval::of(booking.lesson.start() + by, domain::Minutes{60});
  booking.occupied = domain::Interval::of(booking.occupied.start() + by, domain::Minutes{75});
  booking.vehicle_until += by;
  return booking;
}

TEST(Tables, RefuseAnOverlapWhateverTheCodeBelieved) {
  testing_support::TestSchool school;
  const auto taken = school.book(school.learner(), school.at("2026-03-02T10:00"))->booking;
  auto other = taken;
  other.id = {1}, other.instructor = {1002}, other.learner = {2002}, other.vehicle = {3002};
  auto same_instructor = other, same_learner = other, same_vehicle = other;
  same_instructor.instructor = taken.instructor;
  same_learner.learner = taken.learner;
  same_vehicle.vehicle = taken.vehicle;
  const struct {
    domain::Booking booking;
    std::string fault;
    int before, after;  // Minutes to the nearest starts that fit; the instructor's buffer is 15.
  } cases[] = {{same_instructor, "overlap:instructor", 75, 75},
               {same_learner, "overlap:learner", 60, 60},
               {same_vehicle, "overlap:vehicle", 60, 60}};
  EXPECT_EQ(stored(school, {other}), "stored");
  for (const auto& [booking, fault, before, after] : cases)
    for (const int minutes : {-before, 5 - before, -30, 0, 30, after - 5, after}) {
      const auto expected = minutes == -before || minutes == after ? "stored" : fault;
      const auto wanted = shifted(booking, domain::Minutes{minutes});
      EXPECT_EQ(stored(school, {wanted}), expected) << minutes;
      auto next = wanted;
      next.version = 2;
      EXPECT_EQ(stored(school, {shifted(booking, domain::Minutes{-300}), next}), expected) << "moved, " << minutes;
    }
  EXPECT_EQ(school.database.figures().rerun_alone, 0) << "abort, not rollback: the neighbours stay";
}

TEST(Tables, RefuseAnOverlapByWhatComesBackToLife) {
  testing_support::TestSchool school;
  const auto first = school.book(school.learner(), school.at("2026-03-02T10:00"))->booking;
  ASSERT_TRUE(actions::cancel_booking(school.context(), school.learner(), first.id, 1, ""));
  ASSERT_TRUE(school.book(school.learner(), school.at("2026-03-02T10:00")));
  EXPECT_THROW(school.execute("update bookings set status = 'booked', blocks = 1"), store::ConstraintError);
}

TEST(Tables, TakeOnlyTheNextVersionOfABooking) {
  testing_support::TestSchool school;
  auto booking = school.book(school.learner(), school.at("2026-03-02T10:00"))->booking;
  booking.version = 3;
  EXPECT_THROW(stored(school, {booking}), store::SerializationError);
}

}  // namespace contention_test
