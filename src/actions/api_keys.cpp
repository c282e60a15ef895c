#include "actions/api_keys.h"

#include <fmt/ranges.h>

#include "actions/faults.h"
#include "store/audit.h"
#include "store/sign_in.h"

namespace actions {

namespace {

using store::Transaction;

/// The operator is nobody whom the school knows.
void record(Transaction& tx, base::SchoolId school, std::string action, base::PersonId person, std::int64_t id,
            base::Instant now) {
  const store::Deed deed{
      .at = now, .action = std::move(action), .whose = {person}, .what = "api-key/" + base::to_text(id)};
  store::record(tx, school, std::span(&deed, 1));
}

}  // namespace

base::Result<std::string> make_api_key(store::Database& database, store::People& people, base::SchoolId school,
                                       const ApiKeyInput& input, base::Instant now) {
  Faults faults;
  faults.text(input.name, "/name", 100);
  faults.unless(auth::scopes_from(input.scopes).has_value(), "/scopes",
                fmt::format("Some of {}, with commas between.", fmt::join(auth::scope_names(), ", ")));
  faults.unless(input.days >= 1 && input.days <= 3'660, "/days", "Between 1 and 3660.");
  const auto email_hash = people.email_hash(school, input.person);
  const auto person = database.read(school, [&](Transaction& tx) -> std::optional<base::PersonId> {
    const auto id = store::person_with_email(tx, school, email_hash);
    const bool active = id && store::find_account(tx, school, *id)->active;
    return active ? id : std::nullopt;
  });
  faults.unless(person.has_value(), "/person", "Nobody who is active in this school has this address.");
  TRY(faults.verdict());
  auto made = auth::make_api_key(school);
  const store::ApiKey key{.id = base::make_id(),
                          .person = *person,
                          .name = input.name,
                          .scopes = input.scopes,
                          .created_at = now,
                          .expires_at = now + base::days{input.days}};
  TRY(database.transact<std::monostate>(school, [&](Transaction& tx) {
    store::add_api_key(tx, school, key, made.hash);
    record(tx, school, "key_made", key.person, key.id, now);
    return base::done();
  }));
  return std::move(made.token);
}

base::Done end_api_key(store::Database& database, base::SchoolId school, std::int64_t id, base::Instant now) {
  TRY(database.transact<std::monostate>(school, [&](Transaction& tx) -> base::Done {
    for (const auto& key : store::list_api_keys(tx, school))
      if (key.id == id && store::end_api_key(tx, school, id, now)) {
        record(tx, school, "key_ended", key.person, id, now);
        return base::done();
      }
    return base::refuse(base::Code::not_found, "There is no key with this id that goes on.");
  }));
  return base::done();
}

}  // namespace actions
