/// Copies of a person's data, sealed under their key until somebody fetches them with the link from the mail: once.
#pragma once

#include "store/database.h"

namespace store {

/// The person's request; it takes the place of one before, and of a copy that nobody has fetched.
void ask_for_export(Transaction& tx, base::SchoolId school, base::PersonId person, base::PersonId asked_by,
                    base::Instant now, base::Instant expires_at);
bool export_is_asked(Transaction& tx, base::SchoolId school, base::PersonId person);
/// The copy that was asked for; nobody's request any more: nothing happens.
void put_export(Transaction& tx, base::SchoolId school, base::PersonId person, const Bytes& sealed,
                const Bytes& token_hash, base::Instant expires_at);

struct Export {
  base::PersonId person;
  Bytes sealed;
};
/// The copy behind this link, which is gone then.
std::optional<Export> take_export(Transaction& tx, base::SchoolId school, const Bytes& token_hash, base::Instant now);
/// Those whose time is over, at most `limit`; returns how many.
std::int64_t forget_exports(Transaction& tx, base::SchoolId school, base::Instant now, int limit);

}  // namespace store
