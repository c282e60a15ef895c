/// Who may do what: one table, asked by every action. A school never sees another's objects, because every query starts
/// with the caller's school; within it the table decides, by role and by whose the object is.
#pragma once

#include <initializer_list>

#include "auth/principal.h"
#include "base/result.h"

namespace auth {

enum class Action {
  read_school,
  change_school,
  manage_users,
  read_instructors,
  read_contact,  ///< E-mail and phone of an instructor.
  manage_instructors,
  read_learners,
  manage_learners,
  read_catalogue,  ///< Lesson types, vehicles, closures.
  manage_catalogue,
  read_hours,  ///< Weekly hours, overrides, time off.
  change_hours,
  read_places,
  change_places,
  read_constraints,
  change_constraints,
  read_bookings,
  make_bookings,
  change_bookings,       ///< Move, cancel, let go, extend, undo.
  answer_requests,       ///< Approve or refuse; record an outcome.
  overrule,              ///< Soft rules, other lengths.
  manage_jobs,           ///< See what waits or was given up, and try it again.
  read_audit,            ///< Who did and saw what.
  have_children,         ///< Learners in whose name they act.
  impersonate,           ///< Act in the name of others, for a while and for a reason.
  answer_data_requests,  ///< What people ask about their data (art. 12 GDPR).
  connect_calendars,     ///< At providers, and choose what is done with them.
  read_connections,      ///< How they stand.
  settle_conflicts,      ///< Between a lesson and what somebody did to it in a calendar elsewhere.
};
inline constexpr int action_count = static_cast<int>(Action::settle_conflicts) + 1;

/// `own`: a learner's own things; an instructor's own calendar, and the learners and bookings in it.
enum class Reach { none, own, any };
Reach reach(Role role, Action action);

/// Whether the caller may do this to what belongs to `owners`: the learner of a place, the learner and the instructor
/// of a booking, nobody for what is the school's. Refuses with forbidden what the role never may, and with not_found
/// what others' is: an id that is not theirs is answered like one that does not exist.
[[nodiscard]] base::Done may(const Principal& principal, Action action,
                             std::initializer_list<base::PersonId> owners = {});

/// Refuses with forbidden what the role never may, to whomever it belongs: what lists ask first.
[[nodiscard]] base::Done unless_never(const Principal& principal, Action action);

/// What may not be known of is not there.
inline auto not_found() {
  return base::refuse(base::Code::not_found, "There is nothing with this id.");
}

}  // namespace auth
