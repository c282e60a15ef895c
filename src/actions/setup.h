/// The first school of a database, and the demo school.
#pragma once

#include "actions/people.h"
#include "actions/school.h"

namespace actions {

struct NewSchool {
  std::string slug, name, zone, currency;
  std::string admin_name, admin_email;
};
struct SetUp {
  base::SchoolId school;
  base::PersonId admin;
  std::string welcome_url;  ///< For the admin to set a password, once.
};
/// Makes a school with one admin. invalid_input with every fault, at "/slug" where another school has it.
base::Result<SetUp> set_up(const Identity& identity, const NewSchool& input, base::Instant now,
                           const std::string& correlation_id);

inline constexpr std::string_view demo_password = "roadbook-demo";
inline constexpr std::string_view demo_accounts[] = {"admin@demo.test", "instructor@demo.test", "learner@demo.test"};

struct Demo {
  base::SchoolId school;
  bool fresh = false;  ///< The school was made now.
  int booked = 0;      ///< Lessons added by this call.
  int settled = 0;     ///< Past lessons that got an outcome.
};
/// Makes the demo school where it is missing, and fills two weeks before and three weeks after `now` with lessons, all
/// through the same decisions as anybody's. Called at every start. The caller has made sure that this is no production:
/// the accounts have a password that everybody knows (it is on the list that check_password refuses).
base::Result<Demo> make_demo(const Identity& identity, base::Instant now);

}  // namespace actions
