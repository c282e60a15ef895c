/// What actions about people and sign-in need besides the rest.
#pragma once

#include "actions/context.h"
#include "auth/passwords.h"
#include "auth/sessions.h"
#include "auth/throttle.h"
#include "store/people.h"

namespace actions {

struct Identity {
  Context context;
  store::People& people;
  auth::PasswordHasher& passwords;
  auth::Sessions& sessions;
  auth::Throttle& throttle;
  std::string public_url;  ///< For links that people get.
};

}  // namespace actions
