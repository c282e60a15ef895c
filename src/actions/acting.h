/// Acting in somebody's name (docs/decisions/0024): guardians for their children, admins for half an hour and for a
/// reason. The right is asked of the database at each request, so that its end counts at once.
#pragma once

#include "actions/faults.h"
#include "actions/identity.h"
#include "store/acting.h"

namespace actions {

/// The caller with the rights of `person`, and `acting` for who they are. forbidden for whoever never acts for others,
/// not_found where there is nobody for whom they may.
base::Result<Caller> in_name_of(const Identity& identity, const Caller& caller, base::PersonId person);

inline constexpr std::chrono::minutes longest_impersonation{30};
struct ImpersonationView {
  store::Impersonation impersonation;
  store::Person person;
};
/// Of a learner or an instructor who is active; it ends one that the admin had begun before.
base::Result<ImpersonationView> impersonate(const Identity& identity, const Caller& caller, base::PersonId person,
                                            const std::string& reason);
/// The caller's own; nullopt: there is none.
base::Result<std::optional<ImpersonationView>> current_impersonation(const Identity& identity, const Caller& caller);
base::Done stop_impersonation(const Identity& identity, const Caller& caller, std::int64_t id);

/// Who acts or acted in the caller's name.
struct Representative {
  store::Role role;  ///< guardian or admin.
  std::string name;  ///< "": erased.
  base::Instant since;
  std::optional<base::Instant> until{};  ///< None: until somebody ends it.
  std::string reason{};                  ///< Of an admin.
};
base::Result<std::vector<Representative>> representatives(const Identity& identity, const Caller& caller);

}  // namespace actions
