/// Lessons of years gone by: what a school costs that has been there for long.
#pragma once

#include "store/database.h"

namespace prove {

/// Gives the instructors of a school so many past lessons, seven a day each, the last ones on the day before its first
/// lesson, or before `now`.
/// Learners take turns, and there are at least as many of them. Half of the lessons stand as they were booked, as where
/// nobody records what became of them; the others are delivered, missed or cancelled. Each with its events, in order,
/// which nobody is told of.
void add_history(store::Database& database, base::SchoolId school, std::int64_t bookings, base::Instant now);

}  // namespace prove
