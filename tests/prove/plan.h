/// The school that the proofs stress, as plain numbers: what fills the database and what the audit's own model reads.
/// Winter in London, so that the wall clock is UTC and the model needs no zone.
#pragma once

#include <string>
#include <vector>

#include "store/events.h"
#include "store/keys.h"

namespace prove {

using Seconds = std::int64_t;  ///< Instants of the proofs are plain seconds since 1970, as they stand in the file.

inline constexpr std::int64_t school_id = 1, office_id = 4001;
inline constexpr Seconds minute = 60, hour = 3600, day = 86'400, week = 7 * day;
inline constexpr Seconds first_monday = 1'767'571'200;  ///< 2026-01-05T00:00:00Z.

struct LessonKind {
  std::int64_t id;
  Seconds length, step, before, after, notice_book, notice_move;
  std::int64_t horizon_days;
  std::string transmission;  ///< manual, automatic, any.
  bool needs_vehicle;
};

struct Car {
  std::int64_t id;
  std::string transmission;
  Seconds turnaround;
  std::vector<std::int64_t> drivers;
};

struct Limits {  ///< 0: the rule is off.
  std::int64_t learner_daily = 0, learner_weekly = 0, open_bookings = 0;
  Seconds instructor_daily = 0, break_after = 0, break_length = 0;
};

struct Plan {
  std::int64_t instructors = 6, learners = 30;
  bool approval = true;
  Seconds opens = 8 * hour, closes = 18 * hour;  ///< Every day but Sundays.
  Seconds closed_from = 0, closed_to = 0;        ///< One closure, whole days.
  Limits limits;
  std::vector<LessonKind> kinds;
  std::vector<Car> cars;

  std::int64_t instructor(std::int64_t number) const { return 1001 + number % instructors; }
  std::int64_t learner(std::int64_t number) const { return 2001 + number % learners; }
  const LessonKind& kind(std::int64_t id) const;
};

/// Few people, many kinds of lessons with grids of 5 to 60 minutes, buffers, turnarounds, every limit: all collide.
Plan contended_plan();
/// Enough instructors, learners and cars that every attempt of the load can have a time of its own.
Plan roomy_plan(std::int64_t instructors);

/// The plan's people, cars and kinds of lessons, in a school that exists.
void add_calendars(store::Database& database, const store::Author& author, const Plan& plan);
/// Makes the school in a fresh, migrated database.
void fill(store::Database& database, store::KeyStore& keys, const Plan& plan);

}  // namespace prove
