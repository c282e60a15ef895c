/// The school itself and the limits it sets.
#pragma once

#include "actions/faults.h"
#include "actions/identity.h"
#include "store/schedules.h"

namespace actions {

base::Result<store::SchoolRow> get_school(const Context& context, const Caller& caller);

struct SchoolInput {
  std::optional<std::string> name{}, zone{}, currency{};
  std::optional<bool> approval{};
  std::optional<std::vector<std::int64_t>> reminders{};  ///< Minutes before a lesson.
  std::optional<std::string> colour{};                   ///< "#rrggbb", readable on white; empty: Roadbook's own.
  /// Replaces all that the school adds to its mails, by what they say (domain::News, "reminder").
  std::optional<std::map<std::string, std::string>> words{};
  std::optional<std::int64_t> audit_months{};            ///< 1 to 120.
  std::optional<bool> registration{};                    ///< Whether learners may make accounts for themselves.
  std::optional<bool> guests{};                          ///< Whether whoever proves an address books without one.
  std::optional<std::int64_t> calendar_check_minutes{};  ///< 0 to 1,440.
  /// Of staff: it ends their sessions that have shown one factor only, and whoever asks for it must have shown two.
  std::optional<bool> second_factor_required{};
  std::optional<bool> guardian_consent_required{};
  std::optional<std::string> guardian_consent_text{};  ///< A new version of it; consents given before stand.
};
/// Zone and currency stand fast once there are bookings: each booking was made in them.
base::Result<store::SchoolRow> update_school(const Context& context, const Caller& caller, std::int64_t version,
                                             const SchoolInput& input);
/// Names, zone and currency of a school that is to be.
void check_school(Faults& faults, const store::SchoolRow& school);

/// What anybody may know of a school.
struct PublicSchool {
  store::SchoolRow school;
  std::vector<store::OfferedLesson> lessons;  ///< Active ones.
  struct Instructor {
    base::InstructorId id;
    std::string name;
    domain::Teaching teaching;
  };
  std::vector<Instructor> instructors{};  ///< Active ones, by name.
};
/// not_found where no school has this in its address. From memory, once its rules are there.
base::Result<base::SchoolId> school_with_slug(const Context& context, std::string_view slug);
base::Result<PublicSchool> public_school(const Identity& identity, std::string_view slug);

struct ConstraintsView {
  std::vector<domain::Constraint> items;
  std::int64_t version;  ///< 1 where nothing was ever set.
};
base::Result<ConstraintsView> get_constraints(const Context& context, const Caller& caller);
/// Replaces all of them.
base::Result<ConstraintsView> set_constraints(const Context& context, const Caller& caller, std::int64_t version,
                                              std::vector<domain::Constraint> items);
/// Whether a limit can be set for this rule.
bool is_settable(base::Code rule);
/// What is wrong with them, with pointers into "/items".
base::Done check_constraints(store::Transaction& tx, const Caller& caller,
                             const std::vector<domain::Constraint>& items);

}  // namespace actions
