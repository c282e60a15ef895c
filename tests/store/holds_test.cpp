// Holds and requests: what keeps a time before it is booked.
#include <gtest/gtest.h>

#include "actions/housekeeping.h"
#include "store/school.h"

namespace holds_test {

using base::Code;
using domain::Status;
using testing_support::TestSchool;
using namespace std::chrono_literals;

#define ASSERT_OK(result) ASSERT_TRUE(result.has_value()) << (result ? "" : result.error().detail)

TEST(Holds, KeepATimeAndBecomeTheBooking) {
  TestSchool school;
  const auto who = school.learner();
  const auto held = actions::hold_slot(school.context(), who, school.at("2026-03-02T10:00"), school.key());
  ASSERT_OK(held);
  EXPECT_EQ(held->booking.status, Status::held);
  EXPECT_EQ(held->booking.expires_at, school.now + 5min);
  EXPECT_EQ(school.book(school.learner(2), school.at("2026-03-02T10:00")).error().code, Code::slot_taken);
  auto input = school.at("2026-03-02T10:00");
  input.hold = held->booking.id;
  const auto booked = school.book(who, input);
  ASSERT_OK(booked);
  EXPECT_EQ(booked->booking.id, held->booking.id);
  EXPECT_EQ(booked->booking.status, Status::booked);
  EXPECT_FALSE(booked->booking.expires_at);
}

TEST(Holds, LapseAndTheTimeIsFreeAtOnce) {
  TestSchool school;
  const auto held = actions::hold_slot(school.context(), school.learner(), school.at("2026-03-02T10:00"), school.key());
  ASSERT_OK(held);
  school.now += 5min;
  auto input = school.at("2026-03-02T10:00");
  input.hold = held->booking.id;
  const auto late = school.book(school.learner(), input);
  EXPECT_EQ(late.error().code, Code::hold_expired);
  EXPECT_EQ(late.error().alternatives.at(0).start, base::to_seconds(input.start)) << "nobody took it: offered again";
  const auto listed = actions::find_times(school.context(), school.learner(2),
                                          {.type = school.type,
                                           .from = school.zone.day_of(input.start),
                                           .to = school.zone.day_of(input.start + 24h),
                                           .instructor = {1001}});
  ASSERT_OK(listed);
  EXPECT_TRUE(std::any_of(listed->slots.begin(), listed->slots.end(), [&](const auto& slot) {
    return slot.lesson.start() == input.start;
  })) << "the cached calendar knows when the hold ends";
  EXPECT_TRUE(school.book(school.learner(2), school.at("2026-03-02T10:00")));
  EXPECT_EQ(school.number("select count(*) from events where type = 'booking_expired' and actor is null"), 1);
}

TEST(Holds, AHoldOnTheSameCarLetsGoToo) {
  TestSchool school({.vehicles = 1});
  ASSERT_OK(actions::hold_slot(school.context(), school.learner(1), school.at("2026-03-02T10:00"), school.key()));
  school.now += 5min;
  auto input = school.at("2026-03-02T10:00");
  input.instructor = {1002};
  EXPECT_TRUE(school.book(school.learner(2), input)) << "another instructor, another learner, the same car";
}

TEST(Holds, LetGoOfWhatTheySharedWithTheLessonThatIsBooked) {
  struct Case {
    int learner;
    std::int64_t instructor, vehicle;
  };
  for (const auto& [learner, instructor, vehicle] :
       std::vector<Case>{{2, 1001, 3002}, {1, 1002, 3002}, {2, 1002, 3001}}) {
    TestSchool school;
    auto input = school.at("2026-03-02T10:00");
    ASSERT_OK(actions::hold_slot(school.context(), school.learner(), input, school.key()));
    school.now += 5min;
    input.instructor = {instructor};
    input.vehicle = {vehicle};
    EXPECT_TRUE(school.book(school.learner(learner), input)) << instructor;
  }
}

TEST(Holds, BecomeWhatWasKeptAndNothingElse) {
  TestSchool school;
  school.execute("insert into places (school_id, id, person_id, created_at) values (1, 71, 2001, 0), (1, 72, 2002, 0)");
  auto input = school.at("2026-03-02T10:00");
  input.hold = actions::hold_slot(school.context(), school.learner(), input, school.key())->booking.id;
  const auto refused = [&](const std::function<void(actions::BookingInput&)>& change) {
    auto other = input;
    change(other);
    return school.book(school.learner(), other).error().code;
  };
  EXPECT_EQ(refused([&](auto& other) { other.type = school.motorway; }), Code::invalid_input);
  EXPECT_EQ(refused([](auto& other) { other.start += 15min; }), Code::invalid_input);
  EXPECT_EQ(refused([](auto& other) { other.instructor = {1002}; }), Code::invalid_input);
  EXPECT_EQ(refused([](auto& other) { other.vehicle = {3002}; }), Code::invalid_input);
  EXPECT_EQ(refused([](auto& other) { other.learner = {2002}; }), Code::invalid_input);
  EXPECT_EQ(refused([](auto& other) { other.pickup = {72}; }), Code::not_found) << "somebody else's place";
  input.pickup = {71};
  input.dropoff = {71};
  input.note = "At the back door";
  const auto key = school.key("confirm");
  const auto booked = actions::make_booking(school.context(), school.learner(), input, key);
  ASSERT_OK(booked);
  EXPECT_EQ(booked->booking.pickup.value, 71);
  EXPECT_EQ(booked->booking.dropoff.value, 71);
  EXPECT_EQ(school.text(base::to_text(booked->booking.note).c_str()), "At the back door");
  const auto again = actions::make_booking(school.context(), school.learner(), input, key);
  ASSERT_OK(again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->booking.version, 2);
}

TEST(Holds, AreTwoAtMostAndExtendedOnce) {
  TestSchool school;
  const auto who = school.learner();
  const auto first = actions::hold_slot(school.context(), who, school.at("2026-03-02T10:00"), school.key());
  ASSERT_OK(first);
  ASSERT_OK(actions::hold_slot(school.context(), who, school.at("2026-03-02T12:00"), school.key()));
  const auto third = actions::hold_slot(school.context(), who, school.at("2026-03-02T14:00"), school.key());
  EXPECT_EQ(third.error().code, Code::too_many_holds);
  const auto longer = actions::extend_hold(school.context(), who, first->booking.id);
  ASSERT_OK(longer);
  EXPECT_EQ(longer->booking.expires_at, school.now + 10min);
  EXPECT_EQ(actions::extend_hold(school.context(), who, first->booking.id).error().code, Code::too_late);
  EXPECT_TRUE(actions::release_hold(school.context(), who, first->booking.id));
  EXPECT_EQ(actions::release_hold(school.context(), who, first->booking.id).error().code, Code::wrong_status);
  EXPECT_TRUE(actions::hold_slot(school.context(), who, school.at("2026-03-02T14:00"), school.key()));
}

TEST(Holds, AreListedOnlyWhereAskedFor) {
  TestSchool school;
  ASSERT_OK(actions::hold_slot(school.context(), school.learner(), school.at("2026-03-02T10:00"), school.key()));
  EXPECT_TRUE(actions::list_bookings(school.context(), school.learner(), {})->empty());
  EXPECT_EQ(actions::list_bookings(school.context(), school.learner(), {.status = Status::held})->size(), 1u);
}

TEST(Holds, OfOthersAreNotThere) {
  TestSchool school;
  const auto held = actions::hold_slot(school.context(), school.learner(), school.at("2026-03-02T10:00"), school.key());
  ASSERT_OK(held);
  EXPECT_EQ(actions::release_hold(school.context(), school.learner(2), held->booking.id).error().code, Code::not_found);
}

TEST(Requests, WaitForTheSchoolAndKeepTheTime) {
  TestSchool school({.approval = true});
  const auto asked = school.book(school.learner(), school.at("2026-03-04T10:00"));
  ASSERT_OK(asked);
  EXPECT_EQ(asked->booking.status, Status::requested);
  EXPECT_EQ(asked->booking.expires_at, school.now + 24h);
  EXPECT_EQ(school.book(school.learner(2), school.at("2026-03-04T10:00")).error().code, Code::slot_taken);
  EXPECT_EQ(actions::approve_booking(school.context(), school.learner(), asked->booking.id, 1).error().code,
            Code::forbidden);
  const auto approved = actions::approve_booking(school.context(), school.office(), asked->booking.id, 1);
  ASSERT_OK(approved);
  EXPECT_EQ(approved->booking.status, Status::booked);
  EXPECT_EQ(actions::refuse_booking(school.context(), school.office(), asked->booking.id, 2, "").error().code,
            Code::wrong_status);
}

TEST(Requests, ComeFromLearnersOnlyAlsoByWayOfAHold) {
  TestSchool school({.approval = true});
  auto input = school.at("2026-03-04T10:00");
  input.learner = {2002};
  EXPECT_EQ(school.book(school.office(), input)->booking.status, Status::booked);
  input = school.at("2026-03-04T14:00");
  input.hold = actions::hold_slot(school.context(), school.learner(), input, school.key())->booking.id;
  EXPECT_EQ(school.book(school.learner(), input)->booking.status, Status::requested);
}

TEST(Requests, DoNotCountAsHolds) {
  TestSchool school({.approval = true});
  for (const auto* wall : {"2026-03-04T10:00", "2026-03-05T10:00"})
    ASSERT_OK(school.book(school.learner(), school.at(wall)));
  EXPECT_TRUE(actions::hold_slot(school.context(), school.learner(), school.at("2026-03-06T10:00"), school.key()));
}

TEST(Requests, RefusedOrForgottenFreeTheTime) {
  TestSchool school({.approval = true});
  const auto refused = school.book(school.learner(), school.at("2026-03-04T10:00"));
  ASSERT_OK(refused);
  ASSERT_OK(actions::refuse_booking(school.context(), school.instructor(), refused->booking.id, 1, "I am away."));
  const auto forgotten = school.book(school.learner(), school.at("2026-03-04T10:00"));
  ASSERT_OK(forgotten);
  school.now += 24h;
  EXPECT_EQ(actions::expire_lapsed(school.context(), school.school, school.now, "worker"), 1);
  EXPECT_EQ(actions::expire_lapsed(school.context(), school.school, school.now, "worker"), 0);
  EXPECT_EQ(actions::get_booking(school.context(), school.learner(), forgotten->booking.id)->booking.status,
            Status::expired);
}

}  // namespace holds_test
