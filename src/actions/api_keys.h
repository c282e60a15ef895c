/// API keys, as the operator makes, lists and ends them (`roadbook token`).
#pragma once

#include "actions/context.h"
#include "auth/api_keys.h"
#include "store/people.h"

namespace actions {

struct ApiKeyInput {
  std::string person;  ///< The e-mail address of whoever is asked in the name of.
  std::string name;
  std::string scopes;  ///< With commas between.
  std::int64_t days;   ///< 1 to 3,660.
};
/// The token. invalid_input at "/person", "/name", "/scopes", "/days".
base::Result<std::string> make_api_key(store::Database& database, store::People& people, base::SchoolId school,
                                       const ApiKeyInput& input, base::Instant now);
/// not_found where there is none that goes on.
base::Done end_api_key(store::Database& database, base::SchoolId school, std::int64_t id, base::Instant now);

}  // namespace actions
