#include "store/api_keys.h"

namespace store {

namespace {

constexpr std::string_view columns =
    "select k.id, k.person_id, k.name, k.scopes, k.created_at, k.expires_at, k.used_at, k.ended_at";

ApiKey key_from(const Row& row) {
  const auto moment = [&](int column) { return row.null(column) ? std::nullopt : std::optional(row.instant(column)); };
  return {.id = row.integer(0),
          .person = row.id<base::PersonId>(1),
          .name = row.text(2),
          .scopes = row.text(3),
          .created_at = row.instant(4),
          .expires_at = row.instant(5),
          .used_at = moment(6),
          .ended_at = moment(7)};
}

}  // namespace

void add_api_key(Transaction& tx, base::SchoolId school, const ApiKey& key, const Bytes& token_hash) {
  tx.run(
      "insert into api_keys (school_id, id, person_id, name, token_hash, scopes, created_at, expires_at)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)",
      school, key.id, key.person, key.name, token_hash, key.scopes, key.created_at, key.expires_at);
}

std::vector<ApiKey> list_api_keys(Transaction& tx, base::SchoolId school) {
  std::vector<ApiKey> keys;
  for (const Row row : tx.query(std::string(columns) + " from api_keys k where k.school_id = $1 order by k.id", school))
    keys.push_back(key_from(row));
  return keys;
}

std::optional<GoodApiKey> find_api_key(Transaction& tx, base::SchoolId school, const Bytes& token_hash,
                                       base::Instant now) {
  for (const Row row :
       tx.query(std::string(columns) + ", p.role from api_keys k join people p on p.school_id = k.school_id and"
                                       " p.id = k.person_id where k.school_id = $1 and k.token_hash = $2 and"
                                       " k.ended_at is null and k.expires_at > $3 and p.active = 1",
                school, token_hash, now))
    return GoodApiKey{key_from(row), *role_from_text(row.view(8))};
  return std::nullopt;
}

void note_use(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now) {
  tx.run("update api_keys set used_at = $3 where school_id = $1 and id = $2", school, id, now);
}

bool end_api_key(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now) {
  return tx.run("update api_keys set ended_at = $3 where school_id = $1 and id = $2 and ended_at is null", school, id,
                now) == 1;
}

}  // namespace store
