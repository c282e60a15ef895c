#include "store/exports.h"

namespace store {

void ask_for_export(Transaction& tx, base::SchoolId school, base::PersonId person, base::PersonId asked_by,
                    base::Instant now, base::Instant expires_at) {
  tx.run("delete from exports where school_id = $1 and person_id = $2", school, person);
  tx.run("insert into exports (school_id, person_id, asked_by, asked_at, expires_at) values ($1, $2, $3, $4, $5)",
         school, person, asked_by, now, expires_at);
}

bool export_is_asked(Transaction& tx, base::SchoolId school, base::PersonId person) {
  return tx.number("select 1 from exports where school_id = $1 and person_id = $2", school, person).has_value();
}

void put_export(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& sealed,
                const Bytes& token_hash, base::Instant expires_at) {
  tx.run("update exports set sealed = $3, token_hash = $4, expires_at = $5 where school_id = $1 and person_id = $2",
         school, person, sealed, token_hash, expires_at);
}

std::optional<Export> take_export(Transaction& tx, base::SchoolId school, const Bytes& token_hash, base::Instant now) {
  std::optional<Export> taken;
  for (const Row row : tx.query("select person_id, sealed from exports where school_id = $1 and token_hash = $2"
                                " and expires_at > $3",
                                school, token_hash, now))
    taken = Export{row.id<base::PersonId>(0), row.bytes(1)};
  // Of two who come at once one gets it.
  if (taken && tx.run("delete from exports where school_id = $1 and token_hash = $2", school, token_hash) == 0)
    return std::nullopt;
  return taken;
}

std::int64_t forget_exports(Transaction& tx, base::SchoolId school, base::Instant now, int limit) {
  return tx.run(
      "delete from exports where school_id = $1 and person_id in (select person_id from exports where school_id = $1"
      " and expires_at <= $2 limit $3)",
      school, now, limit);
}

}  // namespace store
