/// Everything a decision about a time reads: calendars with their versions, and the school's rules.
#pragma once

#include <map>

#include "domain/booking.h"
#include "domain/teaching.h"
#include "store/events.h"

namespace store {

enum class Kind { instructor, learner, vehicle };

/// The lock that is also the version (docs/decisions/0008): moves the calendar on and returns its new version; nullopt
/// where there is no such calendar. What is loaded afterwards stays true until the commit. Always instructors before
/// learners before vehicles, by id within a kind.
std::optional<std::int64_t> lock(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id);
/// The same for whoever changes nothing of the calendar under this lock but by save() of bookings: what is kept of it
/// in memory can follow without being loaded again.
std::optional<std::int64_t> lock_for_bookings(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id);
void lock_all_instructors(Transaction& tx, base::SchoolId school);
void make_calendar(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id);
void make_calendars(Transaction& tx, base::SchoolId school, Kind kind, std::span<const std::int64_t> ids);
void remove_calendar(Transaction& tx, base::SchoolId school, Kind kind, std::int64_t id);
std::map<std::int64_t, std::int64_t> calendar_versions(Transaction& tx, base::SchoolId school, std::string_view kind,
                                                       const std::vector<std::int64_t>& ids);
std::optional<std::int64_t> calendar_version(Transaction& tx, base::SchoolId school, std::string_view kind,
                                             std::int64_t id);
/// Of all calendars of a kind.
std::map<std::int64_t, std::int64_t> calendar_versions(Transaction& tx, base::SchoolId school, std::string_view kind);
/// Whoever changes what concerns the whole school does it alone.
void lock_school(Transaction& tx, base::SchoolId school);
/// Moves the version of what the whole school shares: lesson types, vehicles, closures, constraints, who teaches, the
/// school itself.
void bump_rules(Transaction& tx, base::SchoolId school);

/// A lesson type with what is not scheduling.
struct OfferedLesson {
  domain::LessonType rules;
  std::string name;
  domain::Money price;
  std::int64_t version;
};

/// What the whole school shares, at one version.
struct SchoolRules {
  domain::School school;
  std::string slug, name, currency;
  bool approval;          ///< Bookings of learners become requests.
  bool guardian_consent;  ///< Who is not of age books once a guardian has agreed.
  std::int64_t version;
  std::chrono::minutes calendar_check{0};       ///< SchoolRow::calendar_check_minutes.
  std::int64_t terms_version = 0;               ///< Which learners accept when they book; 0: there are no terms.
  std::vector<OfferedLesson> lessons;           ///< By id, inactive ones too.
  std::vector<domain::Vehicle> vehicles;        ///< By id, inactive ones too; nothing taken.
  std::vector<base::InstructorId> instructors;  ///< Active ones, by id.
  std::vector<domain::Teaching> teaching;       ///< Of each of them.

  const OfferedLesson* lesson(base::LessonTypeId id) const;
  const domain::Vehicle* vehicle(base::VehicleId id) const;
  /// Whether that is known of somebody who is active.
  bool is_unfit(base::InstructorId id, const domain::WantedTeaching& wanted) const;
};
std::int64_t rules_version(Transaction& tx, base::SchoolId school);  ///< 0 where there is no such school.
SchoolRules load_rules(Transaction& tx, base::SchoolId school);

/// What blocks is loaded from `from` on, up to `to`; holds and requests that are over at `now` do not block.
struct Span {
  base::Instant from;
  base::Instant to;
  base::Instant now;
};
/// A calendar and until when it may be believed at this version: the first hold or request in it ends then.
template <class Calendar>
struct Loaded {
  Calendar calendar;
  base::Instant valid_until = base::Instant::max();
};
std::optional<Loaded<domain::Instructor>> load_instructor(Transaction& tx, base::SchoolId school, base::InstructorId id,
                                                          const Span& span);
/// As many as there are of these, by id, with as many statements as one of them takes.
std::map<std::int64_t, Loaded<domain::Instructor>> load_instructors(Transaction& tx, base::SchoolId school,
                                                                    const std::vector<std::int64_t>& ids,
                                                                    const Span& span);
std::optional<Loaded<domain::Learner>> load_learner(Transaction& tx, base::SchoolId school, base::LearnerId id,
                                                    const Span& span);
/// The vehicles of the rules with what is taken of them, by id; likewise.
std::map<std::int64_t, Loaded<domain::Vehicle>> load_vehicles(Transaction& tx, base::SchoolId school,
                                                              const std::vector<const domain::Vehicle*>& vehicles,
                                                              const Span& span);

/// Names in rows and events, and back; a Bug for what none of ours says.
std::string_view to_string(domain::Transmission transmission);
domain::Transmission transmission_from(std::string_view text);
base::Code rule_from(std::string_view name);

/// How the hours of an instructor are written in a row: {"weekly": …} and {"overrides": …} of the schema.
std::pair<std::string, std::string> to_columns(const domain::Hours& hours);
domain::Hours hours_from(std::string_view weekly, std::string_view overrides);
/// And their languages and areas: two lists of texts.
std::pair<std::string, std::string> to_columns(const domain::Teaching& teaching);
domain::Teaching teaching_from(std::string_view languages, std::string_view areas);

}  // namespace store
