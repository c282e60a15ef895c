#include "auth/roles.h"

#include <gtest/gtest.h>

namespace roles_test {

using auth::Action;
using auth::may;
using auth::Principal;
using auth::Role;

constexpr base::PersonId me{1}, other{2};

Principal principal(Role role) {
  return {.school = {7}, .person = me, .role = role, .sid = 3};
}
std::string verdict(Role role, Action action, std::initializer_list<base::PersonId> owners) {
  const auto result = may(principal(role), action, owners);
  return result ? "yes" : std::string(base::to_string(result.error().code));
}

TEST(Roles, TheTableReadOutLoud) {
  // action: what admin, office, instructor, learner and guardian are told about their own thing and about somebody
  // else's.
  const struct {
    Action action;
    std::string own[5], others[5];
  } rows[] = {
      {Action::change_school,
       {"yes", "forbidden", "forbidden", "forbidden", "forbidden"},
       {"yes", "forbidden", "forbidden", "forbidden", "forbidden"}},
      {Action::manage_users,
       {"yes", "forbidden", "forbidden", "forbidden", "forbidden"},
       {"yes", "forbidden", "forbidden", "forbidden", "forbidden"}},
      {Action::read_contact,
       {"yes", "yes", "yes", "forbidden", "forbidden"},
       {"yes", "yes", "yes", "forbidden", "forbidden"}},
      {Action::manage_instructors,
       {"yes", "yes", "forbidden", "forbidden", "forbidden"},
       {"yes", "yes", "forbidden", "forbidden", "forbidden"}},
      {Action::manage_catalogue,
       {"yes", "yes", "forbidden", "forbidden", "forbidden"},
       {"yes", "yes", "forbidden", "forbidden", "forbidden"}},
      {Action::change_hours,
       {"yes", "yes", "yes", "forbidden", "forbidden"},
       {"yes", "yes", "not-found", "forbidden", "forbidden"}},
      {Action::read_places,
       {"yes", "yes", "yes", "yes", "forbidden"},
       {"yes", "yes", "not-found", "not-found", "forbidden"}},
      {Action::read_constraints,
       {"yes", "yes", "yes", "forbidden", "forbidden"},
       {"yes", "yes", "yes", "forbidden", "forbidden"}},
      {Action::change_constraints,
       {"yes", "yes", "forbidden", "forbidden", "forbidden"},
       {"yes", "yes", "forbidden", "forbidden", "forbidden"}},
      {Action::read_bookings,
       {"yes", "yes", "yes", "yes", "forbidden"},
       {"yes", "yes", "not-found", "not-found", "forbidden"}},
      {Action::make_bookings,
       {"yes", "yes", "yes", "yes", "forbidden"},
       {"yes", "yes", "not-found", "not-found", "forbidden"}},
      {Action::read_learners,
       {"yes", "yes", "yes", "yes", "forbidden"},
       {"yes", "yes", "not-found", "not-found", "forbidden"}},
      {Action::manage_learners,
       {"yes", "yes", "forbidden", "forbidden", "forbidden"},
       {"yes", "yes", "forbidden", "forbidden", "forbidden"}},
      {Action::read_hours,
       {"yes", "yes", "yes", "forbidden", "forbidden"},
       {"yes", "yes", "not-found", "forbidden", "forbidden"}},
      {Action::change_places,
       {"yes", "yes", "forbidden", "yes", "forbidden"},
       {"yes", "yes", "forbidden", "not-found", "forbidden"}},
      {Action::change_bookings,
       {"yes", "yes", "yes", "yes", "forbidden"},
       {"yes", "yes", "not-found", "not-found", "forbidden"}},
      {Action::answer_requests,
       {"yes", "yes", "yes", "forbidden", "forbidden"},
       {"yes", "yes", "not-found", "forbidden", "forbidden"}},
      {Action::overrule,
       {"yes", "yes", "yes", "forbidden", "forbidden"},
       {"yes", "yes", "not-found", "forbidden", "forbidden"}},
  };
  for (const auto& row : rows)
    for (const Role role : store::all_roles) {
      const auto at = static_cast<std::size_t>(role);
      EXPECT_EQ(verdict(role, row.action, {me}), row.own[at]) << static_cast<int>(row.action) << " own " << at;
      EXPECT_EQ(verdict(role, row.action, {other}), row.others[at]) << static_cast<int>(row.action) << " other " << at;
    }
}

TEST(Roles, OneOwnerOfSeveralIsEnoughAndNoneIsNotEnough) {
  EXPECT_EQ(verdict(Role::learner, Action::read_bookings, {other, me}), "yes");
  EXPECT_EQ(verdict(Role::learner, Action::read_bookings, {}), "not-found");
}

TEST(Roles, NobodyBelowReachesMoreThanWhoIsAbove) {
  for (int i = 0; i < auth::action_count; ++i) {
    const auto action = static_cast<Action>(i);
    // A guardian's, and an instructor's alone.
    if (action == Action::have_children || action == Action::connect_calendars) continue;
    EXPECT_EQ(auth::reach(Role::admin, action), auth::Reach::any) << i;
    EXPECT_GE(auth::reach(Role::office, action), auth::reach(Role::instructor, action)) << i;
  }
}

}  // namespace roles_test
