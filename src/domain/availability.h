/// The one availability function: what it lists books, and what it does not list is refused by a rule with a name.
///
/// Everything here is pure and over UTC. `free_slots` and `refusals` (one start, every rule) agree: for the same
/// question and start, refusals() is empty exactly when free_slots() lists the start. Free times are found in two ways:
/// in bitmaps, where the calendars come with them (bitmaps.h), and by a sweep over sorted spans, which is what the
/// bitmaps are held against. All of it is held against a minute-by-minute model over random worlds
/// (tests/unit/availability_model_test.cpp).
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "domain/bitmaps.h"

namespace domain {

enum class Transmission { manual, automatic, any };

/// What a school sells. Lengths, steps and buffers are multiples of the tick; length and step > 0.
struct LessonType {
  base::LessonTypeId id;
  Minutes length;
  Minutes step;              ///< Starts lie on multiples of `step` from the start of an opening range.
  Minutes buffer_before{0};  ///< Kept free for the instructor before the lesson, against bookings and outside events.
  Minutes buffer_after{15};  ///< Likewise after it. Neither counts against the edges of hours, time off, closures.
  Minutes notice_book{0};    ///< A lesson is booked at least this long before it starts …
  Minutes notice_move{0};    ///< … moved (both old and new start) …
  Minutes notice_cancel{0};  ///< … and cancelled free of charge.
  std::chrono::days horizon{75};  ///< A lesson may not end after now + horizon.
  Transmission transmission{Transmission::any};
  bool needs_vehicle{true};
  bool active{true};
};

/// A booking that blocks (held, requested, booked), as one of the three calendars sees it.
struct Taken {
  base::BookingId booking;
  Interval lesson;
  Interval span;  ///< Instructor: lesson plus its own buffers. Learner: the lesson. Vehicle: lesson plus turnaround.
};

/// One instructor's calendar at one version. `taken` is sorted by span and disjoint; `busy` (outside events, no buffer
/// of their own, rounded outwards to the tick) is sorted by start and disjoint; `time_off` is sorted by start.
struct Instructor {
  base::InstructorId id;
  std::int64_t version{0};
  bool active{true};
  Hours hours;
  std::vector<Interval> time_off;
  std::vector<Taken> taken;
  std::vector<Interval> busy;
};

struct Vehicle {
  base::VehicleId id;
  std::int64_t version{0};
  bool active{true};
  Transmission transmission{Transmission::manual};  ///< Never `any`.
  Minutes turnaround{0};
  std::vector<base::InstructorId> drivers;  ///< Sorted. Who may drive it.
  std::vector<Taken> taken;
};

struct Learner {
  base::LearnerId id;
  std::int64_t version{0};
  bool active{true};
  std::vector<Taken> taken;  ///< All from the start of the week of the question on, also far in the future.
};

/// What a transaction made of a booking in one calendar: where it lies now, or nothing: it does not block there. Each
/// booking changes once.
struct CalendarChange {
  base::BookingId booking;
  std::optional<Taken> now;
};
void apply(std::vector<Taken>& taken, std::span<const CalendarChange> changes);

/// A calendar with its map, of which the window begins with the word `first_word`. Never copied: a copy is of the
/// calendar alone, so that who changes it has no map that says otherwise.
struct MappedInstructor : Instructor {
  MappedInstructor(Instructor instructor, std::shared_ptr<const OpenMaps> its_open, std::int64_t first_word);
  /// The next version of a calendar, list and map changed where these bookings lie.
  MappedInstructor(const MappedInstructor& before, std::span<const CalendarChange> changes);
  MappedInstructor(const MappedInstructor&) = delete;
  std::shared_ptr<const OpenMaps> open;  ///< Of its hours.
  Bitmap occupied;                       ///< Taken and busy.
};
struct MappedVehicle : Vehicle {
  MappedVehicle(Vehicle vehicle, std::int64_t first_word);
  MappedVehicle(const MappedVehicle& before, std::span<const CalendarChange> changes);
  MappedVehicle(const MappedVehicle&) = delete;
  Bitmap occupied;
};

/// Days on which the whole school is closed: local dates [from, to).
struct Closure {
  base::ClosureId id;
  Date from;
  Date to;
};

/// A rule whose limit the school sets. Rules: learner_daily_maximum and learner_weekly_maximum (lessons of a learner
/// that start on one local day, in one ISO week), instructor_daily_minutes (minutes of lessons that start on one local
/// day), break_needed (after `value` minutes of lessons with no gap of at least `break_length` between them, such a
/// gap), and open_bookings (lessons of a learner that have not started yet).
struct Constraint {
  base::Code rule;
  bool enabled{true};
  std::int64_t value{0};
  Minutes break_length{0};
  std::optional<base::InstructorId> instructor;  ///< Only for this one; beats the school-wide setting of the same rule.
  std::string message;                           ///< The school's own words; empty: ours.
  bool operator==(const Constraint&) const = default;
};

struct School {
  base::SchoolId id;
  Zone zone;
  std::vector<Closure> closures;  ///< Sorted by `from`.
  std::vector<Constraint> constraints;
};

/// Who reads the answer. Learners are never told about other people or the instructor's private time.
enum class Audience { learner, staff };

/// One question about one instructor. Pointers are borrowed for the call; `school`, `type`, `instructor` are never
/// null. Calendars must hold everything that blocks from the Monday before the first day asked about, less
/// longest_block, to the Monday after the last, plus longest_block.
struct Question {
  const School* school{};
  const LessonType* type{};
  const Instructor* instructor{};
  const Learner* learner{};                  ///< Null: nobody in particular, learner rules are not asked.
  std::span<const Vehicle* const> vehicles;  ///< By id. All of the school's, or the one that was asked for.
  Instant now{};
  Minutes notice{0};                ///< notice_book, notice_move, or 0 where notice does not apply.
  std::optional<Minutes> length{};  ///< Staff may give another than the type's.
  base::BookingId moving{};         ///< The booking that would move away, hence does not block.
  Audience audience{Audience::learner};
  std::optional<Date> consent_missing_until{};  ///< The learner comes of age then, and no guardian has agreed.
  const MappedInstructor* maps{};               ///< The instructor's, or null: then free times are found by the sweep.
  std::span<const Bitmap* const> vehicle_maps{};  ///< Of `vehicles`, one each, or none.
};

struct Slot {
  Interval lesson;
  base::VehicleId vehicle;  ///< The lowest id that is free and fits; 0 where the type needs none.
  auto operator<=>(const Slot&) const = default;
};

/// The lessons that would book, of the local dates [from, to), sorted by start. An inactive instructor gives none;
/// whether type and learner are active is for the caller to ask.
std::vector<Slot> free_slots(const Question& question, Date from, Date to);
/// The same, always by the sweep.
std::vector<Slot> swept_slots(const Question& question, Date from, Date to);

/// A start, and how many of many instructors would give a lesson then.
struct FreeStart {
  Instant start;
  int instructors;
  auto operator<=>(const FreeStart&) const = default;
};
/// The starts of free_slots() for any of `instructors`, sorted; the question's own is not looked at.
std::vector<FreeStart> free_starts(Question question, std::span<const MappedInstructor* const> instructors, Date from,
                                   Date to);

/// Every rule that refuses a lesson at `start`, in the order of base::Code, in words for the audience; empty: it books.
std::vector<base::Refusal> refusals(const Question& question, Instant start);

/// The vehicle that a lesson at `start` would use (as Slot::vehicle), whatever other rules say; nullopt: none is free.
std::optional<base::VehicleId> vehicle_for(const Question& question, Instant start);

/// Hard rules hold for everybody; staff may overrule the others by name, with a reason. A code that is no rule about a
/// lesson cannot be overruled either.
bool is_hard(base::Code rule);

/// The span that blocks the instructor: the lesson with the type's buffers around it. The one that blocks the vehicle:
/// the lesson with the turnaround after it.
Interval occupied(const LessonType& type, const Interval& lesson);
Interval occupied(const Vehicle& vehicle, const Interval& lesson);

}  // namespace domain
