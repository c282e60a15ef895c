/// Who asks, as the session says it.
#pragma once

#include "base/ids.h"
#include "store/role.h"

namespace auth {

using store::Role;

struct Principal {
  base::SchoolId school;
  base::PersonId person;
  Role role{Role::learner};
  std::int64_t sid{0};  ///< The session.

  bool staff() const { return role != Role::learner; }
};

}  // namespace auth
