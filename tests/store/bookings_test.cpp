// What can be done with bookings, told as given, when, then, on a real database.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <fstream>

#include "actions/housekeeping.h"
#include "store/school.h"

namespace bookings_test {

using base::Code;
using domain::Status;
using testing_support::TestSchool;
using namespace std::chrono_literals;

std::vector<Code> rules(const base::Error& error) {
  std::vector<Code> codes;
  for (const auto& refusal : error.refusals) codes.push_back(refusal.rule);
  return codes;
}

#define ASSERT_OK(result) ASSERT_TRUE(result.has_value()) << (result ? "" : result.error().detail)

TEST(MakeBooking, BooksAndRemembersWhatItPromised) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-02T10:00"));
  ASSERT_OK(made);
  EXPECT_EQ(made->booking.status, Status::booked);
  EXPECT_EQ(made->booking.local_start, "2026-03-02T10:00:00");
  EXPECT_EQ(made->booking.zone, "Europe/London");
  EXPECT_EQ(made->booking.price, (domain::Money{4200, "GBP"}));
  EXPECT_EQ(made->booking.vehicle.value, 3001) << "the lowest car that is free";
  EXPECT_EQ(made->booking.occupied.end() - made->booking.lesson.end(), 15min);
  EXPECT_EQ(made->booking.cancel_free_until, school.time("2026-02-28T10:00"));
  EXPECT_EQ(made->can, (std::vector<std::string_view>{"cancel"})) << "a day's notice to move is over";
}

