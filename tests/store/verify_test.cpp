// The rows follow from the log, and whoever meddles with either is found.
#include "store/verify.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <future>

#include "jobs/nightly.h"
#include "store/school.h"

namespace verify_test {

using testing_support::TestSchool;

/// A school in which something of everything has happened.
void live(TestSchool& school) {
  const auto first = school.book(school.learner(1), school.at("2026-03-05T10:00")).value();
  const auto second = school.book(school.learner(2), school.at("2026-03-05T12:00")).value();
  (void)actions::hold_slot(school.context(), school.learner(3), school.at("2026-03-05T14:00"), school.key()).value();
  auto noted = school.at("2026-03-06T10:00");
  noted.note = "Bring glasses";
  (void)school.book(school.learner(3), noted).value();
  (void)actions::move_booking(school.context(), school.learner(1), first.booking.id, 1,
                              {.start = school.time("2026-03-05T10:15")})
      .value();
  (void)actions::cancel_booking(school.context(), school.learner(2), second.booking.id, 1, "ill").value();
  (void)actions::undo_change(school.context(), school.learner(2), second.booking.id, 2).value();
  school.now += std::chrono::minutes{6};
  (void)actions::expire_lapsed(school.context(), school.school, school.now, "worker");
}

/// Changes the file behind the program's back, as a damaged disk or a curious person would.
void meddle(TestSchool& school, std::string sql) {
  if (school.database.engine() == store::Engine::postgresql) {
    for (const auto& [what, with] : std::vector<std::pair<std::string, std::string>>{
             {"drop trigger events_are_final_update", "drop trigger events_are_final on events"},
             {"drop trigger events_are_final_delete", "drop trigger events_are_final on events"},
             {"drop trigger bookings_no_overlap_update",
              R"(alter table bookings drop constraint "overlap:instructor", drop constraint "overlap:learner",)"
              R"( drop constraint "overlap:vehicle")"}})
      if (const auto at = sql.find(what); at != std::string::npos) sql.replace(at, what.size(), with);
    (void)store::verify(school.database_at);  // Puts the events in order.
    return school.execute_as_owner(sql);
  }
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(school.folder.file("roadbook.db").c_str(), &database), SQLITE_OK);
  char* error = nullptr;
  ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
  sqlite3_close(database);
}

std::string faults_of(TestSchool& school) {
  std::string all;
  for (const auto& fault : store::verify(school.database_at).faults) all += fault + "\n";
  return all;
}

TEST(Nightly, RunsWhenTheClockSaysSoAndNotForTheDaysBefore) {
  const auto at = [](const char* text) { return base::instant_from_text(text).value(); };
  constexpr auto half_past_two = std::chrono::hours{2} + std::chrono::minutes{30};
  EXPECT_EQ(jobs::next_night(at("2026-03-28T02:29:59Z"), half_past_two), at("2026-03-28T02:30:00Z"));
  EXPECT_EQ(jobs::next_night(at("2026-03-28T02:30:00Z"), half_past_two), at("2026-03-29T02:30:00Z"));
  EXPECT_EQ(jobs::next_night(at("2026-12-31T23:00:00Z"), half_past_two), at("2027-01-01T02:30:00Z"));

  std::promise<std::string> told;
  std::atomic<int> runs = 0;
  const auto soon = base::now() + std::chrono::seconds{2};
  {
    const jobs::Nightly nightly(
        soon - std::chrono::floor<std::chrono::days>(soon),
        [&] {
          ++runs;
          throw std::runtime_error("the disk is tired");
        },
        [&](const std::string& failure) { told.set_value(failure); });
    EXPECT_EQ(told.get_future().get(), "the disk is tired");
  }
  EXPECT_EQ(runs, 1) << "once a night";
}

TEST(Verify, FindsNothingInASoundFile) {
  TestSchool school;
  live(school);
  const auto verification = store::verify(school.database_at);
  EXPECT_EQ(verification.faults, std::vector<std::string>{});
  EXPECT_EQ(verification.events, 14);
}

TEST(Verify, FindsWhatWasChangedBehindItsBack) {
  struct Case {
    std::string sql, fault;
  };
  for (const auto& [sql, fault] : std::vector<Case>{
           {"update bookings set price_minor = 1 where status = 'booked'", "is not what its events say"},
           {"delete from bookings where status = 'expired'", "is missing"},
           {"drop trigger events_are_final_update; update events set data = replace(data, 'booked', 'requested')",
            "was changed after it was written"},
           {"drop trigger events_are_final_delete; delete from events where version = 2", "is missing"},
           {"delete from event_order where position = 3", "position 3 is missing"},
           {"delete from event_order where position = 14", "have no place in the order"},
           {"update event_cursor set position = 9", "the cursor does not stand"},
           {"update event_cursor set chain_hash = " + testing_support::bytes_in_sql("00"), "the cursor does not stand"},
           {"drop trigger events_are_final_update; update events set type = 'booking_made' where type = 'booking_held'",
            "was changed after it was written"},
           {"drop trigger events_are_final_update; update events set actor = 4001", "was changed after it was written"},
           {"update bookings set blocks = 0 where status = 'booked'", "does not block as its status says"},
           {"pragma writable_schema = on; delete from sqlite_schema where name = 'bookings_list'",
            "the file is damaged"},
           {"drop trigger bookings_no_overlap_update; update bookings set starts_at = 1772704800, ends_at = 1772708400,"
            " occupied_start = 1772704800, occupied_end = 1772709300, vehicle_end = 1772708400, instructor_id = 1001"
            " where blocks = 1",
            "have the same instructor_id at the same time"}}) {
    TestSchool school;
    if (school.database.engine() == store::Engine::postgresql && sql.starts_with("pragma")) continue;
    live(school);
    meddle(school, sql);
    EXPECT_NE(faults_of(school).find(fault), std::string::npos) << sql << "\n" << faults_of(school);
  }
}

TEST(Verify, ABrokenLogRebuildsNothing) {
  TestSchool school;
  live(school);
  meddle(school, "drop trigger events_are_final_update; update events set type = 'booking_made'");
  const auto bookings = school.number("select count(*) from bookings");
  EXPECT_THROW(store::rebuild(school.database), std::runtime_error);
  EXPECT_EQ(school.number("select count(*) from bookings"), bookings);
}

TEST(Log, IsFinalAndHasEachVersionOfAStreamOnce) {
  TestSchool school;
  live(school);
  EXPECT_THROW(school.execute_as_owner("update events set actor = 1"), store::ConstraintError);
  EXPECT_THROW(school.execute_as_owner("delete from events"), store::ConstraintError);
  EXPECT_THROW(school.execute("delete from events"), store::SqlError) << "who serves may not even try";
  EXPECT_THROW(school.execute("insert into events select school_id, 1, stream, version, type, data, actor,"
                              " correlation_id, at, quiet from events where type = 'booking_held'"),
               store::SqlError);
}

TEST(Verify, ReadModelsDroppedAndRebuiltGiveTheSameRows) {
  TestSchool school;
  live(school);
  const auto rows = [&] {
    return school.database.read({1}, [](store::Transaction& tx) {
      std::string all;
      for (const store::Row row : tx.query("select * from bookings order by id"))
        for (int column = 0; column < 26; ++column) all += row.text(column) + "|";
      return all;
    });
  };
  const auto before = rows();
  EXPECT_GT(before.size(), 500u);
  EXPECT_EQ(store::rebuild(school.database), 14);
  EXPECT_EQ(rows(), before);
}

}  // namespace verify_test
