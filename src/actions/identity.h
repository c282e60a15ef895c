/// What actions about people and sign-in need besides the rest.
#pragma once

#include "actions/context.h"
#include "auth/passwords.h"
#include "auth/second_step.h"
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
  auth::Throttle& mail_throttle;  ///< For mail that anybody may ask for.
  std::string public_url;         ///< For links that people get, and the name under which passkeys know us.
  auth::SecondStep& second_step;
};

}  // namespace actions
