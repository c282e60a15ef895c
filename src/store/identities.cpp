#include "store/identities.h"

namespace store {

bool add_identity(Transaction& tx, base::SchoolId school, const Identity& identity) {
  return tx.run(
             "insert into identities (school_id, id, person_id, provider, subject_hash, created_at)"
             " values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
             school, identity.id, identity.person, identity.provider, identity.subject_hash, identity.created_at) == 1;
}

std::optional<base::PersonId> person_with_identity(Transaction& tx, base::SchoolId school, const Bytes& subject_hash) {
  const auto person =
      tx.number("select person_id from identities where school_id = $1 and subject_hash = $2", school, subject_hash);
  return person ? std::optional(base::PersonId{*person}) : std::nullopt;
}

std::vector<Identity> identities_of(Transaction& tx, base::SchoolId school, base::PersonId person) {
  std::vector<Identity> found;
  for (const Row row : tx.query("select id, provider, subject_hash, created_at from identities where school_id = $1"
                                " and person_id = $2 order by id",
                                school, person))
    found.push_back({row.integer(0), person, row.text(1), row.bytes(2), row.instant(3)});
  return found;
}

bool remove_identity(Transaction& tx, base::SchoolId school, base::PersonId person, std::int64_t id) {
  return tx.run("delete from identities where school_id = $1 and id = $2 and person_id = $3", school, id, person) == 1;
}

bool spend_state(Transaction& tx, base::SchoolId school, const Bytes& hash, base::Instant expires_at) {
  return tx.run("insert into spent_states (school_id, hash, expires_at) values ($1, $2, $3) on conflict do nothing",
                school, hash, expires_at) == 1;
}

std::int64_t forget_states(Transaction& tx, base::SchoolId school, base::Instant before, int limit) {
  return tx.run(
      "delete from spent_states where school_id = $1 and hash in (select hash from spent_states"
      " where school_id = $1 and expires_at < $2 limit $3)",
      school, before, limit);
}

}  // namespace store
