/// What the calendars of a question say about one lesson. The sweep (availability.cpp) and the rules (constraints.cpp)
/// both ask here, so that they cannot count differently. `moving` never counts.
#pragma once

#include "domain/availability.h"

namespace domain {

/// The lesson that would start then. Checks that the question is complete.
Interval lesson_at(const Question& question, Instant start);

/// The setting of a rule for an instructor: their own, else the school's. Null where it is switched off.
const Constraint* limit_of(const School& school, base::InstructorId instructor, base::Code rule);
inline const Constraint* limit_of(const Question& question, base::Code rule) {
  return limit_of(*question.school, question.instructor->id, rule);
}

/// The local day and the ISO week (Monday to Sunday) that hold an instant.
Interval day_around(const Zone& zone, Instant instant);
Interval week_around(const Zone& zone, Instant instant);

/// The time that a closure takes; nullopt where a clock change left none.
std::optional<Interval> closed_span(const Closure& closure, const Zone& zone);

/// Lessons that start within a span.
struct Load {
  std::int64_t lessons{0};
  Minutes minutes{0};
};
Load load(std::span<const Taken> taken, const Interval& within, base::BookingId moving);

/// Lessons of a learner that have not started yet.
std::int64_t lessons_ahead(const Learner& learner, Instant now, base::BookingId moving);

/// How long the instructor would teach, `lesson` included, without a gap of at least `break_length` between two
/// lessons.
Minutes without_break(std::span<const Taken> taken, const Interval& lesson, Minutes break_length,
                      base::BookingId moving);

/// Whether the vehicle is in use and has the transmission that the type asks for.
bool fits(const Vehicle& vehicle, const LessonType& type);
bool may_drive(const Vehicle& vehicle, base::InstructorId instructor);
bool is_free(const Vehicle& vehicle, const Interval& lesson, base::BookingId moving);

}  // namespace domain
