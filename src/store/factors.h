/// Rows behind second factors: the secret of an authenticator app, backup codes, passkeys, and challenges that were
/// used. Not events: they belong to no history of the school.
#pragma once

#include "store/database.h"

namespace store {

/// Until the transaction ends nobody else changes the factors of this person.
void lock_factors(Transaction& tx, base::SchoolId school, base::PersonId person);
/// Whether staff must have a second factor; it stays so until the transaction, which writes, ends.
bool second_factor_required(Transaction& tx, base::SchoolId school);

/// What somebody can show besides a password.
struct Factors {
  bool totp = false;
  std::int64_t backup_codes = 0, passkeys = 0;
  bool any() const { return totp || passkeys > 0; }
};
Factors factors_of(Transaction& tx, base::SchoolId school, base::PersonId person);
/// Removes all of them; false where there were none.
bool drop_factors(Transaction& tx, base::SchoolId school, base::PersonId person);

/// Secrets are sealed under the person's key.
struct Totp {
  Bytes sealed;   ///< Empty: none that counts yet.
  Bytes pending;  ///< What waits for its first code until then; empty: nothing.
  base::Instant pending_until{};
};
Totp totp_of(Transaction& tx, base::SchoolId school, base::PersonId person);
void put_pending_totp(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& sealed,
                      base::Instant until);
/// The pending secret counts from now on; false where another one is pending. `step` is that of its first code.
bool confirm_totp(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& pending,
                  std::int64_t step);
/// Takes the code of this step of this secret; false where one of it or of a later step was taken before.
bool take_totp_step(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& sealed,
                    std::int64_t step);
/// With its backup codes.
void drop_totp(Transaction& tx, base::SchoolId school, base::PersonId person);

/// In place of those that there were.
void put_backup_codes(Transaction& tx, base::SchoolId school, base::PersonId person, std::span<const Bytes> hashes);
std::vector<Bytes> backup_codes_of(Transaction& tx, base::SchoolId school, base::PersonId person);
/// False: somebody else did meanwhile.
bool spend_backup_code(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& hash);

struct Passkey {
  std::int64_t id;
  base::PersonId person;
  Bytes credential_id;
  int algorithm;  ///< Of COSE.
  Bytes public_key;
  std::int64_t sign_count;
  Bytes sealed_name;
  base::Instant created_at;
  std::optional<base::Instant> used_at{};
};
/// False where the school has a passkey with this credential id.
bool add_passkey(Transaction& tx, base::SchoolId school, const Passkey& passkey);
/// The oldest first.
std::vector<Passkey> passkeys_of(Transaction& tx, base::SchoolId school, base::PersonId person);
std::optional<Passkey> find_passkey(Transaction& tx, base::SchoolId school, const Bytes& credential_id);
/// False where the counter has not moved on, unless the passkey counts nothing (WebAuthn, section 6.1.1).
bool use_passkey(Transaction& tx, base::SchoolId school, std::int64_t id, std::int64_t sign_count, base::Instant now);
/// These two: false where the person has no such passkey.
bool rename_passkey(Transaction& tx, base::SchoolId school, base::PersonId person, std::int64_t id,
                    const Bytes& sealed_name);
bool remove_passkey(Transaction& tx, base::SchoolId school, base::PersonId person, std::int64_t id);

/// False where this challenge was used before.
bool spend_challenge(Transaction& tx, base::SchoolId school, const Bytes& hash, base::Instant expires_at);
/// Of those that ended before `before`, at most `limit`; returns how many went.
std::int64_t forget_challenges(Transaction& tx, base::SchoolId school, base::Instant before, int limit);

/// The session has shown a second factor, or its owner has none any more.
void mark_session(Transaction& tx, base::SchoolId school, std::int64_t id, bool second_factor);
bool session_has_factor(Transaction& tx, base::SchoolId school, std::int64_t id);
/// Those of staff that have shown one factor only.
void end_sessions_without_factor(Transaction& tx, base::SchoolId school, base::Instant now);

}  // namespace store
