// Two-way sync while Google does not answer, and while none of its messages arrives.
#include <random>

#include "api/sync_policy.h"

namespace sync_outage_test {

using namespace memory_google;

/// Lessons of an hour, each at a time of its own: two instructors, six times a day, from Tuesday on.
struct Timetable {
  SyncedSchool& world;
  base::Instant start(int number) const {
    const int time = number / 2, day = time / 6;
    const auto date = std::chrono::sys_days{std::chrono::March / (3 + day + (day > 3 ? 2 : 0)) / 2026};
    return date + 9h + 90min * (time % 6);
  }
  actions::Caller office() const { return world.caller(4001, auth::Role::office); }
  domain::Booking book(int number) const {
    const auto made = actions::make_booking(world.school.context(), office(),
                                            {.type = world.school.type,
                                             .start = start(number),
                                             .instructor = {1001 + number % 2},
                                             .learner = {2001 + number % 20}},
                                            world.school.key());
    EXPECT_TRUE(made) << number << ": " << made.error().detail;
    return made.value().booking;
  }
  void move(const domain::Booking& booking, int number) const {
    EXPECT_TRUE(
        actions::move_booking(world.school.context(), office(), booking.id, booking.version, {.start = start(number)}));
  }
  void cancel(const domain::Booking& booking) const {
    EXPECT_TRUE(actions::cancel_booking(world.school.context(), office(), booking.id, booking.version, ""));
  }
};

bool writes(const Call& call) {
  return call.what == "insert" || call.what == "patch" || call.what == "remove";
}

/// How often each event was written, with effect.
std::map<std::string, int> written(const std::vector<Call>& calls) {
  std::map<std::string, int> times;
  for (const auto& call : calls)
    if (writes(call) && call.fate == Fate::fine) ++times[call.id];
  return times;
}

/// The most calls of one calendar within a minute.
int busiest_minute(const std::vector<Call>& calls) {
  std::map<std::string, std::deque<base::Instant>> last;
  std::size_t most = 0;
  for (const auto& call : calls) {
    auto& minute = last[call.calendar];
    while (!minute.empty() && minute.front() + 60s <= call.at) minute.pop_front();
    minute.push_back(call.at);
    most = std::max(most, minute.size());
  }
  return static_cast<int>(most);
}

TEST(SyncOutage, AnOutageOfTenMinutesIsDrainedOnceInOrderAndWithinTheQuota) {
  SyncedSchool world({.learners = 20});
  const Timetable timetable{world};
  std::vector<domain::Booking> before;
  before.reserve(20);
  for (int i = 0; i < 20; ++i) before.push_back(timetable.book(i));
  world.work();
  auto& google = world.google;
  google.calls.clear();
  google.retry_after = 40s;
  const auto until = world.now + 10min;
  int calls = 0;
  std::string under_way;
  google.fate = [&](const Call& call) {
    EXPECT_FALSE(call.what != "events" && call.calendar == under_way) << "two at once in " << call.calendar;
    if (world.now >= until) return Fate::fine;
    return ++calls % 2 ? Fate::limited : Fate::unavailable;
  };
  google.meanwhile = [&](const Call& call) {  // Another thread looks for work.
    if (!under_way.empty() || !writes(call)) return;
    under_way = call.calendar;
    jobs::write_due_lessons(world.office(), world.now);
    under_way.clear();
  };
  for (int i = 0; i < 40; ++i) {
    if (i < 20) timetable.book(20 + i);
    if (i >= 20 && i < 30) timetable.move(before.at(static_cast<std::size_t>(i - 20)), 40 + i - 20);
    if (i >= 30) timetable.cancel(before.at(static_cast<std::size_t>(i - 20)));
    world.pass(14s);
  }
  EXPECT_TRUE(written(google.calls).empty());
  while (world.now < until + 5min) world.pass(1s);
  const auto times = written(google.calls);
  EXPECT_EQ(times.size(), 40u);
  for (const auto& [id, count] : times) EXPECT_EQ(count, 1) << id;
  std::map<std::string, base::Instant> not_before;
  for (const auto& call : google.calls) {
    const auto what = call.calendar + " " + call.id;
    EXPECT_GE(call.at, not_before[what]) << call.what;
    if (call.fate == Fate::limited) not_before[what] = call.at + google.retry_after;
  }
  EXPECT_LE(busiest_minute(google.calls), 600) << "Google's limit of a minute and a user";
  for (const auto& booking : world.bookings()) {
    const auto& item =
        google.items(SyncedSchool::address(booking.instructor)).at(calendars::event_id(base::to_text(booking.id), 0));
    EXPECT_EQ(item.living(), booking.status == domain::Status::booked);
    EXPECT_TRUE(!item.living() || item.event.time == booking.lesson);
  }
}

TEST(SyncOutage, AWriterWhoseClaimHasEndedChangesNothingOfWhatAnotherHasWritten) {
  SyncedSchool world({.instructors = 1});
  auto& google = world.google;
  const auto calendar = SyncedSchool::address(1);
  const auto booking = Timetable{world}.book(0);
  const auto id = [&](int generation) { return calendars::event_id(base::to_text(booking.id), generation); };
  google.create(calendar, {.id = id(0), .series = {}, .time = booking.lesson});  // Another's, so that it looks twice.
  bool overtaken = false;
  google.meanwhile = [&](const Call& call) {
    if (std::exchange(overtaken, overtaken || call.what == "get") || !overtaken) return;
    world.pass(store::claim_lasts + 1s);
  };
  google.fate = [&](const Call& call) {
    return overtaken && call.id == id(1) && call.what == "get" ? Fate::dropped_before : Fate::fine;
  };
  world.work();
  EXPECT_TRUE(overtaken);
  EXPECT_TRUE(google.items(calendar).at(id(1)).living());
  google.fate = [](const Call&) { return Fate::fine; };
  google.erase(calendar, id(1));
  world.pass(400s);
  EXPECT_EQ(world.conflicts().size(), 1u) << "whoever deletes it is asked about it";
}

TEST(SyncOutage, WhatIsDoneWhileADecisionIsWrittenIsAskedAbout) {
  SyncedSchool world({.instructors = 1});
  const Timetable timetable{world};
  auto& google = world.google;
  const auto calendar = SyncedSchool::address(1);
  const auto booking = timetable.book(0);
  const auto id = calendars::event_id(base::to_text(booking.id), 0);
  world.work();
  google.change(calendar, id, [&](Item& item) { item.event.time = Interval::of(booking.lesson.start() - 8h, 1h); });
  world.pass(400s);
  ASSERT_EQ(world.conflicts().size(), 1u);
  ASSERT_TRUE(actions::settle_conflict(world.school.context(), timetable.office(), world.conflicts().at(0).id,
                                       {actions::Settling::put_back, {}, ""}));
  int patches = 0;
  google.meanwhile = [&](const Call& call) {
    if (call.what != "patch" || ++patches != 2) return;  // It is put back there, and nobody has heard of that yet.
    google.erase(calendar, id);
    world.now += 400s;
    jobs::read_due_calendar(world.office(), world.now);
  };
  world.work();
  world.pass(1s);
  EXPECT_EQ(patches, 2);
  ASSERT_EQ(world.conflicts().size(), 1u);
  EXPECT_EQ(world.conflicts().at(0).moved_to, std::nullopt) << "a deletion";
}

TEST(SyncOutage, ACalendarOfThreeThousandEventsWithEveryPushLostEqualsAFullRead) {
  SyncedSchool world({.instructors = 1});
  auto& google = world.google;
  std::mt19937_64 random(3'000);
  const auto pick = [&](int from, int to) { return std::uniform_int_distribution(from, to)(random); };
  const auto some_time = [&] {
    return Interval::of(world.now + std::chrono::minutes{pick(0, 300 * 1440)}, std::chrono::minutes{pick(5, 120)});
  };
  const auto calendar = SyncedSchool::address(1);
  google.page_size = [](std::size_t) { return std::size_t{250}; };
  std::vector<std::string> ids;
  ids.reserve(3'000);
  for (int i = 0; i < 3'000; ++i) ids.push_back(google.create(calendar, {.id = {}, .series = {}, .time = some_time()}));
  world.work();
  EXPECT_EQ(google.calls.size(), 13u) << "twelve pages, and a channel that tells nothing";
  google.calls.clear();
  for (int poll = 0; poll < 20; ++poll) {
    for (int changes = 0; changes < 100; ++changes) {
      auto& id = ids[static_cast<std::size_t>(pick(0, 2'999))];
      if (pick(0, 2) == 0) {
        google.erase(calendar, id);
        id = google.create(calendar, {.id = {}, .series = {}, .time = some_time()});
      } else {
        google.change(calendar, id, [&](Item& item) { item.event.time = some_time(); });
      }
    }
    world.pass(400s);
    sync_policy::Policy::check_busy(world);
  }
  EXPECT_LE(google.calls.size(), 40u) << "what has changed, and no more";
  const auto followed = world.school.number("select count(*) from busy");
  google.expire_tokens(calendar);
  world.pass(400s);
  sync_policy::Policy::check_busy(world);
  EXPECT_EQ(world.school.number("select count(*) from busy"), followed);
  EXPECT_EQ(world.school.number("select count(*) from outside_events"), 3'000);
}

}  // namespace sync_outage_test
