// What somebody is told: from what they know to what is so, whatever happened between.
#include "domain/news.h"

#include <gtest/gtest.h>

#include "jobs/dispatch.h"
#include "store/bookings.h"

namespace news_test {

using domain::Booking;
using domain::News;
using domain::Status;

constexpr base::PersonId learner{21}, instructor{11}, other_instructor{12}, office{41};

Booking booking(Status status, int hour = 10, base::InstructorId with = {11}) {
  const auto start = base::from_seconds(1'774'774'800 + hour * 3600);
  const auto lesson = domain::Interval::of(start, std::chrono::hours{1});
  return {.id = {7},
          .status = status,
          .type = {5},
          .instructor = with,
          .learner = {21},
          .lesson = lesson,
          .occupied = lesson,
          .vehicle_until = lesson.end(),
          .local_start = "2026-03-29T10:00:00",
          .zone = "Europe/London",
          .price = {100, "GBP"},
          .cancel_free_until = start,
          .created_at = start,
          .created_by = {21}};
}

struct Case {
  const char* name;
  std::optional<Booking> known;
  Booking now;
  base::PersonId reader, changed_by;
  std::optional<News> told;
};

TEST(News, FromWhatIsKnownToWhatIsSo) {
  using enum Status;
  const Case cases[] = {
      {"booked", {}, booking(booked), learner, learner, News::confirmed},
      {"made and moved is one confirmation", {}, booking(booked, 14), instructor, learner, News::confirmed},
      {"made and taken back by oneself", {}, booking(cancelled), learner, learner, {}},
      {"made and taken back, to the other side", {}, booking(cancelled), instructor, learner, {}},
      {"made, and ended at once by the school", {}, booking(cancelled), learner, office, News::cancelled},
      {"asked", {}, booking(requested), instructor, learner, News::requested},
      {"asked and refused at once", {}, booking(refused), learner, office, News::refused},
      {"a hold that lapsed", {}, booking(expired), learner, {}, {}},
      {"accepted", booking(requested), booking(booked), learner, instructor, News::confirmed},
      {"refused", booking(requested), booking(refused), learner, instructor, News::refused},
      {"nobody answered", booking(requested), booking(expired), learner, {}, News::lapsed},
      {"moved", booking(booked), booking(booked, 14), learner, office, News::moved},
      {"moved and moved back", booking(booked), booking(booked), learner, office, {}},
      {"cancelled", booking(booked), booking(cancelled), instructor, learner, News::cancelled},
      {"cancelled and restored before anybody heard", booking(booked), booking(booked), learner, learner, {}},
      {"restored after they heard", booking(cancelled), booking(booked), learner, office, News::confirmed},
      {"delivered", booking(booked), booking(delivered), learner, instructor, {}},
      {"handed over, to who had it", booking(booked), booking(booked, 10, {12}), instructor, office, News::cancelled},
      {"handed over, to who has it", booking(booked), booking(booked, 10, {12}), other_instructor, office,
       News::confirmed},
      {"handed over, to the learner", booking(booked), booking(booked, 10, {12}), learner, office, News::moved},
  };
  for (const auto& each : cases)
    EXPECT_EQ(domain::news(each.known, each.now, {each.reader, each.changed_by}), each.told) << each.name;
}

TEST(News, LeadsAreFewAndApart) {
  EXPECT_EQ(domain::to_text(domain::leads_from("120,1440").value()), "1440,120");
  EXPECT_TRUE(domain::leads_from("").value().empty());
  for (const auto* wrong : {"0", "14", "10081", "60,60", "60,120,180,240", "60,x", "sixty", "-60"})
    EXPECT_FALSE(domain::leads_from(wrong)) << wrong;
}

store::Event event_of(const Booking& state, base::Instant at, bool quiet = false) {
  return {.stream = "booking/7",
          .version = 1,
          .type = "booking_made",
          .data = store::to_json(state),
          .at = at,
          .quiet = quiet};
}

std::string shown(const std::vector<jobs::Wanted>& wanted, base::Instant start) {
  std::string text;
  for (const auto& [key, due_at] : wanted) {
    text += fmt::format("{} {}", store::to_string(key.kind), key.person.value);
    if (key.lead.count() > 0) text += fmt::format(" {}", key.lead.count());
    text += due_at ? fmt::format(" at {}; ", (*due_at - start).count()) : "; not; ";
  }
  return text;
}

TEST(Dispatch, NoticesWaitForTheUndoWindowAndRemindersForTheirHour) {
  const auto state = booking(Status::booked);
  const auto start = state.lesson.start();
  const domain::Leads leads{domain::Minutes{1440}, domain::Minutes{120}};
  const auto after = [&](Status status, std::chrono::hours before, bool quiet = false) {
    return shown(jobs::jobs_after(event_of(booking(status), start - before, quiet), leads), start);
  };
  using std::chrono::hours;
  EXPECT_EQ(after(Status::booked, hours{48}),
            "notice 21 at -172790; notice 11 at -172790; reminder 21 1440 at -86400; reminder 21 120 at -7200; ");
  EXPECT_EQ(after(Status::booked, hours{3}),
            "notice 21 at -10790; notice 11 at -10790; reminder 21 1440; not; reminder 21 120 at -7200; ");
  EXPECT_EQ(after(Status::cancelled, hours{48}),
            "notice 21 at -172790; notice 11 at -172790; reminder 21 1440; not; reminder 21 120; not; ");
  EXPECT_EQ(after(Status::booked, hours{48}, true), "reminder 21 1440 at -86400; reminder 21 120 at -7200; ");
  EXPECT_EQ(after(Status::held, hours{48}), "reminder 21 1440; not; reminder 21 120; not; ");
  const base::PersonId guardians[] = {{31}};
  EXPECT_EQ(
      shown(jobs::jobs_after(event_of(state, start - hours{3}), {domain::Minutes{120}}, guardians), start),
      "notice 21 at -10790; notice 31 at -10790; notice 11 at -10790; reminder 21 120 at -7200; reminder 31 120 at"
      " -7200; ");
  EXPECT_TRUE(
      jobs::jobs_after({.stream = "vehicle/3", .version = 1, .type = "vehicle_added", .data = {}, .at = start}, leads)
          .empty());
}

}  // namespace news_test