TEST(MakeBooking, NobodyElseCanHaveIt) {
  TestSchool school;
  ASSERT_OK(school.book(school.learner(1), school.at("2026-03-02T10:00")));
  const auto second = school.book(school.learner(2), school.at("2026-03-02T10:30"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::slot_taken);
  ASSERT_FALSE(second.error().alternatives.empty());
  for (const auto& other : second.error().alternatives) {
    auto input = school.at("2026-03-02T10:30");
    input.start = base::from_seconds(other.start);
    input.instructor = {other.instructor};
    EXPECT_TRUE(actions::explain(school.context(), school.learner(2),
                                 {.type = school.type,
                                  .from = school.zone.day_of(input.start),
                                  .to = school.zone.day_of(input.start + 24h),
                                  .instructor = input.instructor},
                                 input.start)
                    ->empty());
  }
}

TEST(MakeBooking, AnAlternativeBooks) {
  TestSchool school;
  ASSERT_OK(school.book(school.learner(1), school.at("2026-03-02T10:00")));
  const auto refused = school.book(school.learner(2), school.at("2026-03-02T10:00"));
  ASSERT_FALSE(refused);
  auto input = school.at("2026-03-02T10:00");
  input.start = base::from_seconds(refused.error().alternatives.at(0).start);
  input.instructor = {refused.error().alternatives.at(0).instructor};
  EXPECT_TRUE(school.book(school.learner(2), input));
}

TEST(MakeBooking, TheSameLearnerIsBusyToo) {
  TestSchool school;
  ASSERT_OK(school.book(school.learner(), school.at("2026-03-02T10:00")));
  const auto again = school.book(school.learner(), school.at("2026-03-02T10:00"));
  ASSERT_FALSE(again);
  EXPECT_EQ(rules(again.error()), (std::vector{Code::slot_taken, Code::learner_busy}));
}

TEST(MakeBooking, ARepeatedRequestAnswersWithTheSameBooking) {
  TestSchool school;
  const auto who = school.learner();
  const auto key = school.key("one key", &who);
  const auto first = actions::make_booking(school.context(), who, school.at("2026-03-02T10:00"), key);
  const auto again = actions::make_booking(school.context(), who, school.at("2026-03-02T10:00"), key);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(first->booking.id, again->booking.id);
  EXPECT_FALSE(first->replayed);
  EXPECT_TRUE(again->replayed);
  auto other = key;
  other.body_hash = {9};
  const auto mismatch = actions::make_booking(school.context(), who, school.at("2026-03-02T11:30"), other);
  ASSERT_FALSE(mismatch);
  EXPECT_EQ(mismatch.error().code, Code::idempotency_mismatch);
  EXPECT_EQ(school.number("select count(*) from bookings"), 1);
}

TEST(MakeBooking, ARepeatedRequestForAnyInstructorIsReplayedTooThoughTheTimeIsTakenByItself) {
  TestSchool school({.instructors = 1});
  const auto who = school.learner();
  auto input = school.at("2026-03-02T10:00");
  input.instructor = {};
  const auto key = school.key("any", &who);
  const auto first = actions::make_booking(school.context(), who, input, key);
  const auto again = actions::make_booking(school.context(), who, input, key);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(first->booking.id, again->booking.id);
}

TEST(MakeBooking, AKeyIsOnePersonsAndForOneRoute) {
  TestSchool school;
  auto any = school.at("2026-03-02T10:00");
  any.instructor = {};
  const auto ada = school.learner(1), bob = school.learner(2);
  ASSERT_OK(actions::make_booking(school.context(), ada, any, school.key("same", &ada)));
  const auto other = actions::make_booking(school.context(), bob, any, school.key("same", &bob));
  ASSERT_OK(other);
  EXPECT_FALSE(other->replayed);
  auto key = school.key("same", &ada);
  key.route = "POST holds";
  any.start += 24h;
  const auto held = actions::hold_slot(school.context(), ada, any, key);
  ASSERT_OK(held);
  EXPECT_FALSE(held->replayed);
}

TEST(MakeBooking, ARefusalIsNotRemembered) {
  TestSchool school;
  const auto other = school.book(school.learner(2), school.at("2026-03-02T10:00"));
  ASSERT_OK(other);
  const auto who = school.learner();
  const auto key = school.key("retry", &who);
  ASSERT_FALSE(actions::make_booking(school.context(), who, school.at("2026-03-02T10:00"), key));
  ASSERT_OK(actions::cancel_booking(school.context(), school.learner(2), other->booking.id, 1, ""));
  EXPECT_TRUE(actions::make_booking(school.context(), who, school.at("2026-03-02T10:00"), key));
}

TEST(MakeBooking, AnyInstructorTakesTheLeastLoadedAndThenWhoeverIsFree) {
  TestSchool school;
  ASSERT_OK(school.book(school.learner(1), school.at("2026-03-03T10:00")));
  auto any = school.at("2026-03-02T10:00");
  any.instructor = {};
  const auto second = school.book(school.learner(2), any);
  ASSERT_OK(second);
  EXPECT_EQ(second->booking.instructor.value, 1002) << "instructor 1 has a lesson that week already";
  const auto third = school.book(school.learner(3), any);
  ASSERT_OK(third);
  EXPECT_EQ(third->booking.instructor.value, 1001);
  const auto fourth = school.book(school.learner(1), any);
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, Code::slot_taken);
  EXPECT_FALSE(fourth.error().alternatives.empty());
}

TEST(MakeBooking, TwoLessonsNeedTwoCars) {
  TestSchool school({.vehicles = 1});
  ASSERT_OK(school.book(school.learner(1), school.at("2026-03-02T10:00")));
  auto input = school.at("2026-03-02T10:00");
  input.instructor = {1002};
  const auto second = school.book(school.learner(2), input);
  ASSERT_FALSE(second);
  EXPECT_EQ(rules(second.error()), (std::vector{Code::vehicle_busy}));
}

