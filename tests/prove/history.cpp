#include "prove/history.h"

#include "store/bookings.h"
#include "store/jobs.h"
#include "store/schedules.h"

namespace prove {

namespace {

constexpr int lessons_a_day = 7;
constexpr std::chrono::hours first_lesson{8}, between_lessons{2};  ///< UTC; a lesson with its buffers is shorter.
/// Bookings of one transaction: PostgreSQL's ends within the patience of the pool, and SQLite slows down where one has
/// thousands of statements.
constexpr std::int64_t at_once = 500, ordered_at_once = 2'000;

struct Cast {
  store::SchoolRules rules;
  base::Instant before;  ///< Of the school's first lesson, or now.
  std::vector<std::int64_t> instructors, learners;
};

Cast cast_of(store::Transaction& tx, base::SchoolId school, base::Instant now) {
  const auto first = tx.number("select min(starts_at) from bookings where school_id = $1", school);
  Cast cast{store::load_rules(tx, school), std::min(now, first ? base::from_seconds(*first) : now), {}, {}};
  for (const store::Row row : tx.query("select id, role from people where school_id = $1 order by id", school))
    if (row.view(1) == "instructor" || row.view(1) == "learner")
      (row.view(1) == "learner" ? cast.learners : cast.instructors).push_back(row.integer(0));
  CHECK(!cast.instructors.empty() && cast.learners.size() >= cast.instructors.size() && !cast.rules.lessons.empty());
  return cast;
}

/// The lesson with this number, counted back in time: all instructors have one at the same time, each with another
/// learner.
domain::Booking lesson(const Cast& cast, std::int64_t number) {
  const auto at = static_cast<std::size_t>(number) % cast.instructors.size();
  const auto turn = number / static_cast<std::int64_t>(cast.instructors.size());
  const auto start = std::chrono::floor<base::days>(cast.before) - base::days{1 + turn / lessons_a_day} + first_lesson +
                     between_lessons * (turn % lessons_a_day);
  const auto& offered = cast.rules.lessons.front();
  const auto& cars = cast.rules.vehicles;
  const bool driven = at < cars.size();
  const domain::Placement place{.school = &cast.rules.school,
                                .type = &offered.rules,
                                .instructor = {cast.instructors[at]},
                                .vehicle = driven ? cars[at].id : base::VehicleId{},
                                .turnaround = driven ? cars[at].turnaround : domain::Minutes{0},
                                .lesson = *domain::Interval::between(start, start + offered.rules.length)};
  CHECK(place.type->length + place.type->buffer_before + place.type->buffer_after < between_lessons);
  return domain::draft(place, {cast.learners[static_cast<std::size_t>(number) % cast.learners.size()]}, offered.price,
                       start - base::days{7}, {cast.instructors[at]});
}

void save(store::Transaction& tx, base::SchoolId school, domain::Booking booking, std::int64_t number) {
  const auto keep = [&](const std::string& type, base::Instant at) {
    CHECK(store::save(tx, {school, booking.created_by, "history", at, true}, booking, {type}).has_value());
  };
  const auto over = booking.lesson.end();
  keep("booking_made", booking.created_at);
  if (number % 2 == 0) return;
  const auto version = booking.version + 1;
  const auto fate = number / 2 % 8;  // Of eight, one is cancelled and one is missed.
  booking = fate == 0   ? domain::cancelled(booking, domain::Audience::staff, over).value()
            : fate == 1 ? domain::with_outcome(booking, domain::Status::no_show, over).value()
                        : domain::with_outcome(booking, domain::Status::delivered, over).value();
  booking.version = version;
  keep(fate == 0 ? "booking_cancelled" : fate == 1 ? "booking_missed" : "booking_delivered", over);
}

}  // namespace

void add_history(store::Database& database, base::SchoolId school, std::int64_t bookings, base::Instant now) {
  const auto cast = database.read(school, [&](store::Transaction& tx) { return cast_of(tx, school, now); });
  const auto act = [&](const std::function<void(store::Transaction&)>& step) {
    const auto done = database.transact<int>(school, [&](store::Transaction& tx) -> base::Result<int> {
      step(tx);
      return 0;
    });
    CHECK(done.has_value());
  };
  for (std::int64_t first = 0; first < bookings; first += at_once)
    act([&](store::Transaction& tx) {
      for (auto number = first; number < std::min(bookings, first + at_once); ++number)
        save(tx, school, lesson(cast, number), number);
    });
  bool more = true;
  while (more) act([&](store::Transaction& tx) { more = store::put_in_order(tx, ordered_at_once); });
  act([&](store::Transaction& tx) {  // Old news: no worker has to read all of it.
    store::advance(tx, school, tx.number("select position from event_cursor where school_id = $1", school).value_or(0));
  });
}

}  // namespace prove
