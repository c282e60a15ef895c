/// Who may sign in by whom else: a person's identities at providers, known by a keyed hash of issuer and subject, and
/// the sign-ins there that were used up.
#pragma once

#include "store/database.h"

namespace store {

struct Identity {
  std::int64_t id;
  base::PersonId person;
  std::string provider;
  Bytes subject_hash;
  base::Instant created_at;
};
/// False where somebody has this identity already, or the person another one of this provider.
bool add_identity(Transaction& tx, base::SchoolId school, const Identity& identity);
/// Whose it is.
std::optional<base::PersonId> person_with_identity(Transaction& tx, base::SchoolId school, const Bytes& subject_hash);
/// The person's, the oldest first: one of each provider at most.
std::vector<Identity> identities_of(Transaction& tx, base::SchoolId school, base::PersonId person);
/// False where the person has none of this id.
bool remove_identity(Transaction& tx, base::SchoolId school, base::PersonId person, std::int64_t id);

/// The first who comes with this state gets true, everybody after that false.
bool spend_state(Transaction& tx, base::SchoolId school, const Bytes& hash, base::Instant expires_at);
/// Rows of states that nobody could use any more, at most `limit`; returns how many went.
std::int64_t forget_states(Transaction& tx, base::SchoolId school, base::Instant before, int limit);

}  // namespace store
