#include "store/proofs.h"

#include <algorithm>
#include <array>

namespace store {

namespace {

constexpr std::array<std::string_view, 3> purposes{"registration", "change", "replaced"};
constexpr std::string_view select_proofs =
    "select person_id, purpose, email_hash, sealed, expires_at from email_proofs";

std::string_view to_string(ProofPurpose purpose) {
  return purposes[static_cast<std::size_t>(purpose)];
}

template <class... Values>
std::optional<EmailProof> proof_where(Transaction& tx, std::string_view condition, const Values&... values) {
  for (const Row row : tx.query(std::string(select_proofs) + std::string(condition), values...)) {
    const auto purpose = std::ranges::find(purposes, row.view(1));
    CHECK(purpose != purposes.end());
    return EmailProof{.person = row.id<base::PersonId>(0),
                      .purpose = static_cast<ProofPurpose>(purpose - purposes.begin()),
                      .email_hash = row.bytes(2),
                      .sealed = row.bytes(3),
                      .expires_at = row.instant(4)};
  }
  return std::nullopt;
}

}  // namespace

void put_proof(Transaction& tx, base::SchoolId school, const EmailProof& proof) {
  tx.run(
      "insert into email_proofs (school_id, person_id, purpose, email_hash, sealed, expires_at)"
      " values ($1, $2, $3, $4, $5, $6) on conflict (school_id, person_id, purpose) do update set"
      " email_hash = excluded.email_hash, sealed = excluded.sealed, token_hash = null,"
      " expires_at = excluded.expires_at",
      school, proof.person, to_string(proof.purpose), proof.email_hash, proof.sealed, proof.expires_at);
}

std::optional<EmailProof> find_proof(Transaction& tx, base::SchoolId school, base::PersonId person,
                                     ProofPurpose purpose, base::Instant now) {
  return proof_where(tx, " where school_id = $1 and person_id = $2 and purpose = $3 and expires_at > $4", school,
                     person, to_string(purpose), now);
}

std::optional<EmailProof> find_proof(Transaction& tx, base::SchoolId school, const Bytes& token_hash,
                                     base::Instant now) {
  return proof_where(tx, " where school_id = $1 and token_hash = $2 and expires_at > $3", school, token_hash, now);
}

std::int64_t count_proofs(Transaction& tx, base::SchoolId school, const Bytes& email_hash, base::Instant now) {
  return *tx.number(
      "select count(*) from email_proofs where school_id = $1 and email_hash = $2 and token_hash is not null"
      " and expires_at > $3",
      school, email_hash, now);
}

bool send_proof(Transaction& tx, base::SchoolId school, const EmailProof& proof, const Bytes& token_hash) {
  return tx.run(
             "update email_proofs set token_hash = $5 where school_id = $1 and person_id = $2 and purpose = $3"
             " and email_hash = $4",
             school, proof.person, to_string(proof.purpose), proof.email_hash, token_hash) == 1;
}

bool spend_proof(Transaction& tx, base::SchoolId school, const Bytes& token_hash) {
  return tx.run("delete from email_proofs where school_id = $1 and token_hash = $2", school, token_hash) == 1;
}

void drop_registrations(Transaction& tx, base::SchoolId school, const Bytes& email_hash) {
  tx.run("delete from email_proofs where school_id = $1 and email_hash = $2 and purpose = 'registration'", school,
         email_hash);
}

void drop_proof(Transaction& tx, base::SchoolId school, base::PersonId person, ProofPurpose purpose) {
  tx.run("delete from email_proofs where school_id = $1 and person_id = $2 and purpose = $3", school, person,
         to_string(purpose));
}

std::int64_t forget_proofs(Transaction& tx, base::SchoolId school, base::Instant now, int limit) {
  return tx.run(
      "delete from email_proofs where school_id = $1 and (person_id, purpose) in (select person_id, purpose from"
      " email_proofs where school_id = $1 and expires_at <= $2 limit $3)",
      school, now, limit);
}

}  // namespace store
