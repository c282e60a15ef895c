/// The second factors of whoever is signed in: an authenticator app with backup codes, passkeys. Each change ends the
/// person's other sessions and tells them by mail. `address` is the client's; what takes the password again refuses
/// like check_own_password.
#pragma once

#include "actions/account.h"
#include "actions/second_step.h"
#include "store/factors.h"

namespace actions {

struct PasskeyView {
  std::int64_t id;
  std::string name;
  base::Instant created_at;
  std::optional<base::Instant> used_at;
};
struct FactorsView {
  store::Factors factors;
  std::vector<PasskeyView> passkeys;
  bool required;  ///< By the school, of this person.
};
FactorsView my_factors(const Identity& identity, const Caller& caller);

inline constexpr base::minutes totp_pending{15};
struct NewTotp {
  std::string secret;  ///< In base32.
  std::string uri;     ///< For a QR code.
};
/// A secret that counts once a code of it was given; the one that counts so far goes on until then.
base::Result<NewTotp> begin_totp(const Identity& identity, const Caller& caller, const std::string& password,
                                 const std::string& address);
/// Returns backup codes, which are shown once. wrong_status where nothing waits; invalid_input at "/code".
base::Result<std::vector<std::string>> confirm_totp(const Identity& identity, const Caller& caller,
                                                    const std::string& code);
/// New ones, in place of those that there were. wrong_status without an authenticator app.
base::Result<std::vector<std::string>> renew_backup_codes(const Identity& identity, const Caller& caller,
                                                          const std::string& password, const std::string& address);
/// wrong_status where there is none, or where it is the last factor and the school asks for one.
base::Done remove_totp(const Identity& identity, const Caller& caller, const std::string& password,
                       const std::string& address);

inline constexpr std::size_t most_passkeys = 20;
inline constexpr base::TextLimits passkey_name{.max = 60};
/// What a browser is told to make a passkey.
struct PasskeyOptions {
  base::Bytes challenge, user_handle;
  std::string rp_id, rp_name, email, name;
  std::vector<base::Bytes> known;  ///< Credentials that the person has.
};
base::Result<PasskeyOptions> passkey_options(const Identity& identity, const Caller& caller,
                                             const std::string& password, const std::string& address);
struct PasskeyInput {
  std::string name;
  base::Bytes client_data, authenticator_data;
};
/// invalid_input at "/client_data" or "/authenticator_data"; wrong_status for one too many.
base::Result<PasskeyView> add_passkey(const Identity& identity, const Caller& caller, const PasskeyInput& input);
base::Done rename_passkey(const Identity& identity, const Caller& caller, std::int64_t id, const std::string& name);
/// wrong_status where it is the last factor and the school asks for one.
base::Done remove_passkey(const Identity& identity, const Caller& caller, std::int64_t id, const std::string& password,
                          const std::string& address);

/// For admins, where somebody has lost theirs: removes all factors of another person and ends their sessions.
base::Done drop_factors_of(const Identity& identity, const Caller& caller, base::PersonId person);

}  // namespace actions
