/// Signing in by somebody whose password is not enough, and with a passkey, which is.
#pragma once

#include "actions/sign_in.h"
#include "auth/webauthn.h"

namespace actions {

/// Whose first factor was right.
struct Entrant {
  base::SchoolId school;
  base::PersonId person;
  store::Role role;
};
/// A session, or what it takes besides.
struct Admission {
  std::optional<auth::SignedIn> tokens{};
  bool by_code = false;  ///< Without tokens: a code helps; otherwise only a passkey does.
};
/// Every way of signing in ends here: somebody with an authenticator app gets no session without a code, and staff with
/// passkeys none without one where the school asks for a second factor.
Admission admit(const Identity& identity, store::Transaction& tx, const Entrant& entrant, base::Instant now,
                const std::string& browser);
/// After the commit; second_factor_asked where there is no session.
base::Result<SignInView> admitted(const Identity& identity, Admission admission, const Entrant& entrant,
                                  base::Instant now);

struct SecondStepInput {
  base::Bytes challenge;
  std::string code;       ///< Of the authenticator app, or a backup code.
  std::string address{};  ///< The client's.
  std::string browser{};
};
/// unauthenticated for a challenge that is not good (any more), invalid_input at "/code", rate_limited.
base::Result<SignInView> sign_in_with_code(const Identity& identity, const SecondStepInput& input, base::Instant now);
Tried tried(const Identity& identity, const SecondStepInput& input, base::Instant now);

struct PasskeySignIn {
  base::Bytes credential_id, user_handle, client_data, authenticator_data, signature;
  std::string browser{};
};
/// Counts as two factors: the authenticator has verified whose it is. unauthenticated where anything does not fit,
/// invalid_input for what cannot be read.
base::Result<SignInView> sign_in_with_passkey(const Identity& identity, const PasskeySignIn& input, base::Instant now);
Tried tried(const Identity& identity, const PasskeySignIn& input);

/// What the secret of an authenticator app is sealed for.
inline constexpr std::string_view totp_purpose = "totp";
/// Keyed with the school's key: who has the database alone cannot try codes out.
base::Bytes backup_code_hash(const Identity& identity, base::SchoolId school, base::PersonId person,
                             std::string_view code);

/// Under which authenticators keep a passkey: the ids of school and person.
base::Bytes user_handle(base::SchoolId school, base::PersonId person);

}  // namespace actions
