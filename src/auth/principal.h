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
  std::int64_t sid{0};  ///< The session; 0: an API key asks.
  std::int64_t api_key{0};
  std::uint32_t scopes{0};  ///< Of the API key: bits of auth::Scope.
  bool must_enrol{false};   ///< It may do nothing but set up a second factor.

  bool staff() const { return store::is_staff(role); }
};

}  // namespace auth
