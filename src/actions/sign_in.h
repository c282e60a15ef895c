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
  std::string browser{};                ///< "Firefox on Linux", for the list of sessions.
};
/// The school of a slug, or the only one there is. invalid_input at "/school" where it takes a slug to know; nullopt
/// for a slug that is none.
base::Result<std::optional<base::SchoolId>> school_asked(const Identity& identity,
                                                         const std::optional<std::string>& slug);
/// What counts attempts of one account, under one name for all spellings of its address; and what is said after too
/// many.
std::string account_key(base::SchoolId school, std::string_view email);
base::Error too_many(base::seconds wait);

/// What is said to whoever has signed in.
base::Result<SignInView> shown_to(const Identity& identity, auth::SignedIn tokens);

/// `address` is the client's. rate_limited after too many wrong attempts (auth/throttle.h); second_factor_asked where
/// the password is right and not enough.
base::Result<SignInView> sign_in(const Identity& identity, const SignInInput& input, const std::string& address,
                                 base::Instant now);
/// Whose account somebody tried to sign in to, for the audit. No school: there is none of that name.
struct Tried {
  base::SchoolId school{};
  base::PersonId person{};
};
Tried tried(const Identity& identity, const SignInInput& input);
base::Result<SignInView> refresh_sign_in(const Identity& identity, std::string_view refresh_token, base::Instant now);
base::Done sign_out(const Identity& identity, std::string_view refresh_token, base::Instant now);

/// Sets a password with a one-time link, ends the person's other sessions, and signs in; whoever had one is told of it
/// by mail. invalid_input at "/token" for a link that is spent, expired or none, at "/password" for what
/// auth::check_password refuses; second_factor_asked where the password is set and it takes more to sign in.
struct Joining {
  std::optional<std::int64_t> notice_version{};  ///< Of the privacy notice that they were shown, which is kept.
  std::string correlation_id{};
};
base::Result<SignInView> set_password(const Identity& identity, std::string_view token, const std::string& password,
                                      base::Instant now, const std::string& browser = "", const Joining& joining = {});

/// Whose link this is, while it is good.
Tried link_owner(const Identity& identity, std::string_view token, base::Instant now);

struct MeView {
  store::Person person;
  store::SchoolRow school;
};
base::Result<MeView> me(const Identity& identity, const Caller& caller);

}  // namespace actions
