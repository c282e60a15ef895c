/// Whether it is the person who asks, and not somebody at a screen that was left open: before what cannot be undone.
#pragma once

#include "actions/account.h"

namespace actions {

/// Whoever has a password says it (check_own_password); who has none has signed in within these minutes.
inline constexpr std::chrono::minutes fresh_sign_in{10};
base::Done prove_presence(const Identity& identity, const Caller& caller, const std::optional<std::string>& given,
                          const std::string& address);

}  // namespace actions
