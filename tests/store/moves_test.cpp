// Moves and undos at their edges: what stays allowed, what never is, and what the log keeps of it.
#include <gtest/gtest.h>

#include "store/school.h"

namespace moves_test {

using base::Code;
using domain::Status;
using testing_support::TestSchool;
using namespace std::chrono_literals;

#define ASSERT_OK(result) ASSERT_TRUE(result.has_value()) << (result ? "" : result.error().detail)

struct World : TestSchool {
  using TestSchool::TestSchool;
  /// Of learner 1, four days ahead.
  domain::Booking booked(const std::string& wall = "2026-03-05T10:00") { return book(learner(), at(wall))->booking; }
  base::Result<actions::BookingView> move(const actions::Caller& who, const domain::Booking& booking,
                                          const actions::MoveInput& input) {
    return actions::move_booking(context(), who, booking.id, booking.version, input);
  }
  /// The name of the refusal; "" where it worked.
  template <class T>
  static std::string refusal(const base::Result<T>& result) {
    return result ? "" : std::string(to_string(result.error().code));
  }
  boost::json::object last_event(base::BookingId id) { return history(office(), id)->back().event.data; }
};

TEST(MoveBooking, IsAllowedThoughTypeAndLearnerTakeNoNewLessons) {
  World world;
  const auto made = world.booked();
  world.execute("update lesson_types set active = 0");
  world.execute("update people set active = 0 where id = 2001");
  EXPECT_EQ(world.refusal(world.move(world.office(), made, {.start = world.time("2026-03-05T14:00")})), "");
  world.execute("update lesson_types set active = 1");
  auto input = world.at("2026-03-06T10:00");
  input.learner = {2001};
  EXPECT_EQ(world.refusal(world.book(world.office(), input)), "not-found");
}

TEST(MoveBooking, TakesMultiplesOfFiveMinutesUpToTwelveHours) {
  World world;
  const auto made = world.booked();
  for (const auto& end : {made.lesson.start() + 12h + 5min, made.lesson.start() + 62min})
    EXPECT_EQ(world.refusal(world.move(world.office(), made, {.end = end})), "invalid-input") << base::to_text(end);
}

TEST(MoveBooking, ToAnotherInstructorIsNotForInstructors) {
  World world;
  const auto made = world.booked();
  EXPECT_EQ(world.refusal(world.move(world.instructor(), made, {.instructor = {1002}})), "forbidden");
  EXPECT_EQ(world.refusal(world.move(world.learner(), made, {.instructor = {1002}})), "");
}

TEST(MoveBooking, OverrulesForAReasonThatTheLogKeepsSealed) {
  World world;
  const auto made = world.booked();
  actions::MoveInput input{.start = world.time("2026-03-05T07:00"), .overruled = {"outside-hours"}};
  EXPECT_EQ(world.refusal(world.move(world.office(), made, input)), "invalid-input");
  input.reason = "Test at eight";
  ASSERT_OK(world.move(world.office(), made, input));
  const auto event = world.last_event(made.id);
  EXPECT_EQ(event.at("override"), (boost::json::array{"outside-hours"}));
  EXPECT_EQ(world.text(event.at("reason")), "Test at eight");
}

TEST(MoveBooking, GoesToPlacesOfItsLearnerOnly) {
  World world;
  const auto made = world.booked();
  world.execute("insert into places (school_id, id, person_id, created_at) values (1, 71, 2001, 0), (1, 72, 2002, 0)");
  EXPECT_EQ(world.refusal(world.move(world.learner(), made, {.pickup = base::PlaceId{72}})), "not-found");
  const auto moved = world.move(world.learner(), made, {.pickup = base::PlaceId{71}});
  ASSERT_OK(moved);
  EXPECT_EQ(moved->booking.pickup.value, 71);
}

TEST(MoveBooking, OffersNoTimeWhereTheLessonStandsAlready) {
  World world;
  const auto made = world.booked();
  ASSERT_OK(world.book(world.learner(2), world.at("2026-03-05T11:15")));
  const auto refused = world.move(world.learner(), made, {.start = world.time("2026-03-05T10:15")});
  ASSERT_FALSE(refused);
  for (const auto& other : refused.error().alternatives)
    EXPECT_FALSE(other.start == base::to_seconds(made.lesson.start()) && other.instructor == 1001);
}

TEST(MoveBooking, ARequestWaitsAnewForTheSchool) {
  World world({.approval = true});
  const auto asked = world.booked();
  world.now += 20h;
  const auto moved = world.move(world.learner(), asked, {.start = world.time("2026-03-05T14:00")});
  ASSERT_OK(moved);
  EXPECT_EQ(moved->booking.status, Status::requested);
  EXPECT_EQ(moved->booking.expires_at, world.now + 24h);
}

TEST(Turnaround, KeepsTheCarAfterTheLesson) {
  World world({.vehicles = 1});
  world.execute("update vehicles set turnaround = 30");
  const auto made = world.booked("2026-03-02T10:00");
  EXPECT_EQ(made.vehicle_until, made.lesson.end() + 30min);
  auto next = world.at("2026-03-02T11:15");
  next.instructor = {1002};
  const auto refused = world.book(world.learner(2), next);
  EXPECT_EQ(world.refusal(refused), "vehicle-busy");
  EXPECT_FALSE(refused.error().alternatives.empty()) << "decided, not stopped by the tables alone";
  next.start += 15min;
  EXPECT_EQ(world.refusal(world.book(world.learner(2), next)), "");
}

TEST(Undo, TakesBackAnOutcomeThoughTheLessonHasBegun) {
  for (const auto outcome : {Status::delivered, Status::no_show}) {
    World world;
    const auto made = world.booked("2026-03-02T10:00");
    world.now = made.lesson.start() + 1h;
    ASSERT_OK(actions::record_outcome(world.context(), world.instructor(), made.id, 1, outcome));
    const auto history = world.history(world.office(), made.id);
    EXPECT_EQ(history->back().event.type, outcome == Status::delivered ? "booking_delivered" : "booking_missed");
    EXPECT_EQ(world.refusal(actions::undo_change(world.context(), world.instructor(), made.id, 1)), "stale-version");
    const auto back = actions::undo_change(world.context(), world.instructor(), made.id, 2);
    ASSERT_OK(back);
    EXPECT_EQ(back->booking.status, Status::booked);
  }
}

TEST(Undo, IsNotForAnswersToRequests) {
  World world({.approval = true});
  const auto asked = world.booked();
  ASSERT_OK(actions::approve_booking(world.context(), world.office(), asked.id, 1));
  EXPECT_EQ(world.refusal(actions::undo_change(world.context(), world.office(), asked.id, 2)), "too-late");
}

TEST(Undo, TakesBackTheMoveOfARequestThatHasLapsedMeanwhile) {
  World world({.approval = true});
  world.now = world.time("2026-03-04T10:14") + 55s;
  const auto asked = world.booked();
  const auto moved = world.move(
      world.office(), asked,
      {.start = world.time("2026-03-04T10:15"), .overruled = {"too-soon"}, .reason = "The learner is here already"});
  ASSERT_OK(moved);
  world.now += 9s;
  const auto back = actions::undo_change(world.context(), world.office(), asked.id, 2);
  ASSERT_OK(back);
  EXPECT_EQ(back->booking.lesson, asked.lesson);
  EXPECT_EQ(back->booking.expires_at, asked.expires_at);
}

}  // namespace moves_test
