/// What a change of rules or hours would do, told before it is made. Nothing is stored: free times are counted by the
/// same function that lists them, once as things are and once as they would be.
#pragma once

#include "actions/context.h"

namespace actions {

struct PreviewQuery {
  base::LessonTypeId type{};                 ///< Whose free times count; none: the school's first active one.
  std::optional<domain::Date> from{}, to{};  ///< Local dates, `to` exclusive, 1 to 31 days; today and 14 days on.
};

struct Preview {
  base::LessonTypeId type;
  domain::Date from, to;
  struct Day {
    domain::Date date;
    int before, after;  ///< Free times of a learner about whom nothing is known.
  };
  struct Instructor {
    base::InstructorId id;
    std::vector<Day> days;
  };
  std::vector<Instructor> instructors;  ///< Active ones by id, the first 200 of them.
  std::size_t instructors_total;
  /// Requested or booked, not over, touching the window. One entry for each rule that a lesson would break, also where
  /// it breaks it today.
  struct Broken {
    base::BookingId id;
    base::InstructorId instructor;
    base::LearnerId learner;
    domain::Interval lesson;
    base::Code rule;
  };
  std::vector<Broken> bookings;  ///< By start, the first 500 of them.
  std::size_t bookings_total;
};

/// For whoever may set the constraints; `items` would replace all of them.
base::Result<Preview> preview_constraints(const Context& context, const Caller& caller, const PreviewQuery& query,
                                          const std::vector<domain::Constraint>& items);

/// What would be replaced; the rest stays as it is.
struct HoursProposal {
  std::optional<std::vector<domain::Hours::Weekly>> weekly{};
  std::optional<std::vector<domain::Hours::Override>> overrides{};
};
/// For whoever may set these hours. Faults of the proposal point into "/hours/items" and "/overrides/items".
base::Result<Preview> preview_hours(const Context& context, const Caller& caller, base::InstructorId instructor,
                                    const PreviewQuery& query, const HoursProposal& proposal);

}  // namespace actions
