#include "domain/calendars.h"

#include <algorithm>

namespace domain {

Interval lesson_at(const Question& question, Instant start) {
  CHECK(question.school && question.type && question.instructor);
  CHECK(question.type->step > Minutes{0});
  return Interval::of(start, question.length.value_or(question.type->length));
}

const Constraint* limit_of(const School& school, base::InstructorId instructor, base::Code rule) {
  const Constraint* found = nullptr;
  for (const auto& constraint : school.constraints) {
    if (constraint.rule != rule) continue;
    const bool own = constraint.instructor == instructor;
    if (own || (!constraint.instructor && !found)) found = &constraint;
    if (own) break;
  }
  return found && found->enabled ? found : nullptr;
}

Interval day_around(const Zone& zone, Instant instant) {
  return zone.day(zone.day_of(instant)).at(0);
}

Interval week_around(const Zone& zone, Instant instant) {
  const auto monday = monday_of(zone.day_of(instant));
  const auto start = zone.at(monday, Minutes{0});
  return Interval::of(start, zone.at(add_days(monday, 7), Minutes{0}) - start);
}

std::optional<Interval> closed_span(const Closure& closure, const Zone& zone) {
  const auto span = Interval::between(zone.at(closure.from, Minutes{0}), zone.at(closure.to, Minutes{0}));
  return span ? std::optional(*span) : std::nullopt;
}

Load load(std::span<const Taken> taken, const Interval& within, base::BookingId moving) {
  std::chrono::seconds total{0};
  Load load;
  for (const auto& [booking, lesson, span] : taken) {
    if (booking == moving || lesson.start() < within.start() || lesson.start() >= within.end()) continue;
    ++load.lessons;
    total += lesson.length();
  }
  load.minutes = std::chrono::duration_cast<Minutes>(total);
  return load;
}

std::int64_t lessons_ahead(const Learner& learner, Instant now, base::BookingId moving) {
  return std::count_if(learner.taken.begin(), learner.taken.end(),
                       [&](const Taken& taken) { return taken.booking != moving && taken.lesson.start() > now; });
}

Minutes without_break(std::span<const Taken> taken, const Interval& lesson, Minutes break_length,
                      base::BookingId moving) {
  const auto next = std::partition_point(taken.begin(), taken.end(),
                                         [&](const Taken& each) { return each.lesson.start() < lesson.start(); });
  auto start = lesson.start(), end = lesson.end();
  auto total = lesson.length();
  for (auto left = next; left != taken.begin();) {
    --left;
    if (left->booking == moving) continue;
    if (start - left->lesson.end() >= break_length) break;
    total += left->lesson.length();
    start = left->lesson.start();
    end = std::max(end, left->lesson.end());  // Later only where the two overlap, which other rules refuse.
  }
  for (auto right = next; right != taken.end(); ++right) {
    if (right->booking == moving) continue;
    if (right->lesson.start() - end >= break_length) break;
    total += right->lesson.length();
    end = std::max(end, right->lesson.end());
  }
  return std::chrono::duration_cast<Minutes>(total);
}

bool fits(const Vehicle& vehicle, const LessonType& type) {
  return vehicle.active && (type.transmission == Transmission::any || type.transmission == vehicle.transmission);
}

bool may_drive(const Vehicle& vehicle, base::InstructorId instructor) {
  return std::binary_search(vehicle.drivers.begin(), vehicle.drivers.end(), instructor);
}

bool is_free(const Vehicle& vehicle, const Interval& lesson, base::BookingId moving) {
  const auto wanted = occupied(vehicle, lesson);
  auto other = std::partition_point(vehicle.taken.begin(), vehicle.taken.end(),
                                    [&](const Taken& taken) { return taken.span.end() <= wanted.start(); });
  for (; other != vehicle.taken.end() && other->span.start() < wanted.end(); ++other)
    if (other->booking != moving) return false;
  return true;
}

}  // namespace domain
