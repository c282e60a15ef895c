#include "actions/presence.h"

#include "actions/faults.h"

namespace actions {

base::Done prove_presence(const Identity& identity, const Caller& caller, const std::optional<std::string>& given,
                          const std::string& address) {
  const auto& who = caller.principal;
  const auto [has_password, session] = identity.context.database.read(who.school, [&](store::Transaction& tx) {
    return std::pair(store::password_of(tx, who.school, who.person).has_value(),
                     store::find_session(tx, who.school, who.sid));
  });
  if (has_password || given) {
    TRY(check_own_password(identity, caller, given.value_or(""), address));
    return base::done();
  }
  if (session && caller.now - session->created_at <= fresh_sign_in) return base::done();
  return invalid("/current_password", "Sign in again first: you did more than ten minutes ago.");
}

}  // namespace actions