TEST(MakeBooking, WhatIsNotThereIsNotFound) {
  TestSchool school;
  const auto code = [&](auto change) {
    auto input = school.at("2026-03-02T10:00");
    change(input);
    const auto result = school.book(school.learner(), input);
    return result ? Code::internal : result.error().code;
  };
  EXPECT_EQ(code([](auto& input) { input.type = {9}; }), Code::not_found);
  EXPECT_EQ(code([](auto& input) { input.instructor = {9}; }), Code::not_found);
  EXPECT_EQ(code([](auto& input) { input.vehicle = {9}; }), Code::not_found);
  EXPECT_EQ(code([](auto& input) { input.learner = {2002}; }), Code::not_found) << "somebody else's name";
  EXPECT_EQ(code([](auto& input) { input.pickup = {9}; }), Code::not_found);
  EXPECT_EQ(code([](auto& input) { input.hold = {9}; }), Code::not_found);
  EXPECT_EQ(code([](auto& input) { input.overruled = {"too-soon"}; }), Code::forbidden);
  EXPECT_EQ(school.number("select count(*) from bookings"), 0);
  EXPECT_EQ(school.number("select count(*) from idempotency"), 0);
}

TEST(MakeBooking, StaffOverruleSoftRulesByNameWithAReasonAndNeverAnOverlap) {
  TestSchool school;
  auto early = school.at("2026-03-02T07:00");
  early.learner = {2001};
  EXPECT_EQ(school.book(school.office(), early).error().code, Code::outside_hours);
  early.overruled = {"outside-hours"};
  EXPECT_EQ(school.book(school.office(), early).error().code, Code::invalid_input) << "no reason given";
  early.reason = "Practice before the test";
  const auto made = school.book(school.office(), early);
  ASSERT_OK(made);
  const auto history = school.history(school.office(), made->booking.id);
  ASSERT_OK(history);
  EXPECT_EQ(history->at(0).event.data.at("override").as_array().at(0).as_string(), "outside-hours");
  EXPECT_EQ(boost::json::serialize(history->at(0).event.data).find("Practice"), std::string::npos);
  EXPECT_EQ(school.text(history->at(0).event.data.at("reason")), "Practice before the test");

  auto over = early;
  over.learner = {2002};
  for (const auto* rule : {"slot-taken", "buffer", "learner-busy", "vehicle-busy", "nonsense"}) {
    over.overruled = {rule};
    EXPECT_EQ(school.book(school.office(), over).error().code, Code::invalid_input) << rule;
  }
}

TEST(MakeBooking, LessonsAheadCountWhateverWeekIsAskedAbout) {
  TestSchool school;
  school.execute("insert into constraints (school_id, rule, enabled, value) values (1, 'open-bookings', 1, 2)");
  ASSERT_OK(school.book(school.learner(), school.at("2026-03-02T10:00")));
  ASSERT_OK(school.book(school.learner(), school.at("2026-03-03T10:00")));
  const auto third = school.book(school.learner(), school.at("2026-03-16T10:00"));
  ASSERT_FALSE(third);
  EXPECT_EQ(rules(third.error()), std::vector{Code::open_bookings});
}

TEST(MakeBooking, OffTheTickIsRefusedEvenForStaff) {
  TestSchool school;
  auto input = school.at("2026-03-02T10:00");
  input.learner = {2001};
  input.start += 60s;
  input.overruled = {"off-grid"};
  input.reason = "x";
  EXPECT_EQ(school.book(school.office(), input).error().code, Code::off_grid);
  input.start += 240s;
  EXPECT_TRUE(school.book(school.office(), input)) << "off the grid of quarters, on the tick of five minutes";
}

TEST(MakeBooking, AnInstructorBooksIntoTheirOwnCalendarOnly) {
  TestSchool school;
  auto input = school.at("2026-03-02T10:00");
  input.learner = {2001};
  EXPECT_EQ(school.book(school.instructor(2), input).error().code, Code::forbidden);
  EXPECT_TRUE(school.book(school.instructor(1), input));
}

TEST(MakeBooking, OutsideEventsBlockWithTheBuffersOfTheLesson) {
  TestSchool school;
  school.execute("insert into busy (school_id, instructor_id, id, starts_at, ends_at) values (1, 1001, 1, " +
                 std::to_string(base::to_seconds(school.time("2026-03-02T11:00"))) + ", " +
                 std::to_string(base::to_seconds(school.time("2026-03-02T12:00"))) + ")");
  EXPECT_EQ(rules(school.book(school.learner(), school.at("2026-03-02T11:15")).error()), std::vector{Code::slot_taken});
  EXPECT_EQ(rules(school.book(school.learner(), school.at("2026-03-02T10:00")).error()), std::vector{Code::buffer});
  EXPECT_TRUE(school.book(school.learner(), school.at("2026-03-02T09:45")));
  EXPECT_TRUE(school.book(school.learner(2), school.at("2026-03-02T12:00"))) << "no buffer before a lesson";
}

