#include "auth/roles.h"

#include <algorithm>

namespace auth {

namespace {

struct Row {
  Action action;
  Reach admin, office, instructor, learner, guardian;
};

using enum Action;
using enum Reach;
// clang-format off
constexpr Row table[] = {
    //                    admin office instructor learner guardian: what is a child's is asked for in its name
    {read_school,         any,  any,   any,       any,     any},
    {change_school,       any,  none,  none,      none,    none},
    {manage_users,        any,  none,  none,      none,    none},
    {read_instructors,    any,  any,   any,       any,     any},
    {read_contact,        any,  any,   any,       none,    none},
    {manage_instructors,  any,  any,   none,      none,    none},
    {read_learners,       any,  any,   own,       own,     none},
    {manage_learners,     any,  any,   none,      none,    none},
    {read_catalogue,      any,  any,   any,       any,     any},
    {manage_catalogue,    any,  any,   none,      none,    none},
    {read_hours,          any,  any,   own,       none,    none},
    {change_hours,        any,  any,   own,       none,    none},
    {read_places,         any,  any,   own,       own,     none},
    {change_places,       any,  any,   none,      own,     none},
    {read_constraints,    any,  any,   any,       none,    none},
    {change_constraints,  any,  any,   none,      none,    none},
    {read_bookings,       any,  any,   own,       own,     none},
    {make_bookings,       any,  any,   own,       own,     none},
    {change_bookings,     any,  any,   own,       own,     none},
    {answer_requests,     any,  any,   own,       none,    none},
    {overrule,            any,  any,   own,       none,    none},
    {manage_jobs,         any,  any,   none,      none,    none},
    {read_audit,          any,  none,  none,      none,    none},
    {have_children,       none, none,  none,      none,    any},
    {impersonate,         any,  none,  none,      none,    none},
    {answer_data_requests, any, any,   none,      none,    none},
    {connect_calendars,   none, none,  own,       none,    none},
    {read_connections,    any,  any,   own,       none,    none},
    {settle_conflicts,    any,  any,   own,       none,    none},
};
// clang-format on

constexpr bool in_order() {
  for (int i = 0; i < action_count; ++i)
    if (table[i].action != static_cast<Action>(i)) return false;
  return std::size(table) == action_count;
}
static_assert(in_order(), "one row for each action, in the order of the enumeration");

}  // namespace

Reach reach(Role role, Action action) {
  const auto& row = table[static_cast<std::size_t>(action)];
  switch (role) {
    case Role::admin:
      return row.admin;
    case Role::office:
      return row.office;
    case Role::instructor:
      return row.instructor;
    case Role::learner:
      return row.learner;
    case Role::guardian:
      return row.guardian;
  }
  throw base::Bug("unknown auth::Role");
}

base::Done unless_never(const Principal& principal, Action action) {
  if (reach(principal.role, action) != Reach::none) return base::done();
  return base::refuse(base::Code::forbidden, "Your account may not do this. The office of your school can.");
}

base::Done may(const Principal& principal, Action action, std::initializer_list<base::PersonId> owners) {
  switch (reach(principal.role, action)) {
    case Reach::any:
      return base::done();
    case Reach::own:
      if (std::find(owners.begin(), owners.end(), principal.person) != owners.end()) return base::done();
      return not_found();
    case Reach::none:
      return unless_never(principal, action);
  }
  throw base::Bug("unknown auth::Reach");
}

}  // namespace auth
