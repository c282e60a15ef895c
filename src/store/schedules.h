/// What a school sets: itself, lesson types, vehicles, closures, constraints, and the hours and time off of its
/// instructors. Each put_ writes the row and the event with the whole new state, at the version the value says (1: it
/// is new); the caller has locked what it concerns (calendars.h) and checked the version.
#pragma once

#include "domain/news.h"
#include "store/calendars.h"
#include "store/texts.h"

namespace store {

struct SchoolRow {
  base::SchoolId id;
  std::string slug, name, zone, currency;
  bool approval;
  std::int64_t version;
  domain::Leads leads = {domain::Minutes{1440}, domain::Minutes{120}};  ///< When its learners are reminded of a lesson.
  std::string colour{};                                                 ///< "#rrggbb"; empty: Roadbook's own.
  std::map<std::string, std::string> words{};  ///< What it adds to mails to learners, by domain::News or "reminder".
  int audit_months = 24;                       ///< How long is known who saw what.
  bool registration = false;                   ///< Learners may make accounts for themselves.
  bool second_factor_required = false;         ///< Of staff.
  bool guardian_consent_required = false;      ///< Before a learner who is not of age books.
  std::string guardian_consent_text{};         ///< What guardians agree to; empty: it has none.
  std::int64_t guardian_consent_version = 0;   ///< Of the text; 0: it has none.
  bool guests = false;                         ///< Whoever proves an address books without an account.
  /// Calendars elsewhere that were read longer ago are asked before a lesson is booked; 0: they are not.
  std::int64_t calendar_check_minutes = 0;
};
SchoolRow find_school(Transaction& tx, base::SchoolId id);  ///< A Bug where there is none.
std::vector<base::SchoolId> all_schools(Transaction& tx);   ///< By id.
struct SchoolSummary {
  std::string slug, name, zone;
  std::int64_t people, ahead;  ///< Who is not erased; what blocks a calendar and has not begun.
};
/// By slug.
std::vector<SchoolSummary> list_schools(Database& database, base::Instant now);
std::optional<base::SchoolId> school_with_slug(Transaction& tx, std::string_view slug);
void put_school(Transaction& tx, const Author& author, const SchoolRow& school);
/// What guardians agree to from now on; those from before are kept for the consents that name them.
void add_consent_text(Transaction& tx, base::SchoolId school, std::int64_t version, const std::string& text,
                      base::Instant now);
bool has_bookings(Transaction& tx, base::SchoolId school);

/// Lesson types are read with the rules (calendars.h).
void put_lesson(Transaction& tx, const Author& author, const OfferedLesson& lesson);
void remove_lesson(Transaction& tx, const Author& author, const OfferedLesson& lesson);

struct VehicleRow {
  domain::Vehicle rules;  ///< Nothing taken; its version is not the calendar's.
  std::string name;
  std::int64_t version;
};
std::optional<VehicleRow> find_vehicle(Transaction& tx, base::SchoolId school, base::VehicleId id);
std::vector<VehicleRow> list_vehicles(Transaction& tx, base::SchoolId school);
void put_vehicle(Transaction& tx, const Author& author, const VehicleRow& vehicle);
void remove_vehicle(Transaction& tx, const Author& author, const VehicleRow& vehicle);

struct ClosureRow {
  domain::Closure days;
  std::string name;
  std::int64_t version;
};
std::optional<ClosureRow> find_closure(Transaction& tx, base::SchoolId school, base::ClosureId id);
std::vector<ClosureRow> list_closures(Transaction& tx, base::SchoolId school);
void put_closure(Transaction& tx, const Author& author, const ClosureRow& closure);
void remove_closure(Transaction& tx, const Author& author, const ClosureRow& closure);

/// The version is that of the event stream: the rows have none. 0: nothing was ever set.
std::int64_t constraints_version(Transaction& tx, base::SchoolId school);
void put_constraints(Transaction& tx, const Author& author, std::int64_t version,
                     const std::vector<domain::Constraint>& constraints);

struct HoursRow {
  base::InstructorId instructor;
  domain::Hours hours;
  std::int64_t version;  ///< 0: there is no row yet.
};
HoursRow find_hours(Transaction& tx, base::SchoolId school, base::InstructorId instructor);
/// Of all instructors, also of those who are switched off, or of one; by instructor.
std::vector<HoursRow> list_hours(Transaction& tx, base::SchoolId school, base::InstructorId only);
void put_hours(Transaction& tx, const Author& author, const HoursRow& hours);
void remove_hours(Transaction& tx, const Author& author, const HoursRow& hours);

struct TimeOffRow {
  base::TimeOffId id;
  base::InstructorId instructor;
  domain::Interval span;
  std::int64_t version;
  base::TextId title{};  ///< Of a personal event; none: time off like any other.
};
std::optional<TimeOffRow> find_time_off(Transaction& tx, base::SchoolId school, base::TimeOffId id);
/// By start.
std::vector<TimeOffRow> list_time_off(Transaction& tx, base::SchoolId school, base::InstructorId instructor);
/// With what its title is sealed in, so that nothing has to be looked up for each.
struct TitledTimeOff {
  TimeOffRow row;
  SealedText title;
};
/// What overlaps [from, to), of all instructors or of one; by start.
std::vector<TitledTimeOff> time_off_between(Transaction& tx, base::SchoolId school, base::InstructorId only,
                                            base::Instant from, base::Instant to);
void put_time_off(Transaction& tx, const Author& author, const TimeOffRow& time_off);
void remove_time_off(Transaction& tx, const Author& author, const TimeOffRow& time_off);

/// Writes the rows that this event of a schedule made, as replay does; false for an event of anything else.
bool replay_schedule(Transaction& tx, base::SchoolId school, const Event& event);

/// Bookings that somebody counts on: requested or booked, not over at `now`, by start. With an instructor: theirs.
struct Planned {
  base::BookingId id;
  base::InstructorId instructor;
  domain::Interval lesson;
  base::LearnerId learner;
};
std::vector<Planned> planned_bookings(Transaction& tx, base::SchoolId school, base::InstructorId instructor,
                                      const Span& span);

/// How many bookings, of whatever status, name this lesson type, vehicle or person; more are counted as so many.
inline constexpr std::int64_t counted_at_most = 1'000;
std::int64_t bookings_with(Transaction& tx, base::SchoolId school, base::LessonTypeId id);
std::int64_t bookings_with(Transaction& tx, base::SchoolId school, base::VehicleId id);
std::int64_t bookings_with(Transaction& tx, base::SchoolId school, base::PersonId id);
bool is_instructor(Transaction& tx, base::SchoolId school, base::InstructorId id);
/// Learners who have or had a lesson with this instructor, by id.
std::vector<base::PersonId> learners_of(Transaction& tx, base::SchoolId school, base::PersonId instructor);
bool teaches(Transaction& tx, base::SchoolId school, base::PersonId instructor, base::PersonId learner);

}  // namespace store