TEST(MakeBooking, OutsideEventsThatOverlapBlockUntilTheLastOneEnds) {
  TestSchool school;
  const auto busy = [&](int id, const std::string& from, const std::string& to) {
    school.execute(
        fmt::format("insert into busy (school_id, instructor_id, id, starts_at, ends_at) values (1, 1001, {}, {}, {})",
                    id, base::to_seconds(school.time(from)), base::to_seconds(school.time(to))));
  };
  busy(1, "2026-03-02T10:00", "2026-03-02T13:00");
  busy(2, "2026-03-02T11:00", "2026-03-02T12:00");
  EXPECT_EQ(rules(school.book(school.learner(), school.at("2026-03-02T12:00")).error()), std::vector{Code::slot_taken});
  EXPECT_TRUE(school.book(school.learner(), school.at("2026-03-02T13:00")));
}

TEST(MoveBooking, HappensOrTheOldTimeStays) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-05T10:00"));
  ASSERT_OK(made);
  ASSERT_OK(school.book(school.learner(2), school.at("2026-03-05T14:00")));
  const auto id = made->booking.id;
  const auto taken =
      actions::move_booking(school.context(), school.learner(), id, 1, {.start = school.time("2026-03-05T14:00")});
  EXPECT_EQ(taken.error().code, Code::slot_taken);
  EXPECT_FALSE(taken.error().alternatives.empty());
  EXPECT_EQ(actions::get_booking(school.context(), school.learner(), id)->booking.lesson, made->booking.lesson);
  const auto moved =
      actions::move_booking(school.context(), school.learner(), id, 1, {.start = school.time("2026-03-05T10:30")});
  ASSERT_OK(moved);
  EXPECT_EQ(moved->booking.version, 2);
  EXPECT_EQ(moved->booking.local_start, "2026-03-05T10:30:00") << "over its own old time";
  EXPECT_EQ(moved->booking.price, made->booking.price);
  EXPECT_EQ(actions::move_booking(school.context(), school.learner(), id, 1, {.start = school.time("2026-03-05T12:00")})
                .error()
                .code,
            Code::stale_version);
}

TEST(MoveBooking, NoticeHoldsForTheOldTimeAndForTheNewOne) {
  TestSchool school;
  const auto soon = school.book(school.learner(), school.at("2026-03-02T10:00"));
  const auto later = school.book(school.learner(2), school.at("2026-03-05T10:00"));
  ASSERT_OK(soon);
  ASSERT_OK(later);
  EXPECT_EQ(actions::move_booking(school.context(), school.learner(), soon->booking.id, 1,
                                  {.start = school.time("2026-03-06T10:00")})
                .error()
                .code,
            Code::too_late);
  EXPECT_EQ(actions::move_booking(school.context(), school.learner(2), later->booking.id, 1,
                                  {.start = school.time("2026-03-02T11:15")})
                .error()
                .code,
            Code::too_soon);
}

TEST(MoveBooking, StaffChangeLengthInstructorAndCar) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-05T10:00"));
  ASSERT_OK(made);
  EXPECT_EQ(actions::move_booking(school.context(), school.learner(), made->booking.id, 1,
                                  {.end = school.time("2026-03-05T12:00")})
                .error()
                .code,
            Code::forbidden);
  const auto moved =
      actions::move_booking(school.context(), school.office(), made->booking.id, 1,
                            {.end = school.time("2026-03-05T11:30"), .instructor = {1002}, .vehicle = {3002}});
  ASSERT_OK(moved);
  EXPECT_EQ(moved->booking.instructor.value, 1002);
  EXPECT_EQ(moved->booking.vehicle.value, 3002);
  EXPECT_EQ(moved->booking.lesson.length(), 90min);
  EXPECT_TRUE(school.book(school.learner(2), school.at("2026-03-05T10:00"))) << "the old calendar is free again";
}

