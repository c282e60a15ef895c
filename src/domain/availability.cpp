#include "domain/availability.h"

#include <algorithm>

#include "domain/calendars.h"

namespace domain {

namespace {

using std::chrono::seconds;

/// Starts that are out of the question, as half-open spans: where a block refuses every start from x on and before y.
using Refused = std::vector<std::pair<Instant, Instant>>;

/// The starts at which a lesson of this length, with so much time kept around it, would overlap `block`.
std::pair<Instant, Instant> refused_by(const Interval& block, Minutes length, Minutes before = {}, Minutes after = {}) {
  return {block.start() - length - after + seconds{1}, block.end() + before};
}

/// Sorted and disjoint, so that one cursor can follow the starts.
void merge(Refused& refused) {
  if (!std::is_sorted(refused.begin(), refused.end())) std::sort(refused.begin(), refused.end());
  std::size_t kept = 0;
  for (const auto& [from, to] : refused) {
    if (kept > 0 && from <= refused[kept - 1].second)
      refused[kept - 1].second = std::max(refused[kept - 1].second, to);
    else
      refused[kept++] = {from, to};
  }
  refused.resize(kept);
}

/// Everything that refuses a start whatever else happens on its day: other lessons and events with their buffers, time
/// off, closures, the learner's own lessons, second passes of repeated hours.
Refused refused_starts(const Question& question, const Interval& window) {
  const auto& type = *question.type;
  const auto length = question.length.value_or(type.length);
  Refused refused;
  refused.reserve(question.instructor->taken.size() + question.instructor->busy.size() + 8);
  for (const auto& other : question.instructor->busy)
    refused.push_back(refused_by(other, length, type.buffer_before, type.buffer_after));
  for (const auto& other : question.instructor->taken)
    if (other.booking != question.moving)
      refused.push_back(refused_by(other.span, length, type.buffer_before, type.buffer_after));
  for (const auto& off : question.instructor->time_off) refused.push_back(refused_by(off, length));
  for (const auto& closure : question.school->closures)
    if (const auto closed = closed_span(closure, question.school->zone)) refused.push_back(refused_by(*closed, length));
  if (question.learner)
    for (const auto& own : question.learner->taken)
      if (own.booking != question.moving) refused.push_back(refused_by(own.lesson, length));
  for (const auto& pass : question.school->zone.second_passes(window.start(), window.end()))
    refused.emplace_back(pass.start(), pass.end());
  merge(refused);
  return refused;
}

/// Whether the maxima leave room for one more lesson on a day; asked with ascending starts, counted once a day.
class DayGates {
 public:
  explicit DayGates(const Question& question)
      : question_(question), instructor_minutes_(limit_of(question, base::Code::instructor_daily_minutes)) {
    if (!question.learner) return;
    learner_daily_ = limit_of(question, base::Code::learner_daily_maximum);
    learner_weekly_ = limit_of(question, base::Code::learner_weekly_maximum);
    const auto* ahead = limit_of(question, base::Code::open_bookings);
    closed_ = ahead && lessons_ahead(*question.learner, question.now, question.moving) >= ahead->value;
  }

  /// No day has room.
  bool closed() const { return closed_; }

  bool has_room(const Interval& lesson) {
    if (!instructor_minutes_ && !learner_daily_ && !learner_weekly_) return true;
    if (!day_ || lesson.start() >= day_->end()) {
      day_ = day_around(question_.school->zone, lesson.start());
      room_ = count(lesson);
    }
    return room_;
  }

 private:
  bool count(const Interval& lesson) const {
    const auto& instructor = *question_.instructor;
    if (instructor_minutes_ &&
        load(instructor.taken, *day_, question_.moving).minutes + lesson.length() > Minutes{instructor_minutes_->value})
      return false;
    if (learner_daily_ && load(question_.learner->taken, *day_, question_.moving).lessons >= learner_daily_->value)
      return false;
    return !learner_weekly_ ||
           load(question_.learner->taken, week_around(question_.school->zone, lesson.start()), question_.moving)
                   .lessons < learner_weekly_->value;
  }

  const Question& question_;
  const Constraint* instructor_minutes_;
  const Constraint* learner_daily_{nullptr};
  const Constraint* learner_weekly_{nullptr};
  bool closed_{false};
  std::optional<Interval> day_;
  bool room_{true};
};

/// Calls `offer` with each start on the grids of the ranges that is not refused and lies within [earliest, latest].
template <class Offer>
void walk(std::span<const OpenRange> open, const Refused& refused, const LessonType& type, seconds length,
          Instant earliest, Instant latest, Offer offer) {
  auto next = refused.begin();
  for (const auto& [span, grid] : open) {
    const auto on_grid_from = [&, origin = grid](Instant instant) {
      const auto steps = (instant - origin + type.step - seconds{1}) / type.step;
      return origin + steps * type.step;
    };
    const auto last = std::min(latest, span.end() - length);
    for (auto start = on_grid_from(std::max(span.start(), earliest)); start <= last;) {
      while (next != refused.end() && next->second <= start) ++next;
      if (next != refused.end() && next->first <= start) {
        start = on_grid_from(next->second);
        continue;
      }
      offer(start);
      start += type.step;
    }
  }
}

}  // namespace

std::vector<Slot> swept_slots(const Question& question, Date from, Date to) {
  CHECK(question.school && question.type && question.instructor);
  CHECK(question.type->step > Minutes{0});
  const auto& school = *question.school;
  const auto& type = *question.type;
  const auto& instructor = *question.instructor;
  DayGates gates(question);
  if (!instructor.active || gates.closed()) return {};
  const auto open = open_ranges(instructor.hours, school.zone, from, to);
  if (open.empty()) return {};
  const auto length = question.length.value_or(type.length);
  const auto window = Interval::of(open.front().span.start(), open.back().span.end() - open.front().span.start());
  const auto* break_after = limit_of(question, base::Code::break_needed);
  auto earliest = question.now + question.notice;
  if (const auto& of_age = question.consent_missing_until)
    earliest = std::max(earliest, school.zone.at(*of_age, Minutes{0}));
  std::vector<Slot> slots;
  walk(open, refused_starts(question, window), type, length, earliest, question.now + type.horizon - length,
       [&](Instant start) {
         const auto lesson = Interval::of(start, length);
         if (!gates.has_room(lesson)) return;
         if (break_after && without_break(instructor.taken, lesson, break_after->break_length, question.moving) >
                                Minutes{break_after->value})
           return;
         if (const auto vehicle = vehicle_for(question, start)) slots.push_back({lesson, *vehicle});
       });
  return slots;
}

std::optional<base::VehicleId> vehicle_for(const Question& question, Instant start) {
  const auto lesson = lesson_at(question, start);
  if (!question.type->needs_vehicle) return base::VehicleId{};
  for (const auto* vehicle : question.vehicles)
    if (fits(*vehicle, *question.type) && may_drive(*vehicle, question.instructor->id) &&
        is_free(*vehicle, lesson, question.moving))
      return vehicle->id;
  return std::nullopt;
}

Interval occupied(const LessonType& type, const Interval& lesson) {
  return lesson.widened(type.buffer_before, type.buffer_after);
}

Interval occupied(const Vehicle& vehicle, const Interval& lesson) {
  return lesson.widened(Minutes{0}, vehicle.turnaround);
}

}  // namespace domain
