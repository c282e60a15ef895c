/// What people do with their accounts themselves.
#pragma once

#include "actions/sign_in.h"

namespace actions {

/// Mails a link that sets a new password to whoever has this address. Says the same, in the same time, where nobody has
/// it. `address` is the client's. rate_limited after too many mails; invalid_input at "/school".
base::Done ask_for_reset(const Identity& identity, const std::string& email, const std::optional<std::string>& school,
                         const std::string& address, base::Instant now);

/// Whoever is signed in says their password again, for what is worth it; returns its hash. `address` is the client's.
/// invalid_input at `pointer` where it is not right; rate_limited after too many wrong ones.
base::Result<std::string> check_own_password(const Identity& identity, const Caller& caller,
                                             const std::string& password, const std::string& address,
                                             const char* pointer = "/current_password");

/// Sets another password for the caller and ends their other sessions and all links; a mail tells of it. Refuses
/// like check_own_password, and with invalid_input at "/password" what auth::check_password refuses.
struct PasswordChange {
  std::string current, wanted;
};
base::Done change_password(const Identity& identity, const Caller& caller, const PasswordChange& change,
                           const std::string& address);

struct SessionView {
  store::SessionSummary session;
  bool current;
};
/// Where the caller is signed in.
std::vector<SessionView> my_sessions(const Identity& identity, const Caller& caller);
/// Ends one of the caller's own.
base::Done end_my_session(const Identity& identity, const Caller& caller, std::int64_t id);
/// Ends all of them but the one that asks.
base::Done end_my_other_sessions(const Identity& identity, const Caller& caller);
/// Ends all sessions of a person of the school; for admins.
base::Done end_sessions_of(const Identity& identity, const Caller& caller, base::PersonId person);

}  // namespace actions