TEST(CancelBooking, FreesTheTimeAndSaysWhetherItWasLate) {
  TestSchool school;
  const auto soon = school.book(school.learner(), school.at("2026-03-02T10:00"));
  const auto later = school.book(school.learner(), school.at("2026-03-06T10:00"));
  ASSERT_OK(soon);
  ASSERT_OK(later);
  ASSERT_OK(actions::cancel_booking(school.context(), school.learner(), soon->booking.id, 1, "I am ill."));
  ASSERT_OK(actions::cancel_booking(school.context(), school.learner(), later->booking.id, 1, ""));
  const auto late = [&](base::BookingId id) {
    return school.history(school.office(), id)->back().event.data.contains("late");
  };
  EXPECT_TRUE(late(soon->booking.id));
  EXPECT_FALSE(late(later->booking.id));
  EXPECT_TRUE(school.book(school.learner(2), school.at("2026-03-02T10:00")));
  EXPECT_EQ(actions::cancel_booking(school.context(), school.learner(), soon->booking.id, 2, "").error().code,
            Code::wrong_status);
}

TEST(CancelBooking, NotAfterTheLessonHasBegunByTheLearner) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-02T10:00"));
  ASSERT_OK(made);
  school.now = made->booking.lesson.start();
  EXPECT_EQ(actions::cancel_booking(school.context(), school.learner(), made->booking.id, 1, "").error().code,
            Code::too_late);
  EXPECT_TRUE(actions::cancel_booking(school.context(), school.office(), made->booking.id, 1, ""));
}

TEST(Outcome, IsRecordedOnceTheLessonHasBegun) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-02T10:00"));
  ASSERT_OK(made);
  const auto record = [&] {
    return actions::record_outcome(school.context(), school.instructor(), made->booking.id, 1, Status::delivered);
  };
  EXPECT_EQ(record().error().code, Code::too_late);
  school.now = made->booking.lesson.start();
  ASSERT_OK(record());
  EXPECT_EQ(actions::record_outcome(school.context(), school.instructor(2), made->booking.id, 2, Status::no_show)
                .error()
                .code,
            Code::not_found)
      << "another instructor's lesson";
}

TEST(Undo, TakesBackACancellationAMoveAndAnOutcome) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-05T10:00"));
  ASSERT_OK(made);
  const auto id = made->booking.id;
  const auto cancelled = actions::cancel_booking(school.context(), school.learner(), id, 1, "");
  ASSERT_OK(cancelled);
  EXPECT_EQ(cancelled->can, std::vector<std::string_view>{"undo"});
  const auto back = actions::undo_change(school.context(), school.learner(), id, 2);
  ASSERT_OK(back);
  EXPECT_EQ(back->booking.status, Status::booked);
  ASSERT_OK(
      actions::move_booking(school.context(), school.learner(), id, 3, {.start = school.time("2026-03-06T10:00")}));
  school.now += 10s;
  const auto again = actions::undo_change(school.context(), school.learner(), id, 4);
  ASSERT_OK(again);
  EXPECT_EQ(again->booking.lesson, made->booking.lesson);
  EXPECT_EQ(again->booking.version, 5);
}

TEST(Undo, IsForTheAuthorForTenSecondsAndOnlyWhileTheTimeIsFree) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-05T10:00"));
  ASSERT_OK(made);
  const auto id = made->booking.id;
  ASSERT_OK(actions::cancel_booking(school.context(), school.learner(), id, 1, ""));
  EXPECT_EQ(actions::undo_change(school.context(), school.office(), id, 2).error().code, Code::too_late);
  ASSERT_OK(school.book(school.learner(2), school.at("2026-03-05T10:00")));
  EXPECT_EQ(actions::undo_change(school.context(), school.learner(), id, 2).error().code, Code::slot_taken);
  school.now += 11s;
  EXPECT_EQ(actions::undo_change(school.context(), school.learner(), id, 2).error().code, Code::too_late);
}

