/// Addresses that somebody must still prove to be theirs, by a link that is sent to them.
///
/// Whoever asks for one writes a row without looking at anybody, so that nobody learns who has an account; who makes
/// the mail looks. A registration belongs to a person who is not there yet but has a key: the key goes with the
/// keys that nobody needs (sweep_orphan_keys), a day after it was made, and the address with it.
#pragma once

#include "store/database.h"

namespace store {

enum class ProofPurpose {
  registration,
  change,
  replaced,  ///< The address from before a change, until it was told.
};

struct EmailProof {
  base::PersonId person;
  ProofPurpose purpose;
  Bytes email_hash;
  Bytes sealed;  ///< The address, under the person's key, for `proof_seal`.
  base::Instant expires_at;
};
inline constexpr std::string_view proof_seal = "email";

/// Takes the place of what the person asked for before, with its link.
void put_proof(Transaction& tx, base::SchoolId school, const EmailProof& proof);
std::optional<EmailProof> find_proof(Transaction& tx, base::SchoolId school, base::PersonId person,
                                     ProofPurpose purpose, base::Instant now);
/// The one whose link this is.
std::optional<EmailProof> find_proof(Transaction& tx, base::SchoolId school, const Bytes& token_hash,
                                     base::Instant now);
/// How many links that are good were sent to this address.
std::int64_t count_proofs(Transaction& tx, base::SchoolId school, const Bytes& email_hash, base::Instant now);
/// Its link is this one from now on. False: the person has asked for another address meanwhile.
bool send_proof(Transaction& tx, base::SchoolId school, const EmailProof& proof, const Bytes& token_hash);
/// False: somebody else did meanwhile.
bool spend_proof(Transaction& tx, base::SchoolId school, const Bytes& token_hash);
/// Of whoever was faster to register with this address; and of a person who goes.
void drop_registrations(Transaction& tx, base::SchoolId school, const Bytes& email_hash);
void drop_proof(Transaction& tx, base::SchoolId school, base::PersonId person, ProofPurpose purpose);
/// Those that are good no longer, at most `limit`; returns how many went.
std::int64_t forget_proofs(Transaction& tx, base::SchoolId school, base::Instant now, int limit);

}  // namespace store
