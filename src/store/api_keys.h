/// Keys by which programs ask in somebody's name.
#pragma once

#include "store/database.h"
#include "store/role.h"

namespace store {

struct ApiKey {
  std::int64_t id;
  base::PersonId person;  ///< In whose name.
  std::string name;       ///< Of the program, as the operator calls it.
  std::string scopes;     ///< As auth/api_keys.h spells them.
  base::Instant created_at, expires_at;
  std::optional<base::Instant> used_at{};  ///< Within an hour.
  std::optional<base::Instant> ended_at{};
};
void add_api_key(Transaction& tx, base::SchoolId school, const ApiKey& key, const Bytes& token_hash);
/// All of the school, the oldest first.
std::vector<ApiKey> list_api_keys(Transaction& tx, base::SchoolId school);
/// The key that is good now, with the role that its person has now; nullopt also where they are switched off.
struct GoodApiKey {
  ApiKey key;
  Role role;
};
std::optional<GoodApiKey> find_api_key(Transaction& tx, base::SchoolId school, const Bytes& token_hash,
                                       base::Instant now);
void note_use(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now);
/// False where there is none that goes on.
bool end_api_key(Transaction& tx, base::SchoolId school, std::int64_t id, base::Instant now);

}  // namespace store