TEST(Bookings, AreSeenByWhomTheyConcern) {
  TestSchool school;
  const auto made = school.book(school.learner(), school.at("2026-03-05T10:00"));
  ASSERT_OK(made);
  const auto sees = [&](const actions::Caller& who) {
    const bool one = actions::get_booking(school.context(), who, made->booking.id).has_value();
    const bool listed = actions::list_bookings(school.context(), who, {})->size() == 1;
    EXPECT_EQ(one, listed);
    EXPECT_EQ(one, school.history(who, made->booking.id).has_value());
    return one;
  };
  EXPECT_TRUE(sees(school.learner(1)));
  EXPECT_FALSE(sees(school.learner(2)));
  EXPECT_TRUE(sees(school.instructor(1)));
  EXPECT_FALSE(sees(school.instructor(2)));
  EXPECT_TRUE(sees(school.office()));
  auto stranger = school.office();
  stranger.principal.school = {99};
  EXPECT_FALSE(actions::get_booking(school.context(), stranger, made->booking.id)) << "another school's office";
}

TEST(Bookings, NotesAndReasonsAreSealed) {
  TestSchool school;
  auto input = school.at("2026-03-05T10:00");
  input.note = "PLANTED-NOTE-4711";
  const auto made = school.book(school.learner(), input);
  ASSERT_OK(made);
  ASSERT_OK(actions::cancel_booking(school.context(), school.learner(), made->booking.id, 1, "PLANTED-REASON-4711"));
  EXPECT_EQ(school.text(base::to_text(made->booking.note).c_str()), "PLANTED-NOTE-4711");
  const auto history = school.history(school.office(), made->booking.id);
  EXPECT_EQ(school.text(history->back().event.data.at("reason")), "PLANTED-REASON-4711");
  for (const auto* file : {"roadbook.db", "roadbook.db-wal", "roadbook.keys"}) {
    std::ifstream stream(school.folder.file(file), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(bytes.find("PLANTED"), std::string::npos) << file;
  }
}

TEST(Housekeeping, EndsWhatHasLapsedAndForgetsOldKeys) {
  TestSchool school;
  ASSERT_OK(actions::hold_slot(school.context(), school.learner(), school.at("2026-03-02T10:00"), school.key()));
  ASSERT_OK(school.book(school.learner(2), school.at("2026-03-02T12:00")));
  EXPECT_EQ(actions::keep_house(school.context(), school.now).expired, 0);
  EXPECT_EQ(actions::keep_house(school.context(), school.now + 5min).expired, 1);
  EXPECT_EQ(actions::clear_out(school.context(), school.now + 24h).requests, 0);
  EXPECT_EQ(actions::clear_out(school.context(), school.now + 24h + 1s).requests, 2);
}

TEST(Housekeeping, ClearsSessionsThatAreOverAndKeysThatNobodyNeeds) {
  TestSchool school;
  school.execute(
      "insert into sessions (school_id, id, person_id, refresh_hash, created_at, used_at, expires_at, ended_at)"
      " values (1, 1, 2001, " +
      testing_support::bytes_in_sql("01") + ", 0, 0, 10, 10), (1, 2, 2001, " + testing_support::bytes_in_sql("02") +
      ", 0, 0, 4000000000, null), (1, 3, 2001, " + testing_support::bytes_in_sql("03") + ", 0, 0, 4000000000, " +
      std::to_string(base::to_seconds(school.now) - 1) + ")");
  const auto cleared = actions::clear_out(school.context(), school.now);
  EXPECT_EQ(cleared.sessions, 1);
  EXPECT_EQ(cleared.orphan_keys, 0);
  EXPECT_EQ(school.number("select count(*) from sessions"), 2);
}

}  // namespace bookings_test
