/// Signing in and out. Everything here answers the same, in the same time, for an address that nobody has, a wrong
/// password and an account that was switched off.
#pragma once

#include "actions/identity.h"
#include "store/schedules.h"

namespace actions {

struct SignInView {
  auth::SignedIn tokens;
  std::string name;
  std::string school;  ///< The slug.
};

struct SignInInput {
  std::string email;
  std::string password;
  std::optional<std::string> school{};  ///< The slug; may be left out where there is one school only.
};
/// `address` is the client's. rate_limited after too many wrong attempts (auth/throttle.h).
base::Result<SignInView> sign_in(const Identity& identity, const SignInInput& input, const std::string& address,
                                 base::Instant now);
base::Result<SignInView> refresh_sign_in(const Identity& identity, std::string_view refresh_token, base::Instant now);
base::Done sign_out(const Identity& identity, std::string_view refresh_token, base::Instant now);

/// Sets a password with a one-time link, ends the person's other sessions, and signs in. invalid_input at "/token" for
/// a link that is spent, expired or none, at "/password" for what auth::check_password refuses.
base::Result<SignInView> set_password(const Identity& identity, std::string_view token, const std::string& password,
                                      base::Instant now);

struct MeView {
  store::Person person;
  store::SchoolRow school;
};
base::Result<MeView> me(const Identity& identity, const Caller& caller);

}  // namespace actions
